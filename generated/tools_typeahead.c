/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_typeahead.h"

/* asana_typeahead_search: GET /workspaces/{workspace_gid}/typeahead */
static const char asana_typeahead_search_fields[] = "name,resource_type";

bool asana_typeahead_search_decode(struct args *a, void *into)
{
    struct asana_typeahead_search_args *in = into;
    args_alias(a, "workspace", "workspace_gid");
    args_alias(a, "workspace_id", "workspace_gid");
    in->workspace_gid = args_gid(a, "workspace_gid", ARG_REQUIRED);
    in->resource_type = args_enum(a, "resource_type", ARG_REQUIRED,
                                  "task|project|user|team|portfolio|goal|tag|custom_field|"
                                  "project_template");
    in->query = args_string(a, "query", 0);
    in->count = args_int_or(a, "count", 20, 1, 100);
    in->opt_fields = args_fields(a, "opt_fields", asana_typeahead_search_fields);
    return args_end(a);
}

bool asana_typeahead_search_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_typeahead_search_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/workspaces/");
    asana_path_arg(r, in->workspace_gid);
    asana_path(r, "/typeahead");
    asana_query_str(r, "resource_type", in->resource_type);
    asana_query_str(r, "query", in->query);
    asana_query_int(r, "count", in->count);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_typeahead_search = {
    .name = "asana_typeahead_search",
    .title = "Find by name",
    .toolset = "typeahead",
    .description =
        "Find tasks, projects, people, teams, portfolios, goals, tags or custom fields by name "
        "and get their gids. Use it before any other tool that needs a gid, and never guess one. "
        "The best matches by recency and use come first; an empty query answers with recent ones. "
        "It matches names only, in one page: to filter tasks by assignee, date or text use "
        "asana_search_tasks.",
    .effect = TOOL_READ,
    .idempotent = true,
    .more =
        "There are no further pages. Give more of the name in query, or a higher count (at most "
        "100).",
    .limit_at = offsetof(struct asana_typeahead_search_args, count),
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace_gid\":{\"type\":\"string\",\"description\":\"From asana_list_workspaces.\"},"
        "\"resource_type\":{\"type\":\"string\",\"enum\":[\"task\",\"project\",\"user\",\"team\","
        "\"portfolio\",\"goal\",\"tag\",\"custom_field\",\"project_template\"]},"
        "\"query\":{\"type\":\"string\",\"description\":\"Part of the name.\"},"
        "\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":20},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"workspace_gid\",\"resource_type\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_typeahead_search_args),
    .decode = asana_typeahead_search_decode,
    .request = asana_typeahead_search_request,
};
