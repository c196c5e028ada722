/* control.h: what the sandbox has been told to do badly: slow answers, faults, limits, a lagging
 * search, blocked workspaces. Read from and written as the JSON of its control route (sandbox.h has
 * its description).
 *
 * The struct owns its texts. A zeroed one is the default: all off. The sandbox's thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "sandbox/fault.h"
#include "sandbox/rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SB_BLOCKED_MAX 16

/* How the sandbox's OAuth misbehaves. */
struct sb_oauth_control {
    unsigned token_seconds; /* 0: as registered */
    bool refuse_refresh;
    bool down;
    bool expire; /* done at once, never kept */
};

struct sb_control {
    struct arena *arena; /* of the faults' texts; NULL: there are none */
    unsigned delay_ms;
    unsigned search_lag_ms;
    struct sb_faults faults;
    struct sb_limits limits;
    int64_t blocked[SB_BLOCKED_MAX]; /* gids of workspaces */
    size_t blocked_count;
    struct sb_oauth_control oauth;
};

/* Fills a zeroed struct. What the text does not name is off. Unknown members and values out of
 * range are refused, with the place of the mistake. */
bool sb_control_read(struct sb_control *control, struct slice text, struct err *err);
void sb_control_done(struct sb_control *control);

/* What goes on meanwhile. */
struct sb_traffic {
    unsigned requests; /* since control was set */
    unsigned waiting;  /* answers that are not sent yet */
};

/* Every member; reading it back gives the same. */
void sb_control_write(struct buf *out, const struct sb_control *control,
                      const struct sb_traffic *traffic);
