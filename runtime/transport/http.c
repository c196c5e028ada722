#include "transport/http.h"

#include "base/log.h"

#include <limits.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often libmicrohttpd runs at most when the server ends, for answers that take several writes.
 */
#define LAST_TURNS 64

/* How libmicrohttpd is driven (its external epoll mode, DESIGN.md): its epoll descriptor is polled
 * by the loop; before the loop sleeps, run_if_due() runs it when something happened or a connection
 * was resumed, and asks when it wants to run next. Connections whose answer is not ready, and
 * streams with nothing to send, are suspended.
 *
 * An exchange: head ─▶ body read (or thrown away) ─▶ on_request ─▶ answered, or suspended until
 * http_reply(). A stream: sending ◀─▶ parked (suspended, nothing queued) ─▶ ended; a hang-up is
 * seen by watching the descriptor. */

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_app app;
    size_t body_max;
    bool due;      /* libmicrohttpd has work to do now */
    bool stopping; /* http_server_free() has begun */
    unsigned connections;
    LIST_HEAD(, http_exchange) exchanges; /* waiting for their answer, suspended */
    LIST_HEAD(, http_stream) streams;
    uv_poll_t epoll;
    uv_prepare_t prepare;
    uv_idle_t spin; /* active while due: keeps the loop from sleeping */
    uv_timer_t timer;
    unsigned handles; /* of the four above, not yet closed */
};

struct http_exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    const char *method_name;
    const char *path;
    enum http_method method;
    struct buf body;
    size_t received;
    bool discard;    /* the body is not wanted any more */
    bool dispatched; /* on_request was called, or will not be */
    bool waiting;    /* suspended; in the server's list */
    struct MHD_Response *answer;
    unsigned status;
    struct http_stream *stream;
    void *data;
    struct http_header always[HTTP_ALWAYS_MAX + 1];
    LIST_ENTRY(http_exchange) link; /* while waiting */
};

struct http_stream {
    struct http_server *server;
    struct MHD_Connection *connection;
    int fd;
    struct buf queue;
    size_t sent; /* bytes of the queue already given to libmicrohttpd */
    size_t queue_max;
    bool parked;
    bool closing; /* end the answer when the queue is empty */
    bool broken;  /* end it now */
    enum http_stream_end why;
    void *ctx;
    void (*on_close)(void *ctx, enum http_stream_end why);
    uv_poll_t watch;
    LIST_ENTRY(http_stream) link;
};

/* ---- driving libmicrohttpd ---- */

static void on_spin(uv_idle_t *handle)
{
    (void)handle;
}

static void mark_due(struct http_server *s)
{
    if (s->due)
        return;
    s->due = true;
    uv_idle_start(&s->spin, on_spin);
}

static void on_due(uv_timer_t *timer)
{
    mark_due(timer->data);
}

static void on_epoll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    mark_due(poll->data);
}

static void run_if_due(uv_prepare_t *prepare)
{
    struct http_server *s = prepare->data;
    if (!s->due)
        return;
    s->due = false;
    MHD_run(s->daemon);
    MHD_UNSIGNED_LONG_LONG wait_ms;
    bool wants = MHD_get_timeout(s->daemon, &wait_ms) == MHD_YES;
    if (s->due || (wants && wait_ms == 0)) {
        s->due = false;
        mark_due(s); /* again in the next turn; other handles get theirs in between */
        return;
    }
    uv_idle_stop(&s->spin);
    if (wants)
        uv_timer_start(&s->timer, on_due, wait_ms, 0);
    else
        uv_timer_stop(&s->timer);
}

static void resume(struct http_server *s, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    mark_due(s);
}

void http_always(struct http_exchange *x, const char *name, const char *value)
{
    for (size_t i = 0; i < HTTP_ALWAYS_MAX; i++) {
        if (x->always[i].name)
            continue;
        x->always[i] = (struct http_header){ name, value };
        return;
    }
}

/* answer may be NULL: memory was short. */
static void put_headers(const struct http_exchange *x, struct MHD_Response *answer,
                        const struct http_header *headers)
{
    for (const struct http_header *h = x->always; answer && h->name; h++)
        MHD_add_response_header(answer, h->name, h->value);
    for (const struct http_header *h = headers; answer && h && h->name; h++)
        MHD_add_response_header(answer, h->name, h->value);
}

/* ---- streams ---- */

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

static void stream_end(struct http_stream *s, enum http_stream_end why)
{
    if (s->broken)
        return;
    s->broken = true;
    s->why = why;
    /* A reader that does not read leaves libmicrohttpd waiting to write: wake it with an error. */
    shutdown(s->fd, SHUT_RDWR);
    if (s->parked) {
        s->parked = false;
        resume(s->server, s->connection);
    }
    mark_due(s->server);
}

static void on_hang_up(uv_poll_t *watch, int status, int events)
{
    (void)status;
    (void)events;
    uv_poll_stop(watch);
    stream_end(watch->data, HTTP_STREAM_CLIENT);
}

static ssize_t stream_read(void *cls, uint64_t pos, char *out, size_t max)
{
    (void)pos;
    struct http_stream *s = cls;
    if (s->broken)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = s->queue.len - s->sent;
    if (left) {
        size_t n = left < max ? left : max;
        memcpy(out, s->queue.data + s->sent, n);
        s->sent += n;
        if (s->sent == s->queue.len) {
            buf_done(&s->queue); /* idle streams hold no memory */
            s->sent = 0;
        }
        return (ssize_t)n;
    }
    if (s->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    s->parked = true;
    MHD_suspend_connection(s->connection);
    return 0;
}

/* libmicrohttpd is done with the connection; its descriptor is still open. */
static void stream_finished(struct http_stream *s)
{
    LIST_REMOVE(s, link);
    buf_done(&s->queue);
    s->on_close(s->ctx, s->broken || s->closing ? s->why : HTTP_STREAM_CLIENT);
    uv_close((uv_handle_t *)&s->watch, free_watch);
}

struct http_stream *http_stream_open(struct http_exchange *x, const struct http_stream_options *o)
{
    struct http_server *server = x->server;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct http_stream *s = calloc(1, sizeof(*s));
    struct MHD_Response *answer =
        s ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 512, stream_read, s, NULL) : NULL;
    if (!answer || !info || uv_poll_init(server->epoll.loop, &s->watch, info->connect_fd) != 0) {
        if (answer)
            MHD_destroy_response(answer);
        free(s);
        http_reply_text(x, 503, NULL, "out of memory");
        return NULL;
    }
    s->server = server;
    s->connection = x->connection;
    s->fd = info->connect_fd;
    s->ctx = o->ctx;
    s->on_close = o->on_close;
    s->watch.data = s;
    s->why = HTTP_STREAM_SERVER;
    LIST_INSERT_HEAD(&server->streams, s, link);
    s->queue_max = o->queue_max;
    uv_poll_start(&s->watch, UV_DISCONNECT, on_hang_up);

    MHD_add_response_header(answer, "Content-Type", "text/event-stream");
    MHD_add_response_header(answer, "Cache-Control", "no-cache, no-transform");
    MHD_add_response_header(answer, "X-Accel-Buffering", "no");
    put_headers(x, answer, o->headers);
    x->stream = s;
    x->status = 200;
    x->answer = answer;
    if (x->waiting) {
        x->waiting = false;
        LIST_REMOVE(x, link);
        resume(server, x->connection);
    }
    return s;
}

void http_stream_send(struct http_stream *s, struct slice bytes)
{
    if (s->broken || s->closing)
        return;
    size_t waiting = s->queue.len - s->sent;
    if (!waiting)
        s->queue.max = bytes.len + s->queue_max;
    if (s->sent > waiting || (s->sent && bytes.len > s->queue.max - s->queue.len)) {
        /* make the room of what was sent already usable again */
        memmove(s->queue.data, s->queue.data + s->sent, waiting);
        s->queue.len = waiting;
        s->sent = 0;
    }
    buf_slice_put(&s->queue, bytes);
    if (!buf_ok(&s->queue)) {
        stream_end(s, HTTP_STREAM_SLOW);
        return;
    }
    if (s->parked) {
        s->parked = false;
        resume(s->server, s->connection);
    }
}

void http_stream_close(struct http_stream *s)
{
    if (s->closing || s->broken)
        return;
    s->closing = true;
    if (s->parked) {
        s->parked = false;
        resume(s->server, s->connection);
    }
}

/* ---- exchanges ---- */

static enum http_method method_of(const char *name)
{
    static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

static void answer_with(struct http_exchange *x, unsigned status, struct MHD_Response *answer)
{
    x->status = status;
    x->answer = answer;
    x->discard = true;
    if (x->waiting) {
        x->waiting = false;
        LIST_REMOVE(x, link);
        resume(x->server, x->connection);
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
    struct MHD_Response *answer = MHD_create_response_from_buffer(
        len, data, data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!answer)
        free(data);
    put_headers(x, answer, headers);
    answer_with(x, status, answer);
}

void http_reply_text(struct http_exchange *x, unsigned status, const struct http_header *headers,
                     const char *text)
{
    BUF_AUTO body = { .max = 4096 };
    buf_str(&body, text);
    buf_char(&body, '\n');
    size_t len;
    char *data = buf_take(&body, &len);
    struct MHD_Response *answer = MHD_create_response_from_buffer(
        len, data, data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!answer)
        free(data);
    else
        MHD_add_response_header(answer, "Content-Type", "text/plain; charset=utf-8");
    put_headers(x, answer, headers);
    answer_with(x, status, answer);
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
    free(h->data);
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
    put_headers(x, answer, headers);
    /* Without an answer libmicrohttpd is told to end the connection. */
    answer_with(x, status ? status : 500, answer);
}

static void too_large(struct http_exchange *x)
{
    char text[80];
    snprintf(text, sizeof(text), "the body is larger than %zu bytes", x->server->body_max);
    http_reply_text(x, 413, NULL, text);
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
    struct http_exchange *x = calloc(1, sizeof(*x));
    if (!x)
        return MHD_NO;
    *x = (struct http_exchange){ .server = s,
                                 .connection = connection,
                                 .method_name = method,
                                 .path = path,
                                 .method = method_of(method) };
    buf_init(&x->body, s->body_max);
    *slot = x;

    const char *length_text = http_header(x, "Content-Length");
    unsigned long long length = length_text ? strtoull(length_text, NULL, 10) : 0;
    if (length > s->body_max)
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

static enum MHD_Result on_access(void *cls, struct MHD_Connection *connection, const char *url,
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

static void on_completed(void *cls, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct http_exchange *x = *slot;
    if (!x)
        return;
    *slot = NULL;
    if (x->stream)
        stream_finished(x->stream);
    if (x->answer)
        MHD_destroy_response(x->answer);
    buf_done(&x->body);
    free(x);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)connection;
    (void)slot;
    struct http_server *s = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        s->connections++;
    else
        s->connections--;
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

/* ---- the server ---- */

static void on_mhd_log(void *cls, const char *fmt, va_list ap)
{
    (void)cls;
    char text[256];
    vsnprintf(text, sizeof(text), fmt, ap);
    text[strcspn(text, "\n")] = '\0';
    LOG(LOG_DEBUG, "http.library", LOG_STR("text", text));
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct http_server *s = handle->data;
    if (--s->handles == 0)
        free(s);
}

bool http_server_new(uv_loop_t *loop, const struct http_options *o, const struct http_app *app,
                     struct http_server **out, struct err *err)
{
    struct http_server *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->app = *app;
    s->body_max = o->body_max;
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_access, s,
        MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL, MHD_OPTION_LISTEN_SOCKET, o->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, o->connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
        o->idle_seconds, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        o->connection_memory ? o->connection_memory : (size_t)LIMIT_HTTP_CONNECTION,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        s, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || uv_poll_init(loop, &s->epoll, info->epoll_fd) != 0) {
        if (s->daemon)
            MHD_stop_daemon(s->daemon);
        free(s);
        return err_set(err, ERR_IO, "the HTTP server could not be started");
    }
    uv_prepare_init(loop, &s->prepare);
    uv_idle_init(loop, &s->spin);
    uv_timer_init(loop, &s->timer);
    s->epoll.data = s->prepare.data = s->spin.data = s->timer.data = s;
    s->handles = 4;
    uv_poll_start(&s->epoll, UV_READABLE, on_epoll);
    uv_prepare_start(&s->prepare, run_if_due);
    mark_due(s);
    *out = s;
    return true;
}

void http_server_quiesce(struct http_server *s)
{
    MHD_socket fd = MHD_quiesce_daemon(s->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

unsigned http_server_connections(const struct http_server *s)
{
    return s->connections;
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    s->stopping = true;
    while (!LIST_EMPTY(&s->exchanges))
        http_reply_text(LIST_FIRST(&s->exchanges), 503, NULL, "the server is stopping");
    struct http_stream *stream;
    LIST_FOREACH (stream, &s->streams, link)
        http_stream_close(stream);
    /* Resumes what was suspended and sends what goes out without waiting. */
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    for (int turn = 0; turn < LAST_TURNS && wait_ms == 0; turn++) {
        MHD_run(s->daemon);
        if (MHD_get_timeout(s->daemon, &wait_ms) != MHD_YES)
            break;
    }
    LIST_FOREACH (stream, &s->streams, link)
        stream_end(stream, HTTP_STREAM_SERVER);
    uv_close((uv_handle_t *)&s->epoll, on_handle_closed); /* before its descriptor is closed */
    MHD_stop_daemon(s->daemon);
    uv_close((uv_handle_t *)&s->prepare, on_handle_closed);
    uv_close((uv_handle_t *)&s->spin, on_handle_closed);
    uv_close((uv_handle_t *)&s->timer, on_handle_closed);
}
