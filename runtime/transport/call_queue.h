/* call_queue.h: calls for which there is no place wait, each in the line of its person, and the
 * lines have their turns (turns.h): who has one call waiting waits for one of everybody else's at
 * most, and who floods waits for themselves.
 *
 *           ┌──(room, and nobody waits)──────────────────────▶ goes ──▶ call_queue_end()
 *     enter ┤                 ┌──(its turn, and a place)─────▶ goes
 *           └──▶ waits ───────┼──(too many wait, or too long)─▶ refused
 *                             └──call_queue_leave()
 *
 * One queue for all workers of a process; the ceilings that it looks after (ceiling.h) are those of
 * the process, too. One worker, the usher, keeps it, and the others hand him their calls by mail
 * and get them back with a verdict: so turns hold among all workers, and nothing is locked. Whoever
 * ends a call while some wait tells him. While nobody waits a call costs a look at one counter more
 * than the ceilings do, and no mail.
 *
 * When too many wait in all, the last one in the longest line goes, so that nobody can fill the
 * queue against others. */
#pragma once

#include "transport/ceiling.h"
#include "worker/mailbox.h"

#include <stdint.h>
#include <uv.h>

struct call_queue;
struct call_ticket; /* one call that waits */

struct call_queue_limits {
    unsigned all;        /* 0: nobody waits, all that find no place are refused */
    unsigned per_person; /* 0: as many as in all */
    unsigned wait_ms;
};

enum call_verdict {
    CALL_GOES,      /* until call_queue_end() */
    CALL_WAITS,     /* decided() will be called with one of the others */
    CALL_OWN_FULL,  /* this person has as many running as they may have */
    CALL_FULL,      /* all places are taken, and nobody waits for them here */
    CALL_QUEUE_OWN, /* as many of this person wait as may */
    CALL_QUEUE_ALL, /* too many wait in all */
    CALL_LATE,      /* its turn did not come in time */
    CALL_STOPPED,   /* the server stops */
};

/* NULL when memory is short. */
struct call_queue *call_queue_new(void);
/* All workers have ended. Accepts NULL. */
void call_queue_free(struct call_queue *q);

/* The usher's thread: this worker keeps the queue, from before the first call until it closes it.
 * Who waits then hears CALL_STOPPED. The loop has to run once more. */
void call_queue_open(struct call_queue *q, uv_loop_t *loop, struct mailbox *mailbox);
void call_queue_close(struct call_queue *q);
/* What holds from now on for those that wait. The usher's thread. */
void call_queue_limit(struct call_queue *q, const struct ceiling_limits *ceiling,
                      const struct call_queue_limits *limits);

/* On the thread of the worker with the mailbox home, like all below. decided() is called once, on a
 * later turn of the loop, and *out is gone then; neither happens unless the verdict is CALL_WAITS.
 * When memory is short the queue is full. */
typedef void call_decided_fn(void *ctx, enum call_verdict verdict);
enum call_verdict call_queue_enter(struct call_queue *q, struct mailbox *home,
                                   const struct ceiling_limits *ceiling,
                                   const struct call_queue_limits *limits, uint64_t person,
                                   call_decided_fn *decided, void *ctx, struct call_ticket **out);
/* It does not want to go any more; t is gone. Its place in line is free at once. */
void call_queue_leave(struct call_ticket *t);
/* A call that went has ended. */
void call_queue_end(struct call_queue *q, uint64_t person);
