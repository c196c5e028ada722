/* revision.h: the protocol's revisions and what each one knows (specification, "Versioning" and the
 * changelogs).
 *
 * Constant data; any thread. */
#pragma once

#include <stdbool.h>

/* Oldest first, so that "since" is a comparison. */
enum mcp_revision {
    MCP_2024_11_05,
    MCP_2025_03_26,
    MCP_2025_06_18,
    MCP_2025_11_25,
    MCP_2026_07_28, /* stateless: the "modern" era; those before it are "legacy" */
    MCP_REVISIONS,
};

#define MCP_LATEST_LEGACY \
    MCP_2025_11_25 /* what initialize answers to a version that it does not know */

static inline bool mcp_is_modern(enum mcp_revision r)
{
    return r >= MCP_2026_07_28;
}

const char *mcp_revision_name(enum mcp_revision r);
/* False when name is NULL or no revision of ours. */
bool mcp_revision_find(const char *name, enum mcp_revision *out);

/* What a revision's messages may carry. */
static inline bool mcp_has_annotations(enum mcp_revision r)
{
    return r >= MCP_2025_03_26;
}

static inline bool mcp_has_titles(enum mcp_revision r)
{
    return r >= MCP_2025_06_18;
}

static inline bool mcp_has_structured_content(enum mcp_revision r)
{
    return r >= MCP_2025_06_18;
}

static inline bool mcp_has_completions(enum mcp_revision r) /* as a capability */
{
    return r >= MCP_2025_03_26;
}

static inline bool mcp_has_progress_message(enum mcp_revision r)
{
    return r >= MCP_2025_03_26;
}

/* serverInfo's description, websiteUrl and icons. */
static inline bool mcp_has_server_details(enum mcp_revision r)
{
    return r >= MCP_2025_11_25;
}

/* The server may end a stream, and the client comes back for the rest. */
static inline bool mcp_has_polling(enum mcp_revision r)
{
    return r == MCP_2025_11_25;
}
