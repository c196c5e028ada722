/* tools_research.h: search and read documents, as ChatGPT's connectors and deep research do it.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct search_args {
    const char *query;
};
bool search_decode(struct args *a, void *into);
void search_handle(struct call *call, const void *in);
extern const struct tool search;

struct fetch_args {
    const char *id;
};
bool fetch_decode(struct args *a, void *into);
void fetch_handle(struct call *call, const void *in);
extern const struct tool fetch;
