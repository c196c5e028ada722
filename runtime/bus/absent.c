#include "bus/absent.h"

#include "base/clock.h"
#include "bus/bus_priv.h"

#include <stdio.h>
#include <string.h>

/* Milliseconds between two looks whether they listen again. */
#define PROBE_MS 100
/* Looks in a row at which a known node has no receivers before it is asked after. */
#define MISSES 2

static struct absent *find(struct bus *b, struct place place)
{
    for (size_t i = 0; i < b->absents.count; i++)
        if (place_equal(b->absents.list[i].place, place))
            return &b->absents.list[i];
    return NULL;
}

static void sign(struct bus *b, const char *name)
{
    redis_run(b->redis, 3,
              (struct slice[]){ slice_of("CLIENT"), slice_of("SETNAME"), slice_of(name) },
              LIMIT_BUS_ANSWER_MS, NULL, NULL);
}

void absent_sign(struct bus *b)
{
    sign(b, b->own);
}

void absent_sign_off(struct bus *b)
{
    sign(b, "");
}

/* What was held for a place, in the order in which it was sent; until: all before that one. */
static void end_held(struct bus *b, struct place place, const struct errand *until,
                     enum bus_fate fate)
{
    struct errand *e, *next;
    for (e = TAILQ_FIRST(&b->errands); e && e != until; e = next) {
        next = TAILQ_NEXT(e, link);
        if (e->held && place_equal(e->to, place))
            bus_end(e, fate, (struct slice){ 0 });
    }
}

static void forget(struct bus *b, struct absent *a)
{
    *a = b->absents.list[--b->absents.count];
    if (!b->absents.count)
        uv_timer_stop(&b->absents.timer);
}

static void give_up(struct bus *b, struct absent *a, enum bus_fate fate)
{
    struct place place = a->place;
    forget(b, a); /* first: whoever is told may write again */
    end_held(b, place, NULL, fate);
}

static void let_go(struct errand *e)
{
    e->held = false;
    e->bus->absents.bytes -= e->text.len;
}

/* Sends one, to see whether somebody listens, or all. An errand that cannot be sent stays. */
static void send_held(struct bus *b, struct place place, bool all)
{
    struct errand *e;
    TAILQ_FOREACH (e, &b->errands, link) {
        if (!e->held || !place_equal(e->to, place))
            continue;
        if (!bus_send(e))
            return;
        let_go(e);
        if (!all)
            return;
    }
}

static bool is_under_way(struct bus *b, struct place place)
{
    const struct errand *e;
    TAILQ_FOREACH (e, &b->errands, link)
        if (e->command && place_equal(e->to, place))
            return true;
    return false;
}

/* Whether that place's own connection is in the list, where fields are set apart by blanks. */
static bool is_listed(const struct bus *b, struct slice list, struct place place)
{
    char channel[CHANNEL_TEXT], field[CHANNEL_TEXT + 8];
    bus_put_channel(b, place, channel);
    int len = snprintf(field, sizeof(field), " name=%s ", channel);
    return memmem(list.data, list.len, field, (size_t)len);
}

static void judge_places(struct bus *b, struct slice list)
{
    uint64_t now = clock_ms();
    for (size_t i = b->absents.count; i-- > 0;) {
        struct absent *a = &b->absents.list[i];
        if (!a->asked)
            continue;
        a->asked = false;
        if (!is_listed(b, list, a->place))
            give_up(b, a, BUS_GONE);
        else if (now - a->since_ms > LIMIT_BUS_RETURN_MS)
            give_up(b, a, BUS_UNREACHABLE);
        else if (!is_under_way(b, a->place))
            send_held(b, a->place, false);
        if (i > b->absents.count)
            i = b->absents.count; /* whoever was told has ended more */
    }
}

static void judge_nodes(struct bus *b, struct slice list)
{
    for (size_t i = b->known_count; i-- > 0;) {
        struct known *k = &b->known[i];
        if (k->misses < MISSES)
            continue;
        if (is_listed(b, list, (struct place){ .node = k->node }))
            k->misses = 0;
        else
            bus_forget_node(b, k->node);
        if (i > b->known_count)
            i = b->known_count;
    }
}

/* Without the right to ask, nobody is found there. */
static void on_roll(void *ctx, const redisReply *reply, const char *why)
{
    struct bus *b = ctx;
    struct slice list = { 0 };
    (void)why;
    b->absents.roll = NULL;
    if (!reply)
        return; /* asked again */
    if (reply->type == REDIS_REPLY_STRING)
        list = (struct slice){ reply->str, reply->len };
    judge_places(b, list);
    judge_nodes(b, list);
}

static void call_roll(struct bus *b)
{
    if (b->absents.roll || !redis_is_up(b->redis))
        return;
    b->absents.roll = redis_run(b->redis, 4,
                                (struct slice[]){ slice_of("CLIENT"), slice_of("LIST"),
                                                  slice_of("TYPE"), slice_of("normal") },
                                LIMIT_BUS_ANSWER_MS, on_roll, b);
    for (size_t i = 0; i < b->absents.count; i++)
        b->absents.list[i].asked = b->absents.roll;
}

/* A Redis that cannot be asked does not keep anybody waiting. */
static void on_probe(uv_timer_t *timer)
{
    struct bus *b = timer->data;
    uint64_t now = clock_ms();
    for (size_t i = b->absents.count; i-- > 0;) {
        if (i < b->absents.count &&
            now - b->absents.list[i].since_ms > LIMIT_BUS_RETURN_MS + LIMIT_BUS_ANSWER_MS)
            give_up(b, &b->absents.list[i], BUS_UNREACHABLE);
    }
    if (b->absents.count)
        call_roll(b);
}

static bool has_room(const struct bus *b, size_t bytes)
{
    return b->absents.bytes + bytes <= LIMIT_BUS_HELD;
}

static void keep(struct errand *e)
{
    e->held = true;
    e->bus->absents.bytes += e->text.len;
}

void absent_hold(struct errand *e)
{
    struct bus *b = e->bus;
    struct absent *a = find(b, e->to);
    if ((!a && b->absents.count == LIMIT_BUS_ABSENT) || !has_room(b, e->text.len)) {
        bus_end(e, BUS_UNREACHABLE, (struct slice){ 0 });
        return;
    }
    keep(e);
    if (a)
        return;
    b->absents.list[b->absents.count++] = (struct absent){ .place = e->to, .since_ms = clock_ms() };
    if (b->absents.count == 1)
        uv_timer_start(&b->absents.timer, on_probe, PROBE_MS, PROBE_MS);
    call_roll(b);
}

void absent_overtaken(struct errand *e)
{
    struct bus *b = e->bus;
    struct absent *a = find(b, e->to);
    if (!a)
        return;
    end_held(b, e->to, e, BUS_UNREACHABLE);
    a = find(b, e->to);
    if (a)
        forget(b, a);
    send_held(b, e->to, true);
}

bool absent_is(struct bus *b, struct place place)
{
    return find(b, place);
}

bool absent_takes(struct errand *e)
{
    if (!has_room(e->bus, e->text.len))
        return false;
    keep(e);
    return true;
}

void absent_ask_after_nodes(struct bus *b)
{
    for (size_t i = 0; i < b->known_count; i++) {
        if (b->known[i].misses < MISSES)
            continue;
        call_roll(b);
        return;
    }
}

void absent_stop(struct bus *b)
{
    uv_timer_stop(&b->absents.timer);
    if (b->absents.roll)
        redis_forget(b->absents.roll);
    b->absents.roll = NULL;
    b->absents.count = 0;
}
