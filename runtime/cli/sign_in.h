/* sign_in.h: what serve needs to let people sign in, from the settings: the store, the options of
 * oauth, and whom the operator keeps out.
 *
 * Main thread. The struct belongs to its caller and must not move while it is open; it borrows from
 * the settings and the backing, so it is closed before them, and after the server. */
#pragma once

#include "cli/backing.h"
#include "cli/settings.h"
#include "oauth/oauth.h"
#include "policy/policy.h"
#include "redis/redis.h"

/* Where Asana sends people back to, below the public address. */
#define OAUTH_CALLBACK "/oauth/callback"

struct sign_in {
    struct store *store; /* NULL unless people sign in, or there may be several nodes */
    bool shared;         /* the store is Redis: other nodes may have it, too */
    struct redis_address redis;
    const struct secret *cluster_secret; /* of the nodes; NULL: none */
    struct oauth_options oauth;
    struct policy_options policy; /* rules of the settings count without signing in, too */
};

/* oauth.issuer is NULL when the settings name no public address: then it is the address that the
 * server finds itself at. */
bool sign_in_open(const struct settings *s, const struct backing *b, struct sign_in *out,
                  struct err *err);
/* The same from other settings, with a store that stays somebody else's (NULL: nobody signs in):
 * nothing is to be closed. False when memory is short. */
bool sign_in_options(const struct settings *s, const struct backing *b, struct store *store,
                     struct sign_in *out, struct err *err);
void sign_in_close(struct sign_in *in);
