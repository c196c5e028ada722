/* completion.h: completion/complete: the names and gids that fit what a person has typed, for
 * arguments of prompts and of resource templates (specification, "Completion"). A workspace that
 * has been chosen for another argument of the same prompt (context) narrows the search to it.
 *
 * Asked from Asana's typeahead; what was found is kept a short while per person, so that typing
 * does not become a request per key. One worker's thread. */
#pragma once

#include "base/secret.h"
#include "tool/call.h"

struct completion_cache;
struct mcp_catalog;

struct completion_cache *completion_cache_new(void); /* NULL when memory is short */
void completion_cache_free(struct completion_cache *c);

struct completion_args {
    struct completion_cache *cache; /* may be NULL */
    const struct mcp_catalog *catalog;
    const struct digest *caller;
    const cJSON *params; /* of the request: ref, argument, context; not yet checked */
};
/* Finishes with CALL_MEMBERS: "completion":{"values":[…],"total":…,"hasMore":…}; at most 100
 * values, each once, in Asana's order; total is left out when there may be more. Values are names
 * for a prompt's argument, and gids for a template's variable, which they have to make a URI of. An
 * unknown prompt, template or argument is CALL_INVALID. When no workspace answers, the call fails
 * with what the last one said. */
void completion_body(struct call *call, const void *in);
