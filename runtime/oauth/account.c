/* account.c: /account: a person's own connected assistants, and the way to disconnect them.
 *
 * The session (browser.h) says who it is. Whoever has none signs in as everybody does, only that no
 * client waits at the end (flow.h) and that nothing of Asana's is kept. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "oauth/authorize.h"
#include "oauth/consent.h"
#include "oauth/page.h"
#include "pages.h"
#include "tool/tool.h"

#include <stdio.h>
#include <string.h>

#define PURPOSE "account"
#define DAY (24L * 60 * 60)

struct visit {
    struct oauth_job job;
    struct http_exchange *x;
    struct form form; /* the query, or what was posted */
    const char *session;
    struct token_hash key; /* of the session */
    struct person person;
    /* Of a disconnection: what is to go. */
    const char **grants;
    size_t count;
    bool more;        /* there may be others than the list had room for */
    const char *done; /* a word for the page that follows */
    struct flow_rates rates;
};

static void busy(struct visit *v)
{
    page_send_busy(v->job.worker->shared, v->x);
    oauth_job_done(&v->job);
}

/* Back to the page, so that loading it again does nothing again. */
static void send_back(struct visit *v, const char *word, const struct page_extra *extra)
{
    const struct oauth *o = v->job.worker->shared;
    const char *url = arena_printf(v->job.arena, "%s/account?done=%s", o->options.issuer, word);
    page_send_on(v->x, url ? url : o->options.issuer, extra);
    oauth_job_done(&v->job);
}

/* ---- the pages ---- */

static void show_sign_in(struct visit *v)
{
    const struct oauth *o = v->job.worker->shared;
    const char *done = form_get(&v->form, "done");
    const char *secret = cookie_of(o, v->x, COOKIE_BROWSER, NULL, v->job.arena);
    char csrf[CSRF_TOKEN];
    struct buf html;
    struct page_extra extra = { 0 };
    if (!secret && (secret = cookie_new(v->job.arena)))
        extra.cookies[0] = cookie_set(o, COOKIE_BROWSER, NULL, secret, v->job.arena);
    if (!secret) {
        busy(v);
        return;
    }
    csrf_token(secret, PURPOSE, csrf);
    buf_init(&html, LIMIT_PAGE);
    page_sign_in(&html, &(struct page_sign_in){
                            PAGE_COMMON(o),
                            .csrf = csrf,
                            .signed_out = done && strcmp(done, "signed_out") == 0,
                        });
    page_send(v->x, 200, &extra, &html);
    buf_done(&html);
    oauth_job_done(&v->job);
}

/* "23 November 2026" */
static const char *date_of(struct arena *arena, int64_t at)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    int year, month, day;
    clock_date(at / DAY, &year, &month, &day);
    return arena_printf(arena, "%d %s %d", day, months[month - 1], year);
}

static const char *ago(struct arena *arena, int64_t at)
{
    int64_t days = oauth_now() / DAY - at / DAY;
    return days <= 0    ? "today"
           : days == 1  ? "yesterday"
           : days <= 30 ? arena_printf(arena, "%d days ago", (int)days)
                        : date_of(arena, at);
}

/* "Read only: Tasks, Goals" */
static const char *may_of(const struct oauth *o, struct arena *arena, const struct grant_view *g)
{
    BUF_AUTO text = { .max = 4096 };
    buf_str(&text, g->scopes & SCOPE_WRITE ? "Read and change" : "Read only");
    bool all = (g->toolsets & flow_offered(o)) == flow_offered(o);
    const char *before = ": ";
    for (size_t i = 0; !all && i < tool_toolsets_count; i++) {
        if (!(g->toolsets >> i & 1))
            continue;
        buf_str(&text, before);
        buf_str(&text, tool_toolsets[i].title);
        before = ", ";
    }
    return buf_ok(&text) ? arena_strndup(arena, text.data, text.len) : NULL;
}

static const char *done_text(const char *word)
{
    static const struct {
        const char *word, *text;
    } texts[] = {
        { "one", "The assistant is disconnected." },
        { "all", "All assistants are disconnected." },
        { "failed", "Not everything could be disconnected just now. Please try again." },
    };
    for (size_t i = 0; word && i < sizeof(texts) / sizeof(*texts); i++)
        if (strcmp(texts[i].word, word) == 0)
            return texts[i].text;
    return NULL;
}

static void on_listed(void *ctx, const struct grant_view *grants, size_t count, bool ok)
{
    struct visit *v = ctx;
    struct arena *arena = v->job.arena;
    const struct oauth *o = v->job.worker->shared;
    struct page_account_assistants *rows = arena_zalloc(arena, count + 1, sizeof(*rows));
    char csrf[CSRF_TOKEN];
    struct buf html;
    for (size_t i = 0; ok && rows && i < count; i++)
        rows[i] = (struct page_account_assistants){
            .id = grants[i].id,
            .name = grants[i].client_name,
            .where = page_where(grants[i].redirect_uri, arena),
            .may = may_of(o, arena, &grants[i]),
            .since = date_of(arena, grants[i].made_at),
            .used = ago(arena, grants[i].used_at),
        };
    if (!ok || !rows || arena_failed(arena)) {
        busy(v);
        return;
    }
    csrf_token(v->session, PURPOSE, csrf);
    buf_init(&html, LIMIT_PAGE);
    page_account(&html,
                 &(struct page_account){
                     PAGE_COMMON(o), .csrf = csrf, .done = done_text(form_get(&v->form, "done")),
                     .person = v->person.name, .email = *v->person.email ? v->person.email : NULL,
                     .any = count > 0, .assistants = rows, .assistants_count = count });
    page_send(v->x, 200, NULL, &html);
    buf_done(&html);
    oauth_job_done(&v->job);
}

/* ---- who it is ---- */

static bool read_person(struct visit *v, const struct store_result *result)
{
    return result->answers[0].count &&
           session_read(v->job.arena, &result->answers[0].records[0], &v->person);
}

static void on_visitor(struct oauth_job *job, const struct store_result *result)
{
    struct visit *v = (struct visit *)job;
    if (result->outcome != STORE_DONE)
        busy(v);
    else if (read_person(v, result))
        grant_list(job->worker, v->person.gid, on_listed, v);
    else
        show_sign_in(v);
}

/* False when there is no session, or nothing could be asked. */
static bool find_person(struct visit *v, oauth_stored_fn *found)
{
    struct store_op op = { .verb = STORE_GET, .table = STORE_BROWSERS };
    if (!v->session)
        return false;
    token_hash(slice_of(v->session), &v->key);
    op.key = token_hash_slice(&v->key);
    return oauth_job_store(&v->job, &op, 1, found);
}

static struct visit *visit_new(struct oauth_worker *w, struct http_exchange *x)
{
    struct visit *v = oauth_job_new(w, sizeof(*v));
    if (!v) {
        page_send_busy(w->shared, x);
        return NULL;
    }
    v->x = x;
    v->session = cookie_of(w->shared, x, COOKIE_SESSION, NULL, v->job.arena);
    return v;
}

void account_get(struct oauth_worker *w, struct http_exchange *x)
{
    struct visit *v = visit_new(w, x);
    if (!v)
        return;
    if (!browser_query(x, v->job.arena, &v->form))
        v->form.count = 0;
    if (!v->session)
        show_sign_in(v);
    else if (!find_person(v, on_visitor))
        busy(v);
}

/* ---- disconnecting ---- */

static void end_next(struct visit *v);

static void on_ended(void *ctx, bool ok)
{
    struct visit *v = ctx;
    if (!ok)
        v->done = "failed";
    end_next(v);
}

static void on_grants(void *ctx, const struct grant_view *grants, size_t count, bool ok);

static void end_next(struct visit *v)
{
    if (v->count)
        grant_end(v->job.worker, v->person.gid, v->grants[--v->count], on_ended, v);
    else if (v->more && strcmp(v->done, "all") == 0)
        grant_list(v->job.worker, v->person.gid, on_grants, v);
    else
        send_back(v, v->done, NULL);
}

/* Before the grants: what is forgotten cannot be allowed again without a question. */
static void on_forgotten(void *ctx, bool ok)
{
    struct visit *v = ctx;
    if (ok)
        end_next(v);
    else
        send_back(v, "failed", NULL);
}

static void on_grants(void *ctx, const struct grant_view *grants, size_t count, bool ok)
{
    struct visit *v = ctx;
    const char *one = form_get(&v->form, "grant");
    const char *client = NULL;
    bool all = strcmp(v->done, "all") == 0;
    v->grants = arena_zalloc(v->job.arena, count + 1, sizeof(char *));
    v->more = all && count == LIMIT_GRANTS_LISTED;
    for (size_t i = 0; ok && v->grants && i < count; i++) {
        if (!all && (!one || strcmp(one, grants[i].id) != 0))
            continue;
        v->grants[v->count++] = arena_strdup(v->job.arena, grants[i].id);
        client = grants[i].client_id;
    }
    if (!ok || !v->grants || arena_failed(v->job.arena))
        send_back(v, "failed", NULL);
    else if (!all && !client)
        send_back(v, "one", NULL); /* it has gone already, or was never theirs */
    else
        consent_forget(v->job.worker, v->person.gid, all ? NULL : client, on_forgotten, v);
}

static void on_signed_out(struct oauth_job *job, const struct store_result *result)
{
    struct visit *v = (struct visit *)job;
    struct page_extra extra = { .cookies = { cookie_set(job->worker->shared, COOKIE_SESSION, NULL,
                                                        NULL, job->arena) } };
    if (result->outcome == STORE_DONE)
        send_back(v, "signed_out", &extra);
    else
        busy(v);
}

static void sign_out(struct visit *v)
{
    struct store_op op = { .verb = STORE_DELETE,
                           .table = STORE_BROWSERS,
                           .key = token_hash_slice(&v->key) };
    if (!oauth_job_store(&v->job, &op, 1, on_signed_out))
        busy(v);
}

static void on_person(struct oauth_job *job, const struct store_result *result)
{
    struct visit *v = (struct visit *)job;
    const char *action = form_get(&v->form, "action");
    if (result->outcome != STORE_DONE) {
        busy(v);
    } else if (!read_person(v, result)) {
        send_back(v, "expired", NULL);
    } else if (action && strcmp(action, "sign_out") == 0) {
        sign_out(v);
    } else if (action && (strcmp(action, "revoke") == 0 || strcmp(action, "revoke_all") == 0)) {
        v->done = action[6] ? "all" : "one";
        grant_list(job->worker, v->person.gid, on_grants, v);
    } else {
        send_back(v, "nothing", NULL);
    }
}

static void on_may_sign_in(struct oauth_job *job, const struct store_result *result)
{
    struct visit *v = (struct visit *)job;
    struct flow_place place;
    if (result->outcome != STORE_DONE || !flow_start(job->arena, &place)) {
        busy(v);
        return;
    }
    if (flow_too_many(result->answers))
        page_send_too_many(job->worker->shared, v->x);
    else
        flow_depart(job->worker, v->x, &(struct flow){ 0 }, &place);
    oauth_job_done(job);
}

static void sign_in(struct visit *v)
{
    struct store_op ops[2];
    flow_count(&v->rates, v->x, ops);
    if (!oauth_job_store(&v->job, ops, 2, on_may_sign_in))
        busy(v);
}

void account_post(struct oauth_worker *w, struct http_exchange *x)
{
    struct visit *v = visit_new(w, x);
    if (!v)
        return;
    bool readable = csrf_origin_ok(w->shared, x) && browser_form(x, v->job.arena, &v->form);
    const char *action = readable ? form_get(&v->form, "action") : NULL;
    bool enters = action && strcmp(action, "sign_in") == 0;
    const char *secret =
        enters ? cookie_of(w->shared, x, COOKIE_BROWSER, NULL, v->job.arena) : v->session;
    if (!readable || !secret || !csrf_is(secret, PURPOSE, form_get(&v->form, "csrf"))) {
        page_send_error(w->shared, x, 403, "This did not come from our page",
                        "The page was too old, or your browser does not keep cookies for this "
                        "server.",
                        "Open the page of your connected assistants again.");
        oauth_job_done(&v->job);
    } else if (enters) {
        sign_in(v);
    } else if (!find_person(v, on_person)) {
        busy(v);
    }
}
