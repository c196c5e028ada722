/* crowd.h: how many connections a process has, in all and from each address, across its servers.
 *
 * Some more than the ceilings are let in, to be told so (503); what is beyond that is closed
 * without a word. Addresses of loopback and of trusted proxies, behind which are many, count in all
 * only. Any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct crowd;

struct crowd_limits {
    unsigned all;
    unsigned per_address;
};

enum crowd_room {
    CROWD_ROOM,
    CROWD_FULL,         /* one too many in all */
    CROWD_FULL_ADDRESS, /* one too many from this address */
};

/* NULL when memory is short. */
struct crowd *crowd_new(void);
void crowd_free(struct crowd *c); /* accepts NULL */

/* Which counter an address has; 0: none of its own. An IPv6 network of 64 bits is one address. */
uint64_t crowd_key(const struct sockaddr *from, const char *const *trusted_proxies);
/* Whether one more is to be accepted, if only to be told that there are too many. */
bool crowd_admits(const struct crowd *c, const struct crowd_limits *limits, uint64_t key);
/* It has been accepted, and has ended. */
enum crowd_room crowd_enter(struct crowd *c, const struct crowd_limits *limits, uint64_t key);
void crowd_leave(struct crowd *c, uint64_t key);
