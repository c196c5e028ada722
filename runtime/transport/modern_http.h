/* modern_http.h: Streamable HTTP of revision 2026-07-28: every request says itself who asks and
 * what they can, and is answered in the response to it; there are no sessions (specification
 * 2026-07-28, "Streamable HTTP").
 *
 * A client that hangs up has cancelled its request. One worker's thread. */
#pragma once

#include "transport/post.h"

/* Serves a post that was found to be modern; version: its MCP-Protocol-Version header, or NULL. */
void modern_http_post(struct post *p, const char *version);
