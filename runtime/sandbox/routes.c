#include "sandbox/routes.h"

#include "base/log.h"
#include "sandbox/attachments.h"
#include "sandbox/batch.h"
#include "sandbox/events.h"
#include "sandbox/fields.h"
#include "sandbox/goals.h"
#include "sandbox/people.h"
#include "sandbox/portfolios.h"
#include "sandbox/projects.h"
#include "sandbox/stories.h"
#include "sandbox/tags.h"
#include "sandbox/tasks.h"
#include "sandbox/typeahead.h"

#include <string.h>

/* Operations the sandbox has, by their name in Asana's document, which gives method and path. */
static const struct route {
    const char *operation;
    void (*handle)(struct sb_call *c);
} routes[] = {
    { "addDependenciesForTask", sb_add_dependencies },
    { "addDependentsForTask", sb_add_dependents },
    { "addFollowersForTask", sb_add_followers },
    { "addProjectForTask", sb_add_project },
    { "addTaskForSection", sb_add_task_to_section },
    { "createAttachmentForObject", sb_create_attachment },
    { "createBatchRequest", sb_create_batch },
    { "createGoal", sb_create_goal },
    { "createProject", sb_create_project },
    { "createProjectStatusForProject", sb_create_project_status },
    { "createStatusForObject", sb_create_status_update },
    { "createStoryForTask", sb_create_story },
    { "createSubtaskForTask", sb_create_subtask },
    { "createTask", sb_create_task },
    { "deleteProject", sb_delete_project },
    { "deleteStatus", sb_delete_status_update },
    { "deleteStory", sb_delete_story },
    { "deleteTask", sb_delete_task },
    { "getAllocations", sb_get_allocations },
    { "getAttachment", sb_get_attachment },
    { "getAttachmentsForObject", sb_get_attachments },
    { "getCustomField", sb_get_custom_field },
    { "getEvents", sb_get_events },
    { "getGoal", sb_get_goal },
    { "getGoals", sb_get_goals },
    { "getItemsForPortfolio", sb_get_portfolio_items },
    { "getParentGoalsForGoal", sb_get_parent_goals },
    { "getPortfolio", sb_get_portfolio },
    { "getPortfolios", sb_get_portfolios },
    { "getProject", sb_get_project },
    { "getProjectStatus", sb_get_project_status },
    { "getProjectStatusesForProject", sb_get_project_statuses },
    { "getProjects", sb_get_projects },
    { "getProjectsForTeam", sb_get_projects_for_team },
    { "getProjectsForWorkspace", sb_get_projects_for_workspace },
    { "getSection", sb_get_section },
    { "getSectionsForProject", sb_get_sections },
    { "getStatus", sb_get_status_update },
    { "getStatusesForObject", sb_get_status_updates },
    { "getStoriesForTask", sb_get_stories },
    { "getStory", sb_get_story },
    { "getSubtasksForTask", sb_get_subtasks },
    { "getTag", sb_get_tag },
    { "getTags", sb_get_tags },
    { "getTagsForWorkspace", sb_get_tags_for_workspace },
    { "getTask", sb_get_task },
    { "getTaskCountsForProject", sb_get_task_counts },
    { "getTasks", sb_get_tasks },
    { "getTasksForProject", sb_get_tasks_for_project },
    { "getTasksForSection", sb_get_tasks_for_section },
    { "getTasksForTag", sb_get_tasks_for_tag },
    { "getTasksForUserTaskList", sb_get_tasks_for_user_task_list },
    { "getTeam", sb_get_team },
    { "getTeamsForUser", sb_get_teams_for_user },
    { "getTeamsForWorkspace", sb_get_teams_for_workspace },
    { "getTimePeriod", sb_get_time_period },
    { "getTimePeriods", sb_get_time_periods },
    { "getUser", sb_get_user },
    { "getUserTaskList", sb_get_user_task_list },
    { "getUserTaskListForUser", sb_get_user_task_list_for_user },
    { "getUsers", sb_get_users },
    { "getUsersForTeam", sb_get_users_for_team },
    { "getUsersForWorkspace", sb_get_users_for_workspace },
    { "getWorkspace", sb_get_workspace },
    { "getWorkspaces", sb_get_workspaces },
    { "removeDependenciesForTask", sb_remove_dependencies },
    { "removeDependentsForTask", sb_remove_dependents },
    { "removeFollowerForTask", sb_remove_followers },
    { "removeProjectForTask", sb_remove_project },
    { "searchTasksForWorkspace", sb_search_tasks },
    { "setParentForTask", sb_set_parent },
    { "typeaheadForWorkspace", sb_typeahead },
    { "updateGoal", sb_update_goal },
    { "updateGoalMetric", sb_set_goal_metric },
    { "updateProject", sb_update_project },
    { "updateTask", sb_update_task },
};

static const struct route *route_of(const char *operation)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
        if (strcmp(routes[i].operation, operation) == 0)
            return &routes[i];
    return NULL;
}

/* Whether path fits the pattern ("/tasks/{task_gid}"); keeps what stands for the names in braces.
 */
static bool fits(struct sb_call *c, const char *pattern, const char *path)
{
    size_t args = 0;
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        size_t want = strcspn(pattern, "/");
        size_t got = strcspn(path, "/");
        if (*pattern == '{') {
            if (got == 0 || args == SB_PATH_ARGS)
                return false;
            c->path_arg[args++] = arena_strndup(c->arena, path, got);
        } else if (want != got || memcmp(pattern, path, want) != 0) {
            return false;
        }
        pattern += want;
        path += got;
    }
    return !*pattern && !*path;
}

static bool find_operation(struct sb_call *c)
{
    /* Of two patterns that fit, the one without a name in that place comes first in the table: '{'
     * sorts behind letters. */
    for (size_t i = 0; i < sandbox_ops_count; i++) {
        const struct sandbox_op *op = &sandbox_ops[i];
        if (strcmp(op->method, c->request->method) == 0 && fits(c, op->path, c->request->path)) {
            c->op = op;
            return true;
        }
    }
    return sb_fail(c, 404, "No matching route for request");
}

static bool sign_in(struct sb_call *c)
{
    const char *header = c->request->authorization;
    bool expired = false;
    if (header && strncasecmp(header, "Bearer ", 7) == 0)
        c->me = sb_int(c->db, "SELECT gid FROM user WHERE token = ?1", "t", header + 7);
    if (header && strncasecmp(header, "Bearer ", 7) == 0 && !c->me)
        c->me = sb_oauth_person(c->db, header + 7, c->now, &expired);
    if (expired)
        return sb_fail(c, 401, SB_OAUTH_EXPIRED);
    return c->me || sb_fail(c, 401, "Not Authorized");
}

static bool check_query(struct sb_call *c)
{
    for (size_t i = 0; i < c->request->query_count; i++) {
        const char *name = c->request->query[i].name;
        bool known = strcmp(name, "opt_pretty") == 0;
        for (const char *const *q = c->op->query; q && *q && !known; q++) {
            size_t len = strlen(*q);
            if (len > 2 && strcmp(*q + len - 2, ".*") == 0)
                known = strncmp(name, *q, len - 1) == 0;
            else
                known = strcmp(name, *q) == 0;
        }
        if (!known)
            return sb_fail(c, 400, "%.80s: Unknown query parameter for %s", name, c->op->operation);
    }
    return true;
}

/* Texts become members of data, so that a handler reads them like a JSON body's. */
static bool check_form(struct sb_call *c)
{
    struct sb_part parts[SB_PARTS];
    size_t count = 0;
    if (!sb_multipart_read(c->arena, c->request->content_type, c->request->body, parts, &count))
        return sb_fail(c, 400, "Could not parse request data, expected multipart/form-data");
    struct arena *before = json_arena_enter(c->arena);
    c->data = cJSON_CreateObject();
    for (size_t i = 0; i < count; i++) {
        const struct sb_part *p = &parts[i];
        if (p->file)
            c->file = *p;
        else
            cJSON_AddStringToObject(c->data, p->name,
                                    arena_strndup(c->arena, p->bytes.data, p->bytes.len));
    }
    json_arena_leave(before);
    return true;
}

/* {"data": {…}}, and "options" beside it. */
static bool check_body(struct sb_call *c)
{
    if (!c->op->body)
        return true;
    if (c->op->form)
        return check_form(c);
    struct err err = { 0 };
    if (c->request->body.len == 0)
        return sb_fail(c, 400, "Could not parse request data, the body is empty");
    cJSON *body = json_parse(c->arena, c->request->body, &err);
    if (!body)
        return sb_fail(c, 400, "Could not parse request data, invalid JSON: %s", err.text);
    const cJSON *data = json_get(body, "data");
    if (!cJSON_IsObject(data))
        return sb_fail(c, 400, "data: Missing input: the body must be {\"data\": {…}}");
    const cJSON *item;
    cJSON_ArrayForEach (item, body) {
        if (strcmp(item->string, "data") != 0 && strcmp(item->string, "options") != 0)
            return sb_fail(c, 400, "%.80s: Unknown member beside data", item->string);
    }
    cJSON_ArrayForEach (item, data) {
        const struct sandbox_body_field *f = c->op->body;
        while (f->name && strcmp(f->name, item->string) != 0)
            f++;
        if (!f->name)
            return sb_fail(c, 400, "%.80s: Unknown field for %s", item->string, c->op->operation);
        if (f->read_only)
            return sb_fail(c, 400, "%.80s: Cannot write this property", item->string);
    }
    c->data = (cJSON *)data;
    return true;
}

static bool read_fields(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "opt_fields");
    const char *bad = NULL;
    if (text)
        c->opt = sb_opt_parse(c->arena, text, &bad);
    return bad ? sb_fail(c, 400, "opt_fields: Not a list of fields (%s): %.80s", bad, text) : true;
}

static bool prepare(struct sb_call *c)
{
    if (!sign_in(c) || !find_operation(c))
        return false;
    return check_query(c) && check_body(c) && read_fields(c);
}

static bool in_transaction(const struct sandbox *s)
{
    return !sqlite3_get_autocommit(sb_db_handle(s->db));
}

unsigned sb_handle(struct sandbox *s, const struct sb_request *request, struct arena *arena,
                   struct buf *out, const char **location)
{
    struct sb_call c = { .sandbox = s,
                         .db = s->db,
                         .arena = arena,
                         .request = request,
                         .now = sb_now(s),
                         .base_url = s->url,
                         .out = out,
                         .search_lags = s->control.search_lag_ms > 0,
                         .status = 200 };
    sb_db_turn(s->db, (int64_t)clock_ms());
    if (prepare(&c)) {
        const struct route *route = route_of(c.op->operation);
        if (!route || route->handle != sb_create_batch)
            sb_run(s->db, "BEGIN", "");
        sb_events_act(&c);
        if (route)
            route->handle(&c);
        else
            sb_fail(&c, 501, "The sandbox does not have %s %s (%s)", c.op->method, c.op->path,
                    c.op->operation);
        sb_body_end(&c);
    }
    bool memory = buf_ok(out) && !arena_failed(arena);
    if (!c.failed && memory && in_transaction(s))
        sb_run(s->db, "COMMIT", "");
    const char *broken = sb_db_failed(s->db);
    if (!c.failed && (broken || !memory)) {
        LOG(LOG_ERROR, "sandbox.failed", LOG_STR("operation", c.op ? c.op->operation : ""),
            LOG_STR("why", broken ? broken : "out of memory"));
        sb_fail(&c, 500, "Server Error");
    }
    sb_db_forgive(s->db);
    if (in_transaction(s))
        sb_run(s->db, "ROLLBACK", "");
    if (location)
        *location = c.failed ? NULL : c.location;
    return c.status;
}
