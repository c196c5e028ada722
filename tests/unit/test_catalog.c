#include "mcp/catalog.h"

#include "base/json.h"
#include "suites.h"

#include <string.h>

static struct mcp_catalog *catalog;
static struct arena *arena;

static const cJSON *parsed(struct slice text)
{
    struct err err = { 0 };
    const cJSON *tree = json_parse(arena, text, &err);
    if (!tree)
        puts(err.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
    CU_ASSERT_PTR_NULL(memchr(text.data, '\n', text.len)); /* it stands in an event or on a line */
    CU_ASSERT_PTR_NULL(memchr(text.data, '\r', text.len));
    return tree;
}

static const cJSON *page_of(const struct mcp_catalog *c, enum mcp_list list, enum mcp_revision r,
                            const char *cursor)
{
    struct slice text;
    CU_ASSERT_TRUE_FATAL(mcp_catalog_page(c, list, r, cursor, &text));
    return parsed(text);
}

static void every_revision_lists_every_tool_in_order(void)
{
    for (int r = 0; r < MCP_REVISIONS; r++) {
        const cJSON *list = page_of(catalog, MCP_TOOLS, (enum mcp_revision)r, NULL);
        CU_ASSERT_PTR_NULL(json_get(list, "nextCursor"));
        size_t i = 0;
        for (const cJSON *tool = json_get(list, "tools")->child; tool; tool = tool->next, i++) {
            CU_ASSERT_FATAL(i < tool_registry_count);
            CU_ASSERT_STRING_EQUAL(json_get_string(tool, "name"), tool_registry[i]->name);
            CU_ASSERT_STRING_EQUAL(json_get_string(tool, "description"),
                                   tool_registry[i]->description);
            CU_ASSERT_STRING_EQUAL(json_get_string(json_get(tool, "inputSchema"), "type"),
                                   "object");
        }
        CU_ASSERT_EQUAL(i, tool_registry_count);
        arena_reset(arena);
    }
}

static const struct tool bare_tool = {
    .name = "bare", .title = "Bare", .description = "Bare.", .input_schema = "{\"type\":\"object\"}"
};
static const struct tool modern_tool = { .name = "modern",
                                         .title = "Modern",
                                         .description = "Modern.",
                                         .input_schema = "{\"type\":\"object\"}",
                                         .modern_schema = "{\"type\":\"object\",\"x-modern\":1}" };
static const struct tool *const more_tools[] = { &bare_tool, &modern_tool, NULL };
static const struct prompt_argument no_arguments[] = { { 0 } };
static const struct prompt more_prompts[] = {
    { .name = "extra", .title = "Extra", .description = "Extra.", .arguments = no_arguments },
    { 0 },
};
static const struct resource_kind more_kinds[] = {
    { .uri_template = "probe://fixed", .name = "fixed", .title = "F", .mime_type = "text/plain" },
    { .uri_template = "probe://{id}",
      .name = "item",
      .title = "I",
      .mime_type = "text/plain",
      .argument = "id" },
    { 0 },
};

static const char *const members[] = { "tools", "prompts", "resourceTemplates" };

static void pages_follow_each_other_to_the_end(void)
{
    static const struct mcp_extras extras = {
        .tools = more_tools, .prompts = more_prompts, .resources = more_kinds, .page = 3
    };
    struct mcp_catalog *paged = mcp_catalog_new(&extras);
    struct mcp_catalog *whole = mcp_catalog_new(&(struct mcp_extras){
        .tools = more_tools, .prompts = more_prompts, .resources = more_kinds });
    CU_ASSERT_TRUE_FATAL(paged && whole);
    for (int r = 0; r < MCP_REVISIONS; r++) {
        for (int l = 0; l < MCP_LISTS; l++) {
            const cJSON *all = page_of(whole, (enum mcp_list)l, (enum mcp_revision)r, NULL);
            CU_ASSERT_PTR_NULL(json_get(all, "nextCursor"));
            const cJSON *expected = json_get(all, members[l])->child;
            const char *cursor = NULL;
            do {
                const cJSON *page = page_of(paged, (enum mcp_list)l, (enum mcp_revision)r, cursor);
                cursor = json_get_string(page, "nextCursor");
                CU_ASSERT_EQUAL(json_get(page, "ttlMs") != NULL,
                                mcp_is_modern((enum mcp_revision)r));
                int n = cJSON_GetArraySize(json_get(page, members[l]));
                CU_ASSERT(cursor ? n == 3 : n > 0 && n <= 3);
                const cJSON *entry;
                cJSON_ArrayForEach (entry, json_get(page, members[l])) {
                    CU_ASSERT_TRUE_FATAL(expected != NULL);
                    CU_ASSERT_TRUE(cJSON_Compare(entry, expected, true));
                    expected = expected->next;
                }
            } while (cursor);
            CU_ASSERT_PTR_NULL(expected);
            arena_reset(arena);
        }
    }
    mcp_catalog_free(paged);
    mcp_catalog_free(whole);
}

static void cursors_of_other_lists_and_made_up_ones_are_none(void)
{
    static const struct mcp_extras extras = { .page = 3 };
    static const char *const made_up[] = { "",         "tools",     "tools.0",   "tools.01",
                                           "tools.99", "tools.-1",  "prompts.1", "tools.1 ",
                                           "Tools.1",  "tools.1.1", "1" };
    struct mcp_catalog *paged = mcp_catalog_new(&extras);
    struct slice text;
    CU_ASSERT_TRUE(mcp_catalog_page(paged, MCP_TOOLS, MCP_2025_11_25, "tools.1", &text));
    for (size_t i = 0; i < sizeof(made_up) / sizeof(*made_up); i++)
        CU_ASSERT_FALSE(mcp_catalog_page(paged, MCP_TOOLS, MCP_2025_11_25, made_up[i], &text));
    CU_ASSERT_FALSE(mcp_catalog_page(catalog, MCP_TOOLS, MCP_2025_11_25, "tools.1", &text));
    mcp_catalog_free(paged);
}

static void extras_come_after_ours_and_are_found(void)
{
    static const struct mcp_extras extras = { .tools = more_tools,
                                              .prompts = more_prompts,
                                              .resources = more_kinds };
    struct mcp_catalog *more = mcp_catalog_new(&extras);
    CU_ASSERT_PTR_EQUAL(mcp_catalog_tool(more, "bare"), &bare_tool);
    CU_ASSERT_PTR_NULL(mcp_catalog_tool(catalog, "bare"));
    CU_ASSERT_PTR_EQUAL(mcp_catalog_tool(more, tool_registry[0]->name), tool_registry[0]);
    CU_ASSERT_PTR_NOT_NULL(mcp_catalog_prompt(more, "extra"));
    CU_ASSERT_PTR_NULL(mcp_catalog_prompt(catalog, "extra"));
    CU_ASSERT_STRING_EQUAL(mcp_catalog_resource(more, "probe://7")->name, "item");
    CU_ASSERT_STRING_EQUAL(mcp_catalog_resource(more, "asana://task/7")->name, "task");
    CU_ASSERT_PTR_NULL(mcp_catalog_resource(catalog, "probe://7"));
    CU_ASSERT_PTR_EQUAL(mcp_catalog_more_resources(more), more_kinds);
    CU_ASSERT_PTR_NULL(mcp_catalog_more_resources(catalog));
    const cJSON *tools = json_get(page_of(more, MCP_TOOLS, MCP_2026_07_28, NULL), "tools");
    const cJSON *bare = cJSON_GetArrayItem(tools, (int)tool_registry_count);
    CU_ASSERT_STRING_EQUAL(json_get_string(bare, "name"), "bare");
    CU_ASSERT_PTR_NULL(json_get(bare, "outputSchema"));
    CU_ASSERT_PTR_NOT_NULL(json_get(json_get(bare->next, "inputSchema"), "x-modern"));
    tools = json_get(page_of(more, MCP_TOOLS, MCP_2025_11_25, NULL), "tools");
    bare = cJSON_GetArrayItem(tools, (int)tool_registry_count);
    CU_ASSERT_PTR_NULL(json_get(json_get(bare->next, "inputSchema"), "x-modern"));
    arena_reset(arena);
    mcp_catalog_free(more);
}

static void a_listing_has_only_what_its_revision_knows(void)
{
    static const struct {
        bool annotations, title, output_schema;
    } known[MCP_REVISIONS] = {
        [MCP_2024_11_05] = { false, false, false }, [MCP_2025_03_26] = { true, false, false },
        [MCP_2025_06_18] = { true, true, true },    [MCP_2025_11_25] = { true, true, true },
        [MCP_2026_07_28] = { true, true, true },
    };
    static const char *const all[] = { "name",        "description",  "inputSchema",
                                       "annotations", "outputSchema", "title" };
    for (int r = 0; r < MCP_REVISIONS; r++) {
        const cJSON *list = page_of(catalog, MCP_TOOLS, (enum mcp_revision)r, NULL);
        const cJSON *tool;
        cJSON_ArrayForEach (tool, json_get(list, "tools")) {
            CU_ASSERT_EQUAL(json_get(tool, "annotations") != NULL, known[r].annotations);
            CU_ASSERT_EQUAL(json_get(tool, "title") != NULL, known[r].title);
            CU_ASSERT_EQUAL(json_get(tool, "outputSchema") != NULL, known[r].output_schema);
            const cJSON *member;
            cJSON_ArrayForEach (member, tool) {
                bool expected = false;
                for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
                    expected = expected || strcmp(member->string, all[i]) == 0;
                CU_ASSERT_TRUE(expected);
            }
        }
        arena_reset(arena);
    }
}

static void annotations_say_what_the_tool_does(void)
{
    for (size_t i = 0; i < tool_registry_count; i++) {
        const struct tool *t = tool_registry[i];
        BUF_AUTO b = { .max = 1u << 20 };
        mcp_tool_entry(&b, t, MCP_LATEST_LEGACY);
        const cJSON *a = json_get(parsed(buf_slice(&b)), "annotations");
        bool reads = t->effect == TOOL_READ;
        CU_ASSERT_STRING_EQUAL(json_get_string(a, "title"), t->title);
        CU_ASSERT_EQUAL(cJSON_IsTrue(json_get(a, "readOnlyHint")), reads);
        CU_ASSERT_EQUAL(cJSON_IsFalse(json_get(a, "readOnlyHint")), !reads);
        CU_ASSERT_TRUE(cJSON_IsTrue(json_get(a, "openWorldHint")));
        CU_ASSERT_TRUE(cJSON_IsBool(json_get(a, "destructiveHint")));
        CU_ASSERT_TRUE(cJSON_IsBool(json_get(a, "idempotentHint")));
        CU_ASSERT_EQUAL(cJSON_IsTrue(json_get(a, "destructiveHint")), t->destructive);
        CU_ASSERT_EQUAL(cJSON_IsTrue(json_get(a, "idempotentHint")), t->idempotent);
        arena_reset(arena);
    }
}

static void the_greeting_has_what_its_revision_knows(void)
{
    for (int r = 0; r < MCP_REVISIONS; r++) {
        const cJSON *result = parsed(mcp_catalog_hello(catalog, (enum mcp_revision)r));
        bool modern = mcp_is_modern((enum mcp_revision)r);
        const cJSON *info =
            modern ? json_get(json_get(result, "_meta"), "io.modelcontextprotocol/serverInfo")
                   : json_get(result, "serverInfo");
        CU_ASSERT_EQUAL(json_get(result, "serverInfo") != NULL, !modern);
        CU_ASSERT_EQUAL(json_get(result, "supportedVersions") != NULL, modern);
        CU_ASSERT_EQUAL(json_get(result, "resultType") != NULL, modern);
        if (!modern)
            CU_ASSERT_STRING_EQUAL(json_get_string(result, "protocolVersion"),
                                   mcp_revision_name((enum mcp_revision)r));
        CU_ASSERT_STRING_EQUAL(json_get_string(info, "name"), "asana-mcp");
        CU_ASSERT_STRING_EQUAL(json_get_string(info, "version"), ASANA_MCP_VERSION);
        CU_ASSERT_EQUAL(json_get(info, "title") != NULL, r >= MCP_2025_06_18);
        CU_ASSERT_EQUAL(json_get(info, "description") != NULL, r >= MCP_2025_11_25);
        CU_ASSERT_EQUAL(json_get(info, "icons") != NULL, r >= MCP_2025_11_25);
        const cJSON *can = json_get(result, "capabilities");
        CU_ASSERT_TRUE(cJSON_IsTrue(json_get(json_get(can, "tools"), "listChanged")));
        CU_ASSERT_TRUE(cJSON_IsTrue(json_get(json_get(can, "prompts"), "listChanged")));
        CU_ASSERT_TRUE(cJSON_IsTrue(json_get(json_get(can, "resources"), "listChanged")));
        CU_ASSERT_TRUE(cJSON_IsTrue(json_get(json_get(can, "resources"), "subscribe")));
        CU_ASSERT_TRUE(cJSON_IsObject(json_get(can, "logging")));
        CU_ASSERT_EQUAL(json_get(can, "completions") != NULL, r >= MCP_2025_03_26);
        CU_ASSERT(strlen(json_get_string(result, "instructions")) > 100);
        arena_reset(arena);
    }
}

static void revisions_are_found_by_their_exact_names(void)
{
    enum mcp_revision r = MCP_2025_03_26;
    for (int i = 0; i < MCP_REVISIONS; i++) {
        CU_ASSERT_TRUE(mcp_revision_find(mcp_revision_name((enum mcp_revision)i), &r));
        CU_ASSERT_EQUAL((int)r, i);
    }
    static const char *const unknown[] = { NULL,          "",           "2026-07-29", "2025-11-2",
                                           "2025-11-25 ", "2099-01-01", "latest" };
    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        CU_ASSERT_FALSE(mcp_revision_find(unknown[i], &r));
    CU_ASSERT_EQUAL(r, MCP_2026_07_28);
}

static void the_nearest_tool_is_the_one_that_was_meant(void)
{
    for (size_t i = 0; i < tool_registry_count; i++) { /* one letter off */
        char name[80];
        snprintf(name, sizeof(name), "x%s", tool_registry[i]->name);
        CU_ASSERT_PTR_EQUAL(mcp_nearest_tool(NULL, name), tool_registry[i]);
        CU_ASSERT_PTR_EQUAL(tool_find(tool_registry[i]->name), tool_registry[i]);
        CU_ASSERT_PTR_NULL(tool_find(name));
    }
    CU_ASSERT_PTR_NULL(mcp_nearest_tool(NULL, "weather_forecast"));
    CU_ASSERT_PTR_NULL(mcp_nearest_tool(NULL, ""));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    arena = arena_new(32u << 20);
    catalog = mcp_catalog_new(NULL);
    if (!arena || !catalog || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("catalog", NULL, NULL);
    ADD(suite, every_revision_lists_every_tool_in_order);
    ADD(suite, a_listing_has_only_what_its_revision_knows);
    ADD(suite, annotations_say_what_the_tool_does);
    ADD(suite, the_greeting_has_what_its_revision_knows);
    ADD(suite, pages_follow_each_other_to_the_end);
    ADD(suite, cursors_of_other_lists_and_made_up_ones_are_none);
    ADD(suite, extras_come_after_ours_and_are_found);
    ADD(suite, revisions_are_found_by_their_exact_names);
    ADD(suite, the_nearest_tool_is_the_one_that_was_meant);
    int code = run_suites();
    mcp_catalog_free(catalog);
    mcp_catalog_free(NULL);
    arena_free(arena);
    return code;
}
