/* transfer.h: one request to Asana on one reusable libcurl handle. Private to the client.
 *
 *     idle ──transfer_prepare──▶ prepared ──(the client adds it to its multi handle)──▶ running
 *      ▲                                                                                 │
 *      └──transfer_clear── ended ◀──(finished or cancelled; removed from the multi)──────┘
 *
 * What every request has in common is set when the handle is made; a request sets URL, method, body
 * and headers. The client owns its transfers. One thread. */
#pragma once

#include "asana/client.h"
#include "base/buf.h"

#include <curl/curl.h>

struct sockets;
struct asana_lane;

/* Set up once per client, borrowed by its transfers. */
struct transfer_defaults {
    CURLU *base;      /* the API's URL; there when the first transfer is made */
    const char *path; /* of it */
    const char *ca_file;
    unsigned deadline_ms;
    bool tls;
    bool direct;                            /* no proxy: the API is on this machine */
    struct curl_slist user_agent,           /* its text is the owner's */
        accept, accept_encoding;            /* in this order, of every request */
    struct curl_slist expect, content_type; /* before them when it has a body */
};

struct asana_transfer {
    struct asana_lane *lane;            /* the client's part where it runs */
    struct asana_transfer *prev, *next; /* in a list of running or idle ones */
    CURL *easy;
    asana_done_fn *done;
    void *ctx;

    enum asana_method method;
    struct buf url;
    struct buf request_body;
    struct curl_slist
        auth; /* our memory, read by libcurl while running; chained before the defaults */
    size_t auth_cap;
    /* Of a request whose body is a form; chained likewise. */
    char form_type[48 + 12 + 2 * ASANA_BOUNDARY_BYTES];
    struct curl_slist form;
    struct curl_slist trace, state; /* traceparent and tracestate, likewise, when there are such */
    char trace_line[sizeof("traceparent: ") + TRACE_PARENT];
    char *state_line;

    struct buf body;
    bool head_ended;     /* status line and headers are in */
    bool sized;          /* room for the announced length has been made */
    bool too_large;      /* the answer would not fit */
    bool sent;           /* a connection was ready and the request was handed to it */
    bool repeat_refused; /* libcurl wanted to send it again */
    uint64_t started;    /* clock_ms() */
    unsigned deadline_ms;
    char request_id[80];
    char detail[CURL_ERROR_SIZE];
};

void transfer_defaults_init(struct transfer_defaults *d);

/* sockets: where its connections are opened. NULL when memory is short. */
struct asana_transfer *transfer_new(const struct transfer_defaults *d, struct sockets *sockets);
/* Accepts NULL. Not while the handle is in a multi. */
void transfer_free(struct asana_transfer *t);

/* Takes the request's buffers. False with err set: the transfer has to be cleared. */
bool transfer_prepare(struct asana_transfer *t, const struct transfer_defaults *d,
                      struct asana_req *r, const struct secret *token, struct err *err);

/* How the request ended, from libcurl's result; before the handle leaves the multi. The answer
 * points into t. */
void transfer_answer(struct asana_transfer *t, CURLcode result, struct asana_answer *out);

/* Wipes the token, drops buffers that grew, ready for the next request. */
void transfer_wipe_token(struct asana_transfer *t);
void transfer_clear(struct asana_transfer *t);
