/* sqlite_file.h: the file of the SQLite engine: made, recognised, opened, brought up to date.
 *
 * A file of ours carries an application id and, as user_version, how many of the migrations it has
 * seen. A change of its format is a new migration at the end of the list, never an edit of one that
 * has been released. Blocks; any one thread. */
#pragma once

#include "base/err.h"

#include <sqlite3.h>
#include <stddef.h>

/* The migrations from nothing to the present format; the version of a file is the number of those
 * it has seen. */
extern const char *const sqlite_file_migrations[];
extern const int sqlite_file_version;

/* Opens the file, or memory when path is ":memory:". Makes it (mode 0600 whatever the umask) and
 * its directories (0700) when they are missing; runs the migrations that it has not seen, all of
 * them or none. What can't be used is refused and left as it is. The migrations are a parameter for
 * tests. */
bool sqlite_file_open(const char *path, const char *const *migrations, int version, sqlite3 **out,
                      struct err *err);
