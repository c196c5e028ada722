/* http_priv.h: what the parts of the HTTP server share: http.c drives libmicrohttpd,
 * http_exchange.c takes requests and answers them, http_stream.c keeps answers of events open. One
 * server's loop thread. */
#pragma once

#include "http/http.h"
#include "http/peer.h"
#include "http/refused.h"
#include "http/tls.h"

#include <microhttpd.h>
#include <sys/queue.h>
#include <uv.h>

/* How libmicrohttpd is driven (its external epoll mode): its epoll descriptor is polled
 * by the loop; before the loop sleeps, run_if_due() runs it when something happened or a connection
 * was resumed, and asks when it wants to run next. Connections whose answer is not ready, and
 * streams with nothing to send, are suspended.
 *
 * An exchange: head ─▶ body read (or thrown away) ─▶ on_request ─▶ answered, or suspended until
 * http_reply(). A stream: sending ◀─▶ parked (suspended, nothing queued) ─▶ ended; a hang-up is
 * seen by watching the descriptor. */

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_app app;
    size_t body_max;
    unsigned idle_seconds;
    const char *const *trusted_proxies;
    bool trails;
    struct tls *tls;     /* NULL: none */
    struct crowd *crowd; /* NULL: none */
    struct crowd_limits crowd_limits;
    uint64_t crowded_ms; /* when the log was last told that it is full */
    bool due;            /* libmicrohttpd has work to do now */
    bool stopping;       /* http_server_free() has begun */
    bool leaving;        /* each answer is its connection's last */
    unsigned connections;
    unsigned unsent;
    unsigned fresh;
    LIST_HEAD(, http_exchange) exchanges; /* waiting for their answer, suspended */
    LIST_HEAD(, http_stream) streams;
    uv_poll_t epoll;
    uv_prepare_t prepare;
    uv_idle_t spin; /* active while due: keeps the loop from sleeping */
    uv_timer_t timer;
    struct http_refused refused;
    unsigned handles; /* of the five above, not yet closed */
};

/* A connection, from accept to close: libmicrohttpd's context of its socket. */
struct http_link {
    struct http_server *server;
    bool fresh;      /* no request has begun */
    struct tls *tls; /* what it was shown; held */
    uint64_t key;    /* crowd_key() of its address */
    enum crowd_room room;
};

struct http_exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    const char *method_name;
    const char *path;
    enum http_method method;
    struct buf body;
    size_t received;
    bool discard;    /* the body is not wanted any more */
    bool dispatched; /* on_request was called, or will not be */
    bool waiting;    /* suspended; in the server's list */
    struct MHD_Response *answer;
    unsigned status;
    struct http_stream *stream;
    struct http_watch *watch; /* NULL: nobody wants to know of a hang-up */
    bool has_refusal;         /* its status says too little */
    enum metric_refusal refusal;
    struct trail *trail; /* NULL: requests have none here */
    uint64_t began_ms;
    uint64_t sent; /* bytes of the answer's body */
    void *data;
    char peer[PEER_TEXT]; /* written when it is asked for */
    struct http_header always[HTTP_ALWAYS_MAX + 1];
    LIST_ENTRY(http_exchange) link; /* while waiting */
};

struct http_stream {
    struct http_server *server;
    struct MHD_Connection *connection;
    int fd;
    struct buf queue;
    size_t sent;     /* bytes of the queue already given to libmicrohttpd */
    uint64_t handed; /* all bytes so far */
    size_t queue_max;
    size_t written; /* bytes that libmicrohttpd was given last */
    bool parked;
    bool closing; /* end the answer when the queue is empty */
    bool broken;  /* end it now */
    enum http_stream_end why;
    void *ctx;
    void (*on_close)(void *ctx, enum http_stream_end why);
    uv_poll_t watch;
    LIST_ENTRY(http_stream) link;
};

/* The address of the connection itself. */
void http_nearest(const struct http_exchange *x, char out[PEER_TEXT]);
/* http_trail.c: the beginning and the end of what is logged of a request. */
void http_trail_begin(struct http_exchange *x);
void http_trail_end(struct http_exchange *x);

/* libmicrohttpd has work to do, in this turn of the loop still. */
void http_due(struct http_server *s);
/* Lets a suspended connection go on. */
void http_resume(struct http_server *s, struct MHD_Connection *connection);

/* A request begins on the connection; whether there was room for that. */
enum crowd_room http_link_used(struct MHD_Connection *connection);

/* libmicrohttpd's callbacks for requests; cls is the server. */
enum MHD_Result http_on_access(void *cls, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload_data,
                               size_t *upload_data_size, void **slot);
void http_on_completed(void *cls, struct MHD_Connection *connection, void **slot,
                       enum MHD_RequestTerminationCode code);
/* Nobody watches for a hang-up any more; at most one handle may poll a descriptor. */
void http_unwatch(struct http_exchange *x);
/* Gives x its answer, which moves into it (NULL ends the connection), and lets it go on. */
void http_answer_with(struct http_exchange *x, unsigned status, struct MHD_Response *answer);
/* answer may be NULL: memory was short. */
void http_put_headers(const struct http_exchange *x, struct MHD_Response *answer,
                      const struct http_header *headers);

/* Writes the address as text; nothing when it is none of IPv4 or IPv6. */
void http_put_address(const struct sockaddr *a, char out[PEER_TEXT]);

/* Ends a stream at once, in the middle of what it sends if need be. */
void http_stream_break(struct http_stream *s, enum http_stream_end why);
/* libmicrohttpd is done with the stream's connection; its descriptor is still open. */
void http_stream_finished(struct http_stream *s);
