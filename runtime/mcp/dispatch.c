#include "mcp/dispatch.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

/* One answer: an Asana body twice (once escaped) and what stands around it. */
#define MESSAGE_MAX (3u * LIMIT_ASANA_BODY)

struct mcp_work {
    const struct mcp_env *env;
    struct arena *arena; /* holds this struct, too */
    struct rpc_message message;
    struct mcp_peer peer;
    const struct secret *token; /* valid while mcp_run() runs */
    mcp_answer_fn *answer;
    void *ctx;
    const struct tool *tool;
    struct call *call;
    uint64_t started_ms;
};

/* Ends the work: w is gone. False, for "nothing is pending". */
static bool give(struct mcp_work *w, struct buf *message, const struct mcp_peer *settled)
{
    if (!buf_ok(message)) {
        buf_reset(message);
        rpc_error(message, w->message.id, RPC_INTERNAL_ERROR, "the answer is too large");
    }
    w->answer(w->ctx, &(struct mcp_answer){ message, settled });
    buf_done(message);
    arena_pool_put(w->env->arenas, w->arena);
    return false;
}

static bool give_error(struct mcp_work *w, enum rpc_code code, const char *text)
{
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    rpc_error(&b, w->message.id, code, text);
    return give(w, &b, NULL);
}

static bool give_result(struct mcp_work *w, struct slice result, const struct mcp_peer *settled)
{
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    rpc_result_begin(&b, w->message.id);
    buf_slice_put(&b, result);
    rpc_result_end(&b);
    return give(w, &b, settled);
}

/* An unknown or missing version is answered with our latest: the client decides whether it can go
 * on ("Version Negotiation"). */
static bool run_initialize(struct mcp_work *w)
{
    struct mcp_peer settled = { .initialized = true, .revision = MCP_LATEST };
    mcp_revision_find(json_get_string(w->message.params, "protocolVersion"), &settled.revision);
    return give_result(w, mcp_catalog_initialize(w->env->catalog, settled.revision), &settled);
}

static bool run_ping(struct mcp_work *w)
{
    return give_result(w, slice_of("{}"), NULL);
}

static bool run_tools_list(struct mcp_work *w)
{
    const cJSON *cursor = json_get(w->message.params, "cursor");
    if (cursor && !cJSON_IsNull(cursor))
        return give_error(w, RPC_INVALID_PARAMS, "unknown cursor: the list has one page");
    return give_result(w, mcp_catalog_tools(w->env->catalog, w->peer.revision), NULL);
}

/* {"content":[{"type":"text","text":…}],"structuredContent":…} or the same with isError. */
static void put_call_result(struct buf *b, const struct call_result *r, enum mcp_revision revision)
{
    buf_str(b, "{\"content\":[{\"type\":\"text\",\"text\":");
    buf_json_string(b, r->text);
    buf_str(b, "}]");
    if (r->is_error) {
        buf_str(b, ",\"isError\":true");
    } else if (mcp_has_structured_content(revision)) {
        buf_str(b, ",\"structuredContent\":");
        rpc_put_json(b, r->text);
    }
    buf_char(b, '}');
}

static void on_called(void *ctx, const struct call_result *r)
{
    struct mcp_work *w = ctx;
    LOG(LOG_INFO, "tool.called", LOG_STR("tool", w->tool->name),
        LOG_STR("outcome", r->is_error ? "error" : "ok"), LOG_INT("asana_status", r->asana_status),
        LOG_INT("ms", (int64_t)(clock_ms() - w->started_ms)));
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_reserve(&b, 2 * r->text.len + r->text.len / 4 + 256);
    rpc_result_begin(&b, w->message.id);
    put_call_result(&b, r, w->peer.revision);
    rpc_result_end(&b);
    give(w, &b, NULL);
}

static bool run_tools_call(struct mcp_work *w)
{
    const char *name = json_get_string(w->message.params, "name");
    if (!name)
        return give_error(w, RPC_INVALID_PARAMS,
                          "tools/call needs params.name, the name of a tool");
    w->tool = tool_find(name);
    if (!w->tool) {
        const struct tool *near = mcp_nearest_tool(name);
        struct err err;
        err_set(&err, ERR_ARGS,
                near ? "unknown tool \"%.80s\"; did you mean \"%s\"?"
                     : "unknown tool \"%.80s\"%s; tools/list names them all",
                name, near ? near->name : "");
        return give_error(w, RPC_INVALID_PARAMS, err.text);
    }
    const cJSON *arguments = json_get(w->message.params, "arguments");
    if (arguments && !cJSON_IsObject(arguments) && !cJSON_IsNull(arguments))
        return give_error(w, RPC_INVALID_PARAMS, "params.arguments must be an object");
    w->call = call_start(&w->env->asana, w->tool, cJSON_IsObject(arguments) ? arguments : NULL,
                         w->arena, w->token, on_called, w);
    return w->call || give_error(w, RPC_INTERNAL_ERROR, "out of memory");
}

static const struct {
    const char *name;
    bool (*run)(struct mcp_work *w); /* true: the answer is still to come; false: w is gone */
    bool before_initialize;
} methods[] = {
    { "initialize", run_initialize, true },
    { "ping", run_ping, true },
    { "tools/call", run_tools_call, false },
    { "tools/list", run_tools_list, false },
};

static bool run_request(struct mcp_work *w)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(methods[i].name, w->message.method) != 0)
            continue;
        if (w->peer.initialized || methods[i].before_initialize)
            return methods[i].run(w);
        return give_error(w, RPC_INVALID_REQUEST,
                          "this session is not initialized: send initialize first");
    }
    struct err err;
    err_set(&err, ERR_ARGS, "unknown method \"%.80s\"", w->message.method);
    return give_error(w, RPC_METHOD_NOT_FOUND, err.text);
}

struct mcp_work *mcp_run(const struct mcp_env *env, struct arena *arena,
                         const struct rpc_message *message, const struct mcp_peer *peer,
                         const struct secret *token, mcp_answer_fn *answer, void *ctx)
{
    struct mcp_work *w = arena_alloc(arena, sizeof(*w));
    if (!w) { /* an answer without memory: built on the stack */
        struct mcp_work last = { env, arena, *message, *peer, token, answer, ctx, NULL, NULL, 0 };
        give_error(&last, RPC_INTERNAL_ERROR, "the message is too large");
        return NULL;
    }
    *w = (struct mcp_work){
        env, arena, *message, *peer, token, answer, ctx, NULL, NULL, clock_ms()
    };
    if (message->kind == RPC_REQUEST)
        return run_request(w) ? w : NULL;
    struct buf nothing;
    buf_init(&nothing, 0);
    give(w, &nothing, NULL);
    return NULL;
}

void mcp_cancel(struct mcp_work *w)
{
    call_cancel(w->call);
    arena_pool_put(w->env->arenas, w->arena);
}
