/* vocabulary.h: the words of the command line: commands, and the settings that they take.
 *
 * A setting has one name in three spellings: the flag --api-url, the environment variable
 * ASANA_MCP_API_URL, the settings-file key api_url. Reading settings, --help and doctor all go by
 * these tables. Constant data; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum command_id {
    COMMAND_SERVE,
    COMMAND_STDIO,
    COMMAND_SANDBOX,
    COMMAND_TOOLS,
    COMMAND_CALL,
    COMMAND_DOCTOR,
    COMMAND_CONNECT,
    COMMAND_BLOCK,
    COMMAND_UNBLOCK,
    COMMAND_BLOCKS,
    COMMAND_REQUESTS,
    COMMAND_SESSIONS,
    COMMAND_GRANTS,
    COMMAND_REVOKE,
    COMMAND_POLICY,
    COMMAND_STORE,
    COMMAND_HELP,
    COMMAND_COUNT
};

struct command {
    const char *name;
    const char *operands; /* as the usage line shows them; "" when it takes none */
    const char *summary;  /* one line for the list of commands */
    const char *about;    /* a paragraph for its own help */
    const char *examples; /* lines "command\n    what it does\n", without indentation */
};

enum setting_id {
    SETTING_LISTEN,
    SETTING_METRICS_LISTEN,
    SETTING_PUBLIC_URL,
    SETTING_AUTH,
    SETTING_CLIENT_ID,
    SETTING_CLIENT_SECRET,
    SETTING_CLUSTER_SECRET,
    SETTING_OAUTH_URL,
    SETTING_OAUTH_SCOPE,
    SETTING_STORE,
    SETTING_REDIS_CA,
    SETTING_REDIS_CERT,
    SETTING_REDIS_KEY,
    SETTING_ALLOW_REDIRECT,
    SETTING_CIMD_ALLOW,
    SETTING_ALLOW_WORKSPACE,
    SETTING_BLOCK_WORKSPACE,
    SETTING_BLOCK_CLIENT,
    SETTING_BLOCK_PERSON,
    SETTING_REQUEST_WEBHOOK,
    SETTING_TOOLSETS,
    SETTING_READ_ONLY,
    SETTING_LEVELS,
    SETTING_PROFILE,
    SETTING_DISABLE,
    SETTING_TOOLS_PACK,
    SETTING_ALLOW_ORIGIN,
    SETTING_TRUSTED_PROXY,
    SETTING_TLS_CERT,
    SETTING_TLS_KEY,
    SETTING_WORKERS,
    SETTING_DRAIN_SECONDS,
    SETTING_MAX_CONNECTIONS,
    SETTING_MAX_CONNECTIONS_PER_ADDRESS,
    SETTING_MAX_SESSIONS_PER_PERSON,
    SETTING_MAX_CALLS,
    SETTING_MAX_CALLS_PER_PERSON,
    SETTING_MAX_QUEUED_CALLS,
    SETTING_MAX_QUEUED_CALLS_PER_PERSON,
    SETTING_QUEUE_SECONDS,
    SETTING_CONFIRM,
    SETTING_SANDBOX,
    SETTING_NOW,
    SETTING_STATE,
    SETTING_REDIRECT_URI,
    SETTING_TOKEN_SECONDS,
    SETTING_API_URL,
    SETTING_CA_FILE,
    SETTING_DEADLINE_SECONDS,
    SETTING_CONFIG,
    SETTING_LOG_LEVEL,
    SETTING_LOG_FORMAT,
    SETTING_ACCESS_LOG,
    SETTING_AUDIT_LOG,
    SETTING_AUDIT_ARGUMENTS,
    SETTING_OTLP_ENDPOINT,
    SETTING_OTLP_HEADERS,
    SETTING_OTLP_SAMPLE,
    SETTING_SIZES,
    SETTING_PROFILES,
    SETTING_PERSON,
    SETTING_USER,
    SETTING_CLIENT,
    SETTING_WORKSPACE,
    SETTING_TOOL,
    SETTING_REASON,
    SETTING_CLEAR,
    SETTING_URL,
    SETTING_TRANSPORT,
    SETTING_NAME,
    SETTING_FILE,
    SETTING_WRITE,
    SETTING_JSON,
    SETTING_COUNT
};

enum setting_kind {
    KIND_VALUE, /* takes one value; the last flag counts */
    KIND_BOOL,  /* --name, --no-name, or a value like true and off */
    KIND_LIST,  /* may be repeated; commas separate too */
};

/* Where a setting may be given. Each beats the ones before it. */
enum setting_source { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG };

struct setting {
    const char *name; /* the flag without its dashes */
    enum setting_kind kind;
    const char *metavar;  /* "" for a KIND_BOOL */
    const char *help;     /* one sentence without a period */
    const char *standard; /* the default in words or as a value; NULL when there is none to tell */
    unsigned commands;    /* bits 1 << enum command_id */
    unsigned sources;     /* bits 1 << enum setting_source */
};

/* The environment variable with the Asana token of --auth token: never a flag, because ps shows
 * flags. */
#define TOKEN_VARIABLE "ASANA_ACCESS_TOKEN"
#define VARIABLE_PREFIX "ASANA_MCP_"

extern const struct command vocabulary_commands[COMMAND_COUNT];
extern const struct setting vocabulary_settings[SETTING_COUNT];

/* COMMAND_COUNT / SETTING_COUNT when there is none of that name. Flag without dashes, variable with
 * its prefix. */
enum command_id command_find(const char *name);
enum setting_id setting_find_flag(const char *name, size_t len);
enum setting_id setting_find_variable(const char *name, size_t len);
enum setting_id setting_find_key(const char *name);

/* The other two spellings. */
#define SETTING_NAME_MAX 48
void setting_variable(enum setting_id id, char out[SETTING_NAME_MAX]);
void setting_key(enum setting_id id, char out[SETTING_NAME_MAX]);

bool setting_taken_by(enum setting_id id, enum command_id command);
/* The default of this setting for this command, NULL when it has none. */
const char *setting_standard(enum setting_id id, enum command_id command);
