/* tools_portfolios.h: portfolios and what is in them.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_portfolio_args {
    const char *portfolio_gid;
    const char *opt_fields;
};
bool asana_get_portfolio_decode(struct args *a, void *into);
bool asana_get_portfolio_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_portfolio;

struct asana_get_portfolios_args {
    const char *workspace;
    const char *owner;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_portfolios_decode(struct args *a, void *into);
bool asana_get_portfolios_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_portfolios;

struct asana_get_items_for_portfolio_args {
    const char *portfolio_gid;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_items_for_portfolio_decode(struct args *a, void *into);
bool asana_get_items_for_portfolio_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_items_for_portfolio;
