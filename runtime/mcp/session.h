/* session.h: one worker's sessions: the 2024-11-05 transport's streams, and the ids of legacy
 * Streamable HTTP.
 *
 *     opened (peer unknown) ──initialize──▶ initialized ──stream closed, DELETE, or idle too
 * long──▶ gone
 *
 * An id is unguessable and names its owner, so that any worker of any node can find the way; it is
 * never proof of identity: every message is checked against the digest of the caller that opened
 * the session (specification, "Security Best Practices", Session Hijacking). One worker's thread.
 */
#pragma once

#include "base/place.h"
#include "base/slice.h"
#include "mcp/caller.h"
#include "mcp/dispatch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_RANDOM 16                            /* bytes */
#define SESSION_ID (PLACE_TEXT + 2 * SESSION_RANDOM) /* its owner's place, randomness */

struct afar;
struct hub_listener;
struct tally;

struct session {
    char id[SESSION_ID + 1];
    struct caller who; /* who opened it; without a token */
    struct mcp_peer peer;
    uint64_t used_ms;
    int64_t since;        /* Unix seconds */
    uint64_t recorded_ms; /* when the store was last told of it (transport/roster.c); 0: never */
    bool streamed;    /* its answers go out on its own stream (HTTP+SSE), not with their requests */
    unsigned counted; /* for /metrics: 0, or 1 + the revision that it is counted under */
    unsigned open;    /* streams to the client; while there is one it does not expire */
    /* Takes a message to the client; may be NULL. */
    void (*deliver)(void *ctx, struct slice message);
    void (*gone)(void *ctx); /* the session is being removed; may be NULL */
    void (*end)(void *ctx);  /* closes its own stream, and so removes it; NULL: it has none */
    void *ctx;
    struct afar *afar;             /* what it has at other nodes; worker/'s own; may be NULL */
    struct hub_listener *listener; /* once initialized: what it hears of changes; may be NULL */
    uint64_t person;               /* caller_key() */
    struct session *older, *newer; /* by last use */
};

struct sessions;

struct sessions *sessions_new(struct place owner);
void sessions_clear(struct sessions *s); /* removes every session */
void sessions_free(struct sessions *s);  /* likewise; accepts NULL */
size_t sessions_count(const struct sessions *s);

/* That was used last, and then ->older; NULL: there is none. */
struct session *sessions_latest(const struct sessions *s);
/* Each may remove the session that it is given. */
void sessions_each(struct sessions *s, void (*each)(void *ctx, struct session *session), void *ctx);

/* From now on a person has so many sessions at most, counted in people, which is all workers'
 * (borrowed); 0: no such ceiling. */
void sessions_limit(struct sessions *s, struct tally *people, unsigned per_person);
/* Whether that person may have another one. When they have as many as they may, the one here that
 * was not used for longest and has no stream open ends for it; false when there is none. */
bool sessions_make_room(struct sessions *s, const struct caller *owner);
/* A new session with a fresh id; NULL when memory is short or LIMIT_SESSIONS is reached. The table
 * owns it. */
struct session *session_add(struct sessions *s, const struct caller *owner);
/* The session of that id when caller opened it, marked as used now; else NULL. */
struct session *session_find(struct sessions *s, const char *id, const struct digest *caller);
/* The same without asking who calls, for messages on their way to the client. */
struct session *session_by_id(struct sessions *s, const char *id);
/* It knows its peer, perhaps anew: from now on it is counted. */
void session_settled(struct session *session);
/* Told of every session that is removed, while it is still whole. At most SESSIONS_WATCHERS. */
#define SESSIONS_WATCHERS 4
void sessions_on_remove(struct sessions *s, void (*removed)(void *ctx, struct session *session),
                        void *ctx);
/* With its listener; says so to its gone(). */
void session_remove(struct sessions *s, struct session *session);
/* Removes sessions without an open stream that were last used before the moment (clock_ms). Returns
 * how many. */
size_t sessions_expire(struct sessions *s, uint64_t before_ms);

/* The place that an id names; false when it is no id of ours. */
bool session_place(const char *id, struct place *out);
