#include "transport/front.h"

#include "base/clock.h"
#include "base/log.h"
#include "transport/post.h"
#include "transport/sse.h"
#include "transport/streamable.h"

#include <stdlib.h>
#include <string.h>

#define TICK_MS 15000

static void healthy(struct front *f, struct http_exchange *x)
{
    (void)f;
    http_reply_text(x, 200, NULL, "ok");
}

static const struct route {
    const char *path;
    enum http_method method;
    bool open; /* for probes: any Host, no credentials */
    void (*serve)(struct front *f, struct http_exchange *x);
} routes[] = {
    { "/sse", HTTP_GET, false, sse_open },
    { "/sse/message", HTTP_POST, false, sse_message },
    { "/mcp", HTTP_POST, false, streamable_post },
    { "/mcp", HTTP_DELETE, false, streamable_delete },
    { "/healthz", HTTP_GET, true, healthy },
    { "/readyz", HTTP_GET, true, healthy },
};
#define ROUTES (sizeof(routes) / sizeof(routes[0]))

static const char *const method_names[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS" };

static bool serves(const struct route *r, enum http_method method)
{
    return r->method == method || (r->open && method == HTTP_HEAD);
}

/* 404 for a path that nobody serves, else 405 with the methods that somebody does. */
static void refuse_route(struct http_exchange *x)
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
    http_always(x, "Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate");
    http_always(x, "Vary", "Origin");
}

static void answer_preflight(struct http_exchange *x)
{
    http_reply(x, 204,
               (struct http_header[]){
                   { "Access-Control-Allow-Methods", "GET, POST, DELETE" },
                   { "Access-Control-Allow-Headers",
                     "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, "
                     "Last-Event-ID, Mcp-Method, Mcp-Name" },
                   { "Access-Control-Max-Age", "86400" },
                   { 0 } },
               NULL);
}

static bool is_preflight(const struct http_exchange *x)
{
    return http_method(x) == HTTP_OPTIONS && http_header(x, "Origin") &&
           http_header(x, "Access-Control-Request-Method");
}

static void on_head(void *ctx, struct http_exchange *x)
{
    struct front *f = ctx;
    const struct route *route = find_route(x);
    bool host = guard_knows_host(f->guard, x);
    bool origin = guard_allows_origin(f->guard, x);
    if (host && origin)
        share_with_page(x);
    if (route && route->open)
        http_set_data(x, (void *)route);
    else if (!host)
        http_reply_text(x, 403, NULL, "this Host is not served here; see --public-url");
    else if (!origin)
        http_reply_text(x, 403, NULL, "this Origin is not allowed; see --allow-origin");
    else if (is_preflight(x))
        answer_preflight(x);
    else if (!guard_has_credentials(f->guard, x))
        http_reply_text(x, 401, (struct http_header[]){ { "WWW-Authenticate", "Bearer" }, { 0 } },
                        "send an Asana access token as Authorization: Bearer");
    else if (!route)
        refuse_route(x);
    else
        http_set_data(x, (void *)route);
}

static void on_request(void *ctx, struct http_exchange *x)
{
    const struct route *route = http_data(x);
    route->serve(ctx, x);
}

/* Housekeeping: proxies close silent streams, and nobody tells us of a Streamable HTTP client that
 * went away. */
static void on_tick(uv_timer_t *tick)
{
    struct front *f = tick->data;
    sse_keep_alive(f);
    uint64_t idle_ms = UINT64_C(60000) * LIMIT_SESSION_IDLE_MINUTES;
    uint64_t now = clock_ms();
    size_t expired = now > idle_ms ? sessions_expire(f->worker->sessions, now - idle_ms) : 0;
    if (expired)
        LOG(LOG_INFO, "session.expired", LOG_INT("count", (int64_t)expired));
}

bool front_start(struct worker *w, const struct guard *guard, const char *base_path, int listen_fd,
                 struct err *err)
{
    struct front *f = calloc(1, sizeof(*f));
    if (!f)
        return err_set(err, ERR_MEMORY, "out of memory");
    f->worker = w;
    f->guard = guard;
    f->base_path = base_path;
    struct http_app app = { .ctx = f, .on_head = on_head, .on_request = on_request };
    struct http_options options = { .listen_fd = listen_fd,
                                    .body_max = LIMIT_HTTP_BODY,
                                    .connections_max = LIMIT_HTTP_CONNECTIONS,
                                    .idle_seconds = LIMIT_HTTP_IDLE_SECONDS };
    if (!http_server_new(&w->loop, &options, &app, &f->http, err)) {
        free(f);
        return false;
    }
    uv_timer_init(&w->loop, &f->tick);
    f->tick.data = f;
    uv_timer_start(&f->tick, on_tick, TICK_MS, TICK_MS);
    w->front = f;
    return true;
}

static void free_front(uv_handle_t *tick)
{
    free(tick->data);
}

void front_stop(struct worker *w)
{
    struct front *f = w->front;
    while (!LIST_EMPTY(&f->posts))
        post_cancel(LIST_FIRST(&f->posts));
    http_server_free(f->http);
    uv_close((uv_handle_t *)&f->tick, free_front);
}
