#include "transport/channel_priv.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

/* One session's; its context, at the owner. */
struct channel {
    struct front *front;
    struct session *session;
    struct replay replay;
    LIST_ENTRY(channel) link;
};

/* Who hears a stream: the reader of a replay_stream. */
struct ear {
    uint64_t listener;
    uint32_t turn;
    struct place place;
};

static void put_event(struct buf *b, struct event_id id, struct slice message)
{
    char text[EVENT_ID_TEXT];
    event_id_format(id, text);
    events_put(b, "message", text, message);
}

static void tell(struct channel *c, const struct replay_stream *s, struct slice events, bool last)
{
    const struct ear *ear = s->reader;
    struct note *n = note_new(NOTE_HEAR, c->session->id, events);
    if (!n)
        return;
    n->id = (struct event_id){ s->name, s->said };
    n->listener = ear->listener;
    n->turn = ear->turn;
    n->last = last;
    note_to(c->front, ear->place, n);
}

static void forget_ear(struct channel *c, struct replay_stream *s)
{
    free(s->reader);
    s->reader = NULL;
    c->session->open--;
}

/* The last word to whoever hears the stream. */
static void dismiss(struct channel *c, struct replay_stream *s)
{
    if (!s->reader)
        return;
    tell(c, s, (struct slice){ 0 }, true);
    forget_ear(c, s);
}

static void say(struct channel *c, struct replay_stream *s, struct slice message)
{
    uint32_t number = replay_say(&c->replay, s, message, clock_ms());
    if (!s->reader || !message.len)
        return;
    BUF_AUTO b = { .max = message.len + 128 };
    put_event(&b, (struct event_id){ s->name, number }, message);
    tell(c, s, buf_slice(&b), false);
}

/* A message of ours, not about any request. */
static void deliver(void *ctx, struct slice message)
{
    struct channel *c = ctx;
    struct replay_stream *s;
    TAILQ_FOREACH_REVERSE(s, &c->replay.streams, replay_streams, link)
    {
        if (s->listening && s->reader) {
            say(c, s, message);
            return;
        }
    }
    replay_wait(&c->replay, message, clock_ms());
}

static void gone(void *ctx)
{
    struct channel *c = ctx;
    struct replay_stream *s;
    TAILQ_FOREACH (s, &c->replay.streams, link)
        dismiss(c, s);
    replay_done(&c->replay);
    LIST_REMOVE(c, link);
    free(c);
}

bool channel_open(struct front *f, struct session *session)
{
    struct channel *c = calloc(1, sizeof(*c));
    if (!c)
        return false;
    c->front = f;
    c->session = session;
    replay_init(&c->replay, &f->replay_bytes);
    LIST_INSERT_HEAD(&f->channels, c, link);
    session->deliver = deliver;
    session->gone = gone;
    session->ctx = c;
    return true;
}

void channel_expire(struct front *f, uint64_t before_ms)
{
    struct channel *c;
    LIST_FOREACH (c, &f->channels, link)
        replay_expire(&c->replay, before_ms);
}

/* NULL when the session is gone, or is none that has such streams. */
static struct channel *channel_of(struct session *s)
{
    return s && !s->streamed ? s->ctx : NULL;
}

/* The stream that a client wants to hear: the one that it names, or a new one. What a POST's stream
 * said is asked for because its answer is missing, so there is no other in its place. NULL: *status
 * says why. */
static struct replay_stream *stream_for(struct channel *c, const struct note *n, unsigned *status)
{
    struct replay_stream *s = n->fresh ? NULL : replay_find(&c->replay, n->id.stream);
    *status = 404;
    if (s)
        return n->id.number <= s->said && (s->listening || n->id.number >= s->lost) ? s : NULL;
    if (!n->fresh && !channel_name_listens(n->id.stream))
        return NULL;
    *status = 503;
    return replay_open(&c->replay, channel_name(c->front, true), true);
}

struct catching_up {
    uint64_t stream;
    struct buf *events;
};

static void put_missed(void *ctx, uint32_t number, struct slice message)
{
    const struct catching_up *up = ctx;
    put_event(up->events, (struct event_id){ up->stream, number }, message);
}

/* What an admitted listener hears first: what it missed; before that, where its revision knows such
 * a thing, an event that only says where it is. */
static void put_beginning(struct channel *c, struct replay_stream *s, uint32_t heard, struct buf *b)
{
    struct catching_up up = { s->name, b };
    char text[EVENT_ID_TEXT];
    if (heard < s->lost)
        heard = s->lost;
    if (s->listening)
        replay_adopt(&c->replay, s);
    if (c->session->peer.revision >= MCP_2025_11_25) {
        event_id_format((struct event_id){ s->name, heard }, text);
        events_put(b, NULL, text, (struct slice){ 0 });
    }
    replay_after(&c->replay, s, heard, put_missed, &up);
}

static void refuse(struct front *f, const struct note *asked, unsigned status)
{
    struct note *n = note_new(NOTE_HEAR, asked->session, (struct slice){ 0 });
    if (!n)
        return;
    n->listener = asked->listener;
    n->turn = asked->turn;
    n->last = true;
    n->status = status;
    note_to(f, asked->peer, n);
}

/* Whoever was answered on this stream until now is not any more. */
static void take_over(struct channel *c, const struct replay_stream *s)
{
    struct note *n = note_new(NOTE_TAKE_OVER, c->session->id, (struct slice){ 0 });
    if (!n)
        return;
    n->id.stream = s->name;
    note_to(c->front, channel_name_place(s->name), n);
}

static void admit(struct channel *c, struct replay_stream *s, struct ear *ear, uint32_t heard)
{
    BUF_AUTO events = { .max = 2 * LIMIT_REPLAY_BYTES };
    const struct ear *before = s->reader;
    if (before && before->listener == ear->listener && place_equal(before->place, ear->place))
        forget_ear(c, s); /* it asks what it may have missed */
    dismiss(c, s);        /* the client came back before we knew that it had left */
    s->reader = ear;
    c->session->open++;
    put_beginning(c, s, heard, &events);
    tell(c, s, buf_slice(&events), false);
    if (s->complete)
        dismiss(c, s);
    else if (!s->listening)
        take_over(c, s);
}

/* Whether a client names what a POST's stream has said at another node, and it is not here: its
 * copy may be on the way still, as the client is told directly. */
static bool is_ahead(struct channel *c, const struct note *n)
{
    struct worker *near;
    const struct replay_stream *s = replay_find(&c->replay, n->id.stream);
    if (n->fresh || channel_name_listens(n->id.stream) || (s && n->id.number <= s->said))
        return false;
    return route_side(c->front->worker, channel_name_place(n->id.stream), &near) == ROUTE_FAR;
}

/* missing: the status when what it names is at another node, and is not here. */
static void take_listener(struct worker *w, struct note *n, unsigned missing)
{
    unsigned status = 404;
    struct channel *c = channel_of(session_find(w->sessions, n->session, &n->caller));
    struct replay_stream *s = c ? stream_for(c, n, &status) : NULL;
    struct ear *ear = s ? calloc(1, sizeof(*ear)) : NULL;
    if (ear) {
        *ear = (struct ear){ n->listener, n->turn, n->peer };
        admit(c, s, ear, n->id.stream == s->name ? n->id.number : 0);
    } else {
        refuse(w->front, n, s ? 503 : c && is_ahead(c, n) ? missing : status);
    }
    note_free(n);
}

static void on_caught_up(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct note *n = ctx;
    (void)answer;
    if (fate == BUS_CLOSED)
        note_free(n);
    else
        take_listener(n->front->worker, n, fate == BUS_UNREACHABLE ? 503 : 404);
}

void channel_take_listener(struct worker *w, struct note *n)
{
    struct channel *c = channel_of(session_find(w->sessions, n->session, &n->caller));
    n->front = w->front;
    if (!c || !is_ahead(c, n))
        take_listener(w, n, 404);
    else if (!note_catch_up(w->front, channel_name_place(n->id.stream), on_caught_up, n))
        take_listener(w, n, 503);
}

void channel_take_hang_up(struct worker *w, struct note *n)
{
    struct channel *c = channel_of(session_by_id(w->sessions, n->session));
    struct replay_stream *s = c ? replay_find(&c->replay, n->id.stream) : NULL;
    const struct ear *ear = s ? s->reader : NULL;
    /* Else its last word is on its way already, or it has asked again since. */
    if (ear && ear->listener == n->listener && ear->turn <= n->turn &&
        place_equal(ear->place, n->peer))
        dismiss(c, s);
    note_free(n);
}

/* The stream of a POST, as far as it is known here. */
static struct replay_stream *answering(struct channel *c, const struct note *n)
{
    struct replay_stream *s = replay_find(&c->replay, n->id.stream);
    if (!s && (s = replay_open(&c->replay, n->id.stream, false)))
        s->lost = n->id.number ? n->id.number - 1 : 0;
    return s;
}

void channel_take_copy(struct worker *w, struct note *n)
{
    struct channel *c = channel_of(session_by_id(w->sessions, n->session));
    struct replay_stream *s = c ? answering(c, n) : NULL;
    if (s && n->len) {
        s->said = n->id.number - 1;
        say(c, s, (struct slice){ n->text, n->len });
    }
    if (s && n->last) {
        s->complete = true;
        dismiss(c, s);
    }
    note_free(n);
}

void channel_copy(struct front *f, const char *session, struct event_id id,
                  const struct buf *message, bool last)
{
    struct note *n =
        note_new(NOTE_COPY, session, message ? buf_slice(message) : (struct slice){ 0 });
    if (!n)
        return;
    n->id = id;
    n->last = last;
    note_to_owner(f, n);
}

/* Nothing more is said on a stream that another node answered: its client comes back, and asks
 * again. */
static void give_up(struct channel *c, struct replay_stream *s)
{
    s->complete = true;
    dismiss(c, s);
}

static bool is_answered_by(const struct replay_stream *s, uint32_t node)
{
    return !s->listening && !s->complete && channel_name_place(s->name).node == node;
}

void channel_mourn(struct front *f, uint32_t node)
{
    struct channel *c;
    struct replay_stream *s;
    LIST_FOREACH (c, &f->channels, link) {
        TAILQ_FOREACH (s, &c->replay.streams, link) {
            const struct ear *ear = s->reader;
            if (is_answered_by(s, node))
                give_up(c, s);
            else if (ear && ear->place.node == node)
                dismiss(c, s);
        }
    }
}

void channel_doubt(struct front *f)
{
    struct channel *c;
    struct replay_stream *s;
    LIST_FOREACH (c, &f->channels, link)
        TAILQ_FOREACH (s, &c->replay.streams, link)
            if (!s->listening && !s->complete && !is_answered_by(s, f->worker->here.node))
                give_up(c, s);
}
