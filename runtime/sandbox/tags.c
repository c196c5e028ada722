#include "sandbox/tags.h"

#include "sandbox/page.h"
#include "sandbox/types.h"

/* workspace 0: all of the caller's. */
static void list(struct sb_call *c, int64_t workspace)
{
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db,
                           "SELECT t.gid FROM tag t JOIN workspace_member m ON m.workspace = "
                           "t.workspace AND m.user = ?2 "
                           "WHERE ?1 IS NULL OR t.workspace = ?1 ORDER BY t.gid",
                           "gi", workspace, c->me));
    sb_answer_page(c, &sb_tag_type, &keys);
}

void sb_get_tags(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "workspace");
    int64_t workspace = 0;
    if (!text || sb_workspace(c, "workspace", text, &workspace))
        list(c, workspace);
}

void sb_get_tags_for_workspace(struct sb_call *c)
{
    int64_t workspace;
    if (sb_workspace(c, "workspace", c->path_arg[0], &workspace))
        list(c, workspace);
}

void sb_get_tag(struct sb_call *c)
{
    int64_t tag;
    if (sb_tag(c, "tag", c->path_arg[0], &tag))
        sb_answer_object(c, 200, &sb_tag_type, tag);
}

void sb_get_custom_field(struct sb_call *c)
{
    int64_t field;
    if (sb_object(c, "custom_field", c->path_arg[0], "custom_field",
                  "SELECT 1 FROM custom_field f JOIN workspace_member m ON m.workspace = "
                  "f.workspace AND m.user = ?2 "
                  "WHERE f.gid = ?1",
                  &field))
        sb_answer_object(c, 200, &sb_custom_field_type, field);
}
