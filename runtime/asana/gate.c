#include "asana/gate.h"

#include "asana/gate_table.h"
#include "base/clock.h"
#include "base/limits.h"
#include "metrics/metrics.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* Between the workers (the counters are in gate_table.h): whoever frees a place, or changes what
 * stands first in line with him, does that and then wakes the one with the first pass of all.
 * Whoever stands in line shows that and then looks for a place, which he leaves to the first of all
 * when that is another. So one of any two always sees the other, and no place lies idle. */

TAILQ_HEAD(passes, gate_pass);

/* What one worker knows of a gate. */
struct held {
    struct digest token; /* first: the tree compares it */
    struct gate *gate;
    struct passes lines[GATE_KINDS];
    struct passes inside;
    unsigned in_line;
    uint64_t used_ms;
    uint64_t searched_ms; /* 0: never */
    TAILQ_ENTRY(held) link;
    TAILQ_ENTRY(held) lined_link; /* while in_line */
};

TAILQ_HEAD(helds, held);

struct gate_keeper {
    struct gates *gates;
    int index;
    void *by_token;
    struct helds all;
    struct helds lined; /* those with passes in line */
    unsigned count;
    unsigned lined_count;
    bool serving;
    uv_async_t wake; /* a place became free, and the first in line is here */
    uv_timer_t turn; /* the next search's */
    uv_timer_t sweep;
    unsigned handles;
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct digest));
}

/* ---- one keeper's gates ---- */

static void held_forget(struct gate_keeper *k, struct held *h)
{
    tdelete(h, &k->by_token, compare);
    TAILQ_REMOVE(&k->all, h, link);
    k->count--;
    gate_let_go(k->gates, h->gate);
    free(h);
}

/* Searches are remembered for their minute: the gate counts them. */
static bool is_idle(const struct held *h, uint64_t now, uint64_t age_ms)
{
    return !h->in_line && TAILQ_EMPTY(&h->inside) && now - h->used_ms >= age_ms &&
           (!h->searched_ms || now - h->searched_ms >= GATE_MINUTE_MS);
}

static void forget_idle(struct gate_keeper *k, uint64_t age_ms)
{
    uint64_t now = gate_table_now(k->gates);
    struct held *h = k->serving ? NULL : TAILQ_FIRST(&k->all); /* serve_all() holds on to one */
    while (h) {
        struct held *next = TAILQ_NEXT(h, link);
        if (is_idle(h, now, age_ms))
            held_forget(k, h);
        h = next;
    }
}

void gate_keeper_sweep(struct gate_keeper *k)
{
    forget_idle(k, GATE_MINUTE_MS);
}

static struct held *held_new(struct gate_keeper *k, const struct digest *token)
{
    struct held *h = calloc(1, sizeof(*h));
    if (!h || !(h->gate = gate_hold(k->gates, token))) {
        free(h);
        return NULL;
    }
    h->token = *token;
    if (!tsearch(h, &k->by_token, compare)) {
        gate_let_go(k->gates, h->gate);
        free(h);
        return NULL;
    }
    for (int kind = 0; kind < GATE_KINDS; kind++)
        TAILQ_INIT(&h->lines[kind]);
    TAILQ_INIT(&h->inside);
    TAILQ_INSERT_HEAD(&k->all, h, link);
    k->count++;
    return h;
}

static struct held *held_find(struct gate_keeper *k, const struct digest *token)
{
    struct held *const *found = tfind(token, &k->by_token, compare);
    if (found)
        return *found;
    if (k->count >= LIMIT_GATE_TOKENS)
        forget_idle(k, 0);
    return k->count < LIMIT_GATE_TOKENS ? held_new(k, token) : NULL;
}

/* ---- lines and places ---- */

static void wake(struct gate_keeper *k, int index)
{
    if (index == k->index)
        uv_async_send(&k->wake);
    else if (index >= 0)
        gate_wake(k->gates, index);
}

static void wake_first(struct gate_keeper *k, struct gate *gate, enum gate_kind line)
{
    wake(k, gate_line_first(gate, line));
}

static void stand_in_line(struct gate_pass *p, enum gate_kind line)
{
    struct gate_keeper *k = p->keeper;
    struct held *h = p->held;
    p->state = PASS_WAITING;
    p->line = line;
    p->since_us = clock_us();
    metrics_add(METRIC_ASANA_QUEUED, line, 0, 1);
    p->number = gate_line_number(h->gate, line);
    TAILQ_INSERT_TAIL(&h->lines[line], p, link);
    if (h->in_line++ == 0) {
        TAILQ_INSERT_TAIL(&k->lined, h, lined_link);
        k->lined_count++;
    }
    gate_line_show(h->gate, line, k->index, TAILQ_FIRST(&h->lines[line]));
}

static void step_out_of_line(struct gate_pass *p)
{
    struct gate_keeper *k = p->keeper;
    struct held *h = p->held;
    p->state = PASS_OUTSIDE;
    metrics_add(METRIC_ASANA_QUEUED, p->line, 0, -1);
    metrics_observe(METRIC_ASANA_QUEUE_SECONDS, p->line, 0, clock_us() - p->since_us);
    TAILQ_REMOVE(&h->lines[p->line], p, link);
    gate_line_left(h->gate, p->line);
    if (--h->in_line == 0) {
        TAILQ_REMOVE(&k->lined, h, lined_link);
        k->lined_count--;
    }
    gate_line_show(h->gate, p->line, k->index, TAILQ_FIRST(&h->lines[p->line]));
}

static enum gate_kind line_for_place(enum gate_kind kind)
{
    return kind == GATE_WRITE ? GATE_WRITE : GATE_READ;
}

static void return_place(struct gate_pass *p)
{
    gate_return_place(p->held->gate, p->kind);
    wake_first(p->keeper, p->held->gate, line_for_place(p->kind));
}

static void return_search(struct gate_pass *p)
{
    gate_return_search(p->held->gate, p);
    wake_first(p->keeper, p->held->gate, GATE_SEARCH);
}

static void let_in(struct gate_pass *p, uint64_t now)
{
    p->state = PASS_INSIDE;
    TAILQ_INSERT_TAIL(&p->held->inside, p, link);
    if (p->kind == GATE_SEARCH)
        p->held->searched_ms = now;
}

/* ---- going in and out ---- */

enum gate_entry gate_enter(struct gate_keeper *k, const struct digest *token, enum gate_kind kind,
                           struct gate_pass *p)
{
    assert(p->state == PASS_OUTSIDE);
    struct held *h = held_find(k, token);
    if (!h)
        return GATE_FULL;
    uint64_t now = gate_table_now(k->gates);
    enum gate_kind line = line_for_place(kind);
    h->used_ms = now;
    p->keeper = k;
    p->held = h;
    p->kind = kind;
    if (kind == GATE_SEARCH &&
        (gate_line_stands(h->gate, GATE_SEARCH) || !gate_take_search(h->gate, p, now))) {
        line = GATE_SEARCH;
    } else if (!gate_line_stands(h->gate, line) && gate_take_place(h->gate, kind)) {
        let_in(p, now);
        return GATE_ENTERED;
    }
    if (h->in_line >= LIMIT_GATE_WAITING) {
        if (kind == GATE_SEARCH && line != GATE_SEARCH)
            return_search(p);
        return GATE_FULL;
    }
    stand_in_line(p, line);
    uv_async_send(&k->wake);
    return GATE_WAITING;
}

void gate_leave(struct gate_pass *p)
{
    if (p->state == PASS_WAITING) {
        step_out_of_line(p);
        if (p->kind == GATE_SEARCH && p->line != GATE_SEARCH)
            return_search(p);
        wake_first(p->keeper, p->held->gate, p->line);
    } else if (p->state == PASS_INSIDE) {
        p->state = PASS_OUTSIDE;
        TAILQ_REMOVE(&p->held->inside, p, link);
        p->held->used_ms = gate_table_now(p->keeper->gates);
        return_place(p);
    }
}

/* ---- serving those that wait ---- */

static bool is_free(const struct gate *gate, enum gate_kind line, uint64_t now)
{
    return line == GATE_SEARCH ? gate_search_moment(gate, now) <= now : gate_has_place(gate, line);
}

/* The first in line goes on, to its next line or in; false when it cannot. */
static bool serve_first(struct gate_pass *p, uint64_t now)
{
    struct gate *gate = p->held->gate;
    if (p->line == GATE_SEARCH) {
        if (!gate_take_search(gate, p, now))
            return false;
        step_out_of_line(p);
        stand_in_line(p, GATE_READ);
        return true;
    }
    if (!gate_take_place(gate, p->kind))
        return false;
    step_out_of_line(p);
    if (p->kind == GATE_SEARCH && !gate_renew_search(gate, p, now)) {
        stand_in_line(p, GATE_SEARCH);
        uv_async_send(&p->keeper->wake);
        return_place(p);
        return true;
    }
    let_in(p, now);
    p->granted(p); /* p may be gone after this */
    return true;
}

static void serve_line(struct gate_keeper *k, struct held *h, enum gate_kind line, uint64_t now)
{
    struct gate_pass *p;
    int first = k->index;
    bool went = false;
    while ((p = TAILQ_FIRST(&h->lines[line])) && is_free(h->gate, line, now)) {
        first = gate_line_first(h->gate, line);
        if (first != k->index || !serve_first(p, now))
            break;
        went = true;
    }
    if (went)
        first = gate_line_first(h->gate, line);
    if (first != k->index)
        wake(k, first);
}

static void on_turn(uv_timer_t *turn);

/* Callbacks may put others in line and take them out: it is always the turn of the first token, and
 * then that goes to the end. */
static void serve_all(struct gate_keeper *k)
{
    uint64_t now = gate_table_now(k->gates);
    uint64_t next = UINT64_MAX;
    k->serving = true;
    for (unsigned n = k->lined_count; n && !TAILQ_EMPTY(&k->lined); n--) {
        struct held *h = TAILQ_FIRST(&k->lined);
        TAILQ_REMOVE(&k->lined, h, lined_link);
        TAILQ_INSERT_TAIL(&k->lined, h, lined_link);
        serve_line(k, h, GATE_SEARCH, now);
        serve_line(k, h, GATE_READ, now);
        serve_line(k, h, GATE_WRITE, now);
        uint64_t moment =
            TAILQ_EMPTY(&h->lines[GATE_SEARCH]) ? UINT64_MAX : gate_search_moment(h->gate, now);
        if (moment > now && moment < next)
            next = moment;
    }
    k->serving = false;
    uv_timer_stop(&k->turn);
    if (next == UINT64_MAX)
        return;
    uv_update_time(k->turn.loop);
    uv_timer_start(&k->turn, on_turn, next - now, 0);
}

static void on_turn(uv_timer_t *turn)
{
    serve_all(turn->data);
}

static void on_wake(uv_async_t *async)
{
    serve_all(async->data);
}

static void on_sweep(uv_timer_t *sweep)
{
    gate_keeper_sweep(sweep->data);
}

/* ---- keepers ---- */

static void on_closed(uv_handle_t *handle)
{
    struct gate_keeper *k = handle->data;
    if (--k->handles == 0)
        free(k);
}

static void keeper_close(struct gate_keeper *k)
{
    gate_index_return(k->gates, k->index);
    uv_close((uv_handle_t *)&k->wake, on_closed);
    uv_close((uv_handle_t *)&k->turn, on_closed);
    uv_close((uv_handle_t *)&k->sweep, on_closed);
}

struct gate_keeper *gate_keeper_new(struct gates *g, uv_loop_t *loop)
{
    struct gate_keeper *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->gates = g;
    TAILQ_INIT(&k->all);
    TAILQ_INIT(&k->lined);
    if (uv_async_init(loop, &k->wake, on_wake) != 0) {
        free(k);
        return NULL;
    }
    uv_timer_init(loop, &k->turn);
    uv_timer_init(loop, &k->sweep);
    k->wake.data = k->turn.data = k->sweep.data = k;
    k->handles = 3;
    k->index = gate_index_take(g, &k->wake);
    if (k->index < 0) {
        keeper_close(k);
        return NULL;
    }
    uv_timer_start(&k->sweep, on_sweep, GATE_MINUTE_MS, GATE_MINUTE_MS);
    return k;
}

void gate_keeper_free(struct gate_keeper *k)
{
    struct held *h;
    struct gate_pass *p;
    if (!k)
        return;
    assert(!k->serving);
    while ((h = TAILQ_FIRST(&k->all))) {
        for (int line = 0; line < GATE_KINDS; line++)
            while ((p = TAILQ_FIRST(&h->lines[line])))
                gate_leave(p);
        while ((p = TAILQ_FIRST(&h->inside)))
            gate_leave(p);
        held_forget(k, h);
    }
    keeper_close(k);
}
