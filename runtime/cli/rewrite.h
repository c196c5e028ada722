/* rewrite.h: reading and replacing a file that belongs to somebody else. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

/* The whole file; nothing, when there is none. Only regular files of at most LIMIT_CONNECT_FILE. */
bool rewrite_read(const char *path, struct buf *out, struct err *err);

/* Replaces the file's content in one step: whoever reads it sees the old or the new one, and a
 * symbolic link stays one. Mode and owner stay. The old content goes to a new file beside it,
 * *backup, NULL when there was none. A new file is for its owner alone, and so are the folders that
 * are missing. A file that may not be written to is left alone, even by root. */
bool rewrite_write(struct arena *a, const char *path, struct slice text, const char **backup,
                   struct err *err);
