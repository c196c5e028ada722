/* hub_priv.h: what hub.c (listeners and what they are told) and hub_watch.c (watches on Asana)
 * share. */
#pragma once

#include "mcp/hub.h"
#include "tool/ref.h"
#include "tool/visible.h"

#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

struct hub_watch;

/* One listener's interest in one object, under the URI that it used. */
struct hub_interest {
    LIST_ENTRY(hub_interest) of_listener;
    LIST_ENTRY(hub_interest) of_watch;
    struct hub_listener *listener;
    struct hub_watch *watch;
    char uri[];
};

struct hub_listener {
    LIST_ENTRY(hub_listener) all;
    LIST_HEAD(, hub_interest) interests;
    struct hub *hub;
    unsigned lists;
    unsigned count; /* of interests */
    hub_deliver_fn *deliver;
    hub_ready_fn *ready; /* NULL: has been called, or nobody waits for it */
    void *ctx;
    size_t subscription_len;
    char subscription[];
};

/* An object that is watched for a person, or was a short while ago: then nobody is interested,
 * and there is no token. */
struct hub_watch {
    TAILQ_ENTRY(hub_watch) all;
    LIST_HEAD(, hub_interest) interests;
    struct hub *hub;
    char gid[REF_GID_SIZE];
    struct caller caller;    /* its token is empty while nobody is interested */
    char *sync;              /* NULL: Asana has not given one yet */
    struct visible_ask *ask; /* under way, or NULL */
    uint64_t due_ms;         /* of the next poll; of one that is only kept, its end */
    unsigned pages;          /* asked in this turn */
    unsigned quiet;          /* turns in a row without an event */
    unsigned failures;       /* likewise, without an answer */
    bool changed;            /* something has happened in this turn */
};

/* A walk over listeners or interests, which may go away under it: whoever frees what is next moves
 * it on. */
struct hub_walk {
    struct hub_walk *outer;
    void *next;
};

struct hub {
    const struct asana_asker *asana;
    struct visible *visible; /* NULL: nothing is hidden */
    uv_timer_t timer;        /* for the watch that is due first; never keeps the loop alive */
    unsigned poll_ms, slow_poll_ms;
    LIST_HEAD(, hub_listener) listeners;
    TAILQ_HEAD(hub_watches, hub_watch) watches; /* kept ones too, in the order of their making */
    unsigned watched, kept;
    unsigned unready; /* listeners whose ready has not been called */
    struct hub_walk *walks;
};

/* hub.c. Tells all who are interested in w, which may be gone afterwards. */
void hub_tell(struct hub_watch *w);
/* Calls ready of those who are, after a watch has begun, failed or ended. */
void hub_check_ready(struct hub *h);
/* The watch rests with its last interest. */
void hub_drop(struct hub_interest *i);

/* hub_watch.c. Finds a watch of that person and object or makes one, and wakes it. Whoever asked
 * for it is to put its interest in. */
struct hub_watch *hub_watch_wake(struct hub *h, const char *gid, const struct caller *caller,
                                 struct slice sync, struct err *err);
/* Nobody is interested any more: stops asking, and keeps the sync token for a while if there is
 * one; w may be gone afterwards. */
void hub_watch_rest(struct hub_watch *w);
void hub_watch_free(struct hub_watch *w);
void hub_on_timer(uv_timer_t *timer);
