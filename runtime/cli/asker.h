/* asker.h: an Asana client on a loop of its own, for commands that ask and wait for the answer.
 *
 * Main thread. The struct belongs to its caller and must not move while it is open. */
#pragma once

#include "asana/ask.h"
#include "base/err.h"

#include <stdbool.h>
#include <uv.h>

struct asker {
    uv_loop_t loop;
    struct asana_asker asana;
};

bool asker_open(struct asker *a, const struct asana_client_options *options, struct err *err);
void asker_close(struct asker *a);
/* Runs the loop until *done, which a callback sets. */
void asker_wait(struct asker *a, const bool *done);
