/* migrate.c: the command store: everything from one store into another one.
 *
 * One loop: a page is read from the one, and its records are written to the other while it is
 * borrowed; the next one follows when all are in. Then both are read once more, and have to be the
 * same, which a hash over all records in their order tells. */
#include "base/log.h"
#include "cli/commands.h"
#include "cli/store_at.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What stands behind is about servers that run now: who is connected, and the nodes. */
#define TABLES_MOVED STORE_SESSIONS

static const char *const table_names[TABLES_MOVED] = {
    [STORE_CLIENTS] = "registrations",
    [STORE_FLOWS] = "sign-ins under way",
    [STORE_CODES] = "authorization codes",
    [STORE_ACCESS] = "access tokens",
    [STORE_REFRESH] = "refresh tokens",
    [STORE_GRANTS] = "grants",
    [STORE_CONSENTS] = "consents",
    [STORE_BROWSERS] = "browsers",
    [STORE_BLOCKS] = "blocks",
    [STORE_REQUESTS] = "requests",
    [STORE_COUNTERS] = "counters",
};

struct store_end {
    const char *where;
    const char *shown;
    struct store *store;
};

struct migration {
    uv_loop_t loop;
    struct store_end from, to;
    int64_t now; /* of the start: what has expired then stays behind */
    enum store_table table;
    char after[LIMIT_STORE_KEY];
    size_t after_len;
    bool more;
    size_t records; /* of the table */
    bool failed;
    struct err *err;
};

/* What a store holds. */
struct contents {
    uint64_t records;
    crypto_generichash_state hash;
};

static bool fail(struct migration *m, const struct store_end *at, const char *why)
{
    if (!m->failed)
        err_set(m->err, ERR_IO, "%s: %s", at->shown, why);
    m->failed = true;
    return false;
}

static const char *reason(const struct store_result *r)
{
    return r->outcome == STORE_DOWN ? r->detail : "somebody else changed it";
}

/* Runs one step of the table's next page, and waits for it and what its callback begins. */
static bool read_page(struct migration *m, struct store_end *at, store_done_fn *done, void *ctx)
{
    const struct store_op op = { .verb = STORE_LIST,
                                 .table = m->table,
                                 .after = { m->after, m->after_len } };
    m->more = false;
    if (!store_run(at->store, &m->loop, &op, 1, m->now, done, ctx))
        return fail(m, at, "out of memory");
    uv_run(&m->loop, UV_RUN_DEFAULT);
    return !m->failed;
}

/* Takes note of where the next page begins. */
static const struct store_answer *take_page(struct migration *m, struct store_end *at,
                                            const struct store_result *r)
{
    if (r->outcome != STORE_DONE) {
        fail(m, at, reason(r));
        return NULL;
    }
    const struct store_answer *page = &r->answers[0];
    m->more = page->more && page->count;
    if (page->count) {
        struct slice last = page->records[page->count - 1].key;
        memcpy(m->after, last.data, last.len);
        m->after_len = last.len;
    }
    return page;
}

static bool each_page(struct migration *m, struct store_end *at, store_done_fn *done, void *ctx)
{
    m->after_len = 0;
    m->records = 0;
    do {
        if (!read_page(m, at, done, ctx))
            return false;
    } while (m->more);
    return true;
}

/* Copying. */

static void on_written(void *ctx, const struct store_result *r)
{
    struct migration *m = ctx;
    if (r->outcome != STORE_DONE)
        fail(m, &m->to, reason(r));
}

static void on_page_to_copy(void *ctx, const struct store_result *r)
{
    struct migration *m = ctx;
    const struct store_answer *page = take_page(m, &m->from, r);
    if (!page)
        return;
    struct store_op ops[LIMIT_STORE_OPS];
    size_t n = 0;
    for (size_t i = 0; i < page->count && !m->failed; i++) {
        const struct store_record *record = &page->records[i];
        ops[n++] = (struct store_op){ .verb = STORE_PUT,
                                      .table = m->table,
                                      .key = record->key,
                                      .value = record->value,
                                      .owner = record->owner,
                                      .expires_at = record->expires_at };
        if (n < LIMIT_STORE_OPS && i + 1 < page->count)
            continue;
        if (!store_run(m->to.store, &m->loop, ops, n, m->now, on_written, m))
            fail(m, &m->to, "out of memory");
        n = 0;
    }
    m->records += page->count;
}

static bool copy(struct migration *m)
{
    for (m->table = STORE_CLIENTS; m->table < TABLES_MOVED; m->table++) {
        if (!each_page(m, &m->from, on_page_to_copy, m))
            return false;
        if (m->records)
            printf("%10zu  %s\n", m->records, table_names[m->table]);
        fflush(stdout);
    }
    return true;
}

/* Comparing. */

struct look {
    struct migration *m;
    struct store_end *at;
    struct contents *contents;
};

static void add_bytes(crypto_generichash_state *hash, struct slice s)
{
    uint64_t len = s.len;
    crypto_generichash_update(hash, (const uint8_t *)&len, sizeof(len));
    if (s.len)
        crypto_generichash_update(hash, (const uint8_t *)s.data, s.len);
}

static void on_page_to_hash(void *ctx, const struct store_result *r)
{
    struct look *l = ctx;
    struct contents *c = l->contents;
    const struct store_answer *page = take_page(l->m, l->at, r);
    for (size_t i = 0; page && i < page->count; i++) {
        const struct store_record *record = &page->records[i];
        const int64_t numbers[] = { l->m->table, record->expires_at };
        crypto_generichash_update(&c->hash, (const uint8_t *)numbers, sizeof(numbers));
        add_bytes(&c->hash, record->key);
        add_bytes(&c->hash, record->value);
        add_bytes(&c->hash, record->owner);
        c->records++;
    }
}

static bool look_into(struct migration *m, struct store_end *at, uint64_t *records,
                      uint8_t digest[crypto_generichash_BYTES])
{
    struct contents c = { .records = 0 };
    struct look l = { m, at, &c };
    crypto_generichash_init(&c.hash, NULL, 0, crypto_generichash_BYTES);
    for (m->table = STORE_CLIENTS; m->table < TABLES_MOVED; m->table++)
        if (!each_page(m, at, on_page_to_hash, &l))
            return false;
    crypto_generichash_final(&c.hash, digest, crypto_generichash_BYTES);
    *records = c.records;
    return true;
}

static bool compare(struct migration *m, uint64_t *records)
{
    uint8_t before[crypto_generichash_BYTES], after[crypto_generichash_BYTES];
    uint64_t n;
    if (!look_into(m, &m->from, &n, before) || !look_into(m, &m->to, records, after))
        return false;
    if (n == *records && memcmp(before, after, sizeof(before)) == 0)
        return true;
    return err_set(m->err, ERR_IO,
                   "%s holds %" PRIu64 " records and %s %" PRIu64
                   ", and they are not the same: a server still writes to one of them; stop it, "
                   "empty %s and try again",
                   m->from.shown, n, m->to.shown, *records, m->to.shown);
}

static bool is_empty(struct migration *m)
{
    uint8_t digest[crypto_generichash_BYTES];
    uint64_t records;
    if (!look_into(m, &m->to, &records, digest))
        return false;
    return records == 0 ||
           err_set(m->err, ERR_IO,
                   "%s is not empty: it holds %" PRIu64
                   " records; empty it (%s), or name another one",
                   m->to.shown, records,
                   store_at_is_shared(m->to.where) ? "redis-cli FLUSHDB in that database"
                                                   : "delete the file");
}

static bool migrate(struct migration *m)
{
    uint64_t records;
    if (!is_empty(m))
        return false;
    printf("From %s to %s\n", m->from.shown, m->to.shown);
    if (!copy(m)) {
        size_t len = strlen(m->err->text);
        snprintf(m->err->text + len, sizeof(m->err->text) - len,
                 "; %s holds only a part now: empty it before the next try", m->to.shown);
        return false;
    }
    if (!compare(m, &records))
        return false;
    printf("%10" PRIu64 "  records, and both hold the same\n"
           "Start the servers with the new store now: --store, ASANA_MCP_STORE or the settings "
           "file.\n",
           records);
    return true;
}

static bool open_end(const struct settings *s, const char *where, bool is_source,
                     struct store_end *out, struct err *err)
{
    const struct redis_files files = store_at_files(s);
    bool password;
    *out = (struct store_end){ .where = where };
    out->shown = store_at_show(s->arena, where, &password, err);
    if (!out->shown)
        return false;
    const char *path = store_at_is_shared(where) ? NULL : strchr(where, ':') + 1;
    if (path && strcmp(path, ":memory:") == 0)
        return err_set(err, ERR_SETTINGS, "a store in memory ends with this command");
    if (path && is_source && access(path, F_OK) != 0)
        return err_set(err, ERR_SETTINGS, "there is no store at \"%.200s\"", path);
    return store_open_with(where, &files, &out->store, err);
}

static int run(const struct settings *s, const char *from, const char *to)
{
    struct err err = { 0 };
    struct migration m = { .now = (int64_t)time(NULL), .err = &err };
    if (uv_loop_init(&m.loop) != 0)
        return complain(EXIT_FAILED, "no event loop: too many open files, or out of memory");
    bool ok = open_end(s, from, true, &m.from, &err) && open_end(s, to, false, &m.to, &err) &&
              migrate(&m);
    struct store_end *places[] = { &m.from, &m.to };
    for (size_t i = 0; i < 2; i++)
        if (places[i]->store)
            store_leave(places[i]->store, &m.loop);
    uv_run(&m.loop, UV_RUN_DEFAULT);
    uv_loop_close(&m.loop);
    store_close(m.from.store);
    store_close(m.to.store);
    return ok ? 0 : complain(err.kind == ERR_SETTINGS ? EXIT_USAGE : EXIT_FAILED, "%s", err.text);
}

int command_store(const struct settings *s)
{
    const char *const *o = s->operands;
    if (s->operand_count == 0 || strcmp(o[0], "migrate") != 0)
        return complain(EXIT_USAGE, "store takes what to do: asana-mcp store migrate FROM [TO]");
    if (s->operand_count < 2 || s->operand_count > 3)
        return complain(EXIT_USAGE,
                        "migrate takes two stores, FROM and TO, like "
                        "sqlite:/var/lib/asana-mcp/asana-mcp.db and redis://HOST:PORT/DB");
    bool given = s->given[SETTING_STORE].count > 0;
    if (s->operand_count == 2 && !given)
        return complain(EXIT_USAGE,
                        "where to? Name the store after \"%.100s\", or in "
                        "ASANA_MCP_STORE or the settings file (--config)",
                        strchr(o[1], '@') ? "FROM" : o[1]);
    if (s->operand_count == 3 && given && s->given[SETTING_STORE].from == FROM_FLAG)
        return complain(EXIT_USAGE, "TO and --store both say where to; give one of them");
    const char *to = s->operand_count == 3 ? o[2] : s->store;
    if (strcmp(o[1], to) == 0)
        return complain(EXIT_USAGE, "FROM and TO are the same store");
    return run(s, o[1], to);
}
