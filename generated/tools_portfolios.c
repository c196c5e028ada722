/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_portfolios.h"

/* asana_get_portfolio: GET /portfolios/{portfolio_gid} */
static const char asana_get_portfolio_fields[] =
    "name,archived,color,owner.name,members.name,workspace.name,start_on,due_on,"
    "current_status_update.title,current_status_update.resource_subtype,privacy_setting,"
    "created_at,permalink_url";

bool asana_get_portfolio_decode(struct args *a, void *into)
{
    struct asana_get_portfolio_args *in = into;
    args_alias(a, "portfolio", "portfolio_gid");
    args_alias(a, "portfolio_id", "portfolio_gid");
    args_alias(a, "gid", "portfolio_gid");
    args_alias(a, "id", "portfolio_gid");
    in->portfolio_gid = args_gid(a, "portfolio_gid", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_portfolio_fields);
    return args_end(a);
}

bool asana_get_portfolio_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_portfolio_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/portfolios/");
    asana_path_arg(r, in->portfolio_gid);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_portfolio = {
    .name = "asana_get_portfolio",
    .title = "Get a portfolio",
    .toolset = "portfolios",
    .description =
        "Read one portfolio: owner, members, dates, latest status. For what is in it use "
        "asana_get_items_for_portfolio.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"portfolio_gid\":{\"type\":\"string\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"portfolio_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_portfolio_args),
    .decode = asana_get_portfolio_decode,
    .request = asana_get_portfolio_request,
};

/* asana_get_portfolios: GET /portfolios */
static const char asana_get_portfolios_fields[] =
    "name,owner.name,start_on,due_on,current_status_update.title,"
    "current_status_update.resource_subtype,permalink_url";

bool asana_get_portfolios_decode(struct args *a, void *into)
{
    struct asana_get_portfolios_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    args_alias(a, "owner_id", "owner");
    args_alias(a, "owner_gid", "owner");
    in->workspace = args_gid(a, "workspace", ARG_REQUIRED);
    in->owner = args_user(a, "owner", 0) ?: "me";
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_portfolios_fields);
    return args_end(a);
}

bool asana_get_portfolios_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_portfolios_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/portfolios");
    asana_query_str(r, "workspace", in->workspace);
    asana_query_str(r, "owner", in->owner);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_portfolios = {
    .name = "asana_get_portfolios",
    .title = "List portfolios",
    .toolset = "portfolios",
    .description = "List the portfolios that you own in a workspace. To find others by name use "
                   "asana_typeahead_search.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\",\"description\":\"From asana_list_workspaces.\"},"
        "\"owner\":{\"type\":\"string\",\"default\":\"me\",\"description\":\"Asana allows others "
        "than you only to service accounts.\"},"
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
    .args_size = sizeof(struct asana_get_portfolios_args),
    .decode = asana_get_portfolios_decode,
    .request = asana_get_portfolios_request,
};

/* asana_get_items_for_portfolio: GET /portfolios/{portfolio_gid}/items */
static const char asana_get_items_for_portfolio_fields[] =
    "name,resource_type,archived,completed,owner.name,start_on,due_on,current_status_update.title,"
    "current_status_update.resource_subtype";

bool asana_get_items_for_portfolio_decode(struct args *a, void *into)
{
    struct asana_get_items_for_portfolio_args *in = into;
    args_alias(a, "portfolio", "portfolio_gid");
    args_alias(a, "portfolio_id", "portfolio_gid");
    args_alias(a, "gid", "portfolio_gid");
    args_alias(a, "id", "portfolio_gid");
    in->portfolio_gid = args_gid(a, "portfolio_gid", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_items_for_portfolio_fields);
    return args_end(a);
}

bool asana_get_items_for_portfolio_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_items_for_portfolio_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/portfolios/");
    asana_path_arg(r, in->portfolio_gid);
    asana_path(r, "/items");
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_items_for_portfolio = {
    .name = "asana_get_items_for_portfolio",
    .title = "List what is in a portfolio",
    .toolset = "portfolios",
    .description = "List the projects and portfolios in a portfolio, in order, with their status; "
                   "resource_type tells them apart.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"portfolio_gid\":{\"type\":\"string\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"portfolio_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_items_for_portfolio_args),
    .decode = asana_get_items_for_portfolio_decode,
    .request = asana_get_items_for_portfolio_request,
};
