/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tool/tool.h"
#include "tools_allocations.h"
#include "tools_attachments.h"
#include "tools_goals.h"
#include "tools_portfolios.h"
#include "tools_projects.h"
#include "tools_research.h"
#include "tools_tasks.h"
#include "tools_teams.h"
#include "tools_time_periods.h"
#include "tools_typeahead.h"
#include "tools_users.h"
#include "tools_workspaces.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct tool *const tool_registry[] = {
    &asana_get_allocations,
    &asana_get_attachment,
    &asana_get_attachments_for_object,
    &asana_get_goals,
    &asana_get_goal,
    &asana_create_goal,
    &asana_get_parent_goals_for_goal,
    &asana_update_goal,
    &asana_update_goal_metric,
    &asana_get_portfolio,
    &asana_get_portfolios,
    &asana_get_items_for_portfolio,
    &asana_get_project,
    &asana_get_project_sections,
    &asana_get_projects,
    &asana_get_project_status,
    &asana_get_project_statuses,
    &asana_create_project_status,
    &asana_get_project_task_counts,
    &asana_get_projects_for_team,
    &asana_get_projects_for_workspace,
    &asana_create_project,
    &asana_search_tasks,
    &asana_get_task,
    &asana_create_task,
    &asana_update_task,
    &asana_get_stories_for_task,
    &asana_create_task_story,
    &asana_set_task_dependencies,
    &asana_set_task_dependents,
    &asana_set_parent_for_task,
    &asana_get_tasks,
    &asana_delete_task,
    &asana_add_task_followers,
    &asana_remove_task_followers,
    &asana_get_teams_for_workspace,
    &asana_get_teams_for_user,
    &asana_get_time_period,
    &asana_get_time_periods,
    &asana_typeahead_search,
    &asana_get_user,
    &asana_get_team_users,
    &asana_get_workspace_users,
    &asana_list_workspaces,
    &search,
    &fetch,
};
const size_t tool_registry_count = sizeof(tool_registry) / sizeof(*tool_registry);

const struct toolset tool_toolsets[] = {
    { "allocations", "Allocations", "Who is planned on what, and for how much of their time." },
    { "attachments", "Attachments", "Files on tasks and projects." },
    { "goals", "Goals", "Goals, their progress and what they serve." },
    { "portfolios", "Portfolios", "Portfolios and what is in them." },
    { "projects", "Projects", "Projects, their sections and status updates." },
    { "tasks", "Tasks", "Find, read, create and change tasks, and talk about them in comments." },
    { "teams", "Teams", "Teams and who is in which." },
    { "time_periods", "Time periods", "The years, halves and quarters that goals are set for." },
    { "typeahead", "Find by name", "Find anything by its name." },
    { "users", "People", "Who you are and who others are." },
    { "workspaces", "Workspaces", "Where everything lives." },
    { "research", "Research",
      "Search and read documents, as ChatGPT's connectors and deep research do it." },
};
const size_t tool_toolsets_count = sizeof(tool_toolsets) / sizeof(*tool_toolsets);

static const char *const profile_v1[] = {
    "asana_get_allocations",
    "asana_get_attachment",
    "asana_get_attachments_for_object",
    "asana_get_goals",
    "asana_get_goal",
    "asana_create_goal",
    "asana_get_parent_goals_for_goal",
    "asana_update_goal",
    "asana_update_goal_metric",
    "asana_get_portfolio",
    "asana_get_portfolios",
    "asana_get_items_for_portfolio",
    "asana_get_project",
    "asana_get_project_sections",
    "asana_get_projects",
    "asana_get_project_status",
    "asana_get_project_statuses",
    "asana_create_project_status",
    "asana_get_project_task_counts",
    "asana_get_projects_for_team",
    "asana_get_projects_for_workspace",
    "asana_create_project",
    "asana_search_tasks",
    "asana_get_task",
    "asana_create_task",
    "asana_update_task",
    "asana_get_stories_for_task",
    "asana_create_task_story",
    "asana_set_task_dependencies",
    "asana_set_task_dependents",
    "asana_set_parent_for_task",
    "asana_get_tasks",
    "asana_delete_task",
    "asana_add_task_followers",
    "asana_remove_task_followers",
    "asana_get_teams_for_workspace",
    "asana_get_teams_for_user",
    "asana_get_time_period",
    "asana_get_time_periods",
    "asana_typeahead_search",
    "asana_get_user",
    "asana_get_team_users",
    "asana_get_workspace_users",
    "asana_list_workspaces",
    "search",
    "fetch",
    NULL,
};

static const char *const profile_everyday[] = {
    "asana_get_project",
    "asana_get_project_sections",
    "asana_get_projects",
    "asana_create_project_status",
    "asana_search_tasks",
    "asana_get_task",
    "asana_create_task",
    "asana_update_task",
    "asana_get_stories_for_task",
    "asana_create_task_story",
    "asana_get_tasks",
    "asana_typeahead_search",
    "asana_get_user",
    "asana_list_workspaces",
    NULL,
};

static const char *const profile_planning[] = {
    "asana_get_allocations",
    "asana_get_goals",
    "asana_get_goal",
    "asana_create_goal",
    "asana_get_parent_goals_for_goal",
    "asana_update_goal",
    "asana_update_goal_metric",
    "asana_get_portfolio",
    "asana_get_portfolios",
    "asana_get_items_for_portfolio",
    "asana_get_time_period",
    "asana_get_time_periods",
    "asana_get_project",
    "asana_get_projects",
    "asana_get_project_status",
    "asana_get_project_statuses",
    "asana_create_project_status",
    "asana_get_project_task_counts",
    "asana_typeahead_search",
    "asana_get_user",
    "asana_list_workspaces",
    NULL,
};

static const char *const profile_search[] = { "search", "fetch", NULL };

const struct tool_profile tool_profiles[] = {
    { "all",
      "Every tool.",
      NULL },
    { "v1",
      "The 44 tools of Asana's first server, in its order, then search and fetch.",
      profile_v1 },
    { "everyday",
      "Tasks: finding, reading, creating and changing them, with the little else that this needs.",
      profile_everyday },
    { "planning",
      "Goals, portfolios, status updates, time periods and allocations, to see how things stand.",
      profile_planning },
    { "search",
      "Only search and fetch, as ChatGPT's deep research wants them.",
      profile_search },
    { 0 },
};

const char tool_schema[] = "e664345fbf59293c";

static const struct tool *const by_name[] = {
    &asana_add_task_followers,
    &asana_create_goal,
    &asana_create_project,
    &asana_create_project_status,
    &asana_create_task,
    &asana_create_task_story,
    &asana_delete_task,
    &asana_get_allocations,
    &asana_get_attachment,
    &asana_get_attachments_for_object,
    &asana_get_goal,
    &asana_get_goals,
    &asana_get_items_for_portfolio,
    &asana_get_parent_goals_for_goal,
    &asana_get_portfolio,
    &asana_get_portfolios,
    &asana_get_project,
    &asana_get_project_sections,
    &asana_get_project_status,
    &asana_get_project_statuses,
    &asana_get_project_task_counts,
    &asana_get_projects,
    &asana_get_projects_for_team,
    &asana_get_projects_for_workspace,
    &asana_get_stories_for_task,
    &asana_get_task,
    &asana_get_tasks,
    &asana_get_team_users,
    &asana_get_teams_for_user,
    &asana_get_teams_for_workspace,
    &asana_get_time_period,
    &asana_get_time_periods,
    &asana_get_user,
    &asana_get_workspace_users,
    &asana_list_workspaces,
    &asana_remove_task_followers,
    &asana_search_tasks,
    &asana_set_parent_for_task,
    &asana_set_task_dependencies,
    &asana_set_task_dependents,
    &asana_typeahead_search,
    &asana_update_goal,
    &asana_update_goal_metric,
    &asana_update_task,
    &fetch,
    &search,
};
/* clang-format on */

static int compare(const void *name, const void *member)
{
    const struct tool *const *tool = member;
    return strcmp(name, (*tool)->name);
}

const struct tool *tool_find(const char *name)
{
    const size_t count = sizeof(by_name) / sizeof(*by_name);
    const struct tool *const *found = bsearch(name, by_name, count, sizeof(*by_name), compare);
    return found ? *found : NULL;
}
