/* The Redis engine: each loop that runs steps has a port, with a connection of its own; a step is
 * one run of a script there, so it is atomic among all nodes. Nothing is written to a disk here:
 * what Redis has answered is as durable as Redis is set up to be. */
#include "store/redis_check.h"
#include "store/redis_script.h"
#include "store/redis_step.h"

#include "base/clock.h"
#include "base/log.h"
#include "redis/redis.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct redis_port;

struct redis_job {
    struct store_work work;
    struct redis_port *port;
    struct redis_command *command; /* NULL while it is held */
    uint64_t late_at;              /* clock_ms() */
    TAILQ_ENTRY(redis_job) link;
};

TAILQ_HEAD(redis_jobs, redis_job);

/* A loop's connection. */
struct redis_port {
    struct redis_store *store;
    uv_loop_t *loop;
    struct redis *redis;
    struct redis_jobs sent;
    unsigned n_sent;
    /* Redis has forgotten the script (SCRIPT FLUSH): those that it turned away for that, and those
     * that came meanwhile, are held until all that is sent has been answered, so that they keep
     * their order. */
    struct redis_jobs held;
    bool holds;
    bool forgotten;  /* until it was run again, as a whole */
    char digest[48]; /* of the script, as Redis has told it; "": it has to be sent as a whole */
    bool sweeping;
    bool lost;   /* the connection, some time ago */
    int64_t now; /* of the last step that wrote */
    LIST_ENTRY(redis_port) link;
};

struct redis_store {
    struct store store;
    struct redis_address address;
    atomic_uint unswept; /* steps that wrote since what has expired was deleted */
    uv_mutex_t lock;     /* of ports; what is in a port is its loop's */
    LIST_HEAD(, redis_port) ports;
};

/* A thread's loop asks for its port with each step, and nobody takes a lock for that. */
static _Thread_local struct redis_port *asked_last;

static struct redis_port *find_port(struct redis_store *s, const uv_loop_t *loop)
{
    struct redis_port *p = asked_last;
    if (p && p->store == s && p->loop == loop)
        return p;
    uv_mutex_lock(&s->lock);
    LIST_FOREACH (p, &s->ports, link) {
        if (p->loop == loop)
            break;
    }
    uv_mutex_unlock(&s->lock);
    asked_last = p;
    return p;
}

/* Steps. */

static void on_answer(void *ctx, const redisReply *reply, const char *why);

static bool send_step(struct redis_job *job)
{
    struct redis_port *p = job->port;
    const struct store_work *w = &job->work;
    bool known = p->digest[0] && !p->forgotten;
    uint64_t now = clock_ms();
    unsigned left = job->late_at > now ? (unsigned)(job->late_at - now) : 0;
    job->command = redis_step_send(p->redis, known ? "EVALSHA" : "EVAL",
                                   slice_of(known ? p->digest : redis_script), w->ops, w->n, w->now,
                                   left, on_answer, job);
    if (!job->command)
        return false;
    TAILQ_INSERT_TAIL(&p->sent, job, link);
    p->n_sent++;
    return true;
}

static void unsend(struct redis_job *job)
{
    TAILQ_REMOVE(&job->port->sent, job, link);
    job->port->n_sent--;
    job->command = NULL;
}

/* Those that are held, when it is their turn. One that cannot be sent ends here, and its callback
 * may leave: so the port is looked up every time. */
static void send_held(struct redis_store *s, uv_loop_t *loop)
{
    struct redis_port *p = find_port(s, loop);
    if (!p || !p->holds || p->n_sent)
        return;
    while (p && p->holds) {
        struct redis_job *job = TAILQ_FIRST(&p->held);
        if (!job) {
            p->holds = false;
            return;
        }
        TAILQ_REMOVE(&p->held, job, link);
        if (!send_step(job)) {
            store_work_down(&job->work, "out of memory");
            store_work_end(&job->work);
        }
        p = find_port(s, loop);
    }
}

static void on_swept(void *ctx, const redisReply *reply, const char *why)
{
    struct redis_port *p = ctx;
    (void)why;
    p->sweeping = false;
    if (reply && redis_step_more(reply))
        atomic_store(&p->store->unswept, LIMIT_STORE_SWEEP_EVERY - 1);
}

/* Now and then, and for the first time soon after the start. A failure is for the next step to
 * meet. */
static void sweep_sometimes(struct redis_port *p, const struct store_work *w)
{
    if (w->reads_only || w->n == 0 || w->result.outcome != STORE_DONE)
        return;
    p->now = w->now;
    if (atomic_fetch_add(&p->store->unswept, 1) + 1 < LIMIT_STORE_SWEEP_EVERY || p->sweeping ||
        !p->digest[0])
        return;
    atomic_store(&p->store->unswept, 0);
    p->sweeping = redis_step_send(p->redis, "EVALSHA", slice_of(p->digest), NULL, 0, p->now,
                                  p->store->store.deadline_ms, on_swept, p) != NULL;
}

static void on_answer(void *ctx, const redisReply *reply, const char *why)
{
    struct redis_job *job = ctx;
    struct redis_port *p = job->port;
    struct redis_store *s = p->store;
    uv_loop_t *loop = p->loop;
    unsend(job);
    if (reply && redis_says(reply, "NOSCRIPT")) {
        p->holds = true;
        p->forgotten = true;
        TAILQ_INSERT_TAIL(&p->held, job, link);
    } else {
        if (reply)
            redis_step_read(&job->work, reply);
        else
            store_work_down(&job->work, why);
        if (job->work.result.outcome != STORE_DOWN)
            p->forgotten = false;
        sweep_sometimes(p, &job->work);
        store_work_end(&job->work);
    }
    send_held(s, loop);
}

static void redis_store_cancel(struct store_work *w)
{
    struct redis_job *job = (struct redis_job *)w;
    struct redis_port *p = job->port;
    if (job->command) {
        redis_forget(job->command);
        unsend(job);
    } else {
        TAILQ_REMOVE(&p->held, job, link);
    }
    store_work_free(w);
    send_held(p->store, p->loop);
}

/* Ports. */

/* The script's digest, which Redis makes. */
static void on_script(void *ctx, const redisReply *reply, const char *why)
{
    struct redis_port *p = ctx;
    (void)why;
    if (reply->type == REDIS_REPLY_STRING && reply->len < sizeof(p->digest))
        memcpy(p->digest, reply->str, reply->len + 1);
}

static void on_state(void *ctx, bool up)
{
    struct redis_port *p = ctx;
    char where[REDIS_ADDRESS_TEXT];
    redis_address_show(&p->store->address, where);
    if (up && p->lost)
        LOG(LOG_INFO, "store.connected", LOG_STR("store", where));
    else if (!up)
        LOG(LOG_WARN, "store.lost", LOG_STR("store", where), LOG_STR("why", redis_why(p->redis)));
    p->lost = !up;
}

static struct redis_port *open_port(struct redis_store *s, uv_loop_t *loop)
{
    struct redis_port *p = calloc(1, sizeof(*p));
    if (!p)
        return NULL;
    *p = (struct redis_port){ .store = s, .loop = loop };
    TAILQ_INIT(&p->sent);
    TAILQ_INIT(&p->held);
    const struct slice load[] = { slice_of("SCRIPT"), slice_of("LOAD"), slice_of(redis_script) };
    p->redis = redis_open(loop, &s->address);
    if (!p->redis || !redis_begin_with(p->redis, 3, load, on_script, p)) {
        redis_close(p->redis);
        free(p);
        return NULL;
    }
    redis_on_state(p->redis, on_state, p);
    uv_mutex_lock(&s->lock);
    LIST_INSERT_HEAD(&s->ports, p, link);
    uv_mutex_unlock(&s->lock);
    return p;
}

static bool redis_store_run(struct store *store, uv_loop_t *loop, struct store_work *w)
{
    struct redis_store *s = (struct redis_store *)store;
    struct redis_job *job = (struct redis_job *)w;
    struct redis_port *p = find_port(s, loop);
    if (!p && !(p = open_port(s, loop)))
        return false;
    job->port = p;
    job->late_at = clock_ms() + store->deadline_ms;
    if (!p->holds)
        return send_step(job);
    TAILQ_INSERT_TAIL(&p->held, job, link);
    return true;
}

static void redis_store_leave(struct store *store, uv_loop_t *loop)
{
    struct redis_store *s = (struct redis_store *)store;
    struct redis_port *p = find_port(s, loop);
    if (!p)
        return;
    asked_last = NULL;
    uv_mutex_lock(&s->lock);
    LIST_REMOVE(p, link);
    uv_mutex_unlock(&s->lock);
    for (struct redis_job *job; (job = TAILQ_FIRST(&p->sent)) || (job = TAILQ_FIRST(&p->held));)
        redis_store_cancel(&job->work);
    redis_close(p->redis);
    free(p);
}

/* The store. */

static void redis_store_close(struct store *store)
{
    struct redis_store *s = (struct redis_store *)store;
    uv_mutex_destroy(&s->lock);
    redis_address_done(&s->address);
    free(s);
}

static bool redis_store_open(const char *where, const struct redis_files *files, struct store **out,
                             struct err *err)
{
    struct redis_store *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "store: out of memory");
    s->store = (struct store){ .engine = &store_redis, .deadline_ms = LIMIT_STORE_DEADLINE_MS };
    atomic_init(&s->unswept, LIMIT_STORE_SWEEP_EVERY - 1);
    LIST_INIT(&s->ports);
    bool locks = uv_mutex_init(&s->lock) == 0;
    bool ok = locks || err_set(err, ERR_MEMORY, "store: out of memory");
    struct err why = { 0 };
    if (ok && (!redis_parse(where, &s->address, &why) || !redis_trust(&s->address, files, &why)))
        ok = err_set(err, why.kind, "store: %s", why.text);
    ok = ok && redis_check(&s->address, err);
    if (ok) {
        *out = &s->store;
        return true;
    }
    if (locks)
        uv_mutex_destroy(&s->lock);
    redis_address_done(&s->address);
    free(s);
    return false;
}

const struct store_engine store_redis = {
    .schemes = { "redis", "rediss", "unix" },
    .work_size = sizeof(struct redis_job),
    .open = redis_store_open,
    .close = redis_store_close,
    .run = redis_store_run,
    .cancel = redis_store_cancel,
    .leave = redis_store_leave,
};
