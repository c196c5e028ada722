#include "base/piece.h"

#include "base/limits.h"
#include "suites.h"

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
            char *p = piece_alloc(sizes[i]);
            CU_ASSERT_PTR_NOT_NULL_FATAL(p);
            CU_ASSERT_EQUAL((uintptr_t)p % _Alignof(max_align_t), 0);
            memset(p, 'x', sizes[i]);
            piece_free(p);
        }
    }
    piece_free(NULL);
}

static void what_was_given_back_is_taken_again(void)
{
    char *p = piece_alloc(100);
    CU_ASSERT_EQUAL(piece_size(p), 100);
    piece_free(p);
    char *q = piece_alloc(98);
    CU_ASSERT_EQUAL(piece_size(q), 98);
#ifndef __SANITIZE_ADDRESS__
    CU_ASSERT_PTR_EQUAL(p, q);
#endif
    piece_free(q);
}

static void cleared_memory_is_clear(void)
{
    char *p = piece_alloc(200);
    memset(p, 'x', 200);
    piece_free(p);
    p = piece_zalloc(200);
    for (int i = 0; i < 200; i++)
        CU_ASSERT_EQUAL(p[i], 0);
    piece_free(p);
    CU_ASSERT_PTR_NULL(piece_alloc(SIZE_MAX - 8));
    CU_ASSERT_PTR_NULL(piece_zalloc(SIZE_MAX));
}

static void growing_keeps_what_was_there(void)
{
    char *p = NULL;
    for (size_t size = 1; size < 100000; size = size * 3 / 2 + 1) {
        p = piece_resize(p, size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        p[size - 1] = (char)('a' + size % 26);
        for (size_t s = 1; s < size; s = s * 3 / 2 + 1)
            CU_ASSERT_EQUAL(p[s - 1], (char)('a' + s % 26));
    }
    p = piece_resize(p, 2);
    CU_ASSERT_EQUAL(p[0], 'b');
    piece_free(p);
}

/* ASan would see a leak, or what is used after its thread's end. */
static void *give_back(void *list)
{
    void **pieces = list;
    for (int i = 0; pieces[i]; i++)
        piece_free(pieces[i]);
    return memcpy(piece_alloc(100), "from a thread", sizeof("from a thread"));
}

static void threads_may_give_back_what_others_took(void)
{
    enum { MANY = 2 * (LIMIT_PIECES_KEPT / 10000) };
    void *pieces[MANY + 1] = { NULL };
    pthread_t thread;
    void *text = NULL;
    for (int i = 0; i < MANY; i++)
        pieces[i] = piece_alloc(10000);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, give_back, pieces), 0);
    CU_ASSERT_EQUAL(pthread_join(thread, &text), 0);
    CU_ASSERT_STRING_EQUAL(text, "from a thread");
    piece_free(text);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("pieces", NULL, NULL);
#define ADD(test) CU_add_test(suite, #test, test)
    ADD(pieces_hold_what_was_asked_for);
    ADD(what_was_given_back_is_taken_again);
    ADD(cleared_memory_is_clear);
    ADD(growing_keeps_what_was_there);
    ADD(threads_may_give_back_what_others_took);
    return run_suites();
}
