/* replay.h: what a Streamable HTTP session has said on its event streams and may have to say again
 * to a client that comes back (specification 2025-11-25, "Resumability and Redelivery").
 *
 * A session has streams: those that answer a POST, and those that a GET opened to listen. Each
 * numbers its messages from 1. What is kept is bounded in bytes, messages and streams (limits.h);
 * the oldest goes first. Messages for a listening client that is not there wait without a number
 * for the next one that comes. Pure data; one thread. */
#pragma once

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct replay_message;

struct replay_stream {
    uint64_t name;
    bool listening; /* opened by a GET */
    bool complete;  /* nothing more will be said on it */
    uint32_t said;  /* number of its last message */
    uint32_t lost;  /* messages up to this number are not kept any more */
    void *reader;   /* whoever hears it now; the owner of the replay's own; NULL: nobody */
    TAILQ_ENTRY(replay_stream) link;
};

struct replay {
    TAILQ_HEAD(replay_messages, replay_message) messages; /* oldest first */
    TAILQ_HEAD(replay_streams, replay_stream) streams;    /* likewise */
    size_t bytes, count, stream_count;
    size_t *total; /* bytes of all replays of a worker; borrowed */
};

void replay_init(struct replay *r, size_t *total);
/* All readers are gone, or forgotten. */
void replay_done(struct replay *r);

/* A new stream, which the replay owns. When there is no room the oldest that nobody reads makes
 * some. NULL when every stream has a reader, or memory is short. */
struct replay_stream *replay_open(struct replay *r, uint64_t name, bool listening);
struct replay_stream *replay_find(struct replay *r, uint64_t name);
void replay_close(struct replay *r, struct replay_stream *s);

/* Keeps a message under the next number of its stream, which is returned, kept or not. An empty one
 * only takes a number. */
uint32_t replay_say(struct replay *r, struct replay_stream *s, struct slice message,
                    uint64_t now_ms);
/* Keeps a message for the next listening stream. */
void replay_wait(struct replay *r, struct slice message, uint64_t now_ms);
/* Gives waiting messages to a stream: they get its next numbers. */
void replay_adopt(struct replay *r, struct replay_stream *s);

/* Calls each(ctx, number, message) for what was said after that number. False, and nothing is
 * called, when some of it is not kept any more. */
bool replay_after(struct replay *r, const struct replay_stream *s, uint32_t number,
                  void (*each)(void *ctx, uint32_t number, struct slice message), void *ctx);

/* Forgets messages from before that moment, and complete streams without messages or a reader. */
void replay_expire(struct replay *r, uint64_t before_ms);
