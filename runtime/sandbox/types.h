/* types.h: the field tables of every type the sandbox knows. Constant data. */
#pragma once

#include "sandbox/fields.h"

extern const struct sb_type sb_user_type;
extern const struct sb_type sb_workspace_type;
extern const struct sb_type sb_team_type;
extern const struct sb_type sb_user_task_list_type;
extern const struct sb_type sb_project_type;
extern const struct sb_type sb_section_type;
extern const struct sb_type sb_task_type;
extern const struct sb_type sb_tag_type;
extern const struct sb_type sb_story_type;
extern const struct sb_type
    sb_project_status_type; /* the old form of a status update: with a colour */
extern const struct sb_type sb_status_update_type; /* the new form: with a status_type */
extern const struct sb_type sb_custom_field_type;
extern const struct sb_type sb_field_value_type;
extern const struct sb_type sb_field_setting_type;
extern const struct sb_type sb_enum_option_type;
extern const struct sb_type sb_like_type;
extern const struct sb_type sb_attachment_type;
extern const struct sb_type sb_portfolio_type;
extern const struct sb_type sb_goal_type;
extern const struct sb_type sb_time_period_type;
extern const struct sb_type sb_allocation_type;

/* Rows of a task table that the person ?2 may see. */
#define SB_SEES_TASK(gid) "EXISTS(SELECT 1 FROM sees_task s WHERE s.task = " gid " AND s.user = ?2)"
#define SB_SEES_PROJECT(gid) \
    "EXISTS(SELECT 1 FROM sees_project s WHERE s.project = " gid " AND s.user = ?2)"

/* Hearts and likes are the same thing under two names. */
#define SB_LIKED_BY_ME "EXISTS(SELECT 1 FROM liked l WHERE l.object = ?1 AND l.user = ?2)"
#define SB_LIKES_FIELDS                                                                          \
    { "hearted", SB_SHOW_FULL, SB_BOOL, .sql = SB_LIKED_BY_ME },                                 \
        { "hearts", SB_SHOW_FULL, SB_LIST,                                                       \
          .sql = "SELECT id FROM liked WHERE object = ?1 ORDER BY id", .type = &sb_like_type },  \
        { "num_hearts", SB_SHOW_FULL, SB_INT,                                                    \
          .sql = "SELECT count(*) FROM liked WHERE object = ?1" },                               \
        { "liked", SB_SHOW_FULL, SB_BOOL, .sql = SB_LIKED_BY_ME },                               \
        { "likes", SB_SHOW_FULL, SB_LIST,                                                        \
          .sql = "SELECT id FROM liked WHERE object = ?1 ORDER BY id", .type = &sb_like_type },  \
    {                                                                                            \
        "num_likes", SB_SHOW_FULL, SB_INT, .sql = "SELECT count(*) FROM liked WHERE object = ?1" \
    }
