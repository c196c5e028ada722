/* suggest.h: which known name was meant by a name that is not known.
 *
 * Pure functions; any thread. A name is near when a few slips of the finger away
 * (Damerau-Levenshtein), when it differs only in writing ("projectId" for "project_id"), or when it
 * shares a telling word ("project" for "projects_any") or another program's word for it ("comment"
 * for "text"). */
#pragma once

#include <stddef.h>

#define SUGGEST_MAX 3

/* Puts the indexes of the nearest names into out, best first, and returns how many there are (0:
 * nothing is near). A name that is certainly meant stands alone. */
size_t suggest_names(const char *given, const char *const *known, size_t count,
                     size_t out[SUGGEST_MAX]);
