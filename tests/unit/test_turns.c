#include "base/turns.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

#define MANY 1000
#define SMALL 20

/* Somebody who waits: whose, and the how many-eth of theirs. */
struct waiter {
    struct turn turn; /* first */
    uint64_t key;
    int number;
};

static void add(struct turns *t, struct waiter *w, uint64_t key, int number)
{
    *w = (struct waiter){ .key = key, .number = number };
    CU_ASSERT_TRUE(turns_add(t, key, &w->turn));
}

/* The next one, who is served; NULL: nobody waits. */
static struct waiter *next(struct turns *t)
{
    struct turn *turn = turns_first(t);
    if (turn)
        turns_serve(t, turn);
    return (struct waiter *)turn;
}

static void lines_have_their_turns_and_each_is_in_order(void)
{
    static const struct {
        uint64_t key;
        int number;
    } in[] = { { 9, 1 }, { 9, 2 }, { 9, 3 }, { 5, 1 }, { 7, 1 }, { 5, 2 } },
      out[] = { { 9, 1 }, { 5, 1 }, { 7, 1 }, { 9, 2 }, { 5, 2 }, { 9, 3 } };
    struct turns *t = turns_new();
    struct waiter w[6];
    for (int i = 0; i < 6; i++)
        add(t, &w[i], in[i].key, in[i].number);
    CU_ASSERT_EQUAL(turns_count(t), 6);
    for (int i = 0; i < 6; i++) {
        const struct waiter *served = next(t);
        CU_ASSERT_EQUAL(served->key, out[i].key);
        CU_ASSERT_EQUAL(served->number, out[i].number);
        CU_ASSERT_PTR_NULL(served->turn.line);
    }
    CU_ASSERT_PTR_NULL(turns_first(t));
    CU_ASSERT_EQUAL(turns_count(t), 0);
    turns_free(t);
}

/* One has a thousand waiting before the others come with two each. */
static void a_flood_delays_the_others_by_one_turn_a_round(void)
{
    struct turns *t = turns_new();
    static struct waiter flood[MANY], small[2][SMALL];
    for (int i = 0; i < MANY; i++)
        add(t, &flood[i], 1, i);
    for (int call = 0; call < 2; call++)
        for (int i = 0; i < SMALL; i++)
            add(t, &small[call][i], 100 + (unsigned)i, call);
    for (int round = 0; round < 2; round++) {
        int of_flood = 0;
        for (int i = 0; i < SMALL + 1; i++)
            of_flood += next(t)->key == 1;
        CU_ASSERT_EQUAL(of_flood, 1);
        for (int i = 0; i < SMALL; i++)
            CU_ASSERT_PTR_NULL_FATAL(small[round][i].turn.line);
    }
    CU_ASSERT_EQUAL(turns_count(t), MANY - 2);
    add(t, &small[0][0], 100, 0); /* whoever comes again waits for one, again */
    CU_ASSERT_EQUAL(next(t)->key, 1);
    CU_ASSERT_PTR_EQUAL(next(t), &small[0][0]);
    turns_free(t);
    CU_ASSERT_PTR_NULL(flood[MANY - 1].turn.line);
}

static void who_leaves_makes_room_wherever_it_stands(void)
{
    struct turns *t = turns_new();
    struct waiter a[4], b;
    for (int i = 0; i < 4; i++)
        add(t, &a[i], 1, i);
    add(t, &b, 2, 0);
    CU_ASSERT_EQUAL(turns_beside(&a[1].turn), 4);
    turns_leave(t, &a[0].turn); /* the first: its line keeps its turn */
    turns_leave(t, &a[0].turn); /* it is outside already */
    turns_leave(t, &a[2].turn);
    CU_ASSERT_EQUAL(turns_beside(&a[1].turn), 2);
    CU_ASSERT_EQUAL(turns_count(t), 3);
    CU_ASSERT_PTR_EQUAL(next(t), &a[1]);
    turns_leave(t, &b.turn); /* the only one of its line */
    CU_ASSERT_PTR_EQUAL(next(t), &a[3]);
    CU_ASSERT_PTR_NULL(next(t));
    turns_free(t);
    turns_free(NULL);
}

static void who_is_passed_over_keeps_the_turn(void)
{
    struct turns *t = turns_new();
    struct waiter a, b[2], c;
    add(t, &a, 1, 0);
    add(t, &b[0], 2, 0);
    add(t, &b[1], 2, 1);
    add(t, &c, 3, 0);
    CU_ASSERT_PTR_EQUAL(turns_after(turns_first(t)), &b[0]);
    CU_ASSERT_PTR_NULL(turns_after(&c.turn));
    turns_serve(t, &b[0].turn);
    CU_ASSERT_PTR_EQUAL(next(t), &a);
    CU_ASSERT_PTR_EQUAL(next(t), &c);
    CU_ASSERT_PTR_EQUAL(next(t), &b[1]);
    turns_free(t);
}

static void the_last_of_the_longest_line_is_known(void)
{
    struct turns *t = turns_new();
    struct waiter a, b[3], c[3];
    CU_ASSERT_PTR_NULL(turns_last_of_most(t));
    add(t, &a, 1, 0);
    CU_ASSERT_PTR_EQUAL(turns_last_of_most(t), &a);
    for (int i = 0; i < 3; i++)
        add(t, &b[i], 2, i);
    CU_ASSERT_PTR_EQUAL(turns_last_of_most(t), &b[2]);
    for (int i = 0; i < 3; i++)
        add(t, &c[i], 3, i);
    CU_ASSERT_PTR_EQUAL(turns_last_of_most(t), &c[2]);
    turns_leave(t, &c[0].turn);
    CU_ASSERT_PTR_EQUAL(turns_last_of_most(t), &b[2]);
    turns_free(t);
}

/* Whatever comes, goes and leaves: before it is the turn of somebody who waits, nobody else has
 * two.
 */
static void nobody_has_two_turns_while_another_waits(void)
{
    enum { KEYS = 8, EACH = 40, STEPS = 20000 };
    static struct waiter w[KEYS][EACH];
    unsigned waiting[KEYS] = { 0 };
    unsigned passed[KEYS][KEYS] = { 0 }; /* turns of the second since the first one waits */
    struct turns *t = turns_new();
    unsigned seed = 7, most = 0;
    for (int step = 0; step < STEPS; step++) {
        unsigned key = (unsigned)rand_r(&seed) % KEYS;
        struct waiter *one = &w[key][rand_r(&seed) % EACH];
        if (one->turn.line && rand_r(&seed) % 4 == 0) {
            turns_leave(t, &one->turn);
            waiting[key]--;
        } else if (!one->turn.line) {
            add(t, one, key, 0);
            if (waiting[key]++ == 0)
                memset(passed[key], 0, sizeof(passed[key]));
        }
        if (step % 2 || !turns_count(t))
            continue;
        uint64_t served = next(t)->key;
        waiting[served]--;
        memset(passed[served], 0, sizeof(passed[served]));
        for (unsigned other = 0; other < KEYS; other++)
            if (other != served && waiting[other] && ++passed[other][served] > most)
                most = passed[other][served];
    }
    CU_ASSERT_EQUAL(most, 1);
    turns_free(t);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite turns = CU_add_suite("turns", NULL, NULL);
    ADD(turns, lines_have_their_turns_and_each_is_in_order);
    ADD(turns, a_flood_delays_the_others_by_one_turn_a_round);
    ADD(turns, who_leaves_makes_room_wherever_it_stands);
    ADD(turns, who_is_passed_over_keeps_the_turn);
    ADD(turns, the_last_of_the_longest_line_is_known);
    ADD(turns, nobody_has_two_turns_while_another_waits);
    return run_suites();
}
