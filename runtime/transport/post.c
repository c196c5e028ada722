#include "transport/post.h"

#include <stdlib.h>

void post_refuse(struct http_exchange *x, unsigned status, struct slice id, enum rpc_code code,
                 const char *message)
{
    BUF_AUTO b = { .max = 2 * LIMIT_ERR_TEXT + LIMIT_HTTP_BODY };
    rpc_error(&b, id, code, message);
    http_reply(x, status, (struct http_header[]){ { "Content-Type", "application/json" }, { 0 } },
               &b);
}

struct post *post_new(struct front *f, struct http_exchange *x)
{
    struct arena_pool *pool = f->worker->mcp.arenas;
    struct arena *arena = arena_pool_take(pool);
    struct post *p = calloc(1, sizeof(*p));
    struct rpc_failure failure;
    if (!arena || !p) {
        http_reply_text(x, 503, NULL, "out of memory");
        goto failed;
    }
    if (!guard_caller(f->guard, x, &p->caller)) {
        http_reply_text(x, 401, NULL, "credentials are missing");
        goto failed;
    }
    if (!rpc_parse(arena, http_body(x), &p->message, &failure)) {
        post_refuse(x, 400, failure.id, failure.code, failure.err.text);
        goto failed;
    }
    p->front = f;
    p->x = x;
    p->arena = arena;
    LIST_INSERT_HEAD(&f->posts, p, link);
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

void post_free(struct post *p)
{
    LIST_REMOVE(p, link);
    caller_done(&p->caller);
    arena_pool_put(p->front->worker->mcp.arenas, p->arena);
    free(p);
}

void post_cancel(struct post *p)
{
    if (p->work)
        mcp_cancel(p->work);
    post_free(p);
}
