#include "oauth/rate.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void rate_count(struct rate *r, const char *kind, const char *subject, int64_t seconds, int64_t now,
                struct store_op *op)
{
    int64_t window = now / seconds;
    struct in6_addr v6;
    char network[40];
    if (inet_pton(AF_INET6, subject, &v6) == 1) { /* one's own are 2^64 */
        memset(v6.s6_addr + 8, 0, 8);
        subject = inet_ntop(AF_INET6, &v6, network, sizeof(network));
    }
    r->ends_at = (window + 1) * seconds;
    snprintf(r->key, sizeof(r->key), "rate:%s:%.100s:%" PRId64, kind, subject, window);
    *op = (struct store_op){ .verb = STORE_COUNT,
                             .table = STORE_COUNTERS,
                             .key = slice_of(r->key),
                             .expires_at = r->ends_at,
                             .by = 1 };
}
