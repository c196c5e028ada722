#include "asana/errors.h"

#include "base/json.h"
#include "base/limits.h"
#include "suites.h"

#include <string.h>

static char said[8192];

static struct asana_answer answered(enum asana_method method, int status, const char *body)
{
    return (struct asana_answer){
        .outcome = ASANA_ANSWERED,
        .method = method,
        .sent = true,
        .status = status,
        .body = slice_of(body),
        .json = true,
        .retry_after = -1,
        .request_id = "",
        .detail = "",
    };
}

static struct asana_answer failed(enum asana_method method, enum asana_outcome outcome, bool sent)
{
    return (struct asana_answer){
        .outcome = outcome,
        .method = method,
        .sent = sent,
        .retry_after = -1,
        .body = { "", 0 },
        .request_id = "",
        .detail = "Failed to connect to app.asana.com port 443",
        .elapsed_ms = 29900,
    };
}

static const char *explain(const struct asana_answer *a, const char *tool)
{
    BUF_AUTO out;
    buf_init(&out, sizeof(said) - 1);
    asana_answer_explain(a, tool, &out);
    CU_ASSERT_TRUE(buf_ok(&out));
    memcpy(said, buf_slice(&out).data, out.len);
    said[out.len] = '\0';
    CU_ASSERT_PTR_NULL(strpbrk(said, "\r\n\t"));
    CU_ASSERT_PTR_NULL(strstr(said, "  "));
    CU_ASSERT_TRUE(out.len > 20 && said[out.len - 1] == '.');
    return said;
}

#define SAYS(text, part) CU_ASSERT_PTR_NOT_NULL(strstr((text), (part)))
#define SAYS_NOT(text, part) CU_ASSERT_PTR_NULL(strstr((text), (part)))

static const char *status_text(enum asana_method method, int status, const char *body)
{
    struct asana_answer a = answered(method, status, body);
    CU_ASSERT_FALSE(asana_answer_ok(&a));
    return explain(&a, "asana_get_task");
}

static void success_is_2xx_json_with_data(void)
{
    struct asana_answer a = answered(ASANA_GET, 200, "{\"data\":{\"gid\":\"1\"}}");
    CU_ASSERT_TRUE(asana_answer_ok(&a));
    a.status = 201;
    CU_ASSERT_TRUE(asana_answer_ok(&a));
    a.body = slice_of(" {\"next_page\":null,\"data\":[]}\n");
    CU_ASSERT_TRUE(asana_answer_ok(&a));
    a.status = 302;
    CU_ASSERT_FALSE(asana_answer_ok(&a));
    a.status = 200;
    a.json = false;
    CU_ASSERT_FALSE(asana_answer_ok(&a));
    a.json = true;
    a.outcome = ASANA_BROKEN;
    CU_ASSERT_FALSE(asana_answer_ok(&a));

    static const char *const bad[] = {
        "",
        "null",
        "[]",
        "{}",
        "\"data\"",
        "{\"Data\":1}",
        "{\"x\":{\"data\":1}}",
        "{\"data\":",
        "{\"data\":{}}x",
        "{\"data\":\"\\u0000\"}",
        "{\"data\":\"\xff\"}",
        "[{\"data\":1}]",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        a = answered(ASANA_GET, 200, bad[i]);
        CU_ASSERT_FALSE(asana_answer_ok(&a));
        explain(&a, NULL);
    }
}

static void bad_request_repeats_asanas_words(void)
{
    const char *s =
        status_text(ASANA_POST, 400,
                    "{\"errors\":[{\"message\":\"project: Missing input\","
                    "\"help\":\"For more information\"},{\"message\":\"due_on: No\"}]}");
    SAYS(s, "Asana says: \"project: Missing input\"; \"due_on: No\".");
    SAYS(s, "(400)");
    SAYS(s, "Correct the arguments");
    SAYS_NOT(s, "For more information");
    s = status_text(ASANA_GET, 400,
                    "{\"errors\":[{\"message\":\"offset: Your pagination token has expired.\"}]}");
    SAYS(s, "without offset");
    SAYS_NOT(s, "Correct the arguments");
}

static void lost_sign_in_asks_to_reconnect(void)
{
    SAYS(status_text(ASANA_GET, 401, "{\"errors\":[{\"message\":\"Not Authorized\"}]}"),
         "reconnect");
    SAYS(status_text(ASANA_GET, 401, "{\"errors\":[{\"message\":\"Not Authorized\"}]}"),
         "app management");
    SAYS_NOT(status_text(ASANA_GET, 401, "{\"errors\":[{\"message\":\"Token has expired.\"}]}"),
             "app management");
}

static void a_token_that_works_elsewhere_is_no_lost_sign_in(void)
{
    struct asana_answer a =
        answered(ASANA_GET, 401, "{\"errors\":[{\"message\":\"Not Authorized\"}]}");
    a.token_works = true;
    const char *s = explain(&a, NULL);
    SAYS(s, "blocked this app for the workspace");
    SAYS(s, "app management (Admin console, then Apps)");
    SAYS_NOT(s, "any more");
    a = answered(ASANA_GET, 401, "{\"errors\":[{\"message\":\"The token has expired.\"}]}");
    a.token_works = true;
    SAYS(explain(&a, NULL), "any more");
}

static void missing_plan_names_what_works(void)
{
    struct asana_answer a =
        answered(ASANA_GET, 402,
                 "{\"errors\":[{\"message\":\"Search is only available to premium users.\"}]}");
    const char *s = explain(&a, "asana_search_tasks");
    SAYS(s, "paid Asana plan");
    SAYS(s, "asana_get_tasks");
    SAYS(s, "asana_typeahead_search");
    s = explain(&a, "asana_get_goals");
    SAYS(s, "paid Asana plan");
    SAYS_NOT(s, "asana_get_tasks");
    SAYS_NOT(explain(&a, NULL), "asana_get_tasks");
}

static void each_refusal_says_what_it_means(void)
{
    const char *e = "{\"errors\":[{\"message\":\"task: Unknown object: 12\"}]}";
    SAYS(status_text(ASANA_GET, 403, e), "Do not repeat");
    SAYS(status_text(ASANA_GET, 404, e), "task: Unknown object: 12");
    SAYS(said, "may not see it");
    SAYS(status_text(ASANA_POST, 413, e), "shorter texts");
    SAYS(status_text(ASANA_GET, 424, e), "Try again later");
    SAYS(status_text(ASANA_GET, 451, e), "legal reasons");
    SAYS(status_text(ASANA_GET, 418, e), "(418)");
    SAYS(status_text(ASANA_GET, 301, ""), "redirect");
    SAYS(status_text(ASANA_GET, 501, ""), "(501)");
}

static void rate_limit_says_how_long_to_wait(void)
{
    struct asana_answer a = answered(ASANA_POST, 429, "{\"errors\":[{\"message\":\"slow\"}]}");
    SAYS(explain(&a, NULL), "Wait a minute");
    a.retry_after = 17;
    SAYS(explain(&a, NULL), "Wait 17 seconds");
    SAYS(said, "nothing was done");
    a.retry_after = 1;
    SAYS(explain(&a, NULL), "Wait 1 second,");
    a = answered(ASANA_GET, 503, "");
    a.retry_after = 9;
    SAYS(explain(&a, NULL), "Wait 9 seconds");
}

static void failure_inside_asana_gives_the_phrase(void)
{
    const char *e = "{\"errors\":[{\"message\":\"Server Error\","
                    "\"phrase\":\"6 sad squid snuggle softly\"}]}";
    SAYS(status_text(ASANA_GET, 500, e), "\"6 sad squid snuggle softly\"");
    SAYS(said, "Try again once");
    SAYS(status_text(ASANA_POST, 500, e), "look before you repeat");
    SAYS_NOT(said, "Try again once");
}

static void gateway_pages_are_not_quoted(void)
{
    static const int codes[] = { 502, 503, 504 };
    for (size_t i = 0; i < 3; i++) {
        struct asana_answer a = answered(ASANA_GET, codes[i], "<html><h1>Bad Gateway</h1></html>");
        a.json = false;
        SAYS(explain(&a, NULL), "not available");
        SAYS(said, "Try again in a moment");
        SAYS_NOT(said, "<");
        a.method = ASANA_PUT;
        SAYS(explain(&a, NULL), "may or may not");
    }
}

static void page_instead_of_data_is_named(void)
{
    struct asana_answer a = answered(ASANA_GET, 200, "\n <!DOCTYPE html><title>Log in</title>");
    a.json = false;
    SAYS(explain(&a, NULL), "Asana answered with a page instead of data");
    SAYS(said, "safe to try again");
    SAYS_NOT(said, "<");
    a.method = ASANA_POST;
    SAYS(explain(&a, NULL), "may or may not");
    a = answered(ASANA_GET, 200, "pong");
    a.json = false;
    SAYS(explain(&a, NULL), "something else instead of data");
}

static void broken_json_is_named(void)
{
    struct asana_answer a = answered(ASANA_GET, 200, "{\"data\":[");
    SAYS(explain(&a, NULL), "not valid JSON");
    a = answered(ASANA_GET, 200, "{\"dat\":[]}");
    SAYS(explain(&a, NULL), "no \"data\"");
    a = answered(ASANA_GET, 200, "{\"errors\":[{\"message\":\"odd\"}]}");
    SAYS(explain(&a, NULL), "Asana says: \"odd\"");
}

static void cut_connection_tells_reads_from_writes(void)
{
    struct asana_answer a = failed(ASANA_GET, ASANA_BROKEN, true);
    SAYS(explain(&a, NULL), "safe to try again");
    a.method = ASANA_POST;
    SAYS(explain(&a, NULL), "look before you repeat");
    SAYS_NOT(said, "safe to try again");
    a.outcome = ASANA_TIMED_OUT;
    SAYS(explain(&a, NULL), "within 30 seconds");
    SAYS(said, "look before you repeat");
    a.method = ASANA_DELETE;
    SAYS(explain(&a, NULL), "look before you repeat");
    a.method = ASANA_GET;
    SAYS(explain(&a, NULL), "smaller limit");
}

static void unsent_write_is_said_to_have_changed_nothing(void)
{
    struct asana_answer a = failed(ASANA_POST, ASANA_UNREACHABLE, false);
    SAYS(explain(&a, NULL), "could not be reached: Failed to connect to app.asana.com port 443.");
    SAYS(said, "Nothing was changed");
    SAYS_NOT(said, "may or may not");
    a.method = ASANA_GET;
    SAYS(explain(&a, NULL), "Try again in a moment");
    a.detail = NULL;
    SAYS(explain(&a, NULL), "could not be reached.");
    a = failed(ASANA_PUT, ASANA_TIMED_OUT, false);
    SAYS(explain(&a, NULL), "Nothing was changed");
}

static void crowded_request_is_said_not_to_have_been_sent(void)
{
    static const enum asana_method methods[] = { ASANA_GET, ASANA_POST, ASANA_PUT, ASANA_DELETE };
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        struct asana_answer a = failed(methods[i], ASANA_CROWDED, false);
        CU_ASSERT_FALSE(asana_answer_ok(&a));
        SAYS(explain(&a, "asana_search_tasks"), "not sent");
        SAYS(said, "nothing has happened");
        SAYS(said, "Try again");
        SAYS_NOT(said, "may or may not");
        SAYS_NOT(said, "could not be reached");
        SAYS_NOT(said, "Failed to connect"); /* the detail is for the log */
        a.status = 200;                      /* whatever else stands in it */
        a.body = slice_of("{\"data\":{}}");
        a.json = true;
        CU_ASSERT_FALSE(asana_answer_ok(&a));
    }
}

static void large_answer_asks_for_less(void)
{
    struct asana_answer a = failed(ASANA_GET, ASANA_TOO_LARGE, true);
    SAYS(explain(&a, NULL), "larger than 8 MB");
    SAYS(said, "fewer opt_fields or a smaller limit");
}

static void words_from_outside_stay_inside_their_quotes(void)
{
    const char *s = status_text(
        ASANA_GET, 404,
        "{\"errors\":[{\"message\":\"a\\nb\\u001b[31m\\u0007 \\\"c\\\" <b>\\u202ed\\u00a0\"}]}");
    SAYS(s, "Asana says: \"a b[31m 'c' <b>d\xc2\xa0\"");
    struct asana_answer a = failed(ASANA_GET, ASANA_UNREACHABLE, false);
    a.detail = "x\xff\xc0\xaf\xed\xa0\x80\xf5y\xe2\x82";
    SAYS(explain(&a, NULL), "reached: xy.");
}

static void words_from_outside_have_a_ceiling(void)
{
    static char body[60000];
    size_t n = (size_t)snprintf(body, sizeof(body), "{\"errors\":[");
    for (int i = 0; i < 400; i++)
        n += (size_t)snprintf(body + n, sizeof(body) - n, "%s{\"message\":\"%s number %d\"}",
                              i ? "," : "", "a rather long message that says \xc3\xa4 little", i);
    snprintf(body + n, sizeof(body) - n, "]}");
    const char *s = status_text(ASANA_POST, 400, body);
    SAYS(s, "number 3\"");
    SAYS(s, "…");
    SAYS(s, "Correct the arguments");
    CU_ASSERT_TRUE(strlen(s) < 2000 + 400);
    static char big[200000];
    memset(big, ' ', sizeof(big) - 1);
    memcpy(big, "{\"errors\":[{\"message\":\"hidden\"}]}", 33);
    SAYS_NOT(status_text(ASANA_GET, 400, big), "hidden");
}

static void odd_envelopes_are_survived(void)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "{\"errors\":null}",
        "{\"errors\":{}}",
        "{\"errors\":[1,null,[],{}]}",
        "{\"errors\":[{\"message\":5},{\"message\":\"\"},{\"phrase\":\"p\"}]}",
        "[",
        "\xff",
        "{\"errors\":[{\"message\":\"\\n\\n\"}]}",
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
        for (int status = 100; status < 600; status += 1)
            if (status < 200 || status > 299)
                status_text(i % 2 ? ASANA_POST : ASANA_GET, status, bodies[i]);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(success_is_2xx_json_with_data),
        TEST(bad_request_repeats_asanas_words),
        TEST(lost_sign_in_asks_to_reconnect),
        TEST(a_token_that_works_elsewhere_is_no_lost_sign_in),
        TEST(missing_plan_names_what_works),
        TEST(each_refusal_says_what_it_means),
        TEST(rate_limit_says_how_long_to_wait),
        TEST(failure_inside_asana_gives_the_phrase),
        TEST(gateway_pages_are_not_quoted),
        TEST(page_instead_of_data_is_named),
        TEST(broken_json_is_named),
        TEST(cut_connection_tells_reads_from_writes),
        TEST(unsent_write_is_said_to_have_changed_nothing),
        TEST(crowded_request_is_said_not_to_have_been_sent),
        TEST(large_answer_asks_for_less),
        TEST(words_from_outside_stay_inside_their_quotes),
        TEST(words_from_outside_have_a_ceiling),
        TEST(odd_envelopes_are_survived),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "asana_errors", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    json_init();
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
