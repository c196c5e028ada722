#include "oauth/oauth.h"

#include "oauth/authorize.h"
#include "oauth/client.h"
#include "oauth/fetch.h"
#include "oauth/grant.h"
#include "oauth/job.h"
#include "oauth/metadata.h"
#include "oauth/oauth_priv.h"
#include "oauth/renew.h"
#include "oauth/seen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

typedef void serve_fn(struct oauth_worker *w, struct http_exchange *x);

static const struct endpoint {
    const char *path;
    bool shared; /* programs in web pages of any origin may use it (CORS) */
    serve_fn *get;
    serve_fn *post;
} endpoints[] = {
    { "/authorize", false, authorize_get, authorize_post },
    { "/oauth/callback", false, callback_get, NULL },
    { "/token", true, NULL, grant_token },
    { "/revoke", true, NULL, grant_revoke },
    { "/register", true, NULL, client_register },
    { "/account", false, account_get, account_post },
    { "/access-request", false, NULL, access_request_post },
};

static void serve_metadata(struct oauth_worker *w, struct http_exchange *x)
{
    BUF_AUTO body = { .max = 8192 };
    if (!metadata_at(w->shared, http_path(x), &body)) {
        http_reply_text(x, 404, NULL, "nothing is here");
        return;
    }
    http_reply(x, 200,
               (struct http_header[]){ { "Content-Type", "application/json" },
                                       { "Cache-Control", "public, max-age=3600" },
                                       { 0 } },
               &body);
}

static const struct endpoint metadata = { "/.well-known/", true, serve_metadata, NULL };
static const struct endpoint registration = { "/register/", true, client_registration, NULL };

static bool is_below(const char *path, const struct endpoint *e)
{
    return strncmp(path, e->path, strlen(e->path)) == 0;
}

static const struct endpoint *find(const char *path)
{
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(*endpoints); i++)
        if (strcmp(endpoints[i].path, path) == 0)
            return &endpoints[i];
    return is_below(path, &metadata)       ? &metadata
           : is_below(path, &registration) ? &registration
                                           : NULL;
}

bool oauth_owns(const char *path)
{
    return find(path) != NULL;
}

const char *oauth_route(const char *path)
{
    const struct endpoint *e = find(path);
    return e ? e->path : NULL;
}

bool oauth_is_shared(const char *path)
{
    const struct endpoint *e = find(path);
    return e && e->shared;
}

void oauth_serve(struct oauth_worker *w, struct http_exchange *x)
{
    const struct endpoint *e = find(http_path(x));
    enum http_method method = http_method(x);
    serve_fn *serve = method == HTTP_POST                         ? e->post
                      : method == HTTP_GET || method == HTTP_HEAD ? e->get
                                                                  : NULL;
    if (serve) {
        serve(w, x);
        return;
    }
    const char *allow = e->get && e->post ? "GET, POST" : e->get ? "GET" : "POST";
    http_reply_text(x, 405, (struct http_header[]){ { "Allow", allow }, { 0 } },
                    "method not allowed");
}

void oauth_put_challenge(const struct oauth *o, const char *path, const char *error,
                         const char *scope, struct buf *out)
{
    buf_str(out, "Bearer resource_metadata=\"");
    metadata_put_resource_url(o, path, out);
    buf_str(out, "\", scope=\"");
    buf_str(out, scope);
    buf_char(out, '"');
    if (error) {
        buf_str(out, ", error=\"");
        buf_str(out, error);
        buf_char(out, '"');
    }
}

int64_t oauth_now(void)
{
    return (int64_t)time(NULL);
}

static bool is_secure(const char *issuer)
{
    return strncasecmp(issuer, "https://", 8) == 0;
}

bool oauth_new(const struct oauth_options *options, struct oauth **out, struct err *err)
{
    struct oauth *o = calloc(1, sizeof(*o));
    const char *authority = strstr(options->issuer, "://");
    if (!o)
        return err_set(err, ERR_MEMORY, "out of memory");
    o->options = *options;
    o->secure = is_secure(options->issuer);
    size_t end = authority ? (size_t)(authority - options->issuer) + 3 : 0;
    end += strcspn(options->issuer + end, "/");
    o->origin = (struct slice){ options->issuer, end };
    o->base_path = options->issuer + end;
    *out = o;
    return true;
}

void oauth_free(struct oauth *o)
{
    free(o);
}

bool oauth_worker_open(struct oauth *o, struct worker *w, struct oauth_worker **out,
                       struct err *err)
{
    struct oauth_worker *ow = calloc(1, sizeof(*ow));
    if (!ow)
        return err_set(err, ERR_MEMORY, "out of memory");
    ow->shared = o;
    ow->worker = w;
    ow->loop = &w->loop;
    struct fetcher_options options = { .user_agent = "asana-mcp/" ASANA_MCP_VERSION,
                                       .ca_file = o->options.ca_file,
                                       .private_allow = o->options.cimd_allow };
    if (!fetcher_new(ow->loop, &options, &ow->fetcher, err) || !grants_open(ow, err)) {
        oauth_worker_close(ow);
        return false;
    }
    renew_for_asker(ow, &ow->renewer);
    w->mcp.asana.renewer = &ow->renewer;
    *out = ow;
    return true;
}

void oauth_worker_close(struct oauth_worker *w)
{
    if (!w)
        return;
    w->worker->mcp.asana.renewer = NULL;
    while (!LIST_EMPTY(&w->jobs))
        oauth_job_done(LIST_FIRST(&w->jobs));
    grants_close(w);
    fetcher_free(w->fetcher);
    store_leave(w->shared->options.store, w->loop);
    free(w);
}

void oauth_worker_renew(struct oauth_worker *w, struct oauth *o)
{
    w->shared = o;
    fetcher_allow(w->fetcher, o->options.cimd_allow);
}

void oauth_worker_obey(struct oauth_worker *w, struct policy *policy)
{
    w->policy = policy;
}

void oauth_worker_doubt(struct oauth_worker *w)
{
    seen_doubt_all(w->grants);
}
