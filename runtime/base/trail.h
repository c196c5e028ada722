/* trail.h: which request this thread works for.
 *
 * A request of a client has a trail from its first header to the last thing that is done for it.
 * While a thread has entered it, every line of the log carries its id and every line of the audit
 * log says who asked, so that no function in between has to be told. Whatever waits (a request to
 * Asana, the store, a timer) holds the trail that it was started under and enters it again when it
 * goes on:
 *
 *     t->trail = trail_hold(trail_current);
 *     …
 *     TRAIL_ENTER(t->trail);    in the callback, up to the end of the block
 *
 * One message of a request (a batch has several) works under a part of its trail, which keeps what
 * Asana said to it. Belongs to its worker's thread, which counts its holders without locks; a
 * thread that has entered none logs as before. */
#pragma once

#include "base/limits.h"
#include "base/trace.h"

#include <stdbool.h>

#define TRAIL_ADDRESS 46 /* an IPv6 address and a NUL */
#define TRAIL_PERSON 32
#define TRAIL_GRANT 24
#define TRAIL_ASANA 80

struct trail {
    unsigned holds;
    struct trail *of; /* the request that this is a part of; NULL: it is the request */
    /* Of the request. Who asks is empty until it is known. */
    char id[LIMIT_REQUEST_ID + 1];
    char address[TRAIL_ADDRESS]; /* of the sender; "" where nobody wants to know */
    char person[TRAIL_PERSON];   /* the gid of somebody who signed in */
    char grant[TRAIL_GRANT];
    char *client_id;   /* as it registered; NULL: it did not */
    char *client_name; /* what it registered as, or calls itself */
    /* Of the part: Asana's last answer. */
    int asana_status;
    char asana_request[TRAIL_ASANA]; /* its X-Request-Id */
    /* Of either: where it stands in a trace (trace.h), and its span while that is open. */
    struct trace_place place;
    char *trace_state; /* tracestate; NULL: none */
    struct span *span; /* NULL: not recorded */
};

/* What this thread works under; NULL: no request. Set by TRAIL_ENTER() alone. */
extern _Thread_local struct trail *trail_current;

/* Of a new request, held once. id NULL: a fresh one. NULL when memory is short; everything here
 * takes that for "no request". */
struct trail *trail_new(const char *id);
/* Of one message of the current request, held once; NULL when there is none. When memory is short
 * the request's own. */
struct trail *trail_part(void);
/* Returns t. */
struct trail *trail_hold(struct trail *t);
void trail_drop(struct trail *t);

/* The request that t belongs to; t may be NULL. */
struct trail *trail_request(struct trail *t);
/* Whether a text from outside can be a request's id: letters, digits and "-._", not too long. */
bool trail_id_ok(const char *id);

/* What becomes known of the current request. Texts are copied and may be NULL. */
void trail_note_caller(const char *person, const char *grant, const char *client_id,
                       const char *client_name);
/* What a client calls itself counts only where it did not register. */
void trail_note_client(const char *name);
void trail_note_asana(int status, const char *request_id);

/* Puts t into the trace of whoever sent these (tracestate may be NULL); false when traceparent is
 * none. t may be NULL. */
bool trail_follow(struct trail *t, const char *traceparent, const char *tracestate);
/* Opens t's span below the place that t has; its own place is there then. */
void trail_open_span(struct trail *t, enum span_kind kind, const char *name);
void trail_close_span(struct trail *t);
/* The span of t, for what there is to say of it. */
static inline struct span *trail_span(const struct trail *t)
{
    return t ? t->span : NULL;
}

static inline struct trail *trail_enter(struct trail *t)
{
    struct trail *before = trail_current;
    trail_current = trail_hold(t);
    return before;
}

static inline void trail_leave(struct trail *const *before)
{
    struct trail *mine = trail_current;
    trail_current = *before;
    trail_drop(mine);
}

#define TRAIL_ENTER_AT_(t, line)                                                            \
    struct trail *const trail_before_##line __attribute__((cleanup(trail_leave), unused)) = \
        trail_enter(t)
#define TRAIL_ENTER_AT(t, line) TRAIL_ENTER_AT_(t, line)
#define TRAIL_ENTER(t) TRAIL_ENTER_AT(t, __LINE__)
