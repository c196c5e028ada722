/* rule_words.h: the words with which settings say what is left of the tools: toolsets, levels,
 * profiles and names. place names where a word was given; ERR_SETTINGS tells what is known. */
#pragma once

#include "base/err.h"
#include "mcp/scope.h"

#include <stdbool.h>
#include <stdint.h>

/* Adds the bit of a toolset. */
bool rule_read_toolset(const char *place, const char *text, uint64_t *bits, struct err *err);
/* Adds the bit of "read", "create", "update" or "delete". */
bool rule_read_level(const char *place, const char *text, unsigned *bits, struct err *err);
bool rule_read_profile(const char *place, const char *text, const struct tool_profile **out,
                       struct err *err);
/* Whether a compiled tool is called so. */
bool rule_check_tool(const char *place, const char *text, struct err *err);

/* "read" and so on. */
const char *rule_level_name(enum tool_effect level);
