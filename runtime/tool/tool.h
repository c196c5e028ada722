/* tool.h: what the generator says about each tool; the tables are in generated/. Constant data, any
 * thread. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct args;
struct asana_req;
struct call;
struct pack_tool;
struct pack_extra;
struct visible_rules;

enum tool_effect { TOOL_READ, TOOL_CREATE, TOOL_UPDATE, TOOL_DELETE };

/* A further GET, sent only when the caller wants it; its data becomes a member of the answer's. */
struct tool_extra {
    const char *member;      /* "subtasks" */
    const char *keep_member; /* only items in which this member … */
    const char *keep_value;  /* … is this string are kept; NULL: all */
    const char *more;        /* for the model, when Asana has more than this page; NULL: one page */
    bool (*wanted)(const void *in);
    bool (*request)(const void *in, struct asana_req *r, struct err *err);
    const struct pack_extra *pack; /* of a packed tool: what the two above are elsewhere */
};

/* An argument that clients of revision 2026-07-28 send as a header, too. */
struct tool_header {
    const char *name;  /* "Workspace": Mcp-Param-Workspace */
    const char *param; /* "workspace" */
};

struct tool {
    const char *name;    /* the V1 name, "asana_get_task" */
    const char *title;   /* "Get a task" */
    const char *toolset; /* "tasks" */
    const char *description;
    const char *fields; /* asked for when a call names no opt_fields; NULL: the schema's own */
    enum tool_effect effect;
    bool idempotent;  /* a second call with the same arguments changes nothing more */
    bool destructive; /* may overwrite or delete what was there; otherwise it only adds */
    bool paged;       /* takes offset; answers next_page */
    bool sync;        /* takes and answers a token: what happened since */
    const char *more; /* for the model, when a list came back full and without a next_page; NULL:
                         not such a list */
    size_t limit_at; /* with more: full is as many as the struct arg_int here in the arguments … */
    unsigned full_at; /* … or this many, unless it is 0: where Asana stops */
    /* Compact JSON texts, for the listing. */
    const char *input_schema;
    const char *output_schema;
    const struct tool_header *headers; /* ended by a NULL name; NULL: none */
    const char *modern_schema; /* input_schema with x-mcp-header at those; NULL without them */
    /* The decoded arguments: args_size bytes, zeroed, filled by decode. */
    size_t args_size;
    bool (*decode)(struct args *a, void *in);
    /* Builds the one request this tool sends; NULL when handle does the work. */
    bool (*request)(const void *in, struct asana_req *r, struct err *err);
    const struct tool_extra *extras; /* ended by a NULL member; NULL: none */
    /* A hand-written body (schema keyword "handler"): answers the call now or later. NULL for all
     * others. */
    void (*handle)(struct call *call, const void *in);
    /* What its requests name, where that is not among the compiled rules (tool/visible_rules.h);
     * NULL: it is. */
    const struct visible_rules *visible;
    /* Of a tool from a file (tool/pack.h): what decode and request are elsewhere. NULL for all
     * others. */
    const struct pack_tool *pack;
};

struct toolset {
    const char *name;
    const char *title;
    const char *description;
};

/* In V1's order of listing. */
extern const struct tool *const tool_registry[];
extern const size_t tool_registry_count;
extern const struct toolset tool_toolsets[];
extern const size_t tool_toolsets_count;

/* A choice of the compiled tools for one purpose (schema/profiles.json). */
struct tool_profile {
    const char *name; /* NULL ends tool_profiles */
    const char *description;
    const char *const *tools; /* names, ended by NULL; NULL: all of them */
};

extern const struct tool_profile tool_profiles[];

/* What the tools are made of, as a digest; packs of further tools have to say the same. */
extern const char tool_schema[];

const struct tool *tool_find(const char *name); /* NULL when there is none; generated, O(log n) */
