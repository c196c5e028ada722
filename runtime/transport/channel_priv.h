/* channel_priv.h: what a session's owner (channel.c) and the workers where its client listens
 * (listener.c) or is answered (outlet.h) tell each other: by mail, and between nodes by letter. */
#pragma once

#include "bus/bus.h"
#include "transport/channel.h"

struct listener {
    struct front *front;
    uint64_t number;         /* among its worker's; what notes call it */
    struct http_exchange *x; /* until the owner has admitted it */
    struct http_stream *http;
    char session[SESSION_ID + 1];
    struct digest caller;
    struct event_id heard; /* once admitted: the stream, and its last message */
    uint64_t asked_ms;     /* when the owner was asked */
    bool asks;             /* and has not answered yet */
    uint32_t turn; /* how often it was: what was said to an earlier question is not heard, as
                      what answers the latest one begins with it */
    LIST_ENTRY(listener) link;
};

/* The numbers are part of the letters' format. */
enum note_kind {
    NOTE_LISTEN,    /* to the owner: somebody wants to listen */
    NOTE_HANG_UP,   /* to the owner: that listener is gone */
    NOTE_COPY,      /* to the owner: what a POST's stream has said */
    NOTE_HEAR,      /* to a listener: events, of which the first ones admit it; with status, the
                       refusal; with last, the end */
    NOTE_TAKE_OVER, /* to a POST's worker: somebody else hears its stream now */
    NOTE_KINDS
};

struct note {
    struct mail mail;
    struct front *front; /* of whoever waits, while another node is told or asked */
    enum note_kind kind;
    char session[SESSION_ID + 1];
    struct digest caller;
    struct event_id id;
    bool fresh;        /* to the owner: nothing was heard before */
    bool last;         /* nothing follows */
    unsigned status;   /* to a listener: 0, or the refusal's */
    uint64_t listener; /* its number */
    uint32_t turn;     /* of a listener, or to it: which of its questions this belongs to */
    struct place peer; /* who says it; of what could not be brought: to whom */
    size_t len;
    char *text; /* malloc'ed */
};

/* NULL when memory is short. text is copied. */
struct note *note_new(enum note_kind kind, const char *session, struct slice text);
void note_free(struct note *n);
/* To the owner that a session's id names; n is gone. What cannot be brought to another node counts
 * there as lost, and here as a listener refused, or hung up. */
void note_to_owner(struct front *f, struct note *n);
void note_to(struct front *f, struct place place, struct note *n);

/* Calls done when all that a worker of another node has said to this one until now is here, or will
 * not come; false: memory is short. */
bool note_catch_up(struct front *f, struct place place, bus_done_fn *done, void *ctx);

/* As letters hold it. read: false when it is none. */
void note_write(const struct note *n, struct buf *out);
struct note *note_read(struct slice payload);

/* What each kind does where it arrives; n is gone. */
void channel_take_listener(struct worker *w, struct note *n);
void channel_take_hang_up(struct worker *w, struct note *n);
void channel_take_copy(struct worker *w, struct note *n);
void listener_take(struct worker *w, struct note *n);
void outlet_take_over(struct worker *w, struct note *n);

/* The owner of its session cannot be asked (503), or is gone (404). */
void listener_refuse(struct front *f, uint64_t number, unsigned status);
/* What other nodes said may have been lost: asks them for what was missed. */
void listener_ask_again(struct front *f);
/* The same of whoever has not answered that, or could not be reached. */
void listener_look(struct front *f);
/* That node is gone: so are the sessions that were heard from there. */
void listener_mourn(struct front *f, uint32_t node);
