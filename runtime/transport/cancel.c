#include "transport/cancel.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

struct cancellation {
    struct mail mail;
    char session[SESSION_ID + 1];
    size_t id_len;
    char id[]; /* as JSON text */
};

static void drop(struct mail *m)
{
    free(m);
}

static bool names(const struct cancellation *c, const struct post *p)
{
    return p->work && strcmp(p->session, c->session) == 0 && p->message.id.len == c->id_len &&
           memcmp(p->message.id.data, c->id, c->id_len) == 0;
}

static void run(void *receiver, struct mail *m)
{
    struct worker *w = receiver;
    struct front *f = w->front;
    const struct cancellation *c = (const struct cancellation *)m;
    struct post *p;
    LIST_FOREACH (p, &f->posts, link) {
        if (!names(c, p))
            continue;
        LOG(LOG_INFO, "request.cancelled", LOG_INT("worker", w->index));
        post_drop(p);
        break;
    }
    free(m);
}

bool cancel_passed_on(const struct post *p)
{
    BUF_AUTO text = { .max = LIMIT_HTTP_BODY };
    if (!rpc_is_cancellation(&p->message, &text))
        return false;
    struct crew *crew = p->front->worker->crew;
    for (unsigned i = 0; text.len && i < crew_size(crew); i++) {
        struct cancellation *c = calloc(1, sizeof(*c) + text.len);
        if (!c)
            break;
        c->mail = (struct mail){ .run = run, .drop = drop };
        memcpy(c->session, p->session, sizeof(c->session));
        memcpy(c->id, text.data, text.len);
        c->id_len = text.len;
        mailbox_post(&crew_worker(crew, i)->mailbox, &c->mail);
    }
    return true;
}
