/* multi.h: a libcurl multi handle at work on a loop: descriptors and timer watched, ended transfers
 * handed out. libcurl itself is loaded with the first transfer (curlinit.h).
 *
 * The struct belongs to its owner, which adds and removes easy handles itself
 * (curl_multi_add_handle, curl_multi_remove_handle). One thread. */
#pragma once

#include "asana/sockets.h"
#include "base/err.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

/* The transfer has ended and is still in the multi; the owner takes it out. May add, remove, and
 * call multi_done(). */
typedef void multi_ended_fn(void *ctx, CURL *easy, CURLcode result);

struct multi {
    CURLM *curl; /* NULL until multi_ready() */
    long connections, keep;
    uv_timer_t timer; /* the next time libcurl wants to be called */
    uv_check_t check; /* when all descriptors of a turn have been read */
    unsigned handles; /* of these two, not yet closed */
    struct sockets sockets;
    multi_ended_fn *ended;
    void (*closed)(void *ctx);
    void *ctx;
    bool delivering; /* ended() is being called */
    bool doomed;     /* multi_done() was called by one of them */
};

/* connections at once (what is more waits inside libcurl), of which keep may stay open idle. */
void multi_init(struct multi *m, uv_loop_t *loop, long connections, long keep,
                multi_ended_fn *ended, void *ctx);
/* Before anything else of libcurl's is used: true when it is there. Costs a look from the second
 * call on. */
bool multi_ready(struct multi *m, struct err *err);
/* Closes the connections that are open idle; no handle is in it. */
void multi_rest(struct multi *m);
/* All handles have been removed. Closes the connections; closed(ctx) is called when the struct may
 * go, on a later turn of the loop. */
void multi_done(struct multi *m, void (*closed)(void *ctx));
