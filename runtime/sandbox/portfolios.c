#include "sandbox/portfolios.h"

#include "sandbox/page.h"
#include "sandbox/types.h"

static bool find(struct sb_call *c, int64_t *out)
{
    return sb_object(c, "portfolio", c->path_arg[0], "portfolio",
                     "SELECT 1 FROM sees_portfolio WHERE portfolio = ?1 AND user = ?2", out);
}

void sb_get_portfolio(struct sb_call *c)
{
    int64_t portfolio;
    if (find(c, &portfolio))
        sb_answer_object(c, 200, &sb_portfolio_type, portfolio);
}

/* Ordinary tokens list only their own. */
void sb_get_portfolios(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "workspace");
    const char *owner = sb_query_arg(c, "owner");
    int64_t workspace;
    int64_t user;
    if (!sb_workspace(c, "workspace", text, &workspace) ||
        !sb_user(c, "owner", owner, workspace, &user))
        return;
    if (user != c->me) {
        sb_fail(c, 403, "owner: You can only list portfolios that you own");
        return;
    }
    struct sb_keys keys = { 0 };
    sb_keys_query(
        c, &keys,
        sb_query(c->db,
                 "SELECT gid FROM portfolio WHERE workspace = ?1 AND owner = ?2 ORDER BY gid", "ii",
                 workspace, user));
    sb_answer_page(c, &sb_portfolio_type, &keys);
}

void sb_get_portfolio_items(struct sb_call *c)
{
    int64_t portfolio;
    if (!find(c, &portfolio))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(
        c, &keys,
        sb_query(
            c->db,
            "SELECT i.item FROM portfolio_item i WHERE i.portfolio = ?1 AND (EXISTS(SELECT 1 FROM "
            "sees_project s "
            "WHERE s.project = i.item AND s.user = ?2) OR EXISTS(SELECT 1 FROM sees_portfolio s "
            "WHERE s.portfolio = i.item AND s.user = ?2)) ORDER BY i.position",
            "ii", portfolio, c->me));
    sb_answer_page(c, NULL, &keys); /* projects and portfolios, each by its own type */
}

void sb_get_allocations(struct sb_call *c)
{
    const char *parent = sb_query_arg(c, "parent");
    const char *assignee = sb_query_arg(c, "assignee");
    const char *text = sb_query_arg(c, "workspace");
    int64_t project = 0;
    int64_t workspace = 0;
    int64_t user = 0;
    if (!parent && !(assignee && text)) {
        sb_fail(c, 400, "parent: Missing input: give parent, or assignee and workspace");
        return;
    }
    if (parent && !sb_project(c, "parent", parent, &project))
        return;
    if (text && !sb_workspace(c, "workspace", text, &workspace))
        return;
    if (assignee && !sb_user(c, "assignee", assignee, workspace, &user))
        return;
    if (!workspace)
        workspace = sb_int(c->db, "SELECT workspace FROM project WHERE gid = ?1", "i", project);
    if (!sb_premium(c, workspace))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db,
                           "SELECT a.gid FROM allocation a JOIN sees_project s ON s.project = "
                           "a.parent AND s.user = ?1 "
                           "WHERE (?2 IS NULL OR a.parent = ?2) AND (?3 IS NULL OR a.assignee = "
                           "?3) AND s.workspace = ?4 "
                           "ORDER BY a.start_date, a.gid",
                           "iggi", c->me, project, user, workspace));
    sb_answer_page(c, &sb_allocation_type, &keys);
}
