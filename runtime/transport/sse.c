#include "transport/sse.h"

#include "base/log.h"
#include "transport/batch.h"
#include "transport/drain.h"
#include "transport/events.h"
#include "transport/followup.h"
#include "transport/narrow.h"
#include "worker/begin.h"

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

static void send_event(struct http_stream *http, const char *name, struct slice data)
{
    BUF_AUTO b = { .max = data.len + 128 };
    events_put(&b, name, NULL, data);
    http_stream_send(http, buf_slice(&b));
}

static void deliver(void *ctx, struct slice message)
{
    struct sse_stream *s = ctx;
    send_event(s->http, "message", message);
}

static void end(void *ctx)
{
    struct sse_stream *s = ctx;
    http_stream_close(s->http);
}

void sse_open(struct front *f, struct http_exchange *x, struct caller *caller)
{
    BUF_AUTO narrowing = { .max = 4096 };
    if (drain_refuses(f->drain, x))
        return;
    narrow_put(x, &narrowing); /* x is gone when there is a stream */
    struct sse_stream *s = calloc(1, sizeof(*s));
    bool room = sessions_make_room(f->worker->sessions, caller);
    struct session *session = s && room ? session_add(f->worker->sessions, caller) : NULL;
    if (!session) {
        free(s);
        front_refuse_session(x, room);
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
    session->streamed = true;
    session->open = 1;
    session->deliver = deliver;
    session->end = end;
    session->ctx = s;
    LIST_INSERT_HEAD(&f->streams, s, link);
    LOG(LOG_INFO, "sse.opened", LOG_INT("worker", f->worker->index),
        LOG_INT("sessions", (int64_t)sessions_count(f->worker->sessions)));

    BUF_AUTO endpoint = { .max = 8192 };
    buf_str(&endpoint, f->base_path);
    buf_str(&endpoint, "/sse/message?sessionId=");
    buf_str(&endpoint, session->id);
    buf_slice_put(&endpoint, buf_slice(&narrowing));
    send_event(s->http, "endpoint", buf_slice(&endpoint));
}

static void on_said(void *ctx, struct buf *message)
{
    const struct post *p = ctx;
    relay_deliver(p->front->worker, p->session, (struct slice){ 0 }, message);
}

static void on_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    if (answer->change)
        relay_change(p->front->worker, p->session, answer->change, &p->caller);
    if (answer->message->len)
        relay_deliver(p->front->worker, p->session, p->message.id, answer->message);
    post_free(p);
}

static const struct mcp_line line = { .send = on_said, .answer = on_answered };

static void not_found(struct post *p)
{
    http_reply_text(p->out.x, 404, NULL, "no such session: open a new stream with GET /sse");
    post_free(p);
}

/* A request that is about to run; in its arena. */
struct start {
    struct post *post;
    struct mcp_peer peer;
};

static void on_begun(void *ctx, enum route_outcome outcome)
{
    struct start s = *(struct start *)ctx;
    struct http_exchange *x = s.post->out.x;
    if (outcome == ROUTE_UNREACHABLE) {
        post_unreachable(x);
        post_free(s.post);
    } else if (outcome == ROUTE_GONE) {
        not_found(s.post);
    } else {
        s.post->out.x = NULL;
        http_reply_text(x, 202, NULL, "Accepted");
        post_run(s.post, &s.peer, &line);
    }
}

static void begin(struct post *p, const struct mcp_peer *peer)
{
    struct start *s = arena_alloc(p->arena, sizeof(*s));
    BUF_AUTO ids = { .max = LIMIT_BUS_LETTER };
    letter_bytes(&ids, p->message.id);
    if (!s || !buf_ok(&ids)) {
        on_begun(&(struct start){ p, *peer }, ROUTE_UNREACHABLE);
        return;
    }
    *s = (struct start){ p, *peer };
    begin_requests(p->front->worker, p->session, buf_slice(&ids), on_begun, s);
}

static void on_session(void *ctx, enum route_outcome outcome, const struct mcp_peer *peer)
{
    struct post *p = ctx;
    struct http_exchange *x = p->out.x;
    if (outcome == ROUTE_UNREACHABLE) {
        post_unreachable(x);
        post_free(p);
        return;
    }
    if (peer && p->is_batch) {
        batch_run(p, peer, &line);
        return;
    }
    if (!peer) {
        not_found(p);
        return;
    }
    if (p->message.kind == RPC_REQUEST) {
        if (post_is_covered(p))
            post_enter(p, peer, begin);
        return;
    }
    followup_take(p);
    http_reply_text(x, 202, NULL, "Accepted");
}

void sse_message(struct front *f, struct http_exchange *x, struct caller *caller)
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
    struct post *p = post_new(f, x, caller);
    if (!p)
        return;
    p->transport = BY_SSE;
    memcpy(p->session, id, sizeof(p->session));
    route_find(f->worker, p->session, &p->caller.id, ROUTE_STREAM, on_session, p);
}

void sse_end(struct front *f)
{
    struct sse_stream *s;
    LIST_FOREACH (s, &f->streams, link)
        http_stream_close(s->http);
}

void sse_keep_alive(struct front *f)
{
    struct sse_stream *s;
    LIST_FOREACH (s, &f->streams, link)
        http_stream_send(s->http, slice_of(": keep-alive\n\n"));
}
