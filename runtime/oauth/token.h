/* token.h: our own tokens: opaque, random (256 bits), and in the store only as their hash.
 *
 * Pure but for randomness; any thread. */
#pragma once

#include "base/secret.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* What a token is begins it, so that people and secret scanners can tell. */
#define TOKEN_CODE "amcp_c_"
#define TOKEN_ACCESS "amcp_at_"
#define TOKEN_REFRESH "amcp_rt_"
#define TOKEN_CLIENT_SECRET "amcp_cs_"
#define TOKEN_BROWSER "amcp_b_"

/* False when memory is short. */
bool token_new(const char *kind, struct secret *out);
/* n random bytes as base64url without padding; out holds n * 4 / 3 + 3 bytes. For ids and for what
 * is secret only for minutes. */
void token_random(char *out, size_t n);

/* A record's key in the store: says which token it belongs to, and nothing of the token. */
#define TOKEN_HASH 32
struct token_hash {
    char bytes[TOKEN_HASH];
};
void token_hash(struct slice token, struct token_hash *out);
static inline struct slice token_hash_slice(const struct token_hash *h)
{
    return (struct slice){ h->bytes, sizeof(h->bytes) };
}
bool token_hash_is(const struct token_hash *h, struct slice stored); /* constant time */

/* base64url(SHA-256(verifier)), for PKCE (RFC 7636, section 4.2); out holds 44 bytes. */
#define TOKEN_CHALLENGE 44
void token_challenge(struct slice verifier, char out[TOKEN_CHALLENGE]);
/* Whether the text is one that S256 could have made: 43 base64url characters. */
bool token_challenge_ok(const char *text);
