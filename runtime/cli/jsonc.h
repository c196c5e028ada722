/* jsonc.h: a small edit of a JSON file that people keep: everything that is not changed stays byte
 * for byte.
 *
 * Comments, trailing commas and a byte order mark are understood, whether the file's owner allows
 * them or not. Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* The raw text of what path (NULL-terminated names) leads to; data is NULL when nothing is there.
 * ERR_SYNTAX when the text does not parse, a name stands there twice, or something on the way is no
 * object. */
bool jsonc_find(struct slice text, const char *const *path, struct slice *out, struct err *err);

/* Puts value (JSON; indented by two spaces a level) where path leads to, and makes the objects on
 * the way that are missing. An object that is there is kept, and gets value's members; anything
 * else is replaced. What comes out looks like the rest of the file: its indentation, its line ends.
 * An empty text becomes a file of its own. out holds the text unchanged when it says so already. */
bool jsonc_merge(struct slice text, const char *const *path, struct slice value, struct buf *out,
                 struct err *err);
