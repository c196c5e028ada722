/* metrics.h: counting, for /metrics.
 *
 *     worker ─▶ its shard (plain cells, written by its thread alone) ─┐
 *     worker ─▶ its shard ────────────────────────────────────────────┼─▶ summed when it is asked
 *
 * A thread counts into the shard that it has attached; without one (the sandbox's, the main thread)
 * counting does nothing. To count is an addition to a cell of the thread's own: no lock, no lookup
 * by name. */
#pragma once

#include "base/buf.h"
#include "metrics/table.h"

#include <stdbool.h>
#include <stdint.h>

struct metrics;

/* One shard per worker. NULL when memory is short. */
struct metrics *metrics_new(unsigned workers);
/* No thread has it attached any more. Accepts NULL. */
void metrics_free(struct metrics *m);

/* This thread counts into that worker's shard from now on; m NULL: it counts nothing any more. */
void metrics_attach(struct metrics *m, unsigned worker);

/* The value of the label "tool" for that name, the same each time; METRIC_UNKNOWN_TOOL when
 * LIMIT_METRIC_TOOLS others have one. m may be NULL. From one thread at a time, while others
 * count. */
#define METRIC_UNKNOWN_TOOL 0
unsigned metrics_tool(struct metrics *m, const char *name);

/* a and b are the values of the metric's labels, in the order of the table; 0 where it has none. */
void metrics_add(enum metric_id id, unsigned a, unsigned b, int64_t n);
static inline void metrics_count(enum metric_id id, unsigned a, unsigned b)
{
    metrics_add(id, a, b, 1);
}
void metrics_observe(enum metric_id id, unsigned a, unsigned b, uint64_t us);

/* For metrics that are set when they are asked for, on a thread with a shard of m. */
void metrics_set(struct metrics *m, enum metric_id id, int64_t value);

/* Two texts that differ in little: Prometheus' exposition format 0.0.4, and OpenMetrics 1.0. */
enum metrics_format { METRICS_TEXT, METRICS_OPEN };
/* All of them. Any thread. */
void metrics_write(const struct metrics *m, enum metrics_format format, struct buf *b);
