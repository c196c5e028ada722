#include "base/uri.h"

#include "suites.h"

#include <stddef.h>

static void its_parts_are_found(void)
{
    struct uri u;
    CU_ASSERT_TRUE(uri_split("HTTPS://example.com:8443/a/b?c=d", &u));
    CU_ASSERT_TRUE(uri_has_scheme(&u, "https") && !uri_has_scheme(&u, "http"));
    CU_ASSERT_TRUE(u.has_authority && slice_is(u.host, "example.com"));
    CU_ASSERT_TRUE(slice_is(u.port, "8443") && slice_is(u.rest, "/a/b?c=d"));
    CU_ASSERT_TRUE(uri_split("http://[::1]", &u));
    CU_ASSERT_TRUE(slice_is(u.host, "[::1]") && !u.port.len && !u.rest.len);
    CU_ASSERT_TRUE(uri_split("com.example.app:/callback", &u));
    CU_ASSERT_TRUE(!u.has_authority && !u.host.len && slice_is(u.rest, "/callback"));
}

static void what_hides_the_host_is_refused(void)
{
    static const char *const bad[] = { "",
                                       "example.com",
                                       "://example.com",
                                       "1http://example.com",
                                       "http://",
                                       "http://:80/",
                                       "http:///path",
                                       "http://user@example.com/",
                                       "http://localhost:80@example.com/",
                                       "http://localhost\\@example.com/",
                                       "http://example.com/#localhost",
                                       "http://example.com /",
                                       "http://[::1/",
                                       "http://[::1]example.com/",
                                       "http://example.com:8x/",
                                       "http://example.com:65536/",
                                       "http://example.com:4294967376/",
                                       "http://exämple.com/" };
    struct uri u;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(uri_split(bad[i], &u));
}

static void this_machine_is_local(void)
{
    static const char *const ours[] = { "http://127.0.0.1:1/x", "http://[::1]?q",
                                        "ftp://LOCALHOST" };
    static const char *const others[] = { "http://localhost.example/", "mailto:localhost",
                                          "http://localhost%2eexample/", "http://[::2]/" };
    struct uri u;
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        CU_ASSERT_TRUE(uri_split(ours[i], &u) && uri_is_local(&u));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CU_ASSERT_TRUE(uri_split(others[i], &u) && !uri_is_local(&u));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("uri", NULL, NULL);
    CU_add_test(suite, "its_parts_are_found", its_parts_are_found);
    CU_add_test(suite, "what_hides_the_host_is_refused", what_hides_the_host_is_refused);
    CU_add_test(suite, "this_machine_is_local", this_machine_is_local);
    return run_suites();
}
