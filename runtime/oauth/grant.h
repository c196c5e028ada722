/* grant.h: what a person allowed a client, and the codes and tokens that stand for it.
 *
 *     grant_make ──▶ code ──/token──▶ access token + refresh token ──/token──▶ the next pair …
 *                                        └── grant_end, reuse of a code or refresh token: all gone
 *
 * A grant holds Asana's tokens, sealed under a key of its own (the grant key). Every code, access
 * token and refresh token is random and opaque; the store keeps its hash and, beside it, the grant
 * key wrapped under a key derived from the token itself. So the store alone opens nothing, and
 * whoever brings a good token brings the key to what it stands for. One worker's thread. */
#pragma once

#include "base/secret.h"
#include "http/http.h"
#include "mcp/caller.h"
#include "oauth/oauth.h"

#include <stdbool.h>
#include <stdint.h>

/* A person, as Asana named them when they signed in. */
struct person {
    const char *gid;
    const char *name;
    const char *email; /* "" when Asana did not tell */
};

struct asana_tokens {
    struct secret access;
    struct secret refresh; /* empty when Asana sent none */
    int64_t expires_at;    /* of access; Unix seconds */
};
void asana_tokens_done(struct asana_tokens *t);

enum { SCOPE_READ = 1, SCOPE_WRITE = 2, SCOPE_ALL = 3 };
/* "read write" and back; unknown words are not counted and make *all_known false. write includes
 * read. */
unsigned scopes_parse(const char *text, bool *all_known);
const char *scopes_text(unsigned scopes);

/* The endpoints that a token is for (RFC 8707). */
enum audience { AUDIENCE_MCP = 1, AUDIENCE_SSE = 2, AUDIENCE_ALL = 3 };
/* What a resource parameter means: issuer, issuer/, issuer/mcp or issuer/sse, scheme and host in
 * any case. 0: it is not us. */
unsigned audience_find(const struct oauth *o, const char *resource);
/* The endpoint that a path belongs to; 0: none. */
unsigned audience_of_path(const char *path);

struct grant_offer {
    const char *client_id;
    const char *client_name;
    const char *redirect_uri; /* as it was requested */
    const char *challenge;    /* PKCE, S256 */
    unsigned audience;        /* enum audience bits */
    unsigned scopes;
    uint64_t toolsets; /* bits in the order of tool_toolsets */
    struct person person;
    struct asana_tokens *tokens; /* for the taking */
};

/* code is NULL when the store could not keep it. Borrowed until the callback returns. */
typedef void grant_made_fn(void *ctx, const char *code);
void grant_make(struct oauth_worker *w, const struct grant_offer *offer, grant_made_fn *made,
                void *ctx);

/* POST /token (OAuth 2.1, section 3.2) and POST /revoke (RFC 7009). */
void grant_token(struct oauth_worker *w, struct http_exchange *x);
void grant_revoke(struct oauth_worker *w, struct http_exchange *x);

/* For /account: a person's grants, the latest first. Borrowed until the callback returns. */
struct grant_view {
    const char *id;
    const char *client_name;
    const char *client_id;
    const char *redirect_uri;
    unsigned scopes;
    uint64_t toolsets;
    int64_t made_at;
    int64_t used_at; /* to about an hour: the last time that a token was refreshed */
};
typedef void grant_list_fn(void *ctx, const struct grant_view *grants, size_t count, bool ok);
void grant_list(struct oauth_worker *w, const char *person_gid, grant_list_fn *listed, void *ctx);
/* Destroys a grant and everything that was made from it, when it is that person's. Asana's own
 * tokens cannot be revoked from here (they are sealed): the page says how. */
typedef void grant_ended_fn(void *ctx, bool ok);
void grant_end(struct oauth_worker *w, const char *person_gid, const char *grant_id,
               grant_ended_fn *ended, void *ctx);

/* The worker's tokens seen lately: made and dropped with its share (oauth.c). */
bool grants_open(struct oauth_worker *w, struct err *err);
void grants_close(struct oauth_worker *w);
