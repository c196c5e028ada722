#include "asana/ask.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include "http_double.h"
#include "suites.h"

#include <stdatomic.h>

#define PLAIN "{\"data\":{\"gid\":\"1\"}}"
#define TARGETS 64
#define MANY (50 + LIMIT_GATE_WAITING)

/* A target is a plan: "/502,429-1,200" answers its first request with 502, the second with 429 and
 * Retry-After: 1, and all others with 200. */
struct target {
    char path[100];
    unsigned hits;
    char body[200]; /* of the first request; all others have to be the same */
    bool differs;
};

struct world {
    struct http_double server;
    uv_loop_t loop;
    uv_timer_t patience; /* a test that waits in vain ends */
    bool patience_lost;
    struct gates *gates;
    struct asana_asker asker;
    struct secret token;
    bool asking;
    unsigned done;
    unsigned outcomes[ASANA_CROWDED + 1];
    /* Of the server, under its lock. */
    struct target targets[TARGETS];
    bool open; /* "/hold" answers */
    unsigned now[2], most[2];
};

struct question {
    struct world *world;
    struct asana_ask *ask; /* NULL when done */
    struct asana_answer answer;
    char body[200];
    char detail[200];
    struct question *victim; /* cancelled by the callback */
};

static struct target *target_hit(struct http_seen *seen, unsigned *hit)
{
    struct world *w = seen->server->ctx;
    pthread_mutex_lock(&seen->server->lock);
    struct target *t = w->targets;
    while (t->path[0] && strcmp(t->path, seen->target) != 0)
        t++;
    snprintf(t->path, sizeof(t->path), "%.99s", seen->target);
    if (t->hits)
        t->differs |= strcmp(t->body, seen->body) != 0;
    else
        snprintf(t->body, sizeof(t->body), "%.199s", seen->body);
    *hit = t->hits++;
    pthread_mutex_unlock(&seen->server->lock);
    return t;
}

/* Counts who is here at the same time; waits for the world to open. */
static bool hold(struct http_seen *seen)
{
    struct world *w = seen->server->ctx;
    bool write = strcmp(seen->method, "GET") != 0;
    pthread_mutex_lock(&seen->server->lock);
    unsigned now = ++w->now[write];
    if (now > w->most[write])
        w->most[write] = now;
    pthread_cond_broadcast(&seen->server->changed);
    while (!w->open && seen->server->requested < 1u << 20)
        pthread_cond_wait(&seen->server->changed, &seen->server->lock);
    w->now[write]--; /* before the answer: as the client cannot yet know that the place is free */
    pthread_mutex_unlock(&seen->server->lock);
    return http_json(seen->fd, "200 OK", PLAIN);
}

static bool script(struct http_seen *seen)
{
    char plan[100];
    const char *path = seen->target + strlen("/api/");
    int fd = seen->fd;
    if (strncmp(path, "hold", 4) == 0)
        return hold(seen);
    if (strstr(path, "tasks/search"))
        return http_json(fd, "200 OK", PLAIN);
    unsigned hit;
    target_hit(seen, &hit);
    snprintf(plan, sizeof(plan), "%.*s", (int)strcspn(path, "?"), path);
    const char *step = plan;
    for (const char *comma; hit && (comma = strchr(step, ',')); hit--)
        step = comma + 1;
    if (strncmp(step, "cut", 3) == 0) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":");
        return false;
    }
    if (strncmp(step, "silent", 6) == 0) {
        http_wait_for_hangup(fd);
        return false;
    }
    unsigned status = 0, wait = 0;
    char head[200], after[40] = "";
    if (sscanf(step, "%u-%u", &status, &wait) == 2)
        snprintf(after, sizeof(after), "\r\nRetry-After: %u", wait);
    snprintf(head, sizeof(head), "HTTP/1.1 %u Whatever\r\nContent-Type: application/json%s", status,
             after);
    return http_reply(fd, head, status < 300 ? PLAIN : "{\"errors\":[{\"message\":\"no\"}]}");
}

static void on_impatient(uv_timer_t *timer)
{
    struct world *w = timer->data;
    w->patience_lost = true;
}

static bool world_open_at(struct world *w, int port, bool gated, unsigned deadline_ms)
{
    struct err err = { 0 };
    char url[100];
    if (uv_loop_init(&w->loop) != 0)
        return false;
    alarm(120); /* … even when it waits outside the loop */
    uv_timer_init(&w->loop, &w->patience);
    w->patience.data = w;
    uv_timer_start(&w->patience, on_impatient, 60000, 0);
    uv_unref((uv_handle_t *)&w->patience);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api", port);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = deadline_ms };
    secret_set(&w->token, slice_of("1/2345:abcdef"));
    w->gates = gated ? gates_new() : NULL;
    bool ok = asana_asker_open(&w->asker, &w->loop, w->gates, &options, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    return ok;
}

static bool world_open(struct world *w, bool gated, unsigned deadline_ms)
{
    memset(w, 0, sizeof(*w));
    return http_double_start(&w->server, script, w) &&
           world_open_at(w, w->server.port, gated, deadline_ms);
}

static void world_close(struct world *w)
{
    alarm(0);
    CU_ASSERT_EQUAL(asana_client_in_flight(w->asker.client), 0);
    asana_asker_close(&w->asker);
    asana_asker_close(&w->asker); /* as a zeroed struct */
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    gates_free(w->gates);
    http_double_stop(&w->server);
    secret_done(&w->token);
    CU_ASSERT_FALSE(w->patience_lost);
}

/* What runs on several threads; CUnit counts without a lock. */
static void check(bool held, const char *what, unsigned line)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    CU_assertImplementation(held, line, what, __FILE__, "", CU_FALSE);
    pthread_mutex_unlock(&lock);
}
#define CHECK(condition) check((condition), #condition, __LINE__)

static void on_done(void *ctx, const struct asana_answer *answer)
{
    struct question *q = ctx;
    struct world *w = q->world;
    CHECK(!w->asking);
    CHECK(q->ask != NULL);
    q->ask = NULL;
    q->answer = *answer;
    snprintf(q->body, sizeof(q->body), "%.*s", (int)answer->body.len, answer->body.data);
    snprintf(q->detail, sizeof(q->detail), "%s", answer->detail);
    w->done++;
    w->outcomes[answer->outcome]++;
    if (q->victim && q->victim->ask) {
        asana_ask_cancel(q->victim->ask);
        q->victim->ask = NULL;
    }
    uv_stop(&w->loop);
}

static void req_make(struct asana_req *r, enum asana_method method, const char *path,
                     unsigned deadline_ms)
{
    asana_req_init(r, method);
    asana_path(r, path);
    if (method == ASANA_POST || method == ASANA_PUT)
        asana_body_str(r, "name", path);
    CHECK(asana_req_end(r, NULL));
    r->deadline_ms = deadline_ms;
}

static bool ask_within(struct world *w, struct question *q, enum asana_method method,
                       const char *path, unsigned deadline_ms, struct err *err)
{
    struct asana_req r;
    req_make(&r, method, path, deadline_ms);
    *q = (struct question){ .world = w };
    w->asking = true;
    q->ask = asana_ask(&w->asker, &r, &w->token, on_done, q, err);
    w->asking = false;
    CHECK(!r.url.data);
    CHECK(!r.body.data);
    return q->ask != NULL;
}

static void ask(struct world *w, struct question *q, enum asana_method method, const char *path)
{
    struct err err = { 0 };
    CHECK(ask_within(w, q, method, path, 0, &err));
}

static void cancel(struct question *q)
{
    asana_ask_cancel(q->ask);
    q->ask = NULL;
}

static void wait_for(struct world *w, unsigned done)
{
    while (w->done < done && !w->patience_lost)
        uv_run(&w->loop, UV_RUN_ONCE);
    CHECK(w->done == done);
}

/* Until the server has seen so many requests in all. */
static void wait_for_requests(struct world *w, unsigned n)
{
    while (http_double_requested(&w->server) < n && !w->patience_lost)
        uv_run(&w->loop, UV_RUN_NOWAIT);
}

/* When so many are held at the same time, all may go. */
static void let_go_at(struct world *w, unsigned held)
{
    pthread_mutex_lock(&w->server.lock);
    while (w->now[0] + w->now[1] < held)
        pthread_cond_wait(&w->server.changed, &w->server.lock);
    w->open = true;
    pthread_cond_broadcast(&w->server.changed);
    pthread_mutex_unlock(&w->server.lock);
}

static void let_go(struct world *w)
{
    let_go_at(w, 0);
}

static void pass_time(struct world *w, uint64_t ms)
{
    uint64_t until = clock_ms() + ms;
    while (clock_ms() < until)
        uv_run(&w->loop, UV_RUN_NOWAIT);
}

/* ---- what may be repeated ---- */

static struct asana_answer answered(enum asana_method method, int status, int64_t retry_after)
{
    return (struct asana_answer){
        .outcome = ASANA_ANSWERED,
        .method = method,
        .sent = true,
        .status = status,
        .retry_after = retry_after,
    };
}

static struct asana_answer ended(enum asana_method method, enum asana_outcome outcome, bool sent)
{
    return (struct asana_answer){
        .outcome = outcome, .method = method, .sent = sent, .retry_after = -1
    };
}

static int64_t first_pause(struct asana_answer answer)
{
    struct asana_tries tries = { 0 };
    return asana_retry_pause(&answer, &tries, 30000, 0);
}

static void pauses_follow_the_table(void)
{
    static const struct {
        int status;
        int64_t retry_after, get, post;
    } table[] = {
        { 200, -1, -1, -1 },    { 204, 5, -1, -1 },     { 302, -1, -1, -1 },
        { 400, -1, -1, -1 },    { 401, -1, -1, -1 },    { 402, -1, -1, -1 },
        { 403, 1, -1, -1 },     { 404, -1, -1, -1 },    { 413, -1, -1, -1 },
        { 424, -1, -1, -1 },    { 429, 1, 1000, 1000 }, { 429, 29, 29000, 29000 },
        { 429, 30, -1, -1 },    { 429, 86400, -1, -1 }, { 429, -1, 1000, 1000 },
        { 429, 0, 1000, 1000 }, { 451, -1, -1, -1 },    { 500, -1, 200, -1 },
        { 501, -1, -1, -1 },    { 502, -1, 200, -1 },   { 503, -1, 200, -1 },
        { 503, 7, 7000, -1 },   { 503, 0, 200, -1 },    { 503, 60, -1, -1 },
        { 504, -1, 200, -1 },   { 505, -1, -1, -1 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct asana_answer a = answered(ASANA_GET, table[i].status, table[i].retry_after);
        CU_ASSERT_EQUAL(first_pause(a), table[i].get);
        for (int m = ASANA_POST; m <= ASANA_DELETE; m++) {
            a.method = (enum asana_method)m;
            CU_ASSERT_EQUAL(first_pause(a), table[i].post);
        }
    }
    CU_ASSERT_EQUAL(first_pause(ended(ASANA_GET, ASANA_BROKEN, true)), 200);
    CU_ASSERT_EQUAL(first_pause(ended(ASANA_GET, ASANA_UNREACHABLE, false)), 200);
    CU_ASSERT_EQUAL(first_pause(ended(ASANA_GET, ASANA_TIMED_OUT, true)), -1);
    CU_ASSERT_EQUAL(first_pause(ended(ASANA_GET, ASANA_TOO_LARGE, true)), -1);
    for (int m = ASANA_POST; m <= ASANA_DELETE; m++) {
        enum asana_method method = (enum asana_method)m;
        CU_ASSERT_EQUAL(first_pause(ended(method, ASANA_UNREACHABLE, false)), 200);
        CU_ASSERT_EQUAL(first_pause(ended(method, ASANA_BROKEN, false)), 200);
        CU_ASSERT_EQUAL(first_pause(ended(method, ASANA_BROKEN, true)), -1);
        CU_ASSERT_EQUAL(first_pause(ended(method, ASANA_UNREACHABLE, true)), -1);
    }
}

static void pauses_grow_and_end(void)
{
    struct asana_tries tries = { 0 };
    struct asana_answer bad = answered(ASANA_GET, 502, -1);
    struct asana_answer failed = answered(ASANA_GET, 500, -1);
    struct asana_answer limited = answered(ASANA_GET, 429, -1);
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 30000, 0), 200);
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 30000, 500), 600);
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 30000, 999), 1599);
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 30000, 0), -1);

    tries = (struct asana_tries){ 0 }; /* other answers before it are no failures */
    CU_ASSERT_EQUAL(asana_retry_pause(&limited, &tries, 30000, 0), 1000);
    CU_ASSERT_EQUAL(asana_retry_pause(&limited, &tries, 30000, 0), 2000);
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 30000, 0), 200);
    CU_ASSERT_EQUAL(asana_retry_pause(&failed, &tries, 30000, 0), 400);
    CU_ASSERT_EQUAL(asana_retry_pause(&failed, &tries, 30000, 0), -1);

    tries = (struct asana_tries){ 0 };
    limited.retry_after = 1;
    for (int i = 0; i < 300; i++)
        CU_ASSERT_EQUAL(asana_retry_pause(&limited, &tries, 30000, 999), 1000);
    limited.retry_after = -1;
    CU_ASSERT_EQUAL(asana_retry_pause(&limited, &tries, 1000000, 0), 64000);

    tries = (struct asana_tries){ 0 }; /* a second has to be left for the answer */
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 1199, 0), -1);
    tries = (struct asana_tries){ 0 };
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 1200, 0), 200);
    CU_ASSERT_EQUAL(asana_retry_pause(&bad, &tries, 0, 0), -1);
}

static void requests_are_repeated_as_the_table_says(void)
{
    static const struct {
        enum asana_method method;
        const char *plan;
        int outcome, status;
        unsigned hits;
    } table[] = {
        { ASANA_GET, "/200", ASANA_ANSWERED, 200, 1 },
        { ASANA_GET, "/502,200", ASANA_ANSWERED, 200, 2 },
        { ASANA_GET, "/503,200", ASANA_ANSWERED, 200, 2 },
        { ASANA_GET, "/504,404", ASANA_ANSWERED, 404, 2 },
        { ASANA_GET, "/cut,200", ASANA_ANSWERED, 200, 2 },
        { ASANA_GET, "/500,200", ASANA_ANSWERED, 200, 2 },
        { ASANA_GET, "/500,500,200", ASANA_ANSWERED, 500, 2 },
        { ASANA_GET, "/400,200", ASANA_ANSWERED, 400, 1 },
        { ASANA_GET, "/429-60,200", ASANA_ANSWERED, 429, 1 },
        { ASANA_GET, "/429-1,500,200", ASANA_ANSWERED, 200, 3 },
        { ASANA_POST, "/429-1,201", ASANA_ANSWERED, 201, 2 },
        { ASANA_POST, "/429-60,201", ASANA_ANSWERED, 429, 1 },
        { ASANA_POST, "/500,201", ASANA_ANSWERED, 500, 1 },
        { ASANA_POST, "/502,201", ASANA_ANSWERED, 502, 1 },
        { ASANA_POST, "/503-1,201", ASANA_ANSWERED, 503, 1 },
        { ASANA_POST, "/cut,201", ASANA_BROKEN, 0, 1 },
        { ASANA_PUT, "/504,200", ASANA_ANSWERED, 504, 1 },
        { ASANA_PUT, "/cut,200?put", ASANA_BROKEN, 0, 1 },
        { ASANA_DELETE, "/503,200?delete", ASANA_ANSWERED, 503, 1 },
    };
    enum { N = sizeof(table) / sizeof(*table) };
    static struct world w;
    struct question q[N];
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 20000));
    uint64_t began = clock_ms();
    for (size_t i = 0; i < N; i++)
        ask(&w, &q[i], table[i].method, table[i].plan);
    wait_for(&w, N);
    for (size_t i = 0; i < N; i++) {
        char path[100];
        snprintf(path, sizeof(path), "/api%s", table[i].plan);
        const struct target *t = w.targets;
        while (t->path[0] && strcmp(t->path, path) != 0)
            t++;
        CU_ASSERT_EQUAL(q[i].answer.outcome, table[i].outcome);
        CU_ASSERT_EQUAL(q[i].answer.status, table[i].status);
        CU_ASSERT_EQUAL(q[i].answer.method, table[i].method);
        CU_ASSERT_EQUAL(t->hits, table[i].hits);
        CU_ASSERT_FALSE(t->differs);
        bool retried = table[i].hits > 1;
        CU_ASSERT_TRUE(!retried || q[i].answer.elapsed_ms >= 200); /* the pauses count, too */
        if (strncmp(table[i].plan, "/429-1", 6) == 0)
            CU_ASSERT_TRUE(q[i].answer.elapsed_ms >= 1000);
        if (table[i].status == 200 || table[i].status == 201)
            CU_ASSERT_STRING_EQUAL(q[i].body, PLAIN);
        if (table[i].status == 429)
            CU_ASSERT_EQUAL(q[i].answer.retry_after, 60);
    }
    CU_ASSERT_TRUE(clock_ms() - began < 15000);
    world_close(&w);
}

static void on_listen(uv_timer_t *timer)
{
    struct world *w = timer->data;
    CU_ASSERT_EQUAL(w->done, 0);
    CU_ASSERT_EQUAL(listen(w->server.fd, 10), 0);
    pthread_create(&w->server.acceptor, NULL, http_accept, &w->server);
    uv_close((uv_handle_t *)timer, NULL);
}

/* Nothing listens at first, so its bytes cannot have been sent. */
static void post_that_never_left_is_repeated(void)
{
    static struct world w;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(at);
    memset(&w, 0, sizeof(w));
    w.server = (struct http_double){ .script = script, .ctx = &w };
    pthread_mutex_init(&w.server.lock, NULL);
    pthread_cond_init(&w.server.changed, NULL);
    w.server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL(bind(w.server.fd, (struct sockaddr *)&at, sizeof(at)), 0);
    getsockname(w.server.fd, (struct sockaddr *)&at, &len);
    CU_ASSERT_TRUE_FATAL(world_open_at(&w, ntohs(at.sin_port), true, 20000));
    struct question q, late;
    struct err err = { 0 };
    ask(&w, &q, ASANA_POST, "/201");
    CU_ASSERT_TRUE(ask_within(&w, &late, ASANA_GET, "/200", 1100, &err)); /* no time to repeat */
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(late.answer.outcome, ASANA_UNREACHABLE);
    CU_ASSERT_FALSE(late.answer.sent);
    CU_ASSERT_STRING_NOT_EQUAL(late.detail, "");
    uv_timer_t timer;
    uv_timer_init(&w.loop, &timer);
    timer.data = &w;
    w.done = 0;
    uv_timer_start(&timer, on_listen, 0, 0);
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(q.answer.status, 201);
    CU_ASSERT_EQUAL(w.targets[0].hits, 1);
    world_close(&w);
}

static void a_refused_token_that_worked_before_is_told(void)
{
    struct world w;
    struct question q;
    static const struct {
        const char *path;
        bool works;
    } steps[] = { { "/401", false }, { "/500", false }, { "/200", false }, { "/401?again", true } };
    CU_ASSERT_TRUE_FATAL(world_open(&w, false, 20000));
    for (unsigned i = 0; i < 4; i++) {
        ask(&w, &q, ASANA_GET, steps[i].path);
        wait_for(&w, i + 1);
        CU_ASSERT_EQUAL(q.answer.token_works, steps[i].works);
    }
    secret_set(&w.token, slice_of("another"));
    ask(&w, &q, ASANA_GET, "/401?other");
    wait_for(&w, 5);
    CU_ASSERT_EQUAL(q.answer.status, 401);
    CU_ASSERT_FALSE(q.answer.token_works);
    world_close(&w);
}

/* ---- at the gate ---- */

static void never_more_at_once_than_asana_allows(void)
{
    static struct world w;
    static struct question q[200 + 60];
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 60000));
    for (int i = 0; i < 260; i++)
        ask(&w, &q[i], i < 200 ? ASANA_GET : ASANA_POST, "/hold");
    wait_for_requests(&w, 65);
    pass_time(&w, 50); /* would there be more, they came now */
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 65);
    let_go_at(&w, 65);
    wait_for(&w, 260);
    CU_ASSERT_EQUAL(w.most[0], LIMIT_GATE_READS);
    CU_ASSERT_EQUAL(w.most[1], LIMIT_GATE_WRITES);
    CU_ASSERT_EQUAL(w.outcomes[ASANA_ANSWERED], 260);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 260);
    world_close(&w);
}

static void search_has_a_limit_of_its_own(void)
{
    static struct world w;
    static struct question q[62], other;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 20000));
    for (int i = 0; i < 62; i++) {
        CU_ASSERT_TRUE(
            ask_within(&w, &q[i], ASANA_GET, "/workspaces/1/tasks/search?text=a/b", 4000, &err));
        wait_for(&w, i < 60 ? (unsigned)i + 1 : 60);
    }
    ask(&w, &other, ASANA_GET, "/200?text=/tasks/search");
    wait_for(&w, 61);
    CU_ASSERT_EQUAL(other.answer.status, 200);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 61);
    cancel(&q[60]);
    cancel(&q[61]);
    CU_ASSERT_TRUE(
        ask_within(&w, &q[60], ASANA_GET, "/workspaces/1/tasks/search?text=a", 50, &err));
    wait_for(&w, 62);
    CU_ASSERT_EQUAL(q[60].answer.outcome, ASANA_CROWDED);
    world_close(&w);
}

static void deadline_passes_while_in_line(void)
{
    static struct world w;
    static struct question held[50], late;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 60000));
    for (int i = 0; i < 50; i++)
        ask(&w, &held[i], ASANA_GET, "/hold");
    CU_ASSERT_TRUE(ask_within(&w, &late, ASANA_GET, "/200", 100, &err));
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(late.answer.outcome, ASANA_CROWDED);
    CU_ASSERT_EQUAL(late.answer.status, 0);
    CU_ASSERT_EQUAL(late.answer.method, ASANA_GET);
    CU_ASSERT_FALSE(late.answer.sent);
    CU_ASSERT_TRUE(late.answer.elapsed_ms >= 100);
    wait_for_requests(&w, 50);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 50);
    /* What the line left of the deadline is what the request gets. */
    CU_ASSERT_TRUE(ask_within(&w, &late, ASANA_GET, "/silent", 1200, &err));
    pass_time(&w, 600);
    cancel(&held[0]);
    wait_for(&w, 2);
    CU_ASSERT_EQUAL(late.answer.outcome, ASANA_TIMED_OUT);
    CU_ASSERT_TRUE(late.answer.elapsed_ms >= 1200 && late.answer.elapsed_ms < 1750);
    let_go(&w);
    wait_for(&w, 2 + 49);
    world_close(&w);
}

static void more_than_the_line_holds_is_refused_at_once(void)
{
    static struct world w;
    static struct question q[MANY], one;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 60000));
    for (int i = 0; i < MANY; i++)
        ask(&w, &q[i], ASANA_GET, "/hold");
    CU_ASSERT_FALSE(ask_within(&w, &one, ASANA_GET, "/hold", 0, &err));
    CU_ASSERT_EQUAL(err.kind, ERR_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "too many calls"));
    ask(&w, &one, ASANA_POST, "/201");
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(one.answer.status, 201);
    for (int i = 0; i < MANY; i++)
        cancel(&q[i]);
    ask(&w, &one, ASANA_GET, "/200");
    wait_for(&w, 2);
    CU_ASSERT_EQUAL(one.answer.status, 200);
    let_go(&w);
    world_close(&w);
}

static void request_that_is_not_whole_is_refused(void)
{
    static struct world w;
    struct asana_req r;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 20000));
    req_make(&r, ASANA_POST, "/201", 0);
    r.body.failed = true;
    CU_ASSERT_PTR_NULL(asana_ask(&w.asker, &r, &w.token, on_done, NULL, &err));
    CU_ASSERT_EQUAL(err.kind, ERR_LIMIT);
    CU_ASSERT_PTR_NULL(r.url.data);
    CU_ASSERT_PTR_NULL(r.body.data);
    struct asana_req copy;
    req_make(&r, ASANA_POST, "/201", 0);
    CU_ASSERT_TRUE(asana_req_copy(&r, &copy));
    CU_ASSERT_TRUE(slice_is(buf_slice(&copy.body), "{\"data\":{\"name\":\"/201\"}}"));
    CU_ASSERT_TRUE(slice_is(buf_slice(&copy.url), "/201"));
    asana_req_done(&copy);
    r.url.failed = true;
    CU_ASSERT_FALSE(asana_req_copy(&r, &copy));
    CU_ASSERT_PTR_NULL(copy.url.data);
    asana_req_done(&r);
    /* A token that no header can carry is found when it is sent: the place comes back. */
    secret_set(&w.token, slice_of("a\nb"));
    for (int i = 0; i < 20; i++) {
        struct question q;
        CU_ASSERT_FALSE(ask_within(&w, &q, ASANA_POST, "/201", 0, &err));
    }
    CU_ASSERT_EQUAL(err.kind, ERR_ARGS);
    CU_ASSERT_EQUAL(w.done, 0);
    world_close(&w);
}

/* ---- the end of it ---- */

static void cancel_in_every_state(void)
{
    static struct world w;
    static struct question held[50], line[3], q;
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 90000));
    ask(&w, &q, ASANA_POST, "/201"); /* before its first turn */
    cancel(&q);
    ask(&w, &q, ASANA_GET, "/silent"); /* sent */
    wait_for_requests(&w, 1);
    cancel(&q);
    ask(&w, &q, ASANA_GET, "/429-60,200"); /* in its pause */
    wait_for_requests(&w, 2);
    pass_time(&w, 30);
    CU_ASSERT_PTR_NOT_NULL(q.ask);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    cancel(&q);
    for (int i = 0; i < 50; i++) /* all places are there */
        ask(&w, &held[i], ASANA_GET, "/hold");
    for (int i = 0; i < 3; i++)
        ask(&w, &line[i], ASANA_GET, "/200");
    cancel(&line[0]); /* in line */
    wait_for_requests(&w, 52);
    cancel(&held[0]); /* the place goes to line[1], which is cancelled before it learns of it */
    cancel(&line[1]);
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(line[2].answer.status, 200);
    CU_ASSERT_PTR_NULL(line[2].ask);
    /* One cancels another from its callback: one that waits for the place that it gives back. */
    ask(&w, &line[0], ASANA_GET, "/200");
    ask(&w, &line[1], ASANA_GET, "/200");
    line[0].victim = &line[1];
    wait_for(&w, 2);
    CU_ASSERT_EQUAL(line[0].answer.status, 200);
    CU_ASSERT_PTR_NULL(line[1].ask);
    ask(&w, &line[2], ASANA_GET, "/200");
    wait_for(&w, 3);
    for (int i = 1; i < 50; i++)
        cancel(&held[i]);
    let_go(&w);
    CU_ASSERT_EQUAL(w.outcomes[ASANA_ANSWERED], 3);
    world_close(&w); /* no timer of theirs keeps the loop */
}

static void asks_without_a_gate_go_at_once(void)
{
    static struct world w;
    static struct question q[120];
    CU_ASSERT_TRUE_FATAL(world_open(&w, false, 60000));
    for (int i = 0; i < 120; i++)
        ask(&w, &q[i], ASANA_GET, "/hold");
    wait_for_requests(&w, 120);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 120);
    cancel(&q[0]);
    let_go(&w);
    wait_for(&w, 119);
    ask(&w, &q[0], ASANA_GET, "/502,200");
    wait_for(&w, 120);
    CU_ASSERT_EQUAL(q[0].answer.status, 200);
    world_close(&w);
}

static void a_worker_has_only_so_many_under_way(void)
{
    static struct world w;
    static struct question q[5], late;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, false, 60000));
    w.asker.at_once = 2;
    for (int i = 0; i < 5; i++)
        ask(&w, &q[i], ASANA_GET, "/hold");
    CU_ASSERT_TRUE(ask_within(&w, &late, ASANA_GET, "/200", 100, &err));
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(late.answer.outcome, ASANA_CROWDED);
    wait_for_requests(&w, 2);
    cancel(&q[0]); /* sent: the next one goes */
    wait_for_requests(&w, 3);
    cancel(&q[3]); /* in line */
    pass_time(&w, 50);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 3);
    let_go(&w);
    wait_for(&w, 4);
    CU_ASSERT_EQUAL(w.outcomes[ASANA_ANSWERED], 3);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 4);
    for (int i = 0; i < 5; i++)
        ask(&w, &q[i], ASANA_GET, "/200");
    for (int i = 0; i < 5; i++) /* those that waited may follow them, and be gone, too */
        cancel(&q[i]);
    world_close(&w);
}

/* With one under way at a time: who has one request waiting does not wait for all of another's. */
static void tokens_have_their_turns_in_the_workers_line(void)
{
    static struct world w;
    static struct question held, flood[4], other;
    static const char *const paths[] = { "/200?a", "/200?b", "/200?c", "/200?d" };
    static const char *const order[] = { "/200?a", "/200?other", "/200?b", "/200?c", "/200?d" };
    CU_ASSERT_TRUE_FATAL(world_open(&w, false, 60000));
    w.asker.at_once = 1;
    ask(&w, &held, ASANA_GET, "/hold");
    for (int i = 0; i < 4; i++)
        ask(&w, &flood[i], ASANA_GET, paths[i]);
    secret_set(&w.token, slice_of("1/6789:ghijkl"));
    ask(&w, &other, ASANA_GET, "/200?other");
    wait_for_requests(&w, 1);
    let_go(&w);
    wait_for(&w, 6);
    for (int i = 0; i < 5; i++)
        CU_ASSERT_STRING_EQUAL(w.targets[i].path + strlen("/api"), order[i]);
    world_close(&w);
}

/* ---- several workers with one token ---- */

#define THREADS 4
#define EACH 80

struct worker {
    pthread_t thread;
    struct world world; /* its loop and asker; the server and the gates are shared */
    struct question questions[EACH];
};

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct world *w = &worker->world;
    for (int i = 0; i < EACH; i++)
        ask(w, &worker->questions[i], i % 2 ? ASANA_GET : ASANA_POST, "/hold");
    wait_for(w, EACH);
    asana_asker_close(&w->asker);
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
    secret_done(&w->token);
    return NULL;
}

static void workers_keep_the_limits_together(void)
{
    static struct world w;
    static struct worker workers[THREADS];
    CU_ASSERT_TRUE_FATAL(world_open(&w, true, 60000));
    for (int i = 0; i < THREADS; i++) {
        struct world *mine = &workers[i].world;
        CU_ASSERT_TRUE_FATAL(world_open_at(mine, w.server.port, false, 60000));
        mine->asker.keeper = gate_keeper_new(w.gates, &mine->loop);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    let_go_at(&w, LIMIT_GATE_READS + LIMIT_GATE_WRITES);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        CU_ASSERT_EQUAL(workers[i].world.outcomes[ASANA_ANSWERED], EACH);
    }
    CU_ASSERT_EQUAL(w.most[0], LIMIT_GATE_READS);
    CU_ASSERT_EQUAL(w.most[1], LIMIT_GATE_WRITES);
    world_close(&w);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(pauses_follow_the_table),
        TEST(pauses_grow_and_end),
        TEST(requests_are_repeated_as_the_table_says),
        TEST(post_that_never_left_is_repeated),
        TEST(a_refused_token_that_worked_before_is_told),
        TEST(never_more_at_once_than_asana_allows),
        TEST(search_has_a_limit_of_its_own),
        TEST(deadline_passes_while_in_line),
        TEST(more_than_the_line_holds_is_refused_at_once),
        TEST(request_that_is_not_whole_is_refused),
        TEST(cancel_in_every_state),
        TEST(asks_without_a_gate_go_at_once),
        TEST(a_worker_has_only_so_many_under_way),
        TEST(tokens_have_their_turns_in_the_workers_line),
        TEST(workers_keep_the_limits_together),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "ask", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    log_set_level(LOG_WARN);
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
