#include "transport/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct guard {
    const struct server_options *options;
    bool loopback;
    bool any_address;         /* listening on 0.0.0.0 or [::] */
    struct slice public_host; /* of the public URL, without a port; empty when there is none */
    struct secret token;      /* AUTH_TOKEN */
};

/* The host of "scheme://host:port/…" or of "host:port", without port and brackets. */
static struct slice host_of(const char *text)
{
    const char *p = strstr(text, "://");
    p = p ? p + 3 : text;
    if (*p == '[') {
        p++;
        return (struct slice){ p, strcspn(p, "]") };
    }
    return (struct slice){ p, strcspn(p, ":/?#") };
}

static bool same_host(struct slice a, struct slice b)
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
    if (o->public_url)
        g->public_host = host_of(o->public_url);
    if (o->asana_token && o->asana_token->len &&
        !secret_set(&g->token, (struct slice){ o->asana_token->bytes, o->asana_token->len })) {
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
    if (g->public_host.len && same_host(host, g->public_host))
        return true;
    if (g->loopback)
        return slice_is(host, "127.0.0.1") || slice_is(host, "::1") ||
               same_host(host, slice_of("localhost")) ||
               same_host(host, slice_of(g->options->listen.host));
    return g->any_address ? is_numeric(host) || same_host(host, slice_of("localhost"))
                          : same_host(host, slice_of(g->options->listen.host));
}

bool guard_knows_host(const struct guard *g, const struct http_exchange *x)
{
    const char *host = http_header(x, "Host");
    return host && is_our_host(g, host_of(host));
}

bool guard_allows_origin(const struct guard *g, const struct http_exchange *x)
{
    const char *origin = http_header(x, "Origin");
    if (!origin)
        return true;
    for (const char *const *o = g->options->allow_origins; o && *o; o++)
        if (strcasecmp(*o, origin) == 0)
            return true;
    /* Our own origin: the very authority that this request was sent to. */
    const char *host = http_header(x, "Host");
    const char *authority = strstr(origin, "://");
    return host && authority && strcasecmp(authority + 3, host) == 0;
}

/* The token68 behind "Bearer " (RFC 6750, section 2.1); empty when there is none. */
static struct slice bearer_token(const struct http_exchange *x)
{
    const char *header = http_header(x, "Authorization");
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return (struct slice){ 0 };
    const char *token = header + 7 + strspn(header + 7, " ");
    size_t len = strlen(token);
    if (strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=:|") !=
        len)
        return (struct slice){ 0 };
    return (struct slice){ token, len };
}

bool guard_caller(const struct guard *g, const struct http_exchange *x, struct caller *out)
{
    struct slice token = { g->token.bytes, g->token.len };
    if (g->options->auth == AUTH_BEARER)
        token = bearer_token(x);
    *out = (struct caller){ 0 };
    if (!token.len || !secret_set(&out->token, token))
        return false;
    secret_digest(token, &out->id);
    return true;
}

void caller_done(struct caller *c)
{
    secret_done(&c->token);
}
