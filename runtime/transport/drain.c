#include "transport/drain.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "transport/channel.h"
#include "transport/front.h"
#include "transport/post.h"
#include "transport/sse.h"
#include "worker/afar.h"
#include "worker/begin.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum stage { SERVING, LEAVING, CLOSING, CLOSED };

/* How often a worker that closes looks whether it is done, and a probe that comes after a longer
 * time than this is the first one of somebody new. */
#define LOOK_MS 10
#define PROBES_APART_MS 60000

struct drain {
    atomic_int stage;
    atomic_uint_least64_t probed_ms; /* when /readyz was asked last; 0: never */
    atomic_uint gap_ms;              /* between two who ask; the longest of late */
    atomic_uint refused;             /* probes that were told so */
    atomic_uint busy;                /* workers that have calls, or answers to send */
    sem_t news;                      /* refused or busy has changed, a step has been taken */
};

struct drain_watch {
    uv_timer_t timer;
    struct front *front;
    bool busy;
    uint64_t closed_ms;
};

struct drain *drain_new(void)
{
    struct drain *d = calloc(1, sizeof(*d));
    if (d && sem_init(&d->news, 0, 0) != 0) {
        free(d);
        return NULL;
    }
    return d;
}

void drain_free(struct drain *d)
{
    if (d)
        sem_destroy(&d->news);
    free(d);
}

/* ---- who asks /readyz ---- */

/* Several may ask, in turn and at intervals of their own: a long gap fades slowly. */
static void count_probe(struct drain *d)
{
    uint64_t now = clock_ms();
    uint64_t before = atomic_exchange(&d->probed_ms, now);
    uint64_t gap = before ? now - before : PROBES_APART_MS;
    unsigned faded = atomic_load(&d->gap_ms) / 4 * 3;
    if (gap >= PROBES_APART_MS)
        atomic_store(&d->gap_ms, 0);
    else
        atomic_store(&d->gap_ms, gap > faded ? (unsigned)gap : faded);
}

bool drain_leaves(const struct drain *d)
{
    return atomic_load(&d->stage) != SERVING;
}

bool drain_is_ready(struct drain *d)
{
    count_probe(d);
    if (!drain_leaves(d))
        return true;
    atomic_fetch_add(&d->refused, 1);
    sem_post(&d->news);
    return false;
}

/* How long to go on accepting, so that a balancer that asks at intervals stops sending before the
 * door closes: 0 when nobody asks any more. */
static unsigned notice_ms(struct drain *d)
{
    uint64_t before = atomic_load(&d->probed_ms);
    unsigned gap = atomic_load(&d->gap_ms);
    return before && clock_ms() - before <= 2 * (uint64_t)gap ? LIMIT_DRAIN_PROBES * gap + LOOK_MS
                                                              : 0;
}

/* ---- the steps, on each worker's thread ---- */

/* Whoever came in at the last moment has some time to ask. What other nodes were asked to begin is
 * settled with them, even when it does not run. */
static bool is_busy(const struct front *f)
{
    return !LIST_EMPTY(&f->posts) || f->worker->requests_afar ||
           beginnings_open(f->worker->beginnings) || http_server_unsent(f->http) ||
           (http_server_fresh(f->http) && clock_ms() - f->watch->closed_ms < LIMIT_DRAIN_FRESH_MS);
}

static void end_subscriptions(struct front *f)
{
    struct post *p, *next;
    for (p = LIST_FIRST(&f->posts); p; p = next) {
        next = LIST_NEXT(p, link);
        if (p->work)
            mcp_end(p->work);
    }
}

static void look(struct drain_watch *watch)
{
    struct front *f = watch->front;
    end_subscriptions(f);
    bool busy = is_busy(f);
    if (busy == watch->busy)
        return;
    watch->busy = busy;
    if (busy)
        atomic_fetch_add(&f->drain->busy, 1);
    else if (atomic_fetch_sub(&f->drain->busy, 1) == 1)
        sem_post(&f->drain->news);
}

static void on_look(uv_timer_t *timer)
{
    look(timer->data);
}

static void leave(void *ctx, struct worker *w)
{
    (void)ctx;
    struct front *f = w->front;
    http_server_leave(f->http);
}

/* Without memory for the watch this worker counts as busy until the time is up. */
static void close_door(void *ctx, struct worker *w)
{
    (void)ctx;
    struct front *f = w->front;
    http_server_leave(f->http);
    http_server_quiesce(f->http);
    struct drain_watch *watch = calloc(1, sizeof(*watch));
    end_subscriptions(f);
    if (!watch)
        return;
    watch->front = f;
    watch->busy = true;
    watch->closed_ms = clock_ms();
    f->watch = watch;
    uv_timer_init(&w->loop, &watch->timer);
    watch->timer.data = watch;
    uv_timer_start(&watch->timer, on_look, LOOK_MS, LOOK_MS);
}

#define STOPPED                                                                          \
    "the server stopped before Asana had answered: call again, and if the call changes " \
    "something, look first whether it was done"

static void give_up(void *ctx, struct worker *w)
{
    (void)ctx;
    struct front *f = w->front;
    struct post *p, *next;
    int64_t cut = 0;
    for (p = LIST_FIRST(&f->posts); p; p = next) {
        next = LIST_NEXT(p, link);
        post_give_up_waiting(p);
    }
    for (p = LIST_FIRST(&f->posts); p; p = next) {
        next = LIST_NEXT(p, link);
        if (!p->work)
            continue;
        cut++;
        mcp_fail(p->work, STOPPED);
    }
    cut += w->requests_afar;
    afar_give_up(w, STOPPED);
    if (cut)
        LOG(LOG_WARN, "server.calls_cut", LOG_INT("calls", cut), LOG_INT("worker", w->index));
}

/* What comes now would be accepted and lose its stream. */
static void begin_nothing(void *ctx, struct worker *w)
{
    (void)ctx;
    struct front *f = w->front;
    w->leaves = true;
    if (f->watch)
        look(f->watch);
}

static void end_streams(void *ctx, struct worker *w)
{
    (void)ctx;
    struct front *f = w->front;
    sse_end(f);
    channel_end(f);
    if (f->watch)
        look(f->watch);
}

/* What has begun by now is known. */
static void look_again(void *ctx, struct worker *w)
{
    (void)ctx;
    struct front *f = w->front;
    if (f->watch)
        look(f->watch);
}

static void free_watch(uv_handle_t *timer)
{
    free(timer->data);
}

void drain_forget(struct front *f)
{
    if (f->watch)
        uv_close((uv_handle_t *)&f->watch->timer, free_watch);
    f->watch = NULL;
}

static bool refuse_from(struct drain *d, enum stage stage, struct http_exchange *x)
{
    if ((enum stage)atomic_load(&d->stage) < stage)
        return false;
    http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "1" }, { 0 } },
                    "this server is stopping: connect again");
    return true;
}

bool drain_refuses(struct drain *d, struct http_exchange *x)
{
    return refuse_from(d, CLOSING, x);
}

bool drain_is_over(struct drain *d, struct http_exchange *x)
{
    return refuse_from(d, CLOSED, x);
}

/* ---- the whole ---- */

/* Waits until so_far() says so, or the moment has come. */
static bool wait_until(struct drain *d, bool (*so_far)(struct drain *d), uint64_t moment_ms)
{
    struct timespec until = { .tv_sec = (time_t)(moment_ms / 1000),
                              .tv_nsec = (long)(moment_ms % 1000) * 1000000 };
    while (!so_far(d))
        if (sem_clockwait(&d->news, CLOCK_MONOTONIC, &until) != 0 && errno == ETIMEDOUT)
            return false;
    return true;
}

static bool seen_by_balancer(struct drain *d)
{
    return atomic_load(&d->refused) >= LIMIT_DRAIN_PROBES;
}

static bool idle(struct drain *d)
{
    return atomic_load(&d->busy) == 0;
}

static void on_taken(void *ctx)
{
    sem_post(ctx);
}

/* Every worker does it before this returns. */
static void take(struct crew *crew, void (*step)(void *ctx, struct worker *w))
{
    sem_t taken;
    sem_init(&taken, 0, 0);
    if (crew_each(crew, step, on_taken, &taken))
        while (sem_wait(&taken) != 0)
            continue;
    sem_destroy(&taken);
}

void drain_run(struct drain *d, struct crew *crew, unsigned seconds)
{
    uint64_t begun = clock_ms(), all = UINT64_C(1000) * seconds;
    uint64_t notice = notice_ms(d);
    if (notice > all / 2)
        notice = all / 2;
    atomic_store(&d->stage, LEAVING);
    if (notice) {
        LOG(LOG_INFO, "server.leaving", LOG_INT("ms", (int64_t)notice));
        take(crew, leave);
        wait_until(d, seen_by_balancer, begun + notice);
    }
    atomic_store(&d->stage, CLOSING);
    atomic_store(&d->busy, crew_size(crew));
    take(crew, close_door);
    if (!wait_until(d, idle, begun + all))
        take(crew, give_up);
    take(crew, begin_nothing);
    if (!wait_until(d, idle, begun + all))
        take(crew, give_up);
    take(crew, end_streams);
    uint64_t last = clock_ms() + LIMIT_DRAIN_FLUSH_MS;
    wait_until(d, idle, last);
    atomic_store(&d->stage, CLOSED);
    take(crew, look_again);
    wait_until(d, idle, last);
    LOG(LOG_INFO, "server.drained", LOG_INT("ms", (int64_t)(clock_ms() - begun)));
}
