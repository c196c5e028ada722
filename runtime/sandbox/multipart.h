/* multipart.h: forms with files (multipart/form-data, RFC 7578), as uploads come in.
 *
 * Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct sb_part {
    const char *name;
    const char *file;   /* its name, decoded; NULL: the part is a text */
    struct slice bytes; /* in the body */
};

#define SB_PARTS 16

/* False when the body is no form of that content type (may be NULL), or has more than SB_PARTS
 * parts. Names are in the arena. */
bool sb_multipart_read(struct arena *a, const char *content_type, struct slice body,
                       struct sb_part parts[SB_PARTS], size_t *count);
