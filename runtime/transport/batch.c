#include "transport/batch.h"

#include "transport/followup.h"
#include "worker/outbox.h"

#include <stdlib.h>

/* Where the responses come together. */
struct batch {
    struct front *front;
    struct http_exchange *x; /* NULL when the worker stops: somebody else answers it */
    struct buf out;
    unsigned open; /* parts that still run, and one while they are being started */
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

static void begin(const struct post *part)
{
    struct worker *w = part->front->worker, *near;
    struct place owner;
    BUF_AUTO ids = { .max = LIMIT_BUS_LETTER };
    letter_bytes(&ids, part->message.id);
    if (route_owner(w, part->session, &owner, &near) == ROUTE_FAR)
        outbox_post(w->bus, owner, LETTER_BEGIN, part->session, (struct slice){ 0 },
                    buf_slice(&ids));
}

static void run_on_stream(struct post *p, const struct mcp_peer *peer)
{
    begin(p);
    post_run(p, peer, p->stream);
}

/* No owner at another node waits for what goes on a stream, as it never began. */
void batch_refuse(struct post *part, struct buf *error)
{
    struct batch *b = part->batch;
    if (b)
        add(b, buf_slice(error));
    else
        relay_deliver(part->front->worker, part->session, (struct slice){ 0 }, error);
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

void batch_run(struct post *p, const struct mcp_peer *peer, const struct mcp_line *on_stream)
{
    const char *fault = fault_of(p->text, peer);
    struct batch *b = fault ? NULL : calloc(1, sizeof(*b));
    if (!b) {
        post_fail(p, 400, RPC_INVALID_REQUEST, fault ? fault : "out of memory");
        return;
    }
    *b = (struct batch){
        .front = p->front, .x = p->out.x, .out.max = LIMIT_BATCH_ANSWER, .open = 1
    };
    struct json_items items;
    struct slice item;
    for (json_items_begin(p->text, &items); json_items_next(&items, &item);) {
        BUF_AUTO refusal = { .max = LIMIT_HTTP_BODY + 2 * LIMIT_ERR_TEXT };
        struct post *part = post_part(p, item, &refusal);
        if (!part && on_stream) {
            relay_deliver(p->front->worker, p->session, (struct slice){ 0 }, &refusal);
        } else if (!part) {
            add(b, buf_slice(&refusal));
        } else if (part->message.kind != RPC_REQUEST) {
            followup_take(part);
        } else if (on_stream) {
            part->stream = on_stream;
            post_enter(part, peer, run_on_stream);
        } else {
            part->batch = b;
            b->open++;
            post_enter(part, peer, run_part);
        }
    }
    if (b->open > 1)
        http_watch(b->x, on_gone, b);
    post_free(p);
    batch_leave(b);
}
