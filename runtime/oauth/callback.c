/* callback.c: GET /oauth/callback: back from Asana's page.
 *
 *     state (once, this browser) ─▶ code for tokens ─▶ may they come in? ─▶ who allowed it?
 *         │                              │                 │ no: blocked page    │ somebody else:
 *         ▼ error                        ▼ error           ▼                     ▼ consent page
 *       client                         client        write to the operator      again
 */
#include "oauth/authorize.h"

#include "base/audit.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/form.h"
#include "metrics/metrics.h"
#include "oauth/answer.h"
#include "oauth/page.h"
#include "oauth/upstream.h"
#include "oauth/workspaces.h"
#include "pages.h"
#include "policy/policy.h"

#include <string.h>

struct coming {
    struct oauth_job job;
    struct http_exchange *x;
    struct form form;
    struct flow flow;
    struct flow_place place;
    struct flow_place next;     /* of the page that is shown */
    struct asana_tokens tokens; /* what Asana gave; until somebody takes it */
    const char *refusal;
    struct workspaces *workspaces; /* are being looked at */
};

static void wipe(struct oauth_job *job)
{
    struct coming *c = (struct coming *)job;
    asana_tokens_done(&c->tokens);
    if (c->workspaces)
        workspaces_cancel(c->workspaces);
}

static void busy(struct coming *c)
{
    page_send_busy(c->job.worker->shared, c->x);
    oauth_job_done(&c->job);
}

static void refuse(struct coming *c, unsigned status, const char *heading, const char *text)
{
    page_send_error(c->job.worker->shared, c->x, status, heading, text,
                    "Go back to your assistant and connect again.");
    oauth_job_done(&c->job);
}

/* To the client; where there is none, to the page that the person came from. */
static void fail(struct coming *c, const char *error, const char *description)
{
    const struct oauth *o = c->job.worker->shared;
    if (c->flow.client_id) {
        answer_error(o, c->x, &c->flow, &c->place, error, description, c->job.arena);
        oauth_job_done(&c->job);
    } else {
        page_send_error(o, c->x, 400, "You are not signed in", description,
                        "Open the page of your connected assistants and sign in again.");
        oauth_job_done(&c->job);
    }
}

/* ---- a page in between ---- */

static void keep(struct coming *c, enum flow_step step, const struct asana_tokens *tokens,
                 oauth_stored_fn *kept)
{
    BUF_AUTO box = { .max = LIMIT_STORE_VALUE };
    if (!flow_next(c->job.arena, &c->place, &c->next)) {
        busy(c);
        return;
    }
    flow_write(&c->flow, step, &c->next, tokens, &box);
    struct store_op op = flow_put(&c->next, buf_slice(&box));
    if (!buf_ok(&box) || !oauth_job_store(&c->job, &op, 1, kept))
        busy(c);
}

static void on_blocked(struct oauth_job *job, const struct store_result *result)
{
    struct coming *c = (struct coming *)job;
    const struct oauth *o = job->worker->shared;
    const struct person *p = &c->flow.person;
    char csrf[CSRF_TOKEN];
    struct buf html;
    const char *name = *p->email ? arena_printf(job->arena, "%s (%s)", p->name, p->email) : p->name;
    if (result->outcome != STORE_DONE || !name) {
        busy(c);
        return;
    }
    struct page_extra extra = { .cookies = { cookie_set(o, COOKIE_FLOW, c->next.id, c->next.secret,
                                                        job->arena) } };
    csrf_token(c->next.secret, c->next.id, csrf);
    buf_init(&html, LIMIT_PAGE);
    page_blocked(&html, &(struct page_blocked){ PAGE_COMMON(o), .reason = c->refusal,
                                                .person = name, .client = c->flow.client_name,
                                                .flow = c->next.id, .csrf = csrf });
    page_send(c->x, 403, &extra, &html);
    buf_done(&html);
    oauth_job_done(job);
}

static void on_confirm(struct oauth_job *job, const struct store_result *result)
{
    struct coming *c = (struct coming *)job;
    if (result->outcome == STORE_DONE) {
        flow_show(job->worker->shared, c->x, &c->flow, &c->next, NULL, job->arena);
        oauth_job_done(job);
    } else {
        busy(c);
    }
}

/* ---- who came back ---- */

/* The person may use this server. */
static void let_in(struct coming *c)
{
    const struct flow *f = &c->flow;
    if (f->expected && strcmp(f->expected, f->person.gid) != 0) {
        /* Whoever allowed it in this browser is somebody else (specification, "Confused Deputy").
         */
        keep(c, FLOW_CONFIRM, &c->tokens, on_confirm);
        return;
    }
    answer_code(c->job.worker, c->x, f, &c->place, &c->tokens);
    oauth_job_done(&c->job);
}

static void turn_away(struct coming *c, const char *refusal)
{
    metrics_count(METRIC_SIGN_INS, SIGN_IN_BLOCKED, 0);
    LOG(LOG_WARN, "sign_in.blocked", LOG_STR("person", c->flow.person.gid),
        LOG_STR("client", c->flow.client_id));
    AUDIT("sign_in.refused", LOG_STR("person", c->flow.person.gid),
          LOG_STR("client", c->flow.client_id), LOG_STR("error", "blocked"));
    c->refusal = refusal;
    keep(c, FLOW_BLOCKED, NULL, on_blocked);
}

static void on_workspaces(void *ctx, enum workspaces_verdict verdict)
{
    struct coming *c = ctx;
    c->workspaces = NULL;
    switch (verdict) {
    case WORKSPACES_SOME:
        let_in(c);
        return;
    case WORKSPACES_NONE:
        turn_away(c,
                  "None of your workspaces in Asana may be used with this server. Whoever runs it "
                  "can allow one.");
        return;
    case WORKSPACES_UNKNOWN:
        fail(c, "temporarily_unavailable", "Asana did not tell your workspaces: try again");
    }
}

/* Signing in to /account is open to the blocked, too: they may take back what they allowed. What
 * they see of Asana afterwards is judged at every call (tool/visible.h). */
static void judge(struct coming *c)
{
    struct digest client;
    if (!c->flow.client_id) {
        let_in(c);
        return;
    }
    secret_digest(slice_of(c->flow.client_id), &client);
    const char *refusal = policy_refusal(c->job.worker->policy, c->flow.person.gid, &client);
    if (refusal) {
        turn_away(c, refusal);
    } else if (!policy_hides(c->job.worker->policy)) {
        let_in(c);
    } else {
        c->workspaces = workspaces_judge(c->job.worker, &c->tokens.access, on_workspaces, c);
        if (!c->workspaces)
            busy(c);
    }
}

static void on_exchanged(void *ctx, const struct upstream_answer *answer)
{
    struct coming *c = ctx;
    struct arena *arena = c->job.arena;
    if (answer->outcome != UPSTREAM_OK) {
        fail(c, answer->outcome == UPSTREAM_REFUSED ? "server_error" : "temporarily_unavailable",
             answer->message);
        return;
    }
    c->tokens = *answer->tokens;
    *answer->tokens = (struct asana_tokens){ 0 };
    c->flow.person = (struct person){ .gid = arena_strdup(arena, answer->person.gid),
                                      .name = arena_strdup(arena, answer->person.name),
                                      .email = arena_strdup(arena, answer->person.email) };
    if (arena_failed(arena))
        busy(c);
    else
        judge(c);
}

/* ---- the state ---- */

static void on_state(struct oauth_job *job, const struct store_result *result)
{
    struct coming *c = (struct coming *)job;
    const char *error = form_get(&c->form, "error");
    const char *code = form_get(&c->form, "code");
    if (result->outcome != STORE_DONE) {
        busy(c);
        return;
    }
    if (!result->answers[0].count ||
        !flow_read(job->arena, result->answers[0].records, FLOW_AWAY, &c->place, &c->flow) ||
        !c->flow.verifier) {
        refuse(
            c, 400, "This sign-in is over",
            "It was finished before, took longer than ten minutes, or began in another browser.");
        return;
    }
    if (error && strcmp(error, "access_denied") == 0) {
        fail(c, "access_denied", "the person did not allow it at Asana");
    } else if (error || !code || !*code) {
        LOG(LOG_WARN, "sign_in.asana", LOG_STR("error", error ? error : "no code"));
        fail(c, "server_error", "Asana refused the sign-in");
    } else {
        SECRET_AUTO verifier = { 0 };
        bool ok = secret_set(&verifier, slice_of(c->flow.verifier));
        explicit_bzero((char *)c->flow.verifier, strlen(c->flow.verifier));
        c->flow.verifier = NULL;
        if (ok)
            upstream_exchange(job->worker, code, &verifier, on_exchanged, c);
        else
            busy(c);
    }
}

void callback_get(struct oauth_worker *w, struct http_exchange *x)
{
    if (http_method(x) == HTTP_HEAD) {
        page_send(x, 200, NULL, NULL);
        return;
    }
    struct coming *c = policy_ready(w->policy) ? oauth_job_new(w, sizeof(*c)) : NULL;
    if (!c) {
        page_send_busy(w->shared, x);
        return;
    }
    c->job.wipe = wipe;
    c->x = x;
    bool readable = browser_query(x, c->job.arena, &c->form);
    const char *state = readable ? form_get(&c->form, "state") : NULL;
    if (!flow_place_of(w->shared, x, state, c->job.arena, &c->place)) {
        refuse(c, 400, "This sign-in did not begin in this browser",
               "Either it began elsewhere, or your browser does not keep cookies for this server.");
        return;
    }
    struct store_op op = { .verb = STORE_TAKE,
                           .table = STORE_FLOWS,
                           .key = token_hash_slice(&c->place.key) };
    if (!oauth_job_store(&c->job, &op, 1, on_state))
        busy(c);
}
