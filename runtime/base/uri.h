/* uri.h: a URI taken apart, of those that name a place to go to. Pure; any thread. */
#pragma once

#include "base/slice.h"

#include <stdbool.h>

/* Slices of the text that was split. */
struct uri {
    struct slice scheme;
    struct slice host; /* as written, with brackets */
    struct slice port;
    struct slice rest; /* path and query */
    bool has_authority;
};

/* Only RFC 3986's characters, but no "#" (fragments) and no "@" in the authority (users). */
bool uri_split(const char *text, struct uri *out);
bool uri_has_scheme(const struct uri *u, const char *scheme); /* in any case */
/* Its host is this machine (host.h). */
bool uri_is_local(const struct uri *u);
