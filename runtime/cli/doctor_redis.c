#include "cli/doctor_redis.h"

#include "cli/doctor_store.h"
#include "cli/store_at.h"
#include "http/tls.h"
#include "store/redis_check.h"

#include <string.h>

static void check_durability(struct report *r, const struct redis_facts *f, const char *where)
{
    if (!f->version[0])
        return; /* it tells this user nothing about itself */
    if (f->policy[0] && strcmp(f->policy, "noeviction") != 0)
        tell(r, FOUND_WARN, "store",
             "%s forgets grants when it is full: set maxmemory-policy noeviction (it is %s)", where,
             f->policy);
    if (!f->keeps_log)
        tell(r, FOUND_WARN, "store",
             "%s keeps no log: sign-ins are lost when it restarts; set appendonly yes", where);
    else if (strcmp(f->fsync, "no") == 0)
        tell(r, FOUND_WARN, "store",
             "%s leaves its log to the system: half a minute of sign-ins is lost when its machine "
             "dies; set appendfsync everysec or always",
             where);
    else
        tell(r, FOUND_OK, "store", "%s keeps a log (appendfsync %s)", where,
             f->fsync[0] ? f->fsync : "unknown");
}

static void try_it(struct report *r, const struct settings *s, const char *where)
{
    struct store *store;
    struct err err = { 0 };
    const struct redis_files files = store_at_files(s);
    if (!store_open_with(s->store, &files, &store, &err)) {
        tell(r, FOUND_FAIL, "store", "%s", err.text);
        return;
    }
    doctor_try_store(r, store, where);
    store_close(store);
}

void doctor_check_redis(struct report *r, const struct settings *s)
{
    struct redis_address address;
    struct redis_facts facts;
    struct err err = { 0 };
    if (!s->store || !store_at_is_shared(s->store))
        return;
    const char *where = store_at_path(s);
    const struct redis_files files = store_at_files(s);
    if (!redis_parse(s->store, &address, &err)) {
        tell(r, FOUND_FAIL, "store", "%s", err.text);
        return;
    }
    if (!redis_trust(&address, &files, &err)) {
        tell(r, FOUND_FAIL, "store", "%s", err.text);
        redis_address_done(&address);
        return;
    }
    if (files.key && tls_file_is_open(files.key))
        tell(r, FOUND_WARN, "store", "every user of this machine can read \"%.200s\" (chmod 600)",
             files.key);
    redis_look(&address, &facts);
    if (!redis_fits(&address, &facts, &err)) {
        tell(r, FOUND_FAIL, "store", "%s", err.text);
    } else if (!facts.reached) {
        tell(r, FOUND_FAIL, "store", "%s: %s", where, facts.why);
    } else {
        tell(r, FOUND_OK, "store", "%s answers (Redis %s)", where,
             facts.version[0] ? facts.version : "of a version that it does not tell");
        try_it(r, s, where);
        check_durability(r, &facts, where);
    }
    redis_address_done(&address);
}
