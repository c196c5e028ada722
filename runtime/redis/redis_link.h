/* redis_link.h: one connection to Redis that is kept up: finding the address, connecting, greeting,
 * noticing that it is dead, coming back with backoff. It knows nothing of what is said on it.
 *
 *     RESOLVING ──▶ CONNECTING ──▶ GREETING ──▶ UP
 *         ▲              │ (next address, if any) │
 *         └── WAITING ◀──┴────────────────────────┘ lost
 *
 * Embedded in its owner, which lives until link_close() has called closed(). The loop's thread. */
#pragma once

#include "base/buf.h"
#include "redis/redis.h"

#include <hiredis/async.h>

#define LINK_WHY 200
#define LINK_ADDRESSES 8

enum link_state {
    LINK_RESTING, /* never started */
    LINK_RESOLVING,
    LINK_CONNECTING,
    LINK_GREETING,
    LINK_UP,
    LINK_WAITING,
    LINK_CLOSED,
};

struct redis_link;
struct link_watch;

/* What the owner does about it; ctx is the owner. */
struct link_duty {
    void (*up)(void *ctx);
    void (*lost)(void *ctx);   /* it was up; all replies that were owed have been called */
    void (*beat)(void *ctx);   /* nothing has been heard for long: say something */
    void (*closed)(void *ctx); /* after link_close(), on a later turn */
    void (*first)(void *ctx, const redisReply *reply); /* to the owner's first command */
};

struct redis_link {
    uv_loop_t *loop;
    const struct redis_address *address;
    const struct link_duty *duty;
    void *ctx;
    enum link_state state;
    redisAsyncContext *ac;
    struct ssl_st *ssl;       /* ac's, when it speaks TLS */
    struct link_watch *watch; /* of ac's descriptor */
    uv_timer_t timer;         /* to give up, to beat, or to try again */
    uv_getaddrinfo_t lookup;
    char found[LINK_ADDRESSES][64]; /* numeric addresses */
    size_t n_found, next;
    struct slice first; /* the owner's first command, formatted; borrowed */
    unsigned greetings; /* answers that the greeting still waits for */
    unsigned owed;      /* answers that Redis owes */
    uint64_t heard_at;  /* when bytes came, or, when later, when it began to owe */
    uint64_t down_at;   /* since when it has not been up */
    uint64_t due_at;    /* of the timer while waiting */
    unsigned failures;  /* in a row */
    unsigned holds;     /* things of the loop that point here */
    bool refused;
    bool dropped; /* by us: why says it better than hiredis */
    char why[LINK_WHY];
};

void link_init(struct redis_link *l, uv_loop_t *loop, const struct redis_address *address,
               const struct link_duty *duty, void *ctx);
/* Nothing when it has been started. */
void link_start(struct redis_link *l);
/* Answers owed are called with NULL; nothing of the duty but closed() afterwards. */
void link_close(struct redis_link *l);

/* Sends what link_format() made; false when there is no connection that takes it. fn is called
 * once, with a NULL reply when the connection ends, and calls link_answered() first. */
bool link_send(struct redis_link *l, struct slice command, redisCallbackFn *fn, void *data);
void link_answered(struct redis_link *l);
/* Ends the connection and comes back after the backoff. */
void link_drop(struct redis_link *l, const char *why);
/* Why the connection is ending or has ended. */
const char *link_why(const struct redis_link *l);

/* Whether this is what a replica answers to ROLE, and what to say then. */
bool link_is_replica(const redisReply *reply);
#define LINK_REPLICA "it is a replica, which takes no writes; name the master"

/* Appends a command in Redis' protocol. */
void link_format(struct buf *out, size_t argc, const struct slice *argv);
