/* sandbox.h: an Asana in a box: Asana's REST routes with seed data, over loopback HTTP, on a thread
 * and a loop of its own.
 *
 * The rest of the program reaches it only as it reaches Asana, through asana/client. Start and stop
 * from one thread.
 *
 * Beside the API, /sandbox/control on the same port makes it a difficult Asana. PUT replaces what
 * is set (whatever it does not name is off), GET shows it, DELETE turns all off; each answers 200
 * with what is set now. No token is asked for, no fault, delay or limit meets these requests, and
 * nothing of it is kept in a state file:
 *
 *   {"delay_ms": 0,             every answer comes so much later than it was worked out
 *    "faults": [{               requests that fail; of several that fit, the first counts
 *       "method": "GET",        of requests with this method,
 *       "path": "/tasks",       and whose path begins so (without /api/1.0),
 *       "nth": 1, "times": 1,   this one from now, and so many in all
 *       "status": 503,          are refused with this status, not performed,
 *       "retry_after": 2,       with this header,
 *       "body": "<html>",       and this body instead of Asana's errors,
 *       "content_type": "text/html",
 *       "cut": "middle"         and the connection ends in the middle of the body;
 *    }],                        without status the request is performed, and its answer cut in the
 *                               "middle", or "before" its first byte
 *    "rate_limits": {           for each token; more is 429 with Retry-After; 0 is no limit
 *       "requests_per_minute": 0, "searches_per_minute": 0,
 *       "concurrent_reads": 0, "concurrent_writes": 0,
 *       "minute_ms": 60000},    how long a minute is
 *    "search_lag_ms": 0,        search finds tasks by what they were so long ago
 *    "blocked_workspaces": [],  gids: their administrators have blocked this app (401)
 *    "oauth": {
 *       "token_seconds": 0,     access tokens made from now on live so long; 0: as they were to
 *       "refuse_refresh": false, refresh tokens are answered with invalid_grant
 *       "down": false,          all of OAuth answers 503, and not with JSON
 *       "expire": false},       codes and access tokens made so far expire now, once
 *    "requests": 0,             only shown: how many came since this was set,
 *    "waiting": 0}              and how many answers are still delayed; setting anew sends them
 *
 * A fault's path may be one of OAuth's too ("/-/oauth_token"); no limit counts requests to those.
 * A request that a limit refuses is not counted by faults. GET shows what is left of nth and times;
 * a fault that was met as often as it should be is gone. */
#pragma once

#include "base/err.h"
#include "base/secret.h"
#include "http/listen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox;

/* The OAuth application that is registered here, with full permissions. */
struct sandbox_app {
    const char *client_id;      /* NULL: "sandbox" */
    struct slice client_secret; /* empty: a random one of each start */
    /* NULL-terminated, matched exactly. NULL or none: http to 127.0.0.1, [::1] or localhost, with
     * any port, path and query */
    const char *const *redirect_uris;
    unsigned token_seconds; /* how long an access token lives; 0: 3600 */
};

struct sandbox_options {
    struct listen_address listen; /* loopback only; port 0 lets the system choose */
    int64_t now_ms;         /* the sandbox's wall clock stands still here; 0: it is the real one */
    const char *state_path; /* file that keeps what is changed, filled when new; NULL: memory. Read
                               during the start only */
    struct sandbox_app app; /* read during the start only */
};

struct sandbox_person {
    const char *name;
    const char *email;
    const char *gid;
    const char *token; /* Authorization: Bearer … signs this person in */
};

bool sandbox_start(const struct sandbox_options *options, struct sandbox **out, struct err *err);
void sandbox_stop(struct sandbox *s); /* joins the thread, frees s; accepts NULL */

int sandbox_port(const struct sandbox *s);
/* "http://127.0.0.1:PORT/api/1.0" */
const char *sandbox_api_url(const struct sandbox *s);
/* "http://127.0.0.1:PORT/-", where oauth_authorize, oauth_token and oauth_revoke are, and the
 * application's credentials there. Borrowed from s. */
const char *sandbox_oauth_url(const struct sandbox *s);
const char *sandbox_client_id(const struct sandbox *s);
const struct secret *sandbox_client_secret(const struct sandbox *s);
/* The people of the seed data, the first being the one a single-user server works as. Borrowed from
 * s. */
size_t sandbox_people(const struct sandbox *s, const struct sandbox_person **out);
