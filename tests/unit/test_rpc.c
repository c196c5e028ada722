#include "mcp/rpc.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

/* The text lies in memory of its own that is gone when this returns: a message must not need it. */
static bool parse(const char *text, struct rpc_message *m, struct rpc_failure *f)
{
    size_t len = strlen(text);
    char *copy = malloc(len + 1);
    memcpy(copy, text, len);
    bool ok = rpc_parse(arena, (struct slice){ copy, len }, m, f);
    memset(copy, '?', len);
    free(copy);
    return ok;
}

static void ids_come_back_as_they_were_written(void)
{
    static const char *const ids[] = {
        "0",
        "\"0\"",
        "-0",
        "1",
        "12345678901234567890",
        "-1.5e3",
        "1.0",
        "1E400",
        "\"\"",
        "\"\\u00e9\"",
        "\"é😀\"",
        "\"a\\\"b\\\\\\n\"",
        "\"3f2c0c1e-5a4d-4b6e-9f0a-1b2c3d4e5f60\"",
    };
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        char text[300], expected[200];
        struct rpc_message m;
        struct rpc_failure f;
        snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\", \"id\" : %s ,\"method\":\"ping\"}",
                 ids[i]);
        CU_ASSERT_TRUE_FATAL(parse(text, &m, &f));
        CU_ASSERT_EQUAL(m.kind, RPC_REQUEST);
        CU_ASSERT_TRUE(slice_is(m.id, ids[i]));
        BUF_AUTO b = { .max = 1000 };
        rpc_result_begin(&b, m.id);
        buf_str(&b, "{}");
        rpc_result_end(&b);
        snprintf(expected, sizeof(expected), "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{}}",
                 ids[i]);
        CU_ASSERT_TRUE(slice_is(buf_slice(&b), expected));
        CU_ASSERT_TRUE(json_check(buf_slice(&b), NULL));
    }
}

static void requests_notifications_and_responses_are_told_apart(void)
{
    static const struct {
        const char *text;
        enum rpc_kind kind;
        bool params;
    } cases[] = {
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", RPC_REQUEST, false },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{}}", RPC_REQUEST, true },
        { "{\"method\":\"m\",\"params\":{\"id\":9},\"jsonrpc\":\"2.0\"}", RPC_NOTIFICATION, true },
        { "{\"jsonrpc\":\"2.0\",\"method\":\"\"}", RPC_NOTIFICATION, false },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", RPC_RESPONSE, false },
        { "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":null}", RPC_RESPONSE, false },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-1,\"message\":\"x\"}}", RPC_RESPONSE,
          false },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"unknown\":[1]}", RPC_REQUEST, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct rpc_message m;
        struct rpc_failure f;
        CU_ASSERT_TRUE_FATAL(parse(cases[i].text, &m, &f));
        CU_ASSERT_EQUAL(m.kind, cases[i].kind);
        CU_ASSERT_EQUAL(m.id.len == 0, m.kind == RPC_NOTIFICATION);
        CU_ASSERT_EQUAL(m.method == NULL, m.kind == RPC_RESPONSE);
        CU_ASSERT_EQUAL(m.params != NULL, cases[i].params);
    }
}

static void what_is_no_message_is_refused_with_its_id(void)
{
    static const struct {
        const char *text;
        enum rpc_code code;
        const char *id;
        const char *why;
    } cases[] = {
        { "", RPC_PARSE_ERROR, "", "not valid JSON at byte 1" },
        { "{", RPC_PARSE_ERROR, "", "not valid JSON at byte 2" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"} x", RPC_PARSE_ERROR, "", "more text" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", RPC_PARSE_ERROR, "", "UTF-8" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000\"}", RPC_PARSE_ERROR, "", "u0000" },
        { "[]", RPC_INVALID_REQUEST, "", "batches" },
        { "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}]", RPC_INVALID_REQUEST, "", "batches" },
        { "7", RPC_INVALID_REQUEST, "", "a JSON object" },
        { "null", RPC_INVALID_REQUEST, "", "a JSON object" },
        { "\"ping\"", RPC_INVALID_REQUEST, "", "a JSON object" },
        { "{}", RPC_INVALID_REQUEST, "", "jsonrpc" },
        { "{\"id\":1,\"method\":\"m\"}", RPC_INVALID_REQUEST, "1", "jsonrpc" },
        { "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\"}", RPC_INVALID_REQUEST, "1", "jsonrpc" },
        { "{\"jsonrpc\":2.0,\"id\":\"x\",\"method\":\"m\"}", RPC_INVALID_REQUEST, "\"x\"",
          "jsonrpc" },
        { "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}", RPC_INVALID_REQUEST, "", "id" },
        { "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"m\"}", RPC_INVALID_REQUEST, "", "id" },
        { "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}", RPC_INVALID_REQUEST, "", "id" },
        { "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"m\"}", RPC_INVALID_REQUEST, "", "id" },
        { "{\"jsonrpc\":\"2.0\",\"\\u0069d\":1,\"method\":\"m\"}", RPC_INVALID_REQUEST, "", "id" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", RPC_INVALID_REQUEST, "1", "method" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}", RPC_INVALID_REQUEST, "1", "method" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"METHOD\":\"m\"}", RPC_INVALID_REQUEST, "1", "method" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1}", RPC_INVALID_REQUEST, "1", "needs a method" },
        { "{\"jsonrpc\":\"2.0\",\"result\":{}}", RPC_INVALID_REQUEST, "", "needs a method" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[]}", RPC_INVALID_PARAMS, "1",
          "params" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":\"x\"}", RPC_INVALID_PARAMS,
          "1", "params" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct rpc_message m = { .method = "untouched" };
        struct rpc_failure f;
        CU_ASSERT_FALSE(parse(cases[i].text, &m, &f));
        CU_ASSERT_EQUAL(f.code, cases[i].code);
        CU_ASSERT_TRUE(slice_is(f.id, cases[i].id));
        if (!strstr(f.err.text, cases[i].why))
            printf("\n%s: %s\n", cases[i].text, f.err.text);
        CU_ASSERT_PTR_NOT_NULL(strstr(f.err.text, cases[i].why));
        CU_ASSERT_STRING_EQUAL(m.method, "untouched");
    }
}

static void a_message_too_large_for_its_arena_is_refused(void)
{
    for (size_t cap = 0; cap < 40000; cap += 512) {
        struct arena *small = arena_new(cap);
        struct rpc_message m;
        struct rpc_failure f;
        static const char text[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{"
                                   "\"a\":[1,2,3],\"b\":\"c\"}}";
        CU_ASSERT_EQUAL(rpc_parse(small, slice_of(text), &m, &f), !arena_failed(small));
        arena_free(small);
    }
}

static const char *error_of(struct slice id, const char *message)
{
    static char text[500];
    BUF_AUTO b = { .max = 400 };
    rpc_error(&b, id, RPC_INVALID_PARAMS, message);
    snprintf(text, sizeof(text), "%.*s", (int)b.len, b.data);
    CU_ASSERT_TRUE(json_check(buf_slice(&b), NULL));
    return text;
}

static void errors_carry_id_code_and_message(void)
{
    CU_ASSERT_STRING_EQUAL(
        error_of(slice_of("\"7\""), "say \"x\"\n"),
        "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"error\":{\"code\":-32602,\"message\":"
        "\"say \\\"x\\\"\\n\"}}");
    CU_ASSERT_STRING_EQUAL(
        error_of((struct slice){ 0 }, ""),
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32602,\"message\":\"\"}}");
}

static void an_errors_data_stands_beside_its_message(void)
{
    BUF_AUTO b = { .max = 400 };
    rpc_error_data(&b, slice_of("1"), RPC_RESOURCE_NOT_FOUND, "no", slice_of("{\"uri\":\n\"x\"}"));
    CU_ASSERT_TRUE(slice_is(buf_slice(&b),
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32002,"
                            "\"message\":\"no\",\"data\":{\"uri\": \"x\"}}}"));
}

static void progress_tokens_are_kept_as_they_were_written(void)
{
    static const struct {
        const char *params, *token;
    } cases[] = {
        { "{}", "" },
        { "{\"_meta\":{}}", "" },
        { "{\"_meta\":{\"progressToken\":null}}", "" },
        { "{\"_meta\":{\"progressToken\":{}}}", "" },
        { "{\"_meta\":7}", "" },
        { "{\"progressToken\":1}", "" },
        { "{ \"a\":[1], \"_meta\" : { \"progressToken\" : 0 } }", "0" },
        { "{\"_meta\":{\"progressToken\":12345678901234567890}}", "12345678901234567890" },
        { "{\"_meta\":{\"progressToken\":\"\\u0061\"}}", "\"\\u0061\"" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[200];
        struct rpc_message m;
        struct rpc_failure f;
        snprintf(text, sizeof(text),
                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":%s}", cases[i].params);
        CU_ASSERT_TRUE(parse(text, &m, &f));
        memset(text, 'x', sizeof(text)); /* it does not stand in there */
        CU_ASSERT_TRUE(slice_is(m.progress_token, cases[i].token));
    }
}

static void a_response_has_a_result_or_is_an_error(void)
{
    struct rpc_message m;
    struct rpc_failure f;
    CU_ASSERT_TRUE(parse("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1}}", &m, &f));
    CU_ASSERT_PTR_NOT_NULL(json_get(m.result, "a"));
    CU_ASSERT_TRUE(parse("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":7}", &m, &f));
    CU_ASSERT_PTR_NULL(m.result);
    CU_ASSERT_TRUE(parse("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", &m, &f));
    CU_ASSERT_PTR_NULL(m.result);
    CU_ASSERT_TRUE(parse("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"result\":{}}", &m, &f));
    CU_ASSERT_PTR_NULL(m.result);
}

static void json_of_many_lines_is_put_on_one(void)
{
    BUF_AUTO b = { .max = 100 };
    buf_str(&b, "\n<");
    rpc_put_json(&b, slice_of("{\r\n \"a\\n\": [\n1,\r2]\n}\n"));
    CU_ASSERT_TRUE(slice_is(buf_slice(&b), "\n<{   \"a\\n\": [ 1, 2] } "));
    rpc_put_json(&b, (struct slice){ 0 });
    CU_ASSERT_TRUE(buf_ok(&b));
    char long_text[200];
    memset(long_text, '\n', sizeof(long_text));
    rpc_put_json(&b, (struct slice){ long_text, sizeof(long_text) });
    CU_ASSERT_FALSE(buf_ok(&b));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    arena = arena_new(1u << 20);
    if (!arena || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("rpc", NULL, NULL);
    ADD(suite, ids_come_back_as_they_were_written);
    ADD(suite, requests_notifications_and_responses_are_told_apart);
    ADD(suite, what_is_no_message_is_refused_with_its_id);
    ADD(suite, a_message_too_large_for_its_arena_is_refused);
    ADD(suite, errors_carry_id_code_and_message);
    ADD(suite, an_errors_data_stands_beside_its_message);
    ADD(suite, progress_tokens_are_kept_as_they_were_written);
    ADD(suite, a_response_has_a_result_or_is_an_error);
    ADD(suite, json_of_many_lines_is_put_on_one);
    int code = run_suites();
    arena_free(arena);
    return code;
}
