#include "transport/call_queue.h"

#include "base/clock.h"
#include "base/piece.h"
#include "base/turns.h"
#include "metrics/metrics.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

/* Tickets are mail: ask travels to the usher and home again, leave to the usher alone. Whoever has
 * one of them, and the worker that waits for the verdict, holds the ticket; the last one frees it.
 * So any of them may be dropped where a worker stops. */
struct call_ticket {
    struct mail ask; /* first */
    struct mail leave;
    atomic_uint holds;
    struct call_queue *queue;
    struct mailbox *home;
    uint64_t person;
    uint64_t since_us; /* clock_us() */
    /* At home. */
    call_decided_fn *decided; /* NULL: it does not wait any more */
    void *ctx;
    /* The usher's, until it is sent home. */
    enum call_verdict verdict;
    struct turn turn;
    TAILQ_ENTRY(call_ticket) link;
};

/* Between the workers: whoever waits counts itself as waiting and then has the usher look for a
 * place; whoever ends a call frees its place and then looks whether somebody waits. So one of any
 * two always sees the other, and no place lies idle. */
struct call_queue {
    struct ceiling *ceiling;
    struct mailbox *usher;
    atomic_uint waiting; /* with those whose mail the usher has not had yet */
    struct nudge {
        struct mail mail; /* first */
        struct call_queue *queue;
        atomic_bool sent; /* it is on its way */
    } nudge;
    /* The usher's. */
    struct ceiling_limits ceiling_limits;
    struct call_queue_limits limits;
    struct turns *turns;
    TAILQ_HEAD(, call_ticket) all; /* in the order of their times */
    uv_timer_t timer;              /* somebody has waited for too long */
};

static void drop_nudge(struct mail *m)
{
    (void)m;
}

static void take_nudge(void *receiver, struct mail *m);

struct call_queue *call_queue_new(void)
{
    struct call_queue *q = calloc(1, sizeof(*q));
    if (!q)
        return NULL;
    q->ceiling = ceiling_new();
    q->turns = turns_new();
    q->nudge.mail = (struct mail){ .run = take_nudge, .drop = drop_nudge };
    q->nudge.queue = q;
    TAILQ_INIT(&q->all);
    if (q->ceiling && q->turns)
        return q;
    call_queue_free(q);
    return NULL;
}

void call_queue_free(struct call_queue *q)
{
    if (!q)
        return;
    turns_free(q->turns);
    ceiling_free(q->ceiling);
    free(q);
}

/* ---- tickets ---- */

static void release(struct call_ticket *t)
{
    if (atomic_fetch_sub(&t->holds, 1) == 1)
        piece_free(t);
}

static struct call_ticket *leaving(struct mail *m)
{
    return (struct call_ticket *)((char *)m - offsetof(struct call_ticket, leave));
}

static void drop_ask(struct mail *m)
{
    release((struct call_ticket *)m);
}

static void drop_leave(struct mail *m)
{
    release(leaving(m));
}

static void note_end_of_wait(const struct call_ticket *t)
{
    metrics_add(METRIC_CALLS_QUEUED, 0, 0, -1);
    metrics_observe(METRIC_CALL_QUEUE_SECONDS, 0, 0, clock_us() - t->since_us);
}

static void come_home(void *receiver, struct mail *m)
{
    (void)receiver;
    struct call_ticket *t = (struct call_ticket *)m;
    call_decided_fn *decided = t->decided;
    if (decided) {
        note_end_of_wait(t);
        decided(t->ctx, t->verdict);
        release(t);
    } else if (t->verdict == CALL_GOES) {
        call_queue_end(t->queue, t->person);
    }
    release(t);
}

/* ---- the usher ---- */

static void let_out(struct call_queue *q, struct call_ticket *t)
{
    turns_leave(q->turns, &t->turn);
    TAILQ_REMOVE(&q->all, t, link);
    atomic_fetch_sub(&q->waiting, 1);
}

static void send_home(struct call_queue *q, struct call_ticket *t, enum call_verdict verdict)
{
    let_out(q, t);
    t->verdict = verdict;
    t->ask.run = come_home;
    mailbox_post(t->home, &t->ask);
}

static struct call_ticket *ticket_of(struct turn *turn)
{
    return (struct call_ticket *)((char *)turn - offsetof(struct call_ticket, turn));
}

/* Whoever may have none of the places that are left is passed over; these are people with several
 * calls running, so they are never many more than a few for each place. */
static void serve(struct call_queue *q)
{
    struct turn *turn = turns_first(q->turns);
    while (turn) {
        struct call_ticket *t = ticket_of(turn);
        switch (ceiling_begin(q->ceiling, &q->ceiling_limits, t->person)) {
        case CEILING_ROOM:
            turns_serve(q->turns, turn);
            send_home(q, t, CALL_GOES);
            turn = turns_first(q->turns);
            break;
        case CEILING_FULL:
            return;
        case CEILING_OWN:
        case CEILING_RESERVED:
            turn = turns_after(turn);
        }
    }
}

static void on_due(uv_timer_t *timer);

static void set_timer(struct call_queue *q, uint64_t now_us)
{
    const struct call_ticket *first = TAILQ_FIRST(&q->all);
    if (!first)
        return;
    uint64_t due_us = first->since_us + UINT64_C(1000) * q->limits.wait_ms;
    uv_update_time(q->timer.loop);
    uv_timer_start(&q->timer, on_due, due_us > now_us ? (due_us - now_us + 999) / 1000 : 0, 0);
}

static void on_due(uv_timer_t *timer)
{
    struct call_queue *q = timer->data;
    struct call_ticket *t;
    uint64_t now_us = clock_us();
    while ((t = TAILQ_FIRST(&q->all)) && t->since_us + UINT64_C(1000) * q->limits.wait_ms <= now_us)
        send_home(q, t, CALL_LATE);
    set_timer(q, now_us);
}

/* One more waits: perhaps one too many. */
static void keep_bounds(struct call_queue *q, struct call_ticket *t)
{
    const struct call_queue_limits *l = &q->limits;
    if (l->per_person && turns_beside(&t->turn) > l->per_person)
        send_home(q, t, CALL_QUEUE_OWN);
    else if (turns_count(q->turns) > l->all)
        send_home(q, ticket_of(turns_last_of_most(q->turns)), CALL_QUEUE_ALL);
}

static void take_ask(void *receiver, struct mail *m)
{
    (void)receiver;
    struct call_ticket *t = (struct call_ticket *)m;
    struct call_queue *q = t->queue;
    TAILQ_INSERT_TAIL(&q->all, t, link);
    if (!turns_add(q->turns, t->person, &t->turn)) {
        send_home(q, t, CALL_QUEUE_ALL);
        return;
    }
    atomic_fetch_add(&t->holds, 1); /* it may be sent home */
    serve(q);
    if (t->turn.line)
        keep_bounds(q, t);
    release(t);
    if (!uv_is_active((uv_handle_t *)&q->timer))
        set_timer(q, clock_us());
}

/* It may be on its way home already. */
static void take_leave(void *receiver, struct mail *m)
{
    (void)receiver;
    struct call_ticket *t = leaving(m);
    if (t->turn.line) {
        let_out(t->queue, t);
        release(t);
    }
    release(t);
}

static void take_nudge(void *receiver, struct mail *m)
{
    (void)receiver;
    struct nudge *n = (struct nudge *)m;
    atomic_store(&n->sent, false);
    serve(n->queue);
}

void call_queue_open(struct call_queue *q, uv_loop_t *loop, struct mailbox *mailbox)
{
    uv_timer_init(loop, &q->timer);
    q->timer.data = q;
    q->usher = mailbox;
}

void call_queue_close(struct call_queue *q)
{
    struct call_ticket *t;
    while ((t = TAILQ_FIRST(&q->all)))
        send_home(q, t, CALL_STOPPED);
    uv_close((uv_handle_t *)&q->timer, NULL);
}

void call_queue_limit(struct call_queue *q, const struct ceiling_limits *ceiling,
                      const struct call_queue_limits *limits)
{
    q->ceiling_limits = *ceiling;
    q->limits = *limits;
    serve(q);
    set_timer(q, clock_us());
}

/* ---- all workers ---- */

static void nudge_usher(struct call_queue *q)
{
    if (atomic_load(&q->waiting) && !atomic_exchange(&q->nudge.sent, true))
        mailbox_post(q->usher, &q->nudge.mail);
}

/* Nobody overtakes those that wait: while there are some, the usher decides. */
static enum call_verdict try_now(struct call_queue *q, const struct ceiling_limits *ceiling,
                                 uint64_t person)
{
    if (atomic_load(&q->waiting))
        return ceiling_has_share(q->ceiling, ceiling, person) ? CALL_WAITS : CALL_OWN_FULL;
    switch (ceiling_begin(q->ceiling, ceiling, person)) {
    case CEILING_ROOM:
        return CALL_GOES;
    case CEILING_OWN:
        nudge_usher(q); /* it counted for a moment */
        return CALL_OWN_FULL;
    case CEILING_FULL:
    case CEILING_RESERVED:
        break;
    }
    return CALL_WAITS;
}

enum call_verdict call_queue_enter(struct call_queue *q, struct mailbox *home,
                                   const struct ceiling_limits *ceiling,
                                   const struct call_queue_limits *limits, uint64_t person,
                                   call_decided_fn *decided, void *ctx, struct call_ticket **out)
{
    enum call_verdict verdict = try_now(q, ceiling, person);
    if (verdict != CALL_WAITS)
        return verdict;
    if (!limits->all) {
        nudge_usher(q);
        return CALL_FULL;
    }
    struct call_ticket *t = piece_zalloc(sizeof(*t));
    if (!t) {
        nudge_usher(q);
        return CALL_QUEUE_ALL;
    }
    t->ask = (struct mail){ .run = take_ask, .drop = drop_ask };
    t->leave = (struct mail){ .run = take_leave, .drop = drop_leave };
    atomic_init(&t->holds, 2); /* by ask, and by us */
    t->queue = q;
    t->home = home;
    t->person = person;
    t->since_us = clock_us();
    t->decided = decided;
    t->ctx = ctx;
    metrics_add(METRIC_CALLS_QUEUED, 0, 0, 1);
    atomic_fetch_add(&q->waiting, 1);
    mailbox_post(q->usher, &t->ask);
    *out = t;
    return CALL_WAITS;
}

void call_queue_leave(struct call_ticket *t)
{
    note_end_of_wait(t);
    t->decided = NULL;
    mailbox_post(t->queue->usher, &t->leave); /* holds it in our place */
}

void call_queue_end(struct call_queue *q, uint64_t person)
{
    ceiling_end(q->ceiling, person);
    nudge_usher(q);
}
