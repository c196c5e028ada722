#include "worker/route.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/piece.h"
#include "base/trail.h"
#include "mcp/hub.h"
#include "worker/afar.h"
#include "worker/letters.h"
#include "worker/lookout.h"

#include <stdlib.h>
#include <string.h>

/* route_find() as mail: to the owner with the question, back with the answer in the same letter.
 */
struct question {
    struct mail mail;
    struct worker *asker;
    char id[SESSION_ID + 1];
    struct digest caller;
    enum route_want want;
    bool found;
    struct mcp_peer peer;
    route_found_fn *answer;
    void *ctx;
    struct trail *trail; /* borrowed: the asker's exchange waits for the answer, and holds it */
};

struct delivery {
    struct mail mail;
    char id[SESSION_ID + 1];
    size_t len;
    char *message; /* malloc'ed */
};

/* A change with copies of everything that it points to. */
struct change {
    struct mail mail;
    char id[SESSION_ID + 1];
    struct mcp_change change;
    struct mcp_peer peer;
    struct caller caller;
    char *watch, *unwatch, *sync;
};

enum route_side route_side(struct worker *here, struct place place, struct worker **near)
{
    *near = NULL;
    if (place_equal(place, here->here)) {
        *near = here;
        return ROUTE_MINE;
    }
    if (place.node != here->here.node)
        return here->bus ? ROUTE_FAR : ROUTE_NONE;
    *near = crew_worker(here->crew, place.worker);
    return *near ? ROUTE_NEAR : ROUTE_NONE;
}

enum route_side route_owner(struct worker *here, const char *id, struct place *owner,
                            struct worker **near)
{
    *near = NULL;
    return session_place(id, owner) ? route_side(here, *owner, near) : ROUTE_NONE;
}

static bool look_up(struct worker *owner, const char *id, const struct digest *caller,
                    enum route_want want, struct mcp_peer *peer)
{
    struct session *s = owner->leaves ? NULL : session_find(owner->sessions, id, caller);
    if (!s || (want == ROUTE_STREAM) != s->streamed)
        return false;
    *peer = s->peer;
    if (want == ROUTE_END)
        session_remove(owner->sessions, s);
    return true;
}

static void drop_question(struct mail *m)
{
    free(m);
}

static void take_answer(void *receiver, struct mail *m)
{
    (void)receiver;
    struct question *q = (struct question *)m;
    TRAIL_ENTER(q->trail);
    q->answer(q->ctx, q->found ? ROUTE_FOUND : ROUTE_GONE, q->found ? &q->peer : NULL);
    free(q);
}

static void take_question(void *receiver, struct mail *m)
{
    struct question *q = (struct question *)m;
    q->found = look_up(receiver, q->id, &q->caller, q->want, &q->peer);
    q->mail.run = take_answer;
    mailbox_post(&q->asker->mailbox, &q->mail);
}

static void ask_near(struct worker *here, struct worker *owner, const char *id,
                     const struct digest *caller, enum route_want want, route_found_fn *found,
                     void *ctx)
{
    struct question *q = calloc(1, sizeof(*q));
    if (!q) {
        found(ctx, ROUTE_UNREACHABLE, NULL);
        return;
    }
    *q = (struct question){ .mail = { .run = take_question, .drop = drop_question },
                            .asker = here,
                            .caller = *caller,
                            .want = want,
                            .answer = found,
                            .ctx = ctx,
                            .trail = trail_current };
    memcpy(q->id, id, sizeof(q->id));
    mailbox_post(&owner->mailbox, &q->mail);
}

/* ---- other nodes ---- */

struct far_question {
    route_found_fn *answer;
    void *ctx;
    struct trail *trail; /* of whoever waits, and holds it */
};

static void on_far_answer(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct far_question q = *(struct far_question *)ctx;
    struct found_letter l;
    free(ctx);
    if (fate == BUS_CLOSED)
        return;
    TRAIL_ENTER(q.trail);
    if (fate == BUS_DONE && found_letter_read(answer, &l))
        q.answer(q.ctx, l.found ? ROUTE_FOUND : ROUTE_GONE, l.found ? &l.peer : NULL);
    else
        q.answer(q.ctx, fate == BUS_GONE ? ROUTE_GONE : ROUTE_UNREACHABLE, NULL);
}

static void ask_far(struct worker *here, struct place owner, const char *id,
                    const struct digest *caller, enum route_want want, route_found_fn *found,
                    void *ctx)
{
    struct find_letter l = { .caller = *caller, .want = (uint8_t)want };
    BUF_AUTO text = { .max = LIMIT_BUS_LETTER };
    struct far_question *q = bus_is_up(here->bus) ? malloc(sizeof(*q)) : NULL;
    memcpy(l.session, id, sizeof(l.session));
    find_letter_write(&l, &text);
    if (q)
        *q = (struct far_question){ found, ctx, trail_current };
    if (q && buf_ok(&text) &&
        bus_ask(here->bus, owner, LETTER_FIND, buf_slice(&text), on_far_answer, q))
        return;
    free(q);
    found(ctx, ROUTE_UNREACHABLE, NULL);
}

static void take_find(void *ctx, const struct letter *letter)
{
    struct worker *here = ctx;
    struct find_letter l;
    struct found_letter answer = { 0 };
    BUF_AUTO text = { .max = 256 };
    if (!find_letter_read(letter->payload, &l))
        return;
    answer.found = l.want <= ROUTE_END &&
                   look_up(here, l.session, &l.caller, (enum route_want)l.want, &answer.peer);
    found_letter_write(&answer, &text);
    bus_answer(here->bus, letter, buf_slice(&text));
}

/* A letter about a session; false when it could not be sent. */
static bool write_to(struct worker *here, struct place to, enum letter_kind kind, const char *id,
                     struct slice about, struct slice content)
{
    struct session_letter l = { .about = about, .text = content };
    BUF_AUTO text = { .max = LIMIT_BUS_LETTER };
    memcpy(l.session, id, sizeof(l.session));
    session_letter_write(&l, &text);
    return buf_ok(&text) && bus_post(here->bus, to, kind, buf_slice(&text), NULL, NULL);
}

void route_find(struct worker *here, const char *id, const struct digest *caller,
                enum route_want want, route_found_fn *found, void *ctx)
{
    struct worker *near;
    struct place owner;
    struct mcp_peer peer;
    bool known;
    switch (route_owner(here, id, &owner, &near)) {
    case ROUTE_MINE:
        known = look_up(here, id, caller, want, &peer);
        found(ctx, known ? ROUTE_FOUND : ROUTE_GONE, known ? &peer : NULL);
        break;
    case ROUTE_NEAR:
        ask_near(here, near, id, caller, want, found, ctx);
        break;
    case ROUTE_FAR:
        ask_far(here, owner, id, caller, want, found, ctx);
        break;
    case ROUTE_NONE:
        found(ctx, ROUTE_GONE, NULL);
    }
}

/* route_begin() as a letter; the ids follow in one piece of memory. */
struct beginning {
    struct worker *here;
    struct place owner;
    route_begun_fn *begun;
    void *ctx;
    struct trail *trail; /* of whoever waits, and holds it */
    char session[SESSION_ID + 1];
    size_t len;
    char request[];
};

static void on_begun(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct beginning *b = ctx;
    struct letter_reader reader = { .rest = answer };
    enum route_outcome outcome = ROUTE_UNREACHABLE;
    if (fate == BUS_DONE)
        outcome = letter_read_u8(&reader) ? ROUTE_FOUND : ROUTE_GONE;
    else if (fate == BUS_GONE)
        outcome = ROUTE_GONE;
    if (fate != BUS_CLOSED) {
        TRAIL_ENTER(b->trail);
        /* Should it have heard of the request after all, it need not wait. */
        if (outcome == ROUTE_UNREACHABLE)
            write_to(b->here, b->owner, LETTER_DELIVER, b->session,
                     (struct slice){ b->request, b->len }, (struct slice){ 0 });
        b->begun(b->ctx, outcome);
    }
    free(b);
}

static void begin_far(struct worker *here, struct place owner, const char *id, struct slice request,
                      route_begun_fn *begun, void *ctx)
{
    struct session_letter l = { .about = request };
    BUF_AUTO text = { .max = LIMIT_BUS_LETTER };
    struct beginning *b = malloc(sizeof(*b) + request.len);
    memcpy(l.session, id, sizeof(l.session));
    session_letter_write(&l, &text);
    if (b) {
        *b = (struct beginning){ here, owner, begun, ctx, trail_current, .len = request.len };
        memcpy(b->session, id, sizeof(b->session));
        memcpy(b->request, request.data, request.len);
    }
    if (b && buf_ok(&text) &&
        bus_ask(here->bus, owner, LETTER_BEGIN, buf_slice(&text), on_begun, b))
        return;
    free(b);
    begun(ctx, ROUTE_UNREACHABLE);
}

void route_begin(struct worker *here, const char *id, struct slice request, route_begun_fn *begun,
                 void *ctx)
{
    struct worker *near;
    struct place owner;
    bool far = route_owner(here, id, &owner, &near) == ROUTE_FAR;
    if (far && begun)
        begin_far(here, owner, id, request, begun, ctx);
    else if (far)
        write_to(here, owner, LETTER_BEGIN, id, request, (struct slice){ 0 });
    else if (begun)
        begun(ctx, ROUTE_FOUND);
}

static void deliver_here(struct worker *here, const char *id, struct slice message)
{
    struct session *s = session_by_id(here->sessions, id);
    if (s && s->deliver)
        s->deliver(s->ctx, message);
    else
        LOG(LOG_DEBUG, "session.gone", LOG_INT("dropped_bytes", (int64_t)message.len));
}

static void drop_delivery(struct mail *m)
{
    piece_free(((struct delivery *)m)->message);
    free(m);
}

static void take_delivery(void *receiver, struct mail *m)
{
    struct delivery *d = (struct delivery *)m;
    deliver_here(receiver, d->id, (struct slice){ d->message, d->len });
    drop_delivery(m);
}

/* The client hears something in any case. */
static void deliver_far(struct worker *here, struct place owner, const char *id,
                        struct slice request, struct slice message)
{
    if (write_to(here, owner, LETTER_DELIVER, id, request, message) || !request.len)
        return;
    BUF_AUTO failure = { .max = 2 * LIMIT_ERR_TEXT + LIMIT_HTTP_BODY };
    rpc_error(&failure, request, RPC_INTERNAL_ERROR,
              "the answer is too large for this server; the request has been carried out");
    write_to(here, owner, LETTER_DELIVER, id, request, buf_slice(&failure));
}

void route_deliver(struct worker *here, const char *id, struct slice request, struct buf *message)
{
    struct worker *near;
    struct place owner;
    struct delivery *d;
    switch (route_owner(here, id, &owner, &near)) {
    case ROUTE_MINE:
        deliver_here(here, id, buf_slice(message));
        break;
    case ROUTE_NEAR:
        d = calloc(1, sizeof(*d));
        if (!d)
            break;
        d->mail = (struct mail){ .run = take_delivery, .drop = drop_delivery };
        memcpy(d->id, id, sizeof(d->id));
        d->message = buf_take(message, &d->len);
        mailbox_post(&near->mailbox, &d->mail);
        break;
    case ROUTE_FAR:
        deliver_far(here, owner, id, request, buf_slice(message));
        break;
    case ROUTE_NONE:
        break;
    }
    buf_done(message);
}

/* Whoever sends to a session that is gone may as well stop watching for it. */
static void take_far_delivery(void *ctx, const struct letter *letter)
{
    struct worker *here = ctx;
    struct session_letter l;
    if (!session_letter_read(letter->payload, &l))
        return;
    struct session *s = session_by_id(here->sessions, l.session);
    if (!s)
        write_to(here, letter->from, LETTER_ENDED, l.session, (struct slice){ 0 },
                 (struct slice){ 0 });
    else if (s->deliver && (!l.about.len || afar_end(here, s, l.about)) && l.text.len)
        s->deliver(s->ctx, l.text);
}

void route_apply(struct worker *here, struct session *s, const struct mcp_change *change,
                 const struct caller *caller)
{
    struct err err = { 0 };
    if (change->peer) {
        s->peer = *change->peer;
        session_settled(s);
    }
    if (s->peer.initialized && !s->listener && s->deliver)
        s->listener = hub_join(here->mcp.hub, HUB_TOOLS | HUB_PROMPTS | HUB_RESOURCES,
                               (struct slice){ 0 }, s->deliver, s->ctx);
    if (!s->listener)
        return;
    if (change->watch && !hub_watch(s->listener, change->watch, caller, change->sync, &err))
        LOG(LOG_WARN, "watch.refused", LOG_STR("why", err.text));
    if (change->watch)
        afar_unwatch(here, s, slice_of(change->watch));
    if (change->unwatch) {
        hub_unwatch(s->listener, change->unwatch);
        afar_unwatch(here, s, slice_of(change->unwatch));
    }
}

static void drop_change(struct mail *m)
{
    struct change *c = (struct change *)m;
    caller_done(&c->caller);
    free(c->watch);
    free(c->unwatch);
    free(c->sync);
    free(c);
}

static void take_change(void *receiver, struct mail *m)
{
    struct worker *here = receiver;
    struct change *c = (struct change *)m;
    struct session *s = session_by_id(here->sessions, c->id);
    if (s)
        route_apply(here, s, &c->change, &c->caller);
    drop_change(m);
}

static bool copy_change(struct change *c, const struct mcp_change *change,
                        const struct caller *caller)
{
    if (change->peer) {
        c->peer = *change->peer;
        c->change.peer = &c->peer;
    }
    if (change->watch) {
        c->change.watch = c->watch = strdup(change->watch);
        c->sync = strndup(change->sync.data ? change->sync.data : "", change->sync.len);
        c->change.sync = slice_of(c->sync);
        if (!c->watch || !c->sync || !caller_copy(caller, &c->caller))
            return false;
    }
    if (change->unwatch)
        c->change.unwatch = c->unwatch = strdup(change->unwatch);
    return !change->unwatch || c->unwatch;
}

static void change_near(struct worker *owner, const char *id, const struct mcp_change *change,
                        const struct caller *caller)
{
    struct change *c = calloc(1, sizeof(*c));
    if (!c)
        return;
    c->mail = (struct mail){ .run = take_change, .drop = drop_change };
    memcpy(c->id, id, sizeof(c->id));
    if (copy_change(c, change, caller))
        mailbox_post(&owner->mailbox, &c->mail);
    else
        drop_change(&c->mail);
}

static void change_far(struct worker *here, struct place owner, const char *id,
                       const struct mcp_change *change, const struct caller *caller)
{
    struct change_letter l = { .watch = slice_of(change->watch),
                               .unwatch = slice_of(change->unwatch) };
    BUF_AUTO text = { .max = LIMIT_BUS_LETTER };
    struct err err = { 0 };
    memcpy(l.session, id, sizeof(l.session));
    l.has_peer = change->peer;
    if (change->peer)
        l.peer = *change->peer;
    if (change->watch &&
        !lookout_watch(here->lookout, id, change->watch, caller, change->sync, &err)) {
        LOG(LOG_WARN, "watch.refused", LOG_STR("why", err.text));
        l.watch = (struct slice){ 0 };
    }
    change_letter_write(&l, &text);
    if (buf_ok(&text))
        bus_post(here->bus, owner, LETTER_CHANGE, buf_slice(&text), NULL, NULL);
}

static void take_far_change(void *ctx, const struct letter *letter)
{
    struct worker *here = ctx;
    struct change_letter l;
    struct session *s =
        change_letter_read(letter->payload, &l) ? session_by_id(here->sessions, l.session) : NULL;
    if (!s)
        return;
    char *watched = l.watch.len ? strndup(l.watch.data, l.watch.len) : NULL;
    char *unwatch = l.unwatch.len ? strndup(l.unwatch.data, l.unwatch.len) : NULL;
    struct mcp_change change = { .peer = l.has_peer ? &l.peer : NULL, .unwatch = unwatch };
    route_apply(here, s, &change, NULL);
    if (watched) {
        if (s->listener)
            hub_unwatch(s->listener, watched);
        afar_watch(here, s, letter->from, l.watch);
    }
    free(watched);
    free(unwatch);
}

void route_change(struct worker *here, const char *id, const struct mcp_change *change,
                  const struct caller *caller)
{
    struct worker *near;
    struct place owner;
    struct session *s;
    switch (route_owner(here, id, &owner, &near)) {
    case ROUTE_MINE:
        s = session_by_id(here->sessions, id);
        if (s)
            route_apply(here, s, change, caller);
        break;
    case ROUTE_NEAR:
        change_near(near, id, change, caller);
        break;
    case ROUTE_FAR:
        change_far(here, owner, id, change, caller);
        break;
    case ROUTE_NONE:
        break;
    }
}

/* ---- lists ---- */

void route_announce(struct worker *here, unsigned lists)
{
    BUF_AUTO text = { .max = 8 };
    letter_u32(&text, lists);
    bus_broadcast(here->bus, LETTER_ANNOUNCE, buf_slice(&text));
}

static void take_announcement(void *ctx, const struct letter *letter)
{
    struct worker *here = ctx;
    struct letter_reader r = { .rest = letter->payload };
    unsigned lists = letter_read_u32(&r);
    for (unsigned list = HUB_TOOLS; list <= HUB_RESOURCES; list <<= 1)
        if (lists & list)
            hub_announce(here->mcp.hub, (enum hub_list)list);
}

void route_open(struct worker *here)
{
    bus_on(here->bus, LETTER_FIND, take_find, here);
    bus_on(here->bus, LETTER_DELIVER, take_far_delivery, here);
    bus_on(here->bus, LETTER_CHANGE, take_far_change, here);
    bus_on(here->bus, LETTER_ANNOUNCE, take_announcement, here);
}
