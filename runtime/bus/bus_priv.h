/* bus_priv.h: what the parts of bus/ share. */
#pragma once

#include "base/limits.h"
#include "bus/bus.h"
#include "bus/envelope.h"
#include "redis/redis.h"

#include <sys/queue.h>

#define CHANNEL_TEXT 64
#define COMMON_TEXT 40

#define TEXT_OF(x) #x
#define TEXT_OF_VALUE(x) TEXT_OF(x)
/* Whoever writes other letters listens elsewhere, and so is gone for us at once. */
#define CHANNEL_HEAD "asana-mcp:bus" TEXT_OF_VALUE(LETTER_VERSION)

/* A letter whose sender waits for what became of it. */
struct errand {
    struct bus *bus;
    struct place to;
    uint32_t ticket;   /* of a question; 0: a post */
    uint64_t until_ms; /* of a question that has been taken; 0: not yet */
    bus_done_fn *done; /* may be NULL */
    void *ctx;
    struct redis_command *command; /* NULL once it is published */
    struct buf text;               /* until it has been taken */
    bool held;                     /* until somebody listens there (absent.h) */
    TAILQ_ENTRY(errand) link;
};

/* A place whose letters are held. */
struct absent {
    struct place place;
    uint64_t since_ms;
    bool asked; /* by the roll that is under way */
};

/* A node with which letters were exchanged. */
struct known {
    uint32_t node;
    unsigned misses; /* looks in a row at which nobody listened there */
};

struct bus {
    struct place here;
    const struct bus_key *key;
    uint64_t last_number; /* of what was sent */
    struct marks marks;   /* of what came */
    struct {
        uint64_t said_ms; /* in the log; 0: never */
        unsigned count;   /* since then */
    } refused[ENVELOPE_FATES];
    int db; /* publish/subscribe knows no databases: the channels' names do */
    struct redis *redis;
    bool was_up, hears, stopped;
    bool lost;                /* to be told once more when it is settled */
    void (*heard)(void *ctx); /* NULL: nobody waits for that */
    void *heard_ctx;
    void (*sent)(
        void *ctx); /* once it is stopped, and Redis has all; NULL: nobody waits for that */
    void *sent_ctx;
    uint64_t settled_ms; /* from then on, who does not listen is gone */
    uint32_t last_ticket;
    TAILQ_HEAD(, errand) errands; /* in the order in which they were sent */
    struct known known[LIMIT_BUS_NODES];
    size_t known_count;
    uint32_t looked_at[LIMIT_BUS_NODES]; /* by the look that is under way */
    size_t looked_count;
    struct redis_command *look;
    char own[CHANNEL_TEXT], all[CHANNEL_TEXT];
    struct {
        bus_take_fn *take;
        void *ctx;
    } receivers[LETTER_KINDS];
    struct {
        void (*gone)(void *ctx, uint32_t node);
        void *ctx;
    } mourners[BUS_WATCHERS];
    struct {
        void (*lost)(void *ctx);
        void *ctx;
    } losers[BUS_WATCHERS];
    struct {
        void (*looks)(void *ctx);
        void *ctx;
    } lookers[BUS_WATCHERS];
    unsigned mourner_count, loser_count, looker_count;
    struct {
        bool due, known;
        bool failing; /* said so in the log */
        uint8_t value[BUS_COMMON];
        struct box_key lock; /* made of the secret, as is the name */
        char name[COMMON_TEXT];
        struct redis_command *command;
        bus_agreed_fn *agreed; /* NULL: nobody asks */
        void *ctx;
    } agreement; /* agree.c */
    struct {
        struct absent list[LIMIT_BUS_ABSENT];
        size_t count, bytes;
        struct redis_command *roll; /* CLIENT LIST */
        uv_timer_t timer;           /* runs while there are any */
    } absents;                      /* absent.c */
    uv_timer_t timer;
    unsigned handles; /* not closed yet: the two timers */
};

/* e is gone. */
void bus_end(struct errand *e, enum bus_fate fate, struct slice answer);
/* Publishes its letter, perhaps again; false when memory is short. */
bool bus_send(struct errand *e);
void bus_forget_node(struct bus *b, uint32_t node);
void bus_put_channel(const struct bus *b, struct place to, char out[CHANNEL_TEXT]);

/* The connection is there again, or nothing is known yet: asks what is agreed upon. */
void bus_agree_again(struct bus *b);
