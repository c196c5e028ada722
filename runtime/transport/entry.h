/* entry.h: who comes in: from a request with credentials to its caller, in each of the modes
 * (server.h), with what the operator and the address that was asked for leave of the tools.
 *
 * One worker's thread. */
#pragma once

#include "mcp/caller.h"
#include "transport/front.h"

struct entry;

/* False when the request has no credentials that could be good; it has been answered 401 then. */
bool entry_may_try(struct front *f, struct http_exchange *x);
/* Finds out who it is; serves route, or says why not (401, 403, 503). route is NULL for a path that
 * nobody serves: only who may come in is told so. */
void entry_admit(struct front *f, struct http_exchange *x, const struct route *route);
/* Forgets those who wait; they are not answered. */
void entry_forget(struct front *f);

/* 403: the sign-in was for reading (RFC 6750, section 3.1; specification, "Scope Challenge
 * Handling"). */
void entry_refuse_write(struct front *f, struct http_exchange *x);
