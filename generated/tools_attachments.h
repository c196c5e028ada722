/* tools_attachments.h: files on tasks and projects.
 *
 * Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#pragma once

#include "asana/req.h"
#include "tool/args.h"
#include "tool/tool.h"

struct asana_get_attachment_args {
    const char *attachment_gid;
    const char *opt_fields;
};
bool asana_get_attachment_decode(struct args *a, void *into);
bool asana_get_attachment_request(const void *from, struct asana_req *r, struct err *err);
extern const struct tool asana_get_attachment;

struct asana_get_attachments_for_object_args {
    const char *parent;
    struct arg_int limit;
    const char *offset;
    const char *opt_fields;
};
bool asana_get_attachments_for_object_decode(struct args *a, void *into);
bool asana_get_attachments_for_object_request(const void *from, struct asana_req *r,
                                              struct err *err);
extern const struct tool asana_get_attachments_for_object;
