#include "transport/followup.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/trail.h"
#include "bus/bus.h"
#include "worker/afar.h"
#include "worker/begin.h"
#include "worker/letters.h"
#include "worker/outbox.h"

#include <stdlib.h>
#include <string.h>

struct followup {
    struct mail mail;
    char session[SESSION_ID + 1];
    size_t len;
    char text[]; /* the id of a cancelled request as JSON text, or a whole response */
};

static void drop(struct mail *m)
{
    free(m);
}

static void send_to(struct worker *to, void (*run)(void *receiver, struct mail *m),
                    const char *session, struct slice text)
{
    struct followup *u = to ? calloc(1, sizeof(*u) + text.len) : NULL;
    if (!u)
        return;
    u->mail = (struct mail){ .run = run, .drop = drop };
    memcpy(u->session, session, sizeof(u->session));
    memcpy(u->text, text.data, text.len);
    u->len = text.len;
    mailbox_post(&to->mailbox, &u->mail);
}

static struct post *find(struct front *f, const char *session, struct slice id)
{
    struct post *p;
    LIST_FOREACH (p, &f->posts, link)
        if (post_is_under_way(p) && strcmp(p->session, session) == 0 &&
            p->message.id.len == id.len && memcmp(p->message.id.data, id.data, id.len) == 0)
            return p;
    return NULL;
}

/* Wherever it runs, its session waits for no answer. */
static void cancel(struct front *f, const char *session, struct slice id)
{
    struct worker *w = f->worker;
    struct session *s = session_by_id(w->sessions, session);
    struct post *p = find(f, session, id);
    if (s)
        afar_end(w, s, id);
    if (!p)
        return;
    TRAIL_ENTER(post_trail(p));
    LOG(LOG_INFO, "request.cancelled", LOG_INT("worker", w->index));
    post_drop(p);
}

static void take_cancellation(void *receiver, struct mail *m)
{
    struct worker *w = receiver;
    const struct followup *u = (const struct followup *)m;
    cancel(w->front, u->session, (struct slice){ u->text, u->len });
    free(m);
}

static void respond(struct front *f, const char *session, struct slice text)
{
    struct arena_pool *arenas = f->worker->mcp.arenas;
    struct arena *arena = arena_pool_take(arenas);
    struct rpc_message message;
    struct rpc_failure failure;
    if (arena && rpc_parse(arena, text, &message, &failure)) {
        struct post *p;
        LIST_FOREACH (p, &f->posts, link)
            if (p->work && strcmp(p->session, session) == 0 && mcp_respond(p->work, &message))
                break; /* p is perhaps gone */
    }
    arena_pool_put(arenas, arena);
}

static void take_response(void *receiver, struct mail *m)
{
    struct worker *w = receiver;
    const struct followup *u = (const struct followup *)m;
    respond(w->front, u->session, (struct slice){ u->text, u->len });
    free(m);
}

/* ---- other nodes ---- */

static void take_far_cancellation(void *ctx, const struct letter *letter)
{
    struct session_letter l;
    if (session_letter_read(letter->payload, &l))
        cancel(ctx, l.session, l.about);
}

static void take_far_response(void *ctx, const struct letter *letter)
{
    struct session_letter l;
    if (session_letter_read(letter->payload, &l))
        respond(ctx, l.session, l.text);
}

static void take_still(void *ctx, const struct letter *letter)
{
    struct front *f = ctx;
    struct session_letter l;
    BUF_AUTO answer = { .max = 8 };
    if (!session_letter_read(letter->payload, &l))
        return;
    enum begin_state state = find(f, l.session, l.about)
                                 ? BEGIN_UNDER_WAY
                                 : begin_state_of(f->worker->beginnings, l.session, l.about);
    letter_u8(&answer, (uint8_t)state);
    bus_answer(f->worker->bus, letter, buf_slice(&answer));
}

void followup_open_bus(struct front *f)
{
    bus_on(f->worker->bus, LETTER_CANCEL, take_far_cancellation, f);
    bus_on(f->worker->bus, LETTER_RESPONSE, take_far_response, f);
    bus_on(f->worker->bus, LETTER_STILL, take_still, f);
}

/* ---- what came here ---- */

static void take_in_response(const struct post *p)
{
    struct worker *w = p->front->worker, *near;
    struct place asked;
    if (!mcp_question_place(p->message.id, &asked))
        return;
    if (route_side(w, asked, &near) == ROUTE_FAR)
        outbox_post(w->bus, asked, LETTER_RESPONSE, p->session, (struct slice){ 0 }, p->text);
    else
        send_to(near, take_response, p->session, p->text);
}

static void take_in_cancellation(const struct post *p, struct slice id)
{
    struct worker *w = p->front->worker;
    for (unsigned i = 0; i < crew_size(w->crew); i++)
        send_to(crew_worker(w->crew, i), take_cancellation, p->session, id);
    if (w->bus)
        outbox_tell_all(w->bus, LETTER_CANCEL, p->session, id, (struct slice){ 0 });
}

void followup_take(struct post *p)
{
    BUF_AUTO id = { .max = LIMIT_HTTP_BODY };
    if (p->message.kind == RPC_RESPONSE)
        take_in_response(p);
    else if (rpc_is_cancellation(&p->message, &id) && id.len)
        take_in_cancellation(p, buf_slice(&id));
    post_free(p);
}
