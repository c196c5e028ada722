/* call_args.h: the arguments of "asana-mcp call": one JSON object, "-" for standard input, or
 * NAME=VALUE pairs. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "tool/tool.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* operands: what follows the tool's name, NULL-terminated. *out lives in the arena; NULL when
 * nothing was given. Errors are the caller's input (ERR_ARGS, ERR_SYNTAX) or standard input's
 * (ERR_IO, ERR_LIMIT). */
bool call_args_read(struct arena *arena, const struct tool *tool, const char *const *operands,
                    const cJSON **out, struct err *err);
