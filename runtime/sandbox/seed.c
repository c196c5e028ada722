#include "sandbox/seed.h"

#include "base/clock.h"
#include "sandbox/richtext.h"
#include "sandbox/seed_data.h"
#include "sandbox/seed_parts.h"
#include "sandbox/stories.h"

#include <string.h>

static int64_t row(struct sb_db *db, const char *type)
{
    return sb_new_gid(db, type);
}

const char *seed_date(struct seed *s, int64_t days)
{
    int year;
    int month;
    int day;
    clock_date(days, &year, &month, &day);
    return arena_printf(s->arena, "%04d-%02d-%02d", year, month, day);
}

int64_t seed_time(const struct seed *s, int64_t days_ago, int hour)
{
    int64_t at = (s->today - days_ago) * SEED_DAY_MS + hour * (SEED_DAY_MS / 24);
    return at > s->now ? s->now : at;
}

static const char *due_date(struct seed *s, int due)
{
    if (due == NONE)
        return NULL;
    if (due >= WEEK(0))
        return seed_date(s, s->monday + due - WEEK(0));
    return seed_date(s, s->today + due);
}

int64_t seed_task_named(struct seed *s, const char *name)
{
    return sb_int(s->db, "SELECT gid FROM task WHERE name = ?1", "t", name);
}

static void people(struct seed *s)
{
    s->workspaces[ACME] = row(s->db, "workspace");
    s->workspaces[SIDE] = row(s->db, "workspace");
    sb_run(s->db,
           "INSERT INTO workspace(gid, name, is_organization, premium, domain) VALUES(?1, 'Acme "
           "Corp', 1, 1, 'acme.example'),"
           " (?2, 'Side Project', 0, 0, NULL)",
           "ii", s->workspaces[ACME], s->workspaces[SIDE]);
    for (int i = 0; i < PEOPLE; i++) {
        const struct seed_person *p = &seed_people[i];
        int64_t gid = s->people[i] = row(s->db, "user");
        sb_run(s->db, "INSERT INTO user(gid, name, email, token) VALUES(?1, ?2, ?3, ?4)", "ittt",
               gid, p->name, p->email, p->token);
        for (int w = ACME; w <= SIDE; w++) {
            if (w == SIDE && i != ADA && i != BJORN && i != GRACE)
                continue;
            sb_run(s->db, "INSERT INTO workspace_member VALUES(?1, ?2)", "ii", s->workspaces[w],
                   gid);
            sb_run(s->db, "INSERT INTO user_task_list(gid, user, workspace) VALUES(?1, ?2, ?3)",
                   "iii", row(s->db, "user_task_list"), gid, s->workspaces[w]);
        }
    }
    for (int i = 0; i < TEAMS; i++) {
        const struct seed_team *t = &seed_teams[i];
        s->teams[i] = row(s->db, "team");
        sb_run(s->db,
               "INSERT INTO team(gid, workspace, name, description, html_description) VALUES(?1, "
               "?2, ?3, ?4, ?5)",
               "iittt", s->teams[i], s->workspaces[ACME], t->name, t->description,
               sb_rich_from_text(s->arena, t->description));
        for (int m = 0; t->members[m] != NOBODY; m++)
            sb_run(s->db, "INSERT INTO team_member VALUES(?1, ?2)", "ii", s->teams[i],
                   s->people[t->members[m]]);
    }
}

static void project(struct seed *s, int index)
{
    const struct seed_project *p = &seed_projects[index];
    int64_t gid = s->projects[index] = row(s->db, "project");
    int64_t created = seed_time(s, 90 + index, 9);
    sb_run(s->db,
           "INSERT INTO project(gid, workspace, team, owner, name, notes, html_notes, color, icon, "
           "default_view, privacy,"
           " due_on, archived, created_at, created_by, modified_at)"
           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?4, ?15)",
           "iigittttttttiii", gid, s->workspaces[p->workspace],
           p->team < 0 ? (int64_t)0 : s->teams[p->team], s->people[p->owner], p->name, p->notes,
           sb_rich_from_text(s->arena, p->notes), p->color, p->icon, p->view, p->privacy,
           due_date(s, p->due), (int64_t)p->archived, created, seed_time(s, index / 2, 8));
    for (int m = 0; p->members[m] != NOBODY; m++)
        sb_run(s->db, "INSERT INTO project_member(project, user, follows) VALUES(?1, ?2, 1)", "ii",
               gid, s->people[p->members[m]]);
    for (int i = 0; i < SEED_SECTIONS && p->sections[i]; i++) {
        int64_t section = s->sections[index][i] = row(s->db, "section");
        sb_run(s->db,
               "INSERT INTO section(gid, project, name, position, created_at) VALUES(?1, ?2, ?3, "
               "?4, ?5)",
               "iitii", section, gid, p->sections[i], (int64_t)i, created);
    }
}

static void history(struct seed *s, int64_t task, int64_t author, int64_t at, const char *subtype,
                    const char *text, int64_t ref, int64_t in_project)
{
    sb_run(s->db,
           "INSERT INTO story(gid, task, type, subtype, text, created_at, created_by, ref, project)"
           " VALUES(?1, ?2, 'system', ?3, ?4, ?5, ?6, ?7, ?8)",
           "iittiigg", row(s->db, "story"), task, subtype, text, at, author, ref, in_project);
}

/* What tasks and subtasks have in common. */
static int64_t task(struct seed *s, const char *name, int workspace, int author, int assignee,
                    int due, int done, int64_t created)
{
    int64_t gid = row(s->db, "task");
    int64_t creator = s->people[author];
    int64_t user = assignee == NOBODY ? 0 : s->people[assignee];
    int64_t completed_at = done ? seed_time(s, done, 15) : 0;
    if (completed_at && completed_at < created)
        created = completed_at - SEED_DAY_MS;
    sb_run(s->db,
           "INSERT INTO task(gid, workspace, name, assignee, assigned_by, created_at, created_by, "
           "modified_at, due_on,"
           " completed, completed_at, completed_by) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
           "?10, ?11, ?12)",
           "iitggiiitigg", gid, s->workspaces[workspace], name, user, user ? creator : (int64_t)0,
           created, creator, completed_at ? completed_at : created + SEED_DAY_MS / 12,
           due_date(s, due), (int64_t)(done > 0), completed_at,
           done ? (user ? user : creator) : (int64_t)0);
    sb_run(s->db, "INSERT OR IGNORE INTO task_follower VALUES(?1, ?2)", "ii", gid, creator);
    if (user) {
        sb_run(s->db, "INSERT OR IGNORE INTO task_follower VALUES(?1, ?2)", "ii", gid, user);
        history(s, gid, creator, created, "assigned",
                arena_printf(s->arena, "assigned to %s", seed_people[assignee].name), user, 0);
    }
    if (done)
        history(s, gid, user ? user : creator, completed_at, "marked_complete",
                "marked this task complete", 0, 0);
    return gid;
}

static void tasks(struct seed *s)
{
    static const char *const subtypes[] = { "default_task", "milestone", "approval" };
    int number = 0;
    for (const struct seed_task *t = seed_tasks; t->name; t++, number++) {
        const struct seed_project *p = &seed_projects[t->project];
        int64_t created = seed_time(s, 30 - number % 17, 8 + number % 9) + number * 1000;
        int64_t gid =
            task(s, t->name, p->workspace, p->owner, t->assignee, t->due, t->done, created);
        if (t->subtype != TASK)
            sb_run(s->db,
                   "UPDATE task SET subtype = ?2, approval_status = CASE WHEN ?2 <> 'approval' "
                   "THEN NULL WHEN completed THEN "
                   "'approved' ELSE 'pending' END WHERE gid = ?1",
                   "it", gid, subtypes[t->subtype]);
        sb_run(s->db,
               "INSERT INTO task_project(task, project, section, position) VALUES(?1, ?2, ?3, ?4)",
               "iiii", gid, s->projects[t->project], s->sections[t->project][t->section],
               (int64_t)number);
        history(s, gid, s->people[p->owner], created, "added_to_project",
                arena_printf(s->arena, "added to %s", p->name), 0, s->projects[t->project]);
        seed_values(s, gid, t);
    }
    int64_t position = 0;
    for (const struct seed_subtask *t = seed_subtasks; t->name; t++) {
        int64_t parent = seed_task_named(s, t->parent);
        int64_t gid =
            task(s, t->name, ACME, t->assignee, t->assignee, t->due, t->done, seed_time(s, 12, 10));
        sb_run(s->db, "UPDATE task SET parent = ?2, position = ?3 WHERE gid = ?1", "iii", gid,
               parent, ++position);
    }
}

static void texts(struct seed *s)
{
    for (const struct seed_note *n = seed_notes; n->task; n++) {
        const char *html = NULL;
        const char *text = NULL;
        const char *bad = NULL;
        const char *body = arena_printf(s->arena, "<body>%s</body>", n->html);
        if (body && sb_rich_parse(s->arena, SB_RICH_TASK, body, NULL, &html, &text, &bad))
            sb_run(s->db, "UPDATE task SET notes = ?2, html_notes = ?3 WHERE gid = ?1", "itt",
                   seed_task_named(s, n->task), text, html);
    }
    for (const struct seed_comment *c = seed_comments; c->task; c++) {
        int64_t of = seed_task_named(s, c->task);
        int64_t at = seed_time(s, c->days_ago, 11);
        sb_comment_add(s->db, of, s->people[c->author], at, c->text,
                       sb_rich_from_text(s->arena, c->text));
        sb_run(s->db, "INSERT OR IGNORE INTO task_follower VALUES(?1, ?2)", "ii", of,
               s->people[c->author]);
        sb_run(s->db, "UPDATE task SET modified_at = max(modified_at, ?2) WHERE gid = ?1", "ii", of,
               at);
    }
    for (const struct seed_status *u = seed_statuses; u->text; u++)
        sb_run(s->db,
               "INSERT INTO status(gid, parent, title, text, html_text, color, author, created_at, "
               "modified_at)"
               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
               "iittttii", row(s->db, "status_update"), s->projects[u->project], u->title, u->text,
               sb_rich_from_text(s->arena, u->text), u->color, s->people[u->author],
               seed_time(s, u->days_ago, 16));
}

static void links(struct seed *s)
{
    const char *before = "";
    int64_t tag = 0;
    for (const struct seed_tagging *t = seed_taggings; t->tag; t++) {
        if (strcmp(t->tag, before) != 0) {
            tag = row(s->db, "tag");
            sb_run(s->db,
                   "INSERT INTO tag(gid, workspace, name, color, created_at) VALUES(?1, ?2, ?3, "
                   "'light-orange', ?4)",
                   "iiti", tag, s->workspaces[ACME], t->tag, seed_time(s, 100, 9));
            before = t->tag;
        }
        sb_run(s->db, "INSERT OR IGNORE INTO task_tag VALUES(?1, ?2)", "ii",
               seed_task_named(s, t->task), tag);
    }
    for (const struct seed_link *l = seed_links; l->task; l++)
        sb_run(s->db, "INSERT OR IGNORE INTO dependency VALUES(?1, ?2)", "ii",
               seed_task_named(s, l->task), seed_task_named(s, l->needs));
    /* A few hearts, so that sorting by likes has something to sort. */
    sb_run(s->db,
           "INSERT INTO liked(object, user) SELECT t.gid, u.gid FROM task t, user u WHERE t.name "
           "IN ('Launch day', "
           "'New navigation', 'Proposal: faster search') AND (u.gid / 3 + t.gid) % 3 = 0",
           "");
}

bool sb_seed(struct sb_db *db, int64_t now_ms, struct arena *scratch, struct err *err)
{
    struct seed s = { .db = db, .arena = scratch, .now = now_ms, .today = now_ms / SEED_DAY_MS };
    s.monday = s.today - (s.today + 3) % 7; /* 1970-01-01 was a Thursday */
    people(&s);
    for (int i = 0; i < PROJECTS; i++)
        project(&s, i);
    seed_custom_fields(&s);
    tasks(&s);
    texts(&s);
    links(&s);
    seed_planning(&s);
    const char *failure = sb_db_failed(db);
    if (failure || arena_failed(scratch))
        return err_set(err, ERR_IO, "sandbox: seed: %s", failure ? failure : "out of memory");
    return true;
}
