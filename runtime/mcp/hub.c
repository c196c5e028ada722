#include "mcp/hub_priv.h"

#include "base/limits.h"
#include "mcp/modern.h"
#include "mcp/resources.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct hub *hub_new(const struct asana_asker *asana)
{
    struct hub *h = calloc(1, sizeof(*h));
    if (!h)
        return NULL;
    h->asana = asana;
    h->poll_ms = LIMIT_HUB_POLL_MS;
    h->slow_poll_ms = LIMIT_HUB_SLOW_POLL_MS;
    LIST_INIT(&h->listeners);
    TAILQ_INIT(&h->watches);
    uv_timer_init(asana->loop, &h->timer);
    uv_unref((uv_handle_t *)&h->timer);
    h->timer.data = h;
    return h;
}

static void on_closed(uv_handle_t *timer)
{
    free(timer->data);
}

void hub_free(struct hub *h)
{
    if (!h)
        return;
    assert(LIST_EMPTY(&h->listeners));
    while (!TAILQ_EMPTY(&h->watches))
        hub_watch_free(TAILQ_FIRST(&h->watches));
    uv_close((uv_handle_t *)&h->timer, on_closed);
}

void hub_set_visible(struct hub *h, struct visible *visible)
{
    h->visible = visible;
}

void hub_set_pace(struct hub *h, unsigned poll_ms, unsigned slow_poll_ms)
{
    h->poll_ms = poll_ms;
    h->slow_poll_ms = slow_poll_ms;
}

/* ---- listeners ---- */

struct hub_listener *hub_join(struct hub *h, unsigned lists, struct slice subscription,
                              hub_deliver_fn *deliver, void *ctx)
{
    struct hub_listener *l = calloc(1, sizeof(*l) + subscription.len);
    if (!l)
        return NULL;
    l->hub = h;
    l->lists = lists;
    l->deliver = deliver;
    l->ctx = ctx;
    l->subscription_len = subscription.len;
    if (subscription.len)
        memcpy(l->subscription, subscription.data, subscription.len);
    LIST_INIT(&l->interests);
    LIST_INSERT_HEAD(&h->listeners, l, all);
    return l;
}

static void move_on(struct hub *h, const void *gone, void *next)
{
    for (struct hub_walk *walk = h->walks; walk; walk = walk->outer)
        if (walk->next == gone)
            walk->next = next;
}

void hub_drop(struct hub_interest *i)
{
    struct hub_watch *w = i->watch;
    move_on(w->hub, i, LIST_NEXT(i, of_watch));
    LIST_REMOVE(i, of_listener);
    LIST_REMOVE(i, of_watch);
    i->listener->count--;
    free(i);
    if (LIST_EMPTY(&w->interests))
        hub_watch_rest(w);
}

void hub_leave(struct hub_listener *l)
{
    if (!l)
        return;
    while (!LIST_EMPTY(&l->interests))
        hub_drop(LIST_FIRST(&l->interests));
    if (l->ready)
        l->hub->unready--;
    move_on(l->hub, l, LIST_NEXT(l, all));
    LIST_REMOVE(l, all);
    free(l);
}

static struct hub_interest *find(const struct hub_listener *l, const char *uri)
{
    struct hub_interest *i;
    LIST_FOREACH (i, &l->interests, of_listener)
        if (strcmp(i->uri, uri) == 0)
            return i;
    return NULL;
}

bool hub_watch(struct hub_listener *l, const char *uri, const struct caller *caller,
               struct slice sync, struct err *err)
{
    const char *gid;
    if (!resource_watchable(uri, &gid))
        return err_set(err, ERR_ARGS, "changes of \"%.*s\" cannot be watched", LIMIT_RESOURCE_URI,
                       uri);
    bool known = find(l, uri) != NULL;
    if (!known && l->count == LIMIT_HUB_WATCHES)
        return err_set(err, ERR_LIMIT,
                       "%d resources are subscribed to already: unsubscribe from one first",
                       LIMIT_HUB_WATCHES);
    size_t size = strlen(uri) + 1;
    struct hub_interest *i = known ? NULL : calloc(1, sizeof(*i) + size);
    if (!known && !i)
        return err_set(err, ERR_MEMORY, "out of memory");
    struct hub_watch *w = hub_watch_wake(l->hub, gid, caller, sync, err);
    if (!w || known) {
        free(i);
        return w != NULL;
    }
    i->listener = l;
    i->watch = w;
    memcpy(i->uri, uri, size);
    l->count++;
    LIST_INSERT_HEAD(&l->interests, i, of_listener);
    LIST_INSERT_HEAD(&w->interests, i, of_watch);
    return true;
}

void hub_unwatch(struct hub_listener *l, const char *uri)
{
    struct hub_interest *i = find(l, uri);
    if (i)
        hub_drop(i);
}

bool hub_watches(const struct hub_listener *l, const char *uri)
{
    return find(l, uri) != NULL;
}

static bool is_ready(const struct hub_listener *l)
{
    const struct hub_interest *i;
    LIST_FOREACH (i, &l->interests, of_listener)
        if (!i->watch->sync && !i->watch->failures)
            return false;
    return true;
}

void hub_when_ready(struct hub_listener *l, hub_ready_fn *ready)
{
    if (is_ready(l)) {
        ready(l->ctx);
        return;
    }
    l->ready = ready;
    l->hub->unready++;
}

void hub_check_ready(struct hub *h)
{
    if (!h->unready)
        return;
    struct hub_walk walk = { h->walks, LIST_FIRST(&h->listeners) };
    h->walks = &walk;
    while (walk.next) {
        struct hub_listener *l = walk.next;
        walk.next = LIST_NEXT(l, all);
        if (!l->ready || !is_ready(l))
            continue;
        hub_ready_fn *ready = l->ready;
        l->ready = NULL;
        h->unready--;
        ready(l->ctx);
    }
    h->walks = walk.outer;
}

/* ---- what they hear ---- */

/* {"jsonrpc":"2.0","method":"…","params":{"uri":"…","_meta":{…}}} */
static void notify(const struct hub_listener *l, const char *method, const char *uri)
{
    if (l->ready)
        return;
    BUF_AUTO text = { .max = LIMIT_STREAM_QUEUE };
    buf_str(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/");
    buf_str(&text, method);
    buf_char(&text, '"');
    if (uri || l->subscription_len)
        buf_str(&text, ",\"params\":{");
    if (uri) {
        buf_str(&text, "\"uri\":");
        buf_json_string(&text, slice_of(uri));
    }
    if (l->subscription_len) {
        buf_str(&text, uri ? ",\"_meta\":{\"" : "\"_meta\":{\"");
        buf_str(&text, META_SUBSCRIPTION_ID "\":");
        buf_put(&text, l->subscription, l->subscription_len);
        buf_char(&text, '}');
    }
    buf_str(&text, uri || l->subscription_len ? "}}" : "}");
    if (buf_ok(&text))
        l->deliver(l->ctx, buf_slice(&text));
}

void hub_tell(struct hub_watch *w)
{
    struct hub *h = w->hub;
    struct hub_walk walk = { h->walks, LIST_FIRST(&w->interests) };
    h->walks = &walk;
    while (walk.next) {
        struct hub_interest *i = walk.next;
        walk.next = LIST_NEXT(i, of_watch);
        notify(i->listener, "resources/updated", i->uri);
    }
    h->walks = walk.outer;
}

/* A changed list, or a changed object. */
static void tell_listeners(struct hub *h, unsigned list, const char *method, const char *uri)
{
    struct hub_walk walk = { h->walks, LIST_FIRST(&h->listeners) };
    h->walks = &walk;
    while (walk.next) {
        struct hub_listener *l = walk.next;
        walk.next = LIST_NEXT(l, all);
        if (uri ? find(l, uri) != NULL : (l->lists & list) != 0)
            notify(l, method, uri);
    }
    h->walks = walk.outer;
}

void hub_announce(struct hub *h, enum hub_list list)
{
    const char *method = list == HUB_TOOLS     ? "tools/list_changed"
                         : list == HUB_PROMPTS ? "prompts/list_changed"
                                               : "resources/list_changed";
    tell_listeners(h, list, method, NULL);
}

void hub_touch(struct hub *h, const char *uri)
{
    tell_listeners(h, 0, "resources/updated", uri);
}
