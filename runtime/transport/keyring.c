#include "transport/keyring.h"

#include "base/box.h"
#include "base/log.h"
#include "bus/bus.h"
#include "mcp/seal.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct keyring {
    struct seal *seal;
    const struct secret *client_secret;
    void (*ready)(void *ctx);
    void *ctx;
    atomic_bool is_ready;
};

struct keyring *keyring_new(bool shared, const struct secret *client_secret,
                            void (*ready)(void *ctx), void *ctx)
{
    struct keyring *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->seal = seal_new();
    if (!k->seal) {
        free(k);
        return NULL;
    }
    k->client_secret = client_secret;
    k->ready = ready;
    k->ctx = ctx;
    atomic_init(&k->is_ready, !shared);
    return k;
}

void keyring_free(struct keyring *k)
{
    if (k)
        seal_free(k->seal);
    free(k);
}

const struct seal *keyring_seal(const struct keyring *k)
{
    return k->seal;
}

/* BLAKE2b, keyed with what all nodes share. */
static void derive(const struct keyring *k, const uint8_t value[BUS_COMMON], const char *purpose,
                   uint8_t out[BOX_KEY])
{
    crypto_generichash_state state;
    const struct secret *secret = k->client_secret;
    crypto_generichash_init(&state, value, BUS_COMMON, BOX_KEY);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    if (secret && secret->len)
        crypto_generichash_update(&state, (const uint8_t *)secret->bytes, secret->len);
    crypto_generichash_final(&state, out, BOX_KEY);
    sodium_memzero(&state, sizeof(state));
}

static void on_agreed(void *ctx, const uint8_t value[BUS_COMMON])
{
    struct keyring *k = ctx;
    uint8_t callers[BOX_KEY];
    BOX_KEY_AUTO states;
    _Static_assert(sizeof(callers) >= SECRET_KEY, "its beginning is a key");
    derive(k, value, "asana-mcp callers", callers);
    derive(k, value, "asana-mcp request states", states.bytes);
    secret_share(callers);
    seal_set_key(k->seal, &states);
    sodium_memzero(callers, sizeof(callers));
    atomic_store_explicit(&k->is_ready, true, memory_order_release);
    LOG(LOG_INFO, "keyring.ready");
    k->ready(k->ctx);
}

void keyring_ask(struct keyring *k, struct bus *bus)
{
    bus_agree(bus, on_agreed, k);
}

bool keyring_is_ready(const struct keyring *k)
{
    return atomic_load_explicit(&k->is_ready, memory_order_acquire);
}
