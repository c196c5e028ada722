#include "cli/settings_policies.h"

#include "base/limits.h"
#include "cli/nearest.h"
#include "cli/rule_words.h"
#include "cli/values.h"

#include <string.h>

static struct scope_policy *add(struct settings *s, const char *name)
{
    size_t n = 0;
    if (!s->policies)
        s->policies = arena_zalloc(s->arena, SETTINGS_POLICIES_MAX + 1, sizeof(*s->policies));
    while (s->policies && s->policies[n].name && strcmp(s->policies[n].name, name) != 0)
        n++;
    if (!s->policies || n == SETTINGS_POLICIES_MAX)
        return NULL;
    struct scope_policy *p = &s->policies[n];
    if (!p->name)
        p->name = arena_strdup(s->arena, name);
    return p->name ? p : NULL;
}

static bool append(struct settings *s, const char *const **list, const char *place,
                   const char *value, struct err *err)
{
    const char **texts = (const char **)*list;
    if (!texts)
        texts = arena_zalloc(s->arena, SETTINGS_LIST_MAX + 1, sizeof(*texts));
    size_t n = 0;
    while (texts && texts[n])
        n++;
    if (n == SETTINGS_LIST_MAX)
        return err_set(err, ERR_SETTINGS, "%s: at most %d values", place, SETTINGS_LIST_MAX);
    const char *copy = texts ? arena_strdup(s->arena, value) : NULL;
    if (!copy)
        return err_set(err, ERR_MEMORY, "out of memory");
    texts[n] = copy;
    *list = texts;
    return true;
}

static bool add_gid(struct settings *s, const char *const **list, const char *place,
                    const char *value, struct err *err)
{
    if (!value_is_gid(value))
        return err_set(err, ERR_SETTINGS, "%s: expected a gid, which is a number, got \"%.60s\"",
                       place, value);
    return append(s, list, place, value, err);
}

static bool add_client(struct settings *s, struct scope_policy *p, const char *place,
                       const char *value, struct err *err)
{
    if (!*value || strlen(value) > LIMIT_CLIENT_ID || strpbrk(value, " \t\""))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a client's id, as asana-mcp grants shows it, got \"%.60s\"",
                       place, value);
    return append(s, &p->clients, place, value, err);
}

/* Takes each word of a list with commas. */
static bool each(struct settings *s, struct scope_policy *p, const char *place, const char *value,
                 bool (*take)(struct settings *s, struct scope_policy *p, const char *place,
                              const char *word, struct err *err),
                 struct err *err)
{
    static const char between[] = ", \t";
    value += strspn(value, between);
    if (!*value)
        return err_set(err, ERR_SETTINGS, "%s: expected one or several, with commas", place);
    for (size_t len; *value; value += len, value += strspn(value, between)) {
        len = strcspn(value, between);
        const char *word = arena_strndup(s->arena, value, len);
        if (!word)
            return err_set(err, ERR_MEMORY, "out of memory");
        if (!take(s, p, place, word, err))
            return false;
    }
    return true;
}

static bool take_toolset(struct settings *s, struct scope_policy *p, const char *place,
                         const char *word, struct err *err)
{
    (void)s;
    return rule_read_toolset(place, word, &p->rule.toolsets, err);
}

static bool take_level(struct settings *s, struct scope_policy *p, const char *place,
                       const char *word, struct err *err)
{
    (void)s;
    return rule_read_level(place, word, &p->rule.levels, err);
}

/* Tools of a pack are known when that is read. */
static bool take_tool(struct settings *s, struct scope_policy *p, const char *place,
                      const char *word, struct err *err)
{
    bool packed = s->given[SETTING_TOOLS_PACK].count > 0;
    return (packed || rule_check_tool(place, word, err)) &&
           append(s, &p->rule.without, place, word, err);
}

static bool take_person(struct settings *s, struct scope_policy *p, const char *place,
                        const char *word, struct err *err)
{
    return add_gid(s, &p->people, place, word, err);
}

static bool take_workspace(struct settings *s, struct scope_policy *p, const char *place,
                           const char *word, struct err *err)
{
    return add_gid(s, &p->workspaces, place, word, err);
}

bool settings_policy_line(struct settings *s, const char *name, const char *place, const char *key,
                          const char *value, struct err *err)
{
    static const char *const keys[] = { "client",   "person",  "workspace", "levels",
                                        "toolsets", "profile", "disable" };
    struct scope_policy *p = add(s, name);
    if (!p)
        return err_set(err, ERR_SETTINGS, "%s: at most %d sections [policy NAME]", place,
                       SETTINGS_POLICIES_MAX);
    if (strcmp(key, "client") == 0)
        return add_client(s, p, place, value, err);
    if (strcmp(key, "person") == 0)
        return each(s, p, place, value, take_person, err);
    if (strcmp(key, "workspace") == 0)
        return each(s, p, place, value, take_workspace, err);
    if (strcmp(key, "levels") == 0)
        return each(s, p, place, value, take_level, err);
    if (strcmp(key, "toolsets") == 0)
        return each(s, p, place, value, take_toolset, err);
    if (strcmp(key, "disable") == 0)
        return each(s, p, place, value, take_tool, err);
    if (strcmp(key, "profile") == 0)
        return rule_read_profile(place, value, &p->rule.profile, err);
    char hint[NEAREST_HINT];
    const char *meant = nearest_name(key, keys, sizeof(keys) / sizeof(*keys));
    return err_set(err, ERR_SETTINGS,
                   "%s: a policy has the keys client, person, workspace, levels, toolsets, profile "
                   "and disable%s",
                   place, nearest_hint(meant, "", hint));
}

bool settings_policies_check(const struct settings *s, const char *path, struct err *err)
{
    for (const struct scope_policy *p = s->policies; p && p->name; p++) {
        if (!p->clients && !p->people && !p->workspaces)
            return err_set(err, ERR_SETTINGS,
                           "%s: [policy %.60s] says neither client nor person nor workspace; what "
                           "is for all stands above the sections",
                           path, p->name);
        const struct scope_rule *r = &p->rule;
        if (!r->toolsets && !r->levels && !r->profile && !r->without)
            return err_set(err, ERR_SETTINGS,
                           "%s: [policy %.60s] leaves nothing out; say levels, toolsets, profile "
                           "or disable",
                           path, p->name);
    }
    return true;
}

bool settings_rules(const struct settings *s, struct arena *arena, struct scope_rules *out)
{
    size_t n = 0;
    while (s->policies && s->policies[n].name)
        n++;
    *out = (struct scope_rules){
        .all = { .toolsets = s->toolsets,
                 .levels = s->read_only ? 1u << TOOL_READ : s->levels,
                 .profile = s->profile },
        .policies = arena_zalloc(arena, n + 1, sizeof(*out->policies)),
    };
    for (size_t i = 0; out->policies && i < n; i++)
        out->policies[i] = s->policies[i];
    return out->policies && scope_prepare(out, arena);
}
