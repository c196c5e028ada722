/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "sandbox/ops.h"

/* clang-format off */

static const char *const getAllocations_query[] = {
    "assignee",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "parent",
    "workspace",
    NULL,
};

static const char *const getAttachmentsForObject_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "parent",
    NULL,
};

static const char *const getAttachment_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getCustomField_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getEvents_query[] = {
    "opt_fields",
    "opt_pretty",
    "resource",
    "sync",
    NULL,
};

static const char *const getGoals_query[] = {
    "is_workspace_level",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "portfolio",
    "project",
    "task",
    "team",
    "time_periods",
    "workspace",
    NULL,
};

static const char *const createGoal_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createGoal_body[] = {
    { "due_on", false },
    { "followers", false },
    { "gid", true },
    { "html_notes", false },
    { "is_workspace_level", false },
    { "liked", false },
    { "name", false },
    { "notes", false },
    { "owner", false },
    { "resource_type", true },
    { "start_on", false },
    { "team", false },
    { "time_period", false },
    { "workspace", false },
    { NULL, false },
};

static const char *const getGoal_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const updateGoal_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field updateGoal_body[] = {
    { "custom_fields", false },
    { "due_on", false },
    { "gid", true },
    { "html_notes", false },
    { "is_workspace_level", false },
    { "liked", false },
    { "name", false },
    { "notes", false },
    { "owner", false },
    { "resource_type", true },
    { "start_on", false },
    { "status", false },
    { "team", false },
    { "time_period", false },
    { "workspace", false },
    { NULL, false },
};

static const char *const getParentGoalsForGoal_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const updateGoalMetric_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field updateGoalMetric_body[] = {
    { "current_number_value", false },
    { "gid", true },
    { "resource_type", true },
    { NULL, false },
};

static const char *const getPortfolios_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "owner",
    "workspace",
    NULL,
};

static const char *const getPortfolio_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getItemsForPortfolio_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getProjectStatus_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getProjects_query[] = {
    "archived",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "team",
    "workspace",
    NULL,
};

static const char *const createProject_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createProject_body[] = {
    { "archived", false },
    { "color", false },
    { "created_at", true },
    { "current_status", false },
    { "current_status_update", false },
    { "custom_field_settings", true },
    { "custom_fields", false },
    { "default_access_level", false },
    { "default_view", false },
    { "due_date", false },
    { "due_on", false },
    { "followers", false },
    { "gid", true },
    { "html_notes", false },
    { "icon", false },
    { "members", true },
    { "minimum_access_level_for_customization", false },
    { "minimum_access_level_for_sharing", false },
    { "modified_at", true },
    { "name", false },
    { "notes", false },
    { "owner", false },
    { "privacy_setting", false },
    { "public", false },
    { "resource_type", true },
    { "start_on", false },
    { "team", false },
    { "workspace", false },
    { NULL, false },
};

static const char *const deleteProject_query[] = { "opt_pretty", NULL };

static const char *const getProject_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const updateProject_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field updateProject_body[] = {
    { "archived", false },
    { "color", false },
    { "created_at", true },
    { "current_status", false },
    { "current_status_update", false },
    { "custom_field_settings", true },
    { "custom_fields", false },
    { "default_access_level", false },
    { "default_view", false },
    { "due_date", false },
    { "due_on", false },
    { "followers", false },
    { "gid", true },
    { "html_notes", false },
    { "icon", false },
    { "members", true },
    { "minimum_access_level_for_customization", false },
    { "minimum_access_level_for_sharing", false },
    { "modified_at", true },
    { "name", false },
    { "notes", false },
    { "owner", false },
    { "privacy_setting", false },
    { "public", false },
    { "resource_type", true },
    { "start_on", false },
    { "team", false },
    { NULL, false },
};

static const char *const getProjectStatusesForProject_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const createProjectStatusForProject_query[] = {
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const struct sandbox_body_field createProjectStatusForProject_body[] = {
    { "color", false },
    { "gid", true },
    { "html_text", false },
    { "resource_type", true },
    { "text", false },
    { "title", false },
    { NULL, false },
};

static const char *const getSectionsForProject_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getTaskCountsForProject_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getTasksForProject_query[] = {
    "completed_since",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getSection_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const addTaskForSection_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field addTaskForSection_body[] = {
    { "insert_after", false },
    { "insert_before", false },
    { "task", false },
    { NULL, false },
};

static const char *const getTasksForSection_query[] = {
    "completed_since",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getStatusesForObject_query[] = {
    "created_since",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "parent",
    NULL,
};

static const char *const createStatusForObject_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const struct sandbox_body_field createStatusForObject_body[] = {
    { "gid", true },
    { "html_text", false },
    { "parent", false },
    { "resource_subtype", true },
    { "resource_type", true },
    { "status_type", false },
    { "text", false },
    { "title", false },
    { NULL, false },
};

static const char *const deleteStatus_query[] = { "opt_pretty", NULL };

static const char *const getStatus_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const deleteStory_query[] = { "opt_pretty", NULL };

static const char *const getStory_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getTags_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "workspace",
    NULL,
};

static const char *const getTag_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getTasksForTag_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getTasks_query[] = {
    "assignee",
    "completed_since",
    "limit",
    "modified_since",
    "offset",
    "opt_fields",
    "opt_pretty",
    "project",
    "section",
    "tag",
    "workspace",
    NULL,
};

static const char *const createTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createTask_body[] = {
    { "actual_time_minutes", true },
    { "approval_status", false },
    { "assigned_by", true },
    { "assignee", false },
    { "assignee_section", false },
    { "assignee_status", false },
    { "completed", false },
    { "completed_at", true },
    { "completed_by", true },
    { "created_at", true },
    { "created_by", true },
    { "custom_fields", false },
    { "dependencies", true },
    { "dependents", true },
    { "due_at", false },
    { "due_on", false },
    { "external", false },
    { "followers", false },
    { "gid", true },
    { "hearted", true },
    { "hearts", true },
    { "html_notes", false },
    { "is_rendered_as_separator", true },
    { "liked", false },
    { "likes", true },
    { "memberships", false },
    { "modified_at", true },
    { "name", false },
    { "notes", false },
    { "num_hearts", true },
    { "num_likes", true },
    { "num_subtasks", true },
    { "parent", false },
    { "projects", false },
    { "resource_subtype", false },
    { "resource_type", true },
    { "start_at", false },
    { "start_on", false },
    { "tags", false },
    { "workspace", false },
    { NULL, false },
};

static const char *const deleteTask_query[] = { "opt_pretty", NULL };

static const char *const getTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const updateTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field updateTask_body[] = {
    { "actual_time_minutes", true },
    { "approval_status", false },
    { "assigned_by", true },
    { "assignee", false },
    { "assignee_section", false },
    { "assignee_status", false },
    { "completed", false },
    { "completed_at", true },
    { "completed_by", true },
    { "created_at", true },
    { "created_by", true },
    { "custom_fields", false },
    { "custom_type", false },
    { "custom_type_status_option", false },
    { "dependencies", true },
    { "dependents", true },
    { "due_at", false },
    { "due_on", false },
    { "external", false },
    { "gid", true },
    { "hearted", true },
    { "hearts", true },
    { "html_notes", false },
    { "is_rendered_as_separator", true },
    { "liked", false },
    { "likes", true },
    { "memberships", true },
    { "modified_at", true },
    { "name", false },
    { "notes", false },
    { "num_hearts", true },
    { "num_likes", true },
    { "num_subtasks", true },
    { "parent", false },
    { "resource_subtype", false },
    { "resource_type", true },
    { "start_at", false },
    { "start_on", false },
    { NULL, false },
};

static const char *const addDependenciesForTask_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field addDependenciesForTask_body[] = {
    { "dependencies", false },
    { NULL, false },
};

static const char *const addDependentsForTask_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field addDependentsForTask_body[] = {
    { "dependents", false },
    { NULL, false },
};

static const char *const addFollowersForTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field addFollowersForTask_body[] = {
    { "followers", false },
    { NULL, false },
};

static const char *const addProjectForTask_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field addProjectForTask_body[] = {
    { "insert_after", false },
    { "insert_before", false },
    { "project", false },
    { "section", false },
    { NULL, false },
};

static const char *const removeDependenciesForTask_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field removeDependenciesForTask_body[] = {
    { "dependencies", false },
    { NULL, false },
};

static const char *const removeDependentsForTask_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field removeDependentsForTask_body[] = {
    { "dependents", false },
    { NULL, false },
};

static const char *const removeFollowerForTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field removeFollowerForTask_body[] = {
    { "followers", false },
    { NULL, false },
};

static const char *const removeProjectForTask_query[] = { "opt_pretty", NULL };

static const struct sandbox_body_field removeProjectForTask_body[] = {
    { "project", false },
    { NULL, false },
};

static const char *const setParentForTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field setParentForTask_body[] = {
    { "insert_after", false },
    { "insert_before", false },
    { "parent", false },
    { NULL, false },
};

static const char *const getStoriesForTask_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const createStoryForTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createStoryForTask_body[] = {
    { "created_at", true },
    { "gid", true },
    { "html_text", false },
    { "is_pinned", false },
    { "resource_subtype", true },
    { "resource_type", true },
    { "sticker_name", false },
    { "text", false },
    { NULL, false },
};

static const char *const getSubtasksForTask_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const createSubtaskForTask_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createSubtaskForTask_body[] = {
    { "actual_time_minutes", true },
    { "approval_status", false },
    { "assigned_by", true },
    { "assignee", false },
    { "assignee_section", false },
    { "assignee_status", false },
    { "completed", false },
    { "completed_at", true },
    { "completed_by", true },
    { "created_at", true },
    { "created_by", true },
    { "custom_fields", false },
    { "dependencies", true },
    { "dependents", true },
    { "due_at", false },
    { "due_on", false },
    { "external", false },
    { "followers", false },
    { "gid", true },
    { "hearted", true },
    { "hearts", true },
    { "html_notes", false },
    { "is_rendered_as_separator", true },
    { "liked", false },
    { "likes", true },
    { "memberships", true },
    { "modified_at", true },
    { "name", false },
    { "notes", false },
    { "num_hearts", true },
    { "num_likes", true },
    { "num_subtasks", true },
    { "parent", false },
    { "projects", false },
    { "resource_subtype", false },
    { "resource_type", true },
    { "start_at", false },
    { "start_on", false },
    { "tags", false },
    { "workspace", false },
    { NULL, false },
};

static const char *const getTeam_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getProjectsForTeam_query[] = {
    "archived",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getUsersForTeam_query[] = { "offset", "opt_fields", "opt_pretty", NULL };

static const char *const getTimePeriods_query[] = {
    "end_on",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "start_on",
    "workspace",
    NULL,
};

static const char *const getTimePeriod_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getUserTaskList_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getTasksForUserTaskList_query[] = {
    "completed_since",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getUsers_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "team",
    "workspace",
    NULL,
};

static const char *const getUser_query[] = { "opt_fields", "opt_pretty", "workspace", NULL };

static const char *const getTeamsForUser_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    "organization",
    NULL,
};

static const char *const getUserTaskListForUser_query[] = {
    "opt_fields",
    "opt_pretty",
    "workspace",
    NULL,
};

static const char *const getWorkspaces_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getWorkspace_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const getProjectsForWorkspace_query[] = {
    "archived",
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const getTagsForWorkspace_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const searchTasksForWorkspace_query[] = {
    "assigned_by.any",
    "assigned_by.not",
    "assignee.any",
    "assignee.not",
    "commented_on_by.not",
    "completed",
    "completed_at.after",
    "completed_at.before",
    "completed_on",
    "completed_on.after",
    "completed_on.before",
    "created_at.after",
    "created_at.before",
    "created_by.any",
    "created_by.not",
    "created_on",
    "created_on.after",
    "created_on.before",
    "custom_fields.*",
    "custom_types.*",
    "due_at.after",
    "due_at.before",
    "due_on",
    "due_on.after",
    "due_on.before",
    "followers.any",
    "followers.not",
    "has_attachment",
    "is_blocked",
    "is_blocking",
    "is_subtask",
    "liked_by.not",
    "limit",
    "modified_at.after",
    "modified_at.before",
    "modified_on",
    "modified_on.after",
    "modified_on.before",
    "opt_fields",
    "opt_pretty",
    "portfolios.any",
    "projects.all",
    "projects.any",
    "projects.not",
    "resource_subtype",
    "sections.all",
    "sections.any",
    "sections.not",
    "sort_ascending",
    "sort_by",
    "start_on",
    "start_on.after",
    "start_on.before",
    "tags.all",
    "tags.any",
    "tags.not",
    "teams.any",
    "text",
    NULL,
};

static const char *const getTeamsForWorkspace_query[] = {
    "limit",
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

static const char *const typeaheadForWorkspace_query[] = {
    "count",
    "opt_fields",
    "opt_pretty",
    "query",
    "resource_type",
    "type",
    NULL,
};

static const char *const getUsersForWorkspace_query[] = {
    "offset",
    "opt_fields",
    "opt_pretty",
    NULL,
};

const struct sandbox_op sandbox_ops[] = {
    { "getAllocations", "GET", "/allocations", getAllocations_query, NULL },
    { "getAttachmentsForObject", "GET", "/attachments", getAttachmentsForObject_query, NULL },
    { "getAttachment", "GET", "/attachments/{attachment_gid}", getAttachment_query, NULL },
    { "getCustomField", "GET", "/custom_fields/{custom_field_gid}", getCustomField_query, NULL },
    { "getEvents", "GET", "/events", getEvents_query, NULL },
    { "getGoals", "GET", "/goals", getGoals_query, NULL },
    { "createGoal", "POST", "/goals", createGoal_query, createGoal_body },
    { "getGoal", "GET", "/goals/{goal_gid}", getGoal_query, NULL },
    { "updateGoal", "PUT", "/goals/{goal_gid}", updateGoal_query, updateGoal_body },
    { "getParentGoalsForGoal", "GET", "/goals/{goal_gid}/parentGoals",
      getParentGoalsForGoal_query, NULL },
    { "updateGoalMetric", "POST", "/goals/{goal_gid}/setMetricCurrentValue",
      updateGoalMetric_query, updateGoalMetric_body },
    { "getPortfolios", "GET", "/portfolios", getPortfolios_query, NULL },
    { "getPortfolio", "GET", "/portfolios/{portfolio_gid}", getPortfolio_query, NULL },
    { "getItemsForPortfolio", "GET", "/portfolios/{portfolio_gid}/items",
      getItemsForPortfolio_query, NULL },
    { "getProjectStatus", "GET", "/project_statuses/{project_status_gid}",
      getProjectStatus_query, NULL },
    { "getProjects", "GET", "/projects", getProjects_query, NULL },
    { "createProject", "POST", "/projects", createProject_query, createProject_body },
    { "deleteProject", "DELETE", "/projects/{project_gid}", deleteProject_query, NULL },
    { "getProject", "GET", "/projects/{project_gid}", getProject_query, NULL },
    { "updateProject", "PUT", "/projects/{project_gid}", updateProject_query, updateProject_body },
    { "getProjectStatusesForProject", "GET", "/projects/{project_gid}/project_statuses",
      getProjectStatusesForProject_query, NULL },
    { "createProjectStatusForProject", "POST", "/projects/{project_gid}/project_statuses",
      createProjectStatusForProject_query, createProjectStatusForProject_body },
    { "getSectionsForProject", "GET", "/projects/{project_gid}/sections",
      getSectionsForProject_query, NULL },
    { "getTaskCountsForProject", "GET", "/projects/{project_gid}/task_counts",
      getTaskCountsForProject_query, NULL },
    { "getTasksForProject", "GET", "/projects/{project_gid}/tasks",
      getTasksForProject_query, NULL },
    { "getSection", "GET", "/sections/{section_gid}", getSection_query, NULL },
    { "addTaskForSection", "POST", "/sections/{section_gid}/addTask",
      addTaskForSection_query, addTaskForSection_body },
    { "getTasksForSection", "GET", "/sections/{section_gid}/tasks",
      getTasksForSection_query, NULL },
    { "getStatusesForObject", "GET", "/status_updates", getStatusesForObject_query, NULL },
    { "createStatusForObject", "POST", "/status_updates",
      createStatusForObject_query, createStatusForObject_body },
    { "deleteStatus", "DELETE", "/status_updates/{status_update_gid}", deleteStatus_query, NULL },
    { "getStatus", "GET", "/status_updates/{status_update_gid}", getStatus_query, NULL },
    { "deleteStory", "DELETE", "/stories/{story_gid}", deleteStory_query, NULL },
    { "getStory", "GET", "/stories/{story_gid}", getStory_query, NULL },
    { "getTags", "GET", "/tags", getTags_query, NULL },
    { "getTag", "GET", "/tags/{tag_gid}", getTag_query, NULL },
    { "getTasksForTag", "GET", "/tags/{tag_gid}/tasks", getTasksForTag_query, NULL },
    { "getTasks", "GET", "/tasks", getTasks_query, NULL },
    { "createTask", "POST", "/tasks", createTask_query, createTask_body },
    { "deleteTask", "DELETE", "/tasks/{task_gid}", deleteTask_query, NULL },
    { "getTask", "GET", "/tasks/{task_gid}", getTask_query, NULL },
    { "updateTask", "PUT", "/tasks/{task_gid}", updateTask_query, updateTask_body },
    { "addDependenciesForTask", "POST", "/tasks/{task_gid}/addDependencies",
      addDependenciesForTask_query, addDependenciesForTask_body },
    { "addDependentsForTask", "POST", "/tasks/{task_gid}/addDependents",
      addDependentsForTask_query, addDependentsForTask_body },
    { "addFollowersForTask", "POST", "/tasks/{task_gid}/addFollowers",
      addFollowersForTask_query, addFollowersForTask_body },
    { "addProjectForTask", "POST", "/tasks/{task_gid}/addProject",
      addProjectForTask_query, addProjectForTask_body },
    { "removeDependenciesForTask", "POST", "/tasks/{task_gid}/removeDependencies",
      removeDependenciesForTask_query, removeDependenciesForTask_body },
    { "removeDependentsForTask", "POST", "/tasks/{task_gid}/removeDependents",
      removeDependentsForTask_query, removeDependentsForTask_body },
    { "removeFollowerForTask", "POST", "/tasks/{task_gid}/removeFollowers",
      removeFollowerForTask_query, removeFollowerForTask_body },
    { "removeProjectForTask", "POST", "/tasks/{task_gid}/removeProject",
      removeProjectForTask_query, removeProjectForTask_body },
    { "setParentForTask", "POST", "/tasks/{task_gid}/setParent",
      setParentForTask_query, setParentForTask_body },
    { "getStoriesForTask", "GET", "/tasks/{task_gid}/stories", getStoriesForTask_query, NULL },
    { "createStoryForTask", "POST", "/tasks/{task_gid}/stories",
      createStoryForTask_query, createStoryForTask_body },
    { "getSubtasksForTask", "GET", "/tasks/{task_gid}/subtasks", getSubtasksForTask_query, NULL },
    { "createSubtaskForTask", "POST", "/tasks/{task_gid}/subtasks",
      createSubtaskForTask_query, createSubtaskForTask_body },
    { "getTeam", "GET", "/teams/{team_gid}", getTeam_query, NULL },
    { "getProjectsForTeam", "GET", "/teams/{team_gid}/projects", getProjectsForTeam_query, NULL },
    { "getUsersForTeam", "GET", "/teams/{team_gid}/users", getUsersForTeam_query, NULL },
    { "getTimePeriods", "GET", "/time_periods", getTimePeriods_query, NULL },
    { "getTimePeriod", "GET", "/time_periods/{time_period_gid}", getTimePeriod_query, NULL },
    { "getUserTaskList", "GET", "/user_task_lists/{user_task_list_gid}",
      getUserTaskList_query, NULL },
    { "getTasksForUserTaskList", "GET", "/user_task_lists/{user_task_list_gid}/tasks",
      getTasksForUserTaskList_query, NULL },
    { "getUsers", "GET", "/users", getUsers_query, NULL },
    { "getUser", "GET", "/users/{user_gid}", getUser_query, NULL },
    { "getTeamsForUser", "GET", "/users/{user_gid}/teams", getTeamsForUser_query, NULL },
    { "getUserTaskListForUser", "GET", "/users/{user_gid}/user_task_list",
      getUserTaskListForUser_query, NULL },
    { "getWorkspaces", "GET", "/workspaces", getWorkspaces_query, NULL },
    { "getWorkspace", "GET", "/workspaces/{workspace_gid}", getWorkspace_query, NULL },
    { "getProjectsForWorkspace", "GET", "/workspaces/{workspace_gid}/projects",
      getProjectsForWorkspace_query, NULL },
    { "getTagsForWorkspace", "GET", "/workspaces/{workspace_gid}/tags",
      getTagsForWorkspace_query, NULL },
    { "searchTasksForWorkspace", "GET", "/workspaces/{workspace_gid}/tasks/search",
      searchTasksForWorkspace_query, NULL },
    { "getTeamsForWorkspace", "GET", "/workspaces/{workspace_gid}/teams",
      getTeamsForWorkspace_query, NULL },
    { "typeaheadForWorkspace", "GET", "/workspaces/{workspace_gid}/typeahead",
      typeaheadForWorkspace_query, NULL },
    { "getUsersForWorkspace", "GET", "/workspaces/{workspace_gid}/users",
      getUsersForWorkspace_query, NULL },
};
const size_t sandbox_ops_count = sizeof(sandbox_ops) / sizeof(*sandbox_ops);
