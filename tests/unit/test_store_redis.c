#include "store_suite.h"

#include "real_redis.h"
#include "store/redis_check.h"
#include "store/redis_script.h"
#include "suites.h"

static struct real_redis server;
static char where[200];

static struct store *open_at(const char *place)
{
    struct store *s = NULL;
    struct err err = { 0 };
    bool ok = store_open(place, &s, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_TRUE_FATAL(ok);
    return s;
}

static void where_of(const struct real_redis *r, char out[200])
{
    if (r->password)
        snprintf(out, 200, "redis://:%s@127.0.0.1:%d/2", r->password, r->port);
    else
        snprintf(out, 200, "redis://127.0.0.1:%d/2", r->port);
}

static struct store *open_empty(void)
{
    real_redis_do(&server, "FLUSHALL");
    return open_at(where);
}

/* A text answer of the server's database 2, asked by somebody else. */
static const char *ask(const char *command)
{
    static char answer[256];
    redisContext *c = redisConnectUnix(server.socket);
    freeReplyObject(redisCommand(c, "SELECT 2"));
    redisReply *reply = redisCommand(c, command);
    CU_ASSERT_PTR_NOT_NULL_FATAL(reply);
    if (reply->type == REDIS_REPLY_INTEGER)
        snprintf(answer, sizeof(answer), "%lld", reply->integer);
    else if (reply->type == REDIS_REPLY_ARRAY)
        snprintf(answer, sizeof(answer), "%zu elements", reply->elements);
    else
        snprintf(answer, sizeof(answer), "%s", reply->str ? reply->str : "");
    freeReplyObject(reply);
    redisFree(c);
    return answer;
}

static bool refused(const char *place, const char *because)
{
    struct store *s = NULL;
    struct err err = { 0 };
    bool opened = store_open(place, &s, &err);
    bool ok = !opened && strstr(err.text, because);
    if (!ok)
        fprintf(stderr, "%s: %s\n", place, err.text);
    if (opened)
        store_close(s);
    CU_ASSERT_PTR_NULL(strstr(err.text, "swordfish"));
    return ok;
}

static bool is_down(struct store *s, struct store_op op, const char *because)
{
    const struct store_result *r = step(s, &op, 1, NOW);
    bool ok = r->outcome == STORE_DOWN && strstr(r->detail, because);
    if (!ok)
        fprintf(stderr, "%d: %s\n", (int)r->outcome, r->detail ? r->detail : "");
    return ok;
}

static void close_here(struct store *s)
{
    store_wait_done(last_wait);
    last_wait = NULL;
    store_close(s);
}

static void nothing_is_left_of_a_record_that_is_gone(void)
{
    struct store *s = open_empty();
    struct store_op put = write_op(STORE_PUT, "k", "v");
    put.owner = S("user:1");
    put.expires_at = NOW + 60;
    done(s, put);
    CU_ASSERT_STRING_EQUAL(ask("KEYS asana-mcp:*"), "6 elements");
    CU_ASSERT_STRING_EQUAL(ask("DBSIZE"), "6"); /* all of ours begin so */
    done(s, write_op(STORE_DELETE, "k", ""));
    CU_ASSERT_STRING_EQUAL(ask("KEYS *"), "2 elements"); /* format and version */
    done(s, put);
    put.expires_at = 0; /* another life, and another owner */
    put.owner = S("user:2");
    done(s, put);
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:x"), "0");
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:o:6:user:1"), "0");
    CU_ASSERT_STRING_EQUAL(ask("TTL asana-mcp:r:6:k"), "-1");
    done(s, write_op(STORE_TAKE, "k", ""));
    CU_ASSERT_STRING_EQUAL(ask("KEYS *"), "2 elements");
    close_here(s);
}

static void redis_deletes_what_has_expired_when_nobody_else_does(void)
{
    struct store *s = open_empty();
    struct store_op put = write_op(STORE_PUT, "k", "v");
    put.owner = S("user:1");
    put.expires_at = NOW + 60;
    done(s, put);
    long ttl = strtol(ask("TTL asana-mcp:r:6:k"), NULL, 10);
    CU_ASSERT_TRUE(ttl > 60 + LIMIT_STORE_SLACK - 10 && ttl <= 60 + LIMIT_STORE_SLACK);
    done(s, write_op(STORE_PUT, "other", "v"));

    /* As if it had. */
    CU_ASSERT_STRING_EQUAL(ask("DEL asana-mcp:r:6:k"), "1");
    CU_ASSERT_TRUE(holds(s, "k", NULL));
    struct store_op list = { .verb = STORE_LIST, .table = STORE_GRANTS, .key = S("user:1") };
    CU_ASSERT_EQUAL(done(s, list).count, 0);
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:o:6:user:1"), "0"); /* the list has looked */
    list.key = S("");
    CU_ASSERT_EQUAL(done(s, list).count, 1);
    CU_ASSERT_STRING_EQUAL(ask("ZCARD asana-mcp:t:6"), "1");

    /* And there is another one by now, whose owner it is not. */
    done(s, put);
    CU_ASSERT_STRING_EQUAL(ask("DEL asana-mcp:r:6:k"), "1");
    put.owner = S("user:2");
    put.expires_at = 0;
    done(s, put);
    bool more = true;
    CU_ASSERT_TRUE(store_sweep(s, NOW + 60, &more, NULL));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:x asana-mcp:o:6:user:1"), "0");
    CU_ASSERT_TRUE(holds(s, "k", "v"));
    list.key = S("user:2");
    CU_ASSERT_EQUAL(done(s, list).count, 1);
    close_here(s);
}

static void sweeping_deletes_what_has_expired_a_bounded_amount_at_a_time(void)
{
    struct store *s = open_empty();
    done(s, write_op(STORE_PUT, "stays", "v"));
    for (int i = 0; i < LIMIT_STORE_SWEEP + 10; i++) {
        char key[16];
        snprintf(key, sizeof(key), "%d", i);
        struct store_op op = write_op(STORE_PUT, key, "v");
        op.owner = S("user:1");
        op.expires_at = NOW + 1 + i % 2;
        done(s, op);
    }
    bool more = true;
    CU_ASSERT_TRUE(store_sweep(s, NOW, &more, NULL));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_STRING_EQUAL(ask("ZCARD asana-mcp:t:6"), "511");
    CU_ASSERT_TRUE(store_sweep(s, NOW + 2, &more, NULL));
    CU_ASSERT_TRUE(more);
    CU_ASSERT_STRING_EQUAL(ask("ZCARD asana-mcp:t:6"), "11");
    CU_ASSERT_TRUE(store_sweep(s, NOW + 2, &more, NULL));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_STRING_EQUAL(ask("KEYS *"), "4 elements"); /* a record, its table, format, version */
    CU_ASSERT_TRUE(holds(s, "stays", "v"));
    close_here(s);
}

static void what_has_expired_goes_without_being_asked(void)
{
    struct store *s = open_empty();
    struct store_op op = write_op(STORE_PUT, "old", "v");
    op.expires_at = NOW + 1;
    done(s, op); /* the first sweep: soon after the start */
    done_at(s, write_op(STORE_PUT, "k", "v"), NOW + 1);
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:r:6:old"), "1"); /* not after every step */
    for (int i = 0; i < LIMIT_STORE_SWEEP_EVERY; i++)
        done_at(s, write_op(STORE_PUT, "k", "v"), NOW + 1);
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:r:6:old"), "0");
    close_here(s);
}

static void what_a_failed_step_changed_is_taken_back_with_all_its_traces(void)
{
    struct store *s = open_empty();
    struct store_op old = write_op(STORE_PUT, "a", "old");
    old.owner = S("user:1");
    old.expires_at = NOW + 60;
    uint64_t version = done(s, old).version;
    done(s, count_op("n", 5));
    struct store_op ops[] = {
        write_op(STORE_DELETE, "a", ""),
        write_op(STORE_PUT, "a", "new"),
        write_op(STORE_PUT, "b", "new"),
        write_op(STORE_TAKE, "b", ""),
        write_op(STORE_PUT, "c", "new"),
        count_op("n", 2),
        count_op("m", 1),
        write_op(STORE_ADD, "a", "x"),
    };
    ops[2].owner = ops[4].owner = S("user:9");
    ops[4].expires_at = NOW + 9;
    const struct store_result *r = step(s, ops, COUNT_OF(ops), NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_CONFLICT);
    CU_ASSERT_EQUAL(r->failed_op, 7);
    struct store_answer a = done(s, get_op("a"));
    CU_ASSERT_EQUAL_FATAL(a.count, 1);
    CU_ASSERT_TRUE(slice_is(a.records[0].value, "old"));
    CU_ASSERT_TRUE(slice_is(a.records[0].owner, "user:1"));
    CU_ASSERT_EQUAL(a.records[0].version, version);
    CU_ASSERT_EQUAL(a.records[0].expires_at, NOW + 60);
    long ttl = strtol(ask("TTL asana-mcp:r:6:a"), NULL, 10);
    CU_ASSERT_TRUE(ttl > LIMIT_STORE_SLACK && ttl <= 60 + LIMIT_STORE_SLACK);
    CU_ASSERT_EQUAL(done(s, count_op("n", 0)).counter, 5);
    CU_ASSERT_STRING_EQUAL(ask("ZCARD asana-mcp:t:6"), "1");
    CU_ASSERT_STRING_EQUAL(ask("ZCARD asana-mcp:x"), "1");
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:o:6:user:9"), "0");
    CU_ASSERT_STRING_EQUAL(ask("EXISTS asana-mcp:r:11:m"), "0");
    close_here(s);
}

static void a_script_that_redis_has_forgotten_is_sent_again_in_order(void)
{
    struct store *s = open_empty();
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    for (int round = 0; round < 3; round++) {
        real_redis_do(&server, "SCRIPT FLUSH");
        for (int i = 0; i < 20; i++)
            run_count(&r, on_counted);
        store_cancel(run_count(&r, on_counted));
        uv_run(&r.loop, UV_RUN_DEFAULT);
    }
    CU_ASSERT_EQUAL_FATAL(r.calls, 61);
    for (unsigned i = 1; i < r.calls; i++)
        CU_ASSERT_TRUE(r.seen[i] > r.seen[i - 1]);
    CU_ASSERT_FALSE(r.same_turn);
    static char stats[1 << 14];
    real_redis_do(&server, "CONFIG RESETSTAT"); /* and once it knows it again, not as a whole */
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    real_redis_ask(&server, "INFO commandstats", stats, sizeof(stats));
    CU_ASSERT_PTR_NOT_NULL(strstr(stats, "cmdstat_evalsha:"));
    CU_ASSERT_PTR_NULL(strstr(stats, "cmdstat_eval:"));

    real_redis_do(&server, "SCRIPT FLUSH"); /* and the loop may leave meanwhile */
    for (int i = 0; i < 20; i++)
        run_count(&r, on_counted_leave);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, 63);
    CU_ASSERT_EQUAL(uv_loop_close(&r.loop), 0);
    close_here(s);
}

static void what_is_no_place_for_a_store_is_refused(void)
{
    CU_ASSERT_TRUE(refused("redis:host", "expected redis://"));
    CU_ASSERT_TRUE(refused("redis://:swordfish@", "the host is missing"));
    CU_ASSERT_TRUE(refused("mysql:x", "or \"redis://HOST\", got \"mysql\""));
    char place[200];
    snprintf(place, sizeof(place), "redis://:swordfish@127.0.0.1:%d", server.port);
    CU_ASSERT_TRUE(refused(place, "neither this user nor this password"));
    snprintf(place, sizeof(place), "redis://127.0.0.1:%d/99", server.port);
    CU_ASSERT_TRUE(refused(place, "no such database"));
    ask("SET asana-mcp:format 2");
    CU_ASSERT_TRUE(refused(where, "written by a newer asana-mcp (its format is 2"));
    CU_ASSERT_STRING_EQUAL(ask("GET asana-mcp:format"), "2");
    ask("DEL asana-mcp:format");
}

/* What a counter is after adding one, as soon as the loop can add. */
static int64_t count_soon(struct runner *r)
{
    uint64_t give_up = clock_ms() + 10000;
    do {
        r->calls = 0;
        run_count(r, on_counted);
        uv_run(&r->loop, UV_RUN_DEFAULT);
    } while (r->seen[0] < 0 && clock_ms() < give_up);
    return r->seen[0];
}

static void a_cluster_is_refused(void)
{
    static const char *const options[] = { "--cluster-enabled", "yes", NULL };
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, options));
    snprintf(place, sizeof(place), "redis://127.0.0.1:%d", other.port);
    CU_ASSERT_TRUE(refused(place, "is in cluster mode"));
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_format_that_changes_under_us_is_written_no_more(void)
{
    struct store *s = open_empty();
    done(s, write_op(STORE_PUT, "k", "old"));
    ask("SET asana-mcp:format 2");
    CU_ASSERT_TRUE(is_down(s, write_op(STORE_PUT, "k", "new"), "newer asana-mcp"));
    ask("SET asana-mcp:format " REDIS_FORMAT);
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    close_here(s);
}

/* Whoever can write into Redis must not be able to write into our memory. */
static void a_record_over_our_limits_is_no_record(void)
{
    struct store *s = open_empty();
    struct store_op list = { .verb = STORE_LIST, .table = STORE_GRANTS };
    char key[LIMIT_STORE_KEY + 2], command[2 * sizeof(key) + 100];
    memset(key, 'k', sizeof(key));
    for (int over = 0; over < 2; over++) {
        key[LIMIT_STORE_KEY + over] = '\0';
        snprintf(command, sizeof(command), "HSET asana-mcp:r:6:%s v v o %s n 1 x 0", key, "user:1");
        ask(command);
        snprintf(command, sizeof(command), "ZADD asana-mcp:t:6 0 %s", key);
        ask(command);
        CU_ASSERT_EQUAL(step(s, &list, 1, NOW)->outcome, over ? STORE_DOWN : STORE_DONE);
        key[LIMIT_STORE_KEY] = 'k';
    }
    close_here(s);
}

static void a_redis_that_is_not_there_yet_is_waited_for(void)
{
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    real_redis_stop(&other, SIGKILL);
    where_of(&other, place);
    struct store *s = open_at(place);
    CU_ASSERT_TRUE(is_down(s, get_op("k"), "Connection refused"));
    CU_ASSERT_TRUE_FATAL(real_redis_restart(&other, NULL));
    done(s, write_op(STORE_PUT, "k", "v"));
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_password_lets_in_and_no_text_tells_it(void)
{
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, "swordfish", NULL));
    where_of(&other, place);
    struct store *s = open_at(place);
    done(s, write_op(STORE_PUT, "k", "v"));
    real_redis_do(&other, "CONFIG SET requirepass other");
    struct store_op op = get_op("k");
    const struct store_result *r = step(s, &op, 1, NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_DOWN);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->detail, "WRONGPASS"));
    CU_ASSERT_PTR_NULL(strstr(r->detail, "swordfish"));
    close_here(s);
    snprintf(place, sizeof(place), "redis://127.0.0.1:%d", other.port);
    CU_ASSERT_TRUE(refused(place, "write redis://USER:PASSWORD@"));
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_user_with_no_more_rights_than_needed_is_enough(void)
{
    char place[200];
    /* As HOSTING.md has it. */
    real_redis_do(&server, "ACL SETUSER asana-mcp on >pw ~asana-mcp:* &asana-mcp:* +@read +@write "
                           "+@scripting +@pubsub +@connection +time +info +role +config|get");
    real_redis_do(&server, "FLUSHALL");
    snprintf(place, sizeof(place), "redis://asana-mcp:pw@127.0.0.1:%d/2", server.port);
    struct store *s = open_at(place);
    done(s, write_op(STORE_PUT, "k", "v"));
    CU_ASSERT_TRUE(holds(s, "k", "v"));
    close_here(s);
    struct redis_address address;
    struct redis_facts facts;
    CU_ASSERT_TRUE(redis_parse(place, &address, NULL));
    redis_look(&address, &facts);
    redis_address_done(&address);
    CU_ASSERT_TRUE(facts.reached);
    CU_ASSERT_STRING_EQUAL(facts.policy, "noeviction");
    CU_ASSERT_STRING_EQUAL(facts.fsync, "everysec");
    CU_ASSERT_FALSE(facts.keeps_log);
    CU_ASSERT_STRING_EQUAL(facts.format, REDIS_FORMAT);
}

/* Kept on the disk before it is answered. */
static const char *const durable[] = { "--appendonly", "yes", "--appendfsync", "always", NULL };

static void what_was_acknowledged_survives_a_crash_of_redis(void)
{
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, durable));
    where_of(&other, place);
    struct store *s = open_at(place);
    struct runner r;
    runner_open(&r, s);
    int64_t counted = 0;
    for (int round = 0; round < 3; round++) {
        r.calls = 0;
        for (int i = 0; i < 100; i++)
            run_count(&r, on_counted);
        while (r.calls < 30)
            uv_run(&r.loop, UV_RUN_ONCE);
        real_redis_stop(&other, SIGKILL);
        uv_run(&r.loop, UV_RUN_DEFAULT);
        CU_ASSERT_EQUAL(r.calls, 100);
        for (int i = 0; i < 100; i++)
            counted = r.seen[i] > counted ? r.seen[i] : counted;
        CU_ASSERT_TRUE_FATAL(real_redis_restart(&other, durable));
        int64_t kept = done(s, count_op("c", 0)).counter;
        CU_ASSERT_TRUE(kept >= counted); /* of those that were lost on the way, some are done */
        counted = kept;
        CU_ASSERT_EQUAL(count_soon(&r), kept + 1); /* the loop's connection comes back by itself */
        counted++;
    }
    runner_close(&r);
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static unsigned slow;

static void on_slow(void *ctx, const struct store_result *result)
{
    struct runner *r = ctx;
    r->calls++;
    slow += result->outcome == STORE_DOWN && strstr(result->detail, "too slow");
}

static void a_redis_that_hangs_holds_up_nobody_for_longer_than_the_deadline(void)
{
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    where_of(&other, place);
    struct store *s = open_at(place);
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    store_set_deadline(s, 50);
    kill(other.pid, SIGSTOP);
    uint64_t before = clock_ms();
    slow = 0;
    for (int i = 0; i < 10; i++)
        run_count(&r, on_slow);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(slow, 10);
    CU_ASSERT_TRUE(clock_ms() - before < 1000);
    kill(other.pid, SIGCONT);
    store_set_deadline(s, LIMIT_STORE_DEADLINE_MS);
    r.calls = 0;
    run_count(&r, on_counted); /* by the same connection, after those that nobody waits for */
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.seen[0], 12);
    runner_close(&r);
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_full_redis_refuses_whole_steps_and_still_reads_and_deletes(void)
{
    struct store *s = open_empty();
    done(s, write_op(STORE_PUT, "k", "old"));
    real_redis_do(&server, "CONFIG SET maxmemory 1mb");
    struct store_op ops[] = { write_op(STORE_PUT, "k", "new"), count_op("c", 1) };
    const struct store_result *r = step(s, ops, 2, NOW);
    CU_ASSERT_EQUAL(r->outcome, STORE_DOWN);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->detail, "OOM"));
    CU_ASSERT_TRUE(is_down(s, count_op("c", 1), "OOM"));
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    done(s, write_op(STORE_DELETE, "k", ""));
    CU_ASSERT_TRUE(holds(s, "k", NULL));
    real_redis_do(&server, "CONFIG SET maxmemory 0");
    CU_ASSERT_EQUAL(done(s, count_op("c", 1)).counter, 1);
    close_here(s);
}

static void a_replica_is_down_until_it_is_the_master(void)
{
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    where_of(&other, place);
    struct store *s = open_at(place);
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    real_redis_do(&other, "REPLICAOF 127.0.0.1 1");
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.seen[1], -1);
    CU_ASSERT_TRUE(is_down(s, get_op("k"), "it is a replica"));
    real_redis_do(&other, "REPLICAOF NO ONE");
    CU_ASSERT_EQUAL(count_soon(&r), 2);
    runner_close(&r);
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

/* The name of the master is that of a socket, which an operator, or his sentinel, moves. */
static void a_promoted_replica_is_followed_and_nothing_is_lost(void)
{
    struct real_redis first, second;
    char place[300], name[128], command[300];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&first, NULL, NULL));
    CU_ASSERT_TRUE_FATAL(real_redis_start(&second, NULL, NULL));
    snprintf(name, sizeof(name), "%s/master", first.dir);
    snprintf(place, sizeof(place), "unix://%s?db=2", name);
    CU_ASSERT_EQUAL_FATAL(symlink(first.socket, name), 0);
    struct store *s = open_at(place);
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    snprintf(command, sizeof(command), "REPLICAOF 127.0.0.1 %d", first.port);
    real_redis_do(&second, command);
    real_redis_do(&second, "CONFIG SET repl-diskless-load swapdb");
    done(s, write_op(STORE_PUT, "k", "v"));
    uint64_t give_up = clock_ms() + 20000;
    char offset[64] = "";
    while (strcmp(offset, "1") != 0 && clock_ms() < give_up) /* until one replica has it all */
        real_redis_ask(&first, "WAIT 1 100", offset, sizeof(offset));
    CU_ASSERT_STRING_EQUAL(offset, "1");
    real_redis_do(&second, "REPLICAOF NO ONE");
    snprintf(command, sizeof(command), "REPLICAOF 127.0.0.1 %d", second.port);
    real_redis_do(&first, command);
    CU_ASSERT_EQUAL(unlink(name), 0);
    CU_ASSERT_EQUAL_FATAL(symlink(second.socket, name), 0);
    r.calls = 0;
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.seen[0], -1); /* refused, not lost */
    CU_ASSERT_EQUAL(count_soon(&r), 2);
    CU_ASSERT_TRUE(holds(s, "k", "v"));
    runner_close(&r);
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&second));
    CU_ASSERT_TRUE(real_redis_remove(&first));
}

static void without_its_replicas_a_redis_writes_nothing_and_still_reads(void)
{
    struct store *s = open_empty();
    done(s, write_op(STORE_PUT, "k", "old"));
    real_redis_do(&server, "CONFIG SET min-replicas-to-write 1");
    CU_ASSERT_TRUE(is_down(s, write_op(STORE_PUT, "k", "new"), "NOREPLICAS"));
    CU_ASSERT_TRUE(is_down(s, write_op(STORE_DELETE, "k", ""), "NOREPLICAS"));
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    real_redis_do(&server, "CONFIG SET min-replicas-to-write 0");
    done(s, write_op(STORE_PUT, "k", "new"));
    close_here(s);
}

/* Also over connections that are new. */
static void a_redis_that_cannot_save_writes_nothing_and_still_reads(void)
{
    static const char *const saving[] = { "--save", "3600", "1000000", "--enable-protected-configs",
                                          "yes",    NULL };
    struct real_redis other;
    char place[200], command[300], info[8192];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, saving));
    where_of(&other, place);
    struct store *s = open_at(place);
    done(s, write_op(STORE_PUT, "k", "old"));
    snprintf(command, sizeof(command), "mkdir %s/gone", other.dir);
    CU_ASSERT_EQUAL_FATAL(system(command), 0);
    snprintf(command, sizeof(command), "CONFIG SET dir %s/gone", other.dir);
    real_redis_do(&other, command);
    snprintf(command, sizeof(command), "%s/gone", other.dir);
    CU_ASSERT_EQUAL_FATAL(rmdir(command), 0);
    real_redis_do(&other, "BGSAVE");
    uint64_t give_up = clock_ms() + 20000;
    do
        real_redis_ask(&other, "INFO persistence", info, sizeof(info));
    while (!strstr(info, "rdb_last_bgsave_status:err") && clock_ms() < give_up);
    CU_ASSERT_TRUE(is_down(s, write_op(STORE_PUT, "k", "new"), "MISCONF"));
    CU_ASSERT_TRUE(holds(s, "k", "old"));
    real_redis_do(&other, "CONFIG SET stop-writes-on-bgsave-error no");
    done(s, write_op(STORE_PUT, "k", "new"));
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void a_redis_that_loads_is_waited_for(void)
{
    /* Slowly, and answering meanwhile. */
    static const char *const slowly[] = { "--key-load-delay", "100000",
                                          "--loading-process-events-interval-bytes", "1024", NULL };
    struct real_redis other;
    char place[200];
    static char big[LIMIT_STORE_VALUE];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, NULL, NULL));
    where_of(&other, place);
    real_redis_do(&other, "CONFIG SET rdbcompression no");
    struct store *s = open_at(place);
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    for (char key[] = "a"; key[0] < 'k'; key[0]++) {
        struct store_op op = write_op(STORE_PUT, key, "");
        op.value = (struct slice){ big, sizeof(big) };
        done(s, op);
    }
    real_redis_do(&other, "SAVE");
    real_redis_stop(&other, SIGKILL);
    real_redis_spawn(&other, slowly);
    bool loading = false;
    uint64_t give_up = clock_ms() + 20000;
    store_set_deadline(s, 200);
    while (!loading && clock_ms() < give_up) {
        struct store_op op = get_op("a");
        const struct store_result *result = step(s, &op, 1, NOW);
        loading = result->outcome == STORE_DOWN && strstr(result->detail, "LOADING");
    }
    CU_ASSERT_TRUE(loading);
    store_set_deadline(s, LIMIT_STORE_DEADLINE_MS);
    CU_ASSERT_EQUAL(count_soon(&r), 2);
    runner_close(&r);
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

/* Connections that are open stay; those that come later are refused, until the password is right.
 */
static void a_password_that_changes_is_tried_until_it_is_right(void)
{
    struct real_redis other;
    char place[200];
    CU_ASSERT_TRUE_FATAL(real_redis_start(&other, "swordfish", NULL));
    where_of(&other, place);
    struct store *s = open_at(place);
    struct runner r;
    runner_open(&r, s);
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    real_redis_do(&other, "CONFIG SET requirepass other");
    other.password = "other";
    CU_ASSERT_EQUAL(count_soon(&r), 2);
    real_redis_do(&other, "CLIENT KILL TYPE normal");
    CU_ASSERT_TRUE(is_down(s, get_op("k"), "WRONGPASS"));
    real_redis_do(&other, "CONFIG SET requirepass swordfish");
    other.password = "swordfish";
    CU_ASSERT_EQUAL(count_soon(&r), 3);
    runner_close(&r);
    close_here(s);
    CU_ASSERT_TRUE(real_redis_remove(&other));
}

static void too_much_at_once_is_turned_away(void)
{
    struct store *s = open_empty();
    struct runner r;
    runner_open(&r, s);
    static char big[LIMIT_STORE_VALUE];
    struct store_op op = write_op(STORE_PUT, "k", "");
    op.value = (struct slice){ big, sizeof(big) };
    enum { TOO_MANY = LIMIT_REDIS_BYTES / LIMIT_STORE_VALUE + 10 };
    store_set_deadline(s, 60000);
    run_count(&r, on_counted); /* who has so much to write connects late */
    uv_run(&r.loop, UV_RUN_DEFAULT);
    r.calls = 0;
    for (int i = 0; i < TOO_MANY; i++)
        CU_ASSERT_PTR_NOT_NULL(store_run(s, &r.loop, &op, 1, NOW, on_slow, &r));
    CU_ASSERT_EQUAL(r.calls, 0);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(r.calls, TOO_MANY);
    r.calls = 0;
    run_count(&r, on_counted);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(done(s, count_op("c", 0)).counter, 2);
    runner_close(&r);
    close_here(s);
}

static int start_server(void)
{
    if (!server.pid && !real_redis_start(&server, NULL, NULL))
        return -1;
    where_of(&server, where);
    suite_open = open_empty;
    suite_close = store_close;
    return 0;
}

static int stop_server(void)
{
    return real_redis_remove(&server) ? 0 : -1;
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    store_suite_add("store: redis", start_server);
    CU_pSuite suite = CU_add_suite("store: redis' own", start_server, stop_server);
    ADD(suite, nothing_is_left_of_a_record_that_is_gone);
    ADD(suite, redis_deletes_what_has_expired_when_nobody_else_does);
    ADD(suite, sweeping_deletes_what_has_expired_a_bounded_amount_at_a_time);
    ADD(suite, what_has_expired_goes_without_being_asked);
    ADD(suite, what_a_failed_step_changed_is_taken_back_with_all_its_traces);
    ADD(suite, a_script_that_redis_has_forgotten_is_sent_again_in_order);
    ADD(suite, what_is_no_place_for_a_store_is_refused);
    ADD(suite, a_cluster_is_refused);
    ADD(suite, a_format_that_changes_under_us_is_written_no_more);
    ADD(suite, a_record_over_our_limits_is_no_record);
    ADD(suite, a_redis_that_is_not_there_yet_is_waited_for);
    ADD(suite, a_password_lets_in_and_no_text_tells_it);
    ADD(suite, a_user_with_no_more_rights_than_needed_is_enough);
    ADD(suite, what_was_acknowledged_survives_a_crash_of_redis);
    ADD(suite, a_redis_that_hangs_holds_up_nobody_for_longer_than_the_deadline);
    ADD(suite, a_full_redis_refuses_whole_steps_and_still_reads_and_deletes);
    ADD(suite, a_replica_is_down_until_it_is_the_master);
    ADD(suite, a_promoted_replica_is_followed_and_nothing_is_lost);
    ADD(suite, without_its_replicas_a_redis_writes_nothing_and_still_reads);
    ADD(suite, a_redis_that_cannot_save_writes_nothing_and_still_reads);
    ADD(suite, a_redis_that_loads_is_waited_for);
    ADD(suite, a_password_that_changes_is_tried_until_it_is_right);
    ADD(suite, too_much_at_once_is_turned_away);
    return run_suites();
}
