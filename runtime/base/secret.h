/* secret.h: tokens. They meet neither logs nor format strings, and their memory is wiped when done.
 *
 * Any thread, after secret_init(). */
#pragma once

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before any thread starts; false when the system has no randomness. */
bool secret_init(void);

/* Owns its bytes. A zeroed struct is an empty secret. */
struct secret {
    char *bytes; /* NUL-terminated; NULL when empty */
    size_t len;
};

/* Borrowed. */
static inline struct slice secret_slice(const struct secret *s)
{
    return (struct slice){ s->bytes, s->len };
}

bool secret_set(struct secret *s, struct slice value); /* false when malloc fails */
void secret_done(struct secret *s);
#define SECRET_AUTO __attribute__((cleanup(secret_done))) struct secret

/* Constant time in the length of given; a different length is a difference. */
bool secret_equals(const struct secret *s, struct slice given);

/* Keyed hash under a key of this process: names the holder of a token without holding the token. */
#define SECRET_DIGEST 16
struct digest {
    uint8_t bytes[SECRET_DIGEST];
};
void secret_digest(struct slice value, struct digest *out);
bool digest_equal(const struct digest *a, const struct digest *b); /* constant time */

/* The same, for what has to be comparable between the nodes of one server: under a key that they
 * have in common once secret_share() was called, and until then under this process's.
 * secret_share() may be called once, before anything that counts was digested. */
#define SECRET_KEY 16
void secret_share(const uint8_t key[SECRET_KEY]);
void secret_shared_digest(struct slice value, struct digest *out);

/* n random bytes as 2n lower-case hexadecimal digits and a NUL. */
void secret_random_hex(char *out, size_t n);
