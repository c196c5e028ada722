#include "sandbox/types.h"

/* Goals, their metric and their time periods. */
static const struct sb_field metric_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.metric" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'goal_metric'" },
    { "resource_subtype", SB_SHOW_COMPACT, SB_TEXT, .sql = "'number'" },
    { "precision", SB_SHOW_COMPACT, SB_INT, .sql = "o.precision" },
    { "unit", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.unit" },
    { "currency_code", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.currency" },
    { "initial_number_value", SB_SHOW_COMPACT, SB_NUM, .sql = "o.initial" },
    { "target_number_value", SB_SHOW_COMPACT, SB_NUM, .sql = "o.target" },
    { "current_number_value", SB_SHOW_COMPACT, SB_NUM, .sql = "o.current" },
    { "current_display_value", SB_SHOW_COMPACT, SB_TEXT,
      .sql = "CASE WHEN o.unit = 'percentage' THEN printf('%.*f%%', coalesce(o.precision, 0), "
             "o.current * "
             "100) WHEN o.unit = 'currency' THEN printf('%s %.*f', coalesce(o.currency, ''), "
             "coalesce(o.precision, 0), o.current) ELSE printf('%.*f', coalesce(o.precision, 0), "
             "o.current) END" },
    { "progress_source", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.progress_source" },
    { "is_custom_weight", SB_SHOW_COMPACT, SB_BOOL, .sql = "0" },
    { "can_manage", SB_SHOW_COMPACT, SB_BOOL, .sql = "o.owner = ?2" },
    { 0 },
};
static const struct sb_type sb_metric_type = { "goal_metric", "goal o", "o.gid", metric_fields };

static const struct sb_field goal_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'goal'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "owner", SB_SHOW_COMPACT, SB_REF, .sql = "o.owner", .type = &sb_user_type },
    { "html_notes", SB_SHOW_ASKED, SB_TEXT, .sql = "o.html_notes" },
    { "notes", SB_SHOW_FULL, SB_TEXT, .sql = "o.notes" },
    { "due_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.due_on" },
    { "start_on", SB_SHOW_FULL, SB_TEXT, .sql = "o.start_on" },
    { "is_workspace_level", SB_SHOW_FULL, SB_BOOL, .sql = "o.is_workspace_level" },
    { "liked", SB_SHOW_FULL, SB_BOOL,
      .sql = "EXISTS(SELECT 1 FROM liked l WHERE l.object = ?1 AND l.user = ?2)" },
    { "likes", SB_SHOW_FULL, SB_LIST, .sql = "SELECT id FROM liked WHERE object = ?1 ORDER BY id",
      .type = &sb_like_type },
    { "num_likes", SB_SHOW_FULL, SB_INT, .sql = "SELECT count(*) FROM liked WHERE object = ?1" },
    { "team", SB_SHOW_FULL, SB_REF, .sql = "o.team", .type = &sb_team_type },
    { "workspace", SB_SHOW_FULL, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { "followers", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT user FROM goal_follower WHERE goal = ?1 ORDER BY user",
      .type = &sb_user_type },
    { "time_period", SB_SHOW_FULL, SB_REF, .sql = "o.time_period", .type = &sb_time_period_type },
    { "metric", SB_SHOW_FULL, SB_REF, .sql = "CASE WHEN o.metric IS NOT NULL THEN o.gid END",
      .type = &sb_metric_type },
    { "current_status_update", SB_SHOW_FULL, SB_REF,
      .sql =
          "SELECT gid FROM status WHERE parent = o.gid ORDER BY created_at DESC, gid DESC LIMIT 1",
      .type = &sb_status_update_type },
    { "status", SB_SHOW_FULL, SB_TEXT, .sql = "o.status" },
    { "privacy_setting", SB_SHOW_FULL, SB_TEXT, .sql = "'public_to_workspace'" },
    { "default_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'editor'" },
    { "custom_fields", SB_SHOW_ASKED, SB_LIST,
      .sql = "SELECT v.id FROM field_value v WHERE v.object = ?1", .type = &sb_field_value_type,
      .deep = true },
    { "custom_field_settings", SB_SHOW_ASKED, SB_LIST,
      .sql = "SELECT gid FROM field_setting WHERE parent = ?1", .type = &sb_field_setting_type,
      .deep = true },
    { 0 },
};
const struct sb_type sb_goal_type = { "goal", "goal o", "o.gid", goal_fields };

static const struct sb_field time_period_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'time_period'" },
    { "end_on", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.end_on" },
    { "start_on", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.start_on" },
    { "period", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.period" },
    { "display_name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.display_name" },
    { "parent", SB_SHOW_FULL, SB_REF, .sql = "o.parent", .type = &sb_time_period_type },
    { 0 },
};
const struct sb_type sb_time_period_type = { "time_period", "time_period o", "o.gid",
                                             time_period_fields };
