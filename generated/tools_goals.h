/* tools_goals.h: goals, their progress and what they serve.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_goals_args {
    const char *workspace;
    const char *team;
    const char *portfolio;
    const char *project;
    const char *task;
    struct arg_bool is_workspace_level;
    const struct arg_list *time_periods;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_goals_decode(struct args *a, void *into);
bool asana_get_goals_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_goals;

struct asana_get_goal_args {
    const char *goal_gid;
    const char *opt_fields;
};
bool asana_get_goal_decode(struct args *a, void *into);
bool asana_get_goal_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_goal;

struct asana_create_goal_args {
    const char *name;
    const char *workspace;
    const char *team;
    const char *time_period;
    const char *owner;
    const char *due_on;
    const char *start_on;
    const char *notes;
    const char *html_notes;
    struct arg_bool is_workspace_level;
    const struct arg_list *followers;
    const char *opt_fields;
};
bool asana_create_goal_decode(struct args *a, void *into);
bool asana_create_goal_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_create_goal;

struct asana_get_parent_goals_for_goal_args {
    const char *goal_gid;
    const char *opt_fields;
};
bool asana_get_parent_goals_for_goal_decode(struct args *a, void *into);
bool asana_get_parent_goals_for_goal_request(const void *from, struct asana_req *r,
                                             struct err *err);
extern const struct tool asana_get_parent_goals_for_goal;

struct asana_update_goal_args {
    const char *goal_gid;
    const char *name;
    const char *owner;
    const char *due_on;
    const char *start_on;
    const char *notes;
    const char *html_notes;
    const char *status;
    const char *time_period;
    const char *team;
    const char *workspace;
    struct arg_bool is_workspace_level;
    struct arg_bool liked;
    const cJSON *custom_fields;
    const char *opt_fields;
};
bool asana_update_goal_decode(struct args *a, void *into);
bool asana_update_goal_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_update_goal;

struct asana_update_goal_metric_args {
    const char *goal_gid;
    struct arg_num current_number_value;
    const char *opt_fields;
};
bool asana_update_goal_metric_decode(struct args *a, void *into);
bool asana_update_goal_metric_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_update_goal_metric;
