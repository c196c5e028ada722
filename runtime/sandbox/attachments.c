#include "sandbox/attachments.h"

#include "sandbox/blocked.h"
#include "sandbox/page.h"
#include "sandbox/types.h"

#include <stdlib.h>
#include <string.h>

#define SEEN                                                                         \
    "(EXISTS(SELECT 1 FROM sees_task s WHERE s.task = a.parent AND s.user = ?2) OR " \
    "EXISTS(SELECT 1 FROM sees_project s WHERE s.project = a.parent AND s.user = ?2))"

void sb_get_attachment(struct sb_call *c)
{
    int64_t gid;
    if (sb_object(c, "attachment", c->path_arg[0], "attachment",
                  "SELECT 1 FROM attachment a WHERE a.gid = ?1 AND " SEEN, &gid))
        sb_answer_object(c, 200, &sb_attachment_type, gid);
}

void sb_get_attachments(struct sb_call *c)
{
    const char *parent = sb_query_arg(c, "parent");
    int64_t gid;
    if (!sb_gid(c, "parent", parent, &gid))
        return;
    if (!sb_int(c->db,
                "SELECT 1 FROM sees_task WHERE task = ?1 AND user = ?2 UNION ALL "
                "SELECT 1 FROM sees_project WHERE project = ?1 AND user = ?2",
                "ii", gid, c->me)) {
        if (sb_unblocked(c, gid))
            sb_fail(c, 404, "parent: Unknown object: %s", parent);
        return;
    }
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db,
                           "SELECT gid FROM attachment WHERE parent = ?1 ORDER BY created_at, gid",
                           "i", gid));
    sb_answer_page(c, &sb_attachment_type, &keys);
}

static bool find_parent(struct sb_call *c, int64_t *out)
{
    const char *parent = NULL;
    sb_body_str(c, "parent", &parent);
    if (!sb_gid(c, "parent", parent, out))
        return false;
    const char *type =
        sb_text(c->db, c->arena, "SELECT type FROM object WHERE gid = ?1", "i", *out);
    if (type && strcmp(type, "project") == 0)
        return sb_project(c, "parent", parent, out);
    return sb_task(c, "parent", parent, out);
}

void sb_create_attachment(struct sb_call *c)
{
    const char *subtype = "asana", *url = NULL, *name = NULL, *connect = NULL;
    int64_t parent;
    sb_body_enum(c, "resource_subtype", "asana|external", &subtype);
    sb_body_str(c, "url", &url);
    sb_body_str(c, "name", &name);
    sb_body_str(c, "connect_to_app", &connect);
    bool external = strcmp(subtype, "external") == 0;
    if (!find_parent(c, &parent))
        return;
    if (external ? !url || !name : !c->file.name || strcmp(c->file.name, "file") != 0) {
        sb_fail(c, 400, external ? "url: Missing input, with a name" : "file: Missing input");
        return;
    }
    int64_t gid = sb_new_gid(c->db, "attachment");
    sb_run(c->db,
           "INSERT INTO attachment(gid, parent, name, subtype, created_at, created_by, host, url)"
           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?4, ?7)",
           "iittiit", gid, parent, external ? name : c->file.file, subtype, c->now, c->me,
           external ? url : NULL);
    if (!external)
        sb_run(c->db, "UPDATE attachment SET content = ?2 WHERE gid = ?1", "ib", gid,
               &c->file.bytes);
    sb_answer_object(c, 200, &sb_attachment_type, gid);
}

unsigned sb_file_content(struct sandbox *s, const char *gid, const char *until, struct buf *out)
{
    unsigned status = 404;
    sqlite3_stmt *st = sb_query(s->db,
                                "SELECT CAST(content AS BLOB) FROM attachment WHERE gid = ?1 AND "
                                "content IS NOT NULL",
                                "i", (int64_t)strtoll(gid, NULL, 10));
    if (!sb_row(s->db, st))
        return status;
    status = !until || strtoll(until, NULL, 10) < sb_now(s) ? 403 : 200;
    if (status == 200)
        buf_put(out, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
    sb_end(s->db, st);
    return status;
}
