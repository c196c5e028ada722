#include "cli/nearest.h"

#include "tool/suggest.h"

#include <stdio.h>

const char *nearest_name(const char *given, const char *const *known, size_t count)
{
    size_t found[SUGGEST_MAX];
    return suggest_names(given, known, count, found) > 0 ? known[found[0]] : NULL;
}

const char *nearest_hint(const char *meant, const char *otherwise, char out[NEAREST_HINT])
{
    if (!meant)
        return otherwise;
    snprintf(out, NEAREST_HINT, " (did you mean \"%s\"?)", meant);
    return out;
}
