#include "http/http_priv.h"

#include "base/audit.h"
#include "base/clock.h"
#include "base/trail.h"

#include <stdio.h>
#include <string.h>

/* A proxy of ours has written the id into its own log, so ours shall say the same. Of anybody else
 * it would be a way to write into our log what stands in another's. */
static const char *given_id(const struct http_exchange *x)
{
    char nearest[PEER_TEXT];
    const char *id;
    if (!x->server->trusted_proxies || !http_header_one(x, "X-Request-Id", &id) || !id ||
        !trail_id_ok(id))
        return NULL;
    http_nearest(x, nearest);
    return peer_is_among(nearest, x->server->trusted_proxies) ? id : NULL;
}

/* What may name a span: whatever a client makes up may not. */
static const char *method_name(const struct http_exchange *x)
{
    return x->method == HTTP_OTHER ? "HTTP" : x->method_name;
}

void http_trail_begin(struct http_exchange *x)
{
    if (!x->server->trails)
        return;
    x->began_ms = clock_ms();
    x->trail = trail_new(given_id(x));
    if (!x->trail)
        return;
    const char *parent = http_header(x, "traceparent");
    if (audit_is_open())
        memcpy(x->trail->address, http_peer(x), PEER_TEXT);
    if (parent)
        trail_follow(x->trail, parent, http_header(x, "tracestate"));
    trail_open_span(x->trail, SPAN_SERVER, method_name(x));
}

void http_route(struct http_exchange *x, const char *route)
{
    char name[LIMIT_SPAN_NAME];
    struct trail *t = x->trail;
    if (!trail_span(t))
        return;
    if (!route) {
        span_drop(t->span);
        t->span = NULL;
        return;
    }
    snprintf(name, sizeof(name), "%s %s", method_name(x), route);
    span_name(t->span, name);
    span_text(t->span, "http.route", route);
}

static void end_span(struct http_exchange *x)
{
    struct span *s = trail_span(x->trail);
    if (!s)
        return;
    char status[12];
    snprintf(status, sizeof(status), "%u", x->status);
    span_text(s, "http.request.method", x->method == HTTP_OTHER ? "_OTHER" : x->method_name);
    span_text(s, "url.scheme", x->server->tls ? "https" : "http");
    span_text(s, "url.path", x->path);
    span_text(s, "client.address", http_peer(x));
    span_text(s, "asana_mcp.request_id", x->trail->id);
    span_number(s, "http.response.status_code", x->status);
    if (!x->status || x->status >= 500)
        span_fail(s, x->status ? status : "broken");
    trail_close_span(x->trail);
}

void http_trail_end(struct http_exchange *x)
{
    const struct http_app *app = &x->server->app;
    if (app->on_end)
        app->on_end(app->ctx, &(struct http_end){ .x = x,
                                                  .method = x->method_name,
                                                  .path = x->path,
                                                  .status = x->status,
                                                  .bytes = x->sent,
                                                  .ms = clock_ms() - x->began_ms,
                                                  .streamed = x->stream != NULL });
    end_span(x);
    trail_drop(x->trail);
}
