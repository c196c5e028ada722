#include "cli/settings_tools.h"

#include "base/utf8.h"
#include "cli/nearest.h"
#include "cli/values.h"

#include <string.h>

static struct settings_tool *add(struct settings *s, const char *name, const char *place)
{
    size_t n = 0;
    if (!s->tools)
        s->tools = arena_zalloc(s->arena, SETTINGS_TOOLS_MAX + 1, sizeof(*s->tools));
    while (s->tools && s->tools[n].name && strcmp(s->tools[n].name, name) != 0)
        n++;
    if (!s->tools || n == SETTINGS_TOOLS_MAX)
        return NULL;
    struct settings_tool *t = &s->tools[n];
    if (!t->name) {
        t->place = place;
        t->name = arena_strdup(s->arena, name);
    }
    return t->name ? t : NULL;
}

static bool set_text(struct settings *s, const char **out, const char *place, const char *value,
                     struct err *err)
{
    if (*out)
        return err_set(err, ERR_SETTINGS, "%s: given a second time for this tool", place);
    if (!*value || !utf8_valid(slice_of(value)))
        return err_set(err, ERR_SETTINGS, "%s: expected a text", place);
    *out = arena_strdup(s->arena, value);
    return *out || err_set(err, ERR_MEMORY, "out of memory");
}

static bool set_fields(struct settings *s, struct settings_tool *t, const char *place,
                       const char *value, struct err *err)
{
    if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_.,")] != '\0')
        return err_set(err, ERR_SETTINGS,
                       "%s: expected Asana's field names like name,assignee.name, got \"%.80s\"",
                       place, value);
    return set_text(s, &t->fields, place, value, err);
}

bool settings_tool_line(struct settings *s, const char *name, const char *place, const char *key,
                        const char *value, struct err *err)
{
    static const char *const keys[] = { "description", "fields", "hidden" };
    struct settings_tool *t = add(s, name, place);
    if (!t)
        return err_set(err, ERR_SETTINGS, "%s: at most %d sections [tool NAME]", place,
                       SETTINGS_TOOLS_MAX);
    if (strcmp(key, "description") == 0)
        return set_text(s, &t->description, place, value, err);
    if (strcmp(key, "fields") == 0)
        return set_fields(s, t, place, value, err);
    if (strcmp(key, "hidden") == 0)
        return value_bool(place, value, &t->hidden, err);
    char hint[NEAREST_HINT];
    const char *meant = nearest_name(key, keys, sizeof(keys) / sizeof(*keys));
    return err_set(err, ERR_SETTINGS, "%s: a tool has the keys description, fields and hidden%s",
                   place, nearest_hint(meant, "", hint));
}
