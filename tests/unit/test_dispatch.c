#include "engine_bench.h"

static const struct mcp_peer nobody = { 0 };

static void a_known_version_is_answered_with_itself(void)
{
    start();
    for (int r = 0; r <= MCP_LATEST_LEGACY; r++) {
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
        CU_ASSERT_EQUAL(w.peer.revision, MCP_LATEST_LEGACY);
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
    struct mcp_peer peer = speaking(MCP_LATEST_LEGACY);
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

static void calls_that_are_no_calls_are_protocol_errors(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST_LEGACY);
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
            HAS(w.answer, "}],\"isError\":true");
            CU_ASSERT_EQUAL(strstr(w.answer, "\"resultType\":\"complete\"") != NULL,
                            mcp_is_modern(peer.revision));
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
    struct mcp_peer peer = speaking(MCP_LATEST_LEGACY);
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
    struct mcp_peer peer = speaking(MCP_LATEST_LEGACY);
    start();
    script.body = NULL;
    struct mcp_work *waiting = send_on(
        &quiet, CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"12\"}}"), &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(waiting);
    uint64_t until = clock_ms() + 20000;
    while (!http_double_requested(&w.asana) && clock_ms() < until)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    mcp_cancel(waiting);
    struct mcp_work *refused = send_on(&quiet, CALL("{\"name\":\"asana_get_task\"}"), &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(refused);
    mcp_cancel(refused);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.answers, 0);
    stop();
}

static void many_calls_run_at_once_and_each_gets_its_own_answer(void)
{
    struct mcp_peer peer = speaking(MCP_LATEST_LEGACY);
    start();
    for (int i = 0; i < 100; i++)
        send_on(&quiet,
                i % 2 ? CALL("{\"name\":\"asana_list_workspaces\"}")
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
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    start();
    static const char *const texts[] = {
        CALL("{\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":1}}"),
        CALL("{\"name\":\"asks\",\"_meta\":{\"progressToken\":1}}"),
        REQUEST("tools/list", "{}"),
        REQUEST("prompts/get", "{\"name\":\"asking_prompt\"}"),
        REQUEST("resources/read", "{\"uri\":\"probe://fixed\"}"),
        REQUEST("resources/list", "{}"),
        REQUEST("completion/complete", "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"x\"},"
                                       "\"argument\":{\"name\":\"id\",\"value\":\"\"}}"),
    };
    const size_t n = sizeof(texts) / sizeof(*texts);
    peer.can = 1u << CALL_ELICIT;
    unsigned answered = 0;
    for (size_t i = 0; i < 100 * n; i++) {
        const char *text = texts[i / 100];
        size_t left = i % 100 * 40;
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
        mcp_run(&w.env, arena, &m, &peer, &w.caller, &quiet);
        uint64_t until = clock_ms() + 20000;
        while (!w.answered && clock_ms() < until)
            uv_run(&w.loop, UV_RUN_ONCE);
        answered += w.answered;
        CU_ASSERT_TRUE(json_check((struct slice){ w.answer, w.answer_len }, NULL));
        HAS(w.answer, "\"id\":7,");
    }
    CU_ASSERT_EQUAL(answered, 100 * n);
    stop();
}

/* ---- eras ---- */

static void each_era_has_its_own_methods(void)
{
    static const char *const legacy[] = { "initialize", "ping", "logging/setLevel",
                                          "resources/subscribe", "resources/unsubscribe" };
    static const char *const modern[] = { "server/discover", "subscriptions/listen" };
    start();
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    for (size_t i = 0; i < 5; i++) {
        char text[200];
        snprintf(text, sizeof(text), REQUEST("%s", "{}"), legacy[i]);
        HAS(answer_to(text, &peer), "\"id\":7,\"error\":{\"code\":-32601,");
        CU_ASSERT_EQUAL(w.error, RPC_METHOD_NOT_FOUND);
    }
    for (int r = 0; r <= MCP_LATEST_LEGACY; r++) {
        peer = speaking((enum mcp_revision)r);
        for (size_t i = 0; i < 2; i++) {
            char text[200];
            snprintf(text, sizeof(text), REQUEST("%s", "{}"), modern[i]);
            HAS(answer_to(text, &peer), "\"id\":7,\"error\":{\"code\":-32601,");
            HAS(answer_to(text, &nobody), "\"id\":7,\"error\":{\"code\":-32601,");
        }
    }
    stop();
}

static void discover_says_what_a_modern_client_needs(void)
{
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    start();
    HAS(answer_to(REQUEST("server/discover", "{}"), &peer),
        "\"result\":{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":");
    HAS(w.answer, "\"instructions\":\"Work in Asana");
    HAS(w.answer,
        "\"resultType\":\"complete\",\"ttlMs\":300000,\"cacheScope\":\"public\",\"_meta\":"
        "{\"" META_SERVER_INFO "\":{\"name\":\"asana-mcp\"");
    HAS_NOT(w.answer, "protocolVersion");
    stop();
}

static void initialize_remembers_what_the_client_can(void)
{
    start();
    answer_to(REQUEST("initialize",
                      "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"elicitation\":{},"
                      "\"roots\":{}}}"),
              &nobody);
    CU_ASSERT_EQUAL(w.peer.can, 1u << CALL_ELICIT | 1u << CALL_ROOTS);
    CU_ASSERT_EQUAL(w.peer.log_level, CALL_INFO);
    stop();
}

/* ---- results ---- */

static void members_of_a_result_go_out_as_they_are(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        HAS(answer_to(CALL("{\"name\":\"talks\"}"), &peer),
            "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"told\"}]");
        HAS_NOT(w.answer, "structuredContent");
        HAS(answer_to(CALL("{\"name\":\"asks\"}"), &peer),
            "\"requiredCapabilities\":{\"elicitation\"");
        CU_ASSERT_EQUAL(w.error, mcp_is_modern(peer.revision) ? RPC_MISSING_CAPABILITY
                                                              : RPC_INVALID_REQUEST);
    }
    stop();
}

static void ids_come_back_with_every_kind_of_answer(void)
{
    static const char *const ids[] = { "0", "\"\"", "\"a\\u00e9\"", "12345678901234567890" };
    static const char *const rest[] = {
        "\"method\":\"tools/list\"",
        "\"method\":\"nonsense\"",
        "\"method\":\"tools/call\"",
        "\"method\":\"tools/call\",\"params\":{\"name\":\"talks\"}",
        "\"method\":\"resources/read\",\"params\":{\"uri\":\"probe://item/gone\"}",
    };
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    start();
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        for (size_t k = 0; k < sizeof(rest) / sizeof(*rest); k++) {
            char text[200], expected[80];
            snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":%s,%s}", ids[i], rest[k]);
            snprintf(expected, sizeof(expected), "{\"jsonrpc\":\"2.0\",\"id\":%s,", ids[i]);
            HAS(answer_to(text, &peer), expected);
        }
    }
    stop();
}

int main(void)
{
    if (!bench_open())
        return 2;
    CU_pSuite life = CU_add_suite("dispatch: lifecycle", NULL, NULL);
    ADD(life, a_known_version_is_answered_with_itself);
    ADD(life, any_other_version_is_answered_with_the_latest);
    ADD(life, only_initialize_and_ping_come_before_initialize);
    ADD(life, unknown_methods_are_named);
    ADD(life, notifications_and_responses_are_answered_with_nothing);
    ADD(life, initialize_remembers_what_the_client_can);
    ADD(life, each_era_has_its_own_methods);
    ADD(life, discover_says_what_a_modern_client_needs);
    CU_pSuite calls = CU_add_suite("dispatch: tools/call", NULL, NULL);
    ADD(calls, calls_that_are_no_calls_are_protocol_errors);
    ADD(calls, arguments_that_do_not_fit_are_tool_errors_and_asana_is_not_asked);
    ADD(calls, a_result_is_text_and_structured_where_the_revision_has_it);
    ADD(calls, what_asana_refuses_is_a_tool_error);
    ADD(calls, members_of_a_result_go_out_as_they_are);
    ADD(calls, ids_come_back_with_every_kind_of_answer);
    ADD(calls, a_cancelled_call_is_never_answered);
    ADD(calls, many_calls_run_at_once_and_each_gets_its_own_answer);
    ADD(calls, a_message_without_room_in_its_arena_is_still_answered);
    return run_suites();
}
