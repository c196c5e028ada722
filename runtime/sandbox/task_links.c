#include "sandbox/stories.h"
#include "sandbox/tasks.h"
#include "sandbox/types.h"

/* Dependencies and dependents of one task together. */
#define LINKS_MAX 30

#define TASK_NAME "SELECT name FROM task WHERE gid = ?1"

static bool needed_list(struct sb_call *c, const char *name, struct sb_list *out)
{
    if (sb_body_list(c, name, out) != SB_VALUE)
        return sb_fail(c, 400, "%s: Missing input", name);
    return true;
}

static void change_followers(struct sb_call *c, bool add)
{
    int64_t task;
    struct sb_list list = { 0 };
    if (!sb_task(c, "task", c->path_arg[0], &task) || !needed_list(c, "followers", &list))
        return;
    int64_t workspace = sb_int(c->db, "SELECT workspace FROM task WHERE gid = ?1", "i", task);
    for (size_t i = 0; i < list.count; i++) {
        int64_t user;
        if (!sb_user(c, "followers", list.items[i], workspace, &user))
            return;
        bool follows = sb_int(c->db, "SELECT 1 FROM task_follower WHERE task = ?1 AND user = ?2",
                              "ii", task, user);
        if (follows == add)
            continue;
        sb_run(c->db,
               add ? "INSERT INTO task_follower(task, user) VALUES(?1, ?2)"
                   : "DELETE FROM task_follower WHERE task = ?1 AND user = ?2",
               "ii", task, user);
        const char *name = sb_name_of(c, "SELECT name FROM user WHERE gid = ?1", user);
        sb_story_add(
            c, &(struct sb_story){
                   .task = task,
                   .subtype = add ? "follower_added" : "follower_removed",
                   .ref = user,
                   .text = arena_printf(c->arena, add ? "added %s as a collaborator" : "removed %s",
                                        name) });
    }
    sb_task_touch(c, task);
    sb_answer_object(c, 200, &sb_task_type, task);
}

void sb_add_followers(struct sb_call *c)
{
    change_followers(c, true);
}

void sb_remove_followers(struct sb_call *c)
{
    change_followers(c, false);
}

static bool link(struct sb_call *c, int64_t task, int64_t needs)
{
    if (task == needs)
        return sb_fail(c, 400, "A task can't depend on itself");
    if (sb_int(c->db,
               "WITH RECURSIVE up(gid) AS (SELECT ?2 UNION SELECT d.needs FROM dependency d JOIN "
               "up ON d.task = up.gid) "
               "SELECT 1 FROM up WHERE gid = ?1",
               "ii", task, needs))
        return sb_fail(c, 400, "A task can't depend on a task that depends on it");
    if (sb_int(c->db, "SELECT 1 FROM dependency WHERE task = ?1 AND needs = ?2", "ii", task, needs))
        return true;
    const int64_t ends[] = { task, needs };
    for (size_t i = 0; i < 2; i++)
        if (sb_int(c->db, "SELECT count(*) FROM dependency WHERE task = ?1 OR needs = ?1", "i",
                   ends[i]) >= LINKS_MAX)
            return sb_fail(c, 400, "A task can have at most %d dependencies and dependents",
                           LINKS_MAX);
    sb_run(c->db, "INSERT INTO dependency(task, needs) VALUES(?1, ?2)", "ii", task, needs);
    const char *name = sb_name_of(c, TASK_NAME, needs);
    sb_story_add(c,
                 &(struct sb_story){
                     .task = task,
                     .subtype = "dependency_added",
                     .ref = needs,
                     .text = arena_printf(c->arena, "marked this task blocked by \"%s\"", name) });
    sb_task_touch(c, task);
    return true;
}

static void add_links(struct sb_call *c, const char *field, bool dependents)
{
    int64_t task;
    struct sb_list list = { 0 };
    if (!sb_task(c, "task", c->path_arg[0], &task) || !needed_list(c, field, &list) ||
        !sb_premium(c, sb_int(c->db, "SELECT workspace FROM task WHERE gid = ?1", "i", task)))
        return;
    for (size_t i = 0; i < list.count; i++) {
        int64_t other;
        if (!sb_task(c, field, list.items[i], &other))
            return;
        if (!(dependents ? link(c, other, task) : link(c, task, other)))
            return;
    }
    sb_answer_empty(c);
}

void sb_add_dependencies(struct sb_call *c)
{
    add_links(c, "dependencies", false);
}

void sb_add_dependents(struct sb_call *c)
{
    add_links(c, "dependents", true);
}

static void remove_links(struct sb_call *c, const char *field, bool dependents)
{
    int64_t task;
    struct sb_list list = { 0 };
    if (!sb_task(c, "task", c->path_arg[0], &task) || !needed_list(c, field, &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        int64_t other;
        if (!sb_task(c, field, list.items[i], &other))
            return;
        int64_t from = dependents ? other : task;
        int64_t needs = dependents ? task : other;
        if (!sb_int(c->db, "SELECT 1 FROM dependency WHERE task = ?1 AND needs = ?2", "ii", from,
                    needs))
            continue;
        sb_run(c->db, "DELETE FROM dependency WHERE task = ?1 AND needs = ?2", "ii", from, needs);
        const char *name = sb_name_of(c, TASK_NAME, needs);
        sb_story_add(c, &(struct sb_story){
                            .task = from,
                            .subtype = "dependency_removed",
                            .ref = needs,
                            .text = arena_printf(c->arena, "no longer blocked by \"%s\"", name) });
        sb_task_touch(c, from);
    }
    sb_answer_empty(c);
}

void sb_remove_dependencies(struct sb_call *c)
{
    remove_links(c, "dependencies", false);
}

void sb_remove_dependents(struct sb_call *c)
{
    remove_links(c, "dependents", true);
}

bool sb_task_reparent(struct sb_call *c, int64_t task, int64_t parent)
{
    if (parent && sb_int(c->db,
                         "WITH RECURSIVE up(gid) AS (SELECT ?2 UNION SELECT t.parent FROM task t "
                         "JOIN up ON t.gid = up.gid "
                         "WHERE t.parent IS NOT NULL) SELECT 1 FROM up WHERE gid = ?1",
                         "ii", task, parent))
        return sb_fail(c, 400,
                       "parent: A task can't be a subtask of itself or of its own subtasks");
    if (parent &&
        sb_int(
            c->db,
            "SELECT a.workspace <> b.workspace FROM task a, task b WHERE a.gid = ?1 AND b.gid = ?2",
            "ii", task, parent))
        return sb_fail(c, 400, "parent: Must be in the same workspace as the task");
    int64_t old = sb_int(c->db, "SELECT parent FROM task WHERE gid = ?1", "i", task);
    sb_run(
        c->db,
        "UPDATE task SET parent = ?2, position = CASE WHEN ?2 IS NULL THEN NULL ELSE"
        " coalesce((SELECT max(position) FROM task WHERE parent = ?2), 0) + 1 END WHERE gid = ?1",
        "ig", task, parent);
    if (parent && parent != old)
        sb_story_add(c,
                     &(struct sb_story){ .task = task,
                                         .subtype = "added_to_task",
                                         .ref = parent,
                                         .text = arena_printf(c->arena, "added to task \"%s\"",
                                                              sb_name_of(c, TASK_NAME, parent)) });
    return true;
}

/* Puts a row beside a sibling: position halfway to the next one. after NULL means before. */
static bool place_beside(struct sb_call *c, int64_t task, int64_t parent)
{
    const char *text = NULL;
    enum sb_has after = sb_body_str(c, "insert_after", &text);
    const char *before_text = NULL;
    enum sb_has before = sb_body_str(c, "insert_before", &before_text);
    if (after != SB_ABSENT && before != SB_ABSENT)
        return sb_fail(c, 400,
                       "insert_before: Only one of insert_before and insert_after can be given");
    if (after == SB_ABSENT && before == SB_ABSENT)
        return true;
    if (!parent)
        return sb_fail(c, 400, "insert_%s: Needs a parent",
                       after != SB_ABSENT ? "after" : "before");
    int64_t sibling = 0;
    const char *name = after == SB_VALUE ? "insert_after" : "insert_before";
    if ((after == SB_VALUE || before == SB_VALUE) &&
        !sb_task(c, name, after == SB_VALUE ? text : before_text, &sibling))
        return false;
    if (sibling &&
        (sibling == task || !sb_int(c->db, "SELECT 1 FROM task WHERE gid = ?1 AND parent = ?2",
                                    "ii", sibling, parent)))
        return sb_fail(c, 400, "%s: Not a subtask of the parent: %lld", name, (long long)sibling);
    const char *sql;
    if (after == SB_VALUE)
        sql = "UPDATE task SET position = (SELECT (s.position + coalesce((SELECT min(n.position) "
              "FROM task n WHERE n.parent = ?2"
              " AND n.gid <> ?1 AND n.position > s.position), s.position + 2)) / 2 FROM task s "
              "WHERE s.gid = ?3) WHERE gid = ?1";
    else if (before == SB_VALUE)
        sql = "UPDATE task SET position = (SELECT (s.position + coalesce((SELECT max(n.position) "
              "FROM task n WHERE n.parent = ?2"
              " AND n.gid <> ?1 AND n.position < s.position), s.position - 2)) / 2 FROM task s "
              "WHERE s.gid = ?3) WHERE gid = ?1";
    else if (after == SB_NULL) /* after nothing: the beginning */
        sql = "UPDATE task SET position = (SELECT min(position) FROM task WHERE parent = ?2) - 1 "
              "WHERE gid = ?1 AND ?3 IS NULL";
    else
        return true;
    return sb_run(c->db, sql, "iig", task, parent, sibling);
}

void sb_set_parent(struct sb_call *c)
{
    int64_t task;
    int64_t parent = 0;
    const char *text = NULL;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    enum sb_has has = sb_body_str(c, "parent", &text);
    if (has == SB_ABSENT)
        sb_fail(c, 400, "parent: Missing input");
    if (has == SB_VALUE && !sb_task(c, "parent", text, &parent))
        return;
    if (c->failed || !sb_task_reparent(c, task, parent) || !place_beside(c, task, parent))
        return;
    sb_task_touch(c, task);
    sb_answer_object(c, 200, &sb_task_type, task);
}

void sb_add_project(struct sb_call *c)
{
    int64_t task;
    int64_t project;
    int64_t section = 0;
    const char *text = NULL;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    sb_body_str(c, "project", &text);
    if (!sb_project(c, "project", text, &project))
        return;
    if (sb_body_str(c, "section", &text) == SB_VALUE && !sb_section(c, "section", text, &section))
        return;
    if (section &&
        sb_int(c->db, "SELECT project FROM section WHERE gid = ?1", "i", section) != project) {
        sb_fail(c, 400, "section: Not a section of the project: %lld", (long long)section);
        return;
    }
    sb_task_place(c, task, project, section);
    sb_task_touch(c, task);
    sb_answer_empty(c);
}

void sb_remove_project(struct sb_call *c)
{
    int64_t task;
    int64_t project;
    const char *text = NULL;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    sb_body_str(c, "project", &text);
    if (!sb_project(c, "project", text, &project))
        return;
    sb_run(c->db, "DELETE FROM task_project WHERE task = ?1 AND project = ?2", "ii", task, project);
    sb_run(c->db,
           "DELETE FROM field_value WHERE object = ?1 AND field NOT IN (SELECT s.field FROM "
           "field_setting s "
           "JOIN task_project tp ON tp.project = s.parent WHERE tp.task = ?1)",
           "i", task);
    sb_story_add(c, &(struct sb_story){
                        .task = task,
                        .subtype = "removed_from_project",
                        .project = project,
                        .text = arena_printf(
                            c->arena, "removed from %s",
                            sb_name_of(c, "SELECT name FROM project WHERE gid = ?1", project)) });
    sb_task_touch(c, task);
    sb_answer_empty(c);
}

void sb_add_task_to_section(struct sb_call *c)
{
    int64_t section;
    int64_t task;
    const char *text = NULL;
    if (!sb_section(c, "section", c->path_arg[0], &section))
        return;
    sb_body_str(c, "task", &text);
    if (!sb_task(c, "task", text, &task))
        return;
    sb_task_place(c, task,
                  sb_int(c->db, "SELECT project FROM section WHERE gid = ?1", "i", section),
                  section);
    sb_task_touch(c, task);
    sb_answer_empty(c);
}
