/* ready.h: whether the server is well (/healthz), and whether it makes sense to send requests here
 * (/readyz), with the reasons when not.
 *
 * A further reason not to be ready is a row of the table in ready.c. One worker's thread. */
#pragma once

#include "transport/front.h"

/* True when this worker can serve; else one line a reason is written, "NAME: what is wrong". */
bool ready_check(const struct front *f, struct buf *reasons);

/* 200 "ok", or 503 with the reasons. */
void ready_serve(struct front *f, struct http_exchange *x, struct caller *caller);
/* The same for the process as a whole: 503 names the workers whose loops do not turn. */
void ready_serve_health(struct front *f, struct http_exchange *x, struct caller *caller);
