#include "oauth/redirect.h"

#include "base/uri.h"

#include <string.h>
#include <strings.h>

static const char loopback_pattern[] = "http://loopback/";

/* Schemes that run code, read files or mean something to the browser itself. */
static const char *const bad_schemes[] = { "javascript", "data",   "vbscript",    "file",
                                           "about",      "blob",   "view-source", "filesystem",
                                           "ws",         "wss",    "ftp",         "mailto",
                                           "tel",        "sms",    "chrome",      "resource",
                                           "jar",        "ms-its", "intent",      "res" };

static bool same_text(struct slice a, struct slice b)
{
    return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

static bool same_bytes(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static bool is_loopback(const struct uri *u)
{
    return uri_has_scheme(u, "http") &&
           (slice_is(u->host, "127.0.0.1") || slice_is(u->host, "[::1]") ||
            same_text(u->host, slice_of("localhost")));
}

static bool is_private(const struct uri *u)
{
    if (uri_has_scheme(u, "http") || uri_has_scheme(u, "https"))
        return false;
    for (size_t i = 0; i < sizeof(bad_schemes) / sizeof(*bad_schemes); i++)
        if (uri_has_scheme(u, bad_schemes[i]))
            return false;
    return u->has_authority || memchr(u->scheme.data, '.', u->scheme.len);
}

static bool sound(const char *text, struct uri *u)
{
    return uri_split(text, u) &&
           ((uri_has_scheme(u, "https") && u->has_authority) || is_loopback(u) || is_private(u));
}

bool redirect_is_sound(const char *uri)
{
    struct uri u;
    return sound(uri, &u);
}

/* Segments that a browser or a server would resolve away, or separators that only some see. */
static bool has_dots(struct slice path)
{
    for (size_t i = 0; i + 1 < path.len; i++)
        if ((path.data[i] == '/' &&
             (path.data[i + 1] == '.' || strncasecmp(path.data + i + 1, "%2e", 3) == 0)) ||
            strncasecmp(path.data + i, "%2f", 3) == 0 || strncasecmp(path.data + i, "%5c", 3) == 0)
            return true;
    return false;
}

/* Where a pattern for everything below a path ends, without its star; 0 when it is none. */
static size_t stem_of(const char *pattern)
{
    size_t len = strlen(pattern);
    return len > 2 && strcmp(pattern + len - 2, "/*") == 0 ? len - 1 : 0;
}

bool redirect_pattern_ok(const char *pattern, struct err *err)
{
    struct uri u;
    size_t stem = stem_of(pattern);
    if (strcmp(pattern, "any") == 0 || strcmp(pattern, "http://loopback/*") == 0)
        return true;
    if (!sound(pattern, &u) || memchr(pattern, '*', stem ? stem : strlen(pattern)) ||
        (stem && (!uri_has_scheme(&u, "https") || memchr(u.host.data, '*', u.host.len))))
        return err_set(err, ERR_SETTINGS,
                       "expected a redirect URI (https://host/path, https://host/path/*, "
                       "http://loopback/*, scheme://path) or \"any\", got \"%.200s\"",
                       pattern);
    return true;
}

bool redirect_allowed(const char *const *patterns, const char *uri)
{
    struct uri u;
    if (!sound(uri, &u))
        return false;
    for (; *patterns; patterns++) {
        size_t stem = stem_of(*patterns);
        if (strcmp(*patterns, "any") == 0)
            return true;
        if (strncmp(*patterns, loopback_pattern, sizeof(loopback_pattern) - 1) == 0) {
            if (is_loopback(&u))
                return true;
        } else if (stem ? strncmp(*patterns, uri, stem) == 0 && !has_dots(u.rest)
                        : redirect_same(*patterns, uri)) {
            return true;
        }
    }
    return false;
}

bool redirect_same(const char *registered, const char *requested)
{
    struct uri a, b;
    if (strcmp(registered, requested) == 0)
        return true;
    return uri_split(registered, &a) && uri_split(requested, &b) && is_loopback(&a) &&
           is_loopback(&b) && same_bytes(a.scheme, b.scheme) && same_bytes(a.host, b.host) &&
           same_bytes(a.rest, b.rest);
}

bool redirect_is_loopback(const char *uri)
{
    struct uri u;
    return uri_split(uri, &u) && is_loopback(&u);
}

struct slice redirect_host(const char *uri)
{
    struct uri u;
    if (!uri_split(uri, &u))
        return (struct slice){ 0 };
    return u.host.len && !is_private(&u) ? u.host : u.scheme;
}
