/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_teams.h"

/* asana_get_teams_for_workspace: GET /workspaces/{workspace_gid}/teams */
static const char asana_get_teams_for_workspace_fields[] = "name,description";

bool asana_get_teams_for_workspace_decode(struct args *a, void *into)
{
    struct asana_get_teams_for_workspace_args *in = into;
    args_alias(a, "workspace", "workspace_gid");
    args_alias(a, "workspace_id", "workspace_gid");
    args_alias(a, "gid", "workspace_gid");
    args_alias(a, "id", "workspace_gid");
    in->workspace_gid = args_gid(a, "workspace_gid", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_teams_for_workspace_fields);
    return args_end(a);
}

bool asana_get_teams_for_workspace_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_teams_for_workspace_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/workspaces/");
    asana_path_arg(r, in->workspace_gid);
    asana_path(r, "/teams");
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_teams_for_workspace = {
    .name = "asana_get_teams_for_workspace",
    .title = "List a workspace's teams",
    .toolset = "teams",
    .description = "List the teams of an organization that you can see.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace_gid\":{\"type\":\"string\"},"
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
    .args_size = sizeof(struct asana_get_teams_for_workspace_args),
    .decode = asana_get_teams_for_workspace_decode,
    .request = asana_get_teams_for_workspace_request,
};

/* asana_get_teams_for_user: GET /users/{user_gid}/teams */
static const char asana_get_teams_for_user_fields[] = "name,description";

bool asana_get_teams_for_user_decode(struct args *a, void *into)
{
    struct asana_get_teams_for_user_args *in = into;
    args_alias(a, "user_id", "user");
    args_alias(a, "user_gid", "user");
    args_alias(a, "gid", "user");
    args_alias(a, "id", "user");
    args_alias(a, "organization_id", "organization");
    args_alias(a, "organization_gid", "organization");
    args_alias(a, "workspace", "organization");
    args_alias(a, "workspace_id", "organization");
    args_alias(a, "workspace_gid", "organization");
    in->user = args_user(a, "user", 0) ?: "me";
    in->organization = args_gid(a, "organization", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_teams_for_user_fields);
    return args_end(a);
}

bool asana_get_teams_for_user_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_teams_for_user_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/users/");
    asana_path_arg(r, in->user);
    asana_path(r, "/teams");
    asana_query_str(r, "organization", in->organization);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_teams_for_user = {
    .name = "asana_get_teams_for_user",
    .title = "List someone's teams",
    .toolset = "teams",
    .description = "List the teams in an organization that a person is in. Without user: your own.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"user\":{\"type\":\"string\",\"default\":\"me\",\"description\":\"\\\"me\\\", gid or "
        "e-mail.\"},"
        "\"organization\":{\"type\":\"string\",\"description\":\"The workspace's gid.\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"organization\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_teams_for_user_args),
    .decode = asana_get_teams_for_user_decode,
    .request = asana_get_teams_for_user_request,
};
