/* evict.h: people, clients and grants that lost their access while they were connected: their
 * streams end and what runs for them is cancelled, within a second of the change.
 *
 * One worker's thread. */
#pragma once

#include "transport/front.h"

/* For policy_open(): something has changed. ctx: the front. */
void evict_changed(void *ctx);
