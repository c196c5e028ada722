/* post.h: one posted JSON-RPC message on its way, shared by the HTTP transports.
 *
 *     parsed ──▶ session found (perhaps by another worker) ──▶ run ──▶ answered
 *
 * A post owns its arena, its caller's token and, until it has replied, the HTTP exchange.
 * Everything pending is in the front's list, so that a worker that stops can end it. One worker's
 * thread. */
#pragma once

#include "mcp/dispatch.h"
#include "mcp/session.h"
#include "metrics/metrics.h"
#include "transport/front.h"
#include "transport/outlet.h"

struct batch;

struct post {
    struct front *front;
    struct outlet out; /* without an exchange once that has been answered 202 */
    struct arena *arena;
    struct caller caller;
    char session[SESSION_ID + 1];    /* empty: of a client without one */
    struct slice text;               /* as it came; borrowed until the exchange is answered */
    struct rpc_message message;      /* unless it is a batch */
    enum metric_transport transport; /* of a legacy message */
    bool is_batch;                   /* an array of messages, each still to be parsed (batch.h) */
    struct batch *batch;             /* that it is a part of; NULL for most */
    struct mcp_work *work;
    bool counted; /* among the calls that run (ceiling.h) */
    LIST_ENTRY(post) link;
};

/* An error as a JSON-RPC response with an HTTP status. */
void post_refuse(struct http_exchange *x, unsigned status, struct slice id, enum rpc_code code,
                 const char *message);
/* The same for a post, which is gone then. */
void post_fail(struct post *p, unsigned status, enum rpc_code code, const char *message);

/* 503: its session is at another node, which cannot be asked now. */
void post_unreachable(struct http_exchange *x);

/* Parses the request's body; takes the caller. NULL when the request has been answered with an
 * error. */
struct post *post_new(struct front *f, struct http_exchange *x, struct caller *caller);
/* One message of a batch. NULL, with an error response in refusal, when it is none that a batch may
 * hold. */
struct post *post_part(const struct post *whole, struct slice item, struct buf *refusal);
/* Runs the message; line's functions are called with the post, and its answer() ends it with
 * post_free(). False when that has happened already. */
bool post_run(struct post *p, const struct mcp_peer *peer, const struct mcp_line *line);
/* Whether its caller's sign-in covers what it asks for; if not, it has been answered 403 and is
 * gone. */
bool post_is_covered(struct post *p);
/* Whether there is room for what it asks for, if that is a call of Asana's; if not, it has been
 * answered 429 (later.h) and is gone. Of a part of a batch: why not, NULL when there is. */
bool post_enter(struct post *p);
const char *post_enter_part(struct post *p);
/* Ends a post that is not running. */
void post_free(struct post *p);

/* A request that runs is not wanted any more (its client cancelled it, or is gone): there is no
 * response. */
void post_drop(struct post *p);
/* The worker stops: what listens gets its graceful end, all else is cancelled without an answer. */
void post_stop(struct post *p);
