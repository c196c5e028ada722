#include "worker/route.h"

#include "base/limits.h"
#include "base/trail.h"
#include "worker/letters.h"

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

void route_open(struct worker *here)
{
    bus_on(here->bus, LETTER_FIND, take_find, here);
}
