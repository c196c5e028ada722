/* tools_time_periods.h: the years, halves and quarters that goals are set for.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_time_period_args {
    const char *time_period_gid;
    const char *opt_fields;
};
bool asana_get_time_period_decode(struct args *a, void *into);
bool asana_get_time_period_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_time_period;

struct asana_get_time_periods_args {
    const char *workspace;
    const char *start_on;
    const char *end_on;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_time_periods_decode(struct args *a, void *into);
bool asana_get_time_periods_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_time_periods;
