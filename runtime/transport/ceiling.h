/* ceiling.h: how many calls run at once, of all people and of each, in all workers.
 *
 * A person has a share of their own; and when three quarters of all places are taken, those who
 * have many calls running get no more, so that the others always find room. What is too much is
 * refused before it begins. One for all workers; any thread. */
#pragma once

#include "mcp/caller.h"

#include <stdbool.h>
#include <stdint.h>

struct ceiling;

struct ceiling_limits {
    unsigned calls;
    unsigned calls_per_person; /* 0: as many as there are */
};

/* NULL when memory is short. */
struct ceiling *ceiling_new(void);
void ceiling_free(struct ceiling *c); /* accepts NULL */

/* NULL: one more call of that person runs, until ceiling_end(). Else why it may not. */
const char *ceiling_begin(struct ceiling *c, const struct ceiling_limits *limits, uint64_t person);
void ceiling_end(struct ceiling *c, uint64_t person);
