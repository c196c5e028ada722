#include "oauth/answer.h"

#include "base/audit.h"
#include "base/limits.h"
#include "base/log.h"
#include "metrics/metrics.h"
#include "oauth/consent.h"
#include "oauth/page.h"
#include "oauth/record.h"
#include "pages.h"

#include <string.h>

static void put_parameter(struct buf *b, const char *name, const char *value)
{
    if (!value)
        return;
    buf_char(b, memchr(b->data, '?', b->len) ? '&' : '?');
    buf_str(b, name);
    buf_char(b, '=');
    buf_url_encoded(b, slice_of(value));
}

static void put_address(const struct oauth *o, const struct flow *f, const char *code,
                        const char *error, const char *description, struct buf *b)
{
    buf_str(b, f->redirect_uri);
    put_parameter(b, "code", code);
    put_parameter(b, "error", error);
    put_parameter(b, "error_description", description);
    put_parameter(b, "state", f->state);
    put_parameter(b, "iss", o->options.issuer);
    buf_char(b, '\0');
}

static bool browser_follows(const char *uri)
{
    return strncasecmp(uri, "https://", 8) == 0 || strncasecmp(uri, "http://", 7) == 0;
}

/* address ends with a NUL. */
static void send_to_client(const struct oauth *o, struct http_exchange *x, const struct flow *f,
                           const struct buf *address, bool good, struct page_extra *extra)
{
    if (!buf_ok(address)) {
        page_send_busy(o, x);
        return;
    }
    if (browser_follows(f->redirect_uri)) {
        page_send_on(x, address->data, extra);
        return;
    }
    struct buf html;
    buf_init(&html, LIMIT_PAGE);
    page_return_to_app(&html,
                       &(struct page_return_to_app){
                           PAGE_COMMON(o),
                           .address = address->data,
                           .client = f->client_name,
                           .good = good,
                           .heading = good ? "You are connected" : "Nothing was connected",
                           .text = good ? "Your assistant takes over from here."
                                        : "Your assistant is told that it did not get access.",
                       });
    extra->refresh = address->data;
    page_send(x, 200, extra, &html);
    buf_done(&html);
}

void answer_error(const struct oauth *o, struct http_exchange *x, const struct flow *f,
                  const struct flow_place *place, const char *error, const char *description,
                  struct arena *arena)
{
    BUF_AUTO address = { .max = LIMIT_PAGE };
    struct page_extra extra = { 0 };
    metrics_count(METRIC_SIGN_INS,
                  strcmp(error, "access_denied") == 0 ? SIGN_IN_DENIED : SIGN_IN_FAILED, 0);
    LOG(LOG_INFO, "authorize.refused", LOG_STR("client", f->client_id), LOG_STR("error", error),
        LOG_STR("why", description));
    put_address(o, f, NULL, error, description, &address);
    if (place)
        extra.cookies[0] = cookie_set(o, COOKIE_FLOW, place->id, NULL, arena);
    send_to_client(o, x, f, &address, false, &extra);
}

/* ---- a code ---- */

struct arrival {
    struct oauth_job job;
    struct http_exchange *x;
    struct flow flow;
    struct asana_tokens tokens;
    struct consent_key consent;
    struct page_extra extra;
};

static void wipe(struct oauth_job *job)
{
    asana_tokens_done(&((struct arrival *)job)->tokens);
}

static void busy(struct arrival *a)
{
    page_send_busy(a->job.worker->shared, a->x);
    oauth_job_done(&a->job);
}

static void on_made(void *ctx, const char *code)
{
    struct arrival *a = ctx;
    const struct oauth *o = a->job.worker->shared;
    BUF_AUTO address = { .max = LIMIT_PAGE };
    if (!code) {
        busy(a);
        return;
    }
    metrics_count(METRIC_SIGN_INS, SIGN_IN_OK, 0);
    LOG(LOG_INFO, "sign_in", LOG_STR("person", a->flow.person.gid),
        LOG_STR("client", a->flow.client_id), LOG_STR("name", a->flow.client_name));
    put_address(o, &a->flow, code, NULL, NULL, &address);
    send_to_client(o, a->x, &a->flow, &address, true, &a->extra);
    if (address.data)
        explicit_bzero(address.data, address.len);
    oauth_job_done(&a->job);
}

static void on_signed_in(struct oauth_job *job, const struct store_result *result)
{
    struct arrival *a = (struct arrival *)job;
    const struct oauth *o = job->worker->shared;
    const struct flow *f = &a->flow;
    if (result->outcome != STORE_DONE) {
        busy(a);
        return;
    }
    AUDIT("sign_in", LOG_STR("person", f->person.gid), LOG_STR("client", f->client_id),
          LOG_STR("client_name", f->client_name));
    if (!f->client_id) {
        const char *account = arena_printf(job->arena, "%s/account", o->options.issuer);
        page_send_on(a->x, account ? account : o->options.issuer, &a->extra);
        oauth_job_done(job);
        return;
    }
    grant_make(job->worker,
               &(struct grant_offer){ .client_id = f->client_id,
                                      .client_name = f->client_name,
                                      .redirect_uri = f->redirect_uri,
                                      .challenge = f->challenge,
                                      .audience = f->audience,
                                      .scopes = f->scopes,
                                      .toolsets = f->toolsets,
                                      .person = f->person,
                                      .tokens = &a->tokens },
               on_made, a);
}

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static void copy_flow(struct arena *arena, const struct flow *f, struct flow *out)
{
    *out = *f;
    out->client_id = copy(arena, f->client_id);
    out->client_name = copy(arena, f->client_name);
    out->document = copy(arena, f->document);
    out->redirect_uri = copy(arena, f->redirect_uri);
    out->challenge = copy(arena, f->challenge);
    out->state = copy(arena, f->state);
    out->expected = copy(arena, f->expected);
    out->person = (struct person){ .gid = copy(arena, f->person.gid),
                                   .name = copy(arena, f->person.name),
                                   .email = copy(arena, f->person.email) };
    out->verifier = NULL;
    out->tokens = (struct slice){ 0 };
}

static bool sign_in(struct arrival *a, const char *old_session, const struct flow_place *place)
{
    const struct oauth *o = a->job.worker->shared;
    const struct flow *f = &a->flow;
    struct arena *arena = a->job.arena;
    BUF_AUTO session = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO consent = { .max = LIMIT_STORE_VALUE };
    struct token_hash key, old_key;
    struct store_op ops[3];
    size_t n = 0;
    const char *secret = cookie_new(arena);
    const char *owner = grant_owner(arena, f->person.gid);
    if (!secret || !owner || arena_failed(arena))
        return false;
    a->extra.cookies[0] = cookie_set(o, COOKIE_SESSION, NULL, secret, arena);
    a->extra.cookies[1] = cookie_set(o, COOKIE_FLOW, place->id, NULL, arena);
    session_write(&f->person, &session);
    token_hash(slice_of(secret), &key);
    ops[n++] = (struct store_op){ .verb = STORE_ADD,
                                  .table = STORE_BROWSERS,
                                  .key = token_hash_slice(&key),
                                  .value = buf_slice(&session),
                                  .owner = slice_of(owner),
                                  .expires_at = oauth_now() + LIMIT_BROWSER_SECONDS };
    if (old_session) {
        token_hash(slice_of(old_session), &old_key);
        ops[n++] = (struct store_op){ .verb = STORE_DELETE,
                                      .table = STORE_BROWSERS,
                                      .key = token_hash_slice(&old_key) };
    }
    if (f->client_id && !f->expected && consent_may_be_kept(f))
        consent_put(a->job.worker->shared, &a->consent, f->person.gid, f, &consent, owner,
                    &ops[n++]);
    return a->extra.cookies[0] && a->extra.cookies[1] && buf_ok(&session) && buf_ok(&consent) &&
           oauth_job_store(&a->job, ops, n, on_signed_in);
}

void answer_code(struct oauth_worker *w, struct http_exchange *x, const struct flow *f,
                 const struct flow_place *place, struct asana_tokens *tokens)
{
    struct arrival *a = oauth_job_new(w, sizeof(*a));
    if (!a) {
        page_send_busy(w->shared, x);
        return;
    }
    a->job.wipe = wipe;
    a->x = x;
    a->tokens = *tokens;
    *tokens = (struct asana_tokens){ 0 };
    copy_flow(a->job.arena, f, &a->flow);
    if (!sign_in(a, cookie_of(w->shared, x, COOKIE_SESSION, NULL, a->job.arena), place))
        busy(a);
}
