/* GET and POST /authorize, through a real server and a real store: which requests are answered
 * where, what the consent page offers, and which answers to it count. */
#include "oauth/client.h"
#include "sign_in_world.h"

#include <sodium.h>

static void a_person_allows_and_the_client_gets_tokens(void)
{
    struct browser b = { 0 };
    char state[256], code[256], verifier[256], challenge[256], made[TOKEN_CHALLENGE], body[1024];
    start();
    struct answer page = get(&b, path_of("web", WEB, "&scope=offline_access%20read%20write"));
    CU_ASSERT_EQUAL(page.reply.status, 200);
    SAYS(page, "Web &lt;script&gt;&quot;&#39;&amp;");
    SAYS_NOT(page, "Web <script>");
    SAYS(page, "<strong>app.example</strong>");
    SAYS(page, "https://app.example/cb?x=1");
    SAYS(page, "Whoever runs this server has set it up here.");
    SAYS(page, "name=\"area\" value=\"tasks\" checked");
    CU_ASSERT_STRING_EQUAL(probe_header(&page.reply, "Referrer-Policy"), "same-origin");
    CU_ASSERT_STRING_EQUAL(probe_header(&page.reply, "X-Content-Type-Options"), "nosniff");
    CU_ASSERT_PTR_NOT_NULL(strstr(probe_header(&page.reply, "Content-Security-Policy"),
                                  "default-src 'none'; style-src 'sha256-"));
    CU_ASSERT_PTR_NOT_NULL(strstr(probe_header(&page.reply, "Set-Cookie"),
                                  "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"));
    /* Nothing is asked of Asana before the person has allowed it. */
    CU_ASSERT_PTR_NULL(strstr(page.reply.head, w.asana_url));

    struct answer away = post(&b, "/authorize", form_of(&page, ALLOW));
    CU_ASSERT_EQUAL(away.reply.status, 303);
    GOES_TO(away, "/oauth_authorize?response_type=code&client_id=42");
    GOES_TO(away, "scope=default");
    GOES_TO(away, "code_challenge_method=S256");
    parameter_of(away.location, "state", state);
    parameter_of(away.location, "code_challenge", challenge);
    CU_ASSERT_FALSE(store_holds(state));

    struct answer end = come_back(&b, state, "code=ann");
    CU_ASSERT_EQUAL(end.reply.status, 303);
    GOES_TO(end, "https://app.example/cb?x=1&code=" TOKEN_CODE);
    GOES_TO(end, "&state=" CLIENT_STATE_SENT "&iss=http%3A%2F%2F127.0.0.1");
    parameter_of(w.token_body, "code_verifier", verifier);
    token_challenge(slice_of(verifier), made);
    CU_ASSERT_STRING_EQUAL(made, challenge);

    parameter_of(end.location, "code", code);
    snprintf(body, sizeof(body),
             "grant_type=authorization_code&client_id=web&redirect_uri=%s&code_verifier=%s&code=%s",
             WEB, VERIFIER, code);
    struct probe p;
    struct probe_reply tokens;
    char request[2048];
    snprintf(request, sizeof(request),
             "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded"
             "\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    probe_open(&p, w.port, pump, NULL);
    CU_ASSERT_TRUE(probe_say(&p, request) && probe_answer(&p, false, &tokens));
    CU_ASSERT_EQUAL(tokens.status, 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(tokens.body, "\"scope\":\"read write\""));
    probe_reply_done(&tokens);
    probe_close(&p);
    CU_ASSERT_FALSE(store_holds("asana-access-secret"));
    CU_ASSERT_FALSE(store_holds("asana-refresh-secret"));
    done(&page);
    done(&away);
    done(&end);
    stop();
}

static void read_only_is_kept(void)
{
    struct browser b = { 0 };
    char state[256];
    start();
    struct answer page = get(&b, path_of("web", WEB, ""));
    allow(&b, &page, "action=allow&access=read&area=tasks", state);
    struct answer end = come_back(&b, state, "code=ann");
    done(&end);
    struct answer account = get(&b, "/account");
    SAYS(account, "Read only: Tasks");
    done(&account);
    /* What was not asked for cannot be chosen. */
    struct browser c = { 0 };
    page = get(&c, path_of("web", WEB, "&scope=read"));
    SAYS_NOT(page, "value=\"write\"");
    allow(&c, &page, "action=allow&access=write&area=tasks", state);
    end = come_back(&c, state, "code=bob");
    done(&end);
    account = get(&c, "/account");
    SAYS(account, "Read only: Tasks");
    done(&account);
    stop();
}

static void the_answer_must_be_one_that_the_page_offers(void)
{
    static const struct {
        const char *form, *words;
    } wrong[] = {
        { "action=allow&access=write", "Choose at least one area" },
        { "action=allow&access=all&area=tasks", "not what the page offers" },
        { "action=allow&area=tasks", "not what the page offers" },
        { "action=allow&access=read&access=write&area=tasks", "not what the page offers" },
        { "action=allow&access=read&area=nothing", "not what the page offers" },
    };
    start();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct browser b = { 0 };
        struct answer page = get(&b, path_of("web", WEB, ""));
        struct answer a = post(&b, "/authorize", form_of(&page, wrong[i].form));
        CU_ASSERT_EQUAL(a.reply.status, 400);
        CU_ASSERT_STRING_EQUAL(a.location, "");
        SAYS(a, wrong[i].words);
        done(&a);
        done(&page);
    }
    stop();
}

static void without_a_good_redirect_uri_nothing_is_sent_anywhere(void)
{
    static const struct {
        const char *path, *words;
    } wrong[] = {
        { "/authorize", "no request of an assistant" },
        { "/authorize?client_id=web&client_id=loop", "no request of an assistant" },
        { "/authorize?client_id=web&x=%FF", "no request of an assistant" },
        { "/authorize?client_id=web", "incomplete" },
        { "/authorize?client_id=web&redirect_uri=" WEB "&redirect_uri=" WEB, "incomplete" },
        { "/authorize?client_id=web&redirect_uri=https%3A%2F%2Fevil.example%2Fcb",
          "not registered" },
        { "/authorize?client_id=web&redirect_uri=https%3A%2F%2Fapp.example%3A444%2Fcb%3Fx%3D1",
          "not registered" },
        { "/authorize?client_id=loop&redirect_uri=http%3A%2F%2F127.0.0.1.evil.example%2Fcb",
          "not registered" },
        { "/authorize?client_id=gone&redirect_uri=" WEB, "mcp-auth" },
    };
    start();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct browser b = { 0 };
        struct answer a = get(&b, wrong[i].path);
        CU_ASSERT_EQUAL(a.reply.status, 400);
        CU_ASSERT_STRING_EQUAL(a.location, "");
        SAYS(a, wrong[i].words);
        done(&a);
    }
    CU_ASSERT_EQUAL(count(STORE_FLOWS), 0);
    stop();
}

static void an_unknown_client_reads_what_to_do(void)
{
    static const char *const clients[] = { "Claude",  "Claude Code", "Cursor",    "VS Code",
                                           "ChatGPT", "Codex",       "mcp-remote" };
    struct browser b = { 0 };
    start();
    struct answer a = get(&b, path_of("gone", WEB, ""));
    CU_ASSERT_EQUAL(a.reply.status, 400);
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
        SAYS(a, clients[i]);
    SAYS(a, w.issuer);
    done(&a);
    stop();
}

static void what_else_is_wrong_goes_to_the_client(void)
{
#define GOOD "&code_challenge=0123456789012345678901234567890123456789abc"
    static const struct {
        const char *rest, *error;
    } wrong[] = {
        { "&code_challenge_method=S256" GOOD, "error=invalid_request" },
        { "&response_type=token&code_challenge_method=S256" GOOD,
          "error=unsupported_response_type" },
        { "&response_type=code", "error=invalid_request" },
        { "&response_type=code" GOOD, "error=invalid_request" },
        { "&response_type=code&code_challenge_method=plain" GOOD, "error=invalid_request" },
        { "&response_type=code&code_challenge_method=S256&code_challenge=short",
          "error=invalid_request" },
        { "&response_type=code&response_type=code&code_challenge_method=S256" GOOD,
          "error=invalid_request" },
        { "&response_type=code&code_challenge_method=S256&resource=https%3A%2F%2Fevil.example" GOOD,
          "error=invalid_target" },
        { "&response_type=code&code_challenge_method=S256&prompt=none" GOOD,
          "error=interaction_required" },
    };
    start();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct browser b = { 0 };
        char path[1024];
        snprintf(path, sizeof(path), "/authorize?client_id=web&redirect_uri=%s&state=%s%s", WEB,
                 CLIENT_STATE_SENT, wrong[i].rest);
        struct answer a = get(&b, path);
        CU_ASSERT_EQUAL(a.reply.status, 303);
        GOES_TO(a, "https://app.example/cb?x=1&error=");
        GOES_TO(a, wrong[i].error);
        GOES_TO(a, "&error_description=");
        GOES_TO(a, "&state=" CLIENT_STATE_SENT "&iss=http%3A%2F%2F127.0.0.1");
        done(&a);
    }
    CU_ASSERT_EQUAL(count(STORE_FLOWS), 0);
    stop();
}

static void our_own_resources_are_taken(void)
{
    start();
    static const char *const ends[] = { "", "%2F", "%2Fmcp", "%2Fsse" };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct browser b = { 0 };
        char more[256];
        snprintf(more, sizeof(more), "&resource=HTTP%%3A%%2F%%2F127.0.0.1%%3A%d%s", w.port,
                 ends[i]);
        struct answer a = get(&b, path_of("web", WEB, more));
        CU_ASSERT_EQUAL(a.reply.status, 200);
        done(&a);
    }
    stop();
}

static void cancelling_tells_the_client(void)
{
    struct browser b = { 0 };
    start();
    struct answer page = get(&b, path_of("web", WEB, ""));
    char form[1024];
    snprintf(form, sizeof(form), "%s", form_of(&page, "action=cancel"));
    struct answer a = post(&b, "/authorize", form);
    CU_ASSERT_EQUAL(a.reply.status, 303);
    GOES_TO(a, "https://app.example/cb?x=1&error=access_denied");
    GOES_TO(a, "&state=" CLIENT_STATE_SENT "&iss=");
    CU_ASSERT_PTR_NULL(cookie_value(&b, "flow"));
    CU_ASSERT_EQUAL(count(STORE_FLOWS), 0);
    struct answer again = post(&b, "/authorize", form);
    CU_ASSERT_EQUAL(again.reply.status, 400);
    done(&again);
    done(&a);
    done(&page);
    stop();
}

static void a_head_leaves_nothing_behind(void)
{
    struct browser b = { 0 };
    char state[256];
    start();
    struct answer a = ask(&b, "HEAD", path_of("web", WEB, ""), NULL, NULL);
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    CU_ASSERT_EQUAL(count(STORE_FLOWS), 0);
    CU_ASSERT_EQUAL(count(STORE_COUNTERS), 0);
    struct answer page = get(&b, path_of("web", WEB, ""));
    allow(&b, &page, ALLOW, state);
    char path[512];
    snprintf(path, sizeof(path), "/oauth/callback?state=%s&code=ann", state);
    a = ask(&b, "HEAD", path, NULL, NULL);
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    a = get(&b, path);
    GOES_TO(a, "code=" TOKEN_CODE);
    done(&a);
    stop();
}

static void an_answer_counts_only_from_our_page_in_that_browser(void)
{
    struct browser b = { 0 }, other = { 0 };
    char form[1024], origin[128];
    start();
    struct answer page = get(&b, path_of("web", WEB, ""));
    struct answer others = get(&other, path_of("web", WEB, ""));
    snprintf(form, sizeof(form), "%s", form_of(&page, ALLOW));
    struct answer a = ask(&b, "POST", "/authorize", form, "Origin: https://evil.example\r\n");
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    snprintf(origin, sizeof(origin), "Origin: http://127.0.0.1:%05d\r\n", (w.port + 1) % 65536);
    a = ask(&b, "POST", "/authorize", form, origin);
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    a = ask(&b, "POST", "/authorize", form, "Origin: null\r\n");
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    a = post(&other, "/authorize", form); /* its cookie is another flow's */
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    char flow[128], csrf[128];
    field_of(&page, "flow", flow);
    field_of(&others, "csrf", csrf);
    snprintf(form, sizeof(form), "flow=%s&csrf=%s&" ALLOW, flow, csrf);
    a = post(&b, "/authorize", form);
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    snprintf(form, sizeof(form), "flow=%s&" ALLOW, flow);
    a = post(&b, "/authorize", form);
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    a = post(&b, "/authorize", ALLOW);
    CU_ASSERT_EQUAL(a.reply.status, 400);
    done(&a);
    snprintf(form, sizeof(form), "%s", form_of(&page, ALLOW));
    a = ask(&b, "POST", "/authorize", NULL, "Content-Type: text/plain\r\nContent-Length: 0\r\n");
    CU_ASSERT_EQUAL(a.reply.status, 403);
    done(&a);
    a = ask(&b, "POST", "/authorize", form, NULL); /* no Origin at all: old browsers */
    CU_ASSERT_EQUAL(a.reply.status, 303);
    done(&a);
    done(&page);
    done(&others);
    stop();
}

static void what_was_allowed_is_not_asked_again(void)
{
    struct browser b = { 0 }, other = { 0 };
    char code[256], state[256];
    start();
    sign_in(&b, "web", WEB, "code=ann", code);
    struct answer a = get(&b, path_of("web", WEB, ""));
    CU_ASSERT_EQUAL(a.reply.status, 303);
    GOES_TO(a, w.asana_url);
    parameter_of(a.location, "state", state);
    done(&a);
    a = come_back(&b, state, "code=ann");
    GOES_TO(a, "code=" TOKEN_CODE);
    done(&a);
    a = get(&b, "/account"); /* with what was chosen then */
    SAYS(a, "Read and change: Goals, Tasks");
    done(&a);
    a = get(&b, path_of("web", WEB, "&prompt=none"));
    CU_ASSERT_EQUAL(a.reply.status, 303);
    GOES_TO(a, w.asana_url);
    done(&a);
    /* But asked it is: on demand, elsewhere, for another address, for another client. */
    a = get(&b, path_of("web", WEB, "&prompt=consent"));
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    a = get(&other, path_of("web", WEB, ""));
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    a = get(&b, path_of("web", "https%3A%2F%2Fother.example%2Fcb", ""));
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    a = get(&b, path_of("bad", WEB, ""));
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    stop();
}

static void more_than_was_allowed_is_asked(void)
{
    struct browser b = { 0 };
    char state[256];
    start();
    struct answer page = get(&b, path_of("web", WEB, ""));
    allow(&b, &page, "action=allow&access=read&area=tasks", state);
    struct answer a = come_back(&b, state, "code=ann");
    done(&a);
    a = get(&b, path_of("web", WEB, "&scope=read"));
    CU_ASSERT_EQUAL(a.reply.status, 303);
    done(&a);
    a = get(&b, path_of("web", WEB, "&scope=write"));
    CU_ASSERT_EQUAL(a.reply.status, 200);
    done(&a);
    stop();
}

static void a_loopback_client_has_any_port(void)
{
    struct browser b = { 0 };
    char code[256];
    start();
    struct answer page = get(&b, path_of("loop", "http%3A%2F%2F127.0.0.1%3A51234%2Fcb", ""));
    SAYS(page, "A program on your computer (127.0.0.1)");
    SAYS(page, "http://127.0.0.1:51234/cb");
    done(&page);
    sign_in(&b, "loop", "http%3A%2F%2F127.0.0.1%3A51234%2Fcb", "code=ann", code);
    page = get(&b, path_of("loop", "http%3A%2F%2F127.0.0.1%3A51235%2Fcb", ""));
    CU_ASSERT_EQUAL(page.reply.status, 200);
    done(&page);
    stop();
}

/* As if it had been fetched already. */
static void keep_document(const char *id, const char *const *redirects)
{
    struct token_hash hash;
    char hex[2 * TOKEN_HASH + 1], key[128];
    struct store_wait *wait = NULL;
    const struct store_result *result;
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    client_write(&(struct oauth_client){ .id = id, .name = "Local", .redirect_uris = redirects },
                 NULL, &text);
    token_hash(slice_of(id), &hash);
    sodium_bin2hex(hex, sizeof(hex), (const unsigned char *)hash.bytes, TOKEN_HASH);
    snprintf(key, sizeof(key), "document:%s", hex);
    struct store_op op = { .verb = STORE_PUT,
                           .table = STORE_CLIENTS,
                           .key = slice_of(key),
                           .value = buf_slice(&text),
                           .expires_at = oauth_now() + 1000 };
    CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, &op, 1, oauth_now(), &wait, &result, NULL));
    CU_ASSERT_EQUAL(result->outcome, STORE_DONE);
    store_wait_done(wait);
}

/* Any program on the machine could claim to be it. */
static void a_document_of_this_machine_is_asked_every_time(void)
{
    static const char *const here[] = { "http://localhost/cb", "http://127.0.0.1/cb", NULL };
    static const char *const both[] = { "http://127.0.0.1/cb",
                                        "https://claude.ai/api/mcp/auth_callback", NULL };
    struct browser b = { 0 };
    char code[256];
    start();
    keep_document("https://assistant.example/here", here);
    keep_document("https://assistant.example/both", both);
    const char *web = "https%3A%2F%2Fclaude.ai%2Fapi%2Fmcp%2Fauth_callback";
    const char *uri = "http%3A%2F%2F127.0.0.1%3A4%2Fcb";
    struct answer page = get(&b, path_of("https%3A%2F%2Fassistant.example%2Fhere", uri, ""));
    SAYS(page, "<bdi>assistant.example/here</bdi>");
    SAYS(page, "It chose this name itself");
    SAYS(page, "can pretend to be it");
    done(&page);
    sign_in(&b, "https%3A%2F%2Fassistant.example%2Fhere", uri, "code=ann", code);
    CU_ASSERT_EQUAL(count(STORE_CONSENTS), 0);
    sign_in(&b, "https%3A%2F%2Fassistant.example%2Fhere", uri, "code=ann", code);
    page = get(&b, path_of("https%3A%2F%2Fassistant.example%2Fboth", web, ""));
    SAYS(page, "<strong>claude.ai</strong>");
    SAYS_NOT(page, "can pretend to be it");
    done(&page);
    sign_in(&b, "https%3A%2F%2Fassistant.example%2Fboth", web, "code=ann", code);
    CU_ASSERT_EQUAL(count(STORE_CONSENTS), 1);
    stop();
}

static void cookies_of_https_have_the_host_prefix(void)
{
    struct browser b = { 0 };
    char port[16];
    start_at("https://mcp.example.com/asana");
    struct answer a = get(&b, path_of("web", WEB, ""));
    const char *cookie = probe_header(&a.reply, "Set-Cookie");
    CU_ASSERT_EQUAL(strncmp(cookie, "__Host-asana-mcp-flow-", 22), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(cookie, "; Path=/;"));
    CU_ASSERT_PTR_NOT_NULL(strstr(cookie, "; HttpOnly; SameSite=Lax; Secure"));
    SAYS(a, "action=\"/asana/authorize\"");
    struct answer away =
        ask(&b, "POST", "/authorize", form_of(&a, ALLOW), "Origin: https://mcp.example.com\r\n");
    CU_ASSERT_EQUAL(away.reply.status, 303);
    done(&away);
    done(&a);
    stop();
    start();
    struct browser c = { 0 };
    a = get(&c, path_of("web", WEB, ""));
    cookie = probe_header(&a.reply, "Set-Cookie");
    CU_ASSERT_EQUAL(strncmp(cookie, "asana-mcp-flow-", 15), 0);
    snprintf(port, sizeof(port), "-%d=", w.port);
    CU_ASSERT_PTR_NOT_NULL(strstr(cookie, port));
    CU_ASSERT_PTR_NULL(strstr(cookie, "Secure"));
    done(&a);
    stop();
}

static void a_flood_is_stopped(void)
{
    struct browser b = { 0 };
    unsigned stopped = 0;
    start();
    for (int i = 0; i < LIMIT_FLOWS_ADDRESS * 2 + 1 && !stopped; i++) {
        struct browser fresh = { 0 };
        struct answer a = get(&fresh, path_of("web", WEB, ""));
        stopped += a.reply.status == 429;
        done(&a);
    }
    CU_ASSERT_EQUAL(stopped, 1);
    CU_ASSERT_TRUE(count(STORE_FLOWS) <= LIMIT_FLOWS_ADDRESS * 2);
    (void)b;
    stop();
}

int main(void)
{
    CU_pSuite suite = world_suite("authorize");
    CU_ADD_TEST(suite, a_person_allows_and_the_client_gets_tokens);
    CU_ADD_TEST(suite, read_only_is_kept);
    CU_ADD_TEST(suite, the_answer_must_be_one_that_the_page_offers);
    CU_ADD_TEST(suite, without_a_good_redirect_uri_nothing_is_sent_anywhere);
    CU_ADD_TEST(suite, an_unknown_client_reads_what_to_do);
    CU_ADD_TEST(suite, what_else_is_wrong_goes_to_the_client);
    CU_ADD_TEST(suite, our_own_resources_are_taken);
    CU_ADD_TEST(suite, cancelling_tells_the_client);
    CU_ADD_TEST(suite, a_head_leaves_nothing_behind);
    CU_ADD_TEST(suite, an_answer_counts_only_from_our_page_in_that_browser);
    CU_ADD_TEST(suite, what_was_allowed_is_not_asked_again);
    CU_ADD_TEST(suite, more_than_was_allowed_is_asked);
    CU_ADD_TEST(suite, a_loopback_client_has_any_port);
    CU_ADD_TEST(suite, a_document_of_this_machine_is_asked_every_time);
    CU_ADD_TEST(suite, cookies_of_https_have_the_host_prefix);
    CU_ADD_TEST(suite, a_flood_is_stopped);
    return world_run();
}
