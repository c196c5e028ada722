#include "transport/stdio.h"

#include "base/log.h"
#include "mcp/dispatch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define READ_CHUNK (64u << 10)
/* Answers that may wait for a client that does not read; past it reading pauses, so nothing is
 * lost. */
#define OUT_QUEUE_MAX (64u << 20)
#define OUT_PAUSE (1u << 20)

/* Files, pipes and terminals alike are read and written in libuv's thread pool, one operation of
 * each kind at a time. Ends when the input has ended, no message is running and everything is
 * written. */
struct stdio {
    const struct stdio_options *options;
    uv_loop_t loop;
    struct mcp_env mcp;
    struct mcp_peer peer;
    LIST_HEAD(, running) running; /* messages that wait for Asana */
    bool ended;                   /* end of the input, or an error on either side */
    bool failed;                  /* nobody reads the output any more */

    uv_fs_t read;
    bool reading;
    char chunk[READ_CHUNK];
    struct buf line;
    bool skipping; /* inside a line that was too long */

    uv_fs_t write;
    bool writing;
    struct buf queue; /* waits for the next write */
    struct buf sending;
    size_t sent;
};

struct running {
    struct stdio *stdio;
    struct mcp_work *work; /* NULL while it is being started */
    struct slice id;       /* in the message's arena */
    LIST_ENTRY(running) link;
};

static void read_on(struct stdio *s);
static void write_on(struct stdio *s);

static void on_written(uv_fs_t *req)
{
    struct stdio *s = req->data;
    ssize_t n = req->result;
    uv_fs_req_cleanup(req);
    s->writing = false;
    if (n < 0) {
        s->failed = s->ended = true;
        return;
    }
    s->sent += (size_t)n;
    write_on(s);
    read_on(s);
}

static void write_on(struct stdio *s)
{
    if (s->writing || s->failed)
        return;
    if (s->sent == s->sending.len) {
        buf_done(&s->sending);
        s->sending = s->queue;
        s->sent = 0;
        buf_init(&s->queue, OUT_QUEUE_MAX);
    }
    if (!s->sending.len)
        return;
    uv_buf_t rest = uv_buf_init(s->sending.data + s->sent, (unsigned)(s->sending.len - s->sent));
    s->writing =
        uv_fs_write(&s->loop, &s->write, s->options->out_fd, &rest, 1, -1, on_written) == 0;
}

static void put_line(struct stdio *s, struct slice message)
{
    buf_slice_put(&s->queue, message);
    buf_char(&s->queue, '\n');
    if (!buf_ok(&s->queue)) {
        LOG(LOG_ERROR, "stdio.overflow", LOG_INT("bytes", OUT_QUEUE_MAX));
        s->failed = s->ended = true;
    }
    write_on(s);
}

static void on_answer(void *ctx, const struct mcp_answer *answer)
{
    struct running *r = ctx;
    struct stdio *s = r->stdio;
    LIST_REMOVE(r, link);
    free(r);
    if (answer->peer)
        s->peer = *answer->peer;
    if (answer->message->len)
        put_line(s, buf_slice(answer->message));
}

static void refuse_line(struct stdio *s, const struct rpc_failure *failure)
{
    BUF_AUTO b = { .max = 2 * LIMIT_STDIO_LINE };
    rpc_error(&b, failure->id, failure->code, failure->err.text);
    put_line(s, buf_slice(&b));
}

/* True for notifications/cancelled; the request that it names, if it still runs, is dropped without
 * a response. */
static bool cancelled(struct stdio *s, const struct rpc_message *message)
{
    BUF_AUTO id = { .max = LIMIT_STDIO_LINE };
    if (!rpc_is_cancellation(message, &id))
        return false;
    struct running *r;
    LIST_FOREACH (r, &s->running, link) {
        if (!r->work || r->id.len != id.len || memcmp(r->id.data, id.data, id.len) != 0)
            continue;
        mcp_cancel(r->work);
        LIST_REMOVE(r, link);
        free(r);
        break;
    }
    return true;
}

static void take_message(struct stdio *s, struct slice line)
{
    struct arena *arena = arena_pool_take(s->mcp.arenas);
    struct rpc_message message;
    struct rpc_failure failure = { .code = RPC_INTERNAL_ERROR };
    if (!arena) {
        err_set(&failure.err, ERR_MEMORY, "out of memory");
        refuse_line(s, &failure);
        return;
    }
    if (!rpc_parse(arena, line, &message, &failure)) {
        refuse_line(s, &failure);
        arena_pool_put(s->mcp.arenas, arena);
        return;
    }
    if (cancelled(s, &message)) {
        arena_pool_put(s->mcp.arenas, arena);
        return;
    }
    struct running *r = calloc(1, sizeof(*r));
    if (!r) {
        err_set(&failure.err, ERR_MEMORY, "out of memory");
        failure.code = RPC_INTERNAL_ERROR;
        refuse_line(s, &failure);
        arena_pool_put(s->mcp.arenas, arena);
        return;
    }
    r->stdio = s;
    r->id = message.id;
    LIST_INSERT_HEAD(&s->running, r, link);
    struct mcp_work *work =
        mcp_run(&s->mcp, arena, &message, &s->peer, s->options->asana_token, on_answer, r);
    if (work)
        r->work = work;
}

static void take_line(struct stdio *s, struct slice line)
{
    while (line.len && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' '))
        line.len--;
    bool batches = s->peer.initialized && s->peer.revision == MCP_2025_03_26;
    struct json_items items;
    struct slice item;
    size_t taken = 0;
    if (batches && rpc_is_batch(line) && json_check(line, NULL))
        for (json_items_begin(line, &items); json_items_next(&items, &item); taken++)
            take_message(s, item);
    if (!taken && line.len)
        take_message(s, line);
}

static void line_too_long(struct stdio *s)
{
    struct rpc_failure failure = { .code = RPC_INVALID_REQUEST };
    err_set(&failure.err, ERR_LIMIT, "a message is at most %u bytes long", LIMIT_STDIO_LINE);
    refuse_line(s, &failure);
}

static void take_chunk(struct stdio *s, const char *data, size_t len)
{
    while (len) {
        const char *newline = memchr(data, '\n', len);
        size_t part = newline ? (size_t)(newline - data) : len;
        if (!s->skipping)
            buf_put(&s->line, data, part);
        if (!buf_ok(&s->line)) {
            line_too_long(s);
            s->skipping = true;
            buf_reset(&s->line);
        }
        if (!newline)
            return;
        if (!s->skipping)
            take_line(s, buf_slice(&s->line));
        s->skipping = false;
        buf_reset(&s->line);
        data += part + 1;
        len -= part + 1;
    }
}

static void on_read(uv_fs_t *req)
{
    struct stdio *s = req->data;
    ssize_t n = req->result;
    uv_fs_req_cleanup(req);
    s->reading = false;
    if (n > 0) {
        take_chunk(s, s->chunk, (size_t)n);
        read_on(s);
        return;
    }
    s->ended = true;
    if (s->line.len && !s->skipping)
        take_line(s, buf_slice(&s->line)); /* a last line without its line break */
}

static void read_on(struct stdio *s)
{
    if (s->reading || s->ended || s->queue.len > OUT_PAUSE)
        return;
    uv_buf_t buf = uv_buf_init(s->chunk, sizeof(s->chunk));
    s->reading = uv_fs_read(&s->loop, &s->read, s->options->in_fd, &buf, 1, -1, on_read) == 0;
    s->ended = !s->reading;
}

static bool is_done(const struct stdio *s)
{
    bool flushed = !s->queue.len && s->sent == s->sending.len;
    return s->ended && !s->reading && !s->writing && LIST_EMPTY(&s->running) &&
           (flushed || s->failed);
}

bool stdio_serve(const struct stdio_options *options, struct err *err)
{
    struct stdio *s = calloc(1, sizeof(*s));
    struct mcp_catalog *catalog = s ? mcp_catalog_new() : NULL;
    struct gates *gates = gates_new();
    bool ok = false;
    if (!catalog || !gates || uv_loop_init(&s->loop) != 0) {
        gates_free(gates);
        mcp_catalog_free(catalog);
        free(s);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    s->options = options;
    s->read.data = s->write.data = s;
    s->mcp.catalog = catalog;
    s->mcp.arenas = arena_pool_new(LIMIT_CALL_ARENA, 16);
    buf_init(&s->line, LIMIT_STDIO_LINE);
    buf_init(&s->queue, OUT_QUEUE_MAX);
    buf_init(&s->sending, OUT_QUEUE_MAX);
    if (!s->mcp.arenas) {
        err_set(err, ERR_MEMORY, "out of memory");
        goto cleanup;
    }
    if (!asana_asker_open(&s->mcp.asana, &s->loop, gates, &options->asana, err))
        goto cleanup;
    read_on(s);
    while (!is_done(s))
        uv_run(&s->loop, UV_RUN_ONCE);
    ok = !s->failed;
    if (s->failed)
        err_set(err, ERR_IO, "nobody reads standard output any more");
    asana_asker_close(&s->mcp.asana);

cleanup:
    uv_run(&s->loop, UV_RUN_DEFAULT);
    uv_loop_close(&s->loop);
    buf_done(&s->line);
    buf_done(&s->queue);
    buf_done(&s->sending);
    arena_pool_free(s->mcp.arenas);
    gates_free(gates);
    mcp_catalog_free(catalog);
    free(s);
    return ok;
}
