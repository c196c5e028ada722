#include "base/tally.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

/* 2^14 counters in a row: of 10,000 keys two in 60,000 share both with a given one. */
#define BITS 14
#define ROWS 2

struct tally {
    atomic_uint rows[ROWS][1u << BITS];
};

struct tally *tally_new(void)
{
    return calloc(1, sizeof(struct tally));
}

void tally_free(struct tally *t)
{
    free(t);
}

static size_t place(uint64_t key, unsigned row)
{
    return (size_t)(key >> (row * BITS)) & ((1u << BITS) - 1);
}

static unsigned lesser(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned tally_add(struct tally *t, uint64_t key)
{
    return lesser(atomic_fetch_add(&t->rows[0][place(key, 0)], 1),
                  atomic_fetch_add(&t->rows[1][place(key, 1)], 1)) +
           1;
}

unsigned tally_take(struct tally *t, uint64_t key)
{
    return lesser(atomic_fetch_sub(&t->rows[0][place(key, 0)], 1),
                  atomic_fetch_sub(&t->rows[1][place(key, 1)], 1)) -
           1;
}

unsigned tally_count(const struct tally *t, uint64_t key)
{
    return lesser(atomic_load(&t->rows[0][place(key, 0)]), atomic_load(&t->rows[1][place(key, 1)]));
}
