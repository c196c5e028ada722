#include "cli/rule_words.h"

#include "cli/nearest.h"
#include "mcp/catalog.h"

#include <string.h>

#define WORDS_MAX 64

static const char *const levels[] = { [TOOL_READ] = "read",
                                      [TOOL_CREATE] = "create",
                                      [TOOL_UPDATE] = "update",
                                      [TOOL_DELETE] = "delete" };
#define LEVELS (sizeof(levels) / sizeof(*levels))

const char *rule_level_name(enum tool_effect level)
{
    return levels[level];
}

/* The index of text among the words; count, with err set, when it is none of them. */
static size_t find(const char *place, const char *what, const char *text, const char *const *words,
                   size_t count, const char *see, struct err *err)
{
    size_t i = 0;
    while (i < count && strcmp(words[i], text) != 0)
        i++;
    if (i < count)
        return i;
    char hint[NEAREST_HINT];
    err_set(err, ERR_SETTINGS, "%s: no %s is called \"%.60s\"%s", place, what, text,
            nearest_hint(nearest_name(text, words, count), see, hint));
    return count;
}

bool rule_read_toolset(const char *place, const char *text, uint64_t *bits, struct err *err)
{
    const char *names[WORDS_MAX] = { NULL };
    size_t count = tool_toolsets_count < WORDS_MAX ? tool_toolsets_count : WORDS_MAX;
    for (size_t t = 0; t < count; t++)
        names[t] = tool_toolsets[t].name;
    size_t found = find(place, "toolset", text, names, count, "; see asana-mcp tools", err);
    *bits |= found < count ? UINT64_C(1) << found : 0;
    return found < count;
}

bool rule_read_level(const char *place, const char *text, unsigned *bits, struct err *err)
{
    size_t found = find(place, "level", text, levels, LEVELS,
                        "; there are read, create, update and delete", err);
    *bits |= found < LEVELS ? 1u << found : 0;
    return found < LEVELS;
}

bool rule_read_profile(const char *place, const char *text, const struct tool_profile **out,
                       struct err *err)
{
    const char *names[WORDS_MAX] = { NULL };
    size_t count = 0;
    while (count < WORDS_MAX && tool_profiles[count].name) {
        names[count] = tool_profiles[count].name;
        count++;
    }
    size_t found =
        find(place, "profile", text, names, count, "; see asana-mcp tools --profiles", err);
    if (found == count)
        return false;
    *out = &tool_profiles[found];
    return true;
}

bool rule_check_tool(const char *place, const char *text, struct err *err)
{
    if (tool_find(text))
        return true;
    char hint[NEAREST_HINT];
    const struct tool *meant = mcp_nearest_tool(NULL, text);
    return err_set(err, ERR_SETTINGS, "%s: no tool is called \"%.60s\"%s", place, text,
                   nearest_hint(meant ? meant->name : NULL, "; see asana-mcp tools", hint));
}
