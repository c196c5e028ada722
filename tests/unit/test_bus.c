#include "bus/bus.h"

#include "base/limits.h"
#include "base/secret.h"
#include "bus/envelope.h"
#include "real_redis.h"
#include "redis/redis.h"
#include "suites.h"

static struct real_redis server;
static struct bus_key key, another_key;

/* Two nodes on one loop. */
struct world {
    uv_loop_t loop;
    struct redis_address address;
    struct bus *here, *there;
    char taken[64]; /* letters that came there */
    unsigned told[BUS_CLOSED + 1];
    unsigned sent;
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
    CU_ASSERT_TRUE_FATAL(bus_open(&w->loop, &w->address, &key, here, &w->here, &err));
    while (!bus_is_up(w->here))
        uv_run(&w->loop, UV_RUN_ONCE);
    CU_ASSERT_TRUE_FATAL(bus_open(&w->loop, &w->address, &key, there, &w->there, &err));
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

static bool has_taken_one(struct world *w)
{
    return strlen(w->taken) >= 2;
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

/* Of the bus that was opened last. */
static void cut_subscription(void)
{
    char list[4096], command[100];
    real_redis_ask(&server, "CLIENT LIST TYPE pubsub", list, sizeof(list));
    const char *last = list;
    for (const char *at = list; (at = strstr(at, "id=")); at++)
        if (at == list || at[-1] == '\n')
            last = at;
    snprintf(command, sizeof(command), "CLIENT KILL ID %ld", strtol(last + 3, NULL, 10));
    real_redis_do(&server, command);
}

static void letters_wait_for_a_lost_subscription_and_stay_in_order(void)
{
    struct world w;
    world_open(&w);
    CU_ASSERT_TRUE(post(&w, "0"));
    CU_ASSERT_TRUE(until(&w, has_taken_one));
    w.taken[0] = '\0';
    cut_subscription();
    CU_ASSERT_TRUE(post(&w, "1") && post(&w, "2"));
    for (int i = 0; i < 3; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_TRUE(post(&w, "3"));
    CU_ASSERT_TRUE(until(&w, has_taken_three));
    CU_ASSERT_STRING_EQUAL(w.taken, "1 2 3 ");
    CU_ASSERT_EQUAL(w.told[BUS_GONE] + w.told[BUS_UNREACHABLE], 0);
    world_close(&w);
}

/* Nor is anybody left who would be told. */
static void a_bus_that_closes_lets_go_of_what_waits(void)
{
    struct world w;
    world_open(&w);
    cut_subscription();
    CU_ASSERT_TRUE(post(&w, "1"));
    for (int i = 0; i < 5; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    world_close(&w);
    CU_ASSERT_EQUAL(w.told[BUS_CLOSED] + w.told[BUS_DONE], 1);
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

static void on_sent(void *ctx)
{
    ((struct world *)ctx)->sent++;
}

static bool all_is_sent(struct world *w)
{
    return w->sent == 1;
}

static void who_stops_without_redis_does_not_wait_for_it(void)
{
    struct world w;
    world_open(&w);
    kill(server.pid, SIGSTOP);
    CU_ASSERT_TRUE(post(&w, "1"));
    uint64_t began = clock_ms();
    bus_stop(w.here, on_sent, &w);
    CU_ASSERT_TRUE(until(&w, all_is_sent));
    CU_ASSERT_TRUE(clock_ms() - began < LIMIT_BUS_PART_MS + 1000);
    kill(server.pid, SIGCONT);
    world_close(&w);
    world_open(&w);
    bus_stop(w.here, on_sent, &w); /* nothing is under way */
    CU_ASSERT_EQUAL(w.sent, 1);
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
    bus_stop(w.here, on_sent, &w);
    CU_ASSERT_EQUAL(w.told[BUS_CLOSED], 5);
    CU_ASSERT_EQUAL(w.sent, 0);
    CU_ASSERT_FALSE(post(&w, "4"));
    CU_ASSERT_TRUE(until(&w, has_taken_three));
    CU_ASSERT_TRUE(until(&w, all_is_sent));
    uint64_t later = clock_ms() + LIMIT_BUS_ANSWER_MS + 200;
    while (clock_ms() < later)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_STRING_EQUAL(w.taken, "1 2 3 ");
    CU_ASSERT_EQUAL(w.told[BUS_DONE] + w.told[BUS_GONE] + w.told[BUS_UNREACHABLE], 0);
    world_close(&w);
    CU_ASSERT_EQUAL(w.told[BUS_CLOSED], 5);
}

static unsigned listening(void)
{
    char list[4096];
    unsigned count = 0;
    real_redis_ask(&server, "CLIENT LIST TYPE pubsub", list, sizeof(list));
    for (const char *at = list; (at = strstr(at, " cmd=")); at++)
        count++;
    return count;
}

/* Before its connections end: nobody waits for an answer that it does not give any more. */
static void who_stops_is_gone_to_the_others(void)
{
    struct world w;
    world_open(&w);
    CU_ASSERT_EQUAL(listening(), 2);
    bus_stop(w.there, on_sent, &w);
    uint64_t deadline = clock_ms() + 5000;
    while (listening() > 1 && clock_ms() < deadline)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    uint64_t asked = clock_ms();
    CU_ASSERT_TRUE(bus_ask(w.here, there, LETTER_FIND, slice_of("x"), on_told, &w));
    CU_ASSERT_TRUE(until(&w, has_been_told_gone));
    CU_ASSERT_TRUE(clock_ms() - asked < LIMIT_BUS_RETURN_MS);
    world_close(&w);
}

/* What travels from here to there, as anybody sees who may subscribe in Redis. */
static redisContext *eavesdrop(void)
{
    redisContext *c = redisConnectUnix(server.socket);
    CU_ASSERT_TRUE_FATAL(c && !c->err);
    freeReplyObject(redisCommand(c, "PSUBSCRIBE asana-mcp:bus*"));
    return c;
}

static redisReply *overhear(redisContext *c)
{
    redisReply *reply = NULL;
    CU_ASSERT_EQUAL_FATAL(redisGetReply(c, (void **)&reply), REDIS_OK);
    CU_ASSERT_EQUAL_FATAL(reply->elements, 4);
    return reply;
}

static void publish(const char *channel, const redisReply *text)
{
    redisContext *c = redisConnectUnix(server.socket);
    CU_ASSERT_TRUE_FATAL(c && !c->err);
    freeReplyObject(redisCommand(c, "PUBLISH %s %b", channel, text->str, text->len));
    redisFree(c);
}

static bool has_been_told(struct world *w)
{
    return w->told[BUS_DONE];
}

static bool has_taken_the_end(struct world *w)
{
    return strstr(w->taken, "end");
}

static void nobody_who_listens_in_redis_reads_a_letter_or_sends_it_again(void)
{
    struct world w;
    world_open(&w);
    redisContext *c = eavesdrop();
    CU_ASSERT_TRUE(post(&w, "milk"));
    CU_ASSERT_TRUE_FATAL(until(&w, has_been_told));
    redisReply *heard = overhear(c);
    const redisReply *channel = heard->element[2], *text = heard->element[3];
    CU_ASSERT_PTR_NULL(memmem(text->str, text->len, "milk", 4));
    CU_ASSERT_PTR_NOT_NULL(strstr(channel->str, ":0300000002"));
    publish(channel->str, text);           /* again */
    publish("asana-mcp:bus2:1:all", text); /* to others */
    text->str[text->len - 1] ^= 1;
    publish(channel->str, text); /* changed */
    text->str[text->len - 1] ^= 1;
    publish(channel->str, text); /* late */
    CU_ASSERT_TRUE(post(&w, "end"));
    CU_ASSERT_TRUE(until(&w, has_taken_the_end));
    CU_ASSERT_STRING_EQUAL(w.taken, "milk end ");
    freeReplyObject(heard);
    redisFree(c);
    world_close(&w);
}

static void a_letter_of_another_key_is_no_letter(void)
{
    struct world w;
    struct err err = { 0 };
    struct bus *stranger;
    world_open(&w);
    CU_ASSERT_TRUE_FATAL(
        bus_open(&w.loop, &w.address, &another_key, (struct place){ .node = 9 }, &stranger, &err));
    while (!bus_is_up(stranger))
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_TRUE(bus_post(stranger, there, LETTER_DELIVER, slice_of("forged"), on_told, &w));
    CU_ASSERT_TRUE(until(&w, has_been_told)); /* so it comes before the next */
    CU_ASSERT_TRUE(post(&w, "end"));
    CU_ASSERT_TRUE(until(&w, has_taken_the_end));
    CU_ASSERT_STRING_EQUAL(w.taken, "end ");
    bus_close(stranger);
    world_close(&w);
}

/* ---- what all have in common ---- */

struct agreed {
    bool known;
    uint8_t value[BUS_COMMON];
};

static void on_agreed(void *ctx, const uint8_t value[BUS_COMMON])
{
    struct agreed *a = ctx;
    CU_ASSERT_FALSE(a->known);
    a->known = true;
    memcpy(a->value, value, BUS_COMMON);
}

static void agree(struct world *w, struct bus *b, const char *secret, struct agreed *a)
{
    uint64_t give_up = clock_ms() + 10000;
    bus_agree(b, slice_of(secret), on_agreed, a);
    while (!a->known && clock_ms() < give_up)
        uv_run(&w->loop, UV_RUN_ONCE);
    CU_ASSERT_TRUE_FATAL(a->known);
}

static bool three_are_kept(struct world *w)
{
    char answer[256];
    (void)w;
    real_redis_ask(&server, "INFO keyspace", answer, sizeof(answer));
    return strstr(answer, "db1:keys=3,");
}

static void nodes_with_the_old_secret_and_the_new_one_agree(void)
{
    struct world w;
    struct agreed old = { 0 }, other = { 0 }, new = { 0 };
    real_redis_do(&server, "FLUSHALL");
    world_open(&w);
    agree(&w, w.here, "old secret", &old);
    agree(&w, w.there, "other secret", &other); /* a server of its own */
    CU_ASSERT_NOT_EQUAL(memcmp(old.value, other.value, BUS_COMMON), 0);
    bus_agree(w.here, slice_of("new secret"), on_agreed, &old); /* its settings were renewed */
    CU_ASSERT_TRUE(until(&w, three_are_kept));
    bus_close(w.there); /* and started again with the new ones */
    struct err err = { 0 };
    CU_ASSERT_TRUE_FATAL(bus_open(&w.loop, &w.address, &key, there, &w.there, &err));
    agree(&w, w.there, "new secret", &new);
    CU_ASSERT_EQUAL(memcmp(old.value, new.value, BUS_COMMON), 0);
    world_close(&w);
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
    struct box_key fresh;
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    box_key_new(&fresh);
    bus_key_set(&key, &fresh);
    box_key_new(&fresh);
    bus_key_set(&another_key, &fresh);
    CU_pSuite suite = CU_add_suite("bus", start_server, stop_server);
    ADD(suite, letters_arrive_in_order_and_the_sender_is_told);
    ADD(suite, whoever_does_not_listen_is_gone);
    ADD(suite, nobody_who_listens_in_redis_reads_a_letter_or_sends_it_again);
    ADD(suite, a_letter_of_another_key_is_no_letter);
    ADD(suite, nodes_with_the_old_secret_and_the_new_one_agree);
    ADD(suite, letters_wait_for_a_lost_subscription_and_stay_in_order);
    ADD(suite, a_bus_that_closes_lets_go_of_what_waits);
    ADD(suite, who_stops_without_redis_does_not_wait_for_it);
    ADD(suite, who_stops_is_gone_to_the_others);
    ADD(suite, after_the_stop_nobody_is_told_anything_and_what_is_posted_is_sent);
    return run_suites();
}
