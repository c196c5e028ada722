#include "mcp/catalog.h"
#include "mcp/scope.h"

#include "base/json.h"
#include "suites.h"

static struct mcp_catalog *catalog;
static struct arena *arena;

static struct caller whole(void)
{
    return (struct caller){ .may_write = true, .toolsets = UINT64_MAX };
}

static char *listing(const struct caller *c)
{
    static char text[1u << 20];
    BUF_AUTO b = { .max = sizeof(text) - 1 };
    mcp_catalog_put_tools(catalog, MCP_2026_07_28, NULL, c, &b);
    CU_ASSERT_TRUE_FATAL(buf_ok(&b));
    CU_ASSERT_TRUE(json_check(buf_slice(&b), NULL));
    memcpy(text, b.data, b.len);
    text[b.len] = '\0';
    return text;
}

static void who_may_everything_sees_everything(void)
{
    struct caller c = whole();
    CU_ASSERT_TRUE(scope_is_whole(NULL, &c));
    for (size_t i = 0; i < tool_registry_count; i++) {
        CU_ASSERT_TRUE(scope_shows(NULL, &c, tool_registry[i]));
        CU_ASSERT_TRUE(scope_covers(&c, tool_registry[i]));
    }
}

static void read_only_hides_what_writes(void)
{
    struct caller c = whole();
    c.read_only = true;
    CU_ASSERT_FALSE(scope_is_whole(NULL, &c));
    CU_ASSERT_FALSE(scope_shows(NULL, &c, tool_find("asana_create_task")));
    CU_ASSERT_TRUE(scope_shows(NULL, &c, tool_find("asana_get_task")));
    CU_ASSERT_PTR_NULL(strstr(listing(&c), "\"asana_delete_task\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(listing(&c), "\"asana_get_task\""));
}

static void a_sign_in_for_reading_shows_what_it_could_be_widened_to(void)
{
    struct caller c = whole();
    c.may_write = false;
    CU_ASSERT_TRUE(scope_is_whole(NULL, &c));
    CU_ASSERT_TRUE(scope_shows(NULL, &c, tool_find("asana_create_task")));
    CU_ASSERT_FALSE(scope_covers(&c, tool_find("asana_create_task")));
    CU_ASSERT_TRUE(scope_covers(&c, tool_find("asana_get_task")));
}

static void toolsets_only_ever_narrow(void)
{
    struct caller c = whole();
    CU_ASSERT_TRUE(scope_narrow(&c, "tasks,projects"));
    CU_ASSERT_TRUE(scope_shows(NULL, &c, tool_find("asana_get_task")));
    CU_ASSERT_FALSE(scope_shows(NULL, &c, tool_find("asana_get_goal")));
    CU_ASSERT_TRUE(scope_narrow(&c, "goals,tasks"));
    CU_ASSERT_TRUE(scope_shows(NULL, &c, tool_find("asana_get_task")));
    CU_ASSERT_FALSE(scope_shows(NULL, &c, tool_find("asana_get_goal")));
    CU_ASSERT_FALSE(scope_shows(NULL, &c, tool_find("asana_get_project")));
    CU_ASSERT_PTR_NULL(strstr(listing(&c), "\"asana_get_project\""));
}

static void an_unknown_toolset_changes_nothing(void)
{
    struct caller c = whole();
    CU_ASSERT_FALSE(scope_narrow(&c, "tasks,tsaks"));
    CU_ASSERT_FALSE(scope_narrow(&c, ","));
    CU_ASSERT_TRUE(scope_is_whole(NULL, &c));
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

static const char *const nobody[] = { "7", NULL }, *const places[] = { "98", "99", NULL };
static const char *const agents[] = { "agent", "https://agent.example/id", NULL };
static const char *const deleting[] = { "asana_delete_task", NULL };

static struct caller person(const char *gid, const char *client)
{
    struct caller c = whole();
    snprintf(c.person, sizeof(c.person), "%s", gid);
    secret_digest(slice_of(client), &c.client);
    return c;
}

static struct scope_rules prepared(struct scope_policy *policies)
{
    struct scope_rules rules = { .policies = policies };
    CU_ASSERT_TRUE_FATAL(scope_prepare(&rules, arena));
    return rules;
}

static void a_rule_says_what_it_has_against_a_tool(void)
{
    const struct tool *create = tool_find("asana_create_task");
    struct scope_rule rule = { 0 };
    CU_ASSERT_PTR_NULL(scope_rule_against(&rule, create));
    rule.levels = 1u << TOOL_READ | 1u << TOOL_UPDATE;
    CU_ASSERT_STRING_EQUAL(scope_rule_against(&rule, create), "level");
    CU_ASSERT_PTR_NULL(scope_rule_against(&rule, tool_find("asana_update_task")));
    rule = (struct scope_rule){ .profile = scope_profile("search") };
    CU_ASSERT_STRING_EQUAL(scope_rule_against(&rule, create), "profile");
    CU_ASSERT_PTR_NULL(scope_rule_against(&rule, tool_find("fetch")));
    rule = (struct scope_rule){ .toolsets = 1 };
    CU_ASSERT_STRING_EQUAL(scope_rule_against(&rule, create), "toolset");
    rule = (struct scope_rule){ .without = deleting };
    CU_ASSERT_PTR_NULL(scope_rule_against(&rule, create));
    CU_ASSERT_STRING_EQUAL(scope_rule_against(&rule, tool_find("asana_delete_task")), "disabled");
}

static void a_packed_tool_is_in_every_profile(void)
{
    struct tool packed = *tool_find("asana_get_goal");
    struct caller c = whole();
    CU_ASSERT_TRUE(scope_narrow_profile(&c, "search"));
    CU_ASSERT_FALSE(scope_shows(NULL, &c, &packed));
    packed.pack = (const struct pack_tool *)&packed;
    CU_ASSERT_TRUE(scope_shows(NULL, &c, &packed));
    CU_ASSERT_FALSE(scope_narrow_profile(&c, "serach"));
}

static void a_policy_is_for_those_whom_it_names(void)
{
    struct scope_policy policies[] = {
        { .name = "agents", .clients = agents, .rule = { .levels = 1u << TOOL_READ } },
        { .name = "seven", .people = nobody, .clients = agents, .rule = { .without = deleting } },
        { .name = "other", .people = nobody, .rule = { .profile = scope_profile("everyday") } },
        { 0 },
    };
    const struct scope_rules rules = prepared(policies);
    const struct tool *create = tool_find("asana_create_task"), *goal = tool_find("asana_get_goal");
    struct caller c = person("8", "somebody else");
    CU_ASSERT_TRUE(scope_is_whole(&rules, &c));
    CU_ASSERT_TRUE(scope_shows(&rules, &c, create));
    c = person("8", "https://agent.example/id");
    CU_ASSERT_FALSE(scope_is_whole(&rules, &c));
    CU_ASSERT_FALSE(scope_shows(&rules, &c, create));
    CU_ASSERT_TRUE(scope_shows(&rules, &c, goal));
    CU_ASSERT_PTR_EQUAL(scope_hider(&rules, &c, create), &policies[0]);
    CU_ASSERT_PTR_NOT_NULL(strstr(policies[0].sentence, "(policy \"agents\")"));
    c = person("7", "somebody else");
    CU_ASSERT_TRUE(scope_shows(&rules, &c, create));
    CU_ASSERT_FALSE(scope_shows(&rules, &c, goal));
    c = person("7", "agent");
    CU_ASSERT_PTR_EQUAL(scope_hider(&rules, &c, tool_find("asana_delete_task")), &policies[0]);
}

static void a_policy_for_places_shows_all_and_limits_calls(void)
{
    struct scope_policy policies[] = {
        { .name = "labs", .workspaces = places, .rule = { .levels = 1u << TOOL_READ } },
        { 0 },
    };
    const struct scope_rules rules = prepared(policies);
    const struct visible_limit *limits;
    struct caller c = whole();
    CU_ASSERT_TRUE(scope_is_whole(&rules, &c));
    CU_ASSERT_TRUE(scope_limits(&rules, &c, tool_find("asana_get_task"), arena, &limits));
    CU_ASSERT_PTR_NULL(limits);
    CU_ASSERT_TRUE(scope_limits(&rules, &c, NULL, arena, &limits));
    CU_ASSERT_PTR_NULL(limits);
    CU_ASSERT_TRUE(scope_limits(&rules, &c, tool_find("asana_delete_task"), arena, &limits));
    CU_ASSERT_PTR_NOT_NULL_FATAL(limits);
    CU_ASSERT_STRING_EQUAL(limits[0].workspace, "98");
    CU_ASSERT_STRING_EQUAL(limits[1].workspace, "99");
    CU_ASSERT_STRING_EQUAL(limits[1].sentence, policies[0].sentence);
    CU_ASSERT_PTR_NULL(limits[2].workspace);
    policies[0].rule.levels = 1u << TOOL_CREATE; /* not even reading */
    CU_ASSERT_TRUE(scope_limits(&rules, &c, NULL, arena, &limits));
    CU_ASSERT_PTR_NOT_NULL(limits);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (!secret_init() || !(catalog = mcp_catalog_new(NULL)) || !(arena = arena_new(1u << 20)) ||
        CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("scope", NULL, NULL);
    ADD(suite, who_may_everything_sees_everything);
    ADD(suite, read_only_hides_what_writes);
    ADD(suite, a_sign_in_for_reading_shows_what_it_could_be_widened_to);
    ADD(suite, toolsets_only_ever_narrow);
    ADD(suite, an_unknown_toolset_changes_nothing);
    ADD(suite, tools_that_are_not_offered_are_not_there);
    ADD(suite, a_rule_says_what_it_has_against_a_tool);
    ADD(suite, a_packed_tool_is_in_every_profile);
    ADD(suite, a_policy_is_for_those_whom_it_names);
    ADD(suite, a_policy_for_places_shows_all_and_limits_calls);
    int code = run_suites();
    mcp_catalog_free(catalog);
    arena_free(arena);
    return code;
}
