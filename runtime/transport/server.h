/* server.h: the whole server: workers on one address.
 *
 * Start and stop from one thread; the workers run until then. */
#pragma once

#include "asana/client.h"
#include "base/err.h"
#include "base/secret.h"
#include "transport/listen.h"

#include <stdbool.h>
#include <stddef.h>

enum auth_mode {
    AUTH_TOKEN,  /* one Asana token of the operator's for everybody; loopback only */
    AUTH_BEARER, /* the caller's Authorization: Bearer is an Asana token, used for its calls */
};

struct server_options {
    struct listen_address listen;
    const char *public_url;           /* NULL: http:// and the listen address */
    const char *const *allow_origins; /* beside our own; NULL-terminated, may be NULL */
    unsigned workers;
    enum auth_mode auth;
    const struct secret *asana_token; /* AUTH_TOKEN only */
    struct asana_client_options asana;
};

struct server;

/* Strings in options are borrowed until server_stop(). */
bool server_start(const struct server_options *options, struct server **out, struct err *err);
int server_port(const struct server *s);
/* Ends streams and calls, joins the threads, frees s; accepts NULL. */
void server_stop(struct server *s);
