/* toolbox.h: the tools that a command works with: the compiled ones, then those of --tools-pack. A
 * packed tool with the name of a compiled one stands in its place. One thread. */
#pragma once

#include "base/err.h"
#include "cli/settings.h"
#include "mcp/catalog.h"
#include "tool/pack.h"

struct toolbox {
    struct pack *pack;         /* NULL: no --tools-pack */
    const struct tool **tools; /* in the order of listing */
    size_t count;
    struct mcp_extras extras; /* the build's, and the pack's tools */
    const struct tool **further;
    struct tool *changed; /* copies, as the settings' sections [tool NAME] want them */
    const char **without; /* names that are not offered */
};

/* extras (may be NULL): what this build offers beside the product's own; it outlives the box, like
 * the settings. False with err set when there is no such pack, or --disable names no tool; nothing
 * is to be closed then. */
bool toolbox_open(const struct settings *s, const struct mcp_extras *extras, struct toolbox *out,
                  struct err *err);
void toolbox_close(struct toolbox *b);

/* NULL when there is none: complains then, and names the nearest tool. */
const struct tool *toolbox_named(const struct toolbox *b, const char *name);
