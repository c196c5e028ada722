#include "cli/reload.h"

#include "base/audit.h"
#include "base/log.h"
#include "cli/certificate.h"
#include "cli/settings_policies.h"
#include "cli/toolbox.h"
#include "http/tls.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One reading of the settings; it lives until the server does not use it any more. */
struct reading {
    struct settings settings;
    struct toolbox box;
    struct sign_in sign_in; /* its store is that of the start */
    struct scope_rules rules;
    struct tls *tls;          /* held; NULL: none */
    struct audit_file *audit; /* until it is taken */
};

static void reading_free(void *reading)
{
    struct reading *r = reading;
    tls_free(r->tls);
    audit_file_free(r->audit);
    settings_done(&r->settings);
    free(r);
}

static void release(void *reading)
{
    struct reading *r = reading;
    toolbox_close(&r->box);
    reading_free(r);
}

struct server_options serving_options(const struct settings *s, const struct backing *b,
                                      const struct sign_in *in, const struct scope_rules *rules,
                                      const struct mcp_extras *extras)
{
    struct server_options o = {
        .listen = s->listen,
        .listen_fd = s->listen_fd,
        .metrics_listen = s->metrics_listen,
        .public_url = s->public_url,
        .allow_origins = s->allow_origins,
        .trusted_proxies = s->trusted_proxies,
        .access_log = s->access_log,
        .trace = &s->trace,
        .workers = s->workers,
        .confirm = s->confirm,
        .auth = s->auth,
        .sandbox = b->sandbox != NULL,
        .asana_token = s->auth == AUTH_TOKEN ? &b->token : NULL,
        .asana = b->client,
        .extras = extras,
        .oauth = s->auth == AUTH_OAUTH ? &in->oauth : NULL,
        .policy = &in->policy,
        .redis = in->shared ? &in->redis : NULL,
        .cluster_secret = in->cluster_secret,
        .rules = rules,
        .disabled_tools = extras->without,
        .crowd = { .all = s->max_connections, .per_address = s->max_connections_per_address },
        .ceiling = { .calls = s->max_calls, .calls_per_person = s->max_calls_per_person },
        .queue = { .all = s->max_queued_calls,
                   .per_person = s->max_queued_calls_per_person,
                   .wait_ms = s->queue_seconds * 1000 },
        .sessions_per_person = s->max_sessions_per_person,
    };
    o.asana.deadline_ms = s->deadline_seconds * 1000;
    return o;
}

/* Settings that a running server takes. Of all others that serve knows it keeps what it has. */
static bool changes_at_run_time(enum setting_id id)
{
    switch (id) {
    case SETTING_ACCESS_LOG:
    case SETTING_ALLOW_ORIGIN:
    case SETTING_ALLOW_REDIRECT:
    case SETTING_ALLOW_WORKSPACE:
    case SETTING_AUDIT_ARGUMENTS:
    case SETTING_AUDIT_LOG:
    case SETTING_BLOCK_CLIENT:
    case SETTING_BLOCK_PERSON:
    case SETTING_BLOCK_WORKSPACE:
    case SETTING_CIMD_ALLOW:
    case SETTING_CLIENT_SECRET:
    case SETTING_CLUSTER_SECRET:
    case SETTING_CONFIRM:
    case SETTING_DEADLINE_SECONDS:
    case SETTING_DISABLE:
    case SETTING_DRAIN_SECONDS:
    case SETTING_LEVELS:
    case SETTING_LOG_FORMAT:
    case SETTING_LOG_LEVEL:
    case SETTING_MAX_CALLS:
    case SETTING_MAX_CALLS_PER_PERSON:
    case SETTING_MAX_CONNECTIONS:
    case SETTING_MAX_CONNECTIONS_PER_ADDRESS:
    case SETTING_MAX_QUEUED_CALLS:
    case SETTING_MAX_QUEUED_CALLS_PER_PERSON:
    case SETTING_MAX_SESSIONS_PER_PERSON:
    case SETTING_OAUTH_SCOPE:
    case SETTING_OTLP_ENDPOINT:
    case SETTING_OTLP_HEADERS:
    case SETTING_OTLP_SAMPLE:
    case SETTING_PROFILE:
    case SETTING_QUEUE_SECONDS:
    case SETTING_READ_ONLY:
    case SETTING_REQUEST_WEBHOOK:
    case SETTING_TLS_CERT:
    case SETTING_TLS_KEY:
    case SETTING_TOOLSETS:
    case SETTING_TOOLS_PACK:
    case SETTING_TRUSTED_PROXY:
        return true;
    default:
        return false;
    }
}

static void name_the_rest(const struct settings *first, const struct settings *now)
{
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (setting_taken_by(id, COMMAND_SERVE) && !changes_at_run_time(id) &&
            strcmp(settings_text(first, id), settings_text(now, id)) != 0)
            LOG(LOG_WARN, "settings.needs_restart",
                LOG_STR("setting", vocabulary_settings[id].name),
                LOG_STR("why", "a running server keeps what it has"));
}

/* Who signs in, and where, is as it was. */
static bool renew_sign_in(const struct serving *now, struct reading *r, struct err *err)
{
    const struct oauth_options *first = &now->sign_in->oauth;
    if (!sign_in_options(&r->settings, now->backing, now->sign_in->store, &r->sign_in, err))
        return false;
    r->sign_in.oauth.issuer = first->issuer;
    r->sign_in.oauth.asana_url = first->asana_url;
    r->sign_in.oauth.asana_client_id = first->asana_client_id;
    r->sign_in.oauth.ca_file = first->ca_file;
    return true;
}

static bool read_settings(const struct serving *now, struct reading *r, struct err *err)
{
    struct settings *s = &r->settings;
    const struct settings *first = now->settings;
    if (!settings_init(s))
        return err_set(err, ERR_MEMORY, "out of memory");
    if (!settings_flags(s, first->command, first->argv, err) ||
        !settings_load(s, (const char *const *)environ, err) || !settings_check(s, err))
        return false;
    name_the_rest(first, s);
    if (!first->tls_cert != !s->tls_cert)
        LOG(LOG_WARN, "settings.needs_restart", LOG_STR("setting", "tls-cert"),
            LOG_STR("why", "a running server goes on with TLS, or without"));
    if (!certificate_read(s, &r->tls, err))
        return false;
    s->auth = first->auth;
    if (!settings_rules(s, s->arena, &r->rules))
        return err_set(err, ERR_MEMORY, "out of memory");
    if (!renew_sign_in(now, r, err) || !toolbox_open(s, now->build, &r->box, err))
        return false;
    if (audit_file_open(s->audit_log, &r->audit, err))
        return true;
    toolbox_close(&r->box);
    return false;
}

void reload(struct serving *now)
{
    struct err err = { 0 };
    struct reading *r = calloc(1, sizeof(*r));
    if (!r || !read_settings(now, r, &err)) {
        LOG(LOG_ERROR, "settings.not_reloaded", LOG_STR("error", r ? err.text : "out of memory"));
        audit_reopen(); /* it may have been renamed */
        if (r)
            reading_free(r);
        return;
    }
    enum log_level level = r->settings.log_level;
    enum log_format format = r->settings.log_format;
    unsigned drain_seconds = r->settings.drain_seconds;
    size_t tools = r->box.count;
    bool arguments = r->settings.audit_arguments;
    struct audit_file *audit = r->audit;
    r->audit = NULL;
    r->box.extras.release = release;
    r->box.extras.release_ctx = r;
    struct server_options o =
        serving_options(&r->settings, now->backing, &r->sign_in, &r->rules, &r->box.extras);
    o.tls = r->tls;
    if (!server_renew(now->server, &o, &err)) { /* r is gone */
        LOG(LOG_ERROR, "settings.not_reloaded", LOG_STR("error", err.text));
        audit_file_free(audit);
        audit_reopen();
        return;
    }
    audit_take(audit, arguments);
    log_set_level(level);
    log_set_format(format);
    now->drain_seconds = drain_seconds;
    LOG(LOG_INFO, "settings.reloaded", LOG_INT("tools", (int64_t)tools));
}
