/* suites.h: the end of a test program. */
#pragma once

#include <CUnit/Basic.h>

/* Runs what has been added to CUnit's registry; what main() returns. */
static inline int run_suites(void)
{
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
