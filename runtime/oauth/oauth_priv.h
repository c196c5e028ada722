/* oauth_priv.h: what the parts of oauth/ share. */
#pragma once

#include "asana/ask.h"
#include "oauth/oauth.h"
#include "worker/worker.h"

#include <sys/queue.h>

struct fetcher;
struct grants;
struct oauth_job;
struct policy;

struct oauth {
    struct oauth_options options;
    bool secure;           /* the issuer is https: cookies are Secure and have __Host- names */
    const char *base_path; /* of the issuer: "" or "/asana"; it is a proxy's business, our routes
                              are without it */
    struct slice origin;   /* of the issuer */
};

struct oauth_worker {
    struct oauth *shared;
    struct worker *worker;
    uv_loop_t *loop;
    struct fetcher *fetcher; /* requests to Asana's OAuth endpoints and to clients' documents */
    struct grants *grants;   /* tokens seen lately (grant.h) */
    struct asana_renewer renewer; /* for this worker's calls (renew.h) */
    struct policy *policy;        /* who is blocked */
    LIST_HEAD(, oauth_job) jobs;  /* what waits for the store or for an answer (job.h) */
};

/* Unix seconds. */
int64_t oauth_now(void);
