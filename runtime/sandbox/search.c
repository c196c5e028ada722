#include "sandbox/lag.h"
#include "sandbox/page.h"
#include "sandbox/tasks.h"
#include "sandbox/types.h"

#include <stdio.h>
#include <string.h>

#define BINDS_MAX 400

/* A WHERE clause that grows: each filter adds a condition and what it binds. ?1 is the workspace,
 * ?2 the person. */
struct search {
    struct sb_call *c;
    struct buf sql;
    struct bind {
        enum { BIND_GID, BIND_TEXT } kind;
        int64_t gid;
        const char *text;
    } binds[BINDS_MAX];
    int count;
};

/* Number of the new parameter; the first free one is ?3. */
static int bind(struct search *s, struct bind b)
{
    if (s->count == BINDS_MAX) {
        sb_fail(s->c, 400, "The search has too many values");
        return 3;
    }
    s->binds[s->count++] = b;
    return s->count + 2;
}

/* join (" AND ") and the condition, in which every "?x" stands for the new parameter. */
static void condition(struct search *s, const char *join, const char *text, struct bind b)
{
    int number = bind(s, b);
    buf_str(&s->sql, join);
    for (const char *mark; (mark = strstr(text, "?x")); text = mark + 2) {
        buf_put(&s->sql, text, (size_t)(mark - text));
        buf_char(&s->sql, '?');
        buf_int(&s->sql, number);
    }
    buf_str(&s->sql, text);
}

static void gid_condition(struct search *s, const char *join, const char *text, int64_t gid)
{
    condition(s, join, text, (struct bind){ .kind = BIND_GID, .gid = gid });
}

static void text_condition(struct search *s, const char *text, const char *value)
{
    condition(s, " AND ", text, (struct bind){ .kind = BIND_TEXT, .text = value });
}

/* Filters by lists of gids: what a task must have for one of them. */
struct list_filter {
    const char *name; /* "projects" */
    const char *has;  /* condition for the gid ?x */
    bool people;
    const char *type;
};

static const struct list_filter lists[] = {
    { "assignee", "t.assignee = ?x", true, NULL },
    { "followers", "EXISTS(SELECT 1 FROM task_follower f WHERE f.task = t.gid AND f.user = ?x)",
      true, NULL },
    { "created_by", "t.created_by = ?x", true, NULL },
    { "assigned_by", "t.assigned_by = ?x", true, NULL },
    { "liked_by", "EXISTS(SELECT 1 FROM liked l WHERE l.object = t.gid AND l.user = ?x)", true,
      NULL },
    { "commented_on_by",
      "EXISTS(SELECT 1 FROM story y WHERE y.task = t.gid AND y.type = 'comment' AND y.created_by = "
      "?x)",
      true, NULL },
    { "projects", "EXISTS(SELECT 1 FROM task_project tp WHERE tp.task = t.gid AND tp.project = ?x)",
      false, "project" },
    { "sections", "EXISTS(SELECT 1 FROM task_project tp WHERE tp.task = t.gid AND tp.section = ?x)",
      false, "section" },
    { "tags", "EXISTS(SELECT 1 FROM task_tag tt WHERE tt.task = t.gid AND tt.tag = ?x)", false,
      "tag" },
    { "teams",
      "EXISTS(SELECT 1 FROM task_project tp JOIN project p ON p.gid = tp.project WHERE tp.task = "
      "t.gid AND p.team = ?x)",
      false, "team" },
    { "portfolios",
      "EXISTS(SELECT 1 FROM task_project tp JOIN portfolio_item i ON i.item = tp.project WHERE "
      "tp.task = t.gid AND "
      "i.portfolio = ?x)",
      false, "portfolio" },
};

static bool find(struct search *s, const struct list_filter *f, const char *what, const char *text,
                 int64_t *out)
{
    struct sb_call *c = s->c;
    if (f->people)
        return sb_user(c, what, text, 0, out);
    if (strcmp(f->type, "project") == 0)
        return sb_project(c, what, text, out);
    if (strcmp(f->type, "section") == 0)
        return sb_section(c, what, text, out);
    if (strcmp(f->type, "tag") == 0)
        return sb_tag(c, what, text, out);
    if (strcmp(f->type, "team") == 0)
        return sb_team(c, what, text, out);
    return sb_object(c, what, text, "portfolio",
                     "SELECT 1 FROM sees_portfolio WHERE portfolio = ?1 AND user = ?2", out);
}

static size_t any_values(struct search *s, const struct list_filter *f, const char *what,
                         bool first)
{
    const char *text = sb_query_arg(s->c, what);
    if (!text)
        return 0;
    struct sb_list list = sb_split(s->c->arena, text);
    size_t written = 0;
    for (size_t i = 0; i < list.count; i++) {
        int64_t gid;
        if (!find(s, f, what, list.items[i], &gid))
            break;
        gid_condition(s, first && written == 0 ? "" : " OR ", f->has, gid);
        written++;
    }
    return written;
}

static void list_filters(struct search *s)
{
    const struct list_filter *projects = &lists[6];
    const struct list_filter *sections = &lists[7];
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists) && !s->c->failed; i++) {
        const struct list_filter *f = &lists[i];
        char what[64];
        /* projects.any and sections.any together mean the union of both. */
        snprintf(what, sizeof(what), "%s.any", f->name);
        if (sb_query_arg(s->c, what) && !(f == sections && sb_query_arg(s->c, "projects.any"))) {
            size_t start = s->sql.len;
            buf_str(&s->sql, " AND (");
            size_t n = any_values(s, f, what, true);
            if (f == projects)
                n += any_values(s, sections, "sections.any", n == 0);
            buf_char(&s->sql, ')');
            if (n == 0)
                s->sql.len = start;
        }
        for (int all = 0; all < 2; all++) {
            snprintf(what, sizeof(what), "%s.%s", f->name, all ? "all" : "not");
            const char *text = sb_query_arg(s->c, what);
            struct sb_list list = text ? sb_split(s->c->arena, text) : (struct sb_list){ 0 };
            for (size_t n = 0; n < list.count && !s->c->failed; n++) {
                int64_t gid;
                char cond[256];
                snprintf(cond, sizeof(cond), all ? "(%s)" : "(%s) IS NOT 1", f->has);
                if (find(s, f, what, list.items[n], &gid))
                    gid_condition(s, " AND ", cond, gid);
            }
        }
    }
}

/* Days compare as text; a time's day is taken in UTC. */
static void date_filters(struct search *s)
{
    static const struct {
        const char *name;
        const char *day;
        const char *time; /* NULL: there's no filter by time */
    } dates[] = {
        { "due", "t.due_on", "t.due_at" },
        { "start", "t.start_on", NULL },
        { "created", "date(t.created_at / 1000, 'unixepoch')", "t.created_at" },
        { "completed", "date(t.completed_at / 1000, 'unixepoch')", "t.completed_at" },
        { "modified", "date(t.modified_at / 1000, 'unixepoch')", "t.modified_at" },
    };
    static const struct {
        const char *suffix;
        const char *compare;
    } ways[] = { { "", "=" }, { ".before", "<" }, { ".after", ">" } };
    for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
        for (size_t w = 0; w < 3; w++) {
            char what[64];
            char cond[160];
            const char *day = NULL;
            int64_t at = 0;
            snprintf(what, sizeof(what), "%s_on%s", dates[i].name, ways[w].suffix);
            snprintf(cond, sizeof(cond), "%s %s ?x", dates[i].day, ways[w].compare);
            const char *text = sb_query_arg(s->c, what);
            if (w == 0 && text && (!*text || strcmp(text, "null") == 0)) {
                buf_str(&s->sql, " AND ");
                buf_str(&s->sql, dates[i].day);
                buf_str(&s->sql, " IS NULL");
            } else if (sb_query_date(s->c, what, &day)) {
                text_condition(s, cond, day);
            }
            snprintf(what, sizeof(what), "%s_at%s", dates[i].name, ways[w].suffix);
            if (w == 0 || !dates[i].time)
                continue;
            snprintf(cond, sizeof(cond), "%s %s ?x", dates[i].time, ways[w].compare);
            if (sb_query_time(s->c, what, &at))
                gid_condition(s, " AND ", cond, at);
        }
    }
}

static void flag_filters(struct search *s)
{
    static const struct {
        const char *name;
        const char *is;
    } flags[] = {
        { "completed", "t.completed" },
        { "is_subtask", "t.parent IS NOT NULL" },
        { "is_blocked", "EXISTS(SELECT 1 FROM dependency d JOIN task n ON n.gid = d.needs WHERE "
                        "d.task = t.gid AND NOT "
                        "n.completed)" },
        { "is_blocking", "(NOT t.completed AND EXISTS(SELECT 1 FROM dependency d JOIN task n ON "
                         "n.gid = d.task WHERE "
                         "d.needs = t.gid AND NOT n.completed))" },
        { "has_attachment", "EXISTS(SELECT 1 FROM attachment a WHERE a.parent = t.gid)" },
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        int flag = sb_query_flag(s->c, flags[i].name, -1);
        if (flag < 0)
            continue;
        buf_str(&s->sql, flag ? " AND (" : " AND NOT (");
        buf_str(&s->sql, flags[i].is);
        buf_char(&s->sql, ')');
    }
    const char *subtype = sb_query_arg(s->c, "resource_subtype");
    if (subtype && strcmp(subtype, "default_task") != 0 && strcmp(subtype, "milestone") != 0 &&
        strcmp(subtype, "approval") != 0 && strcmp(subtype, "custom") != 0)
        sb_fail(s->c, 400, "resource_subtype: Not a type of task: %.60s", subtype);
    if (subtype)
        text_condition(s, "t.subtype = ?x", subtype);
    const char *text = sb_query_arg(s->c, "text");
    if (text)
        text_condition(s, "has_words(t.name || ' ' || t.notes, ?x)", text);
}

/* custom_fields.GID.OP=value; v is the field's value on the task. */
static void field_filter(struct search *s, const char *name, const char *value)
{
#define FIELD_HAS "EXISTS(SELECT 1 FROM field_value v WHERE v.object = t.gid AND v.field = "
    static const struct {
        const char *types; /* which types of field it is for */
        const char *op;
        const char *test;
    } tests[] = {
        { "text", "value", "v.text = ?x" },
        { "number", "value", "v.number = CAST(?x AS REAL)" },
        { "enum", "value", "v.option = CAST(?x AS INTEGER)" },
        { "date", "value", "v.date = ?x" },
        { "multi_enum people", "value",
          "EXISTS(SELECT 1 FROM field_choice ch WHERE ch.value = v.id AND ch.ref = CAST(?x AS "
          "INTEGER))" },
        { "text", "starts_with", "substr(lower(v.text), 1, length(?x)) = lower(?x)" },
        { "text", "ends_with", "substr(lower(v.text), -length(?x)) = lower(?x)" },
        { "text", "contains", "instr(lower(v.text), lower(?x)) > 0" },
        { "number", "less_than", "v.number < CAST(?x AS REAL)" },
        { "number", "greater_than", "v.number > CAST(?x AS REAL)" },
        { "date", "before", "v.date < ?x" },
        { "date", "after", "v.date > ?x" },
    };
    struct sb_call *c = s->c;
    const char *dot = strchr(name, '.');
    const char *op = dot ? strchr(dot + 1, '.') : NULL;
    int64_t field;
    if (!op) {
        sb_fail(c, 400, "%.80s: Expected custom_fields.GID.OPERATION", name);
        return;
    }
    const char *gid = arena_strndup(c->arena, dot + 1, (size_t)(op - dot - 1));
    op++;
    if (!gid ||
        !sb_object(
            c, "custom_field", gid, "custom_field",
            "SELECT 1 FROM custom_field f JOIN workspace_member m ON m.workspace = f.workspace AND "
            "m.user = ?2 WHERE f.gid = ?1",
            &field))
        return;
    const char *type =
        sb_text(c->db, c->arena, "SELECT type FROM custom_field WHERE gid = ?1", "i", field);
    if (strcmp(op, "is_set") == 0) {
        bool set = strcmp(value, "true") == 0;
        if (!set && strcmp(value, "false") != 0)
            sb_fail(c, 400, "%.80s: Must be true or false, not: %.60s", name, value);
        gid_condition(s, " AND ",
                      set ? FIELD_HAS "?x AND v.display IS NOT NULL)"
                          : "NOT " FIELD_HAS "?x AND v.display IS NOT NULL)",
                      field);
        return;
    }
    for (size_t i = 0; type && i < sizeof(tests) / sizeof(*tests); i++) {
        if (strcmp(tests[i].op, op) != 0 || !strstr(tests[i].types, type))
            continue;
        if (strcmp(type, "enum") == 0 && strcmp(tests[i].types, "enum") != 0)
            continue;
        gid_condition(s, " AND ", FIELD_HAS "?x", field);
        text_condition(s, tests[i].test, value);
        buf_char(&s->sql, ')');
        return;
    }
    sb_fail(c, 400, "%.80s: Not an operation for a field of type %s", name, type ? type : "?");
}

static void order(struct search *s)
{
    static const struct {
        const char *name;
        const char *by;
    } orders[] = {
        { "modified_at", "t.modified_at" },
        { "due_date", "t.due_on IS NULL, coalesce(t.due_at, strftime('%s', t.due_on) * 1000)" },
        { "created_at", "t.created_at" },
        { "completed_at", "t.completed_at IS NULL, t.completed_at" },
        { "likes", "(SELECT count(*) FROM liked l WHERE l.object = t.gid)" },
        { "relevance", "has_words(t.name, ?3) DESC, t.modified_at" },
    };
    const char *by = sb_query_arg(s->c, "sort_by");
    int ascending = sb_query_flag(s->c, "sort_ascending", 0);
    const char *sql = by ? NULL : orders[0].by;
    for (size_t i = 0; by && i < sizeof(orders) / sizeof(*orders); i++)
        if (strcmp(by, orders[i].name) == 0)
            sql = orders[i].by;
    if (!sql) {
        sb_fail(s->c, 400, "sort_by: Not an order: %.60s", by);
        return;
    }
    buf_str(&s->sql, " ORDER BY ");
    buf_str(&s->sql, sql);
    buf_str(&s->sql, ascending ? " ASC, t.gid ASC" : " DESC, t.gid DESC");
}

static void run(struct search *s, int64_t workspace, size_t limit)
{
    struct sb_call *c = s->c;
    const char *sql = buf_ok(&s->sql) ? arena_strndup(c->arena, s->sql.data, s->sql.len) : NULL;
    sqlite3_stmt *st = sql && !c->failed ? sb_query(c->db, sql, "ii", workspace, c->me) : NULL;
    if (!st)
        return;
    for (int i = 0; i < s->count; i++) {
        const struct bind *b = &s->binds[i];
        if (b->kind == BIND_GID)
            sqlite3_bind_int64(st, i + 3, b->gid);
        else
            sqlite3_bind_text(st, i + 3, b->text, -1, SQLITE_STATIC);
    }
    struct sb_keys keys = { 0 };
    sb_keys_query(c, &keys, st);
    sb_answer_list(c, &sb_task_type, &keys, limit);
}

void sb_search_tasks(struct sb_call *c)
{
    int64_t workspace;
    if (!sb_workspace(c, "workspace", c->path_arg[0], &workspace) || !sb_premium(c, workspace))
        return;
    size_t limit = sb_query_count(c, "limit", 100);
    struct search s = { .c = c };
    buf_init(&s.sql, 256u << 10);
    buf_str(&s.sql, c->search_lags ? "SELECT t.gid FROM " SB_LAGGING_TASKS
                                     " t WHERE t.workspace = ?1 AND "
                                   : "SELECT t.gid FROM task t WHERE t.workspace = ?1 AND ");
    buf_str(&s.sql, SB_SEES_TASK("t.gid"));
    const char *text = sb_query_arg(c, "text");
    bind(&s, (struct bind){ .kind = BIND_TEXT,
                            .text = text ? text : "" }); /* ?3: what relevance looks at */
    list_filters(&s);
    date_filters(&s);
    flag_filters(&s);
    for (size_t i = 0; i < c->request->query_count; i++) {
        const struct form_field *p = &c->request->query[i];
        if (strncmp(p->name, "custom_fields.", 14) == 0)
            field_filter(&s, p->name, p->value);
        if (strncmp(p->name, "custom_types.", 13) == 0)
            sb_fail(c, 400, "%.80s: The sandbox has no custom types", p->name);
    }
    order(&s);
    run(&s, workspace, limit);
    buf_done(&s.sql);
}
