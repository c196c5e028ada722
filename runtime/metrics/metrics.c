#include "metrics/metrics.h"

#include "metrics/metrics_priv.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local struct metrics_shard *shard;

static size_t lay_out(struct metrics *m)
{
    size_t cells = 0;
    for (int id = 0; id < METRICS; id++) {
        const struct metric *row = &metric_table[id];
        m->at[id] = cells;
        cells += metric_values(row, 0) * metric_values(row, 1) * metric_width(row);
    }
    return cells;
}

struct metrics *metrics_new(unsigned workers)
{
    struct metrics *m = calloc(1, sizeof(*m) + workers * sizeof(*m->shards));
    if (!m)
        return NULL;
    m->workers = workers;
    size_t cells = lay_out(m);
    /* Most cells are those of tools that nobody calls: their pages are never touched. */
    for (unsigned i = 0; i < workers; i++) {
        m->shards[i] = calloc(1, sizeof(**m->shards) + cells * sizeof(*m->shards[i]->cells));
        if (!m->shards[i]) {
            metrics_free(m);
            return NULL;
        }
        m->shards[i]->of = m;
    }
    if (metrics_tool(m, "unknown") == METRIC_UNKNOWN_TOOL && m->tools == 1)
        return m;
    metrics_free(m);
    return NULL;
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    for (unsigned i = 0; i < m->workers; i++)
        free(m->shards[i]);
    for (unsigned i = 0; i < m->tools; i++)
        free(m->tool_names[i]);
    free(m);
}

void metrics_attach(struct metrics *m, unsigned worker)
{
    shard = m && worker < m->workers ? m->shards[worker] : NULL;
}

unsigned metrics_tool(struct metrics *m, const char *name)
{
    unsigned known = m ? atomic_load_explicit(&m->tools, memory_order_relaxed) : 0;
    for (unsigned i = 0; i < known; i++)
        if (strcmp(m->tool_names[i], name) == 0)
            return i;
    char *copy = m && known < LIMIT_METRIC_TOOLS ? strdup(name) : NULL;
    if (!copy)
        return METRIC_UNKNOWN_TOOL;
    m->tool_names[known] = copy;
    atomic_store_explicit(&m->tools, known + 1, memory_order_release);
    return known;
}

/* Nobody else writes it, so that no locked instruction is needed. */
static void add(atomic_int_least64_t *cell, int64_t n)
{
    atomic_store_explicit(cell, atomic_load_explicit(cell, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

/* The cells of one combination; NULL when there is no shard, or no such combination. */
static atomic_int_least64_t *find(enum metric_id id, unsigned a, unsigned b)
{
    const struct metric *row = &metric_table[id];
    size_t seconds = metric_values(row, 1);
    if (!shard || a >= metric_values(row, 0) || b >= seconds)
        return NULL;
    return &shard->cells[shard->of->at[id] + (a * seconds + b) * metric_width(row)];
}

void metrics_add(enum metric_id id, unsigned a, unsigned b, int64_t n)
{
    atomic_int_least64_t *cell = find(id, a, b);
    if (cell)
        add(cell, n);
}

void metrics_observe(enum metric_id id, unsigned a, unsigned b, uint64_t us)
{
    const struct metric *row = &metric_table[id];
    atomic_int_least64_t *cells = find(id, a, b);
    size_t bucket = 0;
    if (!cells)
        return;
    while (bucket < row->bounds_count && us > row->bounds[bucket])
        bucket++;
    add(&cells[bucket], 1);
    add(&cells[row->bounds_count + 1], (int64_t)us);
}

void metrics_set(struct metrics *m, enum metric_id id, int64_t value)
{
    atomic_store_explicit(&m->values[id], value, memory_order_relaxed);
}
