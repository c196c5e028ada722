/* nearest.h: which known word a misspelt one of the command line was meant to be. Pure; any thread.
 */
#pragma once

#include <stddef.h>

/* One of the count known names, or NULL when none is near. */
const char *nearest_name(const char *given, const char *const *known, size_t count);
