#include "redis/redis.h"

#include "base/limits.h"
#include "real_redis.h"
#include "suites.h"

#define S(text) slice_of(text)
#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

static struct real_redis server;

/* One loop and its connection, and what it was told. */
struct world {
    uv_loop_t loop;
    struct redis_address address;
    struct redis *r;
    unsigned answers;
    unsigned failures;
    char order[64]; /* last letters of the answers */
    char last[256]; /* the last answer or reason */
    unsigned ups, downs;
    unsigned heard, joined;
    char messages[2048];
};

static void on_state(void *ctx, bool up)
{
    struct world *w = ctx;
    w->ups += up;
    w->downs += !up;
}

static void world_at(struct world *w, const char *url)
{
    struct err err = { 0 };
    memset(w, 0, sizeof(*w));
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&w->loop), 0);
    CU_ASSERT_TRUE_FATAL(redis_parse(url, &w->address, &err));
    w->r = redis_open(&w->loop, &w->address);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->r);
    redis_on_state(w->r, on_state, w);
}

static void url_of(const struct real_redis *s, char out[200])
{
    if (s->password)
        snprintf(out, 200, "redis://:%s@localhost:%d/3", s->password, s->port);
    else
        snprintf(out, 200, "redis://127.0.0.1:%d/3", s->port);
}

static void world_open(struct world *w)
{
    char url[200];
    url_of(&server, url);
    world_at(w, url);
}

static void world_close(struct world *w)
{
    redis_close(w->r);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    redis_address_done(&w->address);
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

/* Runs the loop until the condition holds; false when it does not within so many milliseconds. */
static bool until(struct world *w, bool (*holds)(struct world *w), unsigned ms)
{
    uv_timer_t tick;
    uv_timer_init(&w->loop, &tick);
    uv_timer_start(&tick, on_tick, 0, 2);
    uint64_t give_up = clock_ms() + ms;
    while (!holds(w) && clock_ms() < give_up)
        uv_run(&w->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&w->loop, UV_RUN_NOWAIT);
    return holds(w);
}

static bool is_up(struct world *w)
{
    return redis_is_up(w->r);
}

static bool is_down(struct world *w)
{
    return !redis_is_up(w->r);
}

static void on_done(void *ctx, const redisReply *reply, const char *why)
{
    struct world *w = ctx;
    CU_ASSERT_EQUAL(reply == NULL, why != NULL);
    w->failures += reply == NULL;
    const char *text = !reply ? why : reply->str ? reply->str : "";
    snprintf(w->last, sizeof(w->last), "%s", text);
    if (w->answers < sizeof(w->order) - 1 && w->last[0])
        w->order[w->answers] = w->last[strlen(w->last) - 1];
    w->answers++;
}

static struct redis_command *echo(struct world *w, const char *text, unsigned deadline_ms)
{
    const struct slice argv[] = { S("ECHO"), S(text) };
    struct redis_command *c = redis_run(w->r, 2, argv, deadline_ms, on_done, w);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    return c;
}

static void command(struct world *w, const char *a, const char *b, const char *c)
{
    const struct slice argv[] = { S(a), S(b), S(c ? c : "") };
    CU_ASSERT_PTR_NOT_NULL_FATAL(redis_run(w->r, c ? 3 : 2, argv, 5000, on_done, w));
    uv_run(&w->loop, UV_RUN_DEFAULT);
}

static void addresses_are_read_and_shown_without_the_password(void)
{
    static const struct {
        const char *url, *shown, *user, *password;
    } good[] = {
        { "redis://h", "redis://h:6379/0", "", "" },
        { "redis://h:1/", "redis://h:1/0", "", "" },
        { "redis://h/7", "redis://h:6379/7", "", "" },
        { "redis://[::1]:70/2", "redis://[::1]:70/2", "", "" },
        { "redis://[::1]", "redis://[::1]:6379/0", "", "" },
        { "redis://:pw@h", "redis://h:6379/0", "", "pw" },
        { "redis://bob:p%40%3Aw%25@h:5/1", "redis://h:5/1", "bob", "p@:w%" },
        { "redis://bob:p@w@h:5/1", "redis://h:5/1", "bob", "p@w" },
        { "unix:///run/r.sock", "unix:///run/r.sock?db=0", "", "" },
        { "unix://:pw@/run/r.sock?db=4", "unix:///run/r.sock?db=4", "", "pw" },
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct redis_address a;
        struct err err = { 0 };
        char shown[REDIS_ADDRESS_TEXT];
        CU_ASSERT_TRUE_FATAL(redis_parse(good[i].url, &a, &err));
        redis_address_show(&a, shown);
        CU_ASSERT_STRING_EQUAL(shown, good[i].shown);
        CU_ASSERT_STRING_EQUAL(a.user, good[i].user);
        CU_ASSERT_STRING_EQUAL(a.password.len ? a.password.bytes : "", good[i].password);
        redis_address_done(&a);
    }
}

static void what_is_no_address_is_refused_without_telling_the_password(void)
{
    static const char *const bad[][2] = {
        { "redis:h", "expected redis://" },
        { "redis://", "the host is missing" },
        { "redis://:swordfish@", "the host is missing" },
        { "redis://swordfish@h", "expected \"user:password@\"" },
        { "redis://u:@h", "the password before the \"@\" is empty" },
        { "redis://u:swordfish%4@h", "percent-encoded" },
        { "redis://u:swordfish%00@h", "percent-encoded" },
        { "redis://h:0", "a port from 1 to 65535" },
        { "redis://h:70000", "a port from 1 to 65535" },
        { "redis://h:x", "a port from 1 to 65535" },
        { "redis://[::1]x", "a port from 1 to 65535" },
        { "redis://:swordfish@h/x", "the number of a database" },
        { "unix://run/x", "the absolute path" },
        { "unix:///run/x?d=1", "expected \"?db=N\"" },
        { "http://h", "expected redis://" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct redis_address a;
        struct err err = { 0 };
        CU_ASSERT_FALSE(redis_parse(bad[i][0], &a, &err));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i][1]));
        if (!strstr(err.text, bad[i][1]))
            fprintf(stderr, "%s: %s\n", bad[i][0], err.text);
        CU_ASSERT_PTR_NULL(strstr(err.text, "swordfish"));
    }
}

static void commands_are_answered_in_their_order(void)
{
    struct world w;
    world_open(&w);
    echo(&w, "a", 5000);
    echo(&w, "b", 60);
    echo(&w, "c", 1000);
    CU_ASSERT_EQUAL(w.answers, 0);
    uv_run(&w.loop, UV_RUN_DEFAULT); /* the loop lives as long as somebody waits */
    CU_ASSERT_STRING_EQUAL(w.order, "abc");
    CU_ASSERT_EQUAL(w.ups, 1);
    CU_ASSERT_TRUE(redis_is_up(w.r));
    command(&w, "SET", "k", "in three");
    char answer[64];
    real_redis_ask(&server, "GET k", answer, sizeof(answer));
    CU_ASSERT_STRING_NOT_EQUAL(answer, "in three"); /* that is another database */
    command(&w, "GET", "k", NULL);
    CU_ASSERT_STRING_EQUAL(w.last, "in three");
    command(&w, "GET", "k", "too much");
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "wrong number of arguments"));
    CU_ASSERT_TRUE(redis_is_up(w.r));
    world_close(&w);
}

static void a_unix_socket_serves_as_well(void)
{
    struct world w;
    char url[200];
    snprintf(url, sizeof(url), "unix://%s", server.socket);
    world_at(&w, url);
    echo(&w, "a", 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_STRING_EQUAL(w.order, "a");
    world_close(&w);
}

static void what_is_forgotten_calls_nobody(void)
{
    struct world w;
    world_open(&w);
    redis_forget(echo(&w, "a", 5000));
    echo(&w, "b", 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    struct redis_command *sent = echo(&w, "c", 5000);
    echo(&w, "d", 5000);
    redis_forget(sent);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    echo(&w, "e", 5000); /* forgotten by closing */
    world_close(&w);
    CU_ASSERT_EQUAL(w.answers, 2);
}

static void on_done_close(void *ctx, const redisReply *reply, const char *why)
{
    struct world *w = ctx;
    on_done(ctx, reply, why);
    redis_close(w->r);
}

static void it_may_be_closed_in_a_callback(void)
{
    struct world w;
    world_open(&w);
    const struct slice ping = S("PING");
    redis_run(w.r, 1, &ping, 5000, on_done_close, &w);
    redis_run(w.r, 1, &ping, 5000, on_done_close, &w);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.answers, 1);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    redis_address_done(&w.address);
}

static void where_nobody_listens_a_command_ends_with_the_reason(void)
{
    static const char *const urls[] = { "redis://127.0.0.1:1", "redis://localhost:1",
                                        "unix:///nowhere/socket", "redis://no-such-host.invalid" };
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct world w;
        world_at(&w, urls[i]);
        uint64_t before = clock_ms();
        echo(&w, "a", 60000);
        uv_run(&w.loop, UV_RUN_DEFAULT);
        CU_ASSERT_EQUAL(w.failures, 1);
        CU_ASSERT_TRUE(clock_ms() - before < 3 * LIMIT_REDIS_GRACE_MS);
        CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "Redis cannot be used: "));
        CU_ASSERT_PTR_NOT_NULL(strstr(w.last, i < 2    ? "Connection refused"
                                              : i == 2 ? "No such file"
                                                       : redis_why(w.r)));
        before = clock_ms();
        echo(&w, "b", 60000); /* known to be down: nobody waits for nothing */
        uv_run(&w.loop, UV_RUN_DEFAULT);
        CU_ASSERT_EQUAL(w.failures, 2);
        CU_ASSERT_TRUE(clock_ms() - before < LIMIT_REDIS_GRACE_MS);
        CU_ASSERT_FALSE(redis_is_refused(w.r));
        CU_ASSERT_EQUAL(w.ups, 0);
        world_close(&w);
    }
}

static void a_wrong_password_is_a_refusal(void)
{
    struct world w;
    char url[200];
    struct real_redis other;
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, "open sesame", NULL));
    static const char *const logins[] = { "", ":wrong@", "bob:wrong@" };
    for (size_t i = 0; i < COUNT_OF(logins); i++) {
        snprintf(url, sizeof(url), "redis://%s127.0.0.1:%d", logins[i], other.port);
        world_at(&w, url);
        echo(&w, "a", 300);
        uv_run(&w.loop, UV_RUN_DEFAULT);
        CU_ASSERT_TRUE(redis_is_refused(w.r));
        CU_ASSERT_EQUAL(w.failures, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(w.last, i ? "WRONGPASS" : "NOAUTH"));
        world_close(&w);
    }
    snprintf(url, sizeof(url), "redis://default:open%%20sesame@127.0.0.1:%d/2", other.port);
    world_at(&w, url);
    echo(&w, "b", 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_STRING_EQUAL(w.last, "b");
    world_close(&w);
    snprintf(url, sizeof(url), "redis://:open%%20sesame@127.0.0.1:%d/99", other.port);
    world_at(&w, url);
    echo(&w, "b", 300);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "DB index is out of range"));
    CU_ASSERT_TRUE(redis_is_refused(w.r));
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void who_does_not_know_passwords_does_not_make_us_tell_it(void)
{
    static const char *const options[] = { "--rename-command", "AUTH", "", NULL };
    struct real_redis other;
    struct world w;
    char url[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, options));
    snprintf(url, sizeof(url), "redis://:swordfish@127.0.0.1:%d", other.port);
    world_at(&w, url);
    echo(&w, "a", 300);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_TRUE(redis_is_refused(w.r));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "AUTH is refused"));
    CU_ASSERT_PTR_NULL(strstr(w.last, "swordfish"));
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_restart_is_waited_for_and_what_was_sent_is_told_lost(void)
{
    struct world w;
    struct real_redis other;
    char url[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    url_of(&other, url);
    world_at(&w, url);
    echo(&w, "a", 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    kill(other.pid, SIGSTOP);
    echo(&w, "lost", 5000);
    uv_run(&w.loop, UV_RUN_NOWAIT); /* sends it */
    uv_run(&w.loop, UV_RUN_NOWAIT);
    real_redis_stop(&other, SIGKILL);
    CU_ASSERT_TRUE(until(&w, is_down, 5000));
    CU_ASSERT_EQUAL(w.downs, 1);
    CU_ASSERT_EQUAL(w.failures, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "the connection to Redis was lost"));
    echo(&w, "c", 5000); /* waits */
    CU_ASSERT_TRUE(real_redis_restart(&other, NULL));
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_STRING_EQUAL(w.last, "c");
    CU_ASSERT_EQUAL(w.failures, 1);
    CU_ASSERT_EQUAL(w.ups, 2);
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_redis_that_hangs_is_told_by_the_deadline_and_then_given_up(void)
{
    struct world w;
    struct real_redis other;
    char url[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    url_of(&other, url);
    world_at(&w, url);
    CU_ASSERT_TRUE(until(&w, is_up, 5000));
    kill(other.pid, SIGSTOP);
    uint64_t before = clock_ms();
    echo(&w, "a", 100);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_TRUE(clock_ms() - before < LIMIT_REDIS_SILENCE_MS);
    CU_ASSERT_EQUAL(w.failures, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "deadline"));
    CU_ASSERT_TRUE(redis_is_up(w.r));
    CU_ASSERT_TRUE(until(&w, is_down, 2 * LIMIT_REDIS_SILENCE_MS));
    CU_ASSERT_PTR_NOT_NULL(strstr(redis_why(w.r), "does not answer"));
    kill(other.pid, SIGCONT);
    CU_ASSERT_TRUE(until(&w, is_up, 10000));
    echo(&w, "b", 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_STRING_EQUAL(w.last, "b"); /* and not the late answer of the first */
    CU_ASSERT_EQUAL(w.answers, 2);
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void too_much_at_once_is_turned_away(void)
{
    struct world w;
    world_open(&w);
    for (unsigned i = 0; i < LIMIT_REDIS_COMMANDS + 2; i++)
        echo(&w, "a", 20000);
    CU_ASSERT_EQUAL(w.answers, 0);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.answers, LIMIT_REDIS_COMMANDS + 2);
    CU_ASSERT_EQUAL(w.failures, 2);
    echo(&w, "b", 20000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.failures, 2);
    world_close(&w);
}

static void what_every_connection_begins_with_comes_first(void)
{
    struct world w;
    world_open(&w);
    const struct slice set[] = { S("SET"), S("first"), S("1") };
    CU_ASSERT_TRUE(redis_begin_with(w.r, COUNT_OF(set), set, on_done, &w));
    command(&w, "GET", "first", NULL);
    CU_ASSERT_STRING_EQUAL(w.last, "1");
    CU_ASSERT_EQUAL(w.answers, 2); /* its own one, too */
    world_close(&w);

    world_open(&w);
    const struct slice bad[] = { S("SET"), S("first") };
    CU_ASSERT_TRUE(redis_begin_with(w.r, COUNT_OF(bad), bad, NULL, NULL));
    echo(&w, "a", 300);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(w.failures, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "wrong number of arguments"));
    world_close(&w);
}

static void a_replica_that_cannot_be_written_is_left(void)
{
    struct world w;
    struct real_redis other;
    char url[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    url_of(&other, url);
    world_at(&w, url);
    CU_ASSERT_TRUE(until(&w, is_up, 5000));
    real_redis_do(&other, "REPLICAOF 127.0.0.1 1");
    command(&w, "SET", "k", "v");
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "READONLY"));
    CU_ASSERT_TRUE(until(&w, is_down, 1000));
    command(&w, "SET", "k", "v");
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, "it is a replica"));
    real_redis_do(&other, "REPLICAOF NO ONE");
    CU_ASSERT_TRUE(until(&w, is_up, 5000));
    command(&w, "SET", "k", "v");
    CU_ASSERT_STRING_EQUAL(w.last, "OK");
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

/* Messages. */

static bool has_joined(struct world *w);
static bool has_joined_again(struct world *w);
static void on_heard(void *ctx, struct slice message);

static bool asks_and_is_down(struct world *w)
{
    echo(w, "a", 100);
    return !redis_is_up(w->r);
}

/* Nothing is written there that it could refuse. */
static void a_master_that_becomes_a_replica_is_left_though_it_takes_messages(void)
{
    struct world w;
    struct real_redis other;
    char url[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    url_of(&other, url);
    world_at(&w, url);
    CU_ASSERT_TRUE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_TRUE(until(&w, has_joined, 5000));
    real_redis_do(&other, "REPLICAOF 127.0.0.1 1");
    CU_ASSERT_TRUE(until(&w, asks_and_is_down, 3 * LIMIT_REDIS_ROLE_MS));
    CU_ASSERT_PTR_NOT_NULL(strstr(redis_why(w.r), "it is a replica"));
    CU_ASSERT_EQUAL(w.joined, 1);
    real_redis_do(&other, "REPLICAOF NO ONE");
    CU_ASSERT_TRUE(until(&w, is_up, 5000));
    CU_ASSERT_TRUE(until(&w, has_joined_again, 5000));
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void on_heard(void *ctx, struct slice message)
{
    struct world *w = ctx;
    if (!message.data) {
        w->joined++;
        return;
    }
    w->heard++;
    size_t len = strlen(w->messages);
    snprintf(w->messages + len, sizeof(w->messages) - len, "%.*s ", (int)message.len, message.data);
}

static bool has_joined(struct world *w)
{
    return w->joined > 0;
}

static bool has_joined_again(struct world *w)
{
    return w->joined > 1;
}

static bool has_heard_ten(struct world *w)
{
    return w->heard >= 10;
}

static void publish(struct world *w, const char *channel, const char *text)
{
    const struct slice argv[] = { S("PUBLISH"), S(channel), S(text) };
    CU_ASSERT_PTR_NOT_NULL_FATAL(redis_run(w->r, 3, argv, 5000, NULL, NULL));
}

static void messages_come_in_order_to_the_one_who_subscribed(void)
{
    struct world w;
    world_open(&w);
    CU_ASSERT_TRUE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_FALSE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_TRUE(until(&w, has_joined, 5000));
    for (int i = 0; i < 10; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        publish(&w, "c", text);
        publish(&w, "other", "x");
    }
    CU_ASSERT_TRUE(until(&w, has_heard_ten, 5000));
    CU_ASSERT_STRING_EQUAL(w.messages, "0 1 2 3 4 5 6 7 8 9 ");
    redis_unsubscribe(w.r, "c");
    publish(&w, "c", "late");
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_TRUE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_TRUE(until(&w, has_joined_again, 5000));
    for (int i = 0; i < 10; i++)
        publish(&w, "c", "y");
    w.heard = 0;
    CU_ASSERT_TRUE(until(&w, has_heard_ten, 5000));
    CU_ASSERT_PTR_NULL(strstr(w.messages, "late"));
    CU_ASSERT_EQUAL(w.joined, 2);
    world_close(&w);
}

static void after_a_reconnection_it_is_told_and_hears_again(void)
{
    struct world w;
    struct real_redis other;
    char url[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    url_of(&other, url);
    world_at(&w, url);
    CU_ASSERT_TRUE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_TRUE(until(&w, has_joined, 5000));
    real_redis_do(&other, "CLIENT KILL TYPE pubsub");
    CU_ASSERT_TRUE(until(&w, has_joined_again, 5000));
    for (int i = 0; i < 10; i++)
        publish(&w, "c", "y");
    CU_ASSERT_TRUE(until(&w, has_heard_ten, 5000));
    CU_ASSERT_EQUAL(w.downs, 0); /* the other connection has not suffered */
    w.joined = 1;
    real_redis_stop(&other, SIGKILL);
    CU_ASSERT_TRUE(real_redis_restart(&other, NULL));
    CU_ASSERT_TRUE(until(&w, has_joined_again, 5000));
    world_close(&w);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void on_heard_leave(void *ctx, struct slice message)
{
    struct world *w = ctx;
    on_heard(ctx, message);
    if (message.data)
        redis_unsubscribe(w->r, "d");
}

static void a_receiver_may_leave_while_it_hears(void)
{
    struct world w;
    world_open(&w);
    CU_ASSERT_TRUE(redis_subscribe(w.r, "d", on_heard_leave, &w));
    CU_ASSERT_TRUE(until(&w, has_joined, 5000));
    publish(&w, "d", "1");
    publish(&w, "d", "2");
    CU_ASSERT_TRUE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_TRUE(until(&w, has_joined_again, 5000));
    for (int i = 0; i < 9; i++)
        publish(&w, "c", "x");
    CU_ASSERT_TRUE(until(&w, has_heard_ten, 5000));
    CU_ASSERT_PTR_NULL(strstr(w.messages, "2"));
    redis_unsubscribe(w.r, "c");
    redis_unsubscribe(w.r, "c");
    uv_run(&w.loop, UV_RUN_DEFAULT);
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

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("redis", start_server, stop_server);
    ADD(addresses_are_read_and_shown_without_the_password);
    ADD(what_is_no_address_is_refused_without_telling_the_password);
    ADD(commands_are_answered_in_their_order);
    ADD(a_unix_socket_serves_as_well);
    ADD(what_is_forgotten_calls_nobody);
    ADD(it_may_be_closed_in_a_callback);
    ADD(where_nobody_listens_a_command_ends_with_the_reason);
    ADD(a_wrong_password_is_a_refusal);
    ADD(who_does_not_know_passwords_does_not_make_us_tell_it);
    ADD(a_restart_is_waited_for_and_what_was_sent_is_told_lost);
    ADD(a_redis_that_hangs_is_told_by_the_deadline_and_then_given_up);
    ADD(too_much_at_once_is_turned_away);
    ADD(what_every_connection_begins_with_comes_first);
    ADD(a_replica_that_cannot_be_written_is_left);
    ADD(a_master_that_becomes_a_replica_is_left_though_it_takes_messages);
    ADD(messages_come_in_order_to_the_one_who_subscribed);
    ADD(after_a_reconnection_it_is_told_and_hears_again);
    ADD(a_receiver_may_leave_while_it_hears);
    return run_suites();
}
