/* ceiling.h: how many calls run at once, of all people and of each, in all workers.
 *
 * A person has a share of their own; and when three quarters of all places are taken, those who
 * have many calls running get no more, so that the others always find room. What finds none does
 * not begin: it waits, or is refused (call_queue.h). One for all workers; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ceiling;

struct ceiling_limits {
    unsigned calls;
    unsigned calls_per_person; /* 0: as many as there are */
};

enum ceiling_room {
    CEILING_ROOM,
    CEILING_OWN,      /* this person has as many as they may have */
    CEILING_FULL,     /* all places are taken */
    CEILING_RESERVED, /* those that are left are for people with few */
};

/* NULL when memory is short. */
struct ceiling *ceiling_new(void);
void ceiling_free(struct ceiling *c); /* accepts NULL */

/* CEILING_ROOM: one more call of that person runs, until ceiling_end(). For a moment others may
 * count one, too, that finds no room. */
enum ceiling_room ceiling_begin(struct ceiling *c, const struct ceiling_limits *limits,
                                uint64_t person);
void ceiling_end(struct ceiling *c, uint64_t person);
/* Whether that person may have one more, if there is a place. */
bool ceiling_has_share(const struct ceiling *c, const struct ceiling_limits *limits,
                       uint64_t person);
