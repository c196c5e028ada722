/* gate.h: Asana's limits per token, kept on our side so that Asana never has to refuse
 * (developers.asana.com/docs/rate-limits): so many reads and writes in flight, so many searches a
 * minute. What exceeds them waits its turn.
 *
 *     gates   one per process: a gate per token, counters that all workers share without locks
 *     keeper  one per worker: its line of passes that wait, first come first served
 *     pass    one request's permission, inside the request; the caller owns it
 *
 * A gate is named by the token's digest; the token itself never comes here. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct gates;
struct gate_keeper;
struct held;

enum gate_kind { GATE_READ, GATE_WRITE, GATE_SEARCH, GATE_KINDS };

/* At most LIMIT_GATE_READS reads (searches count as reads, too) and LIMIT_GATE_WRITES writes in
 * flight, LIMIT_GATE_SEARCHES searches a minute; LIMIT_GATE_WAITING passes in line per token and
 * worker. Any thread. NULL when memory is short. */
struct gates *gates_new(void);
void gates_free(struct gates *g); /* after all keepers */

/* On the worker's thread, like everything below. The loop has to run once more after
 * gate_keeper_free(). */
struct gate_keeper *gate_keeper_new(struct gates *g,
                                    uv_loop_t *loop); /* at most LIMIT_WORKERS of one table */
void gate_keeper_free(struct gate_keeper *k); /* passes that wait are forgotten; accepts NULL */

struct gate_pass {
    /* Called on a later turn of the loop when a pass that waited may go. */
    void (*granted)(struct gate_pass *p);
    /* Private. */
    struct gate_keeper *keeper;
    struct held *held;
    enum gate_kind kind;
    enum { PASS_OUTSIDE, PASS_WAITING, PASS_INSIDE } state;
    uint64_t not_before_ms; /* a search's place in the minute */
    struct gate_pass *next, *prev;
};

enum gate_entry {
    GATE_ENTERED,
    GATE_WAITING, /* granted() will be called */
    GATE_FULL,    /* the line is at its ceiling, or memory is short */
};

enum gate_entry gate_enter(struct gate_keeper *k, const struct digest *token, enum gate_kind kind,
                           struct gate_pass *p);
/* Gives the place back, or leaves the line. Does nothing for a pass that is outside. */
void gate_leave(struct gate_pass *p);
