/* server.h: the whole server: workers on one address.
 *
 * Start and stop from one thread; the workers run until then. */
#pragma once

#include "asana/client.h"
#include "base/err.h"
#include "base/secret.h"
#include "http/crowd.h"
#include "http/listen.h"
#include "mcp/dispatch.h"
#include "transport/call_queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mcp_extras;
struct oauth_options;
struct policy_options;
struct redis_address;
struct trace_options;
struct scope_rules;
struct tls;

enum auth_mode {
    AUTH_TOKEN,  /* one Asana token of the operator's for everybody; loopback only */
    AUTH_BEARER, /* the caller's Authorization: Bearer is an Asana token, used for its calls */
    AUTH_OAUTH,  /* the caller signs in with Asana, and sends a token of ours */
};

struct server_options {
    struct listen_address listen;
    int listen_fd; /* a socket that listens there already, and stays the caller's; 0: none */
    struct listen_address metrics_listen; /* for the operator's monitoring; no host: none */
    const char *public_url;               /* NULL: https:// with tls, else http://, and listen */
    const char *const *allow_origins;     /* beside our own; NULL-terminated, may be NULL */
    const char *const *trusted_proxies;   /* networks whose X-Forwarded-For is believed; likewise */
    struct tls *tls; /* NULL: plain HTTP; held by the server as long as it needs it */
    bool access_log; /* a line for each HTTP request */
    const struct trace_options *trace; /* NULL: nothing is recorded */
    unsigned workers;
    enum mcp_confirm confirm;
    enum auth_mode auth;
    bool sandbox;                     /* Asana is the embedded one: the landing page says so */
    const struct secret *asana_token; /* AUTH_TOKEN only */
    struct asana_client_options asana;
    const struct mcp_extras *extras; /* NULL: what every build offers */
    /* AUTH_OAUTH; NULL otherwise. Without an issuer: public_url is none, the server's own address
     * is the issuer. */
    const struct oauth_options *oauth;
    const struct policy_options *policy; /* who and what is blocked */
    const struct redis_address *redis;   /* the way to other nodes; NULL: this is the only one */
    const struct secret *cluster_secret; /* that all nodes know, and Redis does not; NULL: none */
    /* Which tools are shown, and to whom; and names of those that are not offered at all
     * (NULL-terminated; may be NULL). */
    const struct scope_rules *rules;
    const char *const *disabled_tools;
    /* Ceilings (0: the highest there are); those of a person do not count with AUTH_TOKEN. */
    struct crowd_limits crowd;
    struct ceiling_limits ceiling;
    struct call_queue_limits queue; /* all 0: no call waits for a place */
    unsigned sessions_per_person;
};

struct server;

/* Strings in options are borrowed until server_stop(). */
bool server_start(const struct server_options *options, struct server **out, struct err *err);
int server_port(const struct server *s);
int server_metrics_port(const struct server *s); /* 0: there is none */
/* Where it listens, as "http://127.0.0.1:8000". Borrowed until the next renewal. */
const char *server_url(const struct server *s);
/* Other options from now on, but for those about where and for whom the server is: listen,
 * metrics_listen, public_url, whether there is tls, workers, auth, sandbox, asana_token, and asana
 * beside its deadline stay as they were. What comes later sees them, calls under way end with the
 * tools that they began with; listeners hear when the tools have changed. What options point to is
 * borrowed until extras->release is called, which happens at once when memory is short: false with
 * err set, and nothing has changed. From the thread that stops the server. */
bool server_renew(struct server *s, const struct server_options *options, struct err *err);
/* Whether all loops turn. Any thread. */
bool server_turns(const struct server *s);
/* Goes without anybody losing anything (drain.h), in about so many seconds at most; the server is
 * to be stopped afterwards. From that thread. */
void server_drain(struct server *s, unsigned seconds);
/* Ends streams and calls, joins the threads, frees s; accepts NULL. */
void server_stop(struct server *s);
