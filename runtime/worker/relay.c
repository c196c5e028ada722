#include "worker/relay.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/piece.h"
#include "mcp/hub.h"
#include "worker/afar.h"
#include "worker/letters.h"
#include "worker/lookout.h"
#include "worker/outbox.h"
#include "worker/route.h"

#include <stdlib.h>
#include <string.h>

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
    if (outbox_post(here->bus, owner, LETTER_DELIVER, id, request, message) || !request.len)
        return;
    BUF_AUTO failure = { .max = 2 * LIMIT_ERR_TEXT + LIMIT_HTTP_BODY };
    rpc_error(&failure, request, RPC_INTERNAL_ERROR,
              "the answer is too large for this server; the request has been carried out");
    outbox_post(here->bus, owner, LETTER_DELIVER, id, request, buf_slice(&failure));
}

void relay_deliver(struct worker *here, const char *id, struct slice request, struct buf *message)
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
        outbox_post(here->bus, letter->from, LETTER_ENDED, l.session, (struct slice){ 0 },
                    (struct slice){ 0 });
    else if (s->deliver && (!l.about.len || afar_end(here, s, l.about)) && l.text.len)
        s->deliver(s->ctx, l.text);
}

void relay_apply(struct worker *here, struct session *s, const struct mcp_change *change,
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
        relay_apply(here, s, &c->change, &c->caller);
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
    relay_apply(here, s, &change, NULL);
    if (watched) {
        if (s->listener)
            hub_unwatch(s->listener, watched);
        afar_watch(here, s, letter->from, l.watch);
    }
    free(watched);
    free(unwatch);
}

void relay_change(struct worker *here, const char *id, const struct mcp_change *change,
                  const struct caller *caller)
{
    struct worker *near;
    struct place owner;
    struct session *s;
    switch (route_owner(here, id, &owner, &near)) {
    case ROUTE_MINE:
        s = session_by_id(here->sessions, id);
        if (s)
            relay_apply(here, s, change, caller);
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

void relay_announce(struct worker *here, unsigned lists)
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

void relay_open(struct worker *here)
{
    bus_on(here->bus, LETTER_DELIVER, take_far_delivery, here);
    bus_on(here->bus, LETTER_CHANGE, take_far_change, here);
    bus_on(here->bus, LETTER_ANNOUNCE, take_announcement, here);
}
