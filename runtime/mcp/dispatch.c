#include "mcp/dispatch.h"

#include "base/clock.h"
#include "base/trail.h"
#include "mcp/hub.h"
#include "mcp/work.h"

#include <string.h>

/* All methods; those of the busiest clients first. */
#define LEGACY MCP_2024_11_05, MCP_2025_11_25
#define MODERN MCP_2026_07_28, MCP_2026_07_28
#define ALL MCP_2024_11_05, MCP_2026_07_28

static const struct method methods[] = {
    /* name, revisions, before initialize, asks */
    { "tools/call", ALL, false, true, MCP_CACHE_NONE, run_tools_call },
    { "tools/list", ALL, false, false, MCP_CACHE_SHARED, run_tools_list },
    { "initialize", LEGACY, true, false, MCP_CACHE_NONE, run_initialize },
    { "ping", LEGACY, true, false, MCP_CACHE_NONE, run_ping },
    { "server/discover", MODERN, false, false, MCP_CACHE_SHARED, run_discover },
    { "resources/list", ALL, false, false, MCP_CACHE_OWN, run_resources_list },
    { "resources/templates/list", ALL, false, false, MCP_CACHE_SHARED, run_templates_list },
    { "resources/read", ALL, false, true, MCP_CACHE_FRESH, run_resources_read },
    { "resources/subscribe", LEGACY, false, false, MCP_CACHE_NONE, run_subscribe },
    { "resources/unsubscribe", LEGACY, false, false, MCP_CACHE_NONE, run_unsubscribe },
    { "subscriptions/listen", MODERN, false, false, MCP_CACHE_NONE, run_listen },
    { "prompts/list", ALL, false, false, MCP_CACHE_SHARED, run_prompts_list },
    { "prompts/get", ALL, false, true, MCP_CACHE_NONE, run_prompts_get },
    { "completion/complete", ALL, false, false, MCP_CACHE_NONE, run_complete },
    { "logging/setLevel", LEGACY, false, false, MCP_CACHE_NONE, run_set_level },
};

#define METHODS (sizeof(methods) / sizeof(*methods))

static void measure(const struct mcp_work *w, enum metric_end end)
{
    work_measure_end(w, w->method ? (size_t)(w->method - methods) : METHODS, end);
}

/* Everything that a work holds beside its arena. */
static void let_go(struct mcp_work *w)
{
    work_drop_questions(w);
    hub_leave(w->listener);
    trail_drop(w->trail);
}

bool work_give(struct mcp_work *w, struct buf *message, enum rpc_code error,
               const struct mcp_change *change)
{
    TRAIL_ENTER(w->trail);
    if (!buf_ok(message)) {
        error = RPC_INTERNAL_ERROR;
        change = NULL;
        buf_reset(message);
        rpc_error(message, w->message.id, error, "the answer is too large");
    }
    measure(w, error ? ENDED_ERROR : ENDED_OK);
    work_close_span(w, error);
    let_go(w);
    w->line.answer(w->line.ctx, &(struct mcp_answer){ message, error, change });
    buf_done(message);
    mcp_catalog_free(w->catalog);
    arena_pool_put(w->env->arenas, w->arena);
    return false;
}

bool work_give_error(struct mcp_work *w, enum rpc_code code, const char *text)
{
    const struct trail *t = trail_request(w->trail);
    BUF_AUTO data = { .max = LIMIT_ERR_TEXT };
    if (code == RPC_INTERNAL_ERROR && t) {
        buf_str(&data, "{\"request_id\":\"");
        buf_str(&data, t->id);
        buf_str(&data, "\"}");
    }
    return work_give_error_data(w, code, text, buf_slice(&data));
}

bool work_give_error_data(struct mcp_work *w, enum rpc_code code, const char *text,
                          struct slice data)
{
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    rpc_error_data(&b, w->message.id, code, text, data);
    return work_give(w, &b, code, NULL);
}

bool work_give_not_found(struct mcp_work *w, const char *text)
{
    if (!w->uri)
        return work_give_error(w, RPC_INVALID_PARAMS, text);
    BUF_AUTO data = { .max = MESSAGE_MAX };
    buf_str(&data, "{\"uri\":");
    buf_json_string(&data, slice_of(w->uri));
    buf_char(&data, '}');
    return work_give_error_data(
        w, mcp_is_modern(w->peer.revision) ? RPC_INVALID_PARAMS : RPC_RESOURCE_NOT_FOUND, text,
        buf_slice(&data));
}

bool work_give_result(struct mcp_work *w, struct slice result, const struct mcp_change *change)
{
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_reserve(&b, result.len + w->message.id.len + 64);
    rpc_result_begin(&b, w->message.id);
    buf_slice_put(&b, result);
    rpc_result_end(&b);
    return work_give(w, &b, 0, change);
}

bool work_give_members(struct mcp_work *w, struct slice members, const struct mcp_change *change)
{
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    rpc_result_begin(&b, w->message.id);
    mcp_put_result(&b, w->peer.revision, members, "complete", w->method->cache);
    rpc_result_end(&b);
    return work_give(w, &b, 0, change);
}

static const struct method *method_find(const char *name, enum mcp_revision r)
{
    for (size_t i = 0; i < METHODS; i++)
        if (strcmp(methods[i].name, name) == 0)
            return r >= methods[i].since && r <= methods[i].until ? &methods[i] : NULL;
    return NULL;
}

bool mcp_is_call(const struct rpc_message *message)
{
    static method_fn *const calls[] = { run_tools_call, run_resources_list, run_resources_read,
                                        run_subscribe,  run_prompts_get,    run_complete };
    if (message->kind != RPC_REQUEST)
        return false;
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        if (strcmp(methods[i].name, message->method) != 0)
            continue;
        for (size_t j = 0; j < sizeof(calls) / sizeof(*calls); j++)
            if (methods[i].run == calls[j])
                return true;
        return false;
    }
    return false;
}

static bool run_request(struct mcp_work *w)
{
    w->method = method_find(w->message.method, w->peer.revision);
    if (!w->method) {
        struct err err;
        err_set(&err, ERR_ARGS, "unknown method \"%.80s\"", w->message.method);
        return work_give_error(w, RPC_METHOD_NOT_FOUND, err.text);
    }
    if (!w->peer.initialized && !w->method->before_initialize)
        return work_give_error(w, RPC_INVALID_REQUEST,
                               "this session is not initialized: send initialize first");
    return w->method->run(w);
}

struct mcp_work *mcp_run(const struct mcp_env *env, struct arena *arena,
                         const struct rpc_message *message, const struct mcp_peer *peer,
                         const struct caller *caller, const struct mcp_line *line)
{
    struct mcp_work last = { .env = env,
                             .arena = arena,
                             .message = *message,
                             .peer = *peer,
                             .caller = caller,
                             .caller_id = caller->id,
                             .line = *line,
                             .started_ms = clock_ms() };
    trail_note_client(peer->client);
    last.trail = trail_part();
    TRAIL_ENTER(last.trail);
    work_open_span(&last);
    struct mcp_work *w = arena_alloc(arena, sizeof(*w));
    if (!w) { /* an answer without memory: from the stack */
        work_give_error(&last, RPC_INTERNAL_ERROR, "the message is too large");
        return NULL;
    }
    *w = last;
    if (message->kind == RPC_REQUEST)
        return run_request(w) ? w : NULL;
    struct buf nothing;
    buf_init(&nothing, 0);
    work_give(w, &nothing, 0, NULL);
    return NULL;
}

struct trail *mcp_trail(const struct mcp_work *w)
{
    return w->trail;
}

void mcp_cancel(struct mcp_work *w)
{
    TRAIL_ENTER(w->trail);
    measure(w, ENDED_CANCELLED);
    work_audit(w, "cancelled", NULL, NULL);
    span_fail(trail_span(w->trail), "cancelled");
    work_close_span(w, 0);
    let_go(w);
    if (w->call)
        call_cancel(w->call);
    mcp_catalog_free(w->catalog);
    arena_pool_put(w->env->arenas, w->arena);
}

bool mcp_end(struct mcp_work *w)
{
    return w->listener && work_end_listen(w);
}

void mcp_fail(struct mcp_work *w, const char *text)
{
    if (w->call)
        call_cancel(w->call);
    work_give_error(w, RPC_INTERNAL_ERROR, text);
}
