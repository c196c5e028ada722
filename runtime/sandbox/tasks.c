#include "sandbox/tasks.h"

#include "sandbox/page.h"
#include "sandbox/types.h"

#include <string.h>

void sb_get_task(struct sb_call *c)
{
    int64_t task;
    if (sb_task(c, "task", c->path_arg[0], &task))
        sb_answer_object(c, 200, &sb_task_type, task);
}

/* Tasks that the person may see, and that completed_since and modified_since leave. */
static void filtered(struct sb_call *c, struct sb_keys *keys)
{
    const char *since = sb_query_arg(c, "completed_since");
    int64_t completed_since = 0;
    int64_t modified_since = 0;
    if (since && strcmp(since, "now") == 0)
        completed_since = c->now + 1;
    else
        sb_query_time(c, "completed_since", &completed_since);
    sb_query_time(c, "modified_since", &modified_since);
    size_t kept = 0;
    for (size_t i = 0; i < keys->count && !c->failed; i++)
        if (sb_int(c->db,
                   "SELECT 1 FROM task t WHERE t.gid = ?1 AND " SB_SEES_TASK(
                       "t.gid") " AND (NOT t.completed OR ?3 IS NULL OR t.completed_at >= ?3) AND "
                                "(?4 IS NULL OR t.modified_at >= ?4)",
                   "iigg", keys->keys[i], c->me, completed_since, modified_since))
            keys->keys[kept++] = keys->keys[i];
    keys->count = kept;
}

/* Reads completed_since and modified_since and lists what sql (a statement giving gids of tasks by
 * ?1, for ?2 me) yields. */
static void list_tasks(struct sb_call *c, const char *sql, int64_t of)
{
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys, sb_query(c->db, sql, "ii", of, c->me));
    filtered(c, &keys);
    sb_answer_page(c, &sb_task_type, &keys);
}

static const char of_project[] =
    "SELECT tp.task FROM task_project tp JOIN section s ON s.gid = tp.section "
    "WHERE tp.project = ?1 ORDER BY s.position, tp.position";
static const char of_section[] =
    "SELECT task FROM task_project WHERE section = ?1 ORDER BY position";
static const char of_tag[] = "SELECT task FROM task_tag WHERE tag = ?1 ORDER BY task";

void sb_get_tasks_for_project(struct sb_call *c)
{
    int64_t project;
    if (sb_project(c, "project", c->path_arg[0], &project))
        list_tasks(c, of_project, project);
}

void sb_get_tasks_for_section(struct sb_call *c)
{
    int64_t section;
    if (sb_section(c, "section", c->path_arg[0], &section))
        list_tasks(c, of_section, section);
}

void sb_get_tasks_for_tag(struct sb_call *c)
{
    int64_t tag;
    if (sb_tag(c, "tag", c->path_arg[0], &tag))
        list_tasks(c, of_tag, tag);
}

void sb_get_subtasks(struct sb_call *c)
{
    int64_t task;
    if (sb_task(c, "task", c->path_arg[0], &task))
        list_tasks(c, "SELECT gid FROM task WHERE parent = ?1 ORDER BY position", task);
}

void sb_get_tasks_for_user_task_list(struct sb_call *c)
{
    int64_t list;
    if (sb_user_task_list(c, "user_task_list", c->path_arg[0], &list))
        list_tasks(c,
                   "SELECT t.gid FROM user_task_list l JOIN task t ON t.assignee = l.user AND "
                   "t.workspace = l.workspace "
                   "WHERE l.gid = ?1 ORDER BY t.gid DESC",
                   list);
}

static void of_assignee(struct sb_call *c, const char *assignee, const char *workspace)
{
    int64_t place;
    int64_t user;
    if (!sb_workspace(c, "workspace", workspace, &place) ||
        !sb_user(c, "assignee", assignee, place, &user))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(
        c, &keys,
        sb_query(c->db,
                 "SELECT gid FROM task WHERE assignee = ?1 AND workspace = ?2 ORDER BY gid DESC",
                 "ii", user, place));
    filtered(c, &keys);
    sb_answer_page(c, &sb_task_type, &keys);
}

/* Exactly one of project, section, tag, or assignee with workspace. */
void sb_get_tasks(struct sb_call *c)
{
    const char *project = sb_query_arg(c, "project");
    const char *section = sb_query_arg(c, "section");
    const char *tag = sb_query_arg(c, "tag");
    const char *assignee = sb_query_arg(c, "assignee");
    const char *workspace = sb_query_arg(c, "workspace");
    int contexts = (project != NULL) + (section != NULL) + (tag != NULL) + (assignee != NULL);
    if (contexts == 0) {
        sb_fail(c, 400,
                workspace
                    ? "assignee: Missing input"
                    : "You should specify one of project, tag, section, or assignee and workspace");
        return;
    }
    if (contexts > 1 || (workspace && !assignee)) {
        sb_fail(c, 400,
                "Must specify exactly one of project, tag, section, user task list, or assignee + "
                "workspace");
        return;
    }
    int64_t of;
    if (project && sb_project(c, "project", project, &of))
        list_tasks(c, of_project, of);
    if (section && sb_section(c, "section", section, &of))
        list_tasks(c, of_section, of);
    if (tag && sb_tag(c, "tag", tag, &of))
        list_tasks(c, of_tag, of);
    if (assignee)
        of_assignee(c, assignee, workspace);
}

void sb_task_touch(struct sb_call *c, int64_t task)
{
    sb_run(c->db, "UPDATE task SET modified_at = ?2 WHERE gid = ?1", "ii", task, c->now);
}

void sb_delete_task(struct sb_call *c)
{
    int64_t task;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    /* With the subtasks that live nowhere else; those in a project of their own stay, as tasks. */
    sb_run(c->db, "CREATE TEMP TABLE IF NOT EXISTS doomed(gid INTEGER PRIMARY KEY)", "");
    sb_run(c->db, "DELETE FROM doomed", "");
    sb_run(c->db,
           "INSERT INTO doomed WITH RECURSIVE down(gid) AS (SELECT ?1 UNION SELECT t.gid FROM task "
           "t JOIN down ON "
           "t.parent = down.gid WHERE NOT EXISTS(SELECT 1 FROM task_project tp WHERE tp.task = "
           "t.gid)) "
           "SELECT gid FROM down",
           "i", task);
    sb_run(c->db, "UPDATE task SET parent = NULL WHERE parent IN doomed AND gid NOT IN doomed", "");
    sb_run(c->db, "DELETE FROM field_value WHERE object IN doomed", "");
    sb_run(c->db, "DELETE FROM attachment WHERE parent IN doomed", "");
    sb_run(c->db, "DELETE FROM liked WHERE object IN doomed", "");
    sb_run(c->db, "DELETE FROM object WHERE gid IN doomed", "");
    sb_run(c->db, "DELETE FROM task WHERE gid IN doomed", "");
    sb_answer_empty(c);
}
