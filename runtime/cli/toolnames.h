/* toolnames.h: finds a tool by a name from the command line. */
#pragma once

#include "tool/tool.h"

/* NULL after a complaint on standard error that names the nearest tool. */
const struct tool *tool_named(const char *name);
