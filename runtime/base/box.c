#include "base/box.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

static_assert(BOX_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key is a key");
static_assert(BOX_EXTRA == NONCE + TAG, "a box is nonce, content and tag");

void box_key_new(struct box_key *out)
{
    randombytes_buf(out->bytes, sizeof(out->bytes));
}

void box_key_from(struct slice secret, const char *purpose, struct box_key *out)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof(out->bytes));
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const uint8_t *)secret.data, secret.len);
    crypto_generichash_final(&state, out->bytes, sizeof(out->bytes));
    sodium_memzero(&state, sizeof(state));
}

void box_key_wipe(struct box_key *key)
{
    sodium_memzero(key, sizeof(*key));
}

void box_close(const struct box_key *key, struct slice content, struct slice bound, struct buf *out)
{
    char *box = buf_reserve(out, content.len + BOX_EXTRA);
    if (!box)
        return;
    unsigned char *nonce = (unsigned char *)box;
    randombytes_buf(nonce, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        nonce + NONCE, NULL, (const unsigned char *)content.data, content.len,
        (const unsigned char *)bound.data, bound.len, NULL, nonce, key->bytes);
    buf_commit(out, content.len + BOX_EXTRA);
}

bool box_open(const struct box_key *key, struct slice box, struct slice bound, struct buf *out)
{
    if (box.len < BOX_EXTRA)
        return false;
    char *content = buf_reserve(out, box.len - BOX_EXTRA + 1); /* a place even for nothing */
    const unsigned char *nonce = (const unsigned char *)box.data;
    if (!content || crypto_aead_xchacha20poly1305_ietf_decrypt(
                        (unsigned char *)content, NULL, NULL, nonce + NONCE, box.len - NONCE,
                        (const unsigned char *)bound.data, bound.len, nonce, key->bytes) != 0)
        return false;
    buf_commit(out, box.len - BOX_EXTRA);
    return true;
}
