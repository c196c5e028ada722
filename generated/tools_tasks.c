/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_tasks.h"

/* asana_search_tasks: GET /workspaces/{workspace_gid}/tasks/search */
static const char asana_search_tasks_fields[] =
    "name,completed,assignee.name,due_on,due_at,projects.name,permalink_url";

bool asana_search_tasks_decode(struct args *a, void *into)
{
    struct asana_search_tasks_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    in->workspace = args_gid(a, "workspace", ARG_REQUIRED);
    in->text = args_string(a, "text", 0);
    in->resource_subtype =
        args_enum(a, "resource_subtype", 0, "default_task|milestone|approval|custom");
    in->assignee_any = args_users(a, "assignee_any", 0);
    in->assignee_not = args_users(a, "assignee_not", 0);
    in->followers_any = args_users(a, "followers_any", 0);
    in->followers_not = args_users(a, "followers_not", 0);
    in->created_by_any = args_users(a, "created_by_any", 0);
    in->created_by_not = args_users(a, "created_by_not", 0);
    in->assigned_by_any = args_users(a, "assigned_by_any", 0);
    in->assigned_by_not = args_users(a, "assigned_by_not", 0);
    in->liked_by_not = args_users(a, "liked_by_not", 0);
    in->commented_on_by_not = args_users(a, "commented_on_by_not", 0);
    in->projects_any = args_gids(a, "projects_any", 0);
    in->projects_not = args_gids(a, "projects_not", 0);
    in->projects_all = args_gids(a, "projects_all", 0);
    in->sections_any = args_gids(a, "sections_any", 0);
    in->sections_not = args_gids(a, "sections_not", 0);
    in->sections_all = args_gids(a, "sections_all", 0);
    in->tags_any = args_gids(a, "tags_any", 0);
    in->tags_not = args_gids(a, "tags_not", 0);
    in->tags_all = args_gids(a, "tags_all", 0);
    in->teams_any = args_gids(a, "teams_any", 0);
    in->portfolios_any = args_gids(a, "portfolios_any", 0);
    in->due_on = args_date(a, "due_on", ARG_NULLABLE);
    in->due_on_before = args_date(a, "due_on_before", 0);
    in->due_on_after = args_date(a, "due_on_after", 0);
    in->start_on = args_date(a, "start_on", ARG_NULLABLE);
    in->start_on_before = args_date(a, "start_on_before", 0);
    in->start_on_after = args_date(a, "start_on_after", 0);
    in->created_on = args_date(a, "created_on", ARG_NULLABLE);
    in->created_on_before = args_date(a, "created_on_before", 0);
    in->created_on_after = args_date(a, "created_on_after", 0);
    in->completed_on = args_date(a, "completed_on", ARG_NULLABLE);
    in->completed_on_before = args_date(a, "completed_on_before", 0);
    in->completed_on_after = args_date(a, "completed_on_after", 0);
    in->modified_on = args_date(a, "modified_on", ARG_NULLABLE);
    in->modified_on_before = args_date(a, "modified_on_before", 0);
    in->modified_on_after = args_date(a, "modified_on_after", 0);
    in->due_at_before = args_datetime(a, "due_at_before", 0);
    in->due_at_after = args_datetime(a, "due_at_after", 0);
    in->created_at_before = args_datetime(a, "created_at_before", 0);
    in->created_at_after = args_datetime(a, "created_at_after", 0);
    in->completed_at_before = args_datetime(a, "completed_at_before", 0);
    in->completed_at_after = args_datetime(a, "completed_at_after", 0);
    in->modified_at_before = args_datetime(a, "modified_at_before", 0);
    in->modified_at_after = args_datetime(a, "modified_at_after", 0);
    in->completed = args_bool(a, "completed", 0);
    in->is_subtask = args_bool(a, "is_subtask", 0);
    in->is_blocked = args_bool(a, "is_blocked", 0);
    in->is_blocking = args_bool(a, "is_blocking", 0);
    in->has_attachment = args_bool(a, "has_attachment", 0);
    in->custom_fields = args_field_filters(a, "custom_fields", 0);
    in->sort_by =
        args_enum(a, "sort_by", 0, "due_date|created_at|completed_at|likes|modified_at|relevance");
    in->sort_ascending = args_bool(a, "sort_ascending", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->opt_fields = args_fields(a, "opt_fields", asana_search_tasks_fields);
    return args_end(a);
}

bool asana_search_tasks_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_search_tasks_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/workspaces/");
    asana_path_arg(r, in->workspace);
    asana_path(r, "/tasks/search");
    asana_query_str(r, "text", in->text);
    asana_query_str(r, "resource_subtype", in->resource_subtype);
    asana_query_list(r, "assignee.any", in->assignee_any);
    asana_query_list(r, "assignee.not", in->assignee_not);
    asana_query_list(r, "followers.any", in->followers_any);
    asana_query_list(r, "followers.not", in->followers_not);
    asana_query_list(r, "created_by.any", in->created_by_any);
    asana_query_list(r, "created_by.not", in->created_by_not);
    asana_query_list(r, "assigned_by.any", in->assigned_by_any);
    asana_query_list(r, "assigned_by.not", in->assigned_by_not);
    asana_query_list(r, "liked_by.not", in->liked_by_not);
    asana_query_list(r, "commented_on_by.not", in->commented_on_by_not);
    asana_query_list(r, "projects.any", in->projects_any);
    asana_query_list(r, "projects.not", in->projects_not);
    asana_query_list(r, "projects.all", in->projects_all);
    asana_query_list(r, "sections.any", in->sections_any);
    asana_query_list(r, "sections.not", in->sections_not);
    asana_query_list(r, "sections.all", in->sections_all);
    asana_query_list(r, "tags.any", in->tags_any);
    asana_query_list(r, "tags.not", in->tags_not);
    asana_query_list(r, "tags.all", in->tags_all);
    asana_query_list(r, "teams.any", in->teams_any);
    asana_query_list(r, "portfolios.any", in->portfolios_any);
    asana_query_str(r, "due_on", in->due_on);
    asana_query_str(r, "due_on.before", in->due_on_before);
    asana_query_str(r, "due_on.after", in->due_on_after);
    asana_query_str(r, "start_on", in->start_on);
    asana_query_str(r, "start_on.before", in->start_on_before);
    asana_query_str(r, "start_on.after", in->start_on_after);
    asana_query_str(r, "created_on", in->created_on);
    asana_query_str(r, "created_on.before", in->created_on_before);
    asana_query_str(r, "created_on.after", in->created_on_after);
    asana_query_str(r, "completed_on", in->completed_on);
    asana_query_str(r, "completed_on.before", in->completed_on_before);
    asana_query_str(r, "completed_on.after", in->completed_on_after);
    asana_query_str(r, "modified_on", in->modified_on);
    asana_query_str(r, "modified_on.before", in->modified_on_before);
    asana_query_str(r, "modified_on.after", in->modified_on_after);
    asana_query_str(r, "due_at.before", in->due_at_before);
    asana_query_str(r, "due_at.after", in->due_at_after);
    asana_query_str(r, "created_at.before", in->created_at_before);
    asana_query_str(r, "created_at.after", in->created_at_after);
    asana_query_str(r, "completed_at.before", in->completed_at_before);
    asana_query_str(r, "completed_at.after", in->completed_at_after);
    asana_query_str(r, "modified_at.before", in->modified_at_before);
    asana_query_str(r, "modified_at.after", in->modified_at_after);
    asana_query_bool(r, "completed", in->completed);
    asana_query_bool(r, "is_subtask", in->is_subtask);
    asana_query_bool(r, "is_blocked", in->is_blocked);
    asana_query_bool(r, "is_blocking", in->is_blocking);
    asana_query_bool(r, "has_attachment", in->has_attachment);
    asana_query_map(r, "custom_fields", in->custom_fields);
    asana_query_str(r, "sort_by", in->sort_by);
    asana_query_bool(r, "sort_ascending", in->sort_ascending);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

static const struct tool_header asana_search_tasks_headers[] = {
    { "Workspace", "workspace" },
    { 0 },
};

const struct tool asana_search_tasks = {
    .name = "asana_search_tasks",
    .title = "Search tasks",
    .toolset = "tasks",
    .description =
        "Search a workspace's tasks by filters, which must all hold. Lists are comma-separated "
        "gids; people also \"me\": your tasks are assignee_any=\"me\", open ones completed=false. "
        "_any: one of them, _all: each, _not: none. projects_any with sections_any is the union: "
        "for one section leave projects_any out. Dates are YYYY-MM-DD; times are ISO 8601 with "
        "zone. null for due_on and the like finds tasks that have none. No offset: for more use "
        "sort_by=created_at and created_at_before. New tasks appear after up to a minute. Paid "
        "plans only; else use asana_get_tasks.",
    .effect = TOOL_READ,
    .idempotent = true,
    .more =
        "Search has no pages. Repeat the call with sort_by=created_at and created_at_before set "
        "to the created_at of the last task (name it in opt_fields), or narrow the filters.",
    .limit_at = offsetof(struct asana_search_tasks_args, limit),
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\"},"
        "\"text\":{\"type\":\"string\",\"description\":\"Words of name or description.\"},"
        "\"resource_subtype\":{\"type\":\"string\",\"enum\":[\"default_task\",\"milestone\","
        "\"approval\",\"custom\"]},"
        "\"assignee_any\":{\"type\":\"string\"},"
        "\"assignee_not\":{\"type\":\"string\"},"
        "\"followers_any\":{\"type\":\"string\"},"
        "\"followers_not\":{\"type\":\"string\"},"
        "\"created_by_any\":{\"type\":\"string\"},"
        "\"created_by_not\":{\"type\":\"string\"},"
        "\"assigned_by_any\":{\"type\":\"string\"},"
        "\"assigned_by_not\":{\"type\":\"string\"},"
        "\"liked_by_not\":{\"type\":\"string\"},"
        "\"commented_on_by_not\":{\"type\":\"string\"},"
        "\"projects_any\":{\"type\":\"string\"},"
        "\"projects_not\":{\"type\":\"string\"},"
        "\"projects_all\":{\"type\":\"string\"},"
        "\"sections_any\":{\"type\":\"string\"},"
        "\"sections_not\":{\"type\":\"string\"},"
        "\"sections_all\":{\"type\":\"string\"},"
        "\"tags_any\":{\"type\":\"string\"},"
        "\"tags_not\":{\"type\":\"string\"},"
        "\"tags_all\":{\"type\":\"string\"},"
        "\"teams_any\":{\"type\":\"string\"},"
        "\"portfolios_any\":{\"type\":\"string\"},"
        "\"due_on\":{\"type\":\"string\"},"
        "\"due_on_before\":{\"type\":\"string\"},"
        "\"due_on_after\":{\"type\":\"string\"},"
        "\"start_on\":{\"type\":\"string\"},"
        "\"start_on_before\":{\"type\":\"string\"},"
        "\"start_on_after\":{\"type\":\"string\"},"
        "\"created_on\":{\"type\":\"string\"},"
        "\"created_on_before\":{\"type\":\"string\"},"
        "\"created_on_after\":{\"type\":\"string\"},"
        "\"completed_on\":{\"type\":\"string\"},"
        "\"completed_on_before\":{\"type\":\"string\"},"
        "\"completed_on_after\":{\"type\":\"string\"},"
        "\"modified_on\":{\"type\":\"string\"},"
        "\"modified_on_before\":{\"type\":\"string\"},"
        "\"modified_on_after\":{\"type\":\"string\"},"
        "\"due_at_before\":{\"type\":\"string\"},"
        "\"due_at_after\":{\"type\":\"string\"},"
        "\"created_at_before\":{\"type\":\"string\"},"
        "\"created_at_after\":{\"type\":\"string\"},"
        "\"completed_at_before\":{\"type\":\"string\"},"
        "\"completed_at_after\":{\"type\":\"string\"},"
        "\"modified_at_before\":{\"type\":\"string\"},"
        "\"modified_at_after\":{\"type\":\"string\"},"
        "\"completed\":{\"type\":\"boolean\"},"
        "\"is_subtask\":{\"type\":\"boolean\"},"
        "\"is_blocked\":{\"type\":\"boolean\"},"
        "\"is_blocking\":{\"type\":\"boolean\"},"
        "\"has_attachment\":{\"type\":\"boolean\"},"
        "\"custom_fields\":{\"type\":\"object\",\"description\":\"{\\\"GID.op\\\": value}; op: "
        "value, is_set, starts_with, ends_with, contains, less_than, greater_than, before, after. "
        "An option by its gid.\"},"
        "\"sort_by\":{\"type\":\"string\",\"enum\":[\"due_date\",\"created_at\",\"completed_at\","
        "\"likes\",\"modified_at\",\"relevance\"]},"
        "\"sort_ascending\":{\"type\":\"boolean\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"workspace\"],\"additionalProperties\":false}",
    .headers = asana_search_tasks_headers,
    .modern_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\",\"x-mcp-header\":\"Workspace\"},"
        "\"text\":{\"type\":\"string\",\"description\":\"Words of name or description.\"},"
        "\"resource_subtype\":{\"type\":\"string\",\"enum\":[\"default_task\",\"milestone\","
        "\"approval\",\"custom\"]},"
        "\"assignee_any\":{\"type\":\"string\"},"
        "\"assignee_not\":{\"type\":\"string\"},"
        "\"followers_any\":{\"type\":\"string\"},"
        "\"followers_not\":{\"type\":\"string\"},"
        "\"created_by_any\":{\"type\":\"string\"},"
        "\"created_by_not\":{\"type\":\"string\"},"
        "\"assigned_by_any\":{\"type\":\"string\"},"
        "\"assigned_by_not\":{\"type\":\"string\"},"
        "\"liked_by_not\":{\"type\":\"string\"},"
        "\"commented_on_by_not\":{\"type\":\"string\"},"
        "\"projects_any\":{\"type\":\"string\"},"
        "\"projects_not\":{\"type\":\"string\"},"
        "\"projects_all\":{\"type\":\"string\"},"
        "\"sections_any\":{\"type\":\"string\"},"
        "\"sections_not\":{\"type\":\"string\"},"
        "\"sections_all\":{\"type\":\"string\"},"
        "\"tags_any\":{\"type\":\"string\"},"
        "\"tags_not\":{\"type\":\"string\"},"
        "\"tags_all\":{\"type\":\"string\"},"
        "\"teams_any\":{\"type\":\"string\"},"
        "\"portfolios_any\":{\"type\":\"string\"},"
        "\"due_on\":{\"type\":\"string\"},"
        "\"due_on_before\":{\"type\":\"string\"},"
        "\"due_on_after\":{\"type\":\"string\"},"
        "\"start_on\":{\"type\":\"string\"},"
        "\"start_on_before\":{\"type\":\"string\"},"
        "\"start_on_after\":{\"type\":\"string\"},"
        "\"created_on\":{\"type\":\"string\"},"
        "\"created_on_before\":{\"type\":\"string\"},"
        "\"created_on_after\":{\"type\":\"string\"},"
        "\"completed_on\":{\"type\":\"string\"},"
        "\"completed_on_before\":{\"type\":\"string\"},"
        "\"completed_on_after\":{\"type\":\"string\"},"
        "\"modified_on\":{\"type\":\"string\"},"
        "\"modified_on_before\":{\"type\":\"string\"},"
        "\"modified_on_after\":{\"type\":\"string\"},"
        "\"due_at_before\":{\"type\":\"string\"},"
        "\"due_at_after\":{\"type\":\"string\"},"
        "\"created_at_before\":{\"type\":\"string\"},"
        "\"created_at_after\":{\"type\":\"string\"},"
        "\"completed_at_before\":{\"type\":\"string\"},"
        "\"completed_at_after\":{\"type\":\"string\"},"
        "\"modified_at_before\":{\"type\":\"string\"},"
        "\"modified_at_after\":{\"type\":\"string\"},"
        "\"completed\":{\"type\":\"boolean\"},"
        "\"is_subtask\":{\"type\":\"boolean\"},"
        "\"is_blocked\":{\"type\":\"boolean\"},"
        "\"is_blocking\":{\"type\":\"boolean\"},"
        "\"has_attachment\":{\"type\":\"boolean\"},"
        "\"custom_fields\":{\"type\":\"object\",\"description\":\"{\\\"GID.op\\\": value}; op: "
        "value, is_set, starts_with, ends_with, contains, less_than, greater_than, before, after. "
        "An option by its gid.\"},"
        "\"sort_by\":{\"type\":\"string\",\"enum\":[\"due_date\",\"created_at\",\"completed_at\","
        "\"likes\",\"modified_at\",\"relevance\"]},"
        "\"sort_ascending\":{\"type\":\"boolean\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"workspace\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_search_tasks_args),
    .decode = asana_search_tasks_decode,
    .request = asana_search_tasks_request,
};

/* asana_get_task: GET /tasks/{task_gid} */
static const char asana_get_task_fields[] =
    "name,resource_subtype,notes,completed,completed_at,approval_status,assignee.name,due_on,"
    "due_at,start_on,start_at,memberships.project.name,memberships.section.name,parent.name,"
    "num_subtasks,tags.name,custom_fields.name,custom_fields.display_value,dependencies.name,"
    "dependents.name,followers.name,created_by.name,created_at,modified_at,permalink_url";

bool asana_get_task_decode(struct args *a, void *into)
{
    struct asana_get_task_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->include_subtasks = args_bool(a, "include_subtasks", 0);
    in->include_comments = args_bool(a, "include_comments", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_task_fields);
    return args_end(a);
}

bool asana_get_task_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_task_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

/* include_subtasks: GET /tasks/{task_gid}/subtasks */
static bool asana_get_task_subtasks_wanted(const void *from)
{
    const struct asana_get_task_args *in = from;
    return in->include_subtasks.value;
}

static bool asana_get_task_subtasks_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_task_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/subtasks");
    asana_query_int(r, "limit", (struct arg_int){ ARG_VALUE, 100 });
    asana_query_str(r, "opt_fields", "name,completed,assignee.name,due_on");
    return asana_req_end(r, err);
}

/* include_comments: GET /tasks/{task_gid}/stories */
static bool asana_get_task_comments_wanted(const void *from)
{
    const struct asana_get_task_args *in = from;
    return in->include_comments.value;
}

static bool asana_get_task_comments_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_task_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/stories");
    asana_query_int(r, "limit", (struct arg_int){ ARG_VALUE, 100 });
    asana_query_str(r, "opt_fields", "type,text,created_by.name,created_at");
    return asana_req_end(r, err);
}

static const struct tool_extra asana_get_task_extras[] = {
    {
        .member = "subtasks",
        .more =
            "These are the first 100 subtasks; the others can be seen in Asana at permalink_url.",
        .wanted = asana_get_task_subtasks_wanted,
        .request = asana_get_task_subtasks_request,
    },
    {
        .member = "comments",
        .keep_member = "type",
        .keep_value = "comment",
        .more = "These are the comments among the first 100 entries of the task's history; page "
                "through asana_get_stories_for_task for the later ones.",
        .wanted = asana_get_task_comments_wanted,
        .request = asana_get_task_comments_request,
    },
    { 0 },
};

const struct tool asana_get_task = {
    .name = "asana_get_task",
    .title = "Get a task",
    .toolset = "tasks",
    .description =
        "Read one task in full: description, assignee, dates, projects and sections, custom "
        "fields, followers, dependencies; on demand with its subtasks and comments. For its whole "
        "history use asana_get_stories_for_task.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\",\"description\":\"Task to read.\"},"
        "\"include_subtasks\":{\"type\":\"boolean\"},"
        "\"include_comments\":{\"type\":\"boolean\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\","
        "\"properties\":{\"subtasks\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"comments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_task_args),
    .decode = asana_get_task_decode,
    .request = asana_get_task_request,
    .extras = asana_get_task_extras,
};

/* asana_create_task: POST /tasks */
static const char asana_create_task_fields[] =
    "name,resource_subtype,assignee.name,due_on,due_at,completed,memberships.project.name,"
    "memberships.section.name,parent.name,permalink_url";

bool asana_create_task_decode(struct args *a, void *into)
{
    struct asana_create_task_args *in = into;
    args_alias(a, "project", "project_id");
    args_alias(a, "project_gid", "project_id");
    args_alias(a, "section", "section_id");
    args_alias(a, "section_gid", "section_id");
    args_alias(a, "parent_id", "parent");
    args_alias(a, "parent_gid", "parent");
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "assignee_id", "assignee");
    args_alias(a, "assignee_gid", "assignee");
    in->name = args_string(a, "name", ARG_REQUIRED);
    in->project_id = args_gid(a, "project_id", 0);
    in->section_id = args_gid(a, "section_id", 0);
    in->parent = args_gid(a, "parent", 0);
    in->workspace = args_gid(a, "workspace", 0);
    in->assignee = args_user(a, "assignee", 0);
    in->notes = args_text(a, "notes", 0);
    in->html_notes = args_html(a, "html_notes", ARG_HTML_TASK);
    in->due_on = args_date(a, "due_on", 0);
    in->due_at = args_datetime(a, "due_at", 0);
    in->start_on = args_date(a, "start_on", 0);
    in->start_at = args_datetime(a, "start_at", 0);
    in->completed = args_bool(a, "completed", 0);
    in->followers = args_users(a, "followers", 0);
    in->custom_fields = args_object(a, "custom_fields", 0);
    in->resource_subtype = args_enum(a, "resource_subtype", 0, "default_task|milestone|approval");
    in->opt_fields = args_fields(a, "opt_fields", asana_create_task_fields);
    args_at_least_one(a, "project_id,parent,workspace");
    args_at_most_one(a, "due_on,due_at");
    args_at_most_one(a, "start_on,start_at");
    args_at_most_one(a, "notes,html_notes");
    args_needs(a, "section_id", "project_id");
    args_needs(a, "workspace", "assignee,project_id,parent");
    args_needs(a, "start_on", "due_on,due_at");
    args_needs(a, "start_at", "due_at");
    return args_end(a);
}

bool asana_create_task_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_create_task_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "name", in->name);
    if (in->section_id) {
        asana_body_open_item(r, "memberships");
        asana_body_str(r, "project", in->project_id);
        asana_body_str(r, "section", in->section_id);
        asana_body_close(r);
    } else {
        asana_body_item(r, "projects", in->project_id);
    }
    asana_body_str(r, "parent", in->parent);
    asana_body_str(r, "workspace", in->workspace);
    asana_body_str(r, "assignee", in->assignee);
    asana_body_str(r, "notes", in->notes);
    asana_body_str(r, "html_notes", in->html_notes);
    asana_body_str(r, "due_on", in->due_on);
    asana_body_str(r, "due_at", in->due_at);
    asana_body_str(r, "start_on", in->start_on);
    asana_body_str(r, "start_at", in->start_at);
    asana_body_bool(r, "completed", in->completed);
    asana_body_list(r, "followers", in->followers);
    asana_body_json(r, "custom_fields", in->custom_fields);
    asana_body_str(r, "resource_subtype", in->resource_subtype);
    return asana_req_end(r, err);
}

const struct tool asana_create_task = {
    .name = "asana_create_task",
    .title = "Create a task",
    .toolset = "tasks",
    .description =
        "Create a task in a project, as a subtask of parent, or in workspace for an assignee; one "
        "of the three is needed. Find gids with asana_typeahead_search first, never guess them. "
        "To mention people or link tasks use html_notes with <a data-asana-gid=\"GID\"/>. Answers "
        "with the new task.",
    .effect = TOOL_CREATE,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"name\":{\"type\":\"string\",\"description\":\"Title of the task.\"},"
        "\"project_id\":{\"type\":\"string\",\"description\":\"Project to put it in.\"},"
        "\"section_id\":{\"type\":\"string\",\"description\":\"Section of project_id; without it "
        "the first one.\"},"
        "\"parent\":{\"type\":\"string\",\"description\":\"Task of which it becomes a subtask.\"},"
        "\"workspace\":{\"type\":\"string\",\"description\":\"Needed only without project_id and "
        "parent, then with assignee.\"},"
        "\"assignee\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail.\"},"
        "\"notes\":{\"type\":\"string\",\"description\":\"Description as plain text.\"},"
        "\"html_notes\":{\"type\":\"string\",\"description\":\"Description as XML in one <body>: "
        "strong, em, u, s, code, pre, a, ul, ol, li, blockquote, h1, h2, hr.\"},"
        "\"due_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD.\"},"
        "\"due_at\":{\"type\":\"string\",\"description\":\"ISO 8601 with zone, instead of "
        "due_on.\"},"
        "\"start_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD; needs a due date.\"},"
        "\"start_at\":{\"type\":\"string\",\"description\":\"ISO 8601; needs due_at.\"},"
        "\"completed\":{\"type\":\"boolean\"},"
        "\"followers\":{\"type\":\"string\",\"description\":\"Comma list of gids or e-mails.\"},"
        "\"custom_fields\":{\"type\":\"object\",\"description\":\"{\\\"FIELD_GID\\\": value}; an "
        "option by its gid, several as a list.\"},"
        "\"resource_subtype\":{\"type\":\"string\",\"enum\":[\"default_task\",\"milestone\","
        "\"approval\"]},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"name\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_create_task_args),
    .decode = asana_create_task_decode,
    .request = asana_create_task_request,
};

/* asana_update_task: PUT /tasks/{task_gid} */
static const char asana_update_task_fields[] =
    "name,assignee.name,completed,due_on,due_at,start_on,start_at,memberships.project.name,"
    "memberships.section.name,modified_at,permalink_url";

bool asana_update_task_decode(struct args *a, void *into)
{
    struct asana_update_task_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    args_alias(a, "assignee_id", "assignee");
    args_alias(a, "assignee_gid", "assignee");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->name = args_string(a, "name", 0);
    in->notes = args_text(a, "notes", 0);
    in->html_notes = args_html(a, "html_notes", ARG_HTML_TASK);
    in->assignee = args_user(a, "assignee", ARG_NULLABLE);
    in->completed = args_bool(a, "completed", 0);
    in->due_on = args_date(a, "due_on", ARG_NULLABLE);
    in->due_at = args_datetime(a, "due_at", ARG_NULLABLE);
    in->start_on = args_date(a, "start_on", ARG_NULLABLE);
    in->start_at = args_datetime(a, "start_at", ARG_NULLABLE);
    in->custom_fields = args_object(a, "custom_fields", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_update_task_fields);
    args_at_least_one(a, "name,notes,html_notes,assignee,completed,due_on,due_at,start_on,start_at,"
                         "custom_fields");
    args_at_most_one(a, "notes,html_notes");
    args_at_most_one(a, "due_on,due_at");
    args_at_most_one(a, "start_on,start_at");
    return args_end(a);
}

bool asana_update_task_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_update_task_args *in = from;
    asana_req_init(r, ASANA_PUT);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "name", in->name);
    asana_body_str(r, "notes", in->notes);
    asana_body_str(r, "html_notes", in->html_notes);
    asana_body_str(r, "assignee", in->assignee);
    asana_body_bool(r, "completed", in->completed);
    asana_body_str(r, "due_on", in->due_on);
    asana_body_str(r, "due_at", in->due_at);
    asana_body_str(r, "start_on", in->start_on);
    asana_body_str(r, "start_at", in->start_at);
    asana_body_json(r, "custom_fields", in->custom_fields);
    return asana_req_end(r, err);
}

const struct tool asana_update_task = {
    .name = "asana_update_task",
    .title = "Update a task",
    .toolset = "tasks",
    .description =
        "Change a task; only what is given changes. null clears assignee and dates. notes and "
        "html_notes replace the whole description.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .destructive = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\"},"
        "\"name\":{\"type\":\"string\"},"
        "\"notes\":{\"type\":\"string\",\"description\":\"Plain text.\"},"
        "\"html_notes\":{\"type\":\"string\",\"description\":\"XML in one <body>, as in "
        "asana_create_task.\"},"
        "\"assignee\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail; null "
        "unassigns.\"},"
        "\"completed\":{\"type\":\"boolean\"},"
        "\"due_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD or null.\"},"
        "\"due_at\":{\"type\":\"string\",\"description\":\"ISO 8601 with zone, or null.\"},"
        "\"start_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD or null; the task must "
        "have a due date.\"},"
        "\"start_at\":{\"type\":\"string\",\"description\":\"ISO 8601 or null; the task must have "
        "due_at.\"},"
        "\"custom_fields\":{\"type\":\"object\",\"description\":\"{\\\"FIELD_GID\\\": value}; "
        "null as value clears, options by gid.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_update_task_args),
    .decode = asana_update_task_decode,
    .request = asana_update_task_request,
};

/* asana_get_stories_for_task: GET /tasks/{task_gid}/stories */
static const char asana_get_stories_for_task_fields[] =
    "type,resource_subtype,text,created_by.name,created_at";

bool asana_get_stories_for_task_decode(struct args *a, void *into)
{
    struct asana_get_stories_for_task_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_stories_for_task_fields);
    return args_end(a);
}

bool asana_get_stories_for_task_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_stories_for_task_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/stories");
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_stories_for_task = {
    .name = "asana_get_stories_for_task",
    .title = "List a task's comments and history",
    .toolset = "tasks",
    .description =
        "List what happened to a task, oldest first: comments (type comment) and changes (type "
        "system).",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_stories_for_task_args),
    .decode = asana_get_stories_for_task_decode,
    .request = asana_get_stories_for_task_request,
};

/* asana_create_task_story: POST /tasks/{task_gid}/stories */
static const char asana_create_task_story_fields[] = "type,text,created_by.name,created_at";

bool asana_create_task_story_decode(struct args *a, void *into)
{
    struct asana_create_task_story_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->text = args_text(a, "text", 0);
    in->html_text = args_html(a, "html_text", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_create_task_story_fields);
    args_exactly_one(a, "text,html_text");
    return args_end(a);
}

bool asana_create_task_story_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_create_task_story_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/stories");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "text", in->text);
    asana_body_str(r, "html_text", in->html_text);
    return asana_req_end(r, err);
}

const struct tool asana_create_task_story = {
    .name = "asana_create_task_story",
    .title = "Comment on a task",
    .toolset = "tasks",
    .description =
        "Add a comment to a task; its followers are told. Not for what Asana records by itself, "
        "such as changes of assignee or date.",
    .effect = TOOL_CREATE,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\"},"
        "\"text\":{\"type\":\"string\",\"description\":\"Plain text.\"},"
        "\"html_text\":{\"type\":\"string\",\"description\":\"XML in one <body>, instead of text; "
        "mention people with <a data-asana-gid=\\\"GID\\\"/>.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_create_task_story_args),
    .decode = asana_create_task_story_decode,
    .request = asana_create_task_story_request,
};

/* asana_set_task_dependencies: POST /tasks/{task_gid}/addDependencies */
bool asana_set_task_dependencies_decode(struct args *a, void *into)
{
    struct asana_set_task_dependencies_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    args_alias(a, "dependency", "dependencies");
    args_alias(a, "dependency_ids", "dependencies");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->dependencies = args_gids(a, "dependencies", ARG_REQUIRED);
    return args_end(a);
}

bool asana_set_task_dependencies_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_set_task_dependencies_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/addDependencies");
    asana_body_list(r, "dependencies", in->dependencies);
    return asana_req_end(r, err);
}

const struct tool asana_set_task_dependencies = {
    .name = "asana_set_task_dependencies",
    .title = "Add prerequisites of a task",
    .toolset = "tasks",
    .description =
        "Make a task wait for others; those that it already waits for stay. A task can have at "
        "most 30 dependencies and dependents together.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .input_schema = "{\"type\":\"object\",\"properties\":{"
                    "\"task_id\":{\"type\":\"string\"},"
                    "\"dependencies\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
                    "\"description\":\"Tasks to wait for.\"}"
                    "},\"required\":[\"task_id\",\"dependencies\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_set_task_dependencies_args),
    .decode = asana_set_task_dependencies_decode,
    .request = asana_set_task_dependencies_request,
};

/* asana_set_task_dependents: POST /tasks/{task_gid}/addDependents */
bool asana_set_task_dependents_decode(struct args *a, void *into)
{
    struct asana_set_task_dependents_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    args_alias(a, "dependent", "dependents");
    args_alias(a, "dependent_ids", "dependents");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->dependents = args_gids(a, "dependents", ARG_REQUIRED);
    return args_end(a);
}

bool asana_set_task_dependents_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_set_task_dependents_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/addDependents");
    asana_body_list(r, "dependents", in->dependents);
    return asana_req_end(r, err);
}

const struct tool asana_set_task_dependents = {
    .name = "asana_set_task_dependents",
    .title = "Add tasks that wait for a task",
    .toolset = "tasks",
    .description =
        "Make other tasks wait for a task; those that already wait stay. A task can have at most "
        "30 dependencies and dependents together.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .input_schema = "{\"type\":\"object\",\"properties\":{"
                    "\"task_id\":{\"type\":\"string\"},"
                    "\"dependents\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
                    "\"description\":\"Tasks that wait.\"}"
                    "},\"required\":[\"task_id\",\"dependents\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_set_task_dependents_args),
    .decode = asana_set_task_dependents_decode,
    .request = asana_set_task_dependents_request,
};

/* asana_set_parent_for_task: POST /tasks/{task_gid}/setParent */
static const char asana_set_parent_for_task_fields[] =
    "name,parent.name,projects.name,permalink_url";

bool asana_set_parent_for_task_decode(struct args *a, void *into)
{
    struct asana_set_parent_for_task_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    args_alias(a, "parent_id", "parent");
    args_alias(a, "parent_gid", "parent");
    args_alias(a, "parent_task", "parent");
    args_alias(a, "parent_task_id", "parent");
    args_alias(a, "parent_task_gid", "parent");
    args_alias(a, "insert_before_id", "insert_before");
    args_alias(a, "insert_before_gid", "insert_before");
    args_alias(a, "insert_after_id", "insert_after");
    args_alias(a, "insert_after_gid", "insert_after");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->parent = args_gid(a, "parent", ARG_REQUIRED | ARG_NULLABLE);
    in->insert_before = args_gid(a, "insert_before", ARG_NULLABLE);
    in->insert_after = args_gid(a, "insert_after", ARG_NULLABLE);
    in->opt_fields = args_fields(a, "opt_fields", asana_set_parent_for_task_fields);
    args_at_most_one(a, "insert_before,insert_after");
    args_needs(a, "insert_before", "parent");
    args_needs(a, "insert_after", "parent");
    return args_end(a);
}

bool asana_set_parent_for_task_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_set_parent_for_task_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/setParent");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "parent", in->parent);
    asana_body_str(r, "insert_before", in->insert_before);
    asana_body_str(r, "insert_after", in->insert_after);
    return asana_req_end(r, err);
}

const struct tool asana_set_parent_for_task = {
    .name = "asana_set_parent_for_task",
    .title = "Move a task under another",
    .toolset = "tasks",
    .description =
        "Make a task a subtask of parent, or with parent=null a task of its own. insert_before "
        "and insert_after place it beside another subtask of parent. Subtasks are in no project "
        "unless added to one.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .destructive = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\"},"
        "\"parent\":{\"type\":\"string\",\"description\":\"New parent, or null.\"},"
        "\"insert_before\":{\"type\":\"string\",\"description\":\"Subtask of parent; null: at the "
        "end.\"},"
        "\"insert_after\":{\"type\":\"string\",\"description\":\"Subtask of parent; null: at the "
        "beginning.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\",\"parent\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_set_parent_for_task_args),
    .decode = asana_set_parent_for_task_decode,
    .request = asana_set_parent_for_task_request,
};

/* asana_get_tasks: GET /tasks, or
 * GET /tags/{tag_gid}/tasks when tag is given without completed_since and modified_since, or
 * GET /user_task_lists/{user_task_list_gid}/tasks when user_task_list is given */
static const char asana_get_tasks_fields[] =
    "name,completed,assignee.name,due_on,due_at,projects.name,permalink_url";

bool asana_get_tasks_decode(struct args *a, void *into)
{
    struct asana_get_tasks_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "assignee_id", "assignee");
    args_alias(a, "assignee_gid", "assignee");
    args_alias(a, "project_id", "project");
    args_alias(a, "project_gid", "project");
    args_alias(a, "section_id", "section");
    args_alias(a, "section_gid", "section");
    args_alias(a, "tag_id", "tag");
    args_alias(a, "tag_gid", "tag");
    args_alias(a, "user_task_list_id", "user_task_list");
    args_alias(a, "user_task_list_gid", "user_task_list");
    in->workspace = args_gid(a, "workspace", 0);
    in->assignee = args_user(a, "assignee", 0);
    in->project = args_gid(a, "project", 0);
    in->section = args_gid(a, "section", 0);
    in->tag = args_gid(a, "tag", 0);
    in->user_task_list = args_gid(a, "user_task_list", 0);
    in->completed_since = args_since(a, "completed_since", 0);
    in->modified_since = args_datetime(a, "modified_since", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_tasks_fields);
    args_exactly_one(a, "workspace,project,section,tag,user_task_list");
    args_at_most_one(a, "user_task_list,modified_since");
    args_needs(a, "assignee", "workspace");
    args_needs(a, "workspace", "assignee");
    return args_end(a);
}

bool asana_get_tasks_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_tasks_args *in = from;
    asana_req_init(r, ASANA_GET);
    if (in->tag && !in->completed_since && !in->modified_since) {
        asana_path(r, "/tags/");
        asana_path_arg(r, in->tag);
        asana_path(r, "/tasks");
    } else if (in->user_task_list) {
        asana_path(r, "/user_task_lists/");
        asana_path_arg(r, in->user_task_list);
        asana_path(r, "/tasks");
    } else {
        asana_path(r, "/tasks");
        asana_query_str(r, "tag", in->tag);
    }
    asana_query_str(r, "workspace", in->workspace);
    asana_query_str(r, "assignee", in->assignee);
    asana_query_str(r, "project", in->project);
    asana_query_str(r, "section", in->section);
    asana_query_str(r, "completed_since", in->completed_since);
    asana_query_str(r, "modified_since", in->modified_since);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_tasks = {
    .name = "asana_get_tasks",
    .title = "List tasks",
    .toolset = "tasks",
    .description =
        "List the tasks of one project, section, tag or user task list, or of an assignee in a "
        "workspace. For any other filter use asana_search_tasks; this works on free plans too and "
        "shows new tasks at once.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\",\"description\":\"With assignee.\"},"
        "\"assignee\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail; with "
        "workspace.\"},"
        "\"project\":{\"type\":\"string\"},"
        "\"section\":{\"type\":\"string\"},"
        "\"tag\":{\"type\":\"string\"},"
        "\"user_task_list\":{\"type\":\"string\"},"
        "\"completed_since\":{\"type\":\"string\",\"description\":\"ISO 8601, or \\\"now\\\": "
        "incomplete ones only.\"},"
        "\"modified_since\":{\"type\":\"string\",\"description\":\"ISO 8601.\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_tasks_args),
    .decode = asana_get_tasks_decode,
    .request = asana_get_tasks_request,
};

/* asana_delete_task: DELETE /tasks/{task_gid} */
bool asana_delete_task_decode(struct args *a, void *into)
{
    struct asana_delete_task_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    return args_end(a);
}

bool asana_delete_task_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_delete_task_args *in = from;
    asana_req_init(r, ASANA_DELETE);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    return asana_req_end(r, err);
}

const struct tool asana_delete_task = {
    .name = "asana_delete_task",
    .title = "Delete a task",
    .toolset = "tasks",
    .description =
        "Delete a task and those of its subtasks that are in no other project. It stays in the "
        "deleter's trash for 30 days. To finish a task use asana_update_task with completed=true.",
    .effect = TOOL_DELETE,
    .idempotent = true,
    .destructive = true,
    .input_schema = "{\"type\":\"object\",\"properties\":{"
                    "\"task_id\":{\"type\":\"string\"}"
                    "},\"required\":[\"task_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_delete_task_args),
    .decode = asana_delete_task_decode,
    .request = asana_delete_task_request,
};

/* asana_add_task_followers: POST /tasks/{task_gid}/addFollowers */
static const char asana_add_task_followers_fields[] = "name,followers.name";

bool asana_add_task_followers_decode(struct args *a, void *into)
{
    struct asana_add_task_followers_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    args_alias(a, "follower", "followers");
    args_alias(a, "users", "followers");
    args_alias(a, "user", "followers");
    args_alias(a, "user_id", "followers");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->followers = args_users(a, "followers", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_add_task_followers_fields);
    return args_end(a);
}

bool asana_add_task_followers_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_add_task_followers_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/addFollowers");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_list(r, "followers", in->followers);
    return asana_req_end(r, err);
}

const struct tool asana_add_task_followers = {
    .name = "asana_add_task_followers",
    .title = "Add followers to a task",
    .toolset = "tasks",
    .description =
        "Let people follow a task: they are told of its comments and changes. Answers with all "
        "followers.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\"},"
        "\"followers\":{\"type\":\"string\",\"description\":\"Comma list: \\\"me\\\", gids or "
        "e-mails.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\",\"followers\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_add_task_followers_args),
    .decode = asana_add_task_followers_decode,
    .request = asana_add_task_followers_request,
};

/* asana_remove_task_followers: POST /tasks/{task_gid}/removeFollowers */
static const char asana_remove_task_followers_fields[] = "name,followers.name";

bool asana_remove_task_followers_decode(struct args *a, void *into)
{
    struct asana_remove_task_followers_args *in = into;
    args_alias(a, "task", "task_id");
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "gid", "task_id");
    args_alias(a, "id", "task_id");
    args_alias(a, "follower", "followers");
    args_alias(a, "users", "followers");
    args_alias(a, "user", "followers");
    args_alias(a, "user_id", "followers");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->followers = args_users(a, "followers", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_remove_task_followers_fields);
    return args_end(a);
}

bool asana_remove_task_followers_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_remove_task_followers_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/removeFollowers");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_list(r, "followers", in->followers);
    return asana_req_end(r, err);
}

const struct tool asana_remove_task_followers = {
    .name = "asana_remove_task_followers",
    .title = "Remove followers from a task",
    .toolset = "tasks",
    .description = "Stop people from following a task. Answers with the followers that are left.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .destructive = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"task_id\":{\"type\":\"string\"},"
        "\"followers\":{\"type\":\"string\",\"description\":\"Comma list: \\\"me\\\", gids or "
        "e-mails.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"task_id\",\"followers\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_remove_task_followers_args),
    .decode = asana_remove_task_followers_decode,
    .request = asana_remove_task_followers_request,
};
