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

/* Transfers kept for reuse, each with its handle and its buffers. */
#define KEEP_TRANSFERS LIMIT_ASANA_AT_ONCE

struct asana_client {
    struct multi multi;
    struct transfer_defaults defaults;
    char *api_url;
    char *user_agent; /* the header */
    char *ca_file;
    struct asana_transfer *running; /* newest first */
    struct asana_transfer *idle;
    unsigned running_count;
    unsigned idle_count;
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

static struct asana_transfer *take_idle(struct asana_client *c)
{
    struct asana_transfer *t = c->idle;
    if (!t)
        return transfer_new(c, &c->defaults);
    unlink_from(&c->idle, t);
    c->idle_count--;
    return t;
}

static void put_idle(struct asana_client *c, struct asana_transfer *t)
{
    transfer_clear(t);
    if (c->multi.doomed || c->idle_count >= KEEP_TRANSFERS) {
        transfer_free(t);
        return;
    }
    link_front(&c->idle, t);
    c->idle_count++;
}

static void stop_running(struct asana_client *c, struct asana_transfer *t)
{
    curl_multi_remove_handle(c->multi.curl, t->easy);
    transfer_wipe_token(t);
    unlink_from(&c->running, t);
    c->running_count--;
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

static void client_gone(void *ctx)
{
    struct asana_client *c = ctx;
    while (c->idle) {
        struct asana_transfer *t = c->idle;
        unlink_from(&c->idle, t);
        transfer_free(t);
    }
    client_free(c);
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
    struct asana_client *c = ctx;
    struct asana_transfer *t;
    struct asana_answer answer;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
    transfer_answer(t, result, &answer);
    count(&answer);
    stop_running(c, t);
    asana_done_fn *done = t->done;
    t->done = NULL;
    done(t->ctx, &answer);
    put_idle(c, t);
}

/* Tokens go to this address: encrypted, or nowhere off this machine. */
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
        .sockets = &c->multi.sockets,
    };
    transfer_defaults_init(&c->defaults);
    if (!c->api_url || !c->user_agent || (options->ca_file && !c->ca_file))
        err_set(err, ERR_MEMORY, "out of memory");
    else if (!read_api_url(c->api_url, &c->defaults, err))
        ;
    else {
        multi_init(&c->multi, loop, LIMIT_ASANA_AT_ONCE, LIMIT_ASANA_AT_ONCE, on_ended, c);
        *out = c;
        return true;
    }
    client_free(c);
    return false;
}

void asana_client_free(struct asana_client *c)
{
    if (!c || c->multi.doomed)
        return;
    while (c->running)
        asana_cancel(c->running);
    multi_done(&c->multi, client_gone);
}

unsigned asana_client_in_flight(const struct asana_client *c)
{
    return c->running_count;
}

/* libcurl is there from the first request on. */
static bool client_ready(struct asana_client *c, struct err *err)
{
    if (c->defaults.base)
        return true;
    if (!multi_ready(&c->multi, err))
        return false;
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
    bool ready = client_ready(c, err);
    struct asana_transfer *t = ready && !c->multi.doomed ? take_idle(c) : NULL;
    if (!t) {
        buf_done(&r->url);
        buf_done(&r->body);
        if (ready)
            err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    if (!transfer_prepare(t, &c->defaults, r, token, err)) {
        put_idle(c, t);
        return NULL;
    }
    t->done = done;
    t->ctx = ctx;
    if (curl_multi_add_handle(c->multi.curl, t->easy) != CURLM_OK) {
        put_idle(c, t);
        err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    link_front(&c->running, t);
    c->running_count++;
    metrics_add(METRIC_ASANA_IN_FLIGHT, 0, 0, 1);
    return t;
}

void asana_cancel(struct asana_transfer *t)
{
    struct asana_client *c = t->client;
    assert(t->done); /* not after its callback */
    stop_running(c, t);
    put_idle(c, t);
}
