#include "oauth/token.h"

#include <sodium.h>
#include <string.h>

#define ENTROPY 32

void token_random(char *out, size_t n)
{
    unsigned char bytes[64];
    if (n > sizeof(bytes))
        n = sizeof(bytes);
    randombytes_buf(bytes, n);
    sodium_bin2base64(out, sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                      bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
}

bool token_new(const char *kind, struct secret *out)
{
    char text[16 + ENTROPY * 4 / 3 + 3];
    size_t len = strlen(kind);
    memcpy(text, kind, len);
    token_random(text + len, ENTROPY);
    bool ok = secret_set(out, slice_of(text));
    sodium_memzero(text, sizeof(text));
    return ok;
}

void token_hash(struct slice token, struct token_hash *out)
{
    crypto_generichash((unsigned char *)out->bytes, sizeof(out->bytes),
                       (const unsigned char *)token.data, token.len, NULL, 0);
}

bool token_hash_is(const struct token_hash *h, struct slice stored)
{
    return stored.len == sizeof(h->bytes) &&
           sodium_memcmp(h->bytes, stored.data, sizeof(h->bytes)) == 0;
}

void token_challenge(struct slice verifier, char out[TOKEN_CHALLENGE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)verifier.data, verifier.len);
    sodium_bin2base64(out, TOKEN_CHALLENGE, hash, sizeof(hash),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool token_challenge_ok(const char *text)
{
    return strlen(text) == TOKEN_CHALLENGE - 1 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
               TOKEN_CHALLENGE - 1;
}
