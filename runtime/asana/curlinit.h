/* curlinit.h: libcurl's start, once per process.
 *
 * libcurl copies headers and bodies into buffers of its own, tokens among them. It gets an
 * allocator that wipes memory when it is given back, so that none of those copies
 * outlives its use. Any thread. */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* The first call loads and starts libcurl; nobody else calls curl_global_init(). False with err set
 * when there is none, or this one cannot do what the server needs: start at all, TLS, gzip,
 * name resolution off the caller's thread. */
bool curlinit(struct err *err);
/* At the end of the process, when no handle is left. */
void curlinit_done(void);
