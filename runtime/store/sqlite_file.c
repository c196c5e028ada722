#include "store/sqlite_file.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "ASMC", what PRAGMA application_id says of a file of ours. */
#define APPLICATION_ID 0x41534D43
/* How long opening waits for another process that is making or changing the same file. */
#define OPEN_BUSY_MS 5000

/* Expiry and owner are 0 and empty when there is none. The sequence is where versions come from: it
 * only rises, so that no record gets a version that one of the same key has had before it. */
static const char records[] =
    "CREATE TABLE record(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key BLOB NOT NULL,"
    " value BLOB NOT NULL, owner BLOB NOT NULL, version INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL, UNIQUE(kind, key)) STRICT;"
    "CREATE INDEX record_of_owner ON record(kind, owner, key) WHERE owner != x'';"
    "CREATE INDEX record_expires ON record(expires_at) WHERE expires_at != 0;"
    "CREATE TABLE sequence(last INTEGER NOT NULL) STRICT;"
    "INSERT INTO sequence VALUES(0);";

const char *const sqlite_file_migrations[] = { records };
const int sqlite_file_version = sizeof(sqlite_file_migrations) / sizeof(*sqlite_file_migrations);

static bool exec(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* First column of the first row. */
static bool number(sqlite3 *db, const char *sql, int *out)
{
    sqlite3_stmt *st = NULL;
    bool ok =
        sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW;
    if (ok)
        *out = sqlite3_column_int(st, 0);
    return sqlite3_finalize(st) == SQLITE_OK && ok;
}

static bool refuse(sqlite3 *db, const char *path, struct err *err)
{
    switch (sqlite3_errcode(db) & 0xFF) {
    case SQLITE_BUSY:
        return err_set(err, ERR_IO, "store: %s is kept locked by another process", path);
    case SQLITE_NOTADB:
        return err_set(err, ERR_SETTINGS,
                       "store: %s is not a SQLite file; name another file, or one that does not "
                       "exist yet",
                       path);
    case SQLITE_CORRUPT:
        return err_set(err, ERR_IO, "store: %s is damaged; put a backup in its place", path);
    case SQLITE_NOMEM:
        return err_set(err, ERR_MEMORY, "store: %s: out of memory", path);
    default:
        return err_set(err, ERR_IO, "store: %s: %s", path, sqlite3_errmsg(db));
    }
}

/* The directories above the file, those that are missing. */
static bool make_directories(const char *path, struct err *err)
{
    char dir[PATH_MAX];
    size_t len = strlen(path);
    if (len >= sizeof(dir))
        return err_set(err, ERR_SETTINGS, "store: a path of %zu bytes, expected less than %d", len,
                       PATH_MAX);
    memcpy(dir, path, len + 1);
    for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(dir, 0700) == 0)
            chmod(dir, 0700); /* a umask may have taken what the owner needs */
        else if (errno != EEXIST && errno != EISDIR && errno != EROFS && errno != EACCES)
            return err_set(err, ERR_IO, "store: directory %s cannot be made: %s", dir,
                           strerror(errno));
        *slash = '/';
    }
    return true;
}

/* The name of a new file is as good as not there until its directory is on the disk, too. */
static void sync_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX];
    snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd); /* some file systems can't, and then need not */
    close(fd);
}

/* SQLite gives its side files the mode of the file, so that is made here. */
static bool make_file(const char *path, struct err *err)
{
    if (!make_directories(path, err))
        return false;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return true;
    if (fd < 0)
        return err_set(err, ERR_IO, "store: %s cannot be made: %s", path, strerror(errno));
    bool ok = fchmod(fd, 0600) == 0;
    close(fd);
    if (!ok)
        return err_set(err, ERR_IO, "store: %s: %s", path, strerror(errno));
    sync_directory(path);
    return true;
}

static bool connect(const char *path, sqlite3 **db, struct err *err)
{
    /* With a slash in it a name is neither an URI nor special to SQLite. */
    char name[PATH_MAX + 2];
    bool memory = strcmp(path, ":memory:") == 0;
    snprintf(name, sizeof(name), "%s%s", memory || path[0] == '/' ? "" : "./", path);
    struct stat st;
    if (!memory && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return err_set(err, ERR_SETTINGS, "store: %s is not a file", path);
    if (!memory && access(name, R_OK | W_OK))
        return err_set(err, ERR_IO, "store: %s cannot be read and written: %s", path,
                       strerror(errno));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(name, db, flags, NULL) == SQLITE_OK)
        return true;
    return *db ? refuse(*db, path, err) : err_set(err, ERR_MEMORY, "store: out of memory");
}

/* Whether the file is ours, of a version that we know, and whole, or empty. */
static bool inspect(sqlite3 *db, const char *path, int known, struct err *err)
{
    int tables, application, version, whole;
    if (!number(db, "SELECT count(*) FROM sqlite_master", &tables) ||
        !number(db, "PRAGMA application_id", &application) ||
        !number(db, "PRAGMA user_version", &version))
        return refuse(db, path, err);
    bool is_new = tables == 0 && application == 0 && version == 0;
    if (!is_new && application != APPLICATION_ID)
        return err_set(err, ERR_SETTINGS,
                       "store: %s is a database of another program; name another file", path);
    if (version > known)
        return err_set(err, ERR_SETTINGS,
                       "store: %s was written by a newer asana-mcp (its format is %d, this one "
                       "knows up to %d); run the newer one, or name another file",
                       path, version, known);
    if (!number(db, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)", &whole))
        return refuse(db, path, err);
    return whole || err_set(err, ERR_IO, "store: %s is damaged; put a backup in its place", path);
}

static bool set_number(sqlite3 *db, const char *pragma, int value)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA %s = %d", pragma, value);
    return exec(db, sql);
}

/* All in one transaction. What another process did since the inspection is seen here. */
static bool migrate(sqlite3 *db, const char *const *migrations, int known)
{
    int version;
    if (!number(db, "PRAGMA user_version", &version))
        return false;
    if (version >= known)
        return true;
    if (!exec(db, "BEGIN IMMEDIATE"))
        return false;
    bool ok = number(db, "PRAGMA user_version", &version);
    while (ok && version < known)
        ok = exec(db, migrations[version++]);
    return ok && set_number(db, "application_id", APPLICATION_ID) &&
           set_number(db, "user_version", version) && exec(db, "COMMIT");
}

/* Two processes that both read the file and both want it for themselves, as the change to the
 * write-ahead log does, would wait for each other in vain: so whoever meets another one lets go,
 * and comes back a random moment later. */
static bool begin_log(sqlite3 *db)
{
    uint64_t give_up = clock_ms() + OPEN_BUSY_MS;
    bool ok;
    sqlite3_busy_timeout(db, 0);
    while (!(ok = exec(db, "PRAGMA journal_mode = WAL")) &&
           (sqlite3_errcode(db) & 0xFF) == SQLITE_BUSY && clock_ms() < give_up) {
        uint8_t wait;
        sqlite3_randomness(sizeof(wait), &wait);
        sqlite3_sleep(1 + wait / 16);
    }
    sqlite3_busy_timeout(db, OPEN_BUSY_MS);
    return ok;
}

/* With the write-ahead log and full synchronisation a commit is one write and one wait for the
 * disk, and what has been committed survives a loss of power. Deleted keys are overwritten. */
static bool set_up(sqlite3 *db, const char *path, bool memory, struct err *err)
{
    int wal;
    if (!begin_log(db) ||
        !exec(db, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                  "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF") ||
        !number(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &wal))
        return refuse(db, path, err);
    return wal || memory ||
           err_set(err, ERR_IO,
                   "store: %s: the file system lacks the shared memory that SQLite's write-ahead "
                   "log needs; name a file on a local disk",
                   path);
}

bool sqlite_file_open(const char *path, const char *const *migrations, int version, sqlite3 **out,
                      struct err *err)
{
    bool memory = strcmp(path, ":memory:") == 0;
    if (!path[0] || path[strlen(path) - 1] == '/')
        return err_set(err, ERR_SETTINGS, "store: expected the path of a file after \"sqlite:\"");
    if (!memory && !make_file(path, err))
        return false;
    sqlite3 *db = NULL;
    bool ok = connect(path, &db, err);
    if (ok)
        sqlite3_busy_timeout(db, OPEN_BUSY_MS);
    ok = ok && inspect(db, path, version, err) && set_up(db, path, memory, err);
    if (ok && !migrate(db, migrations, version))
        ok = refuse(db, path, err);
    if (ok)
        *out = db;
    else
        sqlite3_close(db);
    return ok;
}
