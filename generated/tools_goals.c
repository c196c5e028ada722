/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_goals.h"

/* asana_get_goals: GET /goals */
static const char asana_get_goals_fields[] =
    "name,owner.name,status,due_on,time_period.display_name,metric.current_display_value";

bool asana_get_goals_decode(struct args *a, void *into)
{
    struct asana_get_goals_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "team_id", "team");
    args_alias(a, "team_gid", "team");
    args_alias(a, "portfolio_id", "portfolio");
    args_alias(a, "portfolio_gid", "portfolio");
    args_alias(a, "project_id", "project");
    args_alias(a, "project_gid", "project");
    args_alias(a, "task_id", "task");
    args_alias(a, "task_gid", "task");
    args_alias(a, "time_period", "time_periods");
    args_alias(a, "time_period_id", "time_periods");
    args_alias(a, "time_period_gid", "time_periods");
    in->workspace = args_gid(a, "workspace", 0);
    in->team = args_gid(a, "team", 0);
    in->portfolio = args_gid(a, "portfolio", 0);
    in->project = args_gid(a, "project", 0);
    in->task = args_gid(a, "task", 0);
    in->is_workspace_level = args_bool(a, "is_workspace_level", 0);
    in->time_periods = args_gids(a, "time_periods", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_goals_fields);
    args_exactly_one(a, "workspace,team,portfolio,project,task");
    args_needs(a, "is_workspace_level", "workspace");
    return args_end(a);
}

bool asana_get_goals_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_goals_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/goals");
    asana_query_str(r, "workspace", in->workspace);
    asana_query_str(r, "team", in->team);
    asana_query_str(r, "portfolio", in->portfolio);
    asana_query_str(r, "project", in->project);
    asana_query_str(r, "task", in->task);
    asana_query_bool(r, "is_workspace_level", in->is_workspace_level);
    asana_query_list(r, "time_periods", in->time_periods);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_goals = {
    .name = "asana_get_goals",
    .title = "List goals",
    .toolset = "goals",
    .description =
        "List the goals of one workspace, team, portfolio, project or task. To find one by name "
        "use asana_typeahead_search.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\"},"
        "\"team\":{\"type\":\"string\"},"
        "\"portfolio\":{\"type\":\"string\",\"description\":\"Goals that it supports.\"},"
        "\"project\":{\"type\":\"string\",\"description\":\"Goals that it supports.\"},"
        "\"task\":{\"type\":\"string\",\"description\":\"Goals that it supports.\"},"
        "\"is_workspace_level\":{\"type\":\"boolean\",\"description\":\"true: only those of the "
        "whole workspace; false: only those of teams. With workspace.\"},"
        "\"time_periods\":{\"type\":\"string\",\"description\":\"Comma list, from "
        "asana_get_time_periods.\"},"
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
    .args_size = sizeof(struct asana_get_goals_args),
    .decode = asana_get_goals_decode,
    .request = asana_get_goals_request,
};

/* asana_get_goal: GET /goals/{goal_gid} */
static const char asana_get_goal_fields[] =
    "name,notes,owner.name,status,start_on,due_on,time_period.display_name,team.name,"
    "workspace.name,is_workspace_level,metric.unit,metric.progress_source,"
    "metric.initial_number_value,metric.current_number_value,metric.target_number_value,"
    "metric.current_display_value,current_status_update.title,"
    "current_status_update.resource_subtype,followers.name";

bool asana_get_goal_decode(struct args *a, void *into)
{
    struct asana_get_goal_args *in = into;
    args_alias(a, "goal", "goal_gid");
    args_alias(a, "goal_id", "goal_gid");
    args_alias(a, "gid", "goal_gid");
    args_alias(a, "id", "goal_gid");
    in->goal_gid = args_gid(a, "goal_gid", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_goal_fields);
    return args_end(a);
}

bool asana_get_goal_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_goal_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/goals/");
    asana_path_arg(r, in->goal_gid);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_goal = {
    .name = "asana_get_goal",
    .title = "Get a goal",
    .toolset = "goals",
    .description =
        "Read one goal: description, owner, status, dates, time period, metric and its progress, "
        "latest status update.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"goal_gid\":{\"type\":\"string\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"goal_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_goal_args),
    .decode = asana_get_goal_decode,
    .request = asana_get_goal_request,
};

/* asana_create_goal: POST /goals */
static const char asana_create_goal_fields[] =
    "name,owner.name,status,start_on,due_on,time_period.display_name,team.name,"
    "metric.current_display_value";

bool asana_create_goal_decode(struct args *a, void *into)
{
    struct asana_create_goal_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "team_id", "team");
    args_alias(a, "team_gid", "team");
    args_alias(a, "time_period_id", "time_period");
    args_alias(a, "time_period_gid", "time_period");
    args_alias(a, "owner_id", "owner");
    args_alias(a, "owner_gid", "owner");
    in->name = args_string(a, "name", ARG_REQUIRED);
    in->workspace = args_gid(a, "workspace", 0);
    in->team = args_gid(a, "team", 0);
    in->time_period = args_gid(a, "time_period", 0);
    in->owner = args_user(a, "owner", 0);
    in->due_on = args_date(a, "due_on", 0);
    in->start_on = args_date(a, "start_on", 0);
    in->notes = args_text(a, "notes", 0);
    in->html_notes = args_html(a, "html_notes", 0);
    in->is_workspace_level = args_bool(a, "is_workspace_level", 0);
    in->followers = args_users(a, "followers", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_create_goal_fields);
    args_at_least_one(a, "workspace,team");
    args_at_most_one(a, "notes,html_notes");
    args_needs(a, "start_on", "due_on");
    return args_end(a);
}

bool asana_create_goal_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_create_goal_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/goals");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "name", in->name);
    asana_body_str(r, "workspace", in->workspace);
    asana_body_str(r, "team", in->team);
    asana_body_str(r, "time_period", in->time_period);
    asana_body_str(r, "owner", in->owner);
    asana_body_str(r, "due_on", in->due_on);
    asana_body_str(r, "start_on", in->start_on);
    asana_body_str(r, "notes", in->notes);
    asana_body_str(r, "html_notes", in->html_notes);
    asana_body_bool(r, "is_workspace_level", in->is_workspace_level);
    asana_body_list(r, "followers", in->followers);
    return asana_req_end(r, err);
}

const struct tool asana_create_goal = {
    .name = "asana_create_goal",
    .title = "Create a goal",
    .toolset = "goals",
    .description =
        "Create a goal in a workspace or for a team, most often for a time period. Its metric is "
        "set up in Asana, its progress with asana_update_goal_metric.",
    .effect = TOOL_CREATE,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"name\":{\"type\":\"string\"},"
        "\"workspace\":{\"type\":\"string\",\"description\":\"From asana_list_workspaces.\"},"
        "\"team\":{\"type\":\"string\",\"description\":\"Team that it belongs to.\"},"
        "\"time_period\":{\"type\":\"string\",\"description\":\"From asana_get_time_periods.\"},"
        "\"owner\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail.\"},"
        "\"due_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD.\"},"
        "\"start_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD; needs due_on.\"},"
        "\"notes\":{\"type\":\"string\",\"description\":\"Description as plain text.\"},"
        "\"html_notes\":{\"type\":\"string\",\"description\":\"Description as XML in one "
        "<body>.\"},"
        "\"is_workspace_level\":{\"type\":\"boolean\",\"description\":\"true: of the whole "
        "workspace, not of a team.\"},"
        "\"followers\":{\"type\":\"string\",\"description\":\"Comma list of gids or e-mails.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"name\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_create_goal_args),
    .decode = asana_create_goal_decode,
    .request = asana_create_goal_request,
};

/* asana_get_parent_goals_for_goal: GET /goals/{goal_gid}/parentGoals */
static const char asana_get_parent_goals_for_goal_fields[] =
    "name,owner.name,status,due_on,time_period.display_name,metric.current_display_value";

bool asana_get_parent_goals_for_goal_decode(struct args *a, void *into)
{
    struct asana_get_parent_goals_for_goal_args *in = into;
    args_alias(a, "goal", "goal_gid");
    args_alias(a, "goal_id", "goal_gid");
    args_alias(a, "gid", "goal_gid");
    args_alias(a, "id", "goal_gid");
    in->goal_gid = args_gid(a, "goal_gid", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_parent_goals_for_goal_fields);
    return args_end(a);
}

bool asana_get_parent_goals_for_goal_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_parent_goals_for_goal_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/goals/");
    asana_path_arg(r, in->goal_gid);
    asana_path(r, "/parentGoals");
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_parent_goals_for_goal = {
    .name = "asana_get_parent_goals_for_goal",
    .title = "List a goal's parent goals",
    .toolset = "goals",
    .description = "List the goals that a goal contributes to, with their progress.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"goal_gid\":{\"type\":\"string\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"goal_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_parent_goals_for_goal_args),
    .decode = asana_get_parent_goals_for_goal_decode,
    .request = asana_get_parent_goals_for_goal_request,
};

/* asana_update_goal: PUT /goals/{goal_gid} */
static const char asana_update_goal_fields[] =
    "name,owner.name,status,start_on,due_on,time_period.display_name,team.name,"
    "metric.current_display_value";

bool asana_update_goal_decode(struct args *a, void *into)
{
    struct asana_update_goal_args *in = into;
    args_alias(a, "goal", "goal_gid");
    args_alias(a, "goal_id", "goal_gid");
    args_alias(a, "gid", "goal_gid");
    args_alias(a, "id", "goal_gid");
    args_alias(a, "owner_id", "owner");
    args_alias(a, "owner_gid", "owner");
    args_alias(a, "time_period_id", "time_period");
    args_alias(a, "time_period_gid", "time_period");
    args_alias(a, "team_id", "team");
    args_alias(a, "team_gid", "team");
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    in->goal_gid = args_gid(a, "goal_gid", ARG_REQUIRED);
    in->name = args_string(a, "name", 0);
    in->owner = args_user(a, "owner", ARG_NULLABLE);
    in->due_on = args_date(a, "due_on", ARG_NULLABLE);
    in->start_on = args_date(a, "start_on", ARG_NULLABLE);
    in->notes = args_text(a, "notes", 0);
    in->html_notes = args_html(a, "html_notes", 0);
    in->status =
        args_enum(a, "status", ARG_NULLABLE, "green|yellow|red|missed|achieved|partial|dropped");
    in->time_period = args_gid(a, "time_period", ARG_NULLABLE);
    in->team = args_gid(a, "team", ARG_NULLABLE);
    in->workspace = args_gid(a, "workspace", 0);
    in->is_workspace_level = args_bool(a, "is_workspace_level", 0);
    in->liked = args_bool(a, "liked", 0);
    in->custom_fields = args_object(a, "custom_fields", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_update_goal_fields);
    args_at_least_one(a, "name,owner,due_on,start_on,notes,html_notes,status,time_period,team,"
                         "workspace,is_workspace_level,liked,custom_fields");
    args_at_most_one(a, "notes,html_notes");
    return args_end(a);
}

bool asana_update_goal_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_update_goal_args *in = from;
    asana_req_init(r, ASANA_PUT);
    asana_path(r, "/goals/");
    asana_path_arg(r, in->goal_gid);
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_str(r, "name", in->name);
    asana_body_str(r, "owner", in->owner);
    asana_body_str(r, "due_on", in->due_on);
    asana_body_str(r, "start_on", in->start_on);
    asana_body_str(r, "notes", in->notes);
    asana_body_str(r, "html_notes", in->html_notes);
    asana_body_str(r, "status", in->status);
    asana_body_str(r, "time_period", in->time_period);
    asana_body_str(r, "team", in->team);
    asana_body_str(r, "workspace", in->workspace);
    asana_body_bool(r, "is_workspace_level", in->is_workspace_level);
    asana_body_bool(r, "liked", in->liked);
    asana_body_json(r, "custom_fields", in->custom_fields);
    return asana_req_end(r, err);
}

const struct tool asana_update_goal = {
    .name = "asana_update_goal",
    .title = "Update a goal",
    .toolset = "goals",
    .description =
        "Change a goal; only what is given changes. null clears owner, dates, status, time period "
        "and team. For its progress use asana_update_goal_metric.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .destructive = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"goal_gid\":{\"type\":\"string\"},"
        "\"name\":{\"type\":\"string\"},"
        "\"owner\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail, or null.\"},"
        "\"due_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD or null.\"},"
        "\"start_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD or null; the goal must "
        "have a due date.\"},"
        "\"notes\":{\"type\":\"string\",\"description\":\"Plain text.\"},"
        "\"html_notes\":{\"type\":\"string\",\"description\":\"XML in one <body>.\"},"
        "\"status\":{\"type\":\"string\",\"enum\":[\"green\",\"yellow\",\"red\",\"missed\","
        "\"achieved\",\"partial\",\"dropped\"],\"description\":\"green, yellow, red while open; "
        "the others close it. Only with a metric.\"},"
        "\"time_period\":{\"type\":\"string\"},"
        "\"team\":{\"type\":\"string\"},"
        "\"workspace\":{\"type\":\"string\"},"
        "\"is_workspace_level\":{\"type\":\"boolean\"},"
        "\"liked\":{\"type\":\"boolean\",\"description\":\"By you.\"},"
        "\"custom_fields\":{\"type\":\"object\",\"description\":\"{\\\"FIELD_GID\\\": value}; "
        "null as value clears, options by gid.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"goal_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_update_goal_args),
    .decode = asana_update_goal_decode,
    .request = asana_update_goal_request,
};

/* asana_update_goal_metric: POST /goals/{goal_gid}/setMetricCurrentValue */
static const char asana_update_goal_metric_fields[] =
    "name,status,metric.unit,metric.initial_number_value,metric.current_number_value,"
    "metric.target_number_value,metric.current_display_value";

bool asana_update_goal_metric_decode(struct args *a, void *into)
{
    struct asana_update_goal_metric_args *in = into;
    args_alias(a, "goal", "goal_gid");
    args_alias(a, "goal_id", "goal_gid");
    args_alias(a, "gid", "goal_gid");
    args_alias(a, "id", "goal_gid");
    args_alias(a, "current_value", "current_number_value");
    args_alias(a, "value", "current_number_value");
    in->goal_gid = args_gid(a, "goal_gid", ARG_REQUIRED);
    in->current_number_value = args_number(a, "current_number_value", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_update_goal_metric_fields);
    return args_end(a);
}

bool asana_update_goal_metric_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_update_goal_metric_args *in = from;
    asana_req_init(r, ASANA_POST);
    asana_path(r, "/goals/");
    asana_path_arg(r, in->goal_gid);
    asana_path(r, "/setMetricCurrentValue");
    asana_query_str(r, "opt_fields", in->opt_fields);
    asana_body_num(r, "current_number_value", in->current_number_value);
    return asana_req_end(r, err);
}

const struct tool asana_update_goal_metric = {
    .name = "asana_update_goal_metric",
    .title = "Set a goal's progress",
    .toolset = "goals",
    .description =
        "Set the current value of a goal's metric. The goal must have one, and it must not be "
        "computed from projects, tasks or other goals.",
    .effect = TOOL_UPDATE,
    .idempotent = true,
    .destructive = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"goal_gid\":{\"type\":\"string\"},"
        "\"current_number_value\":{\"type\":\"number\",\"description\":\"In the metric's unit; "
        "0.5 is 50 %.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"goal_gid\",\"current_number_value\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_update_goal_metric_args),
    .decode = asana_update_goal_metric_decode,
    .request = asana_update_goal_metric_request,
};
