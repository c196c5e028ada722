/* register.c: dynamic client registration (RFC 7591), as Asana's V1 server answered it. */
#include "base/audit.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "oauth/client.h"
#include "oauth/job.h"
#include "oauth/rate.h"
#include "oauth/redirect.h"
#include "oauth/reply.h"
#include "oauth/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define CLIENT_ID 16 /* letters and digits, as V1's */
#define REGISTRATION_PATH "/register/"

struct registration {
    struct oauth_job job;
    struct http_exchange *x;
    const cJSON *wish;
    struct oauth_client client;
    char id[CLIENT_ID + 1];
    char key[64];
    struct secret secret;
    struct rate rates[2];
};

static void wipe(struct oauth_job *job)
{
    secret_done(&((struct registration *)job)->secret);
}

static void make_id(char out[CLIENT_ID + 1])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (int i = 0; i < CLIENT_ID; i++)
        out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
    out[CLIENT_ID] = '\0';
}

static void put_client(const struct oauth_client *c, struct buf *b)
{
    buf_json_text(b, "client_id", c->id);
    buf_json_text(b, "client_name", c->name);
    buf_json_member(b, "redirect_uris");
    client_put_redirects(c, b);
    buf_str(b, ",\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
               "\"response_types\":[\"code\"]");
    buf_json_text(b, "token_endpoint_auth_method", client_auth_name(c->auth));
    buf_json_text(b, "client_uri", c->uri);
    buf_json_int(b, "client_id_issued_at", c->registered_at);
    buf_str(b, ",\"registration_client_uri\":\"" REGISTRATION_PATH);
    buf_json_escaped(b, slice_of(c->id));
    buf_char(b, '"');
}

static void on_registered(struct oauth_job *job, const struct store_result *result)
{
    /* Echoed though we have no use for them (RFC 7591, section 3.2.1). */
    static const char *const echoed[] = {
        "scope",    "software_id", "software_version", "application_type",
        "logo_uri", "policy_uri",  "tos_uri"
    };
    struct registration *r = (struct registration *)job;
    if (result->outcome != STORE_DONE) {
        oauth_busy(r->x);
        oauth_job_done(job);
        return;
    }
    BUF_AUTO b = { .max = LIMIT_STORE_VALUE * 2 };
    put_client(&r->client, &b);
    for (size_t i = 0; i < sizeof(echoed) / sizeof(*echoed); i++) {
        const char *value = json_get_string(r->wish, echoed[i]);
        if (value && strlen(value) <= LIMIT_CLIENT_REDIRECT)
            buf_json_text(&b, echoed[i], value);
    }
    if (r->secret.len) {
        buf_json_text(&b, "client_secret", r->secret.bytes);
        buf_json_int(&b, "client_secret_expires_at", 0);
    }
    buf_char(&b, '}');
    LOG(LOG_INFO, "client.registered", LOG_STR("client", r->id), LOG_STR("name", r->client.name));
    AUDIT("client.registered", LOG_STR("client", r->id), LOG_STR("client_name", r->client.name));
    oauth_reply(r->x, 201, &b);
    oauth_job_done(job);
}

static void on_counted(struct oauth_job *job, const struct store_result *result)
{
    struct registration *r = (struct registration *)job;
    if (result->outcome == STORE_DONE && (result->answers[0].counter > LIMIT_REGISTER_ADDRESS ||
                                          result->answers[1].counter > LIMIT_REGISTER_ALL)) {
        oauth_too_many(r->x, r->rates[0].ends_at - oauth_now(),
                       "too many clients were registered from here: try again later");
        oauth_job_done(job);
        return;
    }
    struct token_hash hash;
    bool secret = r->client.auth != CLIENT_AUTH_NONE;
    bool ok =
        result->outcome == STORE_DONE && (!secret || token_new(TOKEN_CLIENT_SECRET, &r->secret));
    if (ok && secret)
        token_hash(secret_slice(&r->secret), &hash);
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    client_write(&r->client, secret ? &hash : NULL, &text);
    struct store_op op = { .verb = STORE_ADD,
                           .table = STORE_CLIENTS,
                           .key = slice_of(r->key),
                           .value = buf_slice(&text),
                           .expires_at = r->client.registered_at + LIMIT_CLIENT_UNUSED };
    if (ok && buf_ok(&text) && oauth_job_store(job, &op, 1, on_registered))
        return;
    oauth_busy(r->x);
    oauth_job_done(job);
}

/* ---- what may be registered ---- */

static void refuse_redirects(struct registration *r, const char *const *disallowed)
{
    BUF_AUTO b = { .max = LIMIT_STORE_VALUE * 2 };
    buf_str(&b, "{\"error\":\"invalid_redirect_uri\",\"error_description\":"
                "\"One or more redirect URIs are not allowed\",\"disallowed_uris\":");
    client_put_redirects(&(struct oauth_client){ .redirect_uris = disallowed }, &b);
    buf_char(&b, '}');
    oauth_reply(r->x, 400, &b);
}

/* False when it has been answered. */
static bool check_redirects(struct registration *r)
{
    const struct oauth_options *o = &r->job.worker->shared->options;
    const char *const *allowed = o->redirect_allow ? o->redirect_allow : redirect_known;
    const char *bad[LIMIT_CLIENT_REDIRECTS + 1] = { NULL };
    size_t n = 0;
    for (const char *const *uri = r->client.redirect_uris; *uri; uri++)
        if (!redirect_allowed(allowed, *uri))
            bad[n++] = *uri;
    if (!n)
        return true;
    LOG(LOG_WARN, "client.refused", LOG_STR("redirect_uri", bad[0]));
    refuse_redirects(r, bad);
    return false;
}

static bool holds(const cJSON *array, const char *word)
{
    const cJSON *item;
    cJSON_ArrayForEach (item, array)
        if (cJSON_IsString(item) && strcmp(item->valuestring, word) == 0)
            return true;
    return false;
}

static bool read_wish(struct registration *r, struct err *err)
{
    static const char *const texts[] = { "client_name", "client_uri",
                                         "token_endpoint_auth_method" };
    const cJSON *w = r->wish;
    struct oauth_client *c = &r->client;
    const char *name = json_get_string(w, "client_name");
    const char *method = json_get_string(w, "token_endpoint_auth_method");
    const cJSON *grants = json_get(w, "grant_types"), *responses = json_get(w, "response_types");
    if (!cJSON_IsObject(w))
        return err_set(err, ERR_ARGS, "expected a JSON object with redirect_uris");
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        const cJSON *text = json_get(w, texts[i]);
        if (text && !cJSON_IsString(text) && !cJSON_IsNull(text))
            return err_set(err, ERR_ARGS, "%s: expected a string", texts[i]);
    }
    c->auth = CLIENT_AUTH_BASIC;
    if (method && !client_auth_find(method, &c->auth))
        return err_set(err, ERR_ARGS,
                       "token_endpoint_auth_method: expected \"none\", \"client_secret_basic\" or "
                       "\"client_secret_post\", got \"%.60s\"",
                       method);
    if (grants && !cJSON_IsNull(grants) && !holds(grants, "authorization_code"))
        return err_set(err, ERR_ARGS,
                       "grant_types: only authorization_code and refresh_token are "
                       "offered");
    if (responses && !cJSON_IsNull(responses) && !holds(responses, "code"))
        return err_set(err, ERR_ARGS, "response_types: only code is offered");
    c->name = name && *name ? client_name_of(r->job.arena, name) : "An assistant without a name";
    if (!c->name)
        return err_set(err, ERR_ARGS, "client_name: expected a name that can be shown");
    c->uri = client_uri_of(json_get_string(w, "client_uri"));
    return client_redirects_of(r->job.arena, json_get(w, "redirect_uris"), &c->redirect_uris, err);
}

void client_register(struct oauth_worker *w, struct http_exchange *x)
{
    struct registration *r = oauth_job_new(w, sizeof(*r));
    struct err err = { 0 };
    if (!r) {
        oauth_busy(x);
        return;
    }
    r->job.wipe = wipe;
    r->x = x;
    r->wish = json_parse(r->job.arena, http_body(x), &err);
    if (!r->wish || !read_wish(r, &err)) {
        bool redirects = strncmp(err.text, "redirect_uris", 13) == 0;
        oauth_refuse(x, 400, redirects ? "invalid_redirect_uri" : "invalid_client_metadata",
                     err.text);
        oauth_job_done(&r->job);
        return;
    }
    if (!check_redirects(r)) {
        oauth_job_done(&r->job);
        return;
    }
    make_id(r->id);
    r->client.id = r->id;
    r->client.registered_at = oauth_now();
    snprintf(r->key, sizeof(r->key), "client:%s", r->id);
    struct store_op ops[2];
    rate_count(&r->rates[0], "register", http_peer(x), 60 * 60, oauth_now(), &ops[0]);
    rate_count(&r->rates[1], "register", "*", 60 * 60, oauth_now(), &ops[1]);
    if (!oauth_job_store(&r->job, ops, 2, on_counted)) {
        oauth_busy(x);
        oauth_job_done(&r->job);
    }
}

static void on_found(void *ctx, const struct client_answer *a)
{
    struct http_exchange *x = ctx;
    BUF_AUTO b = { .max = LIMIT_STORE_VALUE * 2 };
    if (a->busy) {
        oauth_busy(x);
    } else if (!a->client || a->client->kind != CLIENT_REGISTERED) {
        oauth_refuse(x, 404, "invalid_client", "no such registration");
    } else {
        put_client(a->client, &b);
        buf_char(&b, '}');
        oauth_reply(x, 200, &b);
    }
}

void client_registration(struct oauth_worker *w, struct http_exchange *x)
{
    const char *id = http_path(x) + strlen(REGISTRATION_PATH);
    /* Not the id of a document: it would be fetched. */
    if (strlen(id) == CLIENT_ID && !strpbrk(id, ":/"))
        client_find(w, x, id, on_found, x);
    else
        on_found(x, &(struct client_answer){ 0 });
}
