/* settings_policies.h: the sections [policy NAME] of the settings file: what is left of the tools
 * for some clients or people, or in some workspaces.
 *
 *     [policy contractors]
 *     person = 1204567890123456
 *     workspace = 1204567890123457
 *     levels = read, create
 *     toolsets = tasks, projects
 *     disable = asana_create_project
 *
 * client, person and workspace say whom and where it means (all that are given have to fit; each
 * may be repeated; gids take commas), the others what is left, in the words of the settings of the
 * same names. Used by settings_file.c; same thread and ownership. */
#pragma once

#include "cli/settings.h"

/* One line of the section of that name. */
bool settings_policy_line(struct settings *s, const char *name, const char *place, const char *key,
                          const char *value, struct err *err);
/* When the file has been read: each says whom it means, and leaves something out. */
bool settings_policies_check(const struct settings *s, const char *path, struct err *err);

/* What all settings together leave of the tools, for mcp/scope.h, but --disable, which is the
 * catalog's. Lives in the arena. False when memory is short. */
bool settings_rules(const struct settings *s, struct arena *arena, struct scope_rules *out);
