#include "redis/redis.h"

#include "base/clock.h"
#include "redis/redis_sub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* queued ──▶ sent ──▶ answered; in each of the first two it may be that nobody waits any more:
 * then it goes at once, or, when it has been sent, with its answer. */
struct redis_command {
    struct redis *r;
    redis_done_fn *done;
    void *ctx;
    struct buf text; /* until it is sent */
    size_t bytes;
    bool queued;
    bool awaited;
    const char *turned_away;          /* why it never was queued */
    uint64_t late_at;                 /* clock_ms() */
    TAILQ_ENTRY(redis_command) timed; /* while awaited: by late_at */
    TAILQ_ENTRY(redis_command) in_queue;
};

TAILQ_HEAD(redis_commands, redis_command);

struct redis {
    struct redis_link link;
    struct redis_sub sub;
    uv_timer_t late;
    uint64_t role_at; /* when it was last asked whether it is the master */
    unsigned handles; /* not closed yet: the two links and the timer */
    bool closed;
    struct redis_commands timed;
    struct redis_commands queue;
    size_t count; /* of commands, and the bytes of their texts */
    size_t bytes;
    struct buf first;
    redis_done_fn *first_done;
    void *first_ctx;
    void (*changed)(void *ctx, bool up);
    void *changed_ctx;
};

bool redis_says(const redisReply *reply, const char *word)
{
    if (reply->type != REDIS_REPLY_ERROR)
        return false;
    const char *in_script = strstr(reply->str, ": -");
    size_t len = strlen(word);
    return strncmp(reply->str, word, len) == 0 ||
           (in_script && strncmp(in_script + 3, word, len) == 0);
}

static void command_free(struct redis_command *c)
{
    c->r->count--;
    c->r->bytes -= c->bytes;
    buf_done(&c->text);
    free(c);
}

/* Nobody waits for it any more. True when that was all: it is to be freed. */
static bool unlist(struct redis_command *c)
{
    struct redis *r = c->r;
    TAILQ_REMOVE(&r->timed, c, timed);
    c->awaited = false;
    if (TAILQ_EMPTY(&r->timed))
        uv_timer_stop(&r->late);
    if (c->queued)
        TAILQ_REMOVE(&r->queue, c, in_queue);
    return c->queued || c->turned_away;
}

/* What is said there is heard by nobody who has found the right one. */
static void leave(struct redis *r, const char *why)
{
    link_drop(&r->link, why);
    link_drop(&r->sub.link, why);
}

static void on_reply(struct redisAsyncContext *ac, void *data, void *command)
{
    struct redis_command *c = command;
    struct redis *r = c->r;
    const redisReply *reply = data;
    char why[2 * LINK_WHY];
    (void)ac;
    link_answered(&r->link);
    if (!reply)
        snprintf(why, sizeof(why), "the connection to Redis was lost: %s", link_why(&r->link));
    redis_done_fn *done = c->awaited ? c->done : NULL;
    void *ctx = c->ctx;
    if (c->awaited)
        unlist(c);
    command_free(c);
    if (done)
        done(ctx, reply, reply ? NULL : why);
    if (reply && (redis_says(reply, "READONLY") || redis_says(reply, "LOADING") ||
                  redis_says(reply, "MASTERDOWN")))
        leave(r, reply->str);
}

static void send_queued(struct redis *r)
{
    struct redis_command *c;
    while (r->link.state == LINK_UP && (c = TAILQ_FIRST(&r->queue)) &&
           link_send(&r->link, buf_slice(&c->text), on_reply, c)) {
        TAILQ_REMOVE(&r->queue, c, in_queue);
        c->queued = false;
        buf_done(&c->text);
    }
}

/* When it is not waited for any more: at its deadline, or, in the queue, when there has been no
 * connection for too long. */
static uint64_t end_of(const struct redis_command *c)
{
    uint64_t hopeless = c->r->link.down_at + LIMIT_REDIS_GRACE_MS;
    bool down = c->queued && c->r->link.state != LINK_UP;
    return down && hopeless < c->late_at ? hopeless : c->late_at;
}

static void end(struct redis_command *c)
{
    struct redis *r = c->r;
    redis_done_fn *done = c->done;
    void *ctx = c->ctx;
    char why[2 * LINK_WHY];
    if (c->turned_away)
        snprintf(why, sizeof(why), "%s", c->turned_away);
    else if (c->queued && r->link.state != LINK_UP)
        snprintf(why, sizeof(why), "Redis cannot be used: %s", link_why(&r->link));
    else
        snprintf(why, sizeof(why), "Redis is too slow: the deadline has passed");
    if (unlist(c))
        command_free(c);
    if (done)
        done(ctx, NULL, why);
}

static void on_late(uv_timer_t *timer);

static void arm(struct redis *r)
{
    const struct redis_command *c = TAILQ_FIRST(&r->timed);
    const struct redis_command *q = TAILQ_FIRST(&r->queue);
    if (!c)
        return;
    uint64_t now = clock_ms();
    uint64_t at = end_of(c);
    if (q && end_of(q) < at)
        at = end_of(q);
    uv_timer_start(&r->late, on_late, at > now ? at - now : 0, 0);
}

static void on_late(uv_timer_t *timer)
{
    struct redis *r = timer->data;
    uint64_t now = clock_ms();
    struct redis_command *c;
    while ((c = TAILQ_FIRST(&r->timed)) && end_of(c) <= now)
        end(c);
    while ((c = TAILQ_FIRST(&r->queue)) && end_of(c) <= now)
        end(c);
    if (!r->closed)
        arm(r);
}

/* Deadlines are nearly always given in their order. */
static void insert_timed(struct redis *r, struct redis_command *c)
{
    struct redis_command *before = TAILQ_LAST(&r->timed, redis_commands);
    while (before && before->late_at > c->late_at)
        before = TAILQ_PREV(before, redis_commands, timed);
    if (before)
        TAILQ_INSERT_AFTER(&r->timed, before, c, timed);
    else
        TAILQ_INSERT_HEAD(&r->timed, c, timed);
    c->awaited = true;
}

static void on_role(void *ctx, const redisReply *reply, const char *why)
{
    (void)why;
    if (reply && link_is_replica(reply))
        leave(ctx, LINK_REPLICA);
}

/* A master that was made a replica keeps its connections, and takes all but writes. */
static void ask_role(struct redis *r)
{
    const struct slice role = slice_of("ROLE");
    r->role_at = clock_ms();
    redis_run(r, 1, &role, LIMIT_REDIS_SILENCE_MS, on_role, r);
}

struct redis_command *redis_run(struct redis *r, size_t argc, const struct slice *argv,
                                unsigned deadline_ms, redis_done_fn *done, void *ctx)
{
    if (r->link.state == LINK_UP && clock_ms() - r->role_at >= LIMIT_REDIS_ROLE_MS)
        ask_role(r);
    struct redis_command *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    *c = (struct redis_command){ .r = r, .done = done, .ctx = ctx };
    buf_init(&c->text, LIMIT_REDIS_BYTES);
    link_format(&c->text, argc, argv);
    if (!buf_ok(&c->text)) {
        buf_done(&c->text);
        free(c);
        return NULL;
    }
    c->late_at = clock_ms();
    if (r->count >= LIMIT_REDIS_COMMANDS || c->text.len > LIMIT_REDIS_BYTES - r->bytes) {
        buf_done(&c->text);
        c->turned_away = "too much to do: too many commands wait for Redis";
    } else {
        c->late_at += deadline_ms;
        c->bytes = c->text.len;
        c->queued = true;
        TAILQ_INSERT_TAIL(&r->queue, c, in_queue);
    }
    r->count++;
    r->bytes += c->bytes;
    bool armed = !TAILQ_EMPTY(&r->timed);
    insert_timed(r, c);
    send_queued(r);
    if (!armed || TAILQ_FIRST(&r->timed) == c || c->queued)
        arm(r);
    return c;
}

void redis_forget(struct redis_command *c)
{
    if (unlist(c))
        command_free(c);
}

/* The connections. */

static void on_up(void *ctx)
{
    struct redis *r = ctx;
    r->role_at = clock_ms();
    send_queued(r);
    if (r->changed)
        r->changed(r->changed_ctx, true);
}

static void on_lost(void *ctx)
{
    struct redis *r = ctx;
    arm(r);
    if (r->changed)
        r->changed(r->changed_ctx, false);
}

static void on_beat(void *ctx)
{
    ask_role(ctx);
}

static void on_handle_closed(void *ctx)
{
    struct redis *r = ctx;
    if (--r->handles == 0) {
        buf_done(&r->first);
        free(r);
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_handle_closed(handle->data);
}

static void on_first(void *ctx, const redisReply *reply)
{
    struct redis *r = ctx;
    if (r->first_done)
        r->first_done(r->first_ctx, reply, NULL);
}

struct redis *redis_open(uv_loop_t *loop, const struct redis_address *address)
{
    static const struct link_duty duty = { on_up, on_lost, on_beat, on_handle_closed, on_first };
    struct redis *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    TAILQ_INIT(&r->timed);
    TAILQ_INIT(&r->queue);
    buf_init(&r->first, LIMIT_REDIS_BYTES);
    link_init(&r->link, loop, address, &duty, r);
    sub_init(&r->sub, loop, address, on_handle_closed, r);
    uv_timer_init(loop, &r->late);
    r->late.data = r;
    r->handles = 3;
    link_start(&r->link);
    return r;
}

void redis_close(struct redis *r)
{
    if (!r || r->closed)
        return;
    r->closed = true;
    for (struct redis_command *c; (c = TAILQ_FIRST(&r->timed));)
        redis_forget(c);
    link_close(&r->link);
    sub_close(&r->sub);
    uv_close((uv_handle_t *)&r->late, on_timer_closed);
}

bool redis_begin_with(struct redis *r, size_t argc, const struct slice *argv, redis_done_fn *done,
                      void *ctx)
{
    buf_reset(&r->first);
    link_format(&r->first, argc, argv);
    r->first_done = done;
    r->first_ctx = ctx;
    r->link.first = buf_slice(&r->first);
    return buf_ok(&r->first);
}

bool redis_is_up(const struct redis *r)
{
    return r->link.state == LINK_UP;
}

const char *redis_why(const struct redis *r)
{
    return link_why(&r->link);
}

bool redis_is_refused(const struct redis *r)
{
    return r->link.refused;
}

void redis_on_state(struct redis *r, void (*changed)(void *ctx, bool up), void *ctx)
{
    r->changed = changed;
    r->changed_ctx = ctx;
}

bool redis_subscribe(struct redis *r, const char *channel, redis_heard_fn *heard, void *ctx)
{
    return sub_add(&r->sub, channel, heard, ctx);
}

void redis_unsubscribe(struct redis *r, const char *channel)
{
    sub_remove(&r->sub, channel);
}
