/* guard.h: who may talk to us: Host and Origin (DNS rebinding), then the caller's credentials.
 *
 * Specification, "Streamable HTTP", Security Warning; RFC 6750 for bearer tokens. Made once before
 * the workers start, then read by all of them. */
#pragma once

#include "http/http.h"
#include "mcp/caller.h"
#include "transport/server.h"

#include <stdbool.h>

struct guard;

/* The options are borrowed. NULL when memory is short. */
struct guard *guard_new(const struct server_options *options);
void guard_free(struct guard *g);

/* True when the request's Host is one of our names and its Origin, if it has one, is ours or
 * allowed. */
bool guard_knows_host(const struct guard *g, const struct http_exchange *x);
bool guard_allows_origin(const struct guard *g, const struct http_exchange *x);

/* Whether only this machine can reach the server: it listens on loopback, and no public name stands
 * for it. */
bool guard_is_private(const struct guard *g);

/* True when the request carries credentials that have the right form; whether they are good, Asana
 * decides. */
bool guard_has_credentials(const struct guard *g, const struct http_exchange *x);

/* Who calls. False when memory is short, or without credentials; *out is empty then. */
bool guard_caller(const struct guard *g, const struct http_exchange *x, struct caller *out);
