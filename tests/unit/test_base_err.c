#include "base/err.h"

#include "base/json.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static bool is_utf8(const char *text)
{
    char json[LIMIT_ERR_TEXT + 3];
    snprintf(json, sizeof(json), "\"%s\"", text);
    return json_check(slice_of(json), NULL);
}

static void kind_and_text_are_kept(void)
{
    struct err err = { 0 };
    CU_ASSERT_FALSE(err_set(&err, ERR_ARGS, "%s: expected %d", "due_on", 10));
    CU_ASSERT_EQUAL(err.kind, ERR_ARGS);
    CU_ASSERT_STRING_EQUAL(err.text, "due_on: expected 10");
    CU_ASSERT_FALSE(err_set(&err, ERR_IO, "%s", ""));
    CU_ASSERT_STRING_EQUAL(err.text, "");
    CU_ASSERT_FALSE(err_set(NULL, ERR_IO, "nobody asks"));
}

static void a_text_may_quote_the_one_before(void)
{
    struct err err = { 0 };
    err_set(&err, ERR_IO, "inner");
    err_set(&err, ERR_IO, "outer: %s", err.text);
    CU_ASSERT_STRING_EQUAL(err.text, "outer: inner");
}

static void a_long_text_is_cut_between_characters(void)
{
    for (size_t ascii = 0; ascii < 8; ascii++) {
        static const char *const letters[] = { "x", "é", "€", "😀" };
        for (size_t i = 0; i < 4; i++) {
            char text[8000] = { 0 };
            memset(text, 'a', ascii);
            while (strlen(text) < 2000)
                strncat(text, letters[i], sizeof(text) - strlen(text) - 1);
            struct err err;
            err_set(&err, ERR_IO, "%s", text);
            CU_ASSERT(strlen(err.text) <= LIMIT_ERR_TEXT - 1);
            CU_ASSERT(strlen(err.text) >= LIMIT_ERR_TEXT - 4);
            CU_ASSERT_TRUE(is_utf8(err.text));
        }
    }
}

/* "%.40s" counts bytes. */
static void a_character_cut_by_the_format_is_left_out(void)
{
    static const char *const names[] = { "aé", "a€", "a😀", "é", "😀" };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        for (int cut = 0; cut <= 5; cut++) {
            struct err err;
            err_set(&err, ERR_ARGS, "unknown \"%.*s\"; see the list", cut, names[i]);
            char unquoted[LIMIT_ERR_TEXT];
            size_t n = 0;
            for (const char *p = err.text; *p; p++)
                if (*p != '"')
                    unquoted[n++] = *p;
            unquoted[n] = '\0';
            CU_ASSERT_TRUE(is_utf8(unquoted));
            CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "; see the list"));
        }
    }
    struct err err;
    err_set(&err, ERR_ARGS, "[%.2s] [%.3s] [%.4s]", "aé", "aé", "😀");
    CU_ASSERT_STRING_EQUAL(err.text, "[a] [aé] [😀]");
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("err", NULL, NULL);
    ADD(suite, kind_and_text_are_kept);
    ADD(suite, a_text_may_quote_the_one_before);
    ADD(suite, a_long_text_is_cut_between_characters);
    ADD(suite, a_character_cut_by_the_format_is_left_out);
    return run_suites();
}
