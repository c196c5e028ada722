#include "http/http_priv.h"

#include "base/piece.h"
#include "base/trail.h"
#include "metrics/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void http_always(struct http_exchange *x, const char *name, const char *value)
{
    for (size_t i = 0; i < HTTP_ALWAYS_MAX; i++) {
        if (x->always[i].name)
            continue;
        x->always[i] = (struct http_header){ name, value };
        return;
    }
}

void http_put_headers(const struct http_exchange *x, struct MHD_Response *answer,
                      const struct http_header *headers)
{
    if (answer && x->trail)
        MHD_add_response_header(answer, "X-Request-Id", x->trail->id);
    for (const struct http_header *h = x->always; answer && h->name; h++)
        MHD_add_response_header(answer, h->name, h->value);
    for (const struct http_header *h = headers; answer && h && h->name; h++)
        MHD_add_response_header(answer, h->name, h->value);
}

static enum http_method method_of(const char *name)
{
    static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

struct http_watch {
    uv_poll_t poll;
    struct trail *trail;
    void (*gone)(void *ctx);
    void *ctx;
};

static void on_hang_up(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    const struct http_watch *w = poll->data;
    TRAIL_ENTER(w->trail);
    uv_poll_stop(poll);
    w->gone(w->ctx);
}

void http_watch(struct http_exchange *x, void (*gone)(void *ctx), void *ctx)
{
    http_unwatch(x);
    if (!gone)
        return;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct http_watch *w = info ? calloc(1, sizeof(*w)) : NULL;
    if (!w || uv_poll_init(x->server->epoll.loop, &w->poll, info->connect_fd) != 0) {
        free(w);
        return;
    }
    w->trail = trail_hold(x->trail);
    w->gone = gone;
    w->ctx = ctx;
    w->poll.data = w;
    x->watch = w;
    uv_poll_start(&w->poll, UV_DISCONNECT, on_hang_up);
}

static void free_watch(uv_handle_t *handle)
{
    const struct http_watch *w = handle->data;
    trail_drop(w->trail);
    free(handle->data);
}

void http_unwatch(struct http_exchange *x)
{
    if (x->watch)
        uv_close((uv_handle_t *)&x->watch->poll, free_watch);
    x->watch = NULL;
}

/* 403 says too little: whoever answers that counts why. */
static void count(const struct http_exchange *x)
{
    static const struct {
        unsigned status;
        enum metric_refusal reason;
    } refusals[] = {
        { 400, REFUSED_MALFORMED }, { 401, REFUSED_CREDENTIALS }, { 404, REFUSED_UNKNOWN },
        { 405, REFUSED_METHOD },    { 406, REFUSED_MALFORMED },   { 413, REFUSED_SIZE },
        { 415, REFUSED_MALFORMED }, { 429, REFUSED_RATE },        { 503, REFUSED_BUSY },
    };
    metrics_count(METRIC_HTTP_REQUESTS, x->method, x->status / 100 - 2);
    if (x->has_refusal) {
        metrics_count(METRIC_REFUSALS, x->refusal, 0);
        return;
    }
    for (size_t i = 0; x->status >= 400 && i < sizeof(refusals) / sizeof(*refusals); i++)
        if (refusals[i].status == x->status)
            metrics_count(METRIC_REFUSALS, refusals[i].reason, 0);
}

void http_refusal(struct http_exchange *x, enum metric_refusal reason)
{
    x->has_refusal = true;
    x->refusal = reason;
}

void http_answer_with(struct http_exchange *x, unsigned status, struct MHD_Response *answer)
{
    x->status = status;
    x->answer = answer;
    x->discard = true;
    count(x);
    if (x->server->leaving && answer)
        MHD_add_response_header(answer, "Connection", "close");
    http_unwatch(x);
    if (x->waiting) {
        x->waiting = false;
        LIST_REMOVE(x, link);
        http_resume(x->server, x->connection);
    }
}

void http_reply(struct http_exchange *x, unsigned status, const struct http_header *headers,
                struct buf *body)
{
    size_t len = 0;
    char *data = NULL;
    if (body && !buf_ok(body))
        status = 500;
    if (body)
        data = buf_take(body, &len);
    x->sent = x->method == HTTP_HEAD ? 0 : len;
    struct MHD_Response *answer =
        MHD_create_response_from_buffer_with_free_callback(len, data, piece_free);
    if (!answer)
        piece_free(data);
    http_put_headers(x, answer, headers);
    http_answer_with(x, status, answer);
}

void http_reply_text(struct http_exchange *x, unsigned status, const struct http_header *headers,
                     const char *text)
{
    BUF_AUTO body = { .max = 4096 };
    buf_str(&body, text);
    buf_char(&body, '\n');
    http_always(x, "Content-Type", "text/plain; charset=utf-8");
    http_reply(x, status, headers, &body);
}

/* A body whose second half never comes. */
struct half {
    size_t len;
    char *data;
};

static ssize_t half_read(void *cls, uint64_t pos, char *out, size_t max)
{
    const struct half *h = cls;
    size_t left = h->len / 2 > pos ? h->len / 2 - (size_t)pos : 0;
    if (!left)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = left < max ? left : max;
    memcpy(out, h->data + pos, n);
    return (ssize_t)n;
}

static void half_free(void *cls)
{
    struct half *h = cls;
    piece_free(h->data);
    free(h);
}

void http_break(struct http_exchange *x, unsigned status, const struct http_header *headers,
                struct buf *body)
{
    struct half *h = status ? calloc(1, sizeof(*h)) : NULL;
    struct MHD_Response *answer = NULL;
    if (h) {
        h->data = buf_take(body, &h->len);
        answer =
            MHD_create_response_from_callback(h->len ? h->len : 1, 4096, half_read, h, half_free);
    }
    if (h && !answer)
        half_free(h);
    http_put_headers(x, answer, headers);
    /* Without an answer libmicrohttpd is told to end the connection. */
    http_answer_with(x, status ? status : 500, answer);
}

static void too_large(struct http_exchange *x)
{
    char text[80];
    snprintf(text, sizeof(text), "the body is larger than %zu bytes", x->server->body_max);
    http_reply_text(x, 413, NULL, text);
}

static void too_many(struct http_exchange *x, enum crowd_room room)
{
    http_always(x, "Connection", "close");
    http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "5" }, { 0 } },
                    room == CROWD_FULL ? "too many connections are open"
                                       : "too many connections are open from your address");
}

/* Gives the answer to libmicrohttpd. A missing one (memory was short when it was made) ends the
 * connection. */
static enum MHD_Result send_answer(struct http_exchange *x)
{
    x->dispatched = true;
    if (!x->answer)
        return MHD_NO;
    enum MHD_Result queued = MHD_queue_response(x->connection, x->status, x->answer);
    MHD_destroy_response(x->answer);
    x->answer = NULL;
    return queued;
}

/* The first call for a request: its headers are in. */
static enum MHD_Result begin(struct http_server *s, struct MHD_Connection *connection,
                             const char *path, const char *method, void **slot)
{
    struct http_exchange *x = piece_alloc(sizeof(*x));
    if (!x)
        return MHD_NO;
    *x = (struct http_exchange){ .server = s,
                                 .connection = connection,
                                 .method_name = method,
                                 .path = path,
                                 .method = method_of(method) };
    buf_init(&x->body, s->body_max);
    *slot = x;
    s->unsent++;
    enum crowd_room room = http_link_used(connection);
    http_trail_begin(x);
    TRAIL_ENTER(x->trail);

    const char *length_text = http_header(x, "Content-Length");
    unsigned long long length = length_text ? strtoull(length_text, NULL, 10) : 0;
    if (room != CROWD_ROOM)
        too_many(x, room);
    else if (length > s->body_max)
        too_large(x);
    else if (s->app.on_head)
        s->app.on_head(s->app.ctx, x);
    /* Waiting for a body only to throw it away is a courtesy with bounds; who asks "100-continue"
     * needs none. */
    if (x->status && (length > LIMIT_HTTP_DISCARD || http_header(x, "Expect")))
        return send_answer(x);
    return MHD_YES;
}

static enum MHD_Result take_body(struct http_exchange *x, const char *data, size_t *size)
{
    size_t len = *size;
    *size = 0;
    x->received += len;
    if (x->received > LIMIT_HTTP_DISCARD)
        return MHD_NO;
    if (x->discard)
        return MHD_YES;
    buf_put(&x->body, data, len);
    if (!buf_ok(&x->body)) {
        buf_done(&x->body);
        too_large(x);
    }
    return MHD_YES;
}

enum MHD_Result http_on_access(void *cls, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload_data,
                               size_t *upload_data_size, void **slot)
{
    (void)version;
    struct http_server *s = cls;
    struct http_exchange *x = *slot;
    if (!x)
        return begin(s, connection, url, method, slot);
    if (*upload_data_size)
        return take_body(x, upload_data, upload_data_size);
    if (!x->status && !x->dispatched && !s->stopping) {
        x->dispatched = true;
        TRAIL_ENTER(x->trail);
        s->app.on_request(s->app.ctx, x);
    }
    if (x->status)
        return send_answer(x);
    if (s->stopping)
        return MHD_NO;
    x->waiting = true;
    LIST_INSERT_HEAD(&s->exchanges, x, link);
    MHD_suspend_connection(connection);
    return MHD_YES;
}

void http_on_completed(void *cls, struct MHD_Connection *connection, void **slot,
                       enum MHD_RequestTerminationCode code)
{
    struct http_server *s = cls;
    (void)code;
    struct http_exchange *x = *slot;
    if (!x) {
        http_refused_ended(&s->refused, connection);
        return;
    }
    *slot = NULL;
    TRAIL_ENTER(x->trail);
    if (!x->status)
        x->status = http_refused_ended(&s->refused, connection);
    if (!x->stream || x->stream->closing)
        x->server->unsent--;
    if (x->stream) {
        x->sent = x->stream->handed;
        http_stream_finished(x->stream);
    }
    if (x->answer)
        MHD_destroy_response(x->answer);
    http_unwatch(x);
    http_trail_end(x);
    buf_done(&x->body);
    piece_free(x);
}

enum http_method http_method(const struct http_exchange *x)
{
    return x->method;
}

const char *http_method_name(const struct http_exchange *x)
{
    return x->method_name;
}

const char *http_path(const struct http_exchange *x)
{
    return x->path;
}

const char *http_header(const struct http_exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

struct all_headers {
    const char *name;
    size_t len;
    const char **values;
    size_t max, count;
};

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                   size_t key_len, const char *value, size_t value_len)
{
    (void)kind, (void)value_len;
    struct all_headers *all = cls;
    if (key_len != all->len || strncasecmp(key, all->name, key_len) != 0)
        return MHD_YES;
    if (all->count < all->max)
        all->values[all->count] = value ? value : "";
    all->count++;
    return MHD_YES;
}

size_t http_header_all(const struct http_exchange *x, const char *name, const char **values,
                       size_t max)
{
    struct all_headers all = { name, strlen(name), values, max, 0 };
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, take_header, &all);
    return all.count;
}

bool http_header_one(const struct http_exchange *x, const char *name, const char **value)
{
    const char *values[8] = { NULL };
    size_t count = http_header_all(x, name, values, 8);
    for (size_t i = 1; i < count; i++)
        if (i >= 8 || strcmp(values[i], values[0]) != 0)
            return false;
    *value = values[0];
    return true;
}

/* Every request is told of with its sender's address: inet_ntop() would spend ten times as long on
 * it in printf. */
static void put_ipv4(const struct in_addr *address, char *out)
{
    const unsigned char *bytes = (const unsigned char *)address;
    for (int i = 0; i < 4; i++) {
        unsigned v = bytes[i];
        if (v >= 100)
            *out++ = (char)('0' + v / 100);
        if (v >= 10)
            *out++ = (char)('0' + v / 10 % 10);
        *out++ = (char)('0' + v % 10);
        *out++ = i < 3 ? '.' : '\0';
    }
}

void http_put_address(const struct sockaddr *a, char out[PEER_TEXT])
{
    if (a && a->sa_family == AF_INET)
        put_ipv4(&((const struct sockaddr_in *)(const void *)a)->sin_addr, out);
    else if (a && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, out,
                  PEER_TEXT);
}

void http_nearest(const struct http_exchange *x, char out[PEER_TEXT])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    out[0] = '\0';
    http_put_address(info ? info->client_addr : NULL, out);
}

const char *http_peer(const struct http_exchange *x)
{
    char *text = ((struct http_exchange *)x)->peer;
    char connection[PEER_TEXT];
    const char *forwarded = NULL;
    http_nearest(x, connection);
    http_header_one(x, "X-Forwarded-For", &forwarded);
    peer_find(connection, forwarded, x->server->trusted_proxies, text);
    return text;
}

const char *http_query(const struct http_exchange *x, const char *name)
{
    const char *value = NULL;
    size_t len = 0;
    if (MHD_lookup_connection_value_n(x->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name),
                                      &value, &len) != MHD_YES)
        return NULL;
    return value ? value : "";
}

struct slice http_body(const struct http_exchange *x)
{
    return buf_slice(&x->body);
}

struct each_query {
    bool (*each)(void *ctx, const char *name, const char *value);
    void *ctx;
};

static enum MHD_Result pass_query(void *cls, enum MHD_ValueKind kind, const char *key,
                                  const char *value)
{
    (void)kind;
    struct each_query *q = cls;
    return q->each(q->ctx, key, value ? value : "") ? MHD_YES : MHD_NO;
}

void http_query_each(const struct http_exchange *x,
                     bool (*each)(void *ctx, const char *name, const char *value), void *ctx)
{
    struct each_query q = { each, ctx };
    MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, pass_query, &q);
}

void http_set_data(struct http_exchange *x, void *data)
{
    x->data = data;
}

void *http_data(const struct http_exchange *x)
{
    return x->data;
}
