/* session.h: one worker's sessions: the 2024-11-05 transport's streams, and the ids of legacy
 * Streamable HTTP.
 *
 *     opened (peer unknown) ──initialize──▶ initialized ──stream closed, DELETE, or idle too
 * long──▶ gone
 *
 * An id is unguessable and names its owner worker, so that any worker can find the way; it is never
 * proof of identity: every message is checked against the digest of the caller that opened the
 * session (specification, "Security Best Practices", Session Hijacking). One worker's thread. */
#pragma once

#include "base/secret.h"
#include "base/slice.h"
#include "mcp/dispatch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_ID 34 /* two hexadecimal digits of the worker, 32 of randomness */

struct session {
    char id[SESSION_ID + 1];
    struct digest owner;
    struct mcp_peer peer;
    uint64_t used_ms;
    /* Takes a message to the client; NULL for sessions whose answers travel with their requests. */
    void (*deliver)(void *ctx, struct slice message);
    void *ctx;
    struct session *older, *newer; /* by last use */
};

struct sessions;

struct sessions *sessions_new(unsigned worker);
void sessions_free(struct sessions *s); /* and every session in it; accepts NULL */
size_t sessions_count(const struct sessions *s);

/* A new session with a fresh id; NULL when memory is short or LIMIT_SESSIONS is reached. The table
 * owns it. */
struct session *session_add(struct sessions *s, const struct digest *owner);
/* The session of that id when caller opened it, marked as used now; else NULL. */
struct session *session_find(struct sessions *s, const char *id, const struct digest *caller);
/* The same without asking who calls, for messages on their way to the client. */
struct session *session_by_id(struct sessions *s, const char *id);
void session_remove(struct sessions *s, struct session *session);
/* Removes sessions without a stream that were last used before the moment (clock_ms). Returns how
 * many. */
size_t sessions_expire(struct sessions *s, uint64_t before_ms);

/* The worker that an id names; false when it is no id of ours. */
bool session_worker(const char *id, unsigned *out);
