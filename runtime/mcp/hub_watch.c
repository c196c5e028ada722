#include "mcp/hub_priv.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "mcp/resource_events.h"

#include <stdlib.h>
#include <string.h>

/* After so many turns in a row without an event the pause doubles. */
#define QUIET_TURNS 6
#define MOST_DOUBLINGS 10

static bool is_resting(const struct hub_watch *w)
{
    return !w->caller.token.bytes;
}

static void arm(struct hub *h)
{
    uint64_t now = clock_ms(), first = UINT64_MAX;
    struct hub_watch *w;
    TAILQ_FOREACH (w, &h->watches, all)
        if (!w->ask && w->due_ms < first)
            first = w->due_ms;
    uv_timer_stop(&h->timer);
    if (first == UINT64_MAX)
        return;
    uv_update_time(h->asana->loop);
    uv_timer_start(&h->timer, hub_on_timer, first > now ? first - now : 0, 0);
}

void hub_watch_free(struct hub_watch *w)
{
    struct hub *h = w->hub;
    if (w->ask)
        visible_ask_cancel(w->ask);
    *(is_resting(w) ? &h->kept : &h->watched) -= 1;
    TAILQ_REMOVE(&h->watches, w, all);
    caller_done(&w->caller);
    free(w->sync);
    free(w);
}

void hub_watch_rest(struct hub_watch *w)
{
    struct hub *h = w->hub;
    struct hub_watch *oldest = NULL;
    if (!w->sync) {
        hub_watch_free(w);
        arm(h);
        return;
    }
    if (w->ask)
        visible_ask_cancel(w->ask);
    w->ask = NULL;
    w->pages = 0;
    w->due_ms = clock_ms() + LIMIT_HUB_KEPT_MINUTES * UINT64_C(60000);
    caller_done(&w->caller);
    h->watched--;
    h->kept++;
    /* Whoever rests goes to the end of the list, so the first one has rested longest. */
    TAILQ_REMOVE(&h->watches, w, all);
    TAILQ_INSERT_TAIL(&h->watches, w, all);
    if (h->kept > LIMIT_HUB_KEPT)
        TAILQ_FOREACH (oldest, &h->watches, all)
            if (is_resting(oldest))
                break;
    if (oldest)
        hub_watch_free(oldest);
    arm(h);
}

static struct hub_watch *find(const struct hub *h, const char *gid, const struct digest *person)
{
    struct hub_watch *w;
    TAILQ_FOREACH (w, &h->watches, all)
        if (strcmp(w->gid, gid) == 0 && digest_equal(&w->caller.id, person))
            return w;
    return NULL;
}

static bool set_sync(struct hub_watch *w, struct slice sync)
{
    char *copy = strndup(sync.data, sync.len);
    if (!copy)
        return false;
    free(w->sync);
    w->sync = copy;
    return true;
}

struct hub_watch *hub_watch_wake(struct hub *h, const char *gid, const struct caller *caller,
                                 struct slice sync, struct err *err)
{
    struct hub_watch *w = find(h, gid, &caller->id);
    struct caller copy = { 0 };
    bool resting = !w || is_resting(w), fresh = !w;
    if (resting && h->watched == LIMIT_HUB_WATCHED) {
        err_set(err, ERR_LIMIT, "too many resources are subscribed to on this server");
        return NULL;
    }
    if (caller_copy(caller, &copy) && fresh)
        w = calloc(1, sizeof(*w));
    if (!copy.token.bytes || !w || (fresh && sync.len && !set_sync(w, sync))) {
        caller_done(&copy);
        if (fresh)
            free(w);
        err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    caller_done(&w->caller);
    w->caller = copy;
    uint64_t now = clock_ms(), soon = now + h->poll_ms;
    if (fresh) {
        w->hub = h;
        LIST_INIT(&w->interests);
        memcpy(w->gid, gid, strlen(gid) + 1);
        TAILQ_INSERT_TAIL(&h->watches, w, all);
    } else if (resting) {
        h->kept--;
    }
    if (resting) {
        h->watched++;
        w->failures = 0;
        w->due_ms = fresh && w->sync ? soon : now;
    }
    w->quiet = 0;
    if (w->due_ms > soon)
        w->due_ms = soon;
    arm(h);
    return w;
}

/* ---- a turn ---- */

static uint64_t pause_ms(const struct hub_watch *w)
{
    const struct hub *h = w->hub;
    unsigned doublings = w->failures ? w->failures : w->quiet / QUIET_TURNS;
    uint64_t pause = (uint64_t)h->poll_ms
                     << (doublings < MOST_DOUBLINGS ? doublings : MOST_DOUBLINGS);
    return pause < h->slow_poll_ms ? pause : h->slow_poll_ms;
}

static void wait_for_next_turn(struct hub_watch *w)
{
    w->pages = 0;
    w->quiet = w->changed ? 0 : w->quiet + 1;
    w->due_ms = clock_ms() + pause_ms(w);
    arm(w->hub);
}

static void end_turn(struct hub_watch *w)
{
    bool changed = w->changed;
    wait_for_next_turn(w);
    w->changed = false;
    if (changed)
        hub_tell(w); /* w may be gone now */
}

/* Asana does not let this person read it any more. */
static void end_watch(struct hub_watch *w, int status)
{
    LOG(LOG_INFO, "hub.ended", LOG_INT("status", status));
    free(w->sync);
    w->sync = NULL;
    while (LIST_NEXT(LIST_FIRST(&w->interests), of_watch))
        hub_drop(LIST_FIRST(&w->interests));
    hub_drop(LIST_FIRST(&w->interests)); /* the last one takes w with it */
}

static void poll_now(struct hub_watch *w);

/* The old one will never do again. */
static void take_token(struct hub_watch *w, const struct secret *token)
{
    struct secret fresh = { 0 };
    if (!secret_set(&fresh, secret_slice(token)))
        return; /* the next poll renews it once more */
    secret_done(&w->caller.token);
    w->caller.token = fresh;
}

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct hub_watch *w = ctx;
    struct hub *h = w->hub;
    struct resource_events events;
    w->ask = NULL;
    if (answer->renewed)
        take_token(w, answer->renewed);
    if (answer->status == 401 || answer->status == 403 || answer->status == 404) {
        end_watch(w, answer->status);
        hub_check_ready(h);
        return;
    }
    struct arena *arena = arena_new(LIMIT_HUB_ANSWER);
    bool began = w->sync != NULL;
    bool read =
        arena && resource_events_read(answer, arena, &events) && set_sync(w, slice_of(events.sync));
    bool more = false;
    if (read) {
        w->changed |= events.any || (events.anew && began);
        more = events.more && ++w->pages < LIMIT_HUB_PAGES;
        w->failures = 0;
    } else if (w->failures++ == 0) {
        LOG(LOG_WARN, "hub.failed", LOG_INT("outcome", answer->outcome),
            LOG_INT("status", answer->status));
    }
    arena_free(arena);
    if (more)
        poll_now(w);
    else
        end_turn(w); /* w may be gone now */
    if (!began)
        hub_check_ready(h);
}

static void poll_now(struct hub_watch *w)
{
    struct asana_req r;
    struct err err;
    if (resource_events_ask(w->gid, w->sync, &r, &err))
        w->ask = visible_ask(w->hub->visible, NULL, w->hub->asana, &r, &w->caller.token, NULL,
                             on_answer, w, &err);
    else
        asana_req_done(&r);
    if (w->ask)
        return;
    if (w->failures++ == 0)
        LOG(LOG_WARN, "hub.failed", LOG_STR("why", err.text));
    wait_for_next_turn(w); /* what has changed is told then */
}

void hub_on_timer(uv_timer_t *timer)
{
    struct hub *h = timer->data;
    uint64_t now = clock_ms();
    struct hub_watch *w = TAILQ_FIRST(&h->watches), *next;
    for (; w; w = next) {
        next = TAILQ_NEXT(w, all);
        if (w->ask || w->due_ms > now)
            continue;
        if (is_resting(w))
            hub_watch_free(w);
        else
            poll_now(w);
    }
    arm(h);
    hub_check_ready(h);
}
