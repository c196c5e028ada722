/* commands.h: the commands. Each runs on the main thread with settings that were loaded (and,
 * except for doctor, checked), and returns the exit code: 0, EXIT_FAILED or EXIT_USAGE. Results go
 * to standard output, all else to standard error. */
#pragma once

#include "base/err.h"
#include "cli/settings.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

int command_serve(const struct settings *s);
int command_stdio(const struct settings *s);
int command_sandbox(const struct settings *s);
int command_tools(const struct settings *s);
/* Checks the settings itself, after its own arguments. */
int command_call(const struct settings *s);
/* Loads and checks the settings itself, to tell what is wrong with them among the rest. */
int command_doctor(struct settings *s, const char *const *environment);

/* "asana-mcp: TEXT" on standard error; returns code. */
int complain(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
