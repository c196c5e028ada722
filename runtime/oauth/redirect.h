/* redirect.h: which redirect URIs may be registered, and whether a request's is a registered one.
 *
 * Patterns of the allowlist, one per line of the settings file:
 *     https://claude.ai/api/mcp/auth_callback     exactly this
 *     https://example.com/callback/ *             (without the space) and everything below that
 * path http://loopback/ *                          http on 127.0.0.1, [::1] or localhost, any port,
 * any path cursor://anysphere.cursor-mcp/oauth/callback   a private scheme (RFC 8252, section 7.1)
 *     any                                         every https and loopback URI and private scheme
 * Pure functions; any thread. */
#pragma once

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* The known clients' patterns, ended by NULL; generated from schema/clients/. */
extern const char *const redirect_known[];

/* Whether it is an absolute URI that a code may ever be sent to: https, http on loopback, or a
 * private scheme with a dot or a known name; no fragment, no user, no control characters, not
 * javascript:, data: and their like. */
bool redirect_is_sound(const char *uri);
/* Whether a pattern has one of the forms above. */
bool redirect_pattern_ok(const char *pattern, struct err *err);
bool redirect_allowed(const char *const *patterns, const char *uri);
/* Registered and requested are the same: byte for byte, but for the port of a loopback host
 * (RFC 8252, section 7.3). */
bool redirect_same(const char *registered, const char *requested);
bool redirect_is_loopback(const char *uri);
/* The host that a person should see, "127.0.0.1", "claude.ai", or the private scheme. */
struct slice redirect_host(const char *uri);
