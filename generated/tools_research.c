/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "tools_research.h"

/* search: by hand, search_handle() */
bool search_decode(struct args *a, void *into)
{
    struct search_args *in = into;
    in->query = args_string(a, "query", ARG_REQUIRED);
    return args_end(a);
}

const struct tool search = {
    .name = "search",
    .title = "Search Asana",
    .toolset = "research",
    .description =
        "Find tasks, projects, portfolios and goals by words. Answers with id, title and url; "
        "read one with fetch. For filters use asana_search_tasks.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema = "{\"type\":\"object\",\"properties\":{"
                    "\"query\":{\"type\":\"string\",\"description\":\"Words to look for.\"}"
                    "},\"required\":[\"query\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},"
        "\"title\":{\"type\":\"string\"},\"url\":{\"type\":\"string\"}},\"required\":[\"id\","
        "\"title\",\"url\"]}},\"truncated\":{\"type\":\"object\","
        "\"properties\":{\"returned\":{\"type\":\"integer\"},\"reason\":{\"type\":\"string\"},"
        "\"next\":{\"type\":\"string\"}}}},\"required\":[\"results\"]}",
    .args_size = sizeof(struct search_args),
    .decode = search_decode,
    .handle = search_handle,
};

/* fetch: by hand, fetch_handle() */
bool fetch_decode(struct args *a, void *into)
{
    struct fetch_args *in = into;
    args_alias(a, "gid", "id");
    args_alias(a, "url", "id");
    in->id = args_ref(a, "id", ARG_REQUIRED);
    return args_end(a);
}

const struct tool fetch = {
    .name = "fetch",
    .title = "Fetch a document",
    .toolset = "research",
    .description =
        "Read one task, project, portfolio or goal as a document: title, text, url and metadata.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"type\":\"object\",\"properties\":{"
        "\"id\":{\"type\":\"string\",\"description\":\"Of a result of search; a gid or a link to "
        "Asana will do.\"}"
        "},\"required\":[\"id\"],\"additionalProperties\":false}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},"
        "\"title\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"},"
        "\"url\":{\"type\":\"string\"},\"metadata\":{\"type\":\"object\"},"
        "\"truncated\":{\"type\":\"object\",\"properties\":{\"returned\":{\"type\":\"integer\"},"
        "\"reason\":{\"type\":\"string\"},\"next\":{\"type\":\"string\"}}}},\"required\":[\"id\","
        "\"title\",\"text\",\"url\"]}",
    .args_size = sizeof(struct fetch_args),
    .decode = fetch_decode,
    .handle = fetch_handle,
};
