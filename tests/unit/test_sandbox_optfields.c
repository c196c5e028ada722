#include "sandbox/fields.h"

#include "suites.h"

#include <string.h>

static struct arena *arena;

/* The tree as text: names in order, children in parentheses. */
static void write_tree(struct buf *b, const struct sb_opt *node)
{
    for (; node; node = node->next) {
        buf_str(b, node->name);
        if (node->children) {
            buf_char(b, '(');
            write_tree(b, node->children);
            buf_char(b, ')');
        }
        if (node->next)
            buf_char(b, ' ');
    }
}

static bool parses_to(const char *text, const char *expected)
{
    const char *bad = NULL;
    BUF_AUTO tree;
    buf_init(&tree, 65536);
    write_tree(&tree, sb_opt_parse(arena, text, &bad));
    bool same = !bad && slice_is(buf_slice(&tree), expected);
    if (!same)
        printf("\n%s: got \"%.*s\" (%s)\n", text, (int)tree.len, tree.data ? tree.data : "",
               bad ? bad : "ok");
    return same;
}

static bool is_refused(const char *text)
{
    const char *bad = NULL;
    struct sb_opt *tree = sb_opt_parse(arena, text, &bad);
    return !tree && bad;
}

static void paths_share_their_beginnings(void)
{
    CU_ASSERT(parses_to("name", "name"));
    CU_ASSERT(parses_to("a,b.c,b.d.e,b", "a b(c d(e))"));
    CU_ASSERT(parses_to(" a , b ,,c,", "a b c"));
}

static void this_is_dropped_at_the_beginning_only(void)
{
    CU_ASSERT(parses_to("this.name,this.a.b", "name a(b)"));
    CU_ASSERT(parses_to("a.this.b,this", "a(this(b)) this"));
}

static void groups_stand_for_each_of_their_paths(void)
{
    CU_ASSERT(parses_to("(a|b).c", "a(c) b(c)"));
    CU_ASSERT(parses_to("x.(a|b)", "x(a b)"));
    CU_ASSERT(parses_to("(a.(p|q)|b).c", "a(p(c) q(c)) b(c)"));
    CU_ASSERT(parses_to("(a|b).(c|d),e", "a(c d) b(c d) e"));
}

static void nothing_named_is_no_tree_and_no_mistake(void)
{
    CU_ASSERT(parses_to("", ""));
    CU_ASSERT(parses_to(" , ", ""));
}

static void broken_paths_are_refused(void)
{
    static const char *const texts[] = { ".",  "a.",    ".a",     "a..b",  "(a",  "a)",
                                         "()", "(a|)",  "(a|b",   "a b",   "a|b", "a.b)",
                                         "é",  "a.(b|", "(a)b.c", "(a)(b)" };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CU_ASSERT(is_refused(texts[i]));
        if (!is_refused(texts[i]))
            printf("\nnot refused: %s\n", texts[i]);
    }
}

static void size_and_depth_have_ceilings(void)
{
    BUF_AUTO deep;
    buf_init(&deep, 65536);
    for (int i = 0; i < 40; i++)
        buf_str(&deep, i ? ".a" : "a");
    buf_char(&deep, '\0');
    CU_ASSERT(is_refused(deep.data));
    BUF_AUTO wide;
    buf_init(&wide, 65536);
    for (int i = 0; i < 3000; i++) {
        buf_char(&wide, 'n');
        buf_int(&wide, i);
        buf_char(&wide, ',');
    }
    buf_char(&wide, '\0');
    CU_ASSERT(is_refused(wide.data));
    /* Groups multiply. */
    CU_ASSERT(is_refused("(a|b|c|d).(a|b|c|d).(a|b|c|d).(a|b|c|d).(a|b|c|d).(a|b|c|d)"));
    CU_ASSERT(is_refused("(a|a|a|a|a|a|a|a).(a|a|a|a|a|a|a|a).(a|a|a|a|a|a|a|a).(a|a|a|a|a|a|a|a).("
                         "a|a|a|a|a|a|a|a).(a|a|a|a|a|a|a|a)"));
}

int main(void)
{
    arena = arena_new(4u << 20);
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("sandbox_optfields", NULL, NULL);
    CU_ADD_TEST(suite, paths_share_their_beginnings);
    CU_ADD_TEST(suite, this_is_dropped_at_the_beginning_only);
    CU_ADD_TEST(suite, groups_stand_for_each_of_their_paths);
    CU_ADD_TEST(suite, nothing_named_is_no_tree_and_no_mistake);
    CU_ADD_TEST(suite, broken_paths_are_refused);
    CU_ADD_TEST(suite, size_and_depth_have_ceilings);
    int code = run_suites();
    arena_free(arena);
    return code;
}
