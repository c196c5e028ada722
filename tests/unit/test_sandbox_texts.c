#include "sandbox/fold.h"
#include "sandbox/richtext.h"
#include "sandbox/tasks.h"
#include "suites.h"

#include <string.h>

static struct arena *arena;

static bool folds_to(const char *text, const char *expected)
{
    char out[512];
    sb_fold(text, out);
    if (strcmp(out, expected) != 0)
        printf("\n%s: got \"%s\"\n", text, out);
    return strcmp(out, expected) == 0;
}

static void case_and_accents_fold(void)
{
    CU_ASSERT(folds_to("Café OLÉ", "cafe ole"));
    CU_ASSERT(folds_to("Łódź, Zürich & Ísafjörður", "lodz zurich isafjordur"));
    CU_ASSERT(folds_to("Straße Æther Œuvre Þórr Øre", "strasse aether oeuvre thorr ore"));
    CU_ASSERT(folds_to("ΑΘΗΝΑ Москва ЁЖ", "αθηνα москва ёж"));
    CU_ASSERT(folds_to("e\xcc\x81t\xc3\xa9", "ete"));
    CU_ASSERT(folds_to("田中 浩", "田中 浩"));
}

static void what_is_no_word_becomes_one_space(void)
{
    CU_ASSERT(folds_to("  a -- b!! ", "a b"));
    CU_ASSERT(folds_to("", ""));
    CU_ASSERT(folds_to("...", ""));
    CU_ASSERT(folds_to("3×4÷2", "3 4 2"));
}

static void folding_stays_within_its_bound(void)
{
    /* Broken UTF-8 and letters that grow: out holds 2 * strlen + 2. */
    static const char *const texts[] = { "\xc3",     "\xf0\x9f", "\x80\x80\x80", "\xff\xff\xff\xff",
                                         "ßßßßßßßß", "ŒŒŒ",      "\xc2\xc2\xc2" };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        size_t room = 2 * strlen(texts[i]) + 2;
        char *out = arena_alloc(arena, room);
        sb_fold(texts[i], out);
        CU_ASSERT(strlen(out) < room);
    }
}

static void names_are_ranked(void)
{
    CU_ASSERT_EQUAL(sb_fold_rank("launch day", "laun"), 0);
    CU_ASSERT_EQUAL(sb_fold_rank("product launch", "laun"), 1);
    CU_ASSERT_EQUAL(sb_fold_rank("relaunch", "laun"), 2);
    CU_ASSERT_EQUAL(sb_fold_rank("product launch day", "day prod"), 2);
    CU_ASSERT_EQUAL(sb_fold_rank("product launch", "lunch"), -1);
    CU_ASSERT(sb_fold_has_words("plan the webinar", "web plan"));
    CU_ASSERT_FALSE(sb_fold_has_words("plan the webinar", "web binar"));
    CU_ASSERT(sb_fold_has_words("anything", ""));
}

static bool rich_gives(enum sb_rich kind, const char *html, const char *html_out,
                       const char *text_out)
{
    const char *h = NULL;
    const char *t = NULL;
    const char *bad = NULL;
    if (!sb_rich_parse(arena, kind, html, NULL, &h, &t, &bad)) {
        printf("\n%s: %s\n", html, bad);
        return false;
    }
    if (strcmp(h, html_out) != 0 || strcmp(t, text_out) != 0)
        printf("\n%s: got \"%s\" \"%s\"\n", html, h, t);
    return strcmp(h, html_out) == 0 && strcmp(t, text_out) == 0;
}

static bool rich_refuses(enum sb_rich kind, const char *html, const char *why)
{
    const char *h = NULL;
    const char *t = NULL;
    const char *bad = NULL;
    if (sb_rich_parse(arena, kind, html, NULL, &h, &t, &bad))
        return false;
    if (!strstr(bad, why))
        printf("\n%s: %s\n", html, bad);
    return strstr(bad, why) != NULL;
}

static void rich_text_gives_its_plain_text(void)
{
    CU_ASSERT(rich_gives(SB_RICH_TASK, "<body/>", "<body/>", ""));
    CU_ASSERT(rich_gives(SB_RICH_TASK, " <body>a &lt; b &amp;&#x20AC;&#33;</body> ",
                         "<body>a &lt; b &amp;€!</body>", "a < b &€!"));
    CU_ASSERT(rich_gives(
        SB_RICH_TASK, "<body><ol><li>x</li><li><strong>y</strong></li></ol>z</body>",
        "<body><ol><li>x</li><li><strong>y</strong></li></ol>z</body>", "1. x\n2. y\nz"));
    CU_ASSERT(rich_gives(
        SB_RICH_COMMENT, "<body><a href='https://x.example/?a=1&amp;b=\"2\"'>x</a></body>",
        "<body><a href=\"https://x.example/?a=1&amp;b=&quot;2&quot;\">x</a></body>", "x"));
}

static void rich_text_must_be_well_formed(void)
{
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "", "one <body>"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body>", "expected </body>"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body><em>x</body>", "expected </em>"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body>a & b</body>", "&amp;"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body>a < b</body>", "&lt;"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body>&#0;</body>", "&amp;"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body>&#xd800;</body>", "&amp;"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body><p>x</p></body>", "<p>"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body><a href=x>y</a></body>", "quotes"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body><a href=\"x>y</a></body>", "does not end"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body><a href>y</a></body>", "needs a value"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body", "does not end"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body></body><body></body>", "behind </body>"));
    CU_ASSERT(rich_refuses(SB_RICH_TASK, "<body></body", "</body>"));
    CU_ASSERT(rich_refuses(SB_RICH_COMMENT, "<body><h1>x</h1></body>", "<h1>"));
    CU_ASSERT(rich_refuses(SB_RICH_COMMENT,
                           "<body><em a=\"1\" b=\"1\" c=\"1\" d=\"1\" e=\"1\" f=\"1\" g=\"1\" "
                           "h=\"1\" i=\"1\" j=\"1\" k=\"1\" l=\"1\" "
                           "m=\"1\">x</em></body>",
                           "too many attributes"));
}

static void plain_text_is_escaped(void)
{
    CU_ASSERT_STRING_EQUAL(sb_rich_from_text(arena, "a < b > c & \"d\"\n"),
                           "<body>a &lt; b &gt; c &amp; \"d\"\n</body>");
}

static void due_time_gives_the_day(void)
{
    struct sb_dates d = { 0 };
    struct sb_date_change change = { .due_at = SB_VALUE,
                                     .to = { .due_at = 1765324800000 } }; /* 2025-12-10T00:00:00Z */
    CU_ASSERT_PTR_NULL(sb_dates_apply(arena, &d, &change));
    CU_ASSERT_STRING_EQUAL(d.due_on, "2025-12-10");
    change = (struct sb_date_change){ .due_at = SB_NULL };
    CU_ASSERT_PTR_NULL(sb_dates_apply(arena, &d, &change));
    CU_ASSERT_PTR_NULL(d.due_on);
    CU_ASSERT_EQUAL(d.due_at, 0);
}

static void day_drops_the_time_and_clearing_it_the_start(void)
{
    struct sb_dates d = { "2025-12-10", 1765324800000, "2025-12-09", 1765238400000 };
    struct sb_date_change change = { .due_on = SB_VALUE, .to = { .due_on = "2025-12-12" } };
    CU_ASSERT_PTR_NULL(sb_dates_apply(arena, &d, &change));
    CU_ASSERT_EQUAL(d.due_at, 0);
    CU_ASSERT_EQUAL(d.start_at, 0);
    CU_ASSERT_STRING_EQUAL(d.start_on, "2025-12-09");
    change = (struct sb_date_change){ .due_on = SB_NULL };
    CU_ASSERT_PTR_NULL(sb_dates_apply(arena, &d, &change));
    CU_ASSERT_PTR_NULL(d.start_on);
}

static void start_needs_due(void)
{
    struct sb_dates d = { .due_on = "2025-12-10" };
    struct sb_date_change change = { .start_on = SB_VALUE, .to = { .start_on = "2025-12-01" } };
    CU_ASSERT_PTR_NOT_NULL(sb_dates_apply(arena, &d, &change));
    change = (struct sb_date_change){ .start_at = SB_VALUE,
                                      .due_on = SB_VALUE,
                                      .to = { .due_on = "2025-12-10", .start_at = 1 } };
    CU_ASSERT_PTR_NOT_NULL(sb_dates_apply(arena, &d, &change));
    change = (struct sb_date_change){ .start_on = SB_VALUE,
                                      .due_on = SB_VALUE,
                                      .to = { .due_on = "2025-12-10", .start_on = "2025-12-11" } };
    CU_ASSERT_PTR_NOT_NULL(sb_dates_apply(arena, &d, &change));
    change.to.start_on = "2025-12-10";
    CU_ASSERT_PTR_NULL(sb_dates_apply(arena, &d, &change));
    change = (struct sb_date_change){ .due_on = SB_VALUE,
                                      .due_at = SB_VALUE,
                                      .to = { .due_on = "2025-12-10", .due_at = 1 } };
    CU_ASSERT_PTR_NOT_NULL(sb_dates_apply(arena, &d, &change));
}

int main(void)
{
    arena = arena_new(16u << 20);
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("sandbox_texts", NULL, NULL);
    CU_ADD_TEST(suite, case_and_accents_fold);
    CU_ADD_TEST(suite, what_is_no_word_becomes_one_space);
    CU_ADD_TEST(suite, folding_stays_within_its_bound);
    CU_ADD_TEST(suite, names_are_ranked);
    CU_ADD_TEST(suite, rich_text_gives_its_plain_text);
    CU_ADD_TEST(suite, rich_text_must_be_well_formed);
    CU_ADD_TEST(suite, plain_text_is_escaped);
    CU_ADD_TEST(suite, due_time_gives_the_day);
    CU_ADD_TEST(suite, day_drops_the_time_and_clearing_it_the_start);
    CU_ADD_TEST(suite, start_needs_due);
    int code = run_suites();
    arena_free(arena);
    return code;
}
