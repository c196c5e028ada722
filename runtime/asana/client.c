#include "asana/client.h"

#include "asana/multi.h"
#include "asana/transfer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/uri.h"
#include "metrics/metrics.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For each request libcurl looks through all connections of a multi handle, twice. So there are
 * several, and the first ones are filled first: with 1,024 connections in eight a call takes 95 µs
 * of processor time, in one 127. Where HTTP/2 may be had, one connection takes many requests, and
 * the first lane takes all. */
#define LANES 8
#define LANE_CONNECTIONS (LIMIT_ASANA_AT_ONCE / LANES)
/* When all lanes but the first have been empty for so long, their connections are closed. */
#define LANES_REST_MS 60000

struct asana_lane {
    struct asana_client *client;
    struct multi multi;
    struct asana_transfer *idle; /* kept for reuse, each with its handle and its buffers */
    unsigned running_count;
};

struct asana_client {
    struct asana_lane lanes[LANES];
    unsigned open_handles; /* of the lanes, and the timer */
    uv_timer_t rest;
    struct transfer_defaults defaults;
    char *api_url;
    char *user_agent; /* the header */
    char *ca_file;
    struct asana_transfer *running; /* newest first */
    unsigned running_count;
    bool doomed;
};

static void link_front(struct asana_transfer **list, struct asana_transfer *t)
{
    t->prev = NULL;
    t->next = *list;
    if (t->next)
        t->next->prev = t;
    *list = t;
}

static void unlink_from(struct asana_transfer **list, struct asana_transfer *t)
{
    if (t->next)
        t->next->prev = t->prev;
    if (t->prev)
        t->prev->next = t->next;
    else
        *list = t->next;
    t->prev = t->next = NULL;
}

static struct asana_transfer *take_idle(struct asana_lane *l)
{
    struct asana_transfer *t = l->idle;
    if (t)
        unlink_from(&l->idle, t);
    else if ((t = transfer_new(&l->client->defaults, &l->multi.sockets)))
        t->lane = l;
    return t;
}

static void put_idle(struct asana_transfer *t)
{
    transfer_clear(t);
    if (t->lane->client->doomed)
        transfer_free(t);
    else
        link_front(&t->lane->idle, t);
}

static void drop_idle(struct asana_lane *l)
{
    while (l->idle) {
        struct asana_transfer *t = l->idle;
        unlink_from(&l->idle, t);
        transfer_free(t);
    }
}

static void on_rest(uv_timer_t *timer)
{
    struct asana_client *c = timer->data;
    for (int i = 1; i < LANES; i++) {
        if (c->lanes[i].running_count)
            continue;
        drop_idle(&c->lanes[i]);
        multi_rest(&c->lanes[i].multi);
    }
}

static struct asana_lane *lane_with_room(struct asana_client *c)
{
    struct asana_lane *l = c->lanes;
    while (!c->defaults.tls && l->running_count >= LANE_CONNECTIONS && l + 1 < c->lanes + LANES)
        l++;
    return l;
}

static void stop_running(struct asana_transfer *t)
{
    struct asana_lane *l = t->lane;
    struct asana_client *c = l->client;
    curl_multi_remove_handle(l->multi.curl, t->easy);
    transfer_wipe_token(t);
    unlink_from(&c->running, t);
    c->running_count--;
    if (--l->running_count == 0 && l != c->lanes && !c->doomed)
        uv_timer_start(&c->rest, on_rest, LANES_REST_MS, 0);
    metrics_add(METRIC_ASANA_IN_FLIGHT, 0, 0, -1);
}

static void client_free(struct asana_client *c)
{
    if (c->defaults.base)
        curl_url_cleanup(c->defaults.base);
    free(c->api_url);
    free(c->user_agent);
    free(c->ca_file);
    free(c);
}

static void part_gone(struct asana_client *c)
{
    if (--c->open_handles)
        return;
    for (int i = 0; i < LANES; i++)
        drop_idle(&c->lanes[i]);
    client_free(c);
}

static void lane_gone(void *ctx)
{
    const struct asana_lane *l = ctx;
    part_gone(l->client);
}

static void on_timer_closed(uv_handle_t *timer)
{
    part_gone(timer->data);
}

static void count(const struct asana_answer *a)
{
    static const enum metric_reply unanswered[] = {
        [ASANA_ANSWERED] = REPLY_BROKEN,     [ASANA_UNREACHABLE] = REPLY_UNREACHABLE,
        [ASANA_TIMED_OUT] = REPLY_TIMED_OUT, [ASANA_BROKEN] = REPLY_BROKEN,
        [ASANA_TOO_LARGE] = REPLY_TOO_LARGE,
    };
    enum metric_reply reply = a->outcome != ASANA_ANSWERED ? unanswered[a->outcome]
                              : a->status == 429           ? REPLY_429
                              : a->status >= 500           ? REPLY_5XX
                              : a->status >= 400           ? REPLY_4XX
                              : a->status >= 300           ? REPLY_3XX
                                                           : REPLY_2XX;
    metrics_observe(METRIC_ASANA_SECONDS, a->method, reply, UINT64_C(1000) * a->elapsed_ms);
}

/* Hands out an answer. Its callback may send, cancel, and free the client. */
static void on_ended(void *ctx, CURL *easy, CURLcode result)
{
    struct asana_transfer *t;
    struct asana_answer answer;
    (void)ctx;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
    transfer_answer(t, result, &answer);
    count(&answer);
    stop_running(t);
    asana_done_fn *done = t->done;
    t->done = NULL;
    done(t->ctx, &answer);
    put_idle(t);
}

/* Tokens go to this address: encrypted, or nowhere off this machine. */
const char *asana_client_url(const struct asana_client *c)
{
    return c->api_url;
}

static bool read_api_url(const char *url, struct transfer_defaults *d, struct err *err)
{
    struct uri u;
    bool ok = uri_split(url, &u) && u.has_authority && !memchr(u.rest.data, '?', u.rest.len);
    if (ok) {
        d->path = u.rest.data;
        d->tls = uri_has_scheme(&u, "https");
        d->direct = uri_is_local(&u);
        ok = d->tls || (d->direct && uri_has_scheme(&u, "http"));
    }
    if (!ok)
        return err_set(err, ERR_SETTINGS,
                       "Asana's API address: expected https://…, or http://… on this machine, "
                       "without a query; got \"%.200s\"",
                       url);
    return true;
}

static void open_lanes(struct asana_client *c, uv_loop_t *loop)
{
    long connections = c->defaults.tls ? LIMIT_ASANA_AT_ONCE : LANE_CONNECTIONS;
    for (int i = 0; i < LANES; i++) {
        struct asana_lane *l = &c->lanes[i];
        l->client = c;
        multi_init(&l->multi, loop, connections, connections, on_ended, l);
    }
    uv_timer_init(loop, &c->rest); /* cannot fail */
    uv_unref((uv_handle_t *)&c->rest);
    c->rest.data = c;
    c->open_handles = LANES + 1;
}

bool asana_client_new(uv_loop_t *loop, const struct asana_client_options *options,
                      struct asana_client **out, struct err *err)
{
    if (options->ca_file && access(options->ca_file, R_OK) != 0)
        return err_set(err, ERR_SETTINGS, "the file of certificates cannot be read: %.200s",
                       options->ca_file);
    struct asana_client *c = calloc(1, sizeof(*c));
    if (!c)
        return err_set(err, ERR_MEMORY, "out of memory");
    c->api_url = strdup(options->api_url);
    if (asprintf(&c->user_agent, "User-Agent: %s", options->user_agent) < 0)
        c->user_agent = NULL;
    c->ca_file = options->ca_file ? strdup(options->ca_file) : NULL;
    c->defaults = (struct transfer_defaults){
        .user_agent.data = c->user_agent,
        .ca_file = c->ca_file,
        .deadline_ms = options->deadline_ms,
    };
    transfer_defaults_init(&c->defaults);
    if (!c->api_url || !c->user_agent || (options->ca_file && !c->ca_file))
        err_set(err, ERR_MEMORY, "out of memory");
    else if (!read_api_url(c->api_url, &c->defaults, err))
        ;
    else {
        open_lanes(c, loop);
        *out = c;
        return true;
    }
    client_free(c);
    return false;
}

void asana_client_free(struct asana_client *c)
{
    if (!c || c->doomed)
        return;
    c->doomed = true;
    while (c->running)
        asana_cancel(c->running);
    uv_close((uv_handle_t *)&c->rest, on_timer_closed);
    for (int i = 0; i < LANES; i++)
        multi_done(&c->lanes[i].multi, lane_gone);
}

unsigned asana_client_in_flight(const struct asana_client *c)
{
    return c->running_count;
}

/* libcurl is there from the first request on. */
static bool lane_ready(struct asana_lane *l, struct err *err)
{
    struct asana_client *c = l->client;
    if (!multi_ready(&l->multi, err))
        return false;
    if (c->defaults.base)
        return true;
    CURLU *base = curl_url();
    CURLUcode bad = base ? curl_url_set(base, CURLUPART_URL, c->api_url, 0) : CURLUE_OUT_OF_MEMORY;
    if (bad == CURLUE_OK) {
        c->defaults.base = base;
        return true;
    }
    curl_url_cleanup(base);
    return bad == CURLUE_OUT_OF_MEMORY
               ? err_set(err, ERR_MEMORY, "out of memory")
               : err_set(err, ERR_SETTINGS, "libcurl does not take Asana's API address, \"%.200s\"",
                         c->api_url);
}

struct asana_transfer *asana_send(struct asana_client *c, struct asana_req *r,
                                  const struct secret *token, asana_done_fn *done, void *ctx,
                                  struct err *err)
{
    struct asana_lane *l = lane_with_room(c);
    bool ready = lane_ready(l, err);
    struct asana_transfer *t = ready && !c->doomed ? take_idle(l) : NULL;
    if (!t) {
        buf_done(&r->url);
        buf_done(&r->body);
        if (ready)
            err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    if (!transfer_prepare(t, &c->defaults, r, token, err)) {
        put_idle(t);
        return NULL;
    }
    t->done = done;
    t->ctx = ctx;
    if (curl_multi_add_handle(l->multi.curl, t->easy) != CURLM_OK) {
        put_idle(t);
        err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    link_front(&c->running, t);
    c->running_count++;
    l->running_count++;
    metrics_add(METRIC_ASANA_IN_FLIGHT, 0, 0, 1);
    return t;
}

void asana_cancel(struct asana_transfer *t)
{
    assert(t->done); /* not after its callback */
    stop_running(t);
    put_idle(t);
}
