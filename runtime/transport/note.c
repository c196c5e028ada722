#include "transport/channel_priv.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/* A stream's name: node, worker, count, and whether it listens. The count may begin again: it has
 * to tell apart only what one session keeps. */
#define NODE_SHIFT 32
#define WORKER_SHIFT 26
#define COUNT_MASK ((UINT64_C(1) << (WORKER_SHIFT - 1)) - 1)

_Static_assert(LIMIT_WORKERS <= 1 << (NODE_SHIFT - WORKER_SHIFT), "a worker fits into a name");

uint64_t channel_name(struct front *f, bool listens)
{
    struct place here = f->worker->here;
    return (uint64_t)here.node << NODE_SHIFT | (uint64_t)here.worker << WORKER_SHIFT |
           (++f->streams_named & COUNT_MASK) << 1 | listens;
}

struct place channel_name_place(uint64_t name)
{
    return (struct place){ .node = (uint32_t)(name >> NODE_SHIFT),
                           .worker = (unsigned)(name >> WORKER_SHIFT) &
                                     ((1u << (NODE_SHIFT - WORKER_SHIFT)) - 1) };
}

bool channel_name_listens(uint64_t name)
{
    return name & 1;
}

static void run(struct worker *w, struct note *n)
{
    static void (*const take[])(struct worker *, struct note *) = {
        [NOTE_LISTEN] = channel_take_listener, [NOTE_HANG_UP] = channel_take_hang_up,
        [NOTE_COPY] = channel_take_copy,       [NOTE_HEAR] = listener_take,
        [NOTE_TAKE_OVER] = outlet_take_over,
    };
    take[n->kind](w, n);
}

static void run_mail(void *receiver, struct mail *m)
{
    run(receiver, (struct note *)m);
}

static void drop(struct mail *m)
{
    note_free((struct note *)m);
}

struct note *note_new(enum note_kind kind, const char *session, struct slice text)
{
    struct note *n = calloc(1, sizeof(*n));
    if (n && text.len && !(n->text = malloc(text.len))) {
        free(n);
        n = NULL;
    }
    if (!n)
        return NULL;
    n->mail = (struct mail){ .run = run_mail, .drop = drop };
    n->kind = kind;
    memcpy(n->session, session, sizeof(n->session));
    n->len = text.len;
    if (text.len)
        memcpy(n->text, text.data, text.len);
    return n;
}

void note_free(struct note *n)
{
    free(n->text);
    free(n);
}

/* ---- to other nodes ---- */

void note_write(const struct note *n, struct buf *out)
{
    letter_u8(out, (uint8_t)n->kind);
    letter_bytes(out, slice_of(n->session));
    buf_put(out, n->caller.bytes, sizeof(n->caller.bytes));
    letter_u64(out, n->id.stream);
    letter_u32(out, n->id.number);
    letter_u8(out, n->fresh);
    letter_u8(out, n->last);
    letter_u32(out, n->status);
    letter_u64(out, n->listener);
    letter_u32(out, n->turn);
    letter_bytes(out, (struct slice){ n->text, n->len });
}

struct note *note_read(struct slice payload)
{
    struct letter_reader r = { .rest = payload };
    struct note head = { .kind = letter_read_u8(&r) };
    letter_read_string(&r, head.session, sizeof(head.session));
    for (size_t i = 0; i < sizeof(head.caller.bytes); i++)
        head.caller.bytes[i] = letter_read_u8(&r);
    head.id.stream = letter_read_u64(&r);
    head.id.number = letter_read_u32(&r);
    head.fresh = letter_read_u8(&r) != 0;
    head.last = letter_read_u8(&r) != 0;
    head.status = letter_read_u32(&r);
    head.listener = letter_read_u64(&r);
    head.turn = letter_read_u32(&r);
    struct slice text = letter_read_bytes(&r);
    if (!letter_read_end(&r) || head.kind >= NOTE_KINDS ||
        (head.status && head.status != 404 && head.status != 503))
        return NULL;
    struct note *n = note_new(head.kind, head.session, text);
    if (!n)
        return NULL;
    head.mail = n->mail;
    head.text = n->text;
    head.len = n->len;
    *n = head;
    return n;
}

static void on_posted(void *ctx, enum bus_fate fate, struct slice answer)
{
    struct note *n = ctx;
    (void)answer;
    bool lost = fate == BUS_GONE || fate == BUS_UNREACHABLE;
    if (lost && n->kind == NOTE_LISTEN)
        listener_refuse(n->front, n->listener, fate == BUS_GONE ? 404 : 503);
    if (!lost || n->kind != NOTE_HEAR) {
        note_free(n);
        return;
    }
    n->kind = NOTE_HANG_UP;
    mailbox_post(&n->front->worker->mailbox, &n->mail); /* the channel may be at it just now */
}

static void post(struct front *f, struct place place, struct note *n)
{
    BUF_AUTO text = { .max = LIMIT_BUS_LETTER };
    note_write(n, &text);
    n->front = f;
    n->peer = place;
    if (!buf_ok(&text) ||
        !bus_post(f->worker->bus, place, LETTER_NOTE, buf_slice(&text), on_posted, n))
        on_posted(n, BUS_UNREACHABLE, (struct slice){ 0 });
}

static void take_note(void *ctx, const struct letter *letter)
{
    struct front *f = ctx;
    struct note *n = note_read(letter->payload);
    if (!n)
        return;
    n->peer = letter->from;
    run(f->worker, n);
}

/* Letters to one receiver arrive in order, so the answer comes behind what was said before it. */
bool note_catch_up(struct front *f, struct place place, bus_done_fn *done, void *ctx)
{
    return bus_ask(f->worker->bus, place, LETTER_ECHO, (struct slice){ 0 }, done, ctx);
}

static void take_echo(void *ctx, const struct letter *letter)
{
    const struct front *f = ctx;
    bus_answer(f->worker->bus, letter, (struct slice){ 0 });
}

static void on_gone(void *ctx, uint32_t node)
{
    channel_mourn(ctx, node);
    listener_mourn(ctx, node);
}

static void on_lost(void *ctx)
{
    channel_doubt(ctx);
    listener_ask_again(ctx);
}

static void on_look(void *ctx)
{
    listener_look(ctx);
}

void channel_open_bus(struct front *f)
{
    bus_on(f->worker->bus, LETTER_NOTE, take_note, f);
    bus_on(f->worker->bus, LETTER_ECHO, take_echo, f);
    bus_on_gone(f->worker->bus, on_gone, f);
    bus_on_lost(f->worker->bus, on_lost, f);
    bus_on_look(f->worker->bus, on_look, f);
}

void note_to(struct front *f, struct place place, struct note *n)
{
    struct worker *near;
    n->peer = f->worker->here;
    switch (route_side(f->worker, place, &near)) {
    case ROUTE_MINE:
    case ROUTE_NEAR:
        mailbox_post(&near->mailbox, &n->mail);
        break;
    case ROUTE_FAR:
        post(f, place, n);
        break;
    case ROUTE_NONE:
        note_free(n);
    }
}

void note_to_owner(struct front *f, struct note *n)
{
    struct place owner = { 0 };
    if (session_place(n->session, &owner))
        note_to(f, owner, n);
    else
        note_free(n);
}
