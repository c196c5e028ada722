#include "worker/worker.h"

#include "mcp/completion.h"
#include "mcp/hub.h"
#include "metrics/metrics.h"
#include "trace/exporter.h"
#include "worker/afar.h"
#include "worker/begin.h"
#include "worker/lookout.h"
#include "worker/quota.h"
#include "worker/relay.h"
#include "worker/route.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Arenas that a worker keeps warm: about as many as it has calls in flight in busy times. */
#define WARM_ARENAS 64

/* The life of a crew, step by step for all workers together, so that no mail meets a worker that is
 * not there yet or gone:
 *
 *     mailboxes open ──threads start──▶ serving
 *         ──step──▶ fronts stopped, mail is dropped ──step──▶ loops end, joined
 */
struct crew {
    struct crew_options options;
    struct worker *workers;
    uv_thread_t *threads;
    unsigned opened;  /* workers with a loop and a mailbox */
    uv_sem_t reached; /* one more worker has got to the end of a step */
    atomic_bool failed;
    struct err err; /* of the first worker that could not start */
};

static void quit(struct worker *w)
{
    mailbox_close(&w->mailbox);
    pulse_stop(&w->pulse);
    lookout_close(w->lookout);
    bus_close(w->bus);
    beginnings_free(w->beginnings);
    quota_close(w->quota);
    hub_free(w->mcp.hub);
    asana_asker_close(&w->mcp.asana);
    trace_exporter_close(w->exporter);
    uv_close((uv_handle_t *)&w->next_step, NULL);
}

static void reach(void *ctx)
{
    struct worker *w = ctx;
    uv_sem_post(&w->crew->reached);
}

/* What was said to other nodes is with Redis; then they may have what we do not use any more. */
static void on_told(void *ctx)
{
    struct worker *w = ctx;
    if (w->quota)
        quota_leave(w->quota, reach, w);
    else
        reach(w);
}

static void on_next_step(uv_async_t *async)
{
    struct worker *w = async->data;
    if (w->stopped) {
        quit(w);
        return;
    }
    w->stopped = true;
    w->crew->options.front.stop(w->crew->options.front.ctx, w);
    sessions_clear(w->sessions); /* while there is a hub, and mail */
    mailbox_stop(&w->mailbox);
    beginnings_stop(w->beginnings);
    if (w->bus)
        bus_stop(w->bus, on_told, w);
    else
        reach(w);
}

static void announce(void *worker, unsigned lists)
{
    struct worker *w = worker;
    crew_announce(w->crew, lists);
    if (w->bus)
        relay_announce(w, lists);
}

/* The way to other nodes; what they say is taken in once the loop runs. */
static bool open_bus(struct worker *w, struct err *err)
{
    const struct redis_address *redis = w->crew->options.redis;
    if (!redis)
        return true;
    if (!bus_open(&w->loop, redis, w->crew->options.letters, w->here, &w->bus, err))
        return false;
    w->lookout = lookout_new(w);
    w->beginnings = beginnings_new(w);
    if (!w->lookout || !w->beginnings)
        return err_set(err, ERR_MEMORY, "out of memory");
    route_open(w);
    relay_open(w);
    afar_open(w);
    struct gates *gates = w->crew->options.gates;
    return w->index != 0 || !gates ||
           quota_open(&w->loop, gates, redis, w->here.node, &w->quota, err);
}

static bool prepare(struct worker *w, struct err *err)
{
    const struct crew_options *o = &w->crew->options;
    w->mcp = (struct mcp_env){
        .catalog = mcp_catalog_hold(o->catalog),
        .arenas = arena_pool_new(LIMIT_CALL_ARENA, WARM_ARENAS),
        .completions = completion_cache_new(),
        .seal = o->seal,
        .confirm = o->confirm,
        .here = w->here,
        .announce = announce,
        .announce_ctx = w,
    };
    w->sessions = sessions_new(w->here);
    if (!w->mcp.arenas || !w->mcp.completions || !w->sessions)
        return err_set(err, ERR_MEMORY, "out of memory");
    if (!asana_asker_open(&w->mcp.asana, &w->loop, o->gates, o->asana, err) ||
        !trace_exporter_open(&w->loop, o->trace, &w->exporter, err))
        return false;
    w->mcp.hub = hub_new(&w->mcp.asana);
    if (!w->mcp.hub)
        return err_set(err, ERR_MEMORY, "out of memory");
    return open_bus(w, err) && o->front.start(o->front.ctx, w, err);
}

static void run(void *arg)
{
    struct worker *w = arg;
    struct err err = { 0 };
    metrics_attach(w->crew->options.metrics, w->index);
    pulse_start(&w->pulse, &w->loop);
    w->stopped = !prepare(w, &err); /* then its next step is to quit */
    if (w->stopped)
        mailbox_stop(&w->mailbox); /* the others may serve already */
    if (w->stopped && !atomic_exchange(&w->crew->failed, true))
        w->crew->err = err;
    uv_sem_post(&w->crew->reached);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
    sessions_free(w->sessions);
    completion_cache_free(w->mcp.completions);
    arena_pool_free(w->mcp.arenas);
    mcp_catalog_free(w->mcp.catalog);
}

static void wait_for(struct crew *c, unsigned workers)
{
    while (workers--)
        uv_sem_wait(&c->reached);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Of a worker that has no thread. */
static void close_loop(struct worker *w)
{
    uv_walk(&w->loop, close_handle, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
}

/* Ends the first n workers, which run; those of them that never served have nothing to stop. Of the
 * others only the mailboxes are open. */
static void stop(struct crew *c, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (!c->workers[i].stopped)
            uv_async_send(&c->workers[i].next_step);
        else
            uv_sem_post(&c->reached);
    wait_for(c, n);
    for (unsigned i = 0; i < n; i++)
        uv_async_send(&c->workers[i].next_step);
    for (unsigned i = 0; i < n; i++)
        uv_thread_join(&c->threads[i]);
    for (unsigned i = n; i < c->opened; i++) {
        mailbox_close(&c->workers[i].mailbox);
        close_loop(&c->workers[i]);
    }
    uv_sem_destroy(&c->reached);
    free(c->workers);
    free(c->threads);
    free(c);
}

static bool open_worker(struct crew *c, unsigned index)
{
    struct worker *w = &c->workers[index];
    w->index = index;
    w->here = (struct place){ .node = c->options.node, .worker = index };
    w->crew = c;
    if (uv_loop_init(&w->loop) != 0)
        return false;
    w->next_step.data = w;
    if (uv_async_init(&w->loop, &w->next_step, on_next_step) == 0 &&
        mailbox_open(&w->mailbox, &w->loop, w))
        return true;
    close_loop(w);
    return false;
}

bool crew_start(const struct crew_options *options, struct crew **out, struct err *err)
{
    unsigned n = options->workers;
    struct crew *c = calloc(1, sizeof(*c));
    if (!c || !(c->workers = calloc(n, sizeof(*c->workers))) ||
        !(c->threads = calloc(n, sizeof(*c->threads))) || uv_sem_init(&c->reached, 0) != 0) {
        if (c) {
            free(c->workers);
            free(c->threads);
        }
        free(c);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    c->options = *options;
    unsigned started = 0;
    while (c->opened < n && open_worker(c, c->opened))
        c->opened++;
    while (c->opened == n && started < n &&
           uv_thread_create(&c->threads[started], run, &c->workers[started]) == 0)
        started++;
    wait_for(c, started);
    if (started == n && !atomic_load(&c->failed)) {
        *out = c;
        return true;
    }
    if (atomic_load(&c->failed))
        *err = c->err;
    else
        err_set(err, ERR_IO, "only %u of %u workers could be started", started, n);
    stop(c, started);
    return false;
}

void crew_stop(struct crew *c)
{
    if (c)
        stop(c, c->options.workers);
}

struct announcement {
    struct mail mail;
    unsigned lists;
};

static void drop_announcement(struct mail *m)
{
    free(m);
}

static void take_announcement(void *receiver, struct mail *m)
{
    struct worker *w = receiver;
    unsigned lists = ((struct announcement *)m)->lists;
    for (unsigned list = HUB_TOOLS; list <= HUB_RESOURCES; list <<= 1)
        if (lists & list)
            hub_announce(w->mcp.hub, (enum hub_list)list);
    free(m);
}

void crew_announce(struct crew *c, unsigned lists)
{
    for (unsigned i = 0; i < c->options.workers; i++) {
        struct announcement *a = calloc(1, sizeof(*a));
        if (!a)
            return;
        a->mail = (struct mail){ .run = take_announcement, .drop = drop_announcement };
        a->lists = lists;
        mailbox_post(&c->workers[i].mailbox, &a->mail);
    }
}

/* Something that is done by every worker; their mails are parts of it. */
struct round {
    void (*each)(void *ctx, struct worker *w);
    void (*all)(void *ctx);
    void *ctx;
    atomic_uint missing;
    struct round_mail {
        struct mail mail;
        struct round *round;
    } mails[];
};

static void end_turn(struct round *r)
{
    if (atomic_fetch_sub(&r->missing, 1) != 1)
        return;
    r->all(r->ctx);
    free(r);
}

static void drop_turn(struct mail *m)
{
    end_turn(((struct round_mail *)m)->round);
}

static void take_turn(void *receiver, struct mail *m)
{
    struct round *r = ((struct round_mail *)m)->round;
    r->each(r->ctx, receiver);
    end_turn(r);
}

bool crew_each(struct crew *c, void (*each)(void *ctx, struct worker *w), void (*all)(void *ctx),
               void *ctx)
{
    unsigned n = c->options.workers;
    struct round *r = calloc(1, sizeof(*r) + n * sizeof(*r->mails));
    if (!r)
        return false;
    r->each = each;
    r->all = all;
    r->ctx = ctx;
    r->missing = n;
    for (unsigned i = 0; i < n; i++) {
        r->mails[i] = (struct round_mail){ { .run = take_turn, .drop = drop_turn }, r };
        mailbox_post(&c->workers[i].mailbox, &r->mails[i].mail);
    }
    return true;
}

unsigned crew_size(const struct crew *c)
{
    return c->options.workers;
}

struct worker *crew_worker(struct crew *c, unsigned index)
{
    return index < c->options.workers ? &c->workers[index] : NULL;
}
