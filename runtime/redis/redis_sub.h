/* redis_sub.h: the connection that hears messages, and its channels. Part of redis.h.
 *
 * It is never without a subscription: one channel of ours, on which nobody says anything, is there
 * from the beginning, and subscribing to it again asks Redis whether it is still there. (While
 * subscribed, a connection takes no other commands, and hiredis 0.14 stops the program when an
 * answer comes after the last channel was left.) */
#pragma once

#include "redis/redis_link.h"

#include <sys/queue.h>

struct redis_channel;

struct redis_sub {
    struct redis_link link;
    void (*closed)(void *ctx);
    void *ctx;
    LIST_HEAD(, redis_channel) channels;
};

void sub_init(struct redis_sub *s, uv_loop_t *loop, const struct redis_address *address,
              void (*closed)(void *ctx), void *ctx);
/* closed(ctx) is called on a later turn. */
void sub_close(struct redis_sub *s);
bool sub_add(struct redis_sub *s, const char *channel, redis_heard_fn *heard, void *ctx);
void sub_remove(struct redis_sub *s, const char *channel);
