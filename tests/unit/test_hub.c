#include "mcp/hub.h"

#include "asana_world.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "mcp/hub_priv.h"
#include "suites.h"

/* One hub on one loop, and a scripted Asana. Sync tokens are words, so that a reply belongs to the
 * question that it answers. */
static struct asana_world w;
static struct hub *hub;
static struct caller ada, bjorn;

struct ear {
    struct hub_listener *listener;
    unsigned heard;
    char last[400];
    struct ear *drops; /* leaves when this one hears something */
};

static void world_open(void)
{
    asana_world_open(&w);
    hub = hub_new(&w.asker);
    hub_set_pace(hub, 1, 4);
    ada = bjorn = (struct caller){ 0 };
    secret_set(&ada.token, slice_of("ada-token"));
    secret_set(&bjorn.token, slice_of("bjorn-token"));
    memset(&ada.id, 1, sizeof(ada.id));
    memset(&bjorn.id, 2, sizeof(bjorn.id));
}

static void world_close(void)
{
    hub_free(hub);
    asana_world_close(&w);
    caller_done(&ada);
    caller_done(&bjorn);
}

static void on_notification(void *ctx, struct slice notification)
{
    struct ear *e = ctx;
    CU_ASSERT_TRUE(json_check(notification, NULL));
    e->heard++;
    snprintf(e->last, sizeof(e->last), "%.*s", (int)notification.len, notification.data);
    if (e->drops) {
        hub_leave(e->drops->listener);
        e->drops->listener = NULL;
    }
}

static void join(struct ear *e, unsigned lists, const char *subscription)
{
    *e = (struct ear){ 0 };
    e->listener = hub_join(hub, lists, slice_of(subscription), on_notification, e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e->listener);
}

static void watch_from(struct ear *e, const char *uri, const struct caller *who, const char *sync)
{
    struct err err = { 0 };
    CU_ASSERT_TRUE(hub_watch(e->listener, uri, who, slice_of(sync), &err));
}

static void turn(void)
{
    uv_run(&w.loop, UV_RUN_NOWAIT);
}

static void until_heard(struct ear *e, unsigned n)
{
    while (e->heard < n && !w.patience_lost)
        turn();
}

static void until_seen(const char *text, unsigned n)
{
    while (asana_world_count(&w, text) < n && !w.patience_lost)
        turn();
}

/* Milliseconds until the first timer fires that is not the test's own, in *ctx. */
static void next_timer(uv_handle_t *handle, void *ctx)
{
    uint64_t *first = ctx;
    if (handle->type != UV_TIMER || handle == (uv_handle_t *)&w.patience || !uv_is_active(handle))
        return;
    uint64_t due = uv_timer_get_due_in((uv_timer_t *)handle);
    if (due < *first)
        *first = due;
}

/* Nothing is asked, and nothing will be within a minute. */
static bool is_quiet(void)
{
    uint64_t first = UINT64_MAX;
    uv_walk(&w.loop, next_timer, &first);
    return asana_client_in_flight(w.asker.client) == 0 && first > 60000;
}

#define EVENTS(sync, data, more) "{\"data\":[" data "],\"sync\":\"" sync "\",\"has_more\":" more "}"
#define ANEW(sync) "{\"errors\":[{\"message\":\"Sync token invalid\"}],\"sync\":\"" sync "\"}"
#define CHANGE "{\"action\":\"changed\"}"
#define TASK "asana://task/12"
#define ASKS(sync) "/events?resource=12&sync=" sync "&"

/* ---- lists ---- */

static void each_hears_of_the_lists_it_asked_for(void)
{
    struct ear tools, prompts, both;
    join(&tools, HUB_TOOLS, "");
    join(&prompts, HUB_PROMPTS, "\"s-1\"");
    join(&both, HUB_TOOLS | HUB_RESOURCES, "7");
    hub_announce(hub, HUB_TOOLS);
    CU_ASSERT_STRING_EQUAL(tools.last,
                           "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
    CU_ASSERT_STRING_EQUAL(
        both.last,
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":"
        "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":7}}}");
    CU_ASSERT_EQUAL(prompts.heard, 0);
    hub_announce(hub, HUB_PROMPTS);
    CU_ASSERT_STRING_EQUAL(
        prompts.last,
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/prompts/list_changed\",\"params\":"
        "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"s-1\"}}}");
    hub_announce(hub, HUB_RESOURCES);
    CU_ASSERT_PTR_NOT_NULL(strstr(both.last, "notifications/resources/list_changed"));
    CU_ASSERT_EQUAL(tools.heard, 1);
    CU_ASSERT_EQUAL(both.heard, 2);
    hub_leave(tools.listener);
    hub_leave(prompts.listener);
    hub_leave(both.listener);
    hub_leave(NULL);
}

/* In every order: who hears first drops itself, the next one, the last one. */
static void listeners_may_leave_while_they_are_told(void)
{
    for (int leaver = 0; leaver < 3; leaver++) {
        for (int left = 0; left < 3; left++) {
            struct ear ears[3];
            for (int i = 0; i < 3; i++)
                join(&ears[i], HUB_TOOLS, "");
            ears[leaver].drops = &ears[left];
            hub_announce(hub, HUB_TOOLS);
            for (int i = 0; i < 3; i++) {
                CU_ASSERT(ears[i].heard == 1 || i == left);
                hub_leave(ears[i].listener);
            }
        }
    }
}

/* ---- watches ---- */

static void a_turn_of_events_is_told_once_to_each_who_listens(void)
{
    struct ear a, b;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s1", CHANGE "," CHANGE, "true") },
         { ASKS("s1"), NULL, EVENTS("s2", CHANGE, "false") },
         { ASKS("s2"), NULL, EVENTS("s2", "", "false") });
    join(&a, 0, "");
    join(&b, 0, "3");
    watch_from(&a, TASK, &ada, "s0");
    watch_from(&b, TASK, &ada, "s0");
    until_heard(&a, 1);
    until_seen(ASKS("s2"), 3);
    CU_ASSERT_EQUAL(a.heard, 1);
    CU_ASSERT_EQUAL(b.heard, 1);
    CU_ASSERT_STRING_EQUAL(a.last, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/"
                                   "updated\",\"params\":{\"uri\":\"asana://task/12\"}}");
    CU_ASSERT_STRING_EQUAL(
        b.last, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":"
                "{\"uri\":\"asana://task/12\",\"_meta\":{"
                "\"io.modelcontextprotocol/subscriptionId\":3}}}");
    CU_ASSERT_EQUAL(asana_world_count(&w, ASKS("s0")), 1);
    hub_leave(a.listener);
    hub_leave(b.listener);
}

static struct {
    unsigned asked;
    asana_fresh_fn *fresh; /* waits for a token; NULL: nobody does */
    void *ctx;
} renewing;

static struct asana_renewal *begin_renewal(void *ctx, const struct secret *stale,
                                           asana_fresh_fn *fresh, void *fresh_ctx)
{
    CU_ASSERT_STRING_EQUAL(stale->bytes, "ada-token");
    renewing.asked++;
    renewing.fresh = fresh;
    renewing.ctx = fresh_ctx;
    return ctx;
}

/* Asana's tokens live for an hour, watches longer. */
static void a_watch_goes_on_with_the_token_that_replaced_its_own(void)
{
    struct ear e;
    SECRET_AUTO fresh = { 0 };
    struct asana_renewer renewer = { .ctx = &renewer, .renew = begin_renewal };
    secret_set(&fresh, slice_of("ada-new"));
    w.asker.renewer = &renewer;
    SAYS(&w, { ASKS("a"), "401 Unauthorized", "{\"errors\":[]}" });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "a");
    while (!renewing.fresh && !w.patience_lost)
        turn();
    SAYS(&w, { ASKS("a"), NULL, EVENTS("b", "", "false") },
         { ASKS("b"), NULL, EVENTS("b", "", "false") });
    renewing.fresh(renewing.ctx, &fresh);
    until_seen("ada-new", 4);
    CU_ASSERT_EQUAL(asana_world_count(&w, "ada-token"), 1);
    CU_ASSERT_EQUAL(renewing.asked, 1);
    hub_leave(e.listener);
    w.asker.renewer = NULL;
}

static void the_first_sync_token_is_no_change(void)
{
    struct ear e;
    SAYS(&w, { "/events?resource=12&opt_fields", "412 Precondition Failed", ANEW("s1") },
         { ASKS("s1"), NULL, EVENTS("s1", "", "false") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "");
    until_seen(ASKS("s1"), 2);
    CU_ASSERT_EQUAL(e.heard, 0);
    hub_leave(e.listener);
}

static void a_token_that_is_too_old_may_hide_changes(void)
{
    struct ear e;
    SAYS(&w, { ASKS("old"), "412 Precondition Failed", ANEW("s1") },
         { ASKS("s1"), NULL, EVENTS("s1", "", "false") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "old");
    until_seen(ASKS("s1"), 2);
    CU_ASSERT_EQUAL(e.heard, 1);
    hub_leave(e.listener);
}

static void nothing_is_polled_while_nobody_listens(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s0", "", "false") });
    CU_ASSERT_TRUE(is_quiet());
    join(&e, HUB_TOOLS, "");
    CU_ASSERT_TRUE(is_quiet());
    watch_from(&e, TASK, &ada, "s0");
    CU_ASSERT_FALSE(is_quiet());
    until_seen(ASKS("s0"), 2);
    hub_unwatch(e.listener, "asana://task/13");
    CU_ASSERT_FALSE(is_quiet());
    hub_unwatch(e.listener, TASK);
    CU_ASSERT_TRUE(is_quiet());
    watch_from(&e, "asana://goal/13", &ada, "");
    hub_leave(e.listener); /* before its first poll, so there is nothing to keep */
    CU_ASSERT_TRUE(is_quiet());
    CU_ASSERT_EQUAL(hub->watched, 0);
    CU_ASSERT_EQUAL(hub->kept, 1);
}

static void a_poll_under_way_is_dropped_with_the_last_listener(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s1", CHANGE, "false") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    while (asana_client_in_flight(w.asker.client) == 0 && !w.patience_lost)
        turn();
    hub_leave(e.listener);
    CU_ASSERT_TRUE(is_quiet());
    CU_ASSERT_EQUAL(e.heard, 0);
}

static void a_waiting_watch_does_not_keep_the_loop_alive(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s0", "", "false") });
    hub_set_pace(hub, 3600000, 3600000);
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    CU_ASSERT_TRUE(uv_is_active((uv_handle_t *)&hub->timer));
    uv_unref((uv_handle_t *)&w.patience);
    for (int i = 0; i < 10; i++)
        turn();
    CU_ASSERT_EQUAL(uv_loop_alive(&w.loop), 0);
    uv_ref((uv_handle_t *)&w.patience);
    /* Nor does one that has been polled. */
    TAILQ_FIRST(&hub->watches)->due_ms = 0;
    hub_on_timer(&hub->timer);
    until_seen(ASKS("s0"), 1);
    while (TAILQ_FIRST(&hub->watches)->ask && !w.patience_lost)
        turn();
    CU_ASSERT_TRUE(uv_is_active((uv_handle_t *)&hub->timer));
    CU_ASSERT_FALSE(uv_has_ref((uv_handle_t *)&hub->timer));
    hub_leave(e.listener);
}

static void who_comes_back_misses_nothing_and_the_token_is_wiped(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s1", "", "false") },
         { ASKS("s1"), NULL, EVENTS("s1", "", "false") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    until_seen(ASKS("s1"), 2);
    hub_leave(e.listener);
    CU_ASSERT_PTR_NULL(TAILQ_FIRST(&hub->watches)->caller.token.bytes);
    SAYS(&w, { ASKS("s1"), NULL, EVENTS("s2", CHANGE, "false") },
         { ASKS("s2"), NULL, EVENTS("s2", "", "false") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "fresh");
    until_heard(&e, 1);
    CU_ASSERT_EQUAL(asana_world_count(&w, "fresh"), 0);
    CU_ASSERT_EQUAL(hub->watched, 1);
    CU_ASSERT_EQUAL(hub->kept, 0);
    hub_leave(e.listener);
}

static void sync_tokens_are_kept_for_a_bounded_number_of_objects(void)
{
    struct ear e;
    char uri[60];
    hub_set_pace(hub, 3600000, 3600000);
    for (int i = 1; i <= LIMIT_HUB_KEPT + 2; i++) {
        join(&e, 0, "");
        snprintf(uri, sizeof(uri), "asana://task/%d", i);
        watch_from(&e, uri, &ada, "s0");
        hub_leave(e.listener);
    }
    CU_ASSERT_EQUAL(hub->kept, LIMIT_HUB_KEPT);
    CU_ASSERT_STRING_EQUAL(TAILQ_FIRST(&hub->watches)->gid, "3");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 0);
}

static void people_are_told_apart(void)
{
    struct ear a, b;
    SAYS(&w, { ASKS("a0"), NULL, EVENTS("a1", CHANGE, "false") },
         { ASKS("a1"), NULL, EVENTS("a1", "", "false") },
         { ASKS("b0"), NULL, EVENTS("b0", "", "false") });
    join(&a, 0, "");
    join(&b, 0, "");
    watch_from(&a, TASK, &ada, "a0");
    watch_from(&b, TASK, &bjorn, "b0");
    until_heard(&a, 1);
    until_seen("sync=b0", 3);
    CU_ASSERT_EQUAL(b.heard, 0);
    CU_ASSERT_EQUAL(asana_world_count(&w, "sync=b0&opt_fields=action ada-token"), 0);
    CU_ASSERT_EQUAL(asana_world_count(&w, "sync=a0&opt_fields=action ada-token"), 1);
    CU_ASSERT(asana_world_count(&w, "sync=b0&opt_fields=action bjorn-token") >= 3);
    hub_leave(a.listener);
    hub_leave(b.listener);
}

static void a_newer_token_of_the_same_person_takes_over(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s0", "", "false") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    until_seen("ada-token", 2);
    secret_done(&ada.token);
    secret_set(&ada.token, slice_of("newer"));
    watch_from(&e, TASK, &ada, "");
    until_seen("newer", 2);
    CU_ASSERT_EQUAL(e.listener->count, 1);
    hub_leave(e.listener);
}

static void what_may_not_be_read_any_more_is_watched_no_longer(void)
{
    static const char *const refusals[] = { "401 Unauthorized", "403 Forbidden", "404 Not Found" };
    struct ear a, b;
    for (size_t i = 0; i < 3; i++) {
        SAYS(&w, { "/events", refusals[i], "{\"errors\":[{\"message\":\"No\"}]}" });
        join(&a, 0, "");
        join(&b, 0, "");
        watch_from(&a, TASK, &ada, "s0");
        watch_from(&b, TASK, &ada, "s0");
        until_seen(ASKS("s0"), (unsigned)i + 1);
        while (hub->watched && !w.patience_lost)
            turn();
        CU_ASSERT_TRUE(is_quiet());
        CU_ASSERT_EQUAL(a.heard + b.heard, 0);
        CU_ASSERT_EQUAL(a.listener->count, 0);
        CU_ASSERT_EQUAL(hub->kept, 0);
        hub_leave(a.listener);
        hub_leave(b.listener);
    }
}

static bool hides_some(void *ctx)
{
    (void)ctx;
    return true;
}

static bool shows_that(void *ctx, const char *workspace)
{
    return strcmp(workspace, *(const char **)ctx) == 0;
}

static void what_is_hidden_is_not_watched(void)
{
    const char *shown = "1";
    struct visible *visible = visible_new(
        &(struct visible_policy){ .ctx = &shown, .hides = hides_some, .shows = shows_that },
        &visible_rules);
    struct ear a;
    hub_set_visible(hub, visible);
    SAYS(&w, { "/tasks/12?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/events", .body = EVENTS("s1", CHANGE, "false") });
    join(&a, 0, "");
    watch_from(&a, TASK, &ada, "s0");
    until_heard(&a, 2);
    shown = "2"; /* from now on */
    while (hub->watched && !w.patience_lost)
        turn();
    CU_ASSERT_EQUAL(a.listener->count, 0);
    unsigned asked = asana_world_count(&w, "/events");
    unsigned heard = a.heard;
    watch_from(&a, TASK, &ada, "s0");
    while (hub->watched && !w.patience_lost)
        turn();
    CU_ASSERT_EQUAL(asana_world_count(&w, "/events"), asked);
    CU_ASSERT_EQUAL(a.heard, heard);
    hub_leave(a.listener);
    hub_free(hub);
    visible_free(visible);
    hub = hub_new(&w.asker);
}

static void failures_pass(void)
{
    struct ear e;
    SAYS(&w, { "/events", "400 Bad Request", "{\"errors\":[{\"message\":\"Odd\"}]}" });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    until_seen(ASKS("s0"), 3);
    CU_ASSERT_EQUAL(hub->watched, 1);
    SAYS(&w, { ASKS("s0"), NULL, "{\"data\":[]}" }); /* no sync token */
    until_seen(ASKS("s0"), 5);
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s1", CHANGE, "false") },
         { ASKS("s1"), NULL, EVENTS("s1", "", "false") });
    until_heard(&e, 1);
    CU_ASSERT_EQUAL(TAILQ_FIRST(&hub->watches)->failures, 0);
    hub_leave(e.listener);
}

static void what_does_not_change_is_asked_less_often(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s0", "", "false") });
    hub_set_pace(hub, 1, 3600000);
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    struct hub_watch *watch = TAILQ_FIRST(&hub->watches);
    while ((watch->ask || watch->quiet < 42) && !w.patience_lost)
        turn();
    CU_ASSERT(watch->due_ms >= clock_ms() + 100); /* 2^7 ms */
    watch_from(&e, TASK, &ada, "");               /* somebody is interested anew */
    CU_ASSERT(watch->due_ms <= clock_ms() + 1);
    hub_leave(e.listener);
}

static void events_without_end_are_left_for_the_next_turn(void)
{
    struct ear e;
    SAYS(&w, { ASKS("s0"), NULL, EVENTS("s0", CHANGE, "true") });
    join(&e, 0, "");
    watch_from(&e, TASK, &ada, "s0");
    until_heard(&e, 1);
    CU_ASSERT(asana_world_count(&w, ASKS("s0")) >= LIMIT_HUB_PAGES);
    hub_leave(e.listener);
}

static void what_cannot_be_watched_is_refused(void)
{
    struct ear e;
    struct err err = { 0 };
    char uri[60];
    hub_set_pace(hub, 3600000, 3600000);
    join(&e, 0, "");
    CU_ASSERT_FALSE(hub_watch(e.listener, "asana://user/me", &ada, slice_of(""), &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "asana://user/me"));
    for (int i = 1; i <= LIMIT_HUB_WATCHES; i++) {
        snprintf(uri, sizeof(uri), "asana://task/%d", i);
        watch_from(&e, uri, &ada, "s0");
    }
    CU_ASSERT_FALSE(hub_watch(e.listener, "asana://task/1000", &ada, slice_of("s0"), &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "unsubscribe"));
    watch_from(&e, uri, &ada, "s0"); /* twice is once */
    CU_ASSERT_EQUAL(e.listener->count, LIMIT_HUB_WATCHES);
    hub_leave(e.listener);
}

static void a_touch_reaches_those_who_watch_that_uri(void)
{
    struct ear a, b;
    hub_set_pace(hub, 3600000, 3600000);
    join(&a, 0, "");
    join(&b, HUB_TOOLS, "");
    watch_from(&a, TASK, &ada, "s0");
    watch_from(&b, "asana://goal/9", &bjorn, "s0");
    hub_touch(hub, TASK);
    CU_ASSERT_EQUAL(a.heard, 1);
    CU_ASSERT_EQUAL(b.heard, 0);
    hub_leave(a.listener);
    hub_leave(b.listener);
}

static void listeners_may_leave_while_an_object_has_changed(void)
{
    for (int leaver = 0; leaver < 3; leaver++) {
        for (int left = 0; left < 3; left++) {
            struct ear ears[3];
            unsigned heard = 0;
            SAYS(&w, { "/events", NULL, EVENTS("s1", CHANGE, "false") });
            for (int i = 0; i < 3; i++) {
                join(&ears[i], 0, "");
                watch_from(&ears[i], TASK, &ada, "s0");
            }
            ears[leaver].drops = &ears[left];
            while (heard == 0 && !w.patience_lost) {
                turn();
                heard = ears[0].heard + ears[1].heard + ears[2].heard;
            }
            CU_ASSERT(heard >= 2);
            for (int i = 0; i < 3; i++)
                hub_leave(ears[i].listener);
        }
    }
    struct ear alone;
    join(&alone, 0, "");
    alone.drops = &alone;
    watch_from(&alone, TASK, &ada, "s0");
    until_heard(&alone, 1);
    CU_ASSERT_EQUAL(hub->watched, 0);
}

int main(void)
{
    json_init();
    CU_initialize_registry();
    CU_pSuite suite =
        CU_add_suite_with_setup_and_teardown("hub", NULL, NULL, world_open, world_close);
    CU_ADD_TEST(suite, each_hears_of_the_lists_it_asked_for);
    CU_ADD_TEST(suite, listeners_may_leave_while_they_are_told);
    CU_ADD_TEST(suite, a_turn_of_events_is_told_once_to_each_who_listens);
    CU_ADD_TEST(suite, a_watch_goes_on_with_the_token_that_replaced_its_own);
    CU_ADD_TEST(suite, the_first_sync_token_is_no_change);
    CU_ADD_TEST(suite, a_token_that_is_too_old_may_hide_changes);
    CU_ADD_TEST(suite, nothing_is_polled_while_nobody_listens);
    CU_ADD_TEST(suite, a_poll_under_way_is_dropped_with_the_last_listener);
    CU_ADD_TEST(suite, a_waiting_watch_does_not_keep_the_loop_alive);
    CU_ADD_TEST(suite, who_comes_back_misses_nothing_and_the_token_is_wiped);
    CU_ADD_TEST(suite, sync_tokens_are_kept_for_a_bounded_number_of_objects);
    CU_ADD_TEST(suite, people_are_told_apart);
    CU_ADD_TEST(suite, a_newer_token_of_the_same_person_takes_over);
    CU_ADD_TEST(suite, what_may_not_be_read_any_more_is_watched_no_longer);
    CU_ADD_TEST(suite, what_is_hidden_is_not_watched);
    CU_ADD_TEST(suite, failures_pass);
    CU_ADD_TEST(suite, what_does_not_change_is_asked_less_often);
    CU_ADD_TEST(suite, events_without_end_are_left_for_the_next_turn);
    CU_ADD_TEST(suite, what_cannot_be_watched_is_refused);
    CU_ADD_TEST(suite, a_touch_reaches_those_who_watch_that_uri);
    CU_ADD_TEST(suite, listeners_may_leave_while_an_object_has_changed);
    return run_suites();
}
