/* outlet.h: the answer to one POST of Streamable HTTP: a JSON text, or, when something is said
 * before it, a stream of events that ends with it.
 *
 *     waiting ──answer──▶ gone
 *        └─send──▶ streaming ──answer──▶ gone
 *                     └─client gone, or part──▶ silent ──answer──▶ gone
 *
 * In a legacy session every message on the stream has an id, and a copy goes to the session's owner
 * for clients that come back (channel.h). Part of the struct post that uses it; its worker's
 * thread. */
#pragma once

#include "base/buf.h"
#include "mcp/revision.h"
#include "transport/events.h"

struct front;

struct outlet {
    struct front *front;
    struct http_exchange *x;  /* until the answer begins; NULL also when there is no answer here */
    struct http_stream *http; /* then, while the client is there */
    bool streaming;
    const char *session; /* of a legacy client; NULL: modern, nothing can be heard again */
    enum mcp_revision revision;
    struct event_id said;    /* in a session: the last message */
    void (*gone)(void *ctx); /* the client hung up; NULL: that changes nothing */
    void *ctx;
};

/* Takes x. Before anything is said, fill in what is known of the client. */
void outlet_init(struct outlet *o, struct front *f, struct http_exchange *x);
/* Calls gone when the client hangs up from now on, whether or not it was answered in part. NULL:
 * that changes nothing any more. */
void outlet_watch(struct outlet *o, void (*gone)(void *ctx), void *ctx);

/* Says something before the answer; message is taken. */
void outlet_send(struct outlet *o, struct buf *message);
/* The client is to come back for the rest: only in a session of a revision that knows it. */
void outlet_part(struct outlet *o);
/* The answer, which is taken; status is that of a JSON answer. session: a Mcp-Session-Id to tell,
 * or NULL. */
void outlet_answer(struct outlet *o, unsigned status, const char *session, struct buf *message);
/* There will be no answer. */
void outlet_drop(struct outlet *o);
/* Leaves the connection to whoever stops the server. */
void outlet_leave(struct outlet *o);
void outlet_keep_alive(struct outlet *o);
