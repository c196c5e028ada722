/* completion_match.h: does a name fit what a person has typed of it?
 *
 * Upper and lower case are the same, and so are Latin letters with and without accents. Pure; any
 * thread. */
#pragma once

#include <stdbool.h>

/* Each word of typed is somewhere in name. */
bool completion_fits(const char *name, const char *typed);
/* All of it is all of name. */
bool completion_same(const char *name, const char *typed);
