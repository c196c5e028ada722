/* sse.h: the HTTP+SSE transport of revision 2024-11-05, which clients use with every legacy
 * revision.
 *
 * GET /sse opens a stream whose first event, "endpoint", says where to post; POST to that address
 * is answered 202 and its JSON-RPC answer arrives as a "message" event. The session lives as long
 * as the stream (specification 2024-11-05, "Transports"). One worker's thread. */
#pragma once

#include "transport/front.h"

void sse_open(struct front *f, struct http_exchange *x, struct caller *caller);
void sse_message(struct front *f, struct http_exchange *x, struct caller *caller);
/* Ends every stream, once what was said on it has gone out. */
void sse_end(struct front *f);
/* A comment on every stream, so that proxies keep idle ones open. */
void sse_keep_alive(struct front *f);
