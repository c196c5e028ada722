#include "cli/values.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cli/rule_words.h"
#include "cli/store_at.h"
#include "cli/url.h"
#include "http/peer.h"
#include "mcp/catalog.h"
#include "oauth/redirect.h"
#include "web/recipe.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define WORKERS_MAX 64
#define DEADLINE_MAX 600
#define DRAIN_MAX 600
#define NAME_MAX_LENGTH 40
#define TOKEN_SECONDS_MAX 86400
#define GID_MAX 31
#define WEBHOOK_MAX 2000

bool value_bool(const char *place, const char *text, bool *out, struct err *err)
{
    static const char *const yes[] = { "true", "yes", "on", "1" };
    static const char *const no[] = { "false", "no", "off", "0" };
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
        bool is_yes = strcasecmp(text, yes[i]) == 0;
        if (is_yes || strcasecmp(text, no[i]) == 0) {
            *out = is_yes;
            return true;
        }
    }
    return err_set(err, ERR_SETTINGS, "%s: expected true or false, got \"%.40s\"", place, text);
}

static bool read_range(const char *place, const char *text, unsigned min, unsigned max,
                       unsigned *out, struct err *err)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || n < min || n > max)
        return err_set(err, ERR_SETTINGS, "%s: expected a number from %u to %u, got \"%.40s\"",
                       place, min, max, text);
    *out = (unsigned)n;
    return true;
}

static bool read_number(const char *place, const char *text, unsigned max, unsigned *out,
                        struct err *err)
{
    return read_range(place, text, 1, max, out, err);
}

static bool read_listen(const char *place, const char *text, struct listen_address *out,
                        struct err *err)
{
    struct err why = { 0 };
    if (!listen_parse(text, out, &why))
        return err_set(err, ERR_SETTINGS, "%s: %s", place, why.text);
    return true;
}

static const char *const auth_words[] = {
    [AUTH_TOKEN] = "token",
    [AUTH_BEARER] = "bearer",
    [AUTH_OAUTH] = "oauth",
};

const char *auth_mode_name(enum auth_mode mode)
{
    return auth_words[mode];
}

static bool read_auth(const char *place, const char *text, enum auth_mode *out, struct err *err)
{
    for (enum auth_mode m = 0; m < sizeof(auth_words) / sizeof(*auth_words); m++) {
        if (strcmp(text, auth_words[m]) == 0) {
            *out = m;
            return true;
        }
    }
    /* Not shown: it could be a token, given where only its kind is asked for. */
    return err_set(err, ERR_SETTINGS,
                   "%s: expected the word oauth, bearer or token (a token itself goes into the "
                   "environment variable " TOKEN_VARIABLE ")",
                   place);
}

static bool read_confirm(const char *place, const char *text, enum mcp_confirm *out,
                         struct err *err)
{
    static const char *const words[] = {
        [MCP_CONFIRM_NEVER] = "never",
        [MCP_CONFIRM_DESTRUCTIVE] = "destructive",
        [MCP_CONFIRM_WRITES] = "writes",
    };
    for (enum mcp_confirm c = 0; c < sizeof(words) / sizeof(*words); c++) {
        if (strcmp(text, words[c]) == 0) {
            *out = c;
            return true;
        }
    }
    return err_set(err, ERR_SETTINGS, "%s: expected never, destructive or writes, got \"%.40s\"",
                   place, text);
}

static bool read_now(const char *place, const char *text, int64_t *out, struct err *err)
{
    int64_t ms;
    if (!clock_parse_datetime(text, &ms) || ms <= 0)
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a time with zone like 2026-11-23T09:00:00Z, got \"%.40s\"",
                       place, text);
    *out = ms;
    return true;
}

/* Where tokens go. */
static bool read_asana_url(struct settings *s, const char *place, const char *text,
                           const char **out, struct err *err)
{
    if (!url_base_read(s->arena, place, text, out, err))
        return false;
    if (!url_is_https(*out) && !url_is_loopback(*out))
        return err_set(
            err, ERR_SETTINGS,
            "%s: plain http would send Asana tokens over the network for all to read; use "
            "https (http is for loopback only), got \"%.200s\"",
            place, text);
    return true;
}

static bool read_file_name(const char *place, const char *text, const char **out, struct err *err)
{
    if (access(text, R_OK) != 0)
        return err_set(err, ERR_SETTINGS, "%s: cannot read \"%.200s\": %s", place, text,
                       strerror(errno));
    *out = text;
    return true;
}

static bool read_log_level(const char *place, const char *text, enum log_level *out,
                           struct err *err)
{
    if (log_level_parse(text, out))
        return true;
    return err_set(err, ERR_SETTINGS, "%s: expected error, warn, info or debug, got \"%.40s\"",
                   place, text);
}

static bool read_log_format(const char *place, const char *text, enum log_format *out,
                            struct err *err)
{
    if (log_format_parse(text, out))
        return true;
    return err_set(err, ERR_SETTINGS, "%s: expected text or json, got \"%.40s\"", place, text);
}

static bool read_origins(struct settings *s, const struct setting_given *given, struct err *err)
{
    const char **list = arena_zalloc(s->arena, given->count + 1, sizeof(*list));
    if (!list)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < given->count; i++)
        if (!url_origin_read(s->arena, given->place, given->texts[i], &list[i], err))
            return false;
    s->allow_origins = list;
    return true;
}

static bool read_texts(struct settings *s, const struct setting_given *given,
                       const char *const **out, struct err *err)
{
    const char **list = arena_zalloc(s->arena, given->count + 1, sizeof(*list));
    if (!list)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < given->count; i++)
        list[i] = given->texts[i];
    *out = list;
    return true;
}

bool value_is_gid(const char *text)
{
    size_t len = strspn(text, "0123456789");
    return len > 0 && len <= GID_MAX && !text[len];
}

static bool read_gid(const char *place, const char *text, const char **out, struct err *err)
{
    if (!value_is_gid(text))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a gid, digits like 1204567890123456, got \"%.60s\"", place,
                       text);
    *out = text;
    return true;
}

/* Each of the list has to be what was expected. */
static bool read_each(struct settings *s, const struct setting_given *given,
                      bool (*is_good)(const char *text), const char *expected,
                      const char *const **out, struct err *err)
{
    for (size_t i = 0; i < given->count; i++)
        if (!is_good(given->texts[i]))
            return err_set(err, ERR_SETTINGS, "%s: expected %s, got \"%.100s\"", given->place,
                           expected, given->texts[i]);
    return read_texts(s, given, out, err);
}

static bool read_gids(struct settings *s, const struct setting_given *given,
                      const char *const **out, struct err *err)
{
    return read_each(s, given, value_is_gid, "a gid, digits like 1204567890123456", out, err);
}

/* "known" stands for all of those. */
static bool read_redirect_patterns(struct settings *s, const struct setting_given *given,
                                   struct err *err)
{
    size_t known = 0, n = 0;
    while (redirect_known[known])
        known++;
    const char **list = arena_zalloc(s->arena, given->count + known + 1, sizeof(*list));
    if (!list)
        return err_set(err, ERR_MEMORY, "out of memory");
    bool with_known = false;
    for (size_t i = 0; i < given->count; i++) {
        struct err why = { 0 };
        if (strcmp(given->texts[i], "known") == 0)
            with_known = true;
        else if (redirect_pattern_ok(given->texts[i], &why))
            list[n++] = given->texts[i];
        else
            return err_set(err, ERR_SETTINGS, "%s: %s", given->place, why.text);
    }
    for (size_t i = 0; with_known && i < known; i++)
        list[n++] = redirect_known[i];
    s->allow_redirects = list;
    return true;
}

/* A name or an address in brackets, and a port. */
static bool is_host_and_port(const char *text)
{
    const char *colon = strrchr(text, ':');
    size_t host = colon ? (size_t)(colon - text) : 0;
    bool v6 = *text == '[' && host > 2 && text[host - 1] == ']';
    if (!host || strpbrk(text, "/@?# ") || (!v6 && memchr(text, ':', host)))
        return false;
    size_t digits = strspn(colon + 1, "0123456789");
    long port = digits && digits <= 5 && !colon[1 + digits] ? strtol(colon + 1, NULL, 10) : 0;
    return port > 0 && port < 65536;
}

static bool read_client_ids(struct settings *s, const struct setting_given *given, struct err *err)
{
    for (size_t i = 0; i < given->count; i++)
        if (strlen(given->texts[i]) > LIMIT_CLIENT_ID)
            return err_set(err, ERR_SETTINGS, "%s: longer than any client's id", given->place);
    return read_texts(s, given, &s->block_clients, err);
}

/* An address of Redis may hold a password: it is taken out of the texts, which are for people. */
static bool read_store(struct settings *s, struct setting_given *given, struct err *err)
{
    const char *text = given->texts[0];
    struct err why;
    bool password;
    const char *shown = store_at_show(s->arena, text, &password, &why);
    if (!shown)
        return err_set(err, ERR_SETTINGS, "%s: %s", given->place, why.text);
    if (password && given->from == FROM_FLAG)
        LOG(LOG_WARN, "store.password_in_flag",
            LOG_STR("why", "everybody on this machine can see it with ps"),
            LOG_STR("cure", "set ASANA_MCP_STORE, or store in the settings file"));
    s->store = text;
    given->texts[0] = shown;
    return true;
}

/* Such addresses often hold a secret: not shown, and taken out of the texts, which are for people.
 */
static bool read_webhook(struct settings *s, struct setting_given *given, struct err *err)
{
    const char *text = given->texts[0];
    if (strlen(text) > WEBHOOK_MAX || !url_is_plain(text) ||
        (!url_is_https(text) && !url_is_loopback(text)))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a URL that begins with https:// (http is for loopback only)",
                       given->place);
    s->request_webhook = text;
    given->texts[0] = "set";
    return true;
}

static bool read_toolsets(struct settings *s, const struct setting_given *given, struct err *err)
{
    s->toolsets = 0;
    for (size_t i = 0; i < given->count; i++)
        if (!rule_read_toolset(given->place, given->texts[i], &s->toolsets, err))
            return false;
    return true;
}

static bool read_levels(struct settings *s, const struct setting_given *given, struct err *err)
{
    for (size_t i = 0; i < given->count; i++)
        if (!rule_read_level(given->place, given->texts[i], &s->levels, err))
            return false;
    return true;
}

/* With a pack, more names are known when that has been read (cli/toolbox.h). */
static bool read_disabled(struct settings *s, const struct setting_given *given, struct err *err)
{
    bool packed = s->given[SETTING_TOOLS_PACK].count > 0;
    for (size_t i = 0; i < given->count && !packed; i++)
        if (!rule_check_tool(given->place, given->texts[i], err))
            return false;
    return read_texts(s, given, &s->disabled_tools, err);
}

static bool read_reason(const char *place, const char *text, const char **out, struct err *err)
{
    if (strlen(text) > LIMIT_BLOCK_REASON || !utf8_valid(slice_of(text)))
        return err_set(err, ERR_SETTINGS, "%s: expected at most %d bytes of text in UTF-8", place,
                       LIMIT_BLOCK_REASON);
    *out = text;
    return true;
}

/* Moves it out of the texts as given, which are for people. */
static bool read_secret(struct setting_given *given, struct secret *out, struct err *err)
{
    char *text = (char *)given->texts[0];
    if (!secret_set(out, slice_of(text)))
        return err_set(err, ERR_MEMORY, "out of memory");
    sodium_memzero(text, strlen(text));
    given->texts[0] = "set";
    return true;
}

static bool read_transport(const char *place, const char *text, int *out, struct err *err)
{
    for (enum client_transport t = 0; t < CLIENT_TRANSPORTS; t++)
        if (strcmp(recipe_transport_name(t), text) == 0) {
            *out = (int)t;
            return true;
        }
    return err_set(err, ERR_SETTINGS, "%s: expected http, sse or stdio, got \"%.40s\"", place,
                   text);
}

/* Clients make it a part of the tools' names. */
static bool read_name(const char *place, const char *text, const char **out, struct err *err)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t len = strlen(text);
    if (len > NAME_MAX_LENGTH || text[strspn(text, allowed)] != '\0' || *text == '-')
        return err_set(err, ERR_SETTINGS,
                       "%s: expected at most %d letters, digits, \"_\" and \"-\", got \"%.80s\"",
                       place, NAME_MAX_LENGTH, text);
    *out = text;
    return true;
}

bool value_read(struct settings *s, enum setting_id id, struct err *err)
{
    const struct setting_given *given = &s->given[id];
    const char *place = given->place;
    const char *text = given->texts[0];
    switch (id) {
    case SETTING_LISTEN:
        return read_listen(place, text, &s->listen, err);
    case SETTING_METRICS_LISTEN:
        if (!read_listen(place, text, &s->metrics_listen, err))
            return false;
        s->metrics_listen.flag = "--metrics-listen";
        return true;
    case SETTING_PUBLIC_URL:
        return url_base_read(s->arena, place, text, &s->public_url, err);
    case SETTING_AUTH:
        return read_auth(place, text, &s->auth, err);
    case SETTING_TRUSTED_PROXY:
        return read_each(s, given, peer_network_ok, "an address or a network like 10.0.0.0/8",
                         &s->trusted_proxies, err);
    case SETTING_ALLOW_ORIGIN:
        return read_origins(s, given, err);
    case SETTING_TLS_CERT:
        return read_file_name(place, text, &s->tls_cert, err);
    case SETTING_TLS_KEY:
        return read_file_name(place, text, &s->tls_key, err);
    case SETTING_WORKERS:
        return read_number(place, text, WORKERS_MAX, &s->workers, err);
    case SETTING_DRAIN_SECONDS:
        return read_range(place, text, 0, DRAIN_MAX, &s->drain_seconds, err);
    case SETTING_MAX_CONNECTIONS:
        return read_number(place, text, LIMIT_HTTP_CONNECTIONS, &s->max_connections, err);
    case SETTING_MAX_CONNECTIONS_PER_ADDRESS:
        return read_number(place, text, LIMIT_HTTP_CONNECTIONS, &s->max_connections_per_address,
                           err);
    case SETTING_MAX_SESSIONS_PER_PERSON:
        return read_number(place, text, LIMIT_SESSIONS, &s->max_sessions_per_person, err);
    case SETTING_MAX_CALLS:
        return read_number(place, text, LIMIT_CALLS, &s->max_calls, err);
    case SETTING_MAX_CALLS_PER_PERSON:
        return read_number(place, text, LIMIT_CALLS, &s->max_calls_per_person, err);
    case SETTING_MAX_QUEUED_CALLS:
        return read_range(place, text, 0, LIMIT_CALLS, &s->max_queued_calls, err);
    case SETTING_MAX_QUEUED_CALLS_PER_PERSON:
        return read_number(place, text, LIMIT_CALLS, &s->max_queued_calls_per_person, err);
    case SETTING_QUEUE_SECONDS:
        return read_number(place, text, LIMIT_QUEUE_SECONDS, &s->queue_seconds, err);
    case SETTING_CONFIRM:
        return read_confirm(place, text, &s->confirm, err);
    case SETTING_SANDBOX:
        return value_bool(place, text, &s->sandbox, err);
    case SETTING_NOW:
        return read_now(place, text, &s->now_ms, err);
    case SETTING_STATE: /* made when missing; opening it tells what is wrong with it */
        s->state = text;
        return true;
    case SETTING_CLIENT_ID:
        s->client_id = text;
        return true;
    case SETTING_CLIENT_SECRET:
        return read_secret(&s->given[id], &s->client_secret, err);
    case SETTING_CLUSTER_SECRET:
        return read_secret(&s->given[id], &s->cluster_secret, err);
    case SETTING_REDIRECT_URI: /* starting the sandbox tells what is wrong with one */
        return read_texts(s, given, &s->redirect_uris, err);
    case SETTING_TOKEN_SECONDS:
        return read_number(place, text, TOKEN_SECONDS_MAX, &s->token_seconds, err);
    case SETTING_API_URL:
        return read_asana_url(s, place, text, &s->api_url, err);
    case SETTING_OAUTH_URL:
        return read_asana_url(s, place, text, &s->oauth_url, err);
    case SETTING_OAUTH_SCOPE:
        s->oauth_scope = text;
        return true;
    case SETTING_STORE:
        return read_store(s, &s->given[SETTING_STORE], err);
    case SETTING_REDIS_CA:
        return read_file_name(place, text, &s->redis_ca, err);
    case SETTING_REDIS_CERT:
        return read_file_name(place, text, &s->redis_cert, err);
    case SETTING_REDIS_KEY:
        return read_file_name(place, text, &s->redis_key, err);
    case SETTING_ALLOW_REDIRECT:
        return read_redirect_patterns(s, given, err);
    case SETTING_CIMD_ALLOW:
        return read_each(s, given, is_host_and_port, "HOST:PORT like clients.internal:443",
                         &s->cimd_allow, err);
    case SETTING_ALLOW_WORKSPACE:
        return read_gids(s, given, &s->allow_workspaces, err);
    case SETTING_BLOCK_WORKSPACE:
        return read_gids(s, given, &s->block_workspaces, err);
    case SETTING_BLOCK_CLIENT:
        return read_client_ids(s, given, err);
    case SETTING_BLOCK_PERSON:
        return read_gids(s, given, &s->block_people, err);
    case SETTING_REQUEST_WEBHOOK:
        return read_webhook(s, &s->given[id], err);
    case SETTING_TOOLSETS:
        return read_toolsets(s, given, err);
    case SETTING_READ_ONLY:
        return value_bool(place, text, &s->read_only, err);
    case SETTING_LEVELS:
        return read_levels(s, given, err);
    case SETTING_PROFILE:
        return rule_read_profile(place, text, &s->profile, err);
    case SETTING_DISABLE:
        return read_disabled(s, given, err);
    case SETTING_PROFILES:
        return value_bool(place, text, &s->profiles, err);
    case SETTING_CLIENT:
        s->client = text;
        return true;
    case SETTING_WORKSPACE:
        return read_gid(place, text, &s->workspace, err);
    case SETTING_TOOL:
        s->tool = text;
        return true;
    case SETTING_USER:
    case SETTING_PERSON:
        return read_gid(place, text, &s->person, err);
    case SETTING_REASON:
        return read_reason(place, text, &s->reason, err);
    case SETTING_CLEAR:
        return value_bool(place, text, &s->clear, err);
    case SETTING_URL:
        return url_base_read(s->arena, place, text, &s->url, err);
    case SETTING_TRANSPORT:
        return read_transport(place, text, &s->transport, err);
    case SETTING_NAME:
        return read_name(place, text, &s->name, err);
    case SETTING_FILE: /* made when missing; writing it tells what is wrong with it */
        s->file = text;
        return true;
    case SETTING_WRITE:
        return value_bool(place, text, &s->write, err);
    case SETTING_TOOLS_PACK:
        return read_file_name(place, text, &s->tools_pack, err);
    case SETTING_CA_FILE:
        return read_file_name(place, text, &s->ca_file, err);
    case SETTING_DEADLINE_SECONDS:
        return read_number(place, text, DEADLINE_MAX, &s->deadline_seconds, err);
    case SETTING_LOG_LEVEL:
        return read_log_level(place, text, &s->log_level, err);
    case SETTING_LOG_FORMAT:
        return read_log_format(place, text, &s->log_format, err);
    case SETTING_ACCESS_LOG:
        return value_bool(place, text, &s->access_log, err);
    case SETTING_AUDIT_LOG: /* made when missing; opening it tells what is wrong with it */
        s->audit_log = text;
        return true;
    case SETTING_AUDIT_ARGUMENTS:
        return value_bool(place, text, &s->audit_arguments, err);
    case SETTING_OTLP_HEADERS:
        return read_secret(&s->given[id], &s->otlp_headers, err);
    case SETTING_OTLP_ENDPOINT: /* with the variables that belong to it: settings_trace.c */
    case SETTING_OTLP_SAMPLE:
        return true;
    case SETTING_SIZES:
        return value_bool(place, text, &s->sizes, err);
    case SETTING_JSON:
        return value_bool(place, text, &s->json, err);
    case SETTING_CONFIG: /* read already, before all others */
    case SETTING_COUNT:
        break;
    }
    return true;
}
