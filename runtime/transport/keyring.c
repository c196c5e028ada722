#include "transport/keyring.h"

#include "base/box.h"
#include "base/log.h"
#include "bus/bus.h"
#include "bus/envelope.h"
#include "mcp/seal.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct keyring {
    struct seal *seal;
    struct bus_key letters;
    void (*ready)(void *ctx);
    void *ctx;
    atomic_bool is_ready;
};

struct keyring *keyring_new(bool shared, void (*ready)(void *ctx), void *ctx)
{
    struct keyring *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->seal = seal_new();
    if (!k->seal) {
        free(k);
        return NULL;
    }
    k->ready = ready;
    k->ctx = ctx;
    atomic_init(&k->is_ready, !shared);
    return k;
}

void keyring_free(struct keyring *k)
{
    if (!k)
        return;
    seal_free(k->seal);
    box_key_wipe(&k->letters.box);
    free(k);
}

const struct seal *keyring_seal(const struct keyring *k)
{
    return k->seal;
}

const struct bus_key *keyring_letters(const struct keyring *k)
{
    return &k->letters;
}

/* BLAKE2b, keyed with what all nodes share. */
static void derive(const uint8_t value[BUS_COMMON], const char *purpose, uint8_t out[BOX_KEY])
{
    crypto_generichash(out, BOX_KEY, (const uint8_t *)purpose, strlen(purpose) + 1, value,
                       BUS_COMMON);
}

static void on_agreed(void *ctx, const uint8_t value[BUS_COMMON])
{
    struct keyring *k = ctx;
    uint8_t callers[BOX_KEY];
    BOX_KEY_AUTO states;
    BOX_KEY_AUTO letters;
    _Static_assert(sizeof(callers) >= SECRET_KEY, "its beginning is a key");
    derive(value, "asana-mcp callers", callers);
    derive(value, "asana-mcp request states", states.bytes);
    derive(value, "asana-mcp letters", letters.bytes);
    secret_share(callers);
    seal_set_key(k->seal, &states);
    bus_key_set(&k->letters, &letters);
    sodium_memzero(callers, sizeof(callers));
    atomic_store_explicit(&k->is_ready, true, memory_order_release);
    LOG(LOG_INFO, "keyring.ready");
    k->ready(k->ctx);
}

void keyring_ask(struct keyring *k, struct bus *bus, const struct secret *secret)
{
    struct slice text =
        secret && secret->len ? (struct slice){ secret->bytes, secret->len } : slice_of("");
    bus_agree(bus, text, on_agreed, k);
}

bool keyring_is_ready(const struct keyring *k)
{
    return atomic_load_explicit(&k->is_ready, memory_order_acquire);
}
