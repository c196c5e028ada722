#include "asana/client.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"

#include "http_double.h"
#include "suites.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* {"data":{"gid":"1"}}, gzipped. */
static const char gzipped[] = {
    0x1f,       (char)0x8b, 0x08,       0x00,       0x00,       0x00,       0x00, 0x00,
    0x02,       (char)0xff, (char)0xab, 0x56,       0x4a,       0x49,       0x2c, 0x49,
    0x54,       (char)0xb2, (char)0xaa, 0x56,       0x4a,       (char)0xcf, 0x4c, 0x51,
    (char)0xb2, 0x52,       0x32,       0x54,       (char)0xaa, (char)0xad, 0x05, 0x00,
    (char)0xeb, 0x1c,       0x00,       (char)0xc4, 0x14,       0x00,       0x00, 0x00,
};
#define PLAIN "{\"data\":{\"gid\":\"1\"}}"
#define TOGETHER 300 /* more than one lane of connections takes */

/* Stands before the system's resolver: no test asks a real name server, and a name can take its
 * time. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned asked;
    bool held;
    bool overslept;
} resolver = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

/* False when a name was held for longer than any test should take. */
static bool resolver_hold(bool held)
{
    pthread_mutex_lock(&resolver.lock);
    bool in_time = !resolver.overslept;
    resolver.held = held;
    resolver.asked = 0;
    pthread_cond_broadcast(&resolver.changed);
    pthread_mutex_unlock(&resolver.lock);
    return in_time;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **res)
{
    size_t len = node ? strlen(node) : 0;
    if (len < 8 || strcmp(node + len - 8, ".invalid") != 0) {
        int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
        *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
        return next(node, service, hints, res);
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10; /* should the loop ever wait for us, the test fails instead of hanging */
    pthread_mutex_lock(&resolver.lock);
    resolver.asked++;
    pthread_cond_broadcast(&resolver.changed);
    while (resolver.held && !resolver.overslept)
        if (pthread_cond_timedwait(&resolver.changed, &resolver.lock, &until) == ETIMEDOUT)
            resolver.overslept = resolver.held;
    pthread_mutex_unlock(&resolver.lock);
    return EAI_NONAME;
}

/* One server, one loop, one client, and what came back. */
struct world {
    struct http_double server;
    uv_loop_t loop;
    uv_timer_t patience; /* a test that waits in vain ends */
    struct asana_client *client;
    struct secret token;
    unsigned done;
    bool sending; /* inside asana_send() */
    bool patience_lost;
    struct asana_answer answer; /* the last; its strings are the copies below */
    char body[4096];
    char detail[300];
    char request_id[100];
    /* for callbacks that do more than look */
    struct asana_transfer *victim;
    bool free_client;
    bool send_again;
    /* written by the script */
    char head[8192];
    char request_body[8192];
    atomic_size_t pushed;
    atomic_uint seen_on_path; /* requests for /dies, /gone, /reset */
};

/* Answers by the target, whatever the method. */
static bool script(struct http_seen *seen)
{
    struct world *w = seen->server->ctx;
    const char *target = seen->target;
    int fd = seen->fd;
    const char *path = strncmp(target, "/api", 4) == 0 ? target + 4 : target;
    size_t len = strcspn(path, "?");
#define IS(text) (len == strlen(text) && memcmp(path, (text), len) == 0)
    if (IS("/plain"))
        return http_json(fd, "200 OK", PLAIN);
    if (IS("/echo")) {
        pthread_mutex_lock(&seen->server->lock);
        memcpy(w->head, seen->head, sizeof(w->head));
        memcpy(w->request_body, seen->body, sizeof(w->request_body));
        pthread_mutex_unlock(&seen->server->lock);
        return http_json(fd, "200 OK", PLAIN);
    }
    if (IS("/limited"))
        return http_reply(fd,
                          "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
                          "Retry-After: 17\r\nX-Request-Id: abc-123",
                          "{\"errors\":[]}");
    if (IS("/limited-now"))
        return http_reply(fd, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0", "");
    if (IS("/limited-long"))
        return http_reply(fd, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 99999999999", "");
    if (IS("/forged-id"))
        return http_reply(fd, "HTTP/1.1 200 OK\r\nX-Request-Id: a\x01\x62 \"c\"", PLAIN);
    if (IS("/redirect"))
        return http_reply(fd, "HTTP/1.1 302 Found\r\nLocation: /api/plain", "");
    if (IS("/html"))
        return http_reply(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/html", "<html>hello</html>");
    if (IS("/jsonish"))
        return http_reply(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/jsonish", PLAIN);
    if (IS("/gzip")) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Content-Encoding: gzip\r\nContent-Length: 40\r\n\r\n");
        http_write(fd, gzipped, sizeof(gzipped));
        return true;
    }
    if (IS("/bad-gzip")) {
        http_reply(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip", PLAIN);
        return false;
    }
    if (IS("/chunked")) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"data\":\r\n");
        http_say(fd, "c\r\n{\"gid\":\"1\"}}\r\n0\r\n\r\n");
        return true;
    }
    if (IS("/cut-chunked")) {
        http_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"data\":\r\n");
        return false;
    }
    if (IS("/cut")) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":");
        return false;
    }
    if (IS("/cut-head")) {
        http_say(fd, "HTTP/1.1 200 OK\r\nConte");
        return false;
    }
    if (IS("/garbage")) {
        http_say(fd, "220 smtp.example ESMTP\r\nwho are you\r\n\r\n");
        return false;
    }
    if (IS("/silent")) {
        http_wait_for_hangup(fd);
        return false;
    }
    if (IS("/stalls")) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":");
        http_wait_for_hangup(fd);
        return false;
    }
    if (IS("/dies") || IS("/gone") || IS("/reset")) {
        atomic_fetch_add(&w->seen_on_path, 1);
        if (IS("/gone"))
            http_double_refuse(seen->server);
        if (IS("/reset"))
            http_reset(fd);
        return false;
    }
    if (IS("/big") || IS("/big-chunked")) {
        static const char zeros[1 << 16] = { 0 };
        bool chunked = IS("/big-chunked");
        int small = 1 << 16;
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
        http_say(fd, chunked ? "Transfer-Encoding: chunked\r\n\r\n"
                             : "Content-Length: 10485760\r\n\r\n");
        for (int i = 0; i < 160; i++) {
            if (chunked)
                http_say(fd, "10000\r\n");
            if (send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL) != sizeof(zeros))
                return false;
            atomic_fetch_add(&w->pushed, sizeof(zeros));
            if (chunked)
                http_say(fd, "\r\n");
        }
        if (chunked)
            http_say(fd, "0\r\n\r\n");
        return true;
    }
    if (IS("/together")) { /* nobody is answered before all are here */
        pthread_mutex_lock(&seen->server->lock);
        while (seen->server->requested < TOGETHER)
            pthread_cond_wait(&seen->server->changed, &seen->server->lock);
        pthread_mutex_unlock(&seen->server->lock);
        return http_json(fd, "200 OK", PLAIN);
    }
    return http_json(fd, "404 Not Found", "{\"errors\":[{\"message\":\"no such route\"}]}");
#undef IS
}

static void on_impatient(uv_timer_t *timer)
{
    struct world *w = timer->data;
    w->patience_lost = true;
}

static bool world_open(struct world *w, const char *api, unsigned deadline_ms)
{
    struct err err = { 0 };
    char url[100];
    memset(w, 0, sizeof(*w));
    if (!http_double_start(&w->server, script, w) || uv_loop_init(&w->loop) != 0)
        return false;
    uv_timer_init(&w->loop, &w->patience);
    w->patience.data = w;
    uv_timer_start(&w->patience, on_impatient, 30000, 0);
    uv_unref((uv_handle_t *)&w->patience);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api", w->server.port);
    struct asana_client_options options = {
        .api_url = api ? api : url,
        .user_agent = "asana-mcp/test",
        .deadline_ms = deadline_ms,
    };
    secret_set(&w->token, slice_of("1/2345:abcdef"));
    bool ok = asana_client_new(&w->loop, &options, &w->client, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    return ok;
}

static void world_close(struct world *w)
{
    asana_client_free(w->client);
    w->client = NULL;
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    http_double_stop(&w->server);
    secret_done(&w->token);
    CU_ASSERT_FALSE(w->patience_lost);
}

static void copy_text(char *out, size_t size, const char *text, size_t len)
{
    if (len >= size)
        len = size - 1;
    memcpy(out, text, len);
    out[len] = '\0';
}

static struct asana_transfer *launch(struct world *w, enum asana_method method, const char *url,
                                     const char *body);

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct world *w = ctx;
    CU_ASSERT_FALSE(w->sending);
    uv_stop(&w->loop); /* a turn whose timers brought the answer would go on to wait for events */
    w->done++;
    w->answer = *answer;
    copy_text(w->body, sizeof(w->body), answer->body.data, answer->body.len);
    copy_text(w->detail, sizeof(w->detail), answer->detail, strlen(answer->detail));
    copy_text(w->request_id, sizeof(w->request_id), answer->request_id, strlen(answer->request_id));
    if (w->victim) {
        asana_cancel(w->victim);
        w->victim = NULL;
    }
    if (w->send_again) {
        w->send_again = false;
        launch(w, ASANA_GET, "/plain", NULL);
    }
    if (w->free_client) {
        asana_client_free(w->client);
        w->client = NULL;
    }
}

static struct asana_transfer *launch(struct world *w, enum asana_method method, const char *url,
                                     const char *body)
{
    struct err err = { 0 };
    struct asana_req r = { .method = method };
    buf_init(&r.url, LIMIT_ASANA_URL);
    buf_init(&r.body, LIMIT_ASANA_REQUEST_BODY);
    buf_str(&r.url, url);
    if (body)
        buf_str(&r.body, body);
    w->sending = true;
    struct asana_transfer *t = asana_send(w->client, &r, &w->token, on_answer, w, &err);
    w->sending = false;
    CU_ASSERT_PTR_NOT_NULL(t);
    CU_ASSERT_PTR_NULL(r.url.data);
    CU_ASSERT_PTR_NULL(r.body.data);
    return t;
}

static void wait_for(struct world *w, unsigned done)
{
    while (w->done < done && !w->patience_lost)
        uv_run(&w->loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(w->done, done);
}

/* One request, waited for. */
static const struct asana_answer *ask(struct world *w, enum asana_method method, const char *url,
                                      const char *body)
{
    launch(w, method, url, body);
    wait_for(w, w->done + 1);
    return &w->answer;
}

static void answer_carries_status_body_and_headers(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    const struct asana_answer *a = ask(&w, ASANA_GET, "/plain", NULL);
    CU_ASSERT_EQUAL(a->outcome, ASANA_ANSWERED);
    CU_ASSERT_EQUAL(a->status, 200);
    CU_ASSERT_TRUE(a->json);
    CU_ASSERT_TRUE(a->sent);
    CU_ASSERT_EQUAL(a->retry_after, -1);
    CU_ASSERT_STRING_EQUAL(w.body, PLAIN);
    CU_ASSERT_STRING_EQUAL(w.detail, "");
    CU_ASSERT_STRING_EQUAL(w.request_id, "");

    a = ask(&w, ASANA_POST, "/limited", "{}");
    CU_ASSERT_EQUAL(a->status, 429);
    CU_ASSERT_EQUAL(a->method, ASANA_POST);
    CU_ASSERT_EQUAL(a->retry_after, 17);
    CU_ASSERT_STRING_EQUAL(w.request_id, "abc-123");

    a = ask(&w, ASANA_GET, "/plain", NULL); /* nothing of the last answer is left */
    CU_ASSERT_EQUAL(a->retry_after, -1);
    CU_ASSERT_STRING_EQUAL(w.request_id, "");

    CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/limited-now", NULL)->retry_after, 0);
    CU_ASSERT_FALSE(w.answer.json);
    CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/limited-long", NULL)->retry_after, 24 * 60 * 60);
    ask(&w, ASANA_GET, "/forged-id", NULL);
    CU_ASSERT_STRING_EQUAL(w.request_id, "");
    world_close(&w);
}

static void redirect_is_an_answer(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/redirect", NULL)->status, 302);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 1);
    world_close(&w);
}

static void json_is_known_by_its_content_type(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    const struct asana_answer *a = ask(&w, ASANA_GET, "/html", NULL);
    CU_ASSERT_EQUAL(a->outcome, ASANA_ANSWERED);
    CU_ASSERT_FALSE(a->json);
    CU_ASSERT_STRING_EQUAL(w.body, "<html>hello</html>");
    CU_ASSERT_FALSE(ask(&w, ASANA_GET, "/jsonish", NULL)->json);
    world_close(&w);
}

static void encoded_and_chunked_bodies_are_decoded(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    ask(&w, ASANA_GET, "/gzip", NULL);
    CU_ASSERT_STRING_EQUAL(w.body, PLAIN);
    ask(&w, ASANA_GET, "/chunked", NULL);
    CU_ASSERT_STRING_EQUAL(w.body, PLAIN);
    CU_ASSERT_EQUAL(http_double_connected(&w.server), 1);
    CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/bad-gzip", NULL)->outcome, ASANA_BROKEN);
    world_close(&w);
}

static void request_looks_as_asana_expects_it(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    ask(&w, ASANA_POST, "/echo?opt_fields=name", "{\"data\":{\"name\":\"x\"}}");
    CU_ASSERT_EQUAL(strncmp(w.head, "POST /api/echo?opt_fields=name HTTP/1.1\r\n", 41), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.head, "\r\nAuthorization: Bearer 1/2345:abcdef\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.head, "\r\nContent-Type: application/json\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.head, "\r\nAccept: application/json\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.head, "\r\nUser-Agent: asana-mcp/test\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.head, "gzip"));
    CU_ASSERT_PTR_NULL(strstr(w.head, "Expect"));
    CU_ASSERT_STRING_EQUAL(w.request_body, "{\"data\":{\"name\":\"x\"}}");

    ask(&w, ASANA_PUT, "/echo", "{\"data\":{}}");
    CU_ASSERT_EQUAL(strncmp(w.head, "PUT /api/echo HTTP/1.1\r\n", 24), 0);
    CU_ASSERT_STRING_EQUAL(w.request_body, "{\"data\":{}}");

    ask(&w, ASANA_DELETE, "/echo", NULL);
    CU_ASSERT_EQUAL(strncmp(w.head, "DELETE /api/echo HTTP/1.1\r\n", 27), 0);
    CU_ASSERT_PTR_NULL(strstr(w.head, "Content-"));
    CU_ASSERT_STRING_EQUAL(w.request_body, "");

    ask(&w, ASANA_GET, "/echo", NULL); /* on the same handle as the others */
    CU_ASSERT_EQUAL(strncmp(w.head, "GET /api/echo HTTP/1.1\r\n", 24), 0);
    CU_ASSERT_PTR_NULL(strstr(w.head, "Content-"));

    secret_set(&w.token, slice_of("another"));
    ask(&w, ASANA_GET, "/echo", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.head, "\r\nAuthorization: Bearer another\r\n"));
    CU_ASSERT_EQUAL(http_double_connected(&w.server), 1);
    world_close(&w);
}

static void request_without_token_has_no_authorization(void)
{
    struct world w;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    ask(&w, ASANA_GET, "/plain", NULL);
    struct asana_req r = { .method = ASANA_GET };
    buf_init(&r.url, LIMIT_ASANA_URL);
    buf_init(&r.body, LIMIT_ASANA_REQUEST_BODY);
    buf_str(&r.url, "/echo");
    CU_ASSERT_PTR_NOT_NULL(asana_send(w.client, &r, NULL, on_answer, &w, &err));
    wait_for(&w, 2);
    CU_ASSERT_PTR_NULL(strstr(w.head, "Authorization"));
    world_close(&w);
}

static void connection_is_kept_for_the_next_request(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    for (int i = 0; i < 100; i++)
        ask(&w, i % 2 ? ASANA_POST : ASANA_GET, "/plain", i % 2 ? "{}" : NULL);
    CU_ASSERT_EQUAL(http_double_connected(&w.server), 1);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 100);
    world_close(&w);
}

static void many_requests_run_at_once(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    for (int i = 0; i < TOGETHER; i++)
        launch(&w, ASANA_GET, "/together", NULL);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.client), TOGETHER);
    wait_for(&w, TOGETHER);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.client), 0);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), TOGETHER);
    CU_ASSERT_STRING_EQUAL(w.body, PLAIN);
    ask(&w, ASANA_GET, "/plain", NULL); /* and the client is as good as before */
    CU_ASSERT_EQUAL(w.answer.status, 200);
    world_close(&w);
}

static void cut_answer_is_broken(void)
{
    static const char *const paths[] = { "/cut", "/cut-head", "/cut-chunked", "/garbage", "/dies" };
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct world w;
        CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
        char url[100];
        snprintf(url, sizeof(url), "%s?text=private", paths[i]);
        const struct asana_answer *a = ask(&w, ASANA_GET, url, NULL);
        CU_ASSERT_EQUAL(a->outcome, ASANA_BROKEN);
        CU_ASSERT_EQUAL(a->status, 0);
        CU_ASSERT_EQUAL(a->body.len, 0);
        CU_ASSERT_TRUE(a->sent);
        CU_ASSERT_NOT_EQUAL(strlen(w.detail), 0);
        CU_ASSERT_PTR_NULL(strstr(w.detail, "abcdef"));
        CU_ASSERT_PTR_NULL(strstr(w.detail, "private"));
        CU_ASSERT_EQUAL(http_double_requested(&w.server), 1);
        world_close(&w);
    }
}

/* A kept connection, then a request on it that the server reads and does not answer. */
static void die_on_kept(enum asana_method method, const char *path, unsigned times_seen)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    ask(&w, ASANA_GET, "/plain", NULL);
    const struct asana_answer *a =
        ask(&w, method, path, method == ASANA_POST || method == ASANA_PUT ? "{\"data\":{}}" : NULL);
    CU_ASSERT_EQUAL(a->outcome, ASANA_BROKEN);
    CU_ASSERT_TRUE(a->sent);
    CU_ASSERT_NOT_EQUAL(strlen(w.detail), 0);
    CU_ASSERT_EQUAL(atomic_load(&w.seen_on_path), times_seen);
    CU_ASSERT_EQUAL(ask(&w, ASANA_POST, "/plain", "{}")->outcome,
                    strcmp(path, "/gone") == 0 ? ASANA_UNREACHABLE : ASANA_ANSWERED);
    world_close(&w);
}

static void write_is_never_sent_twice(void)
{
    die_on_kept(ASANA_POST, "/dies", 1);
    die_on_kept(ASANA_PUT, "/dies", 1);
    die_on_kept(ASANA_DELETE, "/dies", 1);
    die_on_kept(ASANA_POST, "/reset", 1);
    die_on_kept(ASANA_DELETE, "/reset", 1);
}

static void read_on_a_dead_connection_is_repeated_once(void)
{
    die_on_kept(ASANA_GET, "/dies", 2);
}

/* The second connect fails, but the request has been on the wire: not "unreachable", which means
 * nothing was sent. */
static void write_that_was_sent_is_not_called_unreachable(void)
{
    die_on_kept(ASANA_POST, "/gone", 1);
    die_on_kept(ASANA_GET, "/gone", 1);
}

static void connection_closed_while_idle_is_noticed(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    ask(&w, ASANA_GET, "/plain", NULL);
    pthread_mutex_lock(&w.server.lock);
    struct http_double_connection *kept = w.server.connections;
    pthread_mutex_unlock(&w.server.lock);
    shutdown(kept->fd, SHUT_RDWR);
    pthread_join(kept->thread, NULL); /* its last byte is out */
    w.server.connections = NULL;
    const struct asana_answer *a = ask(&w, ASANA_POST, "/plain", "{}");
    CU_ASSERT_EQUAL(a->outcome, ASANA_ANSWERED);
    CU_ASSERT_EQUAL(http_double_connected(&w.server), 2);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 2);
    close(kept->fd);
    free(kept);
    world_close(&w);
}

static void refused_connection_is_unreachable(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    http_double_refuse(&w.server);
    pthread_join(w.server.acceptor, NULL);
    close(w.server.fd);
    const struct asana_answer *a = ask(&w, ASANA_POST, "/plain?text=private", "{}");
    CU_ASSERT_EQUAL(a->outcome, ASANA_UNREACHABLE);
    CU_ASSERT_FALSE(a->sent);
    CU_ASSERT_EQUAL(a->status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.detail, "127.0.0.1"));
    CU_ASSERT_PTR_NULL(strstr(w.detail, "private"));
    w.server.fd = socket(AF_INET, SOCK_STREAM, 0); /* for http_double_stop() */
    pthread_create(&w.server.acceptor, NULL, http_accept, &w.server);
    world_close(&w);
}

static void refused_tls_is_unreachable(void)
{
    struct world w;
    struct err err = { 0 };
    char url[60];
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    asana_client_free(w.client);
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/api", w.server.port);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = 20000 };
    CU_ASSERT_TRUE_FATAL(asana_client_new(&w.loop, &options, &w.client, &err));
    launch(&w, ASANA_POST, "/plain", "{}");
    /* The double waits for the end of a head that never comes; a page from a plain server makes the
     * handshake fail. */
    while (http_double_connected(&w.server) == 0 && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    pthread_mutex_lock(&w.server.lock);
    http_say(w.server.connections->fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
    pthread_mutex_unlock(&w.server.lock);
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(w.answer.outcome, ASANA_UNREACHABLE);
    CU_ASSERT_FALSE(w.answer.sent);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 0);
    world_close(&w);
}

static void unknown_name_is_unreachable(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, "https://asana.invalid/api/1.0", 20000));
    const struct asana_answer *a = ask(&w, ASANA_GET, "/users/me?text=private", NULL);
    CU_ASSERT_EQUAL(a->outcome, ASANA_UNREACHABLE);
    CU_ASSERT_FALSE(a->sent);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.detail, "asana.invalid"));
    CU_ASSERT_PTR_NULL(strstr(w.detail, "private"));
    world_close(&w);
}

static void deadline_ends_a_silent_request_in_time(void)
{
    static const char *const paths[] = { "/silent", "/stalls" };
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 150));
        uint64_t start = clock_ms();
        const struct asana_answer *a = ask(&w, ASANA_GET, paths[i], NULL);
        uint64_t took = clock_ms() - start;
        CU_ASSERT_EQUAL(a->outcome, ASANA_TIMED_OUT);
        CU_ASSERT_EQUAL(a->status, 0);
        CU_ASSERT_TRUE(a->sent);
        CU_ASSERT_TRUE(a->elapsed_ms >= 149 && a->elapsed_ms < 5000);
        CU_ASSERT_TRUE(took >= 149 && took < 5000);
        CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/plain", NULL)->outcome, ASANA_ANSWERED);
        world_close(&w);
    }
}

static void slow_answer_holds_nobody_up(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    struct asana_transfer *slow = launch(&w, ASANA_GET, "/stalls", NULL);
    for (int i = 0; i < 20; i++)
        CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/plain", NULL)->status, 200);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.client), 1);
    asana_cancel(slow);
    world_close(&w);
}

static void too_large_answer_is_refused_early(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    const struct asana_answer *a = ask(&w, ASANA_GET, "/big", NULL);
    CU_ASSERT_EQUAL(a->outcome, ASANA_TOO_LARGE);
    CU_ASSERT_EQUAL(a->body.len, 0);
    CU_ASSERT_TRUE(atomic_load(&w.pushed) < 9u << 20);
    a = ask(&w, ASANA_GET, "/big-chunked", NULL); /* no length to see it by */
    CU_ASSERT_EQUAL(a->outcome, ASANA_TOO_LARGE);
    CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/plain", NULL)->outcome, ASANA_ANSWERED);
    world_close(&w);
}

/* Cancelled after k turns of the loop, for every k up to the end of the transfer. */
static void cancel_works_in_every_phase(void)
{
    static const char *const paths[] = { "/plain", "/silent", "/stalls", "/big-chunked", "/gzip" };
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct world w;
        CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
        for (int turns = 0; turns < 24; turns++) {
            struct asana_transfer *t = launch(&w, ASANA_POST, paths[i], "{\"data\":{}}");
            unsigned before = w.done;
            for (int k = 0; k < turns && w.done == before; k++)
                uv_run(&w.loop, UV_RUN_NOWAIT);
            if (w.done != before)
                continue;
            asana_cancel(t);
            CU_ASSERT_EQUAL(asana_client_in_flight(w.client), 0);
            for (int k = 0; k < 4; k++)
                uv_run(&w.loop, UV_RUN_NOWAIT);
            CU_ASSERT_EQUAL(w.done, before);
        }
        CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/plain", NULL)->status, 200);
        world_close(&w);
    }
}

static bool resolver_was_asked(void)
{
    pthread_mutex_lock(&resolver.lock);
    bool asked = resolver.asked > 0;
    pthread_mutex_unlock(&resolver.lock);
    return asked;
}

/* libcurl's own way would be to join the resolver's thread, and so to stop the loop. */
static void slow_name_server_stops_neither_cancel_nor_deadline_nor_free(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, "https://asana.invalid/api/1.0", 100));
    resolver_hold(true);
    struct asana_transfer *t = launch(&w, ASANA_GET, "/users/me", NULL);
    while (!resolver_was_asked())
        uv_run(&w.loop, UV_RUN_NOWAIT);
    asana_cancel(t);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.client), 0);

    const struct asana_answer *a = ask(&w, ASANA_POST, "/users/me", "{}");
    CU_ASSERT_EQUAL(a->outcome, ASANA_TIMED_OUT);
    CU_ASSERT_FALSE(a->sent);
    CU_ASSERT_TRUE(a->elapsed_ms < 5000);

    launch(&w, ASANA_GET, "/users/me", NULL);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    world_close(&w);
    CU_ASSERT_TRUE(resolver_hold(false));
}

static void callback_may_cancel_another_transfer(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    w.victim = launch(&w, ASANA_GET, "/silent", NULL);
    launch(&w, ASANA_GET, "/plain", NULL);
    wait_for(&w, 1);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.client), 0);
    world_close(&w);
}

static void callback_may_send(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    w.send_again = true;
    launch(&w, ASANA_GET, "/plain", NULL);
    wait_for(&w, 2);
    CU_ASSERT_EQUAL(http_double_connected(&w.server), 1);
    world_close(&w);
}

static void callback_may_free_the_client(void)
{
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    for (int i = 0; i < 10; i++)
        launch(&w, ASANA_GET, i % 2 ? "/silent" : "/plain", NULL);
    w.free_client = true;
    wait_for(&w, 1);
    CU_ASSERT_PTR_NULL(w.client);
    world_close(&w);
    CU_ASSERT_EQUAL(w.done, 1);
}

static void free_with_transfers_in_flight_calls_nobody(void)
{
    for (int turns = 0; turns < 12; turns++) {
        struct world w;
        CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
        for (int i = 0; i < 150; i++)
            launch(&w, ASANA_POST, i % 2 ? "/silent" : "/stalls", "{}");
        for (int k = 0; k < turns; k++)
            uv_run(&w.loop, UV_RUN_NOWAIT);
        world_close(&w);
        CU_ASSERT_EQUAL(w.done, 0);
    }
}

static void bad_token_is_refused_before_anything_is_sent(void)
{
    static const char *const tokens[] = { "", "a\r\nX-Evil: 1", "a b", "caf\xc3\xa9" };
    struct world w;
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
        struct err err = { 0 };
        struct asana_req r = { .method = ASANA_GET };
        secret_set(&w.token, slice_of(tokens[i]));
        buf_init(&r.url, LIMIT_ASANA_URL);
        buf_init(&r.body, LIMIT_ASANA_REQUEST_BODY);
        buf_str(&r.url, "/plain");
        CU_ASSERT_PTR_NULL(asana_send(w.client, &r, &w.token, on_answer, &w, &err));
        CU_ASSERT_EQUAL(err.kind, ERR_ARGS);
        CU_ASSERT_PTR_NULL(strstr(err.text, "Evil"));
        CU_ASSERT_PTR_NULL(r.url.data);
    }
    CU_ASSERT_EQUAL(asana_client_in_flight(w.client), 0);
    world_close(&w);
}

static void request_over_its_ceiling_is_refused(void)
{
    struct world w;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    struct asana_req r = { .method = ASANA_GET };
    buf_init(&r.url, 8);
    buf_init(&r.body, 8);
    buf_str(&r.url, "/longer than that");
    CU_ASSERT_PTR_NULL(asana_send(w.client, &r, &w.token, on_answer, &w, &err));
    CU_ASSERT_EQUAL(err.kind, ERR_LIMIT);
    world_close(&w);
}

static void address_that_would_give_the_token_away_is_refused(void)
{
    static const char *const bad[] = {
        "http://app.asana.com/api/1.0",  "ftp://127.0.0.1/",   "127.0.0.1:80",   "",
        "http://127.0.0.1.example.com/", "http://1270.0.0.1/", "https://a/?x=1", "http://10.0.0.1/",
    };
    static const char *const good[] = { "https://app.asana.com/api/1.0", "http://127.0.0.1:80/x",
                                        "http://[::1]:80", "http://localhost:1" };
    uv_loop_t loop;
    struct asana_client *c;
    uv_loop_init(&loop);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct err err = { 0 };
        struct asana_client_options o = { .api_url = bad[i], .user_agent = "x", .deadline_ms = 1 };
        CU_ASSERT_FALSE(asana_client_new(&loop, &o, &c, &err));
        CU_ASSERT_EQUAL(err.kind, ERR_SETTINGS);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        struct err err = { 0 };
        struct asana_client_options o = { .api_url = good[i], .user_agent = "x", .deadline_ms = 1 };
        CU_ASSERT_TRUE_FATAL(asana_client_new(&loop, &o, &c, &err));
        asana_client_free(c);
    }
    struct err err = { 0 };
    struct asana_client_options o = {
        .api_url = good[0], .user_agent = "x", .deadline_ms = 1, .ca_file = "/no/such/file"
    };
    CU_ASSERT_FALSE(asana_client_new(&loop, &o, &c, &err));
    CU_ASSERT_EQUAL(err.kind, ERR_SETTINGS);
    asana_client_free(NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&loop), 0);
}

/* Proxies are for Asana's host; this machine is never reached through one. */
static void proxy_of_the_environment_serves_asana_but_not_loopback(void)
{
    struct world w;
    char proxy[60];
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    CU_ASSERT_EQUAL(ask(&w, ASANA_GET, "/plain", NULL)->outcome, ASANA_ANSWERED);
    asana_client_free(w.client);
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", w.server.port);
    setenv("https_proxy", proxy, 1);
    struct err err = { 0 };
    struct asana_client_options o = { .api_url = "https://asana.invalid/api/1.0",
                                      .user_agent = "test",
                                      .deadline_ms = 20000 };
    CU_ASSERT_TRUE_FATAL(asana_client_new(&w.loop, &o, &w.client, &err));
    const struct asana_answer *a = ask(&w, ASANA_POST, "/tasks", "{}");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 2); /* CONNECT, answered 404 */
    CU_ASSERT_EQUAL(a->outcome, ASANA_UNREACHABLE);
    CU_ASSERT_FALSE(a->sent);
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    world_close(&w);
}

/* How often the bytes, given inverted, stand in this process's writable memory. */
static unsigned count_in_memory(const char *inverted, size_t len)
{
    unsigned found = 0;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    FILE *memory = fopen("/proc/self/mem", "r");
    size_t cap = 1 << 20;
    char *block = malloc(cap + len);
    setvbuf(memory, NULL, _IONBF, 0);
    while (fgets(line, sizeof(line), maps)) {
        uintptr_t from, to;
        char mode[8];
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &to, mode) != 3 ||
            mode[1] != 'w' || to - from > 1u << 30) /* the sanitizer's shadow */
            continue;
        for (uintptr_t at = from; at < to; at += cap) {
            size_t want = to - at < cap + len ? to - at : cap + len;
            if ((uintptr_t)block < at + want && at < (uintptr_t)block + cap + len)
                continue; /* this very block */
            if (fseeko(memory, (off_t)at, SEEK_SET) != 0)
                continue;
            size_t got = fread(block, 1, want, memory);
            const char *p = block;
            const char *end = block + got;
            while (p < end && (p = memchr(p, ~inverted[0] & 0xff, (size_t)(end - p)))) {
                size_t k = 0;
                while (k < len && p + k < end && p[k] == (char)~inverted[k])
                    k++;
                found += k == len;
                p++;
            }
        }
        explicit_bzero(block, cap + len);
    }
    free(block);
    fclose(memory);
    fclose(maps);
    return found;
}

static void no_copy_of_the_token_outlives_the_transfer(void)
{
    struct world w;
    char inverted[32];
    char bytes[33];
    CU_ASSERT_TRUE_FATAL(world_open(&w, NULL, 20000));
    secret_random_hex(bytes, 16);
    for (int i = 0; i < 32; i++)
        inverted[i] = (char)~bytes[i];
    secret_set(&w.token, (struct slice){ bytes, 32 });
    explicit_bzero(bytes, sizeof(bytes));
    ask(&w, ASANA_GET, "/plain", NULL);
    ask(&w, ASANA_POST, "/plain", "{\"data\":{}}");
    ask(&w, ASANA_POST, "/cut", "{\"data\":{}}");
    struct asana_transfer *t = launch(&w, ASANA_POST, "/plain", "{\"data\":{}}");
    uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_NOT_EQUAL(count_in_memory(inverted, 32), 0); /* the count can find it */
    if (w.done < 4)
        asana_cancel(t);
    secret_done(&w.token);
    asana_client_free(w.client);
    w.client = NULL;
    uv_run(&w.loop, UV_RUN_NOWAIT);
    http_double_stop(&w.server);
    CU_ASSERT_EQUAL(count_in_memory(inverted, 32), 0);
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.server, script, &w));
    world_close(&w);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(answer_carries_status_body_and_headers),
        TEST(redirect_is_an_answer),
        TEST(json_is_known_by_its_content_type),
        TEST(encoded_and_chunked_bodies_are_decoded),
        TEST(request_looks_as_asana_expects_it),
        TEST(request_without_token_has_no_authorization),
        TEST(connection_is_kept_for_the_next_request),
        TEST(many_requests_run_at_once),
        TEST(cut_answer_is_broken),
        TEST(write_is_never_sent_twice),
        TEST(read_on_a_dead_connection_is_repeated_once),
        TEST(write_that_was_sent_is_not_called_unreachable),
        TEST(connection_closed_while_idle_is_noticed),
        TEST(refused_connection_is_unreachable),
        TEST(refused_tls_is_unreachable),
        TEST(unknown_name_is_unreachable),
        TEST(deadline_ends_a_silent_request_in_time),
        TEST(slow_answer_holds_nobody_up),
        TEST(too_large_answer_is_refused_early),
        TEST(cancel_works_in_every_phase),
        TEST(slow_name_server_stops_neither_cancel_nor_deadline_nor_free),
        TEST(callback_may_cancel_another_transfer),
        TEST(callback_may_send),
        TEST(callback_may_free_the_client),
        TEST(free_with_transfers_in_flight_calls_nobody),
        TEST(bad_token_is_refused_before_anything_is_sent),
        TEST(request_over_its_ceiling_is_refused),
        TEST(address_that_would_give_the_token_away_is_refused),
        TEST(proxy_of_the_environment_serves_asana_but_not_loopback),
        TEST(no_copy_of_the_token_outlives_the_transfer),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                           "ALL_PROXY",  "no_proxy",    "NO_PROXY" };
    CU_SuiteInfo suites[] = {
        { .pName = "asana_client", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    for (size_t i = 0; i < sizeof(proxies) / sizeof(*proxies); i++)
        unsetenv(proxies[i]);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
