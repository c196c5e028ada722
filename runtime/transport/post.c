#include "transport/post.h"

#include "base/audit.h"
#include "base/log.h"
#include "base/piece.h"
#include "base/trail.h"
#include "mcp/scope.h"
#include "transport/batch.h"
#include "transport/call_queue.h"
#include "transport/entry.h"
#include "transport/later.h"
#include "transport/server.h"

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

void post_fail(struct post *p, unsigned status, enum rpc_code code, const char *message)
{
    post_refuse(p->out.x, status, p->message.id, code, message);
    post_free(p);
}

void post_unreachable(struct http_exchange *x)
{
    http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "1" }, { 0 } },
                    "the part of the server that has this session cannot be asked now: try again");
}

static void enlist(struct post *p, struct front *f, struct arena *arena)
{
    p->front = f;
    p->arena = arena;
    LIST_INSERT_HEAD(&f->posts, p, link);
}

struct post *post_new(struct front *f, struct http_exchange *x, struct caller *caller)
{
    struct arena_pool *pool = f->worker->mcp.arenas;
    struct arena *arena = arena_pool_take(pool);
    struct post *p = piece_zalloc(sizeof(*p));
    struct rpc_failure failure;
    if (!arena || !p) {
        http_reply_text(x, 503, NULL, "out of memory");
        goto failed;
    }
    p->text = http_body(x);
    p->is_batch = rpc_is_batch(p->text);
    failure = (struct rpc_failure){ .code = RPC_PARSE_ERROR };
    if (!(p->is_batch ? json_check(p->text, &failure.err)
                      : rpc_parse(arena, p->text, &p->message, &failure))) {
        post_refuse(x, 400, failure.id, failure.code, failure.err.text);
        goto failed;
    }
    outlet_init(&p->out, f, x);
    p->caller = caller_take(caller);
    enlist(p, f, arena);
    return p;

failed:
    piece_free(p);
    arena_pool_put(pool, arena);
    return NULL;
}

struct post *post_part(const struct post *whole, struct slice item, struct buf *refusal)
{
    struct front *f = whole->front;
    struct arena *arena = arena_pool_take(f->worker->mcp.arenas);
    struct post *p = piece_zalloc(sizeof(*p));
    struct rpc_failure failure = { .code = RPC_INTERNAL_ERROR, .err.text = "out of memory" };
    bool ok = arena && p && caller_copy(&whole->caller, &p->caller) &&
              rpc_parse(arena, item, &p->message, &failure);
    if (ok && p->message.kind == RPC_REQUEST && strcmp(p->message.method, "initialize") == 0) {
        failure.code = RPC_INVALID_REQUEST;
        ok = err_set(&failure.err, ERR_SYNTAX, "initialize must not be part of a batch");
    }
    if (ok) {
        p->text = item;
        p->transport = whole->transport;
        memcpy(p->session, whole->session, sizeof(p->session));
        enlist(p, f, arena);
        return p;
    }
    rpc_error(refusal, failure.id, failure.code, failure.err.text);
    if (p)
        caller_done(&p->caller);
    piece_free(p);
    arena_pool_put(f->worker->mcp.arenas, arena);
    return NULL;
}

bool post_run(struct post *p, const struct mcp_peer *peer, const struct mcp_line *line)
{
    struct arena *arena = p->arena;
    struct mcp_line mine = *line;
    mine.ctx = p;
    if (peer->initialized)
        metrics_count(METRIC_TRANSPORTED, mcp_is_modern(peer->revision) ? BY_MODERN : p->transport,
                      peer->revision);
    p->arena = NULL; /* mcp_run() gives it back */
    struct mcp_work *work =
        mcp_run(&p->front->worker->mcp, arena, &p->message, peer, &p->caller, &mine);
    if (work)
        p->work = work;
    return work;
}

bool post_is_covered(struct post *p)
{
    const struct tool *tool = NULL;
    if (!p->caller.may_write && p->message.kind == RPC_REQUEST &&
        strcmp(p->message.method, "tools/call") == 0) {
        const char *name = json_get_string(p->message.params, "name");
        tool = name ? mcp_catalog_tool(p->front->worker->mcp.catalog, name) : NULL;
    }
    if (!tool || !scope_shows(p->front->worker->mcp.rules, &p->caller, tool) ||
        scope_covers(&p->caller, tool))
        return true;
    AUDIT("tool.called", LOG_STR("tool", tool->name), LOG_STR("outcome", "refused"),
          LOG_STR("error", "scope"));
    entry_refuse_write(p->front, p->out.x);
    post_free(p);
    return false;
}

/* ---- room for a call ---- */

struct post_wait {
    struct call_ticket *ticket;
    struct trail *trail;
    struct mcp_peer peer;
    post_go_fn *go;
};

static const struct refusal {
    const char *text;
    enum metric_refusal reason;
    unsigned status;
    const char *retry_after; /* NULL: in a second, and not answered before (later.h) */
} refusals[] = {
    [CALL_OWN_FULL] = { "you have too many calls running at once: wait for some of them",
                        REFUSED_RATE, 429, NULL },
    [CALL_FULL] = { "this server has too many calls running: try again in a moment", REFUSED_RATE,
                    429, NULL },
    [CALL_QUEUE_OWN] = { "this server is busy and you have too many calls waiting already: wait "
                         "for some of them, and send fewer at once",
                         REFUSED_QUEUE_FULL, 429, NULL },
    [CALL_QUEUE_ALL] = { "this server is busy and too many calls wait already: try again in a "
                         "moment",
                         REFUSED_QUEUE_FULL, 429, NULL },
    [CALL_LATE] = { "this server is too busy: your call has waited for its turn and has not "
                    "begun; try again in a few seconds",
                    REFUSED_QUEUE_LATE, 429, "5" },
    [CALL_STOPPED] = { "this server is stopping and your call has not begun: call again",
                       REFUSED_BUSY, 503, "1" },
};

static void refuse_call(struct post *p, enum call_verdict verdict)
{
    const struct refusal *why = &refusals[verdict];
    struct http_exchange *x = p->out.x;
    BUF_AUTO body = { .max = 2 * LIMIT_ERR_TEXT + LIMIT_HTTP_BODY };
    rpc_error(&body, p->message.id, RPC_BUSY, why->text);
    if (p->batch || p->stream) {
        metrics_count(METRIC_REFUSALS, why->reason, 0);
        batch_refuse(p, &body);
        return;
    }
    http_refusal(x, why->reason);
    if (why->retry_after)
        http_reply(x, why->status,
                   (struct http_header[]){ { "Retry-After", why->retry_after },
                                           { "Content-Type", "application/json" },
                                           { 0 } },
                   &body);
    else
        later_refuse(p->front, x, &body);
    post_free(p);
}

static void decide(struct post *p, enum call_verdict verdict, const struct mcp_peer *peer,
                   post_go_fn *go)
{
    p->counted = verdict == CALL_GOES;
    if (p->counted)
        go(p, peer);
    else
        refuse_call(p, verdict);
}

static void end_wait(struct post *p)
{
    trail_drop(p->wait->trail);
    p->wait = NULL;
    outlet_watch(&p->out, NULL, NULL);
}

static void on_decided(void *ctx, enum call_verdict verdict)
{
    struct post *p = ctx;
    const struct post_wait wait = *p->wait;
    TRAIL_ENTER(wait.trail);
    end_wait(p);
    decide(p, verdict, &wait.peer, wait.go);
}

static void on_gone(void *ctx)
{
    struct post *p = ctx;
    LOG(LOG_INFO, "request.abandoned", LOG_INT("worker", p->front->worker->index));
    post_drop(p);
}

void post_enter(struct post *p, const struct mcp_peer *peer, post_go_fn *go)
{
    struct front *f = p->front;
    struct call_ticket *ticket;
    if (!mcp_is_call(&p->message)) {
        go(p, peer);
        return;
    }
    enum call_verdict verdict =
        call_queue_enter(f->calls, &f->worker->mailbox, &f->options->ceiling, &f->options->queue,
                         caller_key(&p->caller), on_decided, p, &ticket);
    if (verdict != CALL_WAITS) {
        decide(p, verdict, peer, go);
        return;
    }
    p->wait = arena_alloc(p->arena, sizeof(*p->wait));
    if (!p->wait) {
        call_queue_leave(ticket);
        refuse_call(p, CALL_QUEUE_ALL);
        return;
    }
    *p->wait = (struct post_wait){
        .ticket = ticket, .trail = trail_hold(trail_current), .peer = *peer, .go = go
    };
    outlet_watch(&p->out, on_gone, p);
}

static void leave_queue(struct post *p)
{
    call_queue_leave(p->wait->ticket);
    end_wait(p);
}

void post_give_up_waiting(struct post *p)
{
    if (!p->wait)
        return;
    TRAIL_ENTER(p->wait->trail);
    leave_queue(p);
    refuse_call(p, CALL_STOPPED);
}

struct trail *post_trail(const struct post *p)
{
    return p->wait ? p->wait->trail : p->work ? mcp_trail(p->work) : NULL;
}

/* ---- its end ---- */

void post_free(struct post *p)
{
    if (p->counted)
        call_queue_end(p->front->calls, caller_key(&p->caller));
    LIST_REMOVE(p, link);
    caller_done(&p->caller);
    arena_pool_put(p->front->worker->mcp.arenas, p->arena);
    piece_free(p);
}

void post_drop(struct post *p)
{
    if (p->wait)
        leave_queue(p);
    else
        mcp_cancel(p->work);
    if (p->batch)
        batch_leave(p->batch);
    else
        outlet_drop(&p->out);
    post_free(p);
}

void post_stop(struct post *p)
{
    if (p->work && mcp_end(p->work))
        return;
    if (p->wait)
        leave_queue(p);
    if (p->work)
        mcp_cancel(p->work);
    if (p->batch)
        batch_abandon(p->batch);
    outlet_leave(&p->out);
    post_free(p);
}
