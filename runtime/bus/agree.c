#include "bus/bus_priv.h"

#include "base/log.h"

#include <sodium.h>
#include <string.h>

#define KEY "asana-mcp:common"

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

static void on_read(void *ctx, const redisReply *reply, const char *why)
{
    struct bus *b = ctx;
    b->agreement.command = NULL;
    if (!reply || reply->type != REDIS_REPLY_STRING || reply->len != BUS_COMMON) {
        fail(b, reply ? "it is no value of ours" : why);
        return;
    }
    b->agreement.failing = false;
    if (!b->agreement.known) {
        b->agreement.known = true;
        memcpy(b->agreement.value, reply->str, BUS_COMMON);
        b->agreement.agreed(b->agreement.ctx, b->agreement.value);
    } else if (sodium_memcmp(b->agreement.value, reply->str, BUS_COMMON) != 0) {
        LOG(LOG_ERROR, "bus.disagreement",
            LOG_STR("why",
                    "Redis lost what all nodes have in common, and another node made it anew: "
                    "restart this one"));
    }
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
    run(b, 2, (struct slice[]){ slice_of("GET"), slice_of(KEY) }, on_read);
}

void bus_agree_again(struct bus *b)
{
    uint8_t fresh[BUS_COMMON];
    if (!b->agreement.agreed || !b->agreement.due || b->agreement.command || !redis_is_up(b->redis))
        return;
    randombytes_buf(fresh, sizeof(fresh));
    const uint8_t *value = b->agreement.known ? b->agreement.value : fresh;
    run(b, 4,
        (struct slice[]){
            slice_of("SET"), slice_of(KEY), { (const char *)value, BUS_COMMON }, slice_of("NX") },
        on_offered);
    sodium_memzero(fresh, sizeof(fresh));
}

void bus_agree(struct bus *b, bus_agreed_fn *agreed, void *ctx)
{
    b->agreement.agreed = agreed;
    b->agreement.ctx = ctx;
    b->agreement.due = true;
}
