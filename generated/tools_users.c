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
        "\"reason\":{\"type\":\"string\"},\"next\":{}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_user_args),
    .decode = asana_get_user_decode,
    .request = asana_get_user_request,
};
