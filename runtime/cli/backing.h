/* backing.h: which Asana a command works in: the one at --api-url, or a sandbox that is started for
 * it.
 *
 * Main thread. The struct belongs to its caller and borrows from the settings, so it is closed
 * before them. */
#pragma once

#include "asana/client.h"
#include "cli/settings.h"
#include "sandbox/sandbox.h"

#include <stdbool.h>
#include <stdio.h>

struct backing {
    struct sandbox *sandbox; /* NULL: none was asked for */
    struct asana_client_options client;
    struct secret token;              /* empty when callers bring their own */
    const struct sandbox_person *who; /* whose token it is, in the sandbox */
    bool token_replaced; /* the environment has a token that the sandbox does not know */
};

bool backing_open(const struct settings *s, struct backing *out, struct err *err);
void backing_close(struct backing *b);

/* A table of the sandbox's people and their tokens. */
void people_print(FILE *out, const struct sandbox *sandbox);
