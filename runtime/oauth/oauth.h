/* oauth.h: sign-in: the authorization server that our clients see (OAuth 2.1), which is itself an
 * OAuth client of Asana, and the question "who calls?" of every request (RFC 6750, RFC 8707, RFC
 * 9728).
 *
 *     client ──register──▶ /authorize ──consent──▶ Asana's page ──▶ /oauth/callback ──code──▶
 * client client ──code──▶ /token ──▶ access and refresh token ──▶ every request: oauth_identify()
 *
 * Made once before the workers start; each worker has a share of its own, used on its thread. */
#pragma once

#include "base/err.h"
#include "base/secret.h"
#include "http/http.h"
#include "mcp/caller.h"
#include "store/store.h"

#include <stdbool.h>

struct oauth;        /* what all workers share; constant after oauth_new() */
struct oauth_worker; /* one worker's share */
struct policy;
struct worker;

/* A client that the operator wrote into the settings file. */
struct oauth_static_client {
    const char *id;
    const char *name;
    const struct secret *secret; /* NULL: a public client */
    const char *const *redirect_uris;
};

/* Strings are borrowed until oauth_free(). Lists end with NULL. */
struct oauth_options {
    const char *issuer;    /* the public URL, without a slash at its end */
    const char *asana_url; /* Asana's OAuth base, "https://app.asana.com/-" */
    const char *asana_client_id;
    const struct secret *asana_client_secret;
    const char *asana_scope;                   /* "default" */
    const char *const *redirect_allow;         /* patterns (redirect.h); NULL: the known clients */
    const char *const *cimd_allow;             /* host:port that may be a private address */
    const char *ca_file;                       /* NULL: the system's */
    const struct oauth_static_client *clients; /* ended by a NULL id; may be NULL */
    uint64_t toolsets;           /* on offer at all, bits in the order of tool_toolsets; 0: all */
    bool read_only;              /* nothing that writes is on offer */
    const char *request_webhook; /* told of requests of blocked people; NULL: none */
    struct store *store;
};

bool oauth_new(const struct oauth_options *options, struct oauth **out, struct err *err);
void oauth_free(struct oauth *o); /* accepts NULL */

/* On the worker's thread. */
bool oauth_worker_open(struct oauth *o, struct worker *w, struct oauth_worker **out,
                       struct err *err);
/* Cancels what is under way; exchanges that wait get no answer from here. The worker's calls to
 * Asana go on without new tokens. It leaves the store for this loop, so that whatever else of the
 * loop uses the same store (policy_close()) has to be closed before. */
void oauth_worker_close(struct oauth_worker *w);

/* Goes by another one from now on, of the same issuer and store; the one before may be freed. */
void oauth_worker_renew(struct oauth_worker *w, struct oauth *o);
/* Who is blocked; borrowed until oauth_worker_close(). Until it is set, nobody is let in. */
void oauth_worker_obey(struct oauth_worker *w, struct policy *policy);
/* The store's counter of changes has moved, a grant may have ended: what this worker knows is read
 * again before it counts. */
void oauth_worker_doubt(struct oauth_worker *w);

/* Which of these grants have ended: ended is called for each of them, on a later turn. */
void oauth_check_grants(struct oauth_worker *w, char (*grants)[CALLER_GRANT], size_t n,
                        void (*ended)(void *ctx, const char *grant), void *ctx);

/* Endpoints and pages. True when the path is ours: every method of it then goes to oauth_serve().
 */
bool oauth_owns(const char *path);
/* Which of them, for what is told of requests: never more of a path than we made up ourselves. NULL
 * when it is not ours. */
const char *oauth_route(const char *path);
/* Those that a web page of any origin may call (metadata, /register, /token, /revoke): CORS. */
bool oauth_is_shared(const char *path);
void oauth_serve(struct oauth_worker *w, struct http_exchange *x);

/* Who calls. */
enum oauth_outcome {
    OAUTH_KNOWN,
    OAUTH_UNKNOWN, /* 401: no token, or one that is unknown, expired, revoked, meant for somebody
                      else */
    OAUTH_BLOCKED, /* 403: the operator blocked this person, client or workspace; message says so */
    OAUTH_BUSY,    /* 503: the store cannot be asked */
};

struct oauth_answer {
    enum oauth_outcome outcome;
    struct caller *caller; /* OAUTH_KNOWN; for the taking */
    const char *message;   /* otherwise: for the body */
};
typedef void oauth_answer_fn(void *ctx, const struct oauth_answer *answer);
/* The Authorization header's bearer token, for the resource that the path belongs to. answered may
 * be called before this returns (a token seen lately); it is not called when the worker stops
 * first. Refreshes Asana's token when it is about to expire. */
void oauth_identify(struct oauth_worker *w, const struct http_exchange *x,
                    oauth_answer_fn *answered, void *ctx);
/* The WWW-Authenticate value for a refusal: error is NULL (no token came), "invalid_token" or
 * "insufficient_scope"; scope is what the request needs (RFC 6750, section 3; RFC 9728,
 * section 5.1). */
void oauth_put_challenge(const struct oauth *o, const char *path, const char *error,
                         const char *scope, struct buf *out);
