#include "transport/batch.h"

#include "transport/followup.h"
#include "worker/begin.h"

#include <stdlib.h>
#include <string.h>

/* Where the responses come together; with a stream, where requests wait until they may begin. */
struct batch {
    struct front *front;
    struct http_exchange *x; /* NULL when the worker stops: somebody else answers it */
    struct buf out;
    unsigned open; /* parts that still run or wait, and one while they are being started */
    /* with a stream: */
    const struct mcp_line *line;
    struct mcp_peer peer;
    char session[SESSION_ID + 1];
    struct buf refusals; /* each written with letter_bytes() */
    struct post *parts[LIMIT_BATCH];
    size_t count;
};

static void add(struct batch *b, struct slice response)
{
    buf_char(&b->out, b->out.len ? ',' : '[');
    buf_slice_put(&b->out, response);
}

void batch_leave(struct batch *b)
{
    if (--b->open)
        return;
    if (b->out.len)
        buf_char(&b->out, ']');
    if (b->x && !buf_ok(&b->out)) {
        post_refuse(b->x, 500, (struct slice){ 0 }, RPC_INTERNAL_ERROR,
                    "the answers are too large together; all requests have been carried out: send "
                    "fewer messages in one batch");
    } else if (b->x && b->out.len) {
        http_reply(b->x, 200,
                   (struct http_header[]){ { "Content-Type", "application/json" }, { 0 } },
                   &b->out);
    } else if (b->x) {
        http_reply(b->x, 202, NULL, NULL);
    }
    buf_done(&b->out);
    buf_done(&b->refusals);
    free(b);
}

void batch_abandon(struct batch *b)
{
    b->x = NULL;
    batch_leave(b);
}

static void on_part_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    struct batch *b = p->batch;
    if (answer->change)
        relay_change(p->front->worker, p->session, answer->change, &p->caller);
    if (answer->message->len)
        add(b, buf_slice(answer->message));
    post_free(p);
    batch_leave(b);
}

/* The array can only carry the answers. */
static const struct mcp_line part_line = { .answer = on_part_answered };

static void run_part(struct post *p, const struct mcp_peer *peer)
{
    post_run(p, peer, &part_line);
}

static void run_on_stream(struct post *p, const struct mcp_peer *peer)
{
    post_run(p, peer, p->stream);
}

void batch_refuse(struct post *part, struct buf *error)
{
    struct batch *b = part->batch;
    if (b)
        add(b, buf_slice(error));
    else
        relay_deliver(part->front->worker, part->session, part->message.id, error);
    post_free(part);
    if (b)
        batch_leave(b);
}

/* Its client hung up: what has not begun need not. */
static void on_gone(void *ctx)
{
    const struct batch *b = ctx; /* gone with its last part */
    struct post *p, *next;
    for (p = LIST_FIRST(&b->front->posts); p; p = next) {
        next = LIST_NEXT(p, link);
        if (p->batch == b && p->wait)
            post_drop(p);
    }
}

/* What a batch as a whole may be refused for. */
static const char *fault_of(struct slice body, const struct mcp_peer *peer)
{
    struct json_items items;
    struct slice item;
    size_t count = 0;
    if (peer->revision != MCP_2025_03_26)
        return "batches are not part of this protocol revision: send one message at a time";
    for (json_items_begin(body, &items); json_items_next(&items, &item);)
        count++;
    if (count > LIMIT_BATCH)
        return "too many messages in one batch";
    return count ? NULL : "a batch holds at least one message";
}

/* ---- on a stream ---- */

static void deliver_refusals(struct batch *b)
{
    struct letter_reader r = { .rest = buf_slice(&b->refusals) };
    while (r.rest.len) {
        struct slice refusal = letter_read_bytes(&r);
        BUF_AUTO message = { .max = refusal.len };
        buf_slice_put(&message, refusal);
        relay_deliver(b->front->worker, b->session, (struct slice){ 0 }, &message);
    }
}

static void on_begun(void *ctx, enum route_outcome outcome)
{
    struct batch *b = ctx;
    struct http_exchange *x = b->x;
    b->x = NULL;
    if (outcome == ROUTE_FOUND) {
        http_reply(x, 202, NULL, NULL);
        deliver_refusals(b);
    } else if (outcome == ROUTE_GONE) {
        http_reply_text(x, 404, NULL, "no such session: open a new stream with GET /sse");
    } else {
        post_unreachable(x);
    }
    b->open++;
    for (size_t i = 0; i < b->count; i++) {
        struct post *part = b->parts[i];
        part->batch = NULL;
        part->stream = b->line;
        if (outcome == ROUTE_FOUND)
            post_enter(part, &b->peer, run_on_stream);
        else
            post_free(part);
        batch_leave(b);
    }
    batch_leave(b);
}

/* All requests begin together: a batch that is refused has not been carried out in part. */
static void begin(struct batch *b)
{
    BUF_AUTO ids = { .max = LIMIT_BUS_LETTER };
    for (size_t i = 0; i < b->count; i++)
        letter_bytes(&ids, b->parts[i]->message.id);
    if (!buf_ok(&ids) || !buf_ok(&b->refusals))
        on_begun(b, ROUTE_UNREACHABLE);
    else if (b->count)
        begin_requests(b->front->worker, b->session, buf_slice(&ids), on_begun, b);
    else
        on_begun(b, ROUTE_FOUND);
}

/* ---- all of them ---- */

static void refuse(struct batch *b, struct slice refusal)
{
    if (b->line)
        letter_bytes(&b->refusals, refusal);
    else
        add(b, refusal);
}

/* A request; taken. */
static void start(struct batch *b, struct post *part)
{
    part->batch = b;
    b->open++;
    if (b->line)
        b->parts[b->count++] = part;
    else
        post_enter(part, &b->peer, run_part);
}

void batch_run(struct post *p, const struct mcp_peer *peer, const struct mcp_line *on_stream)
{
    const char *fault = fault_of(p->text, peer);
    struct batch *b = fault ? NULL : calloc(1, sizeof(*b));
    if (!b) {
        post_fail(p, 400, RPC_INVALID_REQUEST, fault ? fault : "out of memory");
        return;
    }
    *b = (struct batch){ .front = p->front,
                         .x = p->out.x,
                         .out.max = LIMIT_BATCH_ANSWER,
                         .open = 1,
                         .line = on_stream,
                         .peer = *peer,
                         .refusals.max = LIMIT_BATCH_ANSWER };
    memcpy(b->session, p->session, sizeof(b->session));
    struct json_items items;
    struct slice item;
    for (json_items_begin(p->text, &items); json_items_next(&items, &item);) {
        BUF_AUTO refusal = { .max = LIMIT_HTTP_BODY + 2 * LIMIT_ERR_TEXT };
        struct post *part = post_part(p, item, &refusal);
        if (!part)
            refuse(b, buf_slice(&refusal));
        else if (part->message.kind != RPC_REQUEST)
            followup_take(part);
        else
            start(b, part);
    }
    post_free(p);
    if (b->line)
        begin(b);
    else if (b->open > 1)
        http_watch(b->x, on_gone, b);
    batch_leave(b);
}
