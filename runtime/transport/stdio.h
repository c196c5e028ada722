/* stdio.h: the protocol on standard input and output, one JSON message a line, for an assistant
 * that starts us itself.
 *
 * Both eras are served: initialize begins the process's legacy session; what carries the newer
 * revision's _meta is answered by that alone, before and after it. Runs its own loop on the calling
 * thread until standard input ends and every answer is written. */
#pragma once

#include "asana/client.h"
#include "base/err.h"
#include "base/secret.h"
#include "mcp/dispatch.h"
#include "policy/policy.h"

#include <stdbool.h>

struct trace_options;

struct stdio_options {
    int in_fd;
    int out_fd;
    const struct secret *asana_token;
    enum mcp_confirm confirm;
    struct asana_client_options asana;
    const struct mcp_extras *extras;     /* NULL: what every build offers */
    const struct policy_options *policy; /* which workspaces are shown; NULL: all */
    /* As in server_options. */
    const struct scope_rules *rules;
    const char *const *disabled_tools;
    const struct trace_options *trace; /* NULL: nothing is recorded */
};

bool stdio_serve(const struct stdio_options *options, struct err *err);
