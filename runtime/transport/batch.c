#include "transport/batch.h"

#include "transport/followup.h"

#include <stdlib.h>

/* Where the responses come together. */
struct batch {
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
    *b = (struct batch){ .x = p->out.x, .out.max = LIMIT_BATCH_ANSWER, .open = 1 };
    struct json_items items;
    struct slice item;
    for (json_items_begin(p->text, &items); json_items_next(&items, &item);) {
        BUF_AUTO refusal = { .max = LIMIT_HTTP_BODY + 2 * LIMIT_ERR_TEXT };
        struct post *part = post_part(p, item, &refusal);
        const char *why;
        if (!part && on_stream) {
            relay_deliver(p->front->worker, p->session, (struct slice){ 0 }, &refusal);
        } else if (!part) {
            add(b, buf_slice(&refusal));
        } else if (part->message.kind != RPC_REQUEST) {
            followup_take(part);
        } else if ((why = post_enter_part(part))) {
            rpc_error(&refusal, part->message.id, RPC_BUSY, why);
            if (on_stream) /* no owner at another node waits for it, as it never began */
                relay_deliver(p->front->worker, p->session, (struct slice){ 0 }, &refusal);
            else
                add(b, buf_slice(&refusal));
            post_free(part);
        } else if (on_stream) {
            route_begin(p->front->worker, p->session, part->message.id, NULL, NULL);
            post_run(part, peer, on_stream);
        } else {
            part->batch = b;
            b->open++;
            post_run(part, peer, &part_line);
        }
    }
    post_free(p);
    batch_leave(b);
}
