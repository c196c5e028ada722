#include "oauth/renew.h"

#include "base/audit.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/trail.h"
#include "metrics/metrics.h"
#include "oauth/job.h"
#include "oauth/upstream.h"
#include "policy/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long to wait before looking whether somebody else has finished. */
#define LOOK_AGAIN_MS 150

struct renewal {
    struct oauth_job job;
    struct seen *seen;
    char lock[64];
    bool locked;
    int64_t give_up_at;
    struct grant_record grant;
    struct asana_tokens fresh;
    enum renew_outcome outcome;
    unsigned conflicts;
    uv_timer_t *pause;
    bool known; /* s has a newer token already: nothing is to be done */
    LIST_HEAD(, renew_wait) waiters;
};

static void close_pause(uv_handle_t *pause)
{
    free(pause);
}

void renew_cancel(struct renew_wait *wait)
{
    if (wait->waiting)
        LIST_REMOVE(wait, link);
    wait->waiting = false;
}

/* Whoever comes from now on begins anew. */
static void leave(struct renewal *r)
{
    if (r->seen->renewal == r)
        r->seen->renewal = NULL;
}

static void wipe(struct oauth_job *job)
{
    struct renewal *r = (struct renewal *)job;
    while (!LIST_EMPTY(&r->waiters)) /* the worker stops */
        renew_cancel(LIST_FIRST(&r->waiters));
    if (r->pause)
        uv_close((uv_handle_t *)r->pause, close_pause);
    asana_tokens_done(&r->fresh);
    leave(r);
    seen_unpin(r->seen);
}

static void tell(struct renewal *r)
{
    struct renew_wait *wait;
    leave(r);
    while ((wait = LIST_FIRST(&r->waiters))) {
        renew_cancel(wait);
        wait->renewed(wait->ctx, r->outcome);
    }
    oauth_job_done(&r->job);
}

static void on_unlocked(struct oauth_job *job, const struct store_result *result)
{
    (void)result; /* a lock that stays expires */
    tell((struct renewal *)job);
}

static void end(struct renewal *r, enum renew_outcome outcome)
{
    struct store_op op = { .verb = STORE_DELETE,
                           .table = STORE_COUNTERS,
                           .key = slice_of(r->lock) };
    r->outcome = outcome;
    if (!r->locked || !oauth_job_store(&r->job, &op, 1, on_unlocked))
        tell(r);
}

static void adopt(struct renewal *r, struct asana_tokens *tokens)
{
    struct secret *before = &r->seen->asana.access;
    if (!secret_equals(before, secret_slice(&tokens->access))) {
        secret_digest(secret_slice(before), &r->seen->former);
        r->seen->renewed_at = oauth_now();
    }
    asana_tokens_done(&r->seen->asana);
    r->seen->asana = *tokens;
    *tokens = (struct asana_tokens){ 0 };
}

static void read_grant(struct renewal *r);

/* ---- with the lock: Asana is asked ---- */

static void on_ended(struct oauth_job *job, const struct store_result *result)
{
    (void)result;
    seen_doubt_all(job->worker->grants);
    end((struct renewal *)job, RENEW_LOST);
}

static void on_written(struct oauth_job *job, const struct store_result *result)
{
    struct renewal *r = (struct renewal *)job;
    if (result->outcome == STORE_DONE) {
        adopt(r, &r->fresh);
        end(r, RENEW_OK);
    } else if (result->outcome == STORE_CONFLICT && r->conflicts++ < 3) {
        read_grant(r); /* it was touched meanwhile: write into what it is now */
    } else {
        /* Asana's old refresh token stays good, so nothing is lost. */
        adopt(r, &r->fresh);
        end(r, RENEW_OK);
    }
}

static void write_grant(struct renewal *r)
{
    BUF_AUTO sealed = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    grant_seal(&r->seen->key, r->grant.id, &r->fresh, &sealed);
    r->grant.sealed = buf_slice(&sealed);
    r->grant.used_at = oauth_now();
    grant_record_write(&r->grant, &text);
    const char *owner = grant_owner(r->job.arena, r->grant.person.gid);
    struct store_op op = { .verb = STORE_REPLACE,
                           .table = STORE_GRANTS,
                           .key = slice_of(r->grant.id),
                           .value = buf_slice(&text),
                           .owner = slice_of(owner),
                           .version = r->grant.version,
                           .expires_at = r->grant.expires_at };
    if (!owner || !buf_ok(&sealed) || !buf_ok(&text) ||
        !oauth_job_store(&r->job, &op, 1, on_written))
        end(r, RENEW_FAILED);
}

static void on_refreshed(void *ctx, const struct upstream_answer *a)
{
    struct renewal *r = ctx;
    static const enum metric_refresh ends[] = { [UPSTREAM_OK] = REFRESH_OK,
                                                [UPSTREAM_REFUSED] = REFRESH_REFUSED,
                                                [UPSTREAM_FAILED] = REFRESH_FAILED };
    struct store_op ops[2];
    metrics_count(METRIC_ASANA_REFRESHES, ends[a->outcome], 0);
    switch (a->outcome) {
    case UPSTREAM_OK:
        r->fresh = *a->tokens;
        *a->tokens = (struct asana_tokens){ 0 };
        if (!r->fresh.refresh.len) { /* not sent again: the old one stays valid */
            r->fresh.refresh = r->seen->asana.refresh;
            r->seen->asana.refresh = (struct secret){ 0 };
        }
        write_grant(r);
        break;
    case UPSTREAM_REFUSED:
        LOG(LOG_INFO, "grant.ended", LOG_STR("why", "Asana refuses to go on"));
        AUDIT("grant.ended", LOG_STR("person", r->seen->who.person),
              LOG_STR("client", r->seen->client_id), LOG_STR("grant", r->seen->who.grant),
              LOG_STR("why", "Asana refuses to go on"));
        changes_end_grant(r->seen->who.grant, ops);
        if (!oauth_job_store(&r->job, ops, 2, on_ended))
            end(r, RENEW_LOST);
        break;
    case UPSTREAM_FAILED:
        end(r, RENEW_FAILED);
        break;
    }
}

/* ---- what the grant is now ---- */

static void take_lock(struct renewal *r);

static void on_pause_over(uv_timer_t *pause)
{
    struct renewal *r = pause->data;
    TRAIL_ENTER(r->job.trail);
    if (r->known)
        end(r, RENEW_OK);
    else
        take_lock(r);
}

static void on_grant(struct oauth_job *job, const struct store_result *result)
{
    struct renewal *r = (struct renewal *)job;
    struct asana_tokens stored = { 0 };
    if (result->outcome != STORE_DONE) {
        end(r, RENEW_FAILED);
        return;
    }
    if (!result->answers[0].count ||
        !grant_record_read(job->arena, &result->answers[0].records[0], &r->grant) ||
        !grant_unseal(&r->seen->key, r->grant.id, r->grant.sealed, &stored)) {
        end(r, RENEW_LOST);
        return;
    }
    if (r->fresh.access.len) { /* refreshed already, but not yet written */
        asana_tokens_done(&stored);
        write_grant(r);
    } else if (!secret_equals(&r->seen->asana.access, secret_slice(&stored.access))) {
        adopt(r, &stored); /* somebody else was faster */
        end(r, RENEW_OK);
    } else if (!r->locked) {
        asana_tokens_done(&stored);
        uv_timer_start(r->pause, on_pause_over, LOOK_AGAIN_MS, 0);
    } else {
        adopt(r, &stored);
        if (r->seen->asana.refresh.len)
            upstream_refresh(job->worker, &r->seen->asana.refresh, on_refreshed, r);
        else
            end(r, r->seen->asana.expires_at > oauth_now() ? RENEW_FAILED : RENEW_LOST);
    }
}

static void read_grant(struct renewal *r)
{
    struct store_op op = { .verb = STORE_GET,
                           .table = STORE_GRANTS,
                           .key = slice_of(r->seen->who.grant) };
    if (!oauth_job_store(&r->job, &op, 1, on_grant))
        end(r, RENEW_FAILED);
}

static void on_locked(struct oauth_job *job, const struct store_result *result)
{
    struct renewal *r = (struct renewal *)job;
    r->locked = result->outcome == STORE_DONE;
    if (result->outcome == STORE_DOWN || (!r->locked && oauth_now() >= r->give_up_at))
        end(r, RENEW_FAILED);
    else
        read_grant(r);
}

static void take_lock(struct renewal *r)
{
    struct store_op op = { .verb = STORE_ADD,
                           .table = STORE_COUNTERS,
                           .key = slice_of(r->lock),
                           .value = slice_of("1"),
                           .expires_at = oauth_now() + LIMIT_RENEW_WAIT };
    if (!oauth_job_store(&r->job, &op, 1, on_locked))
        end(r, RENEW_FAILED);
}

static struct renewal *begin(struct oauth_worker *w, struct seen *s, bool known)
{
    struct renewal *r = oauth_job_new(w, sizeof(*r));
    uv_timer_t *pause = r ? malloc(sizeof(*pause)) : NULL;
    if (!pause) {
        oauth_job_done(r ? &r->job : NULL);
        return NULL;
    }
    uv_timer_init(w->loop, pause);
    pause->data = r;
    r->pause = pause;
    r->job.wipe = wipe;
    r->seen = s;
    r->give_up_at = oauth_now() + LIMIT_RENEW_WAIT;
    snprintf(r->lock, sizeof(r->lock), "renewing:%s", s->who.grant);
    r->known = known;
    seen_pin(s);
    if (!known)
        s->renewal = r;
    uv_timer_start(pause, on_pause_over, 0, 0); /* callbacks come on a later turn */
    return r;
}

static void join(struct renewal *r, struct renew_wait *wait)
{
    wait->waiting = true;
    LIST_INSERT_HEAD(&r->waiters, wait, link);
}

bool renew(struct oauth_worker *w, struct seen *s, struct renew_wait *wait)
{
    struct renewal *r = s->renewal ? s->renewal : begin(w, s, false);
    if (r)
        join(r, wait);
    return r != NULL;
}

/* ---- for calls that met a 401 ---- */

/* Belongs to the call, which may outlive the worker's share of sign-in. */
struct asana_renewal {
    struct renew_wait wait;
    struct seen *seen;
    asana_fresh_fn *fresh;
    void *ctx;
};

static void on_renewed(void *ctx, enum renew_outcome outcome)
{
    struct asana_renewal *a = ctx;
    a->fresh(a->ctx, outcome == RENEW_OK ? &a->seen->asana.access : NULL);
    free(a);
}

static struct asana_renewal *renew_stale(void *ctx, const struct secret *stale,
                                         asana_fresh_fn *fresh, void *fresh_ctx)
{
    struct oauth_worker *w = ctx;
    bool former;
    struct seen *s = seen_by_asana(w->grants, stale, &former);
    /* A token that is new and refused all the same is refused for another reason: a workspace may
     * have blocked us. */
    if (!s || (!former && oauth_now() - s->renewed_at < LIMIT_RENEW_EARLY))
        return NULL;
    struct asana_renewal *a = calloc(1, sizeof(*a));
    struct renewal *r = !a ? NULL : s->renewal ? s->renewal : begin(w, s, former);
    if (!r) {
        free(a);
        return NULL;
    }
    *a = (struct asana_renewal){
        .wait = { .renewed = on_renewed, .ctx = a }, .seen = s, .fresh = fresh, .ctx = fresh_ctx
    };
    join(r, &a->wait);
    return a;
}

static void forget_stale(struct asana_renewal *a)
{
    renew_cancel(&a->wait);
    free(a);
}

void renew_for_asker(struct oauth_worker *w, struct asana_renewer *out)
{
    *out = (struct asana_renewer){ .ctx = w, .renew = renew_stale, .cancel = forget_stale };
}
