/* quota_priv.h: what the parts of worker/quota share: quota.c sees to it when Redis is spoken to,
 * quota_lease.c what is said about a token, and what comes of the answer. */
#pragma once

#include "asana/gate_share.h"
#include "redis/redis.h"
#include "worker/quota.h"

#include <sys/queue.h>

#define QUOTA_PREFIX "asana-mcp:quota:"
#define QUOTA_EPOCH QUOTA_PREFIX "epoch"

TAILQ_HEAD(leases, lease);

struct portion {
    unsigned peak, peak_before; /* used at most, in this period and in the one before */
    uint64_t lively_ms;         /* when somebody came or waited; 0: never */
    bool lively;                /* that was not long ago, when it was looked last */
    unsigned held, need, want;  /* as Redis was told last */
};

/* A token's. */
struct lease {
    struct quota *quota;
    struct gate *gate;
    struct portion portions[GATE_KINDS];
    uint64_t period_ms;
    uint64_t told_ms; /* by the gates' clock: the last word to Redis, which lends from then on */
    uint64_t due_ms;  /* the next, while calm or hungry */
    bool sated;       /* it has got all that it wanted */
    bool again;       /* it wants more since it was asked for */
    struct redis_command *command;
    struct leases *list; /* that it is in */
    TAILQ_ENTRY(lease) link;
};

struct quota {
    uv_loop_t *loop;
    struct gates *gates;
    struct redis *redis;
    char node[9];
    char digest[48]; /* of the script, as Redis has told it; "": it has to be sent as a whole */
    bool alone;      /* Redis has been silent for long */
    bool left;       /* everything was handed back */
    uint64_t turn;   /* the last that was said */
    uint64_t sweep_ms;
    uint64_t silent_ms; /* since when Redis does not answer; 0: it does */
    struct redis_command *farewell;
    void (*gone)(void *ctx); /* when it is answered */
    void *gone_ctx;
    struct leases resting, asking, calm, hungry; /* the last two by due_ms */
    uv_async_t wanting;
    uv_timer_t timer;
    unsigned handles;
};

/* quota.c. */
void quota_arm(struct quota *q);
void quota_move(struct lease *l, struct leases *list);
void quota_ask_later(struct lease *l, bool hungry);
/* Redis has said something, or nothing because of why. */
void quota_confirm(struct quota *q);
void quota_miss(struct quota *q, const char *why);

/* quota_lease.c: says what the token needs, and takes what is lent then. */
void lease_ask(struct lease *l);
/* Says that it needs nothing any more: what is still in flight, and what was searched, stays. */
void lease_return(struct lease *l);
