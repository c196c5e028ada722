#include "http/crowd.h"

#include "base/host.h"
#include "base/secret.h"
#include "base/tally.h"
#include "http/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct crowd {
    atomic_uint all;
    struct tally *addresses;
};

struct crowd *crowd_new(void)
{
    struct crowd *c = calloc(1, sizeof(*c));
    if (c && !(c->addresses = tally_new())) {
        free(c);
        return NULL;
    }
    return c;
}

void crowd_free(struct crowd *c)
{
    if (c)
        tally_free(c->addresses);
    free(c);
}

uint64_t crowd_key(const struct sockaddr *from, const char *const *trusted_proxies)
{
    char text[PEER_TEXT];
    struct digest digest;
    struct slice bytes;
    uint64_t key;
    if (!from || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return 0;
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    const struct in_addr *v4 = &((const struct sockaddr_in *)(const void *)from)->sin_addr;
    bool mapped = from->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(v6);
    if (mapped)
        bytes = (struct slice){ (const char *)v6->s6_addr + 12, 4 };
    else if (from->sa_family == AF_INET6)
        bytes = (struct slice){ (const char *)v6->s6_addr, 8 };
    else
        bytes = (struct slice){ (const char *)v4, 4 };
    bool whole = mapped || from->sa_family == AF_INET;
    inet_ntop(whole ? AF_INET : AF_INET6, whole ? (const void *)bytes.data : (const void *)v6, text,
              sizeof(text));
    if (host_is_loopback(text) || peer_is_among(text, trusted_proxies))
        return 0;
    secret_digest(bytes, &digest);
    memcpy(&key, digest.bytes, sizeof(key));
    return key ? key : 1;
}

/* So many more are told that they are too many. */
static unsigned with_spare(unsigned limit)
{
    return limit + limit / 16 + 8;
}

bool crowd_admits(const struct crowd *c, const struct crowd_limits *limits, uint64_t key)
{
    return atomic_load(&c->all) < with_spare(limits->all) &&
           (!key || tally_count(c->addresses, key) < with_spare(limits->per_address));
}

enum crowd_room crowd_enter(struct crowd *c, const struct crowd_limits *limits, uint64_t key)
{
    bool full = atomic_fetch_add(&c->all, 1) >= limits->all;
    bool full_address = key && tally_add(c->addresses, key) > limits->per_address;
    return full_address ? CROWD_FULL_ADDRESS : full ? CROWD_FULL : CROWD_ROOM;
}

void crowd_leave(struct crowd *c, uint64_t key)
{
    atomic_fetch_sub(&c->all, 1);
    if (key)
        tally_take(c->addresses, key);
}
