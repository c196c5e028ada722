#include "mcp/seal.h"

#include "base/box.h"

#include <sodium.h>
#include <stdlib.h>

/* A box of expiry (8 bytes, little-endian milliseconds) and text. */
#define EXPIRY 8
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct seal {
    struct box_key key;
};

struct seal *seal_new(void)
{
    struct seal *s = malloc(sizeof(*s));
    if (s)
        box_key_new(&s->key);
    return s;
}

void seal_set_key(struct seal *s, const struct box_key *key)
{
    s->key = *key;
}

void seal_free(struct seal *s)
{
    if (s)
        box_key_wipe(&s->key);
    free(s);
}

static void put_base64(struct buf *out, struct slice bytes)
{
    size_t room = sodium_base64_encoded_len(bytes.len, VARIANT); /* with a NUL */
    char *at = buf_reserve(out, room);
    if (!at)
        return;
    sodium_bin2base64(at, room, (const unsigned char *)bytes.data, bytes.len, VARIANT);
    buf_commit(out, room - 1);
}

void seal_close(const struct seal *s, struct slice text, struct slice bound, uint64_t now_ms,
                unsigned seconds, struct buf *out)
{
    BUF_AUTO plain = { .max = EXPIRY + text.len };
    BUF_AUTO box = { .max = EXPIRY + text.len + BOX_EXTRA };
    uint64_t expires = now_ms + (uint64_t)seconds * 1000;
    for (unsigned i = 0; i < EXPIRY; i++)
        buf_char(&plain, (char)(expires >> (8 * i) & 0xFF));
    buf_slice_put(&plain, text);
    box_close(&s->key, buf_slice(&plain), bound, &box);
    if (buf_ok(&plain) && buf_ok(&box))
        put_base64(out, buf_slice(&box));
    else
        out->failed = true;
}

bool seal_open(const struct seal *s, struct slice sealed, struct slice bound, uint64_t now_ms,
               struct buf *out)
{
    size_t len;
    BUF_AUTO box = { .max = sealed.len };
    BUF_AUTO plain = { .max = sealed.len };
    unsigned char *at = (unsigned char *)buf_reserve(&box, sealed.len);
    if (!at ||
        sodium_base642bin(at, sealed.len, sealed.data, sealed.len, NULL, &len, NULL, VARIANT) != 0)
        return false;
    buf_commit(&box, len);
    if (!box_open(&s->key, buf_slice(&box), bound, &plain) || plain.len < EXPIRY)
        return false;
    uint64_t expires = 0;
    for (unsigned i = 0; i < EXPIRY; i++)
        expires |= (uint64_t)(unsigned char)plain.data[i] << (8 * i);
    if (now_ms >= expires)
        return false;
    buf_put(out, plain.data + EXPIRY, plain.len - EXPIRY);
    return buf_ok(out);
}
