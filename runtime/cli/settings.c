#include "cli/settings.h"

#include "cli/environment.h"
#include "cli/nearest.h"
#include "cli/settings_clients.h"
#include "cli/settings_file.h"
#include "cli/settings_trace.h"
#include "cli/systemd.h"
#include "cli/values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#define SETTINGS_ARENA (1u << 20)
#define TOKEN_MAX 4096

bool settings_init(struct settings *s)
{
    *s = (struct settings){ .arena = arena_new(SETTINGS_ARENA) };
    return s->arena;
}

void settings_done(struct settings *s)
{
    secret_done(&s->asana_token);
    secret_done(&s->client_secret);
    secret_done(&s->cluster_secret);
    secret_done(&s->otlp_headers);
    settings_clients_done(s);
    settings_trace_done(s);
    arena_free(s->arena);
    *s = (struct settings){ 0 };
}

static bool fail_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "out of memory");
}

/* Flags. */

/* A text that holds commas is a list for a KIND_LIST; the last one replaces for all others. */
static bool give(struct settings *s, enum setting_id id, enum setting_source from,
                 const char *place, const char *text, struct err *err)
{
    struct setting_given *g = &s->given[id];
    if (g->from != from)
        *g = (struct setting_given){ .from = from };
    g->place = place;
    if (vocabulary_settings[id].kind != KIND_LIST) {
        g->texts[0] = text;
        g->count = 1;
        return true;
    }
    while (*text) {
        text += strspn(text, ", \t");
        size_t len = strcspn(text, ", \t");
        if (len == 0)
            break;
        if (g->count == SETTINGS_LIST_MAX)
            return err_set(err, ERR_SETTINGS, "%s: at most %d values", place, SETTINGS_LIST_MAX);
        char *copy = arena_strndup(s->arena, text, len);
        if (!copy)
            return fail_memory(err);
        g->texts[g->count++] = copy;
        text += len;
    }
    return true;
}

static bool has_flag(enum setting_id id)
{
    return vocabulary_settings[id].sources & (1u << FROM_FLAG);
}

/* Shows no more of the flag than its name: what follows "=" may be a secret. */
static bool fail_unknown_flag(const struct settings *s, const char *name, size_t len,
                              struct err *err)
{
    const struct command *command = &vocabulary_commands[s->command];
    char given[SETTING_NAME_MAX];
    snprintf(given, sizeof(given), "%.*s", (int)len, name);
    if (strcasestr(given, "token"))
        return err_set(
            err, ERR_SETTINGS,
            "--%s is not an option: flags can be seen by every user of this machine; set the "
            "environment variable " TOKEN_VARIABLE " instead",
            given);
    enum setting_id id = setting_find_flag(name, len);
    if (id != SETTING_COUNT && !has_flag(id)) {
        char variable[SETTING_NAME_MAX];
        setting_variable(id, variable);
        return err_set(
            err, ERR_SETTINGS,
            "--%s is not an option: flags can be seen by every user of this machine; set the "
            "environment variable %s instead",
            given, variable);
    }
    if (id != SETTING_COUNT)
        return err_set(err, ERR_SETTINGS, "--%s means nothing to \"%s\"; see asana-mcp %s --help",
                       given, command->name, command->name);
    const char *known[SETTING_COUNT + 1] = { "help" };
    size_t count = 1;
    for (id = 0; id < SETTING_COUNT; id++)
        if (setting_taken_by(id, s->command) && has_flag(id))
            known[count++] = vocabulary_settings[id].name;
    const char *meant = nearest_name(given, known, count);
    if (meant)
        return err_set(err, ERR_SETTINGS, "unknown option --%s (did you mean --%s?)", given, meant);
    return err_set(err, ERR_SETTINGS, "unknown option --%s; see asana-mcp %s --help", given,
                   command->name);
}

/* One flag; *next is what follows it, and moves on when the flag takes it as its value. */
static bool read_flag(struct settings *s, const char *arg, const char *const **next,
                      struct err *err)
{
    const char *name = arg + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] == '=' ? name + len + 1 : NULL;
    enum setting_id id = setting_find_flag(name, len);
    bool negated = false;
    if (id == SETTING_COUNT && strncmp(name, "no-", 3) == 0) {
        id = setting_find_flag(name + 3, len - 3);
        negated = id != SETTING_COUNT && vocabulary_settings[id].kind == KIND_BOOL;
        if (!negated)
            id = SETTING_COUNT;
    }
    if (id == SETTING_COUNT || !setting_taken_by(id, s->command) || !has_flag(id))
        return fail_unknown_flag(s, name, len, err);
    const struct setting *setting = &vocabulary_settings[id];
    const char *place = arena_strndup(s->arena, arg, len + 2);
    if (!place)
        return fail_memory(err);
    if (negated && value)
        return err_set(err, ERR_SETTINGS, "%s takes no value", place);
    if (setting->kind == KIND_BOOL && !value)
        value = negated ? "false" : "true";
    if (!value && **next)
        value = *(*next)++;
    if (!value || !*value)
        return err_set(err, ERR_SETTINGS, "%s needs a value: %s=%s", place, place,
                       setting->metavar);
    /* "--config --sandbox" is a forgotten value, not a file of that name. */
    if (setting->kind != KIND_BOOL && strncmp(value, "--", 2) == 0 && arg[len + 2] != '=')
        return err_set(err, ERR_SETTINGS, "%s needs a value before %.40s: %s=%s", place, value,
                       place, setting->metavar);
    return give(s, id, FROM_FLAG, place, value, err);
}

bool settings_flags(struct settings *s, enum command_id command, const char *const *argv,
                    struct err *err)
{
    size_t n = 0;
    while (argv[n])
        n++;
    const char **operands = arena_zalloc(s->arena, n + 1, sizeof(*operands));
    if (!operands)
        return fail_memory(err);
    s->command = command;
    s->argv = argv;
    s->operands = operands;
    while (*argv) {
        const char *arg = *argv++;
        if (strcmp(arg, "--") == 0) {
            while (*argv)
                operands[s->operand_count++] = *argv++;
        } else if (strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0) {
            s->help = true;
            return true;
        } else if (strncmp(arg, "--", 2) == 0) {
            if (!read_flag(s, arg, &argv, err))
                return false;
        } else if (arg[0] == '-' && arg[1]) {
            return err_set(err, ERR_SETTINGS, "unknown option -%c; see asana-mcp %s --help", arg[1],
                           vocabulary_commands[command].name);
        } else {
            operands[s->operand_count++] = arg;
        }
    }
    return true;
}

/* Environment. */

static bool read_environment(struct settings *s, const char *const *environment, struct err *err)
{
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        char name[SETTING_NAME_MAX];
        setting_variable(id, name);
        if (!(vocabulary_settings[id].sources & (1u << FROM_ENVIRONMENT)) ||
            s->given[id].from == FROM_FLAG)
            continue;
        const char *value = environment_find(environment, name);
        if (!value)
            continue;
        const char *place = arena_strdup(s->arena, name);
        const char *text = arena_strdup(s->arena, value);
        if (!place || !text)
            return fail_memory(err);
        if (!give(s, id, FROM_ENVIRONMENT, place, text, err))
            return false;
    }
    return true;
}

/* White space around it is a trace of copying; inside it is a mistake. */
static bool read_token(struct settings *s, const char *const *environment, struct err *err)
{
    const char *text = environment_find(environment, TOKEN_VARIABLE);
    if (!text)
        return true;
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strnlen(text, TOKEN_MAX + 1);
    if (len > TOKEN_MAX)
        return err_set(err, ERR_SETTINGS, TOKEN_VARIABLE ": longer than any Asana token");
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f)
            return err_set(err, ERR_SETTINGS,
                           TOKEN_VARIABLE
                           ": character %zu is no part of a token; copy it again, alone",
                           i + 1);
    if (len > 0 && !secret_set(&s->asana_token, (struct slice){ text, len }))
        return fail_memory(err);
    return true;
}

/* Where state belongs when nobody says where: systemd's place for a service, or the user's
 * (XDG Base Directory Specification). */
static bool read_store_place(struct settings *s, const char *const *environment, struct err *err)
{
    static const char file[] = "asana-mcp.db";
    const char *service = environment_find(environment, "STATE_DIRECTORY");
    const char *user = environment_find(environment, "XDG_STATE_HOME");
    const char *home = environment_find(environment, "HOME");
    if (s->store || !setting_taken_by(SETTING_STORE, s->command))
        return true;
    if (s->sandbox)
        s->store = "sqlite::memory:";
    else if (service && *service == '/') /* it may be a list */
        s->store =
            arena_printf(s->arena, "sqlite:%.*s/%s", (int)strcspn(service, ":"), service, file);
    else if (user && *user == '/')
        s->store = arena_printf(s->arena, "sqlite:%s/asana-mcp/%s", user, file);
    else if (home && *home == '/')
        s->store = arena_printf(s->arena, "sqlite:%s/.local/state/asana-mcp/%s", home, file);
    else
        return true;
    return s->store || fail_memory(err);
}

/* All together. */

static bool set_standards(struct settings *s, struct err *err)
{
    static const char *const none[] = { NULL };
    unsigned cores = uv_available_parallelism();
    s->allow_origins = none;
    s->redirect_uris = none;
    s->cimd_allow = none;
    s->allow_workspaces = none;
    s->block_workspaces = none;
    s->block_clients = none;
    s->block_people = none;
    s->disabled_tools = none;
    s->toolsets = UINT64_MAX;
    s->oauth_url = vocabulary_settings[SETTING_OAUTH_URL].standard;
    s->oauth_scope = vocabulary_settings[SETTING_OAUTH_SCOPE].standard;
    s->workers = cores < 1 ? 1 : cores > 64 ? 64 : cores;
    s->deadline_seconds = 60;
    s->drain_seconds = 25;
    s->max_connections = 20000;
    s->max_sessions_per_person = 200;
    s->max_calls = 2000;
    s->max_calls_per_person = 100;
    s->max_queued_calls = 1000;
    s->max_queued_calls_per_person = 50;
    s->queue_seconds = 10;
    s->transport = -1;
    s->name = vocabulary_settings[SETTING_NAME].standard;
    s->auth = AUTH_TOKEN;
    s->confirm = MCP_CONFIRM_DESTRUCTIVE;
    s->api_url = vocabulary_settings[SETTING_API_URL].standard;
    s->log_level = LOG_INFO;
    log_level_parse(setting_standard(SETTING_LOG_LEVEL, s->command), &s->log_level);
    return listen_parse(setting_standard(SETTING_LISTEN, s->command), &s->listen, err);
}

bool settings_load(struct settings *s, const char *const *environment, struct err *err)
{
    if (!set_standards(s, err) || !read_environment(s, environment, err) ||
        !read_token(s, environment, err))
        return false;
    const struct setting_given *config = &s->given[SETTING_CONFIG];
    if (config->count > 0 && setting_taken_by(SETTING_CONFIG, s->command) &&
        !settings_file_read(s, config->texts[0], err))
        return false;
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (s->given[id].count > 0 && setting_taken_by(id, s->command) && !value_read(s, id, err))
            return false;
    if (s->client_id && setting_taken_by(SETTING_AUTH, s->command) &&
        s->given[SETTING_AUTH].count == 0)
        s->auth = AUTH_OAUTH;
    if (s->command == COMMAND_SERVE && !systemd_socket(environment, &s->listen_fd, &s->listen, err))
        return false;
    return settings_trace_read(s, environment, err) && read_store_place(s, environment, err);
}

const char *settings_text(const struct settings *s, enum setting_id id)
{
    const struct setting_given *g = &s->given[id];
    if (g->count > 1) {
        const char *text = g->texts[0];
        for (size_t i = 1; i < g->count && text; i++)
            text = arena_printf(s->arena, "%s, %s", text, g->texts[i]);
        return text ? text : "";
    }
    if (g->count == 1)
        return g->texts[0];
    if (id == SETTING_WORKERS)
        return arena_printf(s->arena, "%u", s->workers);
    if (id == SETTING_AUTH)
        return auth_mode_name(s->auth);
    if (id == SETTING_STORE && s->store)
        return s->store;
    const char *standard = setting_standard(id, s->command);
    return standard ? standard : vocabulary_settings[id].kind == KIND_BOOL ? "off" : "none";
}
