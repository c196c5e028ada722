#include "mcp/prompts.h"

#include "base/json.h"
#include "base/limits.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <uv.h>

static uv_loop_t loop;
static const struct asana_asker asker = { .loop = &loop };
static const struct secret no_token;

static struct {
    struct arena *arena;
    unsigned done;
    enum call_outcome outcome;
    char text[128 << 10]; /* the result's, or of its one message */
} got;

/* ---- prompts as the generator makes them ---- */

static const struct prompt_argument one_of_each[] = {
    { .name = "project",
      .title = "Project",
      .description = "Which one.",
      .required = true,
      .completes = "project" },
    { .name = "note", .title = "Note", .description = "What else." },
    { 0 },
};

static void echo_body(struct call *call, const void *in)
{
    BUF_AUTO out = { .max = 1000 };
    buf_str(&out, "\"messages\":[],\"seen\":");
    json_write(&out, in);
    call_finish(call, CALL_MEMBERS, buf_slice(&out));
}

static const struct prompt prompts[] = {
    { .name = "look",
      .title = "Look",
      .description = "Looks.",
      .arguments = one_of_each,
      .text = "Look at {project}, [ok].\n[[note: Mind {note}.]]\n[[!note: Ask.]] Then {project}." },
    { .name = "plain", .text = "Say hello." },
    { .name = "by_hand", .arguments = one_of_each, .body = echo_body },
    { 0 },
};

/* ---- running one ---- */

static void on_done(void *ctx, const struct call_result *result)
{
    (void)ctx;
    got.done++;
    got.outcome = result->outcome;
    snprintf(got.text, sizeof(got.text), "%.*s", (int)result->text.len, result->text.data);
    uv_stop(&loop);
}

static void get(const struct prompt *p, const char *arguments)
{
    arena_free(got.arena);
    got.arena = arena_new(LIMIT_CALL_ARENA);
    got.done = 0;
    struct prompt_get_args args = { p, NULL };
    if (arguments)
        args.arguments = json_parse(got.arena, slice_of(arguments), NULL);
    CU_ASSERT_TRUE_FATAL(!arguments || args.arguments);
    struct call_context with = {
        .asana = &asker, .arena = got.arena, .token = &no_token, .done = on_done
    };
    CU_ASSERT_PTR_NOT_NULL_FATAL(call_run(&with, "prompts/get", prompt_get_body, &args));
    CU_ASSERT_EQUAL(got.done, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_run(&loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL_FATAL(got.done, 1);
}

/* The result as an object. */
static const cJSON *result(void)
{
    const char *whole = arena_printf(got.arena, "{%s}", got.text);
    const cJSON *tree = json_parse(got.arena, slice_of(whole), NULL);
    CU_ASSERT_EQUAL(got.outcome, CALL_MEMBERS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
    return tree;
}

static const char *message(void)
{
    const cJSON *messages = json_get(result(), "messages");
    const cJSON *first = cJSON_GetArrayItem(messages, 0);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(messages), 1);
    CU_ASSERT_STRING_EQUAL(json_get_string(first, "role"), "user");
    CU_ASSERT_STRING_EQUAL(json_get_string(json_get(first, "content"), "type"), "text");
    return json_get_string(json_get(first, "content"), "text");
}

static void refused(const char *arguments, const char *text)
{
    get(&prompts[0], arguments);
    CU_ASSERT_EQUAL(got.outcome, CALL_INVALID);
    CU_ASSERT_STRING_EQUAL(got.text, text);
}

/* ---- tests ---- */

static void values_stand_in_the_text_as_quoted_strings(void)
{
    get(&prompts[0], "{\"project\":\"Launch\",\"note\":\"the date\"}");
    CU_ASSERT_STRING_EQUAL(message(), "Look at \"Launch\", [ok].\nMind \"the date\".\n"
                                      " Then \"Launch\".");
    CU_ASSERT_STRING_EQUAL(json_get_string(result(), "description"), "Looks.");
}

static void a_part_without_its_argument_goes_with_its_line(void)
{
    static const char said[] = "Look at \"Launch\", [ok].\nAsk. Then \"Launch\".";
    get(&prompts[0], "{\"project\":\"Launch\"}");
    CU_ASSERT_STRING_EQUAL(message(), said);
    get(&prompts[0], "{\"project\":\"Launch\",\"note\":\" \\n\"}");
    CU_ASSERT_STRING_EQUAL(message(), said);
    get(&prompts[0], "{\"note\":null,\"project\":\"Launch\"}");
    CU_ASSERT_STRING_EQUAL(message(), said);
}

static void a_value_cannot_leave_its_place(void)
{
    get(&prompts[0],
        "{\"project\":\"a\\\"]] {note} [[note: \\n\\u0007 {x\",\"note\":\"{project}\"}");
    CU_ASSERT_STRING_EQUAL(message(), "Look at \"a\\\"]] {note} [[note: \\n\\u0007 {x\", [ok].\n"
                                      "Mind \"{project}\".\n"
                                      " Then \"a\\\"]] {note} [[note: \\n\\u0007 {x\".");
}

static void a_missing_argument_is_named(void)
{
    static const char said[] = "the prompt look needs the argument \"project\": Which one.";
    refused(NULL, said);
    refused("null", said);
    refused("{}", said);
    refused("{\"project\":null}", said);
    refused("{\"project\":\"  \"}", said);
}

static void an_unknown_argument_is_named_with_the_nearest(void)
{
    refused("{\"projct\":\"x\"}",
            "the prompt look has no argument \"projct\" (did you mean \"project\"?)");
    refused("{\"project\":\"x\",\"zzzzzz\":1}",
            "the prompt look has no argument \"zzzzzz\"; its first one is \"project\"");
    get(&prompts[1], "{\"a\\n\\\"b\":1}");
    CU_ASSERT_EQUAL(got.outcome, CALL_INVALID);
    CU_ASSERT_PTR_NULL(strchr(got.text, '\n'));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.text, "the prompt plain takes no arguments, got \"a"));
}

static void only_strings_are_taken(void)
{
    refused("{\"project\":12}", "the prompt look: project must be a string");
    refused("{\"project\":\"x\",\"note\":[\"x\"]}", "the prompt look: note must be a string");
    refused("[\"x\"]", "arguments must be an object");
    refused("\"x\"", "arguments must be an object");
}

static void a_value_has_a_greatest_length(void)
{
    static char arguments[LIMIT_PROMPT_VALUE + 100];
    int len = snprintf(arguments, sizeof(arguments), "{\"project\":\"");
    memset(arguments + len, 'x', LIMIT_PROMPT_VALUE + 1);
    memcpy(arguments + len + LIMIT_PROMPT_VALUE, "\"}", 3);
    get(&prompts[0], arguments);
    CU_ASSERT_EQUAL(strlen(message()), 2 * LIMIT_PROMPT_VALUE + strlen("Look at \"\", [ok].\nAsk. "
                                                                       "Then \"\"."));
    memcpy(arguments + len + LIMIT_PROMPT_VALUE, "x\"}", 4);
    refused(arguments, "the prompt look: project is longer than 8192 bytes");
}

static void a_body_gets_the_checked_arguments(void)
{
    get(&prompts[2], "{\"project\":\"x\"}");
    CU_ASSERT_STRING_EQUAL(got.text, "\"messages\":[],\"seen\":{\"project\":\"x\"}");
    get(&prompts[2], "{\"note\":\"x\"}");
    CU_ASSERT_EQUAL(got.outcome, CALL_INVALID);
}

static void a_prompt_is_found_by_its_name(void)
{
    CU_ASSERT_PTR_EQUAL(prompt_find(prompts, "plain"), &prompts[1]);
    CU_ASSERT_PTR_NULL(prompt_find(prompts, "plai"));
    CU_ASSERT_PTR_NULL(prompt_find(NULL, "plain"));
    for (const struct prompt *p = prompt_registry; p->name; p++)
        CU_ASSERT_PTR_EQUAL(prompt_find(prompt_registry, p->name), p);
}

static void the_listing_says_what_the_revision_knows(void)
{
    BUF_AUTO old = { .max = 10000 };
    BUF_AUTO new = { .max = 10000 };
    prompt_put_list(&old, prompts, MCP_2025_03_26);
    prompt_put_list(&new, prompts, MCP_2025_06_18);
    buf_char(&old, '\0');
    buf_char(&new, '\0');
    CU_ASSERT_STRING_EQUAL(
        old.data, "{\"name\":\"look\",\"description\":\"Looks.\",\"arguments\":["
                  "{\"name\":\"project\",\"description\":\"Which one.\",\"required\":true},"
                  "{\"name\":\"note\",\"description\":\"What else.\"}]},"
                  "{\"name\":\"plain\",\"arguments\":[]},"
                  "{\"name\":\"by_hand\",\"arguments\":["
                  "{\"name\":\"project\",\"description\":\"Which one.\",\"required\":true},"
                  "{\"name\":\"note\",\"description\":\"What else.\"}]}");
    CU_ASSERT_PTR_NOT_NULL(strstr(new.data, "{\"name\":\"look\",\"title\":\"Look\","));
    CU_ASSERT_PTR_NOT_NULL(strstr(new.data, "{\"name\":\"note\",\"title\":\"Note\","));
    BUF_AUTO none = { .max = 100 };
    prompt_put_list(&none, NULL, MCP_2025_06_18);
    CU_ASSERT_EQUAL(none.len, 0);
}

/* Every argument given, and only those that are required: no mark is left in the text. */
static void our_prompts_can_be_read_with_and_without_options(void)
{
    unsigned n = 0;
    for (const struct prompt *p = prompt_registry; p->name; p++, n++) {
        for (int all = 0; all < 2; all++) {
            BUF_AUTO arguments = { .max = 10000 };
            buf_char(&arguments, '{');
            for (const struct prompt_argument *a = p->arguments; a && a->name; a++) {
                if (!all && !a->required)
                    continue;
                buf_str(&arguments, arguments.len > 1 ? "," : "");
                buf_json_string(&arguments, slice_of(a->name));
                buf_str(&arguments, ":\"Value of it\"");
            }
            buf_put(&arguments, "}", 2);
            get(p, arguments.data);
            const char *text = message();
            CU_ASSERT_PTR_NULL(strstr(text, "[["));
            CU_ASSERT_PTR_NULL(strstr(text, "]]"));
            CU_ASSERT_PTR_NULL(strpbrk(text, "{}"));
            CU_ASSERT_PTR_NULL(strstr(text, "\n\n\n"));
            bool any = arguments.len > 3;
            CU_ASSERT_EQUAL(strstr(text, "\"Value of it\"") != NULL, any);
        }
    }
    CU_ASSERT_TRUE(n >= 7);
}

#define TEST(f) CU_add_test(suite, #f, f)

int main(void)
{
    json_init();
    secret_init();
    uv_loop_init(&loop);
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("prompts", NULL, NULL);
    TEST(values_stand_in_the_text_as_quoted_strings);
    TEST(a_part_without_its_argument_goes_with_its_line);
    TEST(a_value_cannot_leave_its_place);
    TEST(a_missing_argument_is_named);
    TEST(an_unknown_argument_is_named_with_the_nearest);
    TEST(only_strings_are_taken);
    TEST(a_value_has_a_greatest_length);
    TEST(a_body_gets_the_checked_arguments);
    TEST(a_prompt_is_found_by_its_name);
    TEST(the_listing_says_what_the_revision_knows);
    TEST(our_prompts_can_be_read_with_and_without_options);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    int code = run_suites();
    arena_free(got.arena);
    uv_loop_close(&loop);
    return code;
}
