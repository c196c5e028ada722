#include "http/form.h"

#include "base/limits.h"
#include "suites.h"

#include <string.h>

static struct arena *arena;

static bool parse(const char *body, struct form *out)
{
    return form_parse(slice_of(body), arena, out);
}

static void fields_are_decoded(void)
{
    struct form f;
    CU_ASSERT_TRUE_FATAL(parse("a=1&b=x+y%20z&c=%C3%A4&empty=&bare&&%61b=2", &f));
    CU_ASSERT_EQUAL(f.count, 6);
    CU_ASSERT_STRING_EQUAL(form_get(&f, "a"), "1");
    CU_ASSERT_STRING_EQUAL(form_get(&f, "b"), "x y z");
    CU_ASSERT_STRING_EQUAL(form_get(&f, "c"), "\xc3\xa4");
    CU_ASSERT_STRING_EQUAL(form_get(&f, "empty"), "");
    CU_ASSERT_STRING_EQUAL(form_get(&f, "bare"), "");
    CU_ASSERT_STRING_EQUAL(form_get(&f, "ab"), "2");
    CU_ASSERT_PTR_NULL(form_get(&f, "none"));
    CU_ASSERT_TRUE(parse("", &f));
    CU_ASSERT_EQUAL(f.count, 0);
}

static void a_value_with_an_equals_sign_is_whole(void)
{
    struct form f;
    CU_ASSERT_TRUE_FATAL(parse("code=a=b==", &f));
    CU_ASSERT_STRING_EQUAL(form_get(&f, "code"), "a=b==");
}

static void repeated_fields_have_no_value(void)
{
    struct form f;
    CU_ASSERT_TRUE_FATAL(parse("a=1&a=1&b=2", &f));
    CU_ASSERT_TRUE(form_repeats(&f, "a"));
    CU_ASSERT_FALSE(form_repeats(&f, "b"));
    CU_ASSERT_PTR_NULL(form_get(&f, "a"));
}

static void malformed_bodies_are_refused(void)
{
    struct form f;
    static const char *const bad[] = {
        "a=%", "a=%4", "a=%4g", "%zz=1", "a=%00", "a=%ff", "a=\xc3"
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(parse(bad[i], &f));
    char many[4 * LIMIT_FORM_FIELDS + 8] = "";
    for (int i = 0; i <= LIMIT_FORM_FIELDS; i++)
        strcat(many, "a=1&");
    CU_ASSERT_FALSE(parse(many, &f));
}

static void cookies_are_found_by_their_whole_name(void)
{
    const char *header = "xa=0; a=1;b=2; __Host-c=d=e";
    CU_ASSERT_STRING_EQUAL(cookie_get(header, "a", arena), "1");
    CU_ASSERT_STRING_EQUAL(cookie_get(header, "b", arena), "2");
    CU_ASSERT_STRING_EQUAL(cookie_get(header, "__Host-c", arena), "d=e");
    CU_ASSERT_PTR_NULL(cookie_get(header, "c", arena));
    CU_ASSERT_PTR_NULL(cookie_get(NULL, "a", arena));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS || !(arena = arena_new(1u << 20)))
        return 2;
    CU_pSuite suite = CU_add_suite("form", NULL, NULL);
    ADD(suite, fields_are_decoded);
    ADD(suite, a_value_with_an_equals_sign_is_whole);
    ADD(suite, repeated_fields_have_no_value);
    ADD(suite, malformed_bodies_are_refused);
    ADD(suite, cookies_are_found_by_their_whole_name);
    int code = run_suites();
    arena_free(arena);
    return code;
}
