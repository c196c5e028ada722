/* front.h: one worker's HTTP front: the checks that every request passes, the routes, and what the
 * transports keep there.
 *
 * Order of checks: sizes (http.h), Host and Origin (403), preflight (204),
 * credentials (401), path (404), method (405), then the route's own. One worker's thread. */
#pragma once

#include "http/http.h"
#include "transport/guard.h"
#include "transport/sight.h"
#include "worker/relay.h"
#include "worker/route.h"
#include "worker/worker.h"

#include <semaphore.h>
#include <stdbool.h>
#include <sys/queue.h>

struct call_queue;
struct channel;
struct drain;
struct drain_watch;
struct edition;
struct entry;
struct front;
struct keyring;
struct later;
struct listener;
struct metrics;
struct oauth;
struct oauth_worker;
struct roster;
struct server_options;
struct post;
struct sse_stream;
struct tally;

enum route_access {
    ROUTE_CALLERS, /* credentials are needed */
    ROUTE_PUBLIC,  /* none are */
    ROUTE_PROBE,   /* nor does the Host have to be ours */
};

/* Where a request goes once it is let in. */
struct route {
    const char *path;
    enum http_method method;
    enum route_access access;
    /* caller is for the taking; empty unless the route is for callers */
    void (*serve)(struct front *f, struct http_exchange *x, struct caller *caller);
};

struct front {
    struct worker *worker;
    struct edition *edition; /* held; the next four are its */
    const struct server_options *options;
    const struct guard *guard;
    const struct oauth *oauth_shared; /* NULL: nobody signs in here */
    struct slice landing;
    struct oauth_worker *oauth; /* NULL: nobody signs in here */
    struct sight sight;
    struct roster *roster; /* NULL: there is no store */
    struct keyring *keys;
    sem_t *ready;   /* NULL once it has been posted */
    sem_t *hearing; /* posted when other nodes can be heard */
    struct drain *drain;
    struct drain_watch *watch; /* while it closes */
    struct call_queue *calls;
    struct later *later;    /* NULL: nobody was refused yet */
    struct tally *sessions; /* of each person */
    const char
        *base_path; /* of the public URL, "" or "/asana": put before paths that clients are told */
    struct http_server *http;
    struct http_server *monitor; /* the operator's own address; NULL: none, or another worker's */
    struct metrics *metrics;
    LIST_HEAD(, entry) entries;      /* requests whose sender is being looked up */
    LIST_HEAD(, post) posts;         /* messages that wait for a session's owner or for Asana */
    LIST_HEAD(, sse_stream) streams; /* open HTTP+SSE streams */
    LIST_HEAD(, channel) channels;   /* of this worker's Streamable HTTP sessions */
    LIST_HEAD(, listener) listeners; /* their clients' GET streams here, of sessions anywhere */
    size_t replay_bytes;             /* kept for the channels' clients */
    void *listeners_by_number;       /* a tree of tsearch(3) */
    uint64_t listeners_named;
    uint64_t streams_named;
    uv_timer_t tick;
};

/* What all fronts of a server share; borrowed until the last of them has stopped. */
struct front_options {
    struct edition *edition;
    struct drain *drain;
    struct keyring *keys;
    struct call_queue *calls;
    struct tally *sessions; /* of each person */
    struct crowd *crowd;
    struct metrics *metrics; /* with a shard for each worker */
    sem_t *ready; /* posted when a worker has read who is blocked, and when it hears other nodes,
                     once each */
};

/* Serves on listen_fd (taken). */
bool front_start(struct worker *w, const struct front_options *options, int listen_fd,
                 struct err *err);
/* Lets the worker go by another edition, which it holds from now on. */
void front_adopt(struct front *f, struct edition *edition);
/* Ends everything that this worker does for clients, its sessions and its hub too. */
void front_stop(struct worker *w);

/* Whether it knows what it has to know before anybody is let in. */
bool front_is_ready(const struct front *f);
/* There is no room for another session: in all, or (room is false) of this person. */
void front_refuse_session(struct http_exchange *x, bool room);
/* 404 for a path that nobody serves, else 405 with the methods that somebody does. */
void front_refuse_route(struct http_exchange *x);
