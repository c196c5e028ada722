#include "cli/toolbox.h"

#include "cli/commands.h"
#include "cli/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tool *const none[] = { NULL };

static const struct tool *const *packed(const struct toolbox *b)
{
    return b->pack ? pack_tools(b->pack) : none;
}

static size_t count_tools(const struct tool *const *tools)
{
    size_t n = 0;
    while (tools && tools[n])
        n++;
    return n;
}

static const struct tool *find_in(const struct tool *const *tools, const char *name)
{
    while (*tools && strcmp((*tools)->name, name) != 0)
        tools++;
    return *tools;
}

static bool gather(struct toolbox *b, const struct mcp_extras *extras)
{
    const struct tool *const *more = packed(b);
    size_t n = extras ? count_tools(extras->tools) : 0;
    b->tools = calloc(tool_registry_count + count_tools(more), sizeof(*b->tools));
    b->further = calloc(n + count_tools(more) + 1, sizeof(*b->further));
    if (!b->tools || !b->further)
        return false;
    b->extras = extras ? *extras : (struct mcp_extras){ 0 };
    for (size_t i = 0; i < n; i++)
        b->further[i] = extras->tools[i];
    for (size_t i = 0; more[i]; i++)
        b->further[n + i] = more[i];
    b->extras.tools = b->further;
    for (size_t i = 0; i < tool_registry_count; i++)
        if (!find_in(more, tool_registry[i]->name))
            b->tools[b->count++] = tool_registry[i];
    while (*more)
        b->tools[b->count++] = *more++;
    return true;
}

static const struct tool *find(const struct toolbox *b, const char *name)
{
    const struct tool *found = find_in(packed(b), name);
    return found ? found : tool_find(name);
}

static const char *nearest_tool(const struct toolbox *b, const char *name)
{
    const char **names = calloc(b->count, sizeof(*names));
    for (size_t i = 0; names && i < b->count; i++)
        names[i] = b->tools[i]->name;
    const char *near = names ? nearest_name(name, names, b->count) : NULL;
    free(names);
    return near;
}

static bool fail_unknown(const struct toolbox *b, const char *place, const char *name,
                         struct err *err)
{
    char hint[NEAREST_HINT];
    return err_set(err, ERR_SETTINGS, "%s: no tool is called \"%.60s\"%s", place, name,
                   nearest_hint(nearest_tool(b, name), "; see asana-mcp tools", hint));
}

/* In the place of each tool that the settings want otherwise stands a copy that is so. */
static bool change(struct toolbox *b, const struct settings *s, struct err *err)
{
    size_t n = 0, further = count_tools(b->further), names = 0;
    while (s->tools && s->tools[n].name)
        n++;
    while (s->disabled_tools && s->disabled_tools[names])
        names++;
    b->changed = calloc(n + 1, sizeof(*b->changed));
    b->without = calloc(names + n + 1, sizeof(*b->without));
    const struct tool **more = calloc(further + n + 1, sizeof(*more));
    for (size_t i = 0; more && i < further; i++)
        more[i] = b->further[i];
    if (more) {
        free(b->further);
        b->further = more;
    }
    if (!b->changed || !b->without || !more)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < names; i++)
        b->without[i] = s->disabled_tools[i];
    for (size_t i = 0; i < n; i++) {
        const struct settings_tool *w = &s->tools[i];
        const struct tool *t = find(b, w->name);
        if (!t)
            return fail_unknown(b, w->place, w->name, err);
        if (w->fields && !strstr(t->input_schema, "\"opt_fields\":"))
            return err_set(err, ERR_SETTINGS, "%s: %s does not take opt_fields", w->place, w->name);
        if (w->hidden)
            b->without[names++] = w->name;
        b->changed[i] = *t;
        if (w->description)
            b->changed[i].description = w->description;
        b->changed[i].fields = w->fields;
        for (size_t j = 0; j < b->count; j++)
            if (b->tools[j] == t)
                b->tools[j] = &b->changed[i];
        size_t j = 0;
        while (b->further[j] && b->further[j] != t)
            j++;
        b->further[j] = &b->changed[i];
    }
    b->extras.tools = b->further;
    b->extras.without = b->without;
    return true;
}

/* The settings could check only the names of compiled tools. */
static bool check_disabled(const struct toolbox *b, const struct settings *s, struct err *err)
{
    const struct setting_given *given = &s->given[SETTING_DISABLE];
    for (const char *const *name = s->disabled_tools; name && *name; name++)
        if (!find(b, *name))
            return fail_unknown(b, given->place, *name, err);
    return true;
}

bool toolbox_open(const struct settings *s, const struct mcp_extras *extras, struct toolbox *out,
                  struct err *err)
{
    *out = (struct toolbox){ 0 };
    if (s->tools_pack && !(out->pack = pack_read(s->tools_pack, tool_schema, err)))
        return false;
    if (!gather(out, extras))
        err_set(err, ERR_MEMORY, "out of memory");
    else if (change(out, s, err) && check_disabled(out, s, err))
        return true;
    toolbox_close(out);
    return false;
}

void toolbox_close(struct toolbox *b)
{
    free(b->tools);
    free(b->further);
    free(b->changed);
    free(b->without);
    pack_free(b->pack);
}

const struct tool *toolbox_named(const struct toolbox *b, const char *name)
{
    const struct tool *tool = find(b, name);
    if (tool)
        return tool;
    /* Every name begins with "asana_", so that is what people leave out. */
    char full[96];
    snprintf(full, sizeof(full), "asana_%s", name);
    tool = find(b, full);
    char hint[NEAREST_HINT];
    complain(EXIT_USAGE, "unknown tool \"%.60s\"%s", name,
             nearest_hint(tool ? tool->name : nearest_tool(b, name), "; asana-mcp tools lists them",
                          hint));
    return NULL;
}
