/* tally.h: how many there are of each, counted by many threads without locks.
 *
 * Two rows of counters, of which a key has one in each; the lesser one is its count. Keys that
 * share both are counted together, so that a count may be too high, but never too low; nobody
 * outside can choose a key. Any thread. */
#pragma once

#include <stdint.h>

struct tally;

/* NULL when memory is short. */
struct tally *tally_new(void);
void tally_free(struct tally *t); /* accepts NULL */

/* One more, or one less; how many there are then. */
unsigned tally_add(struct tally *t, uint64_t key);
unsigned tally_take(struct tally *t, uint64_t key);
unsigned tally_count(const struct tally *t, uint64_t key);
