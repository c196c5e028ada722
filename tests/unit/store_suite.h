/* store_suite.h: what every engine of the store has to do; a test program runs it on its own. */
#pragma once

#include "store/store_priv.h"

#include <CUnit/Basic.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1700000000
#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))
#define S(text) slice_of(text)

/* An empty store, and how to be rid of it: set by the suite's initialisation. */
static struct store *(*suite_open)(void);
static void (*suite_close)(struct store *s);

static struct store_wait *last_wait;

/* Runs a step; the result lasts until the next one. */
static const struct store_result *step(struct store *s, const struct store_op *ops, size_t n,
                                       int64_t now)
{
    struct err err = { 0 };
    const struct store_result *result = NULL;
    store_wait_done(last_wait);
    last_wait = NULL;
    bool ok = store_run_wait(s, ops, n, now, &last_wait, &result, &err);
    CU_ASSERT_TRUE_FATAL(ok);
    return result;
}

static struct store_answer done_at(struct store *s, struct store_op op, int64_t now)
{
    const struct store_result *r = step(s, &op, 1, now);
    CU_ASSERT_EQUAL_FATAL(r->outcome, STORE_DONE);
    return r->answers[0];
}

static struct store_answer done(struct store *s, struct store_op op)
{
    return done_at(s, op, NOW);
}

static bool conflicts(struct store *s, struct store_op op, int64_t now)
{
    const struct store_result *r = step(s, &op, 1, now);
    return r->outcome == STORE_CONFLICT && r->failed_op == 0;
}

static struct store_op get_op(const char *key)
{
    return (struct store_op){ .verb = STORE_GET, .table = STORE_GRANTS, .key = S(key) };
}

static struct store_op write_op(enum store_verb verb, const char *key, const char *value)
{
    return (
        struct store_op){ .verb = verb, .table = STORE_GRANTS, .key = S(key), .value = S(value) };
}

static struct store_op count_op(const char *key, int64_t by)
{
    return (
        struct store_op){ .verb = STORE_COUNT, .table = STORE_COUNTERS, .key = S(key), .by = by };
}

static bool holds(struct store *s, const char *key, const char *value)
{
    struct store_answer a = done(s, get_op(key));
    return value ? a.count == 1 && slice_is(a.records[0].value, value) : a.count == 0;
}

static void close_store(struct store *s)
{
    store_wait_done(last_wait);
    last_wait = NULL;
    suite_close(s);
}

static void what_is_put_is_read_byte_for_byte(void)
{
    struct store *s = suite_open();
    static const char bytes[] = "\0\xff value\0\n";
    struct slice value = { bytes, sizeof(bytes) - 1 };
    struct slice key = { "k\0ey", 4 };
    struct store_op put = { .verb = STORE_PUT,
                            .table = STORE_ACCESS,
                            .key = key,
                            .value = value,
                            .owner = S("user:1234"),
                            .expires_at = NOW + 10 };
    uint64_t version = done(s, put).version;
    CU_ASSERT_NOT_EQUAL(version, 0);
    struct store_op get = { .verb = STORE_GET, .table = STORE_ACCESS, .key = key };
    struct store_answer a = done(s, get);
    CU_ASSERT_EQUAL_FATAL(a.count, 1);
    CU_ASSERT_EQUAL(a.records[0].key.len, 4);
    CU_ASSERT_EQUAL(a.records[0].value.len, value.len);
    CU_ASSERT_EQUAL(memcmp(a.records[0].value.data, bytes, value.len), 0);
    CU_ASSERT_TRUE(slice_is(a.records[0].owner, "user:1234"));
    CU_ASSERT_EQUAL(a.records[0].version, version);
    CU_ASSERT_EQUAL(a.records[0].expires_at, NOW + 10);

    /* The same key in another table is another record; part of the key is none. */
    get.table = STORE_REFRESH;
    CU_ASSERT_EQUAL(done(s, get).count, 0);
    get.table = STORE_ACCESS;
    get.key.len = 1;
    CU_ASSERT_EQUAL(done(s, get).count, 0);
    close_store(s);
}

static void the_largest_record_fits_and_the_empty_one(void)
{
    struct store *s = suite_open();
    static char big[LIMIT_STORE_VALUE];
    memset(big, 'v', sizeof(big));
    struct store_op ops[LIMIT_STORE_OPS];
    char keys[LIMIT_STORE_OPS][LIMIT_STORE_KEY];
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        memset(keys[i], 'a' + (int)i, LIMIT_STORE_KEY);
        ops[i] = (struct store_op){ .verb = STORE_PUT,
                                    .table = STORE_CLIENTS,
                                    .key = { keys[i], LIMIT_STORE_KEY },
                                    .value = { big, sizeof(big) } };
    }
    CU_ASSERT_EQUAL(step(s, ops, COUNT_OF(ops), NOW)->outcome, STORE_DONE);
    for (size_t i = 0; i < COUNT_OF(ops); i++)
        ops[i].verb = STORE_GET;
    const struct store_result *r = step(s, ops, COUNT_OF(ops), NOW);
    CU_ASSERT_EQUAL_FATAL(r->outcome, STORE_DONE);
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        CU_ASSERT_EQUAL_FATAL(r->answers[i].count, 1);
        CU_ASSERT_EQUAL(r->answers[i].records[0].key.data[0], 'a' + (int)i);
        CU_ASSERT_EQUAL(r->answers[i].records[0].value.len, sizeof(big));
    }
    done(s, write_op(STORE_PUT, "empty", ""));
    CU_ASSERT_TRUE(holds(s, "empty", ""));
    close_store(s);
}

static void add_wants_no_record_and_replace_the_one_it_has_seen(void)
{
    struct store *s = suite_open();
    uint64_t first = done(s, write_op(STORE_ADD, "k", "1")).version;
    CU_ASSERT_TRUE(conflicts(s, write_op(STORE_ADD, "k", "2"), NOW));
    CU_ASSERT_TRUE(holds(s, "k", "1"));

    struct store_op replace = write_op(STORE_REPLACE, "k", "3");
    replace.version = first;
    uint64_t second = done(s, replace).version;
    CU_ASSERT_NOT_EQUAL(second, first);
    CU_ASSERT_TRUE(conflicts(s, replace, NOW)); /* that version is gone */
    CU_ASSERT_TRUE(holds(s, "k", "3"));
    replace.version = 0;
    CU_ASSERT_TRUE(conflicts(s, replace, NOW));
    replace.key = S("missing");
    CU_ASSERT_TRUE(conflicts(s, replace, NOW));
    CU_ASSERT_TRUE(holds(s, "missing", NULL));
    close_store(s);
}

static void no_version_comes_twice(void)
{
    struct store *s = suite_open();
    uint64_t seen[40];
    for (size_t i = 0; i < COUNT_OF(seen); i++) {
        if (i % 3 == 0)
            done(s, write_op(STORE_DELETE, "k", ""));
        seen[i] = done(s, write_op(STORE_PUT, "k", "same")).version;
        CU_ASSERT_NOT_EQUAL(seen[i], 0);
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(seen[j], seen[i]);
    }
    close_store(s);
}

static void take_reads_a_record_for_the_last_time(void)
{
    struct store *s = suite_open();
    done(s, write_op(STORE_PUT, "code", "grant"));
    struct store_answer a = done(s, write_op(STORE_TAKE, "code", ""));
    CU_ASSERT_EQUAL_FATAL(a.count, 1);
    CU_ASSERT_TRUE(slice_is(a.records[0].value, "grant"));
    CU_ASSERT_EQUAL(done(s, write_op(STORE_TAKE, "code", "")).count, 0);
    CU_ASSERT_TRUE(holds(s, "code", NULL));
    close_store(s);
}

static void a_step_happens_as_a_whole_or_not_at_all(void)
{
    struct store *s = suite_open();
    done(s, write_op(STORE_PUT, "taken", "old"));
    struct store_op ops[] = {
        write_op(STORE_PUT, "new", "x"),   write_op(STORE_PUT, "taken", "newer"),
        write_op(STORE_TAKE, "taken", ""), count_op("c", 5),
        write_op(STORE_ADD, "new", "y"),
    };
    const struct store_result *r = step(s, ops, COUNT_OF(ops), NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_CONFLICT);
    CU_ASSERT_EQUAL(r->failed_op, 4);
    CU_ASSERT_TRUE(holds(s, "new", NULL));
    CU_ASSERT_TRUE(holds(s, "taken", "old"));
    CU_ASSERT_EQUAL(done(s, count_op("c", 0)).counter, 0);
    close_store(s);
}

static void an_operation_sees_what_those_before_it_did(void)
{
    struct store *s = suite_open();
    struct store_op ops[] = {
        write_op(STORE_ADD, "k", "1"), get_op("k"),      write_op(STORE_DELETE, "k", ""),
        write_op(STORE_ADD, "k", "2"), count_op("c", 2), count_op("c", 3),
        write_op(STORE_TAKE, "k", ""), get_op("k"),
    };
    const struct store_result *r = step(s, ops, COUNT_OF(ops), NOW);
    CU_ASSERT_EQUAL_FATAL(r->outcome, STORE_DONE);
    CU_ASSERT_TRUE(slice_is(r->answers[1].records[0].value, "1"));
    CU_ASSERT_EQUAL(r->answers[1].records[0].version, r->answers[0].version);
    CU_ASSERT_EQUAL(r->answers[4].counter, 2);
    CU_ASSERT_EQUAL(r->answers[5].counter, 5);
    CU_ASSERT_TRUE(slice_is(r->answers[6].records[0].value, "2"));
    CU_ASSERT_EQUAL(r->answers[7].count, 0);
    close_store(s);
}

static void put_until(struct store *s, int64_t expires_at)
{
    struct store_op op = write_op(STORE_PUT, "k", "old");
    op.owner = S("user:1");
    op.expires_at = expires_at;
    done(s, op);
}

static void what_has_expired_is_as_good_as_missing(void)
{
    struct store *s = suite_open();
    put_until(s, NOW + 1);
    CU_ASSERT_EQUAL(done_at(s, get_op("k"), NOW).count, 1);
    CU_ASSERT_EQUAL(done_at(s, get_op("k"), NOW + 1).count, 0);
    CU_ASSERT_EQUAL(done_at(s, write_op(STORE_TAKE, "k", ""), NOW + 1).count, 0);

    put_until(s, NOW + 1);
    struct store_op list = { .verb = STORE_LIST, .table = STORE_GRANTS };
    CU_ASSERT_EQUAL(done_at(s, list, NOW).count, 1);
    CU_ASSERT_EQUAL(done_at(s, list, NOW + 1).count, 0);
    list.key = S("user:1");
    CU_ASSERT_EQUAL(done_at(s, list, NOW).count, 1);
    CU_ASSERT_EQUAL(done_at(s, list, NOW + 1).count, 0);

    put_until(s, NOW + 1);
    uint64_t version = done(s, get_op("k")).records[0].version;
    struct store_op replace = write_op(STORE_REPLACE, "k", "new");
    replace.version = version;
    CU_ASSERT_TRUE(conflicts(s, replace, NOW + 1));
    CU_ASSERT_TRUE(conflicts(s, write_op(STORE_ADD, "k", "new"), NOW));
    done_at(s, write_op(STORE_ADD, "k", "new"), NOW + 1);
    CU_ASSERT_TRUE(holds(s, "k", "new"));
    CU_ASSERT_EQUAL(done(s, get_op("k")).records[0].owner.len, 0); /* nothing of the old one */
    close_store(s);
}

static void a_counter_counts_and_begins_anew_when_it_has_expired(void)
{
    struct store *s = suite_open();
    struct store_op op = count_op("rate", 3);
    op.expires_at = NOW + 60;
    op.owner = S("user:1");
    struct store_answer a = done(s, op);
    CU_ASSERT_EQUAL(a.counter, 3);
    uint64_t version = a.version;
    op.expires_at = NOW + 9999; /* of the one that is made, not of this */
    op.owner = S("user:2");
    op.by = -5;
    a = done_at(s, op, NOW + 59);
    CU_ASSERT_EQUAL(a.counter, -2);
    CU_ASSERT_NOT_EQUAL(a.version, version);
    version = a.version;
    op.by = 0;
    a = done_at(s, op, NOW + 59);
    CU_ASSERT_EQUAL(a.counter, -2);
    CU_ASSERT_EQUAL(a.version, 0); /* nothing was written */

    struct store_op get = { .verb = STORE_GET, .table = STORE_COUNTERS, .key = S("rate") };
    a = done(s, get);
    CU_ASSERT_EQUAL_FATAL(a.count, 1);
    CU_ASSERT_TRUE(slice_is(a.records[0].value, "-2"));
    CU_ASSERT_TRUE(slice_is(a.records[0].owner, "user:1"));
    CU_ASSERT_EQUAL(a.records[0].expires_at, NOW + 60);
    CU_ASSERT_EQUAL(a.records[0].version, version);

    op.by = 7;
    CU_ASSERT_EQUAL(done_at(s, op, NOW + 60).counter, 7);
    CU_ASSERT_EQUAL(done_at(s, get, NOW + 60).records[0].expires_at, NOW + 9999);
    close_store(s);
}

static void a_counter_neither_overflows_nor_counts_what_is_no_number(void)
{
    struct store *s = suite_open();
    CU_ASSERT_EQUAL(done(s, count_op("c", INT64_MAX)).counter, INT64_MAX);
    CU_ASSERT_TRUE(conflicts(s, count_op("c", 1), NOW));
    CU_ASSERT_EQUAL(done(s, count_op("d", INT64_MIN)).counter, INT64_MIN);
    CU_ASSERT_TRUE(conflicts(s, count_op("d", -1), NOW));
    CU_ASSERT_EQUAL(done(s, count_op("d", 0)).counter, INT64_MIN);
    static const char *const words[] = { "", "x", "1x", " 1", "+1", "-", "99999999999999999999" };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct store_op put = write_op(STORE_PUT, "c", words[i]);
        put.table = STORE_COUNTERS;
        done(s, put);
        CU_ASSERT_TRUE(conflicts(s, count_op("c", 1), NOW));
    }
    close_store(s);
}

static void put_many(struct store *s, const char *owner, int from, int to)
{
    for (int i = from; i < to; i++) {
        char key[32];
        snprintf(key, sizeof(key), "%s-%04d", owner, i);
        struct store_op op = write_op(STORE_PUT, key, "v");
        op.owner = S(owner);
        done(s, op);
    }
}

static void a_list_is_of_one_owner_or_of_all_in_the_order_of_keys(void)
{
    struct store *s = suite_open();
    put_many(s, "bob", 0, 3);
    put_many(s, "ann", 0, 2);
    done(s, write_op(STORE_PUT, "zz", "of nobody"));
    struct store_op list = { .verb = STORE_LIST, .table = STORE_GRANTS, .key = S("bob") };
    struct store_answer a = done(s, list);
    CU_ASSERT_EQUAL_FATAL(a.count, 3);
    CU_ASSERT_FALSE(a.more);
    CU_ASSERT_TRUE(slice_is(a.records[0].key, "bob-0000"));
    CU_ASSERT_TRUE(slice_is(a.records[2].key, "bob-0002"));
    list.key = S("");
    a = done(s, list);
    CU_ASSERT_EQUAL_FATAL(a.count, 6);
    CU_ASSERT_TRUE(slice_is(a.records[0].key, "ann-0000"));
    CU_ASSERT_TRUE(slice_is(a.records[5].key, "zz"));
    list.key = S("bo");
    CU_ASSERT_EQUAL(done(s, list).count, 0);

    /* A record that gets another owner changes lists. */
    struct store_op put = write_op(STORE_PUT, "bob-0001", "v");
    put.owner = S("ann");
    done(s, put);
    list.key = S("bob");
    CU_ASSERT_EQUAL(done(s, list).count, 2);
    list.key = S("ann");
    CU_ASSERT_EQUAL(done(s, list).count, 3);
    close_store(s);
}

static size_t count_pages(struct store *s, struct store_op list, size_t *records)
{
    char after[LIMIT_STORE_KEY];
    size_t pages = 0;
    *records = 0;
    for (bool more = true; more && pages < 100; pages++) {
        struct store_answer a = done(s, list);
        CU_ASSERT_TRUE_FATAL(a.count > 0);
        *records += a.count;
        more = a.more;
        struct slice last = a.records[a.count - 1].key;
        memcpy(after, last.data, last.len);
        list.after = (struct slice){ after, last.len };
    }
    return pages;
}

static void a_long_list_comes_in_pages(void)
{
    struct store *s = suite_open();
    put_many(s, "bob", 0, 12);
    size_t records;
    struct store_op list = {
        .verb = STORE_LIST, .table = STORE_GRANTS, .key = S("bob"), .limit = 4
    };
    CU_ASSERT_EQUAL(count_pages(s, list, &records), 3); /* no empty page at the end */
    CU_ASSERT_EQUAL(records, 12);
    list.limit = 5;
    list.key = S("");
    CU_ASSERT_EQUAL(count_pages(s, list, &records), 3);
    CU_ASSERT_EQUAL(records, 12);
    close_store(s);
}

static void a_page_ends_early_when_its_records_are_large(void)
{
    struct store *s = suite_open();
    static char big[LIMIT_STORE_VALUE];
    enum { RECORDS = 2 * LIMIT_STORE_PAGE / LIMIT_STORE_VALUE };
    for (int i = 0; i < RECORDS; i++) {
        char key[16];
        snprintf(key, sizeof(key), "%04d", i);
        struct store_op op = write_op(STORE_PUT, key, "");
        op.value = (struct slice){ big, sizeof(big) };
        done(s, op);
    }
    size_t records;
    struct store_op list = { .verb = STORE_LIST, .table = STORE_GRANTS };
    CU_ASSERT_TRUE(count_pages(s, list, &records) > 1);
    CU_ASSERT_EQUAL(records, RECORDS);
    close_store(s);
}

static void what_is_over_its_limit_is_refused(void)
{
    struct store *s = suite_open();
    static char big[LIMIT_STORE_VALUE + 1];
    struct slice long_key = { big, LIMIT_STORE_KEY + 1 };
    struct store_op fine = write_op(STORE_PUT, "k", "v");
    struct store_op bad[8] = { fine, fine, fine, fine, fine, fine, fine, fine };
    bad[0].key = long_key;
    bad[1].key = S("");
    bad[2].owner = long_key;
    bad[3].value = (struct slice){ big, sizeof(big) };
    bad[4].table = STORE_TABLES;
    bad[5].verb = (enum store_verb)(STORE_LIST + 1);
    bad[6] = (struct store_op){ .verb = STORE_LIST,
                                .table = STORE_GRANTS,
                                .limit = LIMIT_STORE_LIST + 1 };
    bad[7] = (struct store_op){ .verb = STORE_LIST, .table = STORE_GRANTS, .after = long_key };
    struct store_wait *wait;
    const struct store_result *result;
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct store_op ops[] = { fine, bad[i] };
        struct err err = { 0 };
        CU_ASSERT_PTR_NULL(store_run(s, &loop, ops, 2, NOW, NULL, NULL));
        CU_ASSERT_FALSE(store_run_wait(s, ops, 2, NOW, &wait, &result, &err));
        CU_ASSERT_NOT_EQUAL(err.text[0], '\0');
    }
    struct store_op many[LIMIT_STORE_OPS + 1];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = fine;
    CU_ASSERT_PTR_NULL(store_run(s, &loop, many, COUNT_OF(many), NOW, NULL, NULL));
    CU_ASSERT_PTR_NULL(store_run(s, &loop, many, 0, NOW, NULL, NULL));
    CU_ASSERT_EQUAL(uv_loop_close(&loop), 0);
    CU_ASSERT_TRUE(holds(s, "k", NULL));
    close_store(s);
}

/* One loop with steps under way. */
struct runner {
    uv_loop_t loop;
    struct store *s;
    struct store_work *works[8];
    int64_t seen[600]; /* counters in the order of their answers */
    unsigned calls;
    unsigned wanted;
    bool inside; /* store_run() */
    bool same_turn;
};

static void on_counted(void *ctx, const struct store_result *result)
{
    struct runner *r = ctx;
    r->same_turn = r->same_turn || r->inside;
    r->seen[r->calls++] = result->outcome == STORE_DONE ? result->answers[0].counter : -1;
}

static struct store_work *run_count(struct runner *r, store_done_fn *fn)
{
    struct store_op op = count_op("c", 1);
    r->inside = true;
    struct store_work *w = store_run(r->s, &r->loop, &op, 1, NOW, fn, r);
    r->inside = false;
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

static void runner_open(struct runner *r, struct store *s)
{
    *r = (struct runner){ .s = s };
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&r->loop), 0);
}

static void runner_close(struct runner *r)
{
    store_leave(r->s, &r->loop);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&r->loop), 0);
}

static void steps_of_a_loop_are_done_and_answered_in_their_order(void)
{
    struct store *s = suite_open();
    struct runner r;
    runner_open(&r, s);
    for (size_t i = 0; i < COUNT_OF(r.seen); i++)
        run_count(&r, on_counted);
    CU_ASSERT_EQUAL(r.calls, 0);
    uv_run(&r.loop, UV_RUN_DEFAULT); /* the loop lives as long as something is under way */
    CU_ASSERT_EQUAL(r.calls, COUNT_OF(r.seen));
    CU_ASSERT_FALSE(r.same_turn);
    for (size_t i = 0; i < COUNT_OF(r.seen); i++)
        CU_ASSERT_EQUAL(r.seen[i], (int64_t)i + 1);
    runner_close(&r);
    close_store(s);
}

static void on_counted_run_another(void *ctx, const struct store_result *result)
{
    struct runner *r = ctx;
    on_counted(ctx, result);
    if (r->calls < 100)
        run_count(r, on_counted_run_another);
}

static void a_callback_may_run_the_next_step(void)
{
    struct store *s = suite_open();
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted_run_another);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, 100);
    CU_ASSERT_FALSE(r.same_turn);
    CU_ASSERT_EQUAL(r.seen[99], 100);
    runner_close(&r);
    close_store(s);
}

static void on_counted_cancel_the_others(void *ctx, const struct store_result *result)
{
    struct runner *r = ctx;
    on_counted(ctx, result);
    for (size_t i = 1; i < COUNT_OF(r->works); i++)
        store_cancel(r->works[i]);
}

static void a_cancelled_step_calls_nobody(void)
{
    struct store *s = suite_open();
    struct runner r;
    runner_open(&r, s);
    for (size_t i = 0; i < COUNT_OF(r.works); i++)
        r.works[i] = run_count(&r, on_counted);
    for (size_t i = 0; i < COUNT_OF(r.works); i += 2)
        store_cancel(r.works[i]);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, COUNT_OF(r.works) / 2);

    r.works[0] = run_count(&r, on_counted_cancel_the_others);
    for (size_t i = 1; i < COUNT_OF(r.works); i++)
        r.works[i] = run_count(&r, on_counted);
    r.calls = 0;
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, 1);
    runner_close(&r);
    close_store(s);
}

static void on_counted_leave(void *ctx, const struct store_result *result)
{
    struct runner *r = ctx;
    on_counted(ctx, result);
    store_leave(r->s, &r->loop);
}

static void leaving_cancels_what_is_under_way(void)
{
    struct store *s = suite_open();
    struct runner r;
    runner_open(&r, s);
    store_leave(s, &r.loop); /* has not run anything */
    for (int i = 0; i < 50; i++)
        run_count(&r, on_counted);
    store_leave(s, &r.loop);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, 0);

    run_count(&r, on_counted_leave); /* a loop may come back, and leave from a callback */
    for (int i = 0; i < 50; i++)
        run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, 1);
    CU_ASSERT_EQUAL(uv_loop_close(&r.loop), 0);
    close_store(s);
}

/* Several loops: each adds one to a counter, and to a record by compare-and-set, so often. */
#define HAMMERS 4
#define BLOWS 150

struct hammer {
    struct runner r;
    uv_thread_t thread;
    unsigned replaced;
    unsigned beaten; /* another one was quicker */
    unsigned failed;
};

static void read_again(struct hammer *h);

static void on_replaced(void *ctx, const struct store_result *result)
{
    struct hammer *h = ctx;
    h->replaced += result->outcome == STORE_DONE;
    h->beaten += result->outcome == STORE_CONFLICT;
    h->failed += result->outcome == STORE_DOWN;
    if (h->replaced < BLOWS && !h->failed)
        read_again(h);
}

static void on_read(void *ctx, const struct store_result *result)
{
    struct hammer *h = ctx;
    if (result->outcome != STORE_DONE || result->answers[0].count != 1) {
        h->failed++;
        return;
    }
    const struct store_record *was = result->answers[0].records;
    char value[32];
    snprintf(value, sizeof(value), "%.*s", (int)was->value.len, was->value.data);
    snprintf(value, sizeof(value), "%ld", strtol(value, NULL, 10) + 1);
    struct store_op op = write_op(STORE_REPLACE, "shared", value);
    op.version = was->version;
    store_run(h->r.s, &h->r.loop, &op, 1, NOW, on_replaced, h);
}

static void read_again(struct hammer *h)
{
    struct store_op op = get_op("shared");
    store_run(h->r.s, &h->r.loop, &op, 1, NOW, on_read, h);
}

static void hammer(void *arg)
{
    struct hammer *h = arg;
    for (int i = 0; i < BLOWS; i++)
        run_count(&h->r, on_counted);
    read_again(h);
    uv_run(&h->r.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 20; i++) /* some that are under way when the loop leaves */
        store_cancel(run_count(&h->r, on_counted));
    run_count(&h->r, on_counted);
    runner_close(&h->r);
}

static void many_loops_lose_no_update(void)
{
    struct store *s = suite_open();
    done(s, write_op(STORE_PUT, "shared", "0"));
    static struct hammer hammers[HAMMERS];
    for (size_t i = 0; i < HAMMERS; i++) {
        hammers[i] = (struct hammer){ .failed = 0 };
        runner_open(&hammers[i].r, s);
        uv_thread_create(&hammers[i].thread, hammer, &hammers[i]);
    }
    for (size_t i = 0; i < HAMMERS; i++)
        uv_thread_join(&hammers[i].thread);
    char expected[16];
    snprintf(expected, sizeof(expected), "%d", HAMMERS * BLOWS);
    CU_ASSERT_TRUE(holds(s, "shared", expected));
    CU_ASSERT_TRUE(done(s, count_op("c", 0)).counter >= HAMMERS * BLOWS);
    for (size_t i = 0; i < HAMMERS; i++) {
        CU_ASSERT_EQUAL(hammers[i].failed, 0);
        CU_ASSERT_EQUAL(hammers[i].r.calls, BLOWS);
        for (size_t j = 1; j < BLOWS; j++)
            CU_ASSERT_TRUE(hammers[i].r.seen[j] > hammers[i].r.seen[j - 1]);
    }
    close_store(s);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

/* choose sets suite_open and suite_close, and returns 0. */
static void store_suite_add(const char *name, CU_InitializeFunc choose)
{
    CU_pSuite suite = CU_add_suite(name, choose, NULL);
    ADD(suite, what_is_put_is_read_byte_for_byte);
    ADD(suite, the_largest_record_fits_and_the_empty_one);
    ADD(suite, add_wants_no_record_and_replace_the_one_it_has_seen);
    ADD(suite, no_version_comes_twice);
    ADD(suite, take_reads_a_record_for_the_last_time);
    ADD(suite, a_step_happens_as_a_whole_or_not_at_all);
    ADD(suite, an_operation_sees_what_those_before_it_did);
    ADD(suite, what_has_expired_is_as_good_as_missing);
    ADD(suite, a_counter_counts_and_begins_anew_when_it_has_expired);
    ADD(suite, a_counter_neither_overflows_nor_counts_what_is_no_number);
    ADD(suite, a_list_is_of_one_owner_or_of_all_in_the_order_of_keys);
    ADD(suite, a_long_list_comes_in_pages);
    ADD(suite, a_page_ends_early_when_its_records_are_large);
    ADD(suite, what_is_over_its_limit_is_refused);
    ADD(suite, steps_of_a_loop_are_done_and_answered_in_their_order);
    ADD(suite, a_callback_may_run_the_next_step);
    ADD(suite, a_cancelled_step_calls_nobody);
    ADD(suite, leaving_cancels_what_is_under_way);
    ADD(suite, many_loops_lose_no_update);
}
