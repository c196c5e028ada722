/* route.h: the way to a session from whichever worker a request came in on.
 *
 * Three outcomes, decided by the session's id in one place: it is mine (answered at once), another
 * worker's (asked by mail), or nobody's. Called on here's thread; callbacks come back to it. */
#pragma once

#include "base/buf.h"
#include "mcp/dispatch.h"
#include "worker/worker.h"

/* peer is NULL when there is no such session of this caller's; borrowed until the callback returns.
 */
typedef void route_found_fn(void *ctx, const struct mcp_peer *peer);

/* Each transport has sessions of its own kind, and an id of the other kind is no session to it. */
enum route_want {
    ROUTE_STREAM,   /* one whose answers go out on a stream (HTTP+SSE) */
    ROUTE_REQUESTS, /* one whose answers travel with their requests (Streamable HTTP) */
    ROUTE_END,      /* the same, and end it */
};

/* Finds the session and marks it used. found may be called before this returns; it is not called
 * when the workers stop first. */
void route_find(struct worker *here, const char *id, const struct digest *caller,
                enum route_want want, route_found_fn *found, void *ctx);
/* Sends a message (taken) to the client of a session. Dropped when the session is gone. */
void route_deliver(struct worker *here, const char *id, struct buf *message);
/* Applies what a message changed in its session, with the token of the caller that sent it, which
 * travels inside this process only. Whatever this worker routes there later finds it done. */
void route_change(struct worker *here, const char *id, const struct mcp_change *change,
                  const struct caller *caller);
/* The same to a session of this worker's. */
void route_apply(struct worker *here, struct session *s, const struct mcp_change *change,
                 const struct caller *caller);
