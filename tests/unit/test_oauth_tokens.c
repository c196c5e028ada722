#include "oauth_world.h"

static struct oauth_world w;
static struct world_worker *k = &w.main;
static struct world_reply r;

static bool says(const char *error)
{
    return strcmp(world_member(&r, "error"), error) == 0;
}

/* ---- codes ---- */

static void a_code_becomes_a_pair_that_works(void)
{
    char client[40];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(strncmp(code.text, TOKEN_CODE, strlen(TOKEN_CODE)), 0);
    CU_ASSERT_EQUAL_FATAL(world_exchange(k, client, code.text, "&redirect_uri=" WORLD_REDIRECT, &r),
                          200);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "Cache-Control: no-store"));
    CU_ASSERT_STRING_EQUAL(world_member(&r, "token_type"), "Bearer");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "expires_in"), "3600");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "scope"), "read write");
    struct world_pair pair = world_pair_of(&r);
    CU_ASSERT_EQUAL(strncmp(pair.access, TOKEN_ACCESS, strlen(TOKEN_ACCESS)), 0);
    CU_ASSERT_EQUAL(strncmp(pair.refresh, TOKEN_REFRESH, strlen(TOKEN_REFRESH)), 0);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_STRING_EQUAL(r.body, "77 22 2/77:mine writes");
    CU_ASSERT_EQUAL(world_who(k, "/sse", pair.access, &r), 200);
}

/* A code that was refused for reasons of PKCE and its like is gone: what was allowed has ended. */
static void refused_and_gone(const char *wrong_form)
{
    char client[40], form[1000];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    snprintf(form, sizeof(form), "grant_type=authorization_code&client_id=%s&code=%s%s", client,
             code.text, wrong_form);
    CU_ASSERT_EQUAL(world_post(k, "/token", form, &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
}

static void a_code_without_its_verifier_is_refused(void)
{
    refused_and_gone("");
    refused_and_gone("&code_verifier=");
    refused_and_gone("&code_verifier=abcdefghijklmnopqrstuvwxyz0123456789-._~ABD");
    refused_and_gone("&code_verifier=short");
    /* "plain": the challenge itself. */
    char challenge[TOKEN_CHALLENGE], form[100];
    token_challenge(slice_of(WORLD_VERIFIER), challenge);
    snprintf(form, sizeof(form), "&code_verifier=%s", challenge);
    refused_and_gone(form);
}

static void a_code_is_refused_with_another_redirect_uri(void)
{
    refused_and_gone("&code_verifier=" WORLD_VERIFIER "&redirect_uri=http://127.0.0.1:4568/cb");
    refused_and_gone("&code_verifier=" WORLD_VERIFIER "&redirect_uri=http://127.0.0.1:4567/cb/");
}

static void another_clients_code_is_refused(void)
{
    char one[40], other[40];
    struct world_code code;
    world_register(k, "none", one, NULL);
    world_register(k, "none", other, NULL);
    world_grant(k, one, 0, 0, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(world_exchange(k, other, code.text, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    CU_ASSERT_EQUAL(world_exchange(k, one, code.text, "", &r), 400);
}

static void a_code_used_twice_ends_the_grant(void)
{
    char client[40];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 200);
    struct world_pair pair = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
}

/* As two requests at the same time. */
static void of_two_that_bring_a_code_at_once_neither_keeps_anything(void)
{
    char client[40], form[1000];
    struct world_code code;
    struct probe p[2];
    struct world_reply got[2];
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    snprintf(form, sizeof(form),
             "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=" WORLD_VERIFIER,
             client, code.text);
    for (int i = 0; i < 2; i++) {
        probe_open(&p[i], k->port, world_pump, k);
        world_say(&p[i], "POST", "/token", WORLD_FORM, form);
    }
    for (int i = 0; i < 2; i++) {
        world_hear(&p[i], &got[i]);
        probe_close(&p[i]);
    }
    CU_ASSERT_EQUAL(got[0].status + got[1].status, 600);
    struct world_pair pair = world_pair_of(&got[got[0].status == 200 ? 0 : 1]);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
}

static void a_code_lives_a_minute(void)
{
    char client[40];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    world_pass(LIMIT_CODE_SECONDS + 1);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
}

static void resource_names_an_endpoint_and_never_more_than_was_allowed(void)
{
    char client[40];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(
        world_exchange(k, client, code.text, "&resource=HTTPS%3A%2F%2FMCP.example%2Fmcp", &r), 200);
    struct world_pair pair = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_EQUAL(world_who(k, "/sse", pair.access, &r), 401);
    CU_ASSERT_EQUAL(world_who(k, "/sse/message", pair.access, &r), 401);
    /* The refresh token is for all that was allowed. */
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "&resource=https://mcp.example/sse", &r),
                    200);
    pair = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_who(k, "/sse/message", pair.access, &r), 200);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "&resource=https://mcp.example/", &r),
                    200);

    world_grant(k, client, 0, AUDIENCE_SSE, "2/77:mine", 3600, &code);
    static const char *const wrong[] = {
        "&resource=https://mcp.example/mcp",
        "&resource=https://mcp.example",
        "&resource=https://evil.example/sse",
        "&resource=https://mcp.example.evil/sse",
        "&resource=https://mcp.example/sse/..",
        "&resource=https://mcp.example/sse&resource=https://mcp.example/sse",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CU_ASSERT_EQUAL(world_exchange(k, client, code.text, wrong[i], &r), 400);
        CU_ASSERT_TRUE(says("invalid_target"));
    }
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "&resource=", &r), 200);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", world_pair_of(&r).access, &r), 401);
}

/* ---- refresh tokens ---- */

static void a_refresh_token_is_replaced_at_every_use(void)
{
    char client[40];
    struct world_pair first = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair second = world_pair_of(&r);
    CU_ASSERT_STRING_NOT_EQUAL(first.refresh, second.refresh);
    CU_ASSERT_STRING_NOT_EQUAL(first.access, second.access);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", second.access, &r), 200);
    CU_ASSERT_STRING_EQUAL(r.body, "77 22 2/77:mine writes");
    CU_ASSERT_EQUAL(world_who(k, "/mcp", first.access, &r), 200);
    CU_ASSERT_EQUAL(world_refresh(k, client, second.refresh, "", &r), 200);
}

static void an_old_refresh_token_ends_the_grant(void)
{
    char client[40];
    struct world_pair first = world_signed_in(k, "2/77:mine", 36000, client);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair second = world_pair_of(&r);
    world_pass(LIMIT_REFRESH_GRACE + 1);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    CU_ASSERT_EQUAL(world_who(k, "/mcp", second.access, &r), 401);
    CU_ASSERT_EQUAL(world_refresh(k, client, second.refresh, "", &r), 400);
}

static void a_lost_answer_is_given_again(void)
{
    char client[40];
    struct world_pair first = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    world_pass(LIMIT_REFRESH_GRACE - 2);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair third = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_refresh(k, client, third.refresh, "", &r), 200);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", third.access, &r), 200);
}

/* Then it was not lost: one of the two is a thief. */
static void who_got_the_lost_answer_after_all_ends_the_grant(void)
{
    char client[40];
    struct world_pair first = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair lost = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair again = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_refresh(k, client, lost.refresh, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    CU_ASSERT_EQUAL(world_refresh(k, client, again.refresh, "", &r), 400);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", again.access, &r), 401);
}

static void within_the_grace_a_successor_in_use_tells_of_a_theft(void)
{
    char client[40];
    struct world_pair first = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair second = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_refresh(k, client, second.refresh, "", &r), 200);
    struct world_pair third = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 400);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", third.access, &r), 401);
}

static void refreshes_at_once_leave_one_family(void)
{
    enum { MANY = 6 };
    char client[40], form[500];
    struct probe p[MANY];
    struct world_pair first = world_signed_in(k, "2/77:mine", 3600, client), pairs[MANY];
    unsigned good = 0, alive = 0;
    snprintf(form, sizeof(form), "grant_type=refresh_token&client_id=%s&refresh_token=%s", client,
             first.refresh);
    for (int i = 0; i < MANY; i++) {
        probe_open(&p[i], k->port, world_pump, k);
        world_say(&p[i], "POST", "/token", WORLD_FORM, form);
    }
    for (int i = 0; i < MANY; i++) {
        world_hear(&p[i], &r);
        probe_close(&p[i]);
        CU_ASSERT_TRUE(r.status == 200 || r.status == 503);
        if (r.status == 200)
            pairs[good++] = world_pair_of(&r);
    }
    CU_ASSERT_TRUE(good > 0);
    /* Only one of the refresh tokens has not been replaced; the store says which, unasked. */
    for (unsigned i = 0; i < good; i++) {
        struct token_hash hash;
        struct store_wait *wait;
        const struct store_result *result;
        struct err err;
        token_hash(slice_of(pairs[i].refresh), &hash);
        struct store_op op = { .verb = STORE_GET,
                               .table = STORE_REFRESH,
                               .key = token_hash_slice(&hash) };
        CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, &op, 1, oauth_now(), &wait, &result, &err));
        CU_ASSERT_EQUAL_FATAL(result->answers[0].count, 1);
        struct slice used, value = result->answers[0].records[0].value;
        alive += !json_member(value, "used_at", &used);
        store_wait_done(wait);
    }
    CU_ASSERT_EQUAL(alive, 1);
}

static void scope_may_be_narrowed_and_comes_back(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "&scope=read", &r), 200);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "scope"), "read");
    pair = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_STRING_EQUAL(r.body, "77 22 2/77:mine");
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "&scope=", &r), 200);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "scope"), "read write");
}

static void scope_is_never_widened(void)
{
    char client[40];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, SCOPE_READ, 0, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 200);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "scope"), "read");
    struct world_pair pair = world_pair_of(&r);
    static const char *const wrong[] = { "&scope=write", "&scope=read%20write", "&scope=admin",
                                         "&scope=read%20admin", "&scope=%20" };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, wrong[i], &r), 400);
        CU_ASSERT_TRUE(says("invalid_scope"));
    }
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200);
}

static void another_clients_refresh_token_ends_the_grant(void)
{
    char one[40], other[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, one);
    world_register(k, "none", other, NULL);
    CU_ASSERT_EQUAL(world_refresh(k, other, pair.refresh, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    CU_ASSERT_EQUAL(world_refresh(k, one, pair.refresh, "", &r), 400);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
}

static void a_grant_lives_ninety_days_after_its_last_refresh(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    for (int i = 0; i < 3; i++) {
        WORLD_QUIET(k); /* the client's registration lives on */
        world_pass(LIMIT_GRANT_IDLE - 10);
        CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200);
        pair = world_pair_of(&r);
    }
    world_pass(LIMIT_GRANT_IDLE + 1);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
}

/* ---- requests that are none ---- */

static void malformed_requests_are_told_apart(void)
{
    static const struct {
        const char *form;
        const char *error;
    } wrong[] = {
        { "", "invalid_request" },
        { "&grant_type=authorization_code", "invalid_request" },
        { "&grant_type=authorization_code&code=", "invalid_request" },
        { "&grant_type=refresh_token", "invalid_request" },
        { "&grant_type=password&username=a&password=b", "unsupported_grant_type" },
        { "&grant_type=authorization_code&code=a&code=b", "invalid_request" },
        { "&grant_type=authorization_code&code=a&x=1&x=2", "invalid_request" },
        { "&grant_type=authorization_code&code=%00", "invalid_request" },
        { "&grant_type=authorization_code&code=nobody&code_verifier=" WORLD_VERIFIER,
          "invalid_grant" },
        { "&grant_type=refresh_token&refresh_token=nobody", "invalid_grant" },
    };
    char client[40], form[500];
    world_register(k, "none", client, NULL);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(form, sizeof(form), "client_id=%s%s", client, wrong[i].form);
        CU_ASSERT_EQUAL(world_post(k, "/token", form, &r), 400);
        if (!says(wrong[i].error))
            printf("\n%s: %s", wrong[i].form, r.body);
        CU_ASSERT_TRUE(says(wrong[i].error));
        CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "no-store"));
    }
    CU_ASSERT_EQUAL(world_ask(k, "POST", "/token", "Content-Type: application/json\r\n", "{}", &r),
                    400);
    CU_ASSERT_EQUAL(world_ask(k, "POST", "/token", "", "grant_type=x", &r), 400);
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/token", "", "", &r), 405);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "Allow: POST"));
}

static void codes_and_tokens_do_not_pass_for_one_another(void)
{
    char client[40];
    struct world_code code;
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    world_grant(k, client, 0, 0, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.access, "", &r), 400);
    CU_ASSERT_EQUAL(world_refresh(k, client, code.text, "", &r), 400);
    CU_ASSERT_EQUAL(world_exchange(k, client, pair.refresh, "", &r), 400);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.refresh, &r), 401);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", code.text, &r), 401);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
}

/* ---- who the client is ---- */

static void an_unknown_client_is_told_to_register_anew(void)
{
    CU_ASSERT_EQUAL(world_refresh(k, "nobodyNobody1234", "x", "", &r), 401);
    CU_ASSERT_TRUE(says("invalid_client"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "WWW-Authenticate: Basic"));
    CU_ASSERT_EQUAL(world_post(k, "/token", "grant_type=refresh_token&refresh_token=x", &r), 401);
    CU_ASSERT_TRUE(says("invalid_client"));
    CU_ASSERT_EQUAL(world_post(k, "/revoke", "token=x&client_id=nobodyNobody1234", &r), 401);
    CU_ASSERT_TRUE(says("invalid_client"));
}

/* base64 of what stands before and after the colon. */
static int with_basic(const char *id, const char *secret, const char *form)
{
    char plain[300], text[500], headers[700];
    int len = snprintf(plain, sizeof(plain), "%s:%s", id, secret);
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    for (int i = 0; i < len; i += 3) {
        unsigned v = (unsigned)(unsigned char)plain[i] << 16;
        v |= i + 1 < len ? (unsigned)(unsigned char)plain[i + 1] << 8 : 0;
        v |= i + 2 < len ? (unsigned)(unsigned char)plain[i + 2] : 0;
        text[n++] = digits[v >> 18];
        text[n++] = digits[v >> 12 & 63];
        text[n++] = digits[i + 1 < len ? v >> 6 & 63 : 0];
        text[n++] = digits[i + 2 < len ? v & 63 : 0];
        if (i + 1 >= len)
            text[n - 2] = '=';
        if (i + 2 >= len)
            text[n - 1] = '=';
    }
    text[n] = '\0';
    snprintf(headers, sizeof(headers), WORLD_FORM "Authorization: Basic %s\r\n", text);
    return world_ask(k, "POST", "/token", headers, form, &r);
}

/* A client that is who it says it is gets as far as its unknown refresh token. */
static void secrets_are_asked_for_and_have_to_be_right(void)
{
    static const char ask[] = "grant_type=refresh_token&refresh_token=x";
    static const char *const methods[] = { "client_secret_basic", "client_secret_post" };
    char id[40], secret[100], form[400];
    for (int i = 0; i < 2; i++) {
        world_register(k, methods[i], id, secret);
        CU_ASSERT_EQUAL(strncmp(secret, TOKEN_CLIENT_SECRET, strlen(TOKEN_CLIENT_SECRET)), 0);
        CU_ASSERT_EQUAL(with_basic(id, secret, ask), 400);
        CU_ASSERT_TRUE(says("invalid_grant"));
        snprintf(form, sizeof(form), "%s&client_id=%s&client_secret=%s", ask, id, secret);
        CU_ASSERT_EQUAL(world_post(k, "/token", form, &r), 400);
        CU_ASSERT_TRUE(says("invalid_grant"));
        /* none, wrong, empty, too short, too long; in both ways; and twice */
        CU_ASSERT_EQUAL(world_refresh(k, id, "x", "", &r), 401);
        CU_ASSERT_EQUAL(world_refresh(k, id, "x", "&client_secret=", &r), 401);
        CU_ASSERT_EQUAL(world_refresh(k, id, "x", "&client_secret=amcp_cs_", &r), 401);
        CU_ASSERT_EQUAL(with_basic(id, "", ask), 401);
        CU_ASSERT_EQUAL(with_basic(id, "wrong", ask), 401);
        CU_ASSERT_TRUE(says("invalid_client"));
        CU_ASSERT_EQUAL(with_basic("", secret, ask), 401);
        CU_ASSERT_EQUAL(with_basic(id, secret, form), 401);
        snprintf(form, sizeof(form), "%s&client_id=other", ask);
        CU_ASSERT_EQUAL(with_basic(id, secret, form), 401);
        secret[strlen(secret) - 1] ^= 1;
        CU_ASSERT_EQUAL(with_basic(id, secret, ask), 401);
    }
    world_register(k, "none", id, secret);
    CU_ASSERT_STRING_EQUAL(secret, "");
    CU_ASSERT_EQUAL(world_refresh(k, id, "x", "", &r), 400);
    CU_ASSERT_EQUAL(world_refresh(k, id, "x", "&client_secret=a", &r), 401);
    CU_ASSERT_EQUAL(with_basic(id, "", ask), 400); /* an empty secret is none */
    CU_ASSERT_EQUAL(
        world_ask(k, "POST", "/token", WORLD_FORM "Authorization: Basic ???\r\n", ask, &r), 401);
}

/* ---- /revoke ---- */

static int withdraw(const char *client, const char *token)
{
    char form[300];
    snprintf(form, sizeof(form), "client_id=%s&token=%s", client, token);
    return world_post(k, "/revoke", form, &r);
}

static void revoked(bool by_access)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    unsigned before;
    AT_ASANA(&w, before = a->revoked);
    CU_ASSERT_EQUAL(withdraw(client, by_access ? pair.access : pair.refresh), 200);
    CU_ASSERT_STRING_EQUAL(r.body, "");
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 400);
    CU_ASSERT_TRUE(says("invalid_grant"));
    WORLD_UNTIL_ASANA(k, a->revoked == before + 1);
    AT_ASANA(&w, CU_ASSERT_STRING_EQUAL(a->form, "token=2%2F77%3Arefresh-1&client_id=1200&"
                                                 "client_secret=the-apps-secret"));
}

static void revoking_ends_the_grant_here_and_at_asana(void)
{
    revoked(false);
    revoked(true);
}

static void an_unknown_or_foreign_token_is_revoked_without_effect(void)
{
    char client[40], other[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    unsigned before;
    AT_ASANA(&w, before = a->revoked);
    world_register(k, "none", other, NULL);
    CU_ASSERT_EQUAL(withdraw(other, pair.refresh), 200);
    CU_ASSERT_EQUAL(withdraw(client, "nobody"), 200);
    CU_ASSERT_EQUAL(withdraw(client, ""), 400);
    CU_ASSERT_TRUE(says("invalid_request"));
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200);
    AT_ASANA(&w, CU_ASSERT_EQUAL(a->revoked, before));
}

/* ---- a person's own ---- */

struct listed {
    bool called, ok;
    size_t count;
    char id[2][40];
    int64_t made_at[2];
};

static void on_listed(void *ctx, const struct grant_view *grants, size_t count, bool ok)
{
    struct listed *l = ctx;
    *l = (struct listed){ .called = true, .ok = ok, .count = count };
    for (size_t i = 0; i < count && i < 2; i++) {
        snprintf(l->id[i], sizeof(l->id[i]), "%s", grants[i].id);
        l->made_at[i] = grants[i].made_at;
        CU_ASSERT_STRING_EQUAL(grants[i].client_name, "Test");
        CU_ASSERT_STRING_EQUAL(grants[i].redirect_uri, WORLD_REDIRECT);
        CU_ASSERT_EQUAL(grants[i].toolsets, UINT64_MAX);
    }
}

static void on_grant_ended(void *ctx, bool ok)
{
    *(int *)ctx = ok ? 1 : 2;
}

static int end_grant(const char *person, const char *id)
{
    int ended = 0;
    grant_end(k->oauth, person, id, on_grant_ended, &ended);
    WORLD_UNTIL(k, ended);
    return ended;
}

static void people_see_their_grants_and_end_them(void)
{
    char client[40];
    struct world_pair first = world_signed_in(k, "2/77:mine", 3600, client);
    world_pass(5);
    struct world_pair second = world_signed_in(k, "2/77:mine", 3600, client);
    struct listed l = { 0 };
    grant_list(k->oauth, "77", on_listed, &l);
    WORLD_UNTIL(k, l.called);
    CU_ASSERT_TRUE(l.ok);
    CU_ASSERT_EQUAL_FATAL(l.count, 2);
    CU_ASSERT_TRUE(l.made_at[0] > l.made_at[1]);
    CU_ASSERT_EQUAL(end_grant("78", l.id[0]), 2);
    CU_ASSERT_EQUAL(end_grant("77", "nobody"), 2);
    CU_ASSERT_EQUAL(end_grant("77", ""), 2);
    CU_ASSERT_EQUAL(end_grant("77", l.id[0]), 1);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", second.access, &r), 401);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", first.access, &r), 200);
    l = (struct listed){ 0 };
    grant_list(k->oauth, "7", on_listed, &l);
    WORLD_UNTIL(k, l.called);
    CU_ASSERT_EQUAL(l.count, 0);
}

/* ---- what the store and the log keep ---- */

static bool file_has(const char *path, const char *text)
{
    FILE *f = fopen(path, "rb");
    static char bytes[8 << 20];
    size_t n = f ? fread(bytes, 1, sizeof(bytes), f) : 0;
    if (f)
        fclose(f);
    return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void neither_the_store_nor_the_log_holds_a_token(void)
{
    char directory[] = "/tmp/oauth-test-XXXXXX", place[100], paths[4][100], client[40], id[40];
    char secret[100];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    snprintf(place, sizeof(place), "sqlite:%s/store", directory);
    snprintf(paths[0], sizeof(paths[0]), "%s/store", directory);
    snprintf(paths[1], sizeof(paths[1]), "%s/store-wal", directory);
    snprintf(paths[2], sizeof(paths[2]), "%s/store-shm", directory);
    snprintf(paths[3], sizeof(paths[3]), "%s/log", directory);
    fflush(stderr);
    int before = dup(2);
    FILE *log = fopen(paths[3], "w");
    dup2(fileno(log), 2);
    world_close(&w);
    world_open(&w, NULL, place);
    world_register(k, "client_secret_post", id, secret);
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, 0, "2/77:mine", 30, &code);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 200);
    struct world_pair first = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", first.access, &r), 200); /* renews */
    CU_ASSERT_STRING_EQUAL(r.body, "77 22 2/77:access-1 writes");
    CU_ASSERT_EQUAL(world_refresh(k, client, first.refresh, "", &r), 200);
    struct world_pair second = world_pair_of(&r);
    CU_ASSERT_EQUAL(world_refresh(k, client, second.refresh, "&scope=nothing", &r), 400);
    const char *const tokens[] = { code.text,      first.access,   first.refresh,    second.access,
                                   second.refresh, secret,         "2/77:mine",      "2/77:access",
                                   "2/77:refresh", WORLD_VERIFIER, "the-apps-secret" };
    CU_ASSERT_TRUE(file_has(paths[0], client) || file_has(paths[1], client)); /* we can look */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
            for (int j = 0; j < 4; j++)
                CU_ASSERT_FALSE(file_has(paths[j], tokens[i]));
        CU_ASSERT_TRUE(file_has(paths[3], "token.refused"));
        if (pass == 0) {
            world_close(&w);
            world_open(&w, NULL, place); /* and what is there after a restart still works */
            CU_ASSERT_EQUAL(world_who(k, "/mcp", second.access, &r), 200);
            CU_ASSERT_EQUAL(world_refresh(k, client, second.refresh, "", &r), 200);
        }
    }
    dup2(before, 2);
    close(before);
    fclose(log);
    for (int j = 0; j < 4; j++)
        unlink(paths[j]);
    world_close(&w);
    world_open(&w, NULL, NULL);
    rmdir(directory);
}

/* ---- the store is down, or the worker stops ---- */

static void a_store_that_is_down_is_503(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    world_break(&w);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 503);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "Retry-After: "));
    CU_ASSERT_EQUAL(withdraw(client, pair.refresh), 503);
    world_mend(&w);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200);
}

/* The requests are cut off after so many turns of the loop; nothing is left behind (the sanitizers
 * look). */
static void the_worker_may_stop_at_any_turn(void)
{
    for (int turns = 0; turns < 12; turns++) {
        char client[40], form[500];
        struct probe p[4];
        world_close(&w);
        world_open(&w, NULL, NULL);
        struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
        struct world_pair due = world_signed_in(k, "2/77:mine", 10, client);
        for (int i = 0; i < 4; i++)
            probe_open(&p[i], k->port, world_pump, k);
        snprintf(form, sizeof(form), "grant_type=refresh_token&client_id=%s&refresh_token=%s",
                 client, pair.refresh);
        world_say(&p[0], "POST", "/token", WORLD_FORM, form);
        snprintf(form, sizeof(form), "client_id=%s&token=%s", client, due.refresh);
        world_say(&p[1], "POST", "/revoke", WORLD_FORM, form);
        world_say(&p[2], "POST", "/register", "", "{\"redirect_uris\":[\"http://127.0.0.1/\"]}");
        snprintf(form, sizeof(form), "Authorization: Bearer %s\r\n", due.access);
        world_say(&p[3], "GET", "/mcp", form, "");
        for (int i = 0; i < turns; i++)
            world_pump(k);
        world_close(&w);
        for (int i = 0; i < 4; i++)
            probe_close(&p[i]);
        world_open(&w, NULL, NULL);
    }
}

#define ADD(test) CU_add_test(suite, #test, test)

static int suites(void)
{
    CU_pSuite suite = CU_add_suite("oauth: codes", NULL, NULL);
    ADD(a_code_becomes_a_pair_that_works);
    ADD(a_code_without_its_verifier_is_refused);
    ADD(a_code_is_refused_with_another_redirect_uri);
    ADD(another_clients_code_is_refused);
    ADD(a_code_used_twice_ends_the_grant);
    ADD(of_two_that_bring_a_code_at_once_neither_keeps_anything);
    ADD(a_code_lives_a_minute);
    ADD(resource_names_an_endpoint_and_never_more_than_was_allowed);
    suite = CU_add_suite("oauth: refresh tokens", NULL, NULL);
    ADD(a_refresh_token_is_replaced_at_every_use);
    ADD(an_old_refresh_token_ends_the_grant);
    ADD(a_lost_answer_is_given_again);
    ADD(who_got_the_lost_answer_after_all_ends_the_grant);
    ADD(within_the_grace_a_successor_in_use_tells_of_a_theft);
    ADD(refreshes_at_once_leave_one_family);
    ADD(scope_may_be_narrowed_and_comes_back);
    ADD(scope_is_never_widened);
    ADD(another_clients_refresh_token_ends_the_grant);
    ADD(a_grant_lives_ninety_days_after_its_last_refresh);
    suite = CU_add_suite("oauth: the token endpoint", NULL, NULL);
    ADD(malformed_requests_are_told_apart);
    ADD(codes_and_tokens_do_not_pass_for_one_another);
    ADD(an_unknown_client_is_told_to_register_anew);
    ADD(secrets_are_asked_for_and_have_to_be_right);
    ADD(revoking_ends_the_grant_here_and_at_asana);
    ADD(an_unknown_or_foreign_token_is_revoked_without_effect);
    ADD(a_store_that_is_down_is_503);
    suite = CU_add_suite("oauth: grants", NULL, NULL);
    ADD(neither_the_store_nor_the_log_holds_a_token);
    ADD(people_see_their_grants_and_end_them);
    ADD(the_worker_may_stop_at_any_turn);
    return true;
}

int main(void)
{
    return world_main(&w, suites);
}
