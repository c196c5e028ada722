#include "asana/curlmem.h"

#include "base/limits.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void pieces_hold_what_was_asked_for(void)
{
    static const size_t sizes[] = { 0,  1,  31, 32,   33,    40,    41,
                                    64, 80, 81, 1000, 16385, 40000, 1u << 20 };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        for (int turn = 0; turn < 3; turn++) {
            char *p = curlmem_malloc(sizes[i]);
            CU_ASSERT_PTR_NOT_NULL_FATAL(p);
            CU_ASSERT_EQUAL((uintptr_t)p % _Alignof(max_align_t), 0);
            memset(p, 'x', sizes[i]);
            curlmem_free(p);
        }
    }
    curlmem_free(NULL);
}

static void what_was_given_back_is_wiped(void)
{
    static const char token[] = "0123456789 Authorization: Bearer secret";
    char *p = curlmem_strdup(token);
    CU_ASSERT_STRING_EQUAL(p, token);
    curlmem_free(p);
    char *again = curlmem_malloc(sizeof(token)); /* the same piece, kept */
    CU_ASSERT_PTR_EQUAL(again, p);
    for (size_t i = sizeof(void *); i < sizeof(token); i++)
        CU_ASSERT_EQUAL(again[i], 0);
    curlmem_free(again);
}

static void cleared_memory_is_clear(void)
{
    char *p = curlmem_malloc(200);
    memset(p, 'x', 200);
    curlmem_free(p);
    p = curlmem_calloc(20, 10);
    for (int i = 0; i < 200; i++)
        CU_ASSERT_EQUAL(p[i], 0);
    curlmem_free(p);
    CU_ASSERT_PTR_NULL(curlmem_calloc(SIZE_MAX / 2, 3));
    CU_ASSERT_PTR_NULL(curlmem_malloc(SIZE_MAX - 8));
}

static void growing_keeps_what_was_there(void)
{
    char *p = NULL;
    for (size_t size = 1; size < 100000; size = size * 3 / 2 + 1) {
        p = curlmem_realloc(p, size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        p[size - 1] = (char)('a' + size % 26);
        for (size_t s = 1; s < size; s = s * 3 / 2 + 1)
            CU_ASSERT_EQUAL(p[s - 1], (char)('a' + s % 26));
    }
    p = curlmem_realloc(p, 2);
    CU_ASSERT_EQUAL(p[0], 'b');
    curlmem_free(p);
}

/* ASan would see a leak, or what is used after its thread's end. */
static void *give_back(void *list)
{
    void **pieces = list;
    for (int i = 0; pieces[i]; i++)
        curlmem_free(pieces[i]);
    return curlmem_strdup("from a thread");
}

static void threads_may_give_back_what_others_took(void)
{
    enum { MANY = 2 * (LIMIT_CURL_KEPT / 10000) };
    void *pieces[MANY + 1] = { NULL };
    pthread_t thread;
    void *text = NULL;
    for (int i = 0; i < MANY; i++)
        pieces[i] = curlmem_malloc(10000);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, give_back, pieces), 0);
    CU_ASSERT_EQUAL(pthread_join(thread, &text), 0);
    CU_ASSERT_STRING_EQUAL(text, "from a thread");
    curlmem_free(text);
}

int main(void)
{
    if (!curlmem_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("curlmem", NULL, NULL);
#define ADD(test) CU_add_test(suite, #test, test)
    ADD(pieces_hold_what_was_asked_for);
    ADD(what_was_given_back_is_wiped);
    ADD(cleared_memory_is_clear);
    ADD(growing_keeps_what_was_there);
    ADD(threads_may_give_back_what_others_took);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
