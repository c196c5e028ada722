/* doctor_redis.h: whether the Redis at --store can be used, and how safe it keeps what it is given.
 * Main thread; waits for it. */
#pragma once

#include "cli/doctor_report.h"
#include "cli/settings.h"

/* Nothing when the store is another one. */
void doctor_check_redis(struct report *r, const struct settings *s);
