/* post.h: one posted JSON-RPC message, or a batch of them, on its way, shared by the HTTP
 * transports.
 *
 *     parsed ──▶ session found (perhaps by another worker) ──▶ run ──▶ answered
 *
 * A post owns its arena, its caller's token and, until it has replied, the HTTP exchange.
 * Everything pending is in the front's list, so that a worker that stops can cancel it. One
 * worker's thread. */
#pragma once

#include "mcp/dispatch.h"
#include "mcp/session.h"
#include "transport/front.h"

struct post {
    struct front *front;
    struct http_exchange *x; /* NULL once it has been answered */
    struct arena *arena;
    struct caller caller;
    char session[SESSION_ID + 1];
    struct rpc_message message; /* unless it is a batch */
    bool is_batch;              /* the body is an array of messages, each still to be parsed */
    struct batch *batch;        /* that it is a part of; NULL for most */
    struct mcp_work *work;
    LIST_ENTRY(post) link;
};

/* An error as a JSON-RPC response with an HTTP status. */
void post_refuse(struct http_exchange *x, unsigned status, struct slice id, enum rpc_code code,
                 const char *message);

/* Parses the request's body. NULL when the request has been answered with an error. */
struct post *post_new(struct front *f, struct http_exchange *x);
/* Runs the message; answer is called with the post, which is gone when it returns. */
void post_run(struct post *p, const struct mcp_peer *peer, mcp_answer_fn *answer);
/* Runs a batch (revision 2025-03-26 says servers must take them; JSON-RPC 2.0, section 6): each
 * message is a post of its own. The exchange is answered when all requests are, with an array of
 * responses, or 202 when there are none. With on_stream, each response is given to it by itself
 * instead, and the exchange is answered 202 at once. p is gone. */
void post_run_batch(struct post *p, const struct mcp_peer *peer, mcp_answer_fn *on_stream);
/* Ends a post that is not running. */
void post_free(struct post *p);
/* Drops a request that runs because its client cancelled it: there is no response, and its POST is
 * answered 202. */
void post_drop(struct post *p);
/* Cancels what runs because the worker stops; nothing is answered. */
void post_cancel(struct post *p);
