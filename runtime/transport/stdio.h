/* stdio.h: the protocol on standard input and output, one JSON message a line, for an assistant
 * that starts us itself.
 *
 * Runs its own loop on the calling thread until standard input ends and every answer is written. */
#pragma once

#include "asana/client.h"
#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>

struct stdio_options {
    int in_fd;
    int out_fd;
    const struct secret *asana_token;
    struct asana_client_options asana;
};

bool stdio_serve(const struct stdio_options *options, struct err *err);
