#include "sandbox/types.h"

/* Projects and what hangs on them. */
static const struct sb_field project_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'project'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "archived", SB_SHOW_FULL, SB_BOOL, .sql = "o.archived" },
    { "color", SB_SHOW_FULL, SB_TEXT, .sql = "o.color" },
    { "icon", SB_SHOW_FULL, SB_TEXT, .sql = "o.icon" },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "current_status", SB_SHOW_FULL, SB_REF,
      .sql =
          "SELECT gid FROM status WHERE parent = o.gid ORDER BY created_at DESC, gid DESC LIMIT 1",
      .type = &sb_project_status_type, .deep = true },
    { "current_status_update", SB_SHOW_FULL, SB_REF,
      .sql =
          "SELECT gid FROM status WHERE parent = o.gid ORDER BY created_at DESC, gid DESC LIMIT 1",
      .type = &sb_status_update_type },
    { "custom_field_settings", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT gid FROM field_setting WHERE parent = ?1 ORDER BY position",
      .type = &sb_field_setting_type, .deep = true },
    { "default_view", SB_SHOW_FULL, SB_TEXT, .sql = "o.default_view" },
    { "due_date", SB_SHOW_FULL, SB_TEXT, .sql = "o.due_on" },
    { "due_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.due_on" },
    { "html_notes", SB_SHOW_ASKED, SB_TEXT, .sql = "o.html_notes" },
    { "members", SB_SHOW_FULL, SB_LIST,
      .sql =
          "SELECT m.user FROM project_member m JOIN user u ON u.gid = m.user WHERE m.project = ?1 "
          "ORDER BY u.name",
      .type = &sb_user_type },
    { "modified_at", SB_SHOW_FULL, SB_TIME, .sql = "o.modified_at" },
    { "notes", SB_SHOW_FULL, SB_TEXT, .sql = "o.notes" },
    { "public", SB_SHOW_FULL, SB_BOOL, .sql = "o.privacy = 'public_to_workspace'" },
    { "privacy_setting", SB_SHOW_FULL, SB_TEXT, .sql = "o.privacy" },
    { "start_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.start_on" },
    { "default_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "o.access_level" },
    { "minimum_access_level_for_customization", SB_SHOW_FULL, SB_TEXT,
      .sql = "o.customization_level" },
    { "minimum_access_level_for_sharing", SB_SHOW_FULL, SB_TEXT, .sql = "o.sharing_level" },
    { "custom_fields", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT v.id FROM field_value v JOIN custom_field f ON f.gid = v.field WHERE v.object "
             "= ?1 "
             "ORDER BY f.gid",
      .type = &sb_field_value_type, .deep = true },
    { "completed", SB_SHOW_FULL, SB_BOOL, .sql = "o.completed_at IS NOT NULL" },
    { "completed_at", SB_SHOW_FULL, SB_TIME, .sql = "o.completed_at" },
    { "completed_by", SB_SHOW_FULL, SB_REF, .sql = "o.completed_by", .type = &sb_user_type },
    { "followers", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT m.user FROM project_member m JOIN user u ON u.gid = m.user WHERE m.project = "
             "?1 AND "
             "m.follows ORDER BY u.name",
      .type = &sb_user_type },
    { "owner", SB_SHOW_FULL, SB_REF, .sql = "o.owner", .type = &sb_user_type },
    { "team", SB_SHOW_FULL, SB_REF, .sql = "o.team", .type = &sb_team_type },
    { "permalink_url", SB_SHOW_FULL, SB_TEXT,
      .sql = "'https://app.asana.com/0/' || o.gid || '/list'" },
    { "project_brief", SB_SHOW_ASKED, SB_JSON, .sql = "NULL" },
    { "created_from_template", SB_SHOW_ASKED, SB_JSON, .sql = "NULL" },
    { "workspace", SB_SHOW_FULL, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { 0 },
};
const struct sb_type sb_project_type = { "project", "project o", "o.gid", project_fields };

static const struct sb_field section_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'section'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "project", SB_SHOW_FULL, SB_REF, .sql = "o.project", .type = &sb_project_type },
    { "projects", SB_SHOW_FULL, SB_LIST, .sql = "SELECT project FROM section WHERE gid = ?1",
      .type = &sb_project_type },
    { 0 },
};
const struct sb_type sb_section_type = { "section", "section o", "o.gid", section_fields };

static const struct sb_field project_status_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'project_status'" },
    { "title", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.title" },
    { "text", SB_SHOW_FULL, SB_TEXT, .sql = "o.text" },
    { "html_text", SB_SHOW_ASKED, SB_TEXT, .sql = "o.html_text" },
    { "color", SB_SHOW_FULL, SB_TEXT, .sql = "o.color" },
    { "author", SB_SHOW_FULL, SB_REF, .sql = "o.author", .type = &sb_user_type },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "created_by", SB_SHOW_FULL, SB_REF, .sql = "o.author", .type = &sb_user_type },
    { "modified_at", SB_SHOW_FULL, SB_TIME, .sql = "o.modified_at" },
    { 0 },
};
const struct sb_type sb_project_status_type = { "project_status", "status o", "o.gid",
                                                project_status_fields };

static const struct sb_field status_update_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'status_update'" },
    { "title", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.title" },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "p.type || '_status_update'" },
    { "text", SB_SHOW_FULL, SB_TEXT, .sql = "o.text" },
    { "html_text", SB_SHOW_ASKED, SB_TEXT, .sql = "o.html_text" },
    { "status_type", SB_SHOW_FULL, SB_TEXT,
      .sql =
          "CASE o.color WHEN 'green' THEN 'on_track' WHEN 'yellow' THEN 'at_risk' WHEN 'red' THEN "
          "'off_track' WHEN 'blue' THEN 'on_hold' ELSE o.color END" },
    { "author", SB_SHOW_FULL, SB_REF, .sql = "o.author", .type = &sb_user_type },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "created_by", SB_SHOW_FULL, SB_REF, .sql = "o.author", .type = &sb_user_type },
    SB_LIKES_FIELDS,
    { "reaction_summary", SB_SHOW_FULL, SB_JSON, .sql = "'[]'" },
    { "modified_at", SB_SHOW_FULL, SB_TIME, .sql = "o.modified_at" },
    { "parent", SB_SHOW_FULL, SB_REF, .sql = "o.parent" },
    { 0 },
};
const struct sb_type sb_status_update_type = { "status_update",
                                               "status o JOIN object p ON p.gid = o.parent",
                                               "o.gid", status_update_fields };

static const struct sb_field portfolio_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'portfolio'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "archived", SB_SHOW_ASKED, SB_BOOL, .sql = "o.archived" },
    { "color", SB_SHOW_FULL, SB_TEXT, .sql = "o.color" },
    { "start_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.start_on" },
    { "due_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.due_on" },
    { "default_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'viewer'" },
    { "created_at", SB_SHOW_FULL, SB_TIME, .sql = "o.created_at" },
    { "created_by", SB_SHOW_FULL, SB_REF, .sql = "o.created_by", .type = &sb_user_type },
    { "custom_field_settings", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT gid FROM field_setting WHERE parent = ?1 ORDER BY position",
      .type = &sb_field_setting_type, .deep = true },
    { "current_status_update", SB_SHOW_FULL, SB_REF,
      .sql =
          "SELECT gid FROM status WHERE parent = o.gid ORDER BY created_at DESC, gid DESC LIMIT 1",
      .type = &sb_status_update_type },
    { "custom_fields", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT v.id FROM field_value v JOIN custom_field f ON f.gid = v.field WHERE v.object "
             "= ?1 "
             "ORDER BY f.gid",
      .type = &sb_field_value_type, .deep = true },
    { "members", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT m.user FROM portfolio_member m JOIN user u ON u.gid = m.user WHERE "
             "m.portfolio = ?1 "
             "ORDER BY u.name",
      .type = &sb_user_type },
    { "owner", SB_SHOW_FULL, SB_REF, .sql = "o.owner", .type = &sb_user_type },
    { "workspace", SB_SHOW_FULL, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { "permalink_url", SB_SHOW_FULL, SB_TEXT,
      .sql = "'https://app.asana.com/0/portfolio/' || o.gid || '/list'" },
    { "public", SB_SHOW_FULL, SB_BOOL, .sql = "o.public" },
    { "privacy_setting", SB_SHOW_FULL, SB_TEXT,
      .sql = "CASE WHEN o.public THEN 'public_to_domain' ELSE 'members_only' END" },
    { "project_templates", SB_SHOW_FULL, SB_JSON, .sql = "'[]'" },
    { 0 },
};
const struct sb_type sb_portfolio_type = { "portfolio", "portfolio o", "o.gid", portfolio_fields };

static const struct sb_field allocation_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'allocation'" },
    { "start_date", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.start_date" },
    { "end_date", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.end_date" },
    { "effort", SB_SHOW_COMPACT, SB_JSON,
      .sql = "CASE WHEN o.effort_type IS NOT NULL THEN json_object('type', o.effort_type, 'value', "
             "o.effort) END" },
    { "assignee", SB_SHOW_COMPACT, SB_REF, .sql = "o.assignee", .type = &sb_user_type },
    { "created_by", SB_SHOW_COMPACT, SB_REF, .sql = "o.created_by", .type = &sb_user_type },
    { "parent", SB_SHOW_COMPACT, SB_REF, .sql = "o.parent", .type = &sb_project_type },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "'project_allocation'" },
    { 0 },
};
const struct sb_type sb_allocation_type = { "allocation", "allocation o", "o.gid",
                                            allocation_fields };
