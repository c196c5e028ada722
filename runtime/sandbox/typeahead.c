#include "sandbox/typeahead.h"

#include "sandbox/fold.h"
#include "sandbox/page.h"
#include "sandbox/types.h"

#include <stdlib.h>
#include <string.h>

struct hit {
    int64_t gid;
    int rank;
    size_t order; /* as the query gave it: the nearest to the person first */
};

/* What each resource_type offers, nearest first: people met most often, projects and tasks touched
 * last, own ones before others'. */
static const struct source {
    const char *type;
    const struct sb_type *shown;
    const char *sql; /* gid, name; ?1 workspace, ?2 me */
} sources[] = {
    { "user", &sb_user_type,
      "SELECT u.gid, u.name || ' ' || u.email FROM workspace_member m JOIN user u ON u.gid = "
      "m.user WHERE m.workspace = ?1 "
      "ORDER BY u.gid <> ?2, (SELECT count(*) FROM task_follower a JOIN task_follower b ON b.task "
      "= a.task "
      "WHERE a.user = u.gid AND b.user = ?2) DESC, u.name" },
    { "actor", &sb_user_type,
      "SELECT u.gid, u.name || ' ' || u.email FROM workspace_member m JOIN user u ON u.gid = "
      "m.user WHERE m.workspace = ?1 "
      "ORDER BY u.name" },
    { "project", &sb_project_type,
      "SELECT p.gid, p.name FROM project p JOIN sees_project s ON s.project = p.gid AND s.user = "
      "?2 WHERE p.workspace = ?1 "
      "ORDER BY p.archived, p.modified_at DESC, p.gid DESC" },
    { "task", &sb_task_type,
      "SELECT t.gid, t.name FROM task t WHERE t.workspace = ?1 AND " SB_SEES_TASK(
          "t.gid") " ORDER BY t.completed, NOT EXISTS(SELECT 1 FROM task_follower f WHERE f.task = "
                   "t.gid AND f.user = ?2), "
                   "t.modified_at DESC, t.gid DESC" },
    { "tag", &sb_tag_type, "SELECT gid, name FROM tag WHERE workspace = ?1 AND ?2 ORDER BY name" },
    { "team", &sb_team_type,
      "SELECT t.gid, t.name FROM team t WHERE t.workspace = ?1 ORDER BY NOT EXISTS(SELECT 1 FROM "
      "team_member m WHERE "
      "m.team = t.gid AND m.user = ?2), t.name" },
    { "custom_field", &sb_custom_field_type,
      "SELECT gid, name FROM custom_field WHERE workspace = ?1 AND ?2 ORDER BY name" },
    { "portfolio", &sb_portfolio_type,
      "SELECT p.gid, p.name FROM portfolio p JOIN sees_portfolio s ON s.portfolio = p.gid AND "
      "s.user = ?2 "
      "WHERE p.workspace = ?1 ORDER BY p.name" },
    { "goal", &sb_goal_type,
      "SELECT gid, name FROM goal WHERE workspace = ?1 AND ?2 ORDER BY name" },
    { "project_template", &sb_project_type, "SELECT gid, name FROM project WHERE 0 AND ?1 AND ?2" },
    { "agent", &sb_user_type, "SELECT gid, name FROM user WHERE 0 AND ?1 AND ?2" },
};

static int by_rank(const void *a, const void *b)
{
    const struct hit *x = a;
    const struct hit *y = b;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    return x->order < y->order ? -1 : 1;
}

void sb_typeahead(struct sb_call *c)
{
    int64_t workspace;
    if (!sb_workspace(c, "workspace", c->path_arg[0], &workspace))
        return;
    size_t count = sb_query_count(c, "count", 20);
    const char *type = sb_query_arg(c, "resource_type");
    if (!type)
        type = sb_query_arg(c, "type");
    const char *query = sb_query_arg(c, "query");
    if (!type) {
        sb_fail(c, 400, "resource_type: Missing input");
        return;
    }
    const struct source *from = NULL;
    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
        if (strcmp(sources[i].type, type) == 0)
            from = &sources[i];
    if (!from) {
        sb_fail(c, 400, "resource_type: Not a type to search for: %.60s", type);
        return;
    }
    if (!query)
        query = "";
    char *folded = arena_alloc(c->arena, 2 * strlen(query) + 2);
    if (!folded)
        return;
    sb_fold(query, folded);

    struct hit *hits = NULL;
    size_t found = 0;
    size_t room = 0;
    size_t order = 0;
    sqlite3_stmt *st = sb_query(c->db, from->sql, "ii", workspace, c->me);
    while (sb_row(c->db, st)) {
        const char *name = (const char *)sqlite3_column_text(st, 1);
        char *plain = arena_alloc(c->arena, 2 * strlen(name) + 2);
        if (!plain)
            continue;
        sb_fold(name, plain);
        int rank = sb_fold_rank(plain, folded);
        order++;
        if (rank < 0)
            continue;
        if (found == room) {
            room = room ? room * 2 : 256;
            struct hit *more = arena_alloc(c->arena, room * sizeof(*more));
            if (!more) {
                sb_end(c->db, st);
                break;
            }
            if (found)
                memcpy(more, hits, found * sizeof(*more));
            hits = more;
        }
        hits[found++] = (struct hit){ sqlite3_column_int64(st, 0), *folded ? rank : 0, order };
    }
    if (found)
        qsort(hits, found, sizeof(*hits), by_rank);
    struct sb_keys keys = { 0 };
    for (size_t i = 0; i < found && i < count; i++)
        sb_keys_add(c, &keys, hits[i].gid);
    sb_answer_list(c, from->shown, &keys, count);
}
