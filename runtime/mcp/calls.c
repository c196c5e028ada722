#include "mcp/work.h"

#include "base/audit.h"
#include "base/clock.h"
#include "base/trail.h"
#include "mcp/completion.h"
#include "mcp/prompts.h"
#include "mcp/resources.h"
#include "mcp/scope.h"

#include <string.h>

static const char *const outcomes[] = {
    [CALL_DONE] = "ok",          [CALL_MEMBERS] = "ok",          [CALL_FAILED] = "error",
    [CALL_INVALID] = "invalid",  [CALL_NOT_FOUND] = "not_found", [CALL_INPUT] = "input",
    [CALL_LACKS] = "capability",
};

/* In the audit log: what became of it, and what kind of failure it was. */
static const char *const audit_outcomes[] = {
    [CALL_DONE] = "ok",       [CALL_MEMBERS] = "ok",      [CALL_FAILED] = "error",
    [CALL_INVALID] = "error", [CALL_NOT_FOUND] = "error", [CALL_INPUT] = "asked",
    [CALL_LACKS] = "error",
};
static const char *const audit_errors[] = {
    [CALL_FAILED] = "failed",
    [CALL_INVALID] = "arguments",
    [CALL_NOT_FOUND] = "not_found",
    [CALL_LACKS] = "capability",
};

static void on_done(void *ctx, const struct call_result *r)
{
    struct mcp_work *w = ctx;
    LOG(LOG_INFO, w->tool ? "tool.called" : "method.called",
        LOG_STR(w->tool ? "tool" : "method", w->tool ? w->tool->name : w->method->name),
        LOG_STR("outcome", outcomes[r->outcome]), LOG_INT("asana_status", r->asana_status),
        LOG_INT("ms", (int64_t)(clock_ms() - w->started_ms)),
        LOG_STR_IF("asana_request", w->trail ? w->trail->asana_request : ""));
    work_audit(w, audit_outcomes[r->outcome], audit_errors[r->outcome], r);
    work_measure_call(w, r->outcome);
    if (audit_errors[r->outcome])
        span_fail(trail_span(w->trail), "tool_error");
    w->finish(w, r);
}

/* The call ends with questions, or because the client could not be asked. In both cases nothing
 * differs between methods. */
static void finish_unasked(struct mcp_work *w, const struct call_result *r)
{
    if (r->outcome == CALL_LACKS) {
        BUF_AUTO data = { .max = MESSAGE_MAX };
        buf_str(&data, "{\"requiredCapabilities\":");
        buf_slice_put(&data, r->text);
        buf_char(&data, '}');
        work_give_error_data(
            w, mcp_is_modern(w->peer.revision) ? RPC_MISSING_CAPABILITY : RPC_INVALID_REQUEST,
            "the client has not declared a capability that this needs", buf_slice(&data));
        return;
    }
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    rpc_result_begin(&b, w->message.id);
    mcp_put_result(&b, w->peer.revision, r->text, "input_required", MCP_CACHE_NONE);
    rpc_result_end(&b);
    work_give(w, &b, 0, NULL);
}

/* Of everything but tools, whose failures are results. */
static void finish_plain(struct mcp_work *w, const struct call_result *r)
{
    struct err err; /* ends the text with a NUL */
    err_set(&err, ERR_ARGS, "%.*s", (int)r->text.len, r->text.data);
    switch (r->outcome) {
    case CALL_DONE:
    case CALL_MEMBERS:
        work_give_members(w, r->text, NULL);
        return;
    case CALL_FAILED:
        work_give_error(w, RPC_INTERNAL_ERROR, err.text);
        return;
    case CALL_INVALID:
        work_give_error(w, RPC_INVALID_PARAMS, err.text);
        return;
    case CALL_NOT_FOUND:
        work_give_not_found(w, err.text);
        return;
    case CALL_INPUT:
    case CALL_LACKS:
        finish_unasked(w, r);
    }
}

/* "content":[{"type":"text","text":…}],"structuredContent":… or the same with isError; a failure
 * ends with what the operator finds it by in the logs: " [request 5f0c…]". */
static void put_content(struct buf *b, const struct mcp_work *w, const struct call_result *r)
{
    const struct trail *t = trail_request(w->trail);
    buf_str(b, "\"content\":[{\"type\":\"text\",\"text\":\"");
    buf_json_escaped(b, r->text);
    if (r->outcome != CALL_DONE && t) {
        buf_str(b, " [request ");
        buf_str(b, t->id);
        buf_char(b, ']');
    }
    buf_str(b, "\"}]");
    if (r->outcome != CALL_DONE) {
        buf_str(b, ",\"isError\":true");
    } else if (mcp_has_structured_content(w->peer.revision)) {
        buf_str(b, ",\"structuredContent\":");
        rpc_put_json(b, r->text);
    }
}

static void finish_tool(struct mcp_work *w, const struct call_result *r)
{
    if (r->outcome == CALL_MEMBERS) {
        work_give_members(w, r->text, NULL);
        return;
    }
    if (r->outcome == CALL_INPUT || r->outcome == CALL_LACKS) {
        finish_unasked(w, r);
        return;
    }
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_reserve(&b, 2 * r->text.len + r->text.len / 4 + 512);
    rpc_result_begin(&b, w->message.id);
    buf_char(&b, '{');
    put_content(&b, w, r);
    mcp_end_result(&b, w->peer.revision, "complete", MCP_CACHE_NONE, (struct slice){ 0 });
    rpc_result_end(&b);
    work_give(w, &b, 0, NULL);
}

/* The person is asked first, where the operator wants it and the client can. */
static bool confirms(const struct mcp_work *w)
{
    if (!w->tool || !(w->host.can & 1u << CALL_ELICIT))
        return false;
    return w->env->confirm == MCP_CONFIRM_WRITES        ? w->tool->effect != TOOL_READ
           : w->env->confirm == MCP_CONFIRM_DESTRUCTIVE ? w->tool->effect == TOOL_DELETE
                                                        : false;
}

/* Opens the host and runs the tool, or else the body. */
static bool start(struct mcp_work *w, call_body_fn *body, const void *in)
{
    struct err err;
    const struct visible_limit *limits;
    if (!work_open_host(w, &err))
        return work_give_error(w, RPC_INVALID_PARAMS, err.text);
    if (!scope_limits(w->env->rules, w->caller, w->tool, w->arena, &limits))
        return work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
    if (w->tool && audit_is_open())
        w->objects = arena_zalloc(w->arena, 1, sizeof(*w->objects));
    struct call_context with = { .asana = &w->env->asana,
                                 .visible = w->env->visible,
                                 .limits = limits,
                                 .arena = w->arena,
                                 .token = &w->caller->token,
                                 .host = &w->host,
                                 .objects = w->objects,
                                 .confirm = confirms(w),
                                 .done = on_done,
                                 .ctx = w };
    w->catalog = mcp_catalog_hold(w->env->catalog);
    w->call = w->tool ? call_start(&with, w->tool, in) : call_run(&with, w->method->name, body, in);
    return w->call || work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
}

/* False when params.arguments is no object; *out is NULL when there is none. */
static bool read_arguments(const struct mcp_work *w, const cJSON **out)
{
    const cJSON *given = json_get(w->message.params, "arguments");
    *out = cJSON_IsObject(given) ? given : NULL;
    return !given || cJSON_IsObject(given) || cJSON_IsNull(given);
}

static bool give_unknown_tool(struct mcp_work *w, const char *name)
{
    const struct tool *near = mcp_nearest_tool(w->env->catalog, name);
    struct err err;
    work_audit(w, "refused", w->tool ? "hidden" : "unknown_tool", NULL);
    if (near && (strcmp(near->name, name) == 0 || !scope_shows(w->env->rules, w->caller, near)))
        near = NULL; /* there is one, but not for this caller */
    err_set(&err, ERR_ARGS,
            near ? "unknown tool \"%.80s\"; did you mean \"%s\"?"
                 : "unknown tool \"%.80s\"%s; tools/list names them all",
            name, near ? near->name : "");
    return work_give_error(w, RPC_INVALID_PARAMS, err.text);
}

bool run_tools_call(struct mcp_work *w)
{
    const char *name = json_get_string(w->message.params, "name");
    const cJSON *arguments;
    if (!name)
        return work_give_error(w, RPC_INVALID_PARAMS,
                               "tools/call needs params.name, the name of a tool");
    w->tool = mcp_catalog_tool(w->env->catalog, name);
    const struct scope_policy *hider =
        w->tool ? scope_hider(w->env->rules, w->caller, w->tool) : NULL;
    if (hider) {
        work_audit(w, "refused", "policy", NULL);
        return work_give_error(w, RPC_INVALID_PARAMS, hider->sentence);
    }
    if (!w->tool || !scope_shows(w->env->rules, w->caller, w->tool))
        return give_unknown_tool(w, name);
    if (!scope_covers(w->caller, w->tool)) {
        work_audit(w, "refused", "scope", NULL);
        return work_give_error(w, RPC_INVALID_REQUEST,
                               "this sign-in is for reading: sign in again and allow changes");
    }
    if (!read_arguments(w, &arguments))
        return work_give_error(w, RPC_INVALID_PARAMS, "params.arguments must be an object");
    w->finish = finish_tool;
    return start(w, NULL, arguments);
}

bool run_prompts_get(struct mcp_work *w)
{
    const char *name = json_get_string(w->message.params, "name");
    struct prompt_get_args *in = arena_zalloc(w->arena, 1, sizeof(*in));
    if (!in)
        return work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
    if (!name)
        return work_give_error(w, RPC_INVALID_PARAMS,
                               "prompts/get needs params.name, the name of a prompt");
    in->prompt = mcp_catalog_prompt(w->env->catalog, name);
    if (!in->prompt) {
        struct err err;
        err_set(&err, ERR_ARGS, "unknown prompt \"%.80s\"; prompts/list names them all", name);
        return work_give_error(w, RPC_INVALID_PARAMS, err.text);
    }
    if (!read_arguments(w, &in->arguments))
        return work_give_error(w, RPC_INVALID_PARAMS, "params.arguments must be an object");
    w->finish = finish_plain;
    return start(w, prompt_get_body, in);
}

bool run_resources_list(struct mcp_work *w)
{
    const cJSON *cursor = json_get(w->message.params, "cursor");
    struct resource_list_args *in = arena_zalloc(w->arena, 1, sizeof(*in));
    if (!in)
        return work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
    if (cursor && !cJSON_IsString(cursor) && !cJSON_IsNull(cursor))
        return work_give_error(w, RPC_INVALID_PARAMS, "params.cursor must be a string");
    *in = (struct resource_list_args){ .cursor = json_get_string(w->message.params, "cursor"),
                                       .more = mcp_catalog_more_resources(w->env->catalog),
                                       .revision = w->peer.revision };
    w->finish = finish_plain;
    return start(w, resource_list_body, in);
}

/* The kind of the resource that params.uri names; NULL when the answer has been given. */
static const struct resource_kind *find_resource(struct mcp_work *w)
{
    struct err err;
    const struct resource_kind *kind = NULL;
    w->uri = json_get_string(w->message.params, "uri");
    if (!w->uri) {
        err_set(&err, ERR_ARGS, "%s needs params.uri, a string", w->method->name);
        work_give_error(w, RPC_INVALID_PARAMS, err.text);
    } else if (!(kind = mcp_catalog_resource(w->env->catalog, w->uri))) {
        err_set(&err, ERR_ARGS,
                "there is no resource \"%.200s\"; resources/templates/list says what can be read",
                w->uri);
        work_give_not_found(w, err.text);
    }
    return kind;
}

bool run_resources_read(struct mcp_work *w)
{
    const struct resource_kind *kind = find_resource(w);
    if (!kind)
        return false;
    w->finish = finish_plain;
    return start(w, kind->read, w->uri);
}

/* The session's owner watches it from the event on that the token names. */
static void finish_subscribe(struct mcp_work *w, const struct call_result *r)
{
    if (r->outcome != CALL_MEMBERS) {
        finish_plain(w, r);
        return;
    }
    BUF_AUTO text = { .max = MESSAGE_MAX };
    buf_char(&text, '{');
    buf_slice_put(&text, r->text);
    buf_char(&text, '}');
    const cJSON *members = buf_ok(&text) ? json_parse(w->arena, buf_slice(&text), NULL) : NULL;
    struct mcp_change change = { .watch = w->uri,
                                 .sync = slice_of(json_get_string(members, "sync")) };
    work_give_result(w, slice_of("{}"), &change);
}

bool run_subscribe(struct mcp_work *w)
{
    const char *gid;
    const struct resource_kind *kind = find_resource(w);
    if (!kind)
        return false;
    if (!resource_kind_of(resource_kinds, w->uri)) /* none of Asana's: we say when it changes */
        return work_give_result(w, slice_of("{}"), &(struct mcp_change){ .watch = w->uri });
    if (!resource_watchable(w->uri, &gid))
        return work_give_error(w, RPC_INVALID_PARAMS,
                               "Asana does not tell when this changes: read it again instead");
    w->finish = finish_subscribe;
    return start(w, resource_subscribe_body, w->uri);
}

bool run_complete(struct mcp_work *w)
{
    struct completion_args *in = arena_zalloc(w->arena, 1, sizeof(*in));
    if (!in)
        return work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
    *in = (struct completion_args){ .cache = w->env->completions,
                                    .catalog = w->env->catalog,
                                    .caller = &w->caller_id,
                                    .params = w->message.params };
    w->finish = finish_plain;
    return start(w, completion_body, in);
}
