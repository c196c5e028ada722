#include "oauth/metadata.h"

#include "base/json.h"
#include "oauth/grant.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <string.h>

static struct oauth *with_issuer(const char *issuer)
{
    struct oauth *o;
    struct err err;
    struct oauth_options options = { .issuer = issuer };
    CU_ASSERT_TRUE_FATAL(oauth_new(&options, &o, &err));
    return o;
}

/* The document at a path, NUL-terminated; "" when there is none. */
static const char *document(const struct oauth *o, const char *path)
{
    static char text[8192];
    BUF_AUTO b = { .max = sizeof(text) - 1 };
    struct err err;
    if (!metadata_at(o, path, &b))
        return "";
    CU_ASSERT_TRUE_FATAL(buf_ok(&b));
    CU_ASSERT_TRUE(json_check(buf_slice(&b), &err));
    memcpy(text, b.data, b.len);
    text[b.len] = '\0';
    return text;
}

static bool has(const char *text, const char *words)
{
    return strstr(text, words) != NULL;
}

#define PLACE "/.well-known/oauth-protected-resource"

static void each_endpoint_has_its_own_document(void)
{
    struct oauth *o = with_issuer("https://mcp.example:8443");
    static const char *const endpoints[] = { "", "/mcp", "/sse" };
    for (int i = 0; i < 3; i++) {
        char path[100], words[200];
        snprintf(path, sizeof(path), PLACE "%s", endpoints[i]);
        snprintf(words, sizeof(words),
                 "{\"resource\":\"https://mcp.example:8443%s\",\"authorization_servers\":"
                 "[\"https://mcp.example:8443\"],\"scopes_supported\":[\"read\",\"write\"],"
                 "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Asana\"}",
                 endpoints[i]);
        CU_ASSERT_STRING_EQUAL(document(o, path), words);
        CU_ASSERT_TRUE(metadata_at(o, path, NULL));
    }
    oauth_free(o);
}

static void the_server_describes_itself_in_both_forms(void)
{
    static const char *const places[] = { "/.well-known/oauth-authorization-server",
                                          "/.well-known/openid-configuration" };
    struct oauth *o = with_issuer("https://mcp.example");
    for (int i = 0; i < 2; i++) {
        const char *text = document(o, places[i]);
        CU_ASSERT_TRUE(has(text, "{\"issuer\":\"https://mcp.example\","));
        CU_ASSERT_TRUE(has(text, "\"authorization_endpoint\":\"https://mcp.example/authorize\""));
        CU_ASSERT_TRUE(has(text, "\"token_endpoint\":\"https://mcp.example/token\""));
        CU_ASSERT_TRUE(has(text, "\"registration_endpoint\":\"https://mcp.example/register\""));
        CU_ASSERT_TRUE(has(text, "\"revocation_endpoint\":\"https://mcp.example/revoke\""));
        CU_ASSERT_TRUE(has(text, "\"code_challenge_methods_supported\":[\"S256\"]"));
        CU_ASSERT_TRUE(has(text, "\"response_types_supported\":[\"code\"]"));
        CU_ASSERT_TRUE(
            has(text, "\"grant_types_supported\":[\"authorization_code\",\"refresh_token\"]"));
        CU_ASSERT_TRUE(has(text, "\"token_endpoint_auth_methods_supported\":[\"none\","
                                 "\"client_secret_basic\",\"client_secret_post\"]"));
        CU_ASSERT_TRUE(has(text, "\"authorization_response_iss_parameter_supported\":true"));
        CU_ASSERT_TRUE(has(text, "\"client_id_metadata_document_supported\":true"));
        CU_ASSERT_FALSE(has(text, "offline_access"));
        CU_ASSERT_FALSE(has(text, "plain"));
    }
    CU_ASSERT_STRING_EQUAL(document(o, "/.well-known/jwks.json"), "{\"keys\":[]}");
    oauth_free(o);
}

/* RFC 8414, section 3.1: the issuer's path stands behind the well-known name. */
static void a_base_path_stands_behind_the_name(void)
{
    struct oauth *o = with_issuer("https://example.org/m");
    static const char *const behind[] = { "", "/m" };
    for (int i = 0; i < 2; i++) { /* a proxy may have taken it away */
        char path[100];
        snprintf(path, sizeof(path), PLACE "%s/mcp", behind[i]);
        CU_ASSERT_TRUE(has(document(o, path), "{\"resource\":\"https://example.org/m/mcp\","));
        snprintf(path, sizeof(path), "/.well-known/oauth-authorization-server%s", behind[i]);
        CU_ASSERT_TRUE(has(document(o, path), "{\"issuer\":\"https://example.org/m\","));
        CU_ASSERT_TRUE(has(document(o, path), "\"https://example.org/m/authorize\""));
        snprintf(path, sizeof(path), "/.well-known/openid-configuration%s", behind[i]);
        CU_ASSERT_TRUE(has(document(o, path), "{\"issuer\":\"https://example.org/m\","));
    }
    CU_ASSERT_TRUE(has(document(o, PLACE "/m"), "{\"resource\":\"https://example.org/m\","));
    CU_ASSERT_FALSE(metadata_at(o, PLACE "/mm", NULL));
    CU_ASSERT_FALSE(metadata_at(o, PLACE "/m/m", NULL));
    oauth_free(o);
}

static void nothing_else_is_well_known(void)
{
    struct oauth *o = with_issuer("https://mcp.example");
    static const char *const nothing[] = {
        PLACE "/",
        PLACE "/mcp/",
        PLACE "/sse/message",
        PLACE "/other",
        PLACE "x",
        "/.well-known/",
        "/.well-known/oauth-authorization-server/mcp",
        "/oauth-protected-resource",
        "",
    };
    for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
        CU_ASSERT_FALSE(metadata_at(o, nothing[i], NULL));
    oauth_free(o);
}

static const char *challenge(const struct oauth *o, const char *path, const char *error,
                             const char *scope)
{
    static char text[500];
    BUF_AUTO b = { .max = sizeof(text) - 1 };
    oauth_put_challenge(o, path, error, scope, &b);
    snprintf(text, sizeof(text), "%.*s", (int)b.len, b.data);
    return text;
}

static void the_challenge_names_the_endpoints_document(void)
{
    struct oauth *o = with_issuer("https://mcp.example");
    CU_ASSERT_STRING_EQUAL(challenge(o, "/mcp", NULL, "read write"),
                           "Bearer resource_metadata=\"https://mcp.example" PLACE
                           "/mcp\", scope=\"read write\"");
    CU_ASSERT_STRING_EQUAL(challenge(o, "/sse/message", "invalid_token", "read"),
                           "Bearer resource_metadata=\"https://mcp.example" PLACE
                           "/sse\", scope=\"read\", error=\"invalid_token\"");
    CU_ASSERT_TRUE(has(challenge(o, "/", NULL, "read"), PLACE "\","));
    CU_ASSERT_TRUE(has(challenge(o, "/mcpx", NULL, "read"), PLACE "\","));
    oauth_free(o);
    o = with_issuer("https://example.org/asana");
    CU_ASSERT_TRUE(
        has(challenge(o, "/sse", NULL, "read"), "\"https://example.org" PLACE "/asana/sse\""));
    oauth_free(o);
}

static void a_resource_is_us_in_any_case_of_scheme_and_host(void)
{
    static const struct {
        const char *issuer, *resource;
        unsigned audience;
    } cases[] = {
        { "https://mcp.example", "https://mcp.example", AUDIENCE_ALL },
        { "https://mcp.example", "https://mcp.example/", AUDIENCE_ALL },
        { "https://mcp.example", "HTTPS://MCP.Example/mcp", AUDIENCE_MCP },
        { "https://mcp.example", "https://mcp.example/sse", AUDIENCE_SSE },
        { "https://mcp.example", "https://mcp.example/MCP", 0 },
        { "https://mcp.example", "https://mcp.example/mcp/x", 0 },
        { "https://mcp.example", "https://mcp.example/mcp?x", 0 },
        { "https://mcp.example", "https://mcp.example/mcp#x", 0 },
        { "https://mcp.example", "https://mcp.example.evil/mcp", 0 },
        { "https://mcp.example", "https://mcp.example@evil/mcp", 0 },
        { "https://mcp.example", "http://mcp.example/mcp", 0 },
        { "https://mcp.example", "https://mcp.exampl", 0 },
        { "https://mcp.example", "", 0 },
        { "https://mcp.example/a", "https://mcp.example/a", AUDIENCE_ALL },
        { "https://mcp.example/a", "https://mcp.example/a/mcp", AUDIENCE_MCP },
        { "https://mcp.example/a", "https://mcp.example/A/mcp", 0 },
        { "https://mcp.example/a", "https://mcp.example/b/mcp", 0 },
        { "https://mcp.example/a", "https://mcp.example/mcp", 0 },
        { "http://127.0.0.1:8000", "http://127.0.0.1:8000/mcp", AUDIENCE_MCP },
        { "http://127.0.0.1:8000", "http://127.0.0.1:80001/mcp", 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct oauth *o = with_issuer(cases[i].issuer);
        CU_ASSERT_EQUAL(audience_find(o, cases[i].resource), cases[i].audience);
        oauth_free(o);
    }
}

static void paths_belong_to_endpoints(void)
{
    CU_ASSERT_EQUAL(audience_of_path("/mcp"), AUDIENCE_MCP);
    CU_ASSERT_EQUAL(audience_of_path("/sse"), AUDIENCE_SSE);
    CU_ASSERT_EQUAL(audience_of_path("/sse/message"), AUDIENCE_SSE);
    CU_ASSERT_EQUAL(audience_of_path("/ssex"), 0);
    CU_ASSERT_EQUAL(audience_of_path("/"), 0);
    CU_ASSERT_TRUE(oauth_owns("/token") && oauth_owns("/register") && oauth_owns("/register/x"));
    CU_ASSERT_TRUE(oauth_owns("/.well-known/anything") && oauth_owns("/authorize"));
    CU_ASSERT_FALSE(oauth_owns("/mcp") || oauth_owns("/sse") || oauth_owns("/tokens"));
    CU_ASSERT_TRUE(oauth_is_shared("/token") && oauth_is_shared("/revoke"));
    CU_ASSERT_FALSE(oauth_is_shared("/authorize") || oauth_is_shared("/account"));
    CU_ASSERT_FALSE(oauth_is_shared("/oauth/callback") || oauth_is_shared("/mcp"));
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("oauth: discovery", NULL, NULL);
    ADD(each_endpoint_has_its_own_document);
    ADD(the_server_describes_itself_in_both_forms);
    ADD(a_base_path_stands_behind_the_name);
    ADD(nothing_else_is_well_known);
    ADD(the_challenge_names_the_endpoints_document);
    ADD(a_resource_is_us_in_any_case_of_scheme_and_host);
    ADD(paths_belong_to_endpoints);
    CU_basic_set_mode(CU_BRM_NORMAL);
    return run_suites();
}
