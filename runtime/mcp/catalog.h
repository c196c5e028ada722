/* catalog.h: what clients are told about us and our tools, as ready JSON texts per revision.
 *
 * Made before the workers start, then read by all of them; another one may take its place later.
 * It lives until its last reference is given back. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"
#include "mcp/caller.h"
#include "mcp/prompts.h"
#include "mcp/resources.h"
#include "mcp/revision.h"
#include "tool/tool.h"

#include <stdbool.h>
#include <stddef.h>

struct mcp_catalog;
struct metrics;
struct scope_rules;

/* What a build offers beside the generated tools, prompts and Asana's resources; the conformance
 * suite's fixtures are the only ones so far. Each ended by a NULL (name); members may be NULL. */
struct mcp_extras {
    const struct tool *const *tools; /* one with the name of ours takes its place */
    const struct resource_kind *resources;
    const struct prompt *prompts;
    size_t page;                /* entries of one page of a list; 0: LIMIT_LIST_PAGE */
    const char *const *without; /* names of tools that are not offered */
    struct metrics *metrics;    /* where the tools are counted by name */
    /* Called with the end of the catalog made of them; NULL: they outlive it. Any thread. */
    void (*release)(void *ctx);
    void *release_ctx;
};

/* Lists that are the same for everybody. */
enum mcp_list { MCP_TOOLS, MCP_PROMPTS, MCP_TEMPLATES, MCP_LISTS };

/* With one reference. What extras (may be NULL) points to is borrowed until the last one is given
 * back. NULL when memory is short; nothing is released then. */
struct mcp_catalog *mcp_catalog_new(const struct mcp_extras *extras);
/* One more reference. Any thread. */
const struct mcp_catalog *mcp_catalog_hold(const struct mcp_catalog *c);
/* Gives one back. Accepts NULL. Any thread. */
void mcp_catalog_free(const struct mcp_catalog *c);

/* Calls release with the end of the catalog, as that of extras; before it is shared. */
void mcp_catalog_release(struct mcp_catalog *c, void (*release)(void *ctx), void *ctx);

/* In the order of listing. */
const struct tool *const *mcp_catalog_tools(const struct mcp_catalog *c, size_t *count);
/* NULL when there is none of that name. */
const struct tool *mcp_catalog_tool(const struct mcp_catalog *c, const char *name);
/* The tool as metrics.h counts it; METRIC_UNKNOWN_TOOL when it is NULL or none of these. */
unsigned mcp_catalog_tool_counted(const struct mcp_catalog *c, const struct tool *tool);
const struct prompt *mcp_catalog_prompt(const struct mcp_catalog *c, const char *name);
const struct resource_kind *mcp_catalog_resource(const struct mcp_catalog *c, const char *uri);

/* The kinds that are none of Asana's; NULL when there are none. */
const struct resource_kind *mcp_catalog_more_resources(const struct mcp_catalog *c);

/* The result of initialize; for a modern revision that of server/discover. */
struct slice mcp_catalog_hello(const struct mcp_catalog *c, enum mcp_revision r);
/* The result of tools/list and so on: the page at that cursor (NULL: the first). False when it is
 * no cursor of that list. */
bool mcp_catalog_page(const struct mcp_catalog *c, enum mcp_list list, enum mcp_revision r,
                      const char *cursor, struct slice *out);

/* Whether both list the same tools, in the same words. */
bool mcp_catalog_same_tools(const struct mcp_catalog *a, const struct mcp_catalog *b);

/* The result of tools/list for a caller who does not see all of them: one page. */
void mcp_catalog_put_tools(const struct mcp_catalog *c, enum mcp_revision r,
                           const struct scope_rules *rules, const struct caller *caller,
                           struct buf *out);

/* One entry of tools/list. */
void mcp_tool_entry(struct buf *b, const struct tool *t, enum mcp_revision r);

/* The tool that was probably meant by a name that no tool has, or NULL. c: NULL for the compiled
 * ones alone. */
const struct tool *mcp_nearest_tool(const struct mcp_catalog *c, const char *name);
