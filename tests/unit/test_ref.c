#include "tool/ref.h"

#include "base/slice.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

/* "task:12", with a "?" when it was guessed, or "no". */
static void reads_as(const char *text, const char *expected, int line)
{
    struct ref ref;
    struct err err = { .kind = ERR_NONE };
    BUF_AUTO got = { .max = 1000 };
    if (ref_parse(text, &ref, &err)) {
        ref_put_id(&got, ref.kind, ref.gid);
        buf_str(&got, ref.guessed ? "?" : "");
    } else {
        buf_str(&got, "no");
        CU_ASSERT_EQUAL(err.kind, ERR_ARGS);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "\"goal:1204"));
    }
    bool same = slice_is(buf_slice(&got), expected);
    if (!same)
        printf("\nline %d: %s\n  expected %s\n  got      %.*s\n", line, text, expected,
               (int)got.len, got.data);
    CU_ASSERT(same);
}

#define READS(text, expected) reads_as(text, expected, __LINE__)
#define APP "https://app.asana.com/"

static void ids_of_results_are_read(void)
{
    READS("task:12", "task:12");
    READS("project:1204000000000501", "project:1204000000000501");
    READS("portfolio:12", "portfolio:12");
    READS("goal:12", "goal:12");
    READS(" Task: 12\n", "task:12");
    READS("asana://goal/12", "goal:12");
}

static void a_gid_alone_is_taken_for_a_task(void)
{
    READS("1204000000000501", "task:1204000000000501?");
    READS(" 12 ", "task:12?");
}

static void older_links_are_read(void)
{
    READS(APP "0/111/222", "task:222");
    READS(APP "0/111/222/f", "task:222");
    READS(APP "0/0/222", "task:222");
    READS(APP "0/0/222/f?focus=true#a", "task:222");
    READS(APP "0/111", "project:111");
    READS(APP "0/111/list", "project:111");
    READS(APP "0/111/board/", "project:111");
    READS(APP "0/portfolio/333/list", "portfolio:333");
    READS(APP "0/portfolio/333", "portfolio:333");
    READS(APP "0/goal/444", "goal:444");
    READS(APP "0/inbox/9/222/5", "task:222");
    READS(APP "0/search/9/222", "task:222");
    READS("app.asana.com/0/111/222", "task:222");
    READS("<http://APP.asana.com/0/111/222>", "task:222");
}

static void newer_links_are_read(void)
{
    READS(APP "1/9/project/111/task/222", "task:222");
    READS(APP "1/9/project/111/task/222/comment/333?focus=true", "task:222");
    READS(APP "1/9/project/111/list/555", "project:111");
    READS(APP "1/9/project/111", "project:111");
    READS(APP "1/9/task/222", "task:222");
    READS(APP "1/9/home/task/222", "task:222");
    READS(APP "1/9/inbox/8/item/222/story/7", "task:222");
    READS(APP "1/9/portfolio/333/list", "portfolio:333");
    READS(APP "1/9/portfolio/333/project/111", "project:111");
    READS(APP "1/9/goal/444", "goal:444");
    READS(APP "1/9/task/222/project/111", "task:222");
}

static void anything_else_is_refused(void)
{
    READS("", "no");
    READS(" ", "no");
    READS("launch", "no");
    READS("task:", "no");
    READS("task:12a", "no");
    READS("task:0", "no");
    READS("tasks:12", "no");
    READS("user:12", "no");
    READS("12/34", "no");
    READS("-12", "no");
    READS("12345678901234567890123456789012", "no");
    READS("asana://user/12", "no");
    READS(APP, "no");
    READS(APP "0", "no");
    READS(APP "0/home", "no");
    READS(APP "0/0", "no");
    READS(APP "0/portfolio", "no");
    READS(APP "0/goal/x", "no");
    READS(APP "1/9", "no");
    READS(APP "1/9/project", "no");
    READS(APP "1/9/user/8", "no");
    READS(APP "2/9/task/222", "no");
    READS(APP "0/inbox/9", "no");
    READS("https://app.asana.com.example.com/0/111/222", "no");
    READS("https://example.com/0/111/222", "no");
    READS("https://example.com/?u=app.asana.com/0/111/222", "no");
    READS("https://app.asana.com/////////////////////////////////////////////////////", "no");
}

static void links_lead_to_the_object(void)
{
    static const char *const expected[REF_KINDS] = { APP "0/0/12", APP "0/12/list",
                                                     APP "0/portfolio/12/list", APP "0/goal/12" };
    for (enum ref_kind kind = 0; kind < REF_KINDS; kind++) {
        BUF_AUTO out = { .max = 200 };
        ref_put_link(&out, kind, "12");
        CU_ASSERT(slice_is(buf_slice(&out), expected[kind]));
        buf_char(&out, '\0');
        struct ref ref;
        CU_ASSERT(ref_parse(out.data, &ref, NULL));
        CU_ASSERT_EQUAL(ref.kind, kind);
        CU_ASSERT_STRING_EQUAL(ref.gid, "12");
    }
}

/* People are only read as resources. */
static void a_person_has_a_name_and_a_link(void)
{
    BUF_AUTO out = { .max = 200 };
    CU_ASSERT_STRING_EQUAL(ref_kind_name(REF_USER), "user");
    ref_put_link(&out, REF_USER, "12");
    CU_ASSERT(slice_is(buf_slice(&out), APP "0/profile/12"));
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("ref", NULL, NULL);
    CU_ADD_TEST(suite, ids_of_results_are_read);
    CU_ADD_TEST(suite, a_gid_alone_is_taken_for_a_task);
    CU_ADD_TEST(suite, older_links_are_read);
    CU_ADD_TEST(suite, newer_links_are_read);
    CU_ADD_TEST(suite, anything_else_is_refused);
    CU_ADD_TEST(suite, links_lead_to_the_object);
    CU_ADD_TEST(suite, a_person_has_a_name_and_a_link);
    return run_suites();
}
