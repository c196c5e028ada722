#include "mcp/peer.h"

#include "base/json.h"
#include "suites.h"

static struct arena *arena;

static unsigned can(const char *capabilities, enum mcp_revision r)
{
    struct err err;
    const cJSON *tree = capabilities ? json_parse(arena, slice_of(capabilities), &err) : NULL;
    unsigned bits = mcp_peer_can(tree, r);
    arena_reset(arena);
    return bits;
}

#define ELICIT (1u << CALL_ELICIT)
#define SAMPLE (1u << CALL_SAMPLE)
#define ROOTS (1u << CALL_ROOTS)

static void declared_capabilities_are_what_a_client_can(void)
{
    CU_ASSERT_EQUAL(can(NULL, MCP_2025_11_25), 0);
    CU_ASSERT_EQUAL(can("[]", MCP_2025_11_25), 0);
    CU_ASSERT_EQUAL(can("{}", MCP_2025_11_25), 0);
    CU_ASSERT_EQUAL(can("{\"sampling\":{},\"roots\":{\"listChanged\":true}}", MCP_2024_11_05),
                    SAMPLE | ROOTS);
    CU_ASSERT_EQUAL(can("{\"sampling\":true,\"roots\":null,\"elicitation\":1}", MCP_2026_07_28), 0);
}

static void elicitation_means_its_form_mode(void)
{
    static const char both[] = "{\"elicitation\":{\"form\":{},\"url\":{}}}";
    static const char url[] = "{\"elicitation\":{\"url\":{}}}";
    static const char plain[] = "{\"elicitation\":{}}";
    for (int r = 0; r < MCP_REVISIONS; r++) {
        enum mcp_revision revision = (enum mcp_revision)r;
        unsigned form = r >= MCP_2025_06_18 ? ELICIT : 0;
        CU_ASSERT_EQUAL(can(both, revision), form);
        CU_ASSERT_EQUAL(can(plain, revision), form);
        CU_ASSERT_EQUAL(can(url, revision), r >= MCP_2025_11_25 ? 0 : form);
    }
}

static void levels_are_found_by_their_exact_names(void)
{
    enum call_level level = CALL_NOTICE;
    for (int i = CALL_DEBUG; i <= CALL_EMERGENCY; i++) {
        CU_ASSERT_TRUE(mcp_level_find(mcp_level_name((enum call_level)i), &level));
        CU_ASSERT_EQUAL((int)level, i);
    }
    CU_ASSERT_FALSE(mcp_level_find(NULL, &level));
    CU_ASSERT_FALSE(mcp_level_find("", &level));
    CU_ASSERT_FALSE(mcp_level_find("Info", &level));
    CU_ASSERT_FALSE(mcp_level_find("warn", &level));
    CU_ASSERT_EQUAL(level, CALL_EMERGENCY);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    arena = arena_new(1u << 20);
    if (!arena || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("peer", NULL, NULL);
    ADD(suite, declared_capabilities_are_what_a_client_can);
    ADD(suite, elicitation_means_its_form_mode);
    ADD(suite, levels_are_found_by_their_exact_names);
    int code = run_suites();
    arena_free(arena);
    return code;
}
