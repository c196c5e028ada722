#include "base/host.h"

#include "suites.h"

#include <stddef.h>

static void this_machine_has_these_names(void)
{
    static const char *const ours[] = { "127.0.0.1", "127.0.0.2", "127.255.255.254",
                                        "::1",       "[::1]",     "0:0:0:0:0:0:0:1",
                                        "localhost", "LocalHost" };
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        CU_ASSERT_TRUE(host_is_loopback(ours[i]));
}

static void everything_else_is_another(void)
{
    static const char *const others[] = {
        "128.0.0.1", "127.example.com",  "localhost.example", "::2",
        "[::1",      "::ffff:127.0.0.1", "0.0.0.0",           "",
        "[]",        "[127.0.0.1]"
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CU_ASSERT_FALSE(host_is_loopback(others[i]));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("host", NULL, NULL);
    CU_add_test(suite, "this_machine_has_these_names", this_machine_has_these_names);
    CU_add_test(suite, "everything_else_is_another", everything_else_is_another);
    return run_suites();
}
