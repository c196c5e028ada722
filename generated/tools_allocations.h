/* tools_allocations.h: who is planned on what, and for how much of their time.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_allocations_args {
    const char *parent;
    const char *assignee;
    const char *workspace;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_allocations_decode(struct args *a, void *into);
bool asana_get_allocations_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_allocations;
