#include "http/peer.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every address as IPv6, IPv4 in its mapped form. */
struct network {
    unsigned char bytes[16];
    unsigned bits;
};

static bool read_address(const char *text, size_t len, struct network *out)
{
    char copy[PEER_TEXT];
    unsigned char v4[4];
    if (len >= sizeof(copy))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    out->bits = 128;
    if (inet_pton(AF_INET6, copy, out->bytes) == 1)
        return true;
    if (inet_pton(AF_INET, copy, v4) != 1)
        return false;
    memset(out->bytes, 0, 10);
    memset(out->bytes + 10, 0xFF, 2);
    memcpy(out->bytes + 12, v4, 4);
    return true;
}

static bool read_network(const char *text, struct network *out)
{
    size_t len = strcspn(text, "/");
    char *end;
    if (!read_address(text, len, out))
        return false;
    if (!text[len])
        return true;
    bool v4 = memchr(text, '.', len) && !memchr(text, ':', len);
    unsigned long bits = strtoul(text + len + 1, &end, 10);
    if (!isdigit((unsigned char)text[len + 1]) || *end || bits > (v4 ? 32 : 128))
        return false;
    out->bits = (unsigned)bits + (v4 ? 96 : 0);
    return true;
}

static bool holds(const struct network *n, const struct network *address)
{
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(n->bytes, address->bytes, whole) != 0)
        return false;
    return !rest || (n->bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

bool peer_network_ok(const char *text)
{
    struct network n;
    return read_network(text, &n);
}

bool peer_is_among(const char *address, const char *const *networks)
{
    struct network n, a;
    if (!read_address(address, strlen(address), &a))
        return false;
    for (; networks && *networks; networks++)
        if (read_network(*networks, &n) && holds(&n, &a))
            return true;
    return false;
}

/* Cuts the last entry off the end of text[0..*len]; false when there is none, or it is no address.
 */
static bool cut_last(const char *text, size_t *len, char out[PEER_TEXT])
{
    struct network ignored;
    size_t end = *len, start;
    while (end && strchr(" \t", text[end - 1]))
        end--;
    for (start = end; start && text[start - 1] != ','; start--)
        ;
    *len = start ? start - 1 : 0;
    while (start < end && strchr(" \t", text[start]))
        start++;
    if (!read_address(text + start, end - start, &ignored))
        return false;
    snprintf(out, PEER_TEXT, "%.*s", (int)(end - start), text + start);
    return true;
}

void peer_find(const char *peer, const char *header, const char *const *trusted,
               char out[PEER_TEXT])
{
    size_t len = header ? strlen(header) : 0;
    snprintf(out, PEER_TEXT, "%s", peer);
    while (len && peer_is_among(out, trusted)) {
        char before[PEER_TEXT];
        if (!cut_last(header, &len, before))
            return; /* what stands there is none that anybody vouches for */
        memcpy(out, before, PEER_TEXT);
    }
}
