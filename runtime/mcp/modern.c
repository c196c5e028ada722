#include "mcp/modern.h"

#include <string.h>

static const cJSON *meta_of(const struct rpc_message *m)
{
    return json_get(m->params, "_meta");
}

const char *modern_version(const struct rpc_message *m)
{
    return json_get_string(meta_of(m), META_PROTOCOL_VERSION);
}

bool modern_is(const struct rpc_message *m, const char *version)
{
    if (json_get(meta_of(m), META_PROTOCOL_VERSION))
        return true;
    if (m->method && strcmp(m->method, "initialize") == 0)
        return false;
    enum mcp_revision r;
    return version && (!mcp_revision_find(version, &r) || mcp_is_modern(r));
}

/* Only those that a client can name in _meta: what initialize settles is not among them, because a
 * client would then say it per request. */
void modern_put_versions(struct buf *b)
{
    buf_char(b, '[');
    for (int r = MCP_2026_07_28; r < MCP_REVISIONS; r++) {
        if (r > MCP_2026_07_28)
            buf_char(b, ',');
        buf_json_string(b, slice_of(mcp_revision_name((enum mcp_revision)r)));
    }
    buf_char(b, ']');
}

static bool refuse(const struct rpc_message *m, struct buf *refusal, enum rpc_code *code,
                   enum rpc_code why, const char *text)
{
    *code = why;
    rpc_error(refusal, m->id, why, text);
    return false;
}

static bool refuse_version(const struct rpc_message *m, const char *requested, struct buf *refusal,
                           enum rpc_code *code)
{
    BUF_AUTO data = { .max = 1024 };
    struct err cut; /* what was asked for may be long */
    err_set(&cut, ERR_ARGS, "%.100s", requested);
    buf_str(&data, "{\"supported\":");
    modern_put_versions(&data);
    buf_str(&data, ",\"requested\":");
    buf_json_string(&data, slice_of(cut.text));
    buf_char(&data, '}');
    *code = RPC_UNSUPPORTED_VERSION;
    rpc_error_data(refusal, m->id, *code, "this protocol version is not supported here",
                   buf_slice(&data));
    return false;
}

bool modern_peer(const struct rpc_message *m, const char *version, struct mcp_peer *out,
                 struct buf *refusal, enum rpc_code *code)
{
    struct mcp_peer peer = { .initialized = true,
                             .revision = MCP_2026_07_28,
                             .log_level = MCP_LOG_OFF };
    if (m->kind != RPC_REQUEST) { /* their _meta says nothing of the client */
        *out = peer;
        return true;
    }
    const cJSON *meta = meta_of(m);
    const char *named = modern_version(m);
    if (!named)
        return refuse(m, refusal, code, RPC_INVALID_PARAMS,
                      "params._meta needs \"" META_PROTOCOL_VERSION "\", a protocol version");
    if (version && strcmp(version, named) != 0)
        return refuse(m, refusal, code, RPC_HEADER_MISMATCH,
                      "the MCP-Protocol-Version header and \"" META_PROTOCOL_VERSION
                      "\" in params._meta must be the same");
    if (!mcp_revision_find(named, &peer.revision) || !mcp_is_modern(peer.revision))
        return refuse_version(m, named, refusal, code);
    const cJSON *capabilities = json_get(meta, META_CLIENT_CAPABILITIES);
    if (!cJSON_IsObject(capabilities))
        return refuse(m, refusal, code, RPC_INVALID_PARAMS,
                      "params._meta needs \"" META_CLIENT_CAPABILITIES "\", an object");
    const cJSON *info = json_get(meta, META_CLIENT_INFO);
    if (info && !cJSON_IsObject(info))
        return refuse(m, refusal, code, RPC_INVALID_PARAMS,
                      "\"" META_CLIENT_INFO "\" in params._meta must be an object");
    enum call_level level;
    if (json_get(meta, META_LOG_LEVEL)) {
        if (!mcp_level_find(json_get_string(meta, META_LOG_LEVEL), &level))
            return refuse(m, refusal, code, RPC_INVALID_PARAMS,
                          "\"" META_LOG_LEVEL "\" in params._meta must be one of debug, info, "
                          "notice, warning, error, critical, alert, emergency");
        peer.log_level = (int)level;
    }
    peer.can = mcp_peer_can(capabilities, peer.revision);
    mcp_peer_name(&peer, info);
    *out = peer;
    return true;
}
