/* workspaces.h: whether somebody who signs in belongs to a workspace that this server serves, when
 * the operator serves only some.
 *
 * One worker's thread. */
#pragma once

#include "base/secret.h"
#include "oauth/oauth.h"

enum workspaces_verdict {
    WORKSPACES_SOME,    /* at least one is served */
    WORKSPACES_NONE,    /* none of theirs is */
    WORKSPACES_UNKNOWN, /* Asana could not be asked */
};

struct workspaces;
typedef void workspaces_fn(void *ctx, enum workspaces_verdict verdict);

/* Asks Asana for the token's workspaces, and the worker's policy about each. judged is called once,
 * on a later turn. NULL when memory is short. */
struct workspaces *workspaces_judge(struct oauth_worker *w, const struct secret *token,
                                    workspaces_fn *judged, void *ctx);
/* No callback will come. Before it does. */
void workspaces_cancel(struct workspaces *a);
