/* flow.h: one sign-in that is under way, and how the store keeps it between its steps.
 *
 * Each step has an id, random and used by one form or one redirect: "TAG" and 256 bits. The store
 * has the id's hash and a box that opens only with the id and the secret of the browser's cookie
 * for that TAG (browser.h): the store alone opens nothing, and neither does an id in another
 * browser. A box is bound to its step, so that none can pass for another. One worker's thread. */
#pragma once

#include "oauth/browser.h"
#include "oauth/client.h"
#include "oauth/grant.h"
#include "oauth/job.h"
#include "oauth/rate.h"

#define FLOW_ID (COOKIE_TAG + 43)

enum flow_step {
    FLOW_ASKED,   /* the consent page is shown */
    FLOW_AWAY,    /* at Asana's page; the id is Asana's state */
    FLOW_CONFIRM, /* back from there, and the consent page is shown again; tokens are here */
    FLOW_BLOCKED, /* back, but blocked; may write to the operator */
};

struct flow {
    /* What the client asked. client_id NULL: nobody asked, the person signs in to /account. */
    const char *client_id;
    const char *client_name;
    bool vouched;             /* the operator wrote it into the settings */
    const char *document;     /* where a client that is described by a document is; NULL */
    bool loopback_only;       /* … and its document knows loopback addresses only */
    const char *redirect_uri; /* as requested */
    const char *challenge;
    const char *state; /* NULL: none */
    unsigned audience;
    unsigned asked; /* scopes */
    /* What was allowed. */
    unsigned scopes;
    uint64_t toolsets;
    const char *expected; /* the gid of whose consent was remembered; NULL: it was given just now */
    /* FLOW_AWAY */
    const char *verifier;
    /* FLOW_CONFIRM and FLOW_BLOCKED */
    struct person person; /* gid NULL: not known yet */
    struct slice tokens;  /* sealed once more; empty */
};

/* Where a step is kept, and its cookie. */
struct flow_place {
    const char *id;
    const char *secret;
    struct token_hash key;
};

/* For a new sign-in. False when memory is short. */
bool flow_start(struct arena *arena, struct flow_place *out);
/* Another id for the same sign-in. */
bool flow_next(struct arena *arena, const struct flow_place *from, struct flow_place *out);
/* Of an id that came with a request, and the request's cookie. False when either is missing or is
 * none of ours. id may be NULL. */
bool flow_place_of(const struct oauth *o, const struct http_exchange *x, const char *id,
                   struct arena *arena, struct flow_place *out);

/* Appends the box; tokens may be NULL, and are then left out. */
void flow_write(const struct flow *f, enum flow_step step, const struct flow_place *place,
                const struct asana_tokens *tokens, struct buf *out);
/* Everything in the arena. False when it is no such step's, or not of that place. */
bool flow_read(struct arena *arena, const struct store_record *record, enum flow_step step,
               const struct flow_place *place, struct flow *out);
bool flow_tokens(const struct flow *f, const struct flow_place *place, struct asana_tokens *out);

/* The operation that keeps a box. */
struct store_op flow_put(const struct flow_place *place, struct slice box);

/* How often pages are asked for and answered, of the exchange's address and of all: two operations,
 * and what came of them. */
struct flow_rates {
    struct rate rates[2];
};
void flow_count(struct flow_rates *r, const struct http_exchange *x, struct store_op ops[2]);
bool flow_too_many(const struct store_answer answers[2]);

/* Answers x: keeps the flow as FLOW_AWAY and sends the browser to Asana's page. Copies what it
 * needs. */
void flow_depart(struct oauth_worker *w, struct http_exchange *x, const struct flow *f,
                 const struct flow_place *from);

/* Answers x with the consent page. problem: what was wrong with the answer to it; NULL. */
void flow_show(const struct oauth *o, struct http_exchange *x, const struct flow *f,
               const struct flow_place *place, const char *problem, struct arena *arena);

/* All the areas that there are. */
uint64_t flow_offered(const struct oauth *o);
