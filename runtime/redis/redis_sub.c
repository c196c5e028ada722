#include "redis/redis_sub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody publishes here. */
#define STILL_THERE "asana-mcp:still-there"

struct redis_channel {
    char name[REDIS_CHANNEL + 1];
    redis_heard_fn *heard;
    void *ctx;
    LIST_ENTRY(redis_channel) link;
};

static struct redis_channel *find(struct redis_sub *s, struct slice name)
{
    struct redis_channel *c;
    LIST_FOREACH (c, &s->channels, link) {
        if (slice_is(name, c->name))
            return c;
    }
    return NULL;
}

/* Every reply of the connection, whichever channel hiredis thinks it is about: the reply says it
 * itself. */
static void on_reply(struct redisAsyncContext *ac, void *data, void *sub)
{
    struct redis_sub *s = sub;
    const redisReply *reply = data;
    (void)ac;
    if (!reply || s->link.state == LINK_CLOSED)
        return;
    if (reply->type == REDIS_REPLY_ERROR) {
        link_drop(&s->link, reply->str);
        return;
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 || !reply->element[0]->str)
        return;
    const redisReply *name = reply->element[1];
    if (name->type != REDIS_REPLY_STRING)
        return;
    struct redis_channel *c = find(s, (struct slice){ name->str, name->len });
    const redisReply *message = reply->element[2];
    if (strcmp(reply->element[0]->str, "subscribe") == 0) {
        link_answered(&s->link);
        if (c)
            c->heard(c->ctx, (struct slice){ NULL, 0 });
    } else if (strcmp(reply->element[0]->str, "message") == 0 && c &&
               message->type == REDIS_REPLY_STRING) {
        c->heard(c->ctx, (struct slice){ message->str, message->len });
    }
}

static void send_about(struct redis_sub *s, const char *verb, const char *channel)
{
    BUF_AUTO command;
    buf_init(&command, 1024);
    const struct slice argv[] = { slice_of(verb), slice_of(channel) };
    link_format(&command, 2, argv);
    if (!buf_ok(&command))
        link_drop(&s->link, "out of memory");
    else if (s->link.state == LINK_UP && link_send(&s->link, buf_slice(&command), on_reply, s) &&
             strcmp(verb, "UNSUBSCRIBE") == 0)
        link_answered(&s->link); /* that of a channel which was left, hiredis keeps for itself */
}

static void on_up(void *sub)
{
    struct redis_sub *s = sub;
    struct redis_channel *c;
    send_about(s, "SUBSCRIBE", STILL_THERE);
    LIST_FOREACH (c, &s->channels, link) {
        send_about(s, "SUBSCRIBE", c->name);
    }
}

static void on_lost(void *sub)
{
    (void)sub; /* heard() is told when it is back */
}

static void on_beat(void *sub)
{
    send_about(sub, "SUBSCRIBE", STILL_THERE);
}

static void on_closed(void *sub)
{
    struct redis_sub *s = sub;
    s->closed(s->ctx);
}

void sub_init(struct redis_sub *s, uv_loop_t *loop, const struct redis_address *address,
              void (*closed)(void *ctx), void *ctx)
{
    static const struct link_duty duty = { on_up, on_lost, on_beat, on_closed, NULL };
    LIST_INIT(&s->channels);
    s->closed = closed;
    s->ctx = ctx;
    link_init(&s->link, loop, address, &duty, s);
}

static void forget(struct redis_channel *c)
{
    LIST_REMOVE(c, link);
    free(c);
}

void sub_close(struct redis_sub *s)
{
    link_close(&s->link);
    while (!LIST_EMPTY(&s->channels))
        forget(LIST_FIRST(&s->channels));
}

bool sub_add(struct redis_sub *s, const char *channel, redis_heard_fn *heard, void *ctx)
{
    struct redis_channel *c = NULL;
    if (strlen(channel) > REDIS_CHANNEL || find(s, slice_of(channel)) ||
        !(c = calloc(1, sizeof(*c))))
        return false;
    snprintf(c->name, sizeof(c->name), "%s", channel);
    c->heard = heard;
    c->ctx = ctx;
    LIST_INSERT_HEAD(&s->channels, c, link);
    if (s->link.state == LINK_UP)
        send_about(s, "SUBSCRIBE", channel);
    else
        link_start(&s->link);
    return true;
}

void sub_remove(struct redis_sub *s, const char *channel)
{
    struct redis_channel *c = find(s, slice_of(channel));
    if (!c)
        return;
    forget(c);
    if (s->link.state == LINK_UP)
        send_about(s, "UNSUBSCRIBE", channel);
}
