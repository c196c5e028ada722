/* prompts.h: the prompts of schema/prompts/, as the generator lays them down (specification,
 * "Prompts").
 *
 * Tables are constant data. One worker's thread. */
#pragma once

#include "base/buf.h"
#include "mcp/revision.h"
#include "tool/call.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct prompt_argument {
    const char *name;
    const char *title;
    const char *description;
    bool required;
    const char *completes; /* "workspace", or a resource_type of typeahead; NULL: nothing */
};

struct prompt {
    const char *name; /* "weekly_review" */
    const char *title;
    const char *description;
    const struct prompt_argument *arguments; /* ended by a NULL name; NULL: none */
    /* One user message. {name} stands for an argument's value, put there as a JSON string, quotes
     * included: data that cannot be taken for the text around it. [[name: …]] is said only when
     * that argument is given, [[!name: …]] only when it is not; parts do not nest, a value that may
     * be absent stands in its own part only, and a part that is all of its line takes the line
     * with it. Other braces are none. NULL when body makes the messages. */
    const char *text;
    /* For a test build: finishes with CALL_MEMBERS ("messages":[…]). in: const cJSON *arguments (an
     * object or NULL), in the call's arena. */
    call_body_fn *body;
};

extern const struct prompt prompt_registry[]; /* generated; ended by a NULL name */

/* Among those (ended by a NULL name); NULL when there is none. */
const struct prompt *prompt_find(const struct prompt *prompts, const char *name);
/* The prompt's argument of that name. NULL: there is none; err (ERR_ARGS) names the nearest. */
const struct prompt_argument *prompt_argument_find(const struct prompt *p, const char *name,
                                                   struct err *err);
/* The entries of prompts/list, separated by commas. */
void prompt_put_list(struct buf *b, const struct prompt *prompts, enum mcp_revision r);

/* prompts/get: checks the arguments (CALL_INVALID says what is missing, unknown, no string or too
 * long; null and blank strings are as good as absent) and finishes with CALL_MEMBERS:
 * "description":…,"messages":[…]. */
struct prompt_get_args {
    const struct prompt *prompt;
    const cJSON *arguments; /* of the request, not yet checked; may be NULL */
};
void prompt_get_body(struct call *call, const void *in);
