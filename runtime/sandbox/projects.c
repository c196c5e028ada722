#include "sandbox/projects.h"

#include "sandbox/custom_fields.h"
#include "sandbox/page.h"
#include "sandbox/texts.h"
#include "sandbox/types.h"

#include <string.h>

void sb_get_project(struct sb_call *c)
{
    int64_t project;
    if (sb_project(c, "project", c->path_arg[0], &project))
        sb_answer_object(c, 200, &sb_project_type, project);
}

/* Either may be 0. */
static void list(struct sb_call *c, int64_t workspace, int64_t team)
{
    int archived = sb_query_flag(c, "archived", -1);
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db,
                           "SELECT p.gid FROM project p JOIN sees_project s ON s.project = p.gid "
                           "AND s.user = ?2 WHERE "
                           "(?1 IS NULL OR p.workspace = ?1) AND (?3 IS NULL OR p.team = ?3) AND "
                           "(?4 < 0 OR p.archived = ?4) "
                           "ORDER BY p.gid",
                           "gigi", workspace, c->me, team, (int64_t)archived));
    sb_answer_page(c, &sb_project_type, &keys);
}

void sb_get_projects(struct sb_call *c)
{
    const char *workspace = sb_query_arg(c, "workspace");
    const char *team = sb_query_arg(c, "team");
    int64_t workspace_gid = 0;
    int64_t team_gid = 0;
    if (workspace && !sb_workspace(c, "workspace", workspace, &workspace_gid))
        return;
    if (team && !sb_team(c, "team", team, &team_gid))
        return;
    list(c, workspace_gid, team_gid);
}

void sb_get_projects_for_workspace(struct sb_call *c)
{
    int64_t workspace;
    if (sb_workspace(c, "workspace", c->path_arg[0], &workspace))
        list(c, workspace, 0);
}

void sb_get_projects_for_team(struct sb_call *c)
{
    int64_t team;
    if (sb_team(c, "team", c->path_arg[0], &team))
        list(c, 0, team);
}

/* Nothing unless opt_fields names it. */
void sb_get_task_counts(struct sb_call *c)
{
    static const struct {
        const char *name;
        const char *which;
    } counts[] = {
        { "num_tasks", "1" },
        { "num_incomplete_tasks", "NOT t.completed" },
        { "num_completed_tasks", "t.completed" },
        { "num_milestones", "t.subtype = 'milestone'" },
        { "num_incomplete_milestones", "t.subtype = 'milestone' AND NOT t.completed" },
        { "num_completed_milestones", "t.subtype = 'milestone' AND t.completed" },
    };
    int64_t project;
    if (!sb_project(c, "project", c->path_arg[0], &project))
        return;
    buf_str(c->out, "{\"data\":{");
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        if (!sb_opt_find(c->opt, counts[i].name))
            continue;
        const char *sql =
            arena_printf(c->arena,
                         "SELECT count(*) FROM task_project tp JOIN task t ON t.gid = tp.task "
                         "WHERE tp.project = ?1 AND %s",
                         counts[i].which);
        buf_json_int(c->out, counts[i].name, sql ? sb_int(c->db, sql, "i", project) : 0);
    }
    buf_str(c->out, "}}");
}

void sb_get_sections(struct sb_call *c)
{
    int64_t project;
    if (!sb_project(c, "project", c->path_arg[0], &project))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db, "SELECT gid FROM section WHERE project = ?1 ORDER BY position",
                           "i", project));
    sb_answer_page(c, &sb_section_type, &keys);
}

void sb_get_section(struct sb_call *c)
{
    int64_t section;
    if (sb_section(c, "section", c->path_arg[0], &section))
        sb_answer_object(c, 200, &sb_section_type, section);
}

static int64_t add_section(struct sb_call *c, int64_t project, const char *name)
{
    int64_t gid = sb_new_gid(c->db, "section");
    sb_run(c->db,
           "INSERT INTO section(gid, project, name, position, created_at) VALUES(?1, ?2, ?3,"
           " coalesce((SELECT max(position) FROM section WHERE project = ?2), 0) + 1, ?4)",
           "iiti", gid, project, name, c->now);
    return gid;
}

/* Where it belongs: a team in an organization, else the workspace. */
static bool read_place(struct sb_call *c, int64_t *workspace, int64_t *team)
{
    const char *text = NULL;
    if (sb_body_str(c, "workspace", &text) == SB_VALUE &&
        !sb_workspace(c, "workspace", text, workspace))
        return false;
    if (sb_body_str(c, "team", &text) == SB_VALUE && !sb_team(c, "team", text, team))
        return false;
    int64_t of_team =
        *team ? sb_int(c->db, "SELECT workspace FROM team WHERE gid = ?1", "i", *team) : 0;
    if (*workspace && of_team && *workspace != of_team)
        return sb_fail(c, 400, "team: Not a team of the workspace");
    if (!*workspace)
        *workspace = of_team;
    if (!*workspace)
        return sb_fail(c, 400, "workspace: Missing input");
    if (!*team &&
        sb_int(c->db, "SELECT is_organization FROM workspace WHERE gid = ?1", "i", *workspace))
        return sb_fail(c, 400, "team: Missing input");
    return !c->failed;
}

static void set_columns(struct sb_call *c, int64_t project)
{
    static const struct {
        const char *name;
        const char *words;
        const char *sql;
    } words[] = {
        { "color",
          "dark-pink|dark-green|dark-blue|dark-red|dark-teal|dark-brown|dark-orange|dark-purple|"
          "dark-warm-gray|light-pink|"
          "light-green|light-blue|light-red|light-teal|light-brown|light-orange|light-purple|light-"
          "warm-gray|none",
          "UPDATE project SET color = ?2 WHERE gid = ?1" },
        { "icon",
          "list|board|timeline|calendar|rocket|people|graph|star|bug|light_bulb|globe|gear|"
          "notebook|computer|check|target|"
          "html|megaphone|chat_bubbles|briefcase|page_layout|mountain_flag|puzzle|presentation|"
          "line_and_symbols|speed_dial|"
          "ribbon|shoe|shopping_basket|map|ticket|coins",
          "UPDATE project SET icon = ?2 WHERE gid = ?1" },
        { "default_view", "list|board|calendar|timeline",
          "UPDATE project SET default_view = ?2 WHERE gid = ?1" },
        { "privacy_setting", "public_to_workspace|private_to_team|private",
          "UPDATE project SET privacy = ?2 WHERE gid = ?1" },
        { "default_access_level", "admin|editor|commenter|viewer",
          "UPDATE project SET access_level = ?2 WHERE gid = ?1" },
        { "minimum_access_level_for_customization", "admin|editor",
          "UPDATE project SET customization_level = ?2 WHERE gid = ?1" },
        { "minimum_access_level_for_sharing", "admin|editor",
          "UPDATE project SET sharing_level = ?2 WHERE gid = ?1" },
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        const char *value = NULL;
        if (sb_body_enum(c, words[i].name, words[i].words, &value) == SB_VALUE)
            sb_run(c->db, words[i].sql, "it", project, value);
    }
    int flag = 0;
    if (sb_body_bool(c, "archived", &flag) == SB_VALUE)
        sb_run(c->db, "UPDATE project SET archived = ?2 WHERE gid = ?1", "ii", project,
               (int64_t)flag);
    if (sb_body_bool(c, "public", &flag) == SB_VALUE && !json_get(c->data, "privacy_setting"))
        sb_run(c->db, "UPDATE project SET privacy = ?2 WHERE gid = ?1", "it", project,
               flag ? "public_to_workspace" : "private");
    const char *notes = NULL;
    const char *html = NULL;
    if (sb_body_texts(c, SB_RICH_COMMENT, "notes", "html_notes", &notes, &html) == SB_VALUE)
        sb_run(c->db, "UPDATE project SET notes = ?2, html_notes = ?3 WHERE gid = ?1", "itt",
               project, notes, html);
    const char *due = NULL;
    const char *start = NULL;
    enum sb_has has_due = sb_body_date(c, "due_on", &due);
    if (has_due == SB_ABSENT)
        has_due = sb_body_date(c, "due_date", &due);
    enum sb_has has_start = sb_body_date(c, "start_on", &start);
    if (start && !due)
        sb_fail(c, 400, "You must provide 'due_on' when setting 'start_on'.");
    if (start && due && strcmp(start, due) > 0)
        sb_fail(c, 400, "start_on: The start date must not be after the due date");
    if (has_due != SB_ABSENT)
        sb_run(c->db, "UPDATE project SET due_on = ?2 WHERE gid = ?1", "it", project, due);
    if (has_start != SB_ABSENT || has_due == SB_NULL)
        sb_run(c->db, "UPDATE project SET start_on = ?2 WHERE gid = ?1", "it", project, start);
}

static void set_people(struct sb_call *c, int64_t project, int64_t workspace)
{
    static const char member[] =
        "INSERT OR IGNORE INTO project_member(project, user, follows) VALUES(?1, ?2, 1)";
    const char *text = NULL;
    int64_t user = c->me;
    if (sb_body_str(c, "owner", &text) == SB_VALUE)
        sb_user(c, "owner", text, workspace, &user);
    sb_run(c->db, "UPDATE project SET owner = ?2 WHERE gid = ?1", "ii", project, user);
    sb_run(c->db, member, "ii", project, user);
    sb_run(c->db, member, "ii", project, c->me);
    /* One comma-separated string, unlike followers everywhere else. */
    if (sb_body_str(c, "followers", &text) != SB_VALUE)
        return;
    struct sb_list list = sb_split(c->arena, text);
    for (size_t i = 0; i < list.count; i++)
        if (sb_user(c, "followers", list.items[i], workspace, &user))
            sb_run(c->db, member, "ii", project, user);
}

void sb_create_project(struct sb_call *c)
{
    int64_t workspace = 0;
    int64_t team = 0;
    const char *name = NULL;
    if (!read_place(c, &workspace, &team))
        return;
    if (sb_body_str(c, "name", &name) != SB_VALUE)
        sb_fail(c, 400, "name: Missing input");
    if (c->failed)
        return;
    int64_t project = sb_new_gid(c->db, "project");
    sb_run(c->db,
           "INSERT INTO project(gid, workspace, team, name, created_at, created_by, modified_at)"
           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?5)",
           "iigtii", project, workspace, team, name, c->now, c->me);
    set_columns(c, project);
    set_people(c, project, workspace);
    add_section(c, project, "Untitled section");
    const cJSON *values = NULL;
    if (sb_body_object(c, "custom_fields", &values) == SB_VALUE)
        sb_values_set(c, project, values, false);
    sb_answer_object(c, 201, &sb_project_type, project);
}

void sb_update_project(struct sb_call *c)
{
    int64_t project;
    const char *text = NULL;
    if (!sb_project(c, "project", c->path_arg[0], &project))
        return;
    int64_t workspace = sb_int(c->db, "SELECT workspace FROM project WHERE gid = ?1", "i", project);
    if (sb_body_str(c, "name", &text) == SB_VALUE)
        sb_run(c->db, "UPDATE project SET name = ?2 WHERE gid = ?1", "it", project, text);
    int64_t owner = 0;
    enum sb_has has = sb_body_str(c, "owner", &text);
    if (has == SB_VALUE && !sb_user(c, "owner", text, workspace, &owner))
        return;
    if (has != SB_ABSENT)
        sb_run(c->db, "UPDATE project SET owner = ?2 WHERE gid = ?1", "ig", project, owner);
    int64_t team = 0;
    if (sb_body_str(c, "team", &text) == SB_VALUE && sb_team(c, "team", text, &team))
        sb_run(c->db, "UPDATE project SET team = ?2 WHERE gid = ?1", "ii", project, team);
    set_columns(c, project);
    const cJSON *values = NULL;
    if (sb_body_object(c, "custom_fields", &values) == SB_VALUE)
        sb_values_set(c, project, values, false);
    sb_run(c->db, "UPDATE project SET modified_at = ?2 WHERE gid = ?1", "ii", project, c->now);
    sb_answer_object(c, 200, &sb_project_type, project);
}

void sb_delete_project(struct sb_call *c)
{
    static const char *const statements[] = {
        "DELETE FROM object WHERE gid IN (SELECT gid FROM section WHERE project = ?1)",
        "DELETE FROM object WHERE gid IN (SELECT gid FROM status WHERE parent = ?1)",
        "DELETE FROM object WHERE gid = ?1",
        "DELETE FROM task_project WHERE project = ?1",
        "DELETE FROM section WHERE project = ?1",
        "DELETE FROM status WHERE parent = ?1",
        "DELETE FROM project_member WHERE project = ?1",
        "DELETE FROM field_setting WHERE parent = ?1",
        "DELETE FROM field_value WHERE object = ?1",
        "DELETE FROM attachment WHERE parent = ?1",
        "DELETE FROM portfolio_item WHERE item = ?1",
        "DELETE FROM goal_support WHERE supporter = ?1",
        "DELETE FROM allocation WHERE parent = ?1",
        "DELETE FROM project WHERE gid = ?1",
    };
    int64_t project;
    if (!sb_project(c, "project", c->path_arg[0], &project))
        return;
    for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
        sb_run(c->db, statements[i], "i", project);
    sb_answer_empty(c);
}
