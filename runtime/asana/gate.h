/* gate.h: Asana's limits per token, kept on our side so that Asana never has to refuse
 * (developers.asana.com/docs/rate-limits): so many reads and writes in flight, so many searches a
 * minute. What exceeds them waits its turn: first come, first served, whichever worker it came to.
 *
 *     gates   one per process: a gate per token, counters that all workers share without locks
 *     keeper  one per worker: its passes, those that wait in lines
 *     pass    one request's permission, inside the request; the caller owns it
 *
 *              ┌──▶ line of searches ──(a search of this minute is free)──┐
 *     outside ─┤                                                          ▼
 *              └────────────────────────▶ line of reads or writes ──▶ inside ──▶ outside
 *
 * A line that nobody stands in is passed at once. A gate is named by the token's digest; the token
 * itself never comes here. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

struct gates;
struct gate_keeper;
struct held;

enum gate_kind { GATE_READ, GATE_WRITE, GATE_SEARCH, GATE_KINDS };

/* At most LIMIT_GATE_READS reads (searches count as reads, too) and LIMIT_GATE_WRITES writes in
 * flight, LIMIT_GATE_SEARCHES searches in any minute; LIMIT_GATE_WAITING passes in line per token
 * and worker. Any thread. NULL when memory is short. */
struct gates *gates_new(void);
void gates_free(struct gates *g); /* after all keepers; accepts NULL */
/* For tests: what time it is in milliseconds, never 0, instead of clock_ms(). Before any keeper;
 * called on all keepers' threads. */
void gates_use_clock(struct gates *g, uint64_t (*now_ms)(void));
/* The limits are shared with other processes: each gate has the part that is lent to it
 * (gate_share.h), nothing at first. Before any keeper. */
void gates_share(struct gates *g);
/* Tokens that some keeper knows at the moment. Any thread. */
unsigned gates_known(struct gates *g);

/* On the worker's thread, like everything below. NULL when memory is short, or LIMIT_WORKERS
 * keepers of these gates live. */
struct gate_keeper *gate_keeper_new(struct gates *g, uv_loop_t *loop);
/* Its passes are outside from now on: those that waited are forgotten, the places of the others are
 * given back. Not from within granted(). The loop has to run once more. Accepts NULL. */
void gate_keeper_free(struct gate_keeper *k);
/* Forgets the tokens that have not been used for a minute; the keeper does so by itself every
 * minute. */
void gate_keeper_sweep(struct gate_keeper *k);

struct gate_pass {
    /* Called on a later turn of the loop when a pass that waited may go: it is inside then. */
    void (*granted)(struct gate_pass *p);
    /* Private; zeroed before the first use. */
    struct gate_keeper *keeper;
    struct held *held;
    enum gate_kind kind;
    enum gate_kind line; /* that it waits in; a search waits in two, one after the other */
    enum { PASS_OUTSIDE, PASS_WAITING, PASS_INSIDE } state;
    uint64_t since_us;  /* clock_us() when it got into its line */
    uint64_t number;    /* in its line, counted over all workers */
    unsigned search;    /* which of the minute's searches it is … */
    uint64_t search_ms; /* … and since when */
    TAILQ_ENTRY(gate_pass) link;
};

enum gate_entry {
    GATE_ENTERED,
    GATE_WAITING, /* granted() will be called */
    GATE_FULL,    /* the line is at its ceiling, too many tokens are in use, or memory is short */
};

/* The pass is outside before, and must not move until it is outside again. */
enum gate_entry gate_enter(struct gate_keeper *k, const struct digest *token, enum gate_kind kind,
                           struct gate_pass *p);
/* Gives the place back, or leaves the line: granted() will not be called. Does nothing for a pass
 * that is outside, also after its keeper is gone. */
void gate_leave(struct gate_pass *p);
