/* streamable.h: the Streamable HTTP transport, on /mcp, for clients of both eras.
 *
 * Every POST decides for itself (specification 2026-07-28, "Versioning"): modern ones are served by
 * modern_http.h; here are those of revisions 2025-03-26 to 2025-11-25. Each message is its own
 * POST; a request is answered in the response to it, as JSON or, when something is said before, as
 * events. initialize opens a session, whose id every later message carries in Mcp-Session-Id; GET
 * listens to it, DELETE ends it (specification 2025-11-25, "Streamable HTTP"). A client that hangs
 * up has cancelled nothing: it may come back. One worker's thread. */
#pragma once

#include "transport/front.h"

void streamable_post(struct front *f, struct http_exchange *x, struct caller *caller);
void streamable_get(struct front *f, struct http_exchange *x, struct caller *caller);
void streamable_delete(struct front *f, struct http_exchange *x, struct caller *caller);
