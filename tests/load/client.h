/* client.h: one client of the load generator: its connections, its session and its sign-in.
 *
 * Opening waits for each answer in turn; afterwards the caller sends requests of one length and
 * receives without waiting. What goes wrong ends the program (fail). */
#pragma once

#include "response.h"

#include <stdbool.h>
#include <stdint.h>

/* Nothing comes for so long: what is missing will not come. */
#define PATIENCE_SECONDS 30

enum mode {
    STREAMABLE, /* POSTs within a session */
    MODERN,     /* POSTs of revision 2026-07-28 */
    SSE,        /* POSTs, answered on a stream */
    IDLE        /* streams, initialized and left alone */
};

struct client_options {
    enum mode mode;
    unsigned port;
    const char *path;   /* of the POSTs, or of the stream */
    const char *tool;   /* that will be called */
    unsigned per_token; /* clients that share a bearer token */
    size_t request_len; /* of the requests that will be sent */
};

struct client {
    int fd;
    struct response answer; /* to the POST */
    int stream_fd;          /* -1 but for HTTP+SSE */
    struct response stream;
    struct text head; /* of every request */
    uint64_t id, gid; /* of the call under way */
    uint64_t sent_us;
    bool waits; /* for the call's answer */
    bool posts; /* HTTP+SSE: and for the 202 */
};

int client_connect(const struct client_options *o);
/* Connects and opens a session; number says whose token it bears. For IDLE over c->fd, which is
 * there already and may be shared. */
void client_open(struct client *c, const struct client_options *o, unsigned number);
/* Sends a request with c's head. */
void client_send(struct client *c, const struct text *body);
/* Receives once. Without wait, nothing there is no mistake. */
void client_receive(int fd, struct response *r, bool wait);
/* The data of the next whole event of a stream (NULL: it has none), borrowed, and how many bytes of
 * the body to drop then; false when there is none. */
bool client_event(const struct response *r, const char **data, size_t *len, size_t *used);
