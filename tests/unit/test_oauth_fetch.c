#include "oauth/fetch.h"

#include "base/clock.h"
#include "base/limits.h"
#include "http_double.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <signal.h>

#define PATIENCE_MS 20000

static struct {
    struct http_double server;
    uv_loop_t loop;
    uv_timer_t turn;
    struct fetcher *fetcher;
    unsigned counted; /* requests of /half?counted; under the server's lock */
} w;

struct got {
    bool done;
    bool answered;
    int status;
    char body[4096];
    char content_type[100];
    int64_t fresh;
    char detail[300];
};

/* ---- the other side: the path says what is answered ---- */

static bool play(struct http_seen *seen)
{
    const char *path = seen->target + 1;
    int fd = seen->fd;
    if (strncmp(path, "cache?", 6) == 0) { /* the query is the Cache-Control header, or two */
        char head[400];
        const char *second = strchr(path, ';');
        snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nCache-Control: %.*s%s%s",
                 (int)strcspn(path + 6, ";"), path + 6, second ? "\r\ncache-control: " : "",
                 second ? second + 1 : "");
        return http_reply(fd, head, "{}");
    }
    if (strcmp(path, "moved") == 0)
        return http_reply(fd, "HTTP/1.1 302 Found\r\nLocation: /target", "elsewhere");
    if (strcmp(path, "large") == 0) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\nx");
        return false;
    }
    if (strcmp(path, "endless") == 0) {
        http_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 100; i++)
            http_say(fd, "a\r\n0123456789\r\n");
        http_wait_for_hangup(fd);
        return false;
    }
    if (strcmp(path, "silent") == 0) {
        http_wait_for_hangup(fd);
        return false;
    }
    if (strncmp(path, "half", 4) == 0) {
        pthread_mutex_lock(&seen->server->lock);
        w.counted += strcmp(path, "half?counted") == 0;
        pthread_mutex_unlock(&seen->server->lock);
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
        http_wait_for_hangup(fd);
        return false;
    }
    if (strcmp(path, "cut") == 0) {
        http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
        return false;
    }
    if (strcmp(path, "gzip") == 0)
        return http_reply(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip", "not really");
    char body[5000];
    const char *type = strcasestr(seen->head, "\r\nContent-Type:");
    snprintf(body, sizeof(body), "%s %.500s [%.1000s]%.*s", seen->method, seen->target, seen->body,
             type ? (int)strcspn(type + 2, "\r") : 0, type ? type + 2 : "");
    return http_json(fd, "200 OK", body);
}

/* ---- this side ---- */

static void on_turn(uv_timer_t *turn)
{
    (void)turn;
}

static void open_fetcher(const char *const *private_allow)
{
    struct err err = { 0 };
    struct fetcher_options options = { .user_agent = "test", .private_allow = private_allow };
    CU_ASSERT_TRUE_FATAL(fetcher_new(&w.loop, &options, &w.fetcher, &err));
}

static int start(void)
{
    uv_loop_init(&w.loop);
    uv_timer_init(&w.loop, &w.turn);
    uv_timer_start(&w.turn, on_turn, 20, 20);
    return !http_double_start(&w.server, play, NULL);
}

static int stop(void)
{
    uv_close((uv_handle_t *)&w.turn, NULL);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    http_double_stop(&w.server);
    return uv_loop_close(&w.loop);
}

static void on_done(void *ctx, const struct fetch_answer *a)
{
    struct got *g = ctx;
    CU_ASSERT_FALSE(g->done);
    g->done = true;
    g->answered = a->answered;
    g->status = a->status;
    g->fresh = a->fresh_seconds;
    snprintf(g->body, sizeof(g->body), "%.*s", (int)a->body.len, a->body.data);
    snprintf(g->content_type, sizeof(g->content_type), "%s", a->content_type);
    snprintf(g->detail, sizeof(g->detail), "%s", a->detail ? a->detail : "");
}

static struct fetch *send_it(enum fetch_trust trust, const char *url, const char *form,
                             struct got *g, struct err *err)
{
    *g = (struct got){ 0 };
    *err = (struct err){ 0 };
    return fetch_send(w.fetcher,
                      &(struct fetch_request){ .trust = trust,
                                               .url = url,
                                               .content_type = form ? "text/form" : NULL,
                                               .body = slice_of(form ? form : ""),
                                               .max = 100,
                                               .deadline_ms = strstr(url, "silent") ? 50 : 5000 },
                      on_done, g, err);
}

static void wait_for(const struct got *g)
{
    uint64_t until = clock_ms() + PATIENCE_MS;
    while (!g->done && clock_ms() < until)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_TRUE_FATAL(g->done);
}

static struct got fetched(enum fetch_trust trust, const char *url, const char *form)
{
    struct got g;
    struct err err;
    CU_ASSERT_PTR_NOT_NULL_FATAL(send_it(trust, url, form, &g, &err));
    CU_ASSERT_FALSE(g.done); /* on a later turn */
    wait_for(&g);
    return g;
}

static const char *at(const char *path)
{
    static char urls[4][200];
    static unsigned next;
    char *url = urls[next++ % 4];
    snprintf(url, 200, "http://127.0.0.1:%d%s", w.server.port, path);
    return url;
}

/* ---- answers ---- */

static void a_get_and_a_post_are_answered(void)
{
    open_fetcher(NULL);
    struct got g = fetched(FETCH_OPERATOR, at("/a?b=c"), NULL);
    CU_ASSERT_TRUE(g.answered);
    CU_ASSERT_EQUAL(g.status, 200);
    CU_ASSERT_STRING_EQUAL(g.body, "GET /a?b=c []");
    CU_ASSERT_STRING_EQUAL(g.content_type, "application/json; charset=UTF-8");
    CU_ASSERT_EQUAL(g.fresh, -1);
    g = fetched(FETCH_OPERATOR, at("/a"), "x=1&y=2");
    CU_ASSERT_STRING_EQUAL(g.body, "POST /a [x=1&y=2]Content-Type: text/form");
    fetcher_free(w.fetcher);
}

static void a_redirect_is_an_answer_and_is_not_followed(void)
{
    open_fetcher(NULL);
    unsigned before = http_double_requested(&w.server);
    struct got g = fetched(FETCH_OPERATOR, at("/moved"), NULL);
    CU_ASSERT_EQUAL(g.status, 302);
    CU_ASSERT_EQUAL(http_double_requested(&w.server), before + 1);
    fetcher_free(w.fetcher);
}

static void an_answer_that_is_too_large_is_none(void)
{
    open_fetcher(NULL);
    struct got g = fetched(FETCH_OPERATOR, at("/large"), NULL);
    CU_ASSERT_FALSE(g.answered);
    CU_ASSERT_STRING_EQUAL(g.detail, "the answer is too large");
    g = fetched(FETCH_OPERATOR, at("/endless"), NULL);
    CU_ASSERT_FALSE(g.answered);
    CU_ASSERT_STRING_EQUAL(g.detail, "the answer is too large");
    fetcher_free(w.fetcher);
}

static void who_says_nothing_or_breaks_off_has_not_answered(void)
{
    open_fetcher(NULL);
    struct got g = fetched(FETCH_OPERATOR, at("/silent"), NULL);
    CU_ASSERT_FALSE(g.answered);
    CU_ASSERT_STRING_EQUAL(g.detail, "no answer in time");
    g = fetched(FETCH_OPERATOR, at("/cut"), NULL);
    CU_ASSERT_FALSE(g.answered);
    CU_ASSERT_TRUE(g.detail[0] != '\0');
    fetcher_free(w.fetcher);
}

/* Nothing is unpacked: a small answer stays small. */
static void an_answer_is_taken_as_it_comes(void)
{
    open_fetcher(NULL);
    struct got g = fetched(FETCH_OPERATOR, at("/gzip"), NULL);
    CU_ASSERT_STRING_EQUAL(g.body, "not really");
    fetcher_free(w.fetcher);
}

static void how_long_an_answer_is_fresh(void)
{
    static const struct {
        const char *path;
        int64_t fresh;
    } cases[] = {
        { "/cache?max-age=60", 60 },
        { "/cache?Public,MAX-AGE=7", 7 },
        { "/cache?no-store", 0 },
        { "/cache?max-age=60,no-cache", 0 },
        { "/cache?no-store;max-age=60", 0 },
        { "/cache?max-age=60;no-store", 0 },
        { "/cache?private", -1 },
        { "/cache?max-age=soon", 0 },
        { "/cache?s-maxage=9", -1 },
    };
    open_fetcher(NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct got g = fetched(FETCH_OPERATOR, at(cases[i].path), NULL);
        CU_ASSERT_EQUAL(g.fresh, cases[i].fresh);
    }
    fetcher_free(w.fetcher);
}

/* ---- what is not fetched ---- */

static void only_https_without_credentials_is_fetched(void)
{
    static const char *const for_nobody[] = {
        "",
        "nothing",
        "/path",
        "ftp://client.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://client.example/",
        "http://127.0.0.1.example/",
        "https://user@client.example/",
        "https://user:password@client.example/",
        "https://:password@client.example/",
        "https://client.example:99999/",
    };
    struct got g;
    struct err err;
    open_fetcher(NULL);
    for (size_t i = 0; i < sizeof(for_nobody) / sizeof(for_nobody[0]); i++) {
        for (int trust = FETCH_OPERATOR; trust <= FETCH_PUBLIC; trust++) {
            CU_ASSERT_PTR_NULL(send_it((enum fetch_trust)trust, for_nobody[i], NULL, &g, &err));
            CU_ASSERT_EQUAL(err.kind, ERR_ARGS);
        }
    }
    CU_ASSERT_PTR_NULL(send_it(FETCH_PUBLIC, at("/"), NULL, &g, &err));
    uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_FALSE(g.done);
    fetcher_free(w.fetcher);
}

static const char *const private_hosts[] = {
    "127.0.0.1",          "localhost", "127.1",     "2130706433",  "0x7f000001",
    "0177.0.0.1",         "[::1]",     "LOCALHOST", "0.0.0.0",     "[::]",
    "[::ffff:127.0.0.1]", "10.0.0.1",  "0",         "169.254.1.1", "[fc00::1]",
};

static void a_strangers_address_is_never_a_private_one(void)
{
    char url[100];
    open_fetcher(NULL);
    unsigned before = http_double_connected(&w.server);
    for (size_t i = 0; i < sizeof(private_hosts) / sizeof(private_hosts[0]); i++) {
        snprintf(url, sizeof(url), "https://%s:%d/", private_hosts[i], w.server.port);
        struct got g = fetched(FETCH_PUBLIC, url, NULL);
        CU_ASSERT_FALSE(g.answered);
        if (strcmp(g.detail, "the address is not a public one") != 0)
            printf("\n%s: %s", url, g.detail);
        CU_ASSERT_STRING_EQUAL(g.detail, "the address is not a public one");
    }
    CU_ASSERT_EQUAL(http_double_connected(&w.server), before);
    fetcher_free(w.fetcher);
}

/* The double speaks no TLS, but it is reached. */
static void the_operator_may_name_a_private_address(void)
{
    char allowed[60], other[60], url[100];
    snprintf(allowed, sizeof(allowed), "LocalHost:%d", w.server.port);
    snprintf(other, sizeof(other), "127.0.0.1:%d", w.server.port + 1);
    open_fetcher((const char *const[]){ other, allowed, NULL });
    unsigned before = http_double_connected(&w.server);
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/", w.server.port);
    struct got g = fetched(FETCH_PUBLIC, url, NULL);
    CU_ASSERT_STRING_EQUAL(g.detail, "the address is not a public one");
    CU_ASSERT_EQUAL(http_double_connected(&w.server), before);
    snprintf(url, sizeof(url), "https://localhost:%d/silent", w.server.port);
    g = fetched(FETCH_PUBLIC, url, NULL);
    CU_ASSERT_FALSE(g.answered);
    CU_ASSERT_STRING_NOT_EQUAL(g.detail, "the address is not a public one");
    CU_ASSERT_TRUE(http_double_connected(&w.server) > before);
    fetcher_free(w.fetcher);
}

/* ---- proxies ---- */

static void set_proxies(const char *value)
{
    static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                         "ALL_PROXY" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (value)
            setenv(names[i], value, 1);
        else
            unsetenv(names[i]);
}

static void a_proxy_is_the_operators_business(void)
{
    struct http_double proxy;
    char address[60], url[100];
    CU_ASSERT_TRUE_FATAL(http_double_start(&proxy, play, NULL));
    snprintf(address, sizeof(address), "http://127.0.0.1:%d", proxy.port);
    set_proxies(address);
    open_fetcher(NULL);
    /* Where an address is judged, no proxy may stand between. */
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/", w.server.port);
    struct got g = fetched(FETCH_PUBLIC, url, NULL);
    CU_ASSERT_STRING_EQUAL(g.detail, "the address is not a public one");
    g = fetched(FETCH_PUBLIC, "https://client.invalid/", NULL);
    CU_ASSERT_FALSE(g.answered);
    g = fetched(FETCH_OPERATOR, at("/here"), NULL);
    CU_ASSERT_STRING_EQUAL(g.body, "GET /here []");
    CU_ASSERT_EQUAL(http_double_connected(&proxy), 0);
    g = fetched(FETCH_OPERATOR, "https://asana.invalid/-/silent", NULL);
    CU_ASSERT_FALSE(g.answered);
    CU_ASSERT_TRUE(http_double_connected(&proxy) > 0);
    set_proxies(NULL);
    fetcher_free(w.fetcher);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    http_double_stop(&proxy);
}

/* ---- cancelling ---- */

/* Sends a request whose answer does not end, and waits until it begins. */
static struct fetch *half(struct got *g)
{
    struct err err;
    uint64_t until = clock_ms() + PATIENCE_MS;
    unsigned before = w.counted, now = before;
    struct fetch *f = send_it(FETCH_OPERATOR, at("/half?counted"), NULL, g, &err);
    while (now == before && clock_ms() < until) {
        uv_run(&w.loop, UV_RUN_ONCE);
        pthread_mutex_lock(&w.server.lock);
        now = w.counted;
        pthread_mutex_unlock(&w.server.lock);
    }
    CU_ASSERT_EQUAL(now, before + 1);
    return f;
}

static void a_cancelled_fetch_says_nothing(void)
{
    struct got g[5];
    struct err err;
    open_fetcher(NULL);
    fetch_cancel(send_it(FETCH_OPERATOR, at("/a"), "x", &g[0], &err)); /* before anything */
    for (int turns = 1; turns < 4; turns++) {
        struct fetch *f = send_it(FETCH_OPERATOR, at("/half"), NULL, &g[1], &err);
        for (int i = 0; i < turns; i++)
            uv_run(&w.loop, UV_RUN_NOWAIT);
        CU_ASSERT_FALSE_FATAL(g[1].done);
        fetch_cancel(f);
    }
    fetch_cancel(half(&g[2]));
    struct fetch *f =
        send_it(FETCH_PUBLIC, "https://client.invalid/", NULL, &g[3], &err); /* a name */
    uv_run(&w.loop, UV_RUN_NOWAIT);
    if (!g[3].done)
        fetch_cancel(f);
    struct got last = fetched(FETCH_OPERATOR, at("/last"), NULL);
    CU_ASSERT_STRING_EQUAL(last.body, "GET /last []");
    CU_ASSERT_FALSE(g[0].done || g[1].done || g[2].done);
    fetcher_free(w.fetcher);
}

static void a_fetcher_takes_what_is_under_way_with_it(void)
{
    struct got g[3];
    struct err err;
    open_fetcher(NULL);
    half(&g[0]);
    send_it(FETCH_OPERATOR, at("/half"), NULL, &g[1], &err);
    send_it(FETCH_PUBLIC, "https://localhost/", NULL, &g[2], &err);
    fetcher_free(w.fetcher);
    for (int i = 0; i < 3; i++)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_FALSE(g[0].done || g[1].done || g[2].done);
}

/* ---- addresses ---- */

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return fetch_is_public((const struct sockaddr *)&v4);
    CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return fetch_is_public((const struct sockaddr *)&v6);
}

/* First and last address of every block of RFC 6890 and its registry. */
static void reserved_addresses_are_not_public(void)
{
    static const char *const reserved[] = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.0",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.88.99.0",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:1ff:ffff::",
        "2001:db8::1",
        "2001:db8:ffff::",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "5f00::1",
        "4000::1",
    };
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (is_public(reserved[i]))
            puts(reserved[i]);
        CU_ASSERT_FALSE(is_public(reserved[i]));
    }
}

/* What stands right before and behind them. */
static void addresses_for_everybody_are_public(void)
{
    static const char *const good[] = {
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "203.0.114.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "2606:4700::1",
        "2a00::1",
        "3ffe::1",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!is_public(good[i]))
            puts(good[i]);
        CU_ASSERT_TRUE(is_public(good[i]));
    }
    struct sockaddr other = { .sa_family = AF_UNIX };
    CU_ASSERT_FALSE(fetch_is_public(&other));
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    set_proxies(NULL);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("oauth: addresses", NULL, NULL);
    ADD(reserved_addresses_are_not_public);
    ADD(addresses_for_everybody_are_public);
    suite = CU_add_suite("oauth: fetching", start, stop);
    ADD(a_get_and_a_post_are_answered);
    ADD(a_redirect_is_an_answer_and_is_not_followed);
    ADD(an_answer_that_is_too_large_is_none);
    ADD(who_says_nothing_or_breaks_off_has_not_answered);
    ADD(an_answer_is_taken_as_it_comes);
    ADD(how_long_an_answer_is_fresh);
    ADD(only_https_without_credentials_is_fetched);
    ADD(a_strangers_address_is_never_a_private_one);
    ADD(the_operator_may_name_a_private_address);
    ADD(a_proxy_is_the_operators_business);
    ADD(a_cancelled_fetch_says_nothing);
    ADD(a_fetcher_takes_what_is_under_way_with_it);
    CU_basic_set_mode(CU_BRM_NORMAL);
    return run_suites();
}
