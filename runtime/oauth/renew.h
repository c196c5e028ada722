/* renew.h: Asana's access token is refreshed once, however many requests need it, on all workers
 * and nodes.
 *
 *     locked in the store ──▶ grant read again ──▶ Asana asked ──▶ grant written, lock gone
 *          └─ somebody else has the lock ──▶ wait, read the grant: it has a newer token
 *
 * One worker's thread. */
#pragma once

#include "asana/ask.h"
#include "oauth/seen.h"

enum renew_outcome {
    RENEW_OK,
    RENEW_LOST,   /* Asana refuses, or the grant is gone: it has ended */
    RENEW_FAILED, /* Asana or the store could not be asked: it may work later */
};

typedef void renew_fn(void *ctx, enum renew_outcome outcome);

/* Somebody who waits for it: the caller's memory, which stays until renewed is called or the wait
 * is cancelled. */
struct renew_wait {
    renew_fn *renewed;
    void *ctx;
    bool waiting; /* this and the link are renew.c's */
    LIST_ENTRY(renew_wait) link;
};

/* Replaces s->asana. wait->renewed is called on a later turn; until then s is pinned, and
 * afterwards it is the caller's business to have it so. Not called when the worker stops first.
 * False when memory is short. */
bool renew(struct oauth_worker *w, struct seen *s, struct renew_wait *wait);
/* No callback will come. At any time, also when the worker has stopped or nobody waits (zeroed). */
void renew_cancel(struct renew_wait *wait);

/* For asana/ask.h: a new token for the one that Asana does not take any more, if it was ours. Its
 * ctx is the worker. */
void renew_for_asker(struct oauth_worker *w, struct asana_renewer *out);
