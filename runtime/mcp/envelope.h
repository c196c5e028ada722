/* envelope.h: what stands around every result in a revision: its type, how long it may be kept, and
 * who gave it (specification 2026-07-28, "Responses", "Caching"). Earlier revisions have none of
 * it.
 *
 * Pure functions; any thread. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"
#include "mcp/revision.h"

enum mcp_cache {
    MCP_CACHE_NONE,   /* not among the results that say so */
    MCP_CACHE_SHARED, /* the same for everybody, until the program is replaced */
    MCP_CACHE_OWN,    /* this person's, for a short while */
    MCP_CACHE_FRESH,  /* this person's, and stale at once: people work in Asana meanwhile */
};

/* The Implementation object: name and version, and what else the revision knows. whole: also what
 * need not be told with every result (description, icons), but only in those that clients keep. */
void mcp_put_server(struct buf *b, enum mcp_revision r, bool whole);

/* A result object: its members (not empty; ours, or checked JSON from outside), then what the
 * revision adds. type: "complete" or "input_required". */
void mcp_put_result(struct buf *b, enum mcp_revision r, struct slice members, const char *type,
                    enum mcp_cache cache);
/* Only what follows the members (which may be none), with the closing brace. meta: further members
 * of _meta, or empty. */
void mcp_end_result(struct buf *b, enum mcp_revision r, const char *type, enum mcp_cache cache,
                    struct slice meta);
