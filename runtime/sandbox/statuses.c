#include "sandbox/blocked.h"
#include "sandbox/page.h"
#include "sandbox/projects.h"
#include "sandbox/texts.h"
#include "sandbox/types.h"

#include <string.h>

static const char newest_first[] =
    "SELECT gid FROM status WHERE parent = ?1 ORDER BY created_at DESC, gid DESC";

void sb_get_project_statuses(struct sb_call *c)
{
    int64_t project;
    if (!sb_project(c, "project", c->path_arg[0], &project))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys, sb_query(c->db, newest_first, "i", project));
    sb_answer_page(c, &sb_project_status_type, &keys);
}

static bool seen(struct sb_call *c, const char *what, int64_t *out)
{
    return sb_object(
        c, what, c->path_arg[0], "status_update",
        "SELECT 1 FROM status o WHERE o.gid = ?1 AND (EXISTS(SELECT 1 FROM sees_project s WHERE "
        "s.project = o.parent AND s.user = ?2) OR EXISTS(SELECT 1 FROM sees_portfolio s WHERE "
        "s.portfolio = o.parent AND s.user = ?2) OR EXISTS(SELECT 1 FROM goal g JOIN "
        "workspace_member m ON "
        "m.workspace = g.workspace AND m.user = ?2 WHERE g.gid = o.parent))",
        out);
}

void sb_get_project_status(struct sb_call *c)
{
    int64_t gid = 0;
    if (seen(c, "project_status", &gid))
        sb_answer_object(c, 200, &sb_project_status_type, gid);
}

void sb_get_status_update(struct sb_call *c)
{
    int64_t gid = 0;
    if (seen(c, "status", &gid))
        sb_answer_object(c, 200, &sb_status_update_type, gid);
}

/* A project, portfolio or goal that the caller may see. */
static bool find_parent(struct sb_call *c, const char *text, int64_t *out)
{
    int64_t gid = 0;
    if (!sb_gid(c, "parent", text, &gid))
        return false;
    if (!sb_int(
            c->db,
            "SELECT 1 FROM sees_project WHERE project = ?1 AND user = ?2 UNION ALL SELECT 1 FROM "
            "sees_portfolio WHERE portfolio = ?1 AND user = ?2 UNION ALL SELECT 1 FROM goal g JOIN "
            "workspace_member m ON m.workspace = g.workspace AND m.user = ?2 WHERE g.gid = ?1",
            "ii", gid, c->me))
        return sb_unblocked(c, gid) && sb_fail(c, 404, "parent: Unknown object: %s", text);
    *out = gid;
    return true;
}

void sb_get_status_updates(struct sb_call *c)
{
    const char *parent = sb_query_arg(c, "parent");
    int64_t gid = 0;
    int64_t since = 0;
    sb_query_time(c, "created_since", &since);
    if (!find_parent(c, parent, &gid))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db,
                           "SELECT gid FROM status WHERE parent = ?1 AND created_at >= ?2 ORDER BY "
                           "created_at DESC, gid DESC",
                           "ii", gid, since));
    sb_answer_page(c, &sb_status_update_type, &keys);
}

/* Title, text and colour of a new status; answers with it in the form of the type. */
static void create(struct sb_call *c, int64_t parent, const char *color, const struct sb_type *type)
{
    const char *title = NULL;
    const char *text = NULL;
    const char *html = NULL;
    sb_body_str(c, "title", &title);
    enum sb_has has = sb_body_texts(c, SB_RICH_COMMENT, "text", "html_text", &text, &html);
    if (!c->failed && (has != SB_VALUE || !*text))
        sb_fail(c, 400, "text: Missing input");
    if (c->failed)
        return;
    int64_t gid = sb_new_gid(c->db, "status_update");
    sb_run(c->db,
           "INSERT INTO status(gid, parent, title, text, html_text, color, author, created_at, "
           "modified_at)"
           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
           "iittttii", gid, parent, title ? title : "", text, html, color, c->me, c->now);
    sb_run(c->db, "UPDATE project SET modified_at = ?2 WHERE gid = ?1", "ii", parent, c->now);
    sb_answer_object(c, 201, type, gid);
}

void sb_create_project_status(struct sb_call *c)
{
    int64_t project;
    const char *color = NULL;
    if (!sb_project(c, "project", c->path_arg[0], &project))
        return;
    if (sb_body_enum(c, "color", "green|yellow|red|blue|complete", &color) != SB_VALUE)
        sb_fail(c, 400, "color: Missing input");
    create(c, project, color, &sb_project_status_type);
}

void sb_create_status_update(struct sb_call *c)
{
    static const struct {
        const char *status;
        const char *color;
    } colors[] = { { "on_track", "green" },
                   { "at_risk", "yellow" },
                   { "off_track", "red" },
                   { "on_hold", "blue" } };
    const char *parent = NULL;
    const char *status = NULL;
    int64_t gid = 0;
    sb_body_str(c, "parent", &parent);
    if (!find_parent(c, parent, &gid))
        return;
    if (sb_body_enum(c, "status_type",
                     "on_track|at_risk|off_track|on_hold|complete|achieved|partial|missed|dropped",
                     &status) != SB_VALUE) {
        sb_fail(c, 400, "status_type: Missing input");
        return;
    }
    for (size_t i = 0; i < sizeof(colors) / sizeof(*colors); i++)
        if (strcmp(colors[i].status, status) == 0)
            status = colors[i].color;
    create(c, gid, status, &sb_status_update_type);
}

void sb_delete_status_update(struct sb_call *c)
{
    int64_t gid = 0;
    if (!seen(c, "status", &gid))
        return;
    sb_run(c->db, "DELETE FROM status WHERE gid = ?1", "i", gid);
    sb_run(c->db, "DELETE FROM object WHERE gid = ?1", "i", gid);
    sb_answer_empty(c);
}
