/* job.h: one piece of sign-in that waits for the store or for an answer from outside, and
 * everything that belongs to it in one arena.
 *
 * A module's own struct begins with a struct oauth_job. Its steps follow one another; when the
 * worker stops between two of them, the job is gone without a callback. One worker's thread. */
#pragma once

#include "base/arena.h"
#include "oauth/fetch.h"
#include "oauth/oauth_priv.h"

#include <stdbool.h>
#include <sys/queue.h>

struct oauth_job;
typedef void oauth_stored_fn(struct oauth_job *job, const struct store_result *result);
typedef void oauth_fetched_fn(struct oauth_job *job, const struct fetch_answer *answer);

struct oauth_job {
    struct oauth_worker *worker;
    struct arena *arena; /* holds the job itself */
    struct store_work *store;
    struct fetch *fetch;
    oauth_stored_fn *stored;
    oauth_fetched_fn *fetched;
    void (*wipe)(struct oauth_job *job); /* before the arena goes; NULL: nothing to wipe */
    struct trail *trail;                 /* that it was begun under; its steps enter it */
    LIST_ENTRY(oauth_job) link;
};

/* Of size bytes, zeroed. NULL when memory is short. */
void *oauth_job_new(struct oauth_worker *w, size_t size);
/* Ends it; what it waits for is cancelled. Accepts NULL. */
void oauth_job_done(struct oauth_job *job);

/* One step on the store, one at a time. stored gets the result, STORE_DOWN too; when it could not
 * even be handed over, false: nothing will be called. */
bool oauth_job_store(struct oauth_job *job, const struct store_op *ops, size_t n,
                     oauth_stored_fn *stored);
bool oauth_job_fetch(struct oauth_job *job, const struct fetch_request *request,
                     oauth_fetched_fn *fetched, struct err *err);
