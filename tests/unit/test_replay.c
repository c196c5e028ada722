#include "transport/replay.h"

#include "base/buf.h"
#include "base/limits.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct {
    struct replay r;
    size_t total;
    char heard[4096]; /* "1:text 2:text " */
} w;

static void set_up(void)
{
    w.total = 0;
    replay_init(&w.r, &w.total);
}

static void tear_down(void)
{
    replay_done(&w.r);
    CU_ASSERT_EQUAL(w.total, 0);
}

static void hear(void *ctx, uint32_t number, struct slice message)
{
    (void)ctx;
    size_t len = strlen(w.heard);
    snprintf(w.heard + len, sizeof(w.heard) - len, "%u:%.*s ", number,
             message.len > 20 ? 20 : (int)message.len, message.data);
}

static const char *after(const struct replay_stream *s, uint32_t number)
{
    w.heard[0] = '\0';
    return replay_after(&w.r, s, number, hear, NULL) ? w.heard : "lost";
}

static void say(struct replay_stream *s, const char *text)
{
    replay_say(&w.r, s, slice_of(text), 1000);
}

static void what_was_said_on_one_stream_is_said_again_and_nothing_else(void)
{
    struct replay_stream *a = replay_open(&w.r, 7, false), *b = replay_open(&w.r, 9, true);
    say(a, "one");
    say(b, "other");
    say(a, "two");
    CU_ASSERT_STRING_EQUAL(after(a, 0), "1:one 2:two ");
    CU_ASSERT_STRING_EQUAL(after(a, 1), "2:two ");
    CU_ASSERT_STRING_EQUAL(after(a, 2), "");
    CU_ASSERT_STRING_EQUAL(after(b, 0), "1:other ");
    CU_ASSERT_PTR_EQUAL(replay_find(&w.r, 9), b);
    CU_ASSERT_PTR_NULL(replay_find(&w.r, 8));
    replay_close(&w.r, a);
    CU_ASSERT_PTR_NULL(replay_find(&w.r, 7));
    CU_ASSERT_EQUAL(w.total, 5);
}

static void what_waits_is_numbered_when_somebody_listens(void)
{
    struct replay_stream *a = replay_open(&w.r, 1, true);
    say(a, "one");
    replay_wait(&w.r, slice_of("waits"), 1000);
    replay_wait(&w.r, slice_of("too"), 1000);
    CU_ASSERT_STRING_EQUAL(after(a, 0), "1:one ");
    replay_adopt(&w.r, a);
    CU_ASSERT_STRING_EQUAL(after(a, 1), "2:waits 3:too ");
    replay_adopt(&w.r, replay_open(&w.r, 2, true));
    CU_ASSERT_STRING_EQUAL(after(replay_find(&w.r, 2), 0), "");
}

static void only_so_many_messages_are_kept(void)
{
    struct replay_stream *a = replay_open(&w.r, 1, false), *b = replay_open(&w.r, 2, false);
    say(a, "old");
    for (int i = 0; i < LIMIT_REPLAY_MESSAGES; i++)
        say(b, "x");
    CU_ASSERT_EQUAL(w.r.count, LIMIT_REPLAY_MESSAGES);
    CU_ASSERT_STRING_EQUAL(after(a, 0), "lost");
    CU_ASSERT_STRING_EQUAL(after(a, 1), "");
    CU_ASSERT_STRING_EQUAL(after(b, LIMIT_REPLAY_MESSAGES - 1), "256:x ");
}

static void only_so_many_bytes_are_kept(void)
{
    struct replay_stream *a = replay_open(&w.r, 1, false);
    char *large = calloc(1, LIMIT_REPLAY_BYTES + 1);
    memset(large, 'l', LIMIT_REPLAY_BYTES + 1);
    say(a, "first");
    replay_say(&w.r, a, (struct slice){ large, LIMIT_REPLAY_BYTES / 2 }, 1000);
    CU_ASSERT_EQUAL(w.total, LIMIT_REPLAY_BYTES / 2 + 5);
    replay_say(&w.r, a, (struct slice){ large, LIMIT_REPLAY_BYTES / 2 }, 1000);
    CU_ASSERT_EQUAL(w.total, LIMIT_REPLAY_BYTES);
    CU_ASSERT_STRING_EQUAL(after(a, 0), "lost");
    CU_ASSERT_STRING_NOT_EQUAL(after(a, 1), "lost");
    /* What does not fit at all is not kept, and leaves the rest. */
    CU_ASSERT_EQUAL(replay_say(&w.r, a, (struct slice){ large, LIMIT_REPLAY_BYTES + 1 }, 1000), 4);
    CU_ASSERT_EQUAL(w.r.count, 2);
    CU_ASSERT_STRING_EQUAL(after(a, 3), "lost");
    /* A worker's sessions share a ceiling. */
    w.total = LIMIT_REPLAY_WORKER + LIMIT_REPLAY_BYTES;
    replay_say(&w.r, a, slice_of("no room"), 1000);
    CU_ASSERT_STRING_EQUAL(after(a, 4), "lost");
    w.total = w.r.bytes;
    free(large);
}

static void a_new_stream_takes_the_place_of_the_least_needed(void)
{
    struct replay_stream *all[LIMIT_SESSION_STREAMS];
    int reader;
    for (unsigned i = 0; i < LIMIT_SESSION_STREAMS; i++) {
        all[i] = replay_open(&w.r, i + 1, false);
        all[i]->reader = &reader;
    }
    CU_ASSERT_PTR_NULL(replay_open(&w.r, 100, false));
    all[3]->reader = all[5]->reader = NULL;
    all[5]->complete = true;
    CU_ASSERT_PTR_NOT_NULL(replay_open(&w.r, 100, false));
    CU_ASSERT_PTR_NULL(replay_find(&w.r, 6)); /* complete */
    replay_find(&w.r, 100)->reader = &reader;
    CU_ASSERT_PTR_NOT_NULL(replay_open(&w.r, 101, false));
    CU_ASSERT_PTR_NULL(replay_find(&w.r, 4));
    CU_ASSERT_EQUAL(w.r.stream_count, LIMIT_SESSION_STREAMS);
}

static void old_messages_and_finished_streams_are_forgotten(void)
{
    struct replay_stream *a = replay_open(&w.r, 1, false), *b = replay_open(&w.r, 2, false);
    replay_say(&w.r, a, slice_of("old"), 1000);
    replay_say(&w.r, b, slice_of("new"), 2000);
    a->complete = true;
    replay_expire(&w.r, 1000);
    CU_ASSERT_STRING_EQUAL(after(a, 0), "1:old ");
    replay_expire(&w.r, 1001);
    CU_ASSERT_PTR_NULL(replay_find(&w.r, 1));
    CU_ASSERT_STRING_EQUAL(after(b, 0), "1:new ");
    replay_expire(&w.r, 3000);
    CU_ASSERT_STRING_EQUAL(after(b, 0), "lost");
    CU_ASSERT_PTR_EQUAL(replay_find(&w.r, 2), b); /* its answer is still to come */
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("replay", NULL, NULL, set_up, tear_down);
    ADD(what_was_said_on_one_stream_is_said_again_and_nothing_else);
    ADD(what_waits_is_numbered_when_somebody_listens);
    ADD(only_so_many_messages_are_kept);
    ADD(only_so_many_bytes_are_kept);
    ADD(a_new_stream_takes_the_place_of_the_least_needed);
    ADD(old_messages_and_finished_streams_are_forgotten);
    return run_suites();
}
