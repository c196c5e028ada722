#include "oauth/redirect.h"

#include "suites.h"

static const char *const strict[] = { "https://one.example/callback", "https://two.example/in/*",
                                      NULL };
static const char *const any[] = { "any", NULL };

static void known_clients_are_allowed_at_first(void)
{
    static const char *const uris[] = {
        "http://localhost:3000/oauth/callback",
        "http://127.0.0.1:33418",
        "http://127.0.0.1/",
        "http://[::1]:9/x",
        "https://vscode.dev/redirect",
        "https://insiders.vscode.dev/redirect",
        "https://claude.ai/api/mcp/auth_callback",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://chatgpt.com/connector_platform_oauth_redirect",
    };
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
        CU_ASSERT_TRUE(redirect_allowed(redirect_known, uris[i]));
}

static void strangers_are_not(void)
{
    static const char *const uris[] = {
        "https://backend.example/add",
        "https://claude.ai.example/api/mcp/auth_callback",
        "https://claude.ai/api/mcp/auth_callback/",
        "https://claude.ai:444/api/mcp/auth_callback",
        "https://user@claude.ai/api/mcp/auth_callback",
        "http://claude.ai/api/mcp/auth_callback",
        "http://localhost.example/callback",
        "http://127.0.0.1.example:80/",
        "http://localhost@evil.example/",
        "http://evil.example/?localhost",
        "http://loopback/callback",
        "cursor://other/oauth/callback",
        "other://anysphere.cursor-mcp/oauth/callback",
    };
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
        CU_ASSERT_FALSE(redirect_allowed(redirect_known, uris[i]));
}

static void a_star_allows_what_is_below_and_nothing_beside(void)
{
    CU_ASSERT_TRUE(redirect_allowed(strict, "https://two.example/in/a/b?c=d"));
    CU_ASSERT_TRUE(redirect_allowed(strict, "https://one.example/callback"));
    CU_ASSERT_FALSE(redirect_allowed(strict, "https://one.example/callback?x=1"));
    CU_ASSERT_FALSE(redirect_allowed(strict, "https://two.example/in"));
    CU_ASSERT_FALSE(redirect_allowed(strict, "https://two.example/in/../out"));
    CU_ASSERT_FALSE(redirect_allowed(strict, "https://two.example/in/%2E%2e/out"));
    CU_ASSERT_FALSE(redirect_allowed(strict, "http://localhost/"));
}

static void any_still_refuses_what_is_never_sound(void)
{
    static const char *const good[] = { "https://x.example/", "http://localhost:1/",
                                        "com.example.app:/callback", "windsurf://auth" };
    static const char *const bad[] = { "javascript:alert(1)",
                                       "javascript://x/%0aalert(1)",
                                       "JavaScript://x/",
                                       "data:text/html,x",
                                       "http://x.example/",
                                       "https:///x",
                                       "https://x.example/#fragment",
                                       "https://a b/",
                                       "https://x.example/\nX: y",
                                       "https://x.example\\@y/",
                                       "https://[::1/",
                                       "https://x:999999/",
                                       "https://x:1a/",
                                       "plain:thing",
                                       "//x.example/",
                                       "/relative",
                                       "" };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CU_ASSERT_TRUE(redirect_allowed(any, good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CU_ASSERT_FALSE(redirect_allowed(any, bad[i]));
        CU_ASSERT_FALSE(redirect_is_sound(bad[i]));
    }
}

static void only_the_port_of_a_loopback_host_may_differ(void)
{
    CU_ASSERT_TRUE(redirect_same("http://localhost/callback", "http://localhost:5123/callback"));
    CU_ASSERT_TRUE(redirect_same("http://127.0.0.1:1/a?b", "http://127.0.0.1:2/a?b"));
    CU_ASSERT_TRUE(redirect_same("http://[::1]/", "http://[::1]:7/"));
    CU_ASSERT_FALSE(redirect_same("http://localhost/a", "http://127.0.0.1/a"));
    CU_ASSERT_FALSE(redirect_same("http://localhost/a", "http://localhost/b"));
    CU_ASSERT_FALSE(redirect_same("http://localhost/a", "http://localhost/a?x"));
    CU_ASSERT_FALSE(redirect_same("https://x.example/a", "https://x.example:444/a"));
    CU_ASSERT_FALSE(redirect_same("https://localhost/a", "https://localhost:444/a"));
}

static void patterns_are_checked(void)
{
    struct err err;
    CU_ASSERT_TRUE(redirect_pattern_ok("any", &err));
    CU_ASSERT_TRUE(redirect_pattern_ok("https://x.example/y/*", &err));
    CU_ASSERT_TRUE(redirect_pattern_ok("cursor://a/b", &err));
    CU_ASSERT_FALSE(redirect_pattern_ok("https://*.example/", &err));
    CU_ASSERT_FALSE(redirect_pattern_ok("*", &err));
    CU_ASSERT_FALSE(redirect_pattern_ok("http://x.example/", &err));
    CU_ASSERT_FALSE(redirect_pattern_ok("https://*/*", &err));
}

static void people_see_where_they_are_sent(void)
{
    CU_ASSERT_TRUE(slice_is(redirect_host("https://claude.ai/x"), "claude.ai"));
    CU_ASSERT_TRUE(slice_is(redirect_host("http://127.0.0.1:9/x"), "127.0.0.1"));
    CU_ASSERT_TRUE(slice_is(redirect_host("cursor://a.b/x"), "cursor"));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("redirect", NULL, NULL);
    ADD(suite, known_clients_are_allowed_at_first);
    ADD(suite, strangers_are_not);
    ADD(suite, a_star_allows_what_is_below_and_nothing_beside);
    ADD(suite, any_still_refuses_what_is_never_sound);
    ADD(suite, only_the_port_of_a_loopback_host_may_differ);
    ADD(suite, patterns_are_checked);
    ADD(suite, people_see_where_they_are_sent);
    return run_suites();
}
