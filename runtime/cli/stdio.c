#include "transport/stdio.h"

#include "cli/backing.h"
#include "cli/commands.h"
#include "cli/settings_policies.h"
#include "cli/toolbox.h"

#include <stdio.h>
#include <unistd.h>

static int serve(const struct settings *s, const struct mcp_extras *extras)
{
    struct backing backing;
    struct scope_rules rules;
    struct err err = { 0 };
    if (!settings_rules(s, s->arena, &rules))
        return complain(EXIT_FAILED, "out of memory");
    if (isatty(STDIN_FILENO))
        fputs("asana-mcp: waiting for JSON-RPC messages, one a line; assistants start this command "
              "themselves (see asana-mcp stdio --help, or asana-mcp serve)\n",
              stderr);
    if (!backing_open(s, &backing, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    struct policy_options policy = { .allow_workspaces = s->allow_workspaces,
                                     .block_workspaces = s->block_workspaces };
    struct stdio_options options = {
        .in_fd = STDIN_FILENO,
        .out_fd = STDOUT_FILENO,
        .asana_token = &backing.token,
        .confirm = s->confirm,
        .asana = backing.client,
        .extras = extras,
        .policy = &policy,
        .trace = &s->trace,
        .rules = &rules,
        .disabled_tools = extras->without,
    };
    bool ok = stdio_serve(&options, &err);
    backing_close(&backing);
    return ok ? 0 : complain(EXIT_FAILED, "%s", err.text);
}

int command_stdio(const struct settings *s, const struct mcp_extras *extras)
{
    struct toolbox box;
    struct err err = { 0 };
    if (!toolbox_open(s, extras, &box, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    int code = serve(s, &box.extras);
    toolbox_close(&box);
    return code;
}
