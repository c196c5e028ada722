#include "base/secret.h"

#include "suites.h"

#include <string.h>

static void a_secret_is_a_copy(void)
{
    struct secret s = { 0 };
    char text[] = "token";
    CU_ASSERT_TRUE(secret_set(&s, slice_of(text)));
    memset(text, 'x', sizeof(text) - 1);
    CU_ASSERT_STRING_EQUAL(s.bytes, "token");
    CU_ASSERT_EQUAL(s.len, 5);
    CU_ASSERT_TRUE(secret_set(&s, slice_of("another")));
    CU_ASSERT_STRING_EQUAL(s.bytes, "another");
    secret_done(&s);
    CU_ASSERT_PTR_NULL(s.bytes);
    CU_ASSERT_EQUAL(s.len, 0);
    secret_done(&s);
    secret_done(NULL);
}

static void an_empty_value_is_an_empty_secret(void)
{
    struct secret s = { 0 };
    CU_ASSERT_TRUE(secret_set(&s, (struct slice){ 0 }));
    CU_ASSERT_EQUAL(s.len, 0);
    CU_ASSERT_TRUE(secret_equals(&s, (struct slice){ 0 }));
    secret_done(&s);
    CU_ASSERT_TRUE(secret_equals(&s, slice_of("")));
    CU_ASSERT_FALSE(secret_equals(&s, slice_of("x")));
}

static void only_the_same_bytes_are_equal(void)
{
    SECRET_AUTO s = { 0 };
    CU_ASSERT_TRUE(secret_set(&s, slice_of("token")));
    CU_ASSERT_TRUE(secret_equals(&s, slice_of("token")));
    CU_ASSERT_FALSE(secret_equals(&s, slice_of("tokem")));
    CU_ASSERT_FALSE(secret_equals(&s, slice_of("Token")));
    CU_ASSERT_FALSE(secret_equals(&s, slice_of("toke")));
    CU_ASSERT_FALSE(secret_equals(&s, slice_of("tokens")));
    CU_ASSERT_FALSE(secret_equals(&s, slice_of("")));
}

static void a_digest_names_one_token(void)
{
    struct digest a, b;
    secret_digest(slice_of("token"), &a);
    secret_digest(slice_of("token"), &b);
    CU_ASSERT_TRUE(digest_equal(&a, &b));
    secret_digest(slice_of("tokem"), &b);
    CU_ASSERT_FALSE(digest_equal(&a, &b));
    secret_digest((struct slice){ 0 }, &b);
    CU_ASSERT_FALSE(digest_equal(&a, &b));
}

static void random_digits_are_hexadecimal_and_differ(void)
{
    char a[2 * 100 + 2], b[2 * 100 + 2];
    memset(a, '#', sizeof(a));
    secret_random_hex(a, 100);
    secret_random_hex(b, 100);
    CU_ASSERT_EQUAL(strlen(a), 200);
    CU_ASSERT_EQUAL(strspn(a, "0123456789abcdef"), 200);
    CU_ASSERT_EQUAL(a[201], '#');
    CU_ASSERT_STRING_NOT_EQUAL(a, b);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("secret", NULL, NULL);
    ADD(suite, a_secret_is_a_copy);
    ADD(suite, an_empty_value_is_an_empty_secret);
    ADD(suite, only_the_same_bytes_are_equal);
    ADD(suite, a_digest_names_one_token);
    ADD(suite, random_digits_are_hexadecimal_and_differ);
    return run_suites();
}
