/* url.h: what kind of address a URL is. Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>

/* "http://" or "https://" with a host, without credentials, query and fragment. The error begins
 * with place and shows the URL only when it holds no credentials. out: a copy without slashes at
 * the end. */
bool url_base_read(struct arena *a, const char *place, const char *text, const char **out,
                   struct err *err);

/* "scheme://host[:port]" as browsers send it: lower case, no path. Any scheme. */
bool url_origin_read(struct arena *a, const char *place, const char *text, const char **out,
                     struct err *err);

/* An "http://" or "https://" URL with a host, without credentials and fragment; it may have a
 * query. */
bool url_is_plain(const char *text);
bool url_is_https(const char *url);
/* The host is 127.0.0.0/8, ::1 or localhost. */
bool url_is_loopback(const char *url);
