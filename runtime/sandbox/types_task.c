#include "sandbox/types.h"

/* Tasks, their stories and files. */

/* A place of a task: no object of its own, so without gid. */
static const struct sb_field membership_fields[] = {
    { "project", SB_SHOW_COMPACT, SB_REF, .sql = "o.project", .type = &sb_project_type },
    { "section", SB_SHOW_COMPACT, SB_REF, .sql = "o.section", .type = &sb_section_type },
    { 0 },
};
static const struct sb_type sb_membership_type = { "membership", "task_project o", "o.id",
                                                   membership_fields };

static const struct sb_field external_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.external_gid" },
    { "data", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.external_data" },
    { 0 },
};
static const struct sb_type sb_external_type = { "external", "task o", "o.gid", external_fields };

static const struct sb_field task_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'task'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.subtype" },
    { "created_by", SB_SHOW_ASKED, SB_REF, .sql = "o.created_by", .type = &sb_user_type,
      .bare = true },
    { "approval_status", SB_SHOW_FULL, SB_TEXT, .sql = "o.approval_status",
      .when = "o.subtype = 'approval'" },
    { "assignee_status", SB_SHOW_FULL, SB_TEXT, .sql = "o.assignee_status" },
    { "assigned_by", SB_SHOW_ASKED, SB_REF, .sql = "o.assigned_by", .type = &sb_user_type },
    { "completed", SB_SHOW_FULL, SB_BOOL, .sql = "o.completed" },
    { "completed_at", SB_SHOW_FULL, SB_TIME, .sql = "o.completed_at" },
    { "completed_by", SB_SHOW_FULL, SB_REF, .sql = "o.completed_by", .type = &sb_user_type },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "dependencies", SB_SHOW_ASKED, SB_LIST,
      .sql = "SELECT d.needs FROM dependency d WHERE d.task = ?1 AND " SB_SEES_TASK("d.needs"),
      .type = &sb_task_type, .bare = true },
    { "dependents", SB_SHOW_ASKED, SB_LIST,
      .sql = "SELECT d.task FROM dependency d WHERE d.needs = ?1 AND " SB_SEES_TASK("d.task"),
      .type = &sb_task_type, .bare = true },
    { "due_at", SB_SHOW_FULL, SB_TIME, .sql = "o.due_at" },
    { "due_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.due_on" },
    { "external", SB_SHOW_ASKED, SB_REF, .sql = "o.gid", .type = &sb_external_type,
      .when = "o.external_gid IS NOT NULL OR o.external_data IS NOT NULL" },
    { "html_notes", SB_SHOW_ASKED, SB_TEXT, .sql = "o.html_notes" },
    SB_LIKES_FIELDS,
    { "is_rendered_as_separator", SB_SHOW_ASKED, SB_BOOL, .sql = "0" },
    { "memberships", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT m.id FROM task_project m WHERE m.task = ?1 AND " SB_SEES_PROJECT(
          "m.project") " ORDER BY m.id",
      .type = &sb_membership_type },
    { "modified_at", SB_SHOW_FULL, SB_TIME, .sql = "o.modified_at" },
    { "notes", SB_SHOW_FULL, SB_TEXT, .sql = "o.notes" },
    { "num_subtasks", SB_SHOW_ASKED, SB_INT,
      .sql = "SELECT count(*) FROM task s WHERE s.parent = o.gid" },
    { "start_at", SB_SHOW_FULL, SB_TIME, .sql = "o.start_at" },
    { "start_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.start_on" },
    { "actual_time_minutes", SB_SHOW_FULL, SB_NUM, .sql = "NULL" },
    { "assignee", SB_SHOW_FULL, SB_REF, .sql = "o.assignee", .type = &sb_user_type },
    { "assignee_section", SB_SHOW_ASKED, SB_REF, .sql = "o.assignee_section",
      .type = &sb_section_type },
    { "custom_fields", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT v.id FROM field_value v JOIN custom_field f ON f.gid = v.field WHERE v.object "
             "= ?1 "
             "ORDER BY f.gid",
      .type = &sb_field_value_type, .deep = true },
    { "custom_type", SB_SHOW_ASKED, SB_JSON, .sql = "NULL" },
    { "custom_type_status_option", SB_SHOW_ASKED, SB_JSON, .sql = "NULL" },
    { "followers", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT f.user FROM task_follower f WHERE f.task = ?1 ORDER BY f.user",
      .type = &sb_user_type },
    { "parent", SB_SHOW_FULL, SB_REF,
      .sql = "CASE WHEN " SB_SEES_TASK("o.parent") " THEN o.parent END", .type = &sb_task_type },
    { "projects", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT m.project FROM task_project m WHERE m.task = ?1 AND " SB_SEES_PROJECT(
          "m.project") " ORDER BY m.id",
      .type = &sb_project_type },
    { "tags", SB_SHOW_FULL, SB_LIST, .sql = "SELECT tag FROM task_tag WHERE task = ?1 ORDER BY tag",
      .type = &sb_tag_type },
    { "workspace", SB_SHOW_FULL, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { "permalink_url", SB_SHOW_FULL, SB_TEXT,
      .sql = "'https://app.asana.com/0/' || coalesce((SELECT m.project FROM task_project m WHERE "
             "m.task = "
             "o.gid ORDER BY m.id LIMIT 1), 0) || '/' || o.gid" },
    { 0 },
};
const struct sb_type sb_task_type = { "task", "task o", "o.gid", task_fields };

static const struct sb_field tag_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'tag'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "color", SB_SHOW_FULL, SB_TEXT, .sql = "o.color" },
    { "notes", SB_SHOW_FULL, SB_TEXT, .sql = "o.notes" },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "followers", SB_SHOW_FULL, SB_JSON, .sql = "'[]'" },
    { "workspace", SB_SHOW_FULL, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { "permalink_url", SB_SHOW_FULL, SB_TEXT, .sql = "'https://app.asana.com/0/' || o.gid" },
    { 0 },
};
const struct sb_type sb_tag_type = { "tag", "tag o", "o.gid", tag_fields };

static const struct sb_field attachment_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'attachment'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.subtype" },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "download_url", SB_SHOW_FULL, SB_TEXT,
      .sql = "coalesce(o.url, (SELECT value FROM meta WHERE key = 'files') || o.gid || '?until=' "
             "|| (?3 + 1800000))" },
    { "permanent_url", SB_SHOW_FULL, SB_TEXT,
      .sql = "'https://app.asana.com/app/asana/-/get_asset?asset_id=' || o.gid" },
    { "host", SB_SHOW_FULL, SB_TEXT, .sql = "o.host" },
    { "parent", SB_SHOW_FULL, SB_REF, .sql = "o.parent" },
    { "size", SB_SHOW_FULL, SB_INT, .sql = "length(CAST(o.content AS BLOB))" },
    { "view_url", SB_SHOW_FULL, SB_TEXT,
      .sql = "coalesce(o.url, (SELECT value FROM meta WHERE key = 'files') || o.gid || '?until=' "
             "|| (?3 + 1800000))" },
    { "connected_to_app", SB_SHOW_FULL, SB_BOOL, .sql = "0" },
    { 0 },
};
const struct sb_type sb_attachment_type = { "attachment", "attachment o", "o.gid",
                                            attachment_fields };
