/* fetch.h: requests of ours that are not to Asana's API: its OAuth endpoints, clients' metadata
 * documents, the operator's webhook. libcurl multi on the worker's loop.
 *
 * A URL that comes from outside is fetched with FETCH_PUBLIC: https only, no proxy, no redirects,
 * and the address is judged where the socket is opened, so that a name that resolves differently
 * the second time gains nothing ("SSRF", specification, "Security Best Practices"). One worker's
 * thread. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct fetcher;
struct fetch; /* one under way */

/* Strings are borrowed until fetcher_free(). */
struct fetcher_options {
    const char *user_agent;
    const char *ca_file;              /* NULL: the system's */
    const char *const *private_allow; /* "host:port" that FETCH_PUBLIC lets through; NULL: none */
};

bool fetcher_new(uv_loop_t *loop, const struct fetcher_options *options, struct fetcher **out,
                 struct err *err);
/* Cancels what is under way. The loop has to run once more before it is closed. Accepts NULL. */
void fetcher_free(struct fetcher *f);

/* Others that FETCH_PUBLIC lets through; borrowed like the options. */
void fetcher_allow(struct fetcher *f, const char *const *private_allow);

enum fetch_trust {
    FETCH_OPERATOR, /* the operator named the URL: https, or http on loopback; the system's proxy
                       counts */
    FETCH_PUBLIC,   /* anybody named it */
};

struct fetch_request {
    enum fetch_trust trust;
    const char *url;
    const char *content_type; /* with a body: it is a POST; NULL: a GET */
    struct slice body;        /* copied; wiped afterwards: it may hold secrets */
    size_t max;               /* bytes of the answer's body */
    unsigned deadline_ms;
};

struct fetch_answer {
    bool answered; /* false: detail says what went wrong, in words without the URL's query */
    int status;
    struct slice body;        /* borrowed until the callback returns */
    const char *content_type; /* "" when there is none */
    int64_t fresh_seconds;    /* Cache-Control max-age; -1 when it does not say; 0: do not keep */
    const char *detail;
};
typedef void fetch_done_fn(void *ctx, const struct fetch_answer *answer);

/* done is called once, on a later turn. NULL with err set when the URL is refused or memory short.
 */
struct fetch *fetch_send(struct fetcher *f, const struct fetch_request *request,
                         fetch_done_fn *done, void *ctx, struct err *err);
void fetch_cancel(struct fetch *fetch);

/* Whether an address may be a stranger's: not loopback, private, link-local, multicast, shared,
 * documentation, mapped or translated into one of those (RFC 6890). Pure. */
struct sockaddr;
bool fetch_is_public(const struct sockaddr *address);
