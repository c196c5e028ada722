#include "worker/route.h"

#include "base/log.h"
#include "base/trail.h"
#include "mcp/hub.h"

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

static struct worker *owner_of(struct worker *here, const char *id)
{
    unsigned index = 0;
    return session_worker(id, &index) ? crew_worker(here->crew, index) : NULL;
}

static bool look_up(struct worker *owner, const char *id, const struct digest *caller,
                    enum route_want want, struct mcp_peer *peer)
{
    struct session *s = session_find(owner->sessions, id, caller);
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
    q->answer(q->ctx, q->found ? &q->peer : NULL);
    free(q);
}

static void take_question(void *receiver, struct mail *m)
{
    struct question *q = (struct question *)m;
    q->found = look_up(receiver, q->id, &q->caller, q->want, &q->peer);
    q->mail.run = take_answer;
    mailbox_post(&q->asker->mailbox, &q->mail);
}

void route_find(struct worker *here, const char *id, const struct digest *caller,
                enum route_want want, route_found_fn *found, void *ctx)
{
    struct worker *owner = owner_of(here, id);
    struct mcp_peer peer;
    if (!owner) {
        found(ctx, NULL);
    } else if (owner == here) {
        found(ctx, look_up(here, id, caller, want, &peer) ? &peer : NULL);
    } else {
        struct question *q = calloc(1, sizeof(*q));
        if (!q) {
            found(ctx, NULL);
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
    free(((struct delivery *)m)->message);
    free(m);
}

static void take_delivery(void *receiver, struct mail *m)
{
    struct delivery *d = (struct delivery *)m;
    deliver_here(receiver, d->id, (struct slice){ d->message, d->len });
    drop_delivery(m);
}

void route_deliver(struct worker *here, const char *id, struct buf *message)
{
    struct worker *owner = owner_of(here, id);
    struct delivery *d = NULL;
    if (owner == here) {
        deliver_here(here, id, buf_slice(message));
    } else if (owner && (d = calloc(1, sizeof(*d)))) {
        d->mail = (struct mail){ .run = take_delivery, .drop = drop_delivery };
        memcpy(d->id, id, sizeof(d->id));
        d->message = buf_take(message, &d->len);
        mailbox_post(&owner->mailbox, &d->mail);
    }
    buf_done(message);
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
    if (change->unwatch)
        hub_unwatch(s->listener, change->unwatch);
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

void route_change(struct worker *here, const char *id, const struct mcp_change *change,
                  const struct caller *caller)
{
    struct worker *owner = owner_of(here, id);
    if (owner == here) {
        struct session *s = session_by_id(here->sessions, id);
        if (s)
            route_apply(here, s, change, caller);
        return;
    }
    struct change *c = owner ? calloc(1, sizeof(*c)) : NULL;
    if (!c)
        return;
    c->mail = (struct mail){ .run = take_change, .drop = drop_change };
    memcpy(c->id, id, sizeof(c->id));
    if (copy_change(c, change, caller))
        mailbox_post(&owner->mailbox, &c->mail);
    else
        drop_change(&c->mail);
}
