/* channel_priv.h: the mail between a session's owner (channel.c) and the workers where its client
 * listens (listener.c) or is answered (outlet.h). */
#pragma once

#include "transport/channel.h"

struct listener {
    struct front *front;
    struct http_exchange *x; /* until the owner has admitted it */
    struct http_stream *http;
    char session[SESSION_ID + 1];
    uint64_t stream; /* once admitted */
    LIST_ENTRY(listener) link;
};

struct note {
    struct mail mail;
    char session[SESSION_ID + 1];
    struct digest caller;
    struct event_id id;
    bool fresh;                /* to the owner: nothing was heard before */
    bool last;                 /* nothing follows */
    unsigned status;           /* to a listener: 0, or the refusal's */
    struct listener *listener; /* touched by its own worker only */
    unsigned worker;           /* the listener's */
    size_t len;
    char *text; /* malloc'ed */
};

/* NULL when memory is short. text is copied. */
struct note *note_new(void (*run)(void *receiver, struct mail *m), const char *session,
                      struct slice text);
void note_free(struct note *n);
/* To the owner that a session's id names; n is gone. */
void note_to_owner(struct front *f, struct note *n);
void note_to(struct front *f, unsigned worker, struct note *n);

/* Taken in by the owner: */
void channel_take_listener(void *receiver, struct mail *m);
void channel_take_hang_up(void *receiver, struct mail *m);
/* Taken in by the listener's worker: events, of which the first ones admit it; with status, the
 * refusal; with last, the end. */
void listener_take(void *receiver, struct mail *m);
/* Taken in by a POST's worker: somebody else hears its stream now. */
void outlet_take_over(void *receiver, struct mail *m);
