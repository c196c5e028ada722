#include "cli/vocabulary.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define BIT(x) (1u << (x))
#define SERVING (BIT(COMMAND_SERVE) | BIT(COMMAND_DOCTOR))
#define ASKING_ASANA \
    (BIT(COMMAND_SERVE) | BIT(COMMAND_STDIO) | BIT(COMMAND_CALL) | BIT(COMMAND_DOCTOR))
#define WITH_SANDBOX (ASKING_ASANA | BIT(COMMAND_SANDBOX))
#define EVERYWHERE (BIT(FROM_FILE) | BIT(FROM_ENVIRONMENT) | BIT(FROM_FLAG))

const struct command vocabulary_commands[COMMAND_COUNT] = {
    [COMMAND_SERVE] = {
        .name = "serve",
        .operands = "",
        .summary = "Serve assistants over HTTP (the default command)",
        .about = "Serves the Model Context Protocol over HTTP: the SSE transport at /sse and Streamable "
                 "HTTP at /mcp. Prints how to connect, then serves until SIGINT or SIGTERM.",
        .examples = "asana-mcp serve --sandbox\n"
                    "    try it without an Asana account: an embedded Asana with sample data\n"
                    "ASANA_ACCESS_TOKEN=… asana-mcp serve\n"
                    "    work in Asana as the owner of that personal access token\n"
                    "asana-mcp serve --auth bearer --listen 0.0.0.0:8000 \\\n"
                    "        --public-url https://mcp.example.com\n"
                    "    host it behind a TLS proxy; each caller sends an Asana token of its own\n",
    },
    [COMMAND_STDIO] = {
        .name = "stdio",
        .operands = "",
        .summary = "Serve one assistant on standard input and output",
        .about = "Speaks the protocol on standard input and output, one JSON message a line, for an "
                 "assistant that starts this program itself. Logs go to standard error.",
        .examples = "claude mcp add asana --env ASANA_ACCESS_TOKEN=… -- asana-mcp stdio\n"
                    "    let Claude Code start it\n",
    },
    [COMMAND_SANDBOX] = {
        .name = "sandbox",
        .operands = "",
        .summary = "Run only the embedded Asana, for demos and tests",
        .about = "Serves Asana's REST API with sample data, held in memory or in a file, until SIGINT "
                 "or SIGTERM. Any program that can be given another API address can work against it. "
                 "PUT /sandbox/control on its port makes it slow, limited or faulty.",
        .examples = "asana-mcp sandbox --now 2026-11-23T09:00:00Z\n"
                    "    with a clock that stands still, so that \"due this week\" never changes\n"
                    "asana-mcp sandbox --state demo.db\n"
                    "    and what is changed is still there next time\n"
                    "curl -X PUT http://127.0.0.1:8001/sandbox/control -d '{\"delay_ms\": 500}'\n"
                    "    make it slow; GET shows what else there is, DELETE turns all off\n",
    },
    [COMMAND_TOOLS] = {
        .name = "tools",
        .operands = "[TOOL]",
        .summary = "List the tools, or describe one",
        .about = "Lists the tools that assistants get, or describes one with its arguments.",
        .examples = "asana-mcp tools asana_search_tasks\n"
                    "    what it does and which arguments it takes\n"
                    "asana-mcp tools --sizes\n"
                    "    what each tool costs an assistant's context, in bytes\n",
    },
    [COMMAND_CALL] = {
        .name = "call",
        .operands = "TOOL [JSON | - | NAME=VALUE …]",
        .summary = "Run one tool and print its result",
        .about = "Runs one tool and prints its result as JSON: indented on a terminal, compact in a pipe.\n"
                 "Arguments are a JSON object, \"-\" to read one from standard input, or NAME=VALUE pairs "
                 "(NAME:=JSON for a value of another type than the tool's schema says).\n"
                 "Exits 1 when the tool answers with an error, 2 when the call makes no sense.",
        .examples = "asana-mcp call asana_list_workspaces\n"
                    "asana-mcp call asana_get_task task_id=1204567890123456\n"
                    "asana-mcp call --sandbox asana_get_user '{\"user_id\": \"me\"}'\n",
    },
    [COMMAND_DOCTOR] = {
        .name = "doctor",
        .operands = "",
        .summary = "Check settings, network and token, and say what to do",
        .about = "Checks what serve would use: settings and where each comes from, the address to listen "
                 "on, the way to Asana, the token and what it can see. Takes the flags of serve. "
                 "Exits 1 when something has to be done first.",
        .examples = "asana-mcp doctor --config /etc/asana-mcp.ini\n",
    },
    [COMMAND_HELP] = {
        .name = "help",
        .operands = "[COMMAND]",
        .summary = "Show this help, or that of a command",
        .about = "Shows the help of the program or of one command.",
        .examples = "",
    },
};

const struct setting vocabulary_settings[SETTING_COUNT] = {
    [SETTING_LISTEN] = { "listen", KIND_VALUE, "ADDR:PORT",
                         "Address to serve on; port 0 lets the system choose", "127.0.0.1:8000",
                         SERVING | BIT(COMMAND_SANDBOX), EVERYWHERE },
    [SETTING_PUBLIC_URL] = { "public-url", KIND_VALUE, "URL",
                             "How clients reach this server, when a proxy stands in front of it",
                             "http:// and the listen address", SERVING, EVERYWHERE },
    [SETTING_AUTH] = { "auth", KIND_VALUE, "token|bearer",
                       "Whose Asana token calls use: token is the one in " TOKEN_VARIABLE
                       ", for everybody, on loopback only; bearer is each caller's own, sent as "
                       "Authorization: Bearer",
                       "token", SERVING, EVERYWHERE },
    [SETTING_ALLOW_ORIGIN] = { "allow-origin", KIND_LIST, "ORIGIN",
                               "Web page origin that may call this server beside its own; may be "
                               "repeated",
                               NULL, SERVING, EVERYWHERE },
    [SETTING_WORKERS] = { "workers", KIND_VALUE, "N", "Event loops, 1 to 64", "one per core",
                          SERVING, EVERYWHERE },
    [SETTING_SANDBOX] = { "sandbox", KIND_BOOL, "",
                          "Start an embedded Asana with sample data and work in that", NULL,
                          ASKING_ASANA, EVERYWHERE },
    [SETTING_NOW] = { "now", KIND_VALUE, "TIME",
                      "Stop the sandbox's clock at this time, like 2026-11-23T09:00:00Z", NULL,
                      WITH_SANDBOX, EVERYWHERE },
    [SETTING_STATE] = { "state", KIND_VALUE, "FILE",
                        "File that keeps the sandbox's data when it stops; made when missing",
                        "in memory only", WITH_SANDBOX, EVERYWHERE },
    [SETTING_API_URL] = { "api-url", KIND_VALUE, "URL",
                          "Asana's REST API; https, or http on loopback",
                          "https://app.asana.com/api/1.0", ASKING_ASANA, EVERYWHERE },
    [SETTING_CA_FILE] = { "ca-file", KIND_VALUE, "FILE",
                          "Certificates to trust for Asana, in PEM form", "the system's",
                          ASKING_ASANA, EVERYWHERE },
    [SETTING_DEADLINE_SECONDS] = { "deadline-seconds", KIND_VALUE, "N",
                                   "Longest wait for one answer of Asana's, 1 to 600", "60",
                                   ASKING_ASANA, EVERYWHERE },
    [SETTING_CONFIG] = { "config", KIND_VALUE, "FILE", "Settings file to read (see below)", NULL,
                         WITH_SANDBOX, BIT(FROM_ENVIRONMENT) | BIT(FROM_FLAG) },
    [SETTING_LOG_LEVEL] = { "log-level", KIND_VALUE, "LEVEL",
                            "error, warn, info or debug, on standard error", "info", WITH_SANDBOX,
                            EVERYWHERE },
    [SETTING_SIZES] = { "sizes", KIND_BOOL, "",
                        "Show how many bytes each tool takes in the listing", NULL,
                        BIT(COMMAND_TOOLS), BIT(FROM_FLAG) },
    [SETTING_JSON] = { "json", KIND_BOOL, "", "Print the listing as JSON, as assistants get it",
                       NULL, BIT(COMMAND_TOOLS), BIT(FROM_FLAG) },
};

enum command_id command_find(const char *name)
{
    enum command_id id = 0;
    while (id < COMMAND_COUNT && strcmp(vocabulary_commands[id].name, name) != 0)
        id++;
    return id;
}

enum setting_id setting_find_flag(const char *name, size_t len)
{
    enum setting_id id = 0;
    for (; id < SETTING_COUNT; id++) {
        const char *known = vocabulary_settings[id].name;
        if (strlen(known) == len && memcmp(known, name, len) == 0)
            break;
    }
    return id;
}

enum setting_id setting_find_variable(const char *name, size_t len)
{
    enum setting_id id = 0;
    for (; id < SETTING_COUNT; id++) {
        char known[SETTING_NAME_MAX];
        setting_variable(id, known);
        if ((vocabulary_settings[id].sources & BIT(FROM_ENVIRONMENT)) && strlen(known) == len &&
            memcmp(known, name, len) == 0)
            break;
    }
    return id;
}

enum setting_id setting_find_key(const char *name)
{
    enum setting_id id = 0;
    for (; id < SETTING_COUNT; id++) {
        char known[SETTING_NAME_MAX];
        setting_key(id, known);
        if ((vocabulary_settings[id].sources & BIT(FROM_FILE)) && strcmp(known, name) == 0)
            break;
    }
    return id;
}

void setting_variable(enum setting_id id, char out[SETTING_NAME_MAX])
{
    snprintf(out, SETTING_NAME_MAX, VARIABLE_PREFIX "%s", vocabulary_settings[id].name);
    for (char *p = out; *p; p++)
        *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
}

void setting_key(enum setting_id id, char out[SETTING_NAME_MAX])
{
    snprintf(out, SETTING_NAME_MAX, "%s", vocabulary_settings[id].name);
    for (char *p = out; *p; p++)
        if (*p == '-')
            *p = '_';
}

bool setting_taken_by(enum setting_id id, enum command_id command)
{
    return vocabulary_settings[id].commands & BIT(command);
}

const char *setting_standard(enum setting_id id, enum command_id command)
{
    /* Beside a server on its usual port; and a tool's result should not drown in log lines. */
    if (id == SETTING_LISTEN && command == COMMAND_SANDBOX)
        return "127.0.0.1:8001";
    if (id == SETTING_LOG_LEVEL && (command == COMMAND_CALL || command == COMMAND_DOCTOR))
        return "warn";
    return vocabulary_settings[id].standard;
}
