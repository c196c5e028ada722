/* /account: a person's own connected assistants. */
#include "sign_in_world.h"

static void account_sign_in(struct browser *b, const char *code)
{
    char csrf[128], form[256], state[256];
    struct answer page = get(b, "/account");
    SAYS(page, "Sign in with Asana");
    field_of(&page, "csrf", csrf);
    snprintf(form, sizeof(form), "csrf=%s&action=sign_in", csrf);
    struct answer away = post(b, "/account", form);
    CU_ASSERT_EQUAL(away.reply.status, 303);
    GOES_TO(away, w.asana_url);
    parameter_of(away.location, "state", state);
    struct answer end = come_back(b, state, code);
    CU_ASSERT_EQUAL(end.reply.status, 303);
    GOES_TO(end, "/account");
    done(&page);
    done(&away);
    done(&end);
}

static struct answer account_do(struct browser *b, const char *what)
{
    char csrf[128], form[512];
    struct answer page = get(b, "/account");
    field_of(&page, "csrf", csrf);
    snprintf(form, sizeof(form), "csrf=%s&%s", csrf, what);
    done(&page);
    return post(b, "/account", form);
}

static void a_person_sees_and_disconnects_their_assistants(void)
{
    struct browser b = { 0 }, bob = { 0 };
    char code[256], id[128], what[256];
    start();
    sign_in(&b, "web", WEB, "code=ann", code);
    sign_in(&b, "loop", "http%3A%2F%2F127.0.0.1%3A1%2Fcb", "code=ann", code);
    account_sign_in(&bob, "code=bob");
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 2); /* signing in there connects nothing */
    struct answer a = get(&bob, "/account");
    SAYS(a, "No assistant is connected");
    SAYS_NOT(a, "Loop");
    done(&a);
    a = get(&b, "/account");
    SAYS(a, "Ann &lt;b&gt;");
    SAYS(a, "<bdi>Loop</bdi>");
    SAYS(a, "Web &lt;script&gt;");
    SAYS(a, "app.example");
    SAYS(a, "last used today");
    field_of(&a, "grant", id); /* the latest: Loop or Web, made in the same second */
    done(&a);

    snprintf(what, sizeof(what), "action=revoke&grant=%s", id);
    a = account_do(&bob, what); /* another's grant stays */
    CU_ASSERT_EQUAL(a.reply.status, 303);
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 2);
    CU_ASSERT_EQUAL(count(STORE_CONSENTS), 2);
    a = account_do(&b, what);
    CU_ASSERT_EQUAL(a.reply.status, 303);
    GOES_TO(a, "/account?done=one");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 1);
    CU_ASSERT_EQUAL(count(STORE_CONSENTS), 1);

    a = account_do(&b, "action=revoke_all");
    GOES_TO(a, "/account?done=all");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 0);
    CU_ASSERT_EQUAL(count(STORE_CONSENTS), 0);
    a = get(&b, path_of("web", WEB, "")); /* asked again */
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    a = get(&b, "/account?done=all");
    SAYS(a, "All assistants are disconnected.");
    done(&a);
    stop();
}

static void signing_out_ends_the_session(void)
{
    struct browser b = { 0 }, kept;
    start();
    account_sign_in(&b, "code=ann");
    kept = b;
    struct answer a = account_do(&b, "action=sign_out");
    GOES_TO(a, "/account?done=signed_out");
    CU_ASSERT_PTR_NULL(cookie_value(&b, "session"));
    done(&a);
    a = get(&b, "/account?done=signed_out");
    SAYS(a, "You are signed out");
    done(&a);
    a = get(&kept, "/account");
    SAYS(a, "Sign in with Asana");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_BROWSERS), 0);
    stop();
}

static void nobody_else_can_press_the_buttons(void)
{
    struct browser b = { 0 }, none = { 0 };
    char csrf[128], form[256];
    start();
    account_sign_in(&b, "code=ann");
    struct answer page = get(&b, "/account");
    field_of(&page, "csrf", csrf);
    done(&page);
    static const char *const forms[] = { "action=revoke_all", "csrf=&action=sign_out",
                                         "csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                                         "&action=sign_out" };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct answer a = post(&b, "/account", forms[i]);
        CU_ASSERT_EQUAL(a.reply.status, 403);
        done(&a);
    }
    snprintf(form, sizeof(form), "csrf=%s&action=sign_out", csrf);
    struct answer a = ask(&b, "POST", "/account", form, "Origin: https://evil.example\r\n");
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    a = post(&none, "/account", form);
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_BROWSERS), 1);
    stop();
}

static void the_blocked_may_see_their_account(void)
{
    struct browser b = { 0 };
    start();
    account_sign_in(&b, "code=evil");
    struct answer a = get(&b, "/account");
    SAYS(a, "<bdi>Eve</bdi>");
    done(&a);
    stop();
}

int main(void)
{
    CU_pSuite suite = world_suite("account");
    CU_ADD_TEST(suite, a_person_sees_and_disconnects_their_assistants);
    CU_ADD_TEST(suite, signing_out_ends_the_session);
    CU_ADD_TEST(suite, nobody_else_can_press_the_buttons);
    CU_ADD_TEST(suite, the_blocked_may_see_their_account);
    return world_run();
}
