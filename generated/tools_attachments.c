/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_attachments.h"

/* asana_get_attachment: GET /attachments/{attachment_gid} */
static const char asana_get_attachment_fields[] =
    "name,resource_subtype,host,size,created_at,parent.name,parent.resource_type,download_url,"
    "permanent_url,view_url";

bool asana_get_attachment_decode(struct args *a, void *into)
{
    struct asana_get_attachment_args *in = into;
    args_alias(a, "attachment", "attachment_gid");
    args_alias(a, "attachment_id", "attachment_gid");
    args_alias(a, "gid", "attachment_gid");
    args_alias(a, "id", "attachment_gid");
    in->attachment_gid = args_gid(a, "attachment_gid", ARG_REQUIRED);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_attachment_fields);
    return args_end(a);
}

bool asana_get_attachment_request(const void *from, struct asana_req *r, struct err *err)
{
    const struct asana_get_attachment_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/attachments/");
    asana_path_arg(r, in->attachment_gid);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_attachment = {
    .name = "asana_get_attachment",
    .title = "Get an attachment",
    .toolset = "attachments",
    .description =
        "Read what is known of one attachment: name, size, host, links. download_url works for a "
        "few minutes only; the bytes are not part of the answer.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"attachment_gid\":{\"type\":\"string\",\"description\":\"From "
        "asana_get_attachments_for_object.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"attachment_gid\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},"
        "\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_attachment_args),
    .decode = asana_get_attachment_decode,
    .request = asana_get_attachment_request,
};

/* asana_get_attachments_for_object: GET /attachments */
static const char asana_get_attachments_for_object_fields[] =
    "name,resource_subtype,size,created_at,download_url,permanent_url,view_url";

bool asana_get_attachments_for_object_decode(struct args *a, void *into)
{
    struct asana_get_attachments_for_object_args *in = into;
    args_alias(a, "parent_id", "parent");
    args_alias(a, "parent_gid", "parent");
    args_alias(a, "object", "parent");
    args_alias(a, "object_id", "parent");
    args_alias(a, "object_gid", "parent");
    args_alias(a, "task", "parent");
    args_alias(a, "task_id", "parent");
    args_alias(a, "task_gid", "parent");
    args_alias(a, "project", "parent");
    args_alias(a, "project_id", "parent");
    args_alias(a, "project_gid", "parent");
    in->parent = args_gid(a, "parent", ARG_REQUIRED);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->offset = args_offset(a, "offset", 0);
    in->opt_fields = args_fields(a, "opt_fields", asana_get_attachments_for_object_fields);
    return args_end(a);
}

bool asana_get_attachments_for_object_request(const void *from, struct asana_req *r,
                                              struct err *err)
{
    const struct asana_get_attachments_for_object_args *in = from;
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/attachments");
    asana_query_str(r, "parent", in->parent);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "offset", in->offset);
    asana_query_str(r, "opt_fields", in->opt_fields);
    return asana_req_end(r, err);
}

const struct tool asana_get_attachments_for_object = {
    .name = "asana_get_attachments_for_object",
    .title = "List attachments",
    .toolset = "attachments",
    .description =
        "List the files attached to a task, project or project brief, with links to them.",
    .effect = TOOL_READ,
    .idempotent = true,
    .paged = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"parent\":{\"type\":\"string\",\"description\":\"Task, project or project brief.\"},"
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":50},"
        "\"offset\":{\"type\":\"string\",\"description\":\"next_page.offset of the page "
        "before.\"},"
        "\"opt_fields\":{\"type\":\"string\",\"description\":\"Comma list of fields to answer "
        "with.\"}"
        "},\"required\":[\"parent\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"data\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\"}},\"next_page\":{},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"data\"]}",
    .args_size = sizeof(struct asana_get_attachments_for_object_args),
    .decode = asana_get_attachments_for_object_decode,
    .request = asana_get_attachments_for_object_request,
};
