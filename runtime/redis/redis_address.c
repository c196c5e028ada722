#include "redis/redis.h"

#include "redis/redis_tls.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM "expected redis://[user:password@]host[:port][/db] or unix://[user:password@]/path"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decodes; false when it does not fit, or is no such text. */
static bool decode(struct slice from, char *to, size_t room, size_t *len)
{
    size_t n = 0;
    for (size_t i = 0; i < from.len; i++) {
        char c = from.data[i];
        if (c == '%') {
            if (i + 2 >= from.len || hex(from.data[i + 1]) < 0 || hex(from.data[i + 2]) < 0)
                return false;
            c = (char)(hex(from.data[i + 1]) * 16 + hex(from.data[i + 2]));
            i += 2;
        }
        if (c == '\0' || n + 1 >= room)
            return false;
        to[n++] = c;
    }
    to[n] = '\0';
    *len = n;
    return true;
}

/* "user:password", ":password" */
static bool parse_login(struct slice text, struct redis_address *a, struct err *err)
{
    const char *colon = memchr(text.data, ':', text.len);
    if (!colon)
        return err_set(err, ERR_SETTINGS,
                       "expected \"user:password@\" or \":password@\" before the host");
    struct slice user = { text.data, (size_t)(colon - text.data) };
    struct slice password = { colon + 1, text.len - user.len - 1 };
    char plain[512];
    size_t len;
    bool ok = decode(user, a->user, sizeof(a->user), &len) &&
              decode(password, plain, sizeof(plain), &len);
    if (!ok)
        return err_set(err, ERR_SETTINGS,
                       "user or password before the \"@\" is too long, or a \"%%\" in it is "
                       "not percent-encoded (write %%25)");
    ok = secret_set(&a->password, (struct slice){ plain, len });
    sodium_memzero(plain, sizeof(plain));
    if (ok && a->password.len == 0)
        return err_set(err, ERR_SETTINGS, "the password before the \"@\" is empty");
    return ok || err_set(err, ERR_MEMORY, "out of memory");
}

/* Digits only, up to max. */
static bool parse_number(struct slice text, int max, int *out)
{
    if (text.len == 0 || text.len > 6)
        return false;
    int n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        n = n * 10 + (text.data[i] - '0');
    }
    *out = n;
    return n <= max;
}

static bool parse_db(struct slice text, struct redis_address *a, struct err *err)
{
    return text.len == 0 || parse_number(text, 99999, &a->db) ||
           err_set(err, ERR_SETTINGS, "expected the number of a database, got \"%.*s\"",
                   (int)(text.len < 40 ? text.len : 40), text.data);
}

/* "host", "host:port", "[::1]:port" */
static bool parse_host(struct slice text, struct redis_address *a, struct err *err)
{
    struct slice host = text, port = { NULL, 0 };
    const char *end = text.len && text.data[0] == '[' ? memchr(text.data, ']', text.len) : NULL;
    const char *colon = end ? end + 1 : memchr(text.data, ':', text.len);
    if (end)
        host = (struct slice){ text.data + 1, (size_t)(end - text.data) - 1 };
    if (colon && colon < text.data + text.len) {
        port = (struct slice){ colon + 1, (size_t)(text.data + text.len - colon) - 1 };
        if (!end)
            host.len = (size_t)(colon - text.data);
        if (*colon != ':' || !parse_number(port, 65535, &a->port) || a->port == 0)
            return err_set(err, ERR_SETTINGS, "expected a port from 1 to 65535, got \"%.*s\"",
                           (int)(port.len < 40 ? port.len : 40), port.data);
    }
    if (host.len == 0 || host.len >= sizeof(a->host))
        return err_set(err, ERR_SETTINGS, "the host is missing or too long; " FORM);
    memcpy(a->host, host.data, host.len);
    return true;
}

static bool parse_path(struct slice text, struct redis_address *a, struct err *err)
{
    const char *query = memchr(text.data, '?', text.len);
    struct slice path = { text.data, query ? (size_t)(query - text.data) : text.len };
    if (path.len < 2 || path.data[0] != '/' || path.len >= sizeof(a->path))
        return err_set(err, ERR_SETTINGS,
                       "expected the absolute path of Redis' socket, of at most %zu bytes",
                       sizeof(a->path) - 1);
    memcpy(a->path, path.data, path.len);
    if (!query)
        return true;
    struct slice rest = { query, text.len - path.len };
    if (rest.len < 4 || memcmp(rest.data, "?db=", 4) != 0)
        return err_set(err, ERR_SETTINGS, "expected \"?db=N\" or nothing after the path");
    return parse_db((struct slice){ rest.data + 4, rest.len - 4 }, a, err);
}

static bool after(const char **at, const char *prefix)
{
    size_t len = strlen(prefix);
    bool is = strncmp(*at, prefix, len) == 0;
    *at += is ? len : 0;
    return is;
}

static bool parse(const char *url, struct redis_address *a, struct err *err)
{
    const char *at = url;
    bool socket = after(&at, "unix://");
    a->tls = !socket && after(&at, "rediss://");
    if (!socket && !a->tls && !after(&at, "redis://"))
        return err_set(err, ERR_SETTINGS, "" FORM);
    if (a->tls && !redis_tls_is_built())
        return err_set(err, ERR_SETTINGS,
                       "this build has no TLS for Redis, so rediss:// cannot be used: build it "
                       "where hiredis has TLS (Debian 13), or run stunnel (client = yes) beside "
                       "the server and name its port with redis://");
    const char *at_sign = strrchr(at, '@');
    if (at_sign && !parse_login((struct slice){ at, (size_t)(at_sign - at) }, a, err))
        return false;
    at = at_sign ? at_sign + 1 : at;
    if (socket)
        return parse_path(slice_of(at), a, err);
    size_t host = strcspn(at, "/?#");
    const char *db = at + host + (at[host] == '/');
    return parse_host((struct slice){ at, host }, a, err) && parse_db(slice_of(db), a, err);
}

bool redis_parse(const char *url, struct redis_address *out, struct err *err)
{
    struct redis_address a = { .port = 6379 };
    if (!parse(url, &a, err)) {
        redis_address_done(&a);
        return false;
    }
    *out = a;
    return true;
}

bool redis_trust(struct redis_address *a, const struct redis_files *files, struct err *err)
{
    return !a->tls || redis_tls_new(files, &a->trusted, err);
}

void redis_address_done(struct redis_address *a)
{
    if (!a)
        return;
    secret_done(&a->password);
    redis_tls_free(a->trusted);
    a->trusted = NULL;
}

void redis_address_show(const struct redis_address *a, char out[REDIS_ADDRESS_TEXT])
{
    bool six = strchr(a->host, ':') != NULL;
    if (!a->host[0])
        snprintf(out, REDIS_ADDRESS_TEXT, "unix://%s?db=%d", a->path, a->db);
    else
        snprintf(out, REDIS_ADDRESS_TEXT, "%s://%s%s%s:%d/%d", a->tls ? "rediss" : "redis",
                 six ? "[" : "", a->host, six ? "]" : "", a->port, a->db);
}
