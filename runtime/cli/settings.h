/* settings.h: what the operator wants, from flags, environment and settings file (in this order of
 * strength).
 *
 *     settings_init → settings_flags → settings_load → settings_check → … → settings_done
 *
 * A weaker source's value that a stronger one replaces is not looked at; a setting that the command
 * does not take may stand in the environment or the file (they are shared), but not among the
 * flags. Error texts name the place where the value was given. The Asana token comes from the
 * environment alone; neither it nor another secret meets an error text.
 *
 * The struct belongs to its caller, everything in it to the struct until settings_done(). One
 * thread at a time. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "cli/vocabulary.h"
#include "http/listen.h"
#include "mcp/scope.h"
#include "trace/exporter.h"
#include "transport/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values of one list, and sections [client NAME]. */
#define SETTINGS_LIST_MAX 32
#define SETTINGS_CLIENTS_MAX 32

/* One setting as it was given. */
struct setting_given {
    enum setting_source from;
    const char *place; /* "--workers", "ASANA_MCP_WORKERS", "asana.ini:3: workers" */
    size_t count;      /* 0 when it is at its default */
    const char *texts[SETTINGS_LIST_MAX];
};

/* An assistant that the operator registers by hand: a section [client NAME] of the file. */
struct settings_client {
    const char *name;
    const char *id;
    struct secret secret;       /* empty: a public client */
    const char **redirect_uris; /* NULL-terminated */
};

/* Sections [policy NAME] (settings_policies.h), and [tool NAME]. */
#define SETTINGS_POLICIES_MAX 64
#define SETTINGS_TOOLS_MAX 64
struct settings_tool {
    const char *name;
    const char *place;       /* of its first line */
    const char *description; /* NULL: its own */
    const char *fields;      /* asked for when a call names none; NULL: its own */
    bool hidden;
};

struct settings {
    struct arena *arena;
    enum command_id command;
    bool help;               /* --help was given: nothing else counts */
    const char *const *argv; /* what settings_flags() read */
    struct setting_given given[SETTING_COUNT];
    const char *const *operands; /* NULL-terminated; borrowed from argv */
    size_t operand_count;

    struct listen_address listen;
    int listen_fd;                        /* the socket that the service manager gave; 0: none */
    struct listen_address metrics_listen; /* no host: none */
    const char *public_url; /* NULL: http:// and the listen address; no slash at the end */
    enum auth_mode auth;
    const char *const *allow_origins;   /* NULL-terminated */
    const char *const *trusted_proxies; /* likewise */
    unsigned workers;
    unsigned drain_seconds;
    unsigned max_connections;
    unsigned max_connections_per_address; /* 0: half of them */
    unsigned max_sessions_per_person;
    unsigned max_calls;
    unsigned max_calls_per_person;
    unsigned max_queued_calls; /* 0: none */
    unsigned max_queued_calls_per_person;
    unsigned queue_seconds;
    const char *tls_cert; /* NULL, like tls_key: plain HTTP */
    const char *tls_key;
    enum mcp_confirm confirm;
    bool sandbox;
    int64_t now_ms;               /* 0: the sandbox's clock runs */
    const char *state;            /* the sandbox's file; NULL: memory */
    const char *client_id;        /* NULL: none; the sandbox has a default */
    struct secret client_secret;  /* empty when none was given */
    struct secret cluster_secret; /* likewise */
    const char *oauth_url;        /* no slash at the end */
    const char *oauth_scope;
    const char *store;      /* NULL: the environment names no place for one */
    const char *redis_ca;   /* NULL: what the system trusts */
    const char *redis_cert; /* NULL, like redis_key: none */
    const char *redis_key;
    const char *const *allow_redirects;  /* NULL-terminated, like all lists; NULL: the known */
    const char *const *cimd_allow;       /* host:port */
    const char *const *allow_workspaces; /* gids */
    const char *const *block_workspaces; /* gids */
    const char *const *block_clients;    /* ids */
    const char *const *block_people;     /* gids */
    const char *request_webhook;         /* NULL: none; may hold a secret */
    struct settings_tool *tools;         /* ended by a NULL name; NULL: none */
    struct settings_client *clients;     /* ended by a NULL name; NULL: none */
    uint64_t toolsets;                   /* bits in the order of tool_toolsets */
    bool read_only;
    unsigned levels;                    /* bits 1u << enum tool_effect; 0: all */
    const struct tool_profile *profile; /* NULL: all */
    struct scope_policy *policies;      /* ended by a NULL name; NULL: none */
    const char *const *disabled_tools;
    const char *tools_pack;           /* NULL: none */
    const char *const *redirect_uris; /* NULL-terminated */
    unsigned token_seconds;           /* 0: the sandbox's default */
    const char *api_url;              /* no slash at the end */
    const char *ca_file;              /* NULL: the system's */
    unsigned deadline_seconds;
    enum log_level log_level;
    enum log_format log_format;
    bool access_log;
    const char *audit_log; /* "-": standard error; NULL: none */
    bool audit_arguments;
    struct trace_options trace; /* without a url: off */
    struct secret otlp_headers; /* as given; empty when none were */
    bool sizes;
    bool json;
    bool profiles;
    const char *person; /* a gid; NULL: everybody */
    const char *client; /* of policy, like the two below; NULL: any */
    const char *workspace;
    const char *tool;
    const char *reason; /* NULL: none was given */
    bool clear;
    const char *url; /* of connect, like the four below; no slash at the end; NULL: this server */
    int transport;   /* enum client_transport; -1: what the client does best */
    const char *name;
    const char *file; /* NULL: where the client looks */
    bool write;
    struct secret asana_token; /* empty when the environment has none */
};

/* False when memory is short. */
bool settings_init(struct settings *s);
void settings_done(struct settings *s);

/* argv: what follows the command's name, NULL-terminated; borrowed. Everything that is no flag is
 * an operand; "--" ends the flags. ERR_SETTINGS for unknown flags (with the nearest name), missing
 * and needless values. */
bool settings_flags(struct settings *s, enum command_id command, const char *const *argv,
                    struct err *err);

/* Adds environment (NULL-terminated "NAME=value" strings) and settings file, and reads the values
 * that this command takes. */
bool settings_load(struct settings *s, const char *const *environment, struct err *err);

/* Rules between settings: what must not be served where, and what is missing. */
bool settings_check(const struct settings *s, struct err *err);

/* The word of --auth for it. */
const char *auth_mode_name(enum auth_mode mode);

/* The value in force, for people; never a secret. */
const char *settings_text(const struct settings *s, enum setting_id id);
