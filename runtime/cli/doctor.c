#include "base/arena.h"
#include "base/json.h"
#include "cli/asker.h"
#include "cli/backing.h"
#include "cli/certificate.h"
#include "cli/commands.h"
#include "cli/doctor_ask.h"
#include "cli/doctor_net.h"
#include "cli/doctor_redis.h"
#include "cli/doctor_report.h"
#include "cli/doctor_sign_in.h"
#include "cli/nearest.h"
#include "http/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors below this are few for a server: each open stream takes one. */
#define FILES_FEW 1024
/* Workspaces that are asked whether search works. */
#define WORKSPACES_MAX 20

static const char *source_text(const struct setting_given *g)
{
    return g->count > 0 ? g->place : "default";
}

/* Which values are in force, and who said so. */
static void list_settings(const struct settings *s)
{
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (setting_taken_by(id, s->command))
            printf("      %-16s  %s (%s)\n", vocabulary_settings[id].name, settings_text(s, id),
                   source_text(&s->given[id]));
    printf("      %-16s  %s\n", "Asana token",
           s->asana_token.len > 0 ? "set (" TOKEN_VARIABLE ")" : "not set (" TOKEN_VARIABLE ")");
}

/* NULL when nothing is near. */
static const char *nearest_variable(const char *given, char out[SETTING_NAME_MAX])
{
    char variables[SETTING_COUNT][SETTING_NAME_MAX];
    const char *known[SETTING_COUNT];
    size_t count = 0;
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        setting_variable(id, variables[id]);
        if (vocabulary_settings[id].sources & (1u << FROM_ENVIRONMENT))
            known[count++] = variables[id] + strlen(VARIABLE_PREFIX);
    }
    const char *meant = nearest_name(given + strlen(VARIABLE_PREFIX), known, count);
    if (meant)
        snprintf(out, SETTING_NAME_MAX, VARIABLE_PREFIX "%s", meant);
    return meant ? out : NULL;
}

/* A variable that looks like one of ours and is not does nothing, in silence. */
static void check_variables(struct report *r, const char *const *environment)
{
    for (; *environment; environment++) {
        const char *name = *environment;
        size_t len = strcspn(name, "=");
        if (strncmp(name, VARIABLE_PREFIX, strlen(VARIABLE_PREFIX)) != 0 ||
            setting_find_variable(name, len) != SETTING_COUNT)
            continue;
        char given[SETTING_NAME_MAX];
        snprintf(given, sizeof(given), "%.*s", (int)len, name);
        char near[SETTING_NAME_MAX];
        const char *meant = nearest_variable(given, near);
        if (meant)
            tell(r, FOUND_WARN, "settings", "%s in the environment does nothing (did you mean %s?)",
                 given, meant);
        else
            tell(r, FOUND_WARN, "settings", "%s in the environment does nothing", given);
    }
}

static void check_listen(struct report *r, const char *what, struct listen_address a,
                         const char *text)
{
    struct err err = { 0 };
    int fd;
    if (!listen_open(&a, 1, &fd, &err)) {
        tell(r, FOUND_FAIL, what, "%s", err.text);
        return;
    }
    close(fd);
    tell(r, FOUND_OK, what, "%s can be opened", text);
}

static void check_addresses(struct report *r, const struct settings *s)
{
    check_listen(r, "listen", s->listen, settings_text(s, SETTING_LISTEN));
    if (*s->metrics_listen.host)
        check_listen(r, "metrics", s->metrics_listen, settings_text(s, SETTING_METRICS_LISTEN));
}

static void check_certificate(struct report *r, const struct settings *s)
{
    const char *host = certificate_host(s);
    struct err err = { 0 };
    struct tls *tls;
    if (!s->tls_cert || !s->tls_key)
        return; /* the settings' own check tells of one that is missing */
    if (!tls_read(s->tls_cert, s->tls_key, &tls, &err)) {
        tell(r, FOUND_FAIL, "tls", "%s", err.text);
        return;
    }
    long long days = (long long)tls_days_left(tls);
    if (tls_file_is_open(s->tls_key))
        tell(r, FOUND_WARN, "tls", "every user of this machine can read \"%.200s\": chmod o-r",
             s->tls_key);
    if (host && !tls_names(tls, host))
        tell(r, FOUND_WARN, "tls", "the certificate in \"%.200s\" is not for %.200s", s->tls_cert,
             host);
    tell(r, days < CERTIFICATE_DAYS ? FOUND_WARN : FOUND_OK, "tls",
         "the certificate in \"%.200s\" fits its key and is valid for %lld more days", s->tls_cert,
         days);
    tls_free(tls);
}

/* s: NULL when they could not be read. */
static void check_files(struct report *r, const struct settings *s)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    if (s && files.rlim_cur < s->max_connections)
        tell(r, FOUND_WARN, "files",
             "at most %llu open files, and --max-connections is %u; raise the limit (ulimit -n, "
             "LimitNOFILE= of systemd) or lower that",
             (unsigned long long)files.rlim_cur, s->max_connections);
    else if (files.rlim_cur < FILES_FEW)
        tell(r, FOUND_WARN, "files",
             "at most %llu open files, and each connected assistant takes one or two; raise the "
             "limit "
             "(ulimit -n, LimitNOFILE= of systemd)",
             (unsigned long long)files.rlim_cur);
    else
        tell(r, FOUND_OK, "files", "at most %llu open files", (unsigned long long)files.rlim_cur);
}

/* Asana answered; what does it make of the token? */
static bool check_person(struct report *r, const struct settings *s, const struct backing *b,
                         const struct doctor_answer *answer)
{
    if (b->token.len == 0) {
        if (s->auth == AUTH_BEARER)
            tell(r, FOUND_OK, "token", "each caller sends an Asana token of its own");
        else if (s->auth == AUTH_OAUTH)
            tell(r, FOUND_OK, "token", "each caller signs in with Asana");
        return false; /* that one is missing has been told already */
    }
    if (answer->status == 401) {
        tell(r, FOUND_FAIL, "token",
             "Asana does not accept it (401): it is mistyped, revoked or expired; make a new "
             "personal "
             "access token at https://app.asana.com/0/my-apps and put it into " TOKEN_VARIABLE);
        return false;
    }
    if (!answer->data) {
        tell(r, FOUND_FAIL, "token", "%s", answer->explained);
        return false;
    }
    const char *name = json_get_string(answer->data, "name");
    const char *email = json_get_string(answer->data, "email");
    tell(r, FOUND_OK, "token", "works; calls are made as %s%s%s%s", name ? name : "(no name)",
         email ? " <" : "", email ? email : "", email ? ">" : "");
    if (b->token_replaced)
        tell(r, FOUND_WARN, "token",
             TOKEN_VARIABLE " is set, but is no token of the sandbox, and is not used there");
    return true;
}

static bool check_asana(struct report *r, const struct settings *s, const struct backing *b,
                        struct asker *asker, struct arena *arena, struct doctor_answer *out)
{
    doctor_ask_me(asker, arena, &b->token, out);
    if (out->status == 0) {
        tell(r, FOUND_FAIL, "asana", "%s: %s%s", b->client.api_url, out->explained,
             s->given[SETTING_CA_FILE].count || b->sandbox
                 ? ""
                 : " If a proxy inspects TLS here, name its certificate with --ca-file.");
        return false;
    }
    if (!out->json) {
        tell(r, FOUND_FAIL, "asana",
             "%s answers, but not as Asana's API does (%d): check --api-url", b->client.api_url,
             out->status);
        return false;
    }
    tell(r, FOUND_OK, "asana", "%s answers (%u ms)", b->client.api_url, out->elapsed_ms);
    return check_person(r, s, b, out);
}

/* Whether serve could append to it; nothing is made, since it may be somebody else who serves. */
static void check_audit_log(struct report *r, const struct settings *s)
{
    char folder[4096];
    if (!s->audit_log || strcmp(s->audit_log, "-") == 0)
        return;
    const char *slash = strrchr(s->audit_log, '/');
    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - s->audit_log) + 1 : 1,
             slash ? s->audit_log : ".");
    bool ok = faccessat(AT_FDCWD, s->audit_log, W_OK, AT_EACCESS) == 0 ||
              (errno == ENOENT && faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0);
    if (ok)
        tell(r, FOUND_OK, "audit-log", "%s can be written", s->audit_log);
    else
        tell(r, FOUND_FAIL, "audit-log", "%s cannot be written: %s", s->audit_log, strerror(errno));
}

/* Search needs a paid plan, workspace by workspace. */
static void check_workspaces(struct report *r, const struct backing *b, struct asker *asker,
                             struct arena *arena, const cJSON *me)
{
    const cJSON *workspace;
    int seen = 0;
    cJSON_ArrayForEach (workspace, json_get(me, "workspaces")) {
        const char *gid = json_get_string(workspace, "gid");
        const char *name = json_get_string(workspace, "name");
        if (!gid || seen++ >= WORKSPACES_MAX)
            continue;
        struct doctor_answer answer;
        doctor_ask_search(asker, arena, &b->token, gid, &answer);
        if (answer.status == 402)
            tell(
                r, FOUND_WARN, "workspace",
                "%s (%s): no search, its plan has none; asana_get_tasks and asana_typeahead_search "
                "work",
                name ? name : "", gid);
        else if (!answer.data)
            tell(r, FOUND_WARN, "workspace", "%s (%s): %s", name ? name : "", gid,
                 answer.explained);
        else
            tell(r, FOUND_OK, "workspace", "%s (%s): visible, search works", name ? name : "", gid);
    }
    if (seen > WORKSPACES_MAX)
        tell(r, FOUND_OK, "workspace", "and %d more", seen - WORKSPACES_MAX);
    if (seen == 0)
        tell(r, FOUND_WARN, "workspace", "the token sees none");
}

static void check_network(struct report *r, const struct settings *s)
{
    struct backing backing;
    struct asker asker;
    struct doctor_answer me;
    struct err err = { 0 };
    if (!backing_open(s, &backing, &err)) {
        tell(r, FOUND_FAIL, "sandbox", "%s", err.text);
        return;
    }
    struct arena *arena = arena_new(LIMIT_CALL_ARENA);
    if (!arena || !asker_open(&asker, &backing.client, &err)) {
        tell(r, FOUND_FAIL, "asana", "%s", arena ? err.text : "out of memory");
    } else {
        if (s->auth == AUTH_OAUTH)
            doctor_check_oauth_url(r, s, &backing, &asker);
        if (check_asana(r, s, &backing, &asker, arena, &me))
            check_workspaces(r, &backing, &asker, arena, me.data);
        asker_close(&asker);
        doctor_check_clock(r, s, &backing);
    }
    arena_free(arena);
    backing_close(&backing);
}

int command_doctor(struct settings *s, const char *const *environment)
{
    struct report report = { 0 };
    struct err err = { 0 };
    bool loaded = settings_load(s, environment, &err);
    if (loaded)
        log_set_level(s->log_level);
    if (!loaded || !settings_check(s, &err))
        tell(&report, FOUND_FAIL, "settings", "%s", err.text);
    else if (s->given[SETTING_CONFIG].count > 0)
        tell(&report, FOUND_OK, "settings", "read %s", s->given[SETTING_CONFIG].texts[0]);
    else
        tell(&report, FOUND_OK, "settings", "no settings file");
    if (loaded)
        list_settings(s);
    check_variables(&report, environment);
    check_files(&report, loaded ? s : NULL);
    if (loaded) {
        check_addresses(&report, s);
        check_certificate(&report, s);
        check_audit_log(&report, s);
        if (s->auth == AUTH_OAUTH)
            doctor_check_sign_in(&report, s);
        doctor_check_redis(&report, s);
        doctor_check_public(&report, s);
        check_network(&report, s);
    }
    puts(report.failed ? "\nSomething has to be done first: see the lines that begin with \"fail\"."
                       : "\nAll is well.");
    return report.failed ? EXIT_FAILED : 0;
}
