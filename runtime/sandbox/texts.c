#include "sandbox/texts.h"

#include <stdlib.h>

static bool find_mention(void *ctx, const char *text, struct sb_mention *out)
{
    struct sb_call *c = ctx;
    char *end = NULL;
    int64_t gid = strtoll(text, &end, 10);
    if (*end || gid <= 0)
        return false;
    const char *type = sb_text(
        c->db, c->arena,
        "SELECT type FROM object o WHERE gid = ?1 AND CASE type "
        "WHEN 'task' THEN EXISTS(SELECT 1 FROM sees_task s WHERE s.task = ?1 AND s.user = ?2) "
        "WHEN 'project' THEN EXISTS(SELECT 1 FROM sees_project s WHERE s.project = ?1 AND s.user = "
        "?2) "
        "ELSE type IN ('user', 'tag', 'team') END",
        "ii", gid, c->me);
    if (!type)
        return false;
    out->type = type;
    out->name = sb_text(
        c->db, c->arena,
        "SELECT name FROM user WHERE gid = ?1 UNION ALL SELECT name FROM task WHERE gid = ?1 "
        "UNION ALL SELECT name FROM project WHERE gid = ?1 UNION ALL SELECT name FROM tag WHERE "
        "gid = ?1 "
        "UNION ALL SELECT name FROM team WHERE gid = ?1",
        "i", gid);
    out->href = arena_printf(c->arena, "https://app.asana.com/0/%s%s", text,
                             type[0] == 't' && type[1] == 'a' ? "" : "/list");
    return out->name && out->href;
}

enum sb_has sb_body_texts(struct sb_call *c, enum sb_rich kind, const char *plain, const char *html,
                          const char **out_text, const char **out_html)
{
    const char *text = NULL;
    const char *rich = NULL;
    enum sb_has has_text = sb_body_str(c, plain, &text);
    enum sb_has has_rich = sb_body_str(c, html, &rich);
    if (has_text != SB_ABSENT && has_rich != SB_ABSENT) {
        sb_fail(c, 400, "%s: Only one of %s and %s can be given", html, plain, html);
        return SB_ABSENT;
    }
    if (c->failed || (has_text == SB_ABSENT && has_rich == SB_ABSENT))
        return SB_ABSENT;
    if (has_rich == SB_VALUE) {
        struct sb_mention_source source = { c, find_mention };
        const char *bad = NULL;
        if (!sb_rich_parse(c->arena, kind, rich, &source, out_html, out_text, &bad)) {
            sb_fail(c, 400, "%s: %s", html, bad);
            return SB_ABSENT;
        }
        return SB_VALUE;
    }
    *out_text = text ? text : "";
    *out_html = sb_rich_from_text(c->arena, *out_text);
    return SB_VALUE;
}
