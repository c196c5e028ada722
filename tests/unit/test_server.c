#include "transport/server.h"

#include "base/json.h"
#include "base/limits.h"
#include "http_double.h"
#include "http_probe.h"
#include "suites.h"

#include <signal.h>
#include <stdatomic.h>

/* A whole server on its own threads, in front of an Asana that answers what the path asks for. */
static struct {
    struct http_double asana;
    char url[60];
    struct secret token;
    struct server *server;
    int port;
} w;

static pthread_mutex_t large_lock = PTHREAD_MUTEX_INITIALIZER;
static char *large; /* an answer of Asana's */

static bool play(struct http_seen *seen)
{
    if (strstr(seen->target, "/tasks/777")) { /* never answers */
        http_wait_for_hangup(seen->fd);
        return false;
    }
    if (strstr(seen->target, "/tasks/888")) {
        pthread_mutex_lock(&large_lock);
        bool stays = http_json(seen->fd, "200 OK", large);
        pthread_mutex_unlock(&large_lock);
        return stays;
    }
    const char *token = strcasestr(seen->head, "Authorization: Bearer ");
    char body[300];
    snprintf(body, sizeof(body), "{\"data\":{\"gid\":\"1\",\"token\":\"%.*s\"}}",
             token ? (int)strcspn(token + 22, "\r") : 0, token ? token + 22 : "");
    return http_json(seen->fd, "200 OK", body);
}

static void make_large(size_t len)
{
    pthread_mutex_lock(&large_lock);
    free(large);
    large = malloc(len + 40);
    size_t n = (size_t)sprintf(large, "{\"data\":\"");
    memset(large + n, 'x', len - n - 2);
    strcpy(large + len - 2, "\"}");
    pthread_mutex_unlock(&large_lock);
}

static void start(unsigned workers, enum auth_mode auth)
{
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.asana, play, NULL));
    snprintf(w.url, sizeof(w.url), "http://127.0.0.1:%d/api/1.0", w.asana.port);
    secret_set(&w.token, slice_of("operators"));
    struct server_options o = {
        .workers = workers,
        .auth = auth,
        .asana_token = auth == AUTH_TOKEN ? &w.token : NULL,
        .asana = { .api_url = w.url, .user_agent = "test", .deadline_ms = 30000 },
    };
    listen_parse("127.0.0.1:0", &o.listen, NULL);
    if (!server_start(&o, &w.server, &err)) {
        puts(err.text);
        abort();
    }
    w.port = server_port(w.server);
}

static void stop(void)
{
    server_stop(w.server);
    http_double_stop(&w.asana);
    secret_done(&w.token);
}

/* One request on a connection of its own; the answer's body is in r until probe_reply_done(). */
static int request(const char *method, const char *path, const char *headers, const char *body,
                   struct probe_reply *r)
{
    struct probe p;
    size_t size = strlen(body) + strlen(headers) + 300;
    char *text = malloc(size);
    snprintf(text, size, "%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %zu\r\n\r\n%s",
             method, path, headers, strlen(body), body);
    probe_open(&p, w.port, NULL, NULL);
    bool ok = probe_say(&p, text) && probe_answer(&p, strcmp(method, "HEAD") == 0, r);
    probe_close(&p);
    free(text);
    return ok ? r->status : -1;
}

static int status_of(const char *method, const char *path, const char *headers, const char *body)
{
    struct probe_reply r = { 0 };
    int status = request(method, path, headers, body, &r);
    probe_reply_done(&r);
    return status;
}

static void has(const char *text, const char *part, int line)
{
    if (!text || !strstr(text, part))
        printf("\nline %d:\n  no   %s\n  in   %.1000s\n", line, part, text ? text : "(nothing)");
    CU_ASSERT_TRUE(text && strstr(text, part));
}
#define HAS(text, part) has(text, part, __LINE__)

#define INITIALIZE                                                                             \
    "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":" \
    "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}"
#define INITIALIZED "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
#define GET_TASK(id, task)                                                               \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"tools/call\",\"params\":{\"name\":" \
    "\"asana_get_task\",\"arguments\":{\"task_id\":\"" task "\"}}}"
#define LIST "{\"jsonrpc\":\"2.0\",\"id\":\"list\",\"method\":\"tools/list\"}"
#define ALICE "Authorization: Bearer alice\r\n"
#define BOB "Authorization: Bearer bob\r\n"

/* ---- what every request passes ---- */

static void probes_need_neither_host_nor_credentials(void)
{
    start(1, AUTH_BEARER);
    CU_ASSERT_EQUAL(status_of("GET", "/healthz", "", ""), 200);
    CU_ASSERT_EQUAL(status_of("HEAD", "/readyz", "", ""), 200);
    struct probe p;
    struct probe_reply r = { 0 };
    probe_open(&p, w.port, NULL, NULL);
    probe_say(&p, "GET /healthz HTTP/1.1\r\nHost: anything\r\nOrigin: http://evil\r\n\r\n");
    CU_ASSERT_TRUE(probe_answer(&p, false, &r));
    CU_ASSERT_EQUAL(r.status, 200);
    probe_reply_done(&r);
    probe_say(&p, "GET /sse HTTP/1.1\r\nHost: anything\r\n" ALICE "\r\n");
    CU_ASSERT_TRUE(probe_answer(&p, false, &r));
    CU_ASSERT_EQUAL(r.status, 403);
    probe_reply_done(&r);
    probe_close(&p);
    stop();
}

static void host_origin_credentials_path_and_method_are_checked_in_this_order(void)
{
    struct probe_reply r = { 0 };
    start(1, AUTH_BEARER);
    CU_ASSERT_EQUAL(status_of("GET", "/none", "Origin: http://evil.com\r\n", ""), 403);
    CU_ASSERT_EQUAL(request("GET", "/none", "", "", &r), 401);
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "WWW-Authenticate"), "Bearer");
    probe_reply_done(&r);
    CU_ASSERT_EQUAL(status_of("GET", "/none", ALICE, ""), 404);
    CU_ASSERT_EQUAL(request("POST", "/sse", ALICE, "{}", &r), 405);
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "Allow"), "GET");
    probe_reply_done(&r);
    CU_ASSERT_EQUAL(request("GET", "/mcp", ALICE, "", &r), 405);
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "Allow"), "POST");
    probe_reply_done(&r);
    CU_ASSERT_EQUAL(status_of("POST", "/sse/message", ALICE, LIST), 400);
    CU_ASSERT_EQUAL(status_of("POST", "/sse/message?sessionId=", ALICE, LIST), 400);
    CU_ASSERT_EQUAL(status_of("POST", "/sse/message?sessionId=1", ALICE, LIST), 404);
    CU_ASSERT_EQUAL(status_of("POST",
                              "/sse/message?sessionId=000000000000000000000000000000000000000000",
                              ALICE, LIST),
                    404);
    stop();
}

/* ---- Streamable HTTP ---- */

static void open_mcp(const char *headers, char session[160])
{
    struct probe_reply r = { 0 };
    CU_ASSERT_EQUAL_FATAL(request("POST", "/mcp", headers, INITIALIZE, &r), 200);
    CU_ASSERT_STRING_EQUAL(probe_header(&r, "Content-Type"), "application/json");
    HAS(r.body, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-06-18\",");
    const char *id = probe_header(&r, "mcp-session-id");
    CU_ASSERT_PTR_NOT_NULL_FATAL(id);
    snprintf(session, 160, "%.90sMcp-Session-Id: %.42s\r\n", headers, id);
    probe_reply_done(&r);
}

static void a_streamable_session_works_from_every_connection(void)
{
    char session[160];
    start(4, AUTH_BEARER);
    open_mcp(ALICE, session);
    for (int i = 0; i < 16; i++) { /* the workers share the port, so these meet all of them */
        struct probe_reply r = { 0 };
        CU_ASSERT_EQUAL(status_of("POST", "/mcp", session, INITIALIZED), 202);
        CU_ASSERT_EQUAL(request("POST", "/mcp", session, LIST, &r), 200);
        HAS(r.body, "\"id\":\"list\",\"result\":{\"tools\":[{");
        HAS(r.body, "outputSchema");
        probe_reply_done(&r);
        CU_ASSERT_EQUAL(request("POST", "/mcp", session, GET_TASK("12345678901234567890", "5"), &r),
                        200);
        HAS(r.body, "\"id\":12345678901234567890,\"result\":");
        HAS(r.body, "\"structuredContent\":{\"data\":{\"gid\":\"1\",\"token\":\"alice\"}}");
        probe_reply_done(&r);
    }
    CU_ASSERT_EQUAL(status_of("DELETE", "/mcp", session, ""), 204);
    CU_ASSERT_EQUAL(status_of("DELETE", "/mcp", session, ""), 404);
    CU_ASSERT_EQUAL(status_of("POST", "/mcp", session, LIST), 404);
    stop();
}

static void a_session_is_its_callers_only(void)
{
    char session[160], stolen[240];
    start(4, AUTH_BEARER);
    open_mcp(ALICE, session);
    snprintf(stolen, sizeof(stolen), BOB "%s", session + strlen(ALICE));
    for (int i = 0; i < 8; i++) {
        CU_ASSERT_EQUAL(status_of("POST", "/mcp", stolen, LIST), 404);
        CU_ASSERT_EQUAL(status_of("DELETE", "/mcp", stolen, ""), 404);
        CU_ASSERT_EQUAL(status_of("POST", "/mcp", session, LIST), 200);
    }
    stop();
}

static void what_is_wrong_with_a_post_is_said(void)
{
    static const struct {
        const char *headers, *body;
        int status;
        const char *text;
    } cases[] = {
        { ALICE, LIST, 400, "Mcp-Session-Id header is needed" },
        { ALICE "Mcp-Session-Id: x\r\n", LIST, 404, "\"id\":\"list\",\"error\":{\"code\":-32600" },
        { ALICE "Mcp-Session-Id: ff0000000000000000000000000000000000000000\r\n", LIST, 404,
          "send initialize again" },
        { ALICE "MCP-Protocol-Version: 1999-01-01\r\n", LIST, 400, "-32602" },
        { ALICE, "{", 400, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700" },
        { ALICE, "", 400, "-32700" },
        { ALICE, "[]", 400, "-32600" },
        { ALICE, "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"x\",\"params\":1}", 400,
          "\"id\":9,\"error\":{\"code\":-32602" },
    };
    start(2, AUTH_BEARER);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct probe_reply r = { 0 };
        CU_ASSERT_EQUAL(request("POST", "/mcp", cases[i].headers, cases[i].body, &r),
                        cases[i].status);
        HAS(r.body, cases[i].text);
        CU_ASSERT_TRUE(json_check(slice_of(r.body), NULL));
        probe_reply_done(&r);
    }
    char *big = malloc(LIMIT_HTTP_BODY + 2);
    memset(big, ' ', LIMIT_HTTP_BODY + 1);
    big[LIMIT_HTTP_BODY + 1] = '\0';
    CU_ASSERT_EQUAL(status_of("POST", "/mcp", ALICE, big), 413);
    free(big);
    stop();
}

/* ---- HTTP+SSE ---- */

struct session {
    struct probe stream;
    char path[100];
    const char *headers;
};

static bool open_sse(struct session *s, const char *headers)
{
    char text[300];
    struct probe_reply r;
    *s = (struct session){ .headers = headers };
    probe_open(&s->stream, w.port, NULL, NULL);
    snprintf(text, sizeof(text), "GET /sse HTTP/1.1\r\nHost: localhost\r\n%s\r\n", headers);
    const char *start_of = "event: endpoint\ndata: ";
    return probe_say(&s->stream, text) && probe_head(&s->stream, &r) && r.status == 200 &&
           probe_stream(&s->stream, "\n\n") &&
           strncmp(s->stream.text, start_of, strlen(start_of)) == 0 &&
           sscanf(s->stream.text + strlen(start_of), "%99[^\n]", s->path) == 1;
}

static int post(struct session *s, const char *body)
{
    return status_of("POST", s->path, s->headers, body);
}

static bool converse(struct session *s, int calls)
{
    if (post(s, INITIALIZE) != 202 ||
        !probe_stream(&s->stream,
                      "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":") ||
        post(s, INITIALIZED) != 202)
        return false;
    for (int i = 0; i < calls; i++) {
        char body[300], answer[100];
        snprintf(body, sizeof(body), GET_TASK("\"c%d\"", "5"), i);
        snprintf(answer, sizeof(answer), "\"id\":\"c%d\",\"result\":", i);
        if (post(s, body) != 202 || !probe_stream(&s->stream, answer))
            return false;
    }
    return true;
}

static void answers_arrive_on_the_stream_whichever_worker_runs_them(void)
{
    struct session s;
    start(4, AUTH_BEARER);
    CU_ASSERT_TRUE_FATAL(open_sse(&s, ALICE));
    CU_ASSERT_EQUAL(post(&s, LIST), 202);
    CU_ASSERT_TRUE(probe_stream(&s.stream, "initialize first"));
    CU_ASSERT_TRUE(converse(&s, 20));
    HAS(s.stream.text, "alice");
    CU_ASSERT_EQUAL(post(&s, "{"), 400);
    CU_ASSERT_EQUAL(status_of("POST", s.path, BOB, LIST), 404);
    probe_close(&s.stream);
    uint64_t until = clock_ms() + PROBE_PATIENCE_MS;
    int status;
    while ((status = status_of("POST", s.path, ALICE, LIST)) == 202 && clock_ms() < until)
        continue; /* until the hang-up has been seen */
    CU_ASSERT_EQUAL(status, 404);
    stop();
}

#define PEOPLE 6

static void *one_person(void *arg)
{
    struct session s;
    bool ok = open_sse(&s, ALICE) && converse(&s, 15);
    probe_close(&s.stream);
    *(bool *)arg = ok;
    return NULL;
}

static void many_people_work_at_once(void)
{
    pthread_t threads[PEOPLE];
    bool ok[PEOPLE] = { false };
    start(3, AUTH_TOKEN);
    for (int i = 0; i < PEOPLE; i++)
        pthread_create(&threads[i], NULL, one_person, &ok[i]);
    for (int i = 0; i < PEOPLE; i++) {
        pthread_join(threads[i], NULL);
        CU_ASSERT_TRUE(ok[i]);
    }
    stop();
}

/* Asana may send LIMIT_ASANA_BODY: what can be passed on is, and of the rest the client hears. */
static void a_large_answer_arrives_or_is_refused_in_words(void)
{
    static const size_t sizes[] = { 1u << 20, 3u << 20, 6u << 20, (8u << 20) - 100 };
    start(2, AUTH_BEARER);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct session s;
        make_large(sizes[i]);
        CU_ASSERT_TRUE_FATAL(open_sse(&s, ALICE));
        CU_ASSERT_TRUE(converse(&s, 0));
        CU_ASSERT_EQUAL(post(&s, GET_TASK("\"big\"", "888")), 202);
        CU_ASSERT_TRUE(probe_stream(&s.stream, "\"id\":\"big\",\"result\":"));
        CU_ASSERT_EQUAL(post(&s, GET_TASK("\"next\"", "5")), 202); /* the stream lives on */
        CU_ASSERT_TRUE(probe_stream(&s.stream, "\"id\":\"next\",\"result\":"));
        probe_close(&s.stream);
    }
    stop();
}

/* ---- the ugly ends ---- */

static void wait_for_asana(unsigned requests)
{
    pthread_mutex_lock(&w.asana.lock);
    while (w.asana.requested < requests)
        pthread_cond_wait(&w.asana.changed, &w.asana.lock);
    pthread_mutex_unlock(&w.asana.lock);
}

static void clients_gone_in_the_middle_of_a_call_hurt_nobody(void)
{
    char session[160], text[600];
    start(2, AUTH_BEARER);
    open_mcp(ALICE, session);
    for (unsigned i = 0; i < 10; i++) {
        struct probe p;
        snprintf(text, sizeof(text),
                 "POST /mcp HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %zu\r\n\r\n%s",
                 session, strlen(GET_TASK("1", "777")), GET_TASK("1", "777"));
        probe_open(&p, w.port, NULL, NULL);
        CU_ASSERT_TRUE(probe_say(&p, text));
        wait_for_asana(i + 1);
        if (i % 2)
            probe_abort(&p);
        else
            probe_close(&p);
    }
    struct session s;
    CU_ASSERT_TRUE_FATAL(open_sse(&s, ALICE));
    CU_ASSERT_TRUE(converse(&s, 0));
    CU_ASSERT_EQUAL(post(&s, GET_TASK("2", "777")), 202);
    wait_for_asana(11);
    probe_close(&s.stream);
    struct probe_reply r = { 0 };
    CU_ASSERT_EQUAL(request("POST", "/mcp", session, GET_TASK("3", "5"), &r), 200);
    HAS(r.body, "\"id\":3,\"result\":");
    probe_reply_done(&r);
    stop(); /* eleven calls are still in flight */
}

static void a_server_stops_with_streams_and_calls_open(void)
{
    char session[160], text[600];
    struct session s[4];
    struct probe calling;
    struct probe_reply r = { 0 };
    start(2, AUTH_BEARER);
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_TRUE_FATAL(open_sse(&s[i], ALICE));
        CU_ASSERT_TRUE(converse(&s[i], 1));
    }
    CU_ASSERT_EQUAL(post(&s[0], GET_TASK("2", "777")), 202);
    open_mcp(ALICE, session);
    snprintf(text, sizeof(text),
             "POST /mcp HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %zu\r\n\r\n%s", session,
             strlen(GET_TASK("1", "777")), GET_TASK("1", "777"));
    probe_open(&calling, w.port, NULL, NULL);
    probe_say(&calling, text);
    wait_for_asana(6);
    stop();
    CU_ASSERT_TRUE(probe_answer(&calling, false, &r));
    CU_ASSERT_EQUAL(r.status, 503);
    probe_reply_done(&r);
    probe_close(&calling);
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_TRUE(probe_stream_ends(&s[i].stream));
        probe_close(&s[i].stream);
    }
}

static atomic_bool over;

static void *restless(void *arg)
{
    (void)arg;
    while (!atomic_load(&over)) {
        struct session s;
        if (open_sse(&s, ALICE))
            converse(&s, 1);
        probe_close(&s.stream);
        status_of("POST", "/mcp",
                  ALICE "Mcp-Session-Id: 010000000000000000000000000000000000000000\r\n", LIST);
    }
    return NULL;
}

static void a_server_starts_and_stops_among_busy_clients(void)
{
    pthread_t threads[3];
    for (int round = 0; round < 5; round++) {
        atomic_store(&over, false);
        start(3, AUTH_BEARER);
        for (int i = 0; i < 3; i++)
            pthread_create(&threads[i], NULL, restless, NULL);
        wait_for_asana(6);
        server_stop(w.server);
        atomic_store(&over, true);
        for (int i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
        http_double_stop(&w.asana);
        secret_done(&w.token);
    }
}

static void a_taken_port_is_one_line_of_error(void)
{
    struct err err = { 0 };
    struct server *second = NULL;
    start(2, AUTH_TOKEN);
    struct server_options o = {
        .workers = 2,
        .auth = AUTH_TOKEN,
        .asana_token = &w.token,
        .asana = { .api_url = w.url, .user_agent = "test", .deadline_ms = 30000 },
    };
    char at[40];
    snprintf(at, sizeof(at), "127.0.0.1:%d", w.port);
    listen_parse(at, &o.listen, NULL);
    CU_ASSERT_FALSE(server_start(&o, &second, &err));
    HAS(err.text, "already in use");
    listen_parse("127.0.0.1:0", &o.listen, NULL);
    o.asana.api_url = "http://example.com"; /* a token is not sent there */
    CU_ASSERT_FALSE(server_start(&o, &second, &err));
    CU_ASSERT_EQUAL(status_of("GET", "/healthz", "", ""), 200);
    stop();
    server_stop(NULL);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite checks = CU_add_suite("server: what every request passes", NULL, NULL);
    ADD(checks, probes_need_neither_host_nor_credentials);
    ADD(checks, host_origin_credentials_path_and_method_are_checked_in_this_order);
    CU_pSuite streamable = CU_add_suite("server: Streamable HTTP", NULL, NULL);
    ADD(streamable, a_streamable_session_works_from_every_connection);
    ADD(streamable, a_session_is_its_callers_only);
    ADD(streamable, what_is_wrong_with_a_post_is_said);
    CU_pSuite sse = CU_add_suite("server: HTTP+SSE", NULL, NULL);
    ADD(sse, answers_arrive_on_the_stream_whichever_worker_runs_them);
    ADD(sse, many_people_work_at_once);
    ADD(sse, a_large_answer_arrives_or_is_refused_in_words);
    CU_pSuite ends = CU_add_suite("server: the ugly ends", NULL, NULL);
    ADD(ends, clients_gone_in_the_middle_of_a_call_hurt_nobody);
    ADD(ends, a_server_stops_with_streams_and_calls_open);
    ADD(ends, a_server_starts_and_stops_among_busy_clients);
    ADD(ends, a_taken_port_is_one_line_of_error);
    int code = run_suites();
    free(large);
    return code;
}
