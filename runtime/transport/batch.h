/* batch.h: several messages in one POST (revision 2025-03-26 says servers must take them; JSON-RPC
 * 2.0, section 6).
 *
 * Each message becomes a post of its own. The exchange is answered when all requests are, with an
 * array of responses, or 202 when there are none. One worker's thread. */
#pragma once

#include "transport/post.h"

struct batch;

/* Runs a batch; p is gone. With on_stream (HTTP+SSE), each message runs with that line instead,
 * once the session's owner knows of all its requests (worker/begin.h): then the exchange is
 * answered 202, else 404 or 503, and none of them has run. */
void batch_run(struct post *p, const struct mcp_peer *peer, const struct mcp_line *on_stream);

/* A part that is not to run is answered with that error, and gone. */
void batch_refuse(struct post *part, struct buf *error);
/* One part will not be answered. */
void batch_leave(struct batch *b);
/* The same when the worker stops: somebody else answers the exchange. */
void batch_abandon(struct batch *b);
