/* client.h: who our clients are: registered by themselves (RFC 7591), described by a document at
 * their id (Client ID Metadata Documents), or written into the settings.
 *
 * One worker's thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "http/http.h"
#include "oauth/oauth.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

enum client_kind { CLIENT_REGISTERED, CLIENT_DOCUMENT, CLIENT_STATIC };
enum client_auth { CLIENT_AUTH_NONE, CLIENT_AUTH_BASIC, CLIENT_AUTH_POST };

struct oauth_client {
    enum client_kind kind;
    const char *id;
    const char *name; /* as the client calls itself: not to be trusted, bounded, printable */
    const char *uri;  /* its home page, https; NULL */
    const char *const *redirect_uris; /* ended by NULL */
    enum client_auth auth;
    bool has_secret;
    int64_t registered_at; /* Unix seconds */
};

/* client is NULL when there is none; problem then says, for the person, why (a document that could
 * not be fetched, say), or is NULL for a plainly unknown id. Borrowed until the callback returns.
 * busy: the store could not be asked. */
struct client_answer {
    const struct oauth_client *client;
    const char *problem;
    bool busy;
};
typedef void client_found_fn(void *ctx, const struct client_answer *answer);
/* On behalf of the request x, whose sender's rates count. found may be called before this returns;
 * not when the worker stops first. */
void client_find(struct oauth_worker *w, const struct http_exchange *x, const char *id,
                 client_found_fn *found, void *ctx);

/* The client of a request to /token or /revoke, from its form (client_id, client_secret) or Basic
 * header, its secret checked against what it registered. client NULL: 401 invalid_client (problem
 * says why). Copies what it needs of form before it returns. */
struct form;
void client_authenticate(struct oauth_worker *w, const struct http_exchange *x,
                         const struct form *form, client_found_fn *found, void *ctx);

/* Marks a registration as used, so that it lives on (unused ones expire after a day). */
void client_used(struct oauth_worker *w, const char *id);

/* Whether this client may be sent back to that address: it registered it, and the operator's
 * allowlist has it (what the operator wrote down himself is allowed anyway). */
bool client_redirects_to(const struct oauth *o, const struct oauth_client *c, const char *uri);

/* POST /register; GET /register/ID gives what was registered, without the secret. */
void client_register(struct oauth_worker *w, struct http_exchange *x);
void client_registration(struct oauth_worker *w, struct http_exchange *x);

/* ---- shared by client.c, register.c and document.c ---- */

/* A client as the store keeps it: JSON text. secret: its hash, NULL for none. */
struct token_hash;
void client_write(const struct oauth_client *c, const struct token_hash *secret, struct buf *out);
/* Everything in the arena. False when it is no such text. secret_hash may be NULL. */
bool client_read(struct arena *arena, struct slice text, struct oauth_client *out,
                 struct token_hash *secret_hash);
/* A document found at its client's id. False with err: what is wrong with it, for a person. */
bool client_document_read(struct arena *arena, const char *id, struct slice text,
                          struct oauth_client *out, struct err *err);
/* "none" and so on; false when name is NULL or none of them. */
const char *client_auth_name(enum client_auth auth);
bool client_auth_find(const char *name, enum client_auth *out);
/* The array of its redirect URIs. */
void client_put_redirects(const struct oauth_client *c, struct buf *out);
/* A name for people: printable, one line, at most LIMIT_CLIENT_NAME bytes. NULL: it is none. */
const char *client_name_of(struct arena *arena, const char *text);
/* A home page that people may be shown: https, and of characters that a URI has; else NULL. */
const char *client_uri_of(const char *text);
/* Copies the strings of a JSON array of redirect URIs, at most LIMIT_CLIENT_REDIRECTS of them. */
bool client_redirects_of(struct arena *arena, const cJSON *array, const char *const **out,
                         struct err *err);
