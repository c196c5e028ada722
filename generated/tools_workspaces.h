/* tools_workspaces.h: where everything lives.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_list_workspaces_args {
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_list_workspaces_decode(struct args *a, void *into);
bool asana_list_workspaces_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_list_workspaces;
