/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_users.h"

/* asana_get_user: GET /users/{user_gid} */
static const char asana_get_user_fields[] = "name,email,workspaces.name";

bool asana_get_user_decode(struct args *a, void *into)
{
    struct asana_get_user_args *in = into;
    args_alias(a, "user", "user_id");
    args_alias(a, "user_gid", "user_id");
    args_alias(a, "gid", "user_id");
    args_alias(a, "id", "user_id");
    in->user_id = args_user(a, "user_id", 0) ?: "me";
    in->opt_fields = args_fields(a, "opt_fields", asana_get_user_fields);
    return args_end(a);
}

bool asana_get_user_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_user_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/users/");
    asana_path_arg(r, in->user_id);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_user = {
    .name = "asana_get_user",
    .title = "Get a user",
    .toolset = "users",
    .description =
        "Read one person's name, e-mail and workspaces. Without user_id: yourself. To find people "
        "by name use asana_typeahead_search.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"user_id\":{\"type\":\"string\",\"default\":\"me\",\"description\":\"\\\"me\\\", gid or "
        "e-mail.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_user_args),
    .decode = asana_get_user_decode,
    .request = asana_get_user_request,
};

/* asana_get_team_users: GET /teams/{team_gid}/users */
static const char asana_get_team_users_fields[] = "name,email";

bool asana_get_team_users_decode(struct args *a, void *into)
{
    struct asana_get_team_users_args *in = into;
    args_alias(a, "team", "team_id");
    args_alias(a, "team_gid", "team_id");
    args_alias(a, "gid", "team_id");
    args_alias(a, "id", "team_id");
    in->team_id = args_gid(a, "team_id", ARG_REQUIRED);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_team_users_fields);
    return args_end(a);
}

bool asana_get_team_users_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_team_users_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/teams/");
    asana_path_arg(r, in->team_id);
    asana_path(r, "/users");
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_team_users = {
    .name = "asana_get_team_users",
    .title = "List a team's members",
    .toolset = "users",
    .description = "List the members of a team by name.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .more = "Asana lists 2000 members and no more. Find others by name with asana_typeahead_search "
            "and resource_type=user.",
    .full_at = 2000,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"team_id\":{\"type\":\"string\"},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"team_id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_team_users_args),
    .decode = asana_get_team_users_decode,
    .request = asana_get_team_users_request,
};

/* asana_get_workspace_users: GET /workspaces/{workspace_gid}/users */
static const char asana_get_workspace_users_fields[] = "name,email";

bool asana_get_workspace_users_decode(struct args *a, void *into)
{
    struct asana_get_workspace_users_args *in = into;
    args_alias(a, "workspace", "workspace_gid");
    args_alias(a, "workspace_id", "workspace_gid");
    args_alias(a, "gid", "workspace_gid");
    args_alias(a, "id", "workspace_gid");
    in->workspace_gid = args_gid(a, "workspace_gid", ARG_REQUIRED);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_workspace_users_fields);
    return args_end(a);
}

bool asana_get_workspace_users_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_workspace_users_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/workspaces/");
    asana_path_arg(r, in->workspace_gid);
    asana_path(r, "/users");
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_workspace_users = {
    .name = "asana_get_workspace_users",
    .title = "List a workspace's users",
    .toolset = "users",
    .description = "List the people of a workspace by name, at most 2000. To find someone use "
                   "asana_typeahead_search, for a team asana_get_team_users.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .more =
        "Asana lists 2000 users and no more. Find others by name with asana_typeahead_search and "
        "resource_type=user.",
    .full_at = 2000,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace_gid\":{\"type\":\"string\"},"
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
    .args_size = sizeof(struct asana_get_workspace_users_args),
    .decode = asana_get_workspace_users_decode,
    .request = asana_get_workspace_users_request,
};
