#include "asana/gate_table.h"

#include "base/clock.h"
#include "base/limits.h"

#include <search.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct line {
    _Atomic uint64_t keepers; /* a bit for each that has passes in line */
    _Atomic uint64_t numbers; /* handed out */
    _Atomic uint64_t first[LIMIT_WORKERS];
};

struct gate {
    struct digest token;      /* first: the tree compares it */
    unsigned holders;         /* keepers that know it; under the table's lock */
    atomic_uint in_flight[2]; /* reads, writes */
    struct line lines[GATE_KINDS];
    /* When each of the minute's searches was last made; 0: never. */
    _Atomic uint64_t search_ms[LIMIT_GATE_SEARCHES];
};

struct gates {
    uint64_t (*now_ms)(void);
    uv_mutex_t lock; /* of all below */
    void *by_token;
    unsigned known;
    uv_async_t *wake[LIMIT_WORKERS];
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
    g->now_ms = clock_ms;
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

void gates_use_clock(struct gates *g, uint64_t (*now_ms)(void))
{
    g->now_ms = now_ms;
}

uint64_t gate_table_now(const struct gates *g)
{
    return g->now_ms();
}

unsigned gates_known(struct gates *g)
{
    uv_mutex_lock(&g->lock);
    unsigned n = g->known;
    uv_mutex_unlock(&g->lock);
    return n;
}

struct gate *gate_hold(struct gates *g, const struct digest *token)
{
    struct gate *gate = NULL;
    uv_mutex_lock(&g->lock);
    struct gate *const *found = tfind(token, &g->by_token, compare);
    if (found) {
        gate = *found;
    } else if ((gate = calloc(1, sizeof(*gate)))) {
        gate->token = *token;
        if (tsearch(gate, &g->by_token, compare)) {
            g->known++;
        } else {
            free(gate);
            gate = NULL;
        }
    }
    if (gate)
        gate->holders++;
    uv_mutex_unlock(&g->lock);
    return gate;
}

void gate_let_go(struct gates *g, struct gate *gate)
{
    uv_mutex_lock(&g->lock);
    bool last = --gate->holders == 0;
    if (last) {
        tdelete(gate, &g->by_token, compare);
        g->known--;
    }
    uv_mutex_unlock(&g->lock);
    if (last)
        free(gate);
}

/* ---- keepers ---- */

int gate_index_take(struct gates *g, uv_async_t *wake)
{
    int index = 0;
    uv_mutex_lock(&g->lock);
    while (index < LIMIT_WORKERS && g->wake[index])
        index++;
    if (index < LIMIT_WORKERS)
        g->wake[index] = wake;
    uv_mutex_unlock(&g->lock);
    return index < LIMIT_WORKERS ? index : -1;
}

void gate_index_return(struct gates *g, int index)
{
    if (index < 0)
        return;
    uv_mutex_lock(&g->lock);
    g->wake[index] = NULL;
    uv_mutex_unlock(&g->lock);
}

/* Under the lock, so that the keeper cannot go away meanwhile. */
void gate_wake(struct gates *g, int index)
{
    uv_mutex_lock(&g->lock);
    if (g->wake[index])
        uv_async_send(g->wake[index]);
    uv_mutex_unlock(&g->lock);
}

/* ---- places ---- */

static unsigned places(enum gate_kind kind)
{
    return kind == GATE_WRITE ? LIMIT_GATE_WRITES : LIMIT_GATE_READS;
}

bool gate_take_place(struct gate *gate, enum gate_kind kind)
{
    atomic_uint *count = &gate->in_flight[kind == GATE_WRITE];
    unsigned n = atomic_load(count);
    while (n < places(kind))
        if (atomic_compare_exchange_weak(count, &n, n + 1))
            return true;
    return false;
}

void gate_return_place(struct gate *gate, enum gate_kind kind)
{
    atomic_fetch_sub(&gate->in_flight[kind == GATE_WRITE], 1);
}

bool gate_has_place(const struct gate *gate, enum gate_kind kind)
{
    return atomic_load(&gate->in_flight[kind == GATE_WRITE]) < places(kind);
}

/* ---- the searches of the minute ---- */

uint64_t gate_search_moment(const struct gate *gate, uint64_t now)
{
    uint64_t oldest = UINT64_MAX;
    for (unsigned i = 0; i < LIMIT_GATE_SEARCHES; i++) {
        uint64_t at = atomic_load(&gate->search_ms[i]);
        if (!at)
            return now;
        if (at < oldest)
            oldest = at;
    }
    return oldest + GATE_MINUTE_MS;
}

/* Each of them can be made once in any minute, so together they are never more than their number.
 */
bool gate_take_search(struct gate *gate, struct gate_pass *p, uint64_t now)
{
    for (unsigned i = 0; i < LIMIT_GATE_SEARCHES; i++) {
        uint64_t at = atomic_load(&gate->search_ms[i]);
        if ((!at || at + GATE_MINUTE_MS <= now) &&
            atomic_compare_exchange_strong(&gate->search_ms[i], &at, now)) {
            p->search = i;
            p->search_ms = now;
            return true;
        }
    }
    return false;
}

bool gate_renew_search(struct gate *gate, struct gate_pass *p, uint64_t now)
{
    uint64_t at = p->search_ms;
    if (!atomic_compare_exchange_strong(&gate->search_ms[p->search], &at, now))
        return false;
    p->search_ms = now;
    return true;
}

void gate_return_search(struct gate *gate, const struct gate_pass *p)
{
    uint64_t at = p->search_ms;
    atomic_compare_exchange_strong(&gate->search_ms[p->search], &at, 0);
}

/* ---- lines ---- */

uint64_t gate_line_number(struct gate *gate, enum gate_kind line)
{
    return atomic_fetch_add(&gate->lines[line].numbers, 1);
}

void gate_line_show(struct gate *gate, enum gate_kind line, int index,
                    const struct gate_pass *first)
{
    struct line *l = &gate->lines[line];
    uint64_t bit = UINT64_C(1) << index;
    if (first) {
        atomic_store(&l->first[index], first->number);
        atomic_fetch_or(&l->keepers, bit);
    } else {
        atomic_fetch_and(&l->keepers, ~bit);
    }
}

bool gate_line_stands(const struct gate *gate, enum gate_kind line)
{
    return atomic_load(&gate->lines[line].keepers) != 0;
}

int gate_line_first(const struct gate *gate, enum gate_kind line)
{
    const struct line *l = &gate->lines[line];
    int best = -1;
    uint64_t lowest = UINT64_MAX;
    uint64_t keepers = atomic_load(&l->keepers);
    for (int i = 0; keepers; i++, keepers >>= 1) {
        uint64_t number = keepers & 1 ? atomic_load(&l->first[i]) : UINT64_MAX;
        if (number < lowest) {
            lowest = number;
            best = i;
        }
    }
    return best;
}
