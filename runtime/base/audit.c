#include "base/audit.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/pile.h"
#include "base/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lines that go out in one write(2). */
#define BATCH (64u << 10)

struct line {
    struct pile_item item;
    struct audit_file *file; /* no line: those after it belong there */
    size_t len;
    char text[];
};

struct audit_file {
    struct line *turn; /* its place in the queue; NULL once it is there */
    char *name;        /* what becomes audit.path; likewise */
    int fd;            /* -1: what comes is dropped */
    char path[];
};

struct audit {
    atomic_bool open, arguments;
    /* Of the thread that opens and closes. */
    bool started;
    char *path; /* NULL: not open */
    pthread_t thread;
    sem_t wake;
    struct pile lines;    /* for the thread to write */
    atomic_size_t queued; /* bytes */
    atomic_ullong lost;   /* lines, since a line in the file has said so */
    atomic_ullong lost_in_all;
    atomic_bool ending;
    /* The thread's own. */
    struct audit_file *file;
    bool failing; /* the log has been told */
    bool torn;    /* the last write ended in the middle of a line */
};

static struct audit audit;

bool audit_is_open(void)
{
    return atomic_load_explicit(&audit.open, memory_order_relaxed);
}

unsigned long long audit_lost(void)
{
    return atomic_load(&audit.lost_in_all);
}

bool audit_wants_arguments(void)
{
    return atomic_load_explicit(&audit.arguments, memory_order_relaxed);
}

/* ---- the thread ---- */

static void file_free(struct audit_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    free(file->turn);
    free(file->name);
    free(file);
}

static void take_file(struct audit_file *file)
{
    file_free(audit.file);
    audit.file = file;
    audit.torn = false;
    if (file->fd < 0)
        audit.failing = false;
}

static void lose(unsigned long long lines, const char *why)
{
    atomic_fetch_add(&audit.lost, lines);
    atomic_fetch_add(&audit.lost_in_all, lines);
    if (!audit.failing)
        LOG(LOG_ERROR, "audit.failed", LOG_STR("file", audit.file->path), LOG_STR("why", why));
    audit.failing = true;
}

static bool write_all(struct slice text)
{
    while (text.len) {
        ssize_t n = write(audit.file->fd, text.data, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        audit.torn = text.data[n - 1] != '\n';
        text.data += n;
        text.len -= (size_t)n;
    }
    return true;
}

static void put_head(struct buf *b, const char *event)
{
    char time[CLOCK_TEXT];
    clock_format(clock_wall_ms(), time);
    buf_str(b, "{\"time\":\"");
    buf_str(b, time);
    buf_char(b, '"');
    log_put_members(b, LOG_PAIRS(LOG_STR("event", event)));
}

/* Writes how many lines are missing here. */
static bool tell_lost(void)
{
    unsigned long long lost = atomic_load(&audit.lost);
    BUF_AUTO b = { .max = LIMIT_AUDIT_LINE };
    if (audit.torn)
        buf_char(&b, '\n');
    if (lost) {
        put_head(&b, "audit.lost");
        log_put_members(&b, LOG_PAIRS(LOG_INT("lines", (int64_t)lost)));
        buf_str(&b, "}\n");
    }
    if (!write_all(buf_slice(&b)))
        return false;
    atomic_fetch_sub(&audit.lost, lost);
    if (lost)
        LOG(LOG_ERROR, "audit.lost", LOG_INT("lines", (int64_t)lost));
    audit.failing = false;
    return true;
}

static void write_batch(const struct buf *b, unsigned lines)
{
    if (!lines || audit.file->fd < 0)
        return;
    if (!buf_ok(b))
        lose(lines, "out of memory");
    else if ((audit.torn || audit.failing) && !tell_lost())
        lose(lines, strerror(errno));
    else if (!write_all(buf_slice(b)))
        lose(lines, strerror(errno));
}

static void write_queued(void)
{
    BUF_AUTO b = { .max = BATCH + LIMIT_AUDIT_LINE };
    unsigned lines = 0;
    for (struct pile_item *i = pile_take(&audit.lines), *next; i; i = next) {
        struct line *l = (struct line *)i;
        next = i->next;
        struct audit_file *file = l->file;
        if (!file) {
            buf_put(&b, l->text, l->len);
            atomic_fetch_sub(&audit.queued, l->len);
            lines++;
        }
        free(l);
        if (b.len < BATCH && next && !file)
            continue;
        write_batch(&b, lines);
        buf_reset(&b);
        lines = 0;
        if (file)
            take_file(file);
    }
    if (audit.file->fd >= 0 && atomic_load(&audit.lost) && !audit.failing)
        tell_lost(); /* behind those for which there was no room */
}

static void *run(void *arg)
{
    (void)arg;
    for (bool ending = false; !ending;) {
        while (sem_wait(&audit.wake) != 0)
            continue;
        while (sem_trywait(&audit.wake) == 0)
            continue;
        ending = atomic_load(&audit.ending);
        write_queued();
    }
    if (audit.file->fd >= 0 && atomic_load(&audit.lost))
        tell_lost();
    return NULL;
}

/* ---- everybody ---- */

static void push(struct line *l)
{
    pile_give(&audit.lines, &l->item);
    sem_post(&audit.wake);
}

static struct audit_file *file_new(const char *path, int fd)
{
    size_t size = strlen(path) + 1;
    struct audit_file *file = malloc(sizeof(*file) + size);
    if (!file)
        return NULL;
    file->fd = fd;
    memcpy(file->path, path, size);
    file->turn = calloc(1, sizeof(*file->turn));
    file->name = strdup(path);
    if (file->turn && file->name)
        return file;
    file->fd = -1; /* stays the caller's */
    file_free(file);
    return NULL;
}

/* A pipe that nobody reads is an error now, not a wait; its writer may wait all the same. */
static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
    if (fd >= 0)
        fcntl(fd, F_SETFL, O_APPEND);
    return fd;
}

static bool start(struct err *err)
{
    sigset_t all, before;
    if (audit.started)
        return true;
    audit.file = file_new("", -1);
    if (!audit.file)
        return err_set(err, ERR_MEMORY, "out of memory");
    sem_init(&audit.wake, 0, 0);
    /* Signals are for the thread that waits for them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int bad = pthread_create(&audit.thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    audit.started = !bad;
    if (!bad)
        return true;
    sem_destroy(&audit.wake);
    file_free(audit.file);
    audit.file = NULL;
    return err_set(err, ERR_IO, "the audit log's thread cannot be started: %s", strerror(bad));
}

bool audit_file_open(const char *path, struct audit_file **out, struct err *err)
{
    int fd = path ? open_path(path) : -1;
    if (path && fd < 0)
        return err_set(err, ERR_IO, "the audit log %.200s cannot be opened: %s", path,
                       strerror(errno));
    struct audit_file *file = file_new(path ? path : "", fd);
    if (!file) {
        if (fd >= 0)
            close(fd);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    if (path && !start(err)) {
        file_free(file);
        return false;
    }
    *out = file;
    return true;
}

void audit_file_free(struct audit_file *file)
{
    file_free(file);
}

void audit_take(struct audit_file *file, bool arguments)
{
    bool opens = file->fd >= 0;
    if (audit_is_open() && opens)
        LOG(LOG_INFO, "audit.reopened", LOG_STR("file", file->path));
    atomic_store(&audit.arguments, arguments);
    free(audit.path);
    audit.path = NULL;
    if (opens) {
        audit.path = file->name;
        file->name = NULL;
    }
    if (!audit.started) { /* it was not open, and stays so */
        file_free(file);
        return;
    }
    if (!opens)
        atomic_store(&audit.open, false);
    struct line *turn = file->turn;
    file->turn = NULL;
    turn->file = file;
    push(turn);
    if (opens)
        atomic_store(&audit.open, true);
}

bool audit_open(const char *path, bool arguments, struct err *err)
{
    struct audit_file *file;
    if (!audit_file_open(path, &file, err))
        return false;
    audit_take(file, arguments);
    return true;
}

void audit_close(void)
{
    if (!audit.started)
        return;
    atomic_store(&audit.ending, true);
    sem_post(&audit.wake);
    pthread_join(audit.thread, NULL);
    sem_destroy(&audit.wake);
    file_free(audit.file);
    free(audit.path);
    audit = (struct audit){ 0 };
}

void audit_reopen(void)
{
    struct audit_file *file;
    struct err err;
    if (!audit.path)
        return;
    if (!audit_file_open(audit.path, &file, &err)) {
        LOG(LOG_ERROR, "audit.not_reopened", LOG_STR("file", audit.path), LOG_STR("why", err.text));
        return;
    }
    audit_take(file, audit_wants_arguments());
}

static bool has(const struct log_pair *pairs, const char *key)
{
    while (pairs->key && strcmp(pairs->key, key) != 0)
        pairs++;
    return pairs->key;
}

/* What the trail knows, and the pairs do not say themselves. */
static void put_trail(struct buf *b, const struct log_pair *pairs)
{
    const struct trail *t = trail_request(trail_current);
    if (!t)
        return;
    const struct log_pair known[] = {
        LOG_STR("request", t->id),
        LOG_STR("address", t->address),
        LOG_STR("person", t->person),
        LOG_STR("client", t->client_id),
        LOG_STR("client_name", t->client_name),
        LOG_STR("grant", t->grant),
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (*known[i].str && !has(pairs, known[i].key))
            log_put_members(b, (const struct log_pair[]){ known[i], { 0 } });
}

void audit_write(const char *event, const struct log_pair *pairs)
{
    BUF_AUTO b = { .max = LIMIT_AUDIT_LINE };
    if (!audit_is_open())
        return;
    put_head(&b, event);
    put_trail(&b, pairs);
    log_put_members(&b, pairs);
    buf_str(&b, "}\n");
    bool room = atomic_fetch_add(&audit.queued, b.len) + b.len <= LIMIT_AUDIT_QUEUE;
    struct line *l = buf_ok(&b) && room ? malloc(sizeof(*l) + b.len) : NULL;
    if (!l) {
        atomic_fetch_sub(&audit.queued, b.len);
        atomic_fetch_add(&audit.lost_in_all, 1);
        if (atomic_fetch_add(&audit.lost, 1) == 0)
            LOG(LOG_ERROR, "audit.failed", LOG_STR("why", "too many lines wait for the disk"));
        return;
    }
    l->file = NULL;
    l->len = b.len;
    memcpy(l->text, b.data, b.len);
    push(l);
}
