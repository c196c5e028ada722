#include "transport/sse.h"

#include "base/log.h"
#include "transport/cancel.h"
#include "transport/post.h"

#include <stdlib.h>
#include <string.h>

struct sse_stream {
    struct front *front;
    struct session *session;
    struct http_stream *http;
    LIST_ENTRY(sse_stream) link;
};

static const char *end_name(enum http_stream_end why)
{
    switch (why) {
    case HTTP_STREAM_CLIENT:
        return "client";
    case HTTP_STREAM_SLOW:
        return "slow_reader";
    case HTTP_STREAM_SERVER:
        break;
    }
    return "server";
}

static void on_close(void *ctx, enum http_stream_end why)
{
    struct sse_stream *s = ctx;
    struct front *f = s->front;
    LOG(why == HTTP_STREAM_SLOW ? LOG_WARN : LOG_INFO, "sse.closed", LOG_STR("why", end_name(why)),
        LOG_INT("worker", f->worker->index));
    session_remove(f->worker->sessions, s->session);
    LIST_REMOVE(s, link);
    free(s);
}

/* One event (HTML standard, "Server-sent events"); data has no line breaks. */
static void send_event(struct http_stream *http, const char *event, struct slice data)
{
    BUF_AUTO b = { .max = data.len + 64 };
    buf_reserve(&b, data.len + 32);
    buf_str(&b, "event: ");
    buf_str(&b, event);
    buf_str(&b, "\ndata: ");
    buf_slice_put(&b, data);
    buf_str(&b, "\n\n");
    http_stream_send(http, buf_slice(&b));
}

static void deliver(void *ctx, struct slice message)
{
    struct sse_stream *s = ctx;
    send_event(s->http, "message", message);
}

void sse_open(struct front *f, struct http_exchange *x)
{
    CALLER_AUTO caller;
    if (!guard_caller(f->guard, x, &caller)) {
        http_reply_text(x, 503, NULL, "out of memory");
        return;
    }
    struct sse_stream *s = calloc(1, sizeof(*s));
    struct session *session = s ? session_add(f->worker->sessions, &caller.id) : NULL;
    if (!session) {
        free(s);
        http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "5" }, { 0 } },
                        "too many sessions are open");
        return;
    }
    *s = (struct sse_stream){ .front = f, .session = session };
    s->http =
        http_stream_open(x, &(struct http_stream_options){
                                .queue_max = LIMIT_STREAM_QUEUE, .ctx = s, .on_close = on_close });
    if (!s->http) {
        session_remove(f->worker->sessions, session);
        free(s);
        return;
    }
    session->deliver = deliver;
    session->ctx = s;
    LIST_INSERT_HEAD(&f->streams, s, link);
    LOG(LOG_INFO, "sse.opened", LOG_INT("worker", f->worker->index),
        LOG_INT("sessions", (int64_t)sessions_count(f->worker->sessions)));

    BUF_AUTO endpoint = { .max = 512 };
    buf_str(&endpoint, f->base_path);
    buf_str(&endpoint, "/sse/message?sessionId=");
    buf_str(&endpoint, session->id);
    send_event(s->http, "endpoint", buf_slice(&endpoint));
}

static void on_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    if (answer->message->len)
        route_deliver(p->front->worker, p->session, answer->message, answer->peer);
    post_free(p);
}

static void on_session(void *ctx, const struct mcp_peer *peer)
{
    struct post *p = ctx;
    if (peer && p->is_batch) {
        post_run_batch(p, peer, on_answered);
        return;
    }
    struct http_exchange *x = p->x;
    p->x = NULL;
    if (!peer) {
        http_reply_text(x, 404, NULL, "no such session: open a new stream with GET /sse");
        post_free(p);
        return;
    }
    http_reply_text(x, 202, NULL, "Accepted");
    if (cancel_passed_on(p))
        post_free(p);
    else
        post_run(p, peer, on_answered);
}

void sse_message(struct front *f, struct http_exchange *x)
{
    const char *id = http_query(x, "sessionId");
    if (!id || !*id) {
        http_reply_text(x, 400, NULL,
                        "sessionId is missing: post to the address of the endpoint event");
        return;
    }
    if (strlen(id) != SESSION_ID) {
        http_reply_text(x, 404, NULL, "no such session: open a new stream with GET /sse");
        return;
    }
    struct post *p = post_new(f, x);
    if (!p)
        return;
    memcpy(p->session, id, sizeof(p->session));
    route_find(f->worker, p->session, &p->caller.id, ROUTE_STREAM, on_session, p);
}

void sse_keep_alive(struct front *f)
{
    struct sse_stream *s;
    LIST_FOREACH (s, &f->streams, link)
        http_stream_send(s->http, slice_of(": keep-alive\n\n"));
}
