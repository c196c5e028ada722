/* ready.h: whether the server is well (/healthz), and whether it makes sense to send requests here
 * (/readyz), with the reasons when not.
 *
 * Some reasons can be borne for a while. All nodes share one store: were each of them not ready as
 * soon as that is away, a load balancer would have nobody left to send people to whose sign-ins are
 * known, and who go on without it.
 *
 * A further reason not to be ready is a row of the table in ready.c. One worker's thread. */
#pragma once

#include "transport/front.h"

/* True when this worker can serve, perhaps not everybody. One line a reason is written, "NAME: what
 * is wrong"; none when all is well. */
bool ready_check(const struct front *f, struct buf *reasons);

/* 200 "ok", 200 "degraded" with reasons that can be borne, or 503 with the reasons. */
void ready_serve(struct front *f, struct http_exchange *x, struct caller *caller);
/* Of the process as a whole: 200 "ok", or 503 that names the workers whose loops do not turn. */
void ready_serve_health(struct front *f, struct http_exchange *x, struct caller *caller);
