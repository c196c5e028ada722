#include "bus/bus.h"

#include "base/limits.h"
#include "real_redis.h"
#include "redis/redis.h"

#include <CUnit/Basic.h>

static struct real_redis server;

/* Two nodes on one loop. */
struct world {
    uv_loop_t loop;
    struct redis_address address;
    struct bus *here, *there;
    char taken[64]; /* letters that came there */
    unsigned told[BUS_CLOSED + 1];
};

static const struct place here = { .node = 1, .worker = 0 }, there = { .node = 2, .worker = 3 };

static void on_letter(void *ctx, const struct letter *letter)
{
    struct world *w = ctx;
    size_t len = strlen(w->taken);
    snprintf(w->taken + len, sizeof(w->taken) - len, "%.*s ", (int)letter->payload.len,
             letter->payload.data);
}

static void on_told(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct world *w = ctx;
    (void)answer;
    w->told[fate]++;
}

static bool until(struct world *w, bool (*is)(struct world *w))
{
    uint64_t give_up = clock_ms() + 10000;
    while (!is(w) && clock_ms() < give_up)
        uv_run(&w->loop, UV_RUN_ONCE);
    return is(w);
}

static bool both_hear(struct world *w)
{
    return bus_is_up(w->here) && bus_is_up(w->there);
}

static void world_open(struct world *w)
{
    struct err err = { 0 };
    char url[100];
    memset(w, 0, sizeof(*w));
    snprintf(url, sizeof(url), "redis://127.0.0.1:%d/1", server.port);
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&w->loop), 0);
    CU_ASSERT_TRUE_FATAL(redis_parse(url, &w->address, &err));
    CU_ASSERT_TRUE_FATAL(bus_open(&w->loop, &w->address, here, &w->here, &err));
    CU_ASSERT_TRUE_FATAL(bus_open(&w->loop, &w->address, there, &w->there, &err));
    bus_on(w->there, LETTER_DELIVER, on_letter, w);
    CU_ASSERT_TRUE_FATAL(until(w, both_hear));
}

static void world_close(struct world *w)
{
    bus_close(w->here);
    bus_close(w->there);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
}

static bool post(struct world *w, const char *text)
{
    return bus_post(w->here, there, LETTER_DELIVER, slice_of(text), on_told, w);
}

static bool has_taken_three(struct world *w)
{
    return strlen(w->taken) >= 6;
}

static bool has_been_told_three(struct world *w)
{
    return w->told[BUS_DONE] == 3;
}

static void letters_arrive_in_order_and_the_sender_is_told(void)
{
    struct world w;
    world_open(&w);
    CU_ASSERT_TRUE(post(&w, "1") && post(&w, "2") && post(&w, "3"));
    CU_ASSERT_TRUE(until(&w, has_taken_three));
    CU_ASSERT_TRUE(until(&w, has_been_told_three));
    CU_ASSERT_STRING_EQUAL(w.taken, "1 2 3 ");
    world_close(&w);
}

static bool has_been_told_gone(struct world *w)
{
    return w->told[BUS_GONE] == 1;
}

static void whoever_does_not_listen_is_gone(void)
{
    struct world w;
    world_open(&w);
    struct place nowhere = { .node = 3 };
    CU_ASSERT_TRUE(bus_ask(w.here, nowhere, LETTER_FIND, slice_of("x"), on_told, &w));
    CU_ASSERT_TRUE(until(&w, has_been_told_gone));
    world_close(&w);
}

/* What they would be told about is freed right after the stop, while the loop goes on. */
static void after_the_stop_nobody_is_told_anything_and_what_is_posted_is_sent(void)
{
    struct world w;
    world_open(&w);
    struct place nowhere = { .node = 3 };
    CU_ASSERT_TRUE(bus_ask(w.here, nowhere, LETTER_FIND, slice_of("x"), on_told, &w));
    CU_ASSERT_TRUE(bus_ask(w.here, there, LETTER_FIND, slice_of("x"), on_told, &w));
    CU_ASSERT_TRUE(post(&w, "1") && post(&w, "2") && post(&w, "3"));
    bus_stop(w.here);
    CU_ASSERT_EQUAL(w.told[BUS_CLOSED], 5);
    CU_ASSERT_FALSE(post(&w, "4"));
    CU_ASSERT_TRUE(until(&w, has_taken_three));
    uint64_t later = clock_ms() + LIMIT_BUS_ANSWER_MS + 200;
    while (clock_ms() < later)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_STRING_EQUAL(w.taken, "1 2 3 ");
    CU_ASSERT_EQUAL(w.told[BUS_DONE] + w.told[BUS_GONE] + w.told[BUS_UNREACHABLE], 0);
    world_close(&w);
    CU_ASSERT_EQUAL(w.told[BUS_CLOSED], 5);
}

static int start_server(void)
{
    return real_redis_start(&server, NULL, NULL) ? 0 : -1;
}

static int stop_server(void)
{
    return real_redis_remove(&server) ? 0 : -1;
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("bus", start_server, stop_server);
    ADD(suite, letters_arrive_in_order_and_the_sender_is_told);
    ADD(suite, whoever_does_not_listen_is_gone);
    ADD(suite, after_the_stop_nobody_is_told_anything_and_what_is_posted_is_sent);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
