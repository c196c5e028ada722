#include "transport/edition.h"

#include "base/limits.h"
#include "base/piece.h"
#include "http/tls.h"
#include "mcp/catalog.h"
#include "mcp/scope.h"
#include "oauth/oauth.h"
#include "transport/guard.h"
#include "transport/mirror.h"
#include "web/landing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The page at "/", and what is needed to make it. */
#define LANDING_MAX (4u << 20)
/* One header's value: the names of all tools' Mcp-Param headers. */
#define ALLOW_HEADERS_MAX (16u << 10)

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
    return scope_shows(o->rules, &anybody, tool);
}

static bool make_landing(struct edition *e, struct err *err)
{
    static const enum landing_auth modes[] = {
        [AUTH_TOKEN] = LANDING_NOBODY, [AUTH_BEARER] = LANDING_BEARER, [AUTH_OAUTH] = LANDING_OAUTH
    };
    const char *host = strstr(e->url, "://") ? strstr(e->url, "://") + 3 : e->url;
    struct arena *arena = arena_new(LANDING_MAX);
    size_t count;
    const struct tool *const *tools = mcp_catalog_tools(e->catalog, &count);
    if (arena)
        landing_write(&e->landing, arena,
                      &(struct landing){ .server = arena_strndup(arena, host, strcspn(host, "/")),
                                         .base = e->base_path,
                                         .url = e->url,
                                         .version = ASANA_MCP_VERSION,
                                         .auth = modes[e->options.auth],
                                         .sandbox = e->options.sandbox,
                                         .tools = tools,
                                         .tools_count = count,
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

/* What releases its extras comes to it last of all: until then this may still fail. */
static struct mcp_catalog *make_catalog(const struct server_options *o, struct metrics *metrics)
{
    struct mcp_extras all = o->extras ? *o->extras : (struct mcp_extras){ 0 };
    all.without = o->disabled_tools;
    all.release = NULL;
    all.metrics = metrics;
    return mcp_catalog_new(&all);
}

static char *make_allow_headers(const struct mcp_catalog *catalog)
{
    BUF_AUTO b = { .max = ALLOW_HEADERS_MAX };
    mirror_put_names(&b, catalog);
    buf_str(&b, "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, "
                "Last-Event-ID, Mcp-Method, Mcp-Name, X-MCP-Toolsets, X-MCP-Profile, "
                "X-MCP-Readonly");
    buf_char(&b, '\0');
    return buf_take(&b, &(size_t){ 0 });
}

/* Whoever says nothing of ceilings has high ones. */
static void set_standards(struct server_options *o)
{
    if (!o->crowd.all)
        o->crowd.all = LIMIT_HTTP_CONNECTIONS;
    if (!o->crowd.per_address)
        o->crowd.per_address = o->crowd.all / 2;
    if (!o->ceiling.calls)
        o->ceiling.calls = LIMIT_CALLS;
    if (o->auth == AUTH_TOKEN)
        o->ceiling.calls_per_person = o->queue.per_person = 0;
}

bool edition_new(const struct server_options *options, struct metrics *metrics,
                 struct edition **out, struct err *err)
{
    struct edition *e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(err, ERR_MEMORY, "out of memory");
    e->references = 1;
    e->options = *options;
    set_standards(&e->options);
    if (options->tls)
        tls_hold(options->tls);
    buf_init(&e->landing, LANDING_MAX);
    write_own_url(e);
    e->url = options->public_url ? options->public_url : e->own_url;
    e->base_path = base_path_of(options->public_url);
    e->guard = guard_new(&e->options);
    struct mcp_catalog *catalog = make_catalog(options, metrics);
    e->catalog = catalog;
    e->allow_headers = catalog ? make_allow_headers(catalog) : NULL;
    if (!e->base_path || !e->guard || !e->allow_headers) {
        err_set(err, ERR_MEMORY, "out of memory");
    } else if (make_landing(e, err) && open_sign_in(e, err)) {
        if (options->extras)
            mcp_catalog_release(catalog, options->extras->release, options->extras->release_ctx);
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
    piece_free(e->allow_headers);
    mcp_catalog_free(e->catalog); /* what the options point to goes with it */
    free(e);
}

bool edition_same_tools(const struct edition *a, const struct edition *b)
{
    return scope_same(a->options.rules, b->options.rules) &&
           mcp_catalog_same_tools(a->catalog, b->catalog);
}
