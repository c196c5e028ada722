/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_time_periods.h"

/* asana_get_time_period: GET /time_periods/{time_period_gid} */
static const char asana_get_time_period_fields[] =
    "display_name,period,start_on,end_on,parent.display_name";

bool asana_get_time_period_decode(struct args *a, void *into)
{
    struct asana_get_time_period_args *in = into;
    args_alias(a, "time_period", "time_period_gid");
    args_alias(a, "time_period_id", "time_period_gid");
    args_alias(a, "gid", "time_period_gid");
    args_alias(a, "id", "time_period_gid");
    in->time_period_gid = args_gid(a, "time_period_gid", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_time_period_fields);
    return args_end(a);
}

bool asana_get_time_period_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_time_period_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/time_periods/");
    asana_path_arg(r, in->time_period_gid);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_time_period = {
    .name = "asana_get_time_period",
    .title = "Get a time period",
    .toolset = "time_periods",
    .description = "Read one time period of goals: name, start, end, the longer period it is in.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"time_period_gid\":{\"type\":\"string\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"time_period_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_time_period_args),
    .decode = asana_get_time_period_decode,
    .request = asana_get_time_period_request,
};

/* asana_get_time_periods: GET /time_periods */
static const char asana_get_time_periods_fields[] =
    "display_name,period,start_on,end_on,parent.display_name";

bool asana_get_time_periods_decode(struct args *a, void *into)
{
    struct asana_get_time_periods_args *in = into;
    args_alias(a, "workspace_id", "workspace");
    args_alias(a, "workspace_gid", "workspace");
    in->workspace = args_gid(a, "workspace", ARG_REQUIRED);
    in->start_on = args_date(a, "start_on", 0);
    in->end_on = args_date(a, "end_on", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_time_periods_fields);
    return args_end(a);
}

bool asana_get_time_periods_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_time_periods_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/time_periods");
    asana_query_str(r, "workspace", in->workspace);
    asana_query_str(r, "start_on", in->start_on);
    asana_query_str(r, "end_on", in->end_on);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_time_periods = {
    .name = "asana_get_time_periods",
    .title = "List time periods",
    .toolset = "time_periods",
    .description =
        "List a workspace's time periods for goals: years, halves, quarters. With dates: those "
        "that lie there.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"workspace\":{\"type\":\"string\",\"description\":\"From asana_list_workspaces.\"},"
        "\"start_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD.\"},"
        "\"end_on\":{\"type\":\"string\",\"description\":\"YYYY-MM-DD.\"},"
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
    .args_size = sizeof(struct asana_get_time_periods_args),
    .decode = asana_get_time_periods_decode,
    .request = asana_get_time_periods_request,
};
