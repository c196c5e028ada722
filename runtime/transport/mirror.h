/* mirror.h: headers that repeat what a modern message says in its body, so that proxies can tell
 * requests apart without reading it (specification 2026-07-28, "Request Metadata").
 *
 * Somebody on the way may have trusted a header, so it has to say the same as the body. Pure
 * functions; any thread. */
#pragma once

#include "base/err.h"
#include "http/http.h"
#include "mcp/catalog.h"
#include "mcp/rpc.h"

#include <stdbool.h>

/* Whether a request's MCP-Protocol-Version, Mcp-Method, Mcp-Name and Mcp-Param-… are there as far
 * as they have to, and repeat it; err says which one does not. */
bool mirror_check(const struct http_exchange *x, const struct rpc_message *m,
                  const struct mcp_catalog *catalog, struct err *err);

/* Appends "Mcp-Param-Workspace, …, ": those that the catalog's tools have, each once. */
void mirror_put_names(struct buf *b, const struct mcp_catalog *catalog);

/* What a header value stands for ("Value Encoding"): itself, without white space around it, or what
 * is in =?base64?…?=. False when it holds what no header may, or no strict Base64. */
bool mirror_decode(const char *value, struct buf *out);
