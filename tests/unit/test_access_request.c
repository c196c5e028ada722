/* Blocked people, and what they write to the operator. */
#include "sign_in_world.h"

static struct answer be_blocked(struct browser *b, const char *client, const char *code)
{
    char state[256];
    struct answer page = get(b, path_of(client, WEB, ""));
    allow(b, &page, ALLOW, state);
    return come_back(b, state, code);
}

static void a_blocked_person_may_write_to_the_operator(void)
{
    struct browser b = { 0 };
    char form[4096], message[2000];
    start();
    struct answer page = be_blocked(&b, "web", "code=evil");
    CU_ASSERT_EQUAL(page.reply.status, 403);
    SAYS(page, "Eve (eve@example.com)");
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 0);
    CU_ASSERT_EQUAL(count(STORE_BROWSERS), 0);
    memset(message, 'x', 1500);
    message[1500] = '\0';
    snprintf(form, sizeof(form), "%s", form_of(&page, "message=I%20need%01%20it%0A"));
    strcat(form, message);
    struct answer a = post(&b, "/access-request", form);
    CU_ASSERT_EQUAL(a.reply.status, 200);
    SAYS(a, "Your request is sent");
    done(&a);
    const struct store_answer *kept = list(STORE_REQUESTS);
    CU_ASSERT_EQUAL_FATAL(kept->count, 1);
    const struct store_record *r = kept->records;
    CU_ASSERT_TRUE(r->key.len > 25 && r->key.data[23] == 'Z' && r->key.data[24] == ':');
    CU_ASSERT_TRUE(holds(r->value, "\"person\":\"66\",\"name\":\"Eve\","
                                   "\"email\":\"eve@example.com\",\"client\":\"Web "));
    CU_ASSERT_TRUE(holds(r->value, "\"message\":\"I need it\\nxxx"));
    CU_ASSERT_TRUE(r->value.len < LIMIT_REQUEST_MESSAGE + 300);
    uint64_t until = clock_ms() + PROBE_PATIENCE_MS;
    while (http_double_requested(&w.asana) < 2 && clock_ms() < until)
        pump(NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.hook_body, "\"event\":\"access_request\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.hook_body, "\"text\":\"Eve asks to use Web <script>"));
    a = post(&b, "/access-request", form); /* a second click */
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    done(&page);
    CU_ASSERT_EQUAL(count(STORE_REQUESTS), 1);
    stop();
}

static void requests_are_bounded_and_come_from_our_page(void)
{
    struct browser b = { 0 }, other = { 0 };
    char form[1024];
    start();
    for (int i = 0; i < LIMIT_REQUESTS_PERSON * 2 + 1; i++) {
        struct answer page = be_blocked(&b, "web", "code=evil");
        snprintf(form, sizeof(form), "%s", form_of(&page, "message="));
        struct answer a =
            ask(&b, "POST", "/access-request", form, "Origin: https://evil.example\r\n");
        CU_ASSERT_EQUAL(a.reply.status, 403);
        done(&a);
        a = post(&other, "/access-request", form);
        CU_ASSERT_EQUAL(a.reply.status, 403);
        done(&a);
        a = post(&b, "/access-request", form);
        CU_ASSERT_TRUE(a.reply.status == 200 || a.reply.status == 429);
        if (i == LIMIT_REQUESTS_PERSON * 2)
            CU_ASSERT_EQUAL(a.reply.status, 429);
        done(&a);
        done(&page);
    }
    CU_ASSERT_TRUE(count(STORE_REQUESTS) <= LIMIT_REQUESTS_PERSON * 2);
    stop();
}

static void a_blocked_client_lets_nobody_in(void)
{
    struct browser b = { 0 };
    start();
    struct answer a = be_blocked(&b, "bad", "code=ann");
    CU_ASSERT_EQUAL(a.reply.status, 403);
    SAYS(a, "Ask for access");
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_GRANTS), 0);
    stop();
}

int main(void)
{
    CU_pSuite suite = world_suite("access_request");
    CU_ADD_TEST(suite, a_blocked_person_may_write_to_the_operator);
    CU_ADD_TEST(suite, requests_are_bounded_and_come_from_our_page);
    CU_ADD_TEST(suite, a_blocked_client_lets_nobody_in);
    return world_run();
}
