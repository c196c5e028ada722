/* relay.h: what runs here tells the session that it is for, wherever that is: messages for its
 * client, and changes. To a worker of this process by mail, to another node by letter.
 *
 * What one worker sends to one session arrives in order. Called on here's thread. */
#pragma once

#include "base/buf.h"
#include "mcp/dispatch.h"
#include "worker/worker.h"

/* Takes in the letters of other nodes. Once, when there is a bus. */
void relay_open(struct worker *here);

/* Sends a message (taken) to the client of a session; request: which one it answers, or empty.
 * Dropped when the session is gone, or the request has had its answer. */
void relay_deliver(struct worker *here, const char *id, struct slice request, struct buf *message);
/* Applies what a message changed in its session. The token of the caller that sent it travels
 * inside this process only: resources of a session of another node are watched here. Whatever this
 * worker routes there later finds it done. */
void relay_change(struct worker *here, const char *id, const struct mcp_change *change,
                  const struct caller *caller);
/* The same to a session of this worker's. */
void relay_apply(struct worker *here, struct session *s, const struct mcp_change *change,
                 const struct caller *caller);
/* Tells the listeners of other nodes that lists (bits of enum hub_list) have changed. Each hears it
 * at most once: such a notification has no id by which it could be asked for again, nor
 * (2026-07-28) has the stream, so what Redis loses is not said later. */
void relay_announce(struct worker *here, unsigned lists);
