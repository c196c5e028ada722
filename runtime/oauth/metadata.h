/* metadata.h: what clients discover about us: protected resource metadata (RFC 9728, one document
 * for each endpoint) and authorization server metadata (RFC 8414, and the same in OpenID's place).
 *
 * Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "oauth/oauth.h"

#include <stdbool.h>

/* Whether a document lives at the path: a well-known name, then the issuer's path and, for
 * resources,
 * "/mcp", "/sse" or nothing. Writes it when out is not NULL. */
bool metadata_at(const struct oauth *o, const char *path, struct buf *out);

/* Where the metadata of the resource behind a path is: "https://host/.well-known/…/mcp". */
void metadata_put_resource_url(const struct oauth *o, const char *path, struct buf *out);
