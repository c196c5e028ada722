#include "cli/url.h"

#include "base/uri.h"

#include <ctype.h>
#include <string.h>

/* Credentials hide before an "@"; a URL with one is never shown. */
static const char *shown(const char *text)
{
    return strchr(text, '@') ? "(a URL with credentials)" : text;
}

/* A host that can be looked up: what else RFC 3986 allows there is a mistake. */
static bool host_is_sound(struct slice host)
{
    bool v6 = host.len > 2 && host.data[0] == '[';
    for (size_t i = 0; i < host.len; i++)
        if (!isalnum((unsigned char)host.data[i]) && !strchr(v6 ? "[]:." : "-._", host.data[i]))
            return false;
    return host.len > 0;
}

static bool is_web(const struct uri *u)
{
    return (uri_has_scheme(u, "https") || uri_has_scheme(u, "http")) && host_is_sound(u->host);
}

/* Between "://" and the path. */
static bool has_credentials(const char *text)
{
    const char *authority = strstr(text, "://");
    return authority && memchr(authority + 3, '@', strcspn(authority + 3, "/?#"));
}

bool url_base_read(struct arena *a, const char *place, const char *text, const char **out,
                   struct err *err)
{
    struct uri u;
    if (has_credentials(text))
        return err_set(err, ERR_SETTINGS, "%s: a URL must not carry a user name or password",
                       place);
    if (strpbrk(text, "?#"))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a URL without \"?\" and \"#\", got \"%.200s\"", place,
                       shown(text));
    if (!uri_split(text, &u) || !is_web(&u))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a URL like https://host/path, got \"%.200s\"", place,
                       shown(text));
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/')
        len--;
    char *copy = arena_strndup(a, text, len);
    if (!copy)
        return err_set(err, ERR_MEMORY, "out of memory");
    *out = copy;
    return true;
}

bool url_origin_read(struct arena *a, const char *place, const char *text, const char **out,
                     struct err *err)
{
    struct uri u;
    if (strcmp(text, "*") == 0)
        return err_set(
            err, ERR_SETTINGS,
            "%s: \"*\" would let every web page call this server; name the origins one by one",
            place);
    if (!uri_split(text, &u) || !host_is_sound(u.host) || (u.rest.len && !slice_is(u.rest, "/")))
        return err_set(
            err, ERR_SETTINGS,
            "%s: expected an origin like https://app.example.com (no path), got \"%.200s\"", place,
            shown(text));
    size_t len = strlen(text);
    if (text[len - 1] == '/')
        len--;
    char *copy = arena_strndup(a, text, len);
    if (!copy)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    *out = copy;
    return true;
}

bool url_is_plain(const char *text)
{
    struct uri u;
    return uri_split(text, &u) && is_web(&u);
}

bool url_is_https(const char *url)
{
    struct uri u;
    return uri_split(url, &u) && uri_has_scheme(&u, "https");
}

bool url_is_loopback(const char *url)
{
    struct uri u;
    return uri_split(url, &u) && uri_is_local(&u);
}
