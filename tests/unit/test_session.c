#include "mcp/session.h"

#include "base/clock.h"
#include "base/limits.h"
#include "suites.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NODE 0xfeedu

static struct digest alice, bob;

static const struct caller *caller(const struct digest *id)
{
    static _Thread_local struct caller c;
    c.id = *id;
    return &c;
}

static void a_session_is_found_by_its_owner_only(void)
{
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = 3 });
    struct session *a = session_add(s, caller(&alice)), *b = session_add(s, caller(&bob));
    CU_ASSERT_EQUAL(sessions_count(s), 2);
    CU_ASSERT_PTR_EQUAL(session_find(s, a->id, &alice), a);
    CU_ASSERT_PTR_EQUAL(session_find(s, b->id, &bob), b);
    CU_ASSERT_PTR_NULL(session_find(s, a->id, &bob));
    CU_ASSERT_PTR_NULL(session_find(s, b->id, &alice));
    CU_ASSERT_PTR_EQUAL(session_by_id(s, a->id), a);
    CU_ASSERT_FALSE(a->peer.initialized);
    sessions_free(s);
}

static void ids_of_no_session_are_not_found(void)
{
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = 3 });
    struct session *a = session_add(s, caller(&alice));
    char id[SESSION_ID + 2];
    memcpy(id, a->id, sizeof(a->id));
    id[SESSION_ID - 1] ^= 1;
    CU_ASSERT_PTR_NULL(session_find(s, id, &alice));
    id[SESSION_ID - 1] ^= 1;
    id[SESSION_ID] = '0';
    id[SESSION_ID + 1] = '\0';
    CU_ASSERT_PTR_NULL(session_find(s, id, &alice));
    id[SESSION_ID - 1] = '\0';
    CU_ASSERT_PTR_NULL(session_find(s, id, &alice));
    CU_ASSERT_PTR_NULL(session_find(s, "", &alice));
    CU_ASSERT_PTR_NULL(session_by_id(s, ""));
    sessions_free(s);
}

static void a_removed_session_is_gone_and_the_others_stay(void)
{
    enum { MANY = 300 };
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = 0 });
    struct session *all[MANY];
    char ids[MANY][SESSION_ID + 1];
    for (int i = 0; i < MANY; i++) {
        all[i] = session_add(s, caller(&alice));
        memcpy(ids[i], all[i]->id, sizeof(ids[i]));
    }
    for (int i = 0; i < MANY; i += 3)
        session_remove(s, all[i]);
    CU_ASSERT_EQUAL(sessions_count(s), 200);
    for (int i = 0; i < MANY; i++)
        CU_ASSERT_PTR_EQUAL(session_find(s, ids[i], &alice), i % 3 ? all[i] : NULL);
    for (int i = 1; i < MANY; i += 3)
        session_remove(s, all[i]);
    CU_ASSERT_EQUAL(sessions_count(s), 100);
    sessions_free(s);
    sessions_free(NULL);
}

static void an_id_is_visible_ascii_names_its_place_and_is_not_guessable(void)
{
    for (unsigned worker = 0; worker < 256; worker += 5) {
        struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = worker });
        struct session *a = session_add(s, caller(&alice)), *b = session_add(s, caller(&alice));
        struct place named = { 0 };
        CU_ASSERT_EQUAL(strlen(a->id), SESSION_ID);
        CU_ASSERT_EQUAL(strspn(a->id, "0123456789abcdef"), SESSION_ID);
        CU_ASSERT_TRUE(session_place(a->id, &named));
        CU_ASSERT_TRUE(place_equal(named, (struct place){ .node = NODE, .worker = worker }));
        CU_ASSERT_STRING_NOT_EQUAL(a->id + PLACE_TEXT, b->id + PLACE_TEXT);
        sessions_free(s);
    }
}

static void what_is_no_id_names_no_place(void)
{
    static const char *const bad[] = {
        "",
        "0",
        "00000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000",
        "0x0000000000000000000000000000000000000000",
        "-10000000000000000000000000000000000000000",
        " 00000000000000000000000000000000000000000",
        "0A0000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000\xC3\xA9g",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct place named = { 7, 7 };
        CU_ASSERT_FALSE(session_place(bad[i], &named));
        CU_ASSERT_EQUAL(named.node, 7);
    }
}

/* Turns the clock until it shows another millisecond. */
static uint64_t later(void)
{
    uint64_t before = clock_ms();
    while (clock_ms() == before)
        continue;
    return clock_ms();
}

static void unused_sessions_expire_oldest_first(void)
{
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = 0 });
    struct session *a = session_add(s, caller(&alice)), *b = session_add(s, caller(&alice)),
                   *c = session_add(s, caller(&alice));
    char b_id[SESSION_ID + 1];
    memcpy(b_id, b->id, sizeof(b_id));
    CU_ASSERT_EQUAL(sessions_expire(s, a->used_ms), 0);
    uint64_t now = later();
    CU_ASSERT_PTR_EQUAL(session_find(s, a->id, &alice), a); /* used again */
    CU_ASSERT_PTR_NULL(session_find(s, b->id, &bob));       /* no use: another caller's */
    c->open = 1;                                            /* streams live as long as they do */
    CU_ASSERT_EQUAL(sessions_expire(s, now), 1);
    CU_ASSERT_PTR_NULL(session_by_id(s, b_id));
    CU_ASSERT_PTR_EQUAL(session_by_id(s, a->id), a);
    CU_ASSERT_PTR_EQUAL(session_by_id(s, c->id), c);
    CU_ASSERT_EQUAL(sessions_expire(s, UINT64_MAX), 1);
    CU_ASSERT_EQUAL(sessions_count(s), 1);
    c->open = 0;
    CU_ASSERT_EQUAL(sessions_expire(s, UINT64_MAX), 1);
    CU_ASSERT_EQUAL(sessions_expire(s, UINT64_MAX), 0);
    sessions_free(s);
}

static void count_gone(void *ctx)
{
    ++*(int *)ctx;
}

static void a_session_says_when_it_goes(void)
{
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = 0 });
    int gone = 0;
    for (int i = 0; i < 4; i++) {
        struct session *one = session_add(s, caller(&alice));
        one->gone = count_gone;
        one->ctx = &gone;
    }
    session_remove(s, session_add(s, caller(&bob))); /* says nothing */
    CU_ASSERT_EQUAL(gone, 0);
    CU_ASSERT_EQUAL(sessions_expire(s, UINT64_MAX), 4);
    CU_ASSERT_EQUAL(gone, 4);
    struct session *last = session_add(s, caller(&alice));
    last->gone = count_gone;
    last->ctx = &gone;
    sessions_clear(s);
    CU_ASSERT_EQUAL(gone, 5);
    CU_ASSERT_EQUAL(sessions_count(s), 0);
    CU_ASSERT_PTR_NOT_NULL(session_add(s, caller(&alice)));
    sessions_free(s);
}

static void a_full_table_takes_no_more_until_one_leaves(void)
{
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = 0 });
    struct session *last = NULL;
    for (int i = 0; i < LIMIT_SESSIONS; i++)
        last = session_add(s, caller(&alice));
    CU_ASSERT_PTR_NOT_NULL_FATAL(last);
    CU_ASSERT_PTR_NULL(session_add(s, caller(&alice)));
    CU_ASSERT_EQUAL(sessions_count(s), LIMIT_SESSIONS);
    session_remove(s, last);
    CU_ASSERT_PTR_NOT_NULL(session_add(s, caller(&alice)));
    sessions_free(s);
}

static void *use_a_table(void *arg)
{
    struct sessions *s = sessions_new((struct place){ .node = NODE, .worker = *(unsigned *)arg });
    for (int i = 0; i < 2000; i++) {
        struct session *one = session_add(s, caller(&alice));
        if (i % 2)
            session_remove(s, one);
    }
    size_t n = sessions_count(s);
    sessions_free(s);
    return n == 1000 ? arg : NULL;
}

static void tables_of_several_threads_are_apart(void)
{
    pthread_t threads[4];
    unsigned names[4] = { 0, 1, 2, 3 };
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, use_a_table, &names[i]);
    for (int i = 0; i < 4; i++) {
        void *ok = NULL;
        pthread_join(threads[i], &ok);
        CU_ASSERT_PTR_NOT_NULL(ok);
    }
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    secret_digest(slice_of("alice"), &alice);
    secret_digest(slice_of("bob"), &bob);
    CU_pSuite suite = CU_add_suite("session", NULL, NULL);
    ADD(suite, a_session_is_found_by_its_owner_only);
    ADD(suite, ids_of_no_session_are_not_found);
    ADD(suite, a_removed_session_is_gone_and_the_others_stay);
    ADD(suite, an_id_is_visible_ascii_names_its_place_and_is_not_guessable);
    ADD(suite, what_is_no_id_names_no_place);
    ADD(suite, unused_sessions_expire_oldest_first);
    ADD(suite, a_session_says_when_it_goes);
    ADD(suite, a_full_table_takes_no_more_until_one_leaves);
    ADD(suite, tables_of_several_threads_are_apart);
    return run_suites();
}
