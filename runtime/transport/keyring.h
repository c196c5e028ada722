/* keyring.h: what the nodes of one server have to have in common: the key under which callers are
 * named (a session of one node knows its caller at the others), that of what clients keep for us
 * (mcp/seal.h), and that of the letters between nodes (bus/envelope.h).
 *
 * All are made of a random value that the nodes share. Redis keeps it sealed under a secret of the
 * settings (bus_agree()), so that a stolen store alone opens and forges nothing; and as the value
 * stays when the secret changes, nodes with the old secret and with the new one understand each
 * other. Alone, a process has keys of its own, at once. Made before the workers start; the workers'
 * threads. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>

struct bus;
struct bus_key;
struct keyring;
struct seal;

/* shared: there are other nodes; then ready is called with ctx on some worker's thread when the
 * keys are there. */
struct keyring *keyring_new(bool shared, void (*ready)(void *ctx), void *ctx);
void keyring_free(struct keyring *k); /* accepts NULL */
const struct seal *keyring_seal(const struct keyring *k);
/* Known once it is ready, if shared; for letters to and from others. */
const struct bus_key *keyring_letters(const struct keyring *k);
/* Asks for the value that all nodes share, or puts it under another secret, too. NULL: there is
 * none. Always the same worker of the process does. */
void keyring_ask(struct keyring *k, struct bus *bus, const struct secret *secret);
/* Until then nobody is let in. Any thread. */
bool keyring_is_ready(const struct keyring *k);
