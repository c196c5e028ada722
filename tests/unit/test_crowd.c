#include "http/crowd.h"

#include "base/secret.h"
#include "base/tally.h"
#include "suites.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>

static const char *const proxies[] = { "10.1.0.0/16", NULL };

static uint64_t key_of(const char *text)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = { 0 };
    if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1)
        a.v4.sin_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &a.v6.sin6_addr) == 1)
        a.v6.sin6_family = AF_INET6;
    return crowd_key(&a.any, proxies);
}

static void addresses_have_counters_of_their_own(void)
{
    CU_ASSERT_NOT_EQUAL(key_of("192.0.2.1"), 0);
    CU_ASSERT_NOT_EQUAL(key_of("192.0.2.1"), key_of("192.0.2.2"));
    CU_ASSERT_EQUAL(key_of("192.0.2.1"), key_of("::ffff:192.0.2.1"));
    CU_ASSERT_EQUAL(key_of("2001:db8:1:2::1"), key_of("2001:db8:1:2:ffff::"));
    CU_ASSERT_NOT_EQUAL(key_of("2001:db8:1:2::1"), key_of("2001:db8:1:3::1"));
}

static void loopback_and_proxies_have_none(void)
{
    CU_ASSERT_EQUAL(key_of("127.0.0.1"), 0);
    CU_ASSERT_EQUAL(key_of("127.9.9.9"), 0);
    CU_ASSERT_EQUAL(key_of("::1"), 0);
    CU_ASSERT_EQUAL(key_of("::ffff:127.0.0.1"), 0);
    CU_ASSERT_EQUAL(key_of("10.1.200.7"), 0);
    CU_ASSERT_NOT_EQUAL(key_of("10.2.0.1"), 0);
    CU_ASSERT_EQUAL(crowd_key(NULL, proxies), 0);
    CU_ASSERT_EQUAL(crowd_key(&(struct sockaddr){ .sa_family = AF_UNIX }, proxies), 0);
}

/* 10 and 20 in all, and so many more to be told. */
static void an_address_has_its_share_and_some_are_told(void)
{
    struct crowd *c = crowd_new();
    struct crowd_limits limits = { .all = 20, .per_address = 10 };
    uint64_t one = key_of("192.0.2.1"), other = key_of("192.0.2.2");
    for (int i = 0; i < 10; i++) {
        CU_ASSERT_TRUE(crowd_admits(c, &limits, one));
        CU_ASSERT_EQUAL(crowd_enter(c, &limits, one), CROWD_ROOM);
    }
    int told = 0;
    while (crowd_admits(c, &limits, one) && told < 100) {
        CU_ASSERT_EQUAL(crowd_enter(c, &limits, one), CROWD_FULL_ADDRESS);
        told++;
    }
    CU_ASSERT_EQUAL(told, 8);
    CU_ASSERT_TRUE(crowd_admits(c, &limits, other));
    CU_ASSERT_EQUAL(crowd_enter(c, &limits, other), CROWD_ROOM);
    CU_ASSERT_EQUAL(crowd_enter(c, &limits, 0), CROWD_ROOM);
    CU_ASSERT_EQUAL(crowd_enter(c, &limits, other), CROWD_FULL);
    for (int i = 0; i < 10 + told; i++)
        crowd_leave(c, one);
    CU_ASSERT_EQUAL(crowd_enter(c, &limits, one), CROWD_ROOM);
    crowd_free(c);
    crowd_free(NULL);
}

static struct tally *shared;

static void *come_and_go(void *arg)
{
    uint64_t own = (uint64_t)(uintptr_t)arg * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 20000; i++) {
        tally_add(shared, 7);
        tally_add(shared, own);
        CU_ASSERT_TRUE(tally_count(shared, own) >= 1);
        tally_take(shared, own);
        tally_take(shared, 7);
    }
    tally_add(shared, 7);
    return NULL;
}

static void threads_count_together(void)
{
    pthread_t threads[4];
    shared = tally_new();
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, come_and_go, (void *)(i + 1));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CU_ASSERT_EQUAL(tally_count(shared, 7), 4);
    CU_ASSERT_EQUAL(tally_add(shared, 7), 5);
    CU_ASSERT_EQUAL(tally_take(shared, 7), 4);
    tally_free(shared);
    tally_free(NULL);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite crowd = CU_add_suite("crowd", NULL, NULL);
    ADD(crowd, addresses_have_counters_of_their_own);
    ADD(crowd, loopback_and_proxies_have_none);
    ADD(crowd, an_address_has_its_share_and_some_are_told);
    ADD(crowd, threads_count_together);
    return run_suites();
}
