/* GET /oauth/callback: back from Asana, and who may have come. */
#include "sign_in_world.h"

static void a_state_is_good_once_and_in_its_browser(void)
{
    struct browser b = { 0 }, other = { 0 };
    char state[256], forged[256];
    start();
    struct answer page = get(&b, path_of("web", WEB, ""));
    allow(&b, &page, ALLOW, state);
    struct answer a = come_back(&other, state, "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 400);
    CU_ASSERT_STRING_EQUAL(a.location, "");
    done(&a);
    snprintf(forged, sizeof(forged), "%s", state);
    forged[20] = forged[20] == 'A' ? 'B' : 'A';
    a = come_back(&b, forged, "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    a = get(&b, "/oauth/callback?code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    struct browser kept = b;
    a = come_back(&b, state, "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 303);
    done(&a);
    a = come_back(&kept, state, "code=ann"); /* with the cookie that is gone by now */
    CU_ASSERT_EQUAL(a.reply.status, 400);
    CU_ASSERT_STRING_EQUAL(a.location, "");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 1);
    /* A cookie of the right name and form, but not this browser's. */
    page = get(&b, path_of("web", WEB, "&prompt=consent"));
    allow(&b, &page, ALLOW, state);
    kept = b;
    char *secret = (char *)cookie_value(&kept, "flow");
    secret[20] = secret[20] == 'A' ? 'B' : 'A';
    a = come_back(&kept, state, "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 1);
    stop();
}

/* The page's own id is no state: consent cannot be skipped with it. */
static void a_page_is_not_a_state(void)
{
    struct browser b = { 0 };
    char flow[128];
    start();
    struct answer page = get(&b, path_of("web", WEB, ""));
    field_of(&page, "flow", flow);
    struct answer a = come_back(&b, flow, "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    done(&page);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 0);
    stop();
}

static void asanas_refusals_reach_the_client(void)
{
    static const struct {
        const char *back, *error;
    } cases[] = {
        { "error=access_denied", "error=access_denied" },
        { "error=strange", "error=server_error" },
        { "nothing=1", "error=server_error" },
        { "code=bad", "error=server_error" },
        { "code=broken", "error=temporarily_unavailable" },
        { "code=nobody", "error=temporarily_unavailable" },
    };
    start();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct browser b = { 0 };
        char state[256];
        struct answer page = get(&b, path_of("web", WEB, ""));
        allow(&b, &page, ALLOW, state);
        struct answer a = come_back(&b, state, cases[i].back);
        GOES_TO(a, "https://app.example/cb?x=1&error=");
        GOES_TO(a, cases[i].error);
        GOES_TO(a, "&state=" CLIENT_STATE_SENT "&iss=");
        CU_ASSERT_PTR_NULL(strstr(a.location, "code=" TOKEN_CODE));
        done(&a);
    }
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 0);
    stop();
}

static void several_sign_ins_at_once_do_not_meet(void)
{
    struct browser b = { 0 };
    struct answer pages[3];
    char states[3][256];
    start();
    for (int i = 0; i < 3; i++)
        pages[i] = get(&b, path_of("web", WEB, ""));
    for (int i = 2; i >= 0; i--)
        allow(&b, &pages[i], ALLOW, states[i]);
    for (int i = 0; i < 3; i++) {
        struct answer a = come_back(&b, states[i], i == 1 ? "code=bob" : "code=ann");
        CU_ASSERT_EQUAL(a.reply.status, 303);
        GOES_TO(a, "code=" TOKEN_CODE);
        done(&a);
    }
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 3);
    stop();
}

static void another_person_is_asked(void)
{
    struct browser b = { 0 };
    char code[256], state[256];
    start();
    sign_in(&b, "web", WEB, "code=ann", code);
    struct answer a = get(&b, path_of("web", WEB, ""));
    parameter_of(a.location, "state", state);
    done(&a);
    struct answer page = come_back(&b, state, "code=bob");
    CU_ASSERT_EQUAL(page.reply.status, 200);
    SAYS(page, "<strong><bdi>Bob</bdi></strong>");
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 1);
    CU_ASSERT_FALSE(store_holds("asana-access-secret"));
    char form[1024];
    snprintf(form, sizeof(form), "%s", form_of(&page, ALLOW));
    struct browser kept = b;
    a = post(&b, "/authorize", form);
    CU_ASSERT_EQUAL(a.reply.status, 303);
    GOES_TO(a, "https://app.example/cb?x=1&code=" TOKEN_CODE);
    done(&a);
    a = post(&kept, "/authorize", form); /* the tokens were there once */
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    a = get(&b, "/account");
    SAYS(a, "<bdi>Bob</bdi>");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 2);
    done(&page);
    stop();
}

static void another_person_may_cancel(void)
{
    struct browser b = { 0 };
    char code[256], state[256];
    start();
    sign_in(&b, "web", WEB, "code=ann", code);
    struct answer a = get(&b, path_of("web", WEB, ""));
    parameter_of(a.location, "state", state);
    done(&a);
    struct answer page = come_back(&b, state, "code=bob");
    a = post(&b, "/authorize", form_of(&page, "action=cancel"));
    GOES_TO(a, "error=access_denied");
    done(&a);
    done(&page);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 1);
    stop();
}

static void a_session_is_new_at_every_sign_in(void)
{
    struct browser b = { 0 }, thief = { 0 };
    char code[256], state[256];
    start();
    sign_in(&b, "web", WEB, "code=ann", code);
    thief = b;
    struct answer page = get(&b, path_of("web", WEB, "&prompt=login"));
    allow(&b, &page, ALLOW, state);
    struct answer a = come_back(&b, state, "code=ann");
    done(&a);
    CU_ASSERT_STRING_NOT_EQUAL(cookie_value(&b, "session"), cookie_value(&thief, "session"));
    a = get(&thief, "/account");
    SAYS(a, "Sign in with Asana");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_BROWSERS), 1);
    CU_ASSERT_FALSE(store_holds(cookie_value(&b, "session")));
    stop();
}

static void a_private_scheme_gets_a_page(void)
{
    struct browser b = { 0 };
    char state[256];
    start();
    const char *uri = "cursor%3A%2F%2Fanysphere.cursor-mcp%2Foauth%2Fcallback";
    struct answer page = get(&b, path_of("app", uri, ""));
    SAYS(page, "An app on your device (cursor)");
    allow(&b, &page, ALLOW, state);
    struct answer a = come_back(&b, state, "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 200);
    CU_ASSERT_STRING_EQUAL(a.location, "");
    SAYS(a, "href=\"cursor://anysphere.cursor-mcp/oauth/callback?code=" TOKEN_CODE);
    SAYS(a, "&amp;iss=");
    CU_ASSERT_PTR_NOT_NULL(strstr(probe_header(&a.reply, "Refresh"), "0;url=cursor://"));
    done(&a);
    page = get(&b, path_of("app", uri, "&prompt=consent"));
    a = post(&b, "/authorize", form_of(&page, "action=cancel"));
    CU_ASSERT_EQUAL(a.reply.status, 200);
    SAYS(a, "Nothing was connected");
    SAYS(a, "error=access_denied");
    done(&a);
    done(&page);
    stop();
}

int main(void)
{
    CU_pSuite suite = world_suite("callback");
    CU_ADD_TEST(suite, a_state_is_good_once_and_in_its_browser);
    CU_ADD_TEST(suite, a_page_is_not_a_state);
    CU_ADD_TEST(suite, asanas_refusals_reach_the_client);
    CU_ADD_TEST(suite, several_sign_ins_at_once_do_not_meet);
    CU_ADD_TEST(suite, another_person_is_asked);
    CU_ADD_TEST(suite, another_person_may_cancel);
    CU_ADD_TEST(suite, a_session_is_new_at_every_sign_in);
    CU_ADD_TEST(suite, a_private_scheme_gets_a_page);
    return world_run();
}
