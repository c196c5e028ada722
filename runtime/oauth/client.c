#include "oauth/client.h"

#include "base/limits.h"
#include "base/log.h"
#include "http/form.h"
#include "oauth/job.h"
#include "oauth/rate.h"
#include "oauth/redirect.h"
#include "oauth/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define DOCUMENT_DEADLINE_MS 5000

/* Looking for one client:
 *
 *     settings ──no──▶ https:// id ──▶ kept document ──none, stale──▶ fetched ──▶ kept
 *                 └──▶ registered in the store
 */
struct find {
    struct oauth_job job;
    const char *id;
    const char *address; /* who asks, for the rates */
    client_found_fn *found;
    void *ctx;
    struct oauth_client client;
    struct token_hash secret_hash;
    struct rate rates[2];
    char key[16 + 2 * TOKEN_HASH];
    const char *own_secret; /* a decoded copy of a secret that came; NULL */
    bool has_given;         /* a secret came with the request, and has to be right */
    bool authenticate;
    struct token_hash given;
};

static void wipe(struct oauth_job *job)
{
    const char *secret = ((struct find *)job)->own_secret;
    if (secret)
        explicit_bzero((char *)secret, strlen(secret));
}

static void answer(struct find *f, const struct oauth_client *client, const char *problem,
                   bool busy)
{
    f->found(f->ctx, &(struct client_answer){ client, problem, busy });
    oauth_job_done(&f->job);
}

/* The secret that came, or did not come, with a request to the token endpoint. */
static void judge(struct find *f)
{
    bool wrong = f->client.has_secret
                     ? !f->has_given || !token_hash_is(&f->given, token_hash_slice(&f->secret_hash))
                     : f->has_given;
    if (f->authenticate && wrong)
        answer(f, NULL, "the client's secret is missing or wrong", false);
    else
        answer(f, &f->client, NULL, false);
}

/* ---- registered ---- */

static void on_registered(struct oauth_job *job, const struct store_result *r)
{
    struct find *f = (struct find *)job;
    if (r->outcome == STORE_DOWN) {
        answer(f, NULL, NULL, true);
    } else if (r->outcome == STORE_DONE && r->answers[0].count &&
               client_read(job->arena, r->answers[0].records[0].value, &f->client,
                           &f->secret_hash)) {
        f->client.kind = CLIENT_REGISTERED;
        f->client.id = f->id;
        judge(f);
    } else {
        answer(f, NULL, NULL, false);
    }
}

/* ---- described by a document ---- */

/* An https URL with a path, and nothing in it that could be read in two ways. */
static bool is_document_id(const char *id)
{
    if (strncmp(id, "https://", 8) != 0 || !redirect_is_sound(id))
        return false;
    const char *path = id + 8 + strcspn(id + 8, "/?");
    if (*path != '/' || !path[1])
        return false;
    while (*path == '/') { /* each segment but "." and ".." */
        size_t len = strcspn(++path, "/?");
        if ((len == 1 || len == 2) && strncmp(path, "..", len) == 0)
            return false;
        path += len;
    }
    return true;
}

static void on_kept(struct oauth_job *job, const struct store_result *r)
{
    (void)r; /* a document that could not be kept is fetched again */
    judge((struct find *)job);
}

static void on_document(struct oauth_job *job, const struct fetch_answer *a)
{
    struct find *f = (struct find *)job;
    struct err err = { 0 };
    bool ok = false;
    if (!a->answered)
        err_set(&err, ERR_IO, "%.200s", a->detail);
    else if (a->status != 200)
        err_set(&err, ERR_IO, "it was answered with status %d", a->status);
    else if (strncasecmp(a->content_type, "application/", 12) != 0 ||
             !strcasestr(a->content_type, "json"))
        err_set(&err, ERR_IO, "it is not application/json");
    else
        ok = client_document_read(job->arena, f->id, a->body, &f->client, &err);
    if (!ok) {
        LOG(LOG_WARN, "client.document", LOG_STR("id", f->id), LOG_STR("problem", err.text));
        answer(f, NULL,
               arena_printf(job->arena, "The client's description at %s cannot be used: %s.", f->id,
                            err.text),
               false);
        return;
    }
    int64_t fresh = a->fresh_seconds < 0                          ? LIMIT_DOCUMENT_FRESH
                    : a->fresh_seconds > LIMIT_DOCUMENT_FRESH_MAX ? LIMIT_DOCUMENT_FRESH_MAX
                                                                  : a->fresh_seconds;
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    client_write(&f->client, NULL, &text);
    struct store_op op = { .verb = STORE_PUT,
                           .table = STORE_CLIENTS,
                           .key = slice_of(f->key),
                           .value = buf_slice(&text),
                           .expires_at = oauth_now() + fresh };
    if (!fresh || !buf_ok(&text) || !oauth_job_store(job, &op, 1, on_kept))
        judge(f);
}

static void on_may_fetch(struct oauth_job *job, const struct store_result *r)
{
    struct find *f = (struct find *)job;
    struct err err;
    if (r->outcome != STORE_DONE) {
        answer(f, NULL, NULL, true);
        return;
    }
    if (r->answers[0].counter > LIMIT_DOCUMENT_ADDRESS ||
        r->answers[1].counter > LIMIT_DOCUMENT_ALL) {
        answer(f, NULL, "Too many clients have been looked up just now: try again in a minute.",
               false);
        return;
    }
    struct fetch_request request = { .trust = FETCH_PUBLIC,
                                     .url = f->id,
                                     .max = LIMIT_CLIENT_DOCUMENT,
                                     .deadline_ms = DOCUMENT_DEADLINE_MS };
    if (!oauth_job_fetch(job, &request, on_document, &err))
        answer(f, NULL, arena_strdup(job->arena, err.text), false);
}

static void on_kept_document(struct oauth_job *job, const struct store_result *r)
{
    struct find *f = (struct find *)job;
    if (r->outcome == STORE_DONE && r->answers[0].count &&
        client_read(job->arena, r->answers[0].records[0].value, &f->client, NULL)) {
        f->client.kind = CLIENT_DOCUMENT;
        f->client.id = f->id;
        judge(f);
        return;
    }
    struct store_op ops[2];
    rate_count(&f->rates[0], "document", f->address, 60, oauth_now(), &ops[0]);
    rate_count(&f->rates[1], "document", "*", 60, oauth_now(), &ops[1]);
    if (r->outcome != STORE_DONE || !oauth_job_store(job, ops, 2, on_may_fetch))
        answer(f, NULL, NULL, true);
}

/* ---- settings ---- */

static bool find_static(struct find *f)
{
    const struct oauth_static_client *c = f->job.worker->shared->options.clients;
    while (c && c->id && strcmp(c->id, f->id) != 0)
        c++;
    if (!c || !c->id)
        return false;
    f->client = (struct oauth_client){ .kind = CLIENT_STATIC,
                                       .id = c->id,
                                       .name = c->name,
                                       .redirect_uris = c->redirect_uris,
                                       .auth = c->secret ? CLIENT_AUTH_BASIC : CLIENT_AUTH_NONE,
                                       .has_secret = c->secret != NULL };
    if (c->secret)
        token_hash(secret_slice(c->secret), &f->secret_hash);
    return true;
}

/* ---- the ways in ---- */

static struct find *find_new(struct oauth_worker *w, const char *id, const char *address,
                             client_found_fn *found, void *ctx)
{
    struct find *f = oauth_job_new(w, sizeof(*f));
    const char *own_id =
        f ? arena_strndup(f->job.arena, id, strnlen(id, LIMIT_CLIENT_ID + 1)) : NULL;
    const char *own_address = f ? arena_strdup(f->job.arena, address) : NULL;
    if (!own_id || !own_address) {
        if (f)
            oauth_job_done(&f->job);
        found(ctx, &(struct client_answer){ .busy = true });
        return NULL;
    }
    f->job.wipe = wipe;
    f->id = own_id;
    f->address = own_address;
    f->found = found;
    f->ctx = ctx;
    return f;
}

static void look(struct find *f)
{
    struct store_op op = { .verb = STORE_GET, .table = STORE_CLIENTS };
    if (find_static(f)) {
        judge(f);
        return;
    }
    if (!*f->id || strlen(f->id) > LIMIT_CLIENT_ID) {
        answer(f, NULL, NULL, false);
        return;
    }
    bool document = is_document_id(f->id);
    if (document) {
        struct token_hash hash;
        char hex[2 * TOKEN_HASH + 1];
        token_hash(slice_of(f->id), &hash);
        sodium_bin2hex(hex, sizeof(hex), (const unsigned char *)hash.bytes, TOKEN_HASH);
        snprintf(f->key, sizeof(f->key), "document:%s", hex);
    } else {
        snprintf(f->key, sizeof(f->key), "client:%.40s", f->id);
    }
    op.key = slice_of(f->key);
    if ((!document && strlen(f->id) > 40) ||
        !oauth_job_store(&f->job, &op, 1, document ? on_kept_document : on_registered))
        answer(f, NULL, NULL, strlen(f->id) <= 40 || document);
}

void client_find(struct oauth_worker *w, const struct http_exchange *x, const char *id,
                 client_found_fn *found, void *ctx)
{
    struct find *f = find_new(w, id, http_peer(x), found, ctx);
    if (f)
        look(f);
}

void client_authenticate(struct oauth_worker *w, const struct http_exchange *x,
                         const struct form *form, client_found_fn *found, void *ctx)
{
    const char *header = http_header(x, "Authorization");
    const char *id = form_get(form, "client_id");
    const char *secret = form_get(form, "client_secret");
    struct find *f = find_new(w, id ? id : "", http_peer(x), found, ctx);
    if (!f)
        return;
    f->authenticate = true;
    if (header && strncasecmp(header, "Basic ", 6) == 0) {
        const char *basic_id = NULL;
        bool twice = secret != NULL;
        bool read = basic_read(header, f->job.arena, &basic_id, &secret);
        f->own_secret = read ? secret : NULL;
        if (twice || !read || (id && strcmp(id, basic_id) != 0)) {
            answer(f, NULL, "the Basic header is malformed, or the form says something else",
                   false);
            return;
        }
        f->id = basic_id;
    }
    f->has_given = secret && *secret;
    if (f->has_given)
        token_hash(slice_of(secret), &f->given);
    look(f);
}

bool client_redirects_to(const struct oauth *o, const struct oauth_client *c, const char *uri)
{
    const char *const *allowed =
        o->options.redirect_allow ? o->options.redirect_allow : redirect_known;
    for (const char *const *own = c->redirect_uris; own && *own; own++)
        if (redirect_same(*own, uri))
            return c->kind == CLIENT_STATIC || redirect_allowed(allowed, uri);
    return false;
}

/* ---- use keeps a registration alive ---- */

struct use {
    struct oauth_job job;
    char key[64];
};

static void on_renewed(struct oauth_job *job, const struct store_result *r)
{
    (void)r; /* a lost race was won by somebody who did the same */
    oauth_job_done(job);
}

static void on_used(struct oauth_job *job, const struct store_result *r)
{
    struct use *u = (struct use *)job;
    int64_t until = oauth_now() + LIMIT_CLIENT_USED;
    const struct store_record *record =
        r->outcome == STORE_DONE && r->answers[0].count ? r->answers[0].records : NULL;
    /* Once a day is often enough. */
    if (!record || record->expires_at > until - 24 * 60 * 60) {
        oauth_job_done(job);
        return;
    }
    struct store_op op = { .verb = STORE_REPLACE,
                           .table = STORE_CLIENTS,
                           .key = slice_of(u->key),
                           .value = record->value,
                           .owner = record->owner,
                           .version = record->version,
                           .expires_at = until };
    if (!oauth_job_store(job, &op, 1, on_renewed))
        oauth_job_done(job);
}

void client_used(struct oauth_worker *w, const char *id)
{
    struct use *u = strlen(id) <= 40 ? oauth_job_new(w, sizeof(*u)) : NULL;
    if (!u)
        return;
    snprintf(u->key, sizeof(u->key), "client:%s", id);
    struct store_op op = { .verb = STORE_GET, .table = STORE_CLIENTS, .key = slice_of(u->key) };
    if (!oauth_job_store(&u->job, &op, 1, on_used))
        oauth_job_done(&u->job);
}
