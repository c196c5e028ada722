/* clients.h: how each client (assistant, editor, …) is connected to this server, from
 * schema/clients.
 *
 * A text may hold {url} (the address of the transport), {base} (the server's address), {name} (what
 * the client is to call the server) and {program} (where asana-mcp is); recipe.h fills them in.
 * Constant data; any thread. */
#pragma once

#include <stdbool.h>

enum client_transport { CLIENT_HTTP, CLIENT_SSE, CLIENT_STDIO, CLIENT_TRANSPORTS };

enum client_format {
    CLIENT_TEXT,
    CLIENT_SHELL,
    CLIENT_JSON,
    CLIENT_JSONC,
    CLIENT_TOML,
    CLIENT_INI,
    CLIENT_PYTHON,
};

struct client_snippet {
    const char *title;
    enum client_format format;
    unsigned transports; /* bits 1 << enum client_transport */
    bool bearer;         /* the caller sends a token of their own, named by a variable */
    const char *text;
};

/* A file of the client's that lists servers. */
struct client_settings {
    enum client_format format;
    const char *linux_file; /* ~ is the home folder; NULL: known for projects only */
    const char *macos_file;
    const char *project_file;                      /* in a project's folder; NULL: none */
    const char *const *at;                         /* names of the objects that the entry is in */
    const char *entries[CLIENT_TRANSPORTS];        /* NULL: not by that transport */
    const char *bearer_entries[CLIENT_TRANSPORTS]; /* the same with the caller's own token */
};

struct client {
    const char *name;
    const char *title;
    const char *group; /* as people read it */
    const char *about; /* one sentence */
    const char *docs;  /* where its maker explains it */
    enum client_transport best;
    unsigned transports; /* bits 1 << enum client_transport */
    bool signs_in;       /* it can open a browser and have a person sign in */
    bool sends_bearer;   /* it can send a token of the caller's */
    bool from_outside;   /* its maker's computers call this server */
    const char *const *steps;
    const struct client_snippet *snippets;  /* ended by a NULL title; NULL: none */
    const struct client_settings *settings; /* NULL: none that people edit */
};

/* Ended by a NULL name, in the order in which they are shown. */
extern const struct client client_registry[];
