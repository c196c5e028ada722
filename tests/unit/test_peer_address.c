#include "http/peer.h"

#include "suites.h"

static const char *const ours[] = { "127.0.0.1", "10.0.0.0/8", "fd00::/8", NULL };

static const char *found(const char *peer, const char *header)
{
    static char out[PEER_TEXT];
    peer_find(peer, header, ours, out);
    return out;
}

static void without_a_trusted_proxy_the_connection_counts(void)
{
    CU_ASSERT_STRING_EQUAL(found("192.0.2.7", "198.51.100.1"), "192.0.2.7");
    CU_ASSERT_STRING_EQUAL(found("192.0.2.7", NULL), "192.0.2.7");
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", NULL), "127.0.0.1");
    char out[PEER_TEXT];
    peer_find("127.0.0.1", "198.51.100.1", NULL, out);
    CU_ASSERT_STRING_EQUAL(out, "127.0.0.1");
}

static void the_last_entry_that_is_no_proxy_of_ours_counts(void)
{
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", "198.51.100.1"), "198.51.100.1");
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", "6.6.6.6, 198.51.100.1 , 10.1.2.3"), "198.51.100.1");
    CU_ASSERT_STRING_EQUAL(found("fd12::1", "2001:db8::5"), "2001:db8::5");
    CU_ASSERT_STRING_EQUAL(found("::ffff:127.0.0.1", "198.51.100.1"), "198.51.100.1");
}

static void what_is_no_address_ends_the_search(void)
{
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", "198.51.100.1, unknown"), "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", ""), "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", ",,"), "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(found("127.0.0.1", "198.51.100.1:443"), "127.0.0.1");
}

static void networks_are_checked(void)
{
    static const char *const good[] = { "10.0.0.0/8", "::1", "2001:db8::/32", "0.0.0.0/0" };
    static const char *const bad[] = {
        "10.0.0/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "host", ""
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CU_ASSERT_TRUE(peer_network_ok(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(peer_network_ok(bad[i]));
    CU_ASSERT_TRUE(peer_is_among("10.255.0.1", ours));
    CU_ASSERT_FALSE(peer_is_among("11.0.0.1", ours));
    CU_ASSERT_FALSE(peer_is_among("127.0.0.2", ours));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("peer address", NULL, NULL);
    ADD(suite, without_a_trusted_proxy_the_connection_counts);
    ADD(suite, the_last_entry_that_is_no_proxy_of_ours_counts);
    ADD(suite, what_is_no_address_ends_the_search);
    ADD(suite, networks_are_checked);
    return run_suites();
}
