#include "transport/lines.h"

#include "base/limits.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define READ_CHUNK (64u << 10)
/* Lines that may wait for a reader that does not read; past OUT_PAUSE reading pauses. */
#define OUT_QUEUE_MAX (64u << 20)
#define OUT_PAUSE (1u << 20)

static void read_on(struct lines *l);
static void write_on(struct lines *l);

/* ---- descriptors that are not ready ---- */

static void stop_polling(struct lines_end *e)
{
    if (!e->polling)
        return;
    uv_poll_stop(&e->poll);
    e->polling = e->busy = false;
}

static bool wait_until(struct lines *l, struct lines_end *e, int event, uv_poll_cb ready)
{
    if (!e->polled && uv_poll_init(l->loop, &e->poll, e->fd) != 0)
        return false;
    e->polled = true;
    e->poll.data = l;
    e->busy = e->polling = uv_poll_start(&e->poll, event, ready) == 0;
    return e->polling;
}

/* ---- the end ---- */

static void end(struct lines *l)
{
    l->ended = true;
    stop_polling(&l->in);
}

static void fail(struct lines *l)
{
    l->failed = true;
    stop_polling(&l->out);
    end(l);
}

/* ---- output ---- */

static void on_writable(uv_poll_t *poll, int status, int events)
{
    struct lines *l = poll->data;
    (void)status, (void)events; /* the next write tells */
    stop_polling(&l->out);
    write_on(l);
}

static void on_written(uv_fs_t *fs)
{
    struct lines *l = fs->data;
    ssize_t n = fs->result;
    uv_fs_req_cleanup(fs);
    l->out.busy = false;
    if (n >= 0)
        l->sent += (size_t)n;
    else if (n != UV_EAGAIN || !wait_until(l, &l->out, UV_WRITABLE, on_writable))
        fail(l);
    write_on(l);
    read_on(l);
}

static void write_on(struct lines *l)
{
    if (l->out.busy || l->failed)
        return;
    if (l->sent == l->sending.len) {
        buf_done(&l->sending);
        l->sending = l->queue;
        l->sent = 0;
        buf_init(&l->queue, OUT_QUEUE_MAX);
    }
    if (!l->sending.len)
        return;
    uv_buf_t rest = uv_buf_init(l->sending.data + l->sent, (unsigned)(l->sending.len - l->sent));
    l->out.busy = uv_fs_write(l->loop, &l->out.fs, l->out.fd, &rest, 1, -1, on_written) == 0;
    if (!l->out.busy)
        fail(l);
}

void lines_put(struct lines *l, struct slice line)
{
    if (l->failed)
        return;
    buf_slice_put(&l->queue, line);
    buf_char(&l->queue, '\n');
    if (!buf_ok(&l->queue)) {
        LOG(LOG_ERROR, "stdio.overflow", LOG_INT("bytes", OUT_QUEUE_MAX));
        fail(l);
    }
    write_on(l);
}

/* ---- input ---- */

static void take(struct lines *l, const char *data, size_t len)
{
    while (len) {
        const char *newline = memchr(data, '\n', len);
        size_t part = newline ? (size_t)(newline - data) : len;
        if (!l->skipping)
            buf_put(&l->line, data, part);
        if (!buf_ok(&l->line)) {
            l->user.too_long(l->user.ctx);
            l->skipping = true;
            buf_reset(&l->line);
        }
        if (!newline)
            return;
        if (!l->skipping)
            l->user.line(l->user.ctx, buf_slice(&l->line));
        l->skipping = false;
        buf_reset(&l->line);
        data += part + 1;
        len -= part + 1;
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct lines *l = poll->data;
    (void)status, (void)events; /* the next read tells */
    stop_polling(&l->in);
    read_on(l);
}

static void on_read(uv_fs_t *fs)
{
    struct lines *l = fs->data;
    ssize_t n = fs->result;
    uv_fs_req_cleanup(fs);
    l->in.busy = false;
    if (n > 0) {
        take(l, l->chunk, (size_t)n);
        read_on(l);
        return;
    }
    if (l->ended || (n == UV_EAGAIN && wait_until(l, &l->in, UV_READABLE, on_readable)))
        return;
    if (l->line.len && !l->skipping)
        l->user.line(l->user.ctx, buf_slice(&l->line));
    buf_reset(&l->line);
    end(l);
}

static void read_on(struct lines *l)
{
    if (l->in.busy || l->ended || l->queue.len > OUT_PAUSE)
        return;
    uv_buf_t buf = uv_buf_init(l->chunk, READ_CHUNK);
    l->in.busy = uv_fs_read(l->loop, &l->in.fs, l->in.fd, &buf, 1, -1, on_read) == 0;
    if (!l->in.busy)
        end(l);
}

/* ---- both ---- */

bool lines_open(struct lines *l, uv_loop_t *loop, int in_fd, int out_fd,
                const struct lines_user *user)
{
    *l = (struct lines){ .loop = loop, .user = *user, .chunk = malloc(READ_CHUNK) };
    if (!l->chunk)
        return false;
    l->in.fd = in_fd;
    l->out.fd = out_fd;
    l->in.fs.data = l->out.fs.data = l;
    buf_init(&l->line, LIMIT_STDIO_LINE);
    buf_init(&l->queue, OUT_QUEUE_MAX);
    buf_init(&l->sending, OUT_QUEUE_MAX);
    read_on(l);
    return true;
}

bool lines_over(const struct lines *l)
{
    bool flushed = !l->queue.len && l->sent == l->sending.len;
    return l->ended && !l->in.busy && !l->out.busy && (flushed || l->failed);
}

static void close_end(struct lines_end *e)
{
    stop_polling(e);
    if (e->polled)
        uv_close((uv_handle_t *)&e->poll, NULL);
}

void lines_close(struct lines *l)
{
    close_end(&l->in);
    close_end(&l->out);
    buf_done(&l->line);
    buf_done(&l->queue);
    buf_done(&l->sending);
    free(l->chunk);
    l->chunk = NULL;
}
