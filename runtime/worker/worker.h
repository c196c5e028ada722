/* worker.h: one thread, one event loop, and what a call needs on it.
 *
 * Everything in a worker belongs to its thread; other threads reach it only through its mailbox. */
#pragma once

#include "asana/client.h"
#include "base/err.h"
#include "bus/bus.h"
#include "mcp/dispatch.h"
#include "mcp/session.h"
#include "worker/mailbox.h"
#include "worker/pulse.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

struct beginnings;
struct crew;
struct lookout;
struct metrics;
struct quota;
struct trace_exporter;
struct trace_options;

struct worker {
    unsigned index;
    struct place here; /* index, and our node */
    struct crew *crew;
    uv_loop_t loop;
    struct mailbox mailbox;
    struct pulse pulse;
    uv_async_t next_step; /* the crew's: stop, then quit */
    atomic_bool stopped;  /* read by the crew between its steps */
    struct mcp_env mcp;   /* catalog (held) and seal are everybody's, the rest is this worker's */
    struct sessions *sessions;
    struct trace_exporter *exporter; /* NULL: nothing is recorded */
    struct bus *bus;                 /* to other nodes; NULL: there are none */
    bool leaves;                     /* its sessions are about to end: nothing new begins in them */
    unsigned requests_afar; /* of this worker's sessions, that run at other nodes (afar.h) */
    struct beginnings
        *beginnings;         /* requests about to run here, of such sessions (begin.h); likewise */
    struct lookout *lookout; /* watches for sessions of other nodes (lookout.h); with a bus */
    struct quota *quota;     /* the first worker's, with a bus (quota.h) */
    void *front;             /* what the crew's front end keeps per worker */
};

/* What runs on top of each worker. */
struct crew_front {
    void *ctx;
    bool (*start)(void *ctx, struct worker *w,
                  struct err *err); /* on the worker's thread, before its loop runs */
    void (*stop)(void *ctx,
                 struct worker *w); /* likewise; handles may still be closing afterwards */
};

struct crew_options {
    unsigned workers;
    const struct mcp_catalog *catalog;        /* each worker holds it */
    const struct asana_client_options *asana; /* borrowed until crew_stop() */
    struct gates *gates;     /* Asana's limits, shared by all, and if there are other nodes, with
                              * them; likewise, may be NULL */
    const struct seal *seal; /* shared by all; likewise */
    struct metrics *metrics; /* a shard for each worker; likewise, may be NULL */
    uint32_t node;           /* a random name of this process */
    const struct redis_address *redis; /* the way to other nodes; likewise; NULL: there are none */
    const struct bus_key *letters;     /* to and from them; likewise; with redis */
    enum mcp_confirm confirm;
    const struct trace_options *trace; /* likewise; NULL: nothing is recorded */
    struct crew_front front;
};

/* Starts every worker and returns when all of them serve; when one cannot, none is left. */
bool crew_start(const struct crew_options *options, struct crew **out, struct err *err);
/* Stops all fronts first, then the loops; joins the threads and frees everything. Accepts NULL. */
void crew_stop(struct crew *c);

/* Tells every worker's listeners that lists (bits of enum hub_list) have changed. Any thread. */
void crew_announce(struct crew *c, unsigned lists);

/* Runs each(ctx, w) on every worker's thread, then all(ctx) once, on the thread of the last of
 * them; a worker that stops first is left out. What workers have posted to each other before this
 * is taken in before it. False when memory is short: neither is called then. Any thread. */
bool crew_each(struct crew *c, void (*each)(void *ctx, struct worker *w), void (*all)(void *ctx),
               void *ctx);

unsigned crew_size(const struct crew *c);
/* To post mail to it; NULL when there is no such worker. Any thread. */
struct worker *crew_worker(struct crew *c, unsigned index);
