/* followup.h: what a client says about a request that runs already, on its way there:
 * notifications/cancelled (specification, "Cancellation") and its responses to questions of ours.
 *
 * The request may run on any worker of any node. A question's id names it; cancellations are told
 * to all of them, they are rare enough. What is cancelled is dropped down to the transfer from
 * Asana, and gets no response. What is about no request of the same session does nothing. Called on
 * the worker's thread. */
#pragma once

#include "transport/post.h"

/* Takes a post that is no request, of a session that has been found; nothing is answered. */
void followup_take(struct post *p);
/* Takes in what other nodes send here. Once, when there is a bus. */
void followup_open_bus(struct front *f);
