/* edition.h: what the settings say, made ready for all workers: options, checks, sign-in, tools and
 * the page at "/".
 *
 * Never changes. Settings that are read again make another edition; each worker lets go of the one
 * it has when it takes the next, and what runs there sees the new one from then on. Any thread. */
#pragma once

#include "base/buf.h"
#include "transport/server.h"

#include <stdatomic.h>

struct guard;
struct mcp_catalog;
struct metrics;
struct oauth;

struct edition {
    atomic_uint references;
    struct server_options options;
    const struct mcp_catalog *catalog;
    struct guard *guard;
    struct oauth *oauth; /* NULL: nobody signs in */
    const char *url;     /* how clients reach us */
    char *base_path;     /* of url, "" or "/asana" */
    char *allow_headers; /* what web pages may send, to the catalog's tools too */
    struct buf landing;
    char own_url[128];
};

/* With one reference. options->listen has the port that was opened; what options point to is
 * borrowed until the release of their extras is called. False with err set: it is not called then.
 * metrics knows the tools by name from then on; may be NULL. */
bool edition_new(const struct server_options *options, struct metrics *metrics,
                 struct edition **out, struct err *err);
struct edition *edition_hold(struct edition *e);
/* Gives one reference back. Accepts NULL. */
void edition_free(struct edition *e);

/* Whether a client would be shown the same tools. */
bool edition_same_tools(const struct edition *a, const struct edition *b);
