#include "transport/replay.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

struct replay_message {
    TAILQ_ENTRY(replay_message) link;
    struct replay_stream *stream; /* NULL: waits for one */
    uint32_t number;
    uint64_t said_ms;
    size_t len;
    char text[];
};

void replay_init(struct replay *r, size_t *total)
{
    *r = (struct replay){ .total = total };
    TAILQ_INIT(&r->messages);
    TAILQ_INIT(&r->streams);
}

static void forget(struct replay *r, struct replay_message *m)
{
    TAILQ_REMOVE(&r->messages, m, link);
    r->bytes -= m->len;
    *r->total -= m->len;
    r->count--;
    if (m->stream && m->stream->lost < m->number)
        m->stream->lost = m->number;
    free(m);
}

void replay_done(struct replay *r)
{
    while (!TAILQ_EMPTY(&r->streams))
        replay_close(r, TAILQ_FIRST(&r->streams));
    while (!TAILQ_EMPTY(&r->messages))
        forget(r, TAILQ_FIRST(&r->messages));
}

void replay_close(struct replay *r, struct replay_stream *s)
{
    for (struct replay_message *m = TAILQ_FIRST(&r->messages), *next; m; m = next) {
        next = TAILQ_NEXT(m, link);
        if (m->stream == s)
            forget(r, m);
    }
    TAILQ_REMOVE(&r->streams, s, link);
    r->stream_count--;
    free(s);
}

/* Complete ones first: the others still wait for their answer. */
static struct replay_stream *least_needed(struct replay *r)
{
    struct replay_stream *s, *found = NULL;
    TAILQ_FOREACH (s, &r->streams, link) {
        if (!s->reader && s->complete)
            return s;
        if (!s->reader && !found)
            found = s;
    }
    return found;
}

struct replay_stream *replay_open(struct replay *r, uint64_t name, bool listening)
{
    if (r->stream_count == LIMIT_SESSION_STREAMS) {
        struct replay_stream *old = least_needed(r);
        if (!old)
            return NULL;
        replay_close(r, old);
    }
    struct replay_stream *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->name = name;
    s->listening = listening;
    TAILQ_INSERT_TAIL(&r->streams, s, link);
    r->stream_count++;
    return s;
}

struct replay_stream *replay_find(struct replay *r, uint64_t name)
{
    struct replay_stream *s;
    TAILQ_FOREACH (s, &r->streams, link)
        if (s->name == name)
            return s;
    return NULL;
}

/* False: it cannot be kept. */
static bool keep(struct replay *r, struct replay_stream *s, uint32_t number, struct slice message,
                 uint64_t now_ms)
{
    if (message.len > LIMIT_REPLAY_BYTES)
        return false;
    while (r->count &&
           (r->count == LIMIT_REPLAY_MESSAGES || r->bytes + message.len > LIMIT_REPLAY_BYTES))
        forget(r, TAILQ_FIRST(&r->messages));
    struct replay_message *m =
        *r->total + message.len > LIMIT_REPLAY_WORKER ? NULL : malloc(sizeof(*m) + message.len);
    if (!m)
        return false;
    m->stream = s;
    m->number = number;
    m->said_ms = now_ms;
    m->len = message.len;
    memcpy(m->text, message.data, message.len);
    TAILQ_INSERT_TAIL(&r->messages, m, link);
    r->bytes += m->len;
    *r->total += m->len;
    r->count++;
    return true;
}

uint32_t replay_say(struct replay *r, struct replay_stream *s, struct slice message,
                    uint64_t now_ms)
{
    uint32_t number = ++s->said;
    if (message.len && !keep(r, s, number, message, now_ms))
        s->lost = number;
    return number;
}

void replay_wait(struct replay *r, struct slice message, uint64_t now_ms)
{
    keep(r, NULL, 0, message, now_ms);
}

void replay_adopt(struct replay *r, struct replay_stream *s)
{
    struct replay_message *m;
    TAILQ_FOREACH (m, &r->messages, link) {
        if (m->stream)
            continue;
        m->stream = s;
        m->number = ++s->said;
    }
}

bool replay_after(struct replay *r, const struct replay_stream *s, uint32_t number,
                  void (*each)(void *ctx, uint32_t number, struct slice message), void *ctx)
{
    struct replay_message *m;
    if (number < s->lost)
        return false;
    TAILQ_FOREACH (m, &r->messages, link)
        if (m->stream == s && m->number > number)
            each(ctx, m->number, (struct slice){ m->text, m->len });
    return true;
}

static bool is_kept(struct replay *r, const struct replay_stream *s)
{
    struct replay_message *m;
    TAILQ_FOREACH (m, &r->messages, link)
        if (m->stream == s)
            return true;
    return false;
}

void replay_expire(struct replay *r, uint64_t before_ms)
{
    struct replay_message *m;
    while ((m = TAILQ_FIRST(&r->messages)) && m->said_ms < before_ms)
        forget(r, m);
    for (struct replay_stream *s = TAILQ_FIRST(&r->streams), *next; s; s = next) {
        next = TAILQ_NEXT(s, link);
        if (s->complete && !s->reader && !is_kept(r, s))
            replay_close(r, s);
    }
}
