#include "transport/guard.h"

#include "http_probe.h"
#include "suites.h"

#include <signal.h>

/* A server that says what the guard thinks of each request: "host origin caller". */
static struct {
    uv_loop_t loop;
    uv_timer_t turn;
    struct http_server *server;
    struct guard *guard;
    int port;
    struct caller caller; /* of the last request */
} w;

static void on_turn(uv_timer_t *turn)
{
    (void)turn;
}

static void pump(void *ctx)
{
    (void)ctx;
    uv_run(&w.loop, UV_RUN_ONCE);
}

static void on_request(void *ctx, struct http_exchange *x)
{
    (void)ctx;
    char text[2000];
    caller_done(&w.caller);
    bool host = guard_knows_host(w.guard, x), origin = guard_allows_origin(w.guard, x);
    bool caller = guard_caller(w.guard, x, &w.caller);
    CU_ASSERT_EQUAL(caller, w.caller.token.len > 0);
    snprintf(text, sizeof(text), "%s %s %s", host ? "host" : "-", origin ? "origin" : "-",
             caller ? w.caller.token.bytes : "-");
    http_reply_text(x, 200, NULL, text);
}

static void start(struct server_options *o, const char *listen)
{
    struct listen_address at;
    int fd = -1;
    struct http_app app = { .on_request = on_request };
    CU_ASSERT_TRUE_FATAL(listen_parse(listen, &o->listen, NULL));
    listen_parse("127.0.0.1:0", &at, NULL);
    CU_ASSERT_TRUE_FATAL(listen_open(&at, 1, &fd, NULL));
    w.port = at.port;
    uv_loop_init(&w.loop);
    uv_timer_init(&w.loop, &w.turn);
    uv_timer_start(&w.turn, on_turn, 1, 1);
    struct http_options options = {
        .listen_fd = fd, .body_max = 1000, .connections_max = 10, .idle_seconds = 60
    };
    CU_ASSERT_TRUE_FATAL(http_server_new(&w.loop, &options, &app, &w.server, NULL));
    w.guard = guard_new(o);
}

static void stop(void)
{
    http_server_free(w.server);
    uv_close((uv_handle_t *)&w.turn, NULL);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    caller_done(&w.caller);
    guard_free(w.guard);
}

/* The verdict on a request with these headers. */
static const char *verdict(const char *headers)
{
    static char text[2000];
    char request[4000];
    struct probe p;
    struct probe_reply r = { 0 };
    snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n%s\r\n", headers);
    probe_open(&p, w.port, pump, NULL);
    CU_ASSERT_TRUE(probe_say(&p, request) && probe_answer(&p, false, &r));
    snprintf(text, sizeof(text), "%.*s", r.body ? (int)strcspn(r.body, "\n") : 0,
             r.body ? r.body : "");
    probe_reply_done(&r);
    probe_close(&p);
    return text;
}

static void judge(const char *headers, const char *expected, int line)
{
    const char *got = verdict(headers);
    if (strcmp(got, expected) != 0)
        printf("\nline %d: %s\n  expected %s\n  got      %s\n", line, headers, expected, got);
    CU_ASSERT_STRING_EQUAL(got, expected);
}
#define JUDGE(headers, expected) judge(headers, expected, __LINE__)

static void host_is(const char *host, bool ours)
{
    char headers[300];
    snprintf(headers, sizeof(headers), "Host: %s\r\n", host);
    judge(headers, ours ? "host origin -" : "- origin -", __LINE__);
}

static void on_loopback_only_loopback_names_are_ours(void)
{
    struct server_options o = { .auth = AUTH_BEARER };
    start(&o, "127.0.0.1:8000");
    static const char *const ours[] = { "127.0.0.1",  "127.0.0.1:8000", "127.0.0.1:1",
                                        "localhost",  "LocalHost:8000", "[::1]",
                                        "[::1]:8000", "127.0.0.1:" };
    static const char *const others[] = {
        "example.com",
        "example.com:8000",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "127.0.0.1:80@evil.com",
        "localhost:80@evil.com",
        "evil.com://127.0.0.1",
        "http://127.0.0.1",
        "127.0.0.1/",
        "127.0.0.1?",
        "127.0.0.1:80/x",
        "127.0.0.1:port",
        "[::1",
        "[::1]x",
        "[::1]evil.com",
        "192.168.1.7",
        "0.0.0.0",
        "x127.0.0.1",
        "localhost.",
        "",
        "127.0.0.1, evil.com",
        "127.0.0.1 evil.com",
    };
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        host_is(ours[i], true);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        host_is(others[i], false);
    stop();
}

static void on_another_loopback_address_it_is_ours_too(void)
{
    struct server_options o = { .auth = AUTH_BEARER };
    start(&o, "127.3.4.5:8000");
    host_is("127.3.4.5:8000", true);
    host_is("127.3.4.6:8000", false);
    host_is("localhost:8000", true);
    stop();
}

static void on_every_address_numbers_and_the_public_name_are_ours(void)
{
    struct server_options o = { .auth = AUTH_BEARER,
                                .public_url = "https://Tools.example.com:8443/asana" };
    start(&o, "0.0.0.0:8000");
    host_is("tools.example.com", true);
    host_is("tools.example.com:443", true);
    host_is("192.168.1.7:8000", true);
    host_is("[2001:db8::1]:8000", true);
    host_is("localhost", true);
    host_is("other.example.com", false);
    host_is("example.com", false);
    host_is("tools.example.com.evil.com", false);
    host_is("192.168.1.7.evil.com", false);
    stop();
}

static void on_one_address_it_and_the_public_name_are_ours(void)
{
    struct server_options o = { .auth = AUTH_BEARER, .public_url = "https://tools.example.com" };
    start(&o, "192.168.1.7:8000");
    host_is("192.168.1.7:8000", true);
    host_is("tools.example.com", true);
    host_is("192.168.1.8", false);
    host_is("localhost", false);
    stop();
}

static void an_origin_is_ours_or_allowed_or_refused(void)
{
    static const char *const allowed[] = { "https://claude.ai", "http://localhost:6274", NULL };
    struct server_options o = { .auth = AUTH_BEARER,
                                .allow_origins = allowed,
                                .public_url = "https://tools.example.com/asana" };
    start(&o, "127.0.0.1:8000");
#define FROM(origin) "Host: 127.0.0.1:8000\r\nOrigin: " origin "\r\n"
    JUDGE("Host: 127.0.0.1:8000\r\n", "host origin -");
    JUDGE(FROM("http://127.0.0.1:8000"), "host origin -");
    JUDGE(FROM("https://claude.ai"), "host origin -");
    JUDGE(FROM("HTTPS://Claude.AI"), "host origin -");
    JUDGE(FROM("http://localhost:6274"), "host origin -");
    JUDGE(FROM("https://tools.example.com"), "host origin -"); /* behind a proxy that names us so */
    JUDGE(FROM("http://tools.example.com"), "host - -");
    JUDGE(FROM("https://tools.example.com.evil.com"), "host - -");
    JUDGE(FROM("https://tools.example.com:8443"), "host - -");
    JUDGE(FROM("https://tools"), "host - -");
    JUDGE(FROM("http://127.0.0.1:8001"), "host - -");
    JUDGE(FROM("http://127.0.0.1"), "host - -");
    JUDGE(FROM("http://localhost:8000"), "host - -");
    JUDGE(FROM("https://evil.com"), "host - -");
    JUDGE(FROM("https://claude.ai.evil.com"), "host - -");
    JUDGE(FROM("https://claude.ai/"), "host - -");
    JUDGE(FROM("null"), "host - -");
    JUDGE(FROM(""), "host - -");
    JUDGE(FROM("evil://x://127.0.0.1:8000"), "host - -");
    stop();
}

static void a_bearer_token_is_read_from_the_header(void)
{
    struct server_options o = { .auth = AUTH_BEARER };
    start(&o, "127.0.0.1:8000");
#define WITH(value) "Host: localhost\r\nAuthorization: " value "\r\n"
    JUDGE(WITH("Bearer abc"), "host origin abc");
    JUDGE(WITH("bearer abc"), "host origin abc");
    JUDGE(WITH("BEARER   abc"), "host origin abc");
    JUDGE(WITH("Bearer 2/12/34:a-b._~+/="), "host origin 2/12/34:a-b._~+/=");
    JUDGE(WITH("Bearer"), "host origin -");
    JUDGE(WITH("Bearer "), "host origin -");
    JUDGE(WITH("Bearerabc"), "host origin -");
    JUDGE(WITH("Basic abc"), "host origin -");
    JUDGE(WITH("abc"), "host origin -");
    JUDGE(WITH("Bearer a b"), "host origin -");
    JUDGE(WITH("Bearer a,b"), "host origin -");
    JUDGE(WITH("Bearer \"abc\""), "host origin -");
    JUDGE(WITH("Bearer a\xC3\xA9"), "host origin -");
    JUDGE("Host: localhost\r\n", "host origin -");
    stop();
}

static void callers_are_told_apart_by_their_tokens(void)
{
    struct server_options o = { .auth = AUTH_BEARER };
    start(&o, "127.0.0.1:8000");
    verdict(WITH("Bearer alice"));
    struct digest alice = w.caller.id;
    verdict(WITH("Bearer bob"));
    CU_ASSERT_FALSE(digest_equal(&alice, &w.caller.id));
    verdict(WITH("bearer alice"));
    CU_ASSERT_TRUE(digest_equal(&alice, &w.caller.id));
    stop();
}

static void with_one_token_for_all_everybody_is_the_same_caller(void)
{
    struct secret token = { 0 };
    secret_set(&token, slice_of("operators"));
    struct server_options o = { .auth = AUTH_TOKEN, .asana_token = &token };
    start(&o, "127.0.0.1:8000");
    secret_done(&token); /* the guard has its own copy */
    JUDGE("Host: localhost\r\n", "host origin operators");
    struct digest all = w.caller.id;
    JUDGE(WITH("Bearer alice"), "host origin operators");
    CU_ASSERT_TRUE(digest_equal(&all, &w.caller.id));
    stop();
    o.asana_token = NULL;
    start(&o, "127.0.0.1:8000");
    JUDGE("Host: localhost\r\n", "host origin -");
    stop();
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("guard", NULL, NULL);
    ADD(suite, on_loopback_only_loopback_names_are_ours);
    ADD(suite, on_another_loopback_address_it_is_ours_too);
    ADD(suite, on_every_address_numbers_and_the_public_name_are_ours);
    ADD(suite, on_one_address_it_and_the_public_name_are_ours);
    ADD(suite, an_origin_is_ours_or_allowed_or_refused);
    ADD(suite, a_bearer_token_is_read_from_the_header);
    ADD(suite, callers_are_told_apart_by_their_tokens);
    ADD(suite, with_one_token_for_all_everybody_is_the_same_caller);
    int code = run_suites();
    guard_free(NULL);
    return code;
}
