/* pack.h: tools from a file that `python3 -m codegen pack` has written, beside the compiled ones.
 *
 * The generator has checked the tools; here only structure, version and bounds are looked at, so
 * that a damaged file is refused and never followed out of its bounds. A packed tool is data that
 * calls the functions which a generated one calls, in the same order: readers of tool/args.h in
 * pack_decode(), builders of asana/req.h in pack_request(). The file has its tools' rules for
 * hidden workspaces (tool/visible_rules.h), too, so that they keep within those that are shown.
 *
 * A pack is constant once it is made, and owns its tools; pack_read() and pack_free() belong to one
 * thread, its tools to any until then. */
#pragma once

#include "asana/req.h"
#include "base/err.h"
#include "base/slice.h"
#include "tool/args.h"
#include "tool/tool.h"

#include <stdbool.h>

struct pack;

/* schema: what tool_schema (tool/tool.h) says; a file made of another schema is refused. NULL with
 * err set, which names the file: ERR_IO when it cannot be read, ERR_SYNTAX when it is no pack or
 * not one for this program, ERR_LIMIT, ERR_MEMORY. */
struct pack *pack_read(const char *path, const char *schema, struct err *err);
/* The same of a file's text; err names no file. */
struct pack *pack_parse(struct slice text, const char *schema, struct err *err);
/* Accepts NULL. */
void pack_free(struct pack *p);

/* Ended by NULL; valid until pack_free(). */
const struct tool *const *pack_tools(const struct pack *p);

/* What decode and request are for a generated tool, and wanted and request for its extras. */
bool pack_decode(const struct pack_tool *tool, struct args *a, void *into);
bool pack_request(const struct pack_tool *tool, const void *from, struct asana_req *r,
                  struct err *err);
bool pack_extra_wanted(const struct pack_extra *extra, const void *from);
bool pack_extra_request(const struct pack_extra *extra, const void *from, struct asana_req *r,
                        struct err *err);
