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
 * When Redis does not answer, a node goes on with what it holds; before that ends in Redis it falls
 * back to an equal part for each node that there was, at least one, and does with that.
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
/* What it holds ends in Redis by itself. The loop has to run once more. Accepts NULL. */
void quota_close(struct quota *q);
