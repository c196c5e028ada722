#include "transport/ceiling.h"

#include "base/tally.h"

#include <stdatomic.h>
#include <stdlib.h>

/* With so few running nobody is kept out while there is a place. */
#define FEW 4

struct ceiling {
    atomic_uint calls;
    struct tally *people;
};

struct ceiling *ceiling_new(void)
{
    struct ceiling *c = calloc(1, sizeof(*c));
    if (c && !(c->people = tally_new())) {
        free(c);
        return NULL;
    }
    return c;
}

void ceiling_free(struct ceiling *c)
{
    if (c)
        tally_free(c->people);
    free(c);
}

enum ceiling_room ceiling_begin(struct ceiling *c, const struct ceiling_limits *limits,
                                uint64_t person)
{
    unsigned all = atomic_fetch_add(&c->calls, 1) + 1;
    unsigned own = tally_add(c->people, person);
    enum ceiling_room room = CEILING_ROOM;
    if (limits->calls_per_person && own > limits->calls_per_person)
        room = CEILING_OWN;
    else if (all > limits->calls)
        room = CEILING_FULL;
    else if (own > FEW && limits->calls_per_person && all > limits->calls - limits->calls / 4)
        room = CEILING_RESERVED;
    if (room != CEILING_ROOM)
        ceiling_end(c, person);
    return room;
}

void ceiling_end(struct ceiling *c, uint64_t person)
{
    atomic_fetch_sub(&c->calls, 1);
    tally_take(c->people, person);
}

bool ceiling_has_share(const struct ceiling *c, const struct ceiling_limits *limits,
                       uint64_t person)
{
    return !limits->calls_per_person || tally_count(c->people, person) < limits->calls_per_person;
}
