/* upstream.h: Asana's OAuth endpoints, of which we are a client (developers.asana.com/docs/oauth).
 *
 * One worker's thread. */
#pragma once

#include "base/buf.h"
#include "oauth/grant.h"

/* Where the browser goes: response_type=code, our client id and callback, state, PKCE S256. */
void upstream_put_authorize_url(const struct oauth *o, const char *state, const char *challenge,
                                struct buf *out);

enum upstream_outcome {
    UPSTREAM_OK,
    UPSTREAM_REFUSED, /* invalid_grant and its like: it will never work again */
    UPSTREAM_FAILED,  /* Asana could not be asked, or said something strange; it may work later */
};

struct upstream_answer {
    enum upstream_outcome outcome;
    struct asana_tokens
        *tokens;          /* UPSTREAM_OK; for the taking. A refresh sends no refresh token: empty */
    struct person person; /* of an exchange, with a gid; borrowed until the callback returns */
    const char *message;  /* otherwise: what happened, for a person */
};
typedef void upstream_fn(void *ctx, const struct upstream_answer *answer);

/* Not called when the worker stops first. */
void upstream_exchange(struct oauth_worker *w, const char *code, const struct secret *verifier,
                       upstream_fn *answered, void *ctx);
void upstream_refresh(struct oauth_worker *w, const struct secret *refresh_token,
                      upstream_fn *answered, void *ctx);
/* Nobody waits for it; failures are logged. */
void upstream_revoke(struct oauth_worker *w, const struct secret *refresh_token);
