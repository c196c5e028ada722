#include "worker/lookout.h"

#include "base/limits.h"
#include "mcp/hub.h"
#include "worker/letters.h"
#include "worker/relay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* One session's. */
struct post {
    struct lookout *lookout;
    struct hub_listener *listener;
    LIST_ENTRY(post) link;
    char session[SESSION_ID + 1];
};

struct lookout {
    struct worker *worker;
    LIST_HEAD(, post) posts;
};

static void post_free(struct post *p)
{
    LIST_REMOVE(p, link);
    hub_leave(p->listener);
    free(p);
}

static struct post *find(struct lookout *o, const char *session)
{
    struct post *p;
    LIST_FOREACH (p, &o->posts, link)
        if (strcmp(p->session, session) == 0)
            return p;
    return NULL;
}

static void deliver(void *ctx, struct slice notification)
{
    struct post *p = ctx;
    struct buf message;
    buf_init(&message, notification.len);
    buf_slice_put(&message, notification);
    relay_deliver(p->lookout->worker, p->session, (struct slice){ 0 }, &message);
}

static struct post *post_new(struct lookout *o, const char *session)
{
    struct post *p = calloc(1, sizeof(*p));
    if (!p)
        return NULL;
    p->lookout = o;
    p->listener = hub_join(o->worker->mcp.hub, 0, (struct slice){ 0 }, deliver, p);
    if (!p->listener) {
        free(p);
        return NULL;
    }
    memcpy(p->session, session, sizeof(p->session));
    LIST_INSERT_HEAD(&o->posts, p, link);
    return p;
}

bool lookout_watch(struct lookout *o, const char *session, const char *uri,
                   const struct caller *caller, struct slice sync, struct err *err)
{
    struct post *p = find(o, session);
    if (!p)
        p = post_new(o, session);
    if (!p)
        return err_set(err, ERR_MEMORY, "out of memory");
    return hub_watch(p->listener, uri, caller, sync, err);
}

static void take_unwatch(void *ctx, const struct letter *letter)
{
    struct lookout *o = ctx;
    struct session_letter l;
    struct post *p = session_letter_read(letter->payload, &l) ? find(o, l.session) : NULL;
    char *uri = p ? strndup(l.about.data, l.about.len) : NULL;
    if (uri)
        hub_unwatch(p->listener, uri);
    free(uri);
}

static void take_ended(void *ctx, const struct letter *letter)
{
    struct session_letter l;
    struct post *p = session_letter_read(letter->payload, &l) ? find(ctx, l.session) : NULL;
    if (p)
        post_free(p);
}

static void on_gone(void *ctx, uint32_t node)
{
    struct lookout *o = ctx;
    struct place owner;
    struct post *p, *next;
    for (p = LIST_FIRST(&o->posts); p; p = next) {
        next = LIST_NEXT(p, link);
        if (session_place(p->session, &owner) && owner.node == node)
            post_free(p);
    }
}

struct lookout *lookout_new(struct worker *w)
{
    struct lookout *o = calloc(1, sizeof(*o));
    if (!o)
        return NULL;
    o->worker = w;
    LIST_INIT(&o->posts);
    bus_on(w->bus, LETTER_UNWATCH, take_unwatch, o);
    bus_on(w->bus, LETTER_ENDED, take_ended, o);
    bus_on_gone(w->bus, on_gone, o);
    return o;
}

void lookout_clear(struct lookout *o)
{
    while (o && !LIST_EMPTY(&o->posts))
        post_free(LIST_FIRST(&o->posts));
}

void lookout_close(struct lookout *o)
{
    lookout_clear(o);
    free(o);
}
