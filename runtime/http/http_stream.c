#include "http/http_priv.h"

#include "metrics/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

void http_stream_break(struct http_stream *s, enum http_stream_end why)
{
    if (s->broken)
        return;
    s->broken = true;
    s->why = why;
    /* A reader that does not read leaves libmicrohttpd waiting to write: wake it with an error. */
    shutdown(s->fd, SHUT_RDWR);
    if (s->parked) {
        s->parked = false;
        http_resume(s->server, s->connection);
    }
    http_due(s->server);
}

static void on_hang_up(uv_poll_t *watch, int status, int events)
{
    (void)status;
    (void)events;
    uv_poll_stop(watch);
    http_stream_break(watch->data, HTTP_STREAM_CLIENT);
}

/* After a message longer than this another one is expected: no system call for each of many. The
 * next keep-alive is shorter. */
#define LONG_WRITE 4096

/* Gives the whole pages of libmicrohttpd's buffer, which is ours to write until stream_read()
 * returns, back to the system: libmicrohttpd has put zeros into half of its memory for a connection
 * and messages were in it, but of a stream that rests only the edges are in use. 9,900 idle
 * sessions take 7.3 KB each instead of 15.3. */
static void release_pages(char *buffer, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)buffer + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)buffer + size) & ~(page - 1);
    if (begin < end)
        madvise((void *)begin, end - begin, MADV_DONTNEED);
}

static ssize_t stream_read(void *cls, uint64_t pos, char *out, size_t max)
{
    struct http_stream *s = cls;
    if (s->broken)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t left = s->queue.len - s->sent;
    if (left) {
        size_t n = left < max ? left : max;
        memcpy(out, s->queue.data + s->sent, n);
        s->sent += n;
        s->written = n;
        s->handed = pos + n;
        if (s->sent == s->queue.len) {
            buf_done(&s->queue); /* idle streams hold no memory */
            s->sent = 0;
        }
        return (ssize_t)n;
    }
    if (s->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    s->parked = true;
    if (s->written <= LONG_WRITE)
        release_pages(out, max);
    MHD_suspend_connection(s->connection);
    return 0;
}

void http_stream_finished(struct http_stream *s)
{
    LIST_REMOVE(s, link);
    metrics_add(METRIC_STREAMS, 0, 0, -1);
    buf_done(&s->queue);
    if (s->on_close)
        s->on_close(s->ctx, s->broken || s->closing ? s->why : HTTP_STREAM_CLIENT);
    uv_close((uv_handle_t *)&s->watch, free_watch);
}

struct http_stream *http_stream_open(struct http_exchange *x, const struct http_stream_options *o)
{
    struct http_server *server = x->server;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    http_unwatch(x);
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
    metrics_add(METRIC_STREAMS, 0, 0, 1);
    s->queue_max = o->queue_max;
    uv_poll_start(&s->watch, UV_DISCONNECT, on_hang_up);

    MHD_add_response_header(answer, "Content-Type", "text/event-stream");
    MHD_add_response_header(answer, "Cache-Control", "no-cache, no-transform");
    MHD_add_response_header(answer, "X-Accel-Buffering", "no");
    http_put_headers(x, answer, o->headers);
    x->stream = s;
    server->unsent--;
    http_answer_with(x, 200, answer);
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
        http_stream_break(s, HTTP_STREAM_SLOW);
        return;
    }
    if (s->parked) {
        s->parked = false;
        http_resume(s->server, s->connection);
    }
}

void http_stream_close(struct http_stream *s)
{
    if (s->closing || s->broken)
        return;
    s->closing = true;
    s->server->unsent++;
    if (s->parked) {
        s->parked = false;
        http_resume(s->server, s->connection);
    }
}

void http_stream_leave(struct http_stream *s)
{
    s->on_close = NULL;
    http_stream_close(s);
}
