/* catalog.h: what clients are told about us and our tools, as ready JSON texts per revision.
 *
 * Made once before the workers start, then read by all of them. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"
#include "mcp/revision.h"
#include "tool/tool.h"

struct mcp_catalog;

struct mcp_catalog *mcp_catalog_new(void); /* NULL when memory is short */
void mcp_catalog_free(struct mcp_catalog *c);

/* The result of initialize. */
struct slice mcp_catalog_initialize(const struct mcp_catalog *c, enum mcp_revision r);
/* The result of tools/list. */
struct slice mcp_catalog_tools(const struct mcp_catalog *c, enum mcp_revision r);

/* One entry of tools/list. */
void mcp_tool_entry(struct buf *b, const struct tool *t, enum mcp_revision r);

/* The tool that was probably meant by a name that no tool has, or NULL. */
const struct tool *mcp_nearest_tool(const char *name);
