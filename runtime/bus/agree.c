#include "bus/bus_priv.h"

#include "base/log.h"

#include <sodium.h>
#include <string.h>

/* Redis keeps a box with the value for each secret, under a name that is made of it. */
#define KEY "asana-mcp:common:"
#define KEY_DIGITS 16

_Static_assert(sizeof(KEY) + KEY_DIGITS <= COMMON_TEXT, "the name has room");

static void run(struct bus *b, size_t argc, const struct slice *argv, redis_done_fn *done)
{
    b->agreement.command = redis_run(b->redis, argc, argv, LIMIT_BUS_ANSWER_MS, done, b);
    b->agreement.due = !b->agreement.command;
}

static void fail(struct bus *b, const char *why)
{
    if (!b->agreement.failing)
        LOG(LOG_WARN, "bus.common_unread", LOG_STR("why", why));
    b->agreement.failing = true;
    b->agreement.due = true;
}

static bool unlock(const struct bus *b, const redisReply *reply, uint8_t out[BUS_COMMON])
{
    BUF_AUTO value = { .max = BUS_COMMON + 1 };
    if (reply->type != REDIS_REPLY_STRING || reply->len != BUS_COMMON + BOX_EXTRA ||
        !box_open(&b->agreement.lock, (struct slice){ reply->str, reply->len },
                  slice_of(b->agreement.name), &value))
        return false;
    memcpy(out, value.data, BUS_COMMON);
    sodium_memzero(value.data, BUS_COMMON);
    return true;
}

static void on_read(void *ctx, const redisReply *reply, const char *why)
{
    struct bus *b = ctx;
    uint8_t value[BUS_COMMON];
    b->agreement.command = NULL;
    if (!reply || !unlock(b, reply, value)) {
        fail(b, reply ? "it is no value of ours" : why);
        return;
    }
    b->agreement.failing = false;
    if (!b->agreement.known) {
        b->agreement.known = true;
        memcpy(b->agreement.value, value, BUS_COMMON);
        b->agreement.agreed(b->agreement.ctx, b->agreement.value);
    } else if (sodium_memcmp(b->agreement.value, value, BUS_COMMON) != 0) {
        LOG(LOG_ERROR, "bus.disagreement",
            LOG_STR("why",
                    "what all nodes have in common was made anew by another one, as Redis had lost "
                    "it or did not know the new secret: restart this one"));
    }
    sodium_memzero(value, sizeof(value));
}

/* Whoever was first, it is there now. */
static void on_offered(void *ctx, const redisReply *reply, const char *why)
{
    struct bus *b = ctx;
    b->agreement.command = NULL;
    if (!reply || reply->type == REDIS_REPLY_ERROR) {
        fail(b, reply ? reply->str : why);
        return;
    }
    run(b, 2, (struct slice[]){ slice_of("GET"), slice_of(b->agreement.name) }, on_read);
}

void bus_agree_again(struct bus *b)
{
    uint8_t fresh[BUS_COMMON];
    BUF_AUTO box = { .max = BUS_COMMON + BOX_EXTRA };
    if (!b->agreement.agreed || !b->agreement.due || b->agreement.command || !redis_is_up(b->redis))
        return;
    randombytes_buf(fresh, sizeof(fresh));
    const uint8_t *value = b->agreement.known ? b->agreement.value : fresh;
    struct slice name = slice_of(b->agreement.name);
    box_close(&b->agreement.lock, (struct slice){ (const char *)value, BUS_COMMON }, name, &box);
    sodium_memzero(fresh, sizeof(fresh));
    if (buf_ok(&box)) /* else by the next timer */
        run(b, 4, (struct slice[]){ slice_of("SET"), name, buf_slice(&box), slice_of("NX") },
            on_offered);
}

void bus_agree(struct bus *b, struct slice secret, bus_agreed_fn *agreed, void *ctx)
{
    BOX_KEY_AUTO name;
    if (b->stopped)
        return;
    box_key_from(secret, "asana-mcp common value", &b->agreement.lock);
    box_key_from(secret, "asana-mcp common value's name", &name);
    memcpy(b->agreement.name, KEY, sizeof(KEY));
    sodium_bin2hex(b->agreement.name + sizeof(KEY) - 1, KEY_DIGITS + 1, name.bytes, KEY_DIGITS / 2);
    if (b->agreement.command) /* about another secret */
        redis_forget(b->agreement.command);
    b->agreement.command = NULL;
    b->agreement.agreed = agreed;
    b->agreement.ctx = ctx;
    b->agreement.due = true;
    bus_agree_again(b);
}
