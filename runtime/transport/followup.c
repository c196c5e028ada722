#include "transport/followup.h"

#include "base/log.h"
#include "base/trail.h"

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

static bool runs_in(const struct post *p, const struct followup *u)
{
    return p->work && strcmp(p->session, u->session) == 0;
}

static void take_cancellation(void *receiver, struct mail *m)
{
    struct worker *w = receiver;
    struct front *f = w->front;
    const struct followup *u = (const struct followup *)m;
    struct post *p;
    LIST_FOREACH (p, &f->posts, link) {
        if (!runs_in(p, u) || p->message.id.len != u->len ||
            memcmp(p->message.id.data, u->text, u->len) != 0)
            continue;
        TRAIL_ENTER(mcp_trail(p->work));
        LOG(LOG_INFO, "request.cancelled", LOG_INT("worker", w->index));
        post_drop(p);
        break;
    }
    free(m);
}

static void take_response(void *receiver, struct mail *m)
{
    struct worker *w = receiver;
    struct front *f = w->front;
    const struct followup *u = (const struct followup *)m;
    struct arena *arena = arena_pool_take(w->mcp.arenas);
    struct rpc_message message;
    struct rpc_failure failure;
    if (arena && rpc_parse(arena, (struct slice){ u->text, u->len }, &message, &failure)) {
        struct post *p;
        LIST_FOREACH (p, &f->posts, link)
            if (runs_in(p, u) && mcp_respond(p->work, &message))
                break; /* p is perhaps gone */
    }
    arena_pool_put(w->mcp.arenas, arena);
    free(m);
}

void followup_take(struct post *p)
{
    struct crew *crew = p->front->worker->crew;
    BUF_AUTO id = { .max = LIMIT_HTTP_BODY };
    unsigned worker = 0;
    if (p->message.kind == RPC_RESPONSE) {
        if (mcp_question_worker(p->message.id, &worker))
            send_to(crew_worker(crew, worker), take_response, p->session, p->text);
    } else if (rpc_is_cancellation(&p->message, &id)) {
        for (unsigned i = 0; id.len && i < crew_size(crew); i++)
            send_to(crew_worker(crew, i), take_cancellation, p->session, buf_slice(&id));
    }
    post_free(p);
}
