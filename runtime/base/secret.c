#include "base/secret.h"

#include "base/piece.h"

#include <sodium.h>
#include <string.h>

/* Both are written once, before threads; the second one again by secret_share(). */
static uint8_t process_key[SECRET_KEY];
static uint8_t shared_key[SECRET_KEY];

_Static_assert(SECRET_KEY == crypto_shorthash_siphashx24_KEYBYTES, "one key");

bool secret_init(void)
{
    if (sodium_init() < 0)
        return false;
    randombytes_buf(process_key, sizeof(process_key));
    memcpy(shared_key, process_key, sizeof(shared_key));
    return true;
}

bool secret_set(struct secret *s, struct slice value)
{
    secret_done(s);
    char *bytes = piece_alloc(value.len + 1);
    if (!bytes)
        return false;
    if (value.len)
        memcpy(bytes, value.data, value.len);
    bytes[value.len] = '\0';
    *s = (struct secret){ bytes, value.len };
    return true;
}

void secret_done(struct secret *s)
{
    if (!s || !s->bytes)
        return;
    sodium_memzero(s->bytes, s->len);
    piece_free(s->bytes);
    *s = (struct secret){ 0 };
}

bool secret_equals(const struct secret *s, struct slice given)
{
    return s->len == given.len && (s->len == 0 || sodium_memcmp(s->bytes, given.data, s->len) == 0);
}

/* SipHash with 128 bits: without the key nobody can look for two that are alike. */
static void digest(struct slice value, const uint8_t key[SECRET_KEY], struct digest *out)
{
    _Static_assert(sizeof(out->bytes) == crypto_shorthash_siphashx24_BYTES, "one digest");
    crypto_shorthash_siphashx24(out->bytes, (const uint8_t *)value.data, value.len, key);
}

void secret_digest(struct slice value, struct digest *out)
{
    digest(value, process_key, out);
}

void secret_share(const uint8_t key[SECRET_KEY])
{
    memcpy(shared_key, key, sizeof(shared_key));
}

void secret_shared_digest(struct slice value, struct digest *out)
{
    digest(value, shared_key, out);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void secret_random_hex(char *out, size_t n)
{
    uint8_t bytes[64];
    while (n) {
        size_t part = n < sizeof(bytes) ? n : sizeof(bytes);
        randombytes_buf(bytes, part);
        sodium_bin2hex(out, 2 * part + 1, bytes, part);
        out += 2 * part;
        n -= part;
    }
}
