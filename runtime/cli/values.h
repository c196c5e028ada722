/* values.h: reads the text of one setting into its typed place. Used by settings.c; same thread and
 * ownership. */
#pragma once

#include "cli/settings.h"

/* place names where the text stands, for the error. Lists are read whole, all others from their
 * first text. */
bool value_read(struct settings *s, enum setting_id id, struct err *err);

/* true, yes, on, 1; false, no, off, 0. */
bool value_bool(const char *place, const char *text, bool *out, struct err *err);

/* Digits, as many as a gid has. */
bool value_is_gid(const char *text);
