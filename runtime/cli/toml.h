/* toml.h: a small edit of a TOML file that people keep: everything that is not changed stays byte
 * for byte.
 *
 * Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* What the table [path] (NULL-terminated names) gives for a name; data is NULL when there is no
 * such table, or no such name in it. A NULL name asks for the table: its header is the answer.
 * ERR_SYNTAX when the text is no TOML, or has the table in another form ("inline", dotted names).
 */
bool toml_find(struct slice text, const char *const *path, const char *name, struct slice *out,
               struct err *err);

/* Puts members ("name = value", one a line) into the table [path]: values that differ are replaced,
 * names that are missing follow the others, a missing table goes to the end. out holds the text
 * unchanged when it says so already. */
bool toml_merge(struct slice text, const char *const *path, const char *members, struct buf *out,
                struct err *err);
