/* oauth_world.h: sign-in on a loop of the test's own: one worker's share of it behind an HTTP
 * server, a store, a policy, and an Asana (http_double.h) with OAuth endpoints and an API.
 *
 * Asana knows one person (Anna, 77). Its access tokens are "2/77:access-N", its refresh tokens
 * "2/77:refresh-N"; the API takes any but the one that is dead. Requests to /mcp and /sse are
 * answered with what oauth_identify() said: 200 and "person grant-length token", or the status and
 * message of the refusal. The clock is the test's: world_pass(). */
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "http/http.h"
#include "http/listen.h"
#include "http_probe.h"
#include "oauth/grant.h"
#include "oauth/job.h"
#include "oauth/oauth_priv.h"
#include "oauth/token.h"
#include "policy/policy.h"
#include "store/store_priv.h"
#include "suites.h"

#include <signal.h>
#include <stdatomic.h>
#include <time.h>

/* The double has a function of the server's name. */
#define http_reply http_double_reply
#include "http_double.h"
#undef http_reply

/* ---- time ---- */

static atomic_llong world_clock_ahead;

/* Everybody's in this program. */
time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time_t seconds = now.tv_sec + (time_t)atomic_load(&world_clock_ahead);
    if (out)
        *out = seconds;
    return seconds;
}

static inline void world_pass(int64_t seconds)
{
    atomic_fetch_add(&world_clock_ahead, seconds);
}

/* ---- Asana ---- */

/* Under the double's lock. */
struct world_asana {
    unsigned exchanged, refreshed, revoked, called; /* requests of each kind */
    unsigned tokens;                                /* N of the last access token */
    const char *refuse; /* "invalid_grant": the error of the next ones; NULL: they work */
    const char *status; /* with it; NULL: "400 Bad Request" */
    const char *answer; /* in place of a token answer; NULL: the usual one */
    unsigned seconds;   /* that access tokens live; 0: 3600 */
    bool hold;          /* no token request is answered until this is false */
    unsigned held;      /* that wait */
    char dead[60];      /* the access token that the API refuses */
    char form[4096];    /* of the last OAuth request */
    char used[60];      /* the last token that the API took */
};

struct oauth_world;

/* One worker: a loop, and what sign-in keeps on it. */
struct world_worker {
    struct oauth_world *world;
    struct worker worker;
    struct oauth_worker *oauth;
    struct policy *policy;
    struct http_server *server;
    uv_timer_t turn; /* no turn of the loop lasts long */
    int port;
    struct world_worker *pumped; /* the test turns this one's loop while it waits; NULL: ours */
};

struct oauth_world {
    struct http_double asana;
    struct world_asana at_asana;
    struct store *store;
    struct oauth *oauth;
    struct secret client_secret; /* ours at Asana */
    char issuer[80];
    char asana_url[80];
    struct world_worker main;
};

static inline bool world_token_answer(struct http_seen *seen)
{
    struct oauth_world *w = seen->server->ctx;
    struct world_asana *a = &w->at_asana;
    char body[500];
    pthread_mutex_lock(&seen->server->lock);
    bool refresh = strstr(seen->body, "grant_type=refresh_token") != NULL;
    (*(refresh ? &a->refreshed : &a->exchanged))++;
    snprintf(a->form, sizeof(a->form), "%.4095s", seen->body);
    a->held++;
    pthread_cond_broadcast(&seen->server->changed);
    while (a->hold && seen->server->requested < 1u << 20)
        pthread_cond_wait(&seen->server->changed, &seen->server->lock);
    a->held--;
    const char *status = a->refuse ? (a->status ? a->status : "400 Bad Request") : "200 OK";
    if (a->refuse)
        snprintf(body, sizeof(body), "{\"error\":\"%s\"}", a->refuse);
    else if (a->answer)
        snprintf(body, sizeof(body), "%s", a->answer);
    else
        snprintf(body, sizeof(body),
                 "{\"access_token\":\"2/77:access-%u\",\"token_type\":\"bearer\",\"expires_in\":%u"
                 "%s,\"data\":{\"id\":77,\"gid\":\"77\",\"name\":\"Anna\",\"email\":\"a@b.example\""
                 "}}",
                 ++a->tokens, a->seconds ? a->seconds : 3600,
                 refresh ? "" : ",\"refresh_token\":\"2/77:refresh-1\"");
    pthread_mutex_unlock(&seen->server->lock);
    return http_json(seen->fd, status, body);
}

static inline bool world_script(struct http_seen *seen)
{
    struct oauth_world *w = seen->server->ctx;
    struct world_asana *a = &w->at_asana;
    if (strcmp(seen->target, "/-/oauth_token") == 0)
        return world_token_answer(seen);
    const char *token = strcasestr(seen->head, "Authorization: Bearer ");
    char given[60] = "";
    if (token)
        snprintf(given, sizeof(given), "%.*s", (int)strcspn(token + 22, "\r\n"), token + 22);
    pthread_mutex_lock(&seen->server->lock);
    bool revoke = strcmp(seen->target, "/-/oauth_revoke") == 0;
    (*(revoke ? &a->revoked : &a->called))++;
    if (revoke)
        snprintf(a->form, sizeof(a->form), "%.4095s", seen->body);
    bool good = revoke || strcmp(given, a->dead) != 0;
    if (good && !revoke)
        snprintf(a->used, sizeof(a->used), "%s", given);
    pthread_cond_broadcast(&seen->server->changed);
    pthread_mutex_unlock(&seen->server->lock);
    return good ? http_json(seen->fd, "200 OK", "{\"data\":{\"gid\":\"1\"}}")
                : http_json(seen->fd, "401 Unauthorized",
                            "{\"errors\":[{\"message\":\"Not Authorized\"}]}");
}

/* Reads or changes what Asana does. */
#define AT_ASANA(w, statement)                       \
    do {                                             \
        pthread_mutex_lock(&(w)->asana.lock);        \
        struct world_asana *a = &(w)->at_asana;      \
        statement;                                   \
        pthread_cond_broadcast(&(w)->asana.changed); \
        pthread_mutex_unlock(&(w)->asana.lock);      \
    } while (0)

/* ---- workers ---- */

/* Also where no test runs. */
#define WORLD_MUST(condition)                                      \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                               \
        }                                                          \
    } while (0)

static inline void world_on_turn(uv_timer_t *turn)
{
    (void)turn;
}

static inline void world_on_changed(void *ctx)
{
    oauth_worker_doubt(((struct world_worker *)ctx)->oauth);
}

static inline void world_on_identified(void *ctx, const struct oauth_answer *a)
{
    static const unsigned statuses[] = { 200, 401, 403, 503 };
    char text[300];
    if (a->outcome == OAUTH_KNOWN)
        snprintf(text, sizeof(text), "%s %zu %s%s", a->caller->person, strlen(a->caller->grant),
                 a->caller->token.bytes, a->caller->may_write ? " writes" : "");
    else
        snprintf(text, sizeof(text), "%s", a->message ? a->message : "");
    http_reply_text(ctx, statuses[a->outcome], NULL, text);
}

static inline void world_on_request(void *ctx, struct http_exchange *x)
{
    struct world_worker *k = ctx;
    if (oauth_owns(http_path(x)))
        oauth_serve(k->oauth, x);
    else
        oauth_identify(k->oauth, x, world_on_identified, x);
}

/* On the thread that will run its loop. */
static inline void world_worker_open(struct oauth_world *w, struct world_worker *k)
{
    struct err err = { 0 };
    int fd;
    struct listen_address at;
    memset(k, 0, sizeof(*k));
    k->world = w;
    uv_loop_init(&k->worker.loop);
    uv_timer_init(&k->worker.loop, &k->turn);
    uv_timer_start(&k->turn, world_on_turn, 20, 20);
    k->worker.mcp.arenas =
        arena_pool_new(LIMIT_CALL_ARENA, 0); /* what is done is freed: ASan sees */
    char api[100];
    snprintf(api, sizeof(api), "http://127.0.0.1:%d/api", w->asana.port);
    struct asana_client_options asana = { .api_url = api,
                                          .user_agent = "test",
                                          .deadline_ms = 20000 };
    WORLD_MUST(asana_asker_open(&k->worker.mcp.asana, &k->worker.loop, NULL, &asana, &err));
    WORLD_MUST(oauth_worker_open(w->oauth, &k->worker, &k->oauth, &err));
    struct policy_options policy = { .store = w->store, .poll_ms = 50 };
    WORLD_MUST(policy_open(&k->worker.loop, &policy, world_on_changed, k, &k->policy, &err));
    oauth_worker_obey(k->oauth, k->policy);
    WORLD_MUST(listen_parse("127.0.0.1:0", &at, &err) && listen_open(&at, 1, &fd, &err));
    struct http_options options = {
        .listen_fd = fd, .body_max = LIMIT_HTTP_BODY, .connections_max = 1000, .idle_seconds = 75
    };
    struct http_app app = { .ctx = k, .on_request = world_on_request };
    WORLD_MUST(http_server_new(&k->worker.loop, &options, &app, &k->server, &err));
    k->port = at.port;
}

static inline void world_worker_close(struct world_worker *k)
{
    http_server_free(k->server);
    policy_close(k->policy);
    oauth_worker_close(k->oauth);
    asana_asker_close(&k->worker.mcp.asana);
    uv_close((uv_handle_t *)&k->turn, NULL);
    uv_run(&k->worker.loop, UV_RUN_DEFAULT);
    WORLD_MUST(uv_loop_close(&k->worker.loop) == 0);
    arena_pool_free(k->worker.mcp.arenas);
}

static inline void world_pump(void *ctx)
{
    struct world_worker *k = ctx;
    uv_run(&(k->pumped ? k->pumped : k)->worker.loop, UV_RUN_ONCE);
}

/* Turns the loop until the condition holds or patience ends. */
#define WORLD_UNTIL(k, condition)                        \
    do {                                                 \
        uint64_t until = clock_ms() + PROBE_PATIENCE_MS; \
        while (!(condition) && clock_ms() < until)       \
            world_pump(k);                               \
        CU_ASSERT_TRUE(condition);                       \
    } while (0)

/* The same for what Asana has seen. */
#define WORLD_UNTIL_ASANA(k, condition)                  \
    do {                                                 \
        uint64_t until = clock_ms() + PROBE_PATIENCE_MS; \
        bool held = false;                               \
        while (!held && clock_ms() < until) {            \
            AT_ASANA((k)->world, held = (condition));    \
            world_pump(k);                               \
        }                                                \
        CU_ASSERT_TRUE(held);                            \
    } while (0)

/* Until nothing of sign-in waits for anything. */
#define WORLD_QUIET(k) WORLD_UNTIL(k, LIST_EMPTY(&(k)->oauth->jobs))

/* ---- the world ---- */

static inline void world_ready(struct world_worker *k)
{
    while (!policy_ready(k->policy))
        world_pump(k);
}

/* options: what differs from the usual ones (NULL: nothing); where: the store's place, NULL: in
 * memory. */
static inline void world_open(struct oauth_world *w, const struct oauth_options *options,
                              const char *where)
{
    struct err err = { 0 };
    memset(w, 0, sizeof(*w));
    atomic_store(&world_clock_ahead, 0);
    WORLD_MUST(http_double_start(&w->asana, world_script, w));
    WORLD_MUST(store_open(where ? where : "sqlite::memory:", &w->store, &err));
    secret_set(&w->client_secret, slice_of("the-apps-secret"));
    struct oauth_options o = options ? *options : (struct oauth_options){ 0 };
    snprintf(w->issuer, sizeof(w->issuer), "https://mcp.example");
    snprintf(w->asana_url, sizeof(w->asana_url), "http://127.0.0.1:%d/-", w->asana.port);
    o.issuer = o.issuer ? o.issuer : w->issuer;
    o.asana_url = o.asana_url ? o.asana_url : w->asana_url;
    o.asana_client_id = "1200";
    o.asana_client_secret = &w->client_secret;
    o.asana_scope = "default";
    o.store = w->store;
    WORLD_MUST(oauth_new(&o, &w->oauth, &err));
    world_worker_open(w, &w->main);
    world_ready(&w->main);
}

static inline void world_close(struct oauth_world *w)
{
    AT_ASANA(w, a->hold = false);
    world_worker_close(&w->main);
    oauth_free(w->oauth);
    store_close(w->store);
    secret_done(&w->client_secret);
    http_double_stop(&w->asana);
}

/* ---- asking it over HTTP ---- */

struct world_reply {
    int status;
    char head[16384];
    char body[65536];
};

/* headers: "Name: value\r\n…". */
static inline void world_say(struct probe *p, const char *method, const char *path,
                             const char *headers, const char *body)
{
    size_t size = strlen(body) + strlen(headers) + strlen(path) + 300;
    char *text = malloc(size);
    snprintf(text, size, "%s %s HTTP/1.1\r\nHost: mcp.example\r\n%sContent-Length: %zu\r\n\r\n%s",
             method, path, headers, strlen(body), body);
    CU_ASSERT_TRUE(probe_say(p, text));
    free(text);
}

static inline void world_hear(struct probe *p, struct world_reply *out)
{
    struct probe_reply r = { 0 };
    *out = (struct world_reply){ .status = -1 };
    if (probe_answer(p, false, &r)) {
        out->status = r.status;
        memcpy(out->head, r.head, sizeof(out->head));
        snprintf(out->body, sizeof(out->body), "%s", r.body);
    }
    probe_reply_done(&r);
}

static inline int world_ask(struct world_worker *k, const char *method, const char *path,
                            const char *headers, const char *body, struct world_reply *out)
{
    struct probe p;
    probe_open(&p, k->port, world_pump, k);
    world_say(&p, method, path, headers, body);
    world_hear(&p, out);
    probe_close(&p);
    return out->status;
}

#define WORLD_FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static inline int world_post(struct world_worker *k, const char *path, const char *form,
                             struct world_reply *out)
{
    return world_ask(k, "POST", path, WORLD_FORM, form, out);
}

/* A string or number of the answer's JSON, as text without its quotes; "" when absent. Overwritten
 * by the fourth call after it. */
static inline const char *world_member(const struct world_reply *r, const char *name)
{
    static char texts[4][2048];
    static unsigned next;
    char *text = texts[next++ % 4];
    struct slice value, all = slice_of(r->body);
    struct err err;
    *text = '\0';
    if (json_check(all, &err) && json_member(all, name, &value)) {
        bool quoted = value.len > 1 && value.data[0] == '"';
        snprintf(text, 2048, "%.*s", (int)(value.len - (quoted ? 2 : 0)), value.data + quoted);
    }
    return text;
}

/* Who has this token: the status, and in out->body what was said. */
static inline int world_who(struct world_worker *k, const char *path, const char *token,
                            struct world_reply *out)
{
    char header[400];
    snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", token);
    world_ask(k, "GET", path, header, "", out);
    out->body[strcspn(out->body, "\n")] = '\0';
    return out->status;
}

/* ---- clients and grants ---- */

/* Registers a client; its secret, if it got one. */
static inline void world_register(struct world_worker *k, const char *method, char id[40],
                                  char secret[100])
{
    struct world_reply r;
    char wish[300];
    snprintf(wish, sizeof(wish),
             "{\"client_name\":\"Test\",\"redirect_uris\":[\"http://127.0.0.1/cb\"],"
             "\"token_endpoint_auth_method\":\"%s\"}",
             method);
    CU_ASSERT_EQUAL(
        world_ask(k, "POST", "/register", "Content-Type: application/json\r\n", wish, &r), 201);
    snprintf(id, 40, "%.39s", world_member(&r, "client_id"));
    if (secret)
        snprintf(secret, 100, "%.99s", world_member(&r, "client_secret"));
}

/* 43 characters, as short as PKCE allows. */
#define WORLD_VERIFIER "abcdefghijklmnopqrstuvwxyz0123456789-._~ABC"
#define WORLD_REDIRECT "http://127.0.0.1:4567/cb"

struct world_code {
    bool made;
    char text[100];
};

static inline void world_on_made(void *ctx, const char *code)
{
    struct world_code *c = ctx;
    c->made = true;
    snprintf(c->text, sizeof(c->text), "%s", code ? code : "");
}

/* What Anna allowed; scopes and audience of 0 mean all. access is Asana's token, alive for seconds.
 */
static inline void world_grant(struct world_worker *k, const char *client, unsigned scopes,
                               unsigned audience, const char *access, int64_t seconds,
                               struct world_code *out)
{
    char challenge[TOKEN_CHALLENGE];
    struct asana_tokens tokens = { .expires_at = oauth_now() + seconds };
    token_challenge(slice_of(WORLD_VERIFIER), challenge);
    secret_set(&tokens.access, slice_of(access));
    secret_set(&tokens.refresh, slice_of("2/77:refresh-1"));
    *out = (struct world_code){ 0 };
    grant_make(k->oauth,
               &(struct grant_offer){ .client_id = client,
                                      .client_name = "Test",
                                      .redirect_uri = WORLD_REDIRECT,
                                      .challenge = challenge,
                                      .audience = audience ? audience : AUDIENCE_ALL,
                                      .scopes = scopes ? scopes : SCOPE_ALL,
                                      .toolsets = UINT64_MAX,
                                      .person = { "77", "Anna", "a@b.example" },
                                      .tokens = &tokens },
               world_on_made, out);
    asana_tokens_done(&tokens);
    WORLD_UNTIL(k, out->made);
}

/* Exchanges a code of a public client; more is appended to the form. */
static inline int world_exchange(struct world_worker *k, const char *client, const char *code,
                                 const char *more, struct world_reply *out)
{
    char form[2048];
    snprintf(form, sizeof(form),
             "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=" WORLD_VERIFIER
             "%s",
             client, code, more);
    return world_post(k, "/token", form, out);
}

static inline int world_refresh(struct world_worker *k, const char *client, const char *token,
                                const char *more, struct world_reply *out)
{
    char form[2048];
    snprintf(form, sizeof(form), "grant_type=refresh_token&client_id=%s&refresh_token=%s%s", client,
             token, more);
    return world_post(k, "/token", form, out);
}

struct world_pair {
    char access[100];
    char refresh[100];
};

static inline struct world_pair world_pair_of(const struct world_reply *r)
{
    struct world_pair p;
    snprintf(p.access, sizeof(p.access), "%.99s", world_member(r, "access_token"));
    snprintf(p.refresh, sizeof(p.refresh), "%.99s", world_member(r, "refresh_token"));
    return p;
}

/* A public client with a grant of everything, and its first pair of tokens. */
static inline struct world_pair world_signed_in(struct world_worker *k, const char *asana_access,
                                                int64_t asana_seconds, char client[40])
{
    struct world_code code;
    struct world_reply r;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, asana_access, asana_seconds, &code);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 200);
    return world_pair_of(&r);
}

/* ---- a store that is down ---- */

/* Takes the engine's place: every step is answered with STORE_DOWN. One loop only. */
struct world_down {
    uv_timer_t timer;
    struct store_work *work;
    struct world_down *next;
};

static struct world_down *world_downs;

static inline void world_down_closed(uv_handle_t *timer)
{
    free(timer);
}

/* Takes it out of the list; NULL when the step was handed to the engine before. */
static inline struct world_down *world_down_take(const struct store_work *work)
{
    struct world_down **at = &world_downs;
    while (*at && (*at)->work != work)
        at = &(*at)->next;
    struct world_down *d = *at;
    if (d) {
        *at = d->next;
        uv_close((uv_handle_t *)&d->timer, world_down_closed);
    }
    return d;
}

static inline void world_down_answers(uv_timer_t *timer)
{
    struct store_work *work = ((struct world_down *)timer)->work;
    world_down_take(work);
    store_work_end(work);
}

static inline bool world_down_run(struct store *s, uv_loop_t *loop, struct store_work *work)
{
    struct world_down *d = calloc(1, sizeof(*d));
    (void)s;
    store_work_down(work, "a test");
    d->work = work;
    d->next = world_downs;
    world_downs = d;
    uv_timer_init(loop, &d->timer);
    uv_timer_start(&d->timer, world_down_answers, 0, 0);
    return true;
}

static inline void world_down_cancel(struct store_work *work)
{
    if (world_down_take(work))
        store_work_free(work);
    else
        store_sqlite.cancel(work);
}

static struct store_engine world_down_engine;

static inline void world_break(struct oauth_world *w)
{
    world_down_engine = store_sqlite;
    world_down_engine.run = world_down_run;
    world_down_engine.cancel = world_down_cancel;
    w->store->engine = &world_down_engine;
}

static inline void world_mend(struct oauth_world *w)
{
    WORLD_UNTIL(&w->main, !world_downs);
    w->store->engine = &store_sqlite;
}

/* ---- a test program ---- */

/* The world is open in every test. */
static inline int world_main(struct oauth_world *w, int (*suites)(void))
{
    signal(SIGPIPE, SIG_IGN);
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS || !suites())
        return 2;
    CU_basic_set_mode(CU_BRM_NORMAL);
    world_open(w, NULL, NULL);
    int code = run_suites();
    world_close(w);
    return code;
}
