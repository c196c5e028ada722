#include "cli/doctor_store.h"

#include "base/clock.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY "doctor"
/* Should it stay for any reason, it is gone soon. */
#define KEPT_SECONDS 60

void doctor_try_store(struct report *r, struct store *store, const char *name)
{
    int64_t now = (int64_t)time(NULL);
    struct slice key = slice_of(KEY);
    struct store_op ops[] = {
        { .verb = STORE_PUT,
          .table = STORE_COUNTERS,
          .key = key,
          .value = slice_of("1"),
          .expires_at = now + KEPT_SECONDS },
        { .verb = STORE_GET, .table = STORE_COUNTERS, .key = key },
        { .verb = STORE_DELETE, .table = STORE_COUNTERS, .key = key },
    };
    struct store_wait *wait = NULL;
    const struct store_result *result;
    struct err err = { 0 };
    uint64_t began = clock_us();
    if (!store_run_wait(store, ops, sizeof(ops) / sizeof(*ops), now, &wait, &result, &err))
        tell(r, FOUND_FAIL, "store", "%s: %s", name, err.text);
    else if (result->outcome != STORE_DONE)
        tell(r, FOUND_FAIL, "store", "%s is there, but cannot be used: %s", name,
             result->outcome == STORE_DOWN ? result->detail : "somebody changed what was written");
    else if (!result->answers[1].count)
        tell(r, FOUND_FAIL, "store", "%s does not give back what was written", name);
    else
        tell(r, FOUND_OK, "store", "%s can be read and written (%.1f ms)", name,
             (double)(clock_us() - began) / 1000);
    store_wait_done(wait);
}

void doctor_check_store_file(struct report *r, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return;
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        tell(r, FOUND_WARN, "store", "%s is open to others than its owner (chmod 600)", path);
    if (geteuid() != 0 && st.st_uid != geteuid())
        tell(r, FOUND_WARN, "store",
             "%s belongs to another user (%u); run doctor as the one that the server runs as", path,
             (unsigned)st.st_uid);
}
