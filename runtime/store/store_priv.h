/* store_priv.h: between the façade (store.c) and its engines.
 *
 * A step is one struct store_work: a copy of its operations, made by the façade, and the reply,
 * filled by the engine. An engine carries steps out and ends each with store_work_end() on the
 * thread of its loop, or drops it with store_work_free() when it has been cancelled. Who holds a
 * step may use it; it is never used by two threads at a time. */
#pragma once

#include "base/arena.h"
#include "store/store.h"

/* Why the engine could not be asked, for the log. */
#define STORE_DETAIL 200

struct store_work {
    struct store *store;
    store_done_fn *done;
    void *ctx;

    const struct store_op *ops; /* none: housekeeping instead (store_sweep) */
    size_t n;
    int64_t now;
    uint64_t started_us; /* clock_us() */
    size_t bytes;        /* that the step keeps while it waits */
    bool reads_only;     /* GET and LIST */
    bool kept;           /* set by done to keep the reply: who set it frees the work */

    struct arena *memory; /* the records of the reply; made when the first is read */
    struct store_answer *answers;
    struct store_result result;
    bool more; /* of housekeeping: there may be more to delete */
    char detail[STORE_DETAIL];
};

/* What an engine does; the loop's thread calls run, cancel and leave. */
struct store_engine {
    const char *schemes[4]; /* of "sqlite:PATH" */
    size_t work_size;       /* of its own struct, which begins with a struct store_work */
    /* where: the whole, scheme included */
    bool (*open)(const char *where, const struct redis_files *files, struct store **out,
                 struct err *err);
    void (*close)(struct store *s);
    /* Takes the work, unless memory is short (false). */
    bool (*run)(struct store *s, uv_loop_t *loop, struct store_work *w);
    void (*cancel)(struct store_work *w);
    void (*leave)(struct store *s, uv_loop_t *loop);
};

/* An engine's own struct begins with this. */
struct store {
    const struct store_engine *engine;
    unsigned deadline_ms; /* of one step, from run to answer */
};

extern const struct store_engine store_sqlite;
extern const struct store_engine store_redis;

/* For tests, before the first step: instead of LIMIT_STORE_DEADLINE_MS. */
void store_set_deadline(struct store *s, unsigned ms);

/* A step with copies of the operations, zero bytes after its struct store_work; false with err when
 * they are over their limits or memory is short. n of 0 is housekeeping. */
bool store_work_new(struct store *s, const struct store_op *ops, size_t n, int64_t now,
                    struct store_work **out, struct err *err);
void store_work_free(struct store_work *w); /* accepts NULL */
/* Counts how long the step took, for /metrics: engines that answer without store_work_end(). */
void store_work_measure(const struct store_work *w, enum store_outcome outcome);
/* Counts it, calls done, and frees the work unless done has kept it. */
void store_work_end(struct store_work *w);

/* Copies a record to the end of what operation i has read; false when memory is short. */
bool store_work_record(struct store_work *w, size_t i, const struct store_record *r);
/* The step's outcome; what has been read is forgotten unless it is done. */
void store_work_done(struct store_work *w);
void store_work_conflict(struct store_work *w, size_t failed_op);
void store_work_down(struct store_work *w, const char *detail);
