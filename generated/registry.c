/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tool/tool.h"
#include "tools_projects.h"
#include "tools_tasks.h"
#include "tools_typeahead.h"
#include "tools_users.h"
#include "tools_workspaces.h"

#include <stdlib.h>
#include <string.h>

const struct tool *const tool_registry[] = {
    &asana_get_project,
    &asana_get_project_sections,
    &asana_get_projects,
    &asana_get_project_status,
    &asana_get_project_statuses,
    &asana_create_project_status,
    &asana_search_tasks,
    &asana_get_task,
    &asana_create_task,
    &asana_update_task,
    &asana_get_stories_for_task,
    &asana_create_task_story,
    &asana_get_tasks,
    &asana_delete_task,
    &asana_typeahead_search,
    &asana_get_user,
    &asana_list_workspaces,
};
const size_t tool_registry_count = sizeof(tool_registry) / sizeof(*tool_registry);

const struct toolset tool_toolsets[] = {
    { "projects", "Projects", "Projects, their sections and status updates." },
    { "tasks", "Tasks", "Find, read, create and change tasks, and talk about them in comments." },
    { "typeahead", "Find by name", "Turn names into gids." },
    { "users", "People", "Who you are and who others are." },
    { "workspaces", "Workspaces", "Where everything lives." },
};
const size_t tool_toolsets_count = sizeof(tool_toolsets) / sizeof(*tool_toolsets);

static const struct tool *const by_name[] = {
    &asana_create_project_status,
    &asana_create_task,
    &asana_create_task_story,
    &asana_delete_task,
    &asana_get_project,
    &asana_get_project_sections,
    &asana_get_project_status,
    &asana_get_project_statuses,
    &asana_get_projects,
    &asana_get_stories_for_task,
    &asana_get_task,
    &asana_get_tasks,
    &asana_get_user,
    &asana_list_workspaces,
    &asana_search_tasks,
    &asana_typeahead_search,
    &asana_update_task,
};

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
