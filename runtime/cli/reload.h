/* reload.h: the settings of a server that runs, read again: the same flags and environment, and the
 * files as they are now.
 *
 * What can change at run time does, for all workers; what cannot is named in the log. A fault
 * anywhere changes nothing, and the log says what it is. Main thread. */
#pragma once

#include "cli/backing.h"
#include "cli/settings.h"
#include "cli/sign_in.h"
#include "mcp/catalog.h"
#include "transport/server.h"

struct serving {
    const struct settings *settings; /* of the start */
    const struct mcp_extras *build;  /* what this build offers beside the product's own */
    const struct backing *backing;
    const struct sign_in *sign_in;
    struct server *server;
    unsigned drain_seconds; /* as they are now */
};

/* What a server is to be started with, or to go on with; it borrows from all of them. */
struct server_options serving_options(const struct settings *s, const struct backing *b,
                                      const struct sign_in *in, const struct scope_rules *rules,
                                      const struct mcp_extras *extras);

void reload(struct serving *now);
