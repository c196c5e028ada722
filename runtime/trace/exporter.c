#include "trace/exporter.h"

#include "asana/multi.h"
#include "base/log.h"
#include "metrics/metrics.h"
#include "trace/otlp.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace_exporter {
    struct trace_sink sink; /* first: the sink is the exporter */
    char *url, *service;
    bool direct;
    struct multi multi;
    uv_timer_t timer;
    struct buf spans;
    unsigned queued;
    unsigned long long lost; /* since the log said so */
    CURL *easy;
    struct curl_slist *headers;
    struct buf body; /* of the request that is under way */
    unsigned sent;   /* spans in it; 0: none is under way */
    unsigned tries;  /* of it */
    bool resting;    /* it waits for the next one */
    bool failing;    /* the log has been told */
    bool closing;
    char detail[CURL_ERROR_SIZE];
};

static void send_queued(struct trace_exporter *e);
static void send_body(struct trace_exporter *e);
static void lose_request(struct trace_exporter *e);

static void on_timer(uv_timer_t *timer)
{
    struct trace_exporter *e = timer->data;
    if (e->closing)
        lose_request(e);
    else if (e->resting)
        send_body(e);
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
    free(e->url);
    free(e->service);
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
    if (e->queued)
        lose(e, e->queued);
    if (e->lost)
        LOG(LOG_WARN, "trace.lost", LOG_INT("spans", (int64_t)e->lost));
    uv_close((uv_handle_t *)&e->timer, on_timer_closed);
}

/* Time is up. */
static void lose_request(struct trace_exporter *e)
{
    curl_multi_remove_handle(e->multi.curl, e->easy);
    lose(e, e->sent);
    finish(e);
}

/* ---- sending ---- */

/* OTLP 1.x, "OTLP/HTTP Response": these may be sent again, and so may what did not arrive. */
static bool may_retry(long status)
{
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

/* How long the request rests before it is sent again; 0: it is not. Longer each time, as long as
 * the collector asks for, and not for all workers at once. */
static uint64_t retry_pause(const struct trace_exporter *e, long status, curl_off_t asked_seconds)
{
    if (e->closing || e->tries == LIMIT_TRACE_TRIES || !may_retry(status) ||
        asked_seconds > LIMIT_TRACE_PAUSE_MS / 1000)
        return 0;
    uint64_t pause = (uint64_t)LIMIT_TRACE_WAIT_MS << e->tries;
    pause = pause > LIMIT_TRACE_PAUSE_MS ? LIMIT_TRACE_PAUSE_MS : pause;
    pause = pause / 2 + randombytes_uniform((uint32_t)(pause / 2 + 1));
    uint64_t asked = (uint64_t)asked_seconds * 1000;
    return asked > pause ? asked + randombytes_uniform(LIMIT_TRACE_WAIT_MS) : pause;
}

static void tell_failure(struct trace_exporter *e, long status, const char *why, uint64_t pause)
{
    if (!pause)
        lose(e, e->sent);
    if (!e->failing)
        LOG(LOG_WARN, "trace.failed", LOG_INT("status", status), LOG_INT("spans", e->sent),
            LOG_INT("retry_ms", (int64_t)pause), LOG_STR("why", why));
    e->failing = true;
}

static void tell_success(struct trace_exporter *e)
{
    metrics_add(METRIC_SPANS, SPANS_EXPORTED, 0, e->sent);
    if (e->lost)
        LOG(LOG_WARN, "trace.lost", LOG_INT("spans", (int64_t)e->lost));
    else if (e->failing)
        LOG(LOG_INFO, "trace.recovered");
    e->lost = 0;
    e->failing = false;
}

static void end_request(struct trace_exporter *e)
{
    buf_done(&e->body);
    e->sent = e->tries = 0;
    if (e->closing && e->queued)
        send_queued(e);
    else if (e->queued)
        start_timer(e);
    if (e->closing && !e->sent)
        finish(e);
}

static void on_ended(void *ctx, CURL *easy, CURLcode result)
{
    struct trace_exporter *e = ctx;
    long status = 0;
    curl_off_t asked = 0;
    if (result == CURLE_OK) {
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &asked);
    }
    curl_multi_remove_handle(e->multi.curl, easy);
    if (status >= 200 && status < 300) {
        tell_success(e);
        end_request(e);
        return;
    }
    uint64_t pause = retry_pause(e, status, asked);
    tell_failure(e, status,
                 result == CURLE_OK ? "the collector refuses them"
                 : e->detail[0]     ? e->detail
                                    : curl_easy_strerror(result),
                 pause);
    if (!pause) {
        end_request(e);
        return;
    }
    e->resting = true;
    uv_timer_start(&e->timer, on_timer, pause, 0);
}

/* What the collector says beside its status is not read. */
static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    (void)data, (void)ctx;
    return size * count;
}

static void send_body(struct trace_exporter *e)
{
    e->resting = false;
    e->tries++;
    e->detail[0] = '\0';
    if (buf_ok(&e->body) &&
        curl_easy_setopt(e->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)e->body.len) ==
            CURLE_OK &&
        curl_easy_setopt(e->easy, CURLOPT_POSTFIELDS, e->body.data) == CURLE_OK &&
        curl_multi_add_handle(e->multi.curl, e->easy) == CURLM_OK)
        return;
    tell_failure(e, 0, "out of memory", 0);
    buf_done(&e->body);
    e->sent = e->tries = 0;
    if (e->queued && !e->closing)
        start_timer(e);
}

static void send_queued(struct trace_exporter *e)
{
    if (!e->queued || e->sent)
        return;
    otlp_put_request(&e->body, e->service, buf_slice(&e->spans));
    e->sent = e->queued;
    buf_done(&e->spans); /* between two requests nothing is held */
    e->queued = 0;
    if (!e->closing)
        uv_timer_stop(&e->timer);
    send_body(e);
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

static bool prepare(struct trace_exporter *e, const struct trace_options *o, struct err *err)
{
    e->url = strdup(o->url);
    e->service = strdup(o->service);
    e->direct = o->direct;
    bool ok = e->url && e->service && add_header(e, "Content-Type", "application/json") &&
              add_header(e, "Expect", "");
    for (const struct trace_header *h = o->headers; ok && h && h->name; h++)
        ok = add_header(e, h->name, h->value.bytes);
    e->easy = curl_easy_init();
    CURLcode bad = ok && e->easy ? CURLE_OK : CURLE_OUT_OF_MEMORY;
#define SET(option, value)                                      \
    do {                                                        \
        if (bad == CURLE_OK)                                    \
            bad = curl_easy_setopt(e->easy, (option), (value)); \
    } while (0)
    SET(CURLOPT_URL, e->url);
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
    if (e->direct)
        SET(CURLOPT_PROXY, "");
#undef SET
    return bad == CURLE_OK || err_set(err, ERR_MEMORY, "out of memory");
}

static uint64_t most_of(const struct trace_options *o)
{
    return o->ratio >= 1 ? UINT64_MAX : (uint64_t)(o->ratio * 0x1p63);
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
    e->sink.most = most_of(options);
    buf_init(&e->spans, LIMIT_TRACE_QUEUE);
    buf_init(&e->body, LIMIT_TRACE_QUEUE + 4096);
    multi_init(&e->multi, loop, 1, 1, on_ended, e);
    uv_timer_init(loop, &e->timer);
    e->timer.data = e;
    if (!multi_ready(&e->multi, err) || !prepare(e, options, err)) {
        finish(e);
        return false;
    }
    trace_sink = &e->sink;
    *out = e;
    return true;
}

/* The first two headers are ours. */
static bool same_headers(const struct trace_exporter *e, const struct trace_header *theirs)
{
    const struct curl_slist *mine = e->headers->next->next;
    for (; mine && theirs && theirs->name; mine = mine->next, theirs++) {
        size_t len = strlen(theirs->name);
        if (strncmp(mine->data, theirs->name, len) != 0 ||
            strncmp(mine->data + len, ": ", 2) != 0 ||
            strcmp(mine->data + len + 2, theirs->value.bytes) != 0)
            return false;
    }
    return !mine && !(theirs && theirs->name);
}

static bool is_for(const struct trace_exporter *e, const struct trace_options *o)
{
    return strcmp(e->url, o->url) == 0 && strcmp(e->service, o->service) == 0 &&
           e->direct == o->direct && same_headers(e, o->headers);
}

bool trace_exporter_renew(uv_loop_t *loop, const struct trace_options *options,
                          struct trace_exporter **exporter, struct err *err)
{
    struct trace_exporter *before = *exporter, *next;
    if (before && options && options->url && is_for(before, options)) {
        before->sink.most = most_of(options);
        return true;
    }
    if (!trace_exporter_open(loop, options, &next, err))
        return false;
    *exporter = next;
    trace_exporter_close(before);
    return true;
}

void trace_exporter_close(struct trace_exporter *e)
{
    if (!e)
        return;
    if (trace_sink == &e->sink)
        trace_sink = NULL;
    e->closing = true;
    uv_timer_start(&e->timer, on_timer, LIMIT_TRACE_LAST_MS, 0);
    if (e->resting)
        send_body(e);
    else
        send_queued(e);
    if (!e->sent)
        finish(e);
}
