/* front.h: one worker's HTTP front: the checks that every request passes, the routes, and what the
 * transports keep there.
 *
 * Order of checks (DESIGN.md 12): sizes (http.h), Host and Origin (403), preflight (204),
 * credentials (401), path (404), method (405), then the route's own. One worker's thread. */
#pragma once

#include "transport/guard.h"
#include "transport/http.h"
#include "worker/route.h"
#include "worker/worker.h"

#include <stdbool.h>
#include <sys/queue.h>

struct post;
struct sse_stream;

struct front {
    struct worker *worker;
    const struct guard *guard;
    const char
        *base_path; /* of the public URL, "" or "/asana": put before paths that clients are told */
    struct http_server *http;
    LIST_HEAD(, post) posts;         /* messages that wait for a session's owner or for Asana */
    LIST_HEAD(, sse_stream) streams; /* open HTTP+SSE streams */
    uv_timer_t tick;
};

/* Serves on listen_fd (taken). */
bool front_start(struct worker *w, const struct guard *guard, const char *base_path, int listen_fd,
                 struct err *err);
void front_stop(struct worker *w);
