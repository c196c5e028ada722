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
        "\"reason\":{\"type\":\"string\"},\"next\":{}}}},\"required\":[\"data\"]}",
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
        "\"next\":{}}}},\"required\":[\"data\"]}",
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
        "\"next\":{}}}},\"required\":[\"data\"]}",
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
        "\"reason\":{\"type\":\"string\"},\"next\":{}}}},\"required\":[\"data\"]}",
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
        "\"next\":{}}}},\"required\":[\"data\"]}",
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
        "\"reason\":{\"type\":\"string\"},\"next\":{}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_create_project_status_args),
    .decode = asana_create_project_status_decode,
    .request = asana_create_project_status_request,
};
