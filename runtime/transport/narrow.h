/* narrow.h: what a request leaves of the tools for itself: never more than there are for its
 * sender.
 *
 *     /mcp?toolsets=tasks,projects&profile=everyday&read_only=1
 *     X-MCP-Toolsets: tasks,projects   X-MCP-Profile: everyday   X-MCP-Readonly: true
 *
 * Where both are given both count, but of two profiles the address's. One worker's thread. */
#pragma once

#include "http/http.h"
#include "mcp/caller.h"

#include <stdbool.h>

/* False when a toolset or profile is named that there is not. */
bool narrow_caller(const struct http_exchange *x, struct caller *caller);

/* Appends "&toolsets=…" and so on: what this request says, for an address that is given out in
 * answer to it. */
void narrow_put(const struct http_exchange *x, struct buf *b);
