#include "transport/modern_http.h"

#include "base/log.h"
#include "mcp/modern.h"
#include "transport/mirror.h"

/* An error is a status where it is about the request as a whole; those about what was asked come
 * with 200, like every answer. */
static unsigned status_of(enum rpc_code code)
{
    switch (code) {
    case RPC_METHOD_NOT_FOUND:
        return 404;
    case RPC_PARSE_ERROR:
    case RPC_INVALID_REQUEST:
    case RPC_HEADER_MISMATCH:
    case RPC_MISSING_CAPABILITY:
    case RPC_UNSUPPORTED_VERSION:
        return 400;
    default:
        return 200;
    }
}

static void on_said(void *ctx, struct buf *message)
{
    struct post *p = ctx;
    outlet_send(&p->out, message);
}

static void on_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    outlet_answer(&p->out, status_of(answer->error), NULL, answer->message);
    post_free(p);
}

static void on_gone(void *ctx)
{
    struct post *p = ctx;
    LOG(LOG_INFO, "request.abandoned", LOG_INT("worker", p->front->worker->index));
    post_drop(p);
}

static void run(struct post *p, const struct mcp_peer *peer)
{
    struct mcp_line line = { .send = events_accepted(p->out.x) ? on_said : NULL,
                             .answer = on_answered };
    if (post_run(p, peer, &line))
        outlet_watch(&p->out, on_gone, p);
}

/* False when the post has been answered with an error. */
static bool is_sound(struct post *p, const char *version, struct mcp_peer *peer)
{
    struct http_exchange *x = p->out.x;
    enum rpc_code code;
    struct err err;
    BUF_AUTO refusal = { .max = LIMIT_HTTP_BODY + 2 * LIMIT_ERR_TEXT };
    if (!modern_peer(&p->message, version, peer, &refusal, &code)) {
        http_reply(x, 400, (struct http_header[]){ { "Content-Type", "application/json" }, { 0 } },
                   &refusal);
        post_free(p);
        return false;
    }
    if (!mirror_check(x, &p->message, p->front->worker->mcp.catalog, &err)) {
        post_fail(p, 400, RPC_HEADER_MISMATCH, err.text);
        return false;
    }
    return true;
}

void modern_http_post(struct post *p, const char *version)
{
    struct http_exchange *x = p->out.x;
    struct mcp_peer peer;
    if (p->is_batch) {
        post_fail(p, 400, RPC_INVALID_REQUEST,
                  "batches are not part of this protocol revision: send one message at a time");
    } else if (p->message.kind == RPC_RESPONSE) {
        post_fail(p, 400, RPC_INVALID_REQUEST,
                  "a client has nothing to respond to: answer questions by asking again, with "
                  "inputResponses");
    } else if (p->message.kind == RPC_NOTIFICATION) {
        http_reply(x, 202, NULL, NULL);
        post_free(p);
    } else if (is_sound(p, version, &peer) && post_is_covered(p)) {
        post_enter(p, &peer, run);
    }
}
