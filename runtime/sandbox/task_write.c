#include "sandbox/custom_fields.h"
#include "sandbox/stories.h"
#include "sandbox/tasks.h"
#include "sandbox/texts.h"
#include "sandbox/types.h"

#include <string.h>

#define USER_NAME "SELECT name FROM user WHERE gid = ?1"
#define PROJECT_NAME "SELECT name FROM project WHERE gid = ?1"
#define SECTION_NAME "SELECT name FROM section WHERE gid = ?1"

/* One write to a task; creating keeps what is only its beginning out of the history. */
struct edit {
    struct sb_call *c;
    int64_t task;
    int64_t workspace;
    bool creating;
};

static void story(const struct edit *e, const struct sb_story *s)
{
    if (!e->creating)
        sb_story_add(e->c, s);
}

void sb_task_place(struct sb_call *c, int64_t task, int64_t project, int64_t section)
{
    int64_t old = sb_int(c->db, "SELECT section FROM task_project WHERE task = ?1 AND project = ?2",
                         "ii", task, project);
    if (!section)
        section =
            old ? old
                : sb_int(c->db,
                         "SELECT gid FROM section WHERE project = ?1 ORDER BY position LIMIT 1",
                         "i", project);
    sb_run(c->db,
           "INSERT INTO task_project(task, project, section, position) VALUES(?1, ?2, ?3,"
           " coalesce((SELECT max(position) FROM task_project WHERE section = ?3), 0) + 1)"
           " ON CONFLICT(task, project) DO UPDATE SET section = excluded.section, position = "
           "excluded.position",
           "iii", task, project, section);
    sb_values_attach(c->db, task, project);
    const char *name = sb_name_of(c, PROJECT_NAME, project);
    if (!old) {
        sb_story_add(c, &(struct sb_story){ .task = task,
                                            .subtype = "added_to_project",
                                            .project = project,
                                            .text = arena_printf(c->arena, "added to %s", name) });
    } else if (old != section) {
        sb_story_add(
            c, &(struct sb_story){
                   .task = task,
                   .subtype = "section_changed",
                   .project = project,
                   .old_ref = old,
                   .new_ref = section,
                   .text = arena_printf(c->arena, "moved this task from \"%s\" to \"%s\" in %s",
                                        sb_name_of(c, SECTION_NAME, old),
                                        sb_name_of(c, SECTION_NAME, section), name) });
    }
}

static void follow(struct sb_call *c, int64_t task, int64_t user)
{
    sb_run(c->db, "INSERT OR IGNORE INTO task_follower(task, user) VALUES(?1, ?2)", "ii", task,
           user);
}

static void edit_names(const struct edit *e)
{
    struct sb_call *c = e->c;
    const char *name = NULL;
    enum sb_has has = sb_body_str(c, "name", &name);
    const char *old =
        sb_text(c->db, c->arena, "SELECT name FROM task WHERE gid = ?1", "i", e->task);
    if (has != SB_ABSENT && old && strcmp(name ? name : "", old) != 0) {
        sb_run(c->db, "UPDATE task SET name = ?2 WHERE gid = ?1", "it", e->task, name ? name : "");
        story(e, &(struct sb_story){ .task = e->task,
                                     .subtype = "name_changed",
                                     .old_text = old,
                                     .new_text = name ? name : "",
                                     .text = arena_printf(c->arena, "changed the name to \"%s\"",
                                                          name ? name : "") });
    }
    const char *notes = NULL;
    const char *html = NULL;
    if (sb_body_texts(c, SB_RICH_TASK, "notes", "html_notes", &notes, &html) == SB_VALUE) {
        const char *before =
            sb_text(c->db, c->arena, "SELECT html_notes FROM task WHERE gid = ?1", "i", e->task);
        sb_run(c->db, "UPDATE task SET notes = ?2, html_notes = ?3 WHERE gid = ?1", "itt", e->task,
               notes, html);
        if (before && html && strcmp(before, html) != 0)
            story(e, &(struct sb_story){ .task = e->task,
                                         .subtype = "notes_changed",
                                         .text = "changed the description" });
    }
}

static void edit_assignee(const struct edit *e)
{
    struct sb_call *c = e->c;
    const char *text = NULL;
    int64_t user = 0;
    enum sb_has has = sb_body_str(c, "assignee", &text);
    if (has == SB_VALUE && !sb_user(c, "assignee", text, e->workspace, &user))
        return;
    int64_t old = sb_int(c->db, "SELECT assignee FROM task WHERE gid = ?1", "i", e->task);
    if (has != SB_ABSENT && user != old) {
        sb_run(c->db,
               "UPDATE task SET assignee = ?2, assigned_by = ?3, assignee_section = NULL WHERE gid "
               "= ?1",
               "igg", e->task, user, user ? c->me : 0);
        if (user)
            follow(c, e->task, user);
        const char *name = sb_name_of(c, USER_NAME, user ? user : old);
        sb_story_add(c, &(struct sb_story){
                            .task = e->task,
                            .subtype = user ? "assigned" : "unassigned",
                            .ref = user ? user : old,
                            .text = arena_printf(
                                c->arena, user ? "assigned to %s" : "unassigned from %s", name) });
    }
    const char *status = NULL;
    if (sb_body_enum(c, "assignee_status", "today|upcoming|later|new|inbox", &status) == SB_VALUE)
        sb_run(c->db, "UPDATE task SET assignee_status = ?2 WHERE gid = ?1", "it", e->task, status);
    const char *section_text = NULL;
    int64_t section = 0;
    has = sb_body_str(c, "assignee_section", &section_text);
    if (has == SB_VALUE && !sb_section(c, "assignee_section", section_text, &section))
        return;
    if (has != SB_ABSENT)
        sb_run(c->db, "UPDATE task SET assignee_section = ?2 WHERE gid = ?1", "ig", e->task,
               section);
}

static void complete(const struct edit *e, bool completed)
{
    struct sb_call *c = e->c;
    if (sb_int(c->db, "SELECT completed FROM task WHERE gid = ?1", "i", e->task) == completed)
        return;
    if (completed)
        sb_run(c->db,
               "UPDATE task SET completed = 1, completed_at = ?2, completed_by = ?3 WHERE gid = ?1",
               "iii", e->task, c->now, c->me);
    else
        sb_run(c->db,
               "UPDATE task SET completed = 0, completed_at = NULL, completed_by = NULL WHERE gid "
               "= ?1",
               "i", e->task);
    story(e, &(struct sb_story){ .task = e->task,
                                 .subtype = completed ? "marked_complete" : "marked_incomplete",
                                 .text = completed ? "marked this task complete"
                                                   : "marked this task incomplete" });
}

static void approve(const struct edit *e, const char *status)
{
    struct sb_call *c = e->c;
    const char *old =
        sb_text(c->db, c->arena, "SELECT approval_status FROM task WHERE gid = ?1", "i", e->task);
    if (old && strcmp(old, status) == 0)
        return;
    sb_run(c->db, "UPDATE task SET approval_status = ?2 WHERE gid = ?1", "it", e->task, status);
    story(e, &(struct sb_story){
                 .task = e->task,
                 .subtype = "approval_status_changed",
                 .old_text = old,
                 .new_text = status,
                 .text = arena_printf(c->arena, "changed the approval status to %s", status) });
}

/* completed and approval_status say the same thing twice on an approval; the one that is given
 * moves the other. */
static void edit_state(const struct edit *e)
{
    struct sb_call *c = e->c;
    const char *subtype = NULL;
    const char *old =
        sb_text(c->db, c->arena, "SELECT subtype FROM task WHERE gid = ?1", "i", e->task);
    if (!old || c->failed)
        return;
    if (sb_body_enum(c, "resource_subtype", "default_task|milestone|approval|custom", &subtype) ==
            SB_VALUE &&
        strcmp(subtype, old) != 0) {
        sb_run(
            c->db,
            "UPDATE task SET subtype = ?2, approval_status = CASE WHEN ?2 <> 'approval' THEN NULL"
            " WHEN completed THEN 'approved' ELSE 'pending' END WHERE gid = ?1",
            "it", e->task, subtype);
        story(e, &(struct sb_story){
                     .task = e->task,
                     .subtype = "resource_subtype_changed",
                     .old_text = old,
                     .new_text = subtype,
                     .text = arena_printf(c->arena, "changed the type to %s", subtype) });
        old = subtype;
    }
    bool approval = strcmp(old, "approval") == 0;
    const char *status = NULL;
    int completed = 0;
    enum sb_has has_status =
        sb_body_enum(c, "approval_status", "pending|approved|rejected|changes_requested", &status);
    enum sb_has has_completed = sb_body_bool(c, "completed", &completed);
    if (has_status == SB_VALUE && !approval) {
        sb_fail(c, 400, "approval_status: Only a task of resource_subtype approval has one");
        return;
    }
    if (has_status == SB_VALUE) {
        approve(e, status);
        complete(e, strcmp(status, "pending") != 0);
    } else if (has_completed == SB_VALUE) {
        complete(e, completed);
        if (approval)
            approve(e, completed ? "approved" : "pending");
    }
}

static void date_stories(const struct edit *e, const struct sb_dates *from,
                         const struct sb_dates *to)
{
    struct sb_story s = { .task = e->task,
                          .old_start_on = from->start_on,
                          .old_due_on = from->due_on,
                          .old_due_at = from->due_at,
                          .new_start_on = to->start_on,
                          .new_due_on = to->due_on,
                          .new_due_at = to->due_at };
    bool due = strcmp(from->due_on ? from->due_on : "", to->due_on ? to->due_on : "") != 0 ||
               from->due_at != to->due_at;
    bool start =
        strcmp(from->start_on ? from->start_on : "", to->start_on ? to->start_on : "") != 0;
    if (due) {
        s.subtype = "due_date_changed";
        s.text = to->due_on ? arena_printf(e->c->arena, "changed the due date to %s",
                                           sb_date_words(e->c, to->due_on))
                            : "removed the due date";
    } else if (start) {
        s.subtype = "start_date_changed";
        s.text = to->start_on ? arena_printf(e->c->arena, "changed the start date to %s",
                                             sb_date_words(e->c, to->start_on))
                              : "removed the start date";
    }
    if (s.subtype)
        story(e, &s);
}

static void edit_dates(const struct edit *e)
{
    struct sb_call *c = e->c;
    struct sb_date_change change = { 0 };
    change.due_on = sb_body_date(c, "due_on", &change.to.due_on);
    change.due_at = sb_body_time(c, "due_at", &change.to.due_at);
    change.start_on = sb_body_date(c, "start_on", &change.to.start_on);
    change.start_at = sb_body_time(c, "start_at", &change.to.start_at);
    struct sb_dates dates = { 0 };
    sqlite3_stmt *st = sb_query(
        c->db, "SELECT due_on, due_at, start_on, start_at FROM task WHERE gid = ?1", "i", e->task);
    if (sb_row(c->db, st)) {
        dates = (struct sb_dates){ sb_column(c->arena, st, 0), sqlite3_column_int64(st, 1),
                                   sb_column(c->arena, st, 2), sqlite3_column_int64(st, 3) };
        sb_end(c->db, st);
    }
    struct sb_dates before = dates;
    const char *wrong = c->failed ? NULL : sb_dates_apply(c->arena, &dates, &change);
    if (wrong) {
        sb_fail(c, 400, "%s", wrong);
        return;
    }
    sb_run(c->db,
           "UPDATE task SET due_on = ?2, due_at = ?3, start_on = ?4, start_at = ?5 WHERE gid = ?1",
           "itgtg", e->task, dates.due_on, dates.due_at, dates.start_on, dates.start_at);
    date_stories(e, &before, &dates);
}

static void edit_rest(const struct edit *e)
{
    struct sb_call *c = e->c;
    int liked = 0;
    if (sb_body_bool(c, "liked", &liked) == SB_VALUE)
        sb_run(c->db,
               liked ? "INSERT OR IGNORE INTO liked(object, user) VALUES(?1, ?2)"
                     : "DELETE FROM liked WHERE object = ?1 AND user = ?2",
               "ii", e->task, c->me);
    const cJSON *external = NULL;
    if (sb_body_object(c, "external", &external) == SB_VALUE)
        sb_run(c->db, "UPDATE task SET external_gid = ?2, external_data = ?3 WHERE gid = ?1", "itt",
               e->task, json_get_string(external, "gid"), json_get_string(external, "data"));
    const cJSON *values = NULL;
    if (sb_body_object(c, "custom_fields", &values) == SB_VALUE && !c->failed)
        sb_values_set(c, e->task, values, !e->creating);
}

static void edit(const struct edit *e)
{
    edit_names(e);
    edit_assignee(e);
    edit_state(e);
    edit_dates(e);
    edit_rest(e);
}

/* Where a new task goes. */
struct place {
    int64_t workspace;
    int64_t parent;
    struct sb_list projects;
    const cJSON *memberships;
};

static bool same_workspace(struct sb_call *c, struct place *p, const char *what, int64_t workspace)
{
    if (p->workspace && p->workspace != workspace)
        return sb_fail(c, 400, "%s: Must be in the same workspace as the task", what);
    p->workspace = workspace;
    return true;
}

static bool read_place(struct sb_call *c, struct place *p)
{
    const char *text = NULL;
    int64_t gid;
    if (sb_body_str(c, "workspace", &text) == SB_VALUE &&
        !sb_workspace(c, "workspace", text, &p->workspace))
        return false;
    if (!p->parent && sb_body_str(c, "parent", &text) == SB_VALUE &&
        !sb_task(c, "parent", text, &p->parent))
        return false;
    if (p->parent &&
        !same_workspace(c, p, "parent",
                        sb_int(c->db, "SELECT workspace FROM task WHERE gid = ?1", "i", p->parent)))
        return false;
    sb_body_list(c, "projects", &p->projects);
    for (size_t i = 0; i < p->projects.count; i++)
        if (!sb_project(c, "project", p->projects.items[i], &gid) ||
            !same_workspace(
                c, p, "projects",
                sb_int(c->db, "SELECT workspace FROM project WHERE gid = ?1", "i", gid)))
            return false;
    p->memberships = sb_body_any(c, "memberships");
    if (p->memberships && !cJSON_IsArray(p->memberships))
        return sb_fail(c, 400, "memberships: Value is not an array");
    const cJSON *m;
    cJSON_ArrayForEach (m, p->memberships) {
        const char *project = json_get_string(m, "project");
        const char *section = json_get_string(m, "section");
        if (!project)
            return sb_fail(c, 400, "memberships: project: Missing input");
        int64_t in;
        if (!sb_project(c, "project", project, &gid) ||
            (section && !sb_section(c, "section", section, &in)) ||
            !same_workspace(
                c, p, "memberships",
                sb_int(c->db, "SELECT workspace FROM project WHERE gid = ?1", "i", gid)))
            return false;
        if (section && sb_int(c->db, "SELECT project FROM section WHERE gid = ?1", "i", in) != gid)
            return sb_fail(c, 400, "memberships: Section %s is not in project %s", section,
                           project);
    }
    if (!c->failed && !p->workspace)
        sb_fail(c, 400, "You should specify one of workspace, parent, projects");
    return !c->failed;
}

static void put_in_place(struct sb_call *c, int64_t task, const struct place *p)
{
    int64_t project;
    int64_t section;
    const cJSON *m;
    cJSON_ArrayForEach (m, p->memberships) {
        section = 0;
        const char *named = json_get_string(m, "section");
        if (sb_project(c, "project", json_get_string(m, "project"), &project) &&
            (!named || sb_section(c, "section", named, &section)))
            sb_task_place(c, task, project, section);
    }
    for (size_t i = 0; i < p->projects.count; i++)
        if (sb_project(c, "project", p->projects.items[i], &project) &&
            !sb_int(c->db, "SELECT 1 FROM task_project WHERE task = ?1 AND project = ?2", "ii",
                    task, project))
            sb_task_place(c, task, project, 0);
    if (p->parent)
        sb_task_reparent(c, task, p->parent);
    struct sb_list list = { 0 };
    sb_body_list(c, "followers", &list);
    for (size_t i = 0; i < list.count; i++) {
        int64_t user;
        if (sb_user(c, "followers", list.items[i], p->workspace, &user))
            follow(c, task, user);
    }
    list.count = 0;
    sb_body_list(c, "tags", &list);
    for (size_t i = 0; i < list.count; i++) {
        int64_t tag;
        if (sb_tag(c, "tags", list.items[i], &tag))
            sb_run(c->db, "INSERT OR IGNORE INTO task_tag(task, tag) VALUES(?1, ?2)", "ii", task,
                   tag);
    }
}

static void create(struct sb_call *c, int64_t parent)
{
    struct place place = { .parent = parent };
    if (!read_place(c, &place))
        return;
    int64_t task = sb_new_gid(c->db, "task");
    sb_run(c->db,
           "INSERT INTO task(gid, workspace, name, created_at, created_by, modified_at) VALUES(?1, "
           "?2, '', ?3, ?4, ?3)",
           "iiii", task, place.workspace, c->now, c->me);
    follow(c, task, c->me);
    put_in_place(c, task, &place);
    edit(&(struct edit){ c, task, place.workspace, true });
    sb_answer_object(c, 201, &sb_task_type, task);
}

void sb_create_task(struct sb_call *c)
{
    create(c, 0);
}

void sb_create_subtask(struct sb_call *c)
{
    int64_t parent;
    if (sb_task(c, "parent", c->path_arg[0], &parent))
        create(c, parent);
}

void sb_update_task(struct sb_call *c)
{
    int64_t task;
    if (!sb_task(c, "task", c->path_arg[0], &task))
        return;
    const char *text = NULL;
    int64_t workspace = sb_int(c->db, "SELECT workspace FROM task WHERE gid = ?1", "i", task);
    int64_t named;
    if (sb_body_str(c, "workspace", &text) == SB_VALUE &&
        sb_workspace(c, "workspace", text, &named) && named != workspace)
        sb_fail(c, 400, "workspace: A task can't move to another workspace");
    int64_t parent = 0;
    enum sb_has has = sb_body_str(c, "parent", &text);
    if (has == SB_VALUE && !sb_task(c, "parent", text, &parent))
        return;
    if (has != SB_ABSENT && !sb_task_reparent(c, task, parent))
        return;
    edit(&(struct edit){ c, task, workspace, false });
    if (c->data && c->data->child)
        sb_task_touch(c, task);
    sb_answer_object(c, 200, &sb_task_type, task);
}
