/* settings_tools.h: the sections [tool NAME] of the settings file: what the operator wants
 * otherwise about one tool.
 *
 *     [tool asana_get_task]
 *     description = Get a task of ours. Ask for the field Cost centre when money is meant.
 *     fields = name,notes,due_on,custom_fields.name,custom_fields.display_value
 *     hidden = yes
 *
 * Used by settings_file.c; same thread and ownership. */
#pragma once

#include "cli/settings.h"

/* One line of the section of that name. */
bool settings_tool_line(struct settings *s, const char *name, const char *place, const char *key,
                        const char *value, struct err *err);
