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
    size_t len;
    char text[];
};

struct audit {
    const char *path;
    bool arguments;
    pthread_t thread;
    sem_t wake;
    struct pile lines;    /* for the thread to write */
    atomic_size_t queued; /* bytes */
    atomic_ullong lost;   /* lines, since a line in the file has said so */
    atomic_ullong lost_in_all;
    atomic_bool reopen, ending;
    /* The thread's own. */
    int fd;
    bool failing; /* the log has been told */
    bool torn;    /* the last write ended in the middle of a line */
};

static struct audit audit; /* written before threads start; path is NULL when it is not open */

bool audit_is_open(void)
{
    return audit.path != NULL;
}

unsigned long long audit_lost(void)
{
    return atomic_load(&audit.lost_in_all);
}

bool audit_wants_arguments(void)
{
    return audit.arguments;
}

/* ---- the thread ---- */

static int open_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

/* Until it succeeds the file that was open is written to. */
static void reopen(void)
{
    int fd = open_file(audit.path);
    if (fd < 0) {
        LOG(LOG_ERROR, "audit.not_reopened", LOG_STR("file", audit.path),
            LOG_STR("why", strerror(errno)));
        return;
    }
    close(audit.fd);
    audit.fd = fd;
    audit.torn = false;
    LOG(LOG_INFO, "audit.reopened", LOG_STR("file", audit.path));
}

static void lose(unsigned long long lines, const char *why)
{
    atomic_fetch_add(&audit.lost, lines);
    atomic_fetch_add(&audit.lost_in_all, lines);
    if (!audit.failing)
        LOG(LOG_ERROR, "audit.failed", LOG_STR("file", audit.path), LOG_STR("why", why));
    audit.failing = true;
}

static bool write_all(struct slice text)
{
    while (text.len) {
        ssize_t n = write(audit.fd, text.data, text.len);
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
    if (!lines)
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
        buf_put(&b, l->text, l->len);
        atomic_fetch_sub(&audit.queued, l->len);
        free(l);
        lines++;
        if (b.len < BATCH && next)
            continue;
        write_batch(&b, lines);
        buf_reset(&b);
        lines = 0;
    }
    if (atomic_load(&audit.lost) && !audit.failing) /* behind those for which there was no room */
        tell_lost();
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
        if (atomic_exchange(&audit.reopen, false))
            reopen();
        write_queued();
    }
    if (atomic_load(&audit.lost))
        tell_lost();
    return NULL;
}

/* ---- everybody ---- */

bool audit_open(const char *path, bool arguments, struct err *err)
{
    sigset_t all, before;
    audit.fd = open_file(path);
    if (audit.fd < 0)
        return err_set(err, ERR_IO, "the audit log %.200s cannot be opened: %s", path,
                       strerror(errno));
    audit.path = path;
    audit.arguments = arguments;
    sem_init(&audit.wake, 0, 0);
    /* Signals are for the thread that waits for them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int bad = pthread_create(&audit.thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!bad)
        return true;
    close(audit.fd);
    audit.path = NULL;
    return err_set(err, ERR_IO, "the audit log's thread cannot be started: %s", strerror(bad));
}

void audit_close(void)
{
    if (!audit.path)
        return;
    atomic_store(&audit.ending, true);
    sem_post(&audit.wake);
    pthread_join(audit.thread, NULL);
    sem_destroy(&audit.wake);
    close(audit.fd);
    audit = (struct audit){ 0 };
}

void audit_reopen(void)
{
    if (!audit.path)
        return;
    atomic_store(&audit.reopen, true);
    sem_post(&audit.wake);
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
    if (!audit.path)
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
            LOG(LOG_ERROR, "audit.failed", LOG_STR("file", audit.path),
                LOG_STR("why", "too many lines wait for the disk"));
        return;
    }
    l->len = b.len;
    memcpy(l->text, b.data, b.len);
    pile_give(&audit.lines, &l->item);
    sem_post(&audit.wake);
}
