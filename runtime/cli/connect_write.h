/* connect_write.h: puts the entry for this server into a client's settings file. Main thread. */
#pragma once

#include "base/arena.h"
#include "web/recipe.h"

/* The known client that was probably meant, or NULL. */
const char *connect_nearest(const char *name);

/* file: NULL is where the client looks. Says on standard error what it did; returns the exit code.
 * Writes nothing when the entry is there already, when the file does not parse, and when another
 * server has the name. */
int connect_write(struct arena *a, const struct client *c, const struct recipe *r,
                  const char *file);
