#include "transport/front.h"

#include "base/clock.h"
#include "base/log.h"
#include "mcp/hub.h"
#include "metrics/metrics.h"
#include "oauth/oauth.h"
#include "trace/exporter.h"
#include "transport/access.h"
#include "transport/call_queue.h"
#include "transport/channel.h"
#include "transport/drain.h"
#include "transport/edition.h"
#include "transport/entry.h"
#include "transport/evict.h"
#include "transport/followup.h"
#include "transport/keyring.h"
#include "transport/later.h"
#include "transport/monitor.h"
#include "transport/post.h"
#include "transport/ready.h"
#include "transport/roster.h"
#include "transport/server.h"
#include "transport/sse.h"
#include "transport/streamable.h"
#include "web/landing.h"
#include "worker/lookout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 15000
/* How long a browser may go by a preflight: SIGHUP can bring tools with other headers. */
#define PREFLIGHT_SECONDS "600"

bool front_is_ready(const struct front *f)
{
    return keyring_is_ready(f->keys) && (!f->worker->bus || bus_hears(f->worker->bus)) &&
           (!f->sight.policy || policy_ready(f->sight.policy));
}

static void landing(struct front *f, struct http_exchange *x, struct caller *caller)
{
    (void)caller;
    BUF_AUTO page = { .max = f->landing.len };
    buf_slice_put(&page, f->landing);
    http_reply(x, 200,
               (struct http_header[]){ { "Content-Type", "text/html; charset=utf-8" },
                                       { "Content-Security-Policy", LANDING_POLICY },
                                       { "X-Frame-Options", "DENY" },
                                       { "X-Content-Type-Options", "nosniff" },
                                       { "Referrer-Policy", "no-referrer" },
                                       { "Cache-Control", "public, max-age=300" },
                                       { 0 } },
               &page);
}

static void sign_in(struct front *f, struct http_exchange *x, struct caller *caller)
{
    (void)caller;
    oauth_serve(f->oauth, x);
}

/* Of sign-in's own paths, whatever the method. */
static const struct route sign_in_route = { .access = ROUTE_PUBLIC, .serve = sign_in };

static const struct route routes[] = {
    { "/", HTTP_GET, ROUTE_PUBLIC, landing },
    { "/sse", HTTP_GET, ROUTE_CALLERS, sse_open },
    { "/sse/message", HTTP_POST, ROUTE_CALLERS, sse_message },
    { "/mcp", HTTP_POST, ROUTE_CALLERS, streamable_post },
    { "/mcp", HTTP_GET, ROUTE_CALLERS, streamable_get },
    { "/mcp", HTTP_DELETE, ROUTE_CALLERS, streamable_delete },
    { "/healthz", HTTP_GET, ROUTE_PROBE, ready_serve_health },
    { "/readyz", HTTP_GET, ROUTE_PROBE, ready_serve },
    { "/metrics", HTTP_GET, ROUTE_PUBLIC, monitor_serve },
};
#define ROUTES (sizeof(routes) / sizeof(routes[0]))

void front_refuse_session(struct http_exchange *x, bool room)
{
    http_reply_text(x, room ? 503 : 429, (struct http_header[]){ { "Retry-After", "5" }, { 0 } },
                    room ? "too many sessions are open"
                         : "you have too many sessions open: close some of them");
}

static const char *const method_names[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS" };

static bool serves(const struct route *r, enum http_method method)
{
    return r->method == method || (r->access != ROUTE_CALLERS && method == HTTP_HEAD);
}

void front_refuse_route(struct http_exchange *x)
{
    BUF_AUTO allow = { .max = 128 };
    for (size_t i = 0; i < ROUTES; i++) {
        if (strcmp(routes[i].path, http_path(x)) != 0)
            continue;
        if (allow.len)
            buf_str(&allow, ", ");
        buf_str(&allow, method_names[routes[i].method]);
    }
    if (!allow.len) {
        http_reply_text(x, 404, NULL, "nothing is here; MCP is served at /sse and /mcp");
        return;
    }
    buf_char(&allow, '\0');
    http_reply_text(x, 405, (struct http_header[]){ { "Allow", allow.data }, { 0 } },
                    "method not allowed");
}

static const struct route *find_route(const struct http_exchange *x)
{
    for (size_t i = 0; i < ROUTES; i++)
        if (strcmp(routes[i].path, http_path(x)) == 0 && serves(&routes[i], http_method(x)))
            return &routes[i];
    return NULL;
}

/* What a web page of an allowed origin may send and read (WHATWG Fetch, "CORS protocol").
 * Credentials are headers, never cookies, so none are allowed. */
static void share_with_page(struct http_exchange *x)
{
    const char *origin = http_header(x, "Origin");
    if (!origin)
        return;
    http_always(x, "Access-Control-Allow-Origin", origin);
    http_always(x, "Access-Control-Expose-Headers",
                "Mcp-Session-Id, WWW-Authenticate, X-Request-Id");
    http_always(x, "Vary", "Origin");
}

static void answer_preflight(const struct front *f, struct http_exchange *x)
{
    http_reply(
        x, 204,
        (struct http_header[]){ { "Access-Control-Allow-Methods", "GET, POST, DELETE" },
                                { "Access-Control-Allow-Headers", f->edition->allow_headers },
                                { "Access-Control-Max-Age", PREFLIGHT_SECONDS },
                                { 0 } },
        NULL);
}

static bool is_preflight(const struct http_exchange *x)
{
    return http_method(x) == HTTP_OPTIONS && http_header(x, "Origin") &&
           http_header(x, "Access-Control-Request-Method");
}

static void refuse(struct http_exchange *x, enum metric_refusal reason, const char *text)
{
    metrics_count(METRIC_REFUSALS, reason, 0);
    http_reply_text(x, 403, NULL, text);
}

static void on_head(void *ctx, struct http_exchange *x)
{
    struct front *f = ctx;
    bool signs_in = f->oauth && oauth_owns(http_path(x));
    bool shared = !signs_in || oauth_is_shared(http_path(x)); /* web pages may use it */
    const struct route *route = signs_in ? &sign_in_route : find_route(x);
    if (route)
        http_route(x, route->access == ROUTE_PROBE ? NULL
                      : signs_in                   ? oauth_route(http_path(x))
                                                   : route->path);
    bool host = guard_knows_host(f->guard, x);
    /* Sign-in's pages judge the origins of their forms themselves; its endpoints are for all. */
    bool origin = signs_in || guard_allows_origin(f->guard, x);
    if (host && origin && shared)
        share_with_page(x);
    if (route && route->access == ROUTE_PROBE)
        http_set_data(x, (void *)route);
    else if (!host)
        refuse(x, REFUSED_HOST, "this Host is not served here; see --public-url");
    else if (!origin)
        refuse(x, REFUSED_ORIGIN, "this Origin is not allowed; see --allow-origin");
    else if (shared && is_preflight(x))
        answer_preflight(f, x);
    else if ((route && route->access == ROUTE_PUBLIC) || entry_may_try(f, x))
        http_set_data(x, (void *)route);
}

static void on_request(void *ctx, struct http_exchange *x)
{
    struct front *f = ctx;
    const struct route *route = http_data(x);
    if (drain_is_over(f->drain, x))
        return;
    if (route && route->access != ROUTE_CALLERS)
        route->serve(f, x, &(struct caller){ 0 });
    else
        entry_admit(f, x, route);
}

static void on_end(void *ctx, const struct http_end *end)
{
    const struct front *f = ctx;
    if (f->options->access_log)
        access_log(end);
}

/* Housekeeping: proxies close silent streams, and nobody tells us of a Streamable HTTP client that
 * went away. */
static void on_tick(uv_timer_t *tick)
{
    struct front *f = tick->data;
    struct post *p;
    sse_keep_alive(f);
    channel_keep_alive(f);
    LIST_FOREACH (p, &f->posts, link)
        outlet_keep_alive(&p->out);
    uint64_t now = clock_ms();
    uint64_t idle_ms = UINT64_C(60000) * LIMIT_SESSION_IDLE_MINUTES;
    uint64_t kept_ms = UINT64_C(60000) * LIMIT_REPLAY_MINUTES;
    channel_expire(f, now > kept_ms ? now - kept_ms : 0);
    size_t expired = now > idle_ms ? sessions_expire(f->worker->sessions, now - idle_ms) : 0;
    if (expired)
        LOG(LOG_INFO, "session.expired", LOG_INT("count", (int64_t)expired));
}

/* The first change is that there is a view at all (policy.h). */
static void on_policy(void *ctx)
{
    struct front *f = ctx;
    if (f->ready)
        sem_post(f->ready);
    f->ready = NULL;
    evict_changed(f);
}

static bool open_sign_in(struct front *f, struct err *err)
{
    if (!f->edition->oauth)
        return true;
    if (!oauth_worker_open(f->edition->oauth, f->worker, &f->oauth, err))
        return false;
    oauth_worker_obey(f->oauth, f->sight.policy);
    return true;
}

static void on_hearing(void *ctx)
{
    const struct front *f = ctx;
    sem_post(f->hearing);
}

/* What other nodes say, and what all have in common. */
static void open_bus(struct front *f)
{
    struct worker *w = f->worker;
    channel_open_bus(f);
    followup_open_bus(f);
    bus_on_hearing(w->bus, on_hearing, f);
    if (w->index == 0)
        keyring_ask(f->keys, w->bus, f->options->cluster_secret);
}

static struct store *store_of(const struct front *f)
{
    return f->options && f->options->policy ? f->options->policy->store : NULL;
}

/* In this order: the hub asks with what follows, and the store is the last one's that uses it. */
static void close_parts(struct front *f)
{
    struct worker *w = f->worker;
    sessions_clear(w->sessions);
    lookout_clear(w->lookout);
    hub_free(w->mcp.hub);
    w->mcp.hub = NULL;
    sight_close(&f->sight);
    roster_close(f->roster);
    oauth_worker_close(f->oauth);
    if (store_of(f))
        store_leave(store_of(f), &w->loop);
    edition_free(f->edition);
}

/* Takes the reference. */
static void set_edition(struct front *f, struct edition *edition)
{
    f->edition = edition;
    f->options = &edition->options;
    f->guard = edition->guard;
    f->oauth_shared = edition->oauth;
    f->landing = buf_slice(&edition->landing);
    f->base_path = edition->base_path;
}

/* Where all call with the operator's token there are no people to tell apart. */
static void set_ceilings(struct front *f)
{
    const struct server_options *o = f->options;
    sessions_limit(f->worker->sessions, f->sessions,
                   o->auth == AUTH_TOKEN ? 0 : o->sessions_per_person);
    if (f->worker->index == 0)
        call_queue_limit(f->calls, &o->ceiling, &o->queue);
    if (f->http)
        http_server_limit(f->http, &o->crowd);
}

void front_adopt(struct front *f, struct edition *edition)
{
    struct worker *w = f->worker;
    struct edition *before = f->edition;
    const struct server_options *o = &edition->options;
    struct err err;
    set_edition(f, edition_hold(edition));
    mcp_catalog_free(w->mcp.catalog);
    w->mcp.catalog = mcp_catalog_hold(edition->catalog);
    w->mcp.rules = o->rules;
    w->mcp.confirm = o->confirm;
    w->mcp.asana.deadline_ms = o->asana.deadline_ms;
    set_ceilings(f);
    http_server_trust(f->http, o->trusted_proxies);
    if (o->tls)
        http_server_certify(f->http, o->tls);
    if (f->oauth)
        oauth_worker_renew(f->oauth, edition->oauth);
    if (!trace_exporter_renew(&w->loop, o->trace, &w->exporter, &err))
        LOG(LOG_ERROR, "trace.not_renewed", LOG_STR("error", err.text));
    if (f->sight.policy && !policy_renew(f->sight.policy, o->policy, &err))
        LOG(LOG_ERROR, "policy.not_renewed", LOG_STR("error", err.text));
    if (f->sight.policy && policy_ready(f->sight.policy))
        evict_changed(f);
    if (w->bus && w->index == 0)
        keyring_ask(f->keys, w->bus, o->cluster_secret);
    edition_free(before);
}

bool front_start(struct worker *w, const struct front_options *o, int listen_fd, struct err *err)
{
    struct front *f = calloc(1, sizeof(*f));
    if (!f)
        return err_set(err, ERR_MEMORY, "out of memory");
    f->worker = w;
    set_edition(f, edition_hold(o->edition));
    f->drain = o->drain;
    f->keys = o->keys;
    f->calls = o->calls;
    f->sessions = o->sessions;
    set_ceilings(f);
    f->ready = o->ready;
    f->metrics = o->metrics;
    f->hearing = o->ready;
    if (!sight_open(&f->sight, &w->loop, f->options->policy, &w->mcp, on_policy, f, err) ||
        !open_sign_in(f, err)) {
        close_parts(f);
        free(f);
        return false;
    }
    struct http_app app = {
        .ctx = f, .on_head = on_head, .on_request = on_request, .on_end = on_end
    };
    struct http_options options = { .listen_fd = listen_fd,
                                    .body_max = LIMIT_HTTP_BODY,
                                    .connections_max = LIMIT_HTTP_CONNECTIONS,
                                    .idle_seconds = LIMIT_HTTP_IDLE_SECONDS,
                                    .trusted_proxies = f->options->trusted_proxies,
                                    .tls = f->options->tls,
                                    .trails = true,
                                    .held = true,
                                    .crowd = o->crowd,
                                    .crowd_limits = f->options->crowd };
    if (!http_server_new(&w->loop, &options, &app, &f->http, err)) {
        close_parts(f);
        free(f);
        return false;
    }
    if (w->bus)
        open_bus(f);
    if (store_of(f) && !roster_open(w, store_of(f), w->bus, &f->roster, err)) {
        http_server_free(f->http);
        close_parts(f);
        free(f);
        return false;
    }
    if (w->index == 0)
        call_queue_open(f->calls, &w->loop, &w->mailbox);
    uv_timer_init(&w->loop, &f->tick);
    f->tick.data = f;
    uv_timer_start(&f->tick, on_tick, TICK_MS, TICK_MS);
    w->front = f;
    w->mcp.rules = f->options->rules;
    return true;
}

static void free_front(uv_handle_t *tick)
{
    free(tick->data);
}

void front_stop(struct worker *w)
{
    struct front *f = w->front;
    drain_forget(f);
    later_forget(f);
    while (!LIST_EMPTY(&f->posts))
        post_stop(LIST_FIRST(&f->posts));
    if (w->index == 0)
        call_queue_close(f->calls);
    channel_forget(f);
    entry_forget(f);
    http_server_free(f->http);
    close_parts(f);
    uv_close((uv_handle_t *)&f->tick, free_front);
}
