#include "sandbox/db.h"

#include "sandbox/fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Statements kept prepared; the texts come from our own tables, opt_fields only chooses among their
 * columns. */
#define CACHE_SLOTS 512

struct cached {
    char *sql;
    sqlite3_stmt *st;
    bool busy;
};

struct sb_db {
    sqlite3 *handle;
    struct cached cache[CACHE_SLOTS];
    bool is_new;
    int64_t turn_ms;
    char failure[256];
};

sqlite3 *sb_db_handle(struct sb_db *db)
{
    return db->handle;
}

const char *sb_db_failed(const struct sb_db *db)
{
    return db->failure[0] ? db->failure : NULL;
}

void sb_db_forgive(struct sb_db *db)
{
    db->failure[0] = '\0';
}

static void fail(struct sb_db *db, const char *what)
{
    if (!db->failure[0])
        snprintf(db->failure, sizeof(db->failure), "%s: %s", sqlite3_errmsg(db->handle), what);
}

static size_t slot_of(const char *sql)
{
    uint64_t h = 1469598103934665603u;
    for (; *sql; sql++)
        h = (h ^ (unsigned char)*sql) * 1099511628211u;
    return (size_t)(h % CACHE_SLOTS);
}

/* A statement of that text that nobody uses: from the cache, or prepared and cached where there is
 * room. */
static sqlite3_stmt *take(struct sb_db *db, const char *sql)
{
    size_t start = slot_of(sql);
    struct cached *room = NULL;
    for (size_t i = 0; i < 8; i++) {
        struct cached *slot = &db->cache[(start + i) % CACHE_SLOTS];
        if (!slot->sql) {
            room = slot;
            break;
        }
        if (!slot->busy && strcmp(slot->sql, sql) == 0) {
            slot->busy = true;
            return slot->st;
        }
    }
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) != SQLITE_OK) {
        fail(db, sql);
        return NULL;
    }
    if (room && (room->sql = strdup(sql))) {
        room->st = st;
        room->busy = true;
    }
    return st;
}

void sb_end(struct sb_db *db, sqlite3_stmt *st)
{
    if (!st)
        return;
    size_t start = slot_of(sqlite3_sql(st));
    for (size_t i = 0; i < 8; i++) {
        struct cached *slot = &db->cache[(start + i) % CACHE_SLOTS];
        if (slot->st == st) {
            sqlite3_reset(st);
            sqlite3_clear_bindings(st);
            slot->busy = false;
            return;
        }
    }
    sqlite3_finalize(st);
}

static sqlite3_stmt *query(struct sb_db *db, const char *sql, const char *binds, va_list args)
{
    if (db->failure[0])
        return NULL;
    sqlite3_stmt *st = take(db, sql);
    if (!st)
        return NULL;
    for (int i = 1; *binds; binds++, i++) {
        int64_t number;
        const char *text;
        const struct slice *bytes;
        switch (*binds) {
        case 'i':
            sqlite3_bind_int64(st, i, va_arg(args, int64_t));
            break;
        case 'd':
            sqlite3_bind_double(st, i, va_arg(args, double));
            break;
        case 'b':
            bytes = va_arg(args, const struct slice *);
            sqlite3_bind_blob64(st, i, bytes->data, bytes->len, SQLITE_STATIC);
            break;
        case 'g':
            number = va_arg(args, int64_t);
            if (number)
                sqlite3_bind_int64(st, i, number);
            break;
        default:
            text = va_arg(args, const char *);
            if (text)
                sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
        }
    }
    return st;
}

sqlite3_stmt *sb_query(struct sb_db *db, const char *sql, const char *binds, ...)
{
    va_list args;
    va_start(args, binds);
    sqlite3_stmt *st = query(db, sql, binds, args);
    va_end(args);
    return st;
}

bool sb_row(struct sb_db *db, sqlite3_stmt *st)
{
    if (!st)
        return false;
    int result = sqlite3_step(st);
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE)
        fail(db, sqlite3_sql(st));
    sb_end(db, st);
    return false;
}

bool sb_run(struct sb_db *db, const char *sql, const char *binds, ...)
{
    va_list args;
    va_start(args, binds);
    sqlite3_stmt *st = query(db, sql, binds, args);
    va_end(args);
    while (sb_row(db, st))
        ;
    return !db->failure[0];
}

int64_t sb_int(struct sb_db *db, const char *sql, const char *binds, ...)
{
    va_list args;
    va_start(args, binds);
    sqlite3_stmt *st = query(db, sql, binds, args);
    va_end(args);
    int64_t value = 0;
    if (sb_row(db, st)) {
        value = sqlite3_column_int64(st, 0);
        sb_end(db, st);
    }
    return value;
}

char *sb_column(struct arena *a, sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    return text ? arena_strndup(a, text, (size_t)sqlite3_column_bytes(st, column)) : NULL;
}

char *sb_text(struct sb_db *db, struct arena *a, const char *sql, const char *binds, ...)
{
    va_list args;
    va_start(args, binds);
    sqlite3_stmt *st = query(db, sql, binds, args);
    va_end(args);
    char *value = NULL;
    if (sb_row(db, st)) {
        value = sb_column(a, st, 0);
        sb_end(db, st);
    }
    return value;
}

int64_t sb_new_gid(struct sb_db *db, const char *type)
{
    /* Sixteen digits, strictly rising; the uneven step keeps neighbours from looking like a
     * counter. */
    int64_t gid = sb_int(db, "SELECT value FROM meta WHERE key = 'gid'", "");
    gid += 17 + gid % 11;
    sb_run(db, "UPDATE meta SET value = ?1 WHERE key = 'gid'", "i", gid);
    sb_run(db, "INSERT INTO object(gid, type) VALUES(?1, ?2)", "it", gid, type);
    return gid;
}

/* SQL: has_words(text, words), folded both. */
static void has_words(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    const char *in[2];
    char *folded[2] = { NULL, NULL };
    for (int i = 0; i < 2; i++) {
        in[i] = (const char *)sqlite3_value_text(values[i]);
        folded[i] = in[i] ? malloc(2 * strlen(in[i]) + 2) : NULL;
        if (folded[i])
            sb_fold(in[i], folded[i]);
    }
    sqlite3_result_int(ctx, count == 2 && folded[0] && folded[1] &&
                                sb_fold_has_words(folded[0], folded[1]));
    free(folded[0]);
    free(folded[1]);
}

/* SQL: turn_ms(): when this turn began. */
static void turn_ms(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    const struct sb_db *db = sqlite3_user_data(ctx);
    sqlite3_result_int64(ctx, db->turn_ms);
}

/* Of the tables in schema.c. */
#define SCHEMA_VERSION 1
#define SCHEMA_VERSION_TEXT "1"
/* "ASBX", what PRAGMA application_id says of a file of ours. */
#define APPLICATION_ID 1095975512
#define APPLICATION_ID_TEXT "1095975512"

bool sb_db_exec(struct sb_db *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool connect(struct sb_db *db, const char *path)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    return sqlite3_open_v2(path ? path : ":memory:", &db->handle, flags, NULL) == SQLITE_OK &&
           sqlite3_create_function(db->handle, "has_words", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   NULL, has_words, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_function(db->handle, "turn_ms", 0, SQLITE_UTF8, db, turn_ms, NULL,
                                   NULL) == SQLITE_OK &&
           sb_db_exec(db, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY");
}

static bool refuse(struct sb_db *db, const char *path, struct err *err)
{
    int code = sqlite3_errcode(db->handle);
    if (code == SQLITE_BUSY)
        return err_set(err, ERR_IO, "sandbox: %s is in use by another process", path);
    if (code == SQLITE_NOTADB)
        return err_set(err, ERR_IO,
                       "sandbox: %s is not a state file of the sandbox; name another file", path);
    if (code == SQLITE_CORRUPT)
        return err_set(err, ERR_IO,
                       "sandbox: %s is damaged; remove it to begin anew, or name another file",
                       path);
    return err_set(err, ERR_IO, "sandbox: %s: %s", path, sqlite3_errmsg(db->handle));
}

/* Whether the file is one that may be worked on: ours, of this version, whole and writable, or
 * empty. Nothing is written before that is known. The lock is held until the end, so that two
 * sandboxes do not share a file. */
static bool inspect(struct sb_db *db, const char *path, struct err *err)
{
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return err_set(err, ERR_IO, "sandbox: %s cannot be written", path);
    if (!sb_db_exec(db, "PRAGMA locking_mode = EXCLUSIVE"))
        return refuse(db, path, err);
    int64_t tables = sb_int(db, "SELECT count(*) FROM sqlite_master", "");
    int64_t version = sb_int(db, "PRAGMA user_version", "");
    int64_t application = sb_int(db, "PRAGMA application_id", "");
    if (sb_db_failed(db))
        return refuse(db, path, err);
    db->is_new = tables == 0 && version == 0 && application == 0;
    if (!db->is_new && application != APPLICATION_ID)
        return err_set(err, ERR_SETTINGS,
                       "sandbox: %s is a database of another program; name another file", path);
    if (!db->is_new && version != SCHEMA_VERSION)
        return err_set(err, ERR_SETTINGS,
                       "sandbox: %s was written by another version of the sandbox (its tables are "
                       "of version %lld, expected %d); remove it to begin anew, or name another "
                       "file",
                       path, (long long)version, SCHEMA_VERSION);
    if (!sb_int(db, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)", "") &&
        !sb_db_failed(db))
        return err_set(err, ERR_IO,
                       "sandbox: %s is damaged; remove it to begin anew, or name another file",
                       path);
    /* With a write-ahead log a change costs one write and no wait for the disk; what a crash of the
     * machine can take is the last changes, never the file. */
    if (sb_db_failed(db) ||
        !sb_db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"))
        return refuse(db, path, err);
    return true;
}

static bool begin_new(struct sb_db *db)
{
    return sb_db_exec(db, "BEGIN IMMEDIATE") && sb_db_exec(db, sb_schema);
}

bool sb_db_open(const char *path, struct sb_db **out, struct err *err)
{
    struct sb_db *db = calloc(1, sizeof(*db));
    if (!db)
        return err_set(err, ERR_MEMORY, "sandbox: out of memory");
    const char *name = path ? path : "memory";
    db->is_new = true;
    bool ok = connect(db, path) ||
              (db->handle ? refuse(db, name, err) : err_set(err, ERR_MEMORY, "sandbox: no SQLite"));
    ok = ok && (!path || inspect(db, path, err));
    if (ok && db->is_new && !begin_new(db))
        ok = refuse(db, name, err);
    if (!ok) {
        sb_db_close(db);
        return false;
    }
    *out = db;
    return true;
}

void sb_db_turn(struct sb_db *db, int64_t now_ms)
{
    db->turn_ms = now_ms;
}

bool sb_db_is_new(const struct sb_db *db)
{
    return db->is_new;
}

bool sb_db_keep(struct sb_db *db)
{
    db->is_new = false;
    return sb_run(db, "PRAGMA user_version = " SCHEMA_VERSION_TEXT, "") &&
           sb_run(db, "PRAGMA application_id = " APPLICATION_ID_TEXT, "") &&
           sb_run(db, "COMMIT", "");
}

void sb_db_close(struct sb_db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++) {
        sqlite3_finalize(db->cache[i].st);
        free(db->cache[i].sql);
    }
    sqlite3_close(db->handle);
    free(db);
}
