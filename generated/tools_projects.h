/* tools_projects.h: projects, their sections and status updates.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_project_args {
    const char *project_id;
    const char *opt_fields;
};
bool asana_get_project_decode(struct args *a, void *into);
bool asana_get_project_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_project;

struct asana_get_project_sections_args {
    const char *project_id;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_project_sections_decode(struct args *a, void *into);
bool asana_get_project_sections_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_project_sections;

struct asana_get_projects_args {
    const char *workspace;
    const char *team;
    struct arg_bool archived;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_projects_decode(struct args *a, void *into);
bool asana_get_projects_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_projects;

struct asana_get_project_status_args {
    const char *project_status_gid;
    const char *opt_fields;
};
bool asana_get_project_status_decode(struct args *a, void *into);
bool asana_get_project_status_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_project_status;

struct asana_get_project_statuses_args {
    const char *project_gid;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_project_statuses_decode(struct args *a, void *into);
bool asana_get_project_statuses_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_project_statuses;

struct asana_create_project_status_args {
    const char *project_gid;
    const char *color;
    const char *title;
    const char *text;
    const char *html_text;
    const char *opt_fields;
};
bool asana_create_project_status_decode(struct args *a, void *into);
bool asana_create_project_status_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_create_project_status;

struct asana_get_project_task_counts_args {
    const char *project_id;
    const char *opt_fields;
};
bool asana_get_project_task_counts_decode(struct args *a, void *into);
bool asana_get_project_task_counts_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_project_task_counts;

struct asana_get_projects_for_team_args {
    const char *team_gid;
    struct arg_bool archived;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_projects_for_team_decode(struct args *a, void *into);
bool asana_get_projects_for_team_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_projects_for_team;

struct asana_get_projects_for_workspace_args {
    const char *workspace_gid;
    struct arg_bool archived;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_projects_for_workspace_decode(struct args *a, void *into);
bool asana_get_projects_for_workspace_request(const void *from, struct asana_req *r,
                                              struct err *err);
extern const struct tool asana_get_projects_for_workspace;

struct asana_create_project_args {
    const char *name;
    const char *workspace;
    const char *team;
    const char *notes;
    const char *html_notes;
    const char *owner;
    const char *due_on;
    const char *start_on;
    const char *default_view;
    const char *privacy_setting;
    struct arg_bool public;
    const char *color;
    const struct arg_list *followers;
    const cJSON *custom_fields;
    struct arg_bool archived;
    const char *opt_fields;
};
bool asana_create_project_decode(struct args *a, void *into);
bool asana_create_project_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_create_project;
