#include "mcp/scope.h"

#include "base/buf.h"

#include <string.h>

/* The bit of a toolset; 0: there is none of that name. */
static uint64_t bit_of(const char *name, size_t len)
{
    for (size_t i = 0; i < tool_toolsets_count; i++)
        if (strlen(tool_toolsets[i].name) == len && memcmp(tool_toolsets[i].name, name, len) == 0)
            return UINT64_C(1) << i;
    return 0;
}

static bool has(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Tools of a pack belong to every profile: the operator added them by hand. */
static bool in_profile(const struct tool_profile *profile, const struct tool *t)
{
    return !profile || !profile->tools || t->pack || has(profile->tools, t->name);
}

static bool in_toolsets(uint64_t toolsets, const struct tool *t)
{
    uint64_t bit = bit_of(t->toolset, strlen(t->toolset));
    return !bit || (toolsets & bit);
}

const char *scope_rule_against(const struct scope_rule *rule, const struct tool *t)
{
    if (has(rule->without, t->name))
        return "disabled";
    if (rule->levels && !(rule->levels & 1u << t->effect))
        return "level";
    if (rule->toolsets && !in_toolsets(rule->toolsets, t))
        return "toolset";
    return in_profile(rule->profile, t) ? NULL : "profile";
}

static bool is_whole(const struct scope_rule *rule)
{
    const unsigned all =
        1u << TOOL_READ | 1u << TOOL_CREATE | 1u << TOOL_UPDATE | 1u << TOOL_DELETE;
    const uint64_t sets = (UINT64_C(1) << tool_toolsets_count) - 1;
    return (!rule->toolsets || (rule->toolsets & sets) == sets) &&
           (!rule->levels || (rule->levels & all) == all) &&
           (!rule->profile || !rule->profile->tools) && !(rule->without && rule->without[0]);
}

/* ---- policies ---- */

static bool any(const char *const *list)
{
    return list && *list;
}

static bool means(const struct scope_policy *p, const struct caller *c)
{
    bool client = !any(p->clients);
    for (size_t i = 0; !client && p->clients[i]; i++)
        client = digest_equal(&p->client_ids[i], &c->client);
    return client && (!any(p->people) || has(p->people, c->person));
}

bool scope_prepare(struct scope_rules *rules, struct arena *arena)
{
    for (struct scope_policy *p = rules->policies; p && p->name; p++) {
        size_t n = 0;
        while (p->clients && p->clients[n])
            n++;
        struct digest *ids = arena_zalloc(arena, n + 1, sizeof(*ids));
        BUF_AUTO text = { .max = 1024 };
        buf_str(&text, "The administrator of this server does not allow this here (policy \"");
        buf_str(&text, p->name);
        buf_str(&text, "\"). Do not try another way; tell the person to ask them.");
        p->sentence = buf_ok(&text) ? arena_strndup(arena, text.data, text.len) : NULL;
        if (!ids || !p->sentence)
            return false;
        for (size_t i = 0; i < n; i++)
            secret_digest(slice_of(p->clients[i]), &ids[i]);
        p->client_ids = ids;
    }
    return true;
}

const struct scope_policy *scope_hider(const struct scope_rules *rules, const struct caller *c,
                                       const struct tool *t)
{
    for (const struct scope_policy *p = rules ? rules->policies : NULL; p && p->name; p++)
        if (!any(p->workspaces) && means(p, c) && scope_rule_against(&p->rule, t))
            return p;
    return NULL;
}

bool scope_shows(const struct scope_rules *rules, const struct caller *c, const struct tool *t)
{
    return in_toolsets(c->toolsets, t) && (t->effect == TOOL_READ || !c->read_only) &&
           in_profile(c->profile, t) && !(rules && scope_rule_against(&rules->all, t)) &&
           !scope_hider(rules, c, t);
}

bool scope_is_whole(const struct scope_rules *rules, const struct caller *c)
{
    uint64_t all = (UINT64_C(1) << tool_toolsets_count) - 1;
    for (const struct scope_policy *p = rules ? rules->policies : NULL; p && p->name; p++)
        if (!any(p->workspaces) && means(p, c))
            return false;
    return (c->toolsets & all) == all && !c->read_only && (!c->profile || !c->profile->tools) &&
           (!rules || is_whole(&rules->all));
}

bool scope_reads_only(const struct scope_rules *rules)
{
    return rules && rules->all.levels == 1u << TOOL_READ;
}

bool scope_covers(const struct caller *c, const struct tool *t)
{
    return c->may_write || t->effect == TOOL_READ;
}

/* ---- places ---- */

/* Reading without a tool is of no toolset and of no profile. */
static bool leaves(const struct scope_rule *rule, const struct tool *t)
{
    return t ? !scope_rule_against(rule, t) : !rule->levels || (rule->levels & 1u << TOOL_READ);
}

static bool limits(const struct scope_policy *p, const struct caller *c, const struct tool *t)
{
    return any(p->workspaces) && means(p, c) && !leaves(&p->rule, t);
}

bool scope_limits(const struct scope_rules *rules, const struct caller *c, const struct tool *t,
                  struct arena *arena, const struct visible_limit **out)
{
    size_t n = 0;
    *out = NULL;
    for (const struct scope_policy *p = rules ? rules->policies : NULL; p && p->name; p++)
        for (size_t i = 0; limits(p, c, t) && p->workspaces[i]; i++)
            n++;
    if (!n)
        return true;
    struct visible_limit *list = arena_zalloc(arena, n + 1, sizeof(*list));
    n = 0;
    for (const struct scope_policy *p = rules->policies; list && p->name; p++)
        for (size_t i = 0; limits(p, c, t) && p->workspaces[i]; i++)
            list[n++] = (struct visible_limit){ arena_strdup(arena, p->workspaces[i]),
                                                arena_strdup(arena, p->sentence) };
    *out = list;
    return !arena_failed(arena);
}

static bool same_list(const char *const *a, const char *const *b)
{
    for (; a && b && *a && *b && strcmp(*a, *b) == 0; a++, b++)
        continue;
    return (!a || !*a) && (!b || !*b);
}

static bool same_rule(const struct scope_rule *a, const struct scope_rule *b)
{
    return a->toolsets == b->toolsets && a->levels == b->levels && a->profile == b->profile &&
           same_list(a->without, b->without);
}

bool scope_same(const struct scope_rules *a, const struct scope_rules *b)
{
    static const struct scope_policy none[] = { { 0 } };
    static const struct scope_rules nothing;
    a = a ? a : &nothing;
    b = b ? b : &nothing;
    const struct scope_policy *p = a->policies ? a->policies : none;
    const struct scope_policy *q = b->policies ? b->policies : none;
    for (; p->name && q->name; p++, q++)
        if (!same_list(p->clients, q->clients) || !same_list(p->people, q->people) ||
            !same_list(p->workspaces, q->workspaces) || !same_rule(&p->rule, &q->rule))
            return false;
    return !p->name && !q->name && same_rule(&a->all, &b->all);
}

/* ---- what the caller leaves ---- */

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

const struct tool_profile *scope_profile(const char *name)
{
    for (const struct tool_profile *p = tool_profiles; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

bool scope_narrow_profile(struct caller *c, const char *name)
{
    c->profile = scope_profile(name);
    return c->profile;
}
