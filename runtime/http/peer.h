/* peer.h: who sent a request that came through proxies, as far as those that are trusted say so
 * (X-Forwarded-For).
 *
 * Pure functions; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PEER_TEXT 46 /* an IPv6 address and a NUL */

/* An address, or a network as ADDRESS/BITS. */
bool peer_network_ok(const char *text);
/* Whether an address belongs to one of the networks (ended by NULL; may be NULL). */
bool peer_is_among(const char *address, const char *const *networks);
/* The address that the nearest proxy which is not among trusted was told of: header's last entry
 * that is not a trusted proxy itself. peer: the address of the connection; header may be NULL. */
void peer_find(const char *peer, const char *header, const char *const *trusted,
               char out[PEER_TEXT]);
