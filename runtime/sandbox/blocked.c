#include "sandbox/blocked.h"

#include "sandbox/state.h"

/* Tables and views of temp come before those of the same name in main: with these in place, every
 * query of the sandbox sees a caller who is in no blocked workspace. */
static const char cover[] =
    "CREATE TEMP VIEW workspace_member AS SELECT * FROM main.workspace_member"
    " WHERE workspace NOT IN (SELECT workspace FROM temp.blocked);"
    "CREATE TEMP VIEW sees_project AS SELECT * FROM main.sees_project"
    " WHERE workspace NOT IN (SELECT workspace FROM temp.blocked);"
    "CREATE TEMP VIEW sees_task AS SELECT s.* FROM main.sees_task s JOIN main.task t ON t.gid = "
    "s.task WHERE t.workspace NOT IN (SELECT workspace FROM temp.blocked);"
    "CREATE TEMP VIEW sees_portfolio AS SELECT s.* FROM main.sees_portfolio s JOIN main.portfolio "
    "p "
    "ON p.gid = s.portfolio WHERE p.workspace NOT IN (SELECT workspace FROM temp.blocked);";

static const char uncover[] = "DROP VIEW IF EXISTS temp.workspace_member;"
                              "DROP VIEW IF EXISTS temp.sees_project;"
                              "DROP VIEW IF EXISTS temp.sees_task;"
                              "DROP VIEW IF EXISTS temp.sees_portfolio;"
                              "CREATE TEMP TABLE IF NOT EXISTS blocked(workspace INTEGER PRIMARY "
                              "KEY);"
                              "DELETE FROM temp.blocked;";

bool sb_block(struct sb_db *db, const int64_t *workspaces, size_t count)
{
    if (!sb_db_exec(db, uncover))
        return false;
    for (size_t i = 0; i < count; i++)
        sb_run(db, "INSERT OR IGNORE INTO temp.blocked VALUES(?1)", "i", workspaces[i]);
    bool ok = !sb_db_failed(db) && (count == 0 || sb_db_exec(db, cover));
    sb_db_forgive(db);
    return ok;
}

/* The workspace that an object ?1 belongs to, by way of what holds it. */
#define IN(table) "(SELECT workspace FROM " table " WHERE gid = ?1)"
#define UNDER(table, column, above)                                                                \
    "(SELECT a.workspace FROM " table " x JOIN " above " a ON a.gid = x." column " WHERE x.gid = " \
    "?1)"
static const char workspace_of[] =
    "SELECT coalesce((SELECT gid FROM workspace WHERE gid = ?1)," IN("task") "," IN("project") "," IN("team") "," IN("tag") "," IN("user_task_list") "," IN("custom_field") "," IN("portfolio") "," IN("goal") "," IN("time_period") "," UNDER(
        "section", "project",
        "project") "," UNDER("story", "task",
                             "task") "," UNDER("status", "parent",
                                               "project") "," UNDER("status", "parent",
                                                                    "portfolio") "," UNDER("status",
                                                                                           "parent",
                                                                                           "goal") "," UNDER("attachment",
                                                                                                             "parent",
                                                                                                             "task") "," UNDER("attachment",
                                                                                                                               "parent",
                                                                                                                               "project") "," UNDER("allocation",
                                                                                                                                                    "parent",
                                                                                                                                                    "project") ")";

bool sb_unblocked(struct sb_call *c, int64_t gid)
{
    if (c->failed || c->sandbox->control.blocked_count == 0)
        return true;
    int64_t workspace = sb_int(c->db, workspace_of, "i", gid);
    if (!sb_int(c->db,
                "SELECT 1 FROM temp.blocked b JOIN main.workspace_member m USING(workspace) WHERE "
                "b.workspace = ?1 AND m.user = ?2",
                "ii", workspace, c->me))
        return true;
    return sb_fail(c, 401, "Not Authorized");
}
