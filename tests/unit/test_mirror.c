#include "transport/mirror.h"

#include "base/limits.h"
#include "suites.h"
#include "transport/events.h"

#include <string.h>

/* What the value stands for, in a buffer that the next call overwrites; NULL: nothing. */
static const char *decoded(const char *value)
{
    static char text[LIMIT_MIRROR_VALUE + 1];
    BUF_AUTO b = { .max = LIMIT_MIRROR_VALUE };
    if (!mirror_decode(value, &b))
        return NULL;
    memcpy(text, b.len ? b.data : "", b.len);
    text[b.len] = '\0';
    return text;
}

static void values_stand_for_themselves_or_for_what_is_encoded(void)
{
    static const char *const pairs[][2] = {
        { "us-west1", "us-west1" },
        { "", "" },
        { " \t a b \t", "a b" },
        { "=?base64?SGVsbG8sIOS4lueVjA==?=", "Hello, \xE4\xB8\x96\xE7\x95\x8C" },
        { "  =?base64?IHBhZGRlZCA=?= ", " padded " },
        { "=?base64?bGluZTEKbGluZTI=?=", "line1\nline2" },
        { "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", "=?base64?literal?=" },
        { "=?base64?"
          "?=",
          "" },
        { "=?base64?=", "=?base64?=" }, /* the marks do not share a question mark */
        { "=?base64?abc", "=?base64?abc" },
        { "abc?=", "abc?=" },
        { "=?BASE64?YQ==?=", "=?BASE64?YQ==?=" },
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        const char *got = decoded(pairs[i][0]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(got);
        CU_ASSERT_STRING_EQUAL(got, pairs[i][1]);
    }
}

static void what_no_header_may_hold_stands_for_nothing(void)
{
    static const char *const bad[] = {
        "caf\xC3\xA9",      "a\x01z",
        "a\x7Fz",           "a\nb",
        "=?base64?YQ?=",  /* no padding */
        "=?base64?YQ=?=", /* half of it */
        "=?base64?YQ===?=", "=?base64?Y Q==?=",
        "=?base64?YR==?=", /* bits that mean nothing are set */
        "=?base64?YQ-_?=", /* another alphabet */
        "=?base64?====?=",  "=?base64?YQ==YQ==?=",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        CU_ASSERT_PTR_NULL(decoded(bad[i]));
    static char large[2 * LIMIT_MIRROR_VALUE];
    memset(large, 'a', sizeof(large) - 1);
    CU_ASSERT_PTR_NULL(decoded(large));
    memcpy(large, "=?base64?", 9);
    memcpy(large + sizeof(large) - 3, "?=", 2);
    CU_ASSERT_PTR_NULL(decoded(large));
}

static void an_event_id_comes_back(void)
{
    static const struct event_id ids[] = {
        { 0, 0 }, { 1, 2 }, { UINT64_C(0x3f000000000007), 15 }, { UINT64_MAX, UINT32_MAX }
    };
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        char text[EVENT_ID_TEXT];
        struct event_id back = { 9, 9 };
        event_id_format(ids[i], text);
        CU_ASSERT_TRUE(event_id_parse(text, &back));
        CU_ASSERT_EQUAL(back.stream, ids[i].stream);
        CU_ASSERT_EQUAL(back.number, ids[i].number);
    }
}

static void what_is_no_event_id_is_refused(void)
{
    static const char *const bad[] = {
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1-1-",
        "1--1",
        " 1-1",
        "1-1 ",
        "A-1",
        "0x1-1",
        "+1-1",
        "00000000000000001-1",
        "1-000000001",
        "1-1\n",
        "g-1",
        "1-g",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct event_id id = { 9, 9 };
        CU_ASSERT_FALSE(event_id_parse(bad[i], &id));
        CU_ASSERT_EQUAL(id.stream, 9);
    }
}

static void events_read_as_the_standard_says(void)
{
    BUF_AUTO b = { .max = 1000 };
    events_put(&b, NULL, "7-0", (struct slice){ 0 });
    events_put(&b, "message", "7-1", slice_of("{}"));
    events_put(&b, "endpoint", NULL, slice_of("/x"));
    CU_ASSERT_TRUE(slice_is(buf_slice(&b), "id: 7-0\ndata: \n\n"
                                           "id: 7-1\nevent: message\ndata: {}\n\n"
                                           "event: endpoint\ndata: /x\n\n"));
}

static void each_name_of_a_parameter_is_allowed_once(void)
{
    BUF_AUTO b = { .max = 16384 };
    static const struct tool_header headers[] = { { "Odd", "odd" }, { "Workspace", "w" }, { 0 } };
    static const struct tool odd = { .name = "odd",
                                     .title = "",
                                     .toolset = "",
                                     .description = "",
                                     .input_schema = "{}",
                                     .headers = headers };
    const struct tool *const more[] = { &odd, NULL };
    struct mcp_catalog *catalog = mcp_catalog_new(&(struct mcp_extras){ .tools = more });
    CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
    mirror_put_names(&b, catalog);
    mirror_put_names(&b, catalog);
    mcp_catalog_free(catalog);
    buf_char(&b, '\0');
    CU_ASSERT_PTR_NOT_NULL(strstr(b.data, "Mcp-Param-Odd, "));
    const char *first = strstr(b.data, "Mcp-Param-Workspace, ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 1, "Mcp-Param-Workspace"));
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("mirror and events", NULL, NULL);
    ADD(values_stand_for_themselves_or_for_what_is_encoded);
    ADD(what_no_header_may_hold_stands_for_nothing);
    ADD(an_event_id_comes_back);
    ADD(what_is_no_event_id_is_refused);
    ADD(events_read_as_the_standard_says);
    ADD(each_name_of_a_parameter_is_allowed_once);
    return run_suites();
}
