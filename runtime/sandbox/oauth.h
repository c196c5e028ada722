/* oauth.h: Asana's OAuth: the page where a person signs in, and the token and revoke endpoints.
 *
 * One application is registered (sandbox.h: struct sandbox_app). A code is good for one exchange
 * within CODE_SECONDS; an exchange makes a grant with its refresh token, which stays the same until
 * it is revoked; access tokens belong to a grant and end with it. All of it is in the sandbox's
 * database, so a state file keeps people signed in over a restart. Tokens, codes and the people in
 * there are made up, so they are kept in the clear, but they meet no log.
 *
 * Knows nothing of sockets. The sandbox's thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "http/http.h"
#include "sandbox/db.h"
#include "sandbox/request.h"

#include <stdbool.h>
#include <stdint.h>

struct sandbox_app;

/* The application that is registered. A zeroed struct has none, and refuses everybody. */
struct sb_oauth {
    const char *client_id;
    struct secret client_secret;
    const char *const *redirect_uris; /* NULL-terminated; the first NULL: any on loopback */
    unsigned token_seconds;
};

/* CREATE statements, for a database that may have the tables already. */
extern const char sb_oauth_schema[];

/* Registers the application; its texts are copied into arena. */
bool sb_oauth_init(struct sb_oauth *oauth, const struct sandbox_app *app, struct arena *arena,
                   struct err *err);
void sb_oauth_done(struct sb_oauth *oauth); /* accepts a zeroed struct */

/* What Asana says of such a token. */
#define SB_OAUTH_EXPIRED                                                                         \
    "The bearer token has expired. If you have a refresh token, please use it to request a new " \
    "bearer token, otherwise allow the user to re-authenticate."

/* Whose access token it is, 0 when it is nobody's. *expired says why, where it was somebody's. */
int64_t sb_oauth_person(struct sb_db *db, const char *token, int64_t now_ms, bool *expired);

/* Ends codes and access tokens handed out so far; refresh tokens stay. */
void sb_oauth_expire(struct sb_db *db, int64_t now_ms);

/* Decoded, but for the body. Absent headers are NULL. */
struct sb_oauth_request {
    enum http_method method;
    const char *path;
    const struct form_field *query;
    size_t query_count;
    struct slice body;
    const char *content_type;
    const char *authorization;
    const char *cookie;
};

#define SB_OAUTH_HEADERS 10

struct sb_oauth_answer {
    unsigned status;
    struct http_header headers[SB_OAUTH_HEADERS + 1]; /* ended by a NULL name; in the arena */
    size_t header_count;
    struct buf *body;
};

/* Whether a path is one of these endpoints (or OpenID's userinfo). */
bool sb_oauth_has(const char *path);

/* Answers; out->body is the caller's, all else is filled in. */
void sb_oauth_handle(struct sandbox *s, const struct sb_oauth_request *request, struct arena *arena,
                     struct sb_oauth_answer *out);
