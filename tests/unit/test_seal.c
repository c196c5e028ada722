#include "mcp/seal.h"

#include "base/secret.h"
#include "suites.h"

#include <string.h>

static struct seal *seal;

#define NOW 1000000u
#define SECONDS 600u

static struct buf closed(const char *text, const char *bound)
{
    struct buf b = { .max = 1000 };
    seal_close(seal, slice_of(text), slice_of(bound), NOW, SECONDS, &b);
    CU_ASSERT_TRUE_FATAL(buf_ok(&b));
    return b;
}

static bool opens(const struct seal *s, struct slice sealed, const char *bound, uint64_t now_ms,
                  const char *expected)
{
    BUF_AUTO text = { .max = 1000 };
    bool ok = seal_open(s, sealed, slice_of(bound), now_ms, &text);
    CU_ASSERT_TRUE(ok ? slice_is(buf_slice(&text), expected) : text.len == 0);
    return ok;
}

static void what_was_sealed_comes_back(void)
{
    static const char *const texts[] = { "", "x", "{\"a\":\"\\n\"}" };
    for (size_t i = 0; i < 3; i++) {
        BUF_AUTO b = closed(texts[i], "ada tools/call");
        CU_ASSERT_TRUE(opens(seal, buf_slice(&b), "ada tools/call", NOW, texts[i]));
        for (size_t k = 0; k < b.len; k++) /* base64url: it stands in JSON as it is */
            CU_ASSERT_PTR_NOT_NULL(strchr(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", b.data[k]));
    }
}

static void the_same_text_is_never_sealed_the_same(void)
{
    BUF_AUTO a = closed("secret", "b"), b = closed("secret", "b");
    CU_ASSERT_FALSE(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    CU_ASSERT_PTR_NULL(memmem(a.data, a.len, "secret", 6));
}

static void it_opens_only_for_what_it_was_made_for_and_in_time(void)
{
    BUF_AUTO b = closed("x", "ada");
    CU_ASSERT_FALSE(opens(seal, buf_slice(&b), "grace", NOW, ""));
    CU_ASSERT_FALSE(opens(seal, buf_slice(&b), "", NOW, ""));
    CU_ASSERT_FALSE(opens(seal, buf_slice(&b), "ada ", NOW, ""));
    CU_ASSERT_TRUE(opens(seal, buf_slice(&b), "ada", NOW + SECONDS * 1000 - 1, "x"));
    CU_ASSERT_FALSE(opens(seal, buf_slice(&b), "ada", NOW + SECONDS * 1000, ""));
    struct seal *other = seal_new();
    CU_ASSERT_FALSE(opens(other, buf_slice(&b), "ada", NOW, ""));
    seal_free(other);
}

static void every_changed_byte_is_noticed(void)
{
    BUF_AUTO b = closed("state", "ada");
    for (size_t i = 0; i < b.len; i++) {
        char was = b.data[i];
        b.data[i] = was == 'A' ? 'B' : 'A';
        /* The last character may hold bits that mean nothing; decoding refuses them, too. */
        CU_ASSERT_FALSE(opens(seal, buf_slice(&b), "ada", NOW, ""));
        b.data[i] = was;
    }
    for (size_t len = 0; len < b.len; len++)
        CU_ASSERT_FALSE(opens(seal, (struct slice){ b.data, len }, "ada", NOW, ""));
    CU_ASSERT_FALSE(opens(seal, slice_of("!!!!"), "ada", NOW, ""));
    CU_ASSERT_FALSE(opens(seal, slice_of("\xff\xfe"), "ada", NOW, ""));
}

static void a_full_buffer_says_so(void)
{
    BUF_AUTO small = { .max = 40 };
    seal_close(seal, slice_of("x"), slice_of("ada"), NOW, SECONDS, &small);
    CU_ASSERT_FALSE(buf_ok(&small));
    BUF_AUTO b = closed("longer text", "ada");
    BUF_AUTO tiny = { .max = 3 };
    CU_ASSERT_FALSE(seal_open(seal, buf_slice(&b), slice_of("ada"), NOW, &tiny));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || !(seal = seal_new()) || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("seal", NULL, NULL);
    ADD(suite, what_was_sealed_comes_back);
    ADD(suite, the_same_text_is_never_sealed_the_same);
    ADD(suite, it_opens_only_for_what_it_was_made_for_and_in_time);
    ADD(suite, every_changed_byte_is_noticed);
    ADD(suite, a_full_buffer_says_so);
    int code = run_suites();
    seal_free(seal);
    seal_free(NULL);
    return code;
}
