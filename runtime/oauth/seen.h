/* seen.h: access tokens that this worker has seen lately, and what they stand for, so that most
 * requests need not ask the store. Bounded, the least lately used goes first.
 *
 * One worker's thread. */
#pragma once

#include "base/box.h"
#include "mcp/caller.h"
#include "oauth/record.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

struct renewal;

struct seen {
    struct token_hash token;
    struct caller who;             /* its token is not set: asana.access is */
    char *client_id, *client_name; /* for the logs */
    unsigned audience;
    int64_t expires_at; /* of our token */
    int64_t loaded_at;
    struct box_key key; /* of the grant */
    struct asana_tokens asana;
    struct digest former;    /* of the Asana token before this one; zeroed: not known */
    int64_t renewed_at;      /* when that was replaced; 0: not yet */
    struct renewal *renewal; /* Asana's token is being refreshed (renew.h) */
    unsigned pins;           /* somebody holds it: it is not freed */
    bool dropped;            /* and is in the table no more */
    TAILQ_ENTRY(seen) use;
};

struct grants {
    void *by_token; /* a tree of tsearch(3) */
    size_t count;
    int64_t down_at;                  /* when the store could not be asked, the last time */
    TAILQ_HEAD(seen_list, seen) uses; /* the latest first */
};

/* NULL when it is not there. */
struct seen *seen_find(struct grants *g, const struct token_hash *token);
/* From what the store has; replaces what was there. NULL when the token does not open it, or memory
 * is short. */
struct seen *seen_add(struct grants *g, struct slice token, const struct token_record *t,
                      const struct grant_record *grant, int64_t now);
/* Of those that are in use, whoever has that Asana token, or (*former) had it before the present
 * one; NULL: nobody. */
struct seen *seen_by_asana(struct grants *g, const struct secret *access, bool *former);
void seen_pin(struct seen *s);
void seen_unpin(struct seen *s);
void seen_drop(struct grants *g, struct seen *s);
/* Everything is to be read from the store again before it counts. */
void seen_doubt_all(struct grants *g);
