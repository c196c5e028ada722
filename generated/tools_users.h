/* tools_users.h: who you are and who others are.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_user_args {
    const char *user_id;
    const char *opt_fields;
};
bool asana_get_user_decode(struct args *a, void *into);
bool asana_get_user_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_user;

struct asana_get_team_users_args {
    const char *team_id;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_team_users_decode(struct args *a, void *into);
bool asana_get_team_users_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_team_users;

struct asana_get_workspace_users_args {
    const char *workspace_gid;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_workspace_users_decode(struct args *a, void *into);
bool asana_get_workspace_users_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_workspace_users;
