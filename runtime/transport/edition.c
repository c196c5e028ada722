#include "transport/edition.h"

#include "http/tls.h"
#include "mcp/catalog.h"
#include "mcp/scope.h"
#include "oauth/oauth.h"
#include "transport/guard.h"
#include "web/landing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The page at "/", and what is needed to make it. */
#define LANDING_MAX (4u << 20)

/* "/asana" of "https://tools.example.com/asana/", "" of "https://tools.example.com". */
static char *base_path_of(const char *public_url)
{
    const char *host = public_url ? strstr(public_url, "://") : NULL;
    const char *path = host ? strchr(host + 3, '/') : NULL;
    size_t len = path ? strcspn(path, "?#") : 0;
    while (len && path[len - 1] == '/')
        len--;
    return strndup(path ? path : "", len);
}

static bool is_shown(const void *context, const struct tool *tool)
{
    const struct server_options *o = context;
    struct caller anybody = { .toolsets = UINT64_MAX };
    for (const char *const *name = o->disabled_tools; name && *name; name++)
        if (strcmp(*name, tool->name) == 0)
            return false;
    return scope_shows(o->rules, &anybody, tool);
}

static bool make_landing(struct edition *e, struct err *err)
{
    static const enum landing_auth modes[] = {
        [AUTH_TOKEN] = LANDING_NOBODY, [AUTH_BEARER] = LANDING_BEARER, [AUTH_OAUTH] = LANDING_OAUTH
    };
    const char *host = strstr(e->url, "://") ? strstr(e->url, "://") + 3 : e->url;
    struct arena *arena = arena_new(LANDING_MAX);
    if (arena)
        landing_write(&e->landing, arena,
                      &(struct landing){ .server = arena_strndup(arena, host, strcspn(host, "/")),
                                         .base = e->base_path,
                                         .url = e->url,
                                         .version = ASANA_MCP_VERSION,
                                         .auth = modes[e->options.auth],
                                         .sandbox = e->options.sandbox,
                                         .read_only = scope_reads_only(e->options.rules),
                                         .shows = is_shown,
                                         .context = &e->options });
    bool ok = arena && buf_ok(&e->landing);
    arena_free(arena);
    return ok || err_set(err, ERR_MEMORY, "out of memory");
}

static void write_own_url(struct edition *e)
{
    const struct listen_address *l = &e->options.listen;
    bool v6 = strchr(l->host, ':');
    snprintf(e->own_url, sizeof(e->own_url), "http%s://%s%s%s:%d", e->options.tls ? "s" : "",
             v6 ? "[" : "", l->host, v6 ? "]" : "", l->port);
}

static bool open_sign_in(struct edition *e, struct err *err)
{
    if (!e->options.oauth)
        return true;
    struct oauth_options sign_in = *e->options.oauth;
    sign_in.issuer = e->url;
    sign_in.toolsets = e->options.rules ? e->options.rules->all.toolsets : 0;
    sign_in.read_only = scope_reads_only(e->options.rules);
    return oauth_new(&sign_in, &e->oauth, err);
}

/* Last of all: with it goes the duty to release the extras. */
static bool make_catalog(struct edition *e, struct err *err)
{
    struct mcp_extras all = e->options.extras ? *e->options.extras : (struct mcp_extras){ 0 };
    all.without = e->options.disabled_tools;
    e->catalog = mcp_catalog_new(&all);
    return e->catalog || err_set(err, ERR_MEMORY, "out of memory");
}

bool edition_new(const struct server_options *options, struct edition **out, struct err *err)
{
    struct edition *e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(err, ERR_MEMORY, "out of memory");
    e->references = 1;
    e->options = *options;
    if (options->tls)
        tls_hold(options->tls);
    buf_init(&e->landing, LANDING_MAX);
    write_own_url(e);
    e->url = options->public_url ? options->public_url : e->own_url;
    e->base_path = base_path_of(options->public_url);
    e->guard = guard_new(&e->options);
    if (!e->base_path || !e->guard)
        err_set(err, ERR_MEMORY, "out of memory");
    else if (make_landing(e, err) && open_sign_in(e, err) && make_catalog(e, err)) {
        *out = e;
        return true;
    }
    edition_free(e);
    return false;
}

struct edition *edition_hold(struct edition *e)
{
    atomic_fetch_add(&e->references, 1);
    return e;
}

void edition_free(struct edition *e)
{
    if (!e || atomic_fetch_sub(&e->references, 1) != 1)
        return;
    oauth_free(e->oauth);
    guard_free(e->guard);
    tls_free(e->options.tls);
    buf_done(&e->landing);
    free(e->base_path);
    mcp_catalog_free(e->catalog); /* what the options point to goes with it */
    free(e);
}

bool edition_same_tools(const struct edition *a, const struct edition *b)
{
    return scope_same(a->options.rules, b->options.rules) &&
           mcp_catalog_same_tools(a->catalog, b->catalog);
}
