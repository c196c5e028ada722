/* events.h: server-sent events as text (HTML standard, "Server-sent events"), and when a client
 * takes them.
 *
 * Pure functions; any thread. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"
#include "http/http.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the request's Accept header has room for text/event-stream; a missing one has. */
bool events_accepted(const struct http_exchange *x);

/* One event; data has no line breaks. Without a name it is none that a client hears of, but its id
 * counts. */
void events_put(struct buf *b, const char *name, const char *id, struct slice data);

/* What names a message on a stream of a Streamable HTTP session ("Resumability and Redelivery"):
 * the stream, and the message's number there. */
struct event_id {
    uint64_t stream;
    uint32_t number;
};
#define EVENT_ID_TEXT 32
void event_id_format(struct event_id id, char out[EVENT_ID_TEXT]);
bool event_id_parse(const char *text, struct event_id *out);
