#include "mcp/envelope.h"

#include "mcp/modern.h"
#include "mcp/rpc.h"

/* A white check mark on a round ground. */
#define ICON                                                                  \
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/"              \
    "svg'%20viewBox='0%200%2024%2024'%3E"                                     \
    "%3Ccircle%20cx='12'%20cy='12'%20r='11'%20fill='%23b4456b'/%3E"           \
    "%3Cpath%20d='M7%2012.5l3.5%203.5L17%209'%20fill='none'%20stroke='white'" \
    "%20stroke-width='2.5'/%3E%3C/svg%3E"

void mcp_put_server(struct buf *b, enum mcp_revision r, bool whole)
{
    buf_str(b, "{\"name\":\"asana-mcp\"");
    if (mcp_has_titles(r))
        buf_str(b, ",\"title\":\"Asana\"");
    buf_str(b, ",\"version\":\"" ASANA_MCP_VERSION "\"");
    if (whole && mcp_has_server_details(r))
        buf_str(b, ",\"description\":\"Work in Asana: tasks, projects, portfolios, goals, people.\""
                   ",\"icons\":[{\"src\":\"" ICON "\",\"mimeType\":\"image/svg+xml\","
                   "\"sizes\":[\"any\"]}]");
    buf_char(b, '}');
}

static const char *const hints[] = {
    [MCP_CACHE_NONE] = "",
    [MCP_CACHE_SHARED] = ",\"ttlMs\":300000,\"cacheScope\":\"public\"",
    [MCP_CACHE_OWN] = ",\"ttlMs\":60000,\"cacheScope\":\"private\"",
    [MCP_CACHE_FRESH] = ",\"ttlMs\":0,\"cacheScope\":\"private\"",
};

static void put_modern(struct buf *b, enum mcp_revision r, const char *type, enum mcp_cache cache,
                       struct slice meta)
{
    buf_str(b, "\"resultType\":");
    buf_json_string(b, slice_of(type));
    buf_str(b, hints[cache]);
    buf_str(b, ",\"_meta\":{\"" META_SERVER_INFO "\":");
    mcp_put_server(b, r, cache == MCP_CACHE_SHARED);
    if (meta.len)
        buf_char(b, ',');
    buf_slice_put(b, meta);
    buf_char(b, '}');
}

void mcp_end_result(struct buf *b, enum mcp_revision r, const char *type, enum mcp_cache cache,
                    struct slice meta)
{
    if (mcp_is_modern(r)) {
        if (b->len && b->data[b->len - 1] != '{')
            buf_char(b, ',');
        put_modern(b, r, type, cache, meta);
    }
    buf_char(b, '}');
}

void mcp_put_result(struct buf *b, enum mcp_revision r, struct slice members, const char *type,
                    enum mcp_cache cache)
{
    buf_char(b, '{');
    rpc_put_json(b, members);
    mcp_end_result(b, r, type, cache, (struct slice){ 0 });
}
