/* policy.c: the command policy: what would be said to a call, and because of which setting. */
#include "base/arena.h"
#include "cli/commands.h"
#include "cli/rule_words.h"
#include "cli/settings_policies.h"
#include "cli/store_at.h"
#include "cli/text.h"
#include "cli/toolbox.h"
#include "oauth/record.h"
#include "policy/blocks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct explanation {
    const struct settings *s;
    const struct tool *tool;
    struct caller caller;
    struct scope_rules rules;
    struct arena *arena;
    struct store *store; /* NULL: this server keeps none */
    unsigned refusals;
};

__attribute__((format(printf, 3, 4))) static void tell(struct explanation *e, bool passes,
                                                       const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs(passes ? "  yes  " : "  NO   ", stdout);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    e->refusals += !passes;
}

/* ---- who ---- */

static bool is_listed(const char *const *list, const char *id)
{
    for (; list && *list; list++)
        if (strcmp(*list, id) == 0)
            return true;
    return false;
}

static bool explain_block(struct explanation *e, enum block_kind kind, const char *id,
                          enum setting_id setting, const char *const *fixed, struct err *err)
{
    const char *name = block_kind_name(kind);
    if (is_listed(fixed, id)) {
        tell(e, false, "%s %s is blocked by %s", name, id, e->s->given[setting].place);
        return true;
    }
    size_t found = 0;
    char key[LIMIT_STORE_KEY + 1];
    block_key(kind, id, key);
    struct store_op get = { .verb = STORE_GET, .table = STORE_BLOCKS, .key = slice_of(key) };
    if (e->store && !store_at_run(e->store, &get, 1, &found, err))
        return false;
    if (found)
        tell(e, false, "%s %s was blocked with asana-mcp block", name, id);
    else
        tell(e, true, "%s %s is not blocked", name, id);
    return true;
}

static bool explain_who(struct explanation *e, struct err *err)
{
    const struct settings *s = e->s;
    if (s->person &&
        !explain_block(e, BLOCK_PERSON, s->person, SETTING_BLOCK_PERSON, s->block_people, err))
        return false;
    if (s->client &&
        !explain_block(e, BLOCK_CLIENT, s->client, SETTING_BLOCK_CLIENT, s->block_clients, err))
        return false;
    if (!s->workspace)
        return true;
    if (s->allow_workspaces && s->allow_workspaces[0] &&
        !is_listed(s->allow_workspaces, s->workspace)) {
        tell(e, false, "workspace %s is none of those of %s", s->workspace,
             s->given[SETTING_ALLOW_WORKSPACE].place);
        return true;
    }
    return explain_block(e, BLOCK_WORKSPACE, s->workspace, SETTING_BLOCK_WORKSPACE,
                         s->block_workspaces, err);
}

/* ---- what ---- */

static const char *place_or(const struct settings *s, enum setting_id id, const char *otherwise)
{
    return s->given[id].place ? s->given[id].place : otherwise;
}

static void explain_all(struct explanation *e)
{
    const struct settings *s = e->s;
    const struct scope_rule *all = &e->rules.all;
    const struct scope_rule by_level = { .levels = all->levels };
    const struct scope_rule by_toolset = { .toolsets = all->toolsets };
    const struct scope_rule by_profile = { .profile = all->profile };
    const char *level = rule_level_name(e->tool->effect);
    const char *profile = all->profile ? all->profile->name : "all";
    tell(e, !scope_rule_against(&by_level, e->tool), "the level \"%s\" (%s)", level,
         s->read_only ? s->given[SETTING_READ_ONLY].place
                      : place_or(s, SETTING_LEVELS, "all levels"));
    tell(e, !scope_rule_against(&by_toolset, e->tool), "the toolset \"%s\" (%s)", e->tool->toolset,
         place_or(s, SETTING_TOOLSETS, "all toolsets"));
    tell(e, !scope_rule_against(&by_profile, e->tool), "the profile \"%s\" (%s)", profile,
         place_or(s, SETTING_PROFILE, "all tools"));
}

static void explain_policies(struct explanation *e)
{
    for (struct scope_policy *p = e->rules.policies; p->name; p++) {
        struct scope_policy only[2] = { *p, { 0 } };
        struct scope_rules rules = { .policies = only };
        const struct visible_limit *limits = NULL;
        bool passes = true;
        if (!p->workspaces)
            passes = !scope_hider(&rules, &e->caller, e->tool);
        else if (e->s->workspace && scope_limits(&rules, &e->caller, e->tool, e->arena, &limits) &&
                 limits)
            passes = !is_listed(p->workspaces, e->s->workspace);
        const char *against = scope_rule_against(&p->rule, e->tool);
        if (passes)
            tell(e, true, "[policy %s]", p->name);
        else
            tell(e, false, "[policy %s]: %s", p->name, against);
    }
}

/* ---- what was allowed ---- */

static bool explain_grant(void *ctx, const struct store_record *record)
{
    struct explanation *e = ctx;
    struct grant_record g;
    arena_reset(e->arena);
    if (!grant_record_read(e->arena, record, &g) ||
        (e->s->client && strcmp(g.client_id, e->s->client) != 0))
        return true;
    struct caller caller = { .may_write = g.scopes & SCOPE_WRITE, .toolsets = g.toolsets };
    const char *what = !scope_covers(&caller, e->tool) ? "allows reading only; the assistant is "
                                                         "told to ask for more"
                       : !scope_shows(NULL, &caller, e->tool) ? "leaves this toolset out"
                                                              : NULL;
    char made[CLOCK_TEXT];
    text_time(g.made_at, made);
    tell(e, !what, "the sign-in of %s with %s%s%s", made,
         text_shown(e->arena, g.client_name, false), what ? " " : "", what ? what : "");
    return true;
}

static bool explain_grants(struct explanation *e, struct err *err)
{
    char owner[LIMIT_STORE_KEY];
    if (!e->store || !e->s->person)
        return true;
    snprintf(owner, sizeof(owner), "user:%s", e->s->person);
    return store_at_each(e->store, STORE_GRANTS, owner, explain_grant, e, err);
}

static bool prepare(struct explanation *e, struct err *err)
{
    const struct settings *s = e->s;
    e->arena = arena_new(4u << 20);
    if (!e->arena || !settings_rules(s, s->arena, &e->rules))
        return err_set(err, ERR_MEMORY, "out of memory");
    snprintf(e->caller.person, sizeof(e->caller.person), "%s", s->person ? s->person : "");
    if (s->client)
        secret_digest(slice_of(s->client), &e->caller.client);
    return s->auth != AUTH_OAUTH || store_at_open(s, &e->store, err);
}

int command_policy(const struct settings *s)
{
    struct explanation e = { .s = s, .caller = { .may_write = true, .toolsets = UINT64_MAX } };
    struct toolbox box;
    struct err err = { 0 };
    if (s->operand_count != 1 || strcmp(s->operands[0], "explain") != 0)
        return complain(EXIT_USAGE,
                        "there is one thing to do: asana-mcp policy explain --tool NAME");
    if (!s->tool)
        return complain(EXIT_USAGE, "policy explain needs --tool NAME; asana-mcp tools lists them");
    if (!toolbox_open(s, NULL, &box, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    e.tool = toolbox_named(&box, s->tool);
    bool ok = e.tool && prepare(&e, &err);
    if (ok) {
        printf("%s (%s)\n", e.tool->name, e.tool->title);
        bool offered = !is_listed(box.without, e.tool->name);
        tell(&e, offered, offered ? "it is offered" : "disable, or hidden in [tool %s]",
             e.tool->name);
        ok = explain_who(&e, &err);
        explain_all(&e);
        explain_policies(&e);
        ok = ok && explain_grants(&e, &err);
    }
    store_close(e.store);
    arena_free(e.arena);
    const struct tool *known = e.tool;
    toolbox_close(&box);
    if (!known)
        return EXIT_USAGE;
    if (!ok)
        return complain(EXIT_FAILED, "%s", err.text);
    puts(e.refusals ? "The call is refused." : "The call is made; Asana says the rest.");
    return e.refusals ? EXIT_FAILED : 0;
}
