#include "sandbox/attachments.h"

#include "sandbox/blocked.h"
#include "sandbox/page.h"
#include "sandbox/types.h"

#include <stdlib.h>

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
    if (!parent) {
        sb_fail(c, 400, "parent: Missing input");
        return;
    }
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

unsigned sb_file_content(struct sandbox *s, const char *gid, const char *until, struct arena *arena,
                         struct buf *out)
{
    int64_t key = strtoll(gid, NULL, 10);
    const char *content =
        sb_text(s->db, arena, "SELECT content FROM attachment WHERE gid = ?1", "i", key);
    if (!content)
        return 404;
    if (!until || strtoll(until, NULL, 10) < sb_now(s))
        return 403;
    buf_str(out, content);
    return 200;
}
