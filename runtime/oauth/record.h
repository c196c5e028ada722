/* record.h: grants, codes and tokens as the store keeps them (grant.h says why).
 *
 * A grant: what was allowed, in the clear, and Asana's tokens in a box under the grant key. A code
 * or token: what it stands for, and the grant key in a box under a key derived from the token. Pure
 * but for randomness; any thread. */
#pragma once

#include "base/arena.h"
#include "base/box.h"
#include "base/buf.h"
#include "oauth/grant.h"
#include "oauth/token.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define GRANT_ID 22 /* 16 random bytes as base64url */

struct grant_record {
    const char *id;
    const char *client_id;
    const char *client_name;
    const char *redirect_uri;
    unsigned audience;
    unsigned scopes;
    uint64_t toolsets;
    struct person person;
    int64_t made_at;
    int64_t used_at;
    struct slice sealed; /* Asana's tokens */
    int64_t expires_at;
    uint64_t version; /* of what was read */
};

void grant_record_write(const struct grant_record *g, struct buf *out);
/* Everything in the arena. False when it is no grant of ours. */
bool grant_record_read(struct arena *arena, const struct store_record *record,
                       struct grant_record *out);
/* "user:1234": whose grants are listed together. */
const char *grant_owner(struct arena *arena, const char *person_gid);

/* Asana's tokens in their box, bound to the grant. */
void grant_seal(const struct box_key *key, const char *grant_id, const struct asana_tokens *tokens,
                struct buf *out);
bool grant_unseal(const struct box_key *key, const char *grant_id, struct slice sealed,
                  struct asana_tokens *out);

/* A code, an access token or a refresh token. */
struct token_record {
    const char *grant_id;
    struct slice wrapped; /* the grant key */
    unsigned audience;
    unsigned scopes;
    const char *client_id;
    const char *challenge;    /* of a code */
    const char *redirect_uri; /* of a code */
    int64_t used_at;          /* of a code or refresh token: when it was; 0: not yet */
    struct slice next;        /* of a used refresh token: the key of the one that replaced it */
    uint64_t version;
    int64_t expires_at;
};

void token_record_write(const struct token_record *t, struct buf *out);
bool token_record_read(struct arena *arena, const struct store_record *record,
                       struct token_record *out);

/* The grant key for whoever brings the token, and nobody else. */
void grant_key_wrap(const struct box_key *key, struct slice token, const char *grant_id,
                    struct buf *out);
bool grant_key_unwrap(struct slice wrapped, struct slice token, const char *grant_id,
                      struct box_key *out);
