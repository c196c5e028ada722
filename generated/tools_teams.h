/* tools_teams.h: teams and who is in which.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_teams_for_workspace_args {
    const char *workspace_gid;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_teams_for_workspace_decode(struct args *a, void *into);
bool asana_get_teams_for_workspace_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_teams_for_workspace;

struct asana_get_teams_for_user_args {
    const char *user;
    const char *organization;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_teams_for_user_decode(struct args *a, void *into);
bool asana_get_teams_for_user_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_teams_for_user;
