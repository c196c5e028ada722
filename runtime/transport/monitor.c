#include "transport/monitor.h"

#include "base/audit.h"
#include "base/limits.h"
#include "metrics/metrics.h"
#include "metrics/process.h"
#include "transport/ready.h"
#include "transport/server.h"

#include <string.h>

static void measure(const struct front *f)
{
    BUF_AUTO reasons = { .max = 4096 };
    process_measure(f->metrics);
    metrics_set(f->metrics, METRIC_BUILD, 1);
    metrics_set(f->metrics, METRIC_AUDIT_LOST, (int64_t)audit_lost());
    metrics_set(f->metrics, METRIC_READY, ready_check(f, &reasons));
}

static void serve_metrics(struct front *f, struct http_exchange *x, struct caller *caller)
{
    (void)caller;
    const char *accept = http_header(x, "Accept");
    bool open = accept && strstr(accept, "application/openmetrics-text");
    struct buf text;
    buf_init(&text, LIMIT_METRICS_TEXT);
    measure(f);
    metrics_write(f->metrics, open ? METRICS_OPEN : METRICS_TEXT, &text);
    http_reply(
        x, 200,
        (struct http_header[]){
            { "Content-Type", open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                   : "text/plain; version=0.0.4; charset=utf-8" },
            { "Cache-Control", "no-store" },
            { 0 } },
        &text);
    buf_done(&text);
}

void monitor_serve(struct front *f, struct http_exchange *x, struct caller *caller)
{
    bool here = !*f->options->metrics_listen.host && guard_is_private(f->guard);
    if (here)
        serve_metrics(f, x, caller);
    else
        http_reply_text(x, 404, NULL, "metrics are not served to everybody; see --metrics-listen");
}

static const struct {
    const char *path;
    void (*serve)(struct front *f, struct http_exchange *x, struct caller *caller);
} routes[] = {
    { "/metrics", serve_metrics },
    { "/healthz", ready_serve_health },
    { "/readyz", ready_serve },
};

static void on_request(void *ctx, struct http_exchange *x)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
        if (strcmp(routes[i].path, http_path(x)) != 0)
            continue;
        if (http_method(x) == HTTP_GET || http_method(x) == HTTP_HEAD)
            routes[i].serve(ctx, x, NULL);
        else
            http_reply_text(x, 405, (struct http_header[]){ { "Allow", "GET" }, { 0 } },
                            "method not allowed");
        return;
    }
    http_reply_text(x, 404, NULL, "nothing is here but /metrics, /healthz and /readyz");
}

bool monitor_open(struct front *f, int listen_fd, struct err *err)
{
    struct http_app app = { .ctx = f, .on_request = on_request };
    struct http_options options = { .listen_fd = listen_fd,
                                    .body_max = 1024, /* nobody has to send one */
                                    .connections_max = LIMIT_METRICS_CONNECTIONS,
                                    .idle_seconds = LIMIT_HTTP_IDLE_SECONDS };
    return http_server_new(&f->worker->loop, &options, &app, &f->monitor, err);
}

void monitor_close(struct front *f)
{
    http_server_free(f->monitor);
    f->monitor = NULL;
}
