/* roster.h: what the store says of this worker's sessions, for the operator (`asana-mcp sessions`):
 * who is connected, with what, where, since when. And of the node itself: a sign of life, so that
 * nobody takes what a dead one left for the truth.
 *
 * Off the way of requests: once a second what has begun, was used or has ended is written, some
 * records a step. A store that is down is told later. One worker's thread; worker 0 speaks for the
 * node. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"
#include "worker/worker.h"

#include <stdbool.h>
#include <stdint.h>

struct roster;

/* A random name for this node that no other one has, as far as the store can be asked: letters
 * between nodes go by it. Blocks, for as long as the store takes. */
uint32_t roster_claim(struct store *store);

/* shared: other nodes have the same store. The store outlives the roster. */
bool roster_open(struct worker *w, struct store *store, bool shared, struct roster **out,
                 struct err *err);
/* The sessions are gone. The loop has to run once more. Accepts NULL. */
void roster_close(struct roster *r);
/* The node has stopped: what it left is not shown any more. Blocks, for as long as the store takes.
 */
void roster_leave(struct store *store, uint32_t node);

/* As the store has it. */
struct session_record {
    const char *id;
    const char *person;    /* gid; "" where nobody signs in */
    const char *grant;     /* likewise */
    const char *client;    /* what it calls itself */
    const char *transport; /* "sse", "streamable" */
    const char *revision;
    const char *node;
    int64_t since, used; /* Unix seconds */
};
void session_record_write(const struct session_record *s, struct buf *out);
/* Everything in the arena. False when it is no record of a session. */
bool session_record_read(struct arena *arena, const struct store_record *record,
                         struct session_record *out);

struct node_record {
    const char *name; /* eight hexadecimal digits */
    const char *host;
    const char *version;
    int64_t pid, since;
};
void node_record_write(const struct node_record *n, struct buf *out);
bool node_record_read(struct arena *arena, const struct store_record *record,
                      struct node_record *out);
