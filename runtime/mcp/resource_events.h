/* resource_events.h: Asana's GET /events: what has happened to a task, project or goal since a sync
 * token was given out.
 *
 * Asana answers a first question, and one with a token that has grown too old, with 412 and a fresh
 * token. Pure functions; any thread. */
#pragma once

#include "asana/client.h"
#include "asana/req.h"
#include "base/arena.h"

#include <stdbool.h>

struct resource_events {
    const char *sync; /* for the next question; in the arena */
    bool anew;        /* the token counts from now on: there may have been events before it */
    bool any;         /* something has happened */
    bool more;        /* ask again at once */
};

/* sync: NULL or empty at first. r is to be done (or sent) whatever this returns. */
bool resource_events_ask(const char *gid, const char *sync, struct asana_req *r, struct err *err);
/* False when the answer is none of these two: a refusal, or nothing that can be read. */
bool resource_events_read(const struct asana_answer *answer, struct arena *arena,
                          struct resource_events *out);
