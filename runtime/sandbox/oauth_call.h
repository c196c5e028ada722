/* oauth_call.h: one request to the OAuth endpoints: its parameters, its answer, and what codes,
 * grants and sessions are in the database. Shared by oauth*.c; same thread, lives for one request.
 */
#pragma once

#include "http/form.h"
#include "sandbox/oauth.h"
#include "sandbox/state.h"

/* A redirect URI, and the `state` that comes back to it. */
#define SB_OAUTH_URI_MAX 2000
#define SB_OAUTH_STATE_MAX 4096

struct sb_oauth_call {
    struct sandbox *sandbox;
    struct sb_db *db;
    struct arena *arena;
    const struct sb_oauth_request *request;
    const struct form_field *params; /* the query's, or the form's */
    size_t param_count;
    int64_t now_ms;
    struct sb_oauth_answer *answer;
};

/* oauth.c */

/* The parameter's value: NULL when it is absent or empty (RFC 6749, section 3.1). */
const char *sb_oauth_param(const struct sb_oauth_call *c, const char *name);
/* The first parameter that is there twice, or NULL. */
const char *sb_oauth_repeated(const struct sb_oauth_call *c);
/* name is borrowed, value is copied. */
void sb_oauth_header(struct sb_oauth_call *c, const char *name, const char *value);
/* A page of plain text. */
void sb_oauth_text(struct sb_oauth_call *c, unsigned status, const char *text);
/* Constant time; false for a NULL. */
bool sb_oauth_same(const char *secret, const char *given);

/* Reads the body as a form into the call's parameters; false when it is none. */
bool sb_oauth_read_form(struct sb_oauth_call *c);

/* oauth_authorize.c */
void sb_oauth_authorize(struct sb_oauth_call *c);

/* What an application asks for, checked. */
struct sb_oauth_ask {
    const char *redirect_uri;
    const char *state;
    const char *scope;
    const char *challenge; /* NULL: without PKCE */
};

/* A browser. */
struct sb_oauth_session {
    const char *id;   /* its cookie */
    const char *csrf; /* what only a page that we gave to it can know */
    int64_t user;     /* who signed in last, 0 for nobody */
};

/* oauth_page.c: "Sandbox Asana: sign in as". */
void sb_oauth_page(struct sb_oauth_call *c, const struct sb_oauth_ask *ask,
                   const struct sb_oauth_session *session);

/* oauth_token.c */
void sb_oauth_token(struct sb_oauth_call *c);
void sb_oauth_revoke(struct sb_oauth_call *c);
void sb_oauth_userinfo(struct sb_oauth_call *c);

/* oauth_store.c. Texts are in the call's arena. */

struct sb_oauth_code {
    int64_t user;
    const char *scope;
    const char *redirect_uri;
    const char *challenge; /* NULL: without PKCE */
    bool expired;
};

struct sb_oauth_grant {
    int64_t id;
    int64_t user;
    const char *refresh_token;
};

bool sb_oauth_session_find(struct sb_oauth_call *c, const char *id, struct sb_oauth_session *out);
void sb_oauth_session_new(struct sb_oauth_call *c, struct sb_oauth_session *out);
void sb_oauth_session_remember(struct sb_oauth_call *c, const char *id, int64_t user);

const char *sb_oauth_code_new(struct sb_oauth_call *c, int64_t user,
                              const struct sb_oauth_ask *ask);
/* Uses it up, whatever comes of it. */
bool sb_oauth_code_take(struct sb_oauth_call *c, const char *code, struct sb_oauth_code *out);

void sb_oauth_grant_new(struct sb_oauth_call *c, const struct sb_oauth_code *code,
                        struct sb_oauth_grant *out);
bool sb_oauth_grant_find(struct sb_oauth_call *c, const char *refresh_token,
                         struct sb_oauth_grant *out);
void sb_oauth_grant_end(struct sb_oauth_call *c, int64_t id);

const char *sb_oauth_access_new(struct sb_oauth_call *c, const struct sb_oauth_grant *grant,
                                unsigned seconds);
/* What a live access token may ask for; NULL when it is none. */
const char *sb_oauth_access_scope(struct sb_oauth_call *c, const char *token);
/* Whether it is an access token, live or expired, or one of the people's fixed ones. */
bool sb_oauth_access_known(struct sb_oauth_call *c, const char *token);
