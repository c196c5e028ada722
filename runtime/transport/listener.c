#include "transport/channel_priv.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct listener *)a)->number, y = ((const struct listener *)b)->number;
    return (x > y) - (x < y);
}

static struct listener *find(struct front *f, uint64_t number)
{
    struct listener key = { .number = number };
    struct listener *const *at = tfind(&key, &f->listeners_by_number, compare);
    return at ? *at : NULL;
}

static void reply_refused(struct http_exchange *x, unsigned status)
{
    if (status == 404)
        http_reply_text(x, 404, NULL,
                        "no such session, or what it said on that stream is not kept any more");
    else
        http_reply_text(x, status, (struct http_header[]){ { "Retry-After", "5" }, { 0 } },
                        "too many streams are open in this session, or its server cannot be asked "
                        "now");
}

static void listener_free(struct listener *l)
{
    tdelete(l, &l->front->listeners_by_number, compare);
    LIST_REMOVE(l, link);
    if (l->http)
        http_stream_leave(l->http);
    if (l->x)
        reply_refused(l->x, 503);
    free(l);
}

static void hang_up(struct front *f, const char *session, struct event_id heard, uint64_t listener,
                    uint32_t turn)
{
    struct note *n = note_new(NOTE_HANG_UP, session, (struct slice){ 0 });
    if (!n)
        return;
    n->id = heard;
    n->listener = listener;
    n->turn = turn;
    note_to_owner(f, n);
}

static void on_close(void *ctx, enum http_stream_end why)
{
    struct listener *l = ctx;
    (void)why;
    l->http = NULL;
    hang_up(l->front, l->session, l->heard, l->number, l->turn);
    listener_free(l);
}

/* last: what was heard last; NULL: nothing. False when memory is short. */
static bool ask(struct listener *l, const struct event_id *last)
{
    struct note *n = note_new(NOTE_LISTEN, l->session, (struct slice){ 0 });
    if (!n)
        return false;
    n->caller = l->caller;
    n->fresh = !last;
    if (last)
        n->id = *last;
    n->listener = l->number;
    n->turn = ++l->turn;
    l->asks = true;
    l->asked_ms = clock_ms();
    note_to_owner(l->front, n);
    return true;
}

static struct listener *listener_new(struct front *f, struct http_exchange *x, const char *session,
                                     const struct digest *caller)
{
    struct listener *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    l->front = f;
    l->number = ++f->listeners_named;
    struct listener *const *at = tsearch(l, &f->listeners_by_number, compare);
    if (!at) {
        free(l);
        return NULL;
    }
    l->x = x;
    l->caller = *caller;
    memcpy(l->session, session, sizeof(l->session));
    LIST_INSERT_HEAD(&f->listeners, l, link);
    return l;
}

void channel_listen(struct front *f, struct http_exchange *x, const struct caller *caller,
                    const char *session, const struct event_id *last)
{
    struct place owner;
    struct worker *near;
    if (route_owner(f->worker, session, &owner, &near) == ROUTE_NONE) {
        reply_refused(x, 404);
        return;
    }
    struct listener *l = listener_new(f, x, session, &caller->id);
    if (!l)
        reply_refused(x, 503);
    else if (!ask(l, last))
        listener_free(l);
}

/* The owner lets it hear the stream. False when it is gone. */
static bool open_stream(struct listener *l, uint64_t stream)
{
    struct http_exchange *x = l->x;
    l->x = NULL;
    l->heard.stream = stream;
    l->http =
        http_stream_open(x, &(struct http_stream_options){
                                .queue_max = LIMIT_STREAM_QUEUE, .ctx = l, .on_close = on_close });
    if (!l->http)
        on_close(l, HTTP_STREAM_SERVER);
    else
        LOG(LOG_DEBUG, "listener.opened", LOG_INT("worker", l->front->worker->index));
    return l->http;
}

void listener_take(struct worker *w, struct note *n)
{
    struct listener *l = find(w->front, n->listener);
    if (!l && !n->last) /* the owner was so late that it was refused here, or it has just left */
        hang_up(w->front, n->session, n->id, n->listener, n->turn);
    if (l && (strcmp(l->session, n->session) != 0 || l->turn != n->turn))
        l = NULL;
    /* Else it has hung up, and the owner is told; or it has asked again. */
    if (l)
        l->asks = false;
    if (l && l->x && n->status) {
        reply_refused(l->x, n->status);
        l->x = NULL;
    }
    if (l && l->x && !n->last && !open_stream(l, n->id.stream))
        l = NULL;
    if (l && l->http && n->len)
        http_stream_send(l->http, (struct slice){ n->text, n->len });
    if (l && !n->last)
        l->heard = n->id;
    if (l && n->last)
        listener_free(l);
    note_free(n);
}

void listener_refuse(struct front *f, uint64_t number, unsigned status)
{
    struct listener *l = find(f, number);
    if (!l || (!l->x && status != 404))
        return; /* what was missed is asked for again */
    if (l->x)
        reply_refused(l->x, status);
    l->x = NULL;
    listener_free(l);
}

void listener_ask_again(struct front *f)
{
    struct place owner;
    struct listener *l;
    LIST_FOREACH (l, &f->listeners, link)
        if (l->http && session_place(l->session, &owner) && owner.node != f->worker->here.node)
            ask(l, &l->heard);
}

void listener_look(struct front *f)
{
    uint64_t now = clock_ms();
    struct listener *l;
    LIST_FOREACH (l, &f->listeners, link)
        if (l->http && l->asks && now - l->asked_ms > LIMIT_BUS_ANSWER_MS)
            ask(l, &l->heard);
}

void listener_mourn(struct front *f, uint32_t node)
{
    struct place owner;
    struct listener *l, *next;
    for (l = LIST_FIRST(&f->listeners); l; l = next) {
        next = LIST_NEXT(l, link);
        if (session_place(l->session, &owner) && owner.node == node)
            listener_free(l);
    }
}

void channel_keep_alive(struct front *f)
{
    uint64_t now = clock_ms();
    struct listener *l, *next;
    for (l = LIST_FIRST(&f->listeners); l; l = next) {
        next = LIST_NEXT(l, link);
        if (l->http)
            http_stream_send(l->http, slice_of(": keep-alive\n\n"));
        else if (now - l->asked_ms > LIMIT_BUS_ANSWER_MS)
            listener_free(l); /* 503 */
    }
}

void channel_end(struct front *f)
{
    struct listener *l;
    LIST_FOREACH (l, &f->listeners, link)
        if (l->http)
            http_stream_close(l->http);
}

void channel_forget(struct front *f)
{
    while (!LIST_EMPTY(&f->listeners))
        listener_free(LIST_FIRST(&f->listeners));
}
