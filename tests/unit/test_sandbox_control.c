#include "sandbox/control.h"

#include "base/json.h"
#include "base/secret.h"
#include "suites.h"

#include <string.h>

/* Faults: a request is a method and a path; what it meets is a status, 0 for nothing. */

static unsigned meet(struct sb_faults *f, const char *method, const char *path)
{
    struct sb_fault fault = { 0 };
    return sb_faults_meet(f, method, path, &fault) ? fault.status : 0;
}

static void fault_waits_for_its_turn_and_goes(void)
{
    struct sb_faults f = { .list = { { .nth = 3, .times = 2, .status = 503 } }, .count = 1 };
    CU_ASSERT_EQUAL(meet(&f, "GET", "/a"), 0);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/b"), 0);
    CU_ASSERT_EQUAL(f.list[0].nth, 1);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/c"), 503);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/d"), 503);
    CU_ASSERT_EQUAL(f.count, 0);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/e"), 0);
}

static void fault_counts_only_what_fits_it(void)
{
    struct sb_faults f = {
        .list = { { .method = "POST", .path = "/tasks", .nth = 2, .times = 1, .status = 500 } },
        .count = 1
    };
    CU_ASSERT_EQUAL(meet(&f, "POST", "/tasks"), 0);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/tasks"), 0);
    CU_ASSERT_EQUAL(meet(&f, "POST", "/task"), 0);
    CU_ASSERT_EQUAL(meet(&f, "POST", "/projects/1/tasks"), 0);
    CU_ASSERT_EQUAL(meet(&f, "POST", "/tasks/1/stories"), 500);
}

static void first_of_two_faults_counts_and_the_other_waits(void)
{
    struct sb_faults f = { .list = { { .nth = 1, .times = 1, .status = 500 },
                                     { .nth = 1, .times = 1, .status = 501 },
                                     { .nth = 3, .times = 1, .status = 502 } },
                           .count = 3 };
    CU_ASSERT_EQUAL(meet(&f, "GET", "/"), 500);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/"), 501);
    CU_ASSERT_EQUAL(meet(&f, "GET", "/"), 502);
    CU_ASSERT_EQUAL(f.count, 0);
}

/* Limits. */

static struct sb_rate rate;

static unsigned enter(const char *who, bool write, bool search, uint64_t now, struct sb_place *out)
{
    struct sb_place unused;
    const struct sb_rate_ask ask = {
        .authorization = who, .write = write, .search = search, .busy_ms = 2500
    };
    return sb_rate_enter(&rate, &ask, now, out ? out : &unused);
}

static void set(struct sb_limits limits)
{
    memset(&rate, 0, sizeof(rate));
    sb_rate_set(&rate, &limits);
}

static void minute_is_counted_for_each_token(void)
{
    set((struct sb_limits){ .requests_per_minute = 2 });
    CU_ASSERT_EQUAL(enter("a", false, false, 1000, NULL), 0);
    CU_ASSERT_EQUAL(enter("a", true, false, 1000, NULL), 0);
    CU_ASSERT_EQUAL(enter("a", false, false, 1000, NULL), 60);
    CU_ASSERT_EQUAL(enter("a", false, false, 60001, NULL), 1);
    CU_ASSERT_EQUAL(enter("b", false, false, 60001, NULL), 0);
    CU_ASSERT_EQUAL(enter(NULL, false, false, 60001, NULL), 0);
    CU_ASSERT_EQUAL(enter("a", false, false, 61000, NULL), 0);
}

static void setting_limits_begins_a_new_minute(void)
{
    const struct sb_limits one = { .requests_per_minute = 1, .minute_ms = 1500 };
    set(one);
    CU_ASSERT_EQUAL(enter("a", false, false, 5, NULL), 0);
    CU_ASSERT_EQUAL(enter("a", false, false, 5, NULL), 2);
    sb_rate_set(&rate, &one);
    CU_ASSERT_EQUAL(enter("a", false, false, 5, NULL), 0);
}

static void search_obeys_both_minutes(void)
{
    set((struct sb_limits){ .requests_per_minute = 3, .searches_per_minute = 1 });
    CU_ASSERT_EQUAL(enter("a", false, true, 1, NULL), 0);
    CU_ASSERT_EQUAL(enter("a", false, true, 30001, NULL), 30);
    CU_ASSERT_EQUAL(enter("a", false, false, 30001, NULL), 0);
    CU_ASSERT_EQUAL(enter("a", false, false, 30001, NULL), 30);
}

static void places_are_taken_and_given_back(void)
{
    struct sb_place read = { 0 };
    struct sb_place write = { 0 };
    set((struct sb_limits){ .concurrent_reads = 1, .concurrent_writes = 1 });
    CU_ASSERT_EQUAL(enter("a", false, false, 1, &read), 0);
    CU_ASSERT_EQUAL(enter("a", true, false, 1, &write), 0);
    CU_ASSERT_EQUAL(enter("a", false, false, 1, NULL), 3);
    CU_ASSERT_EQUAL(enter("a", true, false, 1, NULL), 3);
    CU_ASSERT_EQUAL(enter("b", true, false, 1, NULL), 0);
    sb_rate_leave(&read);
    sb_rate_leave(&read);
    CU_ASSERT_EQUAL(enter("a", false, false, 1, &read), 0);
    CU_ASSERT_EQUAL(enter("a", true, false, 1, NULL), 3);
    /* What is in flight stays there. */
    sb_rate_set(&rate, &rate.limits);
    CU_ASSERT_EQUAL(enter("a", false, false, 1, NULL), 3);
}

static void idle_tokens_make_room_and_busy_ones_do_not(void)
{
    struct sb_place first = { 0 };
    char name[16];
    set((struct sb_limits){ .concurrent_reads = 1 });
    CU_ASSERT_EQUAL(enter("first", false, false, 1, &first), 0);
    for (unsigned i = 0; i < 3 * SB_TOKENS_MAX; i++) {
        struct sb_place place;
        snprintf(name, sizeof(name), "%u", i);
        CU_ASSERT_EQUAL(enter(name, false, false, i + 2, &place), 0);
        sb_rate_leave(&place);
    }
    CU_ASSERT_EQUAL(enter("first", false, false, 1, NULL), 3);
    for (unsigned i = 0; i < 3 * SB_TOKENS_MAX; i++) {
        snprintf(name, sizeof(name), "busy %u", i);
        CU_ASSERT_EQUAL(enter(name, false, false, i + 2, NULL), 0);
    }
    sb_rate_leave(&first);
}

/* JSON. */

static bool read(const char *text, struct sb_control *out, struct err *err)
{
    *err = (struct err){ 0 };
    *out = (struct sb_control){ 0 };
    return sb_control_read(out, slice_of(text), err);
}

static void empty_object_turns_all_off(void)
{
    struct sb_control c;
    struct err err;
    CU_ASSERT(read("{}", &c, &err));
    CU_ASSERT_EQUAL(c.delay_ms + c.search_lag_ms + c.limits.requests_per_minute, 0);
    CU_ASSERT_EQUAL(c.faults.count + c.blocked_count, 0);
    sb_control_done(&c);
    CU_ASSERT(read("{\"delay_ms\":null,\"faults\":null,\"rate_limits\":null,"
                   "\"blocked_workspaces\":null}",
                   &c, &err));
    sb_control_done(&c);
    sb_control_done(&c);
}

static void what_is_written_reads_back(void)
{
    static const char text[] =
        "{\"delay_ms\":1,\"faults\":[{\"method\":\"GET\",\"path\":\"/x\",\"nth\":2,\"times\":3,"
        "\"status\":200,\"retry_after\":0,\"body\":\"\\\"\",\"content_type\":\"a/b\",\"cut\":"
        "\"middle\"},{\"nth\":1,\"times\":1,\"cut\":\"before\"}],\"rate_limits\":{"
        "\"requests_per_minute\":4,\"searches_per_minute\":5,\"concurrent_reads\":6,"
        "\"concurrent_writes\":7,\"minute_ms\":8},\"search_lag_ms\":9,\"blocked_workspaces\":"
        "[\"10\",\"11\"],\"oauth\":{\"token_seconds\":14,\"refuse_refresh\":true,\"down\":false,"
        "\"expire\":true},\"requests\":12,\"waiting\":13}";
    struct sb_control c;
    struct err err;
    CU_ASSERT_FATAL(read(text, &c, &err));
    const struct sb_traffic traffic = { .requests = 12, .waiting = 13 };
    BUF_AUTO out;
    buf_init(&out, 1u << 16);
    sb_control_write(&out, &c, &traffic);
    CU_ASSERT(slice_is(buf_slice(&out), text));
    sb_control_done(&c);
}

static void texts_are_refused_with_their_place(void)
{
    static const struct {
        const char *text;
        const char *said;
    } bad[] = {
        { "", "" },
        { "7", "expected a JSON object" },
        { "{\"dealy_ms\":1}", "dealy_ms: unknown member (did you mean \"delay_ms\"?)" },
        { "{\"delay_ms\":1e99}", "delay_ms: expected a whole number" },
        { "{\"delay_ms\":true}", "delay_ms: expected a whole number" },
        { "{\"faults\":[1]}", "faults: expected an array of objects" },
        { "{\"faults\":[{\"status\":500,\"times\":0}]}", "faults[0].times: expected" },
        { "{\"faults\":[{\"status\":500,\"body\":1}]}", "faults[0].body: expected a string" },
        { "{\"rate_limits\":{\"minute_ms\":0}}", "rate_limits.minute_ms: expected" },
        { "{\"blocked_workspaces\":[\"1x\"]}", "blocked_workspaces: expected" },
        { "{\"blocked_workspaces\":[\"99999999999999999999\"]}", "blocked_workspaces: expected" },
        { "{\"blocked_workspaces\":[\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\","
          "\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\"]}",
          "blocked_workspaces: expected at most 16" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct sb_control c;
        struct err err;
        CU_ASSERT_FALSE(read(bad[i].text, &c, &err));
        CU_ASSERT_NOT_EQUAL(err.kind, ERR_NONE);
        if (!strstr(err.text, bad[i].said))
            printf("\n%s: %s\n", bad[i].text, err.text);
        CU_ASSERT(strstr(err.text, bad[i].said) != NULL);
        sb_control_done(&c);
    }
}

int main(void)
{
    json_init();
    if (!secret_init())
        return 1;
    CU_initialize_registry();
    CU_pSuite faults = CU_add_suite("sandbox_fault", NULL, NULL);
    CU_ADD_TEST(faults, fault_waits_for_its_turn_and_goes);
    CU_ADD_TEST(faults, fault_counts_only_what_fits_it);
    CU_ADD_TEST(faults, first_of_two_faults_counts_and_the_other_waits);
    CU_pSuite limits = CU_add_suite("sandbox_rate", NULL, NULL);
    CU_ADD_TEST(limits, minute_is_counted_for_each_token);
    CU_ADD_TEST(limits, setting_limits_begins_a_new_minute);
    CU_ADD_TEST(limits, search_obeys_both_minutes);
    CU_ADD_TEST(limits, places_are_taken_and_given_back);
    CU_ADD_TEST(limits, idle_tokens_make_room_and_busy_ones_do_not);
    CU_pSuite control = CU_add_suite("sandbox_control", NULL, NULL);
    CU_ADD_TEST(control, empty_object_turns_all_off);
    CU_ADD_TEST(control, what_is_written_reads_back);
    CU_ADD_TEST(control, texts_are_refused_with_their_place);
    return run_suites();
}
