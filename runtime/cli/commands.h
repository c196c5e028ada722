/* commands.h: the commands. Each runs on the main thread with settings that were loaded (and,
 * except for doctor, checked), and returns the exit code: 0, EXIT_FAILED or EXIT_USAGE. Results go
 * to standard output, all else to standard error. */
#pragma once

#include "base/err.h"
#include "cli/settings.h"

struct mcp_extras;

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* extras (may be NULL): what this build offers beside the product's own. */
int command_serve(const struct settings *s, const struct mcp_extras *extras);
int command_stdio(const struct settings *s, const struct mcp_extras *extras);
int command_sandbox(const struct settings *s);
int command_tools(const struct settings *s);
int command_connect(const struct settings *s);
/* What a server keeps in its store, seen and changed from outside; it may be running. */
int command_block(const struct settings *s);
int command_unblock(const struct settings *s);
int command_blocks(const struct settings *s);
int command_requests(const struct settings *s);
int command_sessions(const struct settings *s);
int command_grants(const struct settings *s);
int command_revoke(const struct settings *s);
int command_store(const struct settings *s);
int command_policy(const struct settings *s);
/* Checks the settings itself, after its own arguments. */
int command_call(const struct settings *s);
/* Loads and checks the settings itself, to tell what is wrong with them among the rest. */
int command_doctor(struct settings *s, const char *const *environment);

/* "asana-mcp: TEXT" on standard error; returns code. */
int complain(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
