/* Policy: who is kept out by settings and store, and how a running server hears of it. */
#include "policy/policy.h"

#include "base/json.h"
#include "policy/blocks.h"
#include "policy/changes.h"
#include "store/store_priv.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

/* A store in memory, a loop, and a policy that looks every millisecond. */
struct world {
    struct store *store;
    uv_loop_t loop;
    struct policy *policy;
    unsigned changes;
};

static void count_change(void *ctx)
{
    struct world *w = ctx;
    w->changes++;
}

static void begin(struct world *w)
{
    struct err err = { 0 };
    *w = (struct world){ 0 };
    CU_ASSERT_TRUE_FATAL(store_open("sqlite::memory:", &w->store, &err));
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&w->loop), 0);
}

static void open_policy(struct world *w, const struct policy_options *settings)
{
    struct err err = { 0 };
    struct policy_options options = *settings;
    options.store = w->store;
    options.poll_ms = 1;
    CU_ASSERT_TRUE_FATAL(policy_open(&w->loop, &options, count_change, w, &w->policy, &err));
}

static void wait_for_changes(struct world *w, unsigned changes)
{
    while (w->changes < changes)
        uv_run(&w->loop, UV_RUN_ONCE);
}

static void done(struct world *w)
{
    policy_close(w->policy);
    if (w->store)
        store_leave(w->store, &w->loop);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    store_close(w->store);
}

static void run_step(struct world *w, const struct store_op *ops, size_t n)
{
    struct store_wait *wait = NULL;
    const struct store_result *result = NULL;
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(
        store_run_wait(w->store, ops, n, (int64_t)time(NULL), &wait, &result, &err));
    CU_ASSERT_EQUAL_FATAL(result->outcome, STORE_DONE);
    store_wait_done(wait);
}

static void put_block(struct world *w, enum block_kind kind, const char *id, bool count)
{
    char key[LIMIT_STORE_KEY + 1];
    BUF_AUTO value = { .max = LIMIT_STORE_VALUE };
    struct block block = { .kind = kind, .id = id, .reason = "said so", .at = 1700000000 };
    struct store_op ops[2];
    block_key(kind, id, key);
    block_write(&block, &value);
    ops[0] = (struct store_op){
        .verb = STORE_PUT, .table = STORE_BLOCKS, .key = slice_of(key), .value = buf_slice(&value)
    };
    changes_count(&ops[1]);
    run_step(w, ops, count ? 2 : 1);
}

static void put_unblock(struct world *w, enum block_kind kind, const char *id)
{
    char key[LIMIT_STORE_KEY + 1];
    struct store_op ops[2];
    block_key(kind, id, key);
    ops[0] = (struct store_op){ .verb = STORE_DELETE, .table = STORE_BLOCKS, .key = slice_of(key) };
    changes_count(&ops[1]);
    run_step(w, ops, 2);
}

static const char *refusal(const struct world *w, const char *person, const char *client)
{
    struct digest digest;
    secret_digest(slice_of(client), &digest);
    return policy_refusal(w->policy, person, &digest);
}

static void settings_alone_count_without_a_store(void)
{
    struct world w = { 0 };
    struct err err = { 0 };
    uv_loop_init(&w.loop);
    struct policy_options options = {
        .block_people = (const char *const[]){ "11", "12", NULL },
        .block_clients = (const char *const[]){ "evil", NULL },
        .block_workspaces = (const char *const[]){ "31", NULL },
    };
    CU_ASSERT_TRUE_FATAL(policy_open(&w.loop, &options, count_change, &w, &w.policy, &err));
    CU_ASSERT_TRUE(policy_ready(w.policy));
    CU_ASSERT_PTR_NULL(refusal(&w, "10", "good"));
    CU_ASSERT_PTR_NULL(refusal(&w, "", ""));
    CU_ASSERT_PTR_NOT_NULL_FATAL(refusal(&w, "12", "good"));
    CU_ASSERT_PTR_NOT_NULL(strstr(refusal(&w, "12", "good"), "blocked your Asana account"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(refusal(&w, "10", "evil"));
    CU_ASSERT_PTR_NOT_NULL(strstr(refusal(&w, "10", "evil"), "blocked this assistant"));
    CU_ASSERT_PTR_NULL(refusal(&w, "evil", "11")); /* a client's id is no person's */
    CU_ASSERT_TRUE(policy_hides(w.policy));
    CU_ASSERT_FALSE(policy_shows(w.policy, "31"));
    CU_ASSERT_TRUE(policy_shows(w.policy, "32"));
    CU_ASSERT_EQUAL(w.changes, 0);
    done(&w);
}

static void nobody_is_let_in_before_the_first_view(void)
{
    struct world w;
    begin(&w);
    put_block(&w, BLOCK_PERSON, "11", true);
    open_policy(&w, &(struct policy_options){ 0 });
    CU_ASSERT_FALSE(policy_ready(w.policy));
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "10", "good"));
    CU_ASSERT_TRUE(policy_hides(w.policy));
    CU_ASSERT_FALSE(policy_shows(w.policy, "30"));
    wait_for_changes(&w, 1);
    CU_ASSERT_TRUE(policy_ready(w.policy));
    CU_ASSERT_PTR_NULL(refusal(&w, "10", "good"));
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    CU_ASSERT_FALSE(policy_hides(w.policy));
    CU_ASSERT_TRUE(policy_shows(w.policy, "30"));
    done(&w);
}

static void blocks_come_and_go_while_it_runs(void)
{
    struct world w;
    char url[1024] = "https://client.example/";
    memset(url + strlen(url), 'x', 900); /* longer than a key */
    url[940] = '\0';
    begin(&w);
    open_policy(&w, &(struct policy_options){ 0 });
    wait_for_changes(&w, 1);
    put_block(&w, BLOCK_PERSON, "11", true);
    wait_for_changes(&w, 2);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    put_block(&w, BLOCK_CLIENT, url, true);
    put_block(&w, BLOCK_WORKSPACE, "31", true);
    while (policy_shows(w.policy, "31"))
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "10", url));
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    CU_ASSERT_PTR_NULL(refusal(&w, "10", "good"));
    CU_ASSERT_TRUE(policy_hides(w.policy));
    put_unblock(&w, BLOCK_PERSON, "11");
    while (refusal(&w, "11", "good"))
        uv_run(&w.loop, UV_RUN_ONCE);
    put_unblock(&w, BLOCK_WORKSPACE, "31");
    while (policy_hides(w.policy))
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "10", url));
    done(&w);
}

static void another_process_is_heard(void)
{
    struct world w = { 0 }, other = { 0 };
    struct err err = { 0 };
    char folder[] = "/tmp/test_policy.XXXXXX";
    char where[64], path[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(where, sizeof(where), "sqlite:%s/x.db", folder);
    CU_ASSERT_TRUE_FATAL(store_open(where, &w.store, &err));
    CU_ASSERT_TRUE_FATAL(store_open(where, &other.store, &err));
    uv_loop_init(&w.loop);
    open_policy(&w, &(struct policy_options){ 0 });
    wait_for_changes(&w, 1);
    put_block(&other, BLOCK_PERSON, "11", true);
    wait_for_changes(&w, 2);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    put_unblock(&other, BLOCK_PERSON, "11");
    wait_for_changes(&w, 3);
    CU_ASSERT_PTR_NULL(refusal(&w, "11", "good"));
    store_close(other.store);
    done(&w);
    static const char *const names[] = { "x.db", "x.db-wal", "x.db-shm" };
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void the_counter_tells_of_other_changes_too(void)
{
    struct world w;
    struct store_op ops[2];
    begin(&w);
    open_policy(&w, &(struct policy_options){ 0 });
    wait_for_changes(&w, 1);
    changes_end_grant("some-grant", ops);
    run_step(&w, ops, 2);
    wait_for_changes(&w, 2);
    CU_ASSERT_PTR_NULL(refusal(&w, "10", "good"));
    done(&w);
}

static void a_counter_that_stands_still_costs_one_look(void)
{
    struct world w;
    begin(&w);
    open_policy(&w, &(struct policy_options){ 0 });
    wait_for_changes(&w, 1);
    put_block(&w, BLOCK_PERSON, "11", false); /* not counted: not looked for */
    for (int turns = 0; turns < 20; turns++)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(w.changes, 1);
    CU_ASSERT_PTR_NULL(refusal(&w, "11", "good"));
    done(&w);
}

static void an_allow_list_hides_the_others_and_blocks_still_count(void)
{
    struct world w;
    begin(&w);
    put_block(&w, BLOCK_WORKSPACE, "31", true);
    put_block(&w, BLOCK_WORKSPACE, "39", true);
    open_policy(&w, &(struct policy_options){
                        .allow_workspaces = (const char *const[]){ "30", "31", "32", NULL },
                        .block_workspaces = (const char *const[]){ "32", NULL } });
    wait_for_changes(&w, 1);
    CU_ASSERT_TRUE(policy_hides(w.policy));
    CU_ASSERT_TRUE(policy_shows(w.policy, "30"));
    CU_ASSERT_FALSE(policy_shows(w.policy, "31"));
    CU_ASSERT_FALSE(policy_shows(w.policy, "32"));
    CU_ASSERT_FALSE(policy_shows(w.policy, "33"));
    CU_ASSERT_FALSE(policy_shows(w.policy, ""));
    done(&w);
}

static void more_than_a_page_of_blocks_is_read_whole(void)
{
    struct world w;
    char id[32];
    begin(&w);
    for (int i = 0; i < LIMIT_STORE_LIST + 200; i++) {
        snprintf(id, sizeof(id), "%d", 5000 + i);
        put_block(&w, BLOCK_PERSON, id, false);
    }
    open_policy(&w, &(struct policy_options){ 0 });
    wait_for_changes(&w, 1);
    for (int i = 0; i < LIMIT_STORE_LIST + 200; i++) {
        snprintf(id, sizeof(id), "%d", 5000 + i);
        CU_ASSERT_PTR_NOT_NULL(refusal(&w, id, "good"));
    }
    CU_ASSERT_PTR_NULL(refusal(&w, "4999", "good"));
    done(&w);
}

static void what_is_no_block_is_passed_over(void)
{
    struct world w;
    begin(&w);
    struct store_op op = { .verb = STORE_PUT,
                           .table = STORE_BLOCKS,
                           .key = slice_of("planet:9"),
                           .value = slice_of("{}") };
    run_step(&w, &op, 1);
    op.key = slice_of("person:8");
    op.value = slice_of("not JSON");
    run_step(&w, &op, 1);
    put_block(&w, BLOCK_PERSON, "11", true);
    open_policy(&w, &(struct policy_options){ 0 });
    wait_for_changes(&w, 1);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    CU_ASSERT_PTR_NULL(refusal(&w, "9", "good"));
    done(&w);
}

static void the_record_keeps_what_was_said(void)
{
    struct arena *arena = arena_new(1 << 20);
    char key[LIMIT_STORE_KEY + 1];
    char long_id[601];
    BUF_AUTO value = { .max = LIMIT_STORE_VALUE };
    struct block b = { BLOCK_CLIENT, "a\"b", "left \\ the firm", 1700000000 };
    struct block read;
    block_key(b.kind, b.id, key);
    CU_ASSERT_STRING_EQUAL(key, "client:a\"b");
    block_write(&b, &value);
    struct store_record record = { .key = slice_of(key), .value = buf_slice(&value) };
    CU_ASSERT_TRUE_FATAL(block_read(arena, &record, &read));
    CU_ASSERT_EQUAL(read.kind, BLOCK_CLIENT);
    CU_ASSERT_STRING_EQUAL(read.id, b.id);
    CU_ASSERT_STRING_EQUAL(read.reason, b.reason);
    CU_ASSERT_EQUAL(read.at, b.at);
    /* Long ids that differ at their ends have different keys, which fit. */
    char other[LIMIT_STORE_KEY + 1];
    memset(long_id, 'x', 600);
    long_id[600] = '\0';
    block_key(BLOCK_CLIENT, long_id, key);
    long_id[599] = 'y';
    block_key(BLOCK_CLIENT, long_id, other);
    CU_ASSERT_STRING_NOT_EQUAL(key, other);
    CU_ASSERT_TRUE(strlen(key) <= LIMIT_STORE_KEY);
    CU_ASSERT_EQUAL(strncmp(key, "client:#", 8), 0);
    CU_ASSERT_EQUAL(block_kind_find("workspace"), BLOCK_WORKSPACE);
    CU_ASSERT_EQUAL(block_kind_find("project"), BLOCK_KINDS);
    arena_free(arena);
}

/* An engine that answers when the test says so. */
static struct store_work *asked;

static bool double_run(struct store *s, uv_loop_t *loop, struct store_work *w)
{
    (void)s;
    (void)loop;
    asked = w;
    return true;
}

static void double_cancel(struct store_work *w)
{
    store_work_free(w);
    asked = NULL;
}

static const struct store_engine double_engine = { .schemes = { "double" },
                                                   .work_size = sizeof(struct store_work),
                                                   .run = double_run,
                                                   .cancel = double_cancel };

/* Waits for the next question. */
static struct store_work *next_question(struct world *w, enum store_table table)
{
    while (!asked)
        uv_run(&w->loop, UV_RUN_ONCE);
    struct store_work *work = asked;
    CU_ASSERT_EQUAL_FATAL(work->ops[0].table, table);
    asked = NULL;
    return work;
}

static void answer_counter(struct world *w, uint64_t version)
{
    struct store_work *work = next_question(w, STORE_COUNTERS);
    struct store_record counter = { .key = work->ops[0].key,
                                    .value = slice_of("1"),
                                    .version = version };
    CU_ASSERT_TRUE_FATAL(store_work_record(work, 0, &counter));
    store_work_done(work);
    store_work_end(work);
}

/* key is NULL: an empty page. */
static void answer_blocks(struct world *w, const char *key)
{
    struct store_work *work = next_question(w, STORE_BLOCKS);
    struct store_record block = { .key = slice_of(key), .value = slice_of("{}"), .version = 1 };
    if (key)
        CU_ASSERT_TRUE_FATAL(store_work_record(work, 0, &block));
    store_work_done(work);
    store_work_end(work);
}

static void answer_nothing(struct world *w, enum store_table table)
{
    struct store_work *work = next_question(w, table);
    store_work_down(work, "the disk is gone");
    store_work_end(work);
}

static void the_last_view_stays_while_the_store_is_down(void)
{
    struct world w = { 0 };
    struct store store = { .engine = &double_engine };
    struct err err = { 0 };
    struct policy_options options = { .store = &store, .poll_ms = 1 };
    uv_loop_init(&w.loop);
    CU_ASSERT_TRUE_FATAL(policy_open(&w.loop, &options, count_change, &w, &w.policy, &err));
    answer_nothing(&w, STORE_COUNTERS);
    CU_ASSERT_FALSE(policy_ready(w.policy)); /* down from the start: nobody */
    uint64_t silence_ms = policy_silence_ms(w.policy);
    CU_ASSERT(silence_ms > 0);
    answer_nothing(&w, STORE_COUNTERS); /* a millisecond later */
    CU_ASSERT(policy_silence_ms(w.policy) >= silence_ms);
    answer_counter(&w, 7);
    answer_nothing(&w, STORE_BLOCKS);
    CU_ASSERT_FALSE(policy_ready(w.policy));
    answer_counter(&w, 7);
    answer_blocks(&w, "person:11");
    CU_ASSERT_TRUE(policy_ready(w.policy));
    CU_ASSERT_EQUAL(policy_silence_ms(w.policy), 0);
    CU_ASSERT_EQUAL(w.changes, 1);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    answer_nothing(&w, STORE_COUNTERS);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    CU_ASSERT_PTR_NULL(refusal(&w, "12", "good"));
    answer_counter(&w, 8);
    answer_nothing(&w, STORE_BLOCKS);
    CU_ASSERT_PTR_NOT_NULL(refusal(&w, "11", "good"));
    CU_ASSERT_EQUAL(w.changes, 1);
    answer_counter(&w, 8); /* nothing new, but that has not been read yet */
    answer_blocks(&w, NULL);
    CU_ASSERT_EQUAL(w.changes, 2);
    CU_ASSERT_PTR_NULL(refusal(&w, "11", "good"));
    answer_counter(&w, 8);
    asked = next_question(&w, STORE_COUNTERS); /* and for no blocks */
    policy_close(w.policy);
    CU_ASSERT_PTR_NULL(asked);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
}

static void it_can_be_closed_before_the_first_view(void)
{
    struct world w;
    begin(&w);
    open_policy(&w, &(struct policy_options){ 0 });
    done(&w);
    CU_ASSERT_EQUAL(w.changes, 0);
}

#define TEST(name)  \
    {               \
#name, name \
    }

int main(void)
{
    CU_TestInfo tests[] = {
        TEST(settings_alone_count_without_a_store),
        TEST(nobody_is_let_in_before_the_first_view),
        TEST(blocks_come_and_go_while_it_runs),
        TEST(another_process_is_heard),
        TEST(the_counter_tells_of_other_changes_too),
        TEST(a_counter_that_stands_still_costs_one_look),
        TEST(an_allow_list_hides_the_others_and_blocks_still_count),
        TEST(more_than_a_page_of_blocks_is_read_whole),
        TEST(what_is_no_block_is_passed_over),
        TEST(the_record_keeps_what_was_said),
        TEST(the_last_view_stays_while_the_store_is_down),
        TEST(it_can_be_closed_before_the_first_view),
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "policy", .pTests = tests },
        CU_SUITE_INFO_NULL,
    };
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
