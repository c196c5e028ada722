#include "call_double.h"

#include "suites.h"

#define ELICIT (1u << CALL_ELICIT)
#define SAMPLE (1u << CALL_SAMPLE)

#define SAYS(part) CU_ASSERT_PTR_NOT_NULL(strstr(d.text, (part)))

/* Asks for "name" and "colour" together, then for "size", and tells what it got. */
static const struct call_input first[] = {
    { "name", CALL_ELICIT, { "{\"a\":1}", 7 } },
    { "colour", CALL_ELICIT, { "{}", 2 } },
};
static const struct call_input second = { "size", CALL_ELICIT, { "{}", 2 } };
static unsigned ran; /* how often the body began */

static const char *got(struct call *c, const char *key)
{
    const char *value = json_get_string(call_response(c, key), "v");
    return value ? value : call_response(c, key) ? "?" : "-";
}

static void on_second(struct call *c, void *ctx)
{
    CU_ASSERT_PTR_EQUAL(ctx, &ran);
    char *text = arena_printf(call_arena(c), "\"is\":\"%s %s %s\"", got(c, "name"),
                              got(c, "colour"), got(c, "size"));
    call_finish(c, CALL_MEMBERS, slice_of(text));
}

static void on_first(struct call *c, void *ctx)
{
    if (!call_ask_client(c, &second, 1, slice_of("halfway"), on_second, ctx))
        call_finish(c, CALL_FAILED, slice_of("not again"));
}

static void asking_body(struct call *c, const void *in)
{
    (void)in;
    char *seen = arena_printf(call_arena(c), "%.*s", (int)call_state(c).len,
                              call_state(c).len ? call_state(c).data : "");
    ran++;
    call_log(c, CALL_NOTICE, slice_of("\"begins\""));
    if (*seen)
        call_progress(c, 1, 0, seen);
    if (!call_ask_client(c, first, 2, slice_of("begun"), on_first, &ran))
        call_finish(c, CALL_FAILED, slice_of("nobody can be asked"));
}

static void run(struct call_context with, call_body_fn *body)
{
    d.call = call_run(&with, "test", body, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d.call);
}

static void chatty_body(struct call *c, const void *in)
{
    (void)in;
    call_progress(c, 0.5, 2, "half");
    call_progress_of(c, 3, 7, "parts read");
    call_log(c, CALL_ERROR, slice_of("{\"a\":1}"));
    call_part(c);
    CU_ASSERT_EQUAL(call_state(c).len, 0);
    CU_ASSERT_PTR_NULL(call_response(c, "x"));
    call_finish(c, CALL_DONE, slice_of("{}"));
}

static void what_a_call_says_reaches_a_client_that_listens(void)
{
    double_open();
    run(double_context(LEGACY, 0), chatty_body);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_STRING_EQUAL(d.said, "0.5/2.0 half;3.0/7.0 3 of 7 parts read;log 4 {\"a\":1};part;");
    run(double_context(NO_CLIENT, 0), chatty_body);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_STRING_EQUAL(d.said, "");
    struct call_context with = double_context(LEGACY, 0);
    d.host = (struct call_host){ .ctx = &d }; /* one that takes nothing before the answer */
    run(with, chatty_body);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_DONE);
    double_close();
}

static void a_client_that_cannot_be_asked_is_not_asked(void)
{
    double_open();
    static const struct {
        enum double_era era;
        unsigned can;
    } deaf[] = { { NO_CLIENT, 0 }, { LEGACY, 0 }, { LEGACY, SAMPLE }, { MODERN, SAMPLE } };
    for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++) {
        run(double_context(deaf[i].era, deaf[i].can), asking_body);
        CU_ASSERT_TRUE(double_turn());
        SAYS("nobody can be asked");
        CU_ASSERT_EQUAL(d.rounds, 0);
    }
    d.refuses = true;
    run(double_context(LEGACY, ELICIT), asking_body);
    CU_ASSERT_TRUE(double_turn());
    SAYS("nobody can be asked");
    double_close();
}

static void a_legacy_call_waits_for_its_client(void)
{
    double_open();
    ran = 0;
    run(double_context(LEGACY, ELICIT), asking_body);
    CU_ASSERT_FALSE(double_turn());
    CU_ASSERT_STRING_EQUAL(d.keys, "name colour ");
    CU_ASSERT_STRING_EQUAL(d.params, "{\"a\":1}");
    double_answer("{\"name\":{\"v\":\"n\"},\"colour\":{\"v\":\"c\"}}");
    CU_ASSERT_FALSE(double_turn());
    CU_ASSERT_STRING_EQUAL(d.keys, "size ");
    double_answer("{\"size\":{\"v\":\"s\"}}");
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_MEMBERS);
    CU_ASSERT_STRING_EQUAL(d.text, "\"is\":\"n c s\"");
    CU_ASSERT_EQUAL(ran, 1);
    CU_ASSERT_EQUAL(d.rounds, 2);
    double_close();
}

static void a_legacy_client_may_refuse_to_answer(void)
{
    double_open();
    run(double_context(LEGACY, ELICIT), asking_body);
    double_answer(NULL);
    CU_ASSERT_FALSE(double_turn());
    double_answer("{\"size\":\"no object\"}");
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_STRING_EQUAL(d.text, "\"is\":\"- - -\"");
    double_close();
}

static void a_cancelled_call_hears_nothing_more(void)
{
    double_open();
    run(double_context(LEGACY, ELICIT), asking_body);
    call_cancel(d.call); /* its question is dropped by whoever asked it */
    d.call = NULL;
    d.outcome = CALL_LACKS;
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_LACKS);
    run(double_context(MODERN, ELICIT), asking_body);
    call_cancel(d.call); /* between its end and its result */
    d.call = NULL;
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_LACKS);
    double_close();
}

/* Finishes while a question is open: the response comes too late. */
static void hasty_body(struct call *c, const void *in)
{
    (void)in;
    CU_ASSERT_TRUE(call_ask_client(c, first, 1, (struct slice){ 0 }, on_second, &ran));
    call_finish(c, CALL_DONE, slice_of("{}"));
}

static void a_response_after_the_end_is_passed_over(void)
{
    double_open();
    run(double_context(LEGACY, ELICIT), hasty_body);
    double_answer("{\"name\":{}}");
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_DONE);
    double_close();
}

static void a_modern_call_ends_with_its_questions_and_goes_on_when_repeated(void)
{
    double_open();
    ran = 0;
    run(double_context(MODERN, ELICIT), asking_body);
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    SAYS("\"requestState\":\"sealed\"");
    CU_ASSERT_STRING_EQUAL(d.keys, "name colour ");
    run(double_again(ELICIT, "{\"name\":{\"v\":\"n\"},\"colour\":{\"v\":\"c\"}}"), asking_body);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.said, "begun"));
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_STRING_EQUAL(d.keys, "size ");
    /* Only the last round's response comes now. */
    run(double_again(ELICIT, "{\"size\":{\"v\":\"s\"}}"), asking_body);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.said, "halfway"));
    CU_ASSERT_TRUE(double_turn());
    CU_ASSERT_EQUAL(d.outcome, CALL_MEMBERS);
    CU_ASSERT_STRING_EQUAL(d.text, "\"is\":\"n c s\"");
    CU_ASSERT_EQUAL(ran, 3);
    double_close();
}

static void missing_and_wrong_responses_are_asked_for_again(void)
{
    double_open();
    run(double_context(MODERN, ELICIT), asking_body);
    double_turn();
    run(double_again(ELICIT, "{\"name\":{\"v\":\"n\"},\"colour\":7,\"other\":{}}"), asking_body);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_STRING_EQUAL(d.keys, "colour ");
    run(double_again(ELICIT, NULL), asking_body); /* repeated without any */
    double_turn();
    CU_ASSERT_STRING_EQUAL(d.keys, "colour ");
    run(double_again(ELICIT, "{\"colour\":{\"v\":\"c\"},\"size\":{\"v\":\"not asked yet\"}}"),
        asking_body);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_STRING_EQUAL(d.keys, "size ");
    double_close();
}

static void responses_to_questions_never_asked_do_not_count(void)
{
    double_open();
    struct call_context with = double_context(MODERN, ELICIT);
    d.host.responses = json_parse(d.arena, slice_of("{\"name\":{},\"colour\":{}}"), NULL);
    run(with, asking_body);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_STRING_EQUAL(d.keys, "name colour ");
    double_close();
}

static void patient_body(struct call *c, const void *in)
{
    (void)in;
    CU_ASSERT_TRUE(call_ask_client(c, NULL, 0, slice_of("line\nbreaks\n"), on_second, &ran));
}

static void state_alone_makes_a_round(void)
{
    double_open();
    run(double_context(MODERN, 0), patient_body);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_INPUT);
    CU_ASSERT_STRING_EQUAL(d.keys, "");
    struct call_context with = double_again(0, NULL);
    run(with, patient_body);
    CU_ASSERT_TRUE(slice_is(call_state(d.call), "line\nbreaks\n"));
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_MEMBERS);
    /* The legacy way there is nothing to wait for. */
    run(double_context(LEGACY, 0), patient_body);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_MEMBERS);
    CU_ASSERT_EQUAL(d.rounds, 0);
    double_close();
}

static void responses_that_are_too_long_to_be_kept_end_the_call(void)
{
    double_open();
    run(double_context(MODERN, ELICIT), asking_body);
    double_turn();
    char *filler = calloc(1, LIMIT_CALL_STATE + 1);
    memset(filler, 'x', LIMIT_CALL_STATE);
    char *responses = NULL;
    CU_ASSERT_TRUE_FATAL(asprintf(&responses, "{\"colour\":{\"v\":\"%s\"}}", filler) > 0);
    run(double_again(ELICIT, responses), asking_body);
    free(responses);
    free(filler);
    double_turn();
    CU_ASSERT_EQUAL(d.outcome, CALL_FAILED);
    SAYS("too long");
    double_close();
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(what_a_call_says_reaches_a_client_that_listens),
        TEST(a_client_that_cannot_be_asked_is_not_asked),
        TEST(a_legacy_call_waits_for_its_client),
        TEST(a_legacy_client_may_refuse_to_answer),
        TEST(a_cancelled_call_hears_nothing_more),
        TEST(a_response_after_the_end_is_passed_over),
        TEST(a_modern_call_ends_with_its_questions_and_goes_on_when_repeated),
        TEST(missing_and_wrong_responses_are_asked_for_again),
        TEST(responses_to_questions_never_asked_do_not_count),
        TEST(state_alone_makes_a_round),
        TEST(responses_that_are_too_long_to_be_kept_end_the_call),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "call_client", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 2;
    return run_suites();
}
