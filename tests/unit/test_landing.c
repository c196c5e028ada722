#include "web/landing.h"

#include "suites.h"
#include "web/recipe.h"

#include <string.h>

static struct arena *arena;
static struct buf page;

static struct landing plain(void)
{
    return (struct landing){
        .server = "mcp.example.com",
        .base = "",
        .url = "https://mcp.example.com",
        .version = "1.2.3",
        .auth = LANDING_OAUTH,
        .tools = tool_registry,
        .tools_count = tool_registry_count,
    };
}

static void write_page(const struct landing *l)
{
    arena_reset(arena);
    buf_reset(&page);
    landing_write(&page, arena, l);
    CU_ASSERT_TRUE_FATAL(buf_ok(&page));
}

static size_t count(const char *text)
{
    size_t found = 0;
    size_t len = strlen(text);
    const char *end = page.data + page.len;
    for (const char *p = page.data; (p = memmem(p, (size_t)(end - p), text, len)); p += len)
        found++;
    return found;
}

static void page_says_the_address_every_client_and_every_tool(void)
{
    struct landing l = plain();
    write_page(&l);
    CU_ASSERT_EQUAL(count("<code id=\"address\">https://mcp.example.com/mcp</code>"), 1);
    CU_ASSERT_EQUAL(count("<code>https://mcp.example.com/sse</code>"), 1);
    CU_ASSERT_EQUAL(count("asana-mcp 1.2.3"), 1);
    size_t clients = 0;
    while (client_registry[clients].name)
        clients++;
    CU_ASSERT_EQUAL(count("<input type=\"radio\""), clients);
    CU_ASSERT_EQUAL(count(" checked>"), 1);
    CU_ASSERT_EQUAL(count("<details>"), tool_registry_count);
    CU_ASSERT_EQUAL(count("<h3>"), tool_toolsets_count);
    CU_ASSERT_EQUAL(count("{url}") + count("{base}") + count("{name}") + count("{program}"), 0);
    CU_ASSERT_EQUAL(count("<script>") + count("<style>"), 3);
    CU_ASSERT_EQUAL(count("sample data"), 0);
}

static bool reads_tasks(const void *context, const struct tool *tool)
{
    return strcmp(tool->toolset, context) == 0 && tool->effect == TOOL_READ;
}

static void page_shows_only_the_tools_that_are_shown(void)
{
    struct landing l = plain();
    l.shows = reads_tasks;
    l.context = "tasks";
    l.read_only = true;
    l.sandbox = true;
    write_page(&l);
    CU_ASSERT_EQUAL(count("<h3>"), 1);
    CU_ASSERT_EQUAL(count("asana_create_task</code>"), 0);
    CU_ASSERT_EQUAL(count("<code>asana_get_task</code>"), 1);
    CU_ASSERT_EQUAL(count("which read only"), 1);
    CU_ASSERT_EQUAL(count("sample data"), 1);
}

/* As with packs and settings that change a tool. */
static void page_has_the_tools_that_it_is_given(void)
{
    struct landing l = plain();
    struct tool changed = *tool_find("asana_get_task"), further = changed;
    changed.description = "Read it <b>thus</b>.";
    further.name = "asana_get_tag";
    const struct tool *const tools[] = { &changed, &further };
    l.tools = tools;
    l.tools_count = 2;
    write_page(&l);
    CU_ASSERT_EQUAL(count("<details>"), 2);
    CU_ASSERT_EQUAL(count("<code>asana_get_tag</code>"), 1);
    CU_ASSERT_EQUAL(count("Read it &lt;b&gt;thus&lt;/b&gt;."), 1);
}

static void page_names_what_stands_between_client_and_server(void)
{
    struct landing l = plain();
    write_page(&l);
    CU_ASSERT_EQUAL(count("needs an https address") + count("need an https address"), 0);
    l.url = "http://127.0.0.1:8000";
    l.auth = LANDING_BEARER;
    write_page(&l);
    CU_ASSERT(count("need an https address") > 2);
    CU_ASSERT(count("cannot send a token of yours") > 2);
    CU_ASSERT(count("Bearer ${env:ASANA_ACCESS_TOKEN}") > 0);
}

static void addresses_are_escaped(void)
{
    struct landing l = plain();
    l.server = "<b>&\"";
    write_page(&l);
    CU_ASSERT_EQUAL(count("<b>"), 0);
    CU_ASSERT(count("&lt;b&gt;&amp;&quot;") > 0);
}

static void short_memory_fails_the_page(void)
{
    struct arena *small = arena_new(4096);
    struct landing l = plain();
    buf_reset(&page);
    landing_write(&page, small, &l);
    CU_ASSERT_FALSE(buf_ok(&page));
    arena_free(small);
    buf_done(&page);
    buf_init(&page, 4u << 20);
}

static void recipe_fills_and_quotes(void)
{
    struct recipe r = { .base = "https://h", .name = "a", .program = "/x y/it's", .bearer = false };
    BUF_AUTO out;
    buf_init(&out, 4096);
    recipe_fill(&out, CLIENT_SHELL, "{program} {url} {b} {name", &r);
    buf_char(&out, '|');
    r.program = "C:\\a\"b";
    recipe_fill(&out, CLIENT_JSON, "\"{program}\" ${env:X}", &r);
    CU_ASSERT(slice_is(buf_slice(&out),
                       "'/x y/it'\\''s' https://h/mcp {b} {name|\"C:\\\\a\\\"b\" ${env:X}"));
    CU_ASSERT_PTR_EQUAL(recipe_client("claude_code"), recipe_client("claude-code"));
    CU_ASSERT_PTR_NULL(recipe_client("claude-codex"));
    CU_ASSERT_PTR_NULL(recipe_client("claude-"));
}

int main(void)
{
    arena = arena_new(8u << 20);
    buf_init(&page, 4u << 20);
    CU_initialize_registry();
    CU_pSuite s = CU_add_suite("landing", NULL, NULL);
    CU_ADD_TEST(s, page_says_the_address_every_client_and_every_tool);
    CU_ADD_TEST(s, page_shows_only_the_tools_that_are_shown);
    CU_ADD_TEST(s, page_has_the_tools_that_it_is_given);
    CU_ADD_TEST(s, page_names_what_stands_between_client_and_server);
    CU_ADD_TEST(s, addresses_are_escaped);
    CU_ADD_TEST(s, short_memory_fails_the_page);
    CU_ADD_TEST(s, recipe_fills_and_quotes);
    int code = run_suites();
    buf_done(&page);
    arena_free(arena);
    return code;
}
