#include "sandbox/oauth_call.h"

#include "base/uri.h"

#include <stdlib.h>
#include <string.h>

/* Where the browser is sent back to, whatever has to be percent-encoded in it. */
#define LOCATION_MAX (SB_OAUTH_URI_MAX + 3 * SB_OAUTH_STATE_MAX + 2048)
/* base64url of a SHA-256, without padding. */
#define CHALLENGE_LEN 43

/* http to this machine, on any port, as a program that is being tried out has it. */
static bool is_loopback(const char *uri)
{
    struct uri u;
    return strlen(uri) <= SB_OAUTH_URI_MAX && uri_split(uri, &u) && uri_has_scheme(&u, "http") &&
           uri_is_local(&u);
}

static bool is_registered(const struct sb_oauth *oauth, const char *uri)
{
    if (!oauth->redirect_uris[0])
        return is_loopback(uri);
    for (const char *const *known = oauth->redirect_uris; *known; known++)
        if (strcmp(*known, uri) == 0)
            return true;
    return false;
}

/* Client and redirect URI: until both are known nobody is sent anywhere. */
static bool check_application(struct sb_oauth_call *c)
{
    const struct sb_oauth *oauth = &c->sandbox->oauth;
    const char *client = sb_oauth_param(c, "client_id");
    const char *uri = sb_oauth_param(c, "redirect_uri");
    const char *repeated = sb_oauth_repeated(c);
    const char *why = NULL;
    if (!client || !oauth->client_id || strcmp(client, oauth->client_id) != 0)
        why = "The `client_id` parameter is not that of an application registered here.";
    else if (!uri || !is_registered(oauth, uri))
        why = "The `redirect_uri` parameter does not match a valid url for the application.";
    else if (repeated &&
             (strcmp(repeated, "client_id") == 0 || strcmp(repeated, "redirect_uri") == 0))
        why = "`client_id` and `redirect_uri` may be given once only.";
    if (why)
        sb_oauth_text(c, 400, why);
    return !why;
}

static void add(struct buf *url, const char *name, const char *value)
{
    if (!value)
        return;
    bool more = url->len > 0 && memchr(url->data, '?', url->len);
    buf_char(url, more ? '&' : '?');
    buf_str(url, name);
    buf_char(url, '=');
    buf_url_encoded(url, slice_of(value));
}

/* Sends the browser back to the application with a code, or with an error and its description. */
static void send_back(struct sb_oauth_call *c, const struct sb_oauth_ask *ask, const char *code,
                      const char *error, const char *description)
{
    BUF_AUTO url;
    buf_init(&url, LOCATION_MAX);
    buf_str(&url, ask->redirect_uri);
    add(&url, "code", code);
    add(&url, "error", error);
    add(&url, "error_description", description);
    add(&url, "state", ask->state);
    buf_char(&url, '\0');
    c->answer->status = c->request->method == HTTP_POST ? 303 : 302;
    sb_oauth_header(c, "Location", buf_ok(&url) ? url.data : NULL);
}

/* RFC 6749, appendix A.5: visible ASCII and spaces. */
static bool is_state(const char *state)
{
    for (const char *p = state; *p; p++)
        if (*p < ' ' || *p >= 0x7f)
            return false;
    return strlen(state) <= SB_OAUTH_STATE_MAX;
}

/* The application is registered with full permissions: `default`, and who the person is. */
static bool scope_is_allowed(const char *scope)
{
    static const char *const allowed[] = { "default", "openid", "email", "profile" };
    while (*scope) {
        size_t len = strcspn(scope, " ");
        bool found = len == 0;
        for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed) && !found; i++)
            found = strlen(allowed[i]) == len && memcmp(allowed[i], scope, len) == 0;
        if (!found)
            return false;
        scope += len + (scope[len] == ' ');
    }
    return true;
}

static bool is_challenge(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
               CHALLENGE_LEN &&
           !text[CHALLENGE_LEN];
}

/* What is asked for; a mistake is told to the application. */
static bool check_ask(struct sb_oauth_call *c, struct sb_oauth_ask *ask)
{
    const char *type = sb_oauth_param(c, "response_type");
    const char *method = sb_oauth_param(c, "code_challenge_method");
    const char *scope = sb_oauth_param(c, "scope");
    const char *state = sb_oauth_param(c, "state");
    const char *error = "invalid_request";
    const char *why = NULL;
    *ask = (struct sb_oauth_ask){ .redirect_uri = sb_oauth_param(c, "redirect_uri"),
                                  .scope = scope ? scope : "default",
                                  .challenge = sb_oauth_param(c, "code_challenge") };
    if (state && is_state(state))
        ask->state = state;
    if (sb_oauth_repeated(c))
        why = "A parameter may be given once only.";
    else if (!state)
        why = "The `state` parameter is missing.";
    else if (!ask->state)
        why = "The `state` parameter is too long, or has other characters than visible ASCII.";
    else if (!type)
        why = "The `response_type` parameter is missing.";
    else if (strcmp(type, "code") != 0) {
        error = "unsupported_response_type";
        why = "The `response_type` parameter must be `code`.";
    } else if (!scope_is_allowed(ask->scope)) {
        error = "invalid_scope";
        why = "forbidden_scopes: the application may ask for default, openid, email and profile.";
    } else if (!ask->challenge && method)
        why = "The `code_challenge` parameter is missing.";
    else if (ask->challenge && (!method || strcmp(method, "S256") != 0))
        why = "The `code_challenge_method` parameter must be `S256`.";
    else if (ask->challenge && !is_challenge(ask->challenge))
        why = "The `code_challenge` parameter is not the base64url form of a SHA-256.";
    if (why)
        send_back(c, ask, NULL, error, why);
    return !why;
}

/* With the port: cookies are shared between those of one host. */
static const char *cookie_name(struct sb_oauth_call *c)
{
    return arena_printf(c->arena, "sandbox_asana_%d", c->sandbox->address.port);
}

/* The browser's cookie of ours, in the arena; NULL when it has none. */
static const char *session_cookie(struct sb_oauth_call *c)
{
    const char *name = cookie_name(c);
    return name ? cookie_get(c->request->cookie, name, c->arena) : NULL;
}

static void show_page(struct sb_oauth_call *c, const struct sb_oauth_ask *ask)
{
    struct sb_oauth_session session;
    const char *id = session_cookie(c);
    if (!id || !sb_oauth_session_find(c, id, &session)) {
        sb_oauth_session_new(c, &session);
        sb_oauth_header(c, "Set-Cookie",
                        arena_printf(c->arena, "%s=%s; Path=/-; HttpOnly; SameSite=Lax",
                                     cookie_name(c), session.id));
    }
    sb_oauth_page(c, ask, &session);
}

/* Who was chosen on the page; 0 when that is nobody. */
static int64_t chosen_person(struct sb_oauth_call *c)
{
    const char *gid = sb_oauth_param(c, "person");
    const struct sandbox *s = c->sandbox;
    for (size_t i = 0; i < s->people_count && gid; i++)
        if (strcmp(s->people[i].gid, gid) == 0)
            return strtoll(gid, NULL, 10);
    return 0;
}

static void take_decision(struct sb_oauth_call *c)
{
    struct sb_oauth_session session;
    struct sb_oauth_ask ask;
    const char *id = session_cookie(c);
    if (!id || !sb_oauth_session_find(c, id, &session) ||
        !sb_oauth_same(session.csrf, sb_oauth_param(c, "csrf"))) {
        sb_oauth_text(c, 403,
                      "This form was not made for this browser. Go back to the application and "
                      "sign in again.");
        return;
    }
    if (!check_ask(c, &ask))
        return;
    const char *decision = sb_oauth_param(c, "decision");
    int64_t person = chosen_person(c);
    if (decision && strcmp(decision, "deny") == 0) {
        send_back(c, &ask, NULL, "access_denied", "The person did not allow it.");
    } else if (!decision || strcmp(decision, "allow") != 0 || !person) {
        sb_oauth_text(c, 400, "Choose a person, then Allow or Deny.");
    } else {
        sb_oauth_session_remember(c, session.id, person);
        send_back(c, &ask, sb_oauth_code_new(c, person, &ask), NULL, NULL);
    }
}

void sb_oauth_authorize(struct sb_oauth_call *c)
{
    struct sb_oauth_ask ask;
    bool post = c->request->method == HTTP_POST;
    if (!post && c->request->method != HTTP_GET) {
        sb_oauth_header(c, "Allow", "GET, POST");
        sb_oauth_text(c, 405, "Only GET and POST.");
    } else if (post && !sb_oauth_read_form(c)) {
        sb_oauth_text(c, 400, "The request is not a form.");
    } else if (check_application(c)) {
        if (post)
            take_decision(c);
        else if (check_ask(c, &ask))
            show_page(c, &ask);
    }
}
