#include "oauth/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* RFC 6890's registry: what is not for everybody. */
static const struct block {
    uint32_t address;
    unsigned bits;
} reserved_v4[] = {
    { 0x00000000, 8 },  /* this network */
    { 0x0A000000, 8 },  /* private */
    { 0x64400000, 10 }, /* shared: carrier NAT */
    { 0x7F000000, 8 },  /* loopback */
    { 0xA9FE0000, 16 }, /* link-local; cloud metadata */
    { 0xAC100000, 12 }, /* private */
    { 0xC0000000, 24 }, /* protocol assignments */
    { 0xC0000200, 24 }, /* documentation */
    { 0xC0586300, 24 }, /* 6to4 relays */
    { 0xC0A80000, 16 }, /* private */
    { 0xC6120000, 15 }, /* benchmarks */
    { 0xC6336400, 24 }, /* documentation */
    { 0xCB007100, 24 }, /* documentation */
    { 0xE0000000, 4 },  /* multicast */
    { 0xF0000000, 4 },  /* reserved, broadcast */
};

static bool is_public_v4(uint32_t address)
{
    for (size_t i = 0; i < sizeof(reserved_v4) / sizeof(*reserved_v4); i++)
        if ((address ^ reserved_v4[i].address) >> (32 - reserved_v4[i].bits) == 0)
            return false;
    return true;
}

/* Only 2000::/3 is for everybody, and in it not what leads elsewhere: Teredo and the other protocol
 * assignments (2001::/23), documentation (2001:db8::/32, 3fff::/20), 6to4 (2002::/16). What maps or
 * translates IPv4 (::ffff:0:0/96, 64:ff9b::/96) lies outside. */
static bool is_public_v6(const uint8_t *a)
{
    return (a[0] & 0xE0) == 0x20 && !(a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xFE) == 0) &&
           !(a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0D && a[3] == 0xB8) &&
           !(a[0] == 0x20 && a[1] == 0x02) && !(a[0] == 0x3F && a[1] == 0xFF && (a[2] & 0xF0) == 0);
}

bool fetch_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        return is_public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof(v6));
        return is_public_v6(v6.sin6_addr.s6_addr);
    }
    return false;
}
