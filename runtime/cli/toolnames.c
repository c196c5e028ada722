#include "cli/toolnames.h"

#include "cli/commands.h"
#include "mcp/catalog.h"

#include <stdio.h>

/* Every name begins with "asana_", so that is what people leave out. */
static const char *meant_tool(const char *name)
{
    char full[96];
    snprintf(full, sizeof(full), "asana_%s", name);
    const struct tool *tool = tool_find(full);
    if (tool)
        return tool->name;
    tool = mcp_nearest_tool(name);
    return tool ? tool->name : NULL;
}

const struct tool *tool_named(const char *name)
{
    const struct tool *tool = tool_find(name);
    if (tool)
        return tool;
    const char *meant = meant_tool(name);
    if (meant)
        complain(EXIT_USAGE, "unknown tool \"%.60s\" (did you mean \"%s\"?)", name, meant);
    else
        complain(EXIT_USAGE, "unknown tool \"%.60s\"; asana-mcp tools lists them", name);
    return NULL;
}
