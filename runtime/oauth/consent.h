/* consent.h: what a person allowed a client before, so that the same is not asked again and again.
 *
 * A record belongs to a person, a client and an address to which access is sent, and says which
 * scopes and areas were allowed; it lives LIMIT_CONSENT_SECONDS from the answer, whatever happens
 * meanwhile. It counts only in a browser where that person is signed in (browser.h), and only for
 * clients that nobody else on the same machine can pretend to be. One worker's thread. */
#pragma once

#include "oauth/flow.h"

struct consent_key {
    char text[256];
};
/* A client that any program on the person's machine can claim to be is asked every time (RFC 8252,
 * section 8.6). */
bool consent_may_be_kept(const struct flow *f);

/* key is borrowed by the operations. */
void consent_get(struct consent_key *key, const char *person_gid, const struct flow *f,
                 struct store_op *op);
/* value: for the operation to borrow; owner as grant_owner() has it. */
void consent_put(const struct oauth *o, struct consent_key *key, const char *person_gid,
                 const struct flow *f, struct buf *value, const char *owner, struct store_op *op);
/* Whether it covers what the flow asks; then the flow gets what was allowed. */
bool consent_covers(const struct oauth *o, struct arena *arena, const struct store_record *record,
                    struct flow *f);

/* All consents of a person for that client (NULL: for any) are forgotten. */
typedef void consent_forgotten_fn(void *ctx, bool ok);
void consent_forget(struct oauth_worker *w, const char *person_gid, const char *client_id,
                    consent_forgotten_fn *forgotten, void *ctx);
