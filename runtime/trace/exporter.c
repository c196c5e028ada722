#include "trace/exporter.h"

#include "asana/multi.h"
#include "base/log.h"
#include "metrics/metrics.h"
#include "trace/otlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace_exporter {
    struct trace_sink sink; /* first: the sink is the exporter */
    const struct trace_options *options;
    struct multi multi;
    uv_timer_t timer;
    struct buf spans;
    unsigned queued;
    unsigned long long lost; /* since the log said so */
    CURL *easy;
    struct curl_slist *headers;
    struct buf body; /* of the request that is under way */
    unsigned sent;   /* spans in it; 0: none is under way */
    bool failing;    /* the log has been told */
    bool closing;
    char detail[CURL_ERROR_SIZE];
};

static void send_queued(struct trace_exporter *e);

static void lose_request(struct trace_exporter *e);

static void on_timer(uv_timer_t *timer)
{
    struct trace_exporter *e = timer->data;
    if (e->closing)
        lose_request(e);
    else
        send_queued(e);
}

static void start_timer(struct trace_exporter *e)
{
    if (!uv_is_active((uv_handle_t *)&e->timer))
        uv_timer_start(&e->timer, on_timer, LIMIT_TRACE_WAIT_MS, 0);
}

static void lose(struct trace_exporter *e, unsigned spans)
{
    e->lost += spans;
    metrics_add(METRIC_SPANS, SPANS_LOST, 0, spans);
}

static void take(struct trace_sink *sink, const struct span *span)
{
    struct trace_exporter *e = (struct trace_exporter *)sink;
    size_t before = e->spans.len;
    if (e->queued < LIMIT_TRACE_SPANS) {
        if (before)
            buf_char(&e->spans, ',');
        otlp_put_span(&e->spans, span);
    }
    if (e->queued == LIMIT_TRACE_SPANS || !buf_ok(&e->spans)) {
        e->spans.failed = false;
        e->spans.len = before;
        lose(e, 1);
        return;
    }
    e->queued++;
    start_timer(e);
    if (e->queued >= LIMIT_TRACE_SPANS / 2 || e->spans.len >= LIMIT_TRACE_QUEUE / 2)
        send_queued(e);
}

/* ---- the end ---- */

static void exporter_gone(void *ctx)
{
    struct trace_exporter *e = ctx;
    for (struct curl_slist *h = e->headers; h; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    if (e->headers) /* else there is perhaps no libcurl */
        curl_slist_free_all(e->headers);
    buf_done(&e->spans);
    buf_done(&e->body);
    free(e);
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct trace_exporter *e = timer->data;
    if (e->easy)
        curl_easy_cleanup(e->easy);
    multi_done(&e->multi, exporter_gone);
}

static void finish(struct trace_exporter *e)
{
    if (e->lost)
        LOG(LOG_WARN, "trace.lost", LOG_INT("spans", (int64_t)e->lost));
    uv_close((uv_handle_t *)&e->timer, on_timer_closed);
}

/* Time is up. */
static void lose_request(struct trace_exporter *e)
{
    curl_multi_remove_handle(e->multi.curl, e->easy);
    lose(e, e->sent + e->queued);
    finish(e);
}

/* ---- sending ---- */

static void tell_outcome(struct trace_exporter *e, long status, const char *why)
{
    bool ok = status >= 200 && status < 300;
    if (ok)
        metrics_add(METRIC_SPANS, SPANS_EXPORTED, 0, e->sent);
    if (!ok) {
        lose(e, e->sent);
        if (!e->failing)
            LOG(LOG_WARN, "trace.failed", LOG_INT("status", status), LOG_INT("spans", e->sent),
                LOG_STR("why", why));
    } else if (e->lost) {
        LOG(LOG_WARN, "trace.lost", LOG_INT("spans", (int64_t)e->lost));
        e->lost = 0;
    }
    e->failing = !ok;
}

static void on_ended(void *ctx, CURL *easy, CURLcode result)
{
    struct trace_exporter *e = ctx;
    long status = 0;
    if (result == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(e->multi.curl, easy);
    tell_outcome(e, status,
                 result == CURLE_OK ? "the collector refuses them"
                 : e->detail[0]     ? e->detail
                                    : curl_easy_strerror(result));
    buf_done(&e->body);
    e->sent = 0;
    if (e->closing && e->queued)
        send_queued(e);
    else if (e->queued)
        start_timer(e);
    if (e->closing && !e->sent)
        finish(e);
}

/* What the collector says beside its status is not read. */
static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    (void)data, (void)ctx;
    return size * count;
}

static void send_queued(struct trace_exporter *e)
{
    if (!e->queued || e->sent)
        return;
    otlp_put_request(&e->body, e->options->service, buf_slice(&e->spans));
    e->sent = e->queued;
    buf_done(&e->spans); /* between two requests nothing is held */
    e->queued = 0;
    e->detail[0] = '\0';
    if (!e->closing)
        uv_timer_stop(&e->timer);
    if (buf_ok(&e->body) &&
        curl_easy_setopt(e->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)e->body.len) ==
            CURLE_OK &&
        curl_easy_setopt(e->easy, CURLOPT_POSTFIELDS, e->body.data) == CURLE_OK &&
        curl_multi_add_handle(e->multi.curl, e->easy) == CURLM_OK)
        return;
    tell_outcome(e, 0, "out of memory");
    buf_done(&e->body);
    e->sent = 0;
}

static bool add_header(struct trace_exporter *e, const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 3;
    char *line = malloc(size);
    struct curl_slist *more = NULL;
    if (line) {
        snprintf(line, size, "%s: %s", name, value);
        more = curl_slist_append(e->headers, line);
        explicit_bzero(line, size);
    }
    free(line);
    if (more)
        e->headers = more;
    return more;
}

static bool prepare(struct trace_exporter *e, struct err *err)
{
    const struct trace_options *o = e->options;
    bool ok = add_header(e, "Content-Type", "application/json") && add_header(e, "Expect", "");
    for (const struct trace_header *h = o->headers; ok && h && h->name; h++)
        ok = add_header(e, h->name, h->value.bytes);
    e->easy = curl_easy_init();
    CURLcode bad = ok && e->easy ? CURLE_OK : CURLE_OUT_OF_MEMORY;
#define SET(option, value)                                      \
    do {                                                        \
        if (bad == CURLE_OK)                                    \
            bad = curl_easy_setopt(e->easy, (option), (value)); \
    } while (0)
    SET(CURLOPT_URL, o->url);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_HTTPHEADER, e->headers);
    SET(CURLOPT_ERRORBUFFER, e->detail);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_USERAGENT, "asana-mcp/" ASANA_MCP_VERSION);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_TIMEOUT_MS, (long)LIMIT_TRACE_EXPORT_MS);
    SET(CURLOPT_QUICK_EXIT, 1L); /* see asana/transfer.c */
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_OPENSOCKETFUNCTION, sockets_open);
    SET(CURLOPT_OPENSOCKETDATA, &e->multi.sockets);
    SET(CURLOPT_CLOSESOCKETFUNCTION, sockets_close);
    SET(CURLOPT_CLOSESOCKETDATA, &e->multi.sockets);
    if (o->direct)
        SET(CURLOPT_PROXY, "");
#undef SET
    return bad == CURLE_OK || err_set(err, ERR_MEMORY, "out of memory");
}

bool trace_exporter_open(uv_loop_t *loop, const struct trace_options *options,
                         struct trace_exporter **out, struct err *err)
{
    *out = NULL;
    if (!options || !options->url)
        return true;
    struct trace_exporter *e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(err, ERR_MEMORY, "out of memory");
    e->sink.take = take;
    e->sink.most = options->ratio >= 1 ? UINT64_MAX : (uint64_t)(options->ratio * 0x1p63);
    e->options = options;
    buf_init(&e->spans, LIMIT_TRACE_QUEUE);
    buf_init(&e->body, LIMIT_TRACE_QUEUE + 4096);
    multi_init(&e->multi, loop, 1, 1, on_ended, e);
    uv_timer_init(loop, &e->timer);
    e->timer.data = e;
    if (!multi_ready(&e->multi, err) || !prepare(e, err)) {
        finish(e);
        return false;
    }
    trace_sink = &e->sink;
    *out = e;
    return true;
}

void trace_exporter_close(struct trace_exporter *e)
{
    if (!e)
        return;
    trace_sink = NULL;
    e->closing = true;
    uv_timer_start(&e->timer, on_timer, LIMIT_TRACE_LAST_MS, 0);
    send_queued(e);
    if (!e->sent)
        finish(e);
}
