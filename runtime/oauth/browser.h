/* browser.h: what we know of a browser: cookies, and who is signed in there.
 *
 * Three cookies, each a random secret (token.h), HttpOnly and SameSite=Lax; on https they have
 * __Host- names and are Secure, on loopback http their names hold the port, which cookies do not
 * tell apart:
 *     …-flow-TAG   one sign-in that is under way; each has its own, so that several can be
 *     …-browser    a browser that is not signed in, for the form that signs it in
 *     …-session    a signed-in browser: its hash finds the person in the store. A new one at every
 *                  sign-in, so nobody can have planted it
 * A form's CSRF token is derived from the secret of the cookie that belongs to it. Pure but for
 * randomness; any thread. */
#pragma once

#include "base/arena.h"
#include "http/form.h"
#include "http/http.h"
#include "oauth/grant.h"
#include "oauth/oauth_priv.h"
#include "oauth/token.h"
#include "store/store.h"

#include <stdbool.h>

enum cookie { COOKIE_FLOW, COOKIE_BROWSER, COOKIE_SESSION };
/* Of a COOKIE_FLOW: which one. */
#define COOKIE_TAG 8

/* The secret that the request brought, in the arena; NULL when it brought none of ours. tag is NULL
 * but for COOKIE_FLOW. */
const char *cookie_of(const struct oauth *o, const struct http_exchange *x, enum cookie which,
                      const char *tag, struct arena *arena);
/* A new secret; NULL when memory is short. */
const char *cookie_new(struct arena *arena);
/* The Set-Cookie value; secret NULL takes the cookie away. NULL when memory is short. */
const char *cookie_set(const struct oauth *o, enum cookie which, const char *tag,
                       const char *secret, struct arena *arena);

/* The token of a form whose purpose is that (a flow's id, "account"). */
#define CSRF_TOKEN 44
void csrf_token(const char *secret, const char *purpose, char out[CSRF_TOKEN]);
/* given may be NULL. Constant time. */
bool csrf_is(const char *secret, const char *purpose, const char *given);
/* The Origin header, when there is one, is ours. */
bool csrf_origin_ok(const struct oauth *o, const struct http_exchange *x);

/* The query, and a posted form, with the same limits. False when they cannot be read. */
bool browser_query(const struct http_exchange *x, struct arena *arena, struct form *out);
bool browser_form(const struct http_exchange *x, struct arena *arena, struct form *out);

/* Who is signed in, as STORE_BROWSERS keeps it under the cookie's hash. */
void session_write(const struct person *person, struct buf *out);
bool session_read(struct arena *arena, const struct store_record *record, struct person *out);
