/* client.h: sends requests to Asana without blocking: libcurl's multi interface on the worker's
 * loop.
 *
 * One client per worker, used on that worker's thread only. Connections are kept alive and shared
 * by all callers (HTTP/2 where Asana offers it); tokens are set per transfer. Every accepted send
 * ends in exactly one callback, on a later turn of the loop, unless it is cancelled. */
#pragma once

#include "asana/req.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct asana_client;
struct asana_transfer; /* one request in flight */

struct asana_client_options {
    const char *api_url;    /* "https://app.asana.com/api/1.0", no slash at the end; copied */
    const char *user_agent; /* copied */
    const char *ca_file;    /* NULL: the system's */
    unsigned deadline_ms;   /* of one request, from send to last byte */
};

/* How a request ended, before anyone looks at the status. */
enum asana_outcome {
    ASANA_ANSWERED,    /* status and body are Asana's */
    ASANA_UNREACHABLE, /* no connection: refused, no such name, TLS refused, none in time */
    ASANA_TIMED_OUT,   /* the deadline passed */
    ASANA_BROKEN, /* the connection ended in the middle of the answer, or the answer was no HTTP */
    ASANA_TOO_LARGE, /* past LIMIT_ASANA_BODY */
    ASANA_CROWDED,   /* never sent: too many requests of this token wait their turn (ask.h) */
    ASANA_FORBIDDEN, /* never sent: the operator does not allow it; detail says why */
};

struct asana_answer {
    enum asana_outcome outcome;
    enum asana_method method; /* of the request */
    bool sent;         /* false: no byte of the request has left, so even a POST may be repeated */
    int status;        /* 0 unless answered */
    bool token_works;  /* of a 401: Asana took that very token a short while ago (ask.h) */
    struct slice body; /* borrowed until the callback returns */
    bool json;         /* Content-Type says application/json */
    int64_t retry_after;    /* seconds; -1 when Asana did not say */
    const char *request_id; /* X-Request-Id or "" */
    const char *detail;     /* the transport's own words when not answered, else "" */
    unsigned elapsed_ms;
    /* The token that took the place of the one that was given, for whoever asks again (ask.h);
     * NULL: none did. Borrowed likewise. */
    const struct secret *renewed;
};

typedef void asana_done_fn(void *ctx, const struct asana_answer *answer);

/* Copies options. False with err set when the URL is none that a token may be sent to (https, or
 * http on loopback), or the CA file cannot be read. libcurl is loaded with the first request. */
bool asana_client_new(uv_loop_t *loop, const struct asana_client_options *options,
                      struct asana_client **out, struct err *err);
/* Cancels what is in flight (no callbacks) and closes the connections; accepts NULL, and may be
 * called from within a callback. The loop has to run once more before it is closed. */
void asana_client_free(struct asana_client *c);
/* As the options say it; borrowed. */
const char *asana_client_url(const struct asana_client *c);
unsigned asana_client_in_flight(const struct asana_client *c);

/* Takes the request's buffers (r is empty afterwards, also on failure). Borrows token (NULL: no
 * Authorization) for the duration of the call only; the copy made for the transfer is wiped when
 * the transfer ends. A GET is repeated when a kept connection turns out dead; no other method is
 * ever on the wire twice. NULL with err set when memory is short, the request is over its ceilings,
 * or the token has bytes that a header cannot carry. */
struct asana_transfer *asana_send(struct asana_client *c, struct asana_req *r,
                                  const struct secret *token, asana_done_fn *done, void *ctx,
                                  struct err *err);
/* No callback will come; the transfer is gone. At any time before its callback, also from within
 * another's. */
void asana_cancel(struct asana_transfer *t);
