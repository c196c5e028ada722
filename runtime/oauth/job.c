#include "oauth/job.h"

#include "base/trail.h"

void *oauth_job_new(struct oauth_worker *w, size_t size)
{
    struct arena_pool *pool = w->worker->mcp.arenas;
    struct arena *arena = arena_pool_take(pool);
    struct oauth_job *job = arena ? arena_zalloc(arena, 1, size) : NULL;
    if (!job) {
        if (arena)
            arena_pool_put(pool, arena);
        return NULL;
    }
    job->worker = w;
    job->arena = arena;
    job->trail = trail_hold(trail_current);
    LIST_INSERT_HEAD(&w->jobs, job, link);
    return job;
}

void oauth_job_done(struct oauth_job *job)
{
    if (!job)
        return;
    if (job->store)
        store_cancel(job->store);
    if (job->fetch)
        fetch_cancel(job->fetch);
    if (job->wipe)
        job->wipe(job);
    LIST_REMOVE(job, link);
    trail_drop(job->trail);
    arena_pool_put(job->worker->worker->mcp.arenas, job->arena);
}

static void on_stored(void *ctx, const struct store_result *result)
{
    struct oauth_job *job = ctx;
    TRAIL_ENTER(job->trail);
    job->store = NULL;
    job->stored(job, result);
}

bool oauth_job_store(struct oauth_job *job, const struct store_op *ops, size_t n,
                     oauth_stored_fn *stored)
{
    struct oauth_worker *w = job->worker;
    job->stored = stored;
    job->store = store_run(w->shared->options.store, w->loop, ops, n, oauth_now(), on_stored, job);
    return job->store != NULL;
}

static void on_fetched(void *ctx, const struct fetch_answer *answer)
{
    struct oauth_job *job = ctx;
    TRAIL_ENTER(job->trail);
    job->fetch = NULL;
    job->fetched(job, answer);
}

bool oauth_job_fetch(struct oauth_job *job, const struct fetch_request *request,
                     oauth_fetched_fn *fetched, struct err *err)
{
    job->fetched = fetched;
    job->fetch = fetch_send(job->worker->fetcher, request, on_fetched, job, err);
    return job->fetch != NULL;
}
