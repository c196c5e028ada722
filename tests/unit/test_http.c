#include "http/http.h"

#include "base/limits.h"
#include "http/listen.h"
#include "http_probe.h"
#include "suites.h"

#include <signal.h>
#include <sys/resource.h>

#define BODY_MAX 5000u
#define QUEUE_MAX (1u << 20)
#define KEPT 64

/* One server in the test's thread, and an application that does what the path says. */
struct world {
    uv_loop_t loop;
    uv_timer_t turn; /* so that no turn of the loop lasts long */
    struct http_server *server;
    int port;
    struct http_exchange *kept[KEPT]; /* of /late, oldest first */
    size_t kept_count;
    struct http_stream *stream; /* the last of /stream */
    unsigned heads, requests;
    unsigned opened, closed;
    unsigned gone;            /* clients of /watched that hung up before their answer */
    enum http_stream_end why; /* of the last that was closed */
    char seen[4096];
};

static void on_turn(uv_timer_t *turn)
{
    (void)turn;
}

static void pump(void *ctx)
{
    struct world *w = ctx;
    uv_run(&w->loop, UV_RUN_ONCE);
}

/* Turns the loop until the condition holds or patience ends. */
#define DRIVE(w, condition)                              \
    do {                                                 \
        uint64_t until = clock_ms() + PROBE_PATIENCE_MS; \
        while (!(condition) && clock_ms() < until)       \
            pump(w);                                     \
        CU_ASSERT_TRUE(condition);                       \
    } while (0)

static void reply(struct http_exchange *x, unsigned status, const char *text)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    buf_str(&b, text);
    http_reply(x, status,
               (struct http_header[]){ { "Content-Type", "text/plain" }, { "X-Own", "1" }, { 0 } },
               &b);
}

static void on_close(void *ctx, enum http_stream_end why)
{
    struct world *w = ctx;
    w->closed++;
    w->why = why;
    w->stream = NULL;
}

static void open_stream(struct world *w, struct http_exchange *x)
{
    w->stream = http_stream_open(
        x,
        &(struct http_stream_options){ .headers = (struct http_header[]){ { "X-Own", "1" }, { 0 } },
                                       .queue_max = QUEUE_MAX,
                                       .ctx = w,
                                       .on_close = on_close });
    CU_ASSERT_PTR_NOT_NULL(w->stream);
    w->opened++;
}

static void on_gone(void *ctx)
{
    struct world *w = ctx;
    w->gone++;
}

static bool note(void *ctx, const char *name, const char *value)
{
    char *seen = ctx;
    size_t len = strlen(seen);
    snprintf(seen + len, 4096 - len, "[%s=%s]", name, value);
    return strcmp(name, "stop") != 0;
}

static void on_head(void *ctx, struct http_exchange *x)
{
    struct world *w = ctx;
    w->heads++;
    CU_ASSERT_EQUAL(http_body(x).len, 0);
    http_set_data(x, w);
    if (strcmp(http_path(x), "/refuse") == 0)
        reply(x, 403, "refused");
}

static void on_request(void *ctx, struct http_exchange *x)
{
    struct world *w = ctx;
    w->requests++;
    CU_ASSERT_PTR_EQUAL(http_data(x), w);
    const char *path = http_path(x);
    if (strcmp(path, "/watched") == 0) {
        http_watch(x, on_gone, w);
        w->kept[w->kept_count++] = x;
    } else if (strcmp(path, "/headers") == 0) {
        const char *one = "contradicts itself", *all[2] = { "-", "-" };
        size_t count = http_header_all(x, "x-many", all, 2);
        http_header_one(x, "X-MANY", &one);
        snprintf(w->seen, sizeof(w->seen), "%zu %s %s; %s", count, all[0], all[1],
                 one ? one : "none");
        reply(x, 200, w->seen);
    } else if (strcmp(path, "/late") == 0 && w->kept_count < KEPT) {
        w->kept[w->kept_count++] = x;
    } else if (strcmp(path, "/stream") == 0) {
        open_stream(w, x);
    } else if (strcmp(path, "/query") == 0) {
        w->seen[0] = '\0';
        http_query_each(x, note, w->seen);
        const char *a = http_query(x, "a"), *none = http_query(x, "none");
        size_t len = strlen(w->seen);
        snprintf(w->seen + len, sizeof(w->seen) - len, " a=%s none=%s", a ? a : "NULL",
                 none ? none : "NULL");
        reply(x, 200, w->seen);
    } else if (strcmp(path, "/empty") == 0) {
        http_reply(x, 204, NULL, NULL);
    } else if (strcmp(path, "/failed") == 0) {
        struct buf b;
        buf_init(&b, 3);
        buf_str(&b, "too long");
        http_reply(x, 200, NULL, &b);
    } else if (strcmp(path, "/echo") == 0) {
        const char *header = http_header(x, "x-say");
        snprintf(w->seen, sizeof(w->seen), "%s %d %s [%.*s]", http_method_name(x),
                 (int)http_method(x), header ? header : "-", (int)http_body(x).len,
                 http_body(x).data);
        reply(x, 200, w->seen);
    } else {
        char text[80];
        snprintf(text, sizeof(text), "%s: %zu bytes", path, http_body(x).len);
        http_reply_text(x, 200, NULL, text);
    }
}

static void start(struct world *w, unsigned idle_seconds)
{
    *w = (struct world){ .port = 0 };
    struct listen_address at;
    int fd = -1;
    CU_ASSERT_TRUE_FATAL(listen_parse("127.0.0.1:0", &at, NULL));
    CU_ASSERT_TRUE_FATAL(listen_open(&at, 1, &fd, NULL));
    w->port = at.port;
    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->turn);
    uv_timer_start(&w->turn, on_turn, 1, 1);
    struct http_options options = {
        .listen_fd = fd, .body_max = BODY_MAX, .connections_max = 200, .idle_seconds = idle_seconds
    };
    struct http_app app = { .ctx = w, .on_head = on_head, .on_request = on_request };
    CU_ASSERT_TRUE_FATAL(http_server_new(&w->loop, &options, &app, &w->server, NULL));
}

static void stop(struct world *w)
{
    http_server_free(w->server);
    CU_ASSERT_EQUAL(w->opened, w->closed);
    uv_close((uv_handle_t *)&w->turn, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
}

static void connect_to(struct world *w, struct probe *p)
{
    probe_open(p, w->port, pump, w);
}

/* Says the request and reads the answer. */
static bool ask(struct probe *p, const char *request, struct probe_reply *r)
{
    return probe_say(p, request) && probe_answer(p, strncmp(request, "HEAD", 4) == 0, r);
}

#define ANSWERS(p, request, code, text)                           \
    do {                                                          \
        struct probe_reply got_ = { 0 };                          \
        CU_ASSERT_TRUE(ask(p, request, &got_));                   \
        CU_ASSERT_EQUAL(got_.status, code);                       \
        if (got_.body && strcmp(got_.body, text) != 0)            \
            printf("\nline %d: got %s\n", __LINE__, got_.body);   \
        CU_ASSERT_TRUE(got_.body &&strcmp(got_.body, text) == 0); \
        probe_reply_done(&got_);                                  \
    } while (0)

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

/* ---- requests and answers ---- */

static void one_connection_serves_many_requests(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    for (int i = 0; i < 20; i++) {
        ANSWERS(&p, GET("/a"), 200, "/a: 0 bytes\n");
        ANSWERS(&p, "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 200,
                "/b: 5 bytes\n");
    }
    CU_ASSERT_EQUAL(http_server_connections(w.server), 1);
    CU_ASSERT_EQUAL(w.heads, 40);
    CU_ASSERT_EQUAL(w.requests, 40);
    probe_close(&p);
    DRIVE(&w, http_server_connections(w.server) == 0);
    stop(&w);
}

static void method_path_headers_and_body_reach_the_application(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS" };
    for (int i = 0; i < 6; i++) {
        char request[200], expected[100];
        snprintf(request, sizeof(request), "%s /echo HTTP/1.1\r\nHost: x\r\nX-SAY: hi\r\n\r\n",
                 methods[i]);
        snprintf(expected, sizeof(expected), "%s %d hi []", methods[i], i);
        ANSWERS(&p, request, 200, i == HTTP_HEAD ? "" : expected);
        CU_ASSERT_STRING_EQUAL(w.seen, expected);
    }
    ANSWERS(&p, "PATCH /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", 200,
            "PATCH 6 - [hi]");
    ANSWERS(&p, GET("/a%20b%2Fc?x=/d"), 200, "/a b/c: 0 bytes\n");
    probe_close(&p);
    stop(&w);
}

static void query_parameters_are_decoded_and_in_order(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    ANSWERS(&p, GET("/query?b=1&a=x%20y%26+z&a=2&c&d="), 200,
            "[b=1][a=x y& z][a=2][c=][d=] a=x y& z none=NULL");
    ANSWERS(&p, GET("/query?a"), 200, "[a=] a= none=NULL");
    ANSWERS(&p, GET("/query?stop=1&a=2"), 200, "[stop=1] a=2 none=NULL");
    ANSWERS(&p, GET("/query"), 200, " a=NULL none=NULL");
    probe_close(&p);
    stop(&w);
}

static void head_is_answered_without_a_body(void)
{
    struct world w;
    struct probe p;
    struct probe_reply r;
    start(&w, 60);
    connect_to(&w, &p);
    CU_ASSERT_TRUE(ask(&p, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", &r));
    CU_ASSERT_EQUAL(r.status, 200);
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "content-length"), "12");
    probe_reply_done(&r);
    ANSWERS(&p, GET("/a"), 200, "/a: 0 bytes\n"); /* nothing was left over */
    probe_close(&p);
    stop(&w);
}

static void answers_carry_their_headers(void)
{
    struct world w;
    struct probe p;
    struct probe_reply r;
    start(&w, 60);
    connect_to(&w, &p);
    CU_ASSERT_TRUE(ask(&p, GET("/echo"), &r));
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "X-Own"), "1");
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "Content-Type"), "text/plain");
    probe_reply_done(&r);
    CU_ASSERT_TRUE(ask(&p, GET("/text"), &r));
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "Content-Type"), "text/plain; charset=utf-8");
    probe_reply_done(&r);
    ANSWERS(&p, GET("/empty"), 204, "");
    ANSWERS(&p, GET("/failed"), 500, "");
    probe_close(&p);
    stop(&w);
}

static void pipelined_requests_are_answered_in_order(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    probe_say(
        &p,
        GET("/late")
            GET("/second") "POST /third HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" GET(
                "/fourth"));
    DRIVE(&w, w.kept_count == 1);
    for (int i = 0; i < 5; i++)
        pump(&w);
    CU_ASSERT_EQUAL(w.requests, 1); /* the others wait for the first answer */
    reply(w.kept[0], 200, "first");
    static const char *const expected[] = { "first", "/second: 0 bytes\n", "/third: 3 bytes\n",
                                            "/fourth: 0 bytes\n" };
    for (int i = 0; i < 4; i++)
        ANSWERS(&p, "", 200, expected[i]);
    probe_close(&p);
    stop(&w);
}

static void a_chunked_upload_is_put_together(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    static const char request[] = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                  "\r\n5\r\nhello\r\n1;x=y\r\n,\r\n6\r\n world\r\n0\r\n\r\n";
    ANSWERS(&p, request, 200, "POST 2 - [hello, world]");
    for (size_t i = 0; i < sizeof(request) - 1; i++) { /* and byte by byte */
        CU_ASSERT_TRUE(probe_write(&p, request + i, 1));
        pump(&w);
    }
    ANSWERS(&p, "", 200, "POST 2 - [hello, world]");
    probe_close(&p);
    stop(&w);
}

static void a_broken_chunk_is_refused(void)
{
    struct world w;
    struct probe p;
    struct probe_reply r;
    start(&w, 60);
    connect_to(&w, &p);
    CU_ASSERT_TRUE(ask(&p,
                       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "zz\r\nhello\r\n0\r\n\r\n",
                       &r));
    CU_ASSERT_EQUAL(r.status, 400);
    CU_ASSERT_EQUAL(w.requests, 0);
    probe_reply_done(&r);
    probe_close(&p);
    DRIVE(&w, http_server_connections(w.server) == 0);
    stop(&w);
}

/* ---- ceilings and early answers ---- */

static void post_of(char *out, size_t size, const char *path, const char *more, size_t length)
{
    snprintf(out, size, "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n", path, more,
             length);
}

/* Sends n bytes; those that the server does not take any more are no failure. */
static void upload(struct probe *p, size_t n)
{
    static const char zeros[64u << 10];
    while (n) {
        size_t part = n < sizeof(zeros) ? n : sizeof(zeros);
        if (!probe_write(p, zeros, part))
            return;
        n -= part;
    }
}

static void a_body_at_the_ceiling_is_taken_and_one_byte_more_gets_413(void)
{
    struct world w;
    struct probe p;
    char request[200], body[BODY_MAX + 1];
    start(&w, 60);
    connect_to(&w, &p);
    memset(body, 'x', sizeof(body));
    post_of(request, sizeof(request), "/a", "", BODY_MAX);
    probe_say(&p, request);
    probe_write(&p, body, BODY_MAX);
    ANSWERS(&p, "", 200, "/a: 5000 bytes\n");
    post_of(request, sizeof(request), "/a", "", BODY_MAX + 1);
    probe_say(&p, request);
    probe_write(&p, body, BODY_MAX + 1);
    ANSWERS(&p, "", 413, "the body is larger than 5000 bytes\n");
    CU_ASSERT_EQUAL(w.heads, 1);                  /* the application was not asked */
    ANSWERS(&p, GET("/a"), 200, "/a: 0 bytes\n"); /* the connection lives on */
    probe_close(&p);
    stop(&w);
}

static void the_413_of_a_large_body_can_be_read_after_all_of_it_was_sent(void)
{
    struct world w;
    struct probe p;
    char request[200];
    start(&w, 60);
    connect_to(&w, &p);
    post_of(request, sizeof(request), "/a", "", 10u << 20);
    probe_say(&p, request);
    upload(&p, 10u << 20);
    ANSWERS(&p, "", 413, "the body is larger than 5000 bytes\n");
    probe_say(&p, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n600000\r\n");
    upload(&p, 0x600000);
    probe_say(&p, "\r\n0\r\n\r\n");
    ANSWERS(&p, "", 413, "the body is larger than 5000 bytes\n");
    CU_ASSERT_EQUAL(w.requests, 0);
    ANSWERS(&p, GET("/a"), 200, "/a: 0 bytes\n");
    probe_close(&p);
    stop(&w);
}

static void an_endless_body_is_not_read_for_ever(void)
{
    struct world w;
    struct probe p;
    char request[200];
    start(&w, 60);
    connect_to(&w, &p);
    post_of(request, sizeof(request), "/a", "", LIMIT_HTTP_DISCARD + 1u);
    ANSWERS(&p, request, 413, "the body is larger than 5000 bytes\n"); /* at once */
    CU_ASSERT_TRUE(probe_ends(&p));
    probe_close(&p);
    connect_to(&w, &p);
    probe_say(&p, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
    upload(&p, 2u * LIMIT_HTTP_DISCARD);
    CU_ASSERT_TRUE(probe_ends(&p));
    probe_close(&p);
    DRIVE(&w, http_server_connections(w.server) == 0);
    stop(&w);
}

static void headers_past_the_ceiling_get_431(void)
{
    struct world w;
    struct probe p;
    struct probe_reply r;
    start(&w, 60);
    connect_to(&w, &p);
    char *request = malloc(40000);
    size_t n = (size_t)sprintf(request, "GET /a HTTP/1.1\r\nHost: x\r\nX-Long: ");
    memset(request + n, 'x', 20000);
    strcpy(request + n + 20000, "\r\n\r\n");
    CU_ASSERT_TRUE(ask(&p, request, &r));
    CU_ASSERT_EQUAL(r.status, 431);
    CU_ASSERT_EQUAL(w.heads, 0);
    probe_reply_done(&r);
    probe_close(&p);
    connect_to(&w, &p);
    n = (size_t)sprintf(request, "GET /a HTTP/1.1\r\nHost: x\r\nX-Long: ");
    memset(request + n, 'x', 6000); /* a long token is fine */
    strcpy(request + n + 6000, "\r\n\r\n");
    ANSWERS(&p, request, 200, "/a: 0 bytes\n");
    free(request);
    probe_close(&p);
    stop(&w);
}

static void a_refusal_in_on_head_is_read_after_the_body_was_sent(void)
{
    struct world w;
    struct probe p;
    char request[200];
    start(&w, 60);
    connect_to(&w, &p);
    post_of(request, sizeof(request), "/refuse", "", 4000);
    probe_say(&p, request);
    for (int i = 0; i < 5; i++)
        pump(&w);
    upload(&p, 4000);
    ANSWERS(&p, "", 403, "refused");
    ANSWERS(&p, GET("/refuse"), 403, "refused");
    CU_ASSERT_EQUAL(w.requests, 0);
    ANSWERS(&p, GET("/a"), 200, "/a: 0 bytes\n");
    probe_close(&p);
    stop(&w);
}

static void who_asks_first_is_told_to_continue_or_refused_at_once(void)
{
    struct world w;
    struct probe p;
    char request[200];
    start(&w, 60);
    connect_to(&w, &p);
    post_of(request, sizeof(request), "/a", "Expect: 100-continue\r\n", 3);
    probe_say(&p, request);
    struct probe_reply r;
    CU_ASSERT_TRUE(probe_head(&p, &r));
    CU_ASSERT_EQUAL(r.status, 100);
    ANSWERS(&p, "abc", 200, "/a: 3 bytes\n");
    probe_close(&p);

    connect_to(&w, &p);
    post_of(request, sizeof(request), "/refuse", "Expect: 100-continue\r\n", 3);
    ANSWERS(&p, request, 403, "refused");
    CU_ASSERT_TRUE(probe_ends(&p)); /* the body may come or not: nothing can follow */
    probe_close(&p);

    connect_to(&w, &p);
    post_of(request, sizeof(request), "/a", "Expect: 100-continue\r\n", BODY_MAX + 1);
    ANSWERS(&p, request, 413, "the body is larger than 5000 bytes\n");
    CU_ASSERT_TRUE(probe_ends(&p));
    probe_close(&p);
    stop(&w);
}

#define T(literal) literal, sizeof(literal) - 1

static void what_is_no_http_is_refused(void)
{
    static const struct {
        const char *data;
        size_t len;
    } nonsense[] = {
        { T("hello\r\n\r\n") },
        { T("GET / HTTP/9.9\r\n\r\n") },
        { T("GET /a HTTP/1.1\r\n\r\n") }, /* no Host */
        { T("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n") },
        { T("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n") },
        { T("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n") },
    };
    struct world w;
    start(&w, 60);
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
        struct probe p;
        connect_to(&w, &p);
        probe_write(&p, nonsense[i].data, nonsense[i].len);
        CU_ASSERT_TRUE(probe_ends(&p));
        CU_ASSERT(p.len == 0 || strncmp(p.in, "HTTP/1.1 4", 10) == 0 ||
                  strncmp(p.in, "HTTP/1.0 5", 10) == 0 || strncmp(p.in, "HTTP/1.1 5", 10) == 0);
        probe_close(&p);
    }
    CU_ASSERT_EQUAL(w.requests, 0);
    DRIVE(&w, http_server_connections(w.server) == 0);
    stop(&w);
}

/* ---- late answers ---- */

static void answers_may_come_late_and_in_any_order(void)
{
    struct world w;
    struct probe p[8];
    start(&w, 60);
    for (size_t i = 0; i < 8; i++) {
        connect_to(&w, &p[i]);
        probe_say(&p[i], GET("/late"));
        DRIVE(&w, w.kept_count == i + 1);
    }
    for (size_t i = 0; i < 8; i++) {
        size_t which = (i * 5 + 3) % 8;
        char text[20];
        snprintf(text, sizeof(text), "answer %zu", which);
        reply(w.kept[which], 200, text);
        ANSWERS(&p[which], "", 200, text);
    }
    for (size_t i = 0; i < 8; i++) {
        ANSWERS(&p[i], GET("/a"), 200, "/a: 0 bytes\n");
        probe_close(&p[i]);
    }
    stop(&w);
}

static void an_exchange_outlives_a_client_that_hung_up(void)
{
    struct world w;
    start(&w, 60);
    for (int how = 0; how < 2; how++) {
        struct probe p;
        w.kept_count = 0;
        connect_to(&w, &p);
        probe_say(&p, "POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
        DRIVE(&w, w.kept_count == 1);
        if (how)
            probe_abort(&p);
        else
            probe_close(&p);
        for (int i = 0; i < 20; i++)
            pump(&w);
        CU_ASSERT_TRUE(slice_is(http_body(w.kept[0]), "abc"));
        CU_ASSERT_STRING_EQUAL(http_path(w.kept[0]), "/late");
        reply(w.kept[0], 200, "to nobody");
        DRIVE(&w, http_server_connections(w.server) == 0);
    }
    stop(&w);
}

static void a_hang_up_before_the_answer_is_told_to_who_wants_to_know(void)
{
    struct world w;
    start(&w, 60);
    for (unsigned how = 0; how < 2; how++) {
        struct probe p;
        w.kept_count = 0;
        connect_to(&w, &p);
        probe_say(&p, GET("/watched"));
        DRIVE(&w, w.kept_count == 1);
        CU_ASSERT_EQUAL(w.gone, how);
        if (how)
            probe_abort(&p);
        else
            probe_close(&p);
        DRIVE(&w, w.gone == how + 1);
        reply(w.kept[0], 200, "to nobody");
        DRIVE(&w, http_server_connections(w.server) == 0);
        CU_ASSERT_EQUAL(w.gone, how + 1);
    }
    stop(&w);
}

static void nobody_is_told_once_the_answer_has_begun(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    for (int round = 0; round < 3; round++) { /* one after another on one connection */
        if (!round)
            connect_to(&w, &p);
        w.kept_count = 0;
        probe_say(&p, GET("/watched"));
        DRIVE(&w, w.kept_count == 1);
        reply(w.kept[0], 200, "in time");
        ANSWERS(&p, "", 200, "in time");
    }
    w.kept_count = 0;
    probe_say(&p, GET("/watched"));
    DRIVE(&w, w.kept_count == 1);
    struct probe_reply r;
    open_stream(&w, w.kept[0]); /* which watches, too */
    CU_ASSERT_TRUE(probe_head(&p, &r));
    probe_close(&p);
    DRIVE(&w, w.closed == 1);
    CU_ASSERT_EQUAL(w.gone, 0);
    /* A server that stops answers for the application. */
    w.kept_count = 0;
    connect_to(&w, &p);
    probe_say(&p, GET("/watched"));
    DRIVE(&w, w.kept_count == 1);
    stop(&w);
    CU_ASSERT_EQUAL(w.gone, 0);
    probe_close(&p);
}

static void headers_of_one_name_are_all_seen(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    ANSWERS(&p, "GET /headers HTTP/1.1\r\nHost: x\r\n\r\n", 200, "0 - -; none");
    ANSWERS(&p, "GET /headers HTTP/1.1\r\nHost: x\r\nX-Many: a\r\n\r\n", 200, "1 a -; a");
    ANSWERS(&p, "GET /headers HTTP/1.1\r\nHost: x\r\nX-Many: a\r\nx-MANY: a\r\n\r\n", 200,
            "2 a a; a");
    ANSWERS(&p, "GET /headers HTTP/1.1\r\nHost: x\r\nX-Many: a\r\nX-Many: A\r\nX-Many: a\r\n\r\n",
            200, "3 a A; contradicts itself");
    probe_close(&p);
    stop(&w);
}

static void a_client_gone_in_the_middle_of_its_upload_leaves_nothing(void)
{
    struct world w;
    start(&w, 60);
    for (int how = 0; how < 2; how++) {
        struct probe p;
        connect_to(&w, &p);
        probe_say(&p, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\nabc");
        DRIVE(&w, w.heads == (unsigned)how + 1);
        if (how)
            probe_abort(&p);
        else
            probe_close(&p);
        DRIVE(&w, http_server_connections(w.server) == 0);
    }
    CU_ASSERT_EQUAL(w.requests, 0);
    stop(&w);
}

static void a_silent_connection_is_closed_and_a_waiting_one_is_not(void)
{
    struct world w;
    struct probe silent, waiting, streaming;
    start(&w, 1);
    connect_to(&w, &waiting);
    probe_say(&waiting, GET("/late"));
    connect_to(&w, &streaming);
    probe_say(&streaming, GET("/stream"));
    connect_to(&w, &silent);
    DRIVE(&w, w.kept_count == 1 && w.stream && http_server_connections(w.server) == 3);
    CU_ASSERT_TRUE(probe_ends(&silent));
    DRIVE(&w, http_server_connections(w.server) == 2);
    CU_ASSERT_EQUAL(w.closed, 0);
    reply(w.kept[0], 200, "here");
    ANSWERS(&waiting, "", 200, "here");
    probe_close(&silent);
    probe_close(&waiting);
    probe_close(&streaming);
    stop(&w);
}

/* ---- streams ---- */

static void open_stream_from(struct world *w, struct probe *p)
{
    struct probe_reply r;
    unsigned before = w->opened;
    connect_to(w, p);
    CU_ASSERT_TRUE(probe_say(p, GET("/stream")));
    CU_ASSERT_TRUE(probe_head(p, &r));
    CU_ASSERT_EQUAL(r.status, 200);
    CU_ASSERT_EQUAL(w->opened, before + 1);
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "Content-Type"), "text/event-stream");
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "X-Own"), "1");
}

static void a_stream_carries_messages_as_they_come(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    open_stream_from(&w, &p);
    http_stream_send(w.stream, slice_of("one;"));
    CU_ASSERT_TRUE(probe_stream(&p, "one;"));
    for (int i = 0; i < 200; i++) {
        char text[20];
        snprintf(text, sizeof(text), "n%d;", i);
        http_stream_send(w.stream, slice_of(text));
        if (i % 7 == 0)
            CU_ASSERT_TRUE(probe_stream(&p, text));
    }
    CU_ASSERT_TRUE(probe_stream(&p, "n199;"));
    const char *at = p.text;
    for (int i = 0; i < 200; i++) {
        char text[20];
        snprintf(text, sizeof(text), "n%d;", i);
        at = strstr(at, text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    }
    http_stream_send(w.stream, slice_of("last"));
    http_stream_close(w.stream);
    http_stream_send(w.stream, slice_of("too late"));
    CU_ASSERT_EQUAL(w.closed, 0); /* on a later turn */
    CU_ASSERT_TRUE(probe_stream_ends(&p));
    CU_ASSERT_PTR_NOT_NULL(strstr(p.text, "last"));
    CU_ASSERT_PTR_NULL(strstr(p.text, "too late"));
    DRIVE(&w, w.closed == 1);
    CU_ASSERT_EQUAL(w.why, HTTP_STREAM_SERVER);
    probe_close(&p);
    stop(&w);
}

static void a_stream_may_be_opened_late(void)
{
    struct world w;
    struct probe p;
    struct probe_reply r;
    start(&w, 60);
    connect_to(&w, &p);
    probe_say(&p, GET("/late"));
    DRIVE(&w, w.kept_count == 1);
    open_stream(&w, w.kept[0]);
    http_stream_send(w.stream, slice_of("hello"));
    CU_ASSERT_TRUE(probe_head(&p, &r));
    CU_ASSERT_TRUE(probe_stream(&p, "hello"));
    probe_close(&p);
    DRIVE(&w, w.closed == 1);
    CU_ASSERT_EQUAL(w.why, HTTP_STREAM_CLIENT);
    stop(&w);
}

static void the_connection_of_a_closed_stream_serves_on(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    open_stream_from(&w, &p);
    for (int i = 0; i < 3; i++) {
        struct probe_reply r;
        http_stream_close(w.stream);
        CU_ASSERT_TRUE(probe_stream_ends(&p));
        DRIVE(&w, w.closed == (unsigned)i + 1);
        ANSWERS(&p, GET("/a"), 200, "/a: 0 bytes\n");
        /* The same descriptor is watched again. */
        CU_ASSERT_TRUE(probe_say(&p, GET("/stream")));
        CU_ASSERT_TRUE(probe_head(&p, &r));
        p.text_ended = false;
        CU_ASSERT_PTR_NOT_NULL_FATAL(w.stream);
    }
    CU_ASSERT_EQUAL(http_server_connections(w.server), 1);
    probe_close(&p);
    DRIVE(&w, w.closed == 4);
    CU_ASSERT_EQUAL(w.why, HTTP_STREAM_CLIENT);
    stop(&w);
}

static void who_leaves_a_stream_hears_no_more_of_it(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    open_stream_from(&w, &p);
    struct http_stream *s = w.stream;
    http_stream_send(s, slice_of("the last words"));
    http_stream_leave(s);
    w.opened--; /* as if it had never been */
    CU_ASSERT_TRUE(probe_stream(&p, "the last words"));
    CU_ASSERT_TRUE(probe_stream_ends(&p));
    probe_close(&p);
    DRIVE(&w, http_server_connections(w.server) == 0);
    CU_ASSERT_EQUAL(w.closed, 0);
    stop(&w);
}

static void a_hang_up_is_seen_while_the_stream_is_parked(void)
{
    struct world w;
    start(&w, 60);
    for (unsigned how = 0; how < 2; how++) {
        struct probe p;
        open_stream_from(&w, &p);
        http_stream_send(w.stream, slice_of("x"));
        CU_ASSERT_TRUE(probe_stream(&p, "x"));
        if (how)
            probe_abort(&p);
        else
            probe_close(&p);
        DRIVE(&w, w.closed == how + 1);
        CU_ASSERT_EQUAL(w.why, HTTP_STREAM_CLIENT);
        DRIVE(&w, http_server_connections(w.server) == 0);
    }
    stop(&w);
}

/* Queues as much as the stream takes while the client does not read. */
static void fill(struct world *w, size_t bytes)
{
    static char block[16u << 10];
    memset(block, 'b', sizeof(block));
    for (size_t i = 0; i < bytes && w->stream; i += sizeof(block)) {
        http_stream_send(w->stream, (struct slice){ block, sizeof(block) });
        pump(w);
    }
}

static void a_hang_up_is_seen_while_the_stream_is_sending(void)
{
    struct world w;
    start(&w, 60);
    for (unsigned how = 0; how < 2; how++) {
        struct probe p;
        open_stream_from(&w, &p);
        int small = 4096;
        setsockopt(p.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        fill(&w, QUEUE_MAX / 2);
        http_stream_send(w.stream, slice_of("x"));
        CU_ASSERT_EQUAL(w.closed, how);
        if (how)
            probe_abort(&p);
        else
            probe_close(&p);
        DRIVE(&w, w.closed == how + 1);
        CU_ASSERT_EQUAL(w.why, HTTP_STREAM_CLIENT);
        DRIVE(&w, http_server_connections(w.server) == 0);
    }
    stop(&w);
}

static void a_slow_reader_gets_a_large_message_whole(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    open_stream_from(&w, &p);
    int small = 32 << 10;
    setsockopt(p.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    struct buf message;
    buf_init(&message, QUEUE_MAX);
    for (uint32_t i = 0; message.len < QUEUE_MAX - 20; i++) {
        buf_int(&message, i);
        buf_char(&message, ' ');
    }
    http_stream_send(w.stream, buf_slice(&message));
    http_stream_send(w.stream, slice_of("#"));
    uint64_t until = clock_ms() + PROBE_PATIENCE_MS;
    char part[6000];
    while (p.len < message.len && clock_ms() < until) { /* a little at every turn */
        ssize_t n = recv(p.fd, part, sizeof(part), MSG_DONTWAIT);
        pump(&w);
        if (n > 0) {
            p.in = realloc(p.in, p.len + (size_t)n + 1);
            memcpy(p.in + p.len, part, (size_t)n);
            p.len += (size_t)n;
            p.in[p.len] = '\0';
        }
    }
    CU_ASSERT_TRUE(probe_stream(&p, "#"));
    CU_ASSERT_EQUAL(p.text_len, message.len + 1);
    CU_ASSERT_EQUAL(memcmp(p.text, message.data, message.len), 0);
    CU_ASSERT_EQUAL(w.closed, 0);
    buf_done(&message);
    probe_close(&p);
    stop(&w);
}

static void a_reader_that_does_not_read_is_cut_off_and_hurts_nobody(void)
{
    struct world w;
    struct probe p, other;
    start(&w, 60);
    open_stream_from(&w, &p);
    fill(&w, 64u << 20);
    DRIVE(&w, w.closed == 1);
    CU_ASSERT_EQUAL(w.why, HTTP_STREAM_SLOW);
    connect_to(&w, &other);
    ANSWERS(&other, GET("/a"), 200, "/a: 0 bytes\n");
    DRIVE(&w, http_server_connections(w.server) == 1);
    CU_ASSERT_FALSE(probe_stream_ends(&p)); /* what was cut off does not look complete */
    probe_close(&p);
    probe_close(&other);
    stop(&w);
}

/* The ceiling counts what waits, not what was sent already. */
static void all_of_the_queue_may_be_used_while_the_client_reads(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    open_stream_from(&w, &p);
    static char message[QUEUE_MAX];
    memset(message, 'm', sizeof(message));
    http_stream_send(w.stream, (struct slice){ message, QUEUE_MAX });
    uint64_t until = clock_ms() + PROBE_PATIENCE_MS;
    size_t want = QUEUE_MAX / 3;
    while (p.text_len < want && clock_ms() < until) {
        pump(&w);
        char part[20000];
        ssize_t n = recv(p.fd, part, sizeof(part), MSG_DONTWAIT);
        if (n > 0) {
            p.in = realloc(p.in, p.len + (size_t)n + 1);
            memcpy(p.in + p.len, part, (size_t)n);
            p.len += (size_t)n;
            p.in[p.len] = '\0';
            probe_unchunk(&p);
        }
    }
    CU_ASSERT(p.text_len >= want);
    http_stream_send(w.stream, (struct slice){ message, want / 2 });
    http_stream_send(w.stream, slice_of("#"));
    CU_ASSERT_TRUE(probe_stream(&p, "#"));
    CU_ASSERT_EQUAL(p.text_len, QUEUE_MAX + want / 2 + 1);
    CU_ASSERT_EQUAL(w.closed, 0);
    probe_close(&p);
    stop(&w);
}

/* A client that reads is not slow because one answer is long. */
static void a_message_past_the_ceiling_goes_alone(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    open_stream_from(&w, &p);
    static char message[3 * QUEUE_MAX];
    memset(message, 'm', sizeof(message));
    for (int i = 1; i <= 3; i++) {
        http_stream_send(w.stream, (struct slice){ message, sizeof(message) });
        DRIVE(&w, (probe_take(&p), probe_unchunk(&p), p.text_len) == (size_t)i * sizeof(message));
        http_stream_send(w.stream, (struct slice){ 0 });
    }
    CU_ASSERT_EQUAL(w.closed, 0);
    http_stream_send(w.stream, (struct slice){ message, sizeof(message) });
    http_stream_send(w.stream, (struct slice){ message, QUEUE_MAX });
    for (int i = 0; i < 10; i++)
        pump(&w);
    CU_ASSERT_EQUAL(w.closed, 0);
    http_stream_send(w.stream, (struct slice){ message, sizeof(message) });
    CU_ASSERT_EQUAL(w.closed, 0); /* on a later turn */
    DRIVE(&w, w.closed == 1);
    CU_ASSERT_EQUAL(w.why, HTTP_STREAM_SLOW);
    probe_close(&p);
    stop(&w);
}

static void streams_end_for_http_1_0_clients_by_closing(void)
{
    struct world w;
    struct probe p;
    struct probe_reply r;
    start(&w, 60);
    connect_to(&w, &p);
    probe_say(&p, "GET /stream HTTP/1.0\r\n\r\n");
    CU_ASSERT_TRUE(probe_head(&p, &r));
    http_stream_send(w.stream, slice_of("hello"));
    CU_ASSERT_TRUE(probe_need(&p, 5));
    CU_ASSERT_STRING_EQUAL(p.in, "hello");
    http_stream_close(w.stream);
    CU_ASSERT_TRUE(probe_ends(&p));
    probe_close(&p);
    stop(&w);
}

/* ---- idling ---- */

static uint64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void on_enough(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

static void a_server_with_idle_streams_sleeps(void)
{
    struct world w;
    static struct probe p[100];
    uv_timer_t enough;
    bool over = false;
    start(&w, 60);
    for (int i = 0; i < 100; i++)
        open_stream_from(&w, &p[i]);
    for (int i = 0; i < 50; i++)
        pump(&w);
    uv_timer_stop(&w.turn);
    uv_timer_init(&w.loop, &enough);
    enough.data = &over;
    uv_timer_start(&enough, on_enough, 300, 0);
    unsigned turns = 0;
    uint64_t before = cpu_us();
    while (!over) {
        pump(&w);
        turns++;
    }
    CU_ASSERT(turns <= 5);
    CU_ASSERT(cpu_us() - before < 100000);
    uv_close((uv_handle_t *)&enough, NULL);
    uv_timer_start(&w.turn, on_turn, 1, 1);
    for (int i = 0; i < 100; i++)
        probe_close(&p[i]);
    DRIVE(&w, w.closed == 100);
    stop(&w);
}

/* ---- the end ---- */

static void a_server_ends_with_everything_open(void)
{
    struct world w;
    struct probe idle, uploading, waiting, gone, parked, sending, slow, opening;
    struct probe_reply r = { 0 };
    start(&w, 60);
    connect_to(&w, &idle);
    ANSWERS(&idle, GET("/a"), 200, "/a: 0 bytes\n");
    connect_to(&w, &uploading);
    probe_say(&uploading, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\nabc");
    connect_to(&w, &opening);
    probe_say(&opening, "GET /a HTTP/1.1\r\nHo");
    connect_to(&w, &waiting);
    probe_say(&waiting, GET("/late"));
    DRIVE(&w, w.kept_count == 1);
    connect_to(&w, &gone);
    probe_say(&gone, GET("/late"));
    DRIVE(&w, w.kept_count == 2);
    probe_close(&gone);
    open_stream_from(&w, &parked);
    http_stream_send(w.stream, slice_of("x"));
    CU_ASSERT_TRUE(probe_stream(&parked, "x"));
    open_stream_from(&w, &slow);
    fill(&w, QUEUE_MAX / 2);
    open_stream_from(&w, &sending);
    http_stream_send(w.stream, slice_of("the last words"));
    stop(&w);

    waiting.pump = sending.pump = parked.pump = idle.pump = uploading.pump = slow.pump =
        opening.pump = NULL;
    CU_ASSERT_TRUE(probe_answer(&waiting, false, &r));
    CU_ASSERT_EQUAL(r.status, 503);
    CU_ASSERT_STRING_EQUAL(r.body, "the server is stopping\n");
    probe_reply_done(&r);
    CU_ASSERT_TRUE(probe_stream_ends(&parked));
    CU_ASSERT_TRUE(probe_stream_ends(&sending));
    CU_ASSERT_STRING_EQUAL(sending.text, "the last words");
    struct probe *const all[] = { &idle, &uploading, &opening, &waiting, &parked, &sending, &slow };
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        CU_ASSERT_TRUE(probe_ends(all[i]));
        probe_close(all[i]);
    }
}

static void a_server_may_end_before_its_first_turn(void)
{
    struct world w;
    struct probe p;
    start(&w, 60);
    connect_to(&w, &p);
    probe_say(&p, GET("/late"));
    stop(&w);
    p.pump = NULL;
    CU_ASSERT_TRUE(probe_ends(&p));
    probe_close(&p);
    http_server_free(NULL);
}

static void a_quiesced_server_finishes_what_it_has_begun(void)
{
    struct world w;
    struct probe p, q;
    start(&w, 60);
    connect_to(&w, &p);
    probe_say(&p, GET("/late"));
    DRIVE(&w, w.kept_count == 1);
    http_server_quiesce(w.server);
    probe_open(&q, w.port, pump, &w);
    CU_ASSERT_TRUE(q.reset);
    reply(w.kept[0], 200, "still here");
    ANSWERS(&p, "", 200, "still here");
    probe_close(&p);
    probe_close(&q);
    stop(&w);
}

static void whoever_waits_to_be_accepted_when_the_door_closes_is_served(void)
{
    struct world w;
    struct probe p[5];
    start(&w, 60);
    for (int i = 0; i < 5; i++) {
        probe_open(&p[i], w.port, NULL, NULL);
        probe_say(&p[i], GET("/late"));
    }
    http_server_leave(w.server);
    http_server_quiesce(w.server);
    CU_ASSERT_EQUAL(http_server_fresh(w.server), 5);
    for (int i = 0; i < 5; i++) {
        p[i].pump = pump;
        p[i].ctx = &w;
    }
    DRIVE(&w, w.kept_count == 5);
    CU_ASSERT_EQUAL(http_server_unsent(w.server), 5);
    CU_ASSERT_EQUAL(http_server_fresh(w.server), 0);
    for (int i = 0; i < 5; i++)
        reply(w.kept[i], 200, "in time");
    for (int i = 0; i < 5; i++) {
        struct probe_reply r;
        CU_ASSERT_TRUE(probe_answer(&p[i], false, &r));
        CU_ASSERT_STRING_EQUAL(r.body, "in time");
        CU_ASSERT_PTR_NOT_NULL(strcasestr(r.head, "\r\nConnection: close\r\n"));
        probe_reply_done(&r);
        CU_ASSERT_TRUE(probe_ends(&p[i]));
        probe_close(&p[i]);
    }
    CU_ASSERT_EQUAL(http_server_unsent(w.server), 0);
    stop(&w);
}

static void many_clients_come_and_go_at_random(void)
{
    struct world w;
    static struct probe p[40];
    unsigned seed = 4711;
    start(&w, 60);
    for (int i = 0; i < 40; i++)
        connect_to(&w, &p[i]);
    for (int round = 0; round < 3000; round++) {
        struct probe *one = &p[rand_r(&seed) % 40];
        switch (rand_r(&seed) % 9) {
        case 0:
            probe_say(one, GET("/a"));
            break;
        case 1:
            probe_say(one, GET("/late"));
            break;
        case 2:
            probe_say(one, GET("/stream"));
            break;
        case 3:
            probe_say(one, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nabc");
            break;
        case 4:
            if (w.stream)
                http_stream_send(w.stream, slice_of("something"));
            break;
        case 5:
            if (w.stream)
                http_stream_close(w.stream);
            break;
        case 6:
            if (w.kept_count)
                reply(w.kept[--w.kept_count], 200, "late");
            break;
        case 7:
            probe_take(one);
            break;
        default:
            if (rand_r(&seed) % 2)
                probe_abort(one);
            else
                probe_close(one);
            connect_to(&w, one);
        }
        if (rand_r(&seed) % 3 == 0)
            pump(&w);
    }
    stop(&w);
    for (int i = 0; i < 40; i++)
        probe_close(&p[i]);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite basic = CU_add_suite("http: requests and answers", NULL, NULL);
    ADD(basic, one_connection_serves_many_requests);
    ADD(basic, method_path_headers_and_body_reach_the_application);
    ADD(basic, query_parameters_are_decoded_and_in_order);
    ADD(basic, head_is_answered_without_a_body);
    ADD(basic, answers_carry_their_headers);
    ADD(basic, pipelined_requests_are_answered_in_order);
    ADD(basic, a_chunked_upload_is_put_together);
    ADD(basic, a_broken_chunk_is_refused);
    CU_pSuite limits = CU_add_suite("http: ceilings and early answers", NULL, NULL);
    ADD(limits, a_body_at_the_ceiling_is_taken_and_one_byte_more_gets_413);
    ADD(limits, the_413_of_a_large_body_can_be_read_after_all_of_it_was_sent);
    ADD(limits, an_endless_body_is_not_read_for_ever);
    ADD(limits, headers_past_the_ceiling_get_431);
    ADD(limits, a_refusal_in_on_head_is_read_after_the_body_was_sent);
    ADD(limits, who_asks_first_is_told_to_continue_or_refused_at_once);
    ADD(limits, what_is_no_http_is_refused);
    CU_pSuite late = CU_add_suite("http: late answers", NULL, NULL);
    ADD(late, answers_may_come_late_and_in_any_order);
    ADD(late, an_exchange_outlives_a_client_that_hung_up);
    ADD(late, a_hang_up_before_the_answer_is_told_to_who_wants_to_know);
    ADD(late, nobody_is_told_once_the_answer_has_begun);
    ADD(late, headers_of_one_name_are_all_seen);
    ADD(late, a_client_gone_in_the_middle_of_its_upload_leaves_nothing);
    ADD(late, a_silent_connection_is_closed_and_a_waiting_one_is_not);
    CU_pSuite streams = CU_add_suite("http: streams", NULL, NULL);
    ADD(streams, a_stream_carries_messages_as_they_come);
    ADD(streams, a_stream_may_be_opened_late);
    ADD(streams, the_connection_of_a_closed_stream_serves_on);
    ADD(streams, who_leaves_a_stream_hears_no_more_of_it);
    ADD(streams, a_hang_up_is_seen_while_the_stream_is_parked);
    ADD(streams, a_hang_up_is_seen_while_the_stream_is_sending);
    ADD(streams, a_slow_reader_gets_a_large_message_whole);
    ADD(streams, a_reader_that_does_not_read_is_cut_off_and_hurts_nobody);
    ADD(streams, all_of_the_queue_may_be_used_while_the_client_reads);
    ADD(streams, a_message_past_the_ceiling_goes_alone);
    ADD(streams, streams_end_for_http_1_0_clients_by_closing);
    CU_pSuite end = CU_add_suite("http: idling and ending", NULL, NULL);
    ADD(end, a_server_with_idle_streams_sleeps);
    ADD(end, a_server_ends_with_everything_open);
    ADD(end, a_server_may_end_before_its_first_turn);
    ADD(end, a_quiesced_server_finishes_what_it_has_begun);
    ADD(end, whoever_waits_to_be_accepted_when_the_door_closes_is_served);
    ADD(end, many_clients_come_and_go_at_random);
    return run_suites();
}
