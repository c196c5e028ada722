#include "asana/gate_table.h"

#include "asana/gate_share.h"
#include "base/clock.h"
#include "base/limits.h"

#include <search.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* A search counts a little longer than its minute towards others: whoever renews one may have
 * looked at the clock a moment ago. */
#define SEARCH_SLACK_MS 1000

static const unsigned whole[GATE_KINDS] = {
    [GATE_READ] = LIMIT_GATE_READS,
    [GATE_WRITE] = LIMIT_GATE_WRITES,
    [GATE_SEARCH] = LIMIT_GATE_SEARCHES,
};

struct line {
    _Atomic uint64_t keepers; /* a bit for each that has passes in line */
    _Atomic uint64_t numbers; /* handed out */
    atomic_uint waiting;
    _Atomic uint64_t first[LIMIT_WORKERS];
};

struct gate {
    struct digest token; /* first: the tree compares it */
    struct gates *gates;
    unsigned holders;     /* keepers that know it, and the sharer; under the table's lock */
    void *lease;          /* the sharer's */
    atomic_bool is_asked; /* it is among those that want more; set under the table's lock */
    STAILQ_ENTRY(gate) wanting;
    atomic_uint limits[GATE_KINDS];
    _Atomic uint64_t until_ms; /* the limits hold; looked at whenever a place is taken */
    atomic_uint in_flight[2];  /* reads, writes */
    atomic_uint peaks[GATE_KINDS];
    struct line lines[GATE_KINDS];
    /* When each of the minute's searches was last made; 0: never. Those from the limit on are not
     * made again. */
    _Atomic uint64_t search_ms[LIMIT_GATE_SEARCHES];
};

struct gates {
    uint64_t (*now_ms)(void);
    atomic_uint spare; /* of each kind, that each gate has without being lent it */
    uv_mutex_t lock;   /* of all below */
    void *by_token;
    unsigned known;
    uv_async_t *wake[LIMIT_WORKERS];
    bool is_shared;
    bool is_left;       /* the sharer has been, and is gone */
    uv_async_t *sharer; /* NULL: not there yet, or gone */
    STAILQ_HEAD(, gate) wanting;
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
    STAILQ_INIT(&g->wanting);
    if (uv_mutex_init(&g->lock) == 0)
        return g;
    free(g);
    return NULL;
}

void gates_free(struct gates *g)
{
    struct gate *gate;
    if (!g)
        return;
    while ((gate = gates_take_wanting(g))) /* nobody has come to share them */
        gate_let_go(g, gate);
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

/* Nothing is lent to it yet, unless nobody shares. Under the lock. */
static void begin(struct gates *g, struct gate *gate)
{
    gate->gates = g;
    for (int kind = 0; kind < GATE_KINDS; kind++)
        atomic_init(&gate->limits[kind], g->is_shared ? 0 : whole[kind]);
    atomic_init(&gate->until_ms, g->is_shared ? 0 : UINT64_MAX);
    if (g->is_shared && !g->is_left)
        gate->holders++;
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
            begin(g, gate);
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

/* Nobody holds it any more. Under the lock. */
static void forget(struct gates *g, struct gate *gate)
{
    tdelete(gate, &g->by_token, compare);
    g->known--;
    free(gate);
}

void gate_let_go(struct gates *g, struct gate *gate)
{
    uv_mutex_lock(&g->lock);
    if (--gate->holders == 0)
        forget(g, gate);
    uv_mutex_unlock(&g->lock);
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

/* ---- sharing ---- */

void gates_share(struct gates *g)
{
    g->is_shared = true;
}

void gates_listen(struct gates *g, uv_async_t *sharer)
{
    uv_mutex_lock(&g->lock);
    g->sharer = sharer;
    g->is_left = !sharer;
    if (sharer)
        uv_async_send(sharer);
    uv_mutex_unlock(&g->lock);
}

/* What is lent, as long as that lasts. */
static unsigned lent(const struct gate *gate, enum gate_kind kind)
{
    unsigned limit = atomic_load(&gate->limits[kind]);
    uint64_t until = atomic_load(&gate->until_ms);
    return until == UINT64_MAX || gate->gates->now_ms() < until ? limit : 0;
}

static unsigned limit_of(const struct gate *gate, enum gate_kind kind)
{
    unsigned limit = lent(gate, kind), spare = atomic_load(&gate->gates->spare);
    return limit < spare ? spare : limit;
}

/* Its places may be too few. */
static void ask_for_more(struct gate *gate, enum gate_kind kind)
{
    struct gates *g = gate->gates;
    if (limit_of(gate, kind) >= whole[kind] || atomic_load(&gate->is_asked))
        return;
    uv_mutex_lock(&g->lock);
    if (!g->is_left && !atomic_exchange(&gate->is_asked, true)) {
        STAILQ_INSERT_TAIL(&g->wanting, gate, wanting);
        if (g->sharer)
            uv_async_send(g->sharer);
    }
    uv_mutex_unlock(&g->lock);
}

struct gate *gates_take_wanting(struct gates *g)
{
    uv_mutex_lock(&g->lock);
    struct gate *gate = STAILQ_FIRST(&g->wanting);
    if (gate) {
        STAILQ_REMOVE_HEAD(&g->wanting, wanting);
        atomic_store(&gate->is_asked, false);
    }
    uv_mutex_unlock(&g->lock);
    return gate;
}

bool gate_let_go_last(struct gates *g, struct gate *gate)
{
    uv_mutex_lock(&g->lock);
    bool last = gate->holders == 1 && !atomic_load(&gate->is_asked);
    if (last)
        forget(g, gate);
    uv_mutex_unlock(&g->lock);
    return last;
}

const struct digest *gate_token(const struct gate *gate)
{
    return &gate->token;
}

void *gate_lease(const struct gate *gate)
{
    return gate->lease;
}

void gate_set_lease(struct gate *gate, void *lease)
{
    gate->lease = lease;
}

unsigned gate_whole(enum gate_kind kind)
{
    return whole[kind];
}

static bool is_used(const struct gate *gate, unsigned search, uint64_t now)
{
    uint64_t at = atomic_load(&gate->search_ms[search]);
    return at && at + GATE_MINUTE_MS + SEARCH_SLACK_MS > now;
}

static unsigned used_searches(const struct gate *gate, unsigned from, uint64_t now)
{
    unsigned n = 0;
    for (unsigned i = from; i < LIMIT_GATE_SEARCHES; i++)
        n += is_used(gate, i, now);
    return n;
}

/* The limit is read before what goes on beyond it; whoever takes a place does it the other way
 * round. */
unsigned gate_held(const struct gate *gate, enum gate_kind kind)
{
    unsigned limit = lent(gate, kind);
    if (kind == GATE_SEARCH)
        return limit + used_searches(gate, limit, gate->gates->now_ms());
    unsigned n = atomic_load(&gate->in_flight[kind == GATE_WRITE]);
    return n > limit ? n : limit;
}

void gate_look(struct gate *gate, enum gate_kind kind, struct gate_demand *out)
{
    unsigned still = kind == GATE_SEARCH ? 0 : atomic_load(&gate->in_flight[kind == GATE_WRITE]);
    unsigned peak = atomic_exchange(&gate->peaks[kind], still);
    out->used = peak;
    if (kind == GATE_SEARCH)
        out->used = used_searches(gate, 0, gate->gates->now_ms());
    out->waiting = atomic_load(&gate->lines[kind].waiting);
    out->is_lively = peak || out->waiting;
}

/* As many of the minute's searches as fit, beside those that have been made beyond them. */
static unsigned searches_within(const struct gate *gate, unsigned number)
{
    uint64_t now = gate->gates->now_ms();
    unsigned limit = LIMIT_GATE_SEARCHES;
    unsigned beyond = 0;
    while (limit && limit + beyond > number)
        beyond += is_used(gate, --limit, now);
    return limit;
}

void gate_allow(struct gate *gate, enum gate_kind kind, unsigned number)
{
    unsigned limit = kind == GATE_SEARCH ? searches_within(gate, number) : number;
    if (limit > whole[kind])
        limit = whole[kind];
    atomic_store(&gate->limits[kind], limit);
    int first = gate_line_first(gate, kind);
    if (first >= 0)
        gate_wake(gate->gates, first);
}

bool gate_extend(struct gate *gate, uint64_t until_ms)
{
    bool lasts = gate->gates->now_ms() < atomic_load(&gate->until_ms);
    for (int kind = 0; kind < GATE_KINDS && !lasts; kind++)
        atomic_store(&gate->limits[kind], 0); /* what was lent then is not lent again by this */
    atomic_store(&gate->until_ms, until_ms);
    return lasts;
}

void gates_spare(struct gates *g, unsigned number)
{
    atomic_store(&g->spare, number);
}

static void note_peak(struct gate *gate, enum gate_kind kind, unsigned n)
{
    unsigned peak = atomic_load(&gate->peaks[kind]);
    while (peak < n)
        if (atomic_compare_exchange_weak(&gate->peaks[kind], &peak, n))
            break;
    if (n * 4 > limit_of(gate, kind) * 3)
        ask_for_more(gate, kind);
}

/* ---- places ---- */

static enum gate_kind place(enum gate_kind kind)
{
    return kind == GATE_WRITE ? GATE_WRITE : GATE_READ;
}

/* A limit that is lowered meanwhile is seen here, or the place is seen there. */
bool gate_take_place(struct gate *gate, enum gate_kind kind)
{
    atomic_uint *count = &gate->in_flight[kind == GATE_WRITE];
    unsigned n = atomic_load(count);
    do {
        if (n >= limit_of(gate, place(kind)))
            return false;
    } while (!atomic_compare_exchange_weak(count, &n, n + 1));
    if (n >= limit_of(gate, place(kind))) {
        atomic_fetch_sub(count, 1);
        return false;
    }
    if (n >= atomic_load(&gate->peaks[place(kind)]))
        note_peak(gate, place(kind), n + 1);
    return true;
}

void gate_return_place(struct gate *gate, enum gate_kind kind)
{
    atomic_fetch_sub(&gate->in_flight[kind == GATE_WRITE], 1);
}

bool gate_has_place(const struct gate *gate, enum gate_kind kind)
{
    return atomic_load(&gate->in_flight[kind == GATE_WRITE]) < limit_of(gate, place(kind));
}

/* ---- the searches of the minute ---- */

uint64_t gate_search_moment(const struct gate *gate, uint64_t now)
{
    uint64_t oldest = UINT64_MAX - GATE_MINUTE_MS;
    unsigned limit = limit_of(gate, GATE_SEARCH);
    for (unsigned i = 0; i < limit; i++) {
        uint64_t at = atomic_load(&gate->search_ms[i]);
        if (!at)
            return now;
        if (at < oldest)
            oldest = at;
    }
    return oldest + GATE_MINUTE_MS;
}

static bool is_allowed(const struct gate *gate, unsigned search)
{
    return search < limit_of(gate, GATE_SEARCH);
}

/* Each of them can be made once in any minute, so together they are never more than their number.
 */
bool gate_take_search(struct gate *gate, struct gate_pass *p, uint64_t now)
{
    for (unsigned i = 0; is_allowed(gate, i); i++) {
        uint64_t at = atomic_load(&gate->search_ms[i]);
        uint64_t before = at;
        if ((at && at + GATE_MINUTE_MS > now) ||
            !atomic_compare_exchange_strong(&gate->search_ms[i], &at, now))
            continue;
        if (!is_allowed(gate, i)) { /* as with places */
            uint64_t mine = now;
            atomic_compare_exchange_strong(&gate->search_ms[i], &mine, before);
            return false;
        }
        p->search = i;
        p->search_ms = now;
        note_peak(gate, GATE_SEARCH, i + 1);
        return true;
    }
    return false;
}

bool gate_renew_search(struct gate *gate, struct gate_pass *p, uint64_t now)
{
    uint64_t at = p->search_ms;
    if (!atomic_compare_exchange_strong(&gate->search_ms[p->search], &at, now))
        return false;
    bool lasts = now < atomic_load(&gate->until_ms);
    if ((!lasts || at + GATE_MINUTE_MS <= now) && !is_allowed(gate, p->search)) {
        uint64_t mine = now; /* it has been given away, or nobody knows that it goes on */
        atomic_compare_exchange_strong(&gate->search_ms[p->search], &mine, at);
        return false;
    }
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
    atomic_fetch_add(&gate->lines[line].waiting, 1);
    ask_for_more(gate, line);
    return atomic_fetch_add(&gate->lines[line].numbers, 1);
}

void gate_line_left(struct gate *gate, enum gate_kind line)
{
    atomic_fetch_sub(&gate->lines[line].waiting, 1);
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
