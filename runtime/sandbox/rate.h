/* rate.h: Asana's limits per token, as the sandbox enforces them when it is told to: so many
 * requests and searches a minute, so many reads and writes at the same time.
 *
 * Pure bookkeeping, time is given; any one thread. A minute begins with a token's first request and
 * is counted from anew with the first one after it. Refused requests count in their minute, too,
 * but take no place among those in flight. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0: no such limit. */
struct sb_limits {
    unsigned requests_per_minute;
    unsigned searches_per_minute;
    unsigned concurrent_reads;
    unsigned concurrent_writes;
    unsigned minute_ms; /* how long a minute is; 0: 60 seconds */
};

/* Tokens that are remembered; of those with nothing in flight the one unused for longest makes room
 * for a new one. */
#define SB_TOKENS_MAX 64

struct sb_minute {
    uint64_t since;
    unsigned count;
};

struct sb_rate {
    struct sb_limits limits;
    struct sb_rate_token {
        struct digest digest;
        uint64_t used; /* 0: free */
        struct sb_minute requests;
        struct sb_minute searches;
        unsigned in_flight[2]; /* reads, writes */
    } tokens[SB_TOKENS_MAX];
};

/* A request's place among those in flight; zeroed, it has none. */
struct sb_place {
    struct sb_rate_token *token;
    bool write;
};

struct sb_rate_ask {
    const char *authorization; /* NULL: nobody's */
    bool write;
    bool search;
    unsigned busy_ms; /* how long the requests in flight may take */
};

/* Forgets what was counted, but not what is in flight. */
void sb_rate_set(struct sb_rate *r, const struct sb_limits *limits);

/* 0 when the request may go on, and *place is for sb_rate_leave(); else the whole seconds after
 * which it may be tried again, 1 at least. now_ms is not 0. */
unsigned sb_rate_enter(struct sb_rate *r, const struct sb_rate_ask *ask, uint64_t now_ms,
                       struct sb_place *place);
void sb_rate_leave(struct sb_place *place);
