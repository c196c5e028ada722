/* routes.h: from a request to its answer.
 *
 * Signs in, finds the operation in the generated table, refuses what Asana's document does not
 * know, and runs the handler inside a transaction that a refusal rolls back. Knows nothing of HTTP.
 * The sandbox's thread. */
#pragma once

#include "sandbox/request.h"
#include "sandbox/state.h"

/* Writes the body of the answer into out and returns the status. *location, which may be NULL, gets
 * the URL of what was made, in the arena, or NULL. */
unsigned sb_handle(struct sandbox *s, const struct sb_request *request, struct arena *arena,
                   struct buf *out, const char **location);
