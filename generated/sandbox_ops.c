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

static const char *const createAttachmentForObject_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createAttachmentForObject_body[] = {
    { "connect_to_app", false },
    { "file", false },
    { "name", false },
    { "parent", false },
    { "resource_subtype", false },
    { "url", false },
    { NULL, false },
};

static const char *const getAttachment_query[] = { "opt_fields", "opt_pretty", NULL };

static const char *const createBatchRequest_query[] = { "opt_fields", "opt_pretty", NULL };

static const struct sandbox_body_field createBatchRequest_body[] = {
    { "actions", false },
    { NULL, false },
};

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
    { "getAllocations", "GET", "/allocations", getAllocations_query, NULL, false },
    { "getAttachmentsForObject", "GET", "/attachments",
      getAttachmentsForObject_query, NULL, false },
    { "createAttachmentForObject", "POST", "/attachments",
      createAttachmentForObject_query, createAttachmentForObject_body, true },
    { "getAttachment", "GET", "/attachments/{attachment_gid}", getAttachment_query, NULL, false },
    { "createBatchRequest", "POST", "/batch",
      createBatchRequest_query, createBatchRequest_body, false },
    { "getCustomField", "GET", "/custom_fields/{custom_field_gid}",
      getCustomField_query, NULL, false },
    { "getEvents", "GET", "/events", getEvents_query, NULL, false },
    { "getGoals", "GET", "/goals", getGoals_query, NULL, false },
    { "createGoal", "POST", "/goals", createGoal_query, createGoal_body, false },
    { "getGoal", "GET", "/goals/{goal_gid}", getGoal_query, NULL, false },
    { "updateGoal", "PUT", "/goals/{goal_gid}", updateGoal_query, updateGoal_body, false },
    { "getParentGoalsForGoal", "GET", "/goals/{goal_gid}/parentGoals",
      getParentGoalsForGoal_query, NULL, false },
    { "updateGoalMetric", "POST", "/goals/{goal_gid}/setMetricCurrentValue",
      updateGoalMetric_query, updateGoalMetric_body, false },
    { "getPortfolios", "GET", "/portfolios", getPortfolios_query, NULL, false },
    { "getPortfolio", "GET", "/portfolios/{portfolio_gid}", getPortfolio_query, NULL, false },
    { "getItemsForPortfolio", "GET", "/portfolios/{portfolio_gid}/items",
      getItemsForPortfolio_query, NULL, false },
    { "getProjectStatus", "GET", "/project_statuses/{project_status_gid}",
      getProjectStatus_query, NULL, false },
    { "getProjects", "GET", "/projects", getProjects_query, NULL, false },
    { "createProject", "POST", "/projects", createProject_query, createProject_body, false },
    { "deleteProject", "DELETE", "/projects/{project_gid}", deleteProject_query, NULL, false },
    { "getProject", "GET", "/projects/{project_gid}", getProject_query, NULL, false },
    { "updateProject", "PUT", "/projects/{project_gid}",
      updateProject_query, updateProject_body, false },
    { "getProjectStatusesForProject", "GET", "/projects/{project_gid}/project_statuses",
      getProjectStatusesForProject_query, NULL, false },
    { "createProjectStatusForProject", "POST", "/projects/{project_gid}/project_statuses",
      createProjectStatusForProject_query, createProjectStatusForProject_body, false },
    { "getSectionsForProject", "GET", "/projects/{project_gid}/sections",
      getSectionsForProject_query, NULL, false },
    { "getTaskCountsForProject", "GET", "/projects/{project_gid}/task_counts",
      getTaskCountsForProject_query, NULL, false },
    { "getTasksForProject", "GET", "/projects/{project_gid}/tasks",
      getTasksForProject_query, NULL, false },
    { "getSection", "GET", "/sections/{section_gid}", getSection_query, NULL, false },
    { "addTaskForSection", "POST", "/sections/{section_gid}/addTask",
      addTaskForSection_query, addTaskForSection_body, false },
    { "getTasksForSection", "GET", "/sections/{section_gid}/tasks",
      getTasksForSection_query, NULL, false },
    { "getStatusesForObject", "GET", "/status_updates", getStatusesForObject_query, NULL, false },
    { "createStatusForObject", "POST", "/status_updates",
      createStatusForObject_query, createStatusForObject_body, false },
    { "deleteStatus", "DELETE", "/status_updates/{status_update_gid}",
      deleteStatus_query, NULL, false },
    { "getStatus", "GET", "/status_updates/{status_update_gid}", getStatus_query, NULL, false },
    { "deleteStory", "DELETE", "/stories/{story_gid}", deleteStory_query, NULL, false },
    { "getStory", "GET", "/stories/{story_gid}", getStory_query, NULL, false },
    { "getTags", "GET", "/tags", getTags_query, NULL, false },
    { "getTag", "GET", "/tags/{tag_gid}", getTag_query, NULL, false },
    { "getTasksForTag", "GET", "/tags/{tag_gid}/tasks", getTasksForTag_query, NULL, false },
    { "getTasks", "GET", "/tasks", getTasks_query, NULL, false },
    { "createTask", "POST", "/tasks", createTask_query, createTask_body, false },
    { "deleteTask", "DELETE", "/tasks/{task_gid}", deleteTask_query, NULL, false },
    { "getTask", "GET", "/tasks/{task_gid}", getTask_query, NULL, false },
    { "updateTask", "PUT", "/tasks/{task_gid}", updateTask_query, updateTask_body, false },
    { "addDependenciesForTask", "POST", "/tasks/{task_gid}/addDependencies",
      addDependenciesForTask_query, addDependenciesForTask_body, false },
    { "addDependentsForTask", "POST", "/tasks/{task_gid}/addDependents",
      addDependentsForTask_query, addDependentsForTask_body, false },
    { "addFollowersForTask", "POST", "/tasks/{task_gid}/addFollowers",
      addFollowersForTask_query, addFollowersForTask_body, false },
    { "addProjectForTask", "POST", "/tasks/{task_gid}/addProject",
      addProjectForTask_query, addProjectForTask_body, false },
    { "removeDependenciesForTask", "POST", "/tasks/{task_gid}/removeDependencies",
      removeDependenciesForTask_query, removeDependenciesForTask_body, false },
    { "removeDependentsForTask", "POST", "/tasks/{task_gid}/removeDependents",
      removeDependentsForTask_query, removeDependentsForTask_body, false },
    { "removeFollowerForTask", "POST", "/tasks/{task_gid}/removeFollowers",
      removeFollowerForTask_query, removeFollowerForTask_body, false },
    { "removeProjectForTask", "POST", "/tasks/{task_gid}/removeProject",
      removeProjectForTask_query, removeProjectForTask_body, false },
    { "setParentForTask", "POST", "/tasks/{task_gid}/setParent",
      setParentForTask_query, setParentForTask_body, false },
    { "getStoriesForTask", "GET", "/tasks/{task_gid}/stories",
      getStoriesForTask_query, NULL, false },
    { "createStoryForTask", "POST", "/tasks/{task_gid}/stories",
      createStoryForTask_query, createStoryForTask_body, false },
    { "getSubtasksForTask", "GET", "/tasks/{task_gid}/subtasks",
      getSubtasksForTask_query, NULL, false },
    { "createSubtaskForTask", "POST", "/tasks/{task_gid}/subtasks",
      createSubtaskForTask_query, createSubtaskForTask_body, false },
    { "getTeam", "GET", "/teams/{team_gid}", getTeam_query, NULL, false },
    { "getProjectsForTeam", "GET", "/teams/{team_gid}/projects",
      getProjectsForTeam_query, NULL, false },
    { "getUsersForTeam", "GET", "/teams/{team_gid}/users", getUsersForTeam_query, NULL, false },
    { "getTimePeriods", "GET", "/time_periods", getTimePeriods_query, NULL, false },
    { "getTimePeriod", "GET", "/time_periods/{time_period_gid}", getTimePeriod_query, NULL, false },
    { "getUserTaskList", "GET", "/user_task_lists/{user_task_list_gid}",
      getUserTaskList_query, NULL, false },
    { "getTasksForUserTaskList", "GET", "/user_task_lists/{user_task_list_gid}/tasks",
      getTasksForUserTaskList_query, NULL, false },
    { "getUsers", "GET", "/users", getUsers_query, NULL, false },
    { "getUser", "GET", "/users/{user_gid}", getUser_query, NULL, false },
    { "getTeamsForUser", "GET", "/users/{user_gid}/teams", getTeamsForUser_query, NULL, false },
    { "getUserTaskListForUser", "GET", "/users/{user_gid}/user_task_list",
      getUserTaskListForUser_query, NULL, false },
    { "getWorkspaces", "GET", "/workspaces", getWorkspaces_query, NULL, false },
    { "getWorkspace", "GET", "/workspaces/{workspace_gid}", getWorkspace_query, NULL, false },
    { "getProjectsForWorkspace", "GET", "/workspaces/{workspace_gid}/projects",
      getProjectsForWorkspace_query, NULL, false },
    { "getTagsForWorkspace", "GET", "/workspaces/{workspace_gid}/tags",
      getTagsForWorkspace_query, NULL, false },
    { "searchTasksForWorkspace", "GET", "/workspaces/{workspace_gid}/tasks/search",
      searchTasksForWorkspace_query, NULL, false },
    { "getTeamsForWorkspace", "GET", "/workspaces/{workspace_gid}/teams",
      getTeamsForWorkspace_query, NULL, false },
    { "typeaheadForWorkspace", "GET", "/workspaces/{workspace_gid}/typeahead",
      typeaheadForWorkspace_query, NULL, false },
    { "getUsersForWorkspace", "GET", "/workspaces/{workspace_gid}/users",
      getUsersForWorkspace_query, NULL, false },
};
const size_t sandbox_ops_count = sizeof(sandbox_ops) / sizeof(*sandbox_ops);
