/* later.h: refusals of what is too much (429), which are given after a second.
 *
 * Whoever asks again at once, whatever the answer says, would keep the loop busy with refusing; so
 * the connection waits as long as its client is told to wait. One worker's thread. */
#pragma once

#include "base/buf.h"
#include "transport/front.h"

/* Takes x and the body, JSON. */
void later_refuse(struct front *f, struct http_exchange *x, struct buf *body);
/* Leaves those that wait to whoever stops the server. */
void later_forget(struct front *f);
