#include "cli/nearest.h"

#include "tool/suggest.h"

const char *nearest_name(const char *given, const char *const *known, size_t count)
{
    size_t found[SUGGEST_MAX];
    return suggest_names(given, known, count, found) > 0 ? known[found[0]] : NULL;
}
