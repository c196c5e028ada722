/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_workspaces.h"

/* asana_list_workspaces: GET /workspaces */
static const char asana_list_workspaces_fields[] = "name,is_organization";

bool asana_list_workspaces_decode(struct args *a, void *into)
{
    struct asana_list_workspaces_args *in = into;
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_list_workspaces_fields);
    return args_end(a);
}

bool asana_list_workspaces_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_list_workspaces_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/workspaces");
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_list_workspaces = {
    .name = "asana_list_workspaces",
    .title = "List workspaces",
    .toolset = "workspaces",
    .description =
        "List the workspaces and organizations you can work in. Call this first: most tools need "
        "a workspace gid, and it must never be guessed.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
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
    .args_size = sizeof(struct asana_list_workspaces_args),
    .decode = asana_list_workspaces_decode,
    .request = asana_list_workspaces_request,
};
