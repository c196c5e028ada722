#include "transport/channel_priv.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static void on_close(void *ctx, enum http_stream_end why)
{
    struct listener *l = ctx;
    (void)why;
    l->http = NULL;
    struct note *n = note_new(channel_take_hang_up, l->session, (struct slice){ 0 });
    if (!n)
        return;
    n->id.stream = l->stream;
    n->listener = l;
    note_to_owner(l->front, n);
}

static void reply_refused(struct http_exchange *x, unsigned status)
{
    if (status == 404)
        http_reply_text(x, 404, NULL,
                        "no such session, or what it said on that stream is not kept any more");
    else
        http_reply_text(x, status, (struct http_header[]){ { "Retry-After", "5" }, { 0 } },
                        "too many streams are open in this session");
}

static void listener_free(struct listener *l)
{
    LIST_REMOVE(l, link);
    if (l->http)
        http_stream_leave(l->http);
    if (l->x)
        reply_refused(l->x, 503);
    free(l);
}

void channel_listen(struct front *f, struct http_exchange *x, const struct caller *caller,
                    const char *session, const struct event_id *last)
{
    struct listener *l = calloc(1, sizeof(*l));
    struct note *n = l ? note_new(channel_take_listener, session, (struct slice){ 0 }) : NULL;
    unsigned worker = 0;
    bool known = session_worker(session, &worker) && crew_worker(f->worker->crew, worker);
    if (!n || !known) {
        reply_refused(x, n ? 404 : 503);
        if (n)
            note_free(n);
        free(l);
        return;
    }
    l->front = f;
    l->x = x;
    memcpy(l->session, n->session, sizeof(l->session));
    LIST_INSERT_HEAD(&f->listeners, l, link);
    n->caller = caller->id;
    n->fresh = !last;
    if (last)
        n->id = *last;
    n->listener = l;
    n->worker = f->worker->index;
    note_to_owner(f, n);
}

/* The owner lets it hear the stream. */
static void open_stream(struct listener *l, uint64_t stream)
{
    struct http_exchange *x = l->x;
    l->x = NULL;
    l->stream = stream;
    l->http =
        http_stream_open(x, &(struct http_stream_options){
                                .queue_max = LIMIT_STREAM_QUEUE, .ctx = l, .on_close = on_close });
    if (!l->http)
        on_close(l, HTTP_STREAM_SERVER);
    LOG(LOG_DEBUG, "listener.opened", LOG_INT("worker", l->front->worker->index));
}

void listener_take(void *receiver, struct mail *m)
{
    (void)receiver;
    struct note *n = (struct note *)m;
    struct listener *l = n->listener;
    if (n->status) {
        reply_refused(l->x, n->status);
        l->x = NULL;
    }
    if (l->x && !n->last)
        open_stream(l, n->id.stream);
    if (l->http && n->len)
        http_stream_send(l->http, (struct slice){ n->text, n->len });
    if (n->last)
        listener_free(l);
    note_free(n);
}

void channel_keep_alive(struct front *f)
{
    struct listener *l;
    LIST_FOREACH (l, &f->listeners, link)
        if (l->http)
            http_stream_send(l->http, slice_of(": keep-alive\n\n"));
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
