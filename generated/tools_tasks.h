/* tools_tasks.h: find, read, create and change tasks, and talk about them in comments.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_search_tasks_args {
    const char *workspace;
    const char *text;
    const char *resource_subtype;
    const struct arg_list *assignee_any;
    const struct arg_list *assignee_not;
    const struct arg_list *followers_any;
    const struct arg_list *followers_not;
    const struct arg_list *created_by_any;
    const struct arg_list *created_by_not;
    const struct arg_list *assigned_by_any;
    const struct arg_list *assigned_by_not;
    const struct arg_list *liked_by_not;
    const struct arg_list *commented_on_by_not;
    const struct arg_list *projects_any;
    const struct arg_list *projects_not;
    const struct arg_list *projects_all;
    const struct arg_list *sections_any;
    const struct arg_list *sections_not;
    const struct arg_list *sections_all;
    const struct arg_list *tags_any;
    const struct arg_list *tags_not;
    const struct arg_list *tags_all;
    const struct arg_list *teams_any;
    const struct arg_list *portfolios_any;
    const char *due_on;
    const char *due_on_before;
    const char *due_on_after;
    const char *start_on;
    const char *start_on_before;
    const char *start_on_after;
    const char *created_on;
    const char *created_on_before;
    const char *created_on_after;
    const char *completed_on;
    const char *completed_on_before;
    const char *completed_on_after;
    const char *modified_on;
    const char *modified_on_before;
    const char *modified_on_after;
    const char *due_at_before;
    const char *due_at_after;
    const char *created_at_before;
    const char *created_at_after;
    const char *completed_at_before;
    const char *completed_at_after;
    const char *modified_at_before;
    const char *modified_at_after;
    struct arg_bool completed;
    struct arg_bool is_subtask;
    struct arg_bool is_blocked;
    struct arg_bool is_blocking;
    struct arg_bool has_attachment;
    const cJSON *custom_fields;
    const char *sort_by;
    struct arg_bool sort_ascending;
    struct arg_int limit;
    const char *opt_fields;
};
bool asana_search_tasks_decode(struct args *a, void *into);
bool asana_search_tasks_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_search_tasks;

struct asana_get_task_args {
    const char *task_id;
    struct arg_bool include_subtasks;
    struct arg_bool include_comments;
    const char *opt_fields;
};
bool asana_get_task_decode(struct args *a, void *into);
bool asana_get_task_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_task;

struct asana_create_task_args {
    const char *name;
    const char *project_id;
    const char *section_id;
    const char *parent;
    const char *workspace;
    const char *assignee;
    const char *notes;
    const char *html_notes;
    const char *due_on;
    const char *due_at;
    const char *start_on;
    const char *start_at;
    struct arg_bool completed;
    const struct arg_list *followers;
    const cJSON *custom_fields;
    const char *resource_subtype;
    const char *opt_fields;
};
bool asana_create_task_decode(struct args *a, void *into);
bool asana_create_task_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_create_task;

struct asana_update_task_args {
    const char *task_id;
    const char *name;
    const char *notes;
    const char *html_notes;
    const char *assignee;
    struct arg_bool completed;
    const char *due_on;
    const char *due_at;
    const char *start_on;
    const char *start_at;
    const cJSON *custom_fields;
    const char *opt_fields;
};
bool asana_update_task_decode(struct args *a, void *into);
bool asana_update_task_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_update_task;

struct asana_get_stories_for_task_args {
    const char *task_id;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_stories_for_task_decode(struct args *a, void *into);
bool asana_get_stories_for_task_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_stories_for_task;

struct asana_create_task_story_args {
    const char *task_id;
    const char *text;
    const char *html_text;
    const char *opt_fields;
};
bool asana_create_task_story_decode(struct args *a, void *into);
bool asana_create_task_story_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_create_task_story;

struct asana_set_task_dependencies_args {
    const char *task_id;
    const struct arg_list *dependencies;
};
bool asana_set_task_dependencies_decode(struct args *a, void *into);
bool asana_set_task_dependencies_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_set_task_dependencies;

struct asana_set_task_dependents_args {
    const char *task_id;
    const struct arg_list *dependents;
};
bool asana_set_task_dependents_decode(struct args *a, void *into);
bool asana_set_task_dependents_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_set_task_dependents;

struct asana_set_parent_for_task_args {
    const char *task_id;
    const char *parent;
    const char *insert_before;
    const char *insert_after;
    const char *opt_fields;
};
bool asana_set_parent_for_task_decode(struct args *a, void *into);
bool asana_set_parent_for_task_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_set_parent_for_task;

struct asana_get_tasks_args {
    const char *workspace;
    const char *assignee;
    const char *project;
    const char *section;
    const char *tag;
    const char *user_task_list;
    const char *completed_since;
    const char *modified_since;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_tasks_decode(struct args *a, void *into);
bool asana_get_tasks_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_tasks;

struct asana_delete_task_args {
    const char *task_id;
};
bool asana_delete_task_decode(struct args *a, void *into);
bool asana_delete_task_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_delete_task;

struct asana_add_task_followers_args {
    const char *task_id;
    const struct arg_list *followers;
    const char *opt_fields;
};
bool asana_add_task_followers_decode(struct args *a, void *into);
bool asana_add_task_followers_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_add_task_followers;

struct asana_remove_task_followers_args {
    const char *task_id;
    const struct arg_list *followers;
    const char *opt_fields;
};
bool asana_remove_task_followers_decode(struct args *a, void *into);
bool asana_remove_task_followers_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_remove_task_followers;
