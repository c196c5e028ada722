#include "worker/quota.h"

#include "asana/gate_table.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "worker/quota_priv.h"
#include "worker/quota_script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Between two looks for tokens that no worker knows any more. */
#define SWEEP_MS 10000

/* ---- when ---- */

static void on_timer(uv_timer_t *timer);

void quota_arm(struct quota *q)
{
    const struct lease *firsts[] = { TAILQ_FIRST(&q->calm), TAILQ_FIRST(&q->hungry) };
    uint64_t now = clock_ms();
    uint64_t at = q->sweep_ms;
    for (int i = 0; i < 2; i++)
        if (firsts[i] && firsts[i]->due_ms < at)
            at = firsts[i]->due_ms;
    uv_update_time(q->loop);
    uv_timer_start(&q->timer, on_timer, at > now ? at - now : 0, 0);
}

void quota_move(struct lease *l, struct leases *list)
{
    TAILQ_REMOVE(l->list, l, link);
    TAILQ_INSERT_TAIL(list, l, link);
    l->list = list;
}

void quota_ask_later(struct lease *l, bool hungry)
{
    l->due_ms = clock_ms() + (hungry ? LIMIT_QUOTA_HUNGRY_MS : LIMIT_QUOTA_CALM_MS);
    quota_move(l, hungry ? &l->quota->hungry : &l->quota->calm);
}

static void lease_free(struct lease *l)
{
    TAILQ_REMOVE(l->list, l, link);
    if (l->command)
        redis_forget(l->command);
    free(l);
}

static struct lease *lease_of(struct quota *q, struct gate *gate)
{
    struct lease *l = gate_lease(gate);
    if (l || !(l = calloc(1, sizeof(*l))))
        return l;
    l->quota = q;
    l->gate = gate;
    l->list = &q->resting;
    TAILQ_INSERT_TAIL(&q->resting, l, link);
    gate_set_lease(gate, l);
    return l;
}

/* Some want more. Those that have just been told that others need it, too, wait a little. */
static void on_wanting(uv_async_t *wanting)
{
    struct quota *q = wanting->data;
    struct gate *gate;
    if (q->left)
        return;
    while ((gate = gates_take_wanting(q->gates))) {
        struct lease *l = lease_of(q, gate);
        if (!l) {
            LOG(LOG_ERROR, "quota.refused", LOG_STR("why", "out of memory"));
            continue;
        }
        if (l->list == &q->asking)
            l->again = true;
        else if (l->list == &q->resting || (l->list == &q->calm && l->sated))
            lease_ask(l);
        else if (l->list == &q->calm)
            quota_ask_later(l, true);
    }
    quota_arm(q);
}

/* ---- whether Redis answers ---- */

void quota_confirm(struct quota *q)
{
    q->silent_ms = 0;
    if (q->alone) {
        LOG(LOG_INFO, "quota.shared");
        gates_spare(q->gates, 0);
    }
    q->alone = false;
}

/* What was lent to anybody has ended when the spare is used, if Redis is silent for all. */
void quota_miss(struct quota *q, const char *why)
{
    uint64_t now = clock_ms();
    if (!q->silent_ms)
        q->silent_ms = now;
    if (q->alone || now - q->silent_ms < LIMIT_QUOTA_LEASE_MS)
        return;
    LOG(LOG_WARN, "quota.alone", LOG_STR("why", why));
    q->alone = true;
    gates_spare(q->gates, LIMIT_QUOTA_SPARE);
}

/* ---- turns ---- */

static void sweep(struct quota *q)
{
    struct lease *l, *next;
    for (l = TAILQ_FIRST(&q->resting); l; l = next) {
        next = TAILQ_NEXT(l, link);
        if (gate_let_go_last(q->gates, l->gate))
            lease_free(l);
    }
}

static void ask_due(struct leases *leases, uint64_t now)
{
    struct lease *l;
    while ((l = TAILQ_FIRST(leases)) && l->due_ms <= now)
        lease_ask(l);
}

static void on_timer(uv_timer_t *timer)
{
    struct quota *q = timer->data;
    uint64_t now = clock_ms();
    ask_due(&q->hungry, now);
    ask_due(&q->calm, now);
    if (now >= q->sweep_ms) {
        q->sweep_ms = now + SWEEP_MS;
        sweep(q);
    }
    quota_arm(q);
}

static void on_script(void *ctx, const redisReply *reply, const char *why)
{
    struct quota *q = ctx;
    (void)why;
    bool ok = reply && reply->type == REDIS_REPLY_STRING && reply->len < sizeof(q->digest);
    snprintf(q->digest, sizeof(q->digest), "%s", ok ? reply->str : "");
}

/* Redis is there again: all say at once what they hold. */
static void on_state(void *ctx, bool up)
{
    struct quota *q = ctx;
    struct lease *l;
    if (!up || q->left)
        return;
    redis_run(
        q->redis, 3,
        (struct slice[]){ slice_of("SCRIPT"), slice_of("LOAD"), slice_of(quota_share_script) },
        LIMIT_QUOTA_ANSWER_MS, on_script, q);
    TAILQ_FOREACH (l, &q->calm, link)
        l->due_ms = 0;
    quota_arm(q);
}

/* ---- the end ---- */

static void part(struct quota *q)
{
    void (*gone)(void *ctx) = q->gone;
    q->gone = NULL;
    if (gone)
        gone(q->gone_ctx);
}

/* It comes after all that was said before. */
static void on_farewell(void *ctx, const redisReply *reply, const char *why)
{
    struct quota *q = ctx;
    q->farewell = NULL;
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        LOG(LOG_WARN, "quota.not_returned", LOG_STR("why", reply ? reply->str : why));
    part(q);
}

static void return_all(struct leases *leases)
{
    struct lease *l;
    TAILQ_FOREACH (l, leases, link) {
        if (l->command)
            redis_forget(l->command);
        l->command = NULL;
        lease_return(l);
    }
}

void quota_leave(struct quota *q, void (*gone)(void *ctx), void *ctx)
{
    q->left = true;
    q->gone = gone;
    q->gone_ctx = ctx;
    uv_timer_stop(&q->timer);
    gates_listen(q->gates, NULL);
    gates_spare(q->gates, 0);
    if (redis_is_up(q->redis)) {
        return_all(&q->asking);
        return_all(&q->calm);
        return_all(&q->hungry);
        q->farewell = redis_run(q->redis, 1, (struct slice[]){ slice_of("PING") },
                                LIMIT_QUOTA_ANSWER_MS, on_farewell, q);
    }
    if (!q->farewell)
        part(q);
}

/* ---- life ---- */

static void on_closed(uv_handle_t *handle)
{
    struct quota *q = handle->data;
    if (--q->handles == 0)
        free(q);
}

bool quota_open(uv_loop_t *loop, struct gates *gates, const struct redis_address *redis,
                uint32_t node, struct quota **out, struct err *err)
{
    struct quota *q = calloc(1, sizeof(*q));
    if (!q || uv_async_init(loop, &q->wanting, on_wanting) != 0) {
        free(q);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    uv_timer_init(loop, &q->timer);
    q->wanting.data = q->timer.data = q;
    q->handles = 2;
    q->loop = loop;
    q->gates = gates;
    q->sweep_ms = clock_ms() + SWEEP_MS;
    snprintf(q->node, sizeof(q->node), "%08" PRIx32, node);
    TAILQ_INIT(&q->resting);
    TAILQ_INIT(&q->asking);
    TAILQ_INIT(&q->calm);
    TAILQ_INIT(&q->hungry);
    q->redis = redis_open(loop, redis);
    /* Before anything else is said to a Redis: has it lost what it knew? */
    if (!q->redis ||
        !redis_begin_with(q->redis, 4,
                          (struct slice[]){ slice_of("EVAL"), slice_of(quota_epoch_script),
                                            slice_of("1"), slice_of(QUOTA_EPOCH) },
                          NULL, NULL)) {
        quota_close(q);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    redis_on_state(q->redis, on_state, q);
    gates_listen(gates, &q->wanting);
    quota_arm(q);
    *out = q;
    return true;
}

static void let_go(struct quota *q, struct leases *leases)
{
    struct lease *l;
    while ((l = TAILQ_FIRST(leases))) {
        gate_let_go(q->gates, l->gate);
        lease_free(l);
    }
}

void quota_close(struct quota *q)
{
    struct gate *gate;
    if (!q)
        return;
    gates_listen(q->gates, NULL);
    while ((gate = gates_take_wanting(q->gates)))
        if (!gate_lease(gate))
            gate_let_go(q->gates, gate);
    let_go(q, &q->resting);
    let_go(q, &q->asking);
    let_go(q, &q->calm);
    let_go(q, &q->hungry);
    redis_close(q->redis);
    uv_close((uv_handle_t *)&q->wanting, on_closed);
    uv_close((uv_handle_t *)&q->timer, on_closed);
}
