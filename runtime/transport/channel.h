/* channel.h: the streams of a legacy Streamable HTTP session: at its owner, who keeps what was said
 * on them, and at the workers where its client listens.
 *
 *     GET ─▶ listener (any worker) ──asks──▶ channel (the session's owner)
 *                 ▲ admitted, messages, last ◀──┘       ▲
 *                                       outlet (any worker): copies of what a POST's stream says
 *
 * A message of the server's own (a list changed, a resource was updated) goes to exactly one
 * listening stream, the newest; while there is none it waits in the replay buffer for the next.
 * Between workers there is only mail, between nodes there are letters; both call a listener by its
 * number and its turn, so that what comes late finds nobody: one that asks again, as letters may
 * have been lost, hears everything after its last message in order and once. When a node is gone,
 * what it had to say is over, and who listened there has left. */
#pragma once

#include "mcp/session.h"
#include "transport/events.h"
#include "transport/front.h"
#include "transport/replay.h"

struct channel;
struct listener;

/* Makes the streams of a session of this worker's; they end with it. False when memory is short. */
bool channel_open(struct front *f, struct session *session);
/* Forgets what has been kept for too long. */
void channel_expire(struct front *f, uint64_t before_ms);

/* GET /mcp: takes x. last: what the client heard last, or NULL. */
void channel_listen(struct front *f, struct http_exchange *x, const struct caller *caller,
                    const char *session, const struct event_id *last);
/* Takes in what other nodes say of streams. Once, when there is a bus. */
void channel_open_bus(struct front *f);
/* A node is gone: what was said there is over, and nobody listens there. */
void channel_mourn(struct front *f, uint32_t node);
/* What other nodes said may have been lost: what they answer is not waited for. */
void channel_doubt(struct front *f);
/* A comment on every stream of this worker's listeners; those whose owner does not answer are
 * refused. */
void channel_keep_alive(struct front *f);
/* Ends these streams, once what was said on them has gone out. */
void channel_end(struct front *f);
/* Frees this worker's listeners; no mail is taken in any more. */
void channel_forget(struct front *f);

/* What a POST's stream has said under this id, for the session's owner; an empty message: it has
 * begun, or with last, ended without an answer. message may be NULL. Any worker. */
void channel_copy(struct front *f, const char *session, struct event_id id,
                  const struct buf *message, bool last);

/* A name for a new stream, unique among all nodes: it says which place made it, and whether it was
 * opened by a GET. */
uint64_t channel_name(struct front *f, bool listens);
struct place channel_name_place(uint64_t name);
bool channel_name_listens(uint64_t name);

/* What a client is told when it may come back for the rest ("retry"). */
#define CHANNEL_RETRY "retry: 500\n\n"
