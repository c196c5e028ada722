/* tool.h: what the generator says about each tool; the tables are in generated/. Constant data, any
 * thread. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct args;
struct asana_req;
struct call;

enum tool_effect { TOOL_READ, TOOL_CREATE, TOOL_UPDATE, TOOL_DELETE };

struct tool {
    const char *name;    /* the V1 name, "asana_get_task" */
    const char *title;   /* "Get a task" */
    const char *toolset; /* "tasks" */
    const char *description;
    enum tool_effect effect;
    bool idempotent;
    bool paged; /* takes limit and offset; answers next_page */
    /* Compact JSON texts, for the listing. */
    const char *input_schema;
    const char *output_schema;
    /* The decoded arguments: args_size bytes, zeroed, filled by decode. */
    size_t args_size;
    bool (*decode)(struct args *a, void *in);
    /* Builds the one request this tool sends; NULL when handle does the work. */
    bool (*request)(const void *in, struct asana_req *r, struct err *err);
    /* A hand-written body (schema keyword "handler"): answers the call now or later. NULL for all
     * others. */
    void (*handle)(struct call *call, const void *in);
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

const struct tool *tool_find(const char *name); /* NULL when there is none; generated, O(log n) */
