/* dispatch.h: one message's way through the protocol: lifecycle, lists, tool calls.
 *
 * A transport reads bytes, parses them (rpc.h), finds the session, and runs the message here; the
 * answer comes back through a callback, perhaps before mcp_run() returns. Nothing here knows
 * sockets. One worker's thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/secret.h"
#include "mcp/catalog.h"
#include "mcp/rpc.h"
#include "tool/call.h"

#include <stdbool.h>

/* What one worker brings to every message. */
struct mcp_env {
    const struct mcp_catalog *catalog;
    struct arena_pool *arenas;
    struct asana_asker asana;
};

/* What is known of the client at the other end of a session. */
struct mcp_peer {
    bool initialized; /* initialize has been answered; revision counts only then */
    enum mcp_revision revision;
};

struct mcp_answer {
    struct buf *message; /* one JSON-RPC response, for the taking; empty for a notification */
    const struct mcp_peer *peer; /* what initialize settled; NULL for every other message */
};

typedef void mcp_answer_fn(void *ctx, const struct mcp_answer *answer);

struct mcp_work; /* a message that waits for Asana */

/* Runs a message that lives in arena, which it takes from the caller and puts back into env's pool
 * when the answer has been given. peer and token are borrowed for the duration of this call. answer
 * is called once; NULL is returned when that has happened already. */
struct mcp_work *mcp_run(const struct mcp_env *env, struct arena *arena,
                         const struct rpc_message *message, const struct mcp_peer *peer,
                         const struct secret *token, mcp_answer_fn *answer, void *ctx);
/* No answer will come. */
void mcp_cancel(struct mcp_work *w);
