#include "transport/streamable.h"

#include "base/log.h"
#include "transport/cancel.h"
#include "transport/post.h"

#include <string.h>

#define SESSION_HEADER "Mcp-Session-Id"

static void reply_json(struct http_exchange *x, struct buf *message, const char *session)
{
    http_reply(x, 200,
               (struct http_header[]){ { "Content-Type", "application/json" },
                                       { session ? SESSION_HEADER : NULL, session },
                                       { 0 } },
               message);
}

static void on_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    reply_json(p->x, answer->message, NULL);
    post_free(p);
}

static void on_initialized(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    struct sessions *sessions = p->front->worker->sessions;
    struct session *s = answer->peer ? session_add(sessions, &p->caller.id) : NULL;
    if (s) {
        s->peer = *answer->peer;
        LOG(LOG_INFO, "session.opened", LOG_STR("revision", mcp_revision_name(s->peer.revision)),
            LOG_INT("worker", p->front->worker->index));
        reply_json(p->x, answer->message, s->id);
    } else if (answer->peer) {
        http_reply_text(p->x, 503, (struct http_header[]){ { "Retry-After", "5" }, { 0 } },
                        "too many sessions are open");
    } else {
        reply_json(p->x, answer->message, NULL);
    }
    post_free(p);
}

static void on_session(void *ctx, const struct mcp_peer *peer)
{
    struct post *p = ctx;
    if (!peer) {
        post_refuse(p->x, 404, p->message.id, RPC_INVALID_REQUEST,
                    "no such session: send initialize again");
        post_free(p);
    } else if (p->is_batch) {
        post_run_batch(p, peer, NULL);
    } else if (p->message.kind != RPC_REQUEST) {
        cancel_passed_on(p);
        http_reply(p->x, 202, NULL, NULL);
        post_free(p);
    } else {
        post_run(p, peer, on_answered);
    }
}

/* Absent means what was negotiated; anything that is no legacy revision of ours is refused
 * ("Protocol Version Header"). */
static bool version_is_known(const struct http_exchange *x)
{
    const char *version = http_header(x, "MCP-Protocol-Version");
    enum mcp_revision r;
    return !version || mcp_revision_find(version, &r);
}

/* The session that the request names. NULL when it has been answered with an error. */
static const char *session_of(struct http_exchange *x, struct slice rpc_id)
{
    const char *id = http_header(x, SESSION_HEADER);
    if (id && strlen(id) == SESSION_ID)
        return id;
    if (id)
        post_refuse(x, 404, rpc_id, RPC_INVALID_REQUEST, "no such session: send initialize again");
    else
        post_refuse(x, 400, rpc_id, RPC_INVALID_REQUEST,
                    "the " SESSION_HEADER " header is missing: send initialize first, then "
                    "the id that its answer carries");
    return NULL;
}

void streamable_post(struct front *f, struct http_exchange *x)
{
    struct post *p = post_new(f, x);
    if (!p)
        return;
    bool opening = !p->is_batch && p->message.kind == RPC_REQUEST &&
                   strcmp(p->message.method, "initialize") == 0;
    if (opening) {
        post_run(p, &(struct mcp_peer){ 0 }, on_initialized);
        return;
    }
    if (!version_is_known(x)) {
        post_refuse(x, 400, p->message.id, RPC_INVALID_REQUEST,
                    "unsupported MCP-Protocol-Version; supported are 2024-11-05, 2025-03-26, "
                    "2025-06-18 and 2025-11-25");
        post_free(p);
        return;
    }
    const char *id = session_of(x, p->message.id);
    if (!id) {
        post_free(p);
        return;
    }
    memcpy(p->session, id, sizeof(p->session));
    route_find(f->worker, p->session, &p->caller.id, ROUTE_REQUESTS, on_session, p);
}

static void on_ended(void *ctx, const struct mcp_peer *peer)
{
    struct http_exchange *x = ctx;
    if (peer)
        http_reply(x, 204, NULL, NULL);
    else
        http_reply_text(x, 404, NULL, "no such session");
}

void streamable_delete(struct front *f, struct http_exchange *x)
{
    const char *id = session_of(x, (struct slice){ 0 });
    CALLER_AUTO caller = { 0 };
    if (!id)
        return;
    if (guard_caller(f->guard, x, &caller))
        route_find(f->worker, id, &caller.id, ROUTE_END, on_ended, x);
    else
        http_reply_text(x, 503, NULL, "out of memory");
}
