#include "transport/post.h"

#include "transport/cancel.h"

#include <stdlib.h>
#include <string.h>

void post_refuse(struct http_exchange *x, unsigned status, struct slice id, enum rpc_code code,
                 const char *message)
{
    BUF_AUTO b = { .max = 2 * LIMIT_ERR_TEXT + LIMIT_HTTP_BODY };
    rpc_error(&b, id, code, message);
    http_reply(x, status, (struct http_header[]){ { "Content-Type", "application/json" }, { 0 } },
               &b);
}

static void enlist(struct post *p, struct front *f, struct arena *arena)
{
    p->front = f;
    p->arena = arena;
    LIST_INSERT_HEAD(&f->posts, p, link);
}

struct post *post_new(struct front *f, struct http_exchange *x)
{
    struct arena_pool *pool = f->worker->mcp.arenas;
    struct arena *arena = arena_pool_take(pool);
    struct post *p = calloc(1, sizeof(*p));
    struct rpc_failure failure;
    if (!arena || !p || !guard_caller(f->guard, x, &p->caller)) {
        http_reply_text(x, 503, NULL, "out of memory");
        goto failed;
    }
    p->is_batch = rpc_is_batch(http_body(x));
    failure = (struct rpc_failure){ .code = RPC_PARSE_ERROR };
    if (!(p->is_batch ? json_check(http_body(x), &failure.err)
                      : rpc_parse(arena, http_body(x), &p->message, &failure))) {
        post_refuse(x, 400, failure.id, failure.code, failure.err.text);
        goto failed;
    }
    p->x = x;
    enlist(p, f, arena);
    return p;

failed:
    if (p)
        caller_done(&p->caller);
    free(p);
    arena_pool_put(pool, arena);
    return NULL;
}

void post_run(struct post *p, const struct mcp_peer *peer, mcp_answer_fn *answer)
{
    struct arena *arena = p->arena;
    p->arena = NULL; /* mcp_run() gives it back */
    struct mcp_work *work =
        mcp_run(&p->front->worker->mcp, arena, &p->message, peer, &p->caller.token, answer, p);
    if (work)
        p->work = work;
}

/* One message of a batch as a post of its own. NULL, with an error response in refusal, when it is
 * none that a batch may hold. */
static struct post *part_new(const struct post *whole, struct slice item, struct buf *refusal)
{
    struct front *f = whole->front;
    struct arena *arena = arena_pool_take(f->worker->mcp.arenas);
    struct post *p = calloc(1, sizeof(*p));
    struct rpc_failure failure = { .code = RPC_INTERNAL_ERROR, .err.text = "out of memory" };
    const struct secret *token = &whole->caller.token;
    bool ok = arena && p &&
              secret_set(&p->caller.token, (struct slice){ token->bytes, token->len }) &&
              rpc_parse(arena, item, &p->message, &failure);
    if (ok && p->message.kind == RPC_REQUEST && strcmp(p->message.method, "initialize") == 0) {
        failure.code = RPC_INVALID_REQUEST;
        ok = err_set(&failure.err, ERR_SYNTAX, "initialize must not be part of a batch");
    }
    if (ok) {
        memcpy(p->session, whole->session, sizeof(p->session));
        p->caller.id = whole->caller.id;
        enlist(p, f, arena);
        return p;
    }
    rpc_error(refusal, failure.id, failure.code, failure.err.text);
    if (p)
        caller_done(&p->caller);
    free(p);
    arena_pool_put(f->worker->mcp.arenas, arena);
    return NULL;
}

/* Where the responses of a batch come together. */
struct batch {
    struct http_exchange *x; /* NULL when the worker stops: somebody else answers it */
    struct buf out;
    unsigned open; /* parts that still run, and one while they are being started */
};

static void batch_add(struct batch *b, struct slice response)
{
    buf_char(&b->out, b->out.len ? ',' : '[');
    buf_slice_put(&b->out, response);
}

static void batch_leave(struct batch *b)
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

static void on_part_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    struct batch *b = p->batch;
    batch_add(b, buf_slice(answer->message));
    post_free(p);
    batch_leave(b);
}

/* What a batch as a whole may be refused for. */
static const char *batch_fault(struct slice body, const struct mcp_peer *peer)
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

void post_run_batch(struct post *p, const struct mcp_peer *peer, mcp_answer_fn *on_stream)
{
    struct slice body = http_body(p->x);
    const char *fault = batch_fault(body, peer);
    struct batch *b = fault ? NULL : calloc(1, sizeof(*b));
    if (!b) {
        post_refuse(p->x, 400, (struct slice){ 0 }, RPC_INVALID_REQUEST,
                    fault ? fault : "out of memory");
        post_free(p);
        return;
    }
    *b = (struct batch){ .x = p->x, .out.max = LIMIT_BATCH_ANSWER, .open = 1 };
    struct json_items items;
    struct slice item;
    for (json_items_begin(body, &items); json_items_next(&items, &item);) {
        BUF_AUTO refusal = { .max = LIMIT_HTTP_BODY + 2 * LIMIT_ERR_TEXT };
        struct post *part = part_new(p, item, &refusal);
        if (!part && on_stream) {
            route_deliver(p->front->worker, p->session, &refusal, NULL);
        } else if (!part) {
            batch_add(b, buf_slice(&refusal));
        } else if (part->message.kind != RPC_REQUEST) {
            cancel_passed_on(part);
            post_free(part);
        } else if (on_stream) {
            post_run(part, peer, on_stream);
        } else {
            part->batch = b;
            b->open++;
            post_run(part, peer, on_part_answered);
        }
    }
    post_free(p);
    batch_leave(b);
}

void post_free(struct post *p)
{
    LIST_REMOVE(p, link);
    caller_done(&p->caller);
    arena_pool_put(p->front->worker->mcp.arenas, p->arena);
    free(p);
}

void post_drop(struct post *p)
{
    struct batch *b = p->batch;
    struct http_exchange *x = p->x;
    mcp_cancel(p->work);
    post_free(p);
    if (b)
        batch_leave(b);
    else if (x)
        http_reply(x, 202, NULL, NULL);
}

void post_cancel(struct post *p)
{
    struct batch *b = p->batch;
    if (p->work)
        mcp_cancel(p->work);
    post_free(p);
    if (b) {
        b->x = NULL;
        batch_leave(b);
    }
}
