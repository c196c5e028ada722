/* seal.h: text that a client keeps for us and cannot read or change: requestState (specification
 * 2026-07-28, "Multi Round-Trip Requests").
 *
 * Authenticated encryption (libsodium, XChaCha20-Poly1305) of the text and its expiry, bound to
 * whoever and whatever it was made for. Any thread. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct box_key;
struct seal;

struct seal *seal_new(void); /* with a fresh key; NULL when memory is short */
/* Another key instead, which other nodes have too. Before anybody uses it. */
void seal_set_key(struct seal *s, const struct box_key *key);
void seal_free(struct seal *s);

/* Appends base64url. bound: what has to be the same when it is opened (caller, method, params). */
void seal_close(const struct seal *s, struct slice text, struct slice bound, uint64_t now_ms,
                unsigned seconds, struct buf *out);
/* Appends the text; false when sealed is not ours, was changed, belongs to something else or has
 * expired. */
bool seal_open(const struct seal *s, struct slice sealed, struct slice bound, uint64_t now_ms,
               struct buf *out);
