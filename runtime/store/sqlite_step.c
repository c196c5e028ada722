#include "store/sqlite_step.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LIVE "(expires_at = 0 OR expires_at > ?1)"
#define COLUMNS "key, value, owner, version, expires_at"
#define INSERT                                                                                     \
    "INSERT INTO record(kind, key, value, owner, version, expires_at)"                             \
    " VALUES(?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(kind, key) DO UPDATE SET value = excluded.value," \
    " owner = excluded.owner, version = excluded.version, expires_at = excluded.expires_at"

/* ?1 is always now, ?2 the table, ?3 the key. */
static const char *const texts[SQL_STATEMENTS] = {
    [SQL_GET] = "SELECT " COLUMNS " FROM record WHERE kind = ?2 AND key = ?3 AND " LIVE,
    [SQL_ADD] = INSERT " WHERE NOT " LIVE,
    [SQL_PUT] = INSERT,
    [SQL_REPLACE] = "UPDATE record SET value = ?4, owner = ?5, version = ?6, expires_at = ?7"
                    " WHERE kind = ?2 AND key = ?3 AND version = ?8 AND " LIVE,
    [SQL_DELETE] = "DELETE FROM record WHERE kind = ?2 AND key = ?3",
    [SQL_COUNT] = "UPDATE record SET value = ?4, version = ?6 WHERE kind = ?2 AND key = ?3",
    [SQL_LIST] = "SELECT " COLUMNS " FROM record WHERE kind = ?2 AND key > ?3 AND " LIVE
                 " ORDER BY key LIMIT ?4",
    [SQL_LIST_OF_OWNER] = "SELECT " COLUMNS " FROM record WHERE kind = ?2 AND owner = ?5 AND"
                          " owner != x'' AND key > ?3 AND " LIVE " ORDER BY key LIMIT ?4",
    [SQL_SWEEP] = "DELETE FROM record WHERE id IN (SELECT id FROM record WHERE expires_at != 0 AND"
                  " expires_at <= ?1 LIMIT ?2)",
    [SQL_BEGIN] = "BEGIN",
    [SQL_BEGIN_TO_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVE] = "SAVEPOINT step",
    [SQL_RELEASE] = "RELEASE step",
    [SQL_RETURN] = "ROLLBACK TO step",
    [SQL_LOOK] = "SELECT last, user_version FROM sequence, pragma_user_version",
    [SQL_STAMP] = "UPDATE sequence SET last = ?1",
};

bool sqlite_prepare(struct sqlite_db *db)
{
    for (int i = 0; i < SQL_STATEMENTS; i++) {
        if (sqlite3_prepare_v3(db->handle, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &db->statements[i], NULL) != SQLITE_OK)
            return false;
    }
    return true;
}

void sqlite_done(struct sqlite_db *db)
{
    for (int i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->handle);
}

/* Ends a statement and forgets its values, which point into the step. */
static bool end(sqlite3_stmt *st)
{
    bool ok = sqlite3_reset(st) == SQLITE_OK;
    sqlite3_clear_bindings(st);
    return ok;
}

static bool run(sqlite3_stmt *st)
{
    sqlite3_step(st);
    return end(st); /* says how the last step ended */
}

bool sqlite_run(struct sqlite_db *db, enum sqlite_statement which)
{
    return run(db->statements[which]);
}

bool sqlite_run_with(struct sqlite_db *db, enum sqlite_statement which, int64_t value)
{
    sqlite3_bind_int64(db->statements[which], 1, value);
    return run(db->statements[which]);
}

bool sqlite_sweep(struct sqlite_db *db, int64_t now, bool *more)
{
    sqlite3_stmt *st = db->statements[SQL_SWEEP];
    sqlite3_bind_int64(st, 1, now);
    sqlite3_bind_int64(st, 2, LIMIT_STORE_SWEEP);
    if (!run(st))
        return false;
    *more = sqlite3_changes(db->handle) == LIMIT_STORE_SWEEP;
    return true;
}

/* How an operation ended. */
enum end {
    END_WELL,
    END_CONFLICT,
    END_ENGINE, /* SQLite says why */
    END_MEMORY, /* ours, not SQLite's */
};

/* The value may be NULL nowhere: an empty blob is one of no bytes. */
static void bind_slice(sqlite3_stmt *st, int at, struct slice s)
{
    sqlite3_bind_blob64(st, at, s.len ? s.data : "", s.len, SQLITE_STATIC);
}

static sqlite3_stmt *about(struct sqlite_db *db, enum sqlite_statement which,
                           const struct store_work *w, const struct store_op *op, struct slice key)
{
    sqlite3_stmt *st = db->statements[which];
    sqlite3_bind_int64(st, 1, w->now);
    sqlite3_bind_int64(st, 2, op->table);
    bind_slice(st, 3, key);
    return st;
}

static struct slice blob(sqlite3_stmt *st, int column)
{
    const void *data = sqlite3_column_blob(st, column);
    return (struct slice){ data, (size_t)sqlite3_column_bytes(st, column) };
}

/* The row that the statement stands on; borrowed until its next step. */
static struct store_record row(sqlite3_stmt *st)
{
    return (struct store_record){
        .key = blob(st, 0),
        .value = blob(st, 1),
        .owner = blob(st, 2),
        .version = (uint64_t)sqlite3_column_int64(st, 3),
        .expires_at = sqlite3_column_int64(st, 4),
    };
}

static enum end get(struct sqlite_db *db, struct store_work *w, size_t i)
{
    sqlite3_stmt *st = about(db, SQL_GET, w, &w->ops[i], w->ops[i].key);
    bool remembered = true;
    if (sqlite3_step(st) == SQLITE_ROW) {
        struct store_record r = row(st);
        remembered = store_work_record(w, i, &r);
    }
    if (!end(st))
        return END_ENGINE;
    return remembered ? END_WELL : END_MEMORY;
}

static enum end erase(struct sqlite_db *db, struct store_work *w, size_t i)
{
    return run(about(db, SQL_DELETE, w, &w->ops[i], w->ops[i].key)) ? END_WELL : END_ENGINE;
}

static enum end take(struct sqlite_db *db, struct store_work *w, size_t i)
{
    enum end got = get(db, w, i);
    return got == END_WELL && w->answers[i].count ? erase(db, w, i) : got;
}

/* ADD, PUT, REPLACE and COUNT: the condition is part of the statement. */
static enum end put(struct sqlite_db *db, struct store_work *w, size_t i,
                    enum sqlite_statement which, struct slice value)
{
    const struct store_op *op = &w->ops[i];
    sqlite3_stmt *st = about(db, which, w, op, op->key);
    bind_slice(st, 4, value);
    uint64_t version = db->version + 1;
    sqlite3_bind_int64(st, 6, (int64_t)version);
    if (which != SQL_COUNT) {
        bind_slice(st, 5, op->owner);
        sqlite3_bind_int64(st, 7, op->expires_at);
    }
    if (which == SQL_REPLACE)
        sqlite3_bind_int64(st, 8, (int64_t)op->version);
    if (!run(st))
        return END_ENGINE;
    if (sqlite3_changes(db->handle) == 0)
        return END_CONFLICT;
    db->version = version;
    w->answers[i].version = version;
    return END_WELL;
}

/* Decimal digits with at most a minus sign before them. */
static bool parse_counter(struct slice s, int64_t *out)
{
    char text[24];
    if (s.len == 0 || s.len >= sizeof(text) ||
        (s.data[0] != '-' && (unsigned)(s.data[0] - '0') > 9))
        return false;
    memcpy(text, s.data, s.len);
    text[s.len] = '\0';
    char *stop;
    errno = 0;
    *out = strtoll(text, &stop, 10);
    return errno == 0 && *stop == '\0' && stop == text + s.len;
}

static enum end count(struct sqlite_db *db, struct store_work *w, size_t i)
{
    const struct store_op *op = &w->ops[i];
    sqlite3_stmt *st = about(db, SQL_GET, w, op, op->key);
    int64_t before = 0;
    bool there = sqlite3_step(st) == SQLITE_ROW;
    bool counts = !there || parse_counter(blob(st, 1), &before);
    if (!end(st))
        return END_ENGINE;
    int64_t after;
    if (!counts || __builtin_add_overflow(before, op->by, &after))
        return END_CONFLICT;
    w->answers[i].counter = after;
    if (there && op->by == 0)
        return END_WELL;
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, after);
    return put(db, w, i, there ? SQL_COUNT : SQL_PUT, slice_of(text));
}

static enum end list(struct sqlite_db *db, struct store_work *w, size_t i)
{
    const struct store_op *op = &w->ops[i];
    enum sqlite_statement which = op->key.len ? SQL_LIST_OF_OWNER : SQL_LIST;
    sqlite3_stmt *st = about(db, which, w, op, op->after);
    sqlite3_bind_int64(st, 4, (int64_t)op->limit + 1); /* one more, to know whether there is more */
    if (op->key.len)
        bind_slice(st, 5, op->key);
    struct store_answer *answer = &w->answers[i];
    size_t bytes = 0;
    bool remembered = true;
    while (remembered && !answer->more && sqlite3_step(st) == SQLITE_ROW) {
        struct store_record r = row(st);
        bytes += r.key.len + r.value.len + r.owner.len;
        if (answer->count == op->limit || (answer->count && bytes > LIMIT_STORE_PAGE))
            answer->more = true;
        else
            remembered = store_work_record(w, i, &r);
    }
    if (!end(st))
        return END_ENGINE;
    return remembered ? END_WELL : END_MEMORY;
}

static enum end operate(struct sqlite_db *db, struct store_work *w, size_t i)
{
    struct slice value = w->ops[i].value;
    switch (w->ops[i].verb) {
    case STORE_GET:
        return get(db, w, i);
    case STORE_TAKE:
        return take(db, w, i);
    case STORE_ADD:
        return put(db, w, i, SQL_ADD, value);
    case STORE_PUT:
        return put(db, w, i, SQL_PUT, value);
    case STORE_REPLACE:
        return put(db, w, i, SQL_REPLACE, value);
    case STORE_DELETE:
        return erase(db, w, i);
    case STORE_COUNT:
        return count(db, w, i);
    case STORE_LIST:
        break;
    }
    return list(db, w, i);
}

bool sqlite_step(struct sqlite_db *db, struct store_work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        switch (operate(db, w, i)) {
        case END_WELL:
            continue;
        case END_CONFLICT:
            store_work_conflict(w, i);
            return false;
        case END_ENGINE:
            store_work_down(w, sqlite3_errmsg(db->handle));
            return false;
        case END_MEMORY:
            store_work_down(w, "out of memory");
            return false;
        }
    }
    if (w->n == 0 && !sqlite_sweep(db, w->now, &w->more)) {
        store_work_down(w, sqlite3_errmsg(db->handle));
        return false;
    }
    store_work_done(w);
    return true;
}
