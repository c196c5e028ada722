/* cancel.h: notifications/cancelled on its way to the request that it names (specification,
 * "Cancellation").
 *
 * The request may run on any worker, so all of them are told; it is rare enough. What runs is
 * dropped down to the transfer from Asana, and gets no response. A cancellation of what is answered
 * already, or was never there, does nothing. Called on the worker's thread. */
#pragma once

#include "transport/post.h"

/* True when p is such a notification of its session, and has been passed on; p itself is still the
 * caller's. */
bool cancel_passed_on(const struct post *p);
