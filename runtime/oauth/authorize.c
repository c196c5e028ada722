/* authorize.c: GET and POST /authorize: the question, and the person's answer.
 *
 *     parameters ─▶ client ─▶ redirect URI ─▶ [errors go there from here on] ─▶ who is signed in?
 *         ├── allowed before, in this browser, by that person ──▶ Asana
 *         └── consent page ── POST ──▶ Asana, or access_denied */
#include "oauth/authorize.h"

#include "base/limits.h"
#include "http/form.h"
#include "oauth/answer.h"
#include "oauth/consent.h"
#include "oauth/page.h"
#include "oauth/redirect.h"
#include "oauth/reply.h"
#include "pages.h"
#include "tool/tool.h"

#include <string.h>

struct asking {
    struct oauth_job job;
    struct http_exchange *x;
    struct form form; /* the query, or what was posted */
    struct flow flow;
    struct flow_place place;
    struct flow_rates rates;
    struct person person; /* who is signed in here; gid NULL: nobody */
    struct consent_key consent;
    enum flow_step step; /* of a POST: which page it comes from */
};

static void busy(struct asking *a)
{
    page_send_busy(a->job.worker->shared, a->x);
    oauth_job_done(&a->job);
}

static void refuse(struct asking *a, unsigned status, const char *heading, const char *text,
                   const char *cure)
{
    page_send_error(a->job.worker->shared, a->x, status, heading, text, cure);
    oauth_job_done(&a->job);
}

static void tell_client(struct asking *a, const struct flow_place *place, const char *error,
                        const char *description)
{
    answer_error(a->job.worker->shared, a->x, &a->flow, place, error, description, a->job.arena);
    oauth_job_done(&a->job);
}

static struct asking *asking_new(struct oauth_worker *w, struct http_exchange *x)
{
    struct asking *a = oauth_job_new(w, sizeof(*a));
    if (a)
        a->x = x;
    else
        page_send_busy(w->shared, x);
    return a;
}

/* ---- GET: allowed before? ---- */

static void on_kept(struct oauth_job *job, const struct store_result *result)
{
    struct asking *a = (struct asking *)job;
    if (result->outcome == STORE_DONE) {
        flow_show(job->worker->shared, a->x, &a->flow, &a->place, NULL, job->arena);
        oauth_job_done(job);
    } else {
        busy(a);
    }
}

/* Shows the page; a HEAD leaves nothing behind. */
static void ask_person(struct asking *a)
{
    BUF_AUTO box = { .max = LIMIT_STORE_VALUE };
    const char *prompt = form_get(&a->form, "prompt");
    if (prompt && strcmp(prompt, "none") == 0) {
        tell_client(a, NULL, "interaction_required", "the person has to be asked");
        return;
    }
    a->flow.scopes = a->flow.asked;
    a->flow.toolsets = flow_offered(a->job.worker->shared);
    if (!flow_start(a->job.arena, &a->place)) {
        busy(a);
        return;
    }
    flow_write(&a->flow, FLOW_ASKED, &a->place, NULL, &box);
    struct store_op op = flow_put(&a->place, buf_slice(&box));
    if (http_method(a->x) == HTTP_HEAD) {
        flow_show(a->job.worker->shared, a->x, &a->flow, &a->place, NULL, a->job.arena);
        oauth_job_done(&a->job);
    } else if (!buf_ok(&box) || !oauth_job_store(&a->job, &op, 1, on_kept)) {
        busy(a);
    }
}

static void on_consent(struct oauth_job *job, const struct store_result *result)
{
    struct asking *a = (struct asking *)job;
    bool covered =
        result->outcome == STORE_DONE && result->answers[0].count &&
        consent_covers(job->worker->shared, job->arena, &result->answers[0].records[0], &a->flow);
    if (!covered) {
        ask_person(a);
        return;
    }
    a->flow.expected = a->person.gid;
    if (flow_start(job->arena, &a->place)) {
        flow_depart(job->worker, a->x, &a->flow, &a->place);
        oauth_job_done(job);
    } else {
        busy(a);
    }
}

static bool must_ask(const struct asking *a)
{
    const char *prompt = form_get(&a->form, "prompt");
    return !consent_may_be_kept(&a->flow) || (prompt && strcmp(prompt, "none") != 0);
}

static void on_browser(struct oauth_job *job, const struct store_result *result)
{
    struct asking *a = (struct asking *)job;
    struct store_op op;
    if (result->outcome != STORE_DONE) {
        busy(a);
    } else if (flow_too_many(result->answers)) {
        page_send_too_many(job->worker->shared, a->x);
        oauth_job_done(job);
    } else if (must_ask(a) || !result->answers[2].count ||
               !session_read(job->arena, &result->answers[2].records[0], &a->person)) {
        ask_person(a);
    } else {
        consent_get(&a->consent, a->person.gid, &a->flow, &op);
        if (!oauth_job_store(job, &op, 1, on_consent))
            busy(a);
    }
}

static void look_at_browser(struct asking *a)
{
    const char *session =
        cookie_of(a->job.worker->shared, a->x, COOKIE_SESSION, NULL, a->job.arena);
    struct token_hash key;
    struct store_op ops[3];
    if (http_method(a->x) == HTTP_HEAD) {
        ask_person(a);
        return;
    }
    flow_count(&a->rates, a->x, ops);
    token_hash(slice_of(session ? session : ""), &key);
    ops[2] = (struct store_op){ .verb = STORE_GET,
                                .table = STORE_BROWSERS,
                                .key = token_hash_slice(&key) };
    if (!oauth_job_store(&a->job, ops, 3, on_browser))
        busy(a);
}

/* ---- GET: is the request right? ---- */

static bool read_resources(struct asking *a)
{
    const struct form *form = &a->form;
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, "resource") != 0)
            continue;
        unsigned one = audience_find(a->job.worker->shared, form->fields[i].value);
        if (!one)
            return false;
        a->flow.audience |= one;
    }
    if (!a->flow.audience)
        a->flow.audience = AUDIENCE_ALL; /* clients from before RFC 8707 */
    return true;
}

/* From here on the client is told. */
static void check(struct asking *a)
{
    static const char *const once[] = { "response_type", "code_challenge", "code_challenge_method",
                                        "scope",         "state",          "prompt" };
    const struct form *form = &a->form;
    struct flow *f = &a->flow;
    const char *type = form_get(form, "response_type");
    const char *method = form_get(form, "code_challenge_method");
    const char *scope = form_get(form, "scope");
    bool known;
    f->state = form_get(form, "state");
    f->challenge = form_get(form, "code_challenge");
    if (f->state && strlen(f->state) > LIMIT_FLOW_STATE)
        f->state = NULL;
    for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++) {
        if (form_repeats(form, once[i])) {
            tell_client(a, NULL, "invalid_request", "a parameter is repeated");
            return;
        }
    }
    /* Words that mean nothing here ("offline_access", "default") do no harm. */
    f->asked = scopes_parse(scope ? scope : "", &known);
    if (!f->asked)
        f->asked = SCOPE_ALL;
    if (a->job.worker->shared->options.read_only)
        f->asked = SCOPE_READ;
    if (!f->state && form_get(form, "state"))
        tell_client(a, NULL, "invalid_request", "state: it is too long");
    else if (!type)
        tell_client(a, NULL, "invalid_request", "response_type: expected code");
    else if (strcmp(type, "code") != 0)
        tell_client(a, NULL, "unsupported_response_type", "response_type: expected code");
    else if (!f->challenge || !method || strcmp(method, "S256") != 0 ||
             !token_challenge_ok(f->challenge))
        tell_client(a, NULL, "invalid_request",
                    "PKCE is required: code_challenge with code_challenge_method=S256");
    else if (!read_resources(a))
        tell_client(a, NULL, "invalid_target", "resource: it is none of this server's");
    else
        look_at_browser(a);
}

static bool loopback_only(const struct oauth_client *c)
{
    for (const char *const *uri = c->redirect_uris; *uri; uri++)
        if (!redirect_is_loopback(*uri))
            return false;
    return true;
}

/* Some clients ask once themselves before they open a browser, and register anew when they hear
 * that they have to. */
static bool is_program(const struct http_exchange *x)
{
    const char *accept = http_header(x, "Accept");
    return accept && strstr(accept, "application/json") && !strstr(accept, "text/html");
}

static void show_unknown(struct asking *a)
{
    const struct oauth *o = a->job.worker->shared;
    struct buf html;
    if (is_program(a->x)) {
        oauth_refuse(a->x, 400, "invalid_client", "unknown client: register again");
        oauth_job_done(&a->job);
        return;
    }
    buf_init(&html, LIMIT_PAGE);
    const char *address = arena_printf(a->job.arena, "%s/mcp", o->options.issuer);
    page_client_not_found(&html, &(struct page_client_not_found){
                                     PAGE_COMMON(o),
                                     .address = address ? address : o->options.issuer,
                                 });
    page_send(a->x, 400, NULL, &html);
    buf_done(&html);
    oauth_job_done(&a->job);
}

static void on_client(void *ctx, const struct client_answer *answer)
{
    struct asking *a = ctx;
    const struct oauth_client *c = answer->client;
    const char *uri = form_get(&a->form, "redirect_uri");
    static const char cure[] =
        "Remove this server in your assistant and add it again. If that does "
        "not help, whoever makes the assistant has to know.";
    if (answer->busy) {
        busy(a);
    } else if (!c && answer->problem) {
        refuse(a, 400, "Your assistant cannot be recognized", answer->problem,
               "Try again later; if it stays like this, whoever makes the assistant has to know.");
    } else if (!c) {
        show_unknown(a);
    } else if (!uri) {
        refuse(a, 400, "Your assistant's request is incomplete",
               "It does not say, or says twice, where access should be sent (redirect_uri).", cure);
    } else if (strlen(uri) > LIMIT_CLIENT_REDIRECT ||
               !client_redirects_to(a->job.worker->shared, c, uri)) {
        refuse(a, 400, "Nothing was sent anywhere",
               "The assistant wants access to be sent to an address that it has not registered "
               "here, or that this server does not allow.",
               cure);
    } else {
        struct arena *arena = a->job.arena;
        a->flow.client_id = arena_strdup(arena, c->id);
        a->flow.client_name = arena_strdup(arena, c->name);
        a->flow.redirect_uri = uri;
        a->flow.vouched = c->kind == CLIENT_STATIC;
        if (c->kind == CLIENT_DOCUMENT) {
            a->flow.document = a->flow.client_id ? a->flow.client_id + strlen("https://") : NULL;
            a->flow.loopback_only = loopback_only(c);
        }
        if (a->flow.client_id && a->flow.client_name)
            check(a);
        else
            busy(a);
    }
}

void authorize_get(struct oauth_worker *w, struct http_exchange *x)
{
    struct asking *a = asking_new(w, x);
    if (!a)
        return;
    bool readable = browser_query(x, a->job.arena, &a->form);
    const char *id = readable ? form_get(&a->form, "client_id") : NULL;
    if (!id)
        refuse(a, 400, "This is no request of an assistant",
               "It does not say, or says twice, which assistant asks (client_id).",
               "Start from your assistant: add this server there, or connect again.");
    else
        client_find(w, x, id, on_client, a);
}

/* ---- POST: the answer ---- */

static void expired(struct asking *a)
{
    refuse(a, 400, "This page is too old",
           "It was answered already, or is older than ten minutes, or your browser does not keep "
           "cookies for this server.",
           "Go back to your assistant and connect again.");
}

static void on_denied(struct oauth_job *job, const struct store_result *result)
{
    struct asking *a = (struct asking *)job;
    (void)result; /* what is left expires soon */
    tell_client(a, &a->place, "access_denied", "the person did not allow it");
}

/* The tokens are there once. */
static void on_taken(struct oauth_job *job, const struct store_result *result)
{
    struct asking *a = (struct asking *)job;
    struct asana_tokens tokens = { 0 };
    if (result->outcome != STORE_DONE) {
        busy(a);
    } else if (!result->answers[0].count || !flow_tokens(&a->flow, &a->place, &tokens)) {
        expired(a);
    } else {
        answer_code(job->worker, a->x, &a->flow, &a->place, &tokens);
        oauth_job_done(job);
    }
    asana_tokens_done(&tokens);
}

static bool read_areas(struct asking *a)
{
    uint64_t chosen = 0;
    for (size_t i = 0; i < a->form.count; i++) {
        size_t area = 0;
        if (strcmp(a->form.fields[i].name, "area") != 0)
            continue;
        while (area < tool_toolsets_count &&
               strcmp(tool_toolsets[area].name, a->form.fields[i].value) != 0)
            area++;
        if (area == tool_toolsets_count || !(flow_offered(a->job.worker->shared) >> area & 1))
            return false;
        chosen |= UINT64_C(1) << area;
    }
    a->flow.toolsets = chosen;
    return true;
}

static void allow(struct asking *a)
{
    const char *access = form_get(&a->form, "access");
    bool write = access && strcmp(access, "write") == 0;
    if (!access || (!write && strcmp(access, "read") != 0) || !read_areas(a)) {
        refuse(a, 400, "This is not what the page offers", "The answer cannot be read.",
               "Go back to your assistant and connect again.");
        return;
    }
    a->flow.scopes = a->flow.asked & (write ? SCOPE_ALL : SCOPE_READ);
    if (!a->flow.toolsets) {
        flow_show(a->job.worker->shared, a->x, &a->flow, &a->place,
                  "Choose at least one area, or cancel.", a->job.arena);
        oauth_job_done(&a->job);
        return;
    }
    a->flow.expected = NULL; /* it was allowed by whoever answers */
    if (a->step == FLOW_ASKED) {
        flow_depart(a->job.worker, a->x, &a->flow, &a->place);
        oauth_job_done(&a->job);
        return;
    }
    struct store_op op = { .verb = STORE_TAKE,
                           .table = STORE_FLOWS,
                           .key = token_hash_slice(&a->place.key) };
    if (!oauth_job_store(&a->job, &op, 1, on_taken))
        busy(a);
}

static void on_flow(struct oauth_job *job, const struct store_result *result)
{
    struct asking *a = (struct asking *)job;
    const char *action = form_get(&a->form, "action");
    const struct store_answer *found = result->outcome == STORE_DONE ? &result->answers[2] : NULL;
    if (!found) {
        busy(a);
        return;
    }
    if (flow_too_many(result->answers)) {
        page_send_too_many(job->worker->shared, a->x);
        oauth_job_done(job);
        return;
    }
    a->step = FLOW_ASKED;
    if (found->count && !flow_read(job->arena, found->records, FLOW_ASKED, &a->place, &a->flow))
        a->step = FLOW_CONFIRM;
    if (!found->count || (a->step == FLOW_CONFIRM && !flow_read(job->arena, found->records,
                                                                FLOW_CONFIRM, &a->place, &a->flow)))
        expired(a);
    else if (action && strcmp(action, "allow") == 0)
        allow(a);
    else if (!oauth_job_store(job,
                              &(struct store_op){ .verb = STORE_DELETE,
                                                  .table = STORE_FLOWS,
                                                  .key = token_hash_slice(&a->place.key) },
                              1, on_denied))
        busy(a);
}

void authorize_post(struct oauth_worker *w, struct http_exchange *x)
{
    struct asking *a = asking_new(w, x);
    struct store_op ops[3];
    if (!a)
        return;
    if (!csrf_origin_ok(w->shared, x) || !browser_form(x, a->job.arena, &a->form)) {
        refuse(a, 403, "This did not come from our page",
               "An answer counts only when it was given on this server's own page.",
               "Go back to your assistant and connect again.");
        return;
    }
    const char *id = form_get(&a->form, "flow");
    if (!flow_place_of(w->shared, x, id, a->job.arena, &a->place)) {
        expired(a);
        return;
    }
    if (!csrf_is(a->place.secret, a->place.id, form_get(&a->form, "csrf"))) {
        refuse(a, 403, "This did not come from our page",
               "An answer counts only when it was given on this server's own page.",
               "Go back to your assistant and connect again.");
        return;
    }
    flow_count(&a->rates, x, ops);
    ops[2] = (struct store_op){ .verb = STORE_GET,
                                .table = STORE_FLOWS,
                                .key = token_hash_slice(&a->place.key) };
    if (!oauth_job_store(&a->job, ops, 3, on_flow))
        busy(a);
}
