/* policy.h: whom and what the operator has blocked or allowed: the whole server for a workspace, a
 * client, a person.
 *
 * From the settings file (fixed), and from the store (`asana-mcp block`), where a change counter
 * tells every worker within a second. Each worker has a view of its own, on its thread: it looks at
 * the counter every half second, and reads all blocks again when that has moved. When the store
 * cannot be asked, the last view stays. */
#pragma once

#include "base/err.h"
#include "base/secret.h"
#include "store/store.h"

#include <stdbool.h>
#include <uv.h>

struct policy;

struct policy_options {
    struct store *store; /* NULL: only the settings count */
    /* Gids and client ids, each list ended by NULL; may be NULL. */
    const char *const *allow_workspaces; /* when there are any, all others are invisible */
    const char *const *block_workspaces;
    const char *const *block_clients;
    const char *const *block_people;
    unsigned poll_ms; /* between two looks at the counter; 0: LIMIT_POLICY_POLL_MS */
};

/* changed is called on a later turn whenever the store's counter has moved, blocks or not (a grant
 * may have ended); it may be NULL. Strings are borrowed until policy_close(). The first view is
 * there when changed is called for the first time; until then nobody is let in (policy_ready).
 * Without a store it is there at once, and changed is never called. */
bool policy_open(uv_loop_t *loop, const struct policy_options *options, void (*changed)(void *ctx),
                 void *ctx, struct policy **out, struct err *err);
/* The loop has to run once more before it is closed. Accepts NULL. */
void policy_close(struct policy *p);
/* Other lists from now on; the store stays. False when memory is short: nothing has changed. */
bool policy_renew(struct policy *p, const struct policy_options *options, struct err *err);
bool policy_ready(const struct policy *p);
/* For how long (ms) the store has not answered; 0: it does, or there is none. */
uint64_t policy_silence_ms(const struct policy *p);

/* person_gid is "" and client a zeroed digest for callers that did not sign in; client otherwise:
 * secret_digest() of its id. NULL: they may. Else a sentence for the person: who is blocked, by
 * whom, and whom to ask. */
const char *policy_refusal(const struct policy *p, const char *person_gid,
                           const struct digest *client);

/* Whether any workspace is hidden at all, and whether that one is visible. */
bool policy_hides(const struct policy *p);
bool policy_shows(const struct policy *p, const char *workspace_gid);
