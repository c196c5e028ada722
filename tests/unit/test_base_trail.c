#include "base/trail.h"

#include "base/secret.h"
#include "suites.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void nothing_is_entered_at_first(void)
{
    CU_ASSERT_PTR_NULL(trail_current);
    CU_ASSERT_PTR_NULL(trail_part());
    trail_note_caller("1", "g", "c", "n"); /* of nobody */
    trail_note_asana(200, "x");
    trail_drop(NULL);
}

static void entering_ends_with_its_block(void)
{
    struct trail *t = trail_new("outer");
    {
        TRAIL_ENTER(t);
        trail_drop(t); /* held by having been entered */
        struct trail *inner = trail_new("inner");
        CU_ASSERT_STRING_EQUAL(trail_current->id, "outer");
        {
            TRAIL_ENTER(inner);
            CU_ASSERT_STRING_EQUAL(trail_current->id, "inner");
            {
                TRAIL_ENTER(NULL);
                CU_ASSERT_PTR_NULL(trail_current);
            }
        }
        trail_drop(inner);
        CU_ASSERT_STRING_EQUAL(trail_current->id, "outer");
    }
    CU_ASSERT_PTR_NULL(trail_current);
}

static void part_keeps_what_asana_said_to_it(void)
{
    struct trail *request = trail_new(NULL);
    TRAIL_ENTER(request);
    trail_drop(request);
    struct trail *first = trail_part(), *second = trail_part();
    {
        TRAIL_ENTER(first);
        trail_note_asana(404, "a1");
        trail_note_caller("1204", "g", "c1", "Claude");
        trail_note_client("calls itself");
    }
    {
        TRAIL_ENTER(second);
        trail_note_asana(200, "b2");
        CU_ASSERT_PTR_EQUAL(trail_request(trail_current), request);
    }
    CU_ASSERT_EQUAL(first->asana_status, 404);
    CU_ASSERT_STRING_EQUAL(first->asana_request, "a1");
    CU_ASSERT_STRING_EQUAL(second->asana_request, "b2");
    CU_ASSERT_STRING_EQUAL(request->person, "1204");
    CU_ASSERT_STRING_EQUAL(request->client_name, "Claude"); /* it registered: that counts */
    CU_ASSERT_EQUAL(request->asana_status, 0);
    trail_drop(first);
    trail_drop(second);
}

static void part_outlives_whoever_held_the_request(void)
{
    struct trail *part;
    {
        struct trail *request = trail_new("r");
        TRAIL_ENTER(request);
        part = trail_part();
        trail_drop(request);
    }
    CU_ASSERT_STRING_EQUAL(trail_request(part)->id, "r");
    trail_drop(part);
}

#define IDS 1000
static char ids[2][IDS][LIMIT_REQUEST_ID + 1];

static void *make_ids(void *into)
{
    char(*out)[LIMIT_REQUEST_ID + 1] = into;
    for (int i = 0; i < IDS; i++) {
        struct trail *t = trail_new(NULL);
        strcpy(out[i], t->id);
        trail_drop(t);
    }
    return NULL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void fresh_ids_differ_in_all_threads(void)
{
    pthread_t other;
    pthread_create(&other, NULL, make_ids, ids[1]);
    make_ids(ids[0]);
    pthread_join(other, NULL);
    qsort(ids, 2 * IDS, sizeof(ids[0][0]), compare);
    for (int i = 1; i < 2 * IDS; i++)
        CU_ASSERT(strcmp((*ids)[i - 1], (*ids)[i]) != 0);
    CU_ASSERT_EQUAL(strlen(ids[0][0]), 16);
    CU_ASSERT_TRUE(trail_id_ok(ids[0][0]));
}

static void ids_from_outside_are_words(void)
{
    char text[LIMIT_REQUEST_ID + 2];
    memset(text, 'a', sizeof(text));
    text[LIMIT_REQUEST_ID + 1] = '\0';
    CU_ASSERT_FALSE(trail_id_ok(text));
    text[LIMIT_REQUEST_ID] = '\0';
    CU_ASSERT_TRUE(trail_id_ok(text));
    CU_ASSERT_TRUE(trail_id_ok("9f3c2b1a-7E4D.x_1"));
    CU_ASSERT_FALSE(trail_id_ok(""));
    CU_ASSERT_FALSE(trail_id_ok("a b"));
    CU_ASSERT_FALSE(trail_id_ok("a\nb"));
    CU_ASSERT_FALSE(trail_id_ok("a\"b"));
    CU_ASSERT_FALSE(trail_id_ok("ü"));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("trail", NULL, NULL);
    ADD(suite, nothing_is_entered_at_first);
    ADD(suite, entering_ends_with_its_block);
    ADD(suite, part_keeps_what_asana_said_to_it);
    ADD(suite, part_outlives_whoever_held_the_request);
    ADD(suite, fresh_ids_differ_in_all_threads);
    ADD(suite, ids_from_outside_are_words);
    return run_suites();
}
