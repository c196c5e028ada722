/* streamable.h: the Streamable HTTP transport of revisions 2025-03-26 to 2025-11-25, on /mcp.
 *
 * Each message is its own POST; a request is answered in the response to it, as JSON. initialize
 * opens a session, whose id every later message carries in Mcp-Session-Id; DELETE ends it
 * (specification 2025-11-25, "Streamable HTTP"). One worker's thread. */
#pragma once

#include "transport/front.h"

void streamable_post(struct front *f, struct http_exchange *x);
void streamable_delete(struct front *f, struct http_exchange *x);
