/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_allocations.h"

/* asana_get_allocations: GET /allocations */
static const char asana_get_allocations_fields[] =
    "assignee.name,parent.name,start_date,end_date,effort.type,effort.value";

bool asana_get_allocations_decode(struct args *a, void *into)
{
    struct asana_get_allocations_args *in = into;
    args_alias(a, "parent_id", "parent");
    args_alias(a, "parent_gid", "parent");
    args_alias(a, "project", "parent");
    args_alias(a, "project_id", "parent");
    args_alias(a, "project_gid", "parent");
    args_alias(a, "assignee_id", "assignee");
    args_alias(a, "assignee_gid", "assignee");
    args_alias(a, "user", "assignee");
    args_alias(a, "user_id", "assignee");
    args_alias(a, "user_gid", "assignee");
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    in->parent = args_gid(a, "parent", 0);
    in->assignee = args_user(a, "assignee", 0);
    in->workspace = args_gid(a, "workspace", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_allocations_fields);
    args_exactly_one(a, "parent,assignee");
    args_needs(a, "assignee", "workspace");
    args_needs(a, "workspace", "assignee");
    return args_end(a);
}

bool asana_get_allocations_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_allocations_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/allocations");
    asana_query_str(r, "parent", in->parent);
    asana_query_str(r, "assignee", in->assignee);
    asana_query_str(r, "workspace", in->workspace);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_allocations = {
    .name = "asana_get_allocations",
    .title = "List allocations",
    .toolset = "allocations",
    .description =
        "List who is planned on which project for how much of their time, and from when to when. "
        "Give parent, or assignee with workspace. Paid plans only.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"parent\":{\"type\":\"string\",\"description\":\"Project.\"},"
        "\"assignee\":{\"type\":\"string\",\"description\":\"\\\"me\\\", gid or e-mail; with "
        "workspace.\"},"
        "\"workspace\":{\"type\":\"string\",\"description\":\"With assignee.\"},"
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
    .args_size = sizeof(struct asana_get_allocations_args),
    .decode = asana_get_allocations_decode,
    .request = asana_get_allocations_request,
};
