/* ask.h: one request to Asana until it is answered: waits its turn, sends, waits out a 429, repeats
 * what may be repeated.
 *
 *     in line ──▶ sent ──▶ answered ──▶ done      (two lines: the token's, and the worker's)
 *        ▲          │
 *        └─ pause ◀─┘ Retry-After, or backoff when the request may be repeated; a new token after
 * 401
 *
 * In both a token waits for itself: a gate is one token's, and in the worker's line tokens have
 * their turns (turns.h). All of it happens within one deadline. One worker's thread. */
#pragma once

#include "asana/accepted.h"
#include "asana/client.h"
#include "asana/gate.h"
#include "asana/req.h"
#include "base/secret.h"

#include <stdbool.h>

/* Where a new token comes from when Asana does not take one any more: once per question. fresh is
 * called on a later turn, with NULL when there is none, and not at all when whoever renews stops
 * first: then the asks that wait are to be cancelled, which cancel() has to bear. renew() gives
 * NULL when nobody knows that token. */
struct asana_renewal;
typedef void asana_fresh_fn(void *ctx, const struct secret *token);
struct asana_renewer {
    void *ctx;
    struct asana_renewal *(*renew)(void *ctx, const struct secret *stale, asana_fresh_fn *fresh,
                                   void *fresh_ctx);
    void (*cancel)(struct asana_renewal *r);
};

/* What one loop asks with. The struct belongs to its caller and must not move. */
struct asana_asker {
    uv_loop_t *loop;
    struct asana_client *client;
    struct gate_keeper *keeper;      /* NULL: no limits */
    struct turns *turns;             /* of those that wait for a connection */
    struct asana_accepted *accepted; /* tokens that work; NULL: nobody remembers */
    unsigned at_once;                /* requests under way: LIMIT_ASANA_AT_ONCE */
    unsigned deadline_ms;            /* of one question, waiting included: the options' deadline */
    const struct asana_renewer *renewer; /* NULL: tokens are what they are */
};

/* gates may be NULL. On failure nothing is left open. */
bool asana_asker_open(struct asana_asker *a, uv_loop_t *loop, struct gates *gates,
                      const struct asana_client_options *options, struct err *err);
/* All its asks have ended or been cancelled. Accepts a zeroed struct. The loop has to run once more
 * before it is closed. */
void asana_asker_close(struct asana_asker *a);

struct asana_ask;

/* Takes the request's buffers (r is empty afterwards, also on failure); borrows token for the
 * duration of this call. r->deadline_ms may shorten the asker's deadline. done is called once, on a
 * later turn of the loop; by then the place at the gate is free again, and elapsed_ms counts from
 * here. NULL with err set when the request cannot be sent as it is, memory is short, or too much
 * waits already. */
struct asana_ask *asana_ask(const struct asana_asker *asker, struct asana_req *r,
                            const struct secret *token, asana_done_fn *done, void *ctx,
                            struct err *err);
/* No callback will come. At any time before done is called. */
void asana_ask_cancel(struct asana_ask *a);

/* What went wrong with one request so far; zeroed before its first answer. */
struct asana_tries {
    unsigned limited; /* 429 */
    unsigned faults;  /* anything else that may pass */
    unsigned failed;  /* 500, among the faults */
};

/* Counts the answer, and says how long to pause before sending again, in milliseconds; -1: the
 * answer stands. left_ms is what the deadline leaves, jitter is in 0..999. Pure. */
int64_t asana_retry_pause(const struct asana_answer *answer, struct asana_tries *tries,
                          uint64_t left_ms, unsigned jitter);
