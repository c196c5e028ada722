/* store.h: what must outlive the process: small records with an expiry, found by key or by owner.
 *
 * One interface, two engines behind it: a SQLite file for one machine (sqlite.c), Redis for several
 * (redis_engine.c). Nothing here is more than a key-value store with expiry, compare-and-set and
 * sets of keys can do. All work is asynchronous: it is handed over on a loop's thread, done
 * elsewhere, and answered on the same loop; no loop ever waits for a disk. A step is atomic: all
 * its operations happen, or, when one of their conditions does not hold, none; and when a step that
 * writes is STORE_DONE, what it wrote survives a crash (of Redis: as its appendonly and appendfsync
 * say). Steps of one loop are carried out in the order in which they were handed over; those of
 * different loops in any order.
 *
 * A record has expired, and is as good as missing to every verb, once now >= expires_at.
 *
 * Keys and values are bytes. Nothing secret is stored in the clear by the callers: keys are hashes
 * of tokens, values hold what a token unlocks only sealed under that token. */
#pragma once

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* What records are about. The numbers are part of the file format: new ones at the end only. */
enum store_table {
    STORE_CLIENTS = 1, /* registered clients and cached metadata documents */
    STORE_FLOWS,       /* sign-ins under way */
    STORE_CODES,       /* authorization codes */
    STORE_ACCESS,      /* access tokens */
    STORE_REFRESH,     /* refresh tokens, the used ones too while they tell of a theft */
    STORE_GRANTS,      /* what a person allowed a client */
    STORE_CONSENTS,    /* remembered consents */
    STORE_BROWSERS,    /* signed-in browsers */
    STORE_BLOCKS,      /* people, clients and workspaces that are blocked */
    STORE_REQUESTS,    /* requests of blocked people to the operator */
    STORE_COUNTERS,    /* rates, and the change counter */
    STORE_SESSIONS,    /* for the operator: who is connected (transport/roster.h) */
    STORE_NODES,       /* processes that serve, while they do */
    STORE_TABLES
};

enum store_verb {
    STORE_GET,     /* reads; a missing record is no failure */
    STORE_TAKE,    /* reads and deletes; likewise */
    STORE_ADD,     /* writes; the step fails when there is one already */
    STORE_PUT,     /* writes, whatever was there */
    STORE_REPLACE, /* writes; the step fails unless the record's version is op.version */
    STORE_DELETE,  /* a missing record is no failure */
    /* Adds op.by to a counter, made of 0 with op.owner and op.expires_at when it is missing (these
     * stay as they are when it is there), and reads it. A counter is a record whose value is the
     * number in decimal digits, so GET sees it too; the step fails when the value is something
     * else, or would pass what int64_t holds. Adding 0 to one that is there writes nothing. */
    STORE_COUNT,
    /* Reads records of the owner (key is the owner), or of the whole table when key is empty, in
     * the order of their keys (bytes, as memcmp has it), after op.after, at most op.limit. The
     * page may end earlier, past LIMIT_STORE_PAGE bytes: answer.more says whether to go on. */
    STORE_LIST,
};

/* A record that was read. */
struct store_record {
    struct slice key;
    struct slice value;
    struct slice owner;
    uint64_t version;   /* changes with every write of the record; never 0 */
    int64_t expires_at; /* Unix seconds; 0: never */
};

/* One operation; slices are borrowed for the duration of store_run(). */
struct store_op {
    enum store_verb verb;
    enum store_table table;
    struct slice key;   /* 1 to LIMIT_STORE_KEY bytes */
    struct slice value; /* at most LIMIT_STORE_VALUE bytes */
    struct slice owner; /* of what is written: whose it is ("user:1234", "grant:…"); may be empty;
                           at most LIMIT_STORE_KEY bytes */
    int64_t expires_at; /* of what is written: Unix seconds; 0: never */
    uint64_t version;   /* STORE_REPLACE */
    int64_t by;         /* STORE_COUNT */
    struct slice after; /* STORE_LIST: the last key of the page before; may be empty */
    unsigned limit;     /* STORE_LIST: at most LIMIT_STORE_LIST; 0: as many as that */
};

/* What came of one operation. */
struct store_answer {
    const struct store_record *records; /* what GET, TAKE (none or one) and LIST found */
    size_t count;
    bool more;        /* STORE_LIST: there are records after the last one */
    int64_t counter;  /* STORE_COUNT */
    uint64_t version; /* of what was written; 0: nothing was */
};

enum store_outcome {
    STORE_DONE,
    STORE_CONFLICT, /* a condition did not hold (which: failed_op); nothing was changed */
    STORE_DOWN,     /* the engine could not be asked, has too much to do, or was too slow
                       (LIMIT_STORE_DEADLINE_MS); detail says why. Nothing may be assumed of what was
                       changed */
};

/* Borrowed until the callback returns, with all that it points to. */
struct store_result {
    enum store_outcome outcome;
    const struct store_answer *answers; /* one per operation, when STORE_DONE */
    size_t failed_op;                   /* when STORE_CONFLICT */
    const char *detail;                 /* when STORE_DOWN: for the log */
};

typedef void store_done_fn(void *ctx, const struct store_result *result);

struct store;      /* the engine; shared by all threads */
struct store_work; /* a step under way */

/* where: "sqlite:PATH" or "sqlite::memory:". Makes the file (mode 0600) and its directories (0700)
 * when they are missing, and brings an older file up to date; a newer one, a foreign one and a
 * damaged one are refused and left as they are. Or "redis://…", "rediss://…", "unix://…"
 * (redis/redis.h): refused when it is no Redis for us or lets us not in; one that cannot be reached
 * is opened nevertheless, and every step is STORE_DOWN until it can be. Blocks: before loops run.
 */
bool store_open(const char *where, struct store **out, struct err *err);
/* The same, with files for rediss://. */
struct redis_files;
bool store_open_with(const char *where, const struct redis_files *files, struct store **out,
                     struct err *err);
/* When all work has been answered or cancelled and all loops have let go. Accepts NULL. */
void store_close(struct store *s);

/* Runs a step of one to LIMIT_STORE_OPS operations, in order; an operation sees what those before
 * it changed. done is called once on the loop's thread, on a later turn. now (Unix seconds) decides
 * what has expired. NULL when memory is short or an operation is over its limits (then nothing is
 * called). */
struct store_work *store_run(struct store *s, uv_loop_t *loop, const struct store_op *ops, size_t n,
                             int64_t now, store_done_fn *done, void *ctx);
/* No callback will come; what the step changes may still happen. On the loop's thread, before done.
 */
void store_cancel(struct store_work *w);
/* Every loop that has run a step lets go before it is closed: its work under way is cancelled, and
 * what the store keeps on the loop is closed. On the loop's thread, which has to run once more.
 * Nothing when the loop has not run any. */
void store_leave(struct store *s, uv_loop_t *loop);

/* The same, waiting for it, for the command line and for tests: never on a loop's thread, but any
 * number of threads at a time. False with err when store_run() would have returned NULL; what
 * became of the step is in result, valid until store_wait_done(), which accepts NULL. */
struct store_wait;
bool store_run_wait(struct store *s, const struct store_op *ops, size_t n, int64_t now,
                    struct store_wait **out, const struct store_result **result, struct err *err);
void store_wait_done(struct store_wait *w);

/* Deletes what has expired, a bounded amount (LIMIT_STORE_SWEEP); more says whether there may be
 * others. Blocks, as store_run_wait() does. For tests and the curious: engines do it by themselves
 * now and then. False with err when the store is down. */
bool store_sweep(struct store *s, int64_t now, bool *more, struct err *err);
