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
    MCP_REVISIONS,
};

#define MCP_LATEST MCP_2025_11_25

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
