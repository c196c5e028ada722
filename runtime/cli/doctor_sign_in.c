#include "cli/doctor_sign_in.h"

#include "base/arena.h"
#include "base/json.h"
#include "cli/doctor_store.h"
#include "cli/sign_in.h"
#include "cli/store_at.h"
#include "oauth/fetch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_MAX (64u << 10)

static void check_application(struct report *r, const struct settings *s)
{
    if (s->sandbox) {
        tell(r, FOUND_OK, "sign-in", "the sandbox has an application of its own");
        return;
    }
    if (!s->client_id || !s->client_secret.len)
        return; /* has been told already */
    char own[96];
    bool v6 = strchr(s->listen.host, ':');
    snprintf(own, sizeof(own), "http://%s%s%s:%d", v6 ? "[" : "", s->listen.host, v6 ? "]" : "",
             s->listen.port);
    tell(r, FOUND_OK, "sign-in",
         "application %s; its redirect URL at https://app.asana.com/0/my-apps has to be "
         "%s" OAUTH_CALLBACK,
         s->client_id, s->public_url ? s->public_url : own);
}

static void check_public_url(struct report *r, const struct settings *s)
{
    if (s->public_url)
        tell(r, FOUND_OK, "public-url", "%s", s->public_url);
    else
        tell(r, FOUND_OK, "public-url", "none: only this machine can sign in");
}

/* The folder that the file will be made in, or the nearest one above it. */
static bool can_be_made(const char *path, char folder[PATH_MAX])
{
    snprintf(folder, PATH_MAX, "%s", path);
    for (;;) {
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder)
            snprintf(folder, PATH_MAX, "%s", slash ? "/" : ".");
        else
            *slash = '\0';
        if (access(folder, F_OK) == 0)
            return access(folder, W_OK | X_OK) == 0;
        if (errno != ENOENT || !slash || slash == folder)
            return false;
    }
}

/* One that is there is opened; one that is not stays so: whoever makes it owns it. */
static void check_store(struct report *r, const struct settings *s)
{
    struct store *store;
    struct err err = { 0 };
    char folder[PATH_MAX];
    if (!s->store || store_at_is_shared(s->store))
        return; /* has been told already, or is told by doctor_check_redis() */
    const char *path = store_at_path(s);
    if (strcmp(path, ":memory:") == 0) {
        tell(r, FOUND_OK, "store", "in memory: sign-ins end with the server");
    } else if (access(path, F_OK) != 0) {
        if (can_be_made(path, folder))
            tell(r, FOUND_OK, "store", "%s will be made", path);
        else
            tell(r, FOUND_FAIL, "store", "%s cannot be made: %s: %s", path, folder,
                 strerror(errno));
    } else if (!store_open(s->store, &store, &err)) {
        tell(r, FOUND_FAIL, "store", "%s", err.text);
    } else {
        doctor_try_store(r, store, path);
        store_close(store);
        doctor_check_store_file(r, path);
    }
}

static bool file_holds_secrets(const struct settings *s)
{
    const struct setting_given *secret = &s->given[SETTING_CLIENT_SECRET];
    const struct setting_given *webhook = &s->given[SETTING_REQUEST_WEBHOOK];
    const struct setting_given *store = &s->given[SETTING_STORE];
    bool found = (store->count && store->from == FROM_FILE && strchr(s->store, '@')) ||
                 (secret->count && secret->from == FROM_FILE) ||
                 (webhook->count && webhook->from == FROM_FILE);
    for (const struct settings_client *c = s->clients; c && c->name; c++)
        found |= c->secret.len > 0;
    return found;
}

static void check_file(struct report *r, const struct settings *s)
{
    const struct setting_given *config = &s->given[SETTING_CONFIG];
    struct stat st;
    if (config->count && file_holds_secrets(s) && stat(config->texts[0], &st) == 0 &&
        (st.st_mode & (S_IRGRP | S_IROTH)))
        tell(r, FOUND_WARN, "settings",
             "%s holds secrets, and others than its owner can read it (chmod 600)",
             config->texts[0]);
}

void doctor_check_sign_in(struct report *r, const struct settings *s)
{
    check_application(r, s);
    check_public_url(r, s);
    check_store(r, s);
    check_file(r, s);
}

struct question {
    struct report *report;
    const char *url;
    bool done;
};

/* Whatever it makes of a request without anything in it: an error in OAuth's form is the answer of
 * a token endpoint (RFC 6749, section 5.2). */
static void on_answer(void *ctx, const struct fetch_answer *a)
{
    struct question *q = ctx;
    struct err err;
    struct arena *arena = arena_new(4 * ANSWER_MAX);
    q->done = true;
    const cJSON *root = arena && a->answered ? json_parse(arena, a->body, &err) : NULL;
    if (!a->answered)
        tell(q->report, FOUND_FAIL, "oauth", "%s: %s", q->url, a->detail);
    else if (a->status >= 500)
        tell(q->report, FOUND_FAIL, "oauth", "%s is out of order now (%d)", q->url, a->status);
    else if (!json_get(root, "error"))
        tell(q->report, FOUND_FAIL, "oauth",
             "%s answers, but not as Asana's sign-in does (%d): check --oauth-url", q->url,
             a->status);
    else
        tell(q->report, FOUND_OK, "oauth", "%s answers", q->url);
    arena_free(arena);
}

void doctor_check_oauth_url(struct report *r, const struct settings *s, const struct backing *b,
                            struct asker *asker)
{
    struct fetcher_options options = { .user_agent = "asana-mcp/" ASANA_MCP_VERSION,
                                       .ca_file = s->ca_file };
    char url[2048];
    snprintf(url, sizeof(url), "%s/oauth_token",
             b->sandbox ? sandbox_oauth_url(b->sandbox) : s->oauth_url);
    struct question q = { .report = r, .url = url };
    struct fetch_request request = { .trust = FETCH_OPERATOR,
                                     .url = url,
                                     .content_type = "application/x-www-form-urlencoded",
                                     .max = ANSWER_MAX,
                                     .deadline_ms = s->deadline_seconds * 1000 };
    struct err err = { 0 };
    struct fetcher *fetcher = NULL;
    if (!fetcher_new(&asker->loop, &options, &fetcher, &err) ||
        !fetch_send(fetcher, &request, on_answer, &q, &err))
        tell(r, FOUND_FAIL, "oauth", "%s", err.text);
    else
        asker_wait(asker, &q.done);
    fetcher_free(fetcher);
}
