/* resource_priv.h: what resources.c, resource_read.c and resource_list.c share. */
#pragma once

#include "mcp/resources.h"
#include "tool/ref.h"

#define RESOURCE_JSON_SUFFIX ".json"

/* asana://KIND/GID, and asana://KIND/GID.json for its data alone. */
struct resource_uri {
    enum ref_kind kind;
    char gid[REF_GID_SIZE];
    bool json;
};

/* False when the URI is of another form; kind is set when at least that was understood. */
bool resource_uri_parse(const char *uri, struct resource_uri *out);
void resource_put_uri(struct buf *b, enum ref_kind kind, const char *gid);

/* One entry of resources/list. name and description may have been written by people; description
 * may be NULL. */
struct resource_entry {
    const char *uri;
    const char *name;
    const char *description;
    const char *mime_type;
};
void resource_put_entry(struct buf *b, const struct resource_entry *e, enum mcp_revision r);

call_body_fn resource_read_body;
