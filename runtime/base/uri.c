#include "base/uri.h"

#include "base/host.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Absent is fine. */
static bool is_port(struct slice s)
{
    unsigned port = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!isdigit((unsigned char)s.data[i]) || port > UINT16_MAX)
            return false;
        port = port * 10 + (unsigned)(s.data[i] - '0');
    }
    return port <= UINT16_MAX;
}

static bool is_scheme(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.data[i]) && !strchr("+-.", s.data[i]))
            return false;
    return s.len && isalpha((unsigned char)s.data[0]);
}

/* What stands behind "scheme://". */
static bool split_authority(const char *text, struct uri *u)
{
    size_t len = strcspn(text, "/?");
    if (memchr(text, '@', len))
        return false;
    const char *host_end = *text == '[' ? memchr(text, ']', len) : text - 1;
    if (!host_end)
        return false;
    size_t behind = (size_t)(host_end + 1 - text);
    const char *port = memchr(text + behind, ':', len - behind);
    u->has_authority = true;
    u->host = (struct slice){ text, port ? (size_t)(port - text) : len };
    if (port)
        u->port = (struct slice){ port + 1, (size_t)(text + len - port) - 1 };
    u->rest = slice_of(text + len);
    return u->host.len && is_port(u->port) && (*text != '[' || u->host.len == behind);
}

bool uri_split(const char *text, struct uri *out)
{
    const char *allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                          "-._~:/?[]@!$&'()*+,;=%";
    const char *colon = strchr(text, ':');
    if (!colon || text[strspn(text, allowed)] != '\0')
        return false;
    struct uri u = { .scheme = { text, (size_t)(colon - text) }, .rest = slice_of(colon + 1) };
    if (!is_scheme(u.scheme) || (strncmp(colon, "://", 3) == 0 && !split_authority(colon + 3, &u)))
        return false;
    *out = u;
    return true;
}

bool uri_has_scheme(const struct uri *u, const char *scheme)
{
    return u->scheme.len == strlen(scheme) &&
           strncasecmp(u->scheme.data, scheme, u->scheme.len) == 0;
}

bool uri_is_local(const struct uri *u)
{
    char host[64];
    if (!u->host.len || u->host.len >= sizeof(host))
        return false;
    memcpy(host, u->host.data, u->host.len);
    host[u->host.len] = '\0';
    return host_is_loopback(host);
}
