/* nearest.h: which known word a misspelt one of the command line was meant to be. Pure; any thread.
 */
#pragma once

#include <stddef.h>

/* One of the count known names, or NULL when none is near. */
const char *nearest_name(const char *given, const char *const *known, size_t count);

/* How a refusal ends: " (did you mean "NAME"?)", or otherwise when meant is NULL. */
#define NEAREST_HINT 128
const char *nearest_hint(const char *meant, const char *otherwise, char out[NEAREST_HINT]);
