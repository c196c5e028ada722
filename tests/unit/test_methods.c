#include "engine_bench.h"

/* ---- lists ---- */

static void the_list_is_that_of_the_negotiated_revision(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        struct slice list;
        CU_ASSERT_TRUE_FATAL(
            mcp_catalog_page(w.env.catalog, MCP_TOOLS, (enum mcp_revision)r, NULL, &list));
        answer_to("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/list\"}", &peer);
        CU_ASSERT(w.answer_len > list.len);
        CU_ASSERT_EQUAL(memcmp(w.answer + strlen("{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":"),
                               list.data, list.len),
                        0);
    }
    struct mcp_peer peer = speaking(MCP_LATEST_LEGACY);
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

static void every_list_has_the_shape_of_its_revision(void)
{
    static const struct {
        const char *method, *member, *scope;
    } lists[] = {
        { "tools/list", "{\"tools\":[", "\"ttlMs\":300000,\"cacheScope\":\"public\"" },
        { "prompts/list", "{\"prompts\":[", "\"ttlMs\":300000,\"cacheScope\":\"public\"" },
        { "resources/templates/list", "{\"resourceTemplates\":[",
          "\"ttlMs\":300000,\"cacheScope\":\"public\"" },
        { "resources/list", "{\"resources\":[", "\"ttlMs\":60000,\"cacheScope\":\"private\"" },
    };
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
            char text[200];
            snprintf(text, sizeof(text), REQUEST("%s", "{}"), lists[i].method);
            HAS(answer_to(text, &peer), "\"id\":7,\"result\":{");
            HAS(w.answer, lists[i].member);
            CU_ASSERT_EQUAL(strstr(w.answer, lists[i].scope) != NULL, mcp_is_modern(peer.revision));
            CU_ASSERT_EQUAL(strstr(w.answer, "resultType") != NULL, mcp_is_modern(peer.revision));
            CU_ASSERT_EQUAL(strstr(w.answer, META_SERVER_INFO) != NULL,
                            mcp_is_modern(peer.revision));
            CU_ASSERT_EQUAL(w.error, 0);
        }
    }
    stop();
}

static void a_cursor_of_no_list_is_refused_everywhere(void)
{
    static const char *const methods[] = { "tools/list", "prompts/list", "resources/templates/list",
                                           "resources/list" };
    static const char *const cursors[] = { "\"x\"", "7", "{}", "\"\"" };
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    start();
    for (size_t m = 0; m < 4; m++) {
        for (size_t i = 0; i < 4; i++) {
            char text[200];
            snprintf(text, sizeof(text), REQUEST("%s", "{\"cursor\":%s}"), methods[m], cursors[i]);
            HAS(answer_to(text, &peer), "\"id\":7,\"error\":{\"code\":-32602,");
            CU_ASSERT_EQUAL(w.error, RPC_INVALID_PARAMS);
        }
    }
    stop();
}

/* ---- resources and prompts ---- */

static void a_resource_is_read_by_its_kind(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        HAS(answer_to(REQUEST("resources/read", "{\"uri\":\"probe://item/1\"}"), &peer),
            "\"result\":{\"contents\":[{\"uri\":\"probe://item/1\"");
        CU_ASSERT_EQUAL(strstr(w.answer, ",\"ttlMs\":0,\"cacheScope\":\"private\"") != NULL,
                        mcp_is_modern(peer.revision));
    }
    stop();
}

static void a_missing_resource_is_told_as_the_revision_does(void)
{
    static const char *const uris[] = { "probe://item/gone", "nothing://here", "" };
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        bool modern = mcp_is_modern(peer.revision);
        for (size_t i = 0; i < 3; i++) {
            char text[200], data[100];
            snprintf(text, sizeof(text), REQUEST("resources/read", "{\"uri\":\"%s\"}"), uris[i]);
            snprintf(data, sizeof(data), "\"data\":{\"uri\":\"%s\"}", uris[i]);
            HAS(answer_to(text, &peer), data);
            HAS(w.answer, modern ? "\"error\":{\"code\":-32602," : "\"error\":{\"code\":-32002,");
            CU_ASSERT_EQUAL(w.error, modern ? RPC_INVALID_PARAMS : RPC_RESOURCE_NOT_FOUND);
        }
        HAS(answer_to(REQUEST("resources/read", "{\"uri\":\"probe://item/broken\"}"), &peer),
            "\"error\":{\"code\":-32603,\"message\":\"try later\"}");
        HAS(answer_to(REQUEST("resources/read", "{\"uri\":\"probe://item/odd\"}"), &peer),
            "\"error\":{\"code\":-32602,\"message\":\"odd\"}");
        HAS(answer_to(REQUEST("resources/read", "{}"), &peer), "needs params.uri");
        HAS(answer_to(REQUEST("resources/read", "{\"uri\":7}"), &peer), "-32602");
    }
    stop();
}

static void prompts_are_got_by_name(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        HAS(answer_to(REQUEST("prompts/get", "{\"name\":\"plain_prompt\"}"), &peer),
            "\"result\":{\"messages\":[]");
        HAS_NOT(w.answer, "ttlMs");
        CU_ASSERT_EQUAL(strstr(w.answer, "resultType") != NULL, mcp_is_modern(peer.revision));
        HAS(answer_to(REQUEST("prompts/get", "{\"name\":\"no_prompt\"}"), &peer),
            "\"error\":{\"code\":-32602,");
        HAS(answer_to(REQUEST("prompts/get", "{}"), &peer), "-32602");
        HAS(answer_to(REQUEST("prompts/get", "{\"name\":\"plain_prompt\",\"arguments\":[]}"),
                      &peer),
            "-32602");
    }
    stop();
}

static void a_subscription_begins_where_asana_says(void)
{
    struct mcp_peer peer = speaking(MCP_2025_06_18);
    start();
    HAS(answer_to(REQUEST("resources/subscribe", "{\"uri\":\"probe://fixed\"}"), &peer),
        "\"result\":{}}");
    CU_ASSERT_STRING_EQUAL(w.watch, "probe://fixed");
    CU_ASSERT_STRING_EQUAL(w.sync, "");
    script.status = "412 Precondition Failed";
    script.body =
        "{\"errors\":[{\"message\":\"Sync token invalid or too old.\"}],\"sync\":\"abc:1\"}";
    HAS(answer_to(REQUEST("resources/subscribe", "{\"uri\":\"asana://task/12\"}"), &peer),
        "\"result\":{}}");
    CU_ASSERT_STRING_EQUAL(w.watch, "asana://task/12");
    CU_ASSERT_STRING_EQUAL(w.sync, "abc:1");
    script.status = "404 Not Found";
    script.body = "{\"errors\":[{\"message\":\"task: Unknown object: 12\"}]}";
    HAS(answer_to(REQUEST("resources/subscribe", "{\"uri\":\"asana://task/12\"}"), &peer),
        "\"error\":{\"code\":-32002,");
    CU_ASSERT_STRING_EQUAL(w.watch, "");
    HAS(answer_to(REQUEST("resources/subscribe", "{\"uri\":\"asana://user/12\"}"), &peer),
        "-32602");
    HAS(answer_to(REQUEST("resources/subscribe", "{\"uri\":\"nothing://x\"}"), &peer), "-32002");
    HAS(answer_to(REQUEST("resources/subscribe", "{}"), &peer), "-32602");
    HAS(answer_to(REQUEST("resources/unsubscribe", "{\"uri\":\"asana://task/12\"}"), &peer),
        "\"result\":{}}");
    CU_ASSERT_STRING_EQUAL(w.unwatch, "asana://task/12");
    HAS(answer_to(REQUEST("resources/unsubscribe", "{}"), &peer), "-32602");
    stop();
}

static void completion_answers_in_every_revision(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        HAS(answer_to(REQUEST("completion/complete",
                              "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"probe://item/{id}\"},"
                              "\"argument\":{\"name\":\"id\",\"value\":\"\"}}"),
                      &peer),
            "\"result\":{\"completion\":{\"values\":[]");
        HAS(answer_to(REQUEST("completion/complete", "{}"), &peer), "\"error\":{\"code\":-32602,");
    }
    stop();
}

/* ---- log level ---- */

static void the_log_level_is_settled_in_the_session(void)
{
    start();
    for (int r = 0; r <= MCP_LATEST_LEGACY; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        peer.can = 1u << CALL_ROOTS;
        HAS(answer_to(REQUEST("logging/setLevel", "{\"level\":\"warning\"}"), &peer),
            "\"result\":{}}");
        CU_ASSERT_TRUE(w.settled);
        CU_ASSERT_EQUAL(w.peer.log_level, CALL_WARNING);
        CU_ASSERT_EQUAL((int)w.peer.revision, r);
        CU_ASSERT_EQUAL(w.peer.can, 1u << CALL_ROOTS);
        HAS(answer_to(REQUEST("logging/setLevel", "{\"level\":\"Warning\"}"), &peer), "-32602");
        HAS(answer_to(REQUEST("logging/setLevel", "{}"), &peer), "-32602");
        CU_ASSERT_FALSE(w.settled);
    }
    stop();
}

int main(void)
{
    if (!bench_open())
        return 2;
    CU_pSuite lists = CU_add_suite("methods: lists", NULL, NULL);
    ADD(lists, the_list_is_that_of_the_negotiated_revision);
    ADD(lists, every_list_has_the_shape_of_its_revision);
    ADD(lists, a_cursor_of_no_list_is_refused_everywhere);
    CU_pSuite rest = CU_add_suite("methods: resources, prompts, log level", NULL, NULL);
    ADD(rest, a_resource_is_read_by_its_kind);
    ADD(rest, a_missing_resource_is_told_as_the_revision_does);
    ADD(rest, prompts_are_got_by_name);
    ADD(rest, a_subscription_begins_where_asana_says);
    ADD(rest, completion_answers_in_every_revision);
    ADD(rest, the_log_level_is_settled_in_the_session);
    return run_suites();
}
