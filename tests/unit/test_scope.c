#include "mcp/catalog.h"
#include "mcp/scope.h"

#include "base/json.h"

#include <CUnit/Basic.h>

static struct mcp_catalog *catalog;

static struct caller whole(void)
{
    return (struct caller){ .may_write = true, .toolsets = UINT64_MAX };
}

static char *listing(const struct caller *c)
{
    static char text[1u << 20];
    BUF_AUTO b = { .max = sizeof(text) - 1 };
    mcp_catalog_put_tools(catalog, MCP_2026_07_28, c, &b);
    CU_ASSERT_TRUE_FATAL(buf_ok(&b));
    CU_ASSERT_TRUE(json_check(buf_slice(&b), NULL));
    memcpy(text, b.data, b.len);
    text[b.len] = '\0';
    return text;
}

static void who_may_everything_sees_everything(void)
{
    struct caller c = whole();
    CU_ASSERT_TRUE(scope_is_whole(&c));
    for (size_t i = 0; i < tool_registry_count; i++) {
        CU_ASSERT_TRUE(scope_shows(&c, tool_registry[i]));
        CU_ASSERT_TRUE(scope_covers(&c, tool_registry[i]));
    }
}

static void read_only_hides_what_writes(void)
{
    struct caller c = whole();
    c.read_only = true;
    CU_ASSERT_FALSE(scope_is_whole(&c));
    CU_ASSERT_FALSE(scope_shows(&c, tool_find("asana_create_task")));
    CU_ASSERT_TRUE(scope_shows(&c, tool_find("asana_get_task")));
    CU_ASSERT_PTR_NULL(strstr(listing(&c), "\"asana_delete_task\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(listing(&c), "\"asana_get_task\""));
}

static void a_sign_in_for_reading_shows_what_it_could_be_widened_to(void)
{
    struct caller c = whole();
    c.may_write = false;
    CU_ASSERT_TRUE(scope_is_whole(&c));
    CU_ASSERT_TRUE(scope_shows(&c, tool_find("asana_create_task")));
    CU_ASSERT_FALSE(scope_covers(&c, tool_find("asana_create_task")));
    CU_ASSERT_TRUE(scope_covers(&c, tool_find("asana_get_task")));
}

static void toolsets_only_ever_narrow(void)
{
    struct caller c = whole();
    CU_ASSERT_TRUE(scope_narrow(&c, "tasks,projects"));
    CU_ASSERT_TRUE(scope_shows(&c, tool_find("asana_get_task")));
    CU_ASSERT_FALSE(scope_shows(&c, tool_find("asana_get_goal")));
    CU_ASSERT_TRUE(scope_narrow(&c, "goals,tasks"));
    CU_ASSERT_TRUE(scope_shows(&c, tool_find("asana_get_task")));
    CU_ASSERT_FALSE(scope_shows(&c, tool_find("asana_get_goal")));
    CU_ASSERT_FALSE(scope_shows(&c, tool_find("asana_get_project")));
    CU_ASSERT_PTR_NULL(strstr(listing(&c), "\"asana_get_project\""));
}

static void an_unknown_toolset_changes_nothing(void)
{
    struct caller c = whole();
    CU_ASSERT_FALSE(scope_narrow(&c, "tasks,tsaks"));
    CU_ASSERT_FALSE(scope_narrow(&c, ","));
    CU_ASSERT_TRUE(scope_is_whole(&c));
}

static void tools_that_are_not_offered_are_not_there(void)
{
    static const char *const without[] = { "asana_delete_task", NULL };
    struct mcp_catalog *less = mcp_catalog_new(&(struct mcp_extras){ .without = without });
    struct slice page;
    CU_ASSERT_PTR_NOT_NULL_FATAL(less);
    CU_ASSERT_PTR_NULL(mcp_catalog_tool(less, "asana_delete_task"));
    CU_ASSERT_PTR_NOT_NULL(mcp_catalog_tool(less, "asana_get_task"));
    CU_ASSERT_TRUE_FATAL(mcp_catalog_page(less, MCP_TOOLS, MCP_2025_06_18, NULL, &page));
    CU_ASSERT_PTR_NULL(memmem(page.data, page.len, "\"asana_delete_task\"", 19));
    mcp_catalog_free(less);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (!secret_init() || !(catalog = mcp_catalog_new(NULL)) ||
        CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("scope", NULL, NULL);
    ADD(suite, who_may_everything_sees_everything);
    ADD(suite, read_only_hides_what_writes);
    ADD(suite, a_sign_in_for_reading_shows_what_it_could_be_widened_to);
    ADD(suite, toolsets_only_ever_narrow);
    ADD(suite, an_unknown_toolset_changes_nothing);
    ADD(suite, tools_that_are_not_offered_are_not_there);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    mcp_catalog_free(catalog);
    return failures ? 1 : 0;
}
