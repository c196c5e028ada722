#include "tool/confirm.h"

#include "call_double.h"
#include "suites.h"
#include "tool/args.h"

#define ELICIT (1u << CALL_ELICIT)

/* ---- a tool that tells whether it ran, and one that asks something itself ---- */

static unsigned ran;

static bool remove_decode(struct args *a, void *in)
{
    (void)in;
    args_gid(a, "task_id", ARG_REQUIRED);
    args_string(a, "name", 0);
    return args_end(a);
}

static void remove_handle(struct call *c, const void *in)
{
    (void)in;
    ran++;
    call_finish(c, CALL_DONE, slice_of("{\"data\":{}}"));
}

static const struct tool remove_tool = { .name = "asana_delete_task",
                                         .title = "Delete a task",
                                         .args_size = 1,
                                         .decode = remove_decode,
                                         .handle = remove_handle };

static void on_reason(struct call *c, void *ctx)
{
    (void)ctx;
    ran++;
    call_finish(c, CALL_DONE, slice_of("{\"data\":{}}"));
}

static void curious_handle(struct call *c, const void *in)
{
    (void)in;
    struct call_input reason = { "reason", CALL_ELICIT, { "{}", 2 } };
    call_ask_client(c, &reason, 1, (struct slice){ 0 }, on_reason, NULL);
}

static const struct tool curious_tool = { .name = "asana_delete_task",
                                          .title = "Delete a task",
                                          .args_size = 1,
                                          .decode = remove_decode,
                                          .handle = curious_handle };

static void start(struct call_context with, const struct tool *tool, const char *arguments)
{
    with.confirm = true;
    d.outcome = CALL_LACKS;
    ran = 0;
    d.call = call_start(&with, tool, json_parse(d.arena, slice_of(arguments), NULL));
    CU_ASSERT_PTR_NOT_NULL_FATAL(d.call);
}

#define ARGUMENTS "{\"task_id\":\"1204\",\"name\":\"x\"}"

/* ---- asking ---- */

static void accepted_tool_runs(void)
{
    double_open();
    start(double_context(LEGACY, ELICIT), &remove_tool, ARGUMENTS);
    CU_ASSERT_FALSE(double_turn());
    CU_ASSERT_EQUAL(ran, 0);
    CU_ASSERT_STRING_EQUAL(
        d.params, "{\"message\":\"Allow this in Asana: Delete a task?\\n• task id: \\\"1204\\\"\\n"
                  "• name: \\\"x\\\"\",\"requestedSchema\":{\"type\":\"object\","
                  "\"properties\":{}}}");
    double_answer("{\"confirm\":{\"action\":\"accept\"}}");
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_DONE);
    CU_ASSERT_EQUAL(ran, 1);
    start(double_context(MODERN, ELICIT), &remove_tool, ARGUMENTS);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_EQUAL(ran, 0);
    start(double_again(ELICIT, "{\"confirm\":{\"action\":\"accept\",\"content\":{}}}"),
          &remove_tool, ARGUMENTS);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_DONE);
    CU_ASSERT_EQUAL(ran, 1);
    double_close();
}

static void anything_else_does_not_run_it(void)
{
    static const struct {
        const char *response, *says;
    } answers[] = {
        { "{\"confirm\":{\"action\":\"decline\"}}", "declined" },
        { "{\"confirm\":{\"action\":\"cancel\"}}", "did not agree" },
        { "{\"confirm\":{\"action\":\"Accept\"}}", "could not ask" },
        { "{\"confirm\":{\"action\":true}}", "could not ask" },
        { "{\"confirm\":{}}", "could not ask" },
    };
    double_open();
    for (size_t i = 0; i < 2 * sizeof(answers) / sizeof(*answers); i++) {
        if (i % 2) {
            start(double_context(MODERN, ELICIT), &remove_tool, ARGUMENTS);
            double_turn();
            start(double_again(ELICIT, answers[i / 2].response), &remove_tool, ARGUMENTS);
        } else {
            start(double_context(LEGACY, ELICIT), &remove_tool, ARGUMENTS);
            double_answer(answers[i / 2].response);
        }
        CU_ASSERT_TRUE(double_turn());
        CU_ASSERT_EQUAL(d.outcome, CALL_FAILED);
        CU_ASSERT_EQUAL(ran, 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(d.text, answers[i / 2].says));
        CU_ASSERT_PTR_NOT_NULL(strstr(d.text, "\"Delete a task\" (asana_delete_task), so nothing"));
        CU_ASSERT_PTR_NOT_NULL(strstr(d.text, "unless they ask for it."));
    }
    /* The client answered with an error. */
    start(double_context(LEGACY, ELICIT), &remove_tool, ARGUMENTS);
    double_answer(NULL);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_PTR_NOT_NULL(strstr(d.text, "could not ask"));
    /* The question could not be sent. */
    d.refuses = true;
    start(double_context(LEGACY, ELICIT), &remove_tool, ARGUMENTS);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_FAILED);
    CU_ASSERT_EQUAL(ran, 0);
    double_close();
}

static void client_that_has_no_forms_is_not_asked(void)
{
    double_open();
    static const enum double_era eras[] = { NO_CLIENT, LEGACY, MODERN };
    for (size_t i = 0; i < 3; i++) {
        start(double_context(eras[i], 1u << CALL_SAMPLE), &remove_tool, ARGUMENTS);
        CU_ASSERT_TRUE(double_turn());
        CU_ASSERT_EQUAL(d.outcome, CALL_DONE);
        CU_ASSERT_EQUAL(ran, 1);
        CU_ASSERT_EQUAL(d.rounds, 0);
    }
    double_close();
}

static void nobody_is_asked_about_arguments_that_are_refused(void)
{
    double_open();
    start(double_context(LEGACY, ELICIT), &remove_tool, "{\"task_id\":\"x y\"}");
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_INVALID);
    CU_ASSERT_EQUAL(d.rounds, 0);
    double_close();
}

/* In the modern era the second question comes in a run of its own. */
static void tool_may_ask_something_more(void)
{
    double_open();
    start(double_context(MODERN, ELICIT), &curious_tool, ARGUMENTS);
    double_turn();
    start(double_again(ELICIT, "{\"confirm\":{\"action\":\"accept\"}}"), &curious_tool, ARGUMENTS);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_STRING_EQUAL(d.keys, "reason ");
    start(double_again(ELICIT, "{\"reason\":{}}"), &curious_tool, ARGUMENTS);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_DONE);
    CU_ASSERT_EQUAL(ran, 1);
    double_close();
}

/* ---- the message ---- */

static char message[LIMIT_CONFIRM_TEXT + 1];

static void show(const char *arguments)
{
    BUF_AUTO b = { .max = LIMIT_CONFIRM_TEXT };
    struct arena *arena = arena_new(1u << 20);
    const cJSON *tree = arguments ? json_parse(arena, slice_of(arguments), NULL) : NULL;
    CU_ASSERT_TRUE(!arguments || tree);
    confirm_put_message(&b, &remove_tool, tree);
    CU_ASSERT_TRUE_FATAL(buf_ok(&b));
    snprintf(message, sizeof(message), "%.*s", (int)b.len, b.data);
    arena_free(arena);
}

#define ASKS "Allow this in Asana: Delete a task?"

static void message_shows_values_for_people(void)
{
    show(NULL);
    CU_ASSERT_STRING_EQUAL(message, ASKS);
    show("{\"due_on\":null,\"opt_fields\":\"name\",\"completed\":true,\"n\":12345678901,\"empty\":["
         "],\"x\":{},"
         "\"tags\":[\"a\",\"b\"],\"custom_fields\":{\"12\":1.5,\"13\":[false]}}");
    CU_ASSERT_STRING_EQUAL(message, ASKS "\n• due on: (none)\n• completed: yes\n"
                                         "• n: 12345678901\n• empty: (empty)\n• x: (empty)\n"
                                         "• tags: [\"a\", \"b\"]\n"
                                         "• custom fields: {\"12\": 1.5, \"13\": [no]}");
}

static void text_in_arguments_cannot_pose_as_the_question(void)
{
    show("{\"name\":\"x\\n• task id: \\\"99\\\"\\u202e\\u200b\\u0007\"}");
    CU_ASSERT_STRING_EQUAL(message, ASKS "\n• name: \"x\\n• task id: \\\"99\\\"\\u202e\\u200b"
                                         "\\u0007\"");
    show("{\"data\":{\"a\\nb\":1}}");
    CU_ASSERT_STRING_EQUAL(message, ASKS "\n• data: {\"a\\nb\": 1}");
}

static void message_is_bounded(void)
{
    BUF_AUTO b = { .max = 4u << 20 };
    /* One long text, a long list, deep nesting, and a value of many long texts. */
    buf_str(&b, "{\"notes\":\"");
    for (int i = 0; i < 500; i++)
        buf_str(&b, "é");
    buf_str(&b, "\",\"list\":[0,1,2,3,4,5,6,7,8,9,10,11],\"deep\":[[[[[1]]]]],\"wide\":[");
    for (int i = 0; i < 20; i++) {
        buf_str(&b, i ? ",\"" : "\"");
        for (int k = 0; k < 200; k++)
            buf_char(&b, 'w');
        buf_char(&b, '"');
    }
    buf_str(&b, "],\"last\":1}");
    buf_char(&b, '\0');
    show(b.data);
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "é…\"\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "• list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … and 2 more]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "• deep: [[[…]]]\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "• wide: (too long to be shown)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "• last: 1"));
    /* Many arguments, of which some are long. */
    for (unsigned width = 1; width <= 200; width += 199) {
        buf_reset(&b);
        for (int i = 0; i < 60; i++) {
            char member[300];
            snprintf(member, sizeof(member), "%c\"argument_%d\":\"%0*d\"", i ? ',' : '{', i,
                     (int)width, 0);
            buf_str(&b, member);
        }
        buf_str(&b, "}");
        buf_char(&b, '\0');
        show(b.data);
        CU_ASSERT_PTR_NOT_NULL(strstr(message, width == 1 ? "\n• … and 35 more" : "\n• … and 4"));
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(accepted_tool_runs),
        TEST(anything_else_does_not_run_it),
        TEST(client_that_has_no_forms_is_not_asked),
        TEST(nobody_is_asked_about_arguments_that_are_refused),
        TEST(tool_may_ask_something_more),
        TEST(message_shows_values_for_people),
        TEST(text_in_arguments_cannot_pose_as_the_question),
        TEST(message_is_bounded),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "confirm", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 2;
    return run_suites();
}
