/* landing.h: the page at "/": what this server is, the address to paste, how each client connects,
 * and which tools there are.
 *
 * Pure; any thread. The page is the same for everybody, so it may be made once and kept. It needs
 * the Content-Security-Policy LANDING_POLICY. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "pages.h"
#include "tool/tool.h"

#include <stdbool.h>

#define LANDING_POLICY                                                               \
    "default-src 'none'; style-src " PAGE_STYLE_SOURCE " " PAGE_LANDING_STYLE_SOURCE \
    "; script-src " PAGE_LANDING_SCRIPT_SOURCE                                       \
    "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

enum landing_auth {
    LANDING_NOBODY, /* everybody works as the operator */
    LANDING_BEARER, /* callers send an Asana token of their own */
    LANDING_OAUTH,  /* people sign in */
};

struct landing {
    const char *server;  /* our host, for people */
    const char *base;    /* the path that our addresses begin with, or "" */
    const char *url;     /* our address, with scheme, no slash at its end */
    const char *version; /* of this program */
    enum landing_auth auth;
    bool sandbox;
    bool read_only;
    const struct tool *const *tools; /* in their order */
    size_t tools_count;
    /* Which of them are shown; NULL: all. */
    bool (*shows)(const void *context, const struct tool *tool);
    const void *context;
};

/* Memory that is short fails the buffer. The arena is for what is needed meanwhile. */
void landing_write(struct buf *out, struct arena *a, const struct landing *l);
