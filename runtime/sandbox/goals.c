#include "sandbox/goals.h"

#include "sandbox/custom_fields.h"
#include "sandbox/page.h"
#include "sandbox/texts.h"
#include "sandbox/types.h"

#include <string.h>

#define MEMBER_OF \
    " JOIN workspace_member m ON m.workspace = o.workspace AND m.user = ?2 WHERE o.gid = ?1"

static bool find_goal(struct sb_call *c, const char *text, int64_t *out)
{
    return sb_object(c, "goal", text, "goal", "SELECT 1 FROM goal o" MEMBER_OF, out);
}

static bool find_period(struct sb_call *c, const char *text, int64_t *out)
{
    return sb_object(c, "time_period", text, "time_period", "SELECT 1 FROM time_period o" MEMBER_OF,
                     out);
}

void sb_get_goal(struct sb_call *c)
{
    int64_t goal;
    if (find_goal(c, c->path_arg[0], &goal))
        sb_answer_object(c, 200, &sb_goal_type, goal);
}

void sb_get_parent_goals(struct sb_call *c)
{
    int64_t goal;
    if (!find_goal(c, c->path_arg[0], &goal))
        return;
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys,
                  sb_query(c->db,
                           "SELECT goal FROM goal_support WHERE supporter = ?1 ORDER BY goal", "i",
                           goal));
    sb_answer_list(c, &sb_goal_type, &keys, keys.count);
}

/* The context of a list of goals. */
struct context {
    const char *name;
    bool (*find)(struct sb_call *c, const char *what, const char *text, int64_t *out);
    const char *sql; /* condition for ?1 */
};

static bool find_portfolio(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(c, what, text, "portfolio",
                     "SELECT 1 FROM sees_portfolio WHERE portfolio = ?1 AND user = ?2", out);
}

#define SUPPORTED "EXISTS(SELECT 1 FROM goal_support s WHERE s.goal = g.gid AND s.supporter = ?1)"

static const struct context contexts[] = {
    { "workspace", sb_workspace, "g.workspace = ?1" },
    { "team", sb_team, "g.team = ?1" },
    { "project", sb_project, SUPPORTED },
    { "task", sb_task, SUPPORTED },
    { "portfolio", find_portfolio, SUPPORTED },
};

/* Keeps the goals of the time periods that are named. */
static void keep_periods(struct sb_call *c, struct sb_keys *keys)
{
    const char *text = sb_query_arg(c, "time_periods");
    if (!text)
        return;
    struct sb_list list = sb_split(c->arena, text);
    int64_t *periods = arena_zalloc(c->arena, list.count + 1, sizeof(*periods));
    for (size_t i = 0; periods && i < list.count; i++)
        if (!find_period(c, list.items[i], &periods[i]))
            return;
    size_t kept = 0;
    for (size_t i = 0; periods && i < keys->count; i++) {
        int64_t of =
            sb_int(c->db, "SELECT time_period FROM goal WHERE gid = ?1", "i", keys->keys[i]);
        for (size_t p = 0; p < list.count; p++)
            if (periods[p] == of) {
                keys->keys[kept++] = keys->keys[i];
                break;
            }
    }
    keys->count = kept;
}

void sb_get_goals(struct sb_call *c)
{
    const struct context *of = NULL;
    int64_t gid = 0;
    for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
        const char *text = sb_query_arg(c, contexts[i].name);
        if (!text)
            continue;
        if (of) {
            sb_fail(c, 400,
                    "%s: Only one of portfolio, project, task, team, workspace can be given",
                    contexts[i].name);
            return;
        }
        of = &contexts[i];
        if (!of->find(c, of->name, text, &gid))
            return;
    }
    if (!of) {
        sb_fail(c, 400, "workspace: Missing input");
        return;
    }
    bool workspace = strcmp(of->name, "workspace") == 0;
    if (workspace && !sb_premium(c, gid))
        return;
    int level = sb_query_flag(c, "is_workspace_level", -1);
    if (level >= 0 && !workspace) {
        sb_fail(c, 400, "is_workspace_level: Can only be used with workspace");
        return;
    }
    const char *sql = arena_printf(
        c->arena,
        "SELECT g.gid FROM goal g JOIN workspace_member m ON m.workspace = g.workspace AND "
        "m.user = ?2 WHERE %s AND (?3 < 0 OR g.is_workspace_level = ?3) ORDER BY g.gid",
        of->sql);
    struct sb_keys keys = { 0 };
    if (sql)
        sb_keys_query(c, &keys, sb_query(c->db, sql, "iii", gid, c->me, (int64_t)level));
    keep_periods(c, &keys);
    sb_answer_page(c, &sb_goal_type, &keys);
}

static void edit_texts(struct sb_call *c, int64_t goal)
{
    const char *name = NULL;
    const char *notes = NULL;
    const char *html = NULL;
    if (sb_body_str(c, "name", &name) == SB_VALUE)
        sb_run(c->db, "UPDATE goal SET name = ?2 WHERE gid = ?1", "it", goal, name);
    if (sb_body_texts(c, SB_RICH_COMMENT, "notes", "html_notes", &notes, &html) == SB_VALUE)
        sb_run(c->db, "UPDATE goal SET notes = ?2, html_notes = ?3 WHERE gid = ?1", "itt", goal,
               notes, html);
    int flag = 0;
    if (sb_body_bool(c, "is_workspace_level", &flag) == SB_VALUE)
        sb_run(c->db, "UPDATE goal SET is_workspace_level = ?2 WHERE gid = ?1", "ii", goal,
               (int64_t)flag);
    if (sb_body_bool(c, "liked", &flag) == SB_VALUE)
        sb_run(c->db,
               flag ? "INSERT OR IGNORE INTO liked(object, user) VALUES(?1, ?2)"
                    : "DELETE FROM liked WHERE object = ?1 AND user = ?2",
               "ii", goal, c->me);
}

/* A time period gives the dates that are not given themselves. */
static void edit_dates(struct sb_call *c, int64_t goal)
{
    const char *text = NULL;
    int64_t period = 0;
    enum sb_has has = sb_body_str(c, "time_period", &text);
    if (has == SB_VALUE && !find_period(c, text, &period))
        return;
    if (period && sb_int(c->db,
                         "SELECT p.workspace <> g.workspace FROM time_period p, goal g WHERE p.gid "
                         "= ?1 AND g.gid = ?2",
                         "ii", period, goal)) {
        sb_fail(c, 400, "time_period: Not a time period of the goal's workspace");
        return;
    }
    if (has != SB_ABSENT)
        sb_run(c->db, "UPDATE goal SET time_period = ?2 WHERE gid = ?1", "ig", goal, period);
    if (period)
        sb_run(c->db,
               "UPDATE goal SET start_on = p.start_on, due_on = p.end_on FROM time_period p WHERE "
               "p.gid = ?2 AND goal.gid = ?1",
               "ii", goal, period);
    const char *due = NULL;
    const char *start = NULL;
    enum sb_has has_due = sb_body_date(c, "due_on", &due);
    enum sb_has has_start = sb_body_date(c, "start_on", &start);
    if (has_due != SB_ABSENT)
        sb_run(c->db, "UPDATE goal SET due_on = ?2 WHERE gid = ?1", "it", goal, due);
    if (has_start != SB_ABSENT)
        sb_run(c->db, "UPDATE goal SET start_on = ?2 WHERE gid = ?1", "it", goal, start);
    if (sb_int(c->db, "SELECT start_on IS NOT NULL AND due_on IS NULL FROM goal WHERE gid = ?1",
               "i", goal))
        sb_fail(c, 400, "You must provide 'due_on' when setting 'start_on'.");
    if (sb_int(c->db, "SELECT start_on > due_on FROM goal WHERE gid = ?1", "i", goal))
        sb_fail(c, 400, "start_on: The start date must not be after the due date");
}

static void edit_people(struct sb_call *c, int64_t goal)
{
    static const char follow[] = "INSERT OR IGNORE INTO goal_follower(goal, user) VALUES(?1, ?2)";
    int64_t workspace = sb_int(c->db, "SELECT workspace FROM goal WHERE gid = ?1", "i", goal);
    const char *text = NULL;
    int64_t gid = 0;
    enum sb_has has = sb_body_str(c, "owner", &text);
    if (has == SB_VALUE && !sb_user(c, "owner", text, workspace, &gid))
        return;
    if (has != SB_ABSENT)
        sb_run(c->db, "UPDATE goal SET owner = ?2 WHERE gid = ?1", "ig", goal, gid);
    if (gid)
        sb_run(c->db, follow, "ii", goal, gid);
    gid = 0;
    has = sb_body_str(c, "team", &text);
    if (has == SB_VALUE && !sb_team(c, "team", text, &gid))
        return;
    if (has != SB_ABSENT)
        sb_run(c->db, "UPDATE goal SET team = ?2 WHERE gid = ?1", "ig", goal, gid);
    struct sb_list list = { 0 };
    sb_body_list(c, "followers", &list);
    for (size_t i = 0; i < list.count; i++)
        if (sb_user(c, "followers", list.items[i], workspace, &gid))
            sb_run(c->db, follow, "ii", goal, gid);
}

static void edit(struct sb_call *c, int64_t goal)
{
    edit_texts(c, goal);
    edit_dates(c, goal);
    edit_people(c, goal);
}

void sb_create_goal(struct sb_call *c)
{
    const char *text = NULL;
    const char *name = NULL;
    int64_t workspace = 0;
    int64_t team = 0;
    if (sb_body_str(c, "workspace", &text) == SB_VALUE &&
        !sb_workspace(c, "workspace", text, &workspace))
        return;
    if (sb_body_str(c, "team", &text) == SB_VALUE && !sb_team(c, "team", text, &team))
        return;
    if (!workspace && team)
        workspace = sb_int(c->db, "SELECT workspace FROM team WHERE gid = ?1", "i", team);
    if (!workspace)
        sb_fail(c, 400, "workspace: Missing input");
    if (sb_body_str(c, "name", &name) != SB_VALUE)
        sb_fail(c, 400, "name: Missing input");
    if (c->failed || !sb_premium(c, workspace))
        return;
    int64_t goal = sb_new_gid(c->db, "goal");
    sb_run(c->db,
           "INSERT INTO goal(gid, workspace, owner, name, created_at, created_by) VALUES(?1, ?2, "
           "?4, ?3, ?5, ?4)",
           "iitii", goal, workspace, name, c->me, c->now);
    sb_run(c->db, "INSERT INTO goal_follower VALUES(?1, ?2)", "ii", goal, c->me);
    edit(c, goal);
    sb_answer_object(c, 201, &sb_goal_type, goal);
}

void sb_update_goal(struct sb_call *c)
{
    int64_t goal;
    if (!find_goal(c, c->path_arg[0], &goal))
        return;
    const char *status = NULL;
    enum sb_has has =
        sb_body_enum(c, "status", "green|yellow|red|missed|achieved|partial|dropped", &status);
    if (has == SB_VALUE && !sb_int(c->db, "SELECT metric FROM goal WHERE gid = ?1", "i", goal))
        sb_fail(c, 400, "status: Can only be set on a goal with a metric");
    if (has != SB_ABSENT)
        sb_run(c->db, "UPDATE goal SET status = ?2 WHERE gid = ?1", "it", goal, status);
    const cJSON *values = NULL;
    if (sb_body_object(c, "custom_fields", &values) == SB_VALUE)
        sb_values_set(c, goal, values, false);
    edit(c, goal);
    sb_answer_object(c, 200, &sb_goal_type, goal);
}

void sb_set_goal_metric(struct sb_call *c)
{
    int64_t goal;
    double value = 0;
    if (!find_goal(c, c->path_arg[0], &goal))
        return;
    const char *source = sb_text(
        c->db, c->arena, "SELECT progress_source FROM goal WHERE gid = ?1 AND metric IS NOT NULL",
        "i", goal);
    if (!source) {
        sb_fail(c, 400, "The goal has no metric");
        return;
    }
    if (strcmp(source, "manual") != 0) {
        sb_fail(c, 400, "The metric is computed (%s), it can't be set", source);
        return;
    }
    if (sb_body_num(c, "current_number_value", &value) != SB_VALUE)
        sb_fail(c, 400, "current_number_value: Missing input");
    sb_run(c->db, "UPDATE goal SET current = ?2 WHERE gid = ?1", "id", goal, value);
    sb_answer_object(c, 200, &sb_goal_type, goal);
}

void sb_get_time_period(struct sb_call *c)
{
    int64_t period;
    if (find_period(c, c->path_arg[0], &period))
        sb_answer_object(c, 200, &sb_time_period_type, period);
}

void sb_get_time_periods(struct sb_call *c)
{
    const char *text = sb_query_arg(c, "workspace");
    const char *start = NULL;
    const char *end = NULL;
    int64_t workspace;
    if (!sb_workspace(c, "workspace", text, &workspace) || !sb_premium(c, workspace))
        return;
    sb_query_date(c, "start_on", &start);
    sb_query_date(c, "end_on", &end);
    struct sb_keys keys = { 0 };
    sb_keys_query(
        c, &keys,
        sb_query(
            c->db,
            "SELECT gid FROM time_period WHERE workspace = ?1 AND (?2 IS NULL OR end_on >= ?2) AND "
            "(?3 IS NULL OR start_on <= ?3) ORDER BY gid",
            "itt", workspace, start, end));
    sb_answer_page(c, &sb_time_period_type, &keys);
}
