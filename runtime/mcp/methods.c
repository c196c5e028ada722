#include "mcp/work.h"

#include "base/trail.h"
#include "mcp/catalog.h"
#include "mcp/scope.h"

/* A client that names no version of ours, or one that needs no initialize, is answered with the
 * latest that does: it decides whether it can go on ("Version Negotiation"). */
bool run_initialize(struct mcp_work *w)
{
    struct mcp_peer settled = { .initialized = true,
                                .revision = MCP_LATEST_LEGACY,
                                .log_level = CALL_INFO };
    enum mcp_revision r;
    if (mcp_revision_find(json_get_string(w->message.params, "protocolVersion"), &r) &&
        !mcp_is_modern(r))
        settled.revision = r;
    settled.can = mcp_peer_can(json_get(w->message.params, "capabilities"), settled.revision);
    mcp_peer_name(&settled, json_get(w->message.params, "clientInfo"));
    trail_note_client(settled.client);
    return work_give_result(w, mcp_catalog_hello(w->env->catalog, settled.revision),
                            &(struct mcp_change){ .peer = &settled });
}

bool run_discover(struct mcp_work *w)
{
    return work_give_result(w, mcp_catalog_hello(w->env->catalog, w->peer.revision), NULL);
}

bool run_ping(struct mcp_work *w)
{
    return work_give_result(w, slice_of("{}"), NULL);
}

bool run_set_level(struct mcp_work *w)
{
    struct mcp_peer changed = w->peer;
    enum call_level level;
    if (!mcp_level_find(json_get_string(w->message.params, "level"), &level))
        return work_give_error(w, RPC_INVALID_PARAMS,
                               "params.level must be one of debug, info, notice, warning, error, "
                               "critical, alert, emergency");
    changed.log_level = (int)level;
    return work_give_result(w, slice_of("{}"), &(struct mcp_change){ .peer = &changed });
}

static bool give_unknown_cursor(struct mcp_work *w)
{
    return work_give_error(w, RPC_INVALID_PARAMS,
                           "unknown cursor: start again without one, and pass nextCursor as it "
                           "came");
}

static bool run_list(struct mcp_work *w, enum mcp_list list)
{
    const cJSON *cursor = json_get(w->message.params, "cursor");
    bool given = cursor && !cJSON_IsNull(cursor);
    struct slice page;
    if ((given && !cJSON_IsString(cursor)) ||
        !mcp_catalog_page(w->env->catalog, list, w->peer.revision,
                          given ? cursor->valuestring : NULL, &page))
        return give_unknown_cursor(w);
    return work_give_result(w, page, NULL);
}

bool run_tools_list(struct mcp_work *w)
{
    const cJSON *cursor = json_get(w->message.params, "cursor");
    if (scope_is_whole(w->env->rules, w->caller))
        return run_list(w, MCP_TOOLS);
    if (cursor && !cJSON_IsNull(cursor))
        return give_unknown_cursor(w);
    BUF_AUTO result = { .max = MESSAGE_MAX };
    mcp_catalog_put_tools(w->env->catalog, w->peer.revision, w->env->rules, w->caller, &result);
    if (!buf_ok(&result))
        return work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
    return work_give_result(w, buf_slice(&result), NULL);
}

bool run_prompts_list(struct mcp_work *w)
{
    return run_list(w, MCP_PROMPTS);
}

bool run_templates_list(struct mcp_work *w)
{
    return run_list(w, MCP_TEMPLATES);
}

/* Of something that was never subscribed to, too: then there is nothing to end. */
bool run_unsubscribe(struct mcp_work *w)
{
    const char *uri = json_get_string(w->message.params, "uri");
    if (!uri)
        return work_give_error(w, RPC_INVALID_PARAMS,
                               "resources/unsubscribe needs params.uri, a string");
    return work_give_result(w, slice_of("{}"), &(struct mcp_change){ .unwatch = uri });
}
