/* afar.h: what a session's owner remembers of other nodes: requests of the session that run there,
 * and places that watch resources for it (lookout.h).
 *
 *     begun ──answer comes, the request is cancelled, or withdrawn (begin.h)──▶ forgotten
 *       └─ the node is gone, or knows the request no more ──▶ the client gets an error
 *
 * So nobody waits for an answer that will never come, and no request gets two. What a client is
 * answered on the connection of its own request (Streamable HTTP) needs none of this. The owner's
 * thread. */
#pragma once

#include "worker/worker.h"

/* Takes in the letters that are about this. Once, when there is a bus. */
void afar_open(struct worker *w);

/* The request (raw JSON id) is not waited for any more. False: nobody waited for it. */
bool afar_end(struct worker *w, struct session *s, struct slice request);
/* Nor is any other: all get an error, with why. */
void afar_give_up(struct worker *w, const char *why);
/* That place watches uri for the session now: nobody else needs to. */
void afar_watch(struct worker *w, struct session *s, struct place from, struct slice uri);
/* Nobody at another node has to watch uri any more. */
void afar_unwatch(struct worker *w, const struct session *s, struct slice uri);
