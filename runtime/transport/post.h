/* post.h: one posted JSON-RPC message on its way, shared by the HTTP transports.
 *
 *     parsed ──▶ session found (perhaps by another worker) ──▶ waits its turn ──▶ run ──▶ answered
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
struct post_wait;

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
    const struct mcp_line *stream;   /* of a part of a batch that is answered on one; likewise */
    struct post_wait *wait;          /* until its turn comes (call_queue.h); in its arena */
    struct mcp_work *work;           /* then, while it runs */
    bool counted;                    /* among the calls that run */
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
/* Calls go(p, peer) when there is room for what it asks for: at once, or if that is a call of
 * Asana's, when its turn has come, with a copy of peer. If that does not come, or its client hangs
 * up before, p has been answered (429, 503) and is gone without having begun. */
typedef void post_go_fn(struct post *p, const struct mcp_peer *peer);
void post_enter(struct post *p, const struct mcp_peer *peer, post_go_fn *go);
/* Ends a post that is not running. */
void post_free(struct post *p);

/* Whether it waits or runs; and its trail (base/trail.h), NULL for none. */
static inline bool post_is_under_way(const struct post *p)
{
    return p->wait || p->work;
}
struct trail *post_trail(const struct post *p);
/* The server stops: if it waits, it is answered that it has not begun (503), and is gone. */
void post_give_up_waiting(struct post *p);

/* A request that is under way is not wanted any more (its client cancelled it, or is gone): there
 * is no response. */
void post_drop(struct post *p);
/* The worker stops: what listens gets its graceful end, all else is cancelled without an answer. */
void post_stop(struct post *p);
