/* doctor_ask.h: the questions that doctor asks Asana, one at a time. Main thread. */
#pragma once

#include "base/arena.h"
#include "base/secret.h"
#include "cli/asker.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Everything lives in the arena. */
struct doctor_answer {
    int status; /* 0: no answer */
    bool json;
    const cJSON *data;     /* the envelope's "data"; NULL when the answer is no success */
    const char *explained; /* what went wrong, "" when nothing did */
    unsigned elapsed_ms;
};

/* Who the token belongs to and which workspaces it sees. An empty token asks with one that Asana
 * refuses. */
void doctor_ask_me(struct asker *asker, struct arena *arena, const struct secret *token,
                   struct doctor_answer *out);
/* Whether search works in a workspace. */
void doctor_ask_search(struct asker *asker, struct arena *arena, const struct secret *token,
                       const char *workspace_gid, struct doctor_answer *out);
