#include "oauth/record.h"

#include "base/json.h"
#include "base/limits.h"
#include "oauth/client.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

/* ---- boxes ---- */

static void a_box_opens_with_its_key_and_what_it_is_bound_to(void)
{
    struct box_key key, other;
    BUF_AUTO box = { .max = 200 };
    BUF_AUTO out = { .max = 200 };
    box_key_new(&key);
    box_key_new(&other);
    box_close(&key, slice_of("content"), slice_of("bound"), &box);
    CU_ASSERT_TRUE_FATAL(buf_ok(&box));
    CU_ASSERT_EQUAL(box.len, strlen("content") + BOX_EXTRA);
    CU_ASSERT_PTR_NULL(memmem(box.data, box.len, "content", 7));
    CU_ASSERT_FALSE(box_open(&other, buf_slice(&box), slice_of("bound"), &out));
    CU_ASSERT_FALSE(box_open(&key, buf_slice(&box), slice_of("bounD"), &out));
    CU_ASSERT_FALSE(box_open(&key, buf_slice(&box), slice_of(""), &out));
    CU_ASSERT_EQUAL(out.len, 0);
    CU_ASSERT_TRUE(box_open(&key, buf_slice(&box), slice_of("bound"), &out));
    CU_ASSERT_TRUE(slice_is(buf_slice(&out), "content"));
}

static void a_box_of_nothing_is_a_box(void)
{
    struct box_key key;
    BUF_AUTO box = { .max = 200 };
    BUF_AUTO out = { .max = 200 };
    box_key_new(&key);
    box_close(&key, slice_of(""), slice_of(""), &box);
    CU_ASSERT_EQUAL(box.len, BOX_EXTRA);
    CU_ASSERT_TRUE(box_open(&key, buf_slice(&box), slice_of(""), &out));
    CU_ASSERT_EQUAL(out.len, 0);
}

static void every_bit_and_byte_of_a_box_counts(void)
{
    struct box_key key;
    BUF_AUTO box = { .max = 200 };
    BUF_AUTO out = { .max = 200 };
    box_key_new(&key);
    box_close(&key, slice_of("content"), slice_of("bound"), &box);
    for (size_t i = 0; i < box.len * 8; i++) {
        box.data[i / 8] = (char)(box.data[i / 8] ^ 1 << i % 8);
        CU_ASSERT_FALSE(box_open(&key, buf_slice(&box), slice_of("bound"), &out));
        box.data[i / 8] = (char)(box.data[i / 8] ^ 1 << i % 8);
    }
    for (size_t len = 0; len < box.len; len++)
        CU_ASSERT_FALSE(box_open(&key, (struct slice){ box.data, len }, slice_of("bound"), &out));
    CU_ASSERT_TRUE(box_open(&key, buf_slice(&box), slice_of("bound"), &out));
}

static void the_same_content_makes_different_boxes(void)
{
    struct box_key key;
    BUF_AUTO one = { .max = 200 };
    BUF_AUTO two = { .max = 200 };
    box_key_new(&key);
    box_close(&key, slice_of("content"), slice_of(""), &one);
    box_close(&key, slice_of("content"), slice_of(""), &two);
    CU_ASSERT_NOT_EQUAL(memcmp(one.data, two.data, one.len), 0);
}

static void keys_of_different_purposes_differ(void)
{
    struct box_key one, two, again, shifted;
    box_key_from(slice_of("secret"), "one", &one);
    box_key_from(slice_of("secret"), "two", &two);
    box_key_from(slice_of("secret"), "one", &again);
    box_key_from(slice_of("esecret"), "on", &shifted);
    CU_ASSERT_NOT_EQUAL(memcmp(&one, &two, sizeof(one)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(&one, &shifted, sizeof(one)), 0);
    CU_ASSERT_EQUAL(memcmp(&one, &again, sizeof(one)), 0);
    box_key_wipe(&one);
    CU_ASSERT_EQUAL(memcmp(&one, &(struct box_key){ 0 }, sizeof(one)), 0);
}

/* ---- tokens ---- */

static void tokens_are_random_and_say_what_they_are(void)
{
    SECRET_AUTO one = { 0 };
    SECRET_AUTO two = { 0 };
    CU_ASSERT_TRUE(token_new(TOKEN_ACCESS, &one) && token_new(TOKEN_ACCESS, &two));
    CU_ASSERT_EQUAL(one.len, strlen(TOKEN_ACCESS) + 43);
    CU_ASSERT_EQUAL(strncmp(one.bytes, TOKEN_ACCESS, strlen(TOKEN_ACCESS)), 0);
    CU_ASSERT_STRING_NOT_EQUAL(one.bytes, two.bytes);
    CU_ASSERT_EQUAL(strspn(one.bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
                    one.len);
}

static void a_hash_is_its_tokens_alone(void)
{
    struct token_hash one, two;
    token_hash(slice_of("one"), &one);
    token_hash(slice_of("two"), &two);
    CU_ASSERT_TRUE(token_hash_is(&one, token_hash_slice(&one)));
    CU_ASSERT_FALSE(token_hash_is(&one, token_hash_slice(&two)));
    CU_ASSERT_FALSE(token_hash_is(&one, (struct slice){ one.bytes, TOKEN_HASH - 1 }));
    CU_ASSERT_FALSE(token_hash_is(&one, slice_of("")));
}

/* RFC 7636, appendix B. */
static void the_challenge_is_the_rfcs(void)
{
    char challenge[TOKEN_CHALLENGE];
    token_challenge(slice_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), challenge);
    CU_ASSERT_STRING_EQUAL(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    CU_ASSERT_TRUE(token_challenge_ok(challenge));
    CU_ASSERT_FALSE(token_challenge_ok(""));
    CU_ASSERT_FALSE(token_challenge_ok("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c"));
    CU_ASSERT_FALSE(token_challenge_ok("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM"));
    CU_ASSERT_FALSE(token_challenge_ok("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"));
}

/* ---- records ---- */

static struct store_record record_of(const char *key, const struct buf *text)
{
    return (struct store_record){
        .key = slice_of(key), .value = buf_slice(text), .version = 5, .expires_at = 99
    };
}

static const struct grant_record a_grant = {
    .client_id = "client",
    .client_name = "Claude \"C\" \xe2\x80\x94 \xc3\xa4",
    .redirect_uri = "http://127.0.0.1/cb?a=b",
    .audience = AUDIENCE_SSE,
    .scopes = SCOPE_READ,
    .toolsets = 0x15,
    .person = { "77", "Anna", "" },
    .made_at = 1700000000,
    .used_at = 1700000001,
    .sealed = { "\0\xff sealed", 9 },
};

static void a_grant_is_read_as_it_was_written(void)
{
    BUF_AUTO text = { .max = 4096 };
    struct grant_record g;
    grant_record_write(&a_grant, &text);
    struct store_record record = record_of("the-id", &text);
    CU_ASSERT_TRUE_FATAL(grant_record_read(arena, &record, &g));
    CU_ASSERT_STRING_EQUAL(g.id, "the-id");
    CU_ASSERT_STRING_EQUAL(g.client_id, a_grant.client_id);
    CU_ASSERT_STRING_EQUAL(g.client_name, a_grant.client_name);
    CU_ASSERT_STRING_EQUAL(g.redirect_uri, a_grant.redirect_uri);
    CU_ASSERT_EQUAL(g.audience, AUDIENCE_SSE);
    CU_ASSERT_EQUAL(g.scopes, SCOPE_READ);
    CU_ASSERT_EQUAL(g.toolsets, 0x15);
    CU_ASSERT_STRING_EQUAL(g.person.gid, "77");
    CU_ASSERT_STRING_EQUAL(g.person.email, "");
    CU_ASSERT_EQUAL(g.made_at, 1700000000);
    CU_ASSERT_EQUAL(g.used_at, 1700000001);
    CU_ASSERT_EQUAL(g.version, 5);
    CU_ASSERT_EQUAL(g.expires_at, 99);
    CU_ASSERT_EQUAL_FATAL(g.sealed.len, 9);
    CU_ASSERT_EQUAL(memcmp(g.sealed.data, a_grant.sealed.data, 9), 0);
    struct grant_record all = a_grant;
    all.toolsets = UINT64_MAX;
    buf_reset(&text);
    grant_record_write(&all, &text);
    record = record_of("the-id", &text);
    CU_ASSERT_TRUE(grant_record_read(arena, &record, &g) && g.toolsets == UINT64_MAX);
}

static void a_token_is_read_as_it_was_written(void)
{
    char wrapped[BOX_KEY + BOX_EXTRA];
    memset(wrapped, 7, sizeof(wrapped));
    struct token_record plain = { .grant_id = "g",
                                  .client_id = "c",
                                  .audience = AUDIENCE_ALL,
                                  .scopes = SCOPE_ALL,
                                  .wrapped = { wrapped, sizeof(wrapped) } },
                        full = plain, t;
    full.challenge = "challenge";
    full.redirect_uri = "http://127.0.0.1/";
    full.used_at = 12;
    full.next = slice_of("next");
    BUF_AUTO text = { .max = 4096 };
    token_record_write(&full, &text);
    struct store_record record = record_of("key", &text);
    CU_ASSERT_TRUE_FATAL(token_record_read(arena, &record, &t));
    CU_ASSERT_STRING_EQUAL(t.grant_id, "g");
    CU_ASSERT_STRING_EQUAL(t.client_id, "c");
    CU_ASSERT_EQUAL(t.audience, AUDIENCE_ALL);
    CU_ASSERT_EQUAL(t.scopes, SCOPE_ALL);
    CU_ASSERT_STRING_EQUAL(t.challenge, "challenge");
    CU_ASSERT_STRING_EQUAL(t.redirect_uri, "http://127.0.0.1/");
    CU_ASSERT_EQUAL(t.used_at, 12);
    CU_ASSERT_TRUE(slice_is(t.next, "next"));
    CU_ASSERT_EQUAL(memcmp(t.wrapped.data, wrapped, sizeof(wrapped)), 0);
    buf_reset(&text);
    token_record_write(&plain, &text);
    record = record_of("key", &text);
    CU_ASSERT_TRUE_FATAL(token_record_read(arena, &record, &t));
    CU_ASSERT_PTR_NULL(t.challenge);
    CU_ASSERT_PTR_NULL(t.redirect_uri);
    CU_ASSERT_EQUAL(t.used_at, 0);
    CU_ASSERT_EQUAL(t.next.len, 0);
}

static void truncated_and_foreign_texts_are_no_records(void)
{
    static const char *const foreign[] = {
        "",
        "null",
        "[]",
        "{}",
        "7",
        "{\"grant\":1,\"client\":2,\"key\":3}",
        "{\"grant\":\"g\",\"client\":\"c\",\"key\":\"AAAA\"}",
        "{\"grant\":\"g\",\"client\":\"c\",\"key\":\"****\"}",
        "{\"client\":\"c\",\"client_name\":\"n\",\"redirect_uri\":\"r\",\"person\":\"1\","
        "\"name\":\"\",\"email\":\"\",\"asana\":\"?\"}",
    };
    struct grant_record g;
    struct token_record t;
    struct store_record record = { .key = slice_of("k") };
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        record.value = slice_of(foreign[i]);
        CU_ASSERT_FALSE(grant_record_read(arena, &record, &g));
        CU_ASSERT_FALSE(token_record_read(arena, &record, &t));
    }
    BUF_AUTO text = { .max = 4096 };
    grant_record_write(&a_grant, &text);
    for (size_t len = 0; len < text.len; len++) {
        record.value = (struct slice){ text.data, len };
        CU_ASSERT_FALSE(grant_record_read(arena, &record, &g));
    }
    /* Numbers that are none of ours are none at all. */
    record.value = slice_of("{\"client\":\"c\",\"client_name\":\"n\",\"redirect_uri\":\"r\","
                            "\"person\":\"1\",\"name\":\"\",\"email\":\"\",\"asana\":\"AAAA\","
                            "\"made_at\":1e300,\"used_at\":-1e300,\"audience\":\"3\"}");
    CU_ASSERT_TRUE(grant_record_read(arena, &record, &g));
    CU_ASSERT_EQUAL(g.made_at + g.used_at, 0);
    CU_ASSERT_EQUAL(g.audience, 0);
}

/* ---- Asana's tokens ---- */

static void asanas_tokens_open_with_the_key_of_their_grant(void)
{
    struct box_key key, other;
    struct asana_tokens tokens = { .expires_at = 1700000000 }, out;
    BUF_AUTO sealed = { .max = 4096 };
    box_key_new(&key);
    box_key_new(&other);
    secret_set(&tokens.access, slice_of("2/1234/5678:abc-DEF_~.+="));
    secret_set(&tokens.refresh, slice_of("2/1234/5678:refresh"));
    grant_seal(&key, "grant", &tokens, &sealed);
    CU_ASSERT_TRUE_FATAL(buf_ok(&sealed));
    CU_ASSERT_PTR_NULL(memmem(sealed.data, sealed.len, "5678", 4));
    CU_ASSERT_TRUE_FATAL(grant_unseal(&key, "grant", buf_slice(&sealed), &out));
    CU_ASSERT_STRING_EQUAL(out.access.bytes, tokens.access.bytes);
    CU_ASSERT_STRING_EQUAL(out.refresh.bytes, tokens.refresh.bytes);
    CU_ASSERT_EQUAL(out.expires_at, 1700000000);
    asana_tokens_done(&out);
    CU_ASSERT_FALSE(grant_unseal(&key, "another", buf_slice(&sealed), &out));
    CU_ASSERT_FALSE(grant_unseal(&other, "grant", buf_slice(&sealed), &out));
    CU_ASSERT_PTR_NULL(out.access.bytes);
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.data[i] ^= 0x40;
        CU_ASSERT_FALSE(grant_unseal(&key, "grant", buf_slice(&sealed), &out));
        sealed.data[i] ^= 0x40;
    }
    secret_done(&tokens.refresh);
    buf_reset(&sealed);
    grant_seal(&key, "grant", &tokens, &sealed);
    CU_ASSERT_TRUE(grant_unseal(&key, "grant", buf_slice(&sealed), &out));
    CU_ASSERT_EQUAL(out.refresh.len, 0);
    asana_tokens_done(&out);
    asana_tokens_done(&tokens);
    struct box_key made = { { 0 } };
    BUF_AUTO small = { .max = 10 };
    grant_seal(&made, "grant", &tokens, &small);
    CU_ASSERT_FALSE(buf_ok(&small));
}

static void the_grant_key_opens_for_its_token_alone(void)
{
    struct box_key key, out;
    BUF_AUTO wrapped = { .max = 256 };
    box_key_new(&key);
    grant_key_wrap(&key, slice_of("token"), "grant", &wrapped);
    CU_ASSERT_EQUAL(wrapped.len, BOX_KEY + BOX_EXTRA);
    CU_ASSERT_PTR_NULL(memmem(wrapped.data, wrapped.len, key.bytes, 8));
    CU_ASSERT_FALSE(grant_key_unwrap(buf_slice(&wrapped), slice_of("tokeN"), "grant", &out));
    CU_ASSERT_FALSE(grant_key_unwrap(buf_slice(&wrapped), slice_of("token"), "other", &out));
    CU_ASSERT_FALSE(grant_key_unwrap(slice_of(""), slice_of("token"), "grant", &out));
    CU_ASSERT_TRUE(grant_key_unwrap(buf_slice(&wrapped), slice_of("token"), "grant", &out));
    CU_ASSERT_EQUAL(memcmp(&key, &out, sizeof(key)), 0);
}

/* ---- clients ---- */

static const char *name_of(const char *text)
{
    return client_name_of(arena, text);
}

static void a_clients_name_hides_nothing(void)
{
    CU_ASSERT_STRING_EQUAL(name_of("Claude"), "Claude");
    CU_ASSERT_STRING_EQUAL(name_of("Bob\xe2\x80\x99s app \xe2\x80\x94 \xc3\xa4\xe2\x80\xa6"),
                           "Bob\xe2\x80\x99s app \xe2\x80\x94 \xc3\xa4\xe2\x80\xa6");
    static const char *const bad[] = {
        "",
        "a\nb",
        "a\tb",
        "a\x7f",
        "a\xc2\x85z",     /* next line */
        "a\xe2\x80\xaez", /* right-to-left override */
        "a\xe2\x80\x8bz", /* zero width space */
        "a\xe2\x80\xa8z", /* line separator */
        "a\xe2\x81\xa6z", /* isolate */
        "a\xd8\x9cz",     /* Arabic letter mark */
        "a\xef\xbb\xbfz", /* byte order mark */
        "a\xff",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_PTR_NULL(name_of(bad[i]));
    char text[2 * LIMIT_CLIENT_NAME + 1];
    for (size_t i = 0; i + 1 < sizeof(text); i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    text[sizeof(text) - 1] = '\0';
    CU_ASSERT_EQUAL(strlen(name_of(text)), LIMIT_CLIENT_NAME);
}

#define ID "https://client.example/oauth.json"

static bool document(const char *text, struct oauth_client *c, struct err *err)
{
    *err = (struct err){ 0 };
    return client_document_read(arena, ID, slice_of(text), c, err);
}

static void a_document_describes_its_client(void)
{
    struct oauth_client c;
    struct err err;
    CU_ASSERT_TRUE_FATAL(document("{\"client_id\":\"" ID "\",\"client_name\":\"C\","
                                  "\"client_uri\":\"https://client.example/\",\"redirect_uris\":"
                                  "[\"http://localhost/callback\",\"https://c.example/cb\"],"
                                  "\"unknown\":[1]}",
                                  &c, &err));
    CU_ASSERT_EQUAL(c.kind, CLIENT_DOCUMENT);
    CU_ASSERT_EQUAL(c.auth, CLIENT_AUTH_NONE);
    CU_ASSERT_STRING_EQUAL(c.id, ID);
    CU_ASSERT_STRING_EQUAL(c.name, "C");
    CU_ASSERT_STRING_EQUAL(c.uri, "https://client.example/");
    CU_ASSERT_STRING_EQUAL(c.redirect_uris[1], "https://c.example/cb");
    CU_ASSERT_PTR_NULL(c.redirect_uris[2]);
    CU_ASSERT_TRUE(document("{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"client_uri\":"
                            "\"javascript:alert(1)\",\"redirect_uris\":[\"http://[::1]/\"],"
                            "\"token_endpoint_auth_method\":\"none\"}",
                            &c, &err));
    CU_ASSERT_PTR_NULL(c.uri);
    CU_ASSERT_TRUE(document("{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"client_uri\":"
                            "\"https://c.example/\\\"><b>\",\"redirect_uris\":[\"http://[::1]/\"]}",
                            &c, &err));
    CU_ASSERT_PTR_NULL(c.uri);
}

static void a_document_that_is_wrong_is_told_why(void)
{
    static const char *const bad[] = {
        "",
        "<html>",
        "[]",
        "{\"client_name\":\"C\",\"redirect_uris\":[\"http://localhost/\"]}",
        "{\"client_id\":\"https://client.example/oauth.jso\",\"client_name\":\"C\","
        "\"redirect_uris\":[\"http://localhost/\"]}",
        "{\"client_id\":\"HTTPS://client.example/oauth.json\",\"client_name\":\"C\","
        "\"redirect_uris\":[\"http://localhost/\"]}",
        "{\"client_id\":\"" ID "\",\"redirect_uris\":[\"http://localhost/\"]}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"\\n\",\"redirect_uris\":"
        "[\"http://localhost/\"]}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\"}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"redirect_uris\":[]}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"redirect_uris\":\"https://a.example\"}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"redirect_uris\":[1]}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"redirect_uris\":[\"http://c.example/"
        "\"]}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"redirect_uris\":[\"javascript:x\"]}",
        "{\"client_id\":\"" ID "\",\"client_name\":\"C\",\"redirect_uris\":[\"http://localhost/"
        "\"],\"token_endpoint_auth_method\":\"private_key_jwt\"}",
    };
    struct oauth_client c;
    struct err err;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CU_ASSERT_FALSE(document(bad[i], &c, &err));
        CU_ASSERT_TRUE(err.text[0] != '\0');
    }
}

static void a_client_is_read_as_it_was_written(void)
{
    static const char *const uris[] = { "http://127.0.0.1/", "https://a.example/\"", NULL };
    struct oauth_client from = { .id = "id",
                                 .name = "\xc3\xa4 \"",
                                 .uri = "https://a.example/",
                                 .redirect_uris = uris,
                                 .auth = CLIENT_AUTH_POST,
                                 .registered_at = 1700000000 },
                        to;
    struct token_hash hash, back;
    BUF_AUTO text = { .max = 4096 };
    token_hash(slice_of("secret"), &hash);
    client_write(&from, &hash, &text);
    CU_ASSERT_TRUE_FATAL(client_read(arena, buf_slice(&text), &to, &back));
    CU_ASSERT_STRING_EQUAL(to.name, from.name);
    CU_ASSERT_STRING_EQUAL(to.uri, from.uri);
    CU_ASSERT_STRING_EQUAL(to.redirect_uris[1], uris[1]);
    CU_ASSERT_EQUAL(to.auth, CLIENT_AUTH_POST);
    CU_ASSERT_EQUAL(to.registered_at, 1700000000);
    CU_ASSERT_TRUE(to.has_secret);
    CU_ASSERT_EQUAL(memcmp(&hash, &back, sizeof(hash)), 0);
    for (size_t len = 0; len < text.len; len++)
        CU_ASSERT_FALSE(client_read(arena, (struct slice){ text.data, len }, &to, &back));
    buf_reset(&text);
    from.uri = NULL;
    client_write(&from, NULL, &text);
    CU_ASSERT_TRUE(client_read(arena, buf_slice(&text), &to, &back));
    CU_ASSERT_FALSE(to.has_secret);
    CU_ASSERT_PTR_NULL(to.uri);
    CU_ASSERT_FALSE(client_read(arena,
                                slice_of("{\"name\":\"n\",\"auth\":\"none\",\"secret_hash\":\"ab\","
                                         "\"redirect_uris\":[\"http://[::1]/\"]}"),
                                &to, &back));
}

/* ---- scopes ---- */

static void scopes_are_words(void)
{
    bool known;
    CU_ASSERT_EQUAL(scopes_parse("read", &known), SCOPE_READ);
    CU_ASSERT_TRUE(known);
    CU_ASSERT_EQUAL(scopes_parse("write", &known), SCOPE_ALL);
    CU_ASSERT_EQUAL(scopes_parse("  read  write ", &known), SCOPE_ALL);
    CU_ASSERT_TRUE(known);
    CU_ASSERT_EQUAL(scopes_parse("", &known), 0);
    CU_ASSERT_TRUE(known);
    CU_ASSERT_EQUAL(scopes_parse("reader", &known), 0);
    CU_ASSERT_FALSE(known);
    CU_ASSERT_EQUAL(scopes_parse("openid read", &known), SCOPE_READ);
    CU_ASSERT_FALSE(known);
    CU_ASSERT_STRING_EQUAL(scopes_text(SCOPE_READ), "read");
    CU_ASSERT_STRING_EQUAL(scopes_text(SCOPE_ALL), "read write");
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (!secret_init() || !(arena = arena_new(64u << 20)) ||
        CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("box", NULL, NULL);
    ADD(a_box_opens_with_its_key_and_what_it_is_bound_to);
    ADD(a_box_of_nothing_is_a_box);
    ADD(every_bit_and_byte_of_a_box_counts);
    ADD(the_same_content_makes_different_boxes);
    ADD(keys_of_different_purposes_differ);
    suite = CU_add_suite("oauth: tokens as texts", NULL, NULL);
    ADD(tokens_are_random_and_say_what_they_are);
    ADD(a_hash_is_its_tokens_alone);
    ADD(the_challenge_is_the_rfcs);
    ADD(scopes_are_words);
    suite = CU_add_suite("oauth: records", NULL, NULL);
    ADD(a_grant_is_read_as_it_was_written);
    ADD(a_token_is_read_as_it_was_written);
    ADD(truncated_and_foreign_texts_are_no_records);
    ADD(asanas_tokens_open_with_the_key_of_their_grant);
    ADD(the_grant_key_opens_for_its_token_alone);
    suite = CU_add_suite("oauth: clients as texts", NULL, NULL);
    ADD(a_clients_name_hides_nothing);
    ADD(a_document_describes_its_client);
    ADD(a_document_that_is_wrong_is_told_why);
    ADD(a_client_is_read_as_it_was_written);
    CU_basic_set_mode(CU_BRM_NORMAL);
    int code = run_suites();
    arena_free(arena);
    return code;
}
