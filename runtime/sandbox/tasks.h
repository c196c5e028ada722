/* tasks.h: tasks: reading, listing, writing, and the links between them. */
#pragma once

#include "sandbox/request.h"

void sb_get_task(struct sb_call *c);
void sb_get_tasks(struct sb_call *c);
void sb_get_tasks_for_project(struct sb_call *c);
void sb_get_tasks_for_section(struct sb_call *c);
void sb_get_tasks_for_tag(struct sb_call *c);
void sb_get_tasks_for_user_task_list(struct sb_call *c);
void sb_get_subtasks(struct sb_call *c);
void sb_create_task(struct sb_call *c);
void sb_create_subtask(struct sb_call *c);
void sb_update_task(struct sb_call *c);
void sb_delete_task(struct sb_call *c);
void sb_search_tasks(struct sb_call *c);

void sb_add_followers(struct sb_call *c);
void sb_remove_followers(struct sb_call *c);
void sb_add_dependencies(struct sb_call *c);
void sb_add_dependents(struct sb_call *c);
void sb_remove_dependencies(struct sb_call *c);
void sb_remove_dependents(struct sb_call *c);
void sb_set_parent(struct sb_call *c);
void sb_add_project(struct sb_call *c);
void sb_remove_project(struct sb_call *c);
void sb_add_task_to_section(struct sb_call *c);

/* Puts a task into a project: at the end of section, or of the first section when it is 0; moves it
 * when it is there already. With its stories. */
void sb_task_place(struct sb_call *c, int64_t task, int64_t project, int64_t section);
/* Makes the task a subtask of parent (0: of none), last among its siblings; refuses cycles. */
bool sb_task_reparent(struct sb_call *c, int64_t task, int64_t parent);
void sb_task_touch(struct sb_call *c, int64_t task);

/* Dates of a task: what is stored, and the rules between the four. */
struct sb_dates {
    const char *due_on;
    int64_t due_at; /* 0: none */
    const char *start_on;
    int64_t start_at;
};
/* What of it a request names. */
struct sb_date_change {
    enum sb_has due_on, due_at, start_on, start_at;
    struct sb_dates to;
};
/* Applies the change to d: a time gives its day, a day drops its time, start needs due. NULL, or
 * what is wrong. */
const char *sb_dates_apply(struct arena *a, struct sb_dates *d,
                           const struct sb_date_change *change);
