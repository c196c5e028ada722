#include "transport/stdio.h"

#include "cli/backing.h"
#include "cli/commands.h"

#include <stdio.h>
#include <unistd.h>

int command_stdio(const struct settings *s)
{
    struct backing backing;
    struct err err = { 0 };
    if (isatty(STDIN_FILENO))
        fputs("asana-mcp: waiting for JSON-RPC messages, one a line; assistants start this command "
              "themselves (see asana-mcp stdio --help, or asana-mcp serve)\n",
              stderr);
    if (!backing_open(s, &backing, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    struct stdio_options options = {
        .in_fd = STDIN_FILENO,
        .out_fd = STDOUT_FILENO,
        .asana_token = &backing.token,
        .asana = backing.client,
    };
    bool ok = stdio_serve(&options, &err);
    backing_close(&backing);
    return ok ? 0 : complain(EXIT_FAILED, "%s", err.text);
}
