#include "tool/markdown.h"

#include "base/slice.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static void same(struct buf *out, const char *expected, int line)
{
    bool equal = buf_ok(out) && slice_is(buf_slice(out), expected);
    if (!equal)
        printf("\nline %d:\n  expected %s\n  got      %.*s\n", line, expected, (int)out->len,
               out->data ? out->data : "");
    CU_ASSERT(equal);
}

static void line_is(const char *text, size_t max, const char *expected, int line)
{
    BUF_AUTO out = { .max = 1000 };
    markdown_line(&out, text, max);
    same(&out, expected, line);
}

static void quote_is(const char *text, const char *expected, int line)
{
    BUF_AUTO out = { .max = 4000 };
    CU_ASSERT(markdown_quote(&out, "", text, 2000));
    same(&out, expected, line);
}

#define LINE(text, max, expected) line_is(text, max, expected, __LINE__)
#define QUOTE(text, expected) quote_is(text, expected, __LINE__)

static void a_name_is_one_line(void)
{
    LINE("Launch", 100, "Launch");
    LINE("", 100, "");
    LINE("  a \t b\r\n\nc  ", 100, "a b c");
    LINE("a\xe2\x80\xa8# b\xc2\x85"
         "c",
         100, "a # b c");
}

static void a_long_name_is_cut_between_characters(void)
{
    LINE("abcdef", 6, "abcdef");
    LINE("abcdef", 5, "abcde…");
    LINE("aéé", 3, "aé…");
    LINE("aéé", 2, "a…");
    LINE("ab  cd", 3, "ab…");
    LINE("\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 7, "\xf0\x9f\x98\x80…");
}

static void what_cannot_be_seen_is_left_out(void)
{
    LINE("a\x1b[31mb\x7f", 100, "a[31mb");
    LINE("a\xe2\x80\xae"
         "b\xf3\xa0\x81\xa1\xef\xbb\xbf"
         "c",
         100, "abc");
    QUOTE("a\x1b\x01"
          "b\xf3\xa0\x81\xa1",
          "> ab\n");
}

static void words_stay_in_their_quote(void)
{
    QUOTE("", "");
    QUOTE("one\ntwo", "> one\n> two\n");
    QUOTE("one\r\ntwo\rthree\xe2\x80\xa9"
          "four",
          "> one\n> two\n> three\n> four\n");
    QUOTE("\n \n\none\n\n \n\ntwo\n\n\n", "> one\n>\n> two\n");
    QUOTE("  indented\n\ttab", ">   indented\n> \ttab\n");
}

static void nothing_in_a_quote_is_structure(void)
{
    QUOTE("# Heading", "> \\# Heading\n");
    QUOTE("   ## Heading", ">    \\## Heading\n");
    QUOTE("Heading\n=======\nOther\n---", "> Heading\n> \\=======\n> Other\n> \\---\n");
    QUOTE("> quote", "> \\> quote\n");
    QUOTE("- a\n* b\n+ c", "> \\- a\n> \\* b\n> \\+ c\n");
    QUOTE("1. a\n23) b\n3 c\n4.5", "> 1\\. a\n> 23\\) b\n> 3 c\n> 4\\.5\n");
    QUOTE("```\ncode\n~~~", "> \\```\n> code\n> \\~~~\n");
    QUOTE("<script>", "> \\<script>\n");
    QUOTE("| a | b |", "> \\| a | b |\n");
    QUOTE("[a]: https://example.com", "> \\[a]: https://example.com\n");
    QUOTE("\\# a", "> \\\\# a\n");
    /* What is not seen hides nothing either. */
    QUOTE("\x1b# a", "> \\# a\n");
    QUOTE("1\xe2\x80\xae. a", "> 1\\. a\n");
    QUOTE("a # b - c", "> a # b - c\n");
}

static void a_quote_inside_a_list_is_indented(void)
{
    BUF_AUTO out = { .max = 1000 };
    CU_ASSERT(markdown_quote(&out, "  ", "a\n\n# b", 100));
    same(&out, "  > a\n  >\n  > \\# b\n", __LINE__);
}

static void a_long_quote_is_cut_and_says_so(void)
{
    BUF_AUTO out = { .max = 1000 };
    CU_ASSERT_FALSE(markdown_quote(&out, "", "abcdefgh", 8));
    same(&out, "> abcde\n", __LINE__);
    buf_reset(&out);
    CU_ASSERT_FALSE(markdown_quote(&out, "", "ééé", 8));
    same(&out, "> éé\n", __LINE__);
    buf_reset(&out);
    CU_ASSERT_FALSE(markdown_quote(&out, "", "one\ntwo\nthree", 12));
    same(&out, "> one\n> two\n", __LINE__);
    buf_reset(&out);
    CU_ASSERT(markdown_quote(&out, "", "one\ntwo", 12));
    buf_reset(&out);
    CU_ASSERT_FALSE(markdown_quote(&out, "", "one\n\ntwo", 12));
}

static void a_full_buffer_is_remembered(void)
{
    BUF_AUTO out = { .max = 6 };
    markdown_quote(&out, "", "# one\n# two\n# three", 1000);
    CU_ASSERT_FALSE(buf_ok(&out));
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("markdown", NULL, NULL);
    CU_ADD_TEST(suite, a_name_is_one_line);
    CU_ADD_TEST(suite, a_long_name_is_cut_between_characters);
    CU_ADD_TEST(suite, what_cannot_be_seen_is_left_out);
    CU_ADD_TEST(suite, words_stay_in_their_quote);
    CU_ADD_TEST(suite, nothing_in_a_quote_is_structure);
    CU_ADD_TEST(suite, a_quote_inside_a_list_is_indented);
    CU_ADD_TEST(suite, a_long_quote_is_cut_and_says_so);
    CU_ADD_TEST(suite, a_full_buffer_is_remembered);
    return run_suites();
}
