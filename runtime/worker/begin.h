/* begin.h: requests that are about to run here, of sessions whose streams are at other nodes. The
 * owner is asked to remember them first (afar.h), so that each is answered once, whatever becomes
 * of us; what it may have remembered and is not run is taken back:
 *
 *     asked ──it knows of them──▶ forgotten here: they run
 *       ├─ it has no such session, or no room ──▶ forgotten: they do not run
 *       └─ nobody knows ──▶ withdrawn: said again until it has confirmed; they do not run
 *
 * Should the owner ask about one meanwhile, it is told that it never ran. A worker's thread. */
#pragma once

#include "worker/route.h"

struct beginnings;

/* With a bus. NULL when memory is short. */
struct beginnings *beginnings_new(struct worker *w);
/* Before the bus stops: withdraws what has not begun; nobody is called any more. */
void beginnings_stop(struct beginnings *all); /* accepts NULL */
/* After it. */
void beginnings_free(struct beginnings *all); /* likewise */

/* ids: of requests (raw JSON), each written with letter_bytes(); they begin together or not at all.
 * begun says whether the owner knows of them: unless ROUTE_FOUND they must not run, and nobody
 * answers them on the stream. It may be called before this returns; it is not called when the
 * workers stop first. Of a session of this process nobody has to be asked. */
typedef void begun_fn(void *ctx, enum route_outcome outcome);
void begin_requests(struct worker *w, const char *session, struct slice ids, begun_fn *begun,
                    void *ctx);

/* What the owner answers. The numbers of this and the next are part of the letters' format. */
enum begin_answer { BEGIN_NO_SESSION, BEGIN_REMEMBERED, BEGIN_NO_ROOM };

/* What it is told when it asks about a request (LETTER_STILL). */
enum begin_state {
    BEGIN_OVER,      /* it has been answered, or was never heard of */
    BEGIN_UNDER_WAY, /* it runs, or may run yet */
    BEGIN_WITHDRAWN, /* it never ran, and whoever sent it has been told */
};
/* Of one that does not run here. */
enum begin_state begin_state_of(const struct beginnings *all, const char *session,
                                struct slice request);

/* How many are under way, or withdrawn and not confirmed: a server that goes waits for them. */
unsigned beginnings_open(const struct beginnings *all); /* accepts NULL */
