/* scope.h: which tools a caller sees, and which of them they may use where: what the operator's
 * rules leave, less what the caller's sign-in and address leave out (caller.h).
 *
 * Pure functions; any thread. */
#pragma once

#include "base/arena.h"
#include "mcp/caller.h"
#include "tool/tool.h"
#include "tool/visible.h"

#include <stdbool.h>
#include <stddef.h>

/* What is left of the tools. A zeroed struct leaves all of them. */
struct scope_rule {
    uint64_t toolsets;                  /* bits in the order of tool_toolsets; 0: all */
    unsigned levels;                    /* bits 1u << enum tool_effect; 0: all */
    const struct tool_profile *profile; /* NULL: all */
    const char *const *without;         /* names, ended by NULL; may be NULL */
};

/* A rule for those whom it names: of each list that is not empty, one has to be meant. Lists are
 * ended by NULL, and may be NULL. */
struct scope_policy {
    const char *name;              /* NULL ends a list of policies */
    const char *const *clients;    /* ids */
    const char *const *people;     /* gids */
    const char *const *workspaces; /* gids: it holds for what is done in these */
    struct scope_rule rule;
    const struct digest *client_ids; /* of clients; set by scope_prepare() */
    const char *sentence;            /* why a call was refused, for the model; likewise */
};

/* What the operator wants. A zeroed struct, and a NULL pointer to one, let everybody do
 * everything. */
struct scope_rules {
    struct scope_rule all;
    struct scope_policy *policies; /* may be NULL */
};

/* Completes the policies with what lives in the arena, before anyone asks about them. False when
 * memory is short. */
bool scope_prepare(struct scope_rules *rules, struct arena *arena);

/* Whether both say the same. */
bool scope_same(const struct scope_rules *a, const struct scope_rules *b);

/* Whether it is listed and known to this caller. */
bool scope_shows(const struct scope_rules *rules, const struct caller *c, const struct tool *t);
/* Whether every tool is. */
bool scope_is_whole(const struct scope_rules *rules, const struct caller *c);
/* The policy because of which a tool is not shown; NULL: another reason, or none. */
const struct scope_policy *scope_hider(const struct scope_rules *rules, const struct caller *c,
                                       const struct tool *t);
/* Whether the sign-in covers it; if not, a wider one can be asked for (HTTP 403,
 * insufficient_scope). */
bool scope_covers(const struct caller *c, const struct tool *t);

/* The workspaces in which this may not be done, by tool (NULL: reading without one), for
 * visible_ask(); NULL: none. Copies in the arena. False when memory is short. */
bool scope_limits(const struct scope_rules *rules, const struct caller *c, const struct tool *t,
                  struct arena *arena, const struct visible_limit **out);

/* Whether nobody sees a tool that changes something. */
bool scope_reads_only(const struct scope_rules *rules);

/* Why a rule does not leave a tool: "toolset", "level", "profile", "disabled"; NULL: it does. */
const char *scope_rule_against(const struct scope_rule *rule, const struct tool *t);

/* Leaves of the toolsets those in a list of names, "tasks,projects", or of the tools those in a
 * profile. False when one is unknown. */
bool scope_narrow(struct caller *c, const char *toolsets);
bool scope_narrow_profile(struct caller *c, const char *name);

/* NULL when there is none of that name. */
const struct tool_profile *scope_profile(const char *name);
