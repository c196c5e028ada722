#include "worker/route.h"

#include "base/log.h"

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
};

struct delivery {
    struct mail mail;
    char id[SESSION_ID + 1];
    bool settles;
    struct mcp_peer settled;
    size_t len;
    char *message; /* malloc'ed */
};

static bool look_up(struct worker *owner, const char *id, const struct digest *caller,
                    enum route_want want, struct mcp_peer *peer)
{
    struct session *s = session_find(owner->sessions, id, caller);
    if (!s || (want == ROUTE_STREAM) != (s->deliver != NULL))
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
    unsigned index = 0;
    struct worker *owner = session_worker(id, &index) ? crew_worker(here->crew, index) : NULL;
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
                                .ctx = ctx };
        memcpy(q->id, id, sizeof(q->id));
        mailbox_post(&owner->mailbox, &q->mail);
    }
}

static void deliver_here(struct worker *here, const char *id, struct slice message,
                         const struct mcp_peer *settled)
{
    struct session *s = session_by_id(here->sessions, id);
    if (!s || !s->deliver) {
        LOG(LOG_DEBUG, "session.gone", LOG_INT("dropped_bytes", (int64_t)message.len));
        return;
    }
    if (settled)
        s->peer = *settled;
    s->deliver(s->ctx, message);
}

static void drop_delivery(struct mail *m)
{
    free(((struct delivery *)m)->message);
    free(m);
}

static void take_delivery(void *receiver, struct mail *m)
{
    struct delivery *d = (struct delivery *)m;
    deliver_here(receiver, d->id, (struct slice){ d->message, d->len },
                 d->settles ? &d->settled : NULL);
    drop_delivery(m);
}

void route_deliver(struct worker *here, const char *id, struct buf *message,
                   const struct mcp_peer *settled)
{
    unsigned index = 0;
    struct worker *owner = session_worker(id, &index) ? crew_worker(here->crew, index) : NULL;
    struct delivery *d = NULL;
    if (owner == here)
        deliver_here(here, id, buf_slice(message), settled);
    else if (owner && (d = calloc(1, sizeof(*d)))) {
        d->mail = (struct mail){ .run = take_delivery, .drop = drop_delivery };
        memcpy(d->id, id, sizeof(d->id));
        d->settles = settled != NULL;
        if (settled)
            d->settled = *settled;
        d->message = buf_take(message, &d->len);
        mailbox_post(&owner->mailbox, &d->mail);
    }
    buf_done(message);
}
