/* redis_check.h: what a Redis is like, asked before it is used: whether it can be our store at all,
 * and how safe it keeps what it has answered. Main thread; blocks for at most a few seconds. */
#pragma once

#include "redis/redis.h"

struct redis_facts {
    bool reached;         /* else nothing below is known but why and refused */
    bool refused;         /* the password, say: trying again does not help */
    char why[200];        /* when not reached */
    char version[24];     /* "7.0.15"; these are empty when Redis does not tell them */
    char mode[16];        /* "standalone", "cluster", "sentinel" */
    char policy[24];      /* maxmemory-policy */
    char fsync[16];       /* appendfsync */
    char format[16];      /* of what we keep there */
    long long max_memory; /* bytes; 0: no ceiling */
    bool keeps_log;       /* appendonly */
};

void redis_look(const struct redis_address *a, struct redis_facts *out);

/* Whether what was found can be our store: false with err, which says what to do, for what does not
 * change by itself: a wrong password, a cluster, a Redis that is too old, a newer format. One that
 * cannot be reached can be, once it is back. */
bool redis_fits(const struct redis_address *a, const struct redis_facts *f, struct err *err);

/* Both, for a store that is being opened; what is worth knowing is logged. */
bool redis_check(const struct redis_address *a, struct err *err);
