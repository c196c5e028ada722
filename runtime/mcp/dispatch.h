/* dispatch.h: one message's way through the protocol: lifecycle, lists, calls, subscriptions.
 *
 *     parsed ──▶ mcp_run() ──▶ line.send() … ──▶ line.answer()
 *                    └─ mcp_cancel() at any time before the answer: nothing more is said
 *
 * A transport reads bytes, parses them (rpc.h), finds out who the peer is (a session's, or what
 * modern.h reads from the message itself) and runs the message here. What belongs to the message
 * before its answer (progress, log lines, questions of ours, and all that subscriptions/listen
 * hears) goes through the same line. Nothing here knows sockets. One worker's thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/place.h"
#include "mcp/caller.h"
#include "mcp/catalog.h"
#include "mcp/peer.h"
#include "mcp/rpc.h"
#include "tool/call.h"

#include <stdbool.h>

struct completion_cache;
struct hub;
struct scope_rules;
struct seal;

/* Which tools ask the person first, when the client can (--confirm): none; those that delete (what
 * an update overwrites stands in the object's history, and clients ask before calls anyway); all
 * that write. */
enum mcp_confirm { MCP_CONFIRM_NEVER, MCP_CONFIRM_DESTRUCTIVE, MCP_CONFIRM_WRITES };

/* What one worker brings to every message. */
struct mcp_env {
    const struct mcp_catalog *catalog;
    struct arena_pool *arenas;
    struct asana_asker asana;
    struct visible *visible;         /* which workspaces are shown (tool/visible.h); NULL: all */
    const struct scope_rules *rules; /* which tools, to whom (mcp/scope.h); NULL: all */
    struct hub *hub;                 /* who listens to changes, on this worker */
    const struct seal *seal;         /* for requestState; shared by all workers */
    struct completion_cache *completions; /* of this worker; NULL: nothing is kept */
    enum mcp_confirm confirm;
    struct place here; /* the questions that we ask name it in their ids */
    /* Tells the listeners of all workers of all nodes that lists (bits of enum hub_list) have
     * changed; NULL when there are no other workers than this one. */
    void (*announce)(void *ctx, unsigned lists);
    void *announce_ctx;
};

/* What a legacy message changes in its session; the transport tells the session's owner before it
 * sends the answer. */
struct mcp_change {
    const struct mcp_peer *peer; /* NULL: as it was */
    const char *watch;           /* resources/subscribe: the URI; NULL: none */
    const char *unwatch;         /* resources/unsubscribe, likewise */
    struct slice sync;           /* with watch: where Asana's events of it begin */
};

struct mcp_answer {
    struct buf *message; /* one JSON-RPC response, for the taking; empty for a notification */
    enum rpc_code error; /* 0: the response is a result */
    const struct mcp_change *change; /* NULL: none */
};

/* The way back to the client, for one message. */
struct mcp_line {
    void *ctx;
    /* A notification, or a request of ours, that belongs to this message; for the taking. NULL:
     * this client can only take the answer. */
    void (*send)(void *ctx, struct buf *message);
    /* The connection may end here and the client come back for the rest; NULL: it could not. */
    void (*part)(void *ctx);
    /* Once; the work is gone when it returns. Perhaps before mcp_run() returns. */
    void (*answer)(void *ctx, const struct mcp_answer *answer);
};

struct mcp_work; /* a message that waits for Asana, its client, or for something to happen */

/* Runs a message that lives in arena, which it takes from the caller and puts back into env's pool
 * when the answer has been given. peer, caller and line are borrowed for the duration of this call.
 * NULL is returned when the answer has been given already. */
struct mcp_work *mcp_run(const struct mcp_env *env, struct arena *arena,
                         const struct rpc_message *message, const struct mcp_peer *peer,
                         const struct caller *caller, const struct mcp_line *line);
/* The trail that it works under (base/trail.h); NULL: none. */
struct trail *mcp_trail(const struct mcp_work *w);
/* Whether it is a request that waits for Asana; all others are answered at once, or listen. */
bool mcp_is_call(const struct rpc_message *message);
/* No answer will come. */
void mcp_cancel(struct mcp_work *w);
/* The server stops: a subscription gets its graceful end (its answer), other work is left alone.
 * True when w is gone. */
bool mcp_end(struct mcp_work *w);
/* It stops now: the answer is an error that says so, and w is gone. */
void mcp_fail(struct mcp_work *w, const char *text);

/* The client's response to a question of ours. The id says who asked: false when it is none of
 * ours. */
bool mcp_question_place(struct slice id, struct place *out);
/* True when w asked that question; the response's params or error have been taken. */
bool mcp_respond(struct mcp_work *w, const struct rpc_message *response);
