/* metrics_priv.h: between counting (metrics.c) and telling (write.c).
 *
 * A shard's cells, for each metric in the table's order: for each value of the first label, for
 * each value of the second, one cell, or a histogram's: its buckets, the last without a bound, and
 * the sum. */
#pragma once

#include "base/limits.h"
#include "metrics/metrics.h"

#include <stdatomic.h>

struct metrics_shard {
    const struct metrics *of;
    atomic_int_least64_t cells[];
};

struct metrics {
    size_t at[METRICS]; /* where each metric's cells begin */
    atomic_uint tools;  /* names so far; those before it do not change any more */
    char *tool_names[LIMIT_METRIC_TOOLS];
    atomic_int_least64_t values[METRICS]; /* those that are set when they are asked for */
    unsigned workers;
    struct metrics_shard *shards[];
};

/* Cells of one combination of labels, at most METRIC_WIDTH_MAX. */
#define METRIC_WIDTH_MAX 16
static inline size_t metric_width(const struct metric *m)
{
    return m->kind == METRIC_HISTOGRAM ? m->bounds_count + 2 : 1;
}

static inline size_t metric_values(const struct metric *m, unsigned label)
{
    return m->labels[label].name ? m->labels[label].count : 1;
}
