#include "sandbox/events.h"

#include "base/secret.h"
#include "sandbox/fields.h"
#include "sandbox/types.h"

#include <string.h>

/* Events that are kept, and sync tokens; a token lives for a day. */
#define EVENTS_MAX "10000"
#define SYNCS_MAX "10000"
#define SYNC_LIFE_MS (24 * 60 * 60 * INT64_C(1000))
/* Of one answer, as Asana says. */
#define ANSWER_EVENTS 100
#define TOKEN_BYTES 16

/* One row for each object that the event is an event of. value is the object that a field has now,
 * or that was added to it or removed. */
static const char tables[] =
    "CREATE TEMP TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, topic INTEGER NOT NULL,"
    " resource INTEGER NOT NULL, type TEXT NOT NULL, action TEXT NOT NULL, parent INTEGER,"
    " parent_type TEXT, field TEXT, change TEXT, value INTEGER, user INTEGER, at INTEGER NOT NULL);"
    "CREATE INDEX temp.topic_events ON event(topic, id);"
    "CREATE TEMP TRIGGER event_forgets AFTER INSERT ON event BEGIN"
    " DELETE FROM event WHERE id <= new.id - " EVENTS_MAX "; END;"
    "CREATE TEMP TABLE event_actor(user INTEGER, at INTEGER);"
    "INSERT INTO event_actor VALUES(NULL, 0);"
    "CREATE TEMP TABLE event_sync(id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT UNIQUE,"
    " resource INTEGER NOT NULL, user INTEGER NOT NULL, after INTEGER NOT NULL,"
    " at INTEGER NOT NULL);"
    "CREATE TEMP TRIGGER event_sync_forgets AFTER INSERT ON event_sync BEGIN"
    " DELETE FROM event_sync WHERE id <= new.id - " SYNCS_MAX "; END;";

/* What is an event. Expressions are SQL over the changed row. */
static const struct rule {
    const char *on;       /* when, and of which table */
    const char *when;     /* only then */
    const char *topic;    /* an object that it happens to; if a task, also to its projects */
    const char *other;    /* and one more */
    const char *resource; /* what it says has changed */
    const char *type;     /* of that; NULL: whatever it is */
    const char *action;
    const char *parent; /* what it was added to or removed from */
    const char *parent_type;
    const char *field; /* of "changed": which one, and how */
    const char *change;
    const char *value;
} rules[] = {
    { .on = "BEFORE DELETE ON main.task",
      .topic = "old.gid",
      .resource = "old.gid",
      .type = "task",
      .action = "deleted" },
    { .on = "AFTER UPDATE OF parent ON main.task",
      .when = "new.parent IS NOT old.parent AND new.parent",
      .topic = "new.parent",
      .other = "new.gid",
      .resource = "new.gid",
      .type = "task",
      .action = "added",
      .parent = "new.parent",
      .parent_type = "task" },
    { .on = "AFTER UPDATE OF parent ON main.task",
      .when = "new.parent IS NOT old.parent AND old.parent",
      .topic = "old.parent",
      .other = "old.gid",
      .resource = "old.gid",
      .type = "task",
      .action = "removed",
      .parent = "old.parent",
      .parent_type = "task" },
    { .on = "AFTER INSERT ON main.task_project",
      .topic = "new.task",
      .resource = "new.task",
      .type = "task",
      .action = "added",
      .parent = "new.project",
      .parent_type = "project" },
    { .on = "AFTER UPDATE OF section ON main.task_project",
      .when = "new.section IS NOT old.section",
      .topic = "new.task",
      .resource = "new.task",
      .type = "task",
      .action = "added",
      .parent = "new.section",
      .parent_type = "section" },
    /* Not when the task itself goes. */
    { .on = "AFTER DELETE ON main.task_project",
      .when = "EXISTS(SELECT 1 FROM task WHERE gid = old.task)",
      .topic = "old.task",
      .other = "old.project",
      .resource = "old.task",
      .type = "task",
      .action = "removed",
      .parent = "old.project",
      .parent_type = "project" },
    { .on = "AFTER INSERT ON main.task_follower",
      .topic = "new.task",
      .resource = "new.task",
      .type = "task",
      .action = "changed",
      .field = "followers",
      .change = "added",
      .value = "new.user" },
    { .on = "AFTER DELETE ON main.task_follower",
      .when = "EXISTS(SELECT 1 FROM task WHERE gid = old.task)",
      .topic = "old.task",
      .resource = "old.task",
      .type = "task",
      .action = "changed",
      .field = "followers",
      .change = "removed",
      .value = "old.user" },
    { .on = "AFTER INSERT ON main.task_tag",
      .topic = "new.task",
      .resource = "new.task",
      .type = "task",
      .action = "changed",
      .field = "tags",
      .change = "added",
      .value = "new.tag" },
    { .on = "AFTER INSERT ON main.dependency",
      .topic = "new.task",
      .other = "new.needs",
      .resource = "new.task",
      .type = "task",
      .action = "changed",
      .field = "dependencies",
      .change = "added",
      .value = "new.needs" },
    { .on = "AFTER DELETE ON main.dependency",
      .when = "EXISTS(SELECT 1 FROM task WHERE gid = old.task)",
      .topic = "old.task",
      .other = "old.needs",
      .resource = "old.task",
      .type = "task",
      .action = "changed",
      .field = "dependencies",
      .change = "removed",
      .value = "old.needs" },
    { .on = "AFTER UPDATE OF display ON main.field_value",
      .when = "new.display IS NOT old.display",
      .topic = "new.object",
      .resource = "new.object",
      .action = "changed",
      .field = "custom_fields",
      .change = "changed",
      .value = "new.field" },
    { .on = "AFTER INSERT ON main.liked",
      .topic = "new.object",
      .resource = "new.object",
      .action = "changed",
      .field = "likes",
      .change = "added",
      .value = "new.user" },
    { .on = "AFTER DELETE ON main.liked",
      .when = "EXISTS(SELECT 1 FROM object WHERE gid = old.object)",
      .topic = "old.object",
      .resource = "old.object",
      .action = "changed",
      .field = "likes",
      .change = "removed",
      .value = "old.user" },
    { .on = "AFTER INSERT ON main.story",
      .topic = "new.task",
      .resource = "new.gid",
      .type = "story",
      .action = "added",
      .parent = "new.task",
      .parent_type = "task" },
    { .on = "AFTER DELETE ON main.story",
      .when = "EXISTS(SELECT 1 FROM task WHERE gid = old.task)",
      .topic = "old.task",
      .resource = "old.gid",
      .type = "story",
      .action = "deleted" },
    { .on = "AFTER INSERT ON main.attachment",
      .topic = "new.parent",
      .resource = "new.gid",
      .type = "attachment",
      .action = "added",
      .parent = "new.parent" },
    { .on = "AFTER INSERT ON main.status",
      .topic = "new.parent",
      .resource = "new.gid",
      .type = "status_update",
      .action = "added",
      .parent = "new.parent" },
    { .on = "AFTER DELETE ON main.status",
      .topic = "old.parent",
      .resource = "old.gid",
      .type = "status_update",
      .action = "deleted" },
    { .on = "AFTER INSERT ON main.section",
      .topic = "new.project",
      .resource = "new.gid",
      .type = "section",
      .action = "added",
      .parent = "new.project",
      .parent_type = "project" },
    { .on = "AFTER DELETE ON main.project",
      .topic = "old.gid",
      .resource = "old.gid",
      .type = "project",
      .action = "deleted" },
    { .on = "AFTER INSERT ON main.goal_follower",
      .topic = "new.goal",
      .resource = "new.goal",
      .type = "goal",
      .action = "changed",
      .field = "followers",
      .change = "added",
      .value = "new.user" },
};

/* Columns whose change is one of a field. */
static const struct {
    const char *type; /* and table */
    const char *column;
    const char *field;
    bool object; /* what is in it is an object */
} columns[] = {
    { "task", "name", "name", false },
    { "task", "html_notes", "notes", false },
    { "task", "assignee", "assignee", true },
    { "task", "completed", "completed", false },
    { "task", "due_on", "due_on", false },
    { "task", "due_at", "due_at", false },
    { "task", "start_on", "start_on", false },
    { "task", "start_at", "start_at", false },
    { "task", "approval_status", "approval_status", false },
    { "task", "subtype", "resource_subtype", false },
    { "project", "name", "name", false },
    { "project", "html_notes", "notes", false },
    { "project", "owner", "owner", true },
    { "project", "team", "team", true },
    { "project", "archived", "archived", false },
    { "project", "color", "color", false },
    { "project", "due_on", "due_on", false },
    { "project", "start_on", "start_on", false },
    { "project", "privacy", "privacy_setting", false },
    { "goal", "name", "name", false },
    { "goal", "html_notes", "notes", false },
    { "goal", "owner", "owner", true },
    { "goal", "team", "team", true },
    { "goal", "time_period", "time_period", true },
    { "goal", "status", "status", false },
    { "goal", "due_on", "due_on", false },
    { "goal", "start_on", "start_on", false },
    { "goal", "current", "metric", false },
};

static void put_word(struct buf *b, const char *word)
{
    buf_str(b, word ? ", '" : ", NULL");
    buf_str(b, word ? word : "");
    buf_str(b, word ? "'" : "");
}

static void put_value(struct buf *b, const char *sql)
{
    buf_str(b, ", ");
    buf_str(b, sql ? sql : "NULL");
}

/* Of an object of which no type is said it is looked up. */
static void put_type(struct buf *b, const char *type, const char *gid)
{
    if (type || !gid) {
        put_word(b, type);
        return;
    }
    buf_str(b, ", (SELECT type FROM object WHERE gid = ");
    buf_str(b, gid);
    buf_char(b, ')');
}

static void put_rule(struct buf *b, const struct rule *r, size_t number)
{
    buf_str(b, "CREATE TEMP TRIGGER event_");
    buf_int(b, (int64_t)number);
    buf_char(b, ' ');
    buf_str(b, r->on);
    buf_str(b, r->when ? " WHEN " : "");
    buf_str(b, r->when ? r->when : "");
    buf_str(b, " BEGIN INSERT INTO event(topic, resource, type, action, parent, parent_type, field,"
               " change, value, user, at) SELECT t.gid, ");
    buf_str(b, r->resource);
    put_type(b, r->type, r->resource);
    put_word(b, r->action);
    put_value(b, r->parent);
    put_type(b, r->parent_type, r->parent);
    put_word(b, r->field);
    put_word(b, r->change);
    put_value(b, r->value);
    buf_str(b, ", a.user, a.at FROM (SELECT ");
    buf_str(b, r->topic);
    buf_str(b, " AS gid UNION SELECT project FROM task_project WHERE task = ");
    buf_str(b, r->topic);
    buf_str(b, r->other ? " UNION SELECT " : "");
    buf_str(b, r->other ? r->other : "");
    buf_str(b, ") t, event_actor a; END;");
}

static void put_columns(struct buf *b, size_t number, struct arena *a)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        const char *column = columns[i].column;
        struct rule rule = {
            .on = arena_printf(a, "AFTER UPDATE OF %s ON main.%s", column, columns[i].type),
            .when = arena_printf(a, "new.%s IS NOT old.%s", column, column),
            .topic = "new.gid",
            .resource = "new.gid",
            .type = columns[i].type,
            .action = "changed",
            .field = columns[i].field,
            .change = "changed",
            .value = columns[i].object ? arena_printf(a, "new.%s", column) : NULL,
        };
        if (!arena_failed(a))
            put_rule(b, &rule, number + i);
    }
}

bool sb_events_start(struct sb_db *db)
{
    size_t count = sizeof(rules) / sizeof(*rules);
    struct arena *a = arena_new(64u << 10);
    BUF_AUTO sql = { .max = 64u << 10 };
    buf_str(&sql, tables);
    for (size_t i = 0; i < count; i++)
        put_rule(&sql, &rules[i], i);
    if (a)
        put_columns(&sql, count, a);
    buf_char(&sql, '\0');
    bool ok = a && !arena_failed(a) && buf_ok(&sql) && sb_db_exec(db, sql.data);
    arena_free(a);
    return ok;
}

void sb_events_act(struct sb_call *c)
{
    if (strcmp(c->request->method, "GET") != 0)
        sb_run(c->db, "UPDATE event_actor SET user = ?1, at = ?2", "ii", c->me, c->now);
}

/* ---- what an event looks like ---- */

/* Also when it does not exist any more. */
#define NAME_OF(gid)                                                                          \
    "SELECT name FROM task WHERE gid = " gid " UNION ALL SELECT name FROM project WHERE gid " \
    "= " gid " UNION ALL SELECT name FROM goal WHERE gid = " gid " UNION ALL SELECT name "    \
    "FROM section WHERE gid = " gid " UNION ALL SELECT name FROM attachment WHERE gid = " gid

static const struct sb_field resource_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.resource" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = NAME_OF("o.resource"),
      .when = "EXISTS(" NAME_OF("o.resource") ")" },
    { 0 },
};
static const struct sb_type resource_type = { "resource", "event o", "o.id", resource_fields };

static const struct sb_field parent_fields[] = {
    { "gid", SB_SHOW_COMPACT, SB_GID, .sql = "o.parent" },
    { "resource_type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.parent_type" },
    { "name", SB_SHOW_COMPACT, SB_TEXT, .sql = NAME_OF("o.parent"),
      .when = "EXISTS(" NAME_OF("o.parent") ")" },
    { 0 },
};
static const struct sb_type parent_type = { "parent", "event o", "o.id", parent_fields };

static const struct sb_field change_fields[] = {
    { "field", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.field" },
    { "action", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.change" },
    { "new_value", SB_SHOW_COMPACT, SB_REF, .sql = "o.value",
      .when = "o.change = 'changed' AND o.value IS NOT NULL" },
    { "added_value", SB_SHOW_COMPACT, SB_REF, .sql = "o.value", .when = "o.change = 'added'" },
    { "removed_value", SB_SHOW_COMPACT, SB_REF, .sql = "o.value", .when = "o.change = 'removed'" },
    { 0 },
};
static const struct sb_type change_type = { "change", "event o", "o.id", change_fields };

static const struct sb_field event_fields[] = {
    { "user", SB_SHOW_COMPACT, SB_REF, .sql = "o.user", .type = &sb_user_type },
    { "created_at", SB_SHOW_COMPACT, SB_TIME, .sql = "o.at" },
    { "type", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.type" },
    { "action", SB_SHOW_COMPACT, SB_TEXT, .sql = "o.action" },
    { "resource", SB_SHOW_COMPACT, SB_REF, .sql = "o.id", .type = &resource_type },
    { "parent", SB_SHOW_COMPACT, SB_REF, .sql = "CASE WHEN o.parent IS NOT NULL THEN o.id END",
      .type = &parent_type },
    { "change", SB_SHOW_COMPACT, SB_REF, .sql = "o.id", .type = &change_type,
      .when = "o.action = 'changed'" },
    { 0 },
};
static const struct sb_type event_type = { "event", "event o", "o.id", event_fields };

/* ---- GET /events ---- */

static bool find_resource(struct sb_call *c, int64_t *out)
{
    const char *text = sb_query_arg(c, "resource");
    int64_t gid;
    if (!sb_gid(c, "resource", text, &gid))
        return false;
    const char *type = sb_text(c->db, c->arena, "SELECT type FROM object WHERE gid = ?1", "i", gid);
    if (type && strcmp(type, "task") == 0)
        return sb_task(c, "resource", text, out);
    if (type && strcmp(type, "project") == 0)
        return sb_project(c, "resource", text, out);
    if (type && strcmp(type, "goal") != 0)
        return sb_fail(c, 400, "resource: Not a task, project or goal: %.40s", text);
    return sb_object(c, "resource", text, "goal",
                     "SELECT 1 FROM goal g JOIN workspace_member m USING(workspace) WHERE g.gid = "
                     "?1 AND m.user = ?2",
                     out);
}

/* A new token for "all after this event". */
static void put_sync(struct sb_call *c, int64_t resource, int64_t after)
{
    char token[2 * TOKEN_BYTES + 1];
    secret_random_hex(token, TOKEN_BYTES);
    sb_run(c->db,
           "INSERT INTO event_sync(token, resource, user, after, at) VALUES(?1, ?2, ?3, ?4, ?5)",
           "tiiii", token, resource, c->me, after, c->now);
    buf_json_text(c->out, "sync", token);
}

static int64_t newest(struct sb_call *c)
{
    return sb_int(c->db, "SELECT max(id) FROM event", "");
}

/* False when it is none, or too old to know all that came after it. */
static bool read_sync(struct sb_call *c, int64_t resource, int64_t *after)
{
    const char *token = sb_query_arg(c, "sync");
    int64_t found = sb_int(c->db,
                           "SELECT id FROM event_sync WHERE token = ?1 AND resource = ?2 AND user "
                           "= ?3 AND at > ?4",
                           "tiii", token ? token : "", resource, c->me, c->now - SYNC_LIFE_MS);
    *after = sb_int(c->db, "SELECT after FROM event_sync WHERE id = ?1", "i", found);
    return found && *after >= sb_int(c->db, "SELECT min(id) FROM event", "") - 1;
}

static void answer_anew(struct sb_call *c, int64_t resource)
{
    c->status = 412;
    sb_errors_write(c->out, 412,
                    "Sync token invalid or too old. If you are attempting to keep resources in "
                    "sync, you must fetch the full dataset for this query now and use the new sync "
                    "token for the next sync.");
    c->out->len--; /* the sync token is one more member */
    put_sync(c, resource, newest(c));
    buf_char(c->out, '}');
}

void sb_get_events(struct sb_call *c)
{
    struct sb_keys keys = { 0 };
    int64_t resource, after;
    if (!find_resource(c, &resource))
        return;
    if (!read_sync(c, resource, &after)) {
        answer_anew(c, resource);
        return;
    }
    sb_keys_query(
        c, &keys,
        sb_query(c->db, "SELECT id FROM event WHERE topic = ?1 AND id > ?2 ORDER BY id LIMIT 101",
                 "ii", resource, after));
    bool more = keys.count > ANSWER_EVENTS;
    size_t count = more ? ANSWER_EVENTS : keys.count;
    buf_str(c->out, "{\"data\":[");
    for (size_t i = 0; i < count; i++) {
        sb_comma(c->out);
        sb_project_object(c, &event_type, keys.keys[i], false, c->opt);
    }
    buf_char(c->out, ']');
    put_sync(c, resource, more ? keys.keys[count - 1] : newest(c));
    buf_json_bool(c->out, "has_more", more);
    buf_char(c->out, '}');
}
