#include "base/buf.h"

#include "base/piece.h"

#include <CUnit/Basic.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The buffer's content as a string, which it frees. */
static const char *text_of(struct buf *b)
{
    static char text[4096];
    CU_ASSERT_FATAL(b->len < sizeof(text));
    memcpy(text, buf_slice(b).data, b->len);
    text[b->len] = '\0';
    buf_done(b);
    return text;
}

static void is(const char *got, const char *expected, int line)
{
    if (strcmp(got, expected) != 0)
        printf("\nline %d:\n  expected %s\n  got      %s\n", line, expected, got);
    CU_ASSERT_STRING_EQUAL(got, expected);
}

static void what_is_put_is_there_in_order(void)
{
    struct buf b;
    buf_init(&b, 1000);
    CU_ASSERT_EQUAL(buf_slice(&b).len, 0);
    CU_ASSERT_PTR_NOT_NULL(buf_slice(&b).data);
    buf_str(&b, "a");
    buf_put(&b, "bcd", 2);
    buf_char(&b, '!');
    buf_slice_put(&b, slice_of("xyz"));
    buf_put(&b, NULL, 0);
    buf_slice_put(&b, (struct slice){ 0 });
    CU_ASSERT_TRUE(buf_ok(&b));
    is(text_of(&b), "abc!xyz", __LINE__);
}

static void the_ceiling_can_be_reached_but_not_passed(void)
{
    struct buf b;
    buf_init(&b, 1000);
    for (int i = 0; i < 1000; i++)
        buf_char(&b, 'x');
    CU_ASSERT_TRUE(buf_ok(&b));
    CU_ASSERT_EQUAL(b.len, 1000);
    CU_ASSERT(b.cap <= 1000);
    buf_char(&b, 'y');
    CU_ASSERT_FALSE(buf_ok(&b));
    CU_ASSERT_EQUAL(b.len, 1000);
    buf_done(&b);
}

static void nothing_is_put_behind_a_failure(void)
{
    struct buf b;
    buf_init(&b, 10);
    buf_str(&b, "12345678");
    buf_str(&b, "too long");
    buf_char(&b, '9'); /* would fit */
    CU_ASSERT_FALSE(buf_ok(&b));
    is(text_of(&b), "12345678", __LINE__);
    buf_str(&b, "again");
    CU_ASSERT_TRUE(buf_ok(&b));
    buf_str(&b, "too long");
    buf_reset(&b);
    buf_str(&b, "0123456789");
    CU_ASSERT_TRUE(buf_ok(&b));
    buf_done(&b);
    buf_done(&b);
}

static void a_zeroed_struct_refuses_and_is_freed(void)
{
    struct buf b = { 0 };
    buf_char(&b, 'x');
    CU_ASSERT_FALSE(buf_ok(&b));
    size_t len = 7;
    CU_ASSERT_PTR_NULL(buf_take(&b, &len));
    CU_ASSERT_EQUAL(len, 0);
    buf_done(&b);
}

static void sizes_that_overflow_are_refused(void)
{
    struct buf b;
    buf_init(&b, 1000);
    buf_char(&b, 'x');
    CU_ASSERT_PTR_NULL(buf_reserve(&b, SIZE_MAX));
    CU_ASSERT_FALSE(buf_ok(&b));
    buf_done(&b);
}

static void reserved_room_is_committed_as_far_as_used(void)
{
    struct buf b;
    buf_init(&b, 5000);
    buf_char(&b, '<');
    char *room = buf_reserve(&b, 4000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(room);
    memset(room, 'r', 4000);
    buf_commit(&b, 2);
    buf_char(&b, '>');
    is(text_of(&b), "<rr>", __LINE__);
}

static void take_moves_the_memory_out(void)
{
    struct buf b;
    size_t len;
    buf_init(&b, 10);
    buf_str(&b, "abc");
    char *data = buf_take(&b, &len);
    CU_ASSERT_EQUAL(len, 3);
    CU_ASSERT_EQUAL(memcmp(data, "abc", 3), 0);
    piece_free(data);
    CU_ASSERT_EQUAL(b.len, 0);
    CU_ASSERT_PTR_NULL(buf_take(&b, &len));
    CU_ASSERT_EQUAL(len, 0);
    buf_str(&b, "as good as new");
    CU_ASSERT_FALSE(buf_ok(&b)); /* the ceiling is still 10 */
    CU_ASSERT_PTR_NULL(buf_take(&b, &len));
    buf_str(&b, "0123456789");
    CU_ASSERT_TRUE(buf_ok(&b));
    buf_done(&b);
}

static void integers_are_written_in_full(void)
{
    struct buf b;
    buf_init(&b, 100);
    buf_int(&b, INT64_MIN);
    buf_char(&b, ' ');
    buf_int(&b, 0);
    buf_char(&b, ' ');
    buf_int(&b, INT64_MAX);
    is(text_of(&b), "-9223372036854775808 0 9223372036854775807", __LINE__);
}

static void doubles_are_short_and_read_back_the_same(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { -0.0, "0" },
        { 1, "1" },
        { -17, "-17" },
        { 0.1, "0.1" },
        { 8.2, "8.2" },
        { 0.30000000000000004, "0.30000000000000004" },
        { 1e21, "1e+21" },
        { 9007199254740991.0, "9007199254740991" },
        { 9007199254740992.0, "9007199254740992" },
        { 1234567890123456768.0, "1.2345678901234568e+18" },
        { 5e-324, "4.94065645841247e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { INFINITY, "null" },
        { -INFINITY, "null" },
        { NAN, "null" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b;
        buf_init(&b, 100);
        buf_double(&b, cases[i].value);
        const char *got = text_of(&b);
        is(got, cases[i].text, __LINE__);
        if (isfinite(cases[i].value))
            CU_ASSERT_EQUAL(strtod(got, NULL), cases[i].value);
    }
}

/* They are written in blocks: nothing depends on where in a block a byte stands, or how near the
 * ceiling is. */
static void json_strings_are_escaped_wherever_it_is_needed(void)
{
    char text[64], expected[70];
    for (size_t len = 1; len <= 50; len++) {
        for (size_t at = 0; at < len; at++) {
            memset(text, 'x', len);
            text[at] = '\x1f';
            int n = snprintf(expected, sizeof(expected), "%.*s\\u001f%.*s", (int)at, text,
                             (int)(len - at) - 1, text + at + 1);
            struct buf b;
            buf_init(&b, (size_t)n);
            buf_json_escaped(&b, (struct slice){ text, len });
            CU_ASSERT_TRUE(buf_ok(&b));
            is(text_of(&b), expected, __LINE__);
            buf_init(&b, (size_t)n - 1);
            buf_json_escaped(&b, (struct slice){ text, len });
            CU_ASSERT_FALSE(buf_ok(&b));
            buf_done(&b);
        }
    }
}

static void json_strings_escape_what_must_be_escaped_and_no_more(void)
{
    struct buf b;
    buf_init(&b, 1000);
    buf_json_string(&b, (struct slice){ "a\"b\\c/\n\r\t\b\f\x01\x1f\0z\x7f", 16 });
    is(text_of(&b), "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u001f\\u0000z\x7f\"", __LINE__);
    buf_json_string(&b, slice_of("Grüße 😀"));
    is(text_of(&b), "\"Grüße 😀\"", __LINE__);
    buf_json_escaped(&b, slice_of(""));
    buf_json_string(&b, (struct slice){ 0 });
    is(text_of(&b), "\"\"", __LINE__);
}

static void an_object_is_written_member_by_member(void)
{
    struct buf b;
    buf_init(&b, 1000);
    buf_json_text(&b, "none", NULL);
    buf_json_text(&b, "a \"key\"", "b\n");
    buf_json_int(&b, "n", -7);
    buf_json_member(&b, "inner");
    buf_char(&b, '{');
    buf_json_bool(&b, "yes", true);
    buf_json_text(&b, "brace", "{");
    buf_json_bool(&b, "no", false);
    buf_str(&b, "}}");
    is(text_of(&b),
       "{\"a \\\"key\\\"\":\"b\\n\",\"n\":-7,"
       "\"inner\":{\"yes\":true,\"brace\":\"{\",\"no\":false}}",
       __LINE__);
    buf_init(&b, 3);
    buf_json_int(&b, "long", 1);
    buf_json_int(&b, "long", 2);
    CU_ASSERT_FALSE(buf_ok(&b));
    buf_done(&b);
}

static void what_stands_before_a_mark_is_cut_off(void)
{
    struct slice rest = slice_of("a--bc--"), out = { 0 };
    CU_ASSERT_TRUE(slice_until(&rest, "--", &out));
    CU_ASSERT_TRUE(slice_is(out, "a"));
    CU_ASSERT_TRUE(slice_is(rest, "bc--"));
    CU_ASSERT_FALSE(slice_until(&rest, "+", &out));
    CU_ASSERT_TRUE(slice_is(out, "a"));
    CU_ASSERT_TRUE(slice_is(rest, "bc--"));
    CU_ASSERT_TRUE(slice_until(&rest, "--", &out));
    CU_ASSERT_TRUE(slice_is(out, "bc"));
    CU_ASSERT_EQUAL(rest.len, 0);
    CU_ASSERT_FALSE(slice_until(&rest, "--", &out));
}

static void urls_keep_only_unreserved_bytes(void)
{
    struct buf b;
    buf_init(&b, 1000);
    buf_url_encoded(&b, slice_of("aZ09-._~"));
    buf_url_encoded(&b, slice_of(" /?&=+%#é"));
    is(text_of(&b), "aZ09-._~%20%2F%3F%26%3D%2B%25%23%C3%A9", __LINE__);
}

/* A text of many kinds of bytes is escaped as each of its bytes is. */
static void json_strings_are_escaped_byte_by_byte_or_at_once(void)
{
    static const char kinds[] = "\"\\\n\x01kkkk\xC3\xBC\"\"kkkkkkkkkkkkkkkkkkkkkkkk\x7F";
    unsigned state = 1;
    for (size_t len = 0; len < 400; len++) {
        char text[400];
        struct buf whole, parts;
        buf_init(&whole, 6 * sizeof(text) + 1000);
        buf_init(&parts, 6 * sizeof(text) + 1000);
        for (size_t i = 0; i < len; i++) {
            state = state * 1103515245 + 12345;
            text[i] = kinds[(state >> 16) % (len % (sizeof(kinds) - 1) + 1)];
            buf_json_escaped(&parts, (struct slice){ text + i, 1 });
        }
        buf_json_escaped(&whole, (struct slice){ text, len });
        CU_ASSERT_EQUAL_FATAL(whole.len, parts.len);
        CU_ASSERT_FATAL(len == 0 || memcmp(whole.data, parts.data, whole.len) == 0);
        buf_done(&whole);
        buf_done(&parts);
    }
}

/* Whatever stands at whatever place of a text, alone or among what needs no escape. */
static void every_byte_is_encoded_the_same_wherever_it_stands(void)
{
    for (unsigned c = 1; c < 256; c++) {
        char alone[8];
        bool stays = isalnum((int)c) || strchr("-._~,", (int)c);
        snprintf(alone, sizeof(alone), stays && c < 0x80 ? "%c" : "%%%02X", c);
        for (size_t at = 0; at < 40; at++) {
            char text[41], expected[48];
            struct buf b;
            memset(text, 'a', 40);
            text[40] = '\0';
            text[at] = (char)c;
            snprintf(expected, sizeof(expected), "%.*s%s%s", (int)at, text, alone, text + at + 1);
            buf_init(&b, 1000);
            buf_url_encoded_list(&b, slice_of(text));
            is(text_of(&b), expected, __LINE__);
        }
    }
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("buf", NULL, NULL);
    ADD(suite, what_is_put_is_there_in_order);
    ADD(suite, the_ceiling_can_be_reached_but_not_passed);
    ADD(suite, nothing_is_put_behind_a_failure);
    ADD(suite, a_zeroed_struct_refuses_and_is_freed);
    ADD(suite, sizes_that_overflow_are_refused);
    ADD(suite, reserved_room_is_committed_as_far_as_used);
    ADD(suite, take_moves_the_memory_out);
    ADD(suite, integers_are_written_in_full);
    ADD(suite, doubles_are_short_and_read_back_the_same);
    ADD(suite, json_strings_escape_what_must_be_escaped_and_no_more);
    ADD(suite, json_strings_are_escaped_wherever_it_is_needed);
    ADD(suite, json_strings_are_escaped_byte_by_byte_or_at_once);
    ADD(suite, an_object_is_written_member_by_member);
    ADD(suite, what_stands_before_a_mark_is_cut_off);
    ADD(suite, urls_keep_only_unreserved_bytes);
    ADD(suite, every_byte_is_encoded_the_same_wherever_it_stands);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
