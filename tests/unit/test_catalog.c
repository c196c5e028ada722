#include "mcp/catalog.h"

#include "base/json.h"

#include <CUnit/Basic.h>
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

static void every_revision_lists_every_tool_in_order(void)
{
    for (int r = 0; r < MCP_REVISIONS; r++) {
        const cJSON *list = parsed(mcp_catalog_tools(catalog, (enum mcp_revision)r));
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

static void a_listing_has_only_what_its_revision_knows(void)
{
    static const struct {
        bool annotations, title, output_schema;
    } known[MCP_REVISIONS] = {
        [MCP_2024_11_05] = { false, false, false },
        [MCP_2025_03_26] = { true, false, false },
        [MCP_2025_06_18] = { true, true, true },
        [MCP_2025_11_25] = { true, true, true },
    };
    static const char *const all[] = { "name",        "description",  "inputSchema",
                                       "annotations", "outputSchema", "title" };
    for (int r = 0; r < MCP_REVISIONS; r++) {
        const cJSON *list = parsed(mcp_catalog_tools(catalog, (enum mcp_revision)r));
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
        mcp_tool_entry(&b, t, MCP_LATEST);
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

static void initialize_names_server_version_and_capabilities(void)
{
    for (int r = 0; r < MCP_REVISIONS; r++) {
        const cJSON *result = parsed(mcp_catalog_initialize(catalog, (enum mcp_revision)r));
        CU_ASSERT_STRING_EQUAL(json_get_string(result, "protocolVersion"),
                               mcp_revision_name((enum mcp_revision)r));
        const cJSON *info = json_get(result, "serverInfo");
        CU_ASSERT_STRING_EQUAL(json_get_string(info, "name"), "asana-mcp");
        CU_ASSERT_STRING_EQUAL(json_get_string(info, "version"), ASANA_MCP_VERSION);
        CU_ASSERT_EQUAL(json_get(info, "title") != NULL, r >= MCP_2025_06_18);
        CU_ASSERT_TRUE(cJSON_IsObject(json_get(json_get(result, "capabilities"), "tools")));
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
    static const char *const unknown[] = { NULL,          "",           "2026-07-28", "2025-11-2",
                                           "2025-11-25 ", "2099-01-01", "latest" };
    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        CU_ASSERT_FALSE(mcp_revision_find(unknown[i], &r));
    CU_ASSERT_EQUAL(r, MCP_LATEST);
}

static void the_nearest_tool_is_the_one_that_was_meant(void)
{
    for (size_t i = 0; i < tool_registry_count; i++) { /* one letter off */
        char name[80];
        snprintf(name, sizeof(name), "x%s", tool_registry[i]->name);
        CU_ASSERT_PTR_EQUAL(mcp_nearest_tool(name), tool_registry[i]);
        CU_ASSERT_PTR_EQUAL(tool_find(tool_registry[i]->name), tool_registry[i]);
        CU_ASSERT_PTR_NULL(tool_find(name));
    }
    CU_ASSERT_PTR_NULL(mcp_nearest_tool("weather_forecast"));
    CU_ASSERT_PTR_NULL(mcp_nearest_tool(""));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    arena = arena_new(32u << 20);
    catalog = mcp_catalog_new();
    if (!arena || !catalog || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("catalog", NULL, NULL);
    ADD(suite, every_revision_lists_every_tool_in_order);
    ADD(suite, a_listing_has_only_what_its_revision_knows);
    ADD(suite, annotations_say_what_the_tool_does);
    ADD(suite, initialize_names_server_version_and_capabilities);
    ADD(suite, revisions_are_found_by_their_exact_names);
    ADD(suite, the_nearest_tool_is_the_one_that_was_meant);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    mcp_catalog_free(catalog);
    mcp_catalog_free(NULL);
    arena_free(arena);
    return failures ? 1 : 0;
}
