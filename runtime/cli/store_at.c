#include "cli/store_at.h"

#include "base/limits.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SCHEME "sqlite:"

bool store_at_is_shared(const char *where)
{
    return strncmp(where, SCHEME, strlen(SCHEME)) != 0;
}

const char *store_at_path(const struct settings *s)
{
    return store_at_is_shared(s->store) ? settings_text(s, SETTING_STORE)
                                        : s->store + strlen(SCHEME);
}

static bool is_redis(const char *where)
{
    static const char *const schemes[] = { "redis:", "rediss:", "unix:" };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (strncmp(where, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

const char *store_at_show(struct arena *arena, const char *where, bool *password, struct err *err)
{
    struct redis_address address;
    char shown[REDIS_ADDRESS_TEXT];
    *password = false;
    if (!is_redis(where)) {
        if (!store_at_is_shared(where) && where[strlen(SCHEME)])
            return where;
        err_set(err, ERR_SETTINGS,
                "expected sqlite: and the name of a file, like "
                "sqlite:/var/lib/asana-mcp/asana-mcp.db, or redis://HOST:PORT/DB, got \"%.*s\"",
                (int)strcspn(where, "@"), strchr(where, '@') ? "…" : where);
        return NULL;
    }
    if (!redis_parse(where, &address, err))
        return NULL;
    *password = address.password.len > 0;
    redis_address_show(&address, shown);
    redis_address_done(&address);
    const char *copy = arena_strdup(arena, shown);
    if (!copy)
        err_set(err, ERR_MEMORY, "out of memory");
    return copy;
}

struct redis_files store_at_files(const struct settings *s)
{
    return (struct redis_files){ s->redis_ca, s->redis_cert, s->redis_key };
}

bool store_at_open(const struct settings *s, struct store **out, struct err *err)
{
    const struct redis_files files = store_at_files(s);
    if (!s->store)
        return err_set(err, ERR_SETTINGS,
                       "name the running server's store with --store, or its settings file with "
                       "--config");
    if (store_at_is_shared(s->store))
        return store_open_with(s->store, &files, out, err);
    const char *path = store_at_path(s);
    if (strcmp(path, ":memory:") == 0)
        return err_set(err, ERR_SETTINGS,
                       "a store in memory is the running server's alone; give that server a file: "
                       "--store sqlite:PATH");
    if (access(path, F_OK) != 0)
        return err_set(err, ERR_SETTINGS,
                       "there is no store at \"%.200s\" (%s); name the running server's with "
                       "--store sqlite:PATH, or its settings file with --config",
                       path, strerror(errno));
    return store_open(s->store, out, err);
}

static bool run(struct store *store, const struct store_op *ops, size_t n, struct store_wait **wait,
                const struct store_result **result, struct err *err)
{
    if (!store_run_wait(store, ops, n, (int64_t)time(NULL), wait, result, err))
        return false;
    if ((*result)->outcome == STORE_DONE)
        return true;
    const char *detail = (*result)->detail;
    err_set(err, ERR_IO, "the store cannot be used now: %s",
            detail && *detail ? detail : "somebody else changed it");
    store_wait_done(*wait);
    return false;
}

bool store_at_run(struct store *store, const struct store_op *ops, size_t n, size_t *found,
                  struct err *err)
{
    struct store_wait *wait = NULL;
    const struct store_result *result;
    if (!run(store, ops, n, &wait, &result, err))
        return false;
    if (found)
        *found = result->answers[0].count;
    store_wait_done(wait);
    return true;
}

bool store_at_each(struct store *store, enum store_table table, const char *owner,
                   bool (*each)(void *ctx, const struct store_record *record), void *ctx,
                   struct err *err)
{
    char after[LIMIT_STORE_KEY];
    size_t after_len = 0;
    bool more = true;
    while (more) {
        struct store_op op = { .verb = STORE_LIST,
                               .table = table,
                               .key = slice_of(owner),
                               .after = { after, after_len } };
        struct store_wait *wait = NULL;
        const struct store_result *result;
        if (!run(store, &op, 1, &wait, &result, err))
            return false;
        const struct store_answer *page = &result->answers[0];
        more = page->more && page->count;
        bool wanted = true;
        for (size_t i = 0; i < page->count && wanted; i++)
            wanted = each(ctx, &page->records[i]);
        more = more && wanted;
        if (more) {
            struct slice last = page->records[page->count - 1].key;
            memcpy(after, last.data, last.len);
            after_len = last.len;
        }
        store_wait_done(wait);
    }
    return true;
}
