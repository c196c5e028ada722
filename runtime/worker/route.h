/* route.h: the way to a session from whichever worker of whichever node a request came in on.
 *
 * Decided by the session's id in one place: it is mine (answered at once), another worker's (asked
 * by mail), another node's (asked by letter), or nobody's. Called on here's thread; callbacks come
 * back to it. */
#pragma once

#include "base/buf.h"
#include "mcp/dispatch.h"
#include "worker/worker.h"

enum route_side { ROUTE_MINE, ROUTE_NEAR, ROUTE_FAR, ROUTE_NONE };

/* Where a place is, seen from here; *near: the worker, when it is of this process. */
enum route_side route_side(struct worker *here, struct place place, struct worker **near);
/* The same for the owner of a session, whose place is in *owner unless there is none. */
enum route_side route_owner(struct worker *here, const char *id, struct place *owner,
                            struct worker **near);

enum route_outcome {
    ROUTE_FOUND,
    ROUTE_GONE,        /* there is no such session of this caller's */
    ROUTE_UNREACHABLE, /* its owner is at another node and cannot be asked now */
};

/* peer is NULL unless it was found; borrowed until the callback returns. */
typedef void route_found_fn(void *ctx, enum route_outcome outcome, const struct mcp_peer *peer);

/* Each transport has sessions of its own kind, and an id of the other kind is no session to it. */
enum route_want {
    ROUTE_STREAM,   /* one whose answers go out on a stream (HTTP+SSE) */
    ROUTE_REQUESTS, /* one whose answers travel with their requests (Streamable HTTP) */
    ROUTE_END,      /* the same, and end it */
};

/* Takes in the letters of other nodes. Once, when there is a bus. */
void route_open(struct worker *here);

/* Finds the session and marks it used. found may be called before this returns; it is not called
 * when the workers stop first. */
void route_find(struct worker *here, const char *id, const struct digest *caller,
                enum route_want want, route_found_fn *found, void *ctx);
