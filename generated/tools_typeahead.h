/* tools_typeahead.h: find anything by its name.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_typeahead_search_args {
    const char *workspace_gid;
    const char *resource_type;
    const char *query;
    struct arg_int count;
    const char *opt_fields;
};
bool asana_typeahead_search_decode(struct args *a, void *into);
bool asana_typeahead_search_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_typeahead_search;
