/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tool/visible_rules.h"

/* clang-format off */

static const struct visible_kind allocation_kind =
    { "allocation", VISIBLE_UNDER, NULL, "parent", "parent.resource_type,parent.workspace.gid", NULL };
static const struct visible_kind attachment_kind =
    { "attachment", VISIBLE_UNDER, "/attachments/", "parent", "parent.resource_type,parent.workspace.gid", NULL };
static const struct visible_kind goal_kind =
    { "goal", VISIBLE_IN, "/goals/", "workspace", "workspace.gid", NULL };
static const struct visible_kind portfolio_kind =
    { "portfolio", VISIBLE_IN, "/portfolios/", "workspace", "workspace.gid", NULL };
static const struct visible_kind project_kind =
    { "project", VISIBLE_IN, "/projects/", "workspace", "workspace.gid", NULL };
static const struct visible_kind project_status_kind =
    { "project_status", VISIBLE_UNDER, "/status_updates/", "parent", "parent.resource_type,parent.workspace.gid", NULL };
static const struct visible_kind section_kind =
    { "section", VISIBLE_UNDER, "/sections/", "project", "project.resource_type,project.workspace.gid", NULL };
static const struct visible_kind tag_kind =
    { "tag", VISIBLE_IN, "/tags/", "workspace", "workspace.gid", NULL };
static const struct visible_kind task_kind =
    { "task", VISIBLE_IN, "/tasks/", "workspace", "workspace.gid", NULL };
static const struct visible_kind team_kind =
    { "team", VISIBLE_IN, "/teams/", "organization", "organization.gid", NULL };
static const struct visible_kind time_period_kind =
    { "time_period", VISIBLE_LISTED, "/time_periods", NULL, "gid", NULL };
static const struct visible_kind user_kind =
    { "user", VISIBLE_AMONG, "/users/", "workspaces", "workspaces.gid", "custom_fields" };
static const struct visible_kind user_task_list_kind =
    { "user_task_list", VISIBLE_IN, "/user_task_lists/", "workspace", "workspace.gid", NULL };
static const struct visible_kind workspace_kind =
    { "workspace", VISIBLE_ITSELF, NULL, NULL, NULL, NULL };

static const struct visible_name getAllocations_names[] = {
    { "parent", { &project_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getAttachmentsForObject_names[] = {
    { "parent", { &task_kind, &project_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getAttachment_names[] = {
    { "attachment_gid", { &attachment_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getEvents_names[] = {
    { "resource", { &task_kind, &project_kind, &goal_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getGoals_names[] = {
    { "portfolio", { &portfolio_kind } },
    { "project", { &project_kind } },
    { "task", { &task_kind } },
    { "team", { &team_kind } },
    { "time_periods", { &time_period_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name createGoal_names[] = {
    { "team", { &team_kind } },
    { "time_period", { &time_period_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getGoal_names[] = {
    { "goal_gid", { &goal_kind } },
    { NULL, { NULL } },
};

static const struct visible_name updateGoal_names[] = {
    { "goal_gid", { &goal_kind } },
    { "team", { &team_kind } },
    { "time_period", { &time_period_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getParentGoalsForGoal_names[] = {
    { "goal_gid", { &goal_kind } },
    { NULL, { NULL } },
};

static const struct visible_name updateGoalMetric_names[] = {
    { "goal_gid", { &goal_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getPortfolios_names[] = {
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getPortfolio_names[] = {
    { "portfolio_gid", { &portfolio_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getItemsForPortfolio_names[] = {
    { "portfolio_gid", { &portfolio_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getProjectStatus_names[] = {
    { "project_status_gid", { &project_status_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getProjects_names[] = {
    { "team", { &team_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name createProject_names[] = {
    { "team", { &team_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getProject_names[] = {
    { "project_gid", { &project_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getProjectStatusesForProject_names[] = {
    { "project_gid", { &project_kind } },
    { NULL, { NULL } },
};

static const struct visible_name createProjectStatusForProject_names[] = {
    { "project_gid", { &project_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getSectionsForProject_names[] = {
    { "project_gid", { &project_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTaskCountsForProject_names[] = {
    { "project_gid", { &project_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getStatusesForObject_names[] = {
    { "parent", { &project_kind, &portfolio_kind, &goal_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTasksForTag_names[] = {
    { "tag_gid", { &tag_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTasks_names[] = {
    { "project", { &project_kind } },
    { "section", { &section_kind } },
    { "tag", { &tag_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name createTask_names[] = {
    { "memberships.project", { &project_kind } },
    { "memberships.section", { &section_kind } },
    { "parent", { &task_kind } },
    { "projects", { &project_kind } },
    { "tags", { &tag_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name deleteTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name updateTask_names[] = {
    { "task_gid", { &task_kind } },
    { "parent", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name addDependenciesForTask_names[] = {
    { "task_gid", { &task_kind } },
    { "dependencies", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name addDependentsForTask_names[] = {
    { "task_gid", { &task_kind } },
    { "dependents", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name addFollowersForTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name removeFollowerForTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name setParentForTask_names[] = {
    { "task_gid", { &task_kind } },
    { "insert_after", { &task_kind } },
    { "insert_before", { &task_kind } },
    { "parent", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getStoriesForTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name createStoryForTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getSubtasksForTask_names[] = {
    { "task_gid", { &task_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getProjectsForTeam_names[] = {
    { "team_gid", { &team_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getUsersForTeam_names[] = {
    { "team_gid", { &team_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTimePeriods_names[] = {
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTimePeriod_names[] = {
    { "time_period_gid", { &time_period_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTasksForUserTaskList_names[] = {
    { "user_task_list_gid", { &user_task_list_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getUser_names[] = {
    { "user_gid", { &user_kind } },
    { "workspace", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTeamsForUser_names[] = {
    { "user_gid", { &user_kind } },
    { "organization", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getWorkspaces_names[] = {
    { NULL, { NULL } },
};

static const struct visible_name getProjectsForWorkspace_names[] = {
    { "workspace_gid", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name searchTasksForWorkspace_names[] = {
    { "workspace_gid", { &workspace_kind } },
    { "portfolios.any", { &portfolio_kind } },
    { "projects.all", { &project_kind } },
    { "projects.any", { &project_kind } },
    { "projects.not", { &project_kind } },
    { "sections.all", { &section_kind } },
    { "sections.any", { &section_kind } },
    { "sections.not", { &section_kind } },
    { "tags.all", { &tag_kind } },
    { "tags.any", { &tag_kind } },
    { "tags.not", { &tag_kind } },
    { "teams.any", { &team_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getTeamsForWorkspace_names[] = {
    { "workspace_gid", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name typeaheadForWorkspace_names[] = {
    { "workspace_gid", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_name getUsersForWorkspace_names[] = {
    { "workspace_gid", { &workspace_kind } },
    { NULL, { NULL } },
};

static const struct visible_kind *const kinds[] = {
    &allocation_kind,
    &attachment_kind,
    &goal_kind,
    &portfolio_kind,
    &project_kind,
    &project_status_kind,
    &section_kind,
    &tag_kind,
    &task_kind,
    &team_kind,
    &time_period_kind,
    &user_kind,
    &user_task_list_kind,
    &workspace_kind,
    NULL,
};

static const struct visible_route routes[] = {
    { ASANA_GET, "/allocations", getAllocations_names, &allocation_kind },
    { ASANA_GET, "/attachments", getAttachmentsForObject_names, &attachment_kind },
    { ASANA_GET, "/attachments/{attachment_gid}", getAttachment_names, &attachment_kind },
    { ASANA_GET, "/events", getEvents_names, NULL },
    { ASANA_GET, "/goals", getGoals_names, &goal_kind },
    { ASANA_POST, "/goals", createGoal_names, NULL },
    { ASANA_GET, "/goals/{goal_gid}", getGoal_names, &goal_kind },
    { ASANA_PUT, "/goals/{goal_gid}", updateGoal_names, NULL },
    { ASANA_GET, "/goals/{goal_gid}/parentGoals", getParentGoalsForGoal_names, &goal_kind },
    { ASANA_POST, "/goals/{goal_gid}/setMetricCurrentValue", updateGoalMetric_names, NULL },
    { ASANA_GET, "/portfolios", getPortfolios_names, &portfolio_kind },
    { ASANA_GET, "/portfolios/{portfolio_gid}", getPortfolio_names, &portfolio_kind },
    { ASANA_GET, "/portfolios/{portfolio_gid}/items", getItemsForPortfolio_names, &project_kind },
    { ASANA_GET, "/project_statuses/{project_status_gid}",
      getProjectStatus_names, &project_status_kind },
    { ASANA_GET, "/projects", getProjects_names, &project_kind },
    { ASANA_POST, "/projects", createProject_names, NULL },
    { ASANA_GET, "/projects/{project_gid}", getProject_names, &project_kind },
    { ASANA_GET, "/projects/{project_gid}/project_statuses",
      getProjectStatusesForProject_names, &project_status_kind },
    { ASANA_POST, "/projects/{project_gid}/project_statuses",
      createProjectStatusForProject_names, NULL },
    { ASANA_GET, "/projects/{project_gid}/sections", getSectionsForProject_names, &section_kind },
    { ASANA_GET, "/projects/{project_gid}/task_counts", getTaskCountsForProject_names, NULL },
    { ASANA_GET, "/status_updates", getStatusesForObject_names, NULL },
    { ASANA_GET, "/tags/{tag_gid}/tasks", getTasksForTag_names, &task_kind },
    { ASANA_GET, "/tasks", getTasks_names, &task_kind },
    { ASANA_POST, "/tasks", createTask_names, NULL },
    { ASANA_DELETE, "/tasks/{task_gid}", deleteTask_names, NULL },
    { ASANA_GET, "/tasks/{task_gid}", getTask_names, &task_kind },
    { ASANA_PUT, "/tasks/{task_gid}", updateTask_names, NULL },
    { ASANA_POST, "/tasks/{task_gid}/addDependencies", addDependenciesForTask_names, NULL },
    { ASANA_POST, "/tasks/{task_gid}/addDependents", addDependentsForTask_names, NULL },
    { ASANA_POST, "/tasks/{task_gid}/addFollowers", addFollowersForTask_names, NULL },
    { ASANA_POST, "/tasks/{task_gid}/removeFollowers", removeFollowerForTask_names, NULL },
    { ASANA_POST, "/tasks/{task_gid}/setParent", setParentForTask_names, NULL },
    { ASANA_GET, "/tasks/{task_gid}/stories", getStoriesForTask_names, NULL },
    { ASANA_POST, "/tasks/{task_gid}/stories", createStoryForTask_names, NULL },
    { ASANA_GET, "/tasks/{task_gid}/subtasks", getSubtasksForTask_names, &task_kind },
    { ASANA_GET, "/teams/{team_gid}/projects", getProjectsForTeam_names, &project_kind },
    { ASANA_GET, "/teams/{team_gid}/users", getUsersForTeam_names, &user_kind },
    { ASANA_GET, "/time_periods", getTimePeriods_names, &time_period_kind },
    { ASANA_GET, "/time_periods/{time_period_gid}", getTimePeriod_names, &time_period_kind },
    { ASANA_GET, "/user_task_lists/{user_task_list_gid}/tasks",
      getTasksForUserTaskList_names, &task_kind },
    { ASANA_GET, "/users/{user_gid}", getUser_names, &user_kind },
    { ASANA_GET, "/users/{user_gid}/teams", getTeamsForUser_names, &team_kind },
    { ASANA_GET, "/workspaces", getWorkspaces_names, &workspace_kind },
    { ASANA_GET, "/workspaces/{workspace_gid}/projects",
      getProjectsForWorkspace_names, &project_kind },
    { ASANA_GET, "/workspaces/{workspace_gid}/tasks/search",
      searchTasksForWorkspace_names, &task_kind },
    { ASANA_GET, "/workspaces/{workspace_gid}/teams", getTeamsForWorkspace_names, &team_kind },
    { ASANA_GET, "/workspaces/{workspace_gid}/typeahead", typeaheadForWorkspace_names, NULL },
    { ASANA_GET, "/workspaces/{workspace_gid}/users", getUsersForWorkspace_names, &user_kind },
};

const struct visible_rules visible_rules = {
    kinds, routes, sizeof(routes) / sizeof(*routes)
};
