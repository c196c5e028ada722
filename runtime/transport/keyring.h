/* keyring.h: what the nodes of one server have to have in common: the key under which callers are
 * named (a session of one node knows its caller at the others), and that of what clients keep for
 * us (mcp/seal.h).
 *
 * Both are made of a random value that all nodes share (bus_agree()) and the OAuth client secret,
 * where there is one, so that a stolen store alone forges nothing. Alone, a process has keys of its
 * own, at once. Made before the workers start; the workers' threads. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>

struct bus;
struct keyring;
struct seal;

/* shared: there are other nodes. client_secret: NULL where there is none. Both are borrowed, and
 * changed is called with ctx on some worker's thread when the keys are there (only if shared). */
struct keyring *keyring_new(bool shared, const struct secret *client_secret,
                            void (*ready)(void *ctx), void *ctx);
void keyring_free(struct keyring *k); /* accepts NULL */
const struct seal *keyring_seal(const struct keyring *k);
/* Asks for the value that all nodes share. One worker of the process does. */
void keyring_ask(struct keyring *k, struct bus *bus);
/* Until then nobody is let in. Any thread. */
bool keyring_is_ready(const struct keyring *k);
