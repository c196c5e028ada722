/* http.h: an HTTP/1.1 server on an event loop, over libmicrohttpd.
 *
 * One server belongs to one loop and everything here is called on that loop's thread. libmicrohttpd
 * is driven through its epoll descriptor; no thread is made. For each request the application is
 * called twice: on_head when the headers are in, and on_request when the body is. It may answer in
 * either, or keep the exchange and answer later from the loop: until http_reply() or
 * http_stream_open() the exchange is valid, whatever the client does. An answer given in on_head is
 * sent after the body has been read and thrown away, so that the client reads it instead of a reset
 * connection; on_request is then not called. Bodies over the ceiling get 413 and headers over it
 * 431 before the application is asked. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "http/crowd.h"
#include "metrics/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct http_server;
struct http_exchange; /* one request waiting for its answer */
struct http_stream;   /* an answer of server-sent events that stays open */
struct tls;           /* tls.h */

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER
};

/* A request that is over: its answer has been sent, as far as the client took it. */
struct http_end {
    const struct http_exchange *x; /* for http_peer() and the like */
    const char *method;
    const char *path;
    unsigned status; /* 0: the connection was broken off without an answer */
    uint64_t bytes;  /* of the answer's body that were handed to the connection */
    uint64_t ms;     /* since the headers were in */
    bool streamed;   /* the answer was a stream of events */
};

struct http_app {
    void *ctx;
    void (*on_head)(void *ctx, struct http_exchange *x); /* may be NULL */
    void (*on_request)(void *ctx, struct http_exchange *x);
    void (*on_end)(void *ctx, const struct http_end *end); /* may be NULL */
};

struct http_options {
    int listen_fd; /* taken over; see listen.h */
    size_t body_max;
    unsigned connections_max;
    unsigned idle_seconds;
    size_t connection_memory; /* bounds request line and headers; 0: LIMIT_HTTP_CONNECTION */
    /* Networks whose word about the sender counts (peer.h); borrowed, may be NULL. */
    const char *const *trusted_proxies;
    struct tls *tls; /* NULL: plain HTTP; held as long as it is in use */
    /* Each request has a trail (trail.h), entered in the application's functions, and its answer an
     * X-Request-Id: what a trusted proxy sent, or a fresh one. */
    bool trails;
    struct crowd *crowd; /* that its connections count in; borrowed; NULL: none */
    struct crowd_limits crowd_limits;
    bool held; /* whoever connects waits until http_server_admit() */
};

bool http_server_new(uv_loop_t *loop, const struct http_options *options,
                     const struct http_app *app, struct http_server **out, struct err *err);
/* Nothing unless it is held. */
void http_server_admit(struct http_server *s);
/* From now on a connection closes with its next answer, as Connection: close says. */
void http_server_leave(struct http_server *s);
/* Stops accepting. Connections that are waiting to be accepted still are, and those in progress go
 * on. */
void http_server_quiesce(struct http_server *s);
/* Other networks to believe (peer.h); borrowed. */
void http_server_trust(struct http_server *s, const char *const *trusted_proxies);
/* Another certificate for whoever connects from now on. */
void http_server_certify(struct http_server *s, struct tls *tls);
/* Other ceilings for whoever connects from now on. */
void http_server_limit(struct http_server *s, const struct crowd_limits *limits);
/* Requests whose answers have not gone out whole. Streams count once they are being closed. */
unsigned http_server_unsent(const struct http_server *s);
/* Connections on which no request has begun yet. */
unsigned http_server_fresh(const struct http_server *s);
/* Closes everything: exchanges not yet answered get 503, streams end (their on_close is called).
 * Frees s; its libuv handles are closed, so the loop has to run once more before it is closed. */
void http_server_free(struct http_server *s);
unsigned http_server_connections(const struct http_server *s);

/* What the client asked. Strings are borrowed until the answer is given. */
enum http_method http_method(const struct http_exchange *x);
const char *http_method_name(const struct http_exchange *x);
const char *http_path(const struct http_exchange *x); /* percent-decoded, without the query */
const char *http_header(const struct http_exchange *x,
                        const char *name); /* NULL when absent; name in any case */
/* The sender's address, without its port: of the connection, or what trusted proxies say; "" when
 * there is none. */
const char *http_peer(const struct http_exchange *x);
const char *http_query(const struct http_exchange *x,
                       const char *name); /* decoded; "" when without "="; NULL when absent */
/* All the headers of one name, in order: at most max are written, how many there are is returned.
 */
size_t http_header_all(const struct http_exchange *x, const char *name, const char **values,
                       size_t max);
/* The header of that name that counts: absent (NULL) or the same in all its places. False when it
 * contradicts itself. White space behind the value is still there. */
bool http_header_one(const struct http_exchange *x, const char *name, const char **value);
struct slice http_body(const struct http_exchange *x); /* empty before on_request */
/* Calls each(ctx, name, value) for every query parameter, in order, until it returns false. */
void http_query_each(const struct http_exchange *x,
                     bool (*each)(void *ctx, const char *name, const char *value), void *ctx);
/* Names the request's span (trace.h) after the route that it takes, which is ours and not a path
 * that somebody made up; NULL: it is not worth one. */
void http_route(struct http_exchange *x, const char *route);
/* One pointer of the application's own between on_head and on_request. */
void http_set_data(struct http_exchange *x, void *data);
void *http_data(const struct http_exchange *x);

/* Calls gone(ctx) once when the client hangs up before the answer is given; the exchange still
 * waits for its answer then. Without this nobody learns of it. Again: another gone; NULL: nobody
 * wants to know any more. */
void http_watch(struct http_exchange *x, void (*gone)(void *ctx), void *ctx);

struct http_header {
    const char *name; /* NULL ends a list */
    const char *value;
};

/* A header for whatever answer the exchange gets, at most HTTP_ALWAYS_MAX; name and value are
 * borrowed until then. */
#define HTTP_ALWAYS_MAX 4
void http_always(struct http_exchange *x, const char *name, const char *value);

/* Answers: body's memory moves into the answer (a NULL or empty body sends none). headers may be
 * NULL. x is gone. */
void http_reply(struct http_exchange *x, unsigned status, const struct http_header *headers,
                struct buf *body);
/* A short text answer, for refusals. */
void http_reply_text(struct http_exchange *x, unsigned status, const struct http_header *headers,
                     const char *text);

/* What the refusal that follows counts as; otherwise its status says that. */
void http_refusal(struct http_exchange *x, enum metric_refusal reason);

/* Breaks the connection off: with status 0 before any byte of an answer, else in the middle of the
 * body, which moves into the answer as in http_reply(). For the sandbox, which plays a broken
 * Asana. x is gone. */
void http_break(struct http_exchange *x, unsigned status, const struct http_header *headers,
                struct buf *body);

/* Why a stream ended. */
enum http_stream_end {
    HTTP_STREAM_CLIENT, /* the client closed it or its connection broke */
    HTTP_STREAM_SLOW,   /* too much waited for a client that does not read */
    HTTP_STREAM_SERVER, /* http_stream_close() or the server's end */
};

struct http_stream_options {
    const struct http_header *headers; /* beside content-type text/event-stream; may be NULL */
    size_t queue_max; /* bytes that may wait behind the message that is being sent */
    void *ctx;
    void (*on_close)(void *ctx, enum http_stream_end why); /* once; the stream is gone afterwards */
};

/* Answers with status 200 and a body of server-sent events. x is gone. NULL when memory is short
 * (the client got 503). */
struct http_stream *http_stream_open(struct http_exchange *x,
                                     const struct http_stream_options *options);
/* Queues bytes for the client. One message of any length may wait and queue_max bytes behind it;
 * what is more is dropped and the stream ends, on a later turn of the loop, with HTTP_STREAM_SLOW.
 */
void http_stream_send(struct http_stream *s, struct slice bytes);
/* Sends what is queued, then ends the answer; on_close is called on a later turn of the loop. */
void http_stream_close(struct http_stream *s);
/* The same for an owner that goes away: on_close is not called any more. */
void http_stream_leave(struct http_stream *s);
