#include "sandbox/people.h"

#include "sandbox/page.h"
#include "sandbox/types.h"

static void list(struct sb_call *c, const struct sb_type *type, const char *sql, int64_t of)
{
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys, sb_query(c->db, sql, "ii", of, c->me));
    sb_answer_page(c, type, &keys);
}

void sb_get_workspaces(struct sb_call *c)
{
    list(c, &sb_workspace_type,
         "SELECT workspace FROM workspace_member WHERE user = ?2 AND ?1 ORDER BY workspace", 1);
}

void sb_get_workspace(struct sb_call *c)
{
    int64_t workspace;
    if (sb_workspace(c, "workspace", c->path_arg[0], &workspace))
        sb_answer_object(c, 200, &sb_workspace_type, workspace);
}

void sb_get_user(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "workspace");
    int64_t workspace = 0;
    int64_t user;
    if (text && !sb_workspace(c, "workspace", text, &workspace))
        return;
    if (sb_user(c, "user", c->path_arg[0], workspace, &user))
        sb_answer_object(c, 200, &sb_user_type, user);
}

static const char of_workspace[] =
    "SELECT m.user FROM workspace_member m JOIN user u ON u.gid = m.user "
    "WHERE m.workspace = ?1 ORDER BY u.name";
static const char of_team[] = "SELECT m.user FROM team_member m JOIN user u ON u.gid = m.user "
                              "WHERE m.team = ?1 ORDER BY u.name";

void sb_get_users(struct sb_call *c)
{
    const char *workspace = sb_query_arg(c, "workspace");
    const char *team = sb_query_arg(c, "team");
    int64_t of = 0;
    if (workspace && !sb_workspace(c, "workspace", workspace, &of))
        return;
    if (team && !sb_team(c, "team", team, &of))
        return;
    if (team)
        list(c, &sb_user_type, of_team, of);
    else if (workspace)
        list(c, &sb_user_type, of_workspace, of);
    else
        list(c, &sb_user_type,
             "SELECT gid FROM user u WHERE ?1 = 0 AND EXISTS(SELECT 1 FROM workspace_member a JOIN "
             "workspace_member b "
             "USING(workspace) WHERE a.user = u.gid AND b.user = ?2) ORDER BY name",
             0);
}

void sb_get_users_for_workspace(struct sb_call *c)
{
    int64_t workspace;
    if (sb_workspace(c, "workspace", c->path_arg[0], &workspace))
        list(c, &sb_user_type, of_workspace, workspace);
}

void sb_get_users_for_team(struct sb_call *c)
{
    int64_t team;
    if (sb_team(c, "team", c->path_arg[0], &team))
        list(c, &sb_user_type, of_team, team);
}

void sb_get_user_task_list(struct sb_call *c)
{
    int64_t gid;
    if (sb_user_task_list(c, "user_task_list", c->path_arg[0], &gid))
        sb_answer_object(c, 200, &sb_user_task_list_type, gid);
}

void sb_get_user_task_list_for_user(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "workspace");
    int64_t workspace;
    int64_t user;
    if (!sb_workspace(c, "workspace", text, &workspace) ||
        !sb_user(c, "user", c->path_arg[0], workspace, &user))
        return;
    int64_t gid = sb_int(c->db, "SELECT gid FROM user_task_list WHERE user = ?1 AND workspace = ?2",
                         "ii", user, workspace);
    sb_answer_object(c, 200, &sb_user_task_list_type, gid);
}

void sb_get_team(struct sb_call *c)
{
    int64_t team;
    if (sb_team(c, "team", c->path_arg[0], &team))
        sb_answer_object(c, 200, &sb_team_type, team);
}

#define TEAM_SEEN                                                                               \
    "(t.visibility <> 'secret' OR EXISTS(SELECT 1 FROM team_member s WHERE s.team = t.gid AND " \
    "s.user = ?2))"

void sb_get_teams_for_workspace(struct sb_call *c)
{
    int64_t workspace;
    if (sb_workspace(c, "workspace", c->path_arg[0], &workspace))
        list(c, &sb_team_type,
             "SELECT t.gid FROM team t WHERE t.workspace = ?1 AND " TEAM_SEEN " ORDER BY t.name",
             workspace);
}

void sb_get_teams_for_user(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "organization");
    int64_t workspace;
    int64_t user;
    if (!sb_workspace(c, "organization", text, &workspace) ||
        !sb_user(c, "user", c->path_arg[0], workspace, &user))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(
        c, &keys,
        sb_query(
            c->db,
            "SELECT t.gid FROM team t JOIN team_member m ON m.team = t.gid WHERE m.user = ?1 AND "
            "t.workspace = ?3 AND " TEAM_SEEN " ORDER BY t.name",
            "iii", user, c->me, workspace));
    sb_answer_page(c, &sb_team_type, &keys);
}
