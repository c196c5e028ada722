#include "worker/afar.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "mcp/hub.h"
#include "worker/begin.h"
#include "worker/letters.h"
#include "worker/outbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define NOTHING ((struct slice){ 0 })

struct request {
    struct place place;
    uint64_t asked_ms; /* when it was last known to run there, or asked whether it does */
    LIST_ENTRY(request) link;
    size_t len;
    char id[];
};

struct afar {
    LIST_HEAD(, request) requests; /* the latest first */
    unsigned count;
    struct place watchers[LIMIT_AFAR_WATCHERS];
    unsigned watcher_count;
};

static struct afar *afar_of(struct session *s)
{
    if (!s->afar && (s->afar = calloc(1, sizeof(*s->afar))))
        LIST_INIT(&s->afar->requests);
    return s->afar;
}

static void drop(struct worker *w, struct afar *a, struct request *r)
{
    LIST_REMOVE(r, link);
    a->count--;
    w->requests_afar--;
    free(r);
}

/* ---- requests ---- */

static struct request *find(struct afar *a, struct slice id)
{
    struct request *r;
    LIST_FOREACH (r, &a->requests, link)
        if (r->len == id.len && memcmp(r->id, id.data, id.len) == 0)
            return r;
    return NULL;
}

static bool remember(struct worker *w, struct afar *a, struct place place, struct slice id)
{
    struct request *r = a->count < LIMIT_AFAR_REQUESTS ? malloc(sizeof(*r) + id.len) : NULL;
    if (!r)
        return false;
    r->asked_ms = clock_ms();
    r->place = place;
    r->len = id.len;
    if (r->len)
        memcpy(r->id, id.data, r->len);
    LIST_INSERT_HEAD(&a->requests, r, link);
    a->count++;
    w->requests_afar++;
    return true;
}

/* Requests that begin together: all are remembered, or none. */
static enum begin_answer remember_all(struct worker *w, const struct letter *letter)
{
    struct session_letter l;
    bool may = session_letter_read(letter->payload, &l) && !w->leaves;
    struct session *s = may ? session_by_id(w->sessions, l.session) : NULL;
    struct afar *a = s ? afar_of(s) : NULL;
    struct letter_reader ids = { .rest = l.text };
    unsigned before = a ? a->count : 0;
    if (!a)
        return s ? BEGIN_NO_ROOM : BEGIN_NO_SESSION;
    while (ids.rest.len) {
        struct slice id = letter_read_bytes(&ids);
        if (!ids.failed && remember(w, a, letter->from, id))
            continue;
        while (a->count > before)
            drop(w, a, LIST_FIRST(&a->requests));
        return BEGIN_NO_ROOM;
    }
    return BEGIN_REMEMBERED;
}

static void take_begin(void *ctx, const struct letter *letter)
{
    struct worker *w = ctx;
    BUF_AUTO answer = { .max = 8 };
    letter_u8(&answer, (uint8_t)remember_all(w, letter));
    bus_answer(w->bus, letter, buf_slice(&answer));
}

/* Answered also when there is nothing to forget: they are not waited for in any case. */
static void take_withdraw(void *ctx, const struct letter *letter)
{
    struct worker *w = ctx;
    struct session_letter l;
    if (!session_letter_read(letter->payload, &l))
        return;
    struct session *s = session_by_id(w->sessions, l.session);
    struct letter_reader ids = { .rest = l.text };
    while (s && ids.rest.len && !ids.failed)
        afar_end(w, s, letter_read_bytes(&ids));
    bus_answer(w->bus, letter, NOTHING);
}

bool afar_end(struct worker *w, struct session *s, struct slice request)
{
    struct request *r = s->afar ? find(s->afar, request) : NULL;
    if (!r)
        return false;
    drop(w, s->afar, r);
    return true;
}

#define NODE_GONE                                                                                  \
    "the part of the server that carried this out has stopped: whether it was done is not known; " \
    "look before you ask again"
#define ANSWER_LOST                                                                                \
    "the answer was lost between two parts of the server: what was asked for may have been done; " \
    "look before you ask again"

/* The answer will not come. */
static void fail(struct worker *w, struct session *s, struct request *r, const char *why)
{
    BUF_AUTO b = { .max = 2 * LIMIT_ERR_TEXT + LIMIT_HTTP_BODY };
    rpc_error(&b, (struct slice){ r->id, r->len }, RPC_INTERNAL_ERROR, why);
    drop(w, s->afar, r);
    if (buf_ok(&b) && s->deliver)
        s->deliver(s->ctx, buf_slice(&b));
}

struct loss {
    struct worker *worker;
    uint32_t node;
};

static void mourn(void *ctx, struct session *s)
{
    const struct loss *loss = ctx;
    struct afar *a = s->afar;
    struct request *r, *next;
    if (!a)
        return;
    for (unsigned i = a->watcher_count; i-- > 0;)
        if (a->watchers[i].node == loss->node)
            a->watchers[i] = a->watchers[--a->watcher_count];
    for (r = LIST_FIRST(&a->requests); r; r = next) {
        next = LIST_NEXT(r, link);
        if (r->place.node == loss->node)
            fail(loss->worker, s, r, NODE_GONE);
    }
}

static void on_gone(void *ctx, uint32_t node)
{
    struct worker *w = ctx;
    sessions_each(w->sessions, mourn, &(struct loss){ w, node });
}

/* ---- letters may have been lost ---- */

struct doubt {
    struct worker *worker;
    struct place place; /* that was asked */
    char session[SESSION_ID + 1];
    size_t len;
    char id[];
};

/* What was answered before it said so has arrived before. */
static void on_still(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct doubt *d = ctx;
    struct letter_reader reader = { .rest = answer };
    unsigned state = letter_read_u8(&reader);
    bool known = fate == BUS_DONE || fate == BUS_GONE;
    struct session *s = known ? session_by_id(d->worker->sessions, d->session) : NULL;
    struct request *r = s && s->afar ? find(s->afar, (struct slice){ d->id, d->len }) : NULL;
    if (r && !place_equal(r->place, d->place))
        r = NULL; /* another one of that id, which was begun elsewhere since */
    if (r && fate == BUS_GONE)
        fail(d->worker, s, r, NODE_GONE);
    else if (r && state == BEGIN_WITHDRAWN)
        drop(d->worker, s->afar, r);
    else if (r && state != BEGIN_UNDER_WAY)
        fail(d->worker, s, r, ANSWER_LOST);
    free(d);
}

/* Asks after those of whom nothing has been heard for so long. */
struct patience {
    struct worker *worker;
    uint64_t ms;
};

static void doubt(void *ctx, struct session *s)
{
    const struct patience *patience = ctx;
    struct worker *w = patience->worker;
    uint64_t now = clock_ms();
    struct request *r;
    if (!s->afar)
        return;
    LIST_FOREACH (r, &s->afar->requests, link) {
        if (now - r->asked_ms < patience->ms)
            continue;
        r->asked_ms = now;
        struct doubt *d = malloc(sizeof(*d) + r->len);
        if (!d)
            return;
        d->worker = w;
        d->place = r->place;
        d->len = r->len;
        memcpy(d->id, r->id, r->len);
        memcpy(d->session, s->id, sizeof(d->session));
        if (!outbox_ask(w->bus, r->place, LETTER_STILL, s->id, (struct slice){ r->id, r->len },
                        NOTHING, on_still, d))
            free(d);
    }
}

static void on_lost(void *ctx)
{
    sessions_each(((struct worker *)ctx)->sessions, doubt, &(struct patience){ ctx, 0 });
}

/* A letter that was lost on its sender's side is nobody's news: so now and then we ask. */
static void on_look(void *ctx)
{
    struct worker *w = ctx;
    if (w->requests_afar)
        sessions_each(w->sessions, doubt, &(struct patience){ w, LIMIT_AFAR_PATIENCE_MS });
}

/* ---- the end ---- */

struct surrender {
    struct worker *worker;
    const char *why;
};

static void surrender(void *ctx, struct session *s)
{
    const struct surrender *all = ctx;
    while (s->afar && !LIST_EMPTY(&s->afar->requests))
        fail(all->worker, s, LIST_FIRST(&s->afar->requests), all->why);
}

void afar_give_up(struct worker *w, const char *why)
{
    if (w->requests_afar)
        sessions_each(w->sessions, surrender, &(struct surrender){ w, why });
}

/* ---- watches ---- */

static bool is_watcher(const struct afar *a, struct place p)
{
    for (unsigned i = 0; i < a->watcher_count; i++)
        if (place_equal(a->watchers[i], p))
            return true;
    return false;
}

void afar_watch(struct worker *w, struct session *s, struct place from, struct slice uri)
{
    struct afar *a = afar_of(s);
    for (unsigned i = 0; a && i < a->watcher_count; i++)
        if (!place_equal(a->watchers[i], from))
            outbox_post(w->bus, a->watchers[i], LETTER_UNWATCH, s->id, uri, NOTHING);
    if (a && is_watcher(a, from))
        return;
    if (a && a->watcher_count < LIMIT_AFAR_WATCHERS)
        a->watchers[a->watcher_count++] = from;
    else
        outbox_post(w->bus, from, LETTER_ENDED, s->id, NOTHING, NOTHING);
}

void afar_unwatch(struct worker *w, const struct session *s, struct slice uri)
{
    for (unsigned i = 0; s->afar && i < s->afar->watcher_count; i++)
        outbox_post(w->bus, s->afar->watchers[i], LETTER_UNWATCH, s->id, uri, NOTHING);
}

/* ---- life ---- */

static void on_removed(void *ctx, struct session *s)
{
    struct worker *w = ctx;
    struct afar *a = s->afar;
    if (!a)
        return;
    for (unsigned i = 0; i < a->watcher_count; i++)
        outbox_post(w->bus, a->watchers[i], LETTER_ENDED, s->id, NOTHING, NOTHING);
    while (!LIST_EMPTY(&a->requests))
        drop(w, a, LIST_FIRST(&a->requests));
    free(a);
    s->afar = NULL;
}

void afar_open(struct worker *w)
{
    bus_on(w->bus, LETTER_BEGIN, take_begin, w);
    bus_on(w->bus, LETTER_WITHDRAW, take_withdraw, w);
    bus_on_gone(w->bus, on_gone, w);
    bus_on_lost(w->bus, on_lost, w);
    bus_on_look(w->bus, on_look, w);
    sessions_on_remove(w->sessions, on_removed, w);
}
