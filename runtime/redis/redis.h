/* redis.h: one loop's way to Redis, over hiredis' asynchronous API on libuv.
 *
 *     connecting ──greeted: AUTH, SELECT, PING──▶ up ──lost──▶ waiting (backoff with jitter) ──▶
 *     connecting …
 *
 * One connection for commands and, once something is subscribed to, a second one for messages. Each
 * is kept up by redis_link.c: names are resolved again for every connection, never in the
 * foreground; a peer that owes an answer and is silent for LIMIT_REDIS_SILENCE_MS is given up, and
 * an idle one is asked now and then whether it is still there, one in use every few seconds whether
 * it is still the master. One that is not, or that answers READONLY, LOADING or MASTERDOWN, is not
 * (or not yet) the one to talk to: the answer is passed on, and both connections are ended.
 *
 * Commands of one struct redis are sent and answered in the order in which they were given. One
 * that is given while there is no connection waits for it, unless there has been none for
 * LIMIT_REDIS_GRACE_MS: then, and when its deadline passes, it ends with a NULL reply and the
 * reason. A connection that is lost takes with it those that were sent and not answered.
 *
 * Everything on the loop's thread. What waits for an answer keeps the loop alive; a connection or a
 * subscription alone does not. */
#pragma once

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <uv.h>

/* For rediss://, in PEM form; NULL: what the system trusts, and no certificate of ours. */
struct redis_files {
    const char *ca;
    const char *cert; /* with its key, or neither */
    const char *key;
};

struct redis_tls;

/* The struct owns its password, which meets neither error texts nor logs, and what it trusts. */
struct redis_address {
    char host[256]; /* "": path is where it listens */
    char path[108]; /* of a Unix socket */
    int port;
    char user[128]; /* "": Redis' default user */
    struct secret password;
    int db;
    bool tls;
    struct redis_tls *trusted; /* while tls: after redis_trust() */
};

/* redis://[user:password@]host[:port][/db], the same with rediss:// (TLS; refused unless the build
 * has it: redis_tls.h), or unix://[user:password@]/path[?db=N]. User and password may be
 * percent-encoded;
 * ":password@" is a password alone. */
bool redis_parse(const char *url, struct redis_address *out, struct err *err);
/* Before connections to a rediss:// address are opened; nothing for others. Reads the files, and
 * does not need them afterwards. False with err when one cannot be used. */
bool redis_trust(struct redis_address *a, const struct redis_files *files, struct err *err);
void redis_address_done(struct redis_address *a);
/* "redis://host:6379/0": no user and no password, for logs and people. */
#define REDIS_ADDRESS_TEXT 320
void redis_address_show(const struct redis_address *a, char out[REDIS_ADDRESS_TEXT]);

struct redis;
struct redis_command; /* one under way */

/* Starts connecting. address is borrowed until the loop has let go after redis_close(). NULL when
 * memory is short. */
struct redis *redis_open(uv_loop_t *loop, const struct redis_address *address);
/* Commands under way are forgotten (no callbacks); the struct goes when the loop has run once more.
 * May be called in a callback of its own. Accepts NULL. */
void redis_close(struct redis *r);

bool redis_is_up(const struct redis *r);
/* Why it is not up: what came of the last try. Borrowed until the loop runs. */
const char *redis_why(const struct redis *r);
/* The last try was answered, with a refusal that trying again does not change: a wrong password, a
 * database that is not there. */
bool redis_is_refused(const struct redis *r);
/* changed(ctx, up) on every change. */
void redis_on_state(struct redis *r, void (*changed)(void *ctx, bool up), void *ctx);

/* reply is borrowed until the callback returns; an error reply (REDIS_REPLY_ERROR) is a reply.
 * NULL: why says what happened (and whether the command has been carried out nobody knows). */
typedef void redis_done_fn(void *ctx, const redisReply *reply, const char *why);

/* Sends the command at the beginning of every connection, before it is up; done (may be NULL) gets
 * every answer, and when that is a refusal the connection is ended. Once, before the loop runs.
 * False when memory is short. */
bool redis_begin_with(struct redis *r, size_t argc, const struct slice *argv, redis_done_fn *done,
                      void *ctx);

/* Copies argv. done, which may be NULL, is called once, on a later turn; also when there is too
 * much under way (LIMIT_REDIS_COMMANDS, LIMIT_REDIS_BYTES). NULL when memory is short. */
struct redis_command *redis_run(struct redis *r, size_t argc, const struct slice *argv,
                                unsigned deadline_ms, redis_done_fn *done, void *ctx);
/* done will not be called; the command may still be carried out. Before done, not in it. */
void redis_forget(struct redis_command *c);

/* Messages of a channel, in order. Each time that the subscription takes effect, the first and
 * after every reconnection, heard() gets a slice without data: what was published before that is
 * lost. One receiver per channel, of at most REDIS_CHANNEL bytes. False when memory is short or the
 * channel has a receiver. */
#define REDIS_CHANNEL 128
typedef void redis_heard_fn(void *ctx, struct slice message);
bool redis_subscribe(struct redis *r, const char *channel, redis_heard_fn *heard, void *ctx);
/* Also in heard(). Nothing when it is not subscribed to. */
void redis_unsubscribe(struct redis *r, const char *channel);

/* The first word of an error reply ("READONLY") also where Redis 6 wraps it into what went wrong in
 * a script. */
bool redis_says(const redisReply *reply, const char *word);
