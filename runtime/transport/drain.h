/* drain.h: how a server goes without anybody losing anything.
 *
 *     serving ──▶ leaving: /readyz says 503, answers close their connections; nothing is refused
 *        ──a balancer has seen it, or none looks──▶ closing: nobody is accepted, subscriptions have
 *          their graceful end, streams are not opened any more
 *        ──calls have ended, or time is up: what still runs is answered with an error──▶ the other
 *          streams end ──what was said has gone out──▶ closed: what comes now over a connection
 *          that was kept is refused, and so has not begun ──what came before is answered──▶ done;
 *          the server is to be stopped
 *
 * One drain for all workers of a server. */
#pragma once

#include <stdbool.h>

struct crew;
struct drain;
struct drain_watch; /* one worker's */
struct front;
struct http_exchange;
struct route;

/* NULL when memory is short. */
struct drain *drain_new(void);
/* No worker runs any more. Accepts NULL. */
void drain_free(struct drain *d);

/* Any worker: someone asked /readyz. False when the answer is that this server goes. */
bool drain_is_ready(struct drain *d);
/* The same for who only looks. */
bool drain_leaves(const struct drain *d);
/* A worker that is closing does not open streams; true when it has sent x away. */
bool drain_refuses(struct drain *d, struct http_exchange *x);
/* The same for any request, once the server is closed. */
bool drain_is_over(struct drain *d, struct http_exchange *x);

/* Takes at most so many seconds, and a little for what has to go out still; with 0, calls are not
 * waited for. Not on a worker's thread. */
void drain_run(struct drain *d, struct crew *crew, unsigned seconds);

/* The worker stops. */
void drain_forget(struct front *f);
