#include "worker/quota.h"

#include "asana/gate.h"
#include "base/limits.h"
#include "real_redis.h"
#include "redis/redis.h"

#include <CUnit/Basic.h>
#include <stdatomic.h>
#include <stddef.h>

/* Nodes in one process: each has gates, a quota and a keeper of its own. What Asana would see is
 * counted over all of them, and what Redis has lent is looked up again and again. */

#define NODES 17
#define VISITORS 80
#define TOKEN "00000000000000000000000000000000"

static struct real_redis server;
static struct redis_address address;

static atomic_int reads, writes, searches; /* of all nodes: in flight; made */
static atomic_int most_reads, most_writes;

static _Atomic uint64_t ahead_ms;

static uint64_t gates_clock(void)
{
    return clock_ms() + atomic_load(&ahead_ms);
}

struct node;

/* Goes in, stays a while, and comes back. */
struct visitor {
    struct gate_pass pass;
    struct node *node;
    uv_timer_t stay;
    enum gate_kind kind;
    bool inside;
};

struct node {
    uv_loop_t *loop, *quota_loop;
    struct gates *gates;
    struct gate_keeper *keeper;
    struct quota *quota;
    struct visitor visitors[VISITORS];
    unsigned n_visitors;
    unsigned stay_ms; /* 0: for ever */
    bool stopped;
    int inside[GATE_KINDS];
    unsigned served;
};

struct world {
    uv_loop_t loop, cut; /* the second may stand still */
    uv_timer_t tick;
    struct node nodes[NODES];
    unsigned n;
    redisContext *watch;
    bool looks; /* at what Redis has lent */
    long long lent[GATE_KINDS], most_lent[GATE_KINDS];
    unsigned holders;
    bool is_cut, second_is_gone;
    int spare; /* reads that somebody may have beyond the limit */
};

/* ---- visitors ---- */

static void raise_to(atomic_int *most, int n)
{
    int m = atomic_load(most);
    while (m < n && !atomic_compare_exchange_weak(most, &m, n))
        ;
}

static void on_stayed(uv_timer_t *timer);

static void come_in(struct visitor *v)
{
    v->inside = true;
    v->node->inside[v->kind]++;
    v->node->served++;
    if (v->kind == GATE_WRITE)
        raise_to(&most_writes, atomic_fetch_add(&writes, 1) + 1);
    else
        raise_to(&most_reads, atomic_fetch_add(&reads, 1) + 1);
    if (v->kind == GATE_SEARCH)
        atomic_fetch_add(&searches, 1);
    if (v->node->stay_ms)
        uv_timer_start(&v->stay, on_stayed, v->node->stay_ms, 0);
}

static void on_granted(struct gate_pass *p)
{
    come_in((struct visitor *)((char *)p - offsetof(struct visitor, pass)));
}

static void knock(struct visitor *v)
{
    static const struct digest token;
    v->pass.granted = on_granted;
    enum gate_entry entry = gate_enter(v->node->keeper, &token, v->kind, &v->pass);
    CU_ASSERT_NOT_EQUAL(entry, GATE_FULL);
    if (entry == GATE_ENTERED)
        come_in(v);
}

static void go_out(struct visitor *v)
{
    uv_timer_stop(&v->stay);
    if (v->inside) {
        v->node->inside[v->kind]--;
        atomic_fetch_sub(v->kind == GATE_WRITE ? &writes : &reads, 1);
    }
    v->inside = false;
    gate_leave(&v->pass);
}

static void on_stayed(uv_timer_t *timer)
{
    struct visitor *v = timer->data;
    go_out(v);
    if (!v->node->stopped && v->kind != GATE_SEARCH)
        knock(v);
}

static void visit(struct node *n, enum gate_kind kind, unsigned number, unsigned stay_ms)
{
    n->stopped = false;
    n->stay_ms = stay_ms;
    for (; number; number--) {
        struct visitor *v = &n->visitors[n->n_visitors++];
        CU_ASSERT_TRUE_FATAL(n->n_visitors <= VISITORS);
        *v = (struct visitor){ .node = n, .kind = kind };
        uv_timer_init(n->loop, &v->stay);
        v->stay.data = v;
        knock(v);
    }
}

static void leave_all(struct node *n)
{
    n->stopped = true;
    for (unsigned i = 0; i < n->n_visitors; i++) {
        go_out(&n->visitors[i]);
        uv_close((uv_handle_t *)&n->visitors[i].stay, NULL);
    }
    uv_run(n->loop, UV_RUN_NOWAIT);
    n->n_visitors = 0;
}

/* ---- nodes ---- */

/* quota_loop may be another: who does not run it cuts the node off from Redis. */
static void node_open(struct node *n, uv_loop_t *loop, uv_loop_t *quota_loop, uint32_t name)
{
    struct err err = { 0 };
    *n = (struct node){ .loop = loop, .quota_loop = quota_loop, .gates = gates_new() };
    gates_use_clock(n->gates, gates_clock);
    gates_share(n->gates);
    n->keeper = gate_keeper_new(n->gates, loop);
    CU_ASSERT_PTR_NOT_NULL_FATAL(n->keeper);
    CU_ASSERT_TRUE_FATAL(quota_open(quota_loop, n->gates, &address, name, &n->quota, &err));
}

/* As by SIGKILL: nobody hears of it. */
static void node_kill(struct node *n)
{
    leave_all(n);
    quota_close(n->quota);
    n->quota = NULL;
}

static void node_close(struct node *n)
{
    leave_all(n);
    gate_keeper_free(n->keeper);
    quota_close(n->quota);
    CU_ASSERT_EQUAL(gates_known(n->gates), 0);
    gates_free(n->gates);
}

/* What is lent at this moment by Redis' clock. */
static void look(struct world *w)
{
    redisReply *time = redisCommand(w->watch, "TIME");
    redisReply *all = redisCommand(w->watch, "HGETALL asana-mcp:quota:" TOKEN);
    CU_ASSERT_PTR_NOT_NULL_FATAL(time);
    CU_ASSERT_PTR_NOT_NULL_FATAL(all);
    long long now = atoll(time->element[0]->str) * 1000 + atoll(time->element[1]->str) / 1000;
    memset(w->lent, 0, sizeof(w->lent));
    w->holders = 0;
    for (size_t i = 1; i < all->elements; i += 2) {
        long long n[12];
        char *at = all->element[i]->str;
        for (int j = 0; j < 12; j++)
            n[j] = strtoll(at, &at, 10);
        w->holders += n[1] > now;
        for (int kind = 0; kind < GATE_KINDS; kind++)
            if (n[kind == GATE_SEARCH ? 2 : 1] > now)
                w->lent[kind] += n[3 + 3 * kind];
    }
    for (int kind = 0; kind < GATE_KINDS; kind++)
        if (w->lent[kind] > w->most_lent[kind])
            w->most_lent[kind] = w->lent[kind];
    freeReplyObject(time);
    freeReplyObject(all);
}

static void on_tick(uv_timer_t *tick)
{
    struct world *w = tick->data;
    if (w->looks)
        look(w);
}

static void watch(struct world *w)
{
    w->watch = redisConnectUnix(server.socket);
    CU_ASSERT_TRUE_FATAL(w->watch && !w->watch->err);
    w->looks = true;
}

static void begin_anew(void)
{
    char run[64], info[2048];
    char command[160];
    real_redis_do(&server, "FLUSHALL");
    real_redis_ask(&server, "INFO server", info, sizeof(info));
    const char *at = strstr(info, "run_id:");
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    snprintf(run, sizeof(run), "%.40s", at + 7);
    snprintf(command, sizeof(command), "HSET asana-mcp:quota:epoch run %s since 0", run);
    real_redis_do(&server, command); /* it has known all for long */
    atomic_store(&most_reads, 0);
    atomic_store(&most_writes, 0);
    atomic_store(&searches, 0);
}

static void world_open(struct world *w, unsigned nodes)
{
    memset(w, 0, sizeof(*w));
    begin_anew();
    uv_loop_init(&w->loop);
    uv_loop_init(&w->cut);
    uv_timer_init(&w->loop, &w->tick);
    w->tick.data = w;
    uv_timer_start(&w->tick, on_tick, 0, 3);
    watch(w);
    for (w->n = 0; w->n < nodes; w->n++)
        node_open(&w->nodes[w->n], &w->loop, &w->loop, 0x9e3779b1u * (w->n + 1));
}

static void world_close(struct world *w)
{
    uv_close((uv_handle_t *)&w->tick, NULL);
    for (unsigned i = 0; i < w->n; i++)
        node_close(&w->nodes[i]);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_run(&w->cut, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    CU_ASSERT_EQUAL(uv_loop_close(&w->cut), 0);
    redisFree(w->watch);
    CU_ASSERT_EQUAL(atomic_load(&reads), 0);
    CU_ASSERT_EQUAL(atomic_load(&writes), 0);
    CU_ASSERT_TRUE(atomic_load(&most_reads) <= LIMIT_GATE_READS + w->spare);
    CU_ASSERT_TRUE(atomic_load(&most_writes) <= LIMIT_GATE_WRITES);
    CU_ASSERT_TRUE(w->most_lent[GATE_READ] <= LIMIT_GATE_READS);
    CU_ASSERT_TRUE(w->most_lent[GATE_WRITE] <= LIMIT_GATE_WRITES);
    CU_ASSERT_TRUE(w->most_lent[GATE_SEARCH] <= LIMIT_GATE_SEARCHES);
}

static void turn(struct world *w)
{
    uv_run(&w->loop, UV_RUN_ONCE);
    if (!w->is_cut)
        uv_run(&w->cut, UV_RUN_NOWAIT);
}

/* How many milliseconds it took until that held; fails after so many. */
static uint64_t until(struct world *w, bool (*holds)(struct world *w), unsigned ms)
{
    uint64_t start = clock_ms();
    while (!holds(w) && clock_ms() - start < ms)
        turn(w);
    CU_ASSERT_TRUE(holds(w));
    return clock_ms() - start;
}

static bool never(struct world *w)
{
    (void)w;
    return false;
}

static void pass(struct world *w, unsigned ms)
{
    uint64_t start = clock_ms();
    while (!never(w) && clock_ms() - start < ms)
        turn(w);
}

static int inside(struct world *w, unsigned node, enum gate_kind kind)
{
    return w->nodes[node].inside[kind];
}

/* ---- tests ---- */

static bool first_has_all_reads(struct world *w)
{
    return inside(w, 0, GATE_READ) == LIMIT_GATE_READS;
}

static bool first_has_all_writes(struct world *w)
{
    return inside(w, 0, GATE_WRITE) == LIMIT_GATE_WRITES;
}

static bool nothing_is_lent(struct world *w)
{
    return w->holders == 0;
}

static void one_node_alone_uses_all_and_gives_all_back(void)
{
    struct world w;
    world_open(&w, 1);
    visit(&w.nodes[0], GATE_READ, 55, 0);
    visit(&w.nodes[0], GATE_WRITE, 20, 0);
    CU_ASSERT_TRUE(until(&w, first_has_all_reads, 5000) < 1000);
    until(&w, first_has_all_writes, 5000);
    pass(&w, 300);
    CU_ASSERT_EQUAL(inside(&w, 0, GATE_READ), LIMIT_GATE_READS);
    leave_all(&w.nodes[0]);
    CU_ASSERT_TRUE(until(&w, nothing_is_lent, 20000) < LIMIT_QUOTA_IDLE_MS + 3000);
    visit(&w.nodes[0], GATE_READ, 1, 1);
    until(&w, nothing_is_lent, 20000);
    world_close(&w);
}

static bool halves_of_reads(struct world *w)
{
    return inside(w, 0, GATE_READ) == LIMIT_GATE_READS / 2 &&
           inside(w, 1, GATE_READ) == LIMIT_GATE_READS / 2;
}

static void who_comes_later_gets_a_fair_share_within_a_second(void)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[0], GATE_READ, 80, 10);
    until(&w, first_has_all_reads, 5000);
    pass(&w, 500);
    visit(&w.nodes[1], GATE_READ, 80, 10);
    CU_ASSERT_TRUE(until(&w, halves_of_reads, 10000) < 1000);
    leave_all(&w.nodes[1]); /* what one does not use the other gets */
    CU_ASSERT_TRUE(until(&w, first_has_all_reads, 10000) < 2 * LIMIT_QUOTA_IDLE_MS);
    world_close(&w);
}

static bool fifths_of_writes(struct world *w)
{
    bool fair = true;
    for (unsigned i = 0; i < 5; i++)
        fair &= inside(w, i, GATE_WRITE) == LIMIT_GATE_WRITES / 5;
    return fair;
}

static void five_nodes_share_equally(void)
{
    struct world w;
    world_open(&w, 5);
    for (unsigned i = 0; i < 5; i++)
        visit(&w.nodes[i], GATE_WRITE, 20, 10);
    CU_ASSERT_TRUE(until(&w, fifths_of_writes, 10000) < 1500);
    world_close(&w);
}

static bool three_reads_and_the_rest(struct world *w)
{
    return inside(w, 0, GATE_READ) == LIMIT_GATE_READS - 3 && inside(w, 1, GATE_READ) == 3;
}

static void who_needs_little_leaves_the_rest(void)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[1], GATE_READ, 3, 0);
    visit(&w.nodes[0], GATE_READ, 80, 10);
    until(&w, three_reads_and_the_rest, 10000);
    world_close(&w);
}

static bool all_were_served(struct world *w)
{
    bool all = true;
    for (unsigned i = 0; i < w->n; i++)
        all &= w->nodes[i].served > 0;
    return all;
}

static void more_nodes_than_places_take_turns(void)
{
    struct world w;
    world_open(&w, NODES);
    for (unsigned i = 0; i < NODES; i++)
        visit(&w.nodes[i], GATE_WRITE, 3, 10);
    until(&w, all_were_served, 30000);
    world_close(&w);
}

static void what_a_killed_node_held_is_free_after_its_lease(void)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[0], GATE_READ, 80, 10);
    visit(&w.nodes[1], GATE_READ, 80, 10);
    until(&w, halves_of_reads, 10000);
    node_kill(&w.nodes[1]);
    uint64_t took = until(&w, first_has_all_reads, 20000);
    CU_ASSERT_TRUE(took > LIMIT_QUOTA_LEASE_MS - 1500);
    CU_ASSERT_TRUE(took < LIMIT_QUOTA_LEASE_MS + 1500);
    world_close(&w);
}

static bool sixty_searches(struct world *w)
{
    (void)w;
    return atomic_load(&searches) == LIMIT_GATE_SEARCHES;
}

static bool twice_sixty_searches(struct world *w)
{
    (void)w;
    return atomic_load(&searches) == 2 * LIMIT_GATE_SEARCHES;
}

static void searches_of_a_minute_are_counted_over_all_nodes(void)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[0], GATE_SEARCH, 70, 1);
    visit(&w.nodes[1], GATE_SEARCH, 70, 1);
    until(&w, sixty_searches, 10000);
    pass(&w, 1500);
    CU_ASSERT_TRUE(sixty_searches(&w));
    atomic_fetch_add(&ahead_ms, 62000); /* Redis counts what the nodes say that they hold */
    until(&w, twice_sixty_searches, 10000);
    pass(&w, 1500);
    CU_ASSERT_TRUE(twice_sixty_searches(&w));
    world_close(&w);
}

static void a_killed_nodes_searches_count_for_their_minute(void)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[0], GATE_SEARCH, 40, 1);
    pass(&w, 300);
    CU_ASSERT_EQUAL(atomic_load(&searches), 40);
    node_kill(&w.nodes[0]);
    visit(&w.nodes[1], GATE_SEARCH, 40, 1);
    pass(&w, LIMIT_QUOTA_LEASE_MS + 2000);
    CU_ASSERT_TRUE(atomic_load(&searches) <= LIMIT_GATE_SEARCHES);
    CU_ASSERT_TRUE(atomic_load(&searches) > 40);
    world_close(&w);
}

static bool each_has_one(struct world *w)
{
    return inside(w, 0, GATE_READ) == LIMIT_QUOTA_SPARE &&
           inside(w, 1, GATE_READ) == LIMIT_QUOTA_SPARE;
}

/* Without Redis: first as before, then one of each; with it again as ever. */
static void go_on_without_redis(bool paused)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[0], GATE_READ, 80, 10);
    until(&w, first_has_all_reads, 10000);
    pass(&w, LIMIT_QUOTA_CALM_MS);
    w.looks = false;
    if (paused)
        kill(server.pid, SIGSTOP);
    else
        real_redis_stop(&server, SIGKILL);
    visit(&w.nodes[1], GATE_READ, 80, 10);
    pass(&w, 500);
    until(&w, first_has_all_reads, 500);
    CU_ASSERT_EQUAL(inside(&w, 1, GATE_READ), 0);
    until(&w, each_has_one, 20000);
    pass(&w, 1000);
    until(&w, each_has_one, 1000);
    CU_ASSERT_TRUE(atomic_load(&most_reads) <= LIMIT_GATE_READS);
    w.spare = LIMIT_QUOTA_SPARE; /* who hears of Redis first may be lent all */
    if (paused)
        kill(server.pid, SIGCONT);
    else
        CU_ASSERT_TRUE_FATAL(real_redis_restart(&server, NULL));
    if (!paused) {
        redisFree(w.watch);
        watch(&w);
    }
    pass(&w, 2000); /* what hung in the lines tells of what has been */
    w.looks = true;
    pass(&w, 2000);
    leave_all(&w.nodes[1]);
    until(&w, first_has_all_reads, 20000);
    world_close(&w);
}

static void without_redis_each_node_does_with_one_of_each(void)
{
    go_on_without_redis(false);
}

static void a_redis_that_hangs_is_as_good_as_none(void)
{
    go_on_without_redis(true);
}

/* A second node whose quota stands still when it is cut. */
static void open_to_be_cut(struct world *w)
{
    world_open(w, 1);
    node_open(&w->nodes[w->n++], &w->loop, &w->cut, 0xabcdef);
}

static bool first_has_the_rest(struct world *w)
{
    return inside(w, 1, GATE_READ) == 0 && first_has_all_reads(w);
}

/* Together they never have more than there is: world_close() looks at the most that there was. */
static void who_alone_cannot_reach_redis_keeps_nothing_that_others_have(void)
{
    struct world w;
    open_to_be_cut(&w);
    visit(&w.nodes[0], GATE_READ, 80, 10);
    visit(&w.nodes[1], GATE_READ, 80, 10);
    until(&w, halves_of_reads, 10000);
    w.is_cut = true;
    uint64_t took = until(&w, first_has_the_rest, 20000);
    CU_ASSERT_TRUE(took > LIMIT_QUOTA_LEASE_MS - LIMIT_QUOTA_CALM_MS - 500);
    w.is_cut = false;
    CU_ASSERT_TRUE(until(&w, halves_of_reads, 10000) < 3000);
    world_close(&w);
}

static void what_ended_while_all_stood_still_is_not_used(void)
{
    struct world w;
    open_to_be_cut(&w);
    visit(&w.nodes[1], GATE_READ, 40, 0);
    visit(&w.nodes[1], GATE_SEARCH, 20, 0);
    pass(&w, 1000);
    CU_ASSERT_TRUE(inside(&w, 1, GATE_READ) + inside(&w, 1, GATE_SEARCH) > 40);
    leave_all(&w.nodes[1]);
    w.is_cut = true; /* with a lease of all of them */
    visit(&w.nodes[0], GATE_READ, 80, 10);
    until(&w, first_has_all_reads, 20000);
    visit(&w.nodes[1], GATE_READ, 20, 0);
    visit(&w.nodes[1], GATE_SEARCH, 20, 0);
    int has = inside(&w, 1, GATE_READ) + inside(&w, 1, GATE_SEARCH);
    CU_ASSERT_EQUAL(has, 0);
    w.is_cut = false;
    world_close(&w);
}

static bool first_has_many_reads(struct world *w)
{
    return inside(w, 0, GATE_READ) > LIMIT_GATE_READS / 3;
}

static bool second_has_all_reads(struct world *w)
{
    return inside(w, 1, GATE_READ) == LIMIT_GATE_READS;
}

/* One node has all and does not hear of it; another one asks, and goes on with one. */
static void lose_all(void (*lose)(void))
{
    struct world w;
    open_to_be_cut(&w);
    visit(&w.nodes[1], GATE_READ, 80, 10);
    until(&w, second_has_all_reads, 10000);
    pass(&w, 1500);
    w.looks = false;
    w.is_cut = true;
    w.spare = LIMIT_QUOTA_SPARE;
    uint64_t start = clock_ms();
    lose();
    visit(&w.nodes[0], GATE_READ, 80, 10);
    CU_ASSERT_TRUE(until(&w, first_has_many_reads, 20000) > LIMIT_QUOTA_LEASE_MS - 1000);
    CU_ASSERT_TRUE(clock_ms() - start < LIMIT_QUOTA_LEASE_MS + 3000);
    w.is_cut = false;
    world_close(&w);
}

static void empty(void)
{
    real_redis_do(&server, "FLUSHALL");
}

static void restart(void)
{
    real_redis_stop(&server, SIGKILL);
    CU_ASSERT_TRUE_FATAL(real_redis_restart(&server, NULL));
}

static void a_redis_that_was_emptied_lends_nothing_that_may_be_in_use(void)
{
    lose_all(empty);
}

static void a_redis_that_came_back_empty_lends_nothing_that_may_be_in_use(void)
{
    lose_all(restart);
}

static void on_gone(void *ctx)
{
    bool *gone = ctx;
    *gone = true;
}

static bool second_is_gone(struct world *w)
{
    return w->second_is_gone;
}

static bool first_has_fifty(struct world *w)
{
    return inside(w, 0, GATE_READ) == LIMIT_GATE_READS - 2;
}

static void who_leaves_hands_back_what_is_not_in_flight(void)
{
    struct world w;
    world_open(&w, 2);
    visit(&w.nodes[0], GATE_READ, 80, 10);
    visit(&w.nodes[1], GATE_SEARCH, 30, 10);
    visit(&w.nodes[1], GATE_READ, 50, 10);
    until(&w, halves_of_reads, 10000);
    pass(&w, 500);
    leave_all(&w.nodes[1]);
    visit(&w.nodes[1], GATE_READ, 2, 0);
    CU_ASSERT_EQUAL(inside(&w, 1, GATE_READ), 2);
    int made = atomic_load(&searches);
    CU_ASSERT_TRUE(made > 10);
    quota_leave(w.nodes[1].quota, on_gone, &w.second_is_gone);
    CU_ASSERT_TRUE(until(&w, second_is_gone, 5000) < LIMIT_QUOTA_ANSWER_MS);
    CU_ASSERT_TRUE(until(&w, first_has_fifty, 5000) < 1500); /* but those two */
    look(&w);
    CU_ASSERT_TRUE(w.lent[GATE_SEARCH] >= made);
    world_close(&w);
}

static void what_others_write_into_redis_is_thrown_away(void)
{
    struct world w;
    world_open(&w, 1);
    real_redis_do(&server, "HSET asana-mcp:quota:" TOKEN " dead nonsense beef 1 2");
    visit(&w.nodes[0], GATE_READ, 60, 0);
    until(&w, first_has_all_reads, 5000);
    pass(&w, 50);
    char n[32];
    real_redis_ask(&server, "HLEN asana-mcp:quota:" TOKEN, n, sizeof(n));
    CU_ASSERT_STRING_EQUAL(n, "1");
    real_redis_do(&server, "SCRIPT FLUSH");
    leave_all(&w.nodes[0]);
    until(&w, nothing_is_lent, 20000);
    world_close(&w);
}

/* Nodes with two workers each, all on threads of their own. */

struct thread {
    uv_thread_t id;
    uv_loop_t loop;
    struct node node; /* of the first worker; the second's has no quota */
    uv_barrier_t *start, *end;
    struct gates *gates;
    unsigned index;
};

static void work(void *arg)
{
    struct thread *t = arg;
    struct err err = { 0 };
    bool first = t->index % 2 == 0;
    uv_loop_init(&t->loop);
    t->node = (struct node){ .loop = &t->loop, .gates = t->gates };
    t->node.keeper = gate_keeper_new(t->gates, &t->loop);
    if (first)
        CU_ASSERT_TRUE(quota_open(&t->loop, t->gates, &address, t->index, &t->node.quota, &err));
    uv_barrier_wait(t->start);
    visit(&t->node, GATE_READ, 40, 1);
    visit(&t->node, GATE_WRITE, 10, 1);
    uint64_t start = clock_ms();
    while (clock_ms() - start < 3000)
        uv_run(&t->loop, UV_RUN_ONCE);
    leave_all(&t->node);
    uv_barrier_wait(t->end);
    gate_keeper_free(t->node.keeper);
    quota_close(t->node.quota);
    uv_run(&t->loop, UV_RUN_DEFAULT);
    uv_loop_close(&t->loop);
}

static void workers_of_several_nodes_stay_within_the_limits(void)
{
    static struct thread threads[6];
    uv_barrier_t start, end;
    struct gates *gates[3];
    begin_anew();
    uv_barrier_init(&start, 6);
    uv_barrier_init(&end, 6);
    for (unsigned i = 0; i < 6; i++) {
        if (i % 2 == 0)
            gates_share(gates[i / 2] = gates_new());
        threads[i] =
            (struct thread){ .start = &start, .end = &end, .gates = gates[i / 2], .index = i };
    }
    for (unsigned i = 0; i < 6; i++)
        uv_thread_create(&threads[i].id, work, &threads[i]);
    for (unsigned i = 0; i < 6; i++)
        uv_thread_join(&threads[i].id);
    for (unsigned i = 0; i < 6; i++)
        CU_ASSERT_TRUE(threads[i].node.served > 100);
    for (unsigned i = 0; i < 3; i++)
        gates_free(gates[i]);
    uv_barrier_destroy(&start);
    uv_barrier_destroy(&end);
    CU_ASSERT_TRUE(atomic_load(&most_reads) <= LIMIT_GATE_READS);
    CU_ASSERT_TRUE(atomic_load(&most_writes) <= LIMIT_GATE_WRITES);
    CU_ASSERT_TRUE(atomic_load(&most_reads) > LIMIT_GATE_READS / 2);
}

int main(void)
{
    char url[128];
    struct err err = { 0 };
    if (!real_redis_start(&server, NULL, NULL)) {
        fputs("redis-server does not start\n", stderr);
        return 1;
    }
    snprintf(url, sizeof(url), "unix://%s", server.socket);
    if (!redis_parse(url, &address, &err))
        return 1;
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite("quota", NULL, NULL);
    CU_ADD_TEST(suite, one_node_alone_uses_all_and_gives_all_back);
    CU_ADD_TEST(suite, who_comes_later_gets_a_fair_share_within_a_second);
    CU_ADD_TEST(suite, five_nodes_share_equally);
    CU_ADD_TEST(suite, who_needs_little_leaves_the_rest);
    CU_ADD_TEST(suite, more_nodes_than_places_take_turns);
    CU_ADD_TEST(suite, what_a_killed_node_held_is_free_after_its_lease);
    CU_ADD_TEST(suite, searches_of_a_minute_are_counted_over_all_nodes);
    CU_ADD_TEST(suite, a_killed_nodes_searches_count_for_their_minute);
    CU_ADD_TEST(suite, without_redis_each_node_does_with_one_of_each);
    CU_ADD_TEST(suite, who_alone_cannot_reach_redis_keeps_nothing_that_others_have);
    CU_ADD_TEST(suite, what_ended_while_all_stood_still_is_not_used);
    CU_ADD_TEST(suite, a_redis_that_was_emptied_lends_nothing_that_may_be_in_use);
    CU_ADD_TEST(suite, a_redis_that_came_back_empty_lends_nothing_that_may_be_in_use);
    CU_ADD_TEST(suite, who_leaves_hands_back_what_is_not_in_flight);
    CU_ADD_TEST(suite, a_redis_that_hangs_is_as_good_as_none);
    CU_ADD_TEST(suite, what_others_write_into_redis_is_thrown_away);
    CU_ADD_TEST(suite, workers_of_several_nodes_stay_within_the_limits);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    real_redis_remove(&server);
    return failures ? 1 : 0;
}
