/* rate.h: how often something may happen in a window of time, counted in the store, so that it
 * holds over workers, nodes and restarts. Pure; any thread. */
#pragma once

#include "store/store.h"

#include <stdint.h>

struct rate {
    char key[192];
    int64_t ends_at; /* of the window; Unix seconds */
};

/* One more of kind ("register") by subject (an address, an IPv6 one standing for its /64; "*" for
 * all), in windows of that many
 * seconds. r is borrowed by the operation. */
void rate_count(struct rate *r, const char *kind, const char *subject, int64_t seconds, int64_t now,
                struct store_op *op);
