#include "sandbox/types.h"

#include <string.h>

/* People and the places they work in. */
static const struct sb_field user_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'user'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "email", SB_SHOW_FULL, SB_TEXT, .sql = "o.email" },
    { "photo", SB_SHOW_FULL, SB_JSON, .sql = "NULL" },
    { "workspaces", SB_SHOW_FULL, SB_LIST,
      .sql = "SELECT a.workspace FROM workspace_member a JOIN workspace_member b USING(workspace) "
             "WHERE "
             "a.user = ?1 AND b.user = ?2 ORDER BY 1",
      .type = &sb_workspace_type },
    { "custom_fields", SB_SHOW_ASKED, SB_JSON, .sql = "'[]'" },
    { 0 },
};
const struct sb_type sb_user_type = { "user", "user o", "o.gid", user_fields };

static const struct sb_field workspace_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'workspace'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "email_domains", SB_SHOW_FULL, SB_STRINGS,
      .sql = "SELECT domain FROM workspace WHERE gid = ?1 AND domain IS NOT NULL" },
    { "is_organization", SB_SHOW_FULL, SB_BOOL, .sql = "o.is_organization" },
    { 0 },
};
const struct sb_type sb_workspace_type = { "workspace", "workspace o", "o.gid", workspace_fields };

static const struct sb_field team_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'team'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.name" },
    { "description", SB_SHOW_ASKED, SB_TEXT, .sql = "o.description" },
    { "html_description", SB_SHOW_ASKED, SB_TEXT, .sql = "o.html_description" },
    { "organization", SB_SHOW_FULL, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { "permalink_url", SB_SHOW_FULL, SB_TEXT, .sql = "'https://app.asana.com/0/' || o.gid" },
    { "visibility", SB_SHOW_FULL, SB_TEXT, .sql = "o.visibility" },
    { "edit_team_name_or_description_access_level", SB_SHOW_FULL, SB_TEXT,
      .sql = "'all_team_members'" },
    { "edit_team_visibility_or_trash_team_access_level", SB_SHOW_FULL, SB_TEXT,
      .sql = "'all_team_members'" },
    { "member_invite_management_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'all_team_members'" },
    { "guest_invite_management_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'all_team_members'" },
    { "join_request_management_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'all_team_members'" },
    { "team_member_removal_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'all_team_members'" },
    { "team_content_management_access_level", SB_SHOW_FULL, SB_TEXT, .sql = "'no_restriction'" },
    { "endorsed", SB_SHOW_FULL, SB_BOOL, .sql = "0" },
    { "custom_field_settings", SB_SHOW_ASKED, SB_LIST,
      .sql = "SELECT gid FROM field_setting WHERE parent = ?1", .type = &sb_field_setting_type },
    { 0 },
};
const struct sb_type sb_team_type = { "team", "team o", "o.gid", team_fields };

static const struct sb_field user_task_list_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.gid" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "'user_task_list'" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = "'My tasks'" },
    { "owner", SB_SHOW_COMPACT, SB_REF, .sql = "o.user", .type = &sb_user_type },
    { "workspace", SB_SHOW_COMPACT, SB_REF, .sql = "o.workspace", .type = &sb_workspace_type },
    { 0 },
};
const struct sb_type sb_user_task_list_type = { "user_task_list", "user_task_list o", "o.gid",
                                                user_task_list_fields };

static const struct sb_field like_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.id" },
    { "user", SB_SHOW_COMPACT, SB_REF, .sql = "o.user", .type = &sb_user_type },
    { 0 },
};
const struct sb_type sb_like_type = { "like", "liked o", "o.id", like_fields };

const struct sb_type *sb_type_of(struct sb_call *c, int64_t gid)
{
    static const struct sb_type *const types[] = {
        &sb_user_type,       &sb_workspace_type,    &sb_team_type,        &sb_project_type,
        &sb_section_type,    &sb_task_type,         &sb_tag_type,         &sb_story_type,
        &sb_goal_type,       &sb_portfolio_type,    &sb_attachment_type,  &sb_time_period_type,
        &sb_allocation_type, &sb_custom_field_type, &sb_enum_option_type, &sb_user_task_list_type,
    };
    const char *name = sb_text(c->db, c->arena, "SELECT type FROM object WHERE gid = ?1", "i", gid);
    for (size_t i = 0; name && i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    return NULL;
}
