/* resources.h: Asana's objects as resources: asana://task/{gid} and its like, read as a Markdown
 * document made for a model, and as JSON (specification, "Resources").
 *
 * The bodies run as calls (tool/call.h, call_run) and finish with CALL_MEMBERS. One worker's
 * thread; what has no call is pure. */
#pragma once

#include "base/buf.h"
#include "mcp/revision.h"
#include "tool/call.h"

#include <stdbool.h>

/* A kind of resources that a module of ours serves. */
struct resource_kind {
    const char *uri_template; /* RFC 6570, "asana://task/{gid}", or a fixed URI without braces */
    const char *name;         /* "task" */
    const char *title;
    const char *description;
    const char *mime_type;
    const char *argument;  /* of the template, "gid"; NULL for a fixed URI */
    const char *completes; /* what completes it: "task", "project" …; NULL: nothing */
    /* Reads one: in is its URI (const char *), in the call's arena. */
    call_body_fn *read;
};

/* Asana's. Ended by a NULL uri_template. */
extern const struct resource_kind resource_kinds[];

/* The kind among those (ended by a NULL uri_template) that a URI belongs to, or NULL. */
const struct resource_kind *resource_kind_of(const struct resource_kind *kinds, const char *uri);
/* False when Asana has no events of it (a person, an unknown URI); *gid is borrowed from uri. */
bool resource_watchable(const char *uri, const char **gid);

/* resources/list: the caller's recent and favourite objects. in: struct resource_list_args. */
struct resource_list_args {
    const char *cursor;               /* NULL: from the start */
    const struct resource_kind *more; /* fixed ones to list first; may be NULL */
    enum mcp_revision revision;
};
void resource_list_body(struct call *call, const void *in);
/* The entries of resources/templates/list for those of the kinds that are templates, and of
 * resources/list for those that are not; separated by commas. */
void resource_put_templates(struct buf *b, const struct resource_kind *kinds, enum mcp_revision r);
void resource_put_fixed(struct buf *b, const struct resource_kind *kinds, enum mcp_revision r);

/* resources/subscribe: makes sure that the object can be read, and finds where its events begin.
 * in: const char *uri. Finishes with CALL_MEMBERS: "sync":"…" */
void resource_subscribe_body(struct call *call, const void *in);
