/* scope.h: which tools a caller sees, and which of them they may use.
 *
 * Pure functions; any thread. */
#pragma once

#include "mcp/caller.h"
#include "tool/tool.h"

#include <stdbool.h>

/* Whether it is listed and known to this caller. */
bool scope_shows(const struct caller *c, const struct tool *t);
/* Whether every tool is. */
bool scope_is_whole(const struct caller *c);
/* Whether the sign-in covers it; if not, a wider one can be asked for (HTTP 403,
 * insufficient_scope). */
bool scope_covers(const struct caller *c, const struct tool *t);

/* Leaves of the toolsets those in a list of names, "tasks,projects". False when one is unknown. */
bool scope_narrow(struct caller *c, const char *toolsets);
