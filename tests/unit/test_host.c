#include "engine_bench.h"

#define META(members) "\"_meta\":{" members "}"

/* ---- progress and log ---- */

static unsigned count_heard(const char *part)
{
    unsigned n = 0;
    for (unsigned i = 0; i < w.n_heard; i++)
        n += strstr(w.heard[i], part) != NULL;
    return n;
}

static void progress_carries_the_token_as_it_was_written(void)
{
    static const char *const tokens[] = { "0", "\"a \\u0062\"", "12345678901234567890" };
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        for (size_t i = 0; i < 3; i++) {
            char text[300], expected[200];
            snprintf(text, sizeof(text),
                     CALL("{\"name\":\"talks\"," META("\"progressToken\":%s") "}"), tokens[i]);
            snprintf(expected, sizeof(expected),
                     "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
                     "\"progressToken\":%s,\"progress\":0,\"total\":60%s}}",
                     tokens[i], r >= MCP_2025_03_26 ? ",\"message\":\"step\"" : "");
            HAS(answer_on(&talking, text, &peer), "told");
            CU_ASSERT_STRING_EQUAL(w.heard[0], expected);
        }
    }
    stop();
}

static void progress_grows_and_is_told_ten_times_a_second(void)
{
    struct mcp_peer peer = speaking(MCP_2025_11_25);
    start();
    uint64_t began = clock_ms();
    answer_on(&talking, CALL("{\"name\":\"talks\"," META("\"progressToken\":1") "}"), &peer);
    unsigned told = count_heard("notifications/progress");
    CU_ASSERT(told <= 1 + LIMIT_PROGRESS_PER_SECOND * (1 + (clock_ms() - began) / 1000));
    CU_ASSERT(told >= LIMIT_PROGRESS_PER_SECOND);
    double last = -1;
    for (unsigned i = 0; i < w.n_heard; i++) {
        const char *at = strstr(w.heard[i], "\"progress\":");
        if (!at)
            continue;
        double now = strtod(at + strlen("\"progress\":"), NULL);
        CU_ASSERT(now > last);
        last = now;
    }
    CU_ASSERT_EQUAL(last, 60); /* the end is told in any case */
    stop();
}

static void nothing_is_told_that_was_not_asked_for(void)
{
    struct mcp_peer peer = speaking(MCP_2025_11_25);
    start();
    answer_on(&talking, CALL("{\"name\":\"talks\"}"), &peer);
    CU_ASSERT_EQUAL(w.n_heard, 0);
    answer_on(&talking, CALL("{\"name\":\"talks\"," META("\"progressToken\":{}") "}"), &peer);
    CU_ASSERT_EQUAL(w.n_heard, 0);
    peer.log_level = CALL_DEBUG;
    answer_on(&quiet, CALL("{\"name\":\"talks\"," META("\"progressToken\":1") "}"), &peer);
    CU_ASSERT_EQUAL(w.n_heard, 0);
    stop();
}

static void log_lines_come_from_the_level_on(void)
{
    static const struct {
        int level;
        unsigned told;
    } cases[] = { { CALL_DEBUG, 3 }, { CALL_INFO, 2 }, { CALL_ERROR, 1 }, { CALL_ALERT, 0 } };
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        for (size_t i = 0; i < 4; i++) {
            peer.log_level = cases[i].level;
            answer_on(&talking, CALL("{\"name\":\"talks\"}"), &peer);
            CU_ASSERT_EQUAL(count_heard("notifications/message"), cases[i].told);
        }
        peer.log_level = CALL_INFO;
        answer_on(&talking, CALL("{\"name\":\"talks\"}"), &peer);
        CU_ASSERT_STRING_EQUAL(w.heard[0],
                               "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\","
                               "\"params\":{\"level\":\"info\",\"logger\":\"talks\",\"data\":"
                               "{\"n\": 1}}}");
    }
    stop();
}

static void only_2025_11_25_comes_back_for_an_answer(void)
{
    start();
    for (int r = 0; r < MCP_REVISIONS; r++) {
        struct mcp_peer peer = speaking((enum mcp_revision)r);
        w.parted = 0;
        answer_on(&talking, CALL("{\"name\":\"talks\"}"), &peer);
        CU_ASSERT_EQUAL(w.parted, r == MCP_2025_11_25);
    }
    stop();
}

/* ---- questions in a session ---- */

static struct mcp_peer able(enum mcp_revision r)
{
    struct mcp_peer peer = speaking(r);
    peer.can = 1u << CALL_ELICIT;
    return peer;
}

static const char *id_heard(unsigned i)
{
    static char id[2][100];
    snprintf(id[i & 1], sizeof(id[0]), "\"%s\"", string_in(w.heard[i], "id"));
    return id[i & 1];
}

/* What a client answers. */
static bool respond(struct mcp_work *work, const char *id, const char *rest)
{
    char text[600];
    struct rpc_message m;
    struct rpc_failure f;
    struct arena *arena = arena_pool_take(w.env.arenas);
    snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":%s,%s}", id, rest);
    CU_ASSERT_TRUE_FATAL(rpc_parse(arena, slice_of(text), &m, &f));
    bool taken = mcp_respond(work, &m);
    memset(text, 'x', sizeof(text));
    arena_pool_put(w.env.arenas, arena);
    return taken;
}

#define ACCEPT(v) "\"result\":{\"action\":\"accept\",\"content\":{\"v\":\"" v "\"}}"

static void questions_are_requests_that_name_the_worker(void)
{
    struct mcp_peer peer = able(MCP_2025_06_18);
    struct place place = { 0 };
    start();
    struct mcp_work *work = send_on(&talking, CALL("{\"name\":\"asks\"}"), &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(work);
    CU_ASSERT_EQUAL_FATAL(w.n_heard, 2);
    HAS(w.heard[0], "\"method\":\"elicitation/create\",\"params\":{\"message\":\"which?\"");
    char first[100], second[100];
    snprintf(first, sizeof(first), "%s", id_heard(0));
    snprintf(second, sizeof(second), "%s", id_heard(1));
    CU_ASSERT_TRUE(strcmp(first, second) != 0);
    CU_ASSERT_TRUE(mcp_question_place(slice_of(first), &place));
    CU_ASSERT_TRUE(place_equal(place, w.env.here));
    CU_ASSERT_TRUE(respond(work, second, ACCEPT("b")));
    CU_ASSERT_TRUE(respond(work, second, ACCEPT("c"))); /* again: the first counts */
    CU_ASSERT_FALSE(w.answered);
    CU_ASSERT_TRUE(respond(work, first, ACCEPT("a")));
    run_until_answered();
    HAS(w.answer, "first=a;second=b;");
    stop();
}

static void what_is_no_answer_to_us_is_left_alone(void)
{
    static const char *const ids[] = { "1", "\"q\"", "\"\"", "\"q2a00c0ffee0123456789abcdef-0\"",
                                       "null" };
    struct mcp_peer peer = able(MCP_2025_11_25);
    struct place place;
    start();
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
        CU_ASSERT_FALSE(mcp_question_place(slice_of(ids[i]), &place));
    struct mcp_work *work = send_on(&talking, CALL("{\"name\":\"asks\"}"), &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(work);
    char id[100];
    snprintf(id, sizeof(id), "%s", id_heard(0));
    id[10] = id[10] == '0' ? '1' : '0'; /* of another question */
    CU_ASSERT_TRUE(mcp_question_place(slice_of(id), &place));
    CU_ASSERT_FALSE(respond(work, id, ACCEPT("a")));
    snprintf(id, sizeof(id), "%s", id_heard(0));
    id[strlen(id) - 2] = '2'; /* there are two */
    CU_ASSERT_FALSE(respond(work, id, ACCEPT("a")));
    mcp_cancel(work);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.answers, 0);
    struct mcp_work *other = send_on(&talking, CALL("{\"name\":\"talks\"}"), &peer);
    CU_ASSERT_FALSE(respond(other, "\"q2a00c0ffee\"", ACCEPT("a")));
    run_until_answered();
    stop();
}

static void a_refused_question_is_no_answer(void)
{
    struct mcp_peer peer = able(MCP_2025_11_25);
    start();
    struct mcp_work *work = send_on(&talking, CALL("{\"name\":\"asks\"}"), &peer);
    char second[100];
    snprintf(second, sizeof(second), "%s", id_heard(1));
    CU_ASSERT_TRUE(
        respond(work, id_heard(0), "\"error\":{\"code\":-1,\"message\":\"not interested\"}"));
    run_until_answered();
    HAS(w.answer, "first=none;second=none;");
    CU_ASSERT_EQUAL_FATAL(w.n_heard, 3); /* the other question is withdrawn */
    HAS(w.heard[2], "\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":");
    HAS(w.heard[2], second);
    stop();
}

static void a_client_that_cannot_be_asked_is_not(void)
{
    struct mcp_peer peer = able(MCP_2025_11_25);
    start();
    HAS(answer_on(&quiet, CALL("{\"name\":\"asks\"}"), &peer), "requiredCapabilities");
    peer.can = 0;
    HAS(answer_on(&talking, CALL("{\"name\":\"asks\"}"), &peer), "requiredCapabilities");
    CU_ASSERT_EQUAL(w.n_heard, 0);
    stop();
}

/* ---- questions without a session ---- */

static const char *ask_modern(const char *name, const char *more)
{
    struct mcp_peer peer = able(MCP_2026_07_28);
    char text[4000];
    snprintf(text, sizeof(text), CALL("{\"name\":\"%s\"%s}"), name, more);
    return answer_on(&quiet, text, &peer);
}

static void modern_questions_end_the_call_and_begin_it_again(void)
{
    char more[4000], state[3000];
    start();
    HAS(ask_modern("asks", ""), "\"result\":{\"inputRequests\":{\"first\":{\"method\":"
                                "\"elicitation/create\",\"params\":{\"message\":");
    HAS(w.answer, "\"resultType\":\"input_required\"");
    HAS_NOT(w.answer, "ttlMs");
    CU_ASSERT_EQUAL(w.error, 0);
    snprintf(state, sizeof(state), "%s", string_in(w.answer, "requestState"));
    CU_ASSERT(strlen(state) > 40);
    /* Only one of the two: the other one is asked again, and the first is remembered. */
    snprintf(more, sizeof(more),
             ",\"inputResponses\":{\"first\":{\"action\":\"accept\",\"content\":{\"v\":\"a\"}},"
             "\"extra\":{}},\"requestState\":\"%s\"",
             state);
    HAS(ask_modern("asks", more), "\"inputRequests\":{\"second\":");
    CU_ASSERT_TRUE(strcmp(state, string_in(w.answer, "requestState")) != 0);
    snprintf(more, sizeof(more),
             ",\"inputResponses\":{\"second\":{\"action\":\"accept\",\"content\":{\"v\":\"b\"}}},"
             "\"requestState\":\"%s\"",
             string_in(w.answer, "requestState"));
    HAS(ask_modern("asks", more), "first=a;second=b;state=kept");
    HAS(w.answer, "\"resultType\":\"complete\"");
    stop();
}

static void responses_without_their_state_are_asked_for_again(void)
{
    start();
    HAS(ask_modern("asks", ",\"inputResponses\":{\"first\":{\"action\":\"accept\"},\"second\":{"
                           "\"action\":\"accept\"}}"),
        "\"inputRequests\":{\"first\":");
    HAS(ask_modern("asks", ",\"inputResponses\":7"), "\"error\":{\"code\":-32602,");
    HAS(ask_modern("asks", ",\"requestState\":7"), "\"error\":{\"code\":-32602,");
    stop();
}

static void refused_state(const char *name, const char *arguments, const char *state)
{
    char more[4000];
    snprintf(more, sizeof(more),
             ",\"arguments\":%s,\"inputResponses\":{\"first\":{\"action\":\"accept\"}},"
             "\"requestState\":\"%s\"",
             arguments, state);
    HAS(ask_modern(name, more), "\"error\":{\"code\":-32602,");
    HAS(w.answer, "call again without it");
    CU_ASSERT_EQUAL(w.error, RPC_INVALID_PARAMS);
}

static void state_belongs_to_person_method_and_parameters(void)
{
    char state[3000], changed[3000];
    start();
    ask_modern("asks", ",\"arguments\":{\"x\":\"1\"}");
    snprintf(state, sizeof(state), "%s", string_in(w.answer, "requestState"));
    refused_state("asks", "{\"x\":\"2\"}", state);
    refused_state("asks", "{}", state);
    refused_state("talks", "{\"x\":\"1\"}", state);
    refused_state("asks", "{\"x\":\"1\"}", "");
    refused_state("asks", "{\"x\":\"1\"}", "AAAA");
    snprintf(changed, sizeof(changed), "%s", state);
    changed[20] = changed[20] == 'A' ? 'B' : 'A';
    refused_state("asks", "{\"x\":\"1\"}", changed);
    secret_digest(slice_of("grace"), &w.caller.id);
    refused_state("asks", "{\"x\":\"1\"}", state);
    secret_digest(slice_of("ada"), &w.caller.id);
    char more[4000];
    snprintf(more, sizeof(more), ",\"arguments\":{\"x\":\"1\"},\"requestState\":\"%s\"", state);
    HAS(ask_modern("asks", more), "\"inputRequests\":{\"first\":");
    stop();
}

static void prompts_ask_but_lists_do_not(void)
{
    struct mcp_peer peer = able(MCP_2026_07_28);
    start();
    HAS(answer_to(REQUEST("prompts/get", "{\"name\":\"asking_prompt\"}"), &peer),
        "\"resultType\":\"input_required\"");
    HAS(answer_to(REQUEST("resources/list", "{\"requestState\":\"AAAA\"}"), &peer),
        "\"resultType\":\"complete\"");
    stop();
}

/* ---- confirmation ---- */

static bool was_asked(enum mcp_confirm confirm, const char *tool)
{
    char text[200];
    struct mcp_peer peer = able(MCP_2026_07_28);
    w.env.confirm = confirm;
    snprintf(text, sizeof(text), CALL("{\"name\":\"%s\"}"), tool);
    answer_to(text, &peer);
    bool asked_for = strstr(w.answer, "input_required") != NULL;
    CU_ASSERT_EQUAL(strstr(w.answer, "\"data\\\":1") == NULL, asked_for);
    /* Who cannot be asked is not. */
    peer.can = 0;
    HAS(answer_to(text, &peer), "\"resultType\":\"complete\"");
    return asked_for;
}

static void the_operator_says_what_is_confirmed(void)
{
    start();
    CU_ASSERT_FALSE(was_asked(MCP_CONFIRM_NEVER, "erases"));
    CU_ASSERT_TRUE(was_asked(MCP_CONFIRM_DESTRUCTIVE, "erases"));
    CU_ASSERT_FALSE(was_asked(MCP_CONFIRM_DESTRUCTIVE, "writes"));
    CU_ASSERT_TRUE(was_asked(MCP_CONFIRM_WRITES, "writes"));
    CU_ASSERT_TRUE(was_asked(MCP_CONFIRM_WRITES, "erases"));
    w.env.confirm = MCP_CONFIRM_WRITES;
    struct mcp_peer peer = able(MCP_2026_07_28);
    HAS(answer_to(CALL("{\"name\":\"talks\"}"), &peer), "told");
    stop();
}

int main(void)
{
    if (!bench_open())
        return 2;
    CU_pSuite news = CU_add_suite("host: progress and log", NULL, NULL);
    ADD(news, progress_carries_the_token_as_it_was_written);
    ADD(news, progress_grows_and_is_told_ten_times_a_second);
    ADD(news, nothing_is_told_that_was_not_asked_for);
    ADD(news, log_lines_come_from_the_level_on);
    ADD(news, only_2025_11_25_comes_back_for_an_answer);
    CU_pSuite questions = CU_add_suite("host: questions", NULL, NULL);
    ADD(questions, questions_are_requests_that_name_the_worker);
    ADD(questions, what_is_no_answer_to_us_is_left_alone);
    ADD(questions, a_refused_question_is_no_answer);
    ADD(questions, a_client_that_cannot_be_asked_is_not);
    ADD(questions, modern_questions_end_the_call_and_begin_it_again);
    ADD(questions, responses_without_their_state_are_asked_for_again);
    ADD(questions, state_belongs_to_person_method_and_parameters);
    ADD(questions, prompts_ask_but_lists_do_not);
    ADD(questions, the_operator_says_what_is_confirmed);
    return run_suites();
}
