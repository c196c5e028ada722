#include "cli/settings.h"

#include "cli/store_at.h"
#include "cli/url.h"

#include <string.h>

/* Where the sandbox and the API URL are both given, the stronger source must be the sandbox's: it
 * stands in Asana's place. */
static bool check_sandbox_alone(const struct settings *s, enum setting_id id, struct err *err)
{
    const struct setting_given *sandbox = &s->given[SETTING_SANDBOX];
    const struct setting_given *url = &s->given[id];
    if (!s->sandbox || !setting_taken_by(id, s->command) || url->count == 0 ||
        url->from < sandbox->from)
        return true;
    return err_set(
        err, ERR_SETTINGS,
        "%s and %s both say which Asana to work in; give one of them (--no-sandbox turns the "
        "sandbox off)",
        sandbox->place, url->place);
}

static bool given_as_flag(const struct settings *s, enum setting_id id)
{
    return s->given[id].count > 0 && s->given[id].from == FROM_FLAG;
}

static bool check_sandbox(const struct settings *s, struct err *err)
{
    if (!check_sandbox_alone(s, SETTING_API_URL, err) ||
        !check_sandbox_alone(s, SETTING_OAUTH_URL, err))
        return false;
    bool sandbox = s->sandbox || s->command == COMMAND_SANDBOX;
    if (given_as_flag(s, SETTING_NOW) && !sandbox)
        return err_set(err, ERR_SETTINGS, "--now sets the sandbox's clock; add --sandbox");
    if (given_as_flag(s, SETTING_STATE) && !sandbox)
        return err_set(err, ERR_SETTINGS, "--state keeps the sandbox's data; add --sandbox");
    if (given_as_flag(s, SETTING_TOKEN_SECONDS) && !sandbox)
        return err_set(err, ERR_SETTINGS,
                       "--token-seconds is about the sandbox's tokens; add --sandbox");
    if (s->command == COMMAND_SANDBOX && !listen_is_loopback(&s->listen))
        return err_set(
            err, ERR_SETTINGS,
            "%s: the sandbox serves on loopback only (127.0.0.1 or [::1]); its tokens are no "
            "secret",
            s->given[SETTING_LISTEN].place);
    return true;
}

/* Names of hosts that only mean "any address here". */
static bool listens_anywhere(const struct settings *s)
{
    return strcmp(s->listen.host, "0.0.0.0") == 0 || strcmp(s->listen.host, "::") == 0;
}

static bool check_tls(const struct settings *s, struct err *err)
{
    if (!s->tls_cert != !s->tls_key) {
        const struct setting_given *given =
            &s->given[s->tls_cert ? SETTING_TLS_CERT : SETTING_TLS_KEY];
        return err_set(err, ERR_SETTINGS, "%s needs %s with it", given->place,
                       s->tls_cert ? "--tls-key" : "--tls-cert");
    }
    if (s->tls_cert && s->public_url && !url_is_https(s->public_url))
        return err_set(err, ERR_SETTINGS,
                       "%s: with --tls-cert this server speaks https only; begin its address with "
                       "https://",
                       s->given[SETTING_PUBLIC_URL].place);
    return true;
}

/* Who could use the operator's token, or read a caller's on the way. */
static bool check_reach(const struct settings *s, struct err *err)
{
    bool listens_locally = listen_is_loopback(&s->listen);
    bool known_locally = !s->public_url || url_is_loopback(s->public_url);
    if (listens_locally && known_locally)
        return true;
    const struct setting_given *where =
        &s->given[listens_locally ? SETTING_PUBLIC_URL : SETTING_LISTEN];
    if (s->auth == AUTH_TOKEN)
        return err_set(
            err, ERR_SETTINGS,
            "%s: with --auth token everyone who reaches this server works in Asana with your "
            "token, so it is for loopback only; use --listen 127.0.0.1:8000, or --auth oauth, "
            "where each caller signs in with Asana (--auth bearer: sends an Asana token)",
            where->place);
    if (s->public_url && url_is_https(s->public_url))
        return true;
    if (s->tls_cert && s->auth == AUTH_OAUTH && listens_anywhere(s))
        return err_set(err, ERR_SETTINGS,
                       "%s says nothing of how clients reach this server, which signing in has to "
                       "tell them: name its address with --public-url https://…",
                       where->place);
    if (s->tls_cert)
        return true;
    if (s->auth == AUTH_OAUTH)
        return err_set(
            err, ERR_SETTINGS,
            "%s: nobody can sign in over plain http but on loopback: give this server a "
            "certificate with --tls-cert and --tls-key, or put TLS in front of it and name its "
            "address with --public-url https://…",
            s->public_url ? s->given[SETTING_PUBLIC_URL].place : where->place);
    return err_set(
        err, ERR_SETTINGS,
        "%s: callers send their Asana tokens to --auth bearer, so off loopback it needs "
        "TLS: its own, with --tls-cert and --tls-key, or in front of it; name that address with "
        "--public-url https://…",
        s->public_url ? s->given[SETTING_PUBLIC_URL].place : where->place);
}

/* Whether the command needs an Asana token, and has it. */
static bool check_token(const struct settings *s, struct err *err)
{
    bool asks = setting_taken_by(SETTING_API_URL, s->command);
    if (!asks || s->sandbox || s->auth != AUTH_TOKEN || s->asana_token.len > 0)
        return true;
    return err_set(
        err, ERR_SETTINGS,
        "no Asana token: set the environment variable " TOKEN_VARIABLE " to a personal access "
        "token (make one at https://app.asana.com/0/my-apps), or add --sandbox to try it with "
        "sample data");
}

/* Callers and monitoring cannot share an address. */
static bool check_metrics(const struct settings *s, struct err *err)
{
    const struct listen_address *m = &s->metrics_listen;
    if (!*m->host || !m->port || m->port != s->listen.port || strcmp(m->host, s->listen.host) != 0)
        return true;
    return err_set(err, ERR_SETTINGS,
                   "%s: %s is where the server itself is; choose another port, as in "
                   "127.0.0.1:9464",
                   s->given[SETTING_METRICS_LISTEN].place,
                   settings_text(s, SETTING_METRICS_LISTEN));
}

/* Flags that mean something only when people sign in; in environment and file they may wait. */
static bool check_flags(const struct settings *s, struct err *err)
{
    static const enum setting_id signing_in[] = {
        SETTING_CLIENT_ID,  SETTING_OAUTH_URL, SETTING_OAUTH_SCOPE,  SETTING_ALLOW_REDIRECT,
        SETTING_CIMD_ALLOW, SETTING_STORE,     SETTING_BLOCK_CLIENT, SETTING_BLOCK_PERSON,
    };
    for (size_t i = 0; i < sizeof(signing_in) / sizeof(*signing_in); i++)
        if (s->auth != AUTH_OAUTH && given_as_flag(s, signing_in[i]) &&
            !(signing_in[i] == SETTING_STORE && store_at_is_shared(s->store)))
            return err_set(err, ERR_SETTINGS, "--%s is about signing in; add --auth oauth",
                           vocabulary_settings[signing_in[i]].name);
    return true;
}

#define CLUSTER_SECRET_MIN 32

/* What nodes tell each other through Redis is people's data. Where people sign in the client's
 * secret keeps it from who reads there; a server for this machine alone is its own user's. */
static bool check_nodes(const struct settings *s, struct err *err)
{
    bool known_locally = !s->public_url || url_is_loopback(s->public_url);
    const struct setting_given *secret = &s->given[SETTING_CLUSTER_SECRET];
    if (!setting_taken_by(SETTING_CLUSTER_SECRET, s->command))
        return true;
    if (s->cluster_secret.len && s->cluster_secret.len < CLUSTER_SECRET_MIN)
        return err_set(
            err, ERR_SETTINGS,
            "%s: expected %d characters or more, got %zu; \"openssl rand -hex 32\" makes "
            "some",
            secret->place, CLUSTER_SECRET_MIN, s->cluster_secret.len);
    if (!s->store || !store_at_is_shared(s->store) || s->auth == AUTH_OAUTH ||
        s->cluster_secret.len || (listen_is_loopback(&s->listen) && known_locally))
        return true;
    return err_set(err, ERR_SETTINGS,
                   "%s: nodes tell each other people's data through Redis, and without sign-in "
                   "there is no client secret to seal it with: give all nodes the same "
                   "cluster_secret in the settings file, or the environment variable "
                   "ASANA_MCP_CLUSTER_SECRET; \"openssl rand -hex 32\" makes one",
                   s->given[SETTING_STORE].place);
}

/* A rule that nobody could keep must not look as if it were kept. */
static bool check_policies(const struct settings *s, struct err *err)
{
    for (const struct scope_policy *p = s->policies; p && p->name; p++)
        if (s->auth != AUTH_OAUTH && (p->clients || p->people))
            return err_set(err, ERR_SETTINGS,
                           "[policy %.60s] names a %s, which is known only of those who sign in; "
                           "add auth = oauth, or name workspaces only",
                           p->name, p->clients ? "client" : "person");
    return true;
}

/* Signing in takes an application of the operator's, which the sandbox has of its own. */
static bool check_application(const struct settings *s, struct err *err)
{
    if (s->auth != AUTH_OAUTH || s->sandbox)
        return true;
    if (!s->client_id)
        return err_set(
            err, ERR_SETTINGS,
            "--auth oauth needs an application of yours at Asana: make one at "
            "https://app.asana.com/0/my-apps with the redirect URL %s/oauth/callback, then set "
            "--client-id and the environment variable ASANA_MCP_CLIENT_SECRET; or add --sandbox to "
            "try it with sample data",
            s->public_url ? s->public_url : "http://…");
    if (s->client_secret.len == 0)
        return err_set(
            err, ERR_SETTINGS,
            "%s: the application's secret is missing: set the environment variable "
            "ASANA_MCP_CLIENT_SECRET, or client_secret in the settings file (Asana shows it at "
            "https://app.asana.com/0/my-apps)",
            s->given[SETTING_CLIENT_ID].place);
    if (!s->store)
        return err_set(err, ERR_SETTINGS,
                       "the environment says nothing of a place to keep sign-ins (HOME, "
                       "XDG_STATE_HOME, STATE_DIRECTORY); name one with --store sqlite:PATH or "
                       "redis://HOST:PORT/DB");
    return true;
}

static bool check_audit(const struct settings *s, struct err *err)
{
    if (s->audit_log || !given_as_flag(s, SETTING_AUDIT_ARGUMENTS))
        return true;
    return err_set(err, ERR_SETTINGS,
                   "--audit-arguments is about the audit log; add --audit-log FILE");
}

/* `store` names its two in its operands, so there a flag may be for one of them. */
static bool check_redis(const struct settings *s, struct err *err)
{
    static const enum setting_id files[] = { SETTING_REDIS_CA, SETTING_REDIS_CERT,
                                             SETTING_REDIS_KEY };
    if (!s->redis_cert != !s->redis_key)
        return err_set(err, ERR_SETTINGS, "%s needs %s with it",
                       s->given[s->redis_cert ? SETTING_REDIS_CERT : SETTING_REDIS_KEY].place,
                       s->redis_cert ? "--redis-key" : "--redis-cert");
    bool tls = s->command == COMMAND_STORE || (s->store && strncmp(s->store, "rediss:", 7) == 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        if (!tls && given_as_flag(s, files[i]))
            return err_set(err, ERR_SETTINGS,
                           "--%s is about TLS to Redis; name the store with rediss://",
                           vocabulary_settings[files[i]].name);
    return true;
}

bool settings_check(const struct settings *s, struct err *err)
{
    if (!check_sandbox(s, err) || !check_metrics(s, err) || !check_audit(s, err) ||
        !check_redis(s, err))
        return false;
    if (setting_taken_by(SETTING_AUTH, s->command) &&
        (!check_tls(s, err) || !check_reach(s, err) || !check_flags(s, err) ||
         !check_policies(s, err) || !check_application(s, err) || !check_nodes(s, err)))
        return false;
    return check_token(s, err);
}
