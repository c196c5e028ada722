/* sign_in_world.h: what tests of sign-in share: our endpoints on a real server with a real store, a
 * double of Asana's OAuth endpoints, and browsers that keep cookies. The server runs in the test's
 * own thread. */
#pragma once

#include "oauth/authorize.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/listen.h"
#include "http_probe.h"
#include "oauth/oauth_priv.h"
#include "oauth/token.h"
#include "policy/policy.h"
#include "suites.h"

/* The double's answers have the name of the server's. */
#define http_reply double_reply
#include "http_double.h"
#undef http_reply

#include <signal.h>

#define CLIENT_STATE "st=a&te \xc3\xbc"
#define CLIENT_STATE_SENT "st%3Da%26te%20%C3%BC"
#define VERIFIER "0123456789012345678901234567890123456789abc"
#define TAB_COOKIES 40

struct world {
    struct worker *worker;
    uv_timer_t turn;
    struct http_server *server;
    struct http_double asana;
    struct store *store;
    struct oauth *oauth;
    struct oauth_worker *ow;
    struct policy *policy;
    int port;
    char issuer[64], asana_url[64], webhook[64];
    struct secret secret;
    char token_body[2048]; /* what Asana's token endpoint was sent last */
    char hook_body[4096];
    unsigned revoked;
};

static struct world w;

static inline void on_turn(uv_timer_t *turn)
{
    (void)turn;
}

static inline void pump(void *ctx)
{
    (void)ctx;
    uv_run(&w.worker->loop, UV_RUN_ONCE);
}

static inline void on_request(void *ctx, struct http_exchange *x)
{
    (void)ctx;
    oauth_serve(w.ow, x);
}

/* The code says who signed in. */
static inline bool play_asana(struct http_seen *seen)
{
    if (strcmp(seen->target, "/hook") == 0) {
        snprintf(w.hook_body, sizeof(w.hook_body), "%.4000s", seen->body);
        return http_json(seen->fd, "200 OK", "{}");
    }
    if (strcmp(seen->target, "/-/oauth_revoke") == 0) {
        w.revoked++;
        return http_json(seen->fd, "200 OK", "{}");
    }
    snprintf(w.token_body, sizeof(w.token_body), "%.2000s", seen->body);
    if (strstr(seen->body, "code=bad"))
        return http_json(seen->fd, "400 Bad Request", "{\"error\":\"invalid_grant\"}");
    if (strstr(seen->body, "code=broken"))
        return http_json(seen->fd, "500 Oops", "no json");
    const char *who = strstr(seen->body, "code=ann")    ? "{\"gid\":\"11\",\"name\":\"Ann <b>\","
                                                          "\"email\":\"ann@example.com\"}"
                      : strstr(seen->body, "code=bob")  ? "{\"gid\":\"22\",\"name\":\"Bob\"}"
                      : strstr(seen->body, "code=evil") ? "{\"gid\":\"66\",\"name\":\"Eve\","
                                                          "\"email\":\"eve@example.com\"}"
                                                        : "{\"name\":\"nobody\"}";
    char body[512];
    snprintf(body, sizeof(body),
             "{\"access_token\":\"asana-access-secret\",\"refresh_token\":\"asana-refresh-secret\","
             "\"expires_in\":3600,\"data\":%s}",
             who);
    return http_json(seen->fd, "200 OK", body);
}

static inline void start_at(const char *issuer)
{
    static const char *const web[] = { "https://app.example/cb?x=1", "https://other.example/cb",
                                       NULL };
    static const char *const loop[] = { "http://127.0.0.1/cb", NULL };
    static const char *const app[] = { "cursor://anysphere.cursor-mcp/oauth/callback", NULL };
    static const struct oauth_static_client clients[] = {
        { .id = "web", .name = "Web <script>\"'&", .redirect_uris = web },
        { .id = "loop", .name = "Loop", .redirect_uris = loop },
        { .id = "app", .name = "Cursor", .redirect_uris = app },
        { .id = "bad", .name = "Bad", .redirect_uris = web },
        { 0 },
    };
    static const char *const people[] = { "66", NULL };
    static const char *const bad_clients[] = { "bad", NULL };
    struct listen_address at;
    int fd = -1;
    memset(&w, 0, sizeof(w));
    w.worker = calloc(1, sizeof(*w.worker));
    uv_loop_init(&w.worker->loop);
    w.worker->mcp.arenas = arena_pool_new(LIMIT_CALL_ARENA, 4);
    uv_timer_init(&w.worker->loop, &w.turn);
    uv_timer_start(&w.turn, on_turn, 1, 1);
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.asana, play_asana, NULL));
    CU_ASSERT_TRUE_FATAL(listen_parse("127.0.0.1:0", &at, NULL));
    CU_ASSERT_TRUE_FATAL(listen_open(&at, 1, &fd, NULL));
    w.port = at.port;
    CU_ASSERT_TRUE_FATAL(store_open("sqlite::memory:", &w.store, NULL));
    snprintf(w.issuer, sizeof(w.issuer), "http://127.0.0.1:%d", w.port);
    snprintf(w.asana_url, sizeof(w.asana_url), "http://127.0.0.1:%d/-", w.asana.port);
    snprintf(w.webhook, sizeof(w.webhook), "http://127.0.0.1:%d/hook", w.asana.port);
    secret_set(&w.secret, slice_of("app-secret"));
    struct oauth_options options = { .issuer = issuer ? issuer : w.issuer,
                                     .asana_url = w.asana_url,
                                     .asana_client_id = "42",
                                     .asana_client_secret = &w.secret,
                                     .asana_scope = "default",
                                     .clients = clients,
                                     .request_webhook = w.webhook,
                                     .store = w.store };
    CU_ASSERT_TRUE_FATAL(oauth_new(&options, &w.oauth, NULL));
    CU_ASSERT_TRUE_FATAL(oauth_worker_open(w.oauth, w.worker, &w.ow, NULL));
    CU_ASSERT_TRUE_FATAL(policy_open(
        &w.worker->loop,
        &(struct policy_options){ .block_people = people, .block_clients = bad_clients }, NULL,
        NULL, &w.policy, NULL));
    w.ow->policy = w.policy;
    CU_ASSERT_TRUE_FATAL(http_server_new(
        &w.worker->loop,
        &(struct http_options){
            .listen_fd = fd, .body_max = 1u << 16, .connections_max = 200, .idle_seconds = 60 },
        &(struct http_app){ .on_request = on_request }, &w.server, NULL));
}

static inline void start(void)
{
    start_at(NULL);
}

static inline void stop(void)
{
    http_server_free(w.server);
    w.ow->policy = NULL;
    oauth_worker_close(w.ow);
    policy_close(w.policy);
    oauth_free(w.oauth);
    store_leave(w.store, &w.worker->loop);
    uv_close((uv_handle_t *)&w.turn, NULL);
    uv_run(&w.worker->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.worker->loop), 0);
    store_close(w.store);
    http_double_stop(&w.asana);
    arena_pool_free(w.worker->mcp.arenas);
    secret_done(&w.secret);
    free(w.worker);
}

/* ---- a browser ---- */

struct browser {
    char cookies[TAB_COOKIES][256]; /* "name=value" */
};

struct answer {
    struct probe_reply reply;
    char location[4096];
};

static inline void take_cookie(struct browser *b, const char *text)
{
    size_t name = strcspn(text, "="), len = strcspn(text, ";\r");
    bool gone = strstr(text, "Max-Age=0;") != NULL &&
                strstr(text, "Max-Age=0;") < text + strcspn(text, "\r");
    int free_at = -1;
    for (int i = TAB_COOKIES - 1; i >= 0; i--) {
        if (strncmp(b->cookies[i], text, name + 1) == 0)
            b->cookies[i][0] = '\0';
        if (!b->cookies[i][0])
            free_at = i;
    }
    if (!gone && free_at >= 0)
        snprintf(b->cookies[free_at], sizeof(b->cookies[0]), "%.*s", (int)len, text);
}

static inline const char *cookie_value(const struct browser *b, const char *part)
{
    for (int i = 0; i < TAB_COOKIES; i++)
        if (strstr(b->cookies[i], part))
            return strchr(b->cookies[i], '=') + 1;
    return NULL;
}

/* extra: more header lines, or NULL. body NULL: no body. */
static inline struct answer ask(struct browser *b, const char *method, const char *path,
                                const char *body, const char *extra)
{
    static char request[32768];
    struct answer a = { .location = "" };
    struct probe p;
    int n = snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: x\r\n%sCookie: ", method,
                     path, extra ? extra : "");
    for (int i = 0; i < TAB_COOKIES; i++)
        if (b->cookies[i][0])
            n += snprintf(request + n, sizeof(request) - (size_t)n, "%s; ", b->cookies[i]);
    n += snprintf(request + n, sizeof(request) - (size_t)n, "x=y\r\n");
    if (body)
        n += snprintf(request + n, sizeof(request) - (size_t)n,
                      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n",
                      strlen(body));
    snprintf(request + n, sizeof(request) - (size_t)n, "\r\n%s", body ? body : "");
    probe_open(&p, w.port, pump, NULL);
    CU_ASSERT_TRUE_FATAL(probe_say(&p, request));
    CU_ASSERT_TRUE_FATAL(probe_answer(&p, strcmp(method, "HEAD") == 0, &a.reply));
    probe_close(&p);
    const char *location = probe_header(&a.reply, "Location");
    const char *line = strcasestr(a.reply.head, "\r\nLocation: ");
    if (location)
        snprintf(a.location, sizeof(a.location), "%.*s", (int)strcspn(line + 12, "\r"), line + 12);
    for (const char *at = a.reply.head; (at = strcasestr(at, "\r\nSet-Cookie: ")); at += 14)
        take_cookie(b, at + 14);
    CU_ASSERT_STRING_EQUAL(probe_header(&a.reply, "X-Frame-Options"), "DENY");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(probe_header(&a.reply, "Content-Security-Policy"), "frame-ancestors 'none'"));
    CU_ASSERT_STRING_EQUAL(probe_header(&a.reply, "Cache-Control"), "no-store");
    return a;
}

static inline void done(struct answer *a)
{
    probe_reply_done(&a->reply);
}

static inline struct answer get(struct browser *b, const char *path)
{
    return ask(b, "GET", path, NULL, NULL);
}

static inline struct answer post(struct browser *b, const char *path, const char *body)
{
    char origin[128];
    snprintf(origin, sizeof(origin), "Origin: %s\r\n", w.oauth->options.issuer);
    return ask(b, "POST", path, body, origin);
}

#define SAYS(a, words) CU_ASSERT_PTR_NOT_NULL(strstr((a).reply.body, words))
#define SAYS_NOT(a, words) CU_ASSERT_PTR_NULL(strstr((a).reply.body, words))
#define GOES_TO(a, words)                                      \
    do {                                                       \
        if (!strstr((a).location, words))                      \
            printf("\nline %d: %s\n", __LINE__, (a).location); \
        CU_ASSERT_PTR_NOT_NULL(strstr((a).location, words));   \
    } while (0)

/* The value of a hidden field. */
static inline void field_of(const struct answer *a, const char *name, char out[128])
{
    char start_of[64];
    snprintf(start_of, sizeof(start_of), "name=\"%s\" value=\"", name);
    const char *at = a->reply.body ? strstr(a->reply.body, start_of) : NULL;
    out[0] = '\0';
    CU_ASSERT_PTR_NOT_NULL(at);
    if (at) {
        at += strlen(start_of);
        snprintf(out, 128, "%.*s", (int)strcspn(at, "\""), at);
    }
}

static inline void parameter_of(const char *url, const char *name, char out[256])
{
    char start_of[64];
    const char *at;
    snprintf(start_of, sizeof(start_of), "%s=", name);
    for (at = url; (at = strstr(at, start_of)); at++)
        if (at > url && (at[-1] == '?' || at[-1] == '&'))
            break;
    out[0] = '\0';
    if (at)
        snprintf(out, 256, "%.*s", (int)strcspn(at + strlen(start_of), "&"), at + strlen(start_of));
}

#define WEB "https%3A%2F%2Fapp.example%2Fcb%3Fx%3D1"
static inline const char *path_of(const char *client, const char *redirect, const char *more)
{
    static char path[4096];
    char challenge[TOKEN_CHALLENGE];
    token_challenge(slice_of(VERIFIER), challenge);
    snprintf(path, sizeof(path),
             "/authorize?client_id=%s&redirect_uri=%s&response_type=code&code_challenge_method=S256"
             "&state=%s&code_challenge=%s%s",
             client, redirect, CLIENT_STATE_SENT, challenge, more);
    return path;
}

static inline const char *form_of(const struct answer *page, const char *rest)
{
    static char form[1024];
    char flow[128], csrf[128];
    field_of(page, "flow", flow);
    field_of(page, "csrf", csrf);
    snprintf(form, sizeof(form), "flow=%s&csrf=%s&%s", flow, csrf, rest);
    return form;
}

#define ALLOW "action=allow&access=write&area=tasks&area=goals"

/* From the consent page to Asana's; the state that Asana is given. */
static inline void allow(struct browser *b, struct answer *page, const char *how, char state[256])
{
    struct answer away = post(b, "/authorize", form_of(page, how));
    CU_ASSERT_EQUAL(away.reply.status, 303);
    GOES_TO(away, w.asana_url);
    parameter_of(away.location, "state", state);
    done(&away);
    done(page);
}

static inline struct answer come_back(struct browser *b, const char *state, const char *code)
{
    char path[512];
    snprintf(path, sizeof(path), "/oauth/callback?state=%s&%s", state, code);
    return get(b, path);
}

/* All of it; the code that the client gets. */
static inline void sign_in(struct browser *b, const char *client, const char *redirect,
                           const char *code, char out[256])
{
    char state[256];
    struct answer page = get(b, path_of(client, redirect, ""));
    CU_ASSERT_EQUAL(page.reply.status, 200);
    allow(b, &page, ALLOW, state);
    struct answer end = come_back(b, state, code);
    CU_ASSERT_EQUAL(end.reply.status, 303);
    parameter_of(end.location, "code", out);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, TOKEN_CODE));
    done(&end);
}

/* ---- what is in the store ---- */

static struct store_wait *last;

static inline const struct store_answer *list(enum store_table table)
{
    const struct store_result *result;
    struct store_op op = { .verb = STORE_LIST, .table = table };
    store_wait_done(last);
    CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, &op, 1, oauth_now(), &last, &result, NULL));
    CU_ASSERT_EQUAL_FATAL(result->outcome, STORE_DONE);
    return result->answers;
}

static inline size_t count(enum store_table table)
{
    size_t n = list(table)->count;
    store_wait_done(last);
    last = NULL;
    return n;
}

static inline bool holds(struct slice text, const char *words)
{
    return memmem(text.data, text.len, words, strlen(words)) != NULL;
}

static inline bool store_holds(const char *words)
{
    bool found = false;
    for (int table = STORE_CLIENTS; table < STORE_TABLES; table++) {
        const struct store_answer *a = list((enum store_table)table);
        for (size_t i = 0; i < a->count; i++)
            found |= holds(a->records[i].value, words) || holds(a->records[i].key, words);
    }
    store_wait_done(last);
    last = NULL;
    return found;
}

/* ---- the program ---- */

static inline CU_pSuite world_suite(const char *name)
{
    signal(SIGPIPE, SIG_IGN);
    if (!secret_init())
        abort();
    json_init();
    log_set_level(LOG_ERROR);
    CU_initialize_registry();
    return CU_add_suite(name, NULL, NULL);
}

static inline int world_run(void)
{
    CU_basic_set_mode(CU_BRM_VERBOSE);
    return run_suites();
}
