#include "oauth_world.h"

#include "oauth/client.h"
#include "oauth/rate.h"
#include "tls_double.h"

static struct oauth_world w;
static struct world_worker *k = &w.main;
static struct world_reply r;

static int post(const char *wish)
{
    return world_ask(k, "POST", "/register", "Content-Type: application/json\r\n", wish, &r);
}

static bool has(const char *words)
{
    return strstr(r.body, words) != NULL;
}

/* ---- what is registered ---- */

static void registering_answers_as_v1_did(void)
{
    CU_ASSERT_EQUAL_FATAL(post("{\"redirect_uris\":[\"http://localhost:3334/oauth/callback\"]}"),
                          201);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "Cache-Control: no-store"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.head, "Content-Type: application/json"));
    char id[40], words[200];
    snprintf(id, sizeof(id), "%.39s", world_member(&r, "client_id"));
    CU_ASSERT_EQUAL(strlen(id), 16);
    CU_ASSERT_EQUAL(strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
                    16);
    CU_ASSERT_TRUE(has("\"redirect_uris\":[\"http://localhost:3334/oauth/callback\"]"));
    CU_ASSERT_TRUE(has("\"grant_types\":[\"authorization_code\",\"refresh_token\"]"));
    CU_ASSERT_TRUE(has("\"response_types\":[\"code\"]"));
    CU_ASSERT_STRING_EQUAL(world_member(&r, "token_endpoint_auth_method"), "client_secret_basic");
    CU_ASSERT_TRUE(strlen(world_member(&r, "client_secret")) >= 32);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "client_secret_expires_at"), "0");
    CU_ASSERT_TRUE(atoll(world_member(&r, "client_id_issued_at")) > 1700000000);
    snprintf(words, sizeof(words), "\"registration_client_uri\":\"/register/%s\"", id);
    CU_ASSERT_TRUE(has(words));
}

static void what_was_sent_comes_back(void)
{
    CU_ASSERT_EQUAL_FATAL(
        post("{\"redirect_uris\":[\"https://claude.ai/api/mcp/auth_callback\"],"
             "\"client_name\":\"Cl\\u00e4ude \\\"x\\\"\",\"client_uri\":\"https://claude.ai\","
             "\"scope\":\"read openid\",\"software_id\":\"s\",\"software_version\":\"1\","
             "\"application_type\":\"native\",\"logo_uri\":\"https://claude.ai/l\","
             "\"token_endpoint_auth_method\":\"none\",\"grant_types\":[\"refresh_token\","
             "\"authorization_code\",\"urn:x\"],\"response_types\":[\"code\"],\"contacts\":[1],"
             "\"unknown\":{}}"),
        201);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "client_name"), "Cl\xc3\xa4ude \\\"x\\\"");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "client_uri"), "https://claude.ai");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "scope"), "read openid");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "software_id"), "s");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "application_type"), "native");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "logo_uri"), "https://claude.ai/l");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "token_endpoint_auth_method"), "none");
    CU_ASSERT_FALSE(has("client_secret"));
}

static void nulls_and_empty_names_are_as_good_as_absent(void)
{
    CU_ASSERT_EQUAL(post("{\"redirect_uris\":[\"http://[::1]/\"],\"client_name\":\"\","
                         "\"client_uri\":null,\"token_endpoint_auth_method\":null,"
                         "\"grant_types\":null,\"response_types\":null,\"scope\":null}"),
                    201);
    CU_ASSERT_TRUE(strlen(world_member(&r, "client_name")) > 0);
    CU_ASSERT_FALSE(has("\"client_uri\""));
    CU_ASSERT_FALSE(has("\"scope\""));
}

static void vs_codes_four_are_taken_together(void)
{
    CU_ASSERT_EQUAL(post("{\"client_name\":\"Visual Studio Code\",\"redirect_uris\":["
                         "\"https://insiders.vscode.dev/redirect\",\"https://vscode.dev/redirect\","
                         "\"http://127.0.0.1/\",\"http://127.0.0.1:33418/\"],"
                         "\"token_endpoint_auth_method\":\"none\"}"),
                    201);
}

static void what_is_wrong_is_refused_with_its_name(void)
{
    static const struct {
        const char *wish, *error, *words;
    } bad[] = {
        { "", "invalid_client_metadata", "" },
        { "{", "invalid_client_metadata", "" },
        { "[]", "invalid_client_metadata", "JSON object" },
        { "{\"redirect_uris\":[\"http://[::1]/\"]} x", "invalid_client_metadata", "" },
        { "{}", "invalid_redirect_uri", "redirect_uris" },
        { "{\"redirect_uris\":[]}", "invalid_redirect_uri", "" },
        { "{\"redirect_uris\":\"http://[::1]/\"}", "invalid_redirect_uri", "" },
        { "{\"redirect_uris\":[7]}", "invalid_redirect_uri", "" },
        { "{\"redirect_uris\":[null]}", "invalid_redirect_uri", "" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"client_name\":5}", "invalid_client_metadata",
          "client_name" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"client_name\":\"a\\nb\"}",
          "invalid_client_metadata", "client_name" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"client_uri\":[]}", "invalid_client_metadata",
          "client_uri" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"token_endpoint_auth_method\":\"tls\"}",
          "invalid_client_metadata", "token_endpoint_auth_method" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"token_endpoint_auth_method\":false}",
          "invalid_client_metadata", "token_endpoint_auth_method" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"grant_types\":[\"client_credentials\"]}",
          "invalid_client_metadata", "grant_types" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"grant_types\":\"authorization_code\"}",
          "invalid_client_metadata", "grant_types" },
        { "{\"redirect_uris\":[\"http://[::1]/\"],\"response_types\":[\"token\"]}",
          "invalid_client_metadata", "response_types" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CU_ASSERT_EQUAL(post(bad[i].wish), 400);
        CU_ASSERT_STRING_EQUAL(world_member(&r, "error"), bad[i].error);
        CU_ASSERT_PTR_NOT_NULL(strstr(world_member(&r, "error_description"), bad[i].words));
    }
}

static void too_many_and_too_long_addresses_are_refused(void)
{
    char wish[LIMIT_CLIENT_REDIRECT * 2];
    for (int count = LIMIT_CLIENT_REDIRECTS; count <= LIMIT_CLIENT_REDIRECTS + 1; count++) {
        int len = snprintf(wish, sizeof(wish), "{\"redirect_uris\":[");
        for (int i = 0; i < count; i++)
            len += snprintf(wish + len, sizeof(wish) - (size_t)len, "%s\"http://127.0.0.1/%d\"",
                            i ? "," : "", i);
        snprintf(wish + len, sizeof(wish) - (size_t)len, "]}");
        CU_ASSERT_EQUAL(post(wish), count <= LIMIT_CLIENT_REDIRECTS ? 201 : 400);
    }
    for (int more = 0; more < 2; more++) {
        const char *start = "http://127.0.0.1/";
        int fill = LIMIT_CLIENT_REDIRECT - (int)strlen(start) + more;
        snprintf(wish, sizeof(wish), "{\"redirect_uris\":[\"%s%0*d\"]}", start, fill, 0);
        CU_ASSERT_EQUAL(post(wish), more ? 400 : 201);
    }
}

static void only_the_bad_addresses_are_listed(void)
{
    CU_ASSERT_EQUAL(post("{\"redirect_uris\":[\"http://127.0.0.1:1/\",\"https://evil.example/cb\","
                         "\"https://claude.ai/api/mcp/auth_callback\",\"javascript:alert(1)\","
                         "\"https://claude.ai.evil.example/api/mcp/auth_callback\"]}"),
                    400);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "error"), "invalid_redirect_uri");
    CU_ASSERT_STRING_EQUAL(world_member(&r, "error_description"),
                           "One or more redirect URIs are not allowed");
    CU_ASSERT_TRUE(has("\"disallowed_uris\":[\"https://evil.example/cb\",\"javascript:alert(1)\","
                       "\"https://claude.ai.evil.example/api/mcp/auth_callback\"]"));
}

/* ---- reading it back ---- */

static void a_registration_is_read_back_without_its_secret(void)
{
    char id[40], secret[100], path[100];
    world_register(k, "client_secret_post", id, secret);
    snprintf(path, sizeof(path), "/register/%s", id);
    CU_ASSERT_EQUAL(world_ask(k, "GET", path, "", "", &r), 200);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "client_id"), id);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "client_name"), "Test");
    CU_ASSERT_TRUE(has("\"redirect_uris\":[\"http://127.0.0.1/cb\"]"));
    CU_ASSERT_FALSE(has("client_secret\""));
    CU_ASSERT_FALSE(has("hash"));
    CU_ASSERT_EQUAL(world_ask(k, "POST", path, "", "", &r), 405);
}

static void what_is_not_registered_is_404_and_nothing_is_fetched(void)
{
    static const char *const paths[] = { "/register/",
                                         "/register/nobodyNobody1234",
                                         "/register/nobodyNobody12345",
                                         "/register/https%3A%2F%2Fclient.invalid%2Fdocument",
                                         "/register/https%3A%2F%2Fa%2Fb",
                                         "/register/../mcp" };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        CU_ASSERT_EQUAL(world_ask(k, "GET", paths[i], "", "", &r), 404);
        CU_ASSERT_STRING_EQUAL(world_member(&r, "error"), "invalid_client");
    }
    struct rate rate; /* looking for a document is counted */
    struct store_op op;
    struct store_wait *wait;
    const struct store_result *result;
    struct err err;
    rate_count(&rate, "document", "*", 60, oauth_now(), &op);
    op.verb = STORE_GET;
    CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, &op, 1, oauth_now(), &wait, &result, &err));
    CU_ASSERT_EQUAL(result->answers[0].count, 0);
    store_wait_done(wait);
}

/* ---- how long it lives ---- */

static int status_of(const char *id)
{
    char path[100];
    snprintf(path, sizeof(path), "/register/%s", id);
    return world_ask(k, "GET", path, "", "", &r);
}

static void an_unused_registration_lives_a_day_and_a_used_one_long(void)
{
    char unused[40], used[40];
    world_register(k, "none", unused, NULL);
    world_register(k, "none", used, NULL);
    client_used(k->oauth, used);
    WORLD_QUIET(k);
    world_pass(LIMIT_CLIENT_UNUSED - 5);
    CU_ASSERT_EQUAL(status_of(unused), 200);
    world_pass(6);
    CU_ASSERT_EQUAL(status_of(unused), 404);
    CU_ASSERT_EQUAL(status_of(used), 200);
    world_pass(LIMIT_CLIENT_USED - 2 * LIMIT_CLIENT_UNUSED);
    client_used(k->oauth, used);
    WORLD_QUIET(k);
    world_pass(LIMIT_CLIENT_USED - LIMIT_CLIENT_UNUSED);
    CU_ASSERT_EQUAL(status_of(used), 200);
    world_pass(LIMIT_CLIENT_UNUSED + 1);
    CU_ASSERT_EQUAL(status_of(used), 404);
    client_used(k->oauth, used); /* does not bring it back */
    client_used(k->oauth, "https://client.example/a-document-that-is-longer-than-an-id");
    WORLD_QUIET(k);
    CU_ASSERT_EQUAL(status_of(used), 404);
}

/* ---- floods ---- */

static void count_to(const char *subject, int64_t times)
{
    struct rate rate;
    struct store_op op;
    struct store_wait *wait;
    const struct store_result *result;
    struct err err;
    rate_count(&rate, "register", subject, 60 * 60, oauth_now(), &op);
    op.by = times;
    CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, &op, 1, oauth_now(), &wait, &result, &err));
    store_wait_done(wait);
}

static void a_flood_of_registrations_meets_429(void)
{
    static const char wish[] = "{\"redirect_uris\":[\"http://127.0.0.1/\"]}";
    world_pass(60 * 60 - oauth_now() % (60 * 60)); /* a fresh window, with all of it ahead */
    for (int i = 0; i < LIMIT_REGISTER_ADDRESS; i++)
        CU_ASSERT_EQUAL(post(wish), 201);
    CU_ASSERT_EQUAL(post(wish), 429);
    const char *after = strstr(r.head, "Retry-After: ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_TRUE(atoi(after + 13) > 3500 && atoi(after + 13) <= 3600);
    CU_ASSERT_TRUE(has("\"error\":"));
    world_pass(60 * 60);
    CU_ASSERT_EQUAL(post(wish), 201);
    count_to("*", LIMIT_REGISTER_ALL);
    CU_ASSERT_EQUAL(post(wish), 429);
    world_pass(60 * 60);
}

static void an_ipv6_network_is_one_address(void)
{
    struct rate a, b, c, v4;
    struct store_op op;
    rate_count(&a, "x", "2001:db8:1:2:3:4:5:6", 60, 0, &op);
    rate_count(&b, "x", "2001:db8:1:2::1", 60, 0, &op);
    rate_count(&c, "x", "2001:db8:1:3::1", 60, 0, &op);
    rate_count(&v4, "x", "192.0.2.1", 60, 119, &op);
    CU_ASSERT_STRING_EQUAL(a.key, b.key);
    CU_ASSERT_STRING_NOT_EQUAL(a.key, c.key);
    CU_ASSERT_STRING_EQUAL(v4.key, "rate:x:192.0.2.1:1");
    CU_ASSERT_EQUAL(v4.ends_at, 120);
    CU_ASSERT_EQUAL(op.expires_at, 120);
}

static void a_store_that_is_down_is_503(void)
{
    world_break(&w);
    CU_ASSERT_EQUAL(post("{\"redirect_uris\":[\"http://127.0.0.1/\"]}"), 503);
    CU_ASSERT_EQUAL(status_of("nobodyNobody1234"), 503);
    world_mend(&w);
}

/* ---- finding clients ---- */

struct found {
    bool called, busy, known;
    enum client_kind kind;
    char problem[500];
};

static void on_found(void *ctx, const struct client_answer *a)
{
    struct found *f = ctx;
    CU_ASSERT_FALSE(f->called);
    *f = (struct found){ .called = true, .busy = a->busy, .known = a->client != NULL };
    if (a->client)
        f->kind = a->client->kind;
    snprintf(f->problem, sizeof(f->problem), "%s", a->problem ? a->problem : "");
}

static struct found *wanted_found;
static const char *wanted_id;

/* As /authorize looks for them: client_find() needs a request. */
static void on_request(void *ctx, struct http_exchange *x)
{
    struct world_worker *worker = ctx;
    client_find(worker->oauth, x, wanted_id, on_found, wanted_found);
    WORLD_UNTIL(worker, wanted_found->called);
    http_reply_text(x, 200, NULL, "");
}

static struct found find(const char *id)
{
    struct http_server *server = NULL;
    struct found f = { 0 };
    struct err err;
    struct listen_address at;
    int fd, port = k->port;
    wanted_found = &f;
    wanted_id = id;
    CU_ASSERT_TRUE_FATAL(listen_parse("127.0.0.1:0", &at, &err) && listen_open(&at, 1, &fd, &err));
    struct http_options options = {
        .listen_fd = fd, .body_max = 100, .connections_max = 10, .idle_seconds = 75
    };
    struct http_app app = { .ctx = k, .on_request = on_request };
    CU_ASSERT_TRUE_FATAL(http_server_new(&k->worker.loop, &options, &app, &server, &err));
    k->port = at.port;
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/", "", "", &r), 200);
    k->port = port;
    http_server_free(server);
    world_pump(k);
    return f;
}

static void a_clients_document_is_not_fetched_from_here(void)
{
    char id[100];
    snprintf(id, sizeof(id), "https://127.0.0.1:%d/client.json", w.asana.port);
    unsigned before = http_double_connected(&w.asana);
    struct found f = find(id);
    CU_ASSERT_TRUE(f.called && !f.known && !f.busy);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.problem, "the address is not a public one"));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.problem, id));
    CU_ASSERT_EQUAL(http_double_connected(&w.asana), before);
}

/* ---- clients that are described by a document ---- */

static struct tls_double documents;

/* What is found at an address of the double's when it answers like that. */
static struct found find_document(const char *path, const char *body, unsigned status,
                                  const char *type, const char *cache)
{
    char id[100];
    snprintf(id, sizeof(id), "https://localhost:%d%s", documents.port, path);
    pthread_mutex_lock(&documents.lock);
    snprintf(documents.body, sizeof(documents.body), body, id);
    documents.status = status;
    documents.type = type;
    documents.cache = cache;
    pthread_mutex_unlock(&documents.lock);
    return find(id);
}

static unsigned documents_fetched(void)
{
    pthread_mutex_lock(&documents.lock);
    unsigned n = documents.requested;
    pthread_mutex_unlock(&documents.lock);
    return n;
}

/* Another world, in which the double is trusted and allowed, or only one of them. */
static void open_with_documents(bool trusted, bool allowed)
{
    static char address[60];
    static const char *list[2];
    CU_ASSERT_TRUE_FATAL(tls_double_start(&documents));
    snprintf(address, sizeof(address), "localhost:%d", documents.port);
    list[0] = address;
    struct oauth_options options = { .ca_file = trusted ? documents.ca_file : NULL,
                                     .cimd_allow = allowed ? list : NULL };
    world_close(&w);
    world_open(&w, &options, NULL);
}

static void close_with_documents(void)
{
    world_close(&w);
    tls_double_stop(&documents);
    world_open(&w, NULL, NULL);
}

#define DOCUMENT \
    "{\"client_id\":\"%s\",\"client_name\":\"D\",\"redirect_uris\":[\"http://localhost/cb\"]}"
#define JSON "application/json"

static void a_document_makes_a_client_and_is_kept_as_long_as_it_says(void)
{
    open_with_documents(true, true);
    world_pass(60 - oauth_now() % 60); /* lookups are counted by the minute */
    struct found f = find_document("/a", DOCUMENT, 200, JSON, "max-age=100");
    CU_ASSERT_STRING_EQUAL(f.problem, "");
    CU_ASSERT_TRUE(f.known && f.kind == CLIENT_DOCUMENT);
    CU_ASSERT_EQUAL(documents_fetched(), 1);
    f = find_document("/a", "gone", 404, JSON, NULL); /* kept */
    CU_ASSERT_TRUE(f.known && f.kind == CLIENT_DOCUMENT);
    CU_ASSERT_EQUAL(documents_fetched(), 1);
    world_pass(101);
    f = find_document("/a", "gone", 404, JSON, NULL);
    CU_ASSERT_FALSE(f.known);
    CU_ASSERT_EQUAL(documents_fetched(), 2);
    for (unsigned i = 3; i < 5; i++) { /* what must not be kept is not, and failures are not */
        f = find_document("/b", DOCUMENT, 200, "application/ld+json; charset=utf-8", "no-store");
        CU_ASSERT_TRUE(f.known);
        CU_ASSERT_EQUAL(documents_fetched(), i);
    }
    CU_ASSERT_TRUE(find_document("/c", DOCUMENT, 200, JSON, "max-age=999999999").known);
    world_pass(LIMIT_DOCUMENT_FRESH_MAX - 5);
    CU_ASSERT_TRUE(find_document("/c", "gone", 404, JSON, NULL).known);
    world_pass(6);
    CU_ASSERT_FALSE(find_document("/c", "gone", 404, JSON, NULL).known);
    close_with_documents();
}

static void a_document_that_cannot_be_used_is_told_why(void)
{
    open_with_documents(true, true);
    static const struct {
        const char *body;
        unsigned status;
        const char *type, *words;
    } bad[] = {
        { DOCUMENT, 302, JSON, "status 302" },
        { DOCUMENT, 500, JSON, "status 500" },
        { DOCUMENT, 200, "text/html", "not application/json" },
        { DOCUMENT, 200, NULL, "not application/json" },
        { "{\"client_id\":\"%sx\",\"client_name\":\"D\"}", 200, JSON, "client_id" },
        { "{", 200, JSON, "" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct found f = find_document("/a", bad[i].body, bad[i].status, bad[i].type, NULL);
        CU_ASSERT_FALSE(f.known || f.busy);
        CU_ASSERT_PTR_NOT_NULL(strstr(f.problem, bad[i].words));
        CU_ASSERT_PTR_NOT_NULL(strstr(f.problem, "cannot be used"));
    }
    close_with_documents();
}

static void a_document_is_fetched_from_whom_we_trust_and_may_ask(void)
{
    open_with_documents(false, true);
    CU_ASSERT_FALSE(find_document("/a", DOCUMENT, 200, JSON, NULL).known);
    CU_ASSERT_EQUAL(documents_fetched(), 0);
    close_with_documents();
    open_with_documents(true, false);
    struct found f = find_document("/a", DOCUMENT, 200, JSON, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.problem, "not a public one"));
    CU_ASSERT_EQUAL(documents_fetched(), 0);
    close_with_documents();
}

static void documents_are_looked_up_so_often_a_minute(void)
{
    open_with_documents(true, true);
    world_pass(60 - oauth_now() % 60);
    for (int i = 0; i < LIMIT_DOCUMENT_ADDRESS; i++)
        CU_ASSERT_TRUE(find_document("/a", DOCUMENT, 200, JSON, "no-store").known);
    struct found f = find_document("/a", DOCUMENT, 200, JSON, "no-store");
    CU_ASSERT_FALSE(f.known);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.problem, "Too many"));
    CU_ASSERT_EQUAL(documents_fetched(), LIMIT_DOCUMENT_ADDRESS);
    world_pass(60);
    CU_ASSERT_TRUE(find_document("/a", DOCUMENT, 200, JSON, "no-store").known);
    close_with_documents();
}

static void an_id_that_only_looks_like_an_address_is_unknown(void)
{
    static const char *const ids[] = {
        "",
        "https://client.invalid",
        "https://client.invalid/",
        "http://client.invalid/a.json",
        "https://client.invalid?x/y",
        "https://client.invalid/a/../b",
        "https://client.invalid/a/..",
        "https://client.invalid/./b",
        "https://client.invalid/..?x",
        "https://client.invalid/a#b",
        "https://user@client.invalid/a",
        "https:///a",
        "nobodyNobody1234",
        "an id that is longer than any that we would give",
    };
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct found f = find(ids[i]);
        CU_ASSERT_TRUE(f.called && !f.known && !f.busy);
        CU_ASSERT_STRING_EQUAL(f.problem, "");
    }
    char id[LIMIT_CLIENT_ID + 200] = "https://client.invalid/";
    memset(id + strlen(id), 'a', sizeof(id) - strlen(id) - 1);
    id[sizeof(id) - 1] = '\0';
    struct found f = find(id);
    CU_ASSERT_TRUE(f.called && !f.known && !f.problem[0]);
}

static void a_client_of_the_settings_needs_no_registration(void)
{
    SECRET_AUTO secret = { 0 };
    secret_set(&secret, slice_of("of the operator=+%"));
    static const char *const uris[] = { "https://internal.example/cb", NULL };
    const struct oauth_static_client clients[] = {
        { .id = "internal", .name = "Internal", .secret = &secret, .redirect_uris = uris },
        { .id = "open", .name = "Open", .redirect_uris = uris },
        { 0 },
    };
    struct oauth_options options = { .clients = clients };
    world_close(&w);
    world_open(&w, &options, NULL);
    struct found f = find("internal");
    CU_ASSERT_TRUE(f.known && f.kind == CLIENT_STATIC);
    CU_ASSERT_EQUAL(status_of("internal"), 404);
    CU_ASSERT_EQUAL(world_refresh(k, "open", "x", "", &r), 400);
    CU_ASSERT_EQUAL(world_refresh(k, "internal", "x", "", &r), 401);
    CU_ASSERT_EQUAL(
        world_refresh(k, "internal", "x", "&client_secret=of+the+operator%3D%2B%25", &r), 400);
    /* "internal:of+the+operator%3D%2B%25", and the same with a bare "=". */
    CU_ASSERT_EQUAL(world_ask(k, "POST", "/token",
                              WORLD_FORM "Authorization: Basic "
                                         "aW50ZXJuYWw6b2YrdGhlK29wZXJhdG9yJTNEJTJCJTI1\r\n",
                              "grant_type=refresh_token&refresh_token=x", &r),
                    400);
    CU_ASSERT_EQUAL(world_ask(k, "POST", "/token",
                              WORLD_FORM "Authorization: Basic "
                                         "aW50ZXJuYWw6b2YrdGhlK29wZXJhdG9yPSUyQiUyNQ==\r\n",
                              "grant_type=refresh_token&refresh_token=x", &r),
                    400);
    /* What the operator wrote down is allowed, though the list has it not. */
    struct oauth_client c = { .kind = CLIENT_STATIC, .redirect_uris = uris };
    CU_ASSERT_TRUE(client_redirects_to(w.oauth, &c, "https://internal.example/cb"));
    CU_ASSERT_FALSE(client_redirects_to(w.oauth, &c, "https://internal.example/cb/x"));
    c.kind = CLIENT_REGISTERED;
    CU_ASSERT_FALSE(client_redirects_to(w.oauth, &c, "https://internal.example/cb"));
    world_close(&w);
    world_open(&w, NULL, NULL);
}

#define ADD(test) CU_add_test(suite, #test, test)

static int suites(void)
{
    CU_pSuite suite = CU_add_suite("oauth: registration", NULL, NULL);
    ADD(registering_answers_as_v1_did);
    ADD(what_was_sent_comes_back);
    ADD(nulls_and_empty_names_are_as_good_as_absent);
    ADD(vs_codes_four_are_taken_together);
    ADD(what_is_wrong_is_refused_with_its_name);
    ADD(too_many_and_too_long_addresses_are_refused);
    ADD(only_the_bad_addresses_are_listed);
    ADD(a_registration_is_read_back_without_its_secret);
    ADD(what_is_not_registered_is_404_and_nothing_is_fetched);
    ADD(an_unused_registration_lives_a_day_and_a_used_one_long);
    ADD(a_flood_of_registrations_meets_429);
    ADD(an_ipv6_network_is_one_address);
    ADD(a_store_that_is_down_is_503);
    suite = CU_add_suite("oauth: finding clients", NULL, NULL);
    ADD(a_clients_document_is_not_fetched_from_here);
    ADD(a_document_makes_a_client_and_is_kept_as_long_as_it_says);
    ADD(a_document_that_cannot_be_used_is_told_why);
    ADD(a_document_is_fetched_from_whom_we_trust_and_may_ask);
    ADD(documents_are_looked_up_so_often_a_minute);
    ADD(an_id_that_only_looks_like_an_address_is_unknown);
    ADD(a_client_of_the_settings_needs_no_registration);
    return true;
}

int main(void)
{
    return world_main(&w, suites);
}
