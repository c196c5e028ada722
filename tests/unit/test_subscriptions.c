#include "engine_bench.h"

#define LISTEN(notifications) \
    REQUEST("subscriptions/listen", "{\"notifications\":" notifications "}")
#define SUBSCRIPTION "\"" META_SUBSCRIPTION_ID "\":7"

static struct mcp_work *listen_to(const char *text)
{
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    struct mcp_work *work = send_on(&talking, text, &peer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(work);
    return work;
}

static void on_impatience(uv_timer_t *timer)
{
    uv_timer_stop(timer);
}

/* The hub's own timer does not keep a loop running. */
static void run_until_heard(unsigned n)
{
    uv_timer_t patience;
    uv_timer_init(&w.loop, &patience);
    uv_timer_start(&patience, on_impatience, 20000, 0);
    while (w.n_heard < n && uv_is_active((uv_handle_t *)&patience))
        uv_run(&w.loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&patience, NULL);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL_FATAL(w.n_heard, n);
}

static void the_acknowledgement_comes_first_and_says_what_is_honoured(void)
{
    start();
    struct mcp_work *work =
        listen_to(LISTEN("{\"toolsListChanged\":true,\"promptsListChanged\":false,"
                         "\"tasksListChanged\":true,\"resourceSubscriptions\":["
                         "\"asana://task/12\",\"asana://user/1\",7,\"nothing://x\"]}"));
    run_until_heard(1);
    CU_ASSERT_STRING_EQUAL(
        w.heard[0],
        "{\"jsonrpc\":\"2.0\",\"method\":"
        "\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":{" SUBSCRIPTION
        "},\"notifications\":{\"toolsListChanged\":true,"
        "\"resourceSubscriptions\":[\"asana://task/12\"]}}}");
    mcp_cancel(work);
    work = listen_to(LISTEN("{}"));
    HAS(w.heard[0], "\"notifications\":{}}}");
    mcp_cancel(work);
    CU_ASSERT_EQUAL(w.answers, 0);
    stop();
}

#define ANEW "{\"errors\":[{\"message\":\"Sync token invalid\"}],\"sync\":\"s1\"}"

/* Once it is there, the client takes itself to hear of every change. */
static void the_acknowledgement_waits_until_asana_has_said_where_its_events_begin(void)
{
    start();
    script.body = NULL; /* says nothing */
    struct mcp_work *work = listen_to(
        LISTEN("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"asana://task/12\"]}"));
    hub_announce(w.env.hub, HUB_TOOLS);
    hub_touch(w.env.hub, "asana://task/12");
    CU_ASSERT_EQUAL(w.n_heard, 0);
    mcp_cancel(work);
    script.status = "412 Precondition Failed";
    script.body = ANEW;
    work = listen_to(LISTEN("{\"resourceSubscriptions\":[\"asana://task/12\"]}"));
    CU_ASSERT_EQUAL(w.n_heard, 0);
    run_until_heard(1);
    HAS(asked, "/events?resource=12");
    HAS(w.heard[0], "\"notifications\":{\"resourceSubscriptions\":[\"asana://task/12\"]}");
    hub_touch(w.env.hub, "asana://task/12");
    CU_ASSERT_EQUAL(w.n_heard, 2);
    mcp_cancel(work);
    stop();
}

static void what_asana_does_not_show_is_not_honoured(void)
{
    start();
    script.status = "404 Not Found";
    script.body = "{\"errors\":[{\"message\":\"task: Unknown object: 12\"}]}";
    struct mcp_work *work = listen_to(LISTEN("{\"resourceSubscriptions\":[\"asana://task/12\"]}"));
    run_until_heard(1);
    HAS(w.heard[0], "\"notifications\":{\"resourceSubscriptions\":[]}");
    mcp_cancel(work);
    stop();
}

static void only_what_was_asked_for_is_told(void)
{
    start();
    struct mcp_work *work = listen_to(
        LISTEN("{\"promptsListChanged\":true,\"resourceSubscriptions\":[\"asana://task/12\"]}"));
    run_until_heard(1);
    hub_announce(w.env.hub, HUB_TOOLS);
    hub_announce(w.env.hub, HUB_RESOURCES);
    hub_touch(w.env.hub, "asana://task/13");
    CU_ASSERT_EQUAL(w.n_heard, 1);
    hub_announce(w.env.hub, HUB_PROMPTS);
    CU_ASSERT_EQUAL_FATAL(w.n_heard, 2);
    HAS(w.heard[1], "\"method\":\"notifications/prompts/list_changed\"");
    HAS(w.heard[1], SUBSCRIPTION);
    hub_touch(w.env.hub, "asana://task/12");
    CU_ASSERT_EQUAL_FATAL(w.n_heard, 3);
    HAS(w.heard[2], "\"method\":\"notifications/resources/updated\"");
    HAS(w.heard[2], "\"uri\":\"asana://task/12\"");
    HAS(w.heard[2], SUBSCRIPTION);
    mcp_cancel(work);
    hub_announce(w.env.hub, HUB_PROMPTS);
    CU_ASSERT_EQUAL(w.n_heard, 3);
    stop();
}

static void note_announced(void *ctx, unsigned lists)
{
    *(unsigned *)ctx |= lists;
}

static void a_call_can_say_that_lists_have_changed(void)
{
    unsigned announced = 0;
    struct mcp_peer peer = speaking(MCP_2025_11_25);
    start();
    struct mcp_work *work =
        listen_to(LISTEN("{\"toolsListChanged\":true,\"promptsListChanged\":true}"));
    answer_on(&quiet, CALL("{\"name\":\"talks\"}"), &peer);
    CU_ASSERT_EQUAL_FATAL(w.n_heard, 1);
    HAS(w.heard[0], "notifications/tools/list_changed");
    w.env.announce = note_announced; /* where there are several workers, each tells its own */
    w.env.announce_ctx = &announced;
    answer_on(&quiet, CALL("{\"name\":\"talks\"}"), &peer);
    CU_ASSERT_EQUAL(w.n_heard, 0);
    CU_ASSERT_EQUAL(announced, HUB_TOOLS | HUB_RESOURCES);
    mcp_cancel(work);
    stop();
}

static void the_end_of_the_server_is_a_result(void)
{
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    start();
    struct mcp_work *work = listen_to(LISTEN("{\"toolsListChanged\":true}"));
    CU_ASSERT_TRUE(mcp_end(work));
    CU_ASSERT_TRUE(w.answered);
    HAS(w.answer,
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"resultType\":\"complete\",\"_meta\":{");
    HAS(w.answer, SUBSCRIPTION);
    hub_announce(w.env.hub, HUB_TOOLS);
    CU_ASSERT_EQUAL(w.n_heard, 1);
    struct mcp_work *call = send_on(&talking, CALL("{\"name\":\"talks\"}"), &peer);
    CU_ASSERT_FALSE(mcp_end(call)); /* it gets its own answer */
    run_until_answered();
    stop();
}

static void who_cannot_hear_is_told_so(void)
{
    struct mcp_peer peer = speaking(MCP_2026_07_28);
    start();
    HAS(answer_on(&quiet, LISTEN("{\"toolsListChanged\":true}"), &peer), "text/event-stream");
    CU_ASSERT_EQUAL(w.error, RPC_INVALID_REQUEST);
    HAS(answer_on(&talking, REQUEST("subscriptions/listen", "{}"), &peer),
        "\"error\":{\"code\":-32602,");
    HAS(answer_on(&talking, LISTEN("[]"), &peer), "-32602");
    stop();
}

int main(void)
{
    if (!bench_open())
        return 2;
    CU_pSuite suite = CU_add_suite("subscriptions/listen", NULL, NULL);
    ADD(suite, the_acknowledgement_comes_first_and_says_what_is_honoured);
    ADD(suite, the_acknowledgement_waits_until_asana_has_said_where_its_events_begin);
    ADD(suite, what_asana_does_not_show_is_not_honoured);
    ADD(suite, only_what_was_asked_for_is_told);
    ADD(suite, a_call_can_say_that_lists_have_changed);
    ADD(suite, the_end_of_the_server_is_a_result);
    ADD(suite, who_cannot_hear_is_told_so);
    return run_suites();
}
