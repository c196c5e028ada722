#include "bus/bus_priv.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "bus/absent.h"
#include "metrics/metrics.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Milliseconds between two looks at what is late and at whom we know; a node that has no receivers
 * at two looks in a row is gone. */
#define LOOK_MS 500

void bus_put_channel(const struct bus *b, struct place to, char out[CHANNEL_TEXT])
{
    char name[PLACE_TEXT + 1];
    place_format(to, name);
    snprintf(out, CHANNEL_TEXT, CHANNEL_HEAD ":%d:%s", b->db, name);
}

static bool is_settled(const struct bus *b)
{
    return clock_ms() >= b->settled_ms;
}

/* ---- errands ---- */

static void tell_sent(struct bus *b)
{
    void (*sent)(void *ctx) = b->sent;
    b->sent = NULL;
    uv_timer_stop(&b->timer);
    if (sent)
        sent(b->sent_ctx);
}

/* Of a bus that is stopped: answers are not waited for, only that the letters are with Redis. */
static void tell_once_sent(struct bus *b)
{
    const struct errand *e;
    TAILQ_FOREACH (e, &b->errands, link)
        if (e->command || e->held)
            return;
    tell_sent(b);
}

void bus_end(struct errand *e, enum bus_fate fate, struct slice answer)
{
    TAILQ_REMOVE(&e->bus->errands, e, link);
    if (e->command)
        redis_forget(e->command);
    if (e->held)
        e->bus->absents.bytes -= e->text.len;
    if (e->done)
        e->done(e->ctx, fate, answer);
    buf_done(&e->text);
    struct bus *b = e->bus;
    free(e);
    if (b->sent)
        tell_once_sent(b);
}

static struct known *find_known(struct bus *b, uint32_t node)
{
    for (size_t i = 0; i < b->known_count; i++)
        if (b->known[i].node == node)
            return &b->known[i];
    return NULL;
}

static void know(struct bus *b, uint32_t node)
{
    if (!find_known(b, node) && b->known_count < LIMIT_BUS_NODES)
        b->known[b->known_count++] = (struct known){ .node = node };
}

static void on_published(void *ctx, const redisReply *reply, const char *why)
{
    struct errand *e = ctx;
    struct bus *b = e->bus;
    e->command = NULL;
    if (!reply || reply->type != REDIS_REPLY_INTEGER) {
        LOG(LOG_WARN, "bus.not_sent", LOG_STR("why", reply ? reply->str : why));
        bus_end(e, BUS_UNREACHABLE, (struct slice){ 0 });
    } else if (reply->integer == 0 && !is_settled(b)) {
        bus_end(e, BUS_UNREACHABLE, (struct slice){ 0 });
    } else if (reply->integer == 0) {
        absent_hold(e);
    } else {
        absent_overtaken(e);
        buf_done(&e->text);
        if (e->ticket)
            e->until_ms = clock_ms() + LIMIT_BUS_ANSWER_MS;
        else
            bus_end(e, BUS_DONE, (struct slice){ 0 });
    }
    if (b->stopped)
        tell_once_sent(b);
}

static uint64_t next_number(struct bus *b)
{
    uint64_t now = (uint64_t)clock_wall_ms() * 1000;
    b->last_number = now > b->last_number ? now : b->last_number + 1;
    return b->last_number;
}

static bool seal(struct bus *b, const char *channel, enum letter_kind kind, uint32_t ticket,
                 struct slice payload, struct buf *out)
{
    struct letter l = { .kind = kind, .from = b->here, .ticket = ticket, .payload = payload };
    buf_init(out, LIMIT_BUS_LETTER + ENVELOPE_EXTRA);
    return envelope_close(b->key, channel, next_number(b), &l, out);
}

static struct redis_command *publish(struct bus *b, const char *channel, struct slice letter,
                                     unsigned deadline_ms, redis_done_fn *done, void *ctx)
{
    return redis_run(b->redis, 3,
                     (struct slice[]){ slice_of("PUBLISH"), slice_of(channel), letter },
                     deadline_ms, done, ctx);
}

bool bus_send(struct errand *e)
{
    char channel[CHANNEL_TEXT];
    bus_put_channel(e->bus, e->to, channel);
    e->command = publish(e->bus, channel, buf_slice(&e->text),
                         e->ticket ? LIMIT_BUS_ANSWER_MS : LIMIT_BUS_POST_MS, on_published, e);
    return e->command;
}

/* ticket: of the letter, which asks or answers. */
static bool dispatch(struct bus *b, struct place to, enum letter_kind kind, uint32_t ticket,
                     struct slice payload, bus_done_fn *done, void *ctx)
{
    char channel[CHANNEL_TEXT];
    struct errand *e = b->stopped ? NULL : calloc(1, sizeof(*e));
    if (!e)
        return false;
    *e = (struct errand){
        .bus = b, .to = to, .ticket = kind == LETTER_ANSWER ? 0 : ticket, .done = done, .ctx = ctx
    };
    bus_put_channel(b, to, channel);
    if (!seal(b, channel, kind, ticket, payload, &e->text) ||
        !(absent_is(b, to) ? absent_takes(e) : bus_send(e))) {
        LOG(LOG_WARN, "bus.refused", LOG_INT("bytes", (int64_t)payload.len));
        buf_done(&e->text);
        free(e);
        return false;
    }
    TAILQ_INSERT_TAIL(&b->errands, e, link);
    know(b, to.node);
    return true;
}

bool bus_post(struct bus *b, struct place to, enum letter_kind kind, struct slice payload,
              bus_done_fn *done, void *ctx)
{
    return dispatch(b, to, kind, 0, payload, done, ctx);
}

bool bus_broadcast(struct bus *b, enum letter_kind kind, struct slice payload)
{
    BUF_AUTO letter = { 0 };
    return seal(b, b->all, kind, 0, payload, &letter) &&
           publish(b, b->all, buf_slice(&letter), LIMIT_BUS_POST_MS, NULL, NULL);
}

bool bus_ask(struct bus *b, struct place to, enum letter_kind kind, struct slice payload,
             bus_done_fn *done, void *ctx)
{
    if (++b->last_ticket == 0)
        b->last_ticket = 1;
    return dispatch(b, to, kind, b->last_ticket, payload, done, ctx);
}

void bus_answer(struct bus *b, const struct letter *question, struct slice payload)
{
    if (question->ticket)
        dispatch(b, question->from, LETTER_ANSWER, question->ticket, payload, NULL, NULL);
}

/* ---- what comes in ---- */

static void take_answer(struct bus *b, const struct letter *l)
{
    struct errand *e;
    TAILQ_FOREACH (e, &b->errands, link) {
        if (e->ticket != l->ticket || !place_equal(e->to, l->from))
            continue;
        bus_end(e, BUS_DONE, l->payload);
        return;
    }
    LOG(LOG_DEBUG, "bus.late", LOG_INT("ticket", l->ticket));
}

static void tell_losers(struct bus *b)
{
    for (unsigned i = 0; i < b->loser_count; i++)
        b->losers[i].lost(b->losers[i].ctx);
}

/* The subscription has taken effect: for the first time, or again. */
static void begin_to_hear(struct bus *b)
{
    if (!b->hears) {
        b->hears = true;
        if (b->heard)
            b->heard(b->heard_ctx);
        return;
    }
    b->settled_ms = clock_ms() + LIMIT_BUS_SETTLE_MS;
    b->lost = true;
    LOG(LOG_INFO, "bus.heard_nothing", LOG_INT("worker", b->here.worker));
    tell_losers(b);
}

static const char *const refusals[ENVELOPE_FATES] = {
    [ENVELOPE_UNOPENED] =
        "letters from other nodes do not open: give all nodes the same cluster_secret (or "
        "client_secret) and restart those that differ; or somebody else writes into Redis",
    [ENVELOPE_REPEATED] = "letters came a second time, or long after they were sent: they count "
                          "once; see who else can write into Redis",
    [ENVELOPE_MALFORMED] = "what came is no letter: see who else can write into Redis",
    [ENVELOPE_NO_MEMORY] = "letters were lost: out of memory",
};

/* Whoever can write into Redis can make many: all are counted, few are told of. */
static void refuse(struct bus *b, enum envelope_fate fate)
{
    uint64_t now = clock_ms();
    metrics_count(METRIC_LETTERS_REFUSED, (unsigned)(fate - ENVELOPE_UNOPENED), 0);
    b->refused[fate].count++;
    if (b->refused[fate].said_ms && now - b->refused[fate].said_ms < LIMIT_BUS_COMPLAINT_MS)
        return;
    LOG(LOG_WARN, "bus.letters_refused", LOG_INT("letters", b->refused[fate].count),
        LOG_STR("why", refusals[fate]));
    b->refused[fate].said_ms = now;
    b->refused[fate].count = 0;
}

static void take_in(struct bus *b, enum bus_channel channel, struct slice message)
{
    struct letter l;
    uint64_t number;
    BUF_AUTO content = { .max = message.len + 1 };
    if (b->stopped || !bus_key_known(b->key))
        return;
    enum envelope_fate fate = envelope_open(b->key, channel == CHANNEL_ALL ? b->all : b->own,
                                            message, &content, &number, &l);
    if (fate == ENVELOPE_OPEN && l.from.node == b->here.node)
        return; /* what we told all */
    if (fate == ENVELOPE_OPEN && !marks_take(&b->marks, channel, l.from, number))
        fate = ENVELOPE_REPEATED;
    if (fate != ENVELOPE_OPEN) {
        refuse(b, fate);
        return;
    }
    know(b, l.from.node);
    if (l.kind == LETTER_ANSWER)
        take_answer(b, &l);
    else if (b->receivers[l.kind].take)
        b->receivers[l.kind].take(b->receivers[l.kind].ctx, &l);
}

static void on_message(void *ctx, struct slice message)
{
    struct bus *b = ctx;
    if (message.data)
        take_in(b, CHANNEL_OWN, message);
    else if (!b->stopped)
        begin_to_hear(b);
}

/* What was said to all while nobody listened is lost, too; one of the two channels says so. */
static void on_broadcast(void *ctx, struct slice message)
{
    if (message.data)
        take_in(ctx, CHANNEL_ALL, message);
}

/* ---- looking after them ---- */

void bus_forget_node(struct bus *b, uint32_t node)
{
    struct known *k = find_known(b, node);
    if (k)
        *k = b->known[--b->known_count];
    char name[9];
    snprintf(name, sizeof(name), "%08" PRIx32, node);
    LOG(LOG_INFO, "bus.node_gone", LOG_INT("worker", b->here.worker), LOG_STR("node", name));
    struct errand *e, *next;
    for (e = TAILQ_FIRST(&b->errands); e; e = next) {
        next = TAILQ_NEXT(e, link);
        if (e->to.node == node && e->ticket)
            bus_end(e, BUS_GONE, (struct slice){ 0 });
    }
    for (unsigned i = 0; i < b->mourner_count; i++)
        b->mourners[i].gone(b->mourners[i].ctx, node);
}

/* [channel, receivers, channel, receivers, …] in the order of the question. */
static void on_looked(void *ctx, const redisReply *reply, const char *why)
{
    struct bus *b = ctx;
    (void)why;
    b->look = NULL;
    if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 * b->looked_count ||
        !is_settled(b))
        return;
    for (size_t i = 0; i < b->looked_count; i++) {
        struct known *k = find_known(b, b->looked_at[i]);
        if (!k)
            continue;
        k->misses = reply->element[2 * i + 1]->integer ? 0 : k->misses + 1;
    }
    absent_ask_after_nodes(b);
}

static void look(struct bus *b)
{
    struct slice argv[2 + LIMIT_BUS_NODES] = { slice_of("PUBSUB"), slice_of("NUMSUB") };
    char channels[LIMIT_BUS_NODES][CHANNEL_TEXT];
    if (b->look || !b->known_count || !bus_is_up(b) || !is_settled(b))
        return;
    for (size_t i = 0; i < b->known_count; i++) {
        b->looked_at[i] = b->known[i].node;
        bus_put_channel(b, (struct place){ .node = b->known[i].node }, channels[i]);
        argv[2 + i] = slice_of(channels[i]);
    }
    b->looked_count = b->known_count;
    b->look = redis_run(b->redis, 2 + b->known_count, argv, LIMIT_BUS_ANSWER_MS, on_looked, b);
}

static void on_timer(uv_timer_t *timer)
{
    struct bus *b = timer->data;
    uint64_t now = clock_ms();
    struct errand *e, *next;
    for (e = TAILQ_FIRST(&b->errands); e; e = next) {
        next = TAILQ_NEXT(e, link);
        if (e->until_ms && e->until_ms <= now)
            bus_end(e, BUS_UNREACHABLE, (struct slice){ 0 });
    }
    if (b->lost && is_settled(b)) {
        b->lost = false;
        tell_losers(b);
    }
    look(b);
    for (unsigned i = 0; i < b->looker_count && bus_is_up(b) && is_settled(b); i++)
        b->lookers[i].looks(b->lookers[i].ctx);
    bus_agree_again(b);
}

static void on_state(void *ctx, bool up)
{
    struct bus *b = ctx;
    if (up && b->was_up)
        b->settled_ms = clock_ms() + LIMIT_BUS_SETTLE_MS;
    b->was_up |= up;
    if (up && !b->stopped)
        absent_sign(b);
    b->agreement.due = up;
    bus_agree_again(b);
    LOG(up ? LOG_INFO : LOG_WARN, up ? "bus.up" : "bus.down", LOG_INT("worker", b->here.worker));
}

/* ---- life ---- */

static void on_closed(uv_handle_t *timer)
{
    struct bus *b = timer->data;
    if (--b->handles == 0)
        free(b);
}

bool bus_open(uv_loop_t *loop, const struct redis_address *redis, const struct bus_key *key,
              struct place here, struct bus **out, struct err *err)
{
    struct bus *b = calloc(1, sizeof(*b));
    if (!b)
        return err_set(err, ERR_MEMORY, "out of memory");
    b->here = here;
    b->key = key;
    /* What all were told before is nothing to us, whoever repeats it. */
    b->marks.floor[CHANNEL_ALL] = (uint64_t)(clock_wall_ms() - LIMIT_BUS_CLOCKS_MS) * 1000;
    b->db = redis->db;
    TAILQ_INIT(&b->errands);
    bus_put_channel(b, here, b->own);
    snprintf(b->all, sizeof(b->all), CHANNEL_HEAD ":%d:all", b->db);
    b->redis = redis_open(loop, redis);
    if (!b->redis) {
        free(b);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    uv_timer_init(loop, &b->timer);
    b->timer.data = b;
    uv_timer_init(loop, &b->absents.timer);
    b->absents.timer.data = b;
    b->handles = 2;
    redis_on_state(b->redis, on_state, b);
    if (!redis_subscribe(b->redis, b->own, on_message, b) ||
        !redis_subscribe(b->redis, b->all, on_broadcast, b)) {
        bus_close(b);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    uv_timer_start(&b->timer, on_timer, LOOK_MS, LOOK_MS);
    *out = b;
    return true;
}

/* What is posted goes on being sent; whom it would be told to may be gone from here on. */
static void let_go(struct errand *e)
{
    bus_done_fn *done = e->done;
    e->done = NULL;
    if (done)
        done(e->ctx, BUS_CLOSED, (struct slice){ 0 });
}

static void forget(struct redis_command **c)
{
    if (*c)
        redis_forget(*c);
    *c = NULL;
}

static void on_late(uv_timer_t *timer)
{
    tell_sent(timer->data);
}

void bus_stop(struct bus *b, void (*sent)(void *ctx), void *ctx)
{
    struct errand *e;
    b->stopped = true;
    b->sent = sent;
    b->sent_ctx = ctx;
    uv_timer_stop(&b->timer);
    forget(&b->look);
    forget(&b->agreement.command);
    b->agreement.agreed = NULL;
    TAILQ_FOREACH (e, &b->errands, link)
        let_go(e);
    /* Whoever writes to us from now on has to learn that we are gone, rather than to wait. */
    absent_sign_off(b);
    redis_unsubscribe(b->redis, b->own);
    redis_unsubscribe(b->redis, b->all);
    uv_timer_start(&b->timer, on_late, LIMIT_BUS_PART_MS, 0);
    tell_once_sent(b);
}

void bus_close(struct bus *b)
{
    if (!b)
        return;
    if (!b->stopped)
        bus_stop(b, NULL, NULL);
    b->sent = NULL;
    uv_timer_stop(&b->timer);
    while (!TAILQ_EMPTY(&b->errands))
        bus_end(TAILQ_FIRST(&b->errands), BUS_CLOSED, (struct slice){ 0 });
    sodium_memzero(b->agreement.value, sizeof(b->agreement.value));
    box_key_wipe(&b->agreement.lock);
    absent_stop(b);
    redis_close(b->redis);
    uv_close((uv_handle_t *)&b->timer, on_closed);
    uv_close((uv_handle_t *)&b->absents.timer, on_closed);
}

bool bus_is_up(const struct bus *b)
{
    return b->hears && redis_is_up(b->redis);
}

bool bus_hears(const struct bus *b)
{
    return b->hears;
}

void bus_on_hearing(struct bus *b, void (*heard)(void *ctx), void *ctx)
{
    b->heard = heard;
    b->heard_ctx = ctx;
}

void bus_on_look(struct bus *b, void (*looks)(void *ctx), void *ctx)
{
    b->lookers[b->looker_count].looks = looks;
    b->lookers[b->looker_count++].ctx = ctx;
}

void bus_on(struct bus *b, enum letter_kind kind, bus_take_fn *take, void *ctx)
{
    b->receivers[kind].take = take;
    b->receivers[kind].ctx = ctx;
}

void bus_on_gone(struct bus *b, void (*gone)(void *ctx, uint32_t node), void *ctx)
{
    b->mourners[b->mourner_count].gone = gone;
    b->mourners[b->mourner_count++].ctx = ctx;
}

void bus_on_lost(struct bus *b, void (*lost)(void *ctx), void *ctx)
{
    b->losers[b->loser_count].lost = lost;
    b->losers[b->loser_count++].ctx = ctx;
}
