#include "suites.h"
#include "transport/roster.h"

#include <sodium.h>
#include <string.h>

/* Randomness that repeats itself. */
static const uint32_t drawn[] = { 1, 1, 1, 2, 3 };
static size_t draws;

static const char *name_of_double(void)
{
    return "test";
}

static uint32_t draw(void)
{
    return draws < sizeof(drawn) / sizeof(*drawn) ? drawn[draws++] : 0;
}

static void draw_bytes(void *to, const size_t size)
{
    memset(to, 7, size);
}

static void two_nodes_never_have_the_same_name(void)
{
    struct store *store;
    struct err err;
    CU_ASSERT_TRUE_FATAL(store_open("sqlite::memory:", &store, &err));
    CU_ASSERT_EQUAL(roster_claim(store), 1);
    CU_ASSERT_EQUAL(roster_claim(store), 2);
    CU_ASSERT_EQUAL(draws, 4);
    roster_leave(store, 2);
    draws = 3;
    CU_ASSERT_EQUAL(roster_claim(store), 2);
    store_close(store);
}

int main(void)
{
    static struct randombytes_implementation random = { .implementation_name = name_of_double,
                                                        .random = draw,
                                                        .buf = draw_bytes };
    randombytes_set_implementation(&random);
    if (sodium_init() < 0 || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("roster", NULL, NULL);
    CU_add_test(suite, "two_nodes_never_have_the_same_name", two_nodes_never_have_the_same_name);
    return run_suites();
}
