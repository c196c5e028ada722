/* token_request.h: what /token and /revoke share: a client's form, and how it is refused.
 *
 * A refusal answers the exchange and frees the request. One worker's thread. */
#pragma once

#include "http/form.h"
#include "metrics/table.h"
#include "oauth/grant.h"
#include "oauth/job.h"
#include "oauth/record.h"

struct token_request {
    struct oauth_job job;
    struct http_exchange *x;
    struct form form;
    const char *client_id;
    bool refresh;       /* grant_type */
    struct slice given; /* the code or token that came */
    struct token_hash key;
    struct token_record token;
    struct token_record replaced; /* a lost answer: the token that nobody got; wrapped is empty: no
                                     answer was lost */
    struct grant_record grant;
    struct secret access, next;
    unsigned scopes;
    unsigned audience;
    unsigned tries;
    const char *refusal; /* what to say when the grant has been ended */
};

/* NULL when it has been answered: the body is no form, or repeats a parameter. */
struct token_request *token_request_new(struct oauth_worker *w, struct http_exchange *x);
/* NULL when it is absent or empty, which is as good (OAuth 2.1, section 3.1). */
const char *token_parameter(const struct token_request *r, const char *name);
/* 401 for invalid_client, 400 for all else. */
void token_refuse(struct token_request *r, const char *error, const char *description);
/* 503: the store cannot be asked. */
void token_busy(struct token_request *r);
/* Counts what came of a request to /token; the two above do so by themselves. */
void token_measure(const struct token_request *r, enum metric_token end);
/* One step on the store, or 503. */
void token_ask(struct token_request *r, const struct store_op *ops, size_t n,
               oauth_stored_fn *stored);
