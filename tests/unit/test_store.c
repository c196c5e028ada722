#include "store_suite.h"

#include "store/sqlite_file.h"
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A directory for one test, and the file in it. */
static char dir[64];
static char file[128];
static char where[160]; /* "sqlite:FILE" */

static void new_place(void)
{
    snprintf(dir, sizeof(dir), "/tmp/asana-mcp-store-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    snprintf(file, sizeof(file), "%s/store.db", dir);
    snprintf(where, sizeof(where), "sqlite:%s", file);
}

static void remove_place(void)
{
    static const char *const names[] = { "store.db", "store.db-wal", "store.db-shm", "copy.db" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[160];
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    CU_ASSERT_EQUAL(rmdir(dir), 0); /* nothing else was left behind */
}

static struct store *open_at(const char *place)
{
    struct store *s = NULL;
    struct err err = { 0 };
    bool ok = store_open(place, &s, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_TRUE_FATAL(ok);
    return s;
}

static struct store *open_memory(void)
{
    return open_at("sqlite::memory:");
}

static struct store *open_new_file(void)
{
    new_place();
    return open_at(where);
}

static void close_here(struct store *s)
{
    store_wait_done(last_wait);
    last_wait = NULL;
    store_close(s);
}

static void close_and_remove(struct store *s)
{
    close_here(s);
    remove_place();
}

static bool refused(const char *place, const char *because)
{
    struct store *s = NULL;
    struct err err = { 0 };
    bool ok = !store_open(place, &s, &err) && strstr(err.text, because);
    if (!ok)
        fprintf(stderr, "%s: %s\n", place, err.text);
    return ok;
}

/* What the file says to somebody else. */
static sqlite3 *raw_open(void)
{
    sqlite3 *db = NULL;
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(file, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    return db;
}

static void raw(sqlite3 *db, const char *sql)
{
    CU_ASSERT_EQUAL_FATAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int raw_int(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_step(st), SQLITE_ROW);
    int value = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return value;
}

static void edit(const char *sql)
{
    sqlite3 *db = raw_open();
    raw(db, sql);
    sqlite3_close(db);
}

static int ask(const char *sql)
{
    sqlite3 *db = raw_open();
    int value = raw_int(db, sql);
    sqlite3_close(db);
    return value;
}

static void write_file(const char *path, const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

static void a_restart_keeps_everything(void)
{
    struct store *s = open_new_file();
    struct store_op put = write_op(STORE_PUT, "k", "v");
    put.owner = S("user:1");
    put.expires_at = NOW + 60;
    uint64_t version = done(s, put).version;
    done(s, count_op("c", 42));
    uint64_t gone = done(s, write_op(STORE_PUT, "gone", "v")).version;
    done(s, write_op(STORE_DELETE, "gone", ""));
    close_here(s);

    s = open_at(where);
    struct store_answer a = done(s, get_op("k"));
    CU_ASSERT_EQUAL_FATAL(a.count, 1);
    CU_ASSERT_TRUE(slice_is(a.records[0].owner, "user:1"));
    CU_ASSERT_EQUAL(a.records[0].version, version);
    CU_ASSERT_EQUAL(a.records[0].expires_at, NOW + 60);
    CU_ASSERT_EQUAL(done(s, count_op("c", 0)).counter, 42);
    CU_ASSERT_TRUE(done(s, write_op(STORE_ADD, "gone", "v")).version > gone);
    close_and_remove(s);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (unsigned)st.st_mode & 07777 : 0;
}

static void what_is_made_is_for_its_owner_alone(void)
{
    static const mode_t masks[] = { 0, 0777 };
    for (size_t i = 0; i < COUNT_OF(masks); i++) {
        new_place();
        char outer[160], inner[200], path[300];
        snprintf(outer, sizeof(outer), "%s/a", dir);
        snprintf(inner, sizeof(inner), "%s/b", outer);
        snprintf(path, sizeof(path), "sqlite:%s/s.db", inner);
        mode_t before = umask(masks[i]);
        struct store *s = open_at(path);
        done(s, write_op(STORE_PUT, "k", "v"));
        umask(before);
        CU_ASSERT_EQUAL(mode_of(outer), 0700);
        CU_ASSERT_EQUAL(mode_of(inner), 0700);
        static const char *const ends[] = { "", "-wal", "-shm" };
        for (size_t j = 0; j < COUNT_OF(ends); j++) {
            snprintf(path, sizeof(path), "%s/s.db%s", inner, ends[j]);
            CU_ASSERT_EQUAL(mode_of(path), 0600);
        }
        close_here(s);
        snprintf(path, sizeof(path), "%s/s.db", inner);
        unlink(path);
        rmdir(inner);
        rmdir(outer);
        remove_place();
    }
}

static void a_name_means_a_file_whatever_it_looks_like(void)
{
    new_place();
    char back[4096];
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(back, sizeof(back)));
    CU_ASSERT_EQUAL_FATAL(chdir(dir), 0);
    static const char odd[] = "file:x?mode=memory";
    struct store *s = open_at("sqlite:file:x?mode=memory");
    done(s, write_op(STORE_PUT, "k", "v"));
    close_here(s);
    s = open_at("sqlite:file:x?mode=memory");
    CU_ASSERT_TRUE(holds(s, "k", "v"));
    close_here(s);
    CU_ASSERT_EQUAL(unlink(odd), 0);
    CU_ASSERT_EQUAL_FATAL(chdir(back), 0);
    remove_place();
}

static void what_is_no_place_for_a_store_is_refused(void)
{
    CU_ASSERT_TRUE(refused("mysql:x", "expected \"sqlite:PATH\""));
    CU_ASSERT_TRUE(refused("/var/lib/store.db", "expected \"sqlite:PATH\""));
    CU_ASSERT_TRUE(refused("sqlite:", "expected the path of a file"));
    new_place();
    char place[200];
    snprintf(place, sizeof(place), "sqlite:%s", dir);
    CU_ASSERT_TRUE(refused(place, "is not a file"));
    snprintf(place, sizeof(place), "sqlite:%s/", dir);
    CU_ASSERT_TRUE(refused(place, "expected the path of a file"));
    write_file(file, "", 0);
    snprintf(place, sizeof(place), "sqlite:%s/below/x.db", file);
    CU_ASSERT_TRUE(refused(place, "Not a directory"));
    if (geteuid() != 0) {
        chmod(file, 0400);
        CU_ASSERT_TRUE(refused(where, "cannot be read and written"));
    }
    remove_place();
}

static void a_file_of_another_kind_is_refused_and_left_as_it_is(void)
{
    new_place();
    static const char text[] = "[server]\nlisten = 127.0.0.1:8000\n# no database, but long enough\n"
                               "# to have what SQLite calls a header, which has a hundred bytes\n";
    write_file(file, text, sizeof(text) - 1);
    CU_ASSERT_TRUE(refused(where, "is not a SQLite file"));
    char back[sizeof(text)] = "";
    FILE *f = fopen(file, "rb");
    CU_ASSERT_EQUAL(fread(back, 1, sizeof(back), f), sizeof(text) - 1);
    fclose(f);
    CU_ASSERT_EQUAL(memcmp(back, text, sizeof(text) - 1), 0);
    unlink(file);

    edit("CREATE TABLE theirs(x)");
    CU_ASSERT_TRUE(refused(where, "database of another program"));
    edit("PRAGMA user_version = 1");
    CU_ASSERT_TRUE(refused(where, "database of another program"));
    CU_ASSERT_EQUAL(ask("SELECT count(*) FROM sqlite_master"), 1);
    CU_ASSERT_EQUAL(ask("SELECT journal_mode = 'delete' FROM pragma_journal_mode"), 1);
    remove_place();
}

static void a_file_of_a_newer_version_is_refused(void)
{
    struct store *s = open_new_file();
    close_here(s);
    edit("PRAGMA user_version = 999");
    CU_ASSERT_TRUE(refused(where, "written by a newer asana-mcp (its format is 999"));
    CU_ASSERT_EQUAL(ask("PRAGMA user_version"), 999);
    remove_place();
}

static void a_damaged_file_is_refused(void)
{
    struct store *s = open_new_file();
    put_many(s, "bob", 0, 200);
    close_here(s);
    FILE *f = fopen(file, "r+b");
    fseek(f, 4096 * 3 + 8, SEEK_SET);
    for (int i = 0; i < 4096; i++)
        fputc(0x5A, f);
    fclose(f);
    CU_ASSERT_TRUE(refused(where, "is damaged"));
    CU_ASSERT_EQUAL(truncate(file, 4096 * 2), 0);
    CU_ASSERT_TRUE(refused(where, "is damaged"));
    remove_place();
}

/* A file as the first version wrote it; it stays as it is when there are more. */
static const char version_1[] =
    "PRAGMA journal_mode = WAL; PRAGMA application_id = 1095978307; PRAGMA user_version = 1;"
    "CREATE TABLE record(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key BLOB NOT NULL,"
    " value BLOB NOT NULL, owner BLOB NOT NULL, version INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL, UNIQUE(kind, key)) STRICT;"
    "CREATE INDEX record_of_owner ON record(kind, owner, key) WHERE owner != x'';"
    "CREATE INDEX record_expires ON record(expires_at) WHERE expires_at != 0;"
    "CREATE TABLE sequence(last INTEGER NOT NULL) STRICT;"
    "INSERT INTO sequence VALUES(7);"
    "INSERT INTO record VALUES(1, 6, CAST('k' AS BLOB), CAST('v' AS BLOB),"
    " CAST('user:1' AS BLOB), 7, 1700000060);"
    "INSERT INTO record VALUES(2, 11, CAST('c' AS BLOB), CAST('41' AS BLOB), x'', 6, 0);";

static void a_file_of_version_1_is_read(void)
{
    new_place();
    edit(version_1);
    struct store *s = open_at(where);
    CU_ASSERT_EQUAL(ask("PRAGMA user_version"), sqlite_file_version);
    struct store_answer a = done(s, get_op("k"));
    CU_ASSERT_EQUAL_FATAL(a.count, 1);
    CU_ASSERT_TRUE(slice_is(a.records[0].value, "v"));
    CU_ASSERT_TRUE(slice_is(a.records[0].owner, "user:1"));
    CU_ASSERT_EQUAL(a.records[0].version, 7);
    CU_ASSERT_EQUAL(a.records[0].expires_at, NOW + 60);
    CU_ASSERT_EQUAL(done(s, count_op("c", 1)).counter, 42);
    CU_ASSERT_TRUE(done(s, write_op(STORE_PUT, "k", "w")).version > 7);
    close_and_remove(s);
}

static void migrations_run_once_in_order_and_all_or_none(void)
{
    new_place();
    edit(version_1);
    const char *const steps[] = {
        sqlite_file_migrations[0],
        "ALTER TABLE record ADD COLUMN made_at INTEGER NOT NULL DEFAULT 5;",
        "UPDATE record SET made_at = made_at * 2;",
        "UPDATE record SET nothing_of_that_name = 1;",
    };
    sqlite3 *db = NULL;
    struct err err = { 0 };
    CU_ASSERT_FALSE(sqlite_file_open(file, steps, 4, &db, &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "nothing_of_that_name"));
    CU_ASSERT_EQUAL(ask("PRAGMA user_version"), 1);
    CU_ASSERT_EQUAL(ask("SELECT count(*) FROM pragma_table_info('record')"), 7);

    for (int i = 0; i < 2; i++) {
        CU_ASSERT_TRUE_FATAL(sqlite_file_open(file, steps, 3, &db, &err));
        sqlite3_close(db);
        CU_ASSERT_EQUAL(ask("PRAGMA user_version"), 3);
        CU_ASSERT_EQUAL(ask("SELECT made_at FROM record WHERE id = 1"), 10);
    }
    CU_ASSERT_TRUE(refused(where, "written by a newer asana-mcp")); /* as version 1 sees it */
    remove_place();
}

static void a_file_that_changes_its_format_under_us_is_written_no_more(void)
{
    struct store *s = open_new_file();
    done(s, write_op(STORE_PUT, "k", "old"));
    edit("PRAGMA user_version = 999");
    struct store_op op = write_op(STORE_PUT, "k", "new");
    const struct store_result *r = step(s, &op, 1, NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_DOWN);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->detail, "newer asana-mcp"));
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    close_and_remove(s);
}

static int count_expired(void)
{
    return ask("SELECT count(*) FROM record WHERE expires_at = 1700000001");
}

/* More than are deleted at a time; some that live. */
static void add_expired(int expired)
{
    char sql[512];
    snprintf(sql, sizeof(sql),
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO record(kind, key, value, owner, version, expires_at)"
             " SELECT 3, CAST('expired' || i AS BLOB), x'', x'', i, 1700000001 FROM n;"
             "INSERT INTO record VALUES(NULL, 3, x'01', x'', x'', 1, 1700000002);"
             "INSERT INTO record VALUES(NULL, 3, x'02', x'', x'', 1, 0)",
             expired);
    edit(sql);
}

static void sweeping_deletes_what_has_expired_a_bounded_amount_at_a_time(void)
{
    struct store *s = open_new_file();
    add_expired(LIMIT_STORE_SWEEP + 100);
    bool more = false;
    CU_ASSERT_TRUE(store_sweep(s, NOW, &more, NULL));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_EQUAL(count_expired(), LIMIT_STORE_SWEEP + 100);
    CU_ASSERT_TRUE(store_sweep(s, NOW + 1, &more, NULL));
    CU_ASSERT_TRUE(more);
    CU_ASSERT_EQUAL(count_expired(), 100);
    CU_ASSERT_TRUE(store_sweep(s, NOW + 1, &more, NULL));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_EQUAL(ask("SELECT count(*) FROM record"), 2);
    close_and_remove(s);
}

static void what_has_expired_goes_without_being_asked(void)
{
    struct store *s = open_new_file();
    add_expired(LIMIT_STORE_SWEEP + 100);
    /* The first after the start, and, as there is more, the next one. */
    done_at(s, write_op(STORE_PUT, "k", "1"), NOW + 1);
    done_at(s, write_op(STORE_PUT, "k", "2"), NOW + 1);
    done_at(s, get_op("k"), NOW + 1); /* housekeeping ends before the next step begins */
    CU_ASSERT_EQUAL(count_expired(), 0);
    edit("INSERT INTO record VALUES(NULL, 4, x'01', x'', x'', 1, 1700000001)");
    done_at(s, write_op(STORE_PUT, "k", "3"), NOW + 1);
    CU_ASSERT_EQUAL(count_expired(), 1); /* not after every step */
    for (int i = 0; i < LIMIT_STORE_SWEEP_EVERY; i++)
        done_at(s, write_op(STORE_PUT, "k", "3"), NOW + 1);
    done_at(s, get_op("k"), NOW + 1);
    CU_ASSERT_EQUAL(count_expired(), 0);
    close_and_remove(s);
}

/* Another process that keeps the file locked. */

static void a_lock_that_is_held_too_long_is_told_and_the_store_goes_on_after_it(void)
{
    struct store *s = open_new_file();
    store_set_deadline(s, 100);
    done(s, write_op(STORE_PUT, "k", "old"));
    sqlite3 *other = raw_open();
    raw(other, "BEGIN IMMEDIATE");
    struct store_op put = write_op(STORE_PUT, "k", "new");
    const struct store_result *r = step(s, &put, 1, NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_DOWN);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->detail, "another process keeps the file locked"));
    CU_ASSERT_TRUE(holds(s, "k", "old")); /* reading does not mind */
    struct err err = { 0 };
    bool more;
    CU_ASSERT_FALSE(store_sweep(s, NOW, &more, &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "locked"));
    raw(other, "COMMIT");
    sqlite3_close(other);
    CU_ASSERT_EQUAL(step(s, &put, 1, NOW)->outcome, STORE_DONE);
    close_and_remove(s);
}

/* A disk that hangs, or is full: SQLite's writes go through these. */

enum disk { DISK_WELL, DISK_HANGS, DISK_FULL };
static _Atomic(enum disk) disk;
static uv_sem_t hanging; /* posted when a write has begun to hang */
static uv_sem_t let_go;

static bool disk_refuses(void)
{
    switch (atomic_load(&disk)) {
    case DISK_HANGS:
        uv_sem_post(&hanging);
        uv_sem_wait(&let_go);
        return false;
    case DISK_FULL:
        errno = ENOSPC;
        return true;
    case DISK_WELL:
        break;
    }
    return false;
}

static ssize_t write_through(int fd, const void *data, size_t len)
{
    return disk_refuses() ? -1 : write(fd, data, len);
}

static ssize_t pwrite_through(int fd, const void *data, size_t len, off_t at)
{
    return disk_refuses() ? -1 : pwrite(fd, data, len, at);
}

static void set_disk(enum disk state)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_syscall_ptr plain = (sqlite3_syscall_ptr)write_through;
    sqlite3_syscall_ptr at = (sqlite3_syscall_ptr)pwrite_through;
    vfs->xSetSystemCall(vfs, "write", plain);
    vfs->xSetSystemCall(vfs, "pwrite", at);
    vfs->xSetSystemCall(vfs, "pwrite64", at);
    atomic_store(&disk, state);
}

static void free_disk(void)
{
    atomic_store(&disk, DISK_WELL);
    uv_sem_post(&let_go);
}

/* SQLite's waits for the disk come here, as this program's symbols go before the C library's. */
static atomic_uint syncs;

int fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fsync, fd);
}

static void what_was_acknowledged_is_on_the_disk(void)
{
    struct store *s = open_new_file();
    done(s, write_op(STORE_PUT, "k", "v"));
    for (int i = 0; i < 5; i++) {
        unsigned before = atomic_load(&syncs);
        done(s, write_op(STORE_PUT, "k", "w"));
        CU_ASSERT_EQUAL(atomic_load(&syncs), before + 1);
        done(s, get_op("k"));
        done(s, count_op("c", 0)); /* made the first time */
        CU_ASSERT_EQUAL(atomic_load(&syncs), before + 1 + (i == 0));
    }
    close_and_remove(s);
}

static void steps_that_wait_together_wait_for_the_disk_once(void)
{
    struct store *s = open_new_file();
    done(s, count_op("c", 1));
    struct runner r;
    runner_open(&r, s);
    set_disk(DISK_HANGS);
    run_count(&r, on_counted);
    uv_sem_wait(&hanging);
    for (int i = 0; i < LIMIT_STORE_BATCH; i++)
        run_count(&r, on_counted);
    unsigned before = atomic_load(&syncs);
    free_disk();
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, LIMIT_STORE_BATCH + 1);
    CU_ASSERT_EQUAL(atomic_load(&syncs), before + 2); /* the one that hung, and the others */
    runner_close(&r);
    close_and_remove(s);
}

static void a_full_disk_is_told_and_changes_nothing(void)
{
    struct store *s = open_new_file();
    done(s, write_op(STORE_PUT, "k", "old"));
    set_disk(DISK_FULL);
    struct store_op ops[] = { write_op(STORE_PUT, "k", "new"), count_op("c", 1) };
    const struct store_result *r = step(s, ops, 2, NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_DOWN);
    CU_ASSERT_NOT_EQUAL(r->detail[0], '\0');
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    set_disk(DISK_WELL);
    CU_ASSERT_EQUAL(done(s, count_op("c", 1)).counter, 1);
    close_here(s);
    s = open_at(where);
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    close_and_remove(s);
}

static unsigned downs;

static void on_down(void *ctx, const struct store_result *result)
{
    struct runner *r = ctx;
    r->calls++;
    downs += result->outcome == STORE_DOWN && strstr(result->detail, "too slow");
}

static void a_disk_that_hangs_holds_up_nobody_for_longer_than_the_deadline(void)
{
    struct store *s = open_new_file();
    store_set_deadline(s, 50);
    struct runner r;
    runner_open(&r, s);
    downs = 0;
    set_disk(DISK_HANGS);
    run_count(&r, on_down);
    uv_sem_wait(&hanging); /* that one is under way; the others wait */
    for (int i = 0; i < 9; i++)
        run_count(&r, on_down);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, 10);
    CU_ASSERT_EQUAL(downs, 10);
    free_disk();
    store_set_deadline(s, LIMIT_STORE_DEADLINE_MS);
    /* Those that nobody waited for any more were not begun; the first one was carried out. */
    CU_ASSERT_EQUAL(done(s, count_op("c", 1)).counter, 2);
    runner_close(&r);
    close_and_remove(s);
}

static void a_step_under_way_may_be_cancelled_and_its_loop_may_leave(void)
{
    struct store *s = open_new_file();
    struct runner r;
    runner_open(&r, s);
    set_disk(DISK_HANGS);
    struct store_work *w = run_count(&r, on_counted);
    uv_sem_wait(&hanging);
    store_cancel(w);
    run_count(&r, on_counted);
    runner_close(&r);
    CU_ASSERT_EQUAL(r.calls, 0);
    free_disk();
    CU_ASSERT_EQUAL(done(s, count_op("c", 1)).counter, 2);
    close_and_remove(s);
}

struct crowd {
    unsigned answers;
    unsigned crowded;
    unsigned before_release;
};

static void on_crowd(void *ctx, const struct store_result *result)
{
    struct crowd *c = ctx;
    c->answers++;
    if (result->outcome == STORE_DOWN && strstr(result->detail, "queue is full"))
        c->crowded++;
}

static void past_the_queue_a_step_is_turned_away_at_once(void)
{
    struct store *s = open_new_file();
    struct runner r;
    struct crowd c = { 0 };
    runner_open(&r, s);
    set_disk(DISK_HANGS);
    run_count(&r, on_counted);
    uv_sem_wait(&hanging);
    for (int i = 0; i < LIMIT_STORE_QUEUE + 3; i++) {
        struct store_op op = count_op("c", 1);
        CU_ASSERT_PTR_NOT_NULL(store_run(s, &r.loop, &op, 1, NOW, on_crowd, &c));
    }
    CU_ASSERT_EQUAL(c.answers, 0);
    uv_run(&r.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(c.answers, 3);
    CU_ASSERT_EQUAL(c.crowded, 3);
    free_disk();
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(c.crowded, 3);
    CU_ASSERT_EQUAL(c.answers, LIMIT_STORE_QUEUE + 3);
    CU_ASSERT_EQUAL(done(s, count_op("c", 0)).counter, LIMIT_STORE_QUEUE + 1);

    /* The same for bytes. */
    static char big[LIMIT_STORE_VALUE];
    struct store_op op = write_op(STORE_PUT, "k", "");
    op.value = (struct slice){ big, sizeof(big) };
    enum { TOO_MANY = LIMIT_STORE_QUEUE_BYTES / LIMIT_STORE_VALUE + 1 };
    c = (struct crowd){ 0 };
    set_disk(DISK_HANGS);
    run_count(&r, on_counted);
    uv_sem_wait(&hanging);
    for (int i = 0; i < TOO_MANY; i++)
        CU_ASSERT_PTR_NOT_NULL(store_run(s, &r.loop, &op, 1, NOW, on_crowd, &c));
    uv_run(&r.loop, UV_RUN_NOWAIT);
    CU_ASSERT_TRUE(c.crowded > 0);
    free_disk();
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(c.answers, TOO_MANY);
    runner_close(&r);
    close_and_remove(s);
}

static void when_sqlite_gets_no_memory_the_store_is_down_until_it_does(void)
{
    struct store *s = open_new_file();
    done(s, write_op(STORE_PUT, "k", "old"));
    static char big[LIMIT_STORE_VALUE];
    struct store_op op = write_op(STORE_PUT, "k", "");
    op.value = (struct slice){ big, sizeof(big) };
    sqlite3_hard_heap_limit64(sqlite3_memory_used() + 1000);
    const struct store_result *r = step(s, &op, 1, NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_DOWN);
    sqlite3_hard_heap_limit64(0);
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    CU_ASSERT_EQUAL(step(s, &op, 1, NOW)->outcome, STORE_DONE);
    close_and_remove(s);
}

/* Steps that wait together share a commit; those that fail leave their neighbours alone. */

static void steps_that_share_a_transaction_stay_whole_each(void)
{
    struct store *s = open_new_file();
    done(s, write_op(STORE_PUT, "taken", "x"));
    struct runner r;
    runner_open(&r, s);
    set_disk(DISK_HANGS);
    run_count(&r, on_counted);
    uv_sem_wait(&hanging);
    for (int i = 0; i < 10; i++) {
        struct store_op ops[] = { count_op("c", 1), write_op(STORE_ADD, "taken", "y") };
        store_run(s, &r.loop, ops, i % 2 ? 2 : 1, NOW, on_counted, &r);
    }
    free_disk();
    uv_run(&r.loop, UV_RUN_DEFAULT);
    static const int64_t expected[] = { 1, 2, -1, 3, -1, 4, -1, 5, -1, 6, -1 };
    CU_ASSERT_EQUAL_FATAL(r.calls, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        CU_ASSERT_EQUAL(r.seen[i], expected[i]);
    CU_ASSERT_EQUAL(done(s, count_op("c", 0)).counter, 6);
    runner_close(&r);
    close_and_remove(s);
}

/* Several processes: this program again, with what to do as its argument. */

#define CHILDREN 4
#define CHILD_COUNTS 100

static pid_t start_child(const char *what, int *from)
{
    int ends[2] = { -1, -1 };
    if (from && pipe2(ends, O_CLOEXEC))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        if (from)
            dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "test_store", what, where, (char *)NULL);
        _exit(127);
    }
    if (from) {
        close(ends[1]);
        *from = ends[0];
    }
    return pid;
}

/* Adds to the counter so often, or, without an end, tells each addition when it has been
 * acknowledged. */
static int child(const char *what, const char *place)
{
    bool endless = strcmp(what, "--write") == 0;
    struct store *s;
    struct err err = { 0 };
    if (!store_open(place, &s, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (int i = 0; endless || i < CHILD_COUNTS; i++) {
        char key[32];
        snprintf(key, sizeof(key), "%d-%d", (int)getpid(), i);
        struct store_op ops[] = { count_op("c", 1), write_op(STORE_ADD, key, "v") };
        struct store_wait *wait;
        const struct store_result *r;
        if (!store_run_wait(s, ops, 2, NOW, &wait, &r, &err) || r->outcome != STORE_DONE)
            return 1;
        int64_t count = r->answers[0].counter;
        store_wait_done(wait);
        if (endless && write(STDOUT_FILENO, &count, sizeof(count)) != sizeof(count))
            return 1;
    }
    store_close(s);
    return 0;
}

static void processes_that_write_at_once_lose_nothing(void)
{
    new_place(); /* and all of them make the file */
    pid_t pids[CHILDREN];
    for (size_t i = 0; i < CHILDREN; i++)
        pids[i] = start_child("--count", NULL);
    for (size_t i = 0; i < CHILDREN; i++) {
        int status = -1;
        waitpid(pids[i], &status, 0);
        CU_ASSERT_EQUAL(status, 0);
    }
    struct store *s = open_at(where);
    struct store *second = open_at(where);
    CU_ASSERT_EQUAL(done(s, count_op("c", 1)).counter, CHILDREN * CHILD_COUNTS + 1);
    CU_ASSERT_EQUAL(done(second, count_op("c", 1)).counter, CHILDREN * CHILD_COUNTS + 2);
    CU_ASSERT_EQUAL(done(s, count_op("c", 0)).counter, CHILDREN * CHILD_COUNTS + 2);
    CU_ASSERT_EQUAL(ask("SELECT count(DISTINCT version) = count(*) FROM record"), 1);
    store_close(second);
    close_and_remove(s);
}

static void what_was_acknowledged_survives_a_kill(void)
{
    new_place();
    int64_t acknowledged = 0;
    for (int round = 0; round < 3; round++) {
        int from = -1;
        pid_t pid = start_child("--write", &from);
        int64_t count = 0;
        for (int i = 0; i < 50 + round; i++)
            CU_ASSERT_EQUAL_FATAL(read(from, &count, sizeof(count)), (ssize_t)sizeof(count));
        kill(pid, SIGKILL);
        while (read(from, &count, sizeof(count)) == (ssize_t)sizeof(count)) {
            /* what it said before it died */
        }
        close(from);
        waitpid(pid, NULL, 0);
        CU_ASSERT_TRUE(count > acknowledged);
        acknowledged = count;

        struct store *s = open_at(where);
        int64_t kept = done(s, count_op("c", 0)).counter;
        CU_ASSERT_TRUE(kept >= acknowledged);
        CU_ASSERT_TRUE(kept <= acknowledged + 1); /* done, but not told any more */
        CU_ASSERT_EQUAL(ask("SELECT count(*) FROM record WHERE kind = 6"), kept);
        close_here(s);
    }
    remove_place();
}

static int choose_memory(void)
{
    suite_open = open_memory;
    suite_close = store_close;
    return 0;
}

static int choose_file(void)
{
    suite_open = open_new_file;
    suite_close = close_and_remove;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return child(argv[1], argv[2]);
    uv_sem_init(&hanging, 0);
    uv_sem_init(&let_go, 0);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    store_suite_add("store: sqlite, in memory", choose_memory);
    store_suite_add("store: sqlite, a file", choose_file);
    CU_pSuite suite = CU_add_suite("store: sqlite's own", NULL, NULL);
    ADD(suite, a_restart_keeps_everything);
    ADD(suite, what_is_made_is_for_its_owner_alone);
    ADD(suite, a_name_means_a_file_whatever_it_looks_like);
    ADD(suite, what_is_no_place_for_a_store_is_refused);
    ADD(suite, a_file_of_another_kind_is_refused_and_left_as_it_is);
    ADD(suite, a_file_of_a_newer_version_is_refused);
    ADD(suite, a_damaged_file_is_refused);
    ADD(suite, a_file_of_version_1_is_read);
    ADD(suite, migrations_run_once_in_order_and_all_or_none);
    ADD(suite, a_file_that_changes_its_format_under_us_is_written_no_more);
    ADD(suite, sweeping_deletes_what_has_expired_a_bounded_amount_at_a_time);
    ADD(suite, what_has_expired_goes_without_being_asked);
    ADD(suite, a_lock_that_is_held_too_long_is_told_and_the_store_goes_on_after_it);
    ADD(suite, what_was_acknowledged_is_on_the_disk);
    ADD(suite, steps_that_wait_together_wait_for_the_disk_once);
    ADD(suite, a_full_disk_is_told_and_changes_nothing);
    ADD(suite, a_disk_that_hangs_holds_up_nobody_for_longer_than_the_deadline);
    ADD(suite, a_step_under_way_may_be_cancelled_and_its_loop_may_leave);
    ADD(suite, past_the_queue_a_step_is_turned_away_at_once);
    ADD(suite, when_sqlite_gets_no_memory_the_store_is_down_until_it_does);
    ADD(suite, steps_that_share_a_transaction_stay_whole_each);
    ADD(suite, processes_that_write_at_once_lose_nothing);
    ADD(suite, what_was_acknowledged_survives_a_kill);
    return run_suites();
}
