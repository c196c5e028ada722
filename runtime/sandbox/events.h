/* events.h: what has happened to tasks, projects and goals: GET /events with sync tokens.
 *
 * Triggers write it down, in temporary tables of the connection: nothing of it outlives the
 * sandbox, and a token of another run is too old (412), as at Asana after a day. What happens to a
 * task, its comments included, has also happened to its projects. The sandbox's thread. */
#pragma once

#include "sandbox/request.h"

/* Once, when the database is filled. */
bool sb_events_start(struct sb_db *db);
/* Before a handler: who does what it does, and when. */
void sb_events_act(struct sb_call *c);

void sb_get_events(struct sb_call *c);
