#include "sandbox/oauth_call.h"

#include "base/log.h"

#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 24
#define TOKEN_SECONDS 3600
#define REDIRECT_URIS_MAX 32

static const struct endpoint {
    const char *path;
    void (*handle)(struct sb_oauth_call *c);
} endpoints[] = {
    { "/-/oauth_authorize", sb_oauth_authorize },
    { "/-/oauth_token", sb_oauth_token },
    { "/-/oauth_revoke", sb_oauth_revoke },
    { "/api/1.0/openid_connect/userinfo", sb_oauth_userinfo },
};

static const struct endpoint *endpoint_of(const char *path)
{
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(*endpoints); i++)
        if (strcmp(endpoints[i].path, path) == 0)
            return &endpoints[i];
    return NULL;
}

bool sb_oauth_has(const char *path)
{
    return endpoint_of(path);
}

/* The application. */

static bool check_redirect_uri(const char *uri, struct err *err)
{
    bool plain = strlen(uri) <= SB_OAUTH_URI_MAX;
    for (const char *p = uri; *p; p++)
        plain = plain && *p > ' ' && *p < 0x7f;
    if (plain && strchr(uri, ':') && !strchr(uri, '#'))
        return true;
    return err_set(err, ERR_SETTINGS,
                   "sandbox: \"%.200s\" is no redirect URI: expected an absolute one without \"#\"",
                   uri);
}

bool sb_oauth_init(struct sb_oauth *oauth, const struct sandbox_app *app, struct arena *arena,
                   struct err *err)
{
    size_t count = 0;
    while (app->redirect_uris && app->redirect_uris[count])
        count++;
    if (count > REDIRECT_URIS_MAX)
        return err_set(err, ERR_SETTINGS, "sandbox: at most %d redirect URIs", REDIRECT_URIS_MAX);
    const char **uris = arena_zalloc(arena, count + 1, sizeof(*uris));
    for (size_t i = 0; i < count && uris; i++) {
        if (!check_redirect_uri(app->redirect_uris[i], err))
            return false;
        uris[i] = arena_strdup(arena, app->redirect_uris[i]);
    }
    char made[2 * SECRET_BYTES + 1];
    secret_random_hex(made, SECRET_BYTES);
    bool given = app->client_secret.len > 0;
    bool kept = secret_set(&oauth->client_secret, given ? app->client_secret : slice_of(made));
    sodium_memzero(made, sizeof(made));
    oauth->client_id = arena_strdup(arena, app->client_id ? app->client_id : "sandbox");
    oauth->redirect_uris = uris;
    oauth->token_seconds = app->token_seconds ? app->token_seconds : TOKEN_SECONDS;
    return (kept && !arena_failed(arena)) || err_set(err, ERR_MEMORY, "sandbox: out of memory");
}

void sb_oauth_done(struct sb_oauth *oauth)
{
    secret_done(&oauth->client_secret);
}

/* Requests and answers. */

bool sb_oauth_read_form(struct sb_oauth_call *c)
{
    struct form form;
    if (!form_read(c->request->content_type, c->request->body, c->arena, &form))
        return false;
    c->params = form.fields;
    c->param_count = form.count;
    return true;
}

const char *sb_oauth_param(const struct sb_oauth_call *c, const char *name)
{
    for (size_t i = 0; i < c->param_count; i++)
        if (strcmp(c->params[i].name, name) == 0)
            return *c->params[i].value ? c->params[i].value : NULL;
    return NULL;
}

const char *sb_oauth_repeated(const struct sb_oauth_call *c)
{
    for (size_t i = 0; i < c->param_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(c->params[i].name, c->params[k].name) == 0)
                return c->params[i].name;
    return NULL;
}

void sb_oauth_header(struct sb_oauth_call *c, const char *name, const char *value)
{
    struct sb_oauth_answer *a = c->answer;
    char *copy = value ? arena_strdup(c->arena, value) : NULL;
    if (copy && a->header_count < SB_OAUTH_HEADERS)
        a->headers[a->header_count++] = (struct http_header){ name, copy };
}

void sb_oauth_text(struct sb_oauth_call *c, unsigned status, const char *text)
{
    c->answer->status = status;
    sb_oauth_header(c, "Content-Type", "text/plain; charset=UTF-8");
    buf_reset(c->answer->body);
    buf_str(c->answer->body, text);
    buf_char(c->answer->body, '\n');
}

bool sb_oauth_same(const char *secret, const char *given)
{
    if (!secret || !given)
        return false;
    struct digest a, b;
    secret_digest(slice_of(secret), &a);
    secret_digest(slice_of(given), &b);
    return digest_equal(&a, &b);
}

static void broken(struct sb_oauth_call *c, const char *why)
{
    LOG(LOG_ERROR, "sandbox.failed", LOG_STR("operation", c->request->path), LOG_STR("why", why));
    c->answer->header_count = 0;
    sb_oauth_text(c, 500, "Server Error");
}

void sb_oauth_handle(struct sandbox *s, const struct sb_oauth_request *request, struct arena *arena,
                     struct sb_oauth_answer *out)
{
    struct sb_oauth_call c = { .sandbox = s,
                               .db = s->db,
                               .arena = arena,
                               .request = request,
                               .params = request->query,
                               .param_count = request->query_count,
                               .now_ms = sb_now(s),
                               .answer = out };
    const struct endpoint *endpoint = endpoint_of(request->path);
    if (!endpoint || s->control.oauth.down) {
        sb_oauth_text(&c, endpoint ? 503 : 404, endpoint ? "Service Unavailable" : "Not Found");
    } else {
        sb_run(s->db, "BEGIN", "");
        endpoint->handle(&c);
        const char *why = sb_db_failed(s->db);
        if (!why && (!buf_ok(out->body) || arena_failed(arena)))
            why = "out of memory";
        if (!why && !sb_run(s->db, "COMMIT", ""))
            why = sb_db_failed(s->db);
        if (why)
            broken(&c, why);
        sb_db_forgive(s->db);
        if (!sqlite3_get_autocommit(sb_db_handle(s->db)))
            sb_run(s->db, "ROLLBACK", "");
    }
    sb_oauth_header(&c, "Cache-Control", "no-store");
    sb_oauth_header(&c, "X-Content-Type-Options", "nosniff");
}
