#include "asana/gate.h"

#include "base/clock.h"
#include "base/limits.h"

#include <search.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS UINT64_C(60000)
/* A gate that nobody has used for so long is forgotten; longer than a minute, so that no search is.
 */
#define FORGET_MS UINT64_C(300000)
#define SWEEP_MS MINUTE_MS

/* One token's counters. The table's lock is taken when a worker first meets a token and when it
 * forgets it, never in between. */
struct gate {
    struct digest token;      /* first: the tree compares it */
    unsigned holders;         /* keepers that know it; under the table's lock */
    atomic_uint in_flight[2]; /* reads, writes */
    _Atomic uint64_t waiting; /* a bit for each keeper with passes in line */
    atomic_uint searches;     /* tickets handed out */
    /* When the latest search with a ticket's place may go; the next one with that place comes a
     * minute later. */
    _Atomic uint64_t search_ms[LIMIT_GATE_SEARCHES];
};

struct gates {
    uv_mutex_t lock;
    void *by_token;
    unsigned keepers_made;
    _Atomic(struct gate_keeper *) keepers[LIMIT_WORKERS];
};

struct line {
    struct gate_pass *first, *last;
};

/* What one worker knows of a gate. */
struct held {
    struct digest token; /* first: the tree compares it */
    struct gate *gate;
    struct line lines[GATE_KINDS];
    unsigned in_line;
    unsigned inside;
    uint64_t used_ms;
    struct held *next, *prev;
};

struct gate_keeper {
    struct gates *gates;
    unsigned index;
    void *by_token;
    struct held *all;
    uv_async_t wake; /* somebody left a gate that has a line here */
    uv_timer_t turn; /* the next search's */
    uv_timer_t sweep;
    unsigned handles;
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct digest));
}

/* ---- the table ---- */

struct gates *gates_new(void)
{
    struct gates *g = calloc(1, sizeof(*g));
    if (!g)
        return NULL;
    if (uv_mutex_init(&g->lock) == 0)
        return g;
    free(g);
    return NULL;
}

void gates_free(struct gates *g)
{
    if (!g)
        return;
    uv_mutex_destroy(&g->lock);
    free(g);
}

static struct gate *gate_hold(struct gates *g, const struct digest *token)
{
    struct gate *gate = NULL;
    uv_mutex_lock(&g->lock);
    struct gate *const *found = tfind(token, &g->by_token, compare);
    if (found) {
        gate = *found;
    } else if ((gate = calloc(1, sizeof(*gate)))) {
        gate->token = *token;
        if (!tsearch(gate, &g->by_token, compare)) {
            free(gate);
            gate = NULL;
        }
    }
    if (gate)
        gate->holders++;
    uv_mutex_unlock(&g->lock);
    return gate;
}

static void gate_let_go(struct gates *g, struct gate *gate)
{
    uv_mutex_lock(&g->lock);
    bool last = --gate->holders == 0;
    if (last)
        tdelete(gate, &g->by_token, compare);
    uv_mutex_unlock(&g->lock);
    if (last)
        free(gate);
}

/* ---- one keeper's gates ---- */

static struct held *held_find(struct gate_keeper *k, const struct digest *token)
{
    struct held *const *found = tfind(token, &k->by_token, compare);
    if (found)
        return *found;
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
    h->next = k->all;
    if (h->next)
        h->next->prev = h;
    k->all = h;
    return h;
}

static void held_forget(struct gate_keeper *k, struct held *h)
{
    tdelete(h, &k->by_token, compare);
    if (h->prev)
        h->prev->next = h->next;
    else
        k->all = h->next;
    if (h->next)
        h->next->prev = h->prev;
    gate_let_go(k->gates, h->gate);
    free(h);
}

static void on_sweep(uv_timer_t *sweep)
{
    struct gate_keeper *k = sweep->data;
    uint64_t now = clock_ms();
    for (struct held *h = k->all; h;) {
        struct held *next = h->next;
        if (!h->inside && !h->in_line && now - h->used_ms > FORGET_MS)
            held_forget(k, h);
        h = next;
    }
}

/* ---- going in ---- */

static bool is_write(enum gate_kind kind)
{
    return kind == GATE_WRITE;
}

/* Takes a place among those in flight when there is one. */
static bool take_place(struct gate *gate, enum gate_kind kind)
{
    unsigned limit = is_write(kind) ? LIMIT_GATE_WRITES : LIMIT_GATE_READS;
    atomic_uint *count = &gate->in_flight[is_write(kind)];
    unsigned n = atomic_load(count);
    while (n < limit)
        if (atomic_compare_exchange_weak(count, &n, n + 1))
            return true;
    return false;
}

/* A search's moment: a minute after the one that many searches before it. */
static uint64_t take_ticket(struct gate *gate)
{
    uint64_t now = clock_ms();
    unsigned ticket = atomic_fetch_add(&gate->searches, 1);
    _Atomic uint64_t *place = &gate->search_ms[ticket % LIMIT_GATE_SEARCHES];
    uint64_t before = atomic_load(place);
    uint64_t moment = before && before + MINUTE_MS > now ? before + MINUTE_MS : now;
    atomic_store(place, moment);
    return moment;
}

static bool admit(struct held *h, struct gate_pass *p)
{
    if (p->kind == GATE_SEARCH && p->not_before_ms > clock_ms())
        return false;
    if (!take_place(h->gate, p->kind))
        return false;
    p->state = PASS_INSIDE;
    h->inside++;
    return true;
}

static void step_out_of_line(struct held *h, struct gate_pass *p)
{
    struct line *line = &h->lines[p->kind];
    if (p->prev)
        p->prev->next = p->next;
    else
        line->first = p->next;
    if (p->next)
        p->next->prev = p->prev;
    else
        line->last = p->prev;
    if (--h->in_line == 0)
        atomic_fetch_and(&h->gate->waiting, ~(UINT64_C(1) << p->keeper->index));
}

enum gate_entry gate_enter(struct gate_keeper *k, const struct digest *token, enum gate_kind kind,
                           struct gate_pass *p)
{
    struct held *h = held_find(k, token);
    if (!h)
        return GATE_FULL;
    h->used_ms = clock_ms();
    p->keeper = k;
    p->held = h;
    p->kind = kind;
    p->state = PASS_OUTSIDE;
    struct line *line = &h->lines[kind];
    if (h->in_line >= LIMIT_GATE_WAITING)
        return GATE_FULL;
    p->not_before_ms = kind == GATE_SEARCH ? take_ticket(h->gate) : 0;
    if (!line->first && admit(h, p))
        return GATE_ENTERED;
    p->state = PASS_WAITING;
    p->next = NULL;
    p->prev = line->last;
    if (p->prev)
        p->prev->next = p;
    else
        line->first = p;
    line->last = p;
    h->in_line++;
    atomic_fetch_or(&h->gate->waiting, UINT64_C(1) << k->index);
    uv_async_send(&k->wake); /* a place may have become free before the bit was seen */
    return GATE_WAITING;
}

/* Grants what can be granted; returns when the first search in line may go, 0 when none waits for
 * its moment. */
static uint64_t serve(struct held *h)
{
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        struct gate_pass *p;
        while ((p = h->lines[kind].first) && admit(h, p)) {
            step_out_of_line(h, p);
            p->granted(p);
        }
    }
    struct gate_pass *search = h->lines[GATE_SEARCH].first;
    return search && search->not_before_ms > clock_ms() ? search->not_before_ms : 0;
}

static void on_turn(uv_timer_t *turn);

static void serve_all(struct gate_keeper *k)
{
    uint64_t earliest = 0;
    for (struct held *h = k->all; h; h = h->next) {
        uint64_t moment = h->in_line ? serve(h) : 0;
        if (moment && (!earliest || moment < earliest))
            earliest = moment;
    }
    uint64_t now = clock_ms();
    if (earliest)
        uv_timer_start(&k->turn, on_turn, earliest > now ? earliest - now : 0, 0);
    else
        uv_timer_stop(&k->turn);
}

static void on_turn(uv_timer_t *turn)
{
    serve_all(turn->data);
}

static void on_wake(uv_async_t *wake)
{
    serve_all(wake->data);
}

void gate_leave(struct gate_pass *p)
{
    struct held *h = p->held;
    if (p->state == PASS_WAITING)
        step_out_of_line(h, p);
    if (p->state == PASS_INSIDE) {
        h->inside--;
        h->used_ms = clock_ms();
        atomic_fetch_sub(&h->gate->in_flight[is_write(p->kind)], 1);
        uint64_t waiting = atomic_load(&h->gate->waiting);
        for (unsigned i = 0; waiting; i++, waiting >>= 1)
            if (waiting & 1)
                uv_async_send(&atomic_load(&p->keeper->gates->keepers[i])->wake);
    }
    p->state = PASS_OUTSIDE;
}

/* ---- keepers ---- */

struct gate_keeper *gate_keeper_new(struct gates *g, uv_loop_t *loop)
{
    struct gate_keeper *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->gates = g;
    if (uv_async_init(loop, &k->wake, on_wake) != 0) {
        free(k);
        return NULL;
    }
    uv_timer_init(loop, &k->turn);
    uv_timer_init(loop, &k->sweep);
    k->wake.data = k->turn.data = k->sweep.data = k;
    k->handles = 3;
    uv_timer_start(&k->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    uv_mutex_lock(&g->lock);
    k->index = g->keepers_made++;
    uv_mutex_unlock(&g->lock);
    atomic_store(&g->keepers[k->index], k);
    return k;
}

static void on_closed(uv_handle_t *handle)
{
    struct gate_keeper *k = handle->data;
    if (--k->handles == 0)
        free(k);
}

void gate_keeper_free(struct gate_keeper *k)
{
    if (!k)
        return;
    while (k->all)
        held_forget(k, k->all);
    uv_close((uv_handle_t *)&k->wake, on_closed);
    uv_close((uv_handle_t *)&k->turn, on_closed);
    uv_close((uv_handle_t *)&k->sweep, on_closed);
}
