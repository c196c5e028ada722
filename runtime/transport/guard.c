#include "transport/guard.h"

#include "base/host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct guard {
    const struct server_options *options;
    bool loopback;
    bool any_address;           /* listening on 0.0.0.0 or [::] */
    struct slice public_origin; /* "https://tools.example.com" of the public URL, or empty */
    struct slice public_host;   /* the same without scheme and port */
    struct secret token;        /* AUTH_TOKEN */
};

/* The host of "host", "host:port" or "[host]:port", without brackets; empty when it is none of
 * them. */
static struct slice host_of(struct slice authority)
{
    const char *p = authority.data, *end = p + authority.len;
    bool bracket = p < end && *p == '[';
    const char *stop = memchr(p, bracket ? ']' : ':', authority.len);
    if (bracket && !stop)
        return (struct slice){ 0 };
    struct slice host = { p + bracket, (size_t)((stop ? stop : end) - p) - bracket };
    const char *port = bracket ? stop + 1 : stop ? stop : end;
    if (port < end && *port++ != ':')
        return (struct slice){ 0 };
    while (port < end)
        if (!isdigit((unsigned char)*port++))
            return (struct slice){ 0 };
    return host;
}

/* A URL up to its path. */
static struct slice origin_of(const char *url)
{
    const char *authority = strstr(url, "://");
    size_t scheme = authority ? (size_t)(authority - url) + 3 : 0;
    return (struct slice){ url, scheme + strcspn(url + scheme, "/?#") };
}

static bool same_text(struct slice a, struct slice b)
{
    return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

static bool is_numeric(struct slice host)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char parsed[sizeof(struct in6_addr)];
    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.data, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, parsed) == 1 || inet_pton(AF_INET6, text, parsed) == 1;
}

struct guard *guard_new(const struct server_options *o)
{
    struct guard *g = calloc(1, sizeof(*g));
    if (!g)
        return NULL;
    g->options = o;
    g->loopback = listen_is_loopback(&o->listen);
    g->any_address = strcmp(o->listen.host, "0.0.0.0") == 0 || strcmp(o->listen.host, "::") == 0;
    if (o->public_url) {
        const char *authority = strstr(o->public_url, "://");
        g->public_origin = origin_of(o->public_url);
        g->public_host = host_of(origin_of(authority ? authority + 3 : o->public_url));
    }
    if (o->asana_token && o->asana_token->len &&
        !secret_set(&g->token, secret_slice(o->asana_token))) {
        guard_free(g);
        return NULL;
    }
    return g;
}

void guard_free(struct guard *g)
{
    if (g)
        secret_done(&g->token);
    free(g);
}

/* A page of another site can only reach us under a name of its own, whatever address that name is
 * made to point to; numeric hosts, "localhost" and the public name can't be rebound. The port says
 * nothing: people forward ports. */
static bool is_our_host(const struct guard *g, struct slice host)
{
    if (g->public_host.len && same_text(host, g->public_host))
        return true;
    if (g->loopback)
        return slice_is(host, "127.0.0.1") || slice_is(host, "::1") ||
               same_text(host, slice_of("localhost")) ||
               same_text(host, slice_of(g->options->listen.host));
    return g->any_address ? is_numeric(host) || same_text(host, slice_of("localhost"))
                          : same_text(host, slice_of(g->options->listen.host));
}

bool guard_is_private(const struct guard *g)
{
    char host[64];
    snprintf(host, sizeof(host), "%.*s", (int)g->public_host.len, g->public_host.data);
    return g->loopback && (!g->options->public_url || host_is_loopback(host));
}

bool guard_knows_host(const struct guard *g, const struct http_exchange *x)
{
    const char *host = http_header(x, "Host");
    return host && is_our_host(g, host_of(slice_of(host)));
}

bool guard_allows_origin(const struct guard *g, const struct http_exchange *x)
{
    const char *origin = http_header(x, "Origin");
    if (!origin)
        return true;
    if (g->public_origin.len && same_text(slice_of(origin), g->public_origin))
        return true;
    for (const char *const *o = g->options->allow_origins; o && *o; o++)
        if (strcasecmp(*o, origin) == 0)
            return true;
    /* Our own origin: the very authority that this request was sent to. */
    const char *host = http_header(x, "Host");
    const char *authority = strstr(origin, "://");
    return host && authority && strcasecmp(authority + 3, host) == 0;
}

static const bool in_tokens[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['-'] = true,
    ['.'] = true,         ['_'] = true,         ['~'] = true,         ['+'] = true,
    ['/'] = true,         ['='] = true,         [':'] = true,         ['|'] = true,
};

/* The token68 behind "Bearer " (RFC 6750, section 2.1); empty when there is none. */
static struct slice bearer_token(const struct http_exchange *x)
{
    const char *header = http_header(x, "Authorization");
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return (struct slice){ 0 };
    const char *token = header + 7;
    while (*token == ' ')
        token++;
    const char *end = token;
    while (in_tokens[(unsigned char)*end])
        end++;
    return *end ? (struct slice){ 0 } : (struct slice){ token, (size_t)(end - token) };
}

/* The Asana token that the request's calls use; empty when it brings none. */
static struct slice token_of(const struct guard *g, const struct http_exchange *x)
{
    if (g->options->auth != AUTH_TOKEN)
        return bearer_token(x);
    return secret_slice(&g->token);
}

bool guard_has_credentials(const struct guard *g, const struct http_exchange *x)
{
    return token_of(g, x).len > 0;
}

bool guard_caller(const struct guard *g, const struct http_exchange *x, struct caller *out)
{
    struct slice token = token_of(g, x);
    *out = (struct caller){ 0 };
    return token.len && caller_with_token(token, out);
}
