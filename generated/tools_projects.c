/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_projects.h"

/* asana_get_project: GET /projects/{project_gid} */
static const char asana_get_project_fields[] =
    "name,notes,archived,completed,color,default_view,owner.name,members.name,team.name,"
    "workspace.name,start_on,due_on,current_status_update.title,"
    "current_status_update.resource_subtype,privacy_setting,created_at,modified_at,permalink_url";

bool asana_get_project_decode(struct args *a, void *into)
{
    struct asana_get_project_args *in = into;
    args_alias(a, "project", "project_id");
    args_alias(a, "project_gid", "project_id");
    args_alias(a, "gid", "project_id");
    args_alias(a, "id", "project_id");
    in->project_id = args_gid(a, "project_id", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_project_fields);
    return args_end(a);
}

bool asana_get_project_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_project_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/projects/");
    asana_path_arg(r, in->project_id);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_project = {
    .name = "asana_get_project",
    .title = "Get a project",
    .toolset = "projects",
    .description =
        "Read one project: description, owner, members, dates, team, latest status. For its tasks "
        "use asana_get_tasks. With opt_fields custom_field_settings.custom_field.name,"
        "custom_field_settings.custom_field.type,"
        "custom_field_settings.custom_field.enum_options.name it lists its custom fields and "
        "their options.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"project_id\":{\"type\":\"string\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"project_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_project_args),
    .decode = asana_get_project_decode,
    .request = asana_get_project_request,
};

/* asana_get_project_sections: GET /projects/{project_gid}/sections */
static const char asana_get_project_sections_fields[] = "name";

bool asana_get_project_sections_decode(struct args *a, void *into)
{
    struct asana_get_project_sections_args *in = into;
    args_alias(a, "project", "project_id");
    args_alias(a, "project_gid", "project_id");
    args_alias(a, "gid", "project_id");
    args_alias(a, "id", "project_id");
    in->project_id = args_gid(a, "project_id", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 100, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_project_sections_fields);
    return args_end(a);
}

bool asana_get_project_sections_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_project_sections_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/projects/");
    asana_path_arg(r, in->project_id);
    asana_path(r, "/sections");
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_project_sections = {
    .name = "asana_get_project_sections",
    .title = "List a project's sections",
    .toolset = "projects",
    .description = "List the sections of a project, the columns of a board, in their order.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"project_id\":{\"type\":\"string\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":100},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"project_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_project_sections_args),
    .decode = asana_get_project_sections_decode,
    .request = asana_get_project_sections_request,
};

/* asana_get_projects: GET /projects */
static const char asana_get_projects_fields[] =
    "name,archived,completed,owner.name,team.name,start_on,due_on";

bool asana_get_projects_decode(struct args *a, void *into)
{
    struct asana_get_projects_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "team_id", "team");
    args_alias(a, "team_gid", "team");
    in->workspace = args_gid(a, "workspace", ARG_REQUIRED);
    in->team = args_gid(a, "team", 0);
    in->archived = args_bool(a, "archived", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_projects_fields);
    return args_end(a);
}

bool asana_get_projects_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_projects_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/projects");
    asana_query_str(r, "workspace", in->workspace);
    asana_query_str(r, "team", in->team);
    asana_query_bool(r, "archived", in->archived);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_projects = {
    .name = "asana_get_projects",
    .title = "List projects",
    .toolset = "projects",
    .description =
        "List projects of a workspace, all or those of one team. When you know part of the name, "
        "asana_typeahead_search is quicker.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\",\"description\":\"From asana_list_workspaces.\"},"
        "\"team\":{\"type\":\"string\"},"
        "\"archived\":{\"type\":\"boolean\",\"description\":\"true: only archived ones; false: "
        "only others.\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"workspace\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_projects_args),
    .decode = asana_get_projects_decode,
    .request = asana_get_projects_request,
};

/* asana_get_project_status: GET /project_statuses/{project_status_gid} */
static const char asana_get_project_status_fields[] = "title,color,text,author.name,created_at";

bool asana_get_project_status_decode(struct args *a, void *into)
{
    struct asana_get_project_status_args *in = into;
    args_alias(a, "project_status", "project_status_gid");
    args_alias(a, "project_status_id", "project_status_gid");
    args_alias(a, "gid", "project_status_gid");
    args_alias(a, "id", "project_status_gid");
    args_alias(a, "status_gid", "project_status_gid");
    args_alias(a, "status_id", "project_status_gid");
    in->project_status_gid = args_gid(a, "project_status_gid", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_project_status_fields);
    return args_end(a);
}

bool asana_get_project_status_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_project_status_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/project_statuses/");
    asana_path_arg(r, in->project_status_gid);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_project_status = {
    .name = "asana_get_project_status",
    .title = "Get a status update",
    .toolset = "projects",
    .description = "Read one status update of a project: title, colour, text, author, time.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"project_status_gid\":{\"type\":\"string\",\"description\":\"From "
        "asana_get_project_statuses.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"project_status_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_project_status_args),
    .decode = asana_get_project_status_decode,
    .request = asana_get_project_status_request,
};

/* asana_get_project_statuses: GET /projects/{project_gid}/project_statuses */
static const char asana_get_project_statuses_fields[] = "title,color,text,author.name,created_at";

bool asana_get_project_statuses_decode(struct args *a, void *into)
{
    struct asana_get_project_statuses_args *in = into;
    args_alias(a, "project", "project_gid");
    args_alias(a, "project_id", "project_gid");
    args_alias(a, "gid", "project_gid");
    args_alias(a, "id", "project_gid");
    in->project_gid = args_gid(a, "project_gid", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 20, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_project_statuses_fields);
    return args_end(a);
}

bool asana_get_project_statuses_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_project_statuses_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/projects/");
    asana_path_arg(r, in->project_gid);
    asana_path(r, "/project_statuses");
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_project_statuses = {
    .name = "asana_get_project_statuses",
    .title = "List a project's status updates",
    .toolset = "projects",
    .description = "List the status updates of a project, newest first: how it is going.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"project_gid\":{\"type\":\"string\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":20},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"project_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_project_statuses_args),
    .decode = asana_get_project_statuses_decode,
    .request = asana_get_project_statuses_request,
};

/* asana_create_project_status: POST /projects/{project_gid}/project_statuses */
static const char asana_create_project_status_fields[] = "title,color,text,author.name,created_at";

bool asana_create_project_status_decode(struct args *a, void *into)
{
    struct asana_create_project_status_args *in = into;
    args_alias(a, "project", "project_gid");
    args_alias(a, "project_id", "project_gid");
    args_alias(a, "gid", "project_gid");
    args_alias(a, "id", "project_gid");
    in->project_gid = args_gid(a, "project_gid", ARG_REQUIRED);
    in->color = args_enum(a, "color", ARG_REQUIRED, "green|yellow|red|blue|complete");
    in->title = args_string(a, "title", 0);
    in->text = args_text(a, "text", 0);
    in->html_text = args_html(a, "html_text", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_create_project_status_fields);
    args_exactly_one(a, "text,html_text");
    return args_end(a);
}

bool asana_create_project_status_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_create_project_status_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/projects/");
    asana_path_arg(r, in->project_gid);
    asana_path(r, "/project_statuses");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "color", in->color);
    asana_body_str(r, "title", in->title);
    asana_body_str(r, "text", in->text);
    asana_body_str(r, "html_text", in->html_text);
    return asana_req_end(r, err);
}

const struct tool asana_create_project_status = {
    .name = "asana_create_project_status",
    .title = "Post a status update",
    .toolset = "projects",
    .description = "Post a status update on a project; its followers are told.",
    .effect = TOOL_CREATE,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"project_gid\":{\"type\":\"string\"},"
        "\"color\":{\"type\":\"string\",\"enum\":[\"green\",\"yellow\",\"red\",\"blue\","
        "\"complete\"],\"description\":\"green on track, yellow at risk, red off track, blue on "
        "hold.\"},"
        "\"title\":{\"type\":\"string\",\"description\":\"Headline.\"},"
        "\"text\":{\"type\":\"string\",\"description\":\"Plain text.\"},"
        "\"html_text\":{\"type\":\"string\",\"description\":\"XML in one <body>, instead of "
        "text.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"project_gid\",\"color\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_create_project_status_args),
    .decode = asana_create_project_status_decode,
    .request = asana_create_project_status_request,
};

/* asana_get_project_task_counts: GET /projects/{project_gid}/task_counts */
static const char asana_get_project_task_counts_fields[] =
    "num_tasks,num_incomplete_tasks,num_completed_tasks,num_milestones,num_incomplete_milestones,"
    "num_completed_milestones";

bool asana_get_project_task_counts_decode(struct args *a, void *into)
{
    struct asana_get_project_task_counts_args *in = into;
    args_alias(a, "project", "project_id");
    args_alias(a, "project_gid", "project_id");
    args_alias(a, "gid", "project_id");
    args_alias(a, "id", "project_id");
    in->project_id = args_gid(a, "project_id", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_project_task_counts_fields);
    return args_end(a);
}

bool asana_get_project_task_counts_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_project_task_counts_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/projects/");
    asana_path_arg(r, in->project_id);
    asana_path(r, "/task_counts");
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_project_task_counts = {
    .name = "asana_get_project_task_counts",
    .title = "Count a project's tasks",
    .toolset = "projects",
    .description =
        "Count the tasks and milestones of a project, open and completed. Cheaper than listing "
        "them, but limited by Asana: not in a loop.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"project_id\":{\"type\":\"string\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"project_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_project_task_counts_args),
    .decode = asana_get_project_task_counts_decode,
    .request = asana_get_project_task_counts_request,
};

/* asana_get_projects_for_team: GET /teams/{team_gid}/projects */
static const char asana_get_projects_for_team_fields[] =
    "name,archived,completed,owner.name,start_on,due_on";

bool asana_get_projects_for_team_decode(struct args *a, void *into)
{
    struct asana_get_projects_for_team_args *in = into;
    args_alias(a, "team", "team_gid");
    args_alias(a, "team_id", "team_gid");
    args_alias(a, "gid", "team_gid");
    args_alias(a, "id", "team_gid");
    in->team_gid = args_gid(a, "team_gid", ARG_REQUIRED);
    in->archived = args_bool(a, "archived", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_projects_for_team_fields);
    return args_end(a);
}

bool asana_get_projects_for_team_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_projects_for_team_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/teams/");
    asana_path_arg(r, in->team_gid);
    asana_path(r, "/projects");
    asana_query_bool(r, "archived", in->archived);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_projects_for_team = {
    .name = "asana_get_projects_for_team",
    .title = "List a team's projects",
    .toolset = "projects",
    .description = "List the projects of one team.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"team_gid\":{\"type\":\"string\",\"description\":\"From "
        "asana_get_teams_for_workspace.\"},"
        "\"archived\":{\"type\":\"boolean\",\"description\":\"true: only archived ones; false: "
        "only others.\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"team_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_projects_for_team_args),
    .decode = asana_get_projects_for_team_decode,
    .request = asana_get_projects_for_team_request,
};

/* asana_get_projects_for_workspace: GET /workspaces/{workspace_gid}/projects */
static const char asana_get_projects_for_workspace_fields[] =
    "name,archived,completed,owner.name,team.name,start_on,due_on";

bool asana_get_projects_for_workspace_decode(struct args *a, void *into)
{
    struct asana_get_projects_for_workspace_args *in = into;
    args_alias(a, "workspace", "workspace_gid");
    args_alias(a, "workspace_id", "workspace_gid");
    args_alias(a, "gid", "workspace_gid");
    args_alias(a, "id", "workspace_gid");
    in->workspace_gid = args_gid(a, "workspace_gid", ARG_REQUIRED);
    in->archived = args_bool(a, "archived", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_projects_for_workspace_fields);
    return args_end(a);
}

bool asana_get_projects_for_workspace_request(const void *from, struct asana_req *r,
                                              struct err *err)
{
    const struct asana_get_projects_for_workspace_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/workspaces/");
    asana_path_arg(r, in->workspace_gid);
    asana_path(r, "/projects");
    asana_query_bool(r, "archived", in->archived);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_projects_for_workspace = {
    .name = "asana_get_projects_for_workspace",
    .title = "List a workspace's projects",
    .toolset = "projects",
    .description =
        "List every project of a workspace. There may be thousands and Asana may be slow: try "
        "asana_typeahead_search or asana_get_projects with a team first.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace_gid\":{\"type\":\"string\"},"
        "\"archived\":{\"type\":\"boolean\",\"description\":\"true: only archived ones; false: "
        "only others.\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"workspace_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_projects_for_workspace_args),
    .decode = asana_get_projects_for_workspace_decode,
    .request = asana_get_projects_for_workspace_request,
};

/* asana_create_project: POST /projects */
static const char asana_create_project_fields[] =
    "name,team.name,workspace.name,owner.name,default_view,privacy_setting,start_on,due_on,"
    "permalink_url";

bool asana_create_project_decode(struct args *a, void *into)
{
    struct asana_create_project_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "team_id", "team");
    args_alias(a, "team_gid", "team");
    args_alias(a, "owner_id", "owner");
    args_alias(a, "owner_gid", "owner");
    in->name = args_string(a, "name", ARG_REQUIRED);
    in->workspace = args_gid(a, "workspace", ARG_REQUIRED);
    in->team = args_gid(a, "team", 0);
    in->notes = args_text(a, "notes", 0);
    in->html_notes = args_html(a, "html_notes", 0);
    in->owner = args_user(a, "owner", 0);
    in->due_on = args_date(a, "due_on", 0);
    in->start_on = args_date(a, "start_on", 0);
    in->default_view = args_enum(a, "default_view", 0, "list|board|calendar|timeline");
    in->privacy_setting =
        args_enum(a, "privacy_setting", 0, "public_to_workspace|private_to_team|private");
    in->public = args_bool(a, "public", 0);
    in->color = args_enum(a, "color", 0,
                          "dark-pink|dark-green|dark-blue|dark-red|dark-teal|dark-brown|"
                          "dark-orange|dark-purple|dark-warm-gray|light-pink|light-green|"
                          "light-blue|light-red|light-teal|light-brown|light-orange|light-purple|"
                          "light-warm-gray|none");
    in->followers = args_users(a, "followers", 0);
    in->custom_fields = args_object(a, "custom_fields", 0);
    in->archived = args_bool(a, "archived", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_create_project_fields);
    args_at_most_one(a, "notes,html_notes");
    args_at_most_one(a, "privacy_setting,public");
    args_needs(a, "start_on", "due_on");
    return args_end(a);
}

bool asana_create_project_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_create_project_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/projects");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "name", in->name);
    asana_body_str(r, "workspace", in->workspace);
    asana_body_str(r, "team", in->team);
    asana_body_str(r, "notes", in->notes);
    asana_body_str(r, "html_notes", in->html_notes);
    asana_body_str(r, "owner", in->owner);
    asana_body_str(r, "due_on", in->due_on);
    asana_body_str(r, "start_on", in->start_on);
    asana_body_str(r, "default_view", in->default_view);
    asana_body_str(r, "privacy_setting", in->privacy_setting);
    asana_body_bool(r, "public", in->public);
    asana_body_str(r, "color", in->color);
    asana_body_csv(r, "followers", in->followers);
    asana_body_json(r, "custom_fields", in->custom_fields);
    asana_body_bool(r, "archived", in->archived);
    return asana_req_end(r, err);
}

const struct tool asana_create_project = {
    .name = "asana_create_project",
    .title = "Create a project",
    .toolset = "projects",
    .description =
        "Create a project. In an organization it needs a team: ask the user which one, from "
        "asana_get_teams_for_user, instead of guessing. Its workspace cannot be changed later. "
        "Tasks are added with asana_create_task.",
    .effect = TOOL_CREATE,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"name\":{\"type\":\"string\"},"
        "\"workspace\":{\"type\":\"string\",\"description\":\"From asana_list_workspaces.\"},"
        "\"team\":{\"type\":\"string\",\"description\":\"Needed in organizations.\"},"
        "\"notes\":{\"type\":\"string\",\"description\":\"Description as plain text.\"},"
        "\"html_notes\":{\"type\":\"string\",\"description\":\"Description as XML in one "
        "<body>.\"},"
        "\"owner\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail.\"},"
        "\"due_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD.\"},"
        "\"start_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD; needs due_on.\"},"
        "\"default_view\":{\"type\":\"string\",\"enum\":[\"list\",\"board\",\"calendar\","
        "\"timeline\"]},"
        "\"privacy_setting\":{\"type\":\"string\",\"enum\":[\"public_to_workspace\","
        "\"private_to_team\",\"private\"]},"
        "\"public\":{\"type\":\"boolean\",\"description\":\"Older form of privacy_setting.\"},"
        "\"color\":{\"type\":\"string\",\"enum\":[\"dark-pink\",\"dark-green\",\"dark-blue\","
        "\"dark-red\",\"dark-teal\",\"dark-brown\",\"dark-orange\",\"dark-purple\","
        "\"dark-warm-gray\",\"light-pink\",\"light-green\",\"light-blue\",\"light-red\","
        "\"light-teal\",\"light-brown\",\"light-orange\",\"light-purple\",\"light-warm-gray\","
        "\"none\"]},"
        "\"followers\":{\"type\":\"string\",\"description\":\"Comma list of gids or e-mails.\"},"
        "\"custom_fields\":{\"type\":\"object\",\"description\":\"{\\\"FIELD_GID\\\": value}; an "
        "option by its gid.\"},"
        "\"archived\":{\"type\":\"boolean\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"name\",\"workspace\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_create_project_args),
    .decode = asana_create_project_decode,
    .request = asana_create_project_request,
};
