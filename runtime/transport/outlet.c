#include "transport/outlet.h"

#include "transport/channel_priv.h"
#include "transport/post.h"

void outlet_init(struct outlet *o, struct front *f, struct http_exchange *x)
{
    *o = (struct outlet){ .front = f, .x = x };
}

void outlet_watch(struct outlet *o, void (*gone)(void *ctx), void *ctx)
{
    o->gone = gone;
    o->ctx = ctx;
    if (o->x)
        http_watch(o->x, gone, ctx);
}

static void on_close(void *ctx, enum http_stream_end why)
{
    struct outlet *o = ctx;
    (void)why;
    o->http = NULL;
    if (o->gone)
        o->gone(o->ctx);
}

/* The stream's first event tells the client where it is, in revisions that know such a thing. */
static void put_place(struct outlet *o)
{
    BUF_AUTO b = { .max = 128 };
    char id[EVENT_ID_TEXT];
    event_id_format(o->said, id);
    events_put(&b, NULL, id, (struct slice){ 0 });
    http_stream_send(o->http, buf_slice(&b));
}

static void begin(struct outlet *o)
{
    struct http_exchange *x = o->x;
    o->x = NULL;
    o->streaming = true;
    if (o->session) {
        o->said.stream = channel_name(o->front, false);
        channel_copy(o->front, o->session, o->said, NULL, false);
    }
    o->http =
        http_stream_open(x, &(struct http_stream_options){
                                .queue_max = LIMIT_STREAM_QUEUE, .ctx = o, .on_close = on_close });
    if (o->http && o->session && o->revision >= MCP_2025_11_25)
        put_place(o);
}

/* One message as an event. */
static void say(struct outlet *o, struct buf *message, bool last)
{
    BUF_AUTO b = { .max = message->len + 128 };
    char id[EVENT_ID_TEXT];
    o->said.number++;
    if (o->session) {
        event_id_format(o->said, id);
        channel_copy(o->front, o->session, o->said, message, last);
    }
    if (o->http) {
        events_put(&b, "message", o->session ? id : NULL, buf_slice(message));
        http_stream_send(o->http, buf_slice(&b));
    }
    buf_done(message);
}

void outlet_send(struct outlet *o, struct buf *message)
{
    if (!o->streaming)
        begin(o);
    say(o, message, false);
}

static void close_stream(struct outlet *o)
{
    if (o->http)
        http_stream_leave(o->http);
    o->http = NULL;
}

void outlet_part(struct outlet *o)
{
    if (!o->streaming)
        begin(o);
    if (o->http)
        http_stream_send(o->http, slice_of(CHANNEL_RETRY));
    close_stream(o);
}

void outlet_answer(struct outlet *o, unsigned status, const char *session, struct buf *message)
{
    struct http_header headers[] = { { "Content-Type", "application/json" },
                                     { session ? "Mcp-Session-Id" : NULL, session },
                                     { 0 } };
    if (o->streaming) {
        say(o, message, true);
        close_stream(o);
    } else {
        http_reply(o->x, status, headers, message);
        o->x = NULL;
    }
}

void outlet_drop(struct outlet *o)
{
    if (o->streaming && o->session)
        channel_copy(o->front, o->session, o->said, NULL, true);
    close_stream(o);
    if (o->x)
        http_reply(o->x, 202, NULL, NULL);
    o->x = NULL;
}

void outlet_leave(struct outlet *o)
{
    close_stream(o);
    o->x = NULL;
}

void outlet_keep_alive(struct outlet *o)
{
    if (o->http)
        http_stream_send(o->http, slice_of(": keep-alive\n\n"));
}

void outlet_take_over(struct worker *w, struct note *n)
{
    struct front *f = w->front;
    struct post *p;
    LIST_FOREACH (p, &f->posts, link)
        if (p->out.streaming && p->out.said.stream == n->id.stream)
            close_stream(&p->out);
    note_free(n);
}
