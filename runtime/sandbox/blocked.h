/* blocked.h: workspaces whose administrators have blocked this app: they are missing from every
 * list, and what is asked of them or of anything in them is 401.
 *
 * Kept in temporary tables of the connection, never in the state file. The sandbox's thread. */
#pragma once

#include "sandbox/request.h"

/* These workspaces and no others. Between requests only. */
bool sb_block(struct sb_db *db, const int64_t *workspaces, size_t count);

/* Refuses with 401 when the object, which the caller does not see, is in a blocked workspace of
 * theirs; else true. */
bool sb_unblocked(struct sb_call *c, int64_t gid);
