#include "mcp/dispatch.h"

#include "base/clock.h"
#include "base/json.h"
#include "http_double.h"

#include <CUnit/Basic.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* One worker's share, an Asana that answers what the test says, and the last answer. */
static struct {
    struct http_double asana;
    uv_loop_t loop;
    struct mcp_env env;
    struct secret token;
    char answer[1u << 20];
    size_t answer_len;
    bool answered;
    unsigned answers;
    bool settled;
    struct mcp_peer peer;
} w;

static struct {
    const char *status, *body;
} script;
static char asked[4096]; /* what Asana saw last; read after it has answered */

static bool play(struct http_seen *seen)
{
    snprintf(asked, sizeof(asked), "%s %.2000s %.1000s", seen->method, seen->target, seen->body);
    if (!script.body) {
        http_wait_for_hangup(seen->fd);
        return false;
    }
    return http_json(seen->fd, script.status, script.body);
}

static void start(void)
{
    char url[60];
    struct err err = { 0 };
    memset(&w, 0, sizeof(w));
    script.status = "200 OK";
    script.body = "{\"data\":[]}";
    asked[0] = '\0';
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.asana, play, NULL));
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api/1.0", w.asana.port);
    uv_loop_init(&w.loop);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = 10000 };
    w.env.catalog = mcp_catalog_new();
    w.env.arenas = arena_pool_new(4u << 20, 4);
    CU_ASSERT_TRUE_FATAL(asana_asker_open(&w.env.asana, &w.loop, NULL, &options, &err));
    secret_set(&w.token, slice_of("0/token"));
}

static void stop(void)
{
    asana_asker_close(&w.env.asana);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    http_double_stop(&w.asana);
    arena_pool_free(w.env.arenas);
    mcp_catalog_free((struct mcp_catalog *)w.env.catalog);
    secret_done(&w.token);
}

static void on_answer(void *ctx, const struct mcp_answer *a)
{
    (void)ctx;
    CU_ASSERT_FATAL(a->message->len < sizeof(w.answer));
    if (a->message->len)
        memcpy(w.answer, a->message->data, a->message->len);
    w.answer[a->message->len] = '\0';
    w.answer_len = a->message->len;
    w.settled = a->peer != NULL;
    if (a->peer)
        w.peer = *a->peer;
    w.answered = true;
    w.answers++;
}

static struct mcp_work *send_text(const char *text, const struct mcp_peer *peer)
{
    struct arena *arena = arena_pool_take(w.env.arenas);
    struct rpc_message m;
    struct rpc_failure f;
    w.answered = false;
    CU_ASSERT_TRUE_FATAL(rpc_parse(arena, slice_of(text), &m, &f));
    return mcp_run(&w.env, arena, &m, peer, &w.token, on_answer, NULL);
}

static const struct mcp_peer nobody = { 0 };
static struct mcp_peer speaking(enum mcp_revision r)
{
    return (struct mcp_peer){ .initialized = true, .revision = r };
}

/* The whole answer to a message. */
static const char *answer_to(const char *text, const struct mcp_peer *peer)
{
    struct mcp_work *work = send_text(text, peer);
    CU_ASSERT_EQUAL(work == NULL, w.answered);
    uint64_t until = clock_ms() + 20000;
    while (!w.answered && clock_ms() < until)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_TRUE_FATAL(w.answered);
    CU_ASSERT_TRUE(!w.answer_len || json_check((struct slice){ w.answer, w.answer_len }, NULL));
    return w.answer;
}

static void has(const char *text, const char *part, int line)
{
    if (!strstr(text, part))
        printf("\nline %d:\n  no   %s\n  in   %.1000s\n", line, part, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}
#define HAS(text, part) has(text, part, __LINE__)

static void a_known_version_is_answered_with_itself(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        char text[300], expected[100];
        const char *name = mcp_revision_name((enum mcp_revision)r);
        snprintf(text, sizeof(text),
                 "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                 "\"protocolVersion\":\"%s\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\","
                 "\"version\":\"1\"}}}",
                 name);
        snprintf(expected, sizeof(expected),
                 "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{"
                 "\"protocolVersion\":\"%s\",",
                 name);
        HAS(answer_to(text, &nobody), expected);
        CU_ASSERT_TRUE(w.settled);
        CU_ASSERT_TRUE(w.peer.initialized);
        CU_ASSERT_EQUAL((int)w.peer.revision, r);
    }
    stop();
}

static void any_other_version_is_answered_with_the_latest(void)
{
    static const char *const params[] = {
        "{\"protocolVersion\":\"2099-01-01\"}",
        "{\"protocolVersion\":\"2026-07-28\"}",
        "{\"protocolVersion\":\"1.0\"}",
        "{\"protocolVersion\":7}",
        "{\"protocolVersion\":null}",
        "{}",
        NULL,
    };
    start();
    for (size_t i = 0; i < sizeof(params) / sizeof(*params); i++) {
        char text[300];
        snprintf(text, sizeof(text),
                 "{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\"%s%s}",
                 params[i] ? ",\"params\":" : "", params[i] ? params[i] : "");
        HAS(answer_to(text, &nobody), "\"protocolVersion\":\"2025-11-25\"");
        CU_ASSERT_EQUAL(w.peer.revision, MCP_LATEST);
    }
    stop();
}

static void only_initialize_and_ping_come_before_initialize(void)
{
    start();
    CU_ASSERT_STRING_EQUAL(answer_to("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"ping\"}", &nobody),
                           "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}");
    CU_ASSERT_FALSE(w.settled);
    static const char *const early[] = { "tools/list", "tools/call" };
    for (size_t i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"%s\"}",
                 early[i]);
        HAS(answer_to(text, &nobody), "\"id\":\"a\",\"error\":{\"code\":-32600,");
        HAS(w.answer, "initialize first");
        CU_ASSERT_FALSE(w.settled);
    }
    stop();
}

static void unknown_methods_are_named(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST);
    start();
    HAS(answer_to("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/List\"}", &peer),
        "\"id\":1,\"error\":{\"code\":-32601,\"message\":\"unknown method \\\"tools/List\\\"\"");
    HAS(answer_to("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\"}", &peer), "-32601");
    /* Quoting may cut the name, not a character. */
    HAS(answer_to("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
                  "xééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé\"}",
                  &peer),
        "-32601");
    stop();
}

static void notifications_and_responses_are_answered_with_nothing(void)
{
    static const char *const texts[] = {
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"initialize\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"nonsense\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"no\"}}",
    };
    start();
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CU_ASSERT_STRING_EQUAL(answer_to(texts[i], &nobody), "");
        CU_ASSERT_FALSE(w.settled);
    }
    stop();
}

static void the_list_is_that_of_the_negotiated_revision(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        struct slice list = mcp_catalog_tools(w.env.catalog, (enum mcp_revision)r);
        answer_to("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\"}", &peer);
        CU_ASSERT(w.answer_len > list.len);
        CU_ASSERT_EQUAL(memcmp(w.answer + strlen("{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":"),
                               list.data, list.len),
                        0);
    }
    struct mcp_peer peer = speaking(MCP_LATEST);
    HAS(answer_to("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{\"cursor\":"
                  "\"x\"}}",
                  &peer),
        "-32602");
    HAS(answer_to("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\",\"params\":{\"cursor\":"
                  "null,\"_meta\":{\"a/b.c\":1}}}",
                  &peer),
        "\"result\":{\"tools\":[");
    stop();
}

#define CALL(params) \
    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":" params "}"

static void calls_that_are_no_calls_are_protocol_errors(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST);
    start();
    HAS(answer_to("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\"}", &peer),
        "\"id\":7,\"error\":{\"code\":-32602,");
    HAS(answer_to(CALL("{}"), &peer), "-32602");
    HAS(answer_to(CALL("{\"name\":7}"), &peer), "-32602");
    HAS(answer_to(CALL("{\"name\":\"asana_get_tusk\"}"), &peer),
        "did you mean \\\"asana_get_task\\\"?");
    HAS(answer_to(CALL("{\"name\":\"frobnicate\"}"), &peer), "tools/list names them all");
    HAS(answer_to(CALL("{\"name\":\"asana_get_task\",\"arguments\":[1]}"), &peer), "-32602");
    HAS(answer_to(CALL("{\"name\":\"asana_get_task\",\"arguments\":\"{}\"}"), &peer), "-32602");
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 0);
    stop();
}

static void arguments_that_do_not_fit_are_tool_errors_and_asana_is_not_asked(void)
{
    static const char *const params[] = {
        "{\"name\":\"asana_get_task\"}",
        "{\"name\":\"asana_get_task\",\"arguments\":null}",
        "{\"name\":\"asana_get_task\",\"arguments\":{}}",
        "{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":{}}}",
        "{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"1\",\"tusk\":1}}",
    };
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        for (size_t i = 0; i < sizeof(params) / sizeof(*params); i++) {
            char text[300];
            snprintf(text, sizeof(text), CALL("%s"), params[i]);
            HAS(answer_to(text, &peer),
                "\"id\":7,\"result\":{\"content\":[{\"type\":\"text\",\"text\":");
            HAS(w.answer, "}],\"isError\":true}}");
        }
    }
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 0);
    stop();
}

static void a_result_is_text_and_structured_where_the_revision_has_it(void)
{
    start();
    script.body = "{\"data\": [\n {\"gid\":\"1\",\"name\":\"a \\\"b\\\" é\"}\r\n]}";
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        const char *got = answer_to(CALL("{\"name\":\"asana_list_workspaces\"}"), &peer);
        HAS(asked, "GET /api/1.0/workspaces?");
        HAS(got,
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
            "\"{\\\"data\\\":");
        HAS(got, "a \\\\\\\"b\\\\\\\" é");
        CU_ASSERT_EQUAL(strstr(got, "\"structuredContent\":{\"data\"") != NULL,
                        r >= MCP_2025_06_18);
        CU_ASSERT_PTR_NULL(strstr(got, "isError"));
        CU_ASSERT_PTR_NULL(strchr(got, '\n'));
        CU_ASSERT_PTR_NULL(strchr(got, '\r'));
    }
    stop();
}

static void what_asana_refuses_is_a_tool_error(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST);
    start();
    script.status = "404 Not Found";
    script.body = "{\"errors\":[{\"message\":\"task: Unknown object: 12\"}]}";
    HAS(answer_to(CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"12\"}}"), &peer),
        "\"isError\":true");
    HAS(w.answer, "Unknown object: 12");
    CU_ASSERT_PTR_NULL(strstr(w.answer, "structuredContent"));
    script.status = "200 OK";
    script.body = "{\"data\":[";
    HAS(answer_to(CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"12\"}}"), &peer),
        "\"isError\":true");
    script.body = "{\"data\":\"\xff\"}";
    HAS(answer_to(CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"12\"}}"), &peer),
        "\"isError\":true");
    script.body = "[]";
    HAS(answer_to(CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"12\"}}"), &peer),
        "\"isError\":true");
    stop();
}

static void a_cancelled_call_is_never_answered(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST);
    start();
    script.body = NULL;
    struct mcp_work *waiting =
        send_text(CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"12\"}}"), &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(waiting);
    uint64_t until = clock_ms() + 20000;
    while (!http_double_requested(&w.asana) && clock_ms() < until)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    mcp_cancel(waiting);
    struct mcp_work *refused = send_text(CALL("{\"name\":\"asana_get_task\"}"), &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(refused);
    mcp_cancel(refused);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.answers, 0);
    stop();
}

static void many_calls_run_at_once_and_each_gets_its_own_answer(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST);
    start();
    for (int i = 0; i < 100; i++)
        send_text(i % 2 ? CALL("{\"name\":\"asana_list_workspaces\"}")
                        : CALL("{\"name\":\"asana_get_task\"}"),
                  &peer);
    uint64_t until = clock_ms() + 20000;
    while (w.answers < 100 && clock_ms() < until)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(w.answers, 100);
    stop();
}

static void a_message_without_room_in_its_arena_is_still_answered(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST);
    start();
    static const char text[] = CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":1}}");
    unsigned answered = 0;
    for (size_t left = 0; left < 4000; left += 40) {
        struct arena *arena = arena_pool_take(w.env.arenas);
        struct rpc_message m;
        struct rpc_failure f;
        CU_ASSERT_TRUE_FATAL(rpc_parse(arena, slice_of(text), &m, &f));
        while (arena_alloc(arena, 1u << 16))
            continue;
        while (arena_alloc(arena, 4000))
            continue;
        while (left < 4000 - 16 && arena_alloc(arena, 4000 - left))
            continue;
        w.answered = false;
        mcp_run(&w.env, arena, &m, &peer, &w.token, on_answer, NULL);
        uint64_t until = clock_ms() + 20000;
        while (!w.answered && clock_ms() < until)
            uv_run(&w.loop, UV_RUN_ONCE);
        answered += w.answered;
        CU_ASSERT_TRUE(json_check((struct slice){ w.answer, w.answer_len }, NULL));
        HAS(w.answer, "\"id\":7,");
    }
    CU_ASSERT_EQUAL(answered, 100);
    stop();
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    json_init();
    if (!secret_init() || curl_global_init(CURL_GLOBAL_ALL) != 0 ||
        CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite life = CU_add_suite("dispatch: lifecycle", NULL, NULL);
    ADD(life, a_known_version_is_answered_with_itself);
    ADD(life, any_other_version_is_answered_with_the_latest);
    ADD(life, only_initialize_and_ping_come_before_initialize);
    ADD(life, unknown_methods_are_named);
    ADD(life, notifications_and_responses_are_answered_with_nothing);
    ADD(life, the_list_is_that_of_the_negotiated_revision);
    CU_pSuite calls = CU_add_suite("dispatch: tools/call", NULL, NULL);
    ADD(calls, calls_that_are_no_calls_are_protocol_errors);
    ADD(calls, arguments_that_do_not_fit_are_tool_errors_and_asana_is_not_asked);
    ADD(calls, a_result_is_text_and_structured_where_the_revision_has_it);
    ADD(calls, what_asana_refuses_is_a_tool_error);
    ADD(calls, a_cancelled_call_is_never_answered);
    ADD(calls, many_calls_run_at_once_and_each_gets_its_own_answer);
    ADD(calls, a_message_without_room_in_its_arena_is_still_answered);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    curl_global_cleanup();
    return failures ? 1 : 0;
}
