#include "transport/call_queue.h"

#include "base/clock.h"
#include "suites.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Should a call never hear anything, the test dies instead of hanging. */
#define PATIENCE_SECONDS 120
#define WORKERS 3
#define FLOOD 1000
#define SMALL 20

/* Some workers, each with its loop; all on the test's thread, so that mail comes in a known order.
 */
struct world {
    struct call_queue *queue;
    struct ceiling_limits ceiling;
    struct call_queue_limits limits;
    uv_loop_t loops[WORKERS];
    struct mailbox boxes[WORKERS]; /* the first one's is the usher's */
    int went;
};

struct call {
    struct world *world;
    uint64_t person;
    enum call_verdict verdict;
    struct call_ticket *ticket; /* while it waits */
    int order;                  /* the how many-eth that went after it had waited; 0: none */
};

static void on_decided(void *ctx, enum call_verdict verdict)
{
    struct call *c = ctx;
    c->ticket = NULL;
    c->verdict = verdict;
    if (verdict == CALL_GOES)
        c->order = ++c->world->went;
}

static void limit(struct world *w)
{
    call_queue_limit(w->queue, &w->ceiling, &w->limits);
}

static void world_open(struct world *w, unsigned calls, unsigned of_person)
{
    memset(w, 0, sizeof(*w));
    w->queue = call_queue_new();
    w->ceiling = (struct ceiling_limits){ .calls = calls, .calls_per_person = of_person };
    w->limits = (struct call_queue_limits){ .all = 2000, .wait_ms = 60000 };
    limit(w);
    for (int i = 0; i < WORKERS; i++) {
        uv_loop_init(&w->loops[i]);
        CU_ASSERT_TRUE_FATAL(mailbox_open(&w->boxes[i], &w->loops[i], NULL));
    }
    call_queue_open(w->queue, &w->loops[0], &w->boxes[0]);
}

/* All mail that there is arrives, and what it leads to. */
static void settle(struct world *w)
{
    for (int n = 0; n < 4; n++)
        for (int i = 0; i < WORKERS; i++)
            uv_run(&w->loops[i], UV_RUN_NOWAIT);
}

static void world_close(struct world *w)
{
    call_queue_close(w->queue);
    settle(w);
    for (int i = 0; i < WORKERS; i++) {
        mailbox_close(&w->boxes[i]);
        uv_run(&w->loops[i], UV_RUN_DEFAULT);
        CU_ASSERT_EQUAL(uv_loop_close(&w->loops[i]), 0);
    }
    call_queue_free(w->queue);
}

static enum call_verdict enter(struct world *w, int worker, uint64_t person, struct call *c)
{
    *c = (struct call){ .world = w, .person = person };
    c->verdict = call_queue_enter(w->queue, &w->boxes[worker], &w->ceiling, &w->limits, person,
                                  on_decided, c, &c->ticket);
    return c->verdict;
}

static void end(struct call *c)
{
    call_queue_end(c->world->queue, c->person);
}

static void while_there_are_places_nobody_waits(void)
{
    struct world w;
    struct call calls[4], late;
    world_open(&w, 4, 0);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(enter(&w, i % WORKERS, 1, &calls[i]), CALL_GOES);
    CU_ASSERT_EQUAL(enter(&w, 1, 1, &late), CALL_WAITS);
    settle(&w);
    CU_ASSERT_EQUAL(late.verdict, CALL_WAITS);
    end(&calls[2]);
    settle(&w);
    CU_ASSERT_EQUAL(late.verdict, CALL_GOES);
    for (int i = 0; i < 4; i++)
        end(i == 2 ? &late : &calls[i]);
    settle(&w);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(enter(&w, 0, 1, &calls[i]), CALL_GOES); /* each place came back, once */
    world_close(&w);
}

/* One floods from all workers, then twenty come with one call each, to whichever worker. */
static void a_flood_delays_nobody_by_more_than_one_turn(void)
{
    struct world w;
    struct call running[4], small[SMALL];
    static struct call flood[FLOOD];
    world_open(&w, 4, 100);
    for (int i = 0; i < 4; i++)
        enter(&w, 0, 1, &running[i]);
    for (int i = 0; i < FLOOD; i++)
        CU_ASSERT_EQUAL(enter(&w, i % WORKERS, 1, &flood[i]), CALL_WAITS);
    settle(&w);
    for (int i = 0; i < SMALL; i++)
        CU_ASSERT_EQUAL(enter(&w, i % WORKERS, 100 + (unsigned)i, &small[i]), CALL_WAITS);
    settle(&w);
    end(&running[0]);
    settle(&w);
    int ended = 0;
    while (w.went < SMALL + 1) { /* whatever runs ends at once */
        int went = w.went;
        for (int i = 0; i < FLOOD; i++)
            if (flood[i].order > ended)
                end(&flood[i]);
        for (int i = 0; i < SMALL; i++)
            if (small[i].order > ended)
                end(&small[i]);
        ended = went;
        settle(&w);
        CU_ASSERT_FATAL(w.went > went);
    }
    for (int i = 0; i < SMALL; i++) {
        CU_ASSERT_EQUAL(small[i].verdict, CALL_GOES);
        CU_ASSERT_TRUE(small[i].order <= SMALL + 1);
    }
    world_close(&w);
}

/* Eight places: two of them are for those with few running. */
static void whoever_may_have_no_place_is_passed_over(void)
{
    struct world w;
    struct call many[6], waits, few[3];
    world_open(&w, 8, 100);
    for (int i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(enter(&w, 0, 1, &many[i]), CALL_GOES);
    CU_ASSERT_EQUAL(enter(&w, 1, 1, &waits), CALL_WAITS);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(enter(&w, 2, 2, &few[i]), CALL_WAITS); /* the usher decides */
    settle(&w);
    CU_ASSERT_EQUAL(few[0].verdict, CALL_GOES);
    CU_ASSERT_EQUAL(few[1].verdict, CALL_GOES);
    CU_ASSERT_EQUAL(few[2].verdict, CALL_WAITS);
    CU_ASSERT_EQUAL(waits.verdict, CALL_WAITS);
    end(&many[0]);
    settle(&w);
    CU_ASSERT_EQUAL(few[2].verdict, CALL_GOES);
    for (int i = 0; i < 3; i++)
        end(&few[i]);
    settle(&w);
    CU_ASSERT_EQUAL(waits.verdict, CALL_GOES);
    world_close(&w);
}

static void who_leaves_is_not_waited_for(void)
{
    struct world w;
    struct call first, gone[3], next;
    world_open(&w, 1, 0);
    enter(&w, 0, 1, &first);
    for (int i = 0; i < 3; i++)
        enter(&w, 1, 2, &gone[i]);
    enter(&w, 2, 3, &next);
    call_queue_leave(gone[0].ticket); /* its mail is on the way */
    settle(&w);
    call_queue_leave(gone[1].ticket); /* it stands in line */
    settle(&w);
    end(&first);
    for (int i = 0; i < 2; i++)
        uv_run(&w.loops[0], UV_RUN_NOWAIT);
    call_queue_leave(gone[2].ticket); /* it may go, and does not know yet */
    settle(&w);
    CU_ASSERT_EQUAL(next.verdict, CALL_GOES);
    CU_ASSERT_EQUAL(w.went, 1);
    end(&next);
    settle(&w);
    CU_ASSERT_EQUAL(enter(&w, 1, 1, &first), CALL_GOES);
    world_close(&w);
}

static void lines_are_bounded_and_the_longest_pays(void)
{
    struct world w;
    struct call running, mine[5], other[3];
    world_open(&w, 1, 0);
    w.limits.per_person = 4;
    w.limits.all = 5;
    limit(&w);
    enter(&w, 0, 1, &running);
    for (int i = 0; i < 5; i++)
        enter(&w, i % WORKERS, 2, &mine[i]);
    settle(&w);
    int refused = 0;
    for (int i = 0; i < 5; i++)
        refused += mine[i].verdict == CALL_QUEUE_OWN;
    CU_ASSERT_EQUAL(refused, 1);
    for (unsigned i = 0; i < 3; i++)
        enter(&w, 1, 3 + i, &other[i]);
    settle(&w);
    refused = 0;
    for (int i = 0; i < 5; i++)
        refused += mine[i].verdict == CALL_QUEUE_ALL;
    CU_ASSERT_EQUAL(refused, 2);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(other[i].verdict, CALL_WAITS);
    w.limits.all = 0;
    CU_ASSERT_EQUAL(enter(&w, 1, 9, &mine[0]), CALL_FULL);
    world_close(&w);
    CU_ASSERT_EQUAL(other[2].verdict, CALL_STOPPED);
}

static void a_person_at_their_own_ceiling_does_not_wait(void)
{
    struct world w;
    struct call running[2], waits, one;
    world_open(&w, 2, 1);
    CU_ASSERT_EQUAL(enter(&w, 0, 1, &running[0]), CALL_GOES);
    CU_ASSERT_EQUAL(enter(&w, 1, 1, &one), CALL_OWN_FULL);
    CU_ASSERT_EQUAL(enter(&w, 0, 2, &running[1]), CALL_GOES);
    CU_ASSERT_EQUAL(enter(&w, 2, 3, &waits), CALL_WAITS);
    CU_ASSERT_EQUAL(enter(&w, 1, 1, &one), CALL_OWN_FULL); /* also while others wait */
    end(&running[0]);
    settle(&w);
    CU_ASSERT_EQUAL(waits.verdict, CALL_GOES);
    world_close(&w);
}

static void who_waits_for_too_long_is_told(void)
{
    struct world w;
    struct call running, late[2];
    world_open(&w, 1, 0);
    w.limits.wait_ms = 30;
    limit(&w);
    enter(&w, 0, 1, &running);
    uint64_t began = clock_ms();
    for (int i = 0; i < 2; i++)
        enter(&w, i + 1, 2, &late[i]);
    while (late[0].verdict == CALL_WAITS || late[1].verdict == CALL_WAITS)
        settle(&w);
    CU_ASSERT_EQUAL(late[0].verdict, CALL_LATE);
    CU_ASSERT_EQUAL(late[1].verdict, CALL_LATE);
    CU_ASSERT_TRUE(clock_ms() - began >= 29);
    world_close(&w);
}

static void higher_ceilings_count_at_once(void)
{
    struct world w;
    struct call running, waits;
    world_open(&w, 1, 0);
    enter(&w, 0, 1, &running);
    enter(&w, 2, 1, &waits);
    settle(&w);
    w.ceiling.calls = 2;
    limit(&w);
    settle(&w);
    CU_ASSERT_EQUAL(waits.verdict, CALL_GOES);
    world_close(&w);
}

/* ---- workers on threads of their own ---- */

#define PLACES 8
#define EACH 3000
#define AT_ONCE 40 /* of each worker, so most of them wait */

struct crew {
    struct world world;
    atomic_int running, most, refused, workers_left;
};

struct worker {
    struct crew *crew;
    int index;
    unsigned seed;
    struct call calls[AT_ONCE];
    int begun, went, left;
};

static void count(struct crew *crew)
{
    int running = atomic_fetch_add(&crew->running, 1) + 1;
    int most = atomic_load(&crew->most);
    while (running > most && !atomic_compare_exchange_weak(&crew->most, &most, running))
        continue;
}

static void on_threads_decided(void *ctx, enum call_verdict verdict)
{
    struct call *c = ctx;
    c->ticket = NULL;
    c->verdict = verdict;
    struct crew *crew = (struct crew *)c->world; /* its first member */
    if (verdict == CALL_GOES)
        count(crew);
    else
        atomic_fetch_add(&crew->refused, 1);
}

static void begin(struct worker *k, struct call *c)
{
    struct world *w = &k->crew->world;
    k->begun++;
    *c = (struct call){ .world = w, .person = (uint64_t)rand_r(&k->seed) % 5 };
    c->verdict = call_queue_enter(w->queue, &w->boxes[k->index], &w->ceiling, &w->limits, c->person,
                                  on_threads_decided, c, &c->ticket);
    if (c->verdict == CALL_GOES)
        count(k->crew);
}

static void step(struct worker *k, struct call *c)
{
    if (!c->world && k->begun < EACH) {
        begin(k, c);
    } else if (c->ticket && rand_r(&k->seed) % 64 == 0) {
        call_queue_leave(c->ticket);
        *c = (struct call){ 0 };
        k->left++;
    } else if (c->world && !c->ticket && rand_r(&k->seed) % 2) {
        atomic_fetch_sub(&k->crew->running, 1);
        end(c);
        *c = (struct call){ 0 };
        k->went++;
    }
}

static void nothing(void *receiver, struct mail *m)
{
    (void)receiver;
    free(m);
}

static void drop(struct mail *m)
{
    free(m);
}

/* The last one to be done has the others look up. */
static void wake_all(struct world *w)
{
    for (int i = 0; i < WORKERS; i++) {
        struct mail *m = malloc(sizeof(*m));
        *m = (struct mail){ .run = nothing, .drop = drop };
        mailbox_post(&w->boxes[i], m);
    }
}

static void *work(void *arg)
{
    struct worker *k = arg;
    struct world *w = &k->crew->world;
    bool done = false;
    while (atomic_load(&k->crew->workers_left)) {
        bool open = false, running = false;
        for (int i = 0; i < AT_ONCE; i++) {
            step(k, &k->calls[i]);
            open |= k->calls[i].world != NULL;
            running |= k->calls[i].world && !k->calls[i].ticket;
        }
        if (!open && !done && (done = true) && atomic_fetch_sub(&k->crew->workers_left, 1) == 1)
            wake_all(w);
        else /* a lost wake-up hangs here */
            uv_run(&w->loops[k->index], running ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    }
    return NULL;
}

static void no_place_is_lost_or_taken_twice_between_threads(void)
{
    static struct crew crew;
    static struct worker workers[WORKERS];
    pthread_t threads[WORKERS];
    memset(&crew, 0, sizeof(crew));
    world_open(&crew.world, PLACES, 100);
    atomic_store(&crew.workers_left, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){ .crew = &crew, .index = i, .seed = (unsigned)i + 1 };
        pthread_create(&threads[i], NULL, work, &workers[i]);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        CU_ASSERT_EQUAL(workers[i].went + workers[i].left, EACH);
        CU_ASSERT_TRUE(workers[i].went > 0);
    }
    CU_ASSERT_EQUAL(atomic_load(&crew.most), PLACES);
    CU_ASSERT_EQUAL(atomic_load(&crew.refused), 0);
    settle(&crew.world);
    struct call calls[PLACES];
    for (unsigned i = 0; i < PLACES; i++) /* they are all there again */
        CU_ASSERT_EQUAL(enter(&crew.world, 0, 100 + i, &calls[i]), CALL_GOES);
    world_close(&crew.world);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    alarm(PATIENCE_SECONDS);
    CU_pSuite queue = CU_add_suite("call queue", NULL, NULL);
    ADD(queue, while_there_are_places_nobody_waits);
    ADD(queue, a_flood_delays_nobody_by_more_than_one_turn);
    ADD(queue, whoever_may_have_no_place_is_passed_over);
    ADD(queue, who_leaves_is_not_waited_for);
    ADD(queue, lines_are_bounded_and_the_longest_pays);
    ADD(queue, a_person_at_their_own_ceiling_does_not_wait);
    ADD(queue, who_waits_for_too_long_is_told);
    ADD(queue, higher_ceilings_count_at_once);
    ADD(queue, no_place_is_lost_or_taken_twice_between_threads);
    return run_suites();
}
