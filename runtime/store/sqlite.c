/* The SQLite engine: one file, one connection, one thread that owns it. Steps that wait together
 * share a transaction, and with it one wait for the disk; a savepoint keeps each of them whole. */
#include "store/sqlite_file.h"
#include "store/sqlite_step.h"
#include "store/thread.h"

#include <stdlib.h>
#include <string.h>

struct sqlite_store {
    struct store store;
    struct store_thread thread;
    /* The thread's. */
    struct sqlite_db db;
    int64_t now;      /* of the last step that wrote */
    unsigned unswept; /* steps that wrote since what has expired was deleted */
};

static void all_down(struct store_work **batch, size_t n, const char *detail)
{
    for (size_t i = 0; i < n; i++)
        store_work_down(batch[i], detail);
}

/* Where versions go on, now that nobody else can write. A program that has brought the file up to
 * date under us knows better what belongs in it. */
static bool look(struct sqlite_db *db, const char **detail)
{
    sqlite3_stmt *st = db->statements[SQL_LOOK];
    bool found = sqlite3_step(st) == SQLITE_ROW;
    db->version = (uint64_t)sqlite3_column_int64(st, 0);
    int format = sqlite3_column_int(st, 1);
    if (sqlite3_reset(st) != SQLITE_OK || !found) {
        *detail = found ? sqlite3_errmsg(db->handle) : "the file is damaged";
        return false;
    }
    if (format != sqlite_file_version)
        *detail = "a newer asana-mcp has changed the format of the file; restart with that one";
    return format == sqlite_file_version;
}

static bool begin(struct sqlite_store *s, bool writes, const char **detail)
{
    /* Half of what a step may take, so that whoever waits hears of the lock. */
    sqlite3_busy_timeout(s->db.handle, (int)(s->store.deadline_ms / 2));
    if (!sqlite_run(&s->db, writes ? SQL_BEGIN_TO_WRITE : SQL_BEGIN)) {
        bool busy = (sqlite3_errcode(s->db.handle) & 0xFF) == SQLITE_BUSY;
        *detail = busy ? "another process keeps the file locked" : sqlite3_errmsg(s->db.handle);
        return false;
    }
    return !writes || look(&s->db, detail);
}

/* False when SQLite has ended the transaction, as it does after some failures. */
static bool run_step(struct sqlite_db *db, struct store_work *w, bool writes)
{
    if (!writes) {
        sqlite_step(db, w);
        return !sqlite3_get_autocommit(db->handle);
    }
    if (!sqlite_run(db, SQL_SAVE)) {
        store_work_down(w, sqlite3_errmsg(db->handle));
        return false;
    }
    bool keep = sqlite_step(db, w);
    if (sqlite3_get_autocommit(db->handle))
        return false;
    return (keep || sqlite_run(db, SQL_RETURN)) && sqlite_run(db, SQL_RELEASE);
}

static void carry_out(void *engine, struct store_work **batch, size_t n)
{
    struct sqlite_store *s = engine;
    struct sqlite_db *db = &s->db;
    const char *detail = NULL;
    bool writes = false;
    for (size_t i = 0; i < n; i++)
        writes = writes || !batch[i]->reads_only;
    bool ok = begin(s, writes, &detail);
    uint64_t before = db->version;
    for (size_t i = 0; ok && i < n; i++)
        ok = run_step(db, batch[i], writes);
    if (ok && writes && db->version != before)
        ok = sqlite_run_with(db, SQL_STAMP, (int64_t)db->version);
    ok = ok && sqlite_run(db, SQL_COMMIT);
    if (ok) {
        s->now = batch[n - 1]->now;
        s->unswept += writes ? (unsigned)n : 0;
        return;
    }
    /* No step is done unless all are: each has seen what those before it changed. */
    all_down(batch, n, detail ? detail : sqlite3_errmsg(db->handle));
    if (!sqlite3_get_autocommit(db->handle))
        sqlite_run(db, SQL_ROLLBACK);
}

/* Now and then, and for the first time soon after the start. A failure is for the next step that
 * writes to meet. */
static void afterwards(void *engine)
{
    struct sqlite_store *s = engine;
    if (s->unswept < LIMIT_STORE_SWEEP_EVERY)
        return;
    sqlite3_busy_timeout(s->db.handle, 0); /* it can wait, those in the queue can't */
    bool more = false;
    s->unswept = sqlite_sweep(&s->db, s->now, &more) && more ? LIMIT_STORE_SWEEP_EVERY - 1 : 0;
}

static void sqlite_store_close(struct store *store)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    store_thread_stop(&s->thread);
    sqlite_done(&s->db);
    free(s);
}

static bool sqlite_store_open(const char *where, const struct redis_files *files,
                              struct store **out, struct err *err)
{
    (void)files;
    const char *path = where + strlen("sqlite:");
    struct sqlite_store *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "store: out of memory");
    s->store = (struct store){ .engine = &store_sqlite, .deadline_ms = LIMIT_STORE_DEADLINE_MS };
    s->unswept = LIMIT_STORE_SWEEP_EVERY - 1;
    const struct store_thread_duty duty = { carry_out, afterwards, s };
    bool ok =
        sqlite_file_open(path, sqlite_file_migrations, sqlite_file_version, &s->db.handle, err);
    if (ok && !sqlite_prepare(&s->db))
        ok = err_set(err, ERR_IO, "store: %s: %s", path, sqlite3_errmsg(s->db.handle));
    if (ok && !store_thread_start(&s->thread, &duty))
        ok = err_set(err, ERR_MEMORY, "store: no thread can be started");
    if (ok) {
        *out = &s->store;
        return true;
    }
    sqlite_done(&s->db);
    free(s);
    return false;
}

static bool sqlite_store_run(struct store *store, uv_loop_t *loop, struct store_work *w)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    return store_thread_run(&s->thread, loop, (struct store_job *)w);
}

static void sqlite_store_cancel(struct store_work *w)
{
    store_thread_cancel((struct store_job *)w);
}

static void sqlite_store_leave(struct store *store, uv_loop_t *loop)
{
    store_thread_leave(&((struct sqlite_store *)store)->thread, loop);
}

const struct store_engine store_sqlite = {
    .schemes = { "sqlite" },
    .work_size = sizeof(struct store_job),
    .open = sqlite_store_open,
    .close = sqlite_store_close,
    .run = sqlite_store_run,
    .cancel = sqlite_store_cancel,
    .leave = sqlite_store_leave,
};
