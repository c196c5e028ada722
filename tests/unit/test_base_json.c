#include "base/json.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

/* After JSONTestSuite (RFC 8259): what must be accepted … */
static const struct slice accepted[] = {
    TEXT("[]"),
    TEXT("{}"),
    TEXT("null"),
    TEXT("true"),
    TEXT("false"),
    TEXT("\"\""),
    TEXT("42"),
    TEXT(" \t\r\n[ ]\n"),
    TEXT("[[]   ]"),
    TEXT("[\"\"]"),
    TEXT("[1,null,null,null,2]"),
    TEXT("[null, 1, \"1\", {}]"),
    TEXT("[0e+1]"),
    TEXT("[0e1]"),
    TEXT("[-0]"),
    TEXT("[-0.0]"),
    TEXT("[-1]"),
    TEXT("[1E22]"),
    TEXT("[1E-2]"),
    TEXT("[123e45]"),
    TEXT("[123.456e78]"),
    TEXT("[1e999]"),
    TEXT("[-0.000000000000000000000000000000000000000000000000001]"),
    TEXT("[12345678901234567890]"),
    TEXT("{\"a\":\"b\",\"a\":\"c\"}"),
    TEXT("{\"\":0}"),
    TEXT("{\"title\":\"\\u041f\\u043e\"}"),
    TEXT("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
    TEXT("[\"\\u0012\\u00e9\\uABCD\\uabcd\"]"),
    TEXT("[\"\\uD83d\\ude39\\uDBFF\\uDFFF\"]"),
    TEXT("[\"\\uFFFF\\uFFFE\\uFEFF\"]"),
    TEXT("[\"\x7f\"]"),
    TEXT("[\"\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF\"]"),
    TEXT("[\"\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF\"]"),
    TEXT("[\"\xE2\x80\xA8\xE2\x80\xA9\"]"),
};

/* … and what must be refused, at which byte (from 1) and with which words. */
static const struct {
    struct slice text;
    size_t byte;
    const char *why;
} refused[] = {
    { TEXT(""), 1, "ends in the middle" },
    { TEXT(" "), 2, "ends in the middle" },
    { TEXT("["), 2, "ends in the middle" },
    { TEXT("[1"), 3, "ends in the middle" },
    { TEXT("[1,"), 4, "ends in the middle" },
    { TEXT("{"), 2, "a member name was expected" },
    { TEXT("{\"a\""), 5, "\":\" was expected" },
    { TEXT("{\"a\":"), 6, "ends in the middle" },
    { TEXT("{\"a\":1"), 7, "ends in the middle" },
    { TEXT("{\"a\":1,"), 8, "a member name was expected" },
    { TEXT("{\"a\":1,}"), 8, "a member name was expected" },
    { TEXT("{,}"), 2, "a member name was expected" },
    { TEXT("{a:1}"), 2, "a member name was expected" },
    { TEXT("{'a':1}"), 2, "a member name was expected" },
    { TEXT("{1:1}"), 2, "a member name was expected" },
    { TEXT("{\"a\" 1}"), 6, "\":\" was expected" },
    { TEXT("{\"a\":1 \"b\":2}"), 8, "\",\" or \"}\" was expected" },
    { TEXT("{\"a\":1]"), 7, "\",\" or \"}\" was expected" },
    { TEXT("[1}"), 3, "\",\" or \"]\" was expected" },
    { TEXT("[1 2]"), 4, "\",\" or \"]\" was expected" },
    { TEXT("[1,]"), 4, "a value was expected" },
    { TEXT("[,1]"), 2, "a value was expected" },
    { TEXT("[1,,2]"), 4, "a value was expected" },
    { TEXT("]"), 1, "a value was expected" },
    { TEXT("[1]x"), 4, "more text behind" },
    { TEXT("1 2"), 3, "more text behind" },
    { TEXT("[]]"), 3, "more text behind" },
    { TEXT("{}\0"), 3, "more text behind" },
    { TEXT("tru"), 1, "an unknown word" },
    { TEXT("True"), 1, "a value was expected" },
    { TEXT("nulll"), 5, "more text behind" },
    { TEXT("[NaN]"), 2, "a value was expected" },
    { TEXT("[Infinity]"), 2, "a value was expected" },
    { TEXT("[-Infinity]"), 3, "a broken number" },
    { TEXT("[+1]"), 2, "a value was expected" },
    { TEXT("[.5]"), 2, "a value was expected" },
    { TEXT("[1.]"), 4, "a broken number" },
    { TEXT("[1.e1]"), 4, "a broken number" },
    { TEXT("[-]"), 3, "a broken number" },
    { TEXT("[01]"), 3, "\",\" or \"]\" was expected" },
    { TEXT("[-01]"), 4, "\",\" or \"]\" was expected" },
    { TEXT("[1e]"), 4, "a broken number" },
    { TEXT("[1e+]"), 5, "a broken number" },
    { TEXT("[0x1]"), 3, "\",\" or \"]\" was expected" },
    { TEXT("-"), 2, "a broken number" },
    { TEXT("\""), 2, "a string without an end" },
    { TEXT("\"a"), 3, "a string without an end" },
    { TEXT("\"\\"), 3, "a string without an end" },
    { TEXT("[\"a\nb\"]"), 4, "a control byte" },
    { TEXT("[\"a\tb\"]"), 4, "a control byte" },
    { TEXT("[\"a\0b\"]"), 4, "a control byte" },
    { TEXT("[\"\\x00\"]"), 5, "an unknown escape" },
    { TEXT("[\"\\a\"]"), 5, "an unknown escape" },
    { TEXT("[\"\\U0041\"]"), 5, "an unknown escape" },
    { TEXT("[\"\\\0\"]"), 5, "an unknown escape" },
    { TEXT("[\"\\u12\"]"), 7, "four hexadecimal digits" },
    { TEXT("[\"\\u12g4\"]"), 7, "four hexadecimal digits" },
    { TEXT("\"\\u123"), 7, "four hexadecimal digits" },
    { TEXT("[\"\\u0000\"]"), 9, "\\u0000" },
    { TEXT("[\"a\\u0000b\"]"), 10, "\\u0000" },
    { TEXT("{\"a\\u0000b\":1}"), 10, "\\u0000" },
    { TEXT("[\"\\uD800\"]"), 9, "half of a surrogate pair" },
    { TEXT("[\"\\uDC00\"]"), 9, "half of a surrogate pair" },
    { TEXT("[\"\\uD800x\"]"), 9, "half of a surrogate pair" },
    { TEXT("[\"\\uD800\\n\"]"), 9, "half of a surrogate pair" },
    { TEXT("[\"\\uD800\\u0041\"]"), 15, "half of a surrogate pair" },
    { TEXT("[\"\\uD800\\uD800\"]"), 15, "half of a surrogate pair" },
    { TEXT("[\"\\uDC00\\uD800\"]"), 9, "half of a surrogate pair" },
    { TEXT("[\"\\uD800\\u"), 11, "four hexadecimal digits" },
    { TEXT("\"\x80\""), 2, "invalid UTF-8" },
    { TEXT("\"\xBF\""), 2, "invalid UTF-8" },
    { TEXT("\"\xC0\xAF\""), 2, "invalid UTF-8" }, /* overlong "/" */
    { TEXT("\"\xC1\xBF\""), 2, "invalid UTF-8" },
    { TEXT("\"\xE0\x80\xAF\""), 2, "invalid UTF-8" }, /* overlong in three */
    { TEXT("\"\xE0\x9F\xBF\""), 2, "invalid UTF-8" },
    { TEXT("\"\xF0\x80\x80\xAF\""), 2, "invalid UTF-8" }, /* overlong in four */
    { TEXT("\"\xF0\x8F\xBF\xBF\""), 2, "invalid UTF-8" },
    { TEXT("\"\xED\xA0\x80\""), 2, "invalid UTF-8" }, /* a surrogate as such */
    { TEXT("\"\xED\xBF\xBF\""), 2, "invalid UTF-8" },
    { TEXT("\"\xF4\x90\x80\x80\""), 2, "invalid UTF-8" }, /* past U+10FFFF */
    { TEXT("\"\xF5\x80\x80\x80\""), 2, "invalid UTF-8" },
    { TEXT("\"\xFE\xFE\xFF\xFF\""), 2, "invalid UTF-8" },
    { TEXT("\"\xC3\""), 2, "invalid UTF-8" },
    { TEXT("\"\xC3"), 2, "invalid UTF-8" },
    { TEXT("\"\xE2\x82\""), 2, "invalid UTF-8" },
    { TEXT("\"\xF0\x9F\x98"), 2, "invalid UTF-8" },
    { TEXT("\"a\xE9z\""), 3, "invalid UTF-8" },            /* Latin-1 */
    { TEXT("\xEF\xBB\xBF{}"), 1, "a value was expected" }, /* a byte order mark */
    { TEXT("\xE2\x80\x8B[]"), 1, "a value was expected" },
    { TEXT("[\x0c]"), 2, "a value was expected" },
    { TEXT("[1]//c"), 4, "more text behind" },
    { TEXT("/**/1"), 1, "a value was expected" },
};

/* A copy that ends where the text ends, so that the sanitizer sees a step too far. */
static char *exact(struct slice text)
{
    char *copy = malloc(text.len ? text.len : 1);
    memcpy(copy, text.data, text.len);
    return copy;
}

static void valid_texts_are_accepted_and_read(void)
{
    struct arena *a = arena_new(1u << 20);
    for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
        struct err err = { 0 };
        char *copy = exact(accepted[i]);
        struct slice text = { copy, accepted[i].len };
        if (!json_check(text, &err) || !json_parse(a, text, &err)) {
            printf("\n%.*s: %s\n", (int)text.len, text.data, err.text);
            CU_FAIL("a valid text was refused");
        }
        free(copy);
        arena_reset(a);
    }
    arena_free(a);
}

static void invalid_texts_are_refused_with_place_and_reason(void)
{
    struct arena *a = arena_new(1u << 20);
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        struct err err = { 0 };
        char at[40];
        snprintf(at, sizeof(at), "at byte %zu: ", refused[i].byte);
        char *copy = exact(refused[i].text);
        struct slice text = { copy, refused[i].text.len };
        CU_ASSERT_FALSE(json_check(text, NULL));
        CU_ASSERT_PTR_NULL(json_parse(a, text, &err));
        if (!strstr(err.text, at) || !strstr(err.text, refused[i].why)) {
            printf("\n%zu: %.*s: %s, not %s%s\n", i, (int)text.len, text.data, err.text, at,
                   refused[i].why);
            CU_FAIL("another place or reason");
        }
        CU_ASSERT_EQUAL(err.kind, ERR_SYNTAX);
        free(copy);
    }
    CU_ASSERT_EQUAL(arena_used(a), 0);
    arena_free(a);
}

static void nesting_of_64_is_accepted_and_of_65_refused(void)
{
    char text[400];
    for (int objects = 0; objects < 2; objects++) {
        for (int depth = LIMIT_JSON_DEPTH - 1; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
            size_t n = 0;
            for (int i = 0; i < depth; i++)
                n += (size_t)sprintf(text + n, "%s", objects && i + 1 < depth ? "{\"\":" : "[");
            for (int i = depth; i > 0; i--)
                text[n++] = objects && i < depth ? '}' : ']';
            struct err err = { 0 };
            bool ok = json_check((struct slice){ text, n }, &err);
            CU_ASSERT_EQUAL(ok, depth <= LIMIT_JSON_DEPTH);
            CU_ASSERT(ok || strstr(err.text, "nested too deeply"));
        }
    }
    char deep[100000];
    memset(deep, '[', sizeof(deep));
    CU_ASSERT_FALSE(json_check((struct slice){ deep, sizeof(deep) }, NULL));
}

static void every_cut_of_a_valid_text_is_refused(void)
{
    static const char text[] =
        "{\"a\":[1.5e3,true,null,\"\\uD83D\\uDE00 é😀\\n\"],\"b\":{\"c\":-0}}";
    CU_ASSERT_TRUE(json_check(slice_of(text), NULL));
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        char *copy = exact((struct slice){ text, len });
        CU_ASSERT_FALSE(json_check((struct slice){ copy, len }, NULL));
        struct slice member;
        json_member((struct slice){ copy, len }, "b", &member);
        free(copy);
    }
}

/* cJSON before the fix of CVE-2023-26819 read 63 bytes of a number. */
static void long_numbers_are_read_in_full(void)
{
    struct arena *a = arena_new(1u << 20);
    char text[300];
    for (size_t digits = 1; digits < 200; digits++) {
        snprintf(text, sizeof(text), "[%0*d,2]", (int)digits, 0);
        memset(text + 1, '7', digits);
        const cJSON *list = json_parse(a, slice_of(text), NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(list);
        CU_ASSERT_EQUAL(list->child->valuedouble, strtod(text + 1, NULL));
        CU_ASSERT_EQUAL(list->child->next->valuedouble, 2);
    }
    arena_free(a);
}

static struct slice member_of(const char *text, const char *name)
{
    struct slice out = { "none", 4 }, found[2];
    const char *names[] = { "no such", name };
    CU_ASSERT_TRUE(json_check_members(slice_of(text), names, 2, found, NULL));
    CU_ASSERT_PTR_NULL(found[0].data);
    if (json_member(slice_of(text), name, &out))
        CU_ASSERT_TRUE(found[1].data == out.data && found[1].len == out.len)
    else
        CU_ASSERT_PTR_NULL(found[1].data);
    return out;
}

#define MEMBER_IS(text, name, expected) CU_ASSERT_TRUE(slice_is(member_of(text, name), expected))

static void a_member_is_found_as_it_was_written(void)
{
    MEMBER_IS("{\"id\":0}", "id", "0");
    MEMBER_IS(" { \"id\" : 12345678901234567890 , \"x\":1}", "id", "12345678901234567890");
    MEMBER_IS("{\"x\":{\"id\":1},\"id\":-1.5e3}", "id", "-1.5e3");
    MEMBER_IS("{\"x\":[1,{\"id\":2}], \"id\" :\"\\u00e9\"\n}", "id", "\"\\u00e9\"");
    MEMBER_IS("{\"a\":{\"b\":[1, 2]} }", "a", "{\"b\":[1, 2]}");
    MEMBER_IS("{\"a\":true,\"b\":null}", "b", "null");
    MEMBER_IS("{\"id\":1,\"id\":2}", "id", "1"); /* the first of the same name, as json_get() */
    MEMBER_IS("{\"idx\":1,\"i\":2,\"ID\":3}", "id", "none");
    MEMBER_IS("{\"x\":\"\\\"id\\\":1\"}", "id", "none");
    MEMBER_IS("{\"id\\\"\":1}", "id", "none");
    MEMBER_IS("{\"\":1}", "", "1");
    MEMBER_IS("{}", "id", "none");
    MEMBER_IS(" {  } ", "id", "none");
    MEMBER_IS("[\"id\",1]", "id", "none");
    MEMBER_IS("\"id\"", "id", "none");
    MEMBER_IS("7", "id", "none");
}

static void members_are_looked_for_in_valid_text_only(void)
{
    static const char *const broken[] = {
        "{\"a\":1",          "{\"a\":1}}", "{\"a\":1,}", "{\"a\" 1}",
        "{\"a\":1 \"b\":2}", "{\"a\":[}",  "{",          "{,}",
    };
    struct slice found;
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
        CU_ASSERT_FALSE(
            json_check_members(slice_of(broken[i]), &(const char *){ "a" }, 1, &found, NULL));
}

/* Strings are skipped in blocks: what ends them counts wherever it stands. */
static void strings_end_where_they_end(void)
{
    static const struct {
        const char *in;
        bool valid;
    } stops[] = {
        { "\\\"", true },  { "\\u00e9", true }, { "\xc3\xa9", true }, { "\x7f", true },
        { "\x01", false }, { "\xc3", false },   { "\\u0000", false }, { "\\x", false },
        { "\n", false },   { "\"", false },
    };
    for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++) {
        for (int before = 0; before < 40; before++) {
            char text[100];
            int len = snprintf(text, sizeof(text), "[\"%.*s%s%.*s\",1]", before,
                               "0123456789012345678901234567890123456789", stops[i].in, 40 - before,
                               "abcdefghijabcdefghijabcdefghijabcdefghij");
            CU_ASSERT_EQUAL(json_check((struct slice){ text, (size_t)len }, NULL), stops[i].valid);
        }
    }
}

static void members_are_told_apart_by_case(void)
{
    struct arena *a = arena_new(1u << 20);
    const cJSON *tree = json_parse(a, slice_of("{\"Name\":\"x\",\"name\":\"y\",\"n\":1}"), NULL);
    CU_ASSERT_STRING_EQUAL(json_get_string(tree, "name"), "y");
    CU_ASSERT_PTR_NULL(json_get(tree, "NAME"));
    CU_ASSERT_PTR_NULL(json_get_string(tree, "n"));
    CU_ASSERT_PTR_NULL(json_get_string(tree, "absent"));
    CU_ASSERT_PTR_NULL(json_get(NULL, "name"));
    CU_ASSERT_PTR_NULL(json_get_string(NULL, "name"));
    CU_ASSERT_PTR_NULL(json_get(json_get(tree, "n"), "name"));
    arena_free(a);
}

static void a_number_is_read_as_far_as_it_is_exact(void)
{
    struct arena *a = arena_new(1u << 20);
    const cJSON *tree = json_parse(
        a, slice_of("{\"n\":-12,\"f\":1.9,\"big\":8999999999999999,\"huge\":1e300,\"s\":\"1\"}"),
        NULL);
    CU_ASSERT_EQUAL(json_get_int(tree, "n"), -12);
    CU_ASSERT_EQUAL(json_get_int(tree, "f"), 1);
    CU_ASSERT_EQUAL(json_get_int(tree, "big"), 8999999999999999);
    CU_ASSERT_EQUAL(json_get_int(tree, "huge"), 0);
    CU_ASSERT_EQUAL(json_get_int(tree, "s"), 0);
    CU_ASSERT_EQUAL(json_get_int(tree, "absent"), 0);
    CU_ASSERT_EQUAL(json_get_int(NULL, "n"), 0);
    arena_free(a);
}

static void a_tree_is_written_compactly_and_reads_back(void)
{
    static const char *const texts[] = {
        "{\"a\":[1,-2.5,1e+30,true,false,null,\"é\\n\\u0001\\\"\"],\"b\":{},\"c\":[],\"\":{\"\":0}"
        "}",
        "[]",
        "\"x\"",
        "null",
        "[[[[1]]]]",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct arena *a = arena_new(1u << 20);
        BUF_AUTO b = { .max = 1000 };
        json_write(&b, json_parse(a, slice_of(texts[i]), NULL));
        CU_ASSERT_TRUE(slice_is(buf_slice(&b), texts[i]));
        arena_free(a);
    }
}

static void a_number_too_large_for_a_double_is_written_as_null(void)
{
    struct arena *a = arena_new(1u << 20);
    BUF_AUTO b = { .max = 1000 };
    json_write(&b, json_parse(a, slice_of("[1e999,-1e999]"), NULL));
    CU_ASSERT_TRUE(slice_is(buf_slice(&b), "[null,null]"));
    arena_free(a);
}

static void a_tree_that_does_not_fit_the_arena_is_refused(void)
{
    char text[20000];
    size_t n = 0;
    text[n++] = '[';
    while (n < sizeof(text) - 3) {
        text[n++] = '1';
        text[n++] = ',';
    }
    text[n++] = '1';
    text[n++] = ']';
    for (size_t cap = 0; cap < 1u << 20; cap += 60000) {
        struct arena *a = arena_new(cap);
        struct err err = { 0 };
        const cJSON *tree = json_parse(a, (struct slice){ text, n }, &err);
        CU_ASSERT_EQUAL(tree == NULL, arena_failed(a));
        CU_ASSERT(tree || err.kind == ERR_MEMORY);
        arena_free(a);
    }
}

static void the_current_arena_is_set_and_cleared_around_each_use(void)
{
    struct arena *a = arena_new(1u << 20), *b = arena_new(1u << 20);
    struct arena *before = json_arena_enter(a);
    CU_ASSERT_PTR_NULL(before);
    cJSON *in_a = cJSON_CreateObject();
    cJSON_AddStringToObject(in_a, "k", "v");
    size_t used = arena_used(a);
    CU_ASSERT(used > sizeof(cJSON));
    struct arena *outer = json_arena_enter(b);
    CU_ASSERT_PTR_EQUAL(outer, a);
    CU_ASSERT_PTR_NOT_NULL(json_parse(b, slice_of("[1]"), NULL));
    CU_ASSERT_PTR_NULL(json_parse(b, slice_of("[1"), NULL));
    cJSON_CreateNull();
    json_arena_leave(outer);
    CU_ASSERT_EQUAL(arena_used(a), used);
    CU_ASSERT(arena_used(b) > 0);
    json_arena_leave(before);

    cJSON *heap = cJSON_CreateObject(); /* outside of it, malloc and free as ever */
    cJSON_AddNumberToObject(heap, "n", 1);
    char *printed = cJSON_Print(heap);
    CU_ASSERT_PTR_NOT_NULL(printed);
    cJSON_free(printed);
    cJSON_Delete(heap);
    CU_ASSERT_EQUAL(arena_used(a), used);
    CU_ASSERT_STRING_EQUAL(json_get_string(in_a, "k"), "v");
    arena_free(a);
    arena_free(b);
}

static void members_are_walked_as_they_were_written(void)
{
    static const struct {
        const char *text, *walked;
    } rows[] = {
        { " { \"a\" : 1.0 ,\"b\\\"\":[ 1 , {} ] , \"\":\"x\"} ", "a=1.0;b\\\"=[ 1 , {} ];=\"x\";" },
        { "{}", "" },
        { "{ }", "" },
        { "[1]", "" },
        { "\"a\"", "" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        BUF_AUTO walked = { .max = 1000 };
        struct json_items it;
        struct slice key, value;
        json_members_begin(slice_of(rows[i].text), &it);
        while (json_members_next(&it, &key, &value)) {
            buf_slice_put(&walked, key);
            buf_char(&walked, '=');
            buf_slice_put(&walked, value);
            buf_char(&walked, ';');
        }
        CU_ASSERT_TRUE(slice_is(buf_slice(&walked), rows[i].walked));
    }
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite check = CU_add_suite("json: the scan", NULL, NULL);
    ADD(check, valid_texts_are_accepted_and_read);
    ADD(check, invalid_texts_are_refused_with_place_and_reason);
    ADD(check, nesting_of_64_is_accepted_and_of_65_refused);
    ADD(check, every_cut_of_a_valid_text_is_refused);
    ADD(check, strings_end_where_they_end);
    ADD(check, long_numbers_are_read_in_full);
    CU_pSuite member = CU_add_suite("json: members", NULL, NULL);
    ADD(member, a_member_is_found_as_it_was_written);
    ADD(member, members_are_looked_for_in_valid_text_only);
    ADD(member, members_are_told_apart_by_case);
    ADD(member, a_number_is_read_as_far_as_it_is_exact);
    ADD(member, members_are_walked_as_they_were_written);
    CU_pSuite tree = CU_add_suite("json: trees", NULL, NULL);
    ADD(tree, a_tree_is_written_compactly_and_reads_back);
    ADD(tree, a_number_too_large_for_a_double_is_written_as_null);
    ADD(tree, a_tree_that_does_not_fit_the_arena_is_refused);
    ADD(tree, the_current_arena_is_set_and_cleared_around_each_use);
    return run_suites();
}
