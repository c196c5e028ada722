/* bus.h: one worker's way to the workers of other nodes: letters (letter.h) over Redis'
 * publish/subscribe.
 *
 *     bus_post ──PUBLISH──▶ taken: somebody there listens
 *                  ├─ nobody does, nor has that worker any connection ──▶ gone
 *                  ├─ it has, and listens again soon ──▶ taken; else unreachable (absent.h)
 *                  └─ no Redis ──▶ unreachable
 *
 * Every worker of every node listens to a channel of its own, and to one for all. Letters of one
 * sender to one receiver arrive in order, each at most once; after a lost connection some may be
 * missing (bus_on_lost). A node with which letters were exchanged is looked after until it is gone.
 * Right after Redis came back others may not listen again yet: then nobody is taken for gone.
 * Letters are sealed (envelope.h); those that do not open, or come again, are counted and ignored.
 * Everything on the loop's thread. */
#pragma once

#include "base/err.h"
#include "base/place.h"
#include "base/slice.h"
#include "bus/letter.h"

#include <stdbool.h>
#include <uv.h>

struct bus;
struct bus_key;
struct redis_address;

/* Starts connecting. redis and key are borrowed until bus_close(); until the key is known nothing
 * can be sent, and what comes is dropped. */
bool bus_open(uv_loop_t *loop, const struct redis_address *redis, const struct bus_key *key,
              struct place here, struct bus **out, struct err *err);
/* Letters are dropped as they come from now on. Whoever waits is called with BUS_CLOSED at once,
 * nobody is called later, and what is posted already is still sent while the loop runs: sent is
 * called once Redis has it all, now or on a later turn, after LIMIT_BUS_PART_MS at the latest, but
 * not after bus_close(). It may be NULL. */
void bus_stop(struct bus *b, void (*sent)(void *ctx), void *ctx);
/* The loop has to run once more before it is closed. Accepts NULL. */
void bus_close(struct bus *b);
/* Whether letters can be sent now, as far as is known. */
bool bus_is_up(const struct bus *b);
/* Whether others have been able to write here at all; heard is called once, when they are. */
bool bus_hears(const struct bus *b);
void bus_on_hearing(struct bus *b, void (*heard)(void *ctx), void *ctx);

/* What a letter of that kind does; letter is borrowed. One receiver per kind. */
typedef void bus_take_fn(void *ctx, const struct letter *letter);
void bus_on(struct bus *b, enum letter_kind kind, bus_take_fn *take, void *ctx);
/* A node is gone, with all that was there. One more receiver each time, at most BUS_WATCHERS. */
#define BUS_WATCHERS 4
void bus_on_gone(struct bus *b, void (*gone)(void *ctx, uint32_t node), void *ctx);
/* Letters to this place may have been lost: others can be asked what they said. Called when this
 * place listens again, and once more when all others have had the time to, too. Likewise. */
void bus_on_lost(struct bus *b, void (*lost)(void *ctx), void *ctx);

/* Twice a second, while others can be asked and are expected to listen. Likewise. */
void bus_on_look(struct bus *b, void (*looks)(void *ctx), void *ctx);

enum bus_fate {
    BUS_DONE,        /* a post was taken; a question has its answer */
    BUS_GONE,        /* that node is there no more */
    BUS_UNREACHABLE, /* Redis cannot be asked, or no answer came in time */
    BUS_CLOSED,      /* the bus was stopped first: ctx is all that may be touched */
};
/* Called once, on a later turn; answer is borrowed, and empty but for a question that is done. */
typedef void bus_done_fn(void *ctx, enum bus_fate fate, struct slice answer);

/* Sends a letter (payload is copied), waiting up to LIMIT_BUS_POST_MS for a Redis that is slow, and
 * LIMIT_REDIS_GRACE_MS for one that is away.
 * done may be NULL. False when memory is short, the letter is over LIMIT_BUS_LETTER or the bus has
 * been stopped: nothing is called. */
bool bus_post(struct bus *b, struct place to, enum letter_kind kind, struct slice payload,
              bus_done_fn *done, void *ctx);
/* The same to every other node's every worker. */
bool bus_broadcast(struct bus *b, enum letter_kind kind, struct slice payload);
/* A letter that is answered within LIMIT_BUS_ANSWER_MS, or not at all. */
bool bus_ask(struct bus *b, struct place to, enum letter_kind kind, struct slice payload,
             bus_done_fn *done, void *ctx);
void bus_answer(struct bus *b, const struct letter *question, struct slice payload);

/* A random value that all nodes have in common: the first of them makes it, Redis keeps it, sealed
 * under a secret that they all know and Redis does not (empty: who reads Redis can read it). agreed
 * is called once, when it is known. Should Redis lose it, a node that is still there puts it back.
 * Called again with another secret, it puts the same value there under that one, too: who starts
 * with it belongs to the others. One bus of a process is enough. */
#define BUS_COMMON 32
typedef void bus_agreed_fn(void *ctx, const uint8_t value[BUS_COMMON]);
void bus_agree(struct bus *b, struct slice secret, bus_agreed_fn *agreed, void *ctx);
