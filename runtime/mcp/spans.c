#include "mcp/work.h"

#include "base/trail.h"

#include <stdio.h>

/* Names and attributes are those of OpenTelemetry's semantic conventions for MCP. */

static const char *target_of(const struct mcp_work *w)
{
    return json_get_string(w->message.params, "name");
}

/* Where the message names a place itself (_meta.traceparent) it was sent from there, whatever way
 * it came. Names stand in the span's name only when they are ours, so that there are not endlessly
 * many. */
void work_open_span(struct mcp_work *w)
{
    if (w->message.kind != RPC_REQUEST)
        return;
    const cJSON *meta = json_get(w->message.params, "_meta");
    if (meta)
        trail_follow(w->trail, json_get_string(meta, "traceparent"),
                     json_get_string(meta, "tracestate"));
    if (!trace_sink)
        return;
    trail_open_span(w->trail, SPAN_SERVER, "request");
}

void work_close_span(struct mcp_work *w, enum rpc_code error)
{
    struct span *s = trail_span(w->trail);
    if (!s)
        return;
    const char *target = target_of(w);
    char name[LIMIT_SPAN_NAME], code[12], id[64];
    snprintf(name, sizeof(name), "%s%s%s", w->method ? w->method->name : "request",
             w->tool ? " " : "", w->tool ? w->tool->name : "");
    snprintf(id, sizeof(id), "%.*s", (int)w->message.id.len, w->message.id.data);
    snprintf(code, sizeof(code), "%d", error);
    span_name(s, name);
    span_text(s, "mcp.method.name", w->message.method);
    span_text(s, "mcp.protocol.version", mcp_revision_name(w->peer.revision));
    span_text(s, "jsonrpc.request.id", id);
    if (w->tool) {
        span_text(s, "gen_ai.operation.name", "execute_tool");
        span_text(s, "gen_ai.tool.name", w->tool->name);
    } else if (w->uri) {
        span_text(s, "mcp.resource.uri", w->uri);
    } else {
        span_text(s, "gen_ai.prompt.name", target);
    }
    span_text(s, "asana_mcp.request_id", trail_request(w->trail)->id);
    if (error) {
        span_text(s, "rpc.response.status_code", code);
        span_fail(s, code);
    }
    trail_close_span(w->trail);
}
