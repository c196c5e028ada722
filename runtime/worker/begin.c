#include "worker/begin.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/trail.h"
#include "bus/letter.h"
#include "worker/outbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum stage { ASKED, WITHDRAWN, CONFIRMED };

/* Requests of one session that begin together. */
struct beginning {
    struct beginnings *all;
    enum stage stage;
    bool withdrawing;      /* the owner has been told, and has not answered yet */
    uint64_t confirmed_ms; /* when it had */
    struct place owner;
    begun_fn *begun; /* NULL: nobody waits any more */
    void *ctx;
    struct trail *trail; /* of whoever waits, and holds it */
    LIST_ENTRY(beginning) link;
    char session[SESSION_ID + 1];
    size_t len;
    char ids[];
};

struct beginnings {
    struct worker *worker;
    LIST_HEAD(, beginning) list;
    unsigned count, open;
};

static void drop(struct beginning *b)
{
    LIST_REMOVE(b, link);
    b->all->count--;
    if (b->stage != CONFIRMED)
        b->all->open--;
    free(b);
}

static void tell(struct beginning *b, enum route_outcome outcome)
{
    begun_fn *begun = b->begun;
    b->begun = NULL;
    if (!begun)
        return;
    TRAIL_ENTER(b->trail);
    begun(b->ctx, outcome);
}

static void confirm(struct beginning *b)
{
    b->stage = CONFIRMED;
    b->confirmed_ms = clock_ms();
    b->all->open--;
}

static void on_withdrawn(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct beginning *b = ctx;
    (void)answer;
    b->withdrawing = false;
    if (fate == BUS_CLOSED) {
        drop(b);
        return;
    }
    if (fate != BUS_UNREACHABLE)
        confirm(b);
    tell(b, fate == BUS_GONE ? ROUTE_GONE : ROUTE_UNREACHABLE);
}

/* The answer may be that of an owner which hears of them only after this, from a connection that
 * was given up: so they are kept in mind for a while even then. */
static void withdraw(struct beginning *b)
{
    struct bus *bus = b->all->worker->bus;
    b->withdrawing = bus_is_up(bus) &&
                     outbox_ask(bus, b->owner, LETTER_WITHDRAW, b->session, (struct slice){ 0 },
                                (struct slice){ b->ids, b->len }, on_withdrawn, b);
    if (!b->withdrawing)
        tell(b, ROUTE_UNREACHABLE); /* the next look tries again */
}

/* Whoever waits hears that they do not run when the owner knows it, too; should it be away for
 * longer, at once. */
static void take_back(struct beginning *b)
{
    b->stage = WITHDRAWN;
    if (b->all->count > LIMIT_BEGIN_WITHDRAWN) {
        LOG(LOG_WARN, "begin.forgotten", LOG_INT("withdrawn", b->all->count));
        tell(b, ROUTE_UNREACHABLE);
        drop(b);
        return;
    }
    withdraw(b);
}

static void on_answered(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct beginning *b = ctx;
    struct letter_reader reader = { .rest = answer };
    if (fate == BUS_CLOSED) {
        drop(b);
    } else if (fate == BUS_DONE) {
        static const enum route_outcome outcomes[] = { [BEGIN_NO_SESSION] = ROUTE_GONE,
                                                       [BEGIN_REMEMBERED] = ROUTE_FOUND,
                                                       [BEGIN_NO_ROOM] = ROUTE_UNREACHABLE };
        unsigned said = letter_read_u8(&reader);
        tell(b, said <= BEGIN_NO_ROOM ? outcomes[said] : ROUTE_UNREACHABLE);
        drop(b);
    } else {
        if (fate == BUS_GONE)
            tell(b, ROUTE_GONE); /* should it be there all the same, it is told */
        take_back(b);
    }
}

void begin_requests(struct worker *w, const char *session, struct slice ids, begun_fn *begun,
                    void *ctx)
{
    struct worker *near;
    struct place owner;
    if (route_owner(w, session, &owner, &near) != ROUTE_FAR) {
        begun(ctx, ROUTE_FOUND);
        return;
    }
    struct beginning *b = malloc(sizeof(*b) + ids.len);
    if (!b) {
        begun(ctx, ROUTE_UNREACHABLE);
        return;
    }
    *b = (struct beginning){ .all = w->beginnings,
                             .owner = owner,
                             .begun = begun,
                             .ctx = ctx,
                             .trail = trail_current,
                             .len = ids.len };
    memcpy(b->session, session, sizeof(b->session));
    memcpy(b->ids, ids.data, ids.len);
    if (!outbox_ask(w->bus, owner, LETTER_BEGIN, session, (struct slice){ 0 }, ids, on_answered,
                    b)) {
        free(b);
        begun(ctx, ROUTE_UNREACHABLE);
        return;
    }
    LIST_INSERT_HEAD(&b->all->list, b, link);
    b->all->count++;
    b->all->open++;
}

static bool holds(const struct beginning *b, struct slice request)
{
    struct letter_reader r = { .rest = { b->ids, b->len } };
    while (r.rest.len) {
        struct slice id = letter_read_bytes(&r);
        if (r.failed)
            return false;
        if (id.len == request.len && memcmp(id.data, request.data, id.len) == 0)
            return true;
    }
    return false;
}

enum begin_state begin_state_of(const struct beginnings *all, const char *session,
                                struct slice request)
{
    const struct beginning *b;
    LIST_FOREACH (b, &all->list, link)
        if (strcmp(b->session, session) == 0 && holds(b, request))
            return b->stage == ASKED ? BEGIN_UNDER_WAY : BEGIN_WITHDRAWN;
    return BEGIN_OVER;
}

unsigned beginnings_open(const struct beginnings *all)
{
    return all ? all->open : 0;
}

static void on_look(void *ctx)
{
    struct beginnings *all = ctx;
    struct beginning *b, *next;
    uint64_t now = clock_ms();
    for (b = LIST_FIRST(&all->list); b; b = next) {
        next = LIST_NEXT(b, link);
        if (b->stage == WITHDRAWN && !b->withdrawing)
            withdraw(b);
        else if (b->stage == CONFIRMED && now - b->confirmed_ms > LIMIT_BUS_SETTLE_MS)
            drop(b);
    }
}

struct beginnings *beginnings_new(struct worker *w)
{
    struct beginnings *all = calloc(1, sizeof(*all));
    if (!all)
        return NULL;
    all->worker = w;
    LIST_INIT(&all->list);
    bus_on_look(w->bus, on_look, all);
    return all;
}

/* What is asked or confirmed already is in its callback's hands. */
void beginnings_stop(struct beginnings *all)
{
    struct beginning *b;
    if (!all)
        return;
    LIST_FOREACH (b, &all->list, link) {
        b->begun = NULL;
        if (b->stage != CONFIRMED)
            outbox_post(all->worker->bus, b->owner, LETTER_WITHDRAW, b->session,
                        (struct slice){ 0 }, (struct slice){ b->ids, b->len });
    }
}

void beginnings_free(struct beginnings *all)
{
    if (!all)
        return;
    while (!LIST_EMPTY(&all->list))
        drop(LIST_FIRST(&all->list));
    free(all);
}
