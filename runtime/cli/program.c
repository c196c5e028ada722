#include "cli/program.h"

#include "asana/curlinit.h"
#include "base/audit.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "cli/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A client that hangs up is an error of one write, not the end of the process; and every connection
 * is a descriptor. */
static bool prepare(struct err *err)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    json_init();
    if (!secret_init())
        return err_set(err, ERR_IO, "the system has no source of randomness");
    return true;
}

/* Where a standard stream is closed, the next file or socket would take its number, and log lines
 * or results would be written into that. What takes it instead refuses, as the closed one would: it
 * is open in the other direction. */
static bool occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

static int unknown_command(const char *name)
{
    const char *known[COMMAND_COUNT];
    for (enum command_id id = 0; id < COMMAND_COUNT; id++)
        known[id] = vocabulary_commands[id].name;
    char hint[NEAREST_HINT];
    return complain(
        EXIT_USAGE, "unknown command \"%.60s\"%s", name,
        nearest_hint(nearest_name(name, known, COMMAND_COUNT), "; see asana-mcp --help", hint));
}

static int help(const struct settings *s)
{
    if (s->json) {
        help_json(stdout);
        return 0;
    }
    if (s->operand_count == 0) {
        help_program(stdout);
        return 0;
    }
    if (s->operand_count > 1)
        return complain(EXIT_USAGE, "help takes one command");
    enum command_id about = command_find(s->operands[0]);
    if (about == COMMAND_COUNT)
        return unknown_command(s->operands[0]);
    help_command(stdout, about);
    return 0;
}

/* call checks its own arguments first; connect and policy may be about a server elsewhere. */
static bool checks_settings(enum command_id command)
{
    return command != COMMAND_CALL && command != COMMAND_CONNECT && command != COMMAND_POLICY;
}

/* The others must not make the file, perhaps as somebody whose file the server could not write. */
static bool writes_audit(enum command_id command)
{
    return command == COMMAND_SERVE || command == COMMAND_STDIO || command == COMMAND_BLOCK ||
           command == COMMAND_UNBLOCK || command == COMMAND_REVOKE;
}

static int run(struct settings *s, const char *const *environment, const struct mcp_extras *extras)
{
    const struct command *command = &vocabulary_commands[s->command];
    struct err err = { 0 };
    if (s->operand_count > 0 && !*command->operands) {
        if (command_find(s->operands[0]) != COMMAND_COUNT)
            return complain(EXIT_USAGE, "the command comes first: asana-mcp %s [OPTIONS]",
                            s->operands[0]);
        return complain(EXIT_USAGE,
                        "\"%s\" takes options only, got \"%.60s\"; see asana-mcp %s --help",
                        command->name, s->operands[0], command->name);
    }
    if (s->command == COMMAND_DOCTOR)
        return command_doctor(s, environment);
    /* call checks its own arguments first. */
    if (!settings_load(s, environment, &err) ||
        (checks_settings(s->command) && !settings_check(s, &err)))
        return complain(EXIT_USAGE, "%s", err.text);
    log_set_level(s->log_level);
    log_set_format(s->log_format);
    if (s->audit_log && writes_audit(s->command) &&
        !audit_open(s->audit_log, s->audit_arguments, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    switch (s->command) {
    case COMMAND_SERVE:
        return command_serve(s, extras);
    case COMMAND_STDIO:
        return command_stdio(s, extras);
    case COMMAND_SANDBOX:
        return command_sandbox(s);
    case COMMAND_TOOLS:
        return command_tools(s);
    case COMMAND_CALL:
        return command_call(s);
    case COMMAND_CONNECT:
        return command_connect(s);
    case COMMAND_HELP:
        return help(s);
    case COMMAND_BLOCK:
        return command_block(s);
    case COMMAND_UNBLOCK:
        return command_unblock(s);
    case COMMAND_BLOCKS:
        return command_blocks(s);
    case COMMAND_REQUESTS:
        return command_requests(s);
    case COMMAND_SESSIONS:
        return command_sessions(s);
    case COMMAND_GRANTS:
        return command_grants(s);
    case COMMAND_REVOKE:
        return command_revoke(s);
    case COMMAND_POLICY:
        return command_policy(s);
    case COMMAND_STORE:
        return command_store(s);
    case COMMAND_DOCTOR:
    case COMMAND_COUNT:
        break;
    }
    return EXIT_FAILED;
}

/* What was printed counts only when it has arrived; but a reader that has seen enough ("| head") is
 * no failure. */
static int finish_output(int code)
{
    struct pollfd out = { .fd = STDOUT_FILENO };
    bool flushed = fflush(stdout) == 0;
    if ((flushed && !ferror(stdout)) || (poll(&out, 1, 0) == 1 && (out.revents & POLLERR)))
        return code;
    return complain(EXIT_FAILED, "cannot write to standard output%s%s", flushed ? "" : ": ",
                    flushed ? "" : strerror(errno));
}

int program_main(int argc, char **argv, const struct mcp_extras *extras)
{
    const char *const *rest = (const char *const *)argv + (argc > 0);
    enum command_id command = COMMAND_SERVE;
    /* A client that hangs up is an error of one write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    if (!occupy_standard_streams())
        return EXIT_FAILED; /* with nowhere to say why */
    if (*rest && (strcmp(*rest, "--version") == 0 || strcmp(*rest, "-V") == 0)) {
        help_version(stdout);
        return finish_output(0);
    }
    if (*rest && (strcmp(*rest, "--help") == 0 || strcmp(*rest, "-h") == 0)) {
        help_program(stdout);
        return finish_output(0);
    }
    if (*rest && **rest != '-') {
        command = command_find(*rest);
        if (command == COMMAND_COUNT)
            return unknown_command(*rest);
        rest++;
    }
    struct err err = { 0 };
    struct settings settings;
    if (!prepare(&err))
        return complain(EXIT_FAILED, "%s", err.text);
    if (!settings_init(&settings))
        return complain(EXIT_FAILED, "out of memory");
    int code;
    if (!settings_flags(&settings, command, rest, &err)) {
        code = complain(EXIT_USAGE, "%s", err.text);
    } else if (settings.help) {
        help_command(stdout, command);
        code = 0;
    } else {
        code = run(&settings, (const char *const *)environ, extras);
    }
    audit_close();
    settings_done(&settings);
    curlinit_done();
    return finish_output(code);
}
