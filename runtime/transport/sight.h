/* sight.h: what the operator lets be seen, for one loop: who and what is blocked (policy/), and
 * which workspaces its calls and watches show (tool/visible.h).
 *
 * The struct belongs to its caller. One thread. */
#pragma once

#include "base/err.h"
#include "mcp/dispatch.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <uv.h>

struct sight {
    struct policy *policy; /* NULL: nothing is blocked */
    struct visible *visible;
};

/* options may be NULL: everything is seen. From then on env's calls and its hub keep within it.
 * changed as policy_open() has it. After a failure it is to be closed, too. */
bool sight_open(struct sight *s, uv_loop_t *loop, const struct policy_options *options,
                struct mcp_env *env, void (*changed)(void *ctx), void *ctx, struct err *err);
/* No call runs, the hub is gone. The loop has to run once more before it is closed. */
void sight_close(struct sight *s);
