/* lookout.h: resources that this worker watches for sessions of other nodes.
 *
 * A watch asks Asana with the token of the caller that subscribed, and no token leaves the node
 * that it came to: so the watch stays at the worker that received the subscription, and what it
 * sees goes to the session's owner as any other message. It ends when the owner says so, or is
 * gone. One worker's thread. */
#pragma once

#include "worker/worker.h"

/* Takes in the letters that are about this. NULL when memory is short. */
struct lookout *lookout_new(struct worker *w);
/* Before the hub is gone. Ends all watches. */
void lookout_clear(struct lookout *o); /* accepts NULL */
void lookout_close(struct lookout *o); /* likewise, and frees it */

/* False with err as hub_watch() has it. */
bool lookout_watch(struct lookout *o, const char *session, const char *uri,
                   const struct caller *caller, struct slice sync, struct err *err);
