#include "transport/channel_priv.h"

#include <stdlib.h>
#include <string.h>

/* A stream's name: worker, count, and whether it listens. */
#define WORKER_SHIFT 48

uint64_t channel_name(struct front *f, bool listens)
{
    return (uint64_t)f->worker->index << WORKER_SHIFT | ++f->streams_named << 1 | listens;
}

unsigned channel_name_worker(uint64_t name)
{
    return (unsigned)(name >> WORKER_SHIFT);
}

bool channel_name_listens(uint64_t name)
{
    return name & 1;
}

static void drop(struct mail *m)
{
    note_free((struct note *)m);
}

struct note *note_new(void (*run)(void *receiver, struct mail *m), const char *session,
                      struct slice text)
{
    struct note *n = calloc(1, sizeof(*n));
    if (n && text.len && !(n->text = malloc(text.len))) {
        free(n);
        n = NULL;
    }
    if (!n)
        return NULL;
    n->mail = (struct mail){ .run = run, .drop = drop };
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

void note_to(struct front *f, unsigned worker, struct note *n)
{
    struct worker *to = crew_worker(f->worker->crew, worker);
    if (to)
        mailbox_post(&to->mailbox, &n->mail);
    else
        note_free(n);
}

void note_to_owner(struct front *f, struct note *n)
{
    unsigned worker = 0;
    note_to(f, session_worker(n->session, &worker) ? worker : UINT_MAX, n);
}
