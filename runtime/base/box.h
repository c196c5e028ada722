/* box.h: bytes sealed under a key: nobody without it can read or change them (libsodium,
 * XChaCha20-Poly1305; the nonce is random and stands in front).
 *
 * Any thread, after secret_init(). */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define BOX_KEY 32
/* How much longer than its content a box is. */
#define BOX_EXTRA 40

struct box_key {
    uint8_t bytes[BOX_KEY];
};

void box_key_new(struct box_key *out); /* random */
/* A key that only who has the secret text can make; purpose keeps keys of different uses apart. */
void box_key_from(struct slice secret, const char *purpose, struct box_key *out);
void box_key_wipe(struct box_key *key);
#define BOX_KEY_AUTO __attribute__((cleanup(box_key_wipe))) struct box_key

/* Appends the box. bound: what has to be the same when it is opened, and is not in it. */
void box_close(const struct box_key *key, struct slice content, struct slice bound,
               struct buf *out);
/* Appends the content; false when it is no box of that key, was changed, or is bound to something
 * else. */
bool box_open(const struct box_key *key, struct slice box, struct slice bound, struct buf *out);
