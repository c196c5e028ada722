#include "mcp/modern.h"

#include "base/json.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static struct rpc_message message(const char *text)
{
    struct rpc_message m = { 0 };
    struct rpc_failure f;
    CU_ASSERT_TRUE_FATAL(rpc_parse(arena, slice_of(text), &m, &f));
    return m;
}

#define VERSION(v) "\"" META_PROTOCOL_VERSION "\":\"" v "\""
#define CAPABILITIES "\"" META_CLIENT_CAPABILITIES "\":{\"elicitation\":{}}"
#define HEAD(method) "{\"jsonrpc\":\"2.0\",\"id\":\"r\",\"method\":\"" method "\""
#define ASK(method, meta) HEAD(method) ",\"params\":{\"_meta\":{" meta "}}}"
#define BARE(method) HEAD(method) "}"

static void header_and_meta_choose_the_era(void)
{
    static const struct {
        const char *text, *header;
        bool modern;
    } cases[] = {
        { BARE("tools/list"), NULL, false },
        { BARE("tools/list"), "2024-11-05", false },
        { BARE("tools/list"), "2025-11-25", false },
        { BARE("tools/list"), "2026-07-28", true },
        { BARE("tools/list"), "2099-01-01", true },
        { BARE("tools/list"), "", true },
        { BARE("initialize"), NULL, false },
        { BARE("initialize"), "2025-11-25", false },
        { BARE("initialize"), "2026-07-28", false },
        { BARE("initialize"), "junk", false },
        { ASK("initialize", VERSION("2026-07-28")), NULL, true },
        { ASK("tools/list", VERSION("2026-07-28")), NULL, true },
        { ASK("tools/list", VERSION("2026-07-28")), "2025-11-25", true },
        { ASK("tools/list", VERSION("junk")), NULL, true },
        { ASK("tools/list", "\"" META_PROTOCOL_VERSION "\":7"), NULL, true },
        { ASK("tools/list", CAPABILITIES), NULL, false },
        { "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{}}", NULL,
          false },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", NULL, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct rpc_message m = message(cases[i].text);
        if (modern_is(&m, cases[i].header) != cases[i].modern)
            printf("\n%s %s\n", cases[i].header ? cases[i].header : "-", cases[i].text);
        CU_ASSERT_EQUAL(modern_is(&m, cases[i].header), cases[i].modern);
    }
    struct rpc_message m = message(ASK("m", VERSION("x")));
    CU_ASSERT_STRING_EQUAL(modern_version(&m), "x");
    m = message(BARE("m"));
    CU_ASSERT_PTR_NULL(modern_version(&m));
}

static void meta_says_what_is_known_of_the_peer(void)
{
    struct rpc_message m =
        message(ASK("m", VERSION("2026-07-28") "," CAPABILITIES ",\"" META_LOG_LEVEL
                                               "\":\"notice\",\"" META_CLIENT_INFO "\":{}"));
    struct mcp_peer peer = { 0 };
    enum rpc_code code = 0;
    BUF_AUTO refusal = { .max = 4096 };
    CU_ASSERT_TRUE(modern_peer(&m, "2026-07-28", &peer, &refusal, &code));
    CU_ASSERT_TRUE(peer.initialized);
    CU_ASSERT_EQUAL(peer.revision, MCP_2026_07_28);
    CU_ASSERT_EQUAL(peer.can, 1u << CALL_ELICIT);
    CU_ASSERT_EQUAL(peer.log_level, CALL_NOTICE);
    m = message(ASK("m", VERSION("2026-07-28") ",\"" META_CLIENT_CAPABILITIES "\":{}"));
    CU_ASSERT_TRUE(modern_peer(&m, NULL, &peer, &refusal, &code));
    CU_ASSERT_EQUAL(peer.can, 0);
    CU_ASSERT_EQUAL(peer.log_level, MCP_LOG_OFF);
    CU_ASSERT_EQUAL(refusal.len, 0);
}

static void what_meta_lacks_is_refused_with_the_requests_id(void)
{
    static const struct {
        const char *text, *header;
        enum rpc_code code;
        const char *why;
    } cases[] = {
        { BARE("tools/list"), "2026-07-28", RPC_INVALID_PARAMS, "protocolVersion" },
        { BARE("tools/list"), "junk", RPC_INVALID_PARAMS, "protocolVersion" },
        { ASK("m", CAPABILITIES), "2026-07-28", RPC_INVALID_PARAMS, "protocolVersion" },
        { ASK("m", VERSION("2026-07-28")), "2026-07-28", RPC_INVALID_PARAMS, "clientCapabilities" },
        { ASK("m", VERSION("2026-07-28") ",\"" META_CLIENT_CAPABILITIES "\":[]"), NULL,
          RPC_INVALID_PARAMS, "clientCapabilities" },
        { ASK("m", VERSION("2026-07-28") "," CAPABILITIES ",\"" META_CLIENT_INFO "\":7"), NULL,
          RPC_INVALID_PARAMS, "clientInfo" },
        { ASK("m", VERSION("2026-07-28") "," CAPABILITIES ",\"" META_LOG_LEVEL "\":\"loud\""), NULL,
          RPC_INVALID_PARAMS, "logLevel" },
        { ASK("m", "\"" META_PROTOCOL_VERSION "\":7"), NULL, RPC_INVALID_PARAMS,
          "protocolVersion" },
        { ASK("m", VERSION("2025-11-25") "," CAPABILITIES), "2026-07-28", RPC_HEADER_MISMATCH,
          "header" },
        { ASK("m", VERSION("2026-07-28") "," CAPABILITIES), "2025-11-25", RPC_HEADER_MISMATCH,
          "header" },
        { ASK("m", VERSION("v999") "," CAPABILITIES), "2026-07-28", RPC_HEADER_MISMATCH, "header" },
        { ASK("m", VERSION("v999") "," CAPABILITIES), "v999", RPC_UNSUPPORTED_VERSION,
          "\"data\":{\"supported\":[\"2026-07-28\"],\"requested\":\"v999\"}" },
        { ASK("m", VERSION("2025-11-25") "," CAPABILITIES), NULL, RPC_UNSUPPORTED_VERSION,
          "\"requested\":\"2025-11-25\"" },
        { ASK("m", VERSION("v999")), NULL, RPC_UNSUPPORTED_VERSION, "v999" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct rpc_message m = message(cases[i].text);
        struct mcp_peer peer = { .log_level = 77 };
        enum rpc_code code = 0;
        BUF_AUTO refusal = { .max = 4096 };
        CU_ASSERT_FALSE(modern_peer(&m, cases[i].header, &peer, &refusal, &code));
        CU_ASSERT_EQUAL(code, cases[i].code);
        CU_ASSERT_TRUE_FATAL(json_check(buf_slice(&refusal), NULL));
        buf_char(&refusal, '\0');
        char expected[80];
        snprintf(expected, sizeof(expected),
                 "{\"jsonrpc\":\"2.0\",\"id\":\"r\",\"error\":{\"code\":%d,", cases[i].code);
        CU_ASSERT_PTR_NOT_NULL(strstr(refusal.data, expected));
        if (!strstr(refusal.data, cases[i].why))
            printf("\nno %s in %s\n", cases[i].why, refusal.data);
        CU_ASSERT_PTR_NOT_NULL(strstr(refusal.data, cases[i].why));
        CU_ASSERT_EQUAL(peer.log_level, 77);
    }
}

static void a_long_version_is_not_sent_back_whole(void)
{
    char text[3000], version[2000];
    memset(version, 'v', sizeof(version) - 1);
    version[sizeof(version) - 1] = '\0';
    snprintf(text, sizeof(text), ASK("m", "\"" META_PROTOCOL_VERSION "\":\"%s\""), version);
    struct rpc_message m = message(text);
    struct mcp_peer peer;
    enum rpc_code code = 0;
    BUF_AUTO refusal = { .max = 4096 };
    CU_ASSERT_FALSE(modern_peer(&m, NULL, &peer, &refusal, &code));
    CU_ASSERT_EQUAL(code, RPC_UNSUPPORTED_VERSION);
    CU_ASSERT(refusal.len < 400);
    CU_ASSERT_TRUE(json_check(buf_slice(&refusal), NULL));
}

static void notifications_need_no_meta(void)
{
    struct rpc_message m =
        message("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{}}");
    struct mcp_peer peer = { 0 };
    enum rpc_code code = 0;
    BUF_AUTO refusal = { .max = 4096 };
    CU_ASSERT_TRUE(modern_peer(&m, "2026-07-28", &peer, &refusal, &code));
    CU_ASSERT_EQUAL(peer.revision, MCP_2026_07_28);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    arena = arena_new(1u << 20);
    if (!arena || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("modern", NULL, NULL);
    ADD(suite, header_and_meta_choose_the_era);
    ADD(suite, meta_says_what_is_known_of_the_peer);
    ADD(suite, what_meta_lacks_is_refused_with_the_requests_id);
    ADD(suite, a_long_version_is_not_sent_back_whole);
    ADD(suite, notifications_need_no_meta);
    int code = run_suites();
    arena_free(arena);
    return code;
}
