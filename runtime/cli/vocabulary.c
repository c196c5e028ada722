#include "cli/vocabulary.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define BIT(x) (1u << (x))
#define SERVING (BIT(COMMAND_SERVE) | BIT(COMMAND_DOCTOR))
#define ASKING_ASANA \
    (BIT(COMMAND_SERVE) | BIT(COMMAND_STDIO) | BIT(COMMAND_CALL) | BIT(COMMAND_DOCTOR))
#define WITH_SANDBOX (ASKING_ASANA | BIT(COMMAND_SANDBOX))
/* Those that look into a server's store, or change it. */
#define IN_STORE                                                                               \
    (BIT(COMMAND_BLOCK) | BIT(COMMAND_UNBLOCK) | BIT(COMMAND_BLOCKS) | BIT(COMMAND_REQUESTS) | \
     BIT(COMMAND_GRANTS) | BIT(COMMAND_SESSIONS) | BIT(COMMAND_REVOKE) | BIT(COMMAND_STORE) |  \
     BIT(COMMAND_POLICY))
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
                    "    host it behind a TLS proxy; each caller sends an Asana token of its own\n"
                    "ASANA_MCP_CLIENT_SECRET=… asana-mcp serve --client-id ID \\\n"
                    "        --listen 0.0.0.0:8000 --public-url https://mcp.example.com\n"
                    "    the same, and each caller signs in with Asana\n"
                    "asana-mcp serve --sandbox --auth oauth\n"
                    "    try signing in, with the sandbox in Asana's place\n",
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
        .about = "Serves Asana's REST API and sign-in (OAuth) with sample data, held in memory or in a "
                 "file, until SIGINT or SIGTERM. Any program that can be given another API address can work against it. "
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
        .about = "Checks what serve would use: settings and where each comes from, the addresses to listen "
                 "on, the store, the public address and its certificate, the way to Asana, the clock, the "
                 "token and what it can see. Takes the flags of serve. Exits 1 when something has to be "
                 "done first.",
        .examples = "asana-mcp doctor --config /etc/asana-mcp.ini\n",
    },
    [COMMAND_CONNECT] = {
        .name = "connect",
        .operands = "[CLIENT]",
        .summary = "Show how a client is connected to this server",
        .about = "Prints the command or the settings with which a client (an assistant, an editor, …) connects, for the server that "
                 "these settings describe or that --url names; without CLIENT, lists the clients. With "
                 "--write it puts the entry into the client's settings file: everything that is there "
                 "stays as it is, a copy is kept beside it, and no token is ever written.",
        .examples = "asana-mcp connect claude-code --url https://mcp.example.com\n"
                    "    the command to run\n"
                    "asana-mcp connect cursor --url https://mcp.example.com --write\n"
                    "    put it into ~/.cursor/mcp.json\n"
                    "asana-mcp connect vscode --transport sse --file .vscode/mcp.json --write\n"
                    "    for one project, over SSE, with the server on this machine\n",
    },
    [COMMAND_BLOCK] = {
        .name = "block",
        .operands = "person|client|workspace ID",
        .summary = "Keep a person, an assistant or a workspace out",
        .about = "Blocks a person (the gid of an Asana user), a client (the id that an assistant registered "
                 "with) or a workspace (its gid; nobody sees it any more) on the server that uses the same "
                 "store. Running sessions hear of it within a second.",
        .examples = "asana-mcp block person 1204567890123456 --reason \"left the company\"\n"
                    "asana-mcp block workspace 1204567890123457 --config /etc/asana-mcp.ini\n"
                    "    in the store that this file names\n",
    },
    [COMMAND_UNBLOCK] = {
        .name = "unblock",
        .operands = "person|client|workspace ID",
        .summary = "Take such a block back",
        .about = "Takes back what block did; the server hears of it within a second. What the settings file "
                 "blocks stays blocked until it is changed there.",
        .examples = "asana-mcp unblock person 1204567890123456\n",
    },
    [COMMAND_BLOCKS] = {
        .name = "blocks",
        .operands = "",
        .summary = "List who and what is blocked",
        .about = "Lists what was blocked with the block command, and what the settings block.",
        .examples = "asana-mcp blocks --json\n",
    },
    [COMMAND_REQUESTS] = {
        .name = "requests",
        .operands = "",
        .summary = "List what blocked people ask",
        .about = "Lists the messages that blocked people left for the administrator, the oldest first.",
        .examples = "asana-mcp requests\n"
                    "asana-mcp requests --clear\n"
                    "    list them, then delete those that were listed\n",
    },
    [COMMAND_SESSIONS] = {
        .name = "sessions",
        .operands = "",
        .summary = "List who is connected",
        .about = "Lists the sessions that are open, at any node that shares the store: the person, the client, "
                 "the transport, the node, since when, and when it was last used (to the minute). Clients of "
                 "revision 2026-07-28 have no sessions.",
        .examples = "asana-mcp sessions --store redis://127.0.0.1:6379/0\n"
                    "asana-mcp sessions --person 1204567890123456 --json\n",
    },
    [COMMAND_GRANTS] = {
        .name = "grants",
        .operands = "",
        .summary = "List who is signed in with which assistant",
        .about = "Lists the assistants that people have connected, with the person's name and gid and the "
                 "client's id, as block and revoke want them.",
        .examples = "asana-mcp grants --person 1204567890123456\n",
    },
    [COMMAND_REVOKE] = {
        .name = "revoke",
        .operands = "",
        .summary = "Sign a person out of all assistants",
        .about = "Ends everything that a person has allowed assistants to do here, within a second. They may "
                 "sign in again, unless they are blocked.",
        .examples = "asana-mcp revoke --person 1204567890123456\n",
    },
    [COMMAND_POLICY] = {
        .name = "policy",
        .operands = "explain",
        .summary = "Say why a call would be refused",
        .about = "Goes through what the settings and the store say of a call: who is blocked, what is left of the "
                 "tools, for everybody and by the sections [policy NAME], and what the person allowed. "
                 "Exits 1 when the call would be refused.",
        .examples = "asana-mcp policy explain --user 1204567890123456 --tool asana_delete_task\n"
                    "asana-mcp policy explain --client ID --workspace 1204567890123457 \\\n"
                    "        --tool asana_create_task --config /etc/asana-mcp.ini\n",
    },
    [COMMAND_STORE] = {
        .name = "store",
        .operands = "migrate FROM [TO]",
        .summary = "Move everything to another store",
        .about = "Copies all that a server keeps (sign-ins, registrations, blocks, requests, …) from one store into "
                 "another one, which has to be empty, and compares the two afterwards. Without TO it goes into the "
                 "store of the settings: so a password of Redis need not be on the command line. Stop the servers "
                 "before: what they write meanwhile may stay behind. FROM is left as it is; nobody has to sign in "
                 "again. Exits 1 when TO is not empty, cannot be used or does not hold the same at the end.",
        .examples = "asana-mcp store migrate sqlite:asana-mcp.db redis://redis.internal:6379/0\n"
                    "    from one machine to several\n"
                    "ASANA_MCP_STORE=redis://:PASSWORD@redis.internal \\\n"
                    "        asana-mcp store migrate sqlite:asana-mcp.db\n"
                    "    the same, with a password\n"
                    "asana-mcp store migrate redis://redis.internal sqlite:asana-mcp.db\n"
                    "    and back\n",
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
                         SERVING | BIT(COMMAND_SANDBOX) | BIT(COMMAND_CONNECT), EVERYWHERE },
    [SETTING_METRICS_LISTEN] = { "metrics-listen", KIND_VALUE, "ADDR:PORT",
                                 "Address for your monitoring alone: /metrics, /healthz, /readyz",
                                 "none; /metrics is on the server's own address when only this "
                                 "machine reaches that",
                                 SERVING, EVERYWHERE },
    [SETTING_PUBLIC_URL] = { "public-url", KIND_VALUE, "URL",
                             "How clients reach this server, when a proxy stands in front of it",
                             "http:// and the listen address", SERVING | BIT(COMMAND_CONNECT),
                             EVERYWHERE },
    [SETTING_AUTH] = { "auth", KIND_VALUE, "oauth|bearer|token",
                       "As whom calls are made: with oauth each caller signs in with Asana; with "
                       "bearer each sends an Asana token, as Authorization: Bearer; token is the "
                       "one in " TOKEN_VARIABLE ", for everybody, on loopback only",
                       "oauth with a client id, else token",
                       SERVING | BIT(COMMAND_POLICY) | BIT(COMMAND_CONNECT), EVERYWHERE },
    [SETTING_CLIENT_ID] = { "client-id", KIND_VALUE, "ID",
                            "The OAuth application: the one that you made at Asana, or the "
                            "sandbox's",
                            NULL, SERVING | BIT(COMMAND_POLICY) | BIT(COMMAND_SANDBOX),
                            EVERYWHERE },
    [SETTING_CLIENT_SECRET] = { "client-secret", KIND_VALUE, "TEXT",
                                "That application's secret, never a flag", NULL,
                                SERVING | BIT(COMMAND_SANDBOX),
                                BIT(FROM_FILE) | BIT(FROM_ENVIRONMENT) },
    [SETTING_CLUSTER_SECRET] = { "cluster-secret", KIND_VALUE, "TEXT",
                                 "What all nodes at one Redis know, and Redis does not, never a "
                                 "flag: seals what they tell each other, in place of "
                                 "client-secret; "
                                 "32 characters or more",
                                 NULL, SERVING, BIT(FROM_FILE) | BIT(FROM_ENVIRONMENT) },
    [SETTING_OAUTH_URL] = { "oauth-url", KIND_VALUE, "URL",
                            "Where Asana's sign-in is (…/oauth_authorize, …/oauth_token); https, "
                            "or "
                            "http on loopback",
                            "https://app.asana.com/-", SERVING, EVERYWHERE },
    [SETTING_OAUTH_SCOPE] = { "oauth-scope", KIND_VALUE, "SCOPE",
                              "What Asana is asked for when people sign in", "default", SERVING,
                              EVERYWHERE },
    [SETTING_STORE] = { "store", KIND_VALUE, "sqlite:PATH|redis://…",
                        "Where sign-ins and blocks are kept: a file, or the Redis that several "
                        "servers share (redis://[user:password@]host:port/db, with TLS "
                        "rediss://…; a password belongs into ASANA_MCP_STORE or the settings file)",
                        "a file in the user's state directory", SERVING | IN_STORE, EVERYWHERE },
    [SETTING_REDIS_CA] = { "redis-ca", KIND_VALUE, "FILE",
                           "Authorities that a Redis at rediss:// has its certificate from, in "
                           "PEM form",
                           "those that the system trusts", SERVING | IN_STORE, EVERYWHERE },
    [SETTING_REDIS_CERT] = { "redis-cert", KIND_VALUE, "FILE",
                             "Certificate to show to such a Redis, in PEM form, with the chain "
                             "behind it",
                             "none", SERVING | IN_STORE, EVERYWHERE },
    [SETTING_REDIS_KEY] = { "redis-key", KIND_VALUE, "FILE",
                            "Its private key, in PEM form and not encrypted", "none",
                            SERVING | IN_STORE, EVERYWHERE },
    [SETTING_ALLOW_REDIRECT] = { "allow-redirect", KIND_LIST, "PATTERN",
                                 "Where assistants may have people sent back to: an address, one "
                                 "with /* at its end, known (the assistants we know) or any; may "
                                 "be repeated",
                                 "known", SERVING, EVERYWHERE },
    [SETTING_CIMD_ALLOW] = { "cimd-allow", KIND_LIST, "HOST:PORT",
                             "Host in a private network that may describe a client (Client ID "
                             "Metadata Document); may be repeated",
                             "public addresses only", SERVING, EVERYWHERE },
    [SETTING_ALLOW_WORKSPACE] = { "allow-workspace", KIND_LIST, "GID",
                                  "Workspace that people may work in; all others become "
                                  "invisible; may be repeated",
                                  "all",
                                  SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_BLOCKS) |
                                      BIT(COMMAND_POLICY),
                                  EVERYWHERE },
    [SETTING_BLOCK_WORKSPACE] = { "block-workspace", KIND_LIST, "GID",
                                  "Workspace that becomes invisible; may be repeated", NULL,
                                  SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_BLOCKS) |
                                      BIT(COMMAND_POLICY),
                                  EVERYWHERE },
    [SETTING_BLOCK_CLIENT] = { "block-client", KIND_LIST, "ID",
                               "Client (assistant) that nobody may use; may be repeated", NULL,
                               SERVING | BIT(COMMAND_BLOCKS) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_BLOCK_PERSON] = { "block-person", KIND_LIST, "GID",
                               "Asana user who may not use this server; may be repeated", NULL,
                               SERVING | BIT(COMMAND_BLOCKS) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_REQUEST_WEBHOOK] = { "request-webhook", KIND_VALUE, "URL",
                                  "Told when a blocked person asks to be let in; https, or http on "
                                  "loopback",
                                  NULL, SERVING, BIT(FROM_FILE) | BIT(FROM_ENVIRONMENT) },
    [SETTING_TOOLSETS] = { "toolsets", KIND_LIST, "LIST",
                           "Show only the tools of these sets, as \"tools\" names them; may be "
                           "repeated",
                           "all", SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_READ_ONLY] = { "read-only", KIND_BOOL, "", "Show only tools that change nothing", NULL,
                            SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_LEVELS] = { "levels", KIND_LIST, "LEVEL,…",
                         "What tools may do: read, create, update, delete; may be repeated", "all",
                         SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_PROFILE] = { "profile", KIND_VALUE, "NAME",
                          "Show a choice of the tools for one purpose, as \"tools --profiles\" "
                          "lists them",
                          "all", SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_DISABLE] = { "disable", KIND_LIST, "TOOL,…",
                          "Do not show these tools; may be repeated", NULL,
                          SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_POLICY), EVERYWHERE },
    [SETTING_TOOLS_PACK] = { "tools-pack", KIND_VALUE, "FILE",
                             "Further tools, as python3 -m codegen pack wrote them; a server "
                             "reads it again on SIGHUP",
                             "none",
                             SERVING | BIT(COMMAND_STDIO) | BIT(COMMAND_TOOLS) | BIT(COMMAND_CALL) |
                                 BIT(COMMAND_POLICY),
                             EVERYWHERE },
    [SETTING_TRUSTED_PROXY] = { "trusted-proxy", KIND_LIST, "ADDRESS[/BITS]",
                                "Proxy in front of this server, whose X-Forwarded-For says who "
                                "sends a request; may be repeated",
                                NULL, SERVING, EVERYWHERE },
    [SETTING_ALLOW_ORIGIN] = { "allow-origin", KIND_LIST, "ORIGIN",
                               "Web page origin that may call this server beside its own; may be "
                               "repeated",
                               NULL, SERVING, EVERYWHERE },
    [SETTING_TLS_CERT] = { "tls-cert", KIND_VALUE, "FILE",
                           "Certificate to serve https with, in PEM form, with the chain behind it",
                           "none", SERVING, EVERYWHERE },
    [SETTING_TLS_KEY] = { "tls-key", KIND_VALUE, "FILE", "Its private key, in PEM form", "none",
                          SERVING, EVERYWHERE },
    [SETTING_WORKERS] = { "workers", KIND_VALUE, "N", "Event loops, 1 to 64", "one per core",
                          SERVING, EVERYWHERE },
    [SETTING_DRAIN_SECONDS] = { "drain-seconds", KIND_VALUE, "N",
                                "How long a server that is stopped lets calls end, 0 to 600", "25",
                                SERVING, EVERYWHERE },
    [SETTING_MAX_CONNECTIONS] = { "max-connections", KIND_VALUE, "N",
                                  "Connections that may be open at once", "20000", SERVING,
                                  EVERYWHERE },
    [SETTING_MAX_CONNECTIONS_PER_ADDRESS] = { "max-connections-per-address", KIND_VALUE, "N",
                                              "Those of one address; loopback and trusted proxies "
                                              "have no such ceiling",
                                              "half of all", SERVING, EVERYWHERE },
    [SETTING_MAX_SESSIONS_PER_PERSON] = { "max-sessions-per-person", KIND_VALUE, "N",
                                          "Sessions that one person may have, over all assistants",
                                          "200", SERVING, EVERYWHERE },
    [SETTING_MAX_CALLS] = { "max-calls", KIND_VALUE, "N",
                            "Calls that may run or wait for Asana at once", "2000", SERVING,
                            EVERYWHERE },
    [SETTING_MAX_CALLS_PER_PERSON] = { "max-calls-per-person", KIND_VALUE, "N",
                                       "Those of one person", "100", SERVING, EVERYWHERE },
    [SETTING_MAX_QUEUED_CALLS] = { "max-queued-calls", KIND_VALUE, "N",
                                   "Calls that may wait for their turn when all places of "
                                   "--max-calls are taken; 0 refuses them at once",
                                   "1000", SERVING, EVERYWHERE },
    [SETTING_MAX_QUEUED_CALLS_PER_PERSON] = { "max-queued-calls-per-person", KIND_VALUE, "N",
                                              "Those of one person", "50", SERVING, EVERYWHERE },
    [SETTING_QUEUE_SECONDS] = { "queue-seconds", KIND_VALUE, "N",
                                "How long a call may wait for its turn, 1 to 600", "10", SERVING,
                                EVERYWHERE },
    [SETTING_CONFIRM] = { "confirm", KIND_VALUE, "never|destructive|writes",
                          "Which tools ask the person first, in clients that can show a question: "
                          "those that delete, or all that change something",
                          "destructive", SERVING | BIT(COMMAND_STDIO), EVERYWHERE },
    [SETTING_SANDBOX] = { "sandbox", KIND_BOOL, "",
                          "Start an embedded Asana with sample data and work in that", NULL,
                          ASKING_ASANA, EVERYWHERE },
    [SETTING_NOW] = { "now", KIND_VALUE, "TIME",
                      "Stop the sandbox's clock at this time, like 2026-11-23T09:00:00Z", NULL,
                      WITH_SANDBOX, EVERYWHERE },
    [SETTING_STATE] = { "state", KIND_VALUE, "FILE",
                        "File that keeps the sandbox's data when it stops; made when missing",
                        "in memory only", WITH_SANDBOX, EVERYWHERE },
    [SETTING_REDIRECT_URI] = { "redirect-uri", KIND_LIST, "URI",
                               "Where its OAuth application may have people sent back to; may be "
                               "repeated",
                               "http on loopback, any port and path", BIT(COMMAND_SANDBOX),
                               EVERYWHERE },
    [SETTING_TOKEN_SECONDS] = { "token-seconds", KIND_VALUE, "N",
                                "How long the sandbox's access tokens live, 1 to 86400", "3600",
                                SERVING | BIT(COMMAND_SANDBOX), EVERYWHERE },
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
                         WITH_SANDBOX | IN_STORE | BIT(COMMAND_CONNECT),
                         BIT(FROM_ENVIRONMENT) | BIT(FROM_FLAG) },
    [SETTING_LOG_LEVEL] = { "log-level", KIND_VALUE, "LEVEL",
                            "error, warn, info or debug, on standard error", "info",
                            WITH_SANDBOX | IN_STORE, EVERYWHERE },
    [SETTING_LOG_FORMAT] = { "log-format", KIND_VALUE, "text|json",
                             "Form of a line of the log: key=value, or one JSON object", "text",
                             WITH_SANDBOX | IN_STORE, EVERYWHERE },
    [SETTING_ACCESS_LOG] = { "access-log", KIND_BOOL, "",
                             "Log each HTTP request; a proxy in front usually does it already",
                             NULL, SERVING, EVERYWHERE },
    [SETTING_AUDIT_LOG] = { "audit-log", KIND_VALUE, "FILE",
                            "Who did what: calls, sign-ins, revocations and blocks, one JSON "
                            "object a line; - is standard error; the file is opened again on "
                            "SIGHUP",
                            "none", SERVING | BIT(COMMAND_STDIO) | IN_STORE, EVERYWHERE },
    [SETTING_AUDIT_ARGUMENTS] = { "audit-arguments", KIND_BOOL, "",
                                  "Write the arguments of calls into the audit log, too", NULL,
                                  SERVING | BIT(COMMAND_STDIO), EVERYWHERE },
    [SETTING_OTLP_ENDPOINT] = { "otlp-endpoint", KIND_VALUE, "URL",
                                "OpenTelemetry collector that traces are sent to (OTLP over HTTP, "
                                "JSON; below this, /v1/traces)",
                                "OTEL_EXPORTER_OTLP_ENDPOINT, or none",
                                SERVING | BIT(COMMAND_STDIO), EVERYWHERE },
    [SETTING_OTLP_HEADERS] = { "otlp-headers", KIND_VALUE, "NAME=VALUE,…",
                               "Headers for that collector, such as a key; percent-encoded, never "
                               "a flag",
                               "OTEL_EXPORTER_OTLP_HEADERS, or none", SERVING | BIT(COMMAND_STDIO),
                               BIT(FROM_FILE) | BIT(FROM_ENVIRONMENT) },
    [SETTING_OTLP_SAMPLE] = { "otlp-sample", KIND_VALUE, "0..1",
                              "Share of the traces that begin here and are recorded; of others "
                              "their caller says",
                              "OTEL_TRACES_SAMPLER, or 1", SERVING | BIT(COMMAND_STDIO),
                              EVERYWHERE },
    [SETTING_SIZES] = { "sizes", KIND_BOOL, "",
                        "Show how many bytes each tool takes in the listing", NULL,
                        BIT(COMMAND_TOOLS), BIT(FROM_FLAG) },
    [SETTING_PROFILES] = { "profiles", KIND_BOOL, "", "List the profiles, and the tools of each",
                           NULL, BIT(COMMAND_TOOLS), BIT(FROM_FLAG) },
    [SETTING_PERSON] = { "person", KIND_VALUE, "GID",
                         "Only what this Asana user has allowed, or has open", NULL,
                         BIT(COMMAND_SESSIONS) | BIT(COMMAND_GRANTS) | BIT(COMMAND_REVOKE),
                         BIT(FROM_FLAG) },
    [SETTING_USER] = { "user", KIND_VALUE, "GID", "The Asana user who calls", NULL,
                       BIT(COMMAND_POLICY), BIT(FROM_FLAG) },
    [SETTING_CLIENT] = { "client", KIND_VALUE, "ID",
                         "The client that calls, by its id as \"grants\" lists it", NULL,
                         BIT(COMMAND_POLICY), BIT(FROM_FLAG) },
    [SETTING_WORKSPACE] = { "workspace", KIND_VALUE, "GID", "The workspace that it is about", NULL,
                            BIT(COMMAND_POLICY), BIT(FROM_FLAG) },
    [SETTING_TOOL] = { "tool", KIND_VALUE, "NAME", "The tool that is called", NULL,
                       BIT(COMMAND_POLICY), BIT(FROM_FLAG) },
    [SETTING_REASON] = { "reason", KIND_VALUE, "TEXT", "Note for the list of blocks", NULL,
                         BIT(COMMAND_BLOCK), BIT(FROM_FLAG) },
    [SETTING_CLEAR] = { "clear", KIND_BOOL, "", "Delete what was listed", NULL,
                        BIT(COMMAND_REQUESTS), BIT(FROM_FLAG) },
    [SETTING_URL] = { "url", KIND_VALUE, "URL",
                      "Address of the server to connect to; may end in /mcp or /sse",
                      "that of --public-url or --listen", BIT(COMMAND_CONNECT), BIT(FROM_FLAG) },
    [SETTING_TRANSPORT] = { "transport", KIND_VALUE, "http|sse|stdio",
                            "How the client talks to it: http is Streamable HTTP; with stdio it "
                            "starts this program",
                            "what the client does best", BIT(COMMAND_CONNECT), BIT(FROM_FLAG) },
    [SETTING_NAME] = { "name", KIND_VALUE, "NAME", "What the client calls the server", "asana",
                       BIT(COMMAND_CONNECT), BIT(FROM_FLAG) },
    [SETTING_FILE] = { "file", KIND_VALUE, "FILE",
                       "Settings file to write to, for example that of a project",
                       "where the client looks", BIT(COMMAND_CONNECT), BIT(FROM_FLAG) },
    [SETTING_WRITE] = { "write", KIND_BOOL, "", "Put the entry into the client's settings file",
                        NULL, BIT(COMMAND_CONNECT), BIT(FROM_FLAG) },
    [SETTING_JSON] = { "json", KIND_BOOL, "",
                       "Print the list as JSON; that of the tools as assistants get it", NULL,
                       BIT(COMMAND_TOOLS) | BIT(COMMAND_BLOCKS) | BIT(COMMAND_REQUESTS) |
                           BIT(COMMAND_GRANTS) | BIT(COMMAND_SESSIONS) | BIT(COMMAND_HELP),
                       BIT(FROM_FLAG) },
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
    if (id == SETTING_LOG_LEVEL &&
        (command == COMMAND_CALL || command == COMMAND_DOCTOR || (BIT(command) & IN_STORE)))
        return "warn";
    if (id == SETTING_STORE && (BIT(command) & SERVING))
        return "a file in the user's state directory; with --sandbox, memory";
    if (command == COMMAND_SANDBOX && id == SETTING_CLIENT_ID)
        return "sandbox";
    if (command == COMMAND_SANDBOX && id == SETTING_CLIENT_SECRET)
        return "made at each start";
    return vocabulary_settings[id].standard;
}
