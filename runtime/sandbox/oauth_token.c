#include "sandbox/oauth_call.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#define JSON_TYPE "application/json; charset=UTF-8"
#define DOCUMENTATION "https://developers.asana.com/docs/oauth"
/* RFC 7636, section 4.1. */
#define VERIFIER_MIN 43
#define VERIFIER_MAX 128

/* Always false. */
static bool refuse(struct sb_oauth_call *c, unsigned status, const char *error, const char *why)
{
    struct buf *out = c->answer->body;
    c->answer->status = status;
    sb_oauth_header(c, "Content-Type", JSON_TYPE);
    if (status == 401)
        sb_oauth_header(c, "WWW-Authenticate", "Basic realm=\"asana\"");
    buf_json_text(out, "error", error);
    buf_json_text(out, "error_uri", DOCUMENTATION);
    buf_json_text(out, "error_description", why);
    buf_char(out, '}');
    return false;
}

static bool bad_request(struct sb_oauth_call *c, const char *why)
{
    return refuse(c, 400, "invalid_request", why);
}

static bool bad_grant(struct sb_oauth_call *c, const char *why)
{
    return refuse(c, 400, "invalid_grant", why);
}

static bool check_client(struct sb_oauth_call *c)
{
    const struct sb_oauth *oauth = &c->sandbox->oauth;
    const char *client = sb_oauth_param(c, "client_id");
    const char *secret = sb_oauth_param(c, "client_secret");
    if (c->request->authorization) {
        const char *same = client;
        if (secret)
            return bad_request(c, "The client's secret is given twice.");
        if (!basic_read(c->request->authorization, c->arena, &client, &secret) ||
            (same && strcmp(same, client) != 0))
            return refuse(c, 401, "invalid_client", "The client could not be authenticated.");
    }
    if (!client)
        return bad_request(c, "The `client_id` parameter is missing.");
    if (!secret)
        return bad_request(c, "The `client_secret` parameter is missing.");
    if (!oauth->client_id || strcmp(client, oauth->client_id) != 0 ||
        !secret_equals(&oauth->client_secret, slice_of(secret)))
        return refuse(c, 401, "invalid_client", "The client could not be authenticated.");
    return true;
}

/* A form by POST, from the registered application. */
static bool check_request(struct sb_oauth_call *c)
{
    if (c->request->method != HTTP_POST) {
        sb_oauth_header(c, "Allow", "POST");
        return refuse(c, 405, "invalid_request", "The method must be POST.");
    }
    if (!sb_oauth_read_form(c))
        return bad_request(c, "The body must be application/x-www-form-urlencoded.");
    if (sb_oauth_repeated(c))
        return bad_request(c, "A parameter may be given once only.");
    return check_client(c);
}

/* base64url(SHA256(verifier)) */
static bool proves(const char *verifier, const char *challenge)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    size_t len = strlen(verifier);
    if (len < VERIFIER_MIN || len > VERIFIER_MAX)
        return false;
    crypto_hash_sha256(hash, (const unsigned char *)verifier, len);
    sodium_bin2base64(text, sizeof(text), hash, sizeof(hash),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return strcmp(text, challenge) == 0;
}

static bool exchange_code(struct sb_oauth_call *c, struct sb_oauth_grant *out)
{
    struct sb_oauth_code code;
    const char *given = sb_oauth_param(c, "code");
    const char *uri = sb_oauth_param(c, "redirect_uri");
    const char *verifier = sb_oauth_param(c, "code_verifier");
    if (!given)
        return bad_request(c, "The `code` parameter is missing.");
    if (!uri)
        return bad_request(c, "The `redirect_uri` parameter is missing.");
    if (!sb_oauth_code_take(c, given, &code) || code.expired)
        return bad_grant(c, "The `code` provided was invalid.");
    if (strcmp(uri, code.redirect_uri) != 0)
        return bad_grant(c, "The `redirect_uri` is not the one that the code was sent to.");
    if (code.challenge && !verifier)
        return bad_request(c, "The `code_verifier` parameter is missing.");
    if (!code.challenge && verifier)
        return bad_request(c, "There is a `code_verifier`, but there was no `code_challenge`.");
    if (code.challenge && !proves(verifier, code.challenge))
        return bad_grant(c, "The `code_verifier` does not match the `code_challenge`.");
    sb_oauth_grant_new(c, &code, out);
    return true;
}

static bool refresh(struct sb_oauth_call *c, struct sb_oauth_grant *out)
{
    const char *given = sb_oauth_param(c, "refresh_token");
    if (!given)
        return bad_request(c, "The `refresh_token` parameter is missing.");
    if (c->sandbox->control.oauth.refuse_refresh || !sb_oauth_grant_find(c, given, out))
        return bad_grant(c, "The `refresh_token` provided was invalid.");
    return true;
}

static const char *person_text(struct sb_oauth_call *c, const char *sql, int64_t user)
{
    return sb_text(c->db, c->arena, sql, "i", user);
}

static void put_person(struct sb_oauth_call *c, int64_t user)
{
    struct buf *out = c->answer->body;
    const char *gid = arena_printf(c->arena, "%lld", (long long)user);
    buf_str(out, ",\"data\":{");
    buf_json_text(out, "id", gid);
    buf_json_text(out, "gid", gid);
    buf_json_text(out, "name", person_text(c, "SELECT name FROM user WHERE gid = ?1", user));
    buf_json_text(out, "email", person_text(c, "SELECT email FROM user WHERE gid = ?1", user));
    buf_char(out, '}');
}

void sb_oauth_token(struct sb_oauth_call *c)
{
    if (!check_request(c))
        return;
    const char *type = sb_oauth_param(c, "grant_type");
    struct sb_oauth_grant grant;
    bool first = type && strcmp(type, "authorization_code") == 0;
    if (!type) {
        bad_request(c, "The `grant_type` parameter is missing.");
        return;
    }
    if (!first && strcmp(type, "refresh_token") != 0) {
        refuse(c, 400, "unsupported_grant_type",
               "The `grant_type` must be `authorization_code` or `refresh_token`.");
        return;
    }
    if (first ? !exchange_code(c, &grant) : !refresh(c, &grant))
        return;
    unsigned told = c->sandbox->control.oauth.token_seconds;
    unsigned seconds = told ? told : c->sandbox->oauth.token_seconds;
    struct buf *out = c->answer->body;
    c->answer->status = 200;
    sb_oauth_header(c, "Content-Type", JSON_TYPE);
    buf_json_text(out, "access_token", sb_oauth_access_new(c, &grant, seconds));
    buf_json_text(out, "token_type", "bearer");
    buf_json_int(out, "expires_in", seconds);
    if (first)
        buf_json_text(out, "refresh_token", grant.refresh_token);
    put_person(c, grant.user);
    buf_char(out, '}');
}

void sb_oauth_revoke(struct sb_oauth_call *c)
{
    if (!check_request(c))
        return;
    const char *token = sb_oauth_param(c, "token");
    struct sb_oauth_grant grant;
    if (!token) {
        bad_request(c, "The `token` parameter is missing.");
        return;
    }
    if (sb_oauth_access_known(c, token)) {
        bad_request(c, "The `token` must be a refresh token, not a bearer token.");
        return;
    }
    if (sb_oauth_grant_find(c, token, &grant))
        sb_oauth_grant_end(c, grant.id);
    c->answer->status = 200;
    sb_oauth_header(c, "Content-Type", JSON_TYPE);
    buf_str(c->answer->body, "{}");
}

/* Userinfo is a part of the API, and refuses as the API does. */
static void refuse_api(struct sb_oauth_call *c, unsigned status, const char *why)
{
    c->answer->status = status;
    sb_oauth_header(c, "Content-Type", JSON_TYPE);
    sb_errors_write(c->answer->body, status, why);
}

static bool in_scope(const char *scope, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = scope; (at = strstr(at, word)); at += len)
        if ((at == scope || at[-1] == ' ') && (!at[len] || at[len] == ' '))
            return true;
    return false;
}

void sb_oauth_userinfo(struct sb_oauth_call *c)
{
    const char *header = c->request->authorization;
    const char *token = header && strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : "";
    bool expired;
    int64_t user = sb_oauth_person(c->db, token, c->now_ms, &expired);
    if (c->request->method != HTTP_GET) {
        refuse_api(c, 404, "No matching route for request");
        return;
    }
    if (!user && !sb_oauth_access_known(c, token)) {
        refuse_api(c, 401, "Not Authorized");
        return;
    }
    if (expired) {
        refuse_api(c, 401, SB_OAUTH_EXPIRED);
        return;
    }
    const char *scope = sb_oauth_access_scope(c, token);
    if (!scope || !in_scope(scope, "openid")) {
        refuse_api(c, 403, "Forbidden: the token's scope has no openid");
        return;
    }
    struct buf *out = c->answer->body;
    c->answer->status = 200;
    sb_oauth_header(c, "Content-Type", JSON_TYPE);
    buf_json_text(out, "sub", arena_printf(c->arena, "%lld", (long long)user));
    if (in_scope(scope, "profile"))
        buf_json_text(out, "name", person_text(c, "SELECT name FROM user WHERE gid = ?1", user));
    if (in_scope(scope, "email"))
        buf_json_text(out, "email", person_text(c, "SELECT email FROM user WHERE gid = ?1", user));
    buf_char(out, '}');
}
