/* quota.h: Asana's limits, which hold for a token whichever node sends its requests, divided among
 * the nodes: each holds leases of so many reads, writes and searches of a token, kept in Redis
 * (quota_script.h), and its gates let through what it holds (asana/gate_share.h).
 *
 *                 used                  answered
 *     resting ─────────▶ asking ◀─────────────────▶ calm, or hungry: again in a while
 *        ▲                 │
 *        └──unused─────────┘
 *
 * A token that is used for the first time is asked for at once, while its requests wait in the
 * gate's line; one that runs short is asked for again before it has run out; what is not used is
 * given back. One that gets less than it needs, or still uses more than its share, asks in shorter
 * intervals.
 *
 * A lease is counted from before its request was sent, and looked at whenever it is used: so it
 * ends at the node before it ends in Redis, also where Redis does not answer or loops are stuck.
 * A node for which Redis has been silent does with one of each kind, so that people can go on: that
 * many may be too many where others, which do reach Redis, have all.
 *
 * One per process, on the thread of one worker. Redis learns the tokens' digests only. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct gates;
struct quota;
struct redis_address;

/* Gates that are shared (gates_share()). All that is given is borrowed: redis until the loop has
 * let go after quota_close(), gates until then. */
bool quota_open(uv_loop_t *loop, struct gates *gates, const struct redis_address *redis,
                uint32_t node, struct quota **out, struct err *err);
/* Hands everything back, but what is in flight still, and lends nothing from now on; gone is called
 * when Redis knows, at once when it cannot be told, or after LIMIT_QUOTA_ANSWER_MS. Once. */
void quota_leave(struct quota *q, void (*gone)(void *ctx), void *ctx);
/* Without quota_leave() what it holds ends in Redis by itself. The loop has to run once more.
 * Accepts NULL. */
void quota_close(struct quota *q);
