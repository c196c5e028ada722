#include "oauth/upstream.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "oauth/job.h"

#include <string.h>

#define DEADLINE_MS 15000
/* When Asana does not say how long its token lives. */
#define USUAL_SECONDS 3600
#define MOST_SECONDS (365 * 24 * 60 * 60)
/* A signed one may be long; two of them fit the store, sealed. */
#define LONGEST_TOKEN 4096
/* A form does not move while it grows: it holds secrets, and is wiped in one place. */
#define FORM_ROOM 8192

struct upstream {
    struct oauth_job job;
    bool exchange;         /* of a code: Asana has to say whose it is */
    upstream_fn *answered; /* NULL: nobody waits */
    void *ctx;
};

static void put_field(struct buf *b, const char *name, struct slice value)
{
    if (b->len && b->data[b->len - 1] != '?')
        buf_char(b, '&');
    buf_str(b, name);
    buf_char(b, '=');
    buf_url_encoded(b, value);
}

static void put_callback(struct buf *b, const struct oauth *o)
{
    BUF_AUTO url = { .max = LIMIT_ASANA_URL };
    buf_str(&url, o->options.issuer);
    buf_str(&url, "/oauth/callback");
    put_field(b, "redirect_uri", buf_slice(&url));
}

void upstream_put_authorize_url(const struct oauth *o, const char *state, const char *challenge,
                                struct buf *out)
{
    BUF_AUTO query = { .max = LIMIT_ASANA_URL };
    put_field(&query, "response_type", slice_of("code"));
    put_field(&query, "client_id", slice_of(o->options.asana_client_id));
    put_callback(&query, o);
    put_field(&query, "scope", slice_of(o->options.asana_scope));
    put_field(&query, "state", slice_of(state));
    put_field(&query, "code_challenge", slice_of(challenge));
    put_field(&query, "code_challenge_method", slice_of("S256"));
    buf_str(out, o->options.asana_url);
    buf_str(out, "/oauth_authorize?");
    buf_slice_put(out, buf_slice(&query));
}

static void give(struct upstream *u, const struct upstream_answer *answer)
{
    if (u->answered)
        u->answered(u->ctx, answer);
    oauth_job_done(&u->job);
}

static void give_failure(struct upstream *u, enum upstream_outcome outcome, const char *message)
{
    give(u, &(struct upstream_answer){ .outcome = outcome, .message = message });
}

/* A gid as text: Asana sends a string as gid, a number as id. */
static const char *read_gid(struct arena *arena, const cJSON *data)
{
    const char *gid = json_get_string(data, "gid");
    const cJSON *id = json_get(data, "id");
    if (!gid && cJSON_IsString(id))
        gid = id->valuestring;
    if (!gid && cJSON_IsNumber(id) && id->valuedouble > 0 && id->valuedouble < 9e15)
        gid = arena_printf(arena, "%.0f", id->valuedouble);
    return gid && *gid && strspn(gid, "0123456789") == strlen(gid) && strlen(gid) < 32 ? gid : NULL;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* The tree lives in an arena, which is used again. */
static void wipe(const char *text)
{
    if (text)
        explicit_bzero((char *)text, strlen(text));
}

/* What may stand in an Authorization header, and needs no escape in JSON (grant_seal()). */
static bool is_token(const char *text)
{
    return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                             "-._~+/=:|!$*@")] == '\0' &&
           strlen(text) <= LONGEST_TOKEN;
}

static bool read_tokens(const cJSON *root, struct asana_tokens *tokens)
{
    const char *access = json_get_string(root, "access_token");
    const char *refresh = json_get_string(root, "refresh_token");
    const cJSON *seconds = json_get(root, "expires_in");
    bool known = cJSON_IsNumber(seconds) && seconds->valuedouble >= 0 &&
                 seconds->valuedouble <= MOST_SECONDS;
    tokens->expires_at = oauth_now() + (known ? (int64_t)seconds->valuedouble : USUAL_SECONDS);
    bool ok = access && *access && is_token(access) &&
              secret_set(&tokens->access, slice_of(access)) &&
              (!refresh || (is_token(refresh) && secret_set(&tokens->refresh, slice_of(refresh))));
    wipe(access);
    wipe(refresh);
    return ok;
}

static void on_tokens(struct oauth_job *job, const struct fetch_answer *a)
{
    struct upstream *u = (struct upstream *)job;
    struct err err;
    const cJSON *root = a->answered ? json_parse(job->arena, a->body, &err) : NULL;
    const char *error = json_get_string(root, "error");
    if (!a->answered || (a->status != 200 && !error)) {
        LOG(LOG_WARN, "asana.sign_in", LOG_INT("status", a->status),
            LOG_STR("problem", a->answered ? "no OAuth answer" : a->detail));
        give_failure(u, UPSTREAM_FAILED, "Asana's sign-in could not be reached");
        return;
    }
    if (a->status != 200) {
        bool ours =
            strcmp(error, "invalid_client") == 0 || strcmp(error, "unauthorized_client") == 0;
        bool final = strcmp(error, "invalid_grant") == 0; /* all else may be a bad moment */
        LOG(ours ? LOG_ERROR : LOG_INFO, "asana.sign_in", LOG_INT("status", a->status),
            LOG_STR("error", error));
        give_failure(u, final ? UPSTREAM_REFUSED : UPSTREAM_FAILED,
                     ours    ? "Asana does not know this server: its client id or secret is wrong"
                     : final ? "Asana does not accept the sign-in any more"
                             : "Asana's sign-in does not work just now");
        return;
    }
    struct asana_tokens tokens = { 0 };
    const cJSON *data = json_get(root, "data");
    struct upstream_answer answer = {
        .outcome = UPSTREAM_OK,
        .tokens = &tokens,
        .person = { .gid = read_gid(job->arena, data),
                    .name = or_empty(json_get_string(data, "name")),
                    .email = or_empty(json_get_string(data, "email")) },
    };
    bool told = read_tokens(root, &tokens);
    if (told && u->exchange && !answer.person.gid)
        give_failure(u, UPSTREAM_FAILED, "Asana does not say who signed in");
    else if (told)
        give(u, &answer);
    else
        give_failure(u, UPSTREAM_FAILED, "Asana's answer to the sign-in has no token");
    asana_tokens_done(&tokens);
}

static void on_revoked(struct oauth_job *job, const struct fetch_answer *a)
{
    if (!a->answered || a->status != 200)
        LOG(LOG_WARN, "asana.revoke", LOG_INT("status", a->status),
            LOG_STR("problem", a->answered ? "refused" : a->detail));
    oauth_job_done(job);
}

/* Sends a form with our credentials; form is wiped. */
static void post(struct upstream *u, const char *place, struct buf *form, oauth_fetched_fn *fetched)
{
    const struct oauth_options *o = &u->job.worker->shared->options;
    BUF_AUTO url = { .max = LIMIT_ASANA_URL };
    struct err err;
    put_field(form, "client_id", slice_of(o->asana_client_id));
    put_field(form, "client_secret", secret_slice(o->asana_client_secret));
    buf_str(&url, o->asana_url);
    buf_str(&url, place);
    buf_char(&url, '\0');
    struct fetch_request request = { .trust = FETCH_OPERATOR,
                                     .url = url.data,
                                     .content_type = "application/x-www-form-urlencoded",
                                     .body = buf_slice(form),
                                     .max = LIMIT_CLIENT_DOCUMENT,
                                     .deadline_ms = DEADLINE_MS };
    bool sent = buf_ok(&url) && buf_ok(form) && oauth_job_fetch(&u->job, &request, fetched, &err);
    if (form->data)
        explicit_bzero(form->data, form->len);
    if (!sent)
        give_failure(u, UPSTREAM_FAILED, "Asana's sign-in could not be asked");
}

/* NULL, and answered called, when memory is short. */
static struct upstream *begin(struct oauth_worker *w, struct buf *form, upstream_fn *answered,
                              void *ctx)
{
    struct upstream *u = oauth_job_new(w, sizeof(*u));
    if (u) {
        u->answered = answered;
        u->ctx = ctx;
        buf_reserve(form, FORM_ROOM);
    } else if (answered) {
        answered(ctx, &(struct upstream_answer){ .outcome = UPSTREAM_FAILED,
                                                 .message = "out of memory" });
    }
    return u;
}

void upstream_exchange(struct oauth_worker *w, const char *code, const struct secret *verifier,
                       upstream_fn *answered, void *ctx)
{
    BUF_AUTO form = { .max = LIMIT_ASANA_URL };
    struct upstream *u = begin(w, &form, answered, ctx);
    if (!u)
        return;
    u->exchange = true;
    put_field(&form, "grant_type", slice_of("authorization_code"));
    put_field(&form, "code", slice_of(code));
    put_field(&form, "code_verifier", secret_slice(verifier));
    put_callback(&form, w->shared);
    post(u, "/oauth_token", &form, on_tokens);
}

void upstream_refresh(struct oauth_worker *w, const struct secret *refresh_token,
                      upstream_fn *answered, void *ctx)
{
    BUF_AUTO form = { .max = LIMIT_ASANA_URL };
    struct upstream *u = begin(w, &form, answered, ctx);
    if (!u)
        return;
    put_field(&form, "grant_type", slice_of("refresh_token"));
    put_field(&form, "refresh_token", secret_slice(refresh_token));
    put_callback(&form, w->shared);
    post(u, "/oauth_token", &form, on_tokens);
}

void upstream_revoke(struct oauth_worker *w, const struct secret *refresh_token)
{
    BUF_AUTO form = { .max = LIMIT_ASANA_URL };
    struct upstream *u = begin(w, &form, NULL, NULL);
    if (!u)
        return;
    put_field(&form, "token", secret_slice(refresh_token));
    post(u, "/oauth_revoke", &form, on_revoked);
}
