#include "base/limits.h"
#include "base/log.h"
#include "base/trail.h"
#include "oauth/grant.h"
#include "oauth/job.h"
#include "oauth/record.h"
#include "oauth/renew.h"
#include "oauth/seen.h"
#include "policy/policy.h"

#include <string.h>
#include <strings.h>

/* Seconds for which nobody asks a store again that could not be asked. */
#define STORE_LEFT_ALONE 2

struct question {
    struct oauth_job job;
    struct secret token;
    struct token_hash key;
    unsigned audience;
    struct token_record record;
    struct seen *seen; /* pinned while Asana's token is refreshed */
    struct renew_wait wait;
    oauth_answer_fn *answered;
    void *ctx;
};

static void wipe(struct oauth_job *job)
{
    struct question *q = (struct question *)job;
    secret_done(&q->token);
    renew_cancel(&q->wait);
    if (q->seen)
        seen_unpin(q->seen);
}

static void say(oauth_answer_fn *answered, void *ctx, enum oauth_outcome outcome,
                const char *message)
{
    answered(ctx, &(struct oauth_answer){ .outcome = outcome, .message = message });
}

static void finish(struct question *q, enum oauth_outcome outcome, const char *message)
{
    say(q->answered, q->ctx, outcome, message);
    oauth_job_done(&q->job);
}

/* In the logs. */
static void note_who(const struct seen *s)
{
    trail_note_caller(s->who.person, s->who.grant, s->client_id, s->client_name);
}

static void say_known(const struct seen *s, oauth_answer_fn *answered, void *ctx)
{
    CALLER_AUTO caller = s->who;
    caller.token = (struct secret){ 0 };
    note_who(s);
    if (secret_set(&caller.token, secret_slice(&s->asana.access)))
        answered(ctx, &(struct oauth_answer){ .outcome = OAUTH_KNOWN, .caller = &caller });
    else
        say(answered, ctx, OAUTH_BUSY, "out of memory");
}

/* Why a token that we know is no good here; NULL: it is. */
static const char *fault(const struct seen *s, unsigned audience, int64_t now)
{
    if (s->expires_at <= now)
        return "the access token has expired: refresh it";
    /* Where there is no endpoint, any token is good enough to be told so: a 401 would send the
     * client to sign in again and again. */
    if (audience && !(s->audience & audience))
        return "the access token is for another endpoint of this server";
    return NULL;
}

static bool needs_renewal(const struct seen *s, int64_t now)
{
    return s->asana.expires_at - now < LIMIT_RENEW_EARLY;
}

static void on_renewed(void *ctx, enum renew_outcome outcome)
{
    struct question *q = ctx;
    struct seen *s = q->seen;
    TRAIL_ENTER(q->job.trail);
    if (outcome == RENEW_LOST) {
        seen_drop(q->job.worker->grants, s);
        finish(q, OAUTH_UNKNOWN, "Asana has withdrawn the access: sign in again");
    } else if (outcome == RENEW_FAILED && s->asana.expires_at <= oauth_now()) {
        finish(q, OAUTH_BUSY, "Asana's sign-in cannot be reached: try again");
    } else {
        say_known(s, q->answered, q->ctx);
        oauth_job_done(&q->job);
    }
}

static void settle(struct question *q, struct seen *s)
{
    int64_t now = oauth_now();
    const struct policy *policy = q->job.worker->policy;
    const char *problem = fault(s, q->audience, now);
    const char *refusal;
    if (problem) {
        finish(q, OAUTH_UNKNOWN, problem);
    } else if (!policy || !policy_ready(policy)) {
        finish(q, OAUTH_BUSY, "the server has just started: try again");
    } else if ((refusal = policy_refusal(policy, s->who.person, &s->who.client))) {
        note_who(s);
        finish(q, OAUTH_BLOCKED, refusal);
    } else if (needs_renewal(s, now)) {
        q->seen = s;
        q->wait = (struct renew_wait){ .renewed = on_renewed, .ctx = q };
        seen_pin(s);
        if (!renew(q->job.worker, s, &q->wait))
            finish(q, OAUTH_BUSY, "out of memory");
    } else {
        say_known(s, q->answered, q->ctx);
        oauth_job_done(&q->job);
    }
}

/* ---- asking the store ---- */

static bool counts_without_store(const struct seen *s)
{
    return s->loaded_at + LIMIT_STORE_AWAY_SECONDS > oauth_now();
}

static void store_is_down(struct question *q)
{
    struct seen *s = seen_find(q->job.worker->grants, &q->key);
    q->job.worker->grants->down_at = oauth_now();
    if (s && counts_without_store(s))
        settle(q, s);
    else
        finish(q, OAUTH_BUSY, "the server's store cannot be asked: try again");
}

static void forget(struct question *q)
{
    struct seen *s = seen_find(q->job.worker->grants, &q->key);
    if (s)
        seen_drop(q->job.worker->grants, s);
    finish(q, OAUTH_UNKNOWN, "the access token is unknown, expired or revoked");
}

static void on_grant(struct oauth_job *job, const struct store_result *r)
{
    struct question *q = (struct question *)job;
    struct grant_record grant;
    if (r->outcome != STORE_DONE) {
        store_is_down(q);
        return;
    }
    struct seen *s = NULL;
    if (r->answers[0].count && grant_record_read(job->arena, &r->answers[0].records[0], &grant))
        s = seen_add(job->worker->grants, secret_slice(&q->token), &q->record, &grant, oauth_now());
    if (s)
        settle(q, s);
    else
        forget(q);
}

static void on_token(struct oauth_job *job, const struct store_result *r)
{
    struct question *q = (struct question *)job;
    if (r->outcome != STORE_DONE) {
        store_is_down(q);
        return;
    }
    if (!r->answers[0].count ||
        !token_record_read(job->arena, &r->answers[0].records[0], &q->record)) {
        forget(q);
        return;
    }
    struct store_op op = { .verb = STORE_GET,
                           .table = STORE_GRANTS,
                           .key = slice_of(q->record.grant_id) };
    if (!oauth_job_store(job, &op, 1, on_grant))
        store_is_down(q);
}

/* RFC 6750, section 2.1. Empty when there is none. */
static struct slice bearer(const struct http_exchange *x)
{
    const char *header;
    if (!http_header_one(x, "Authorization", &header) || !header ||
        strncasecmp(header, "Bearer ", 7) != 0)
        return (struct slice){ 0 };
    const char *token = header + 7 + strspn(header + 7, " ");
    return (struct slice){ token, strcspn(token, " \t") };
}

static void look(struct oauth_worker *w, struct slice token, const struct token_hash *key,
                 unsigned audience, struct seen *known, oauth_answer_fn *answered, void *ctx)
{
    struct question *q = oauth_job_new(w, sizeof(*q));
    if (!q || !secret_set(&q->token, token)) {
        oauth_job_done(q ? &q->job : NULL);
        say(answered, ctx, OAUTH_BUSY, "out of memory");
        return;
    }
    q->job.wipe = wipe;
    q->key = *key;
    q->audience = audience;
    q->answered = answered;
    q->ctx = ctx;
    struct store_op op = { .verb = STORE_GET,
                           .table = STORE_ACCESS,
                           .key = token_hash_slice(&q->key) };
    if (known)
        settle(q, known);
    else if (!oauth_job_store(&q->job, &op, 1, on_token))
        store_is_down(q);
}

void oauth_identify(struct oauth_worker *w, const struct http_exchange *x,
                    oauth_answer_fn *answered, void *ctx)
{
    struct slice token = bearer(x);
    struct token_hash key;
    unsigned audience = audience_of_path(http_path(x));
    int64_t now = oauth_now();
    if (!token.len) {
        say(answered, ctx, OAUTH_UNKNOWN, NULL);
        return;
    }
    if (token.len > 200 || strncmp(token.data, TOKEN_ACCESS, strlen(TOKEN_ACCESS)) != 0) {
        say(answered, ctx, OAUTH_UNKNOWN, "this is no access token of this server");
        return;
    }
    token_hash(token, &key);
    struct seen *s = seen_find(w->grants, &key);
    bool down = now - w->grants->down_at < STORE_LEFT_ALONE;
    if (s && s->loaded_at + LIMIT_TOKEN_SEEN_SECONDS <= now && !(down && counts_without_store(s)))
        s = NULL; /* it has to be read again */
    if (s && !fault(s, audience, now) && !needs_renewal(s, now) && w->policy &&
        !policy_refusal(w->policy, s->who.person, &s->who.client))
        say_known(s, answered, ctx);
    else
        look(w, token, &key, audience, s, answered, ctx);
}
