#include "asana/gate.h"

#include "base/limits.h"
#include "suites.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Should a pass never be granted, the test dies instead of hanging. */
#define PATIENCE_SECONDS 120
#define MINUTE UINT64_C(60000)

static _Atomic uint64_t fake_ms;

static uint64_t fake_now(void)
{
    return atomic_load(&fake_ms);
}

static struct digest token_of(uint32_t n)
{
    struct digest d = { { 0 } };
    memcpy(d.bytes, &n, sizeof(n));
    return d;
}

/* Some keepers, each on its loop; all on the test's thread, so that turns come in a known order. */
#define KEEPERS 3
struct world {
    struct gates *gates;
    uv_loop_t loops[KEEPERS];
    struct gate_keeper *keepers[KEEPERS];
    struct digest token;
    unsigned granted;
};

struct visitor {
    struct gate_pass pass;
    struct world *world;
    unsigned order; /* the how many-eth that was granted; 0: not yet */
};

static void on_granted(struct gate_pass *p)
{
    struct visitor *v = (struct visitor *)((char *)p - offsetof(struct visitor, pass));
    v->order = ++v->world->granted;
}

static void world_open(struct world *w)
{
    memset(w, 0, sizeof(*w));
    atomic_store(&fake_ms, 5000000);
    w->gates = gates_new();
    gates_use_clock(w->gates, fake_now);
    w->token = token_of(7);
    for (int i = 0; i < KEEPERS; i++) {
        uv_loop_init(&w->loops[i]);
        w->keepers[i] = gate_keeper_new(w->gates, &w->loops[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(w->keepers[i]);
    }
}

/* All that is to happen happens: the turn passes from keeper to keeper with every pass at worst. */
static void turn(struct world *w)
{
    for (int n = 0; n < 80; n++)
        for (int i = 0; i < KEEPERS; i++)
            uv_run(&w->loops[i], UV_RUN_NOWAIT);
}

static void world_close(struct world *w)
{
    for (int i = 0; i < KEEPERS; i++)
        gate_keeper_free(w->keepers[i]);
    for (int i = 0; i < KEEPERS; i++) {
        uv_run(&w->loops[i], UV_RUN_DEFAULT);
        CU_ASSERT_EQUAL(uv_loop_close(&w->loops[i]), 0);
    }
    CU_ASSERT_EQUAL(gates_known(w->gates), 0);
    gates_free(w->gates);
}

static enum gate_entry enter(struct world *w, int keeper, enum gate_kind kind, struct visitor *v)
{
    *v = (struct visitor){ .world = w, .pass = { .granted = on_granted } };
    return gate_enter(w->keepers[keeper], &w->token, kind, &v->pass);
}

/* n visitors, spread over the first so many keepers; how many of them are let in at once. */
static unsigned enter_many(struct world *w, unsigned spread, enum gate_kind kind, struct visitor *v,
                           unsigned n)
{
    unsigned entered = 0;
    for (unsigned i = 0; i < n; i++)
        entered += enter(w, (int)(i % spread), kind, &v[i]) == GATE_ENTERED;
    return entered;
}

static void leave_many(struct visitor *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        gate_leave(&v[i].pass);
}

static void reads_and_writes_have_their_own_places(void)
{
    struct world w;
    static struct visitor reads[60], writes[20];
    world_open(&w);
    CU_ASSERT_EQUAL(enter_many(&w, KEEPERS, GATE_READ, reads, 60), 50);
    CU_ASSERT_EQUAL(enter_many(&w, KEEPERS, GATE_WRITE, writes, 20), 15);
    turn(&w);
    CU_ASSERT_EQUAL(w.granted, 0);
    w.token = token_of(8); /* another's are untouched */
    struct visitor other;
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_WRITE, &other), GATE_ENTERED);
    gate_leave(&other.pass);
    leave_many(writes, 3);
    turn(&w);
    CU_ASSERT_EQUAL(w.granted, 3);
    leave_many(reads, 50);
    turn(&w);
    CU_ASSERT_EQUAL(w.granted, 13);
    leave_many(reads, 60); /* those outside stay outside */
    leave_many(writes, 20);
    turn(&w);
    static struct visitor again[60];
    w.token = token_of(7);
    CU_ASSERT_EQUAL(enter_many(&w, 1, GATE_READ, again, 60), 50); /* every place came back, once */
    leave_many(again, 60);
    world_close(&w);
}

static void nobody_overtakes_on_whatever_keeper(void)
{
    struct world w;
    static struct visitor inside[15], line[12];
    world_open(&w);
    CU_ASSERT_EQUAL(enter_many(&w, 1, GATE_WRITE, inside, 15), 15);
    static const int keepers[12] = { 1, 0, 2, 2, 0, 1, 0, 0, 0, 2, 1, 1 };
    for (int i = 0; i < 12; i++)
        CU_ASSERT_EQUAL(enter(&w, keepers[i], GATE_WRITE, &line[i]), GATE_WAITING);
    turn(&w);
    for (unsigned i = 0; i < 5; i++) {
        gate_leave(&inside[i].pass);
        turn(&w);
        CU_ASSERT_EQUAL(w.granted, i + 1);
    }
    leave_many(inside, 15);
    turn(&w);
    for (unsigned i = 0; i < 12; i++)
        CU_ASSERT_EQUAL(line[i].order, i + 1);
    leave_many(line, 12);
    world_close(&w);
}

/* The worker that frees a place and wants one at once does not get it before the one who waits
 * elsewhere. */
static void busy_worker_does_not_starve_another(void)
{
    struct world w;
    static struct visitor inside[15], waits, next;
    world_open(&w);
    enter_many(&w, 1, GATE_WRITE, inside, 15);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_WRITE, &waits), GATE_WAITING);
    gate_leave(&inside[0].pass);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_WRITE, &next), GATE_WAITING);
    turn(&w);
    CU_ASSERT_EQUAL(waits.order, 1);
    CU_ASSERT_EQUAL(next.order, 0);
    gate_leave(&inside[1].pass);
    turn(&w);
    CU_ASSERT_EQUAL(next.order, 2);
    world_close(&w);
}

static void place_of_one_who_leaves_the_line_goes_to_the_next(void)
{
    struct world w;
    static struct visitor inside[15], line[4];
    world_open(&w);
    enter_many(&w, 1, GATE_WRITE, inside, 15);
    for (int i = 0; i < 4; i++)
        enter(&w, i % 2, GATE_WRITE, &line[i]);
    turn(&w);
    gate_leave(&line[1].pass);
    /* The place is on its way to line[0], which goes away before it comes. */
    gate_leave(&inside[0].pass);
    gate_leave(&line[0].pass);
    turn(&w);
    CU_ASSERT_EQUAL(line[0].order + line[1].order, 0);
    CU_ASSERT_EQUAL(line[2].order, 1);
    CU_ASSERT_EQUAL(line[3].order, 0);
    gate_leave(&line[2].pass);
    turn(&w);
    CU_ASSERT_EQUAL(line[3].order, 2);
    world_close(&w);
}

static void line_has_a_ceiling(void)
{
    struct world w;
    static struct visitor v[50 + LIMIT_GATE_WAITING], one;
    world_open(&w);
    enter_many(&w, 1, GATE_READ, v, 50 + LIMIT_GATE_WAITING);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &one), GATE_FULL);
    gate_leave(&one.pass); /* harmless */
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_SEARCH, &one), GATE_FULL);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_WRITE, &one), GATE_ENTERED); /* which need not wait */
    gate_leave(&one.pass);
    w.token = token_of(8);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &one), GATE_ENTERED);
    gate_leave(&one.pass);
    w.token = token_of(7);
    gate_leave(&v[700].pass);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &one), GATE_WAITING);
    leave_many(v, 50 + LIMIT_GATE_WAITING);
    turn(&w);
    CU_ASSERT_EQUAL(one.order, 1);
    world_close(&w);
}

/* Enters and leaves at once; how many of n got in. */
static unsigned search_briefly(struct world *w, unsigned n)
{
    unsigned entered = 0;
    for (unsigned i = 0; i < n; i++) {
        struct visitor v;
        entered += enter(w, (int)(i % KEEPERS), GATE_SEARCH, &v) == GATE_ENTERED;
        gate_leave(&v.pass);
    }
    return entered;
}

/* Every worker is full of one token's passes; what another one needs costs it no turn of the loop,
 * and its line moves with its own places alone. */
static void a_flood_with_one_token_does_not_delay_another(void)
{
    struct world w;
    static struct visitor flood[50 + KEEPERS * LIMIT_GATE_WAITING], others[51];
    world_open(&w);
    for (unsigned i = 0; i < 50; i++)
        CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &flood[i]), GATE_ENTERED);
    for (unsigned i = 0; i < KEEPERS * LIMIT_GATE_WAITING; i++)
        CU_ASSERT_EQUAL(enter(&w, (int)(i % KEEPERS), GATE_READ, &flood[50 + i]), GATE_WAITING);
    w.token = token_of(8);
    for (unsigned i = 0; i < 50; i++)
        CU_ASSERT_EQUAL(enter(&w, (int)(i % KEEPERS), GATE_READ, &others[i]), GATE_ENTERED);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_READ, &others[50]), GATE_WAITING);
    gate_leave(&others[0].pass);
    turn(&w);
    CU_ASSERT_EQUAL(others[50].order, 1);
    CU_ASSERT_EQUAL(w.granted, 1);
    leave_many(flood + 50, KEEPERS * LIMIT_GATE_WAITING);
    leave_many(flood, 50);
    leave_many(others, 51);
    world_close(&w);
}

static void sixty_searches_in_any_minute(void)
{
    struct world w;
    struct visitor waits;
    world_open(&w);
    CU_ASSERT_EQUAL(search_briefly(&w, 40), 40);
    atomic_fetch_add(&fake_ms, MINUTE / 2);
    CU_ASSERT_EQUAL(search_briefly(&w, 40), 20);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_SEARCH, &waits), GATE_WAITING);
    turn(&w);
    atomic_fetch_add(&fake_ms, MINUTE / 2 - 1);
    CU_ASSERT_EQUAL(search_briefly(&w, 1), 0);
    turn(&w);
    CU_ASSERT_EQUAL(waits.order, 0);
    atomic_fetch_add(&fake_ms, 1);
    CU_ASSERT_EQUAL(search_briefly(&w, 1), 0); /* nobody overtakes */
    turn(&w);
    CU_ASSERT_EQUAL(waits.order, 1);
    gate_leave(&waits.pass);
    CU_ASSERT_EQUAL(search_briefly(&w, 60), 39);
    atomic_fetch_add(&fake_ms, MINUTE / 2);
    CU_ASSERT_EQUAL(search_briefly(&w, 60), 20);
    atomic_fetch_add(&fake_ms, 10 * MINUTE);
    CU_ASSERT_EQUAL(search_briefly(&w, 70), 60);
    world_close(&w);
}

/* A model that asks again and again must not push its own searches into the far future. */
static void search_that_was_given_up_costs_nothing(void)
{
    struct world w;
    world_open(&w);
    CU_ASSERT_EQUAL(search_briefly(&w, 500), 60);
    turn(&w);
    atomic_fetch_add(&fake_ms, MINUTE);
    CU_ASSERT_EQUAL(search_briefly(&w, 500), 60);
    /* Nor one that waited for a place only. */
    atomic_fetch_add(&fake_ms, MINUTE);
    static struct visitor reads[50];
    CU_ASSERT_EQUAL(enter_many(&w, 1, GATE_READ, reads, 50), 50);
    CU_ASSERT_EQUAL(search_briefly(&w, 200), 0);
    leave_many(reads, 50);
    turn(&w);
    CU_ASSERT_EQUAL(search_briefly(&w, 200), 60);
    world_close(&w);
}

static void searches_and_reads_do_not_keep_each_other_out(void)
{
    struct world w;
    static struct visitor reads[70], search, late;
    world_open(&w);
    CU_ASSERT_EQUAL(search_briefly(&w, 60), 60);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_SEARCH, &late), GATE_WAITING);
    CU_ASSERT_EQUAL(enter_many(&w, 2, GATE_READ, reads, 50), 50); /* past one that waits a minute */
    gate_leave(&late.pass);
    turn(&w);

    atomic_fetch_add(&fake_ms, MINUTE);
    CU_ASSERT_EQUAL(enter_many(&w, 2, GATE_READ, &reads[50], 10), 0);
    CU_ASSERT_EQUAL(enter(&w, 2, GATE_SEARCH, &search), GATE_WAITING); /* for a place as a read */
    CU_ASSERT_EQUAL(enter_many(&w, 2, GATE_READ, &reads[60], 10), 0);
    for (unsigned i = 0; i < 11; i++) {
        gate_leave(&reads[i].pass);
        turn(&w);
    }
    CU_ASSERT_EQUAL(search.order, 11);
    CU_ASSERT_EQUAL(reads[59].order, 10);
    CU_ASSERT_EQUAL(reads[60].order, 0);
    leave_many(reads, 70);
    gate_leave(&search.pass);
    turn(&w);
    world_close(&w);
}

/* What counts is when a search is made, not when it got in line. */
static void search_counts_from_the_moment_it_is_made(void)
{
    struct world w;
    static struct visitor reads[50], searches[70];
    world_open(&w);
    enter_many(&w, 1, GATE_READ, reads, 50);
    CU_ASSERT_EQUAL(enter_many(&w, KEEPERS, GATE_SEARCH, searches, 40), 0);
    atomic_fetch_add(&fake_ms, MINUTE - 1000);
    leave_many(reads, 50);
    turn(&w);
    CU_ASSERT_EQUAL(w.granted, 40);
    leave_many(searches, 40);
    atomic_fetch_add(&fake_ms, 2000);
    CU_ASSERT_EQUAL(search_briefly(&w, 60), 20);

    /* One that waited for a place for more than its minute, and others came: it waits again. */
    atomic_fetch_add(&fake_ms, 2 * MINUTE);
    enter_many(&w, 1, GATE_READ, reads, 50);
    w.granted = 0;
    CU_ASSERT_EQUAL(enter_many(&w, KEEPERS, GATE_SEARCH, searches, 60), 0);
    turn(&w);
    atomic_fetch_add(&fake_ms, MINUTE);
    CU_ASSERT_EQUAL(enter_many(&w, KEEPERS, GATE_SEARCH, &searches[60], 10), 0);
    leave_many(reads, 50);
    for (unsigned i = 0; i < 4; i++) {
        turn(&w);
        for (unsigned k = 0; k < 70; k++)
            if (searches[k].order)
                gate_leave(&searches[k].pass);
    }
    CU_ASSERT_EQUAL(w.granted, 60);
    atomic_fetch_add(&fake_ms, MINUTE);
    CU_ASSERT_EQUAL(search_briefly(&w, 1), 0);
    turn(&w);
    CU_ASSERT_EQUAL(w.granted, 70);
    leave_many(searches, 70);
    world_close(&w);
}

static uint64_t started_ms;

/* Runs on with the loop's clock. */
static uint64_t running_now(void)
{
    return atomic_load(&fake_ms) + uv_hrtime() / 1000000 - started_ms;
}

static void search_goes_by_itself_when_its_moment_comes(void)
{
    struct world w;
    struct visitor first, second;
    world_open(&w);
    started_ms = uv_hrtime() / 1000000;
    gates_use_clock(w.gates, running_now);
    CU_ASSERT_EQUAL(search_briefly(&w, 60), 60);
    atomic_fetch_add(&fake_ms, MINUTE - 20);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_SEARCH, &first), GATE_WAITING);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_SEARCH, &second), GATE_WAITING);
    alarm(PATIENCE_SECONDS);
    while (!first.order || !second.order)
        turn(&w);
    alarm(0);
    CU_ASSERT_TRUE(first.order < second.order);
    CU_ASSERT_TRUE(running_now() >= 5000000 + MINUTE);
    world_close(&w);
}

static void keeper_gives_back_everything_when_it_goes(void)
{
    struct world w;
    static struct visitor mine[15], theirs[3], line[4], more;
    world_open(&w);
    enter_many(&w, 1, GATE_WRITE, mine, 14);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_WRITE, &theirs[0]), GATE_ENTERED);
    for (int i = 0; i < 4; i++) /* 1, 2, 1, 2 */
        CU_ASSERT_EQUAL(enter(&w, 1 + i % 2, GATE_WRITE, &line[i]), GATE_WAITING);
    turn(&w);
    gate_keeper_free(w.keepers[1]);
    w.keepers[1] = NULL;
    uv_run(&w.loops[1], UV_RUN_DEFAULT);
    turn(&w);
    CU_ASSERT_EQUAL(line[1].order, 1); /* the place of theirs[0] */
    CU_ASSERT_EQUAL(w.granted, 1);
    gate_leave(&theirs[0].pass);
    gate_leave(&line[0].pass);
    gate_leave(&mine[0].pass); /* wakes who is there */
    turn(&w);
    CU_ASSERT_EQUAL(line[3].order, 2);
    CU_ASSERT_EQUAL(line[0].order + line[2].order, 0);
    /* Its number is used again, and brings nothing with it. */
    w.keepers[1] = gate_keeper_new(w.gates, &w.loops[1]);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.keepers[1]);
    gate_leave(&mine[1].pass);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_WRITE, &more), GATE_ENTERED);
    gate_leave(&more.pass);
    world_close(&w); /* with passes inside */
    gate_leave(&mine[3].pass);
}

static void keepers_have_a_ceiling(void)
{
    struct world w;
    struct gate_keeper *more[LIMIT_WORKERS];
    world_open(&w);
    for (int i = 0; i < LIMIT_WORKERS - KEEPERS; i++)
        CU_ASSERT_PTR_NOT_NULL(more[i] = gate_keeper_new(w.gates, &w.loops[0]));
    CU_ASSERT_PTR_NULL(gate_keeper_new(w.gates, &w.loops[0]));
    /* The last bit works as the first. */
    static struct visitor inside[15], last;
    enter_many(&w, 1, GATE_WRITE, inside, 15);
    last = (struct visitor){ .world = &w, .pass = { .granted = on_granted } };
    gate_enter(more[LIMIT_WORKERS - KEEPERS - 1], &w.token, GATE_WRITE, &last.pass);
    gate_leave(&inside[0].pass);
    turn(&w);
    CU_ASSERT_EQUAL(last.order, 1);
    gate_keeper_free(more[0]); /* whose place another may have */
    CU_ASSERT_PTR_NOT_NULL(more[0] = gate_keeper_new(w.gates, &w.loops[0]));
    for (int i = 0; i < LIMIT_WORKERS - KEEPERS; i++)
        gate_keeper_free(more[i]);
    world_close(&w);
}

static void idle_tokens_are_forgotten_but_not_their_searches(void)
{
    struct world w;
    static struct visitor stays, waits[16];
    world_open(&w);
    CU_ASSERT_EQUAL(search_briefly(&w, 60), 60); /* token 7, known to all keepers */
    w.token = token_of(8);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &stays), GATE_ENTERED);
    w.token = token_of(9);
    enter_many(&w, 1, GATE_WRITE, waits, 16);
    leave_many(waits, 16);
    turn(&w);
    CU_ASSERT_EQUAL(gates_known(w.gates), 3);
    atomic_fetch_add(&fake_ms, MINUTE - 1);
    for (int i = 0; i < KEEPERS; i++)
        gate_keeper_sweep(w.keepers[i]);
    CU_ASSERT_EQUAL(gates_known(w.gates), 3);
    w.token = token_of(7);
    CU_ASSERT_EQUAL(search_briefly(&w, 1), 0);
    turn(&w);
    atomic_fetch_add(&fake_ms, MINUTE);
    for (int i = 0; i < KEEPERS; i++)
        gate_keeper_sweep(w.keepers[i]);
    CU_ASSERT_EQUAL(gates_known(w.gates), 1); /* the one with a read in flight */
    gate_leave(&stays.pass);
    CU_ASSERT_EQUAL(search_briefly(&w, 61), 60);
    world_close(&w);
}

static void tokens_have_a_ceiling(void)
{
    struct world w;
    static struct visitor v[LIMIT_GATE_TOKENS], one;
    world_open(&w);
    for (uint32_t i = 0; i < LIMIT_GATE_TOKENS; i++) {
        w.token = token_of(1000 + i);
        CU_ASSERT_EQUAL(enter(&w, 0, i % 2 ? GATE_READ : GATE_SEARCH, &v[i]), GATE_ENTERED);
    }
    w.token = token_of(1);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &one), GATE_FULL);
    CU_ASSERT_EQUAL(enter(&w, 1, GATE_READ, &one), GATE_ENTERED);
    gate_leave(&one.pass);
    gate_leave(&v[0].pass); /* has searched: still counted */
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &one), GATE_FULL);
    gate_leave(&v[1].pass);
    CU_ASSERT_EQUAL(enter(&w, 0, GATE_READ, &one), GATE_ENTERED);
    leave_many(v, LIMIT_GATE_TOKENS);
    world_close(&w);
}

/* ---- several threads, each with its loop and keeper, all with one token ---- */

#define THREADS 4
#define VISITS 3000

static struct {
    struct gates *gates;
    struct digest token;
    uv_barrier_t step;
    atomic_int inside[2];
    atomic_int most[2];
    atomic_uint searched;
} crowd;

struct walker;

struct visit {
    struct gate_pass pass;
    struct walker *walker;
    struct visit *next; /* of those that leave on the next turn */
};

struct walker {
    uv_thread_t thread;
    uv_loop_t loop;
    uv_idle_t step;
    struct gate_keeper *keeper;
    struct visit visits[VISITS];
    unsigned begun, ended, cancelled;
    unsigned last; /* of those that waited: the place in line of the latest that was granted */
    bool disorder;
    unsigned seed;
    struct visit *leaving;
};

static enum gate_kind kind_of_visit(const struct visit *v)
{
    return (v - v->walker->visits) % 3 == 0 ? GATE_WRITE : GATE_READ;
}

static void go_in(struct visit *v)
{
    int write = kind_of_visit(v) == GATE_WRITE;
    int now = atomic_fetch_add(&crowd.inside[write], 1) + 1;
    int most = atomic_load(&crowd.most[write]);
    while (now > most && !atomic_compare_exchange_weak(&crowd.most[write], &most, now))
        ;
    v->next = v->walker->leaving;
    v->walker->leaving = v;
}

static void on_visit_granted(struct gate_pass *p)
{
    struct visit *v = (struct visit *)((char *)p - offsetof(struct visit, pass));
    if (kind_of_visit(v) == GATE_WRITE) {
        unsigned n = (unsigned)(v - v->walker->visits);
        v->walker->disorder |= n < v->walker->last;
        v->walker->last = n;
    }
    go_in(v);
}

static void go_out(struct walker *w, struct visit *v)
{
    atomic_fetch_sub(&crowd.inside[kind_of_visit(v) == GATE_WRITE], 1);
    gate_leave(&v->pass);
    w->ended++;
}

static void on_step(uv_idle_t *idle)
{
    struct walker *w = idle->data;
    for (int some = 0; some < 8 && w->leaving; some++) { /* fewer than come: there is a crowd */
        struct visit *v = w->leaving;
        w->leaving = v->next;
        go_out(w, v);
    }
    unsigned come = (unsigned)rand_r(&w->seed) % 60;
    for (; come && w->begun < VISITS; come--) {
        struct visit *v = &w->visits[w->begun++];
        v->walker = w;
        v->pass.granted = on_visit_granted;
        switch (gate_enter(w->keeper, &crowd.token, kind_of_visit(v), &v->pass)) {
        case GATE_ENTERED:
            go_in(v);
            break;
        case GATE_WAITING:
            if (rand_r(&w->seed) % 8 == 0) { /* some have no patience */
                gate_leave(&v->pass);
                w->ended++;
                w->cancelled++;
            }
            break;
        case GATE_FULL:
            w->ended++;
            break;
        }
    }
    if (w->ended == VISITS) {
        uv_idle_stop(idle);
        uv_close((uv_handle_t *)idle, NULL);
        gate_keeper_free(w->keeper); /* while the others go on */
    } else if (w->begun == VISITS && !w->leaving) {
        uv_idle_stop(idle); /* nothing but a grant goes on from here */
    }
}

/* The idle handle stops when there is nothing to do but wait, so a lost wake-up hangs. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct walker *w = prepare->data;
    if (w->ended == VISITS) {
        if (!uv_is_closing((uv_handle_t *)prepare))
            uv_close((uv_handle_t *)prepare, NULL);
    } else if (w->leaving && !uv_is_active((uv_handle_t *)&w->step)) {
        uv_idle_start(&w->step, on_step);
    }
}

static void walk(void *arg)
{
    struct walker *w = arg;
    uv_prepare_t prepare;
    uv_loop_init(&w->loop);
    w->keeper = gate_keeper_new(crowd.gates, &w->loop);
    uv_idle_init(&w->loop, &w->step);
    uv_prepare_init(&w->loop, &prepare);
    w->step.data = prepare.data = w;
    uv_idle_start(&w->step, on_step);
    uv_prepare_start(&prepare, on_prepare);
    uv_barrier_wait(&crowd.step);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
}

static struct walker walkers[THREADS];

static void crowd_open(uint64_t (*now)(void))
{
    memset(&crowd, 0, sizeof(crowd));
    memset(walkers, 0, sizeof(walkers));
    crowd.gates = gates_new();
    gates_use_clock(crowd.gates, now);
    crowd.token = token_of(77);
    uv_barrier_init(&crowd.step, THREADS);
    alarm(PATIENCE_SECONDS);
}

static void crowd_close(void)
{
    alarm(0);
    uv_barrier_destroy(&crowd.step);
    CU_ASSERT_EQUAL(gates_known(crowd.gates), 0);
    gates_free(crowd.gates);
}

static void limits_hold_over_threads_and_nobody_is_forgotten(void)
{
    atomic_store(&fake_ms, 5000000);
    crowd_open(fake_now);
    for (unsigned i = 0; i < THREADS; i++) {
        walkers[i].seed = i + 1;
        uv_thread_create(&walkers[i].thread, walk, &walkers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        uv_thread_join(&walkers[i].thread);
        CU_ASSERT_EQUAL(walkers[i].ended, VISITS);
        CU_ASSERT_FALSE(walkers[i].disorder);
        CU_ASSERT_TRUE(walkers[i].cancelled > 0);
    }
    /* That every place is used is shown where nothing is left to the scheduler. */
    CU_ASSERT_TRUE(atomic_load(&crowd.most[0]) <= LIMIT_GATE_READS);
    CU_ASSERT_TRUE(atomic_load(&crowd.most[1]) <= LIMIT_GATE_WRITES);
    CU_ASSERT_EQUAL(atomic_load(&crowd.inside[0]), 0);
    crowd_close();
}

#define HURRIES 50000

/* In and out as fast as it can, always alone or nearly so. */
static void hurry_along(void *arg)
{
    struct walker *w = arg;
    uv_loop_init(&w->loop);
    w->keeper = gate_keeper_new(crowd.gates, &w->loop);
    uv_barrier_wait(&crowd.step);
    for (int i = 0; i < HURRIES; i++) {
        struct gate_pass p = { 0 };
        w->disorder |=
            gate_enter(w->keeper, &crowd.token, i % 2 ? GATE_READ : GATE_WRITE, &p) != GATE_ENTERED;
        gate_leave(&p);
    }
    uv_barrier_wait(&crowd.step);
    /* One of them looks whether every place is there, and none too many. */
    static struct gate_pass all[LIMIT_GATE_WRITES + 1];
    if (w == walkers) {
        for (unsigned i = 0; i <= LIMIT_GATE_WRITES; i++) {
            bool in = gate_enter(w->keeper, &crowd.token, GATE_WRITE, &all[i]) == GATE_ENTERED;
            w->disorder |= in != (i < LIMIT_GATE_WRITES);
        }
        for (unsigned i = 0; i <= LIMIT_GATE_WRITES; i++)
            gate_leave(&all[i]);
    }
    gate_keeper_free(w->keeper);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
}

static void no_place_is_lost_between_threads(void)
{
    crowd_open(fake_now);
    for (unsigned i = 0; i < THREADS; i++)
        uv_thread_create(&walkers[i].thread, hurry_along, &walkers[i]);
    for (unsigned i = 0; i < THREADS; i++) {
        uv_thread_join(&walkers[i].thread);
        CU_ASSERT_FALSE(walkers[i].disorder);
    }
    crowd_close();
}

#define PHASES 20

/* All threads search as fast as they can while the clock stands still; then a minute passes. */
static void search_along(void *arg)
{
    struct walker *w = arg;
    uv_loop_init(&w->loop);
    w->keeper = gate_keeper_new(crowd.gates, &w->loop);
    for (int phase = 0; phase < PHASES; phase++) {
        uv_barrier_wait(&crowd.step);
        for (int i = 0; i < 40; i++) {
            struct gate_pass p = { 0 };
            if (gate_enter(w->keeper, &crowd.token, GATE_SEARCH, &p) == GATE_ENTERED) {
                w->ended++;
                atomic_fetch_add(&crowd.searched, 1);
            }
            gate_leave(&p);
        }
        if (uv_barrier_wait(&crowd.step) > 0) {
            unsigned n = atomic_exchange(&crowd.searched, 0);
            w->disorder |= n > LIMIT_GATE_SEARCHES;
            w->begun += n;
            atomic_fetch_add(&fake_ms, MINUTE);
        }
    }
    gate_keeper_free(w->keeper);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
}

static void searches_hold_over_threads(void)
{
    unsigned made = 0;
    atomic_store(&fake_ms, 5000000);
    crowd_open(fake_now);
    for (unsigned i = 0; i < THREADS; i++)
        uv_thread_create(&walkers[i].thread, search_along, &walkers[i]);
    for (unsigned i = 0; i < THREADS; i++) {
        uv_thread_join(&walkers[i].thread);
        CU_ASSERT_FALSE(walkers[i].disorder);
        made += walkers[i].begun;
    }
    CU_ASSERT_TRUE(made <= PHASES * LIMIT_GATE_SEARCHES);
    CU_ASSERT_TRUE(made >= PHASES * 40);
    crowd_close();
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(reads_and_writes_have_their_own_places),
        TEST(nobody_overtakes_on_whatever_keeper),
        TEST(busy_worker_does_not_starve_another),
        TEST(place_of_one_who_leaves_the_line_goes_to_the_next),
        TEST(line_has_a_ceiling),
        TEST(a_flood_with_one_token_does_not_delay_another),
        TEST(sixty_searches_in_any_minute),
        TEST(search_that_was_given_up_costs_nothing),
        TEST(searches_and_reads_do_not_keep_each_other_out),
        TEST(search_counts_from_the_moment_it_is_made),
        TEST(search_goes_by_itself_when_its_moment_comes),
        TEST(keeper_gives_back_everything_when_it_goes),
        TEST(keepers_have_a_ceiling),
        TEST(idle_tokens_are_forgotten_but_not_their_searches),
        TEST(tokens_have_a_ceiling),
        TEST(limits_hold_over_threads_and_nobody_is_forgotten),
        TEST(no_place_is_lost_between_threads),
        TEST(searches_hold_over_threads),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "gate", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
