#include "sandbox/fault.h"

#include <string.h>

static bool fits(const struct sb_fault *f, const char *method, const char *path)
{
    if (f->method && strcmp(f->method, method) != 0)
        return false;
    return !f->path || strncmp(f->path, path, strlen(f->path)) == 0;
}

bool sb_faults_meet(struct sb_faults *f, const char *method, const char *path, struct sb_fault *out)
{
    bool met = false;
    size_t kept = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct sb_fault *fault = &f->list[i];
        if (fits(fault, method, path)) {
            if (fault->nth > 1) {
                fault->nth--;
            } else if (!met) {
                met = true;
                *out = *fault;
                fault->times--;
            }
        }
        if (fault->times)
            f->list[kept++] = *fault;
    }
    f->count = kept;
    return met;
}
