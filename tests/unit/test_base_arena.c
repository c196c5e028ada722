#include "base/arena.h"

#include "suites.h"

#include <stdint.h>
#include <string.h>

static void allocations_are_aligned_and_apart(void)
{
    struct arena *a = arena_new(1u << 20);
    char *before = NULL;
    size_t before_size = 0;
    for (size_t size = 0; size < 300; size++) {
        char *p = arena_alloc(a, size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        CU_ASSERT_EQUAL((uintptr_t)p % _Alignof(max_align_t), 0);
        memset(p, (int)size, size);
        for (size_t i = 0; i < before_size; i++)
            CU_ASSERT_EQUAL(before[i], (char)before_size);
        before = p;
        before_size = size;
    }
    CU_ASSERT_FALSE(arena_failed(a));
    arena_free(a);
}

static void zeroed_objects_are_zero_even_in_used_memory(void)
{
    struct arena *a = arena_new(1u << 20);
    memset(arena_alloc(a, 4096), 0xAA, 4096);
    arena_reset(a);
    unsigned char *p = arena_zalloc(a, 64, 64);
    for (size_t i = 0; i < 4096; i++)
        CU_ASSERT_EQUAL(p[i], 0);
    arena_free(a);
}

static void past_the_cap_is_null_and_remembered(void)
{
    struct arena *a = arena_new(64u << 10);
    CU_ASSERT_PTR_NULL(arena_alloc(a, (64u << 10) + 1));
    CU_ASSERT_TRUE(arena_failed(a));
    CU_ASSERT_PTR_NOT_NULL(arena_alloc(a, 100)); /* stays usable */
    CU_ASSERT_TRUE(arena_failed(a));
    size_t got = 0;
    while (arena_alloc(a, 1000))
        got++;
    CU_ASSERT(got >= 40 && got <= 64);
    CU_ASSERT(arena_used(a) <= 64u << 10);
    arena_free(a);
}

static void sizes_that_overflow_are_refused(void)
{
    struct arena *a = arena_new(1u << 20);
    CU_ASSERT_PTR_NULL(arena_alloc(a, SIZE_MAX));
    CU_ASSERT_PTR_NULL(arena_alloc(a, SIZE_MAX - 7));
    CU_ASSERT_PTR_NULL(arena_zalloc(a, SIZE_MAX / 2, 3));
    CU_ASSERT_PTR_NULL(arena_strndup(a, "", SIZE_MAX));
    CU_ASSERT_TRUE(arena_failed(a));
    CU_ASSERT_EQUAL(arena_used(a), 0);
    arena_free(a);
}

static void reset_forgets_failure_and_gives_all_of_the_cap_again(void)
{
    struct arena *a = arena_new(1u << 20);
    for (int round = 0; round < 3; round++) {
        size_t got = 0;
        while (arena_alloc(a, 4096))
            got++;
        CU_ASSERT(got > 200);
        CU_ASSERT_TRUE(arena_failed(a));
        arena_reset(a);
        CU_ASSERT_FALSE(arena_failed(a));
        CU_ASSERT_EQUAL(arena_used(a), 0);
    }
    arena_free(a);
}

static void reset_keeps_the_first_chunk(void)
{
    struct arena *a = arena_new(1u << 20);
    char *first = arena_alloc(a, 10);
    arena_alloc(a, 500000);
    arena_reset(a);
    CU_ASSERT_PTR_EQUAL(arena_alloc(a, 10), first);
    arena_free(a);
}

static void texts_are_copied_and_ended(void)
{
    struct arena *a = arena_new(1u << 20);
    CU_ASSERT_STRING_EQUAL(arena_strndup(a, "abcdef", 3), "abc");
    CU_ASSERT_STRING_EQUAL(arena_strdup(a, ""), "");
    CU_ASSERT_STRING_EQUAL(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    char *wide = arena_printf(a, "%40000d", 1);
    CU_ASSERT_EQUAL(strlen(wide), 40000);
    CU_ASSERT_PTR_NULL(arena_printf(a, "%2000000d", 1));
    CU_ASSERT_TRUE(arena_failed(a));
    arena_free(a);
}

static void a_pool_hands_out_reset_arenas_again(void)
{
    struct arena_pool *pool = arena_pool_new(1u << 20, 2);
    struct arena *a = arena_pool_take(pool), *b = arena_pool_take(pool), *c = arena_pool_take(pool);
    arena_alloc(a, SIZE_MAX);
    arena_alloc(a, 100);
    arena_pool_put(pool, a);
    arena_pool_put(pool, b);
    arena_pool_put(pool, c); /* no room: freed */
    arena_pool_put(pool, NULL);
    CU_ASSERT_PTR_EQUAL(arena_pool_take(pool), b);
    CU_ASSERT_PTR_EQUAL(arena_pool_take(pool), a);
    CU_ASSERT_FALSE(arena_failed(a));
    CU_ASSERT_EQUAL(arena_used(a), 0);
    arena_pool_put(pool, a);
    arena_pool_put(pool, b);
    arena_pool_free(pool);
    arena_pool_free(NULL);
    arena_free(NULL);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("arena", NULL, NULL);
    ADD(suite, allocations_are_aligned_and_apart);
    ADD(suite, zeroed_objects_are_zero_even_in_used_memory);
    ADD(suite, past_the_cap_is_null_and_remembered);
    ADD(suite, sizes_that_overflow_are_refused);
    ADD(suite, reset_forgets_failure_and_gives_all_of_the_cap_again);
    ADD(suite, reset_keeps_the_first_chunk);
    ADD(suite, texts_are_copied_and_ended);
    ADD(suite, a_pool_hands_out_reset_arenas_again);
    return run_suites();
}
