/* redis_step.h: one step as Redis' script takes it, and its answer. Pure. */
#pragma once

#include "store/store_priv.h"

#include <hiredis/hiredis.h>

/* Sends the step's command: how is EVALSHA or EVAL, script its digest or its text. deadline_ms from
 * now. The work's operations are only read. Housekeeping when it has none. NULL when memory is
 * short. */
struct redis;
struct redis_command *redis_step_send(
    struct redis *r, const char *how, struct slice script, const struct store_op *ops, size_t n,
    int64_t now, unsigned deadline_ms,
    void (*done)(void *ctx, const redisReply *reply, const char *why), void *ctx);

/* Gives the work its outcome. */
void redis_step_read(struct store_work *w, const redisReply *reply);
/* Of housekeeping: whether there may be more. */
bool redis_step_more(const redisReply *reply);
