#include "mcp/scope.h"

#include <string.h>

/* The bit of a toolset; 0: there is none of that name. */
static uint64_t bit_of(const char *name, size_t len)
{
    for (size_t i = 0; i < tool_toolsets_count; i++)
        if (strlen(tool_toolsets[i].name) == len && memcmp(tool_toolsets[i].name, name, len) == 0)
            return UINT64_C(1) << i;
    return 0;
}

bool scope_shows(const struct caller *c, const struct tool *t)
{
    uint64_t bit = bit_of(t->toolset, strlen(t->toolset));
    return (!bit || (c->toolsets & bit)) && (t->effect == TOOL_READ || !c->read_only);
}

bool scope_is_whole(const struct caller *c)
{
    uint64_t all = (UINT64_C(1) << tool_toolsets_count) - 1;
    return (c->toolsets & all) == all && !c->read_only;
}

bool scope_covers(const struct caller *c, const struct tool *t)
{
    return c->may_write || t->effect == TOOL_READ;
}

bool scope_narrow(struct caller *c, const char *toolsets)
{
    uint64_t wanted = 0;
    while (*toolsets) {
        size_t len = strcspn(toolsets, ",");
        uint64_t bit = bit_of(toolsets, len);
        if (!bit)
            return false;
        wanted |= bit;
        toolsets += len + (toolsets[len] == ',');
    }
    c->toolsets &= wanted;
    return true;
}
