#include "sandbox/custom_fields.h"

#include "sandbox/stories.h"

#include <stdio.h>
#include <string.h>

#define FIELD_NAME "SELECT name FROM custom_field WHERE gid = ?1"

struct field {
    int64_t gid;
    int64_t value; /* row of field_value */
    const char *name;
    const char *type;
};

void sb_values_attach(struct sb_db *db, int64_t object, int64_t parent)
{
    sb_run(db,
           "INSERT OR IGNORE INTO field_value(object, field) SELECT ?1, field FROM field_setting "
           "WHERE parent = ?2 "
           "ORDER BY position",
           "ii", object, parent);
}

static const char *number_text(struct arena *a, sqlite3_stmt *st)
{
    double number = sqlite3_column_double(st, 1);
    int precision = sqlite3_column_int(st, 2);
    const char *format = (const char *)sqlite3_column_text(st, 3);
    const char *currency = (const char *)sqlite3_column_text(st, 4);
    const char *label = (const char *)sqlite3_column_text(st, 5);
    if (format && strcmp(format, "percentage") == 0)
        return arena_printf(a, "%.*f%%", precision, number * 100);
    if (format && strcmp(format, "currency") == 0 && currency)
        return arena_printf(a, "%s %.*f", currency, precision, number);
    if (format && strcmp(format, "custom") == 0 && label) {
        const char *position = (const char *)sqlite3_column_text(st, 6);
        bool before = position && strcmp(position, "prefix") == 0;
        return before ? arena_printf(a, "%s %.*f", label, precision, number)
                      : arena_printf(a, "%.*f %s", precision, number, label);
    }
    return arena_printf(a, "%.*f", precision, number);
}

void sb_value_display(struct sb_db *db, struct arena *a, int64_t value)
{
    const char *text =
        sb_text(db, a,
                "SELECT coalesce(v.text, (SELECT name FROM enum_option WHERE gid = v.option),"
                " CASE WHEN v.date_time IS NOT NULL THEN strftime('%Y-%m-%dT%H:%M:%S.000Z', "
                "v.date_time / 1000, 'unixepoch')"
                " ELSE v.date || 'T00:00:00.000Z' END,"
                " (SELECT group_concat(name, ', ') FROM (SELECT coalesce(e.name, u.name) AS name "
                "FROM field_choice ch"
                "  LEFT JOIN enum_option e ON e.gid = ch.ref LEFT JOIN user u ON u.gid = ch.ref "
                "WHERE ch.value = v.id"
                "  ORDER BY ch.position))) FROM field_value v WHERE v.id = ?1",
                "i", value);
    sqlite3_stmt *st =
        sb_query(db,
                 "SELECT 1, v.number, f.precision, f.format, f.currency, f.label, f.label_position "
                 "FROM field_value v JOIN custom_field f ON f.gid = v.field "
                 "WHERE v.id = ?1 AND v.number IS NOT NULL",
                 "i", value);
    if (sb_row(db, st)) {
        text = number_text(a, st);
        sb_end(db, st);
    }
    sb_run(db, "UPDATE field_value SET display = ?2 WHERE id = ?1", "it", value, text);
}

static bool wrong(struct sb_call *c, const struct field *f, const char *wanted)
{
    return sb_fail(c, 400, "custom_fields: Field \"%s\" (%lld) takes %s", f->name,
                   (long long)f->gid, wanted);
}

static bool set_number(struct sb_call *c, const struct field *f, const cJSON *v,
                       struct sb_story story)
{
    static const char sql[] = "SELECT number FROM field_value WHERE id = ?1";
    double old = 0;
    bool had = false;
    sqlite3_stmt *st = sb_query(c->db, sql, "i", f->value);
    if (sb_row(c->db, st)) {
        had = sqlite3_column_type(st, 0) != SQLITE_NULL;
        old = sqlite3_column_double(st, 0);
        sb_end(c->db, st);
    }
    if (!cJSON_IsNull(v) && !cJSON_IsNumber(v))
        return wrong(c, f, "a number");
    double number = v->valuedouble;
    bool has = cJSON_IsNumber(v);
    if (has == had && (!has || number == old))
        return true;
    if (has)
        sb_run(c->db, "UPDATE field_value SET number = ?2 WHERE id = ?1", "id", f->value, number);
    else
        sb_run(c->db, "UPDATE field_value SET number = NULL WHERE id = ?1", "i", f->value);
    story.subtype = "number_custom_field_changed";
    story.old_number = had ? &old : NULL;
    story.new_number = has ? &number : NULL;
    story.text = has ? arena_printf(c->arena, "changed %s to %g", f->name, number)
                     : arena_printf(c->arena, "cleared %s", f->name);
    if (story.task)
        sb_story_add(c, &story);
    return true;
}

static bool set_text(struct sb_call *c, const struct field *f, const cJSON *v,
                     struct sb_story story)
{
    if (!cJSON_IsNull(v) && !cJSON_IsString(v))
        return wrong(c, f, "a string");
    const char *old =
        sb_text(c->db, c->arena, "SELECT text FROM field_value WHERE id = ?1", "i", f->value);
    const char *text = cJSON_IsString(v) && *v->valuestring ? v->valuestring : NULL;
    if (strcmp(old ? old : "", text ? text : "") == 0)
        return true;
    sb_run(c->db, "UPDATE field_value SET text = ?2 WHERE id = ?1", "it", f->value, text);
    story.subtype = "text_custom_field_changed";
    story.old_text = old;
    story.new_text = text;
    story.text = text ? arena_printf(c->arena, "changed %s to \"%s\"", f->name, text)
                      : arena_printf(c->arena, "cleared %s", f->name);
    if (story.task)
        sb_story_add(c, &story);
    return true;
}

static bool option_gid(struct sb_call *c, const struct field *f, const cJSON *v, const char *what,
                       int64_t *out)
{
    if (!cJSON_IsString(v))
        return wrong(c, f, "the gid of an option, as a string");
    int64_t gid;
    if (!sb_gid(c, what, v->valuestring, &gid))
        return false;
    if (!sb_int(c->db, "SELECT 1 FROM enum_option WHERE gid = ?1 AND field = ?2 AND enabled", "ii",
                gid, f->gid))
        return sb_fail(c, 400, "%s: Unknown object: %s", what, v->valuestring);
    *out = gid;
    return true;
}

static bool set_enum(struct sb_call *c, const struct field *f, const cJSON *v,
                     struct sb_story story)
{
    int64_t option = 0;
    if (!cJSON_IsNull(v) && !option_gid(c, f, v, "enum_value", &option))
        return false;
    int64_t old = sb_int(c->db, "SELECT option FROM field_value WHERE id = ?1", "i", f->value);
    if (old == option)
        return true;
    sb_run(c->db, "UPDATE field_value SET option = ?2 WHERE id = ?1", "ig", f->value, option);
    story.subtype = "enum_custom_field_changed";
    story.old_ref = old;
    story.new_ref = option;
    const char *name = sb_name_of(c, "SELECT name FROM enum_option WHERE gid = ?1", option);
    story.text = option ? arena_printf(c->arena, "changed %s to %s", f->name, name)
                        : arena_printf(c->arena, "cleared %s", f->name);
    if (story.task)
        sb_story_add(c, &story);
    return true;
}

/* {"date": "YYYY-MM-DD"}, {"date_time": "…"}, or either as a plain string. */
static bool set_date(struct sb_call *c, const struct field *f, const cJSON *v,
                     struct sb_story story)
{
    const char *date = cJSON_IsString(v) ? v->valuestring : json_get_string(v, "date");
    const char *time = json_get_string(v, "date_time");
    int64_t at = 0;
    if (cJSON_IsNull(v)) {
        date = NULL;
    } else if (time || (date && strlen(date) > 10)) {
        if (!clock_parse_datetime(time ? time : date, &at))
            return wrong(c, f, "a date-time (ISO 8601)");
        char text[CLOCK_TEXT];
        clock_format(at, text);
        date = arena_strndup(c->arena, text, 10);
    } else if (!date || !clock_parse_date(date, NULL)) {
        return wrong(c, f, "{\"date\": \"YYYY-MM-DD\"} or {\"date_time\": …}");
    }
    story.old_due_on =
        sb_text(c->db, c->arena, "SELECT date FROM field_value WHERE id = ?1", "i", f->value);
    sb_run(c->db, "UPDATE field_value SET date = ?2, date_time = ?3 WHERE id = ?1", "itg", f->value,
           date, at);
    story.subtype = "date_custom_field_changed";
    story.new_due_on = date;
    story.new_due_at = at;
    story.text = date ? arena_printf(c->arena, "changed %s to %s", f->name, sb_date_words(c, date))
                      : arena_printf(c->arena, "cleared %s", f->name);
    if (story.task)
        sb_story_add(c, &story);
    return true;
}

/* multi_enum and people: the list replaces the one before. */
static bool set_choices(struct sb_call *c, const struct field *f, const cJSON *v,
                        struct sb_story story)
{
    bool people = strcmp(f->type, "people") == 0;
    if (!cJSON_IsNull(v) && !cJSON_IsArray(v))
        return wrong(c, f, people ? "an array of people's gids" : "an array of options' gids");
    sb_run(c->db, "DELETE FROM field_choice WHERE value = ?1", "i", f->value);
    int64_t position = 0;
    const cJSON *item;
    cJSON_ArrayForEach (item, v) {
        int64_t ref = 0;
        if (people && !cJSON_IsString(item))
            return wrong(c, f, "an array of people's gids");
        if (people ? !sb_user(c, "people_value", item->valuestring, 0, &ref)
                   : !option_gid(c, f, item, "multi_enum_values", &ref))
            return false;
        sb_run(c->db, "INSERT OR IGNORE INTO field_choice(value, ref, position) VALUES(?1, ?2, ?3)",
               "iii", f->value, ref, position++);
    }
    story.subtype = people ? "people_custom_field_changed" : "multi_enum_custom_field_changed";
    story.text = arena_printf(c->arena, position ? "changed %s" : "cleared %s", f->name);
    if (story.task)
        sb_story_add(c, &story);
    return true;
}

static bool set_one(struct sb_call *c, const struct field *f, const cJSON *v, bool stories,
                    int64_t object)
{
    struct sb_story story = { .task = stories ? object : 0, .custom_field = f->gid };
    if (strcmp(f->type, "number") == 0)
        return set_number(c, f, v, story);
    if (strcmp(f->type, "text") == 0)
        return set_text(c, f, v, story);
    if (strcmp(f->type, "enum") == 0)
        return set_enum(c, f, v, story);
    if (strcmp(f->type, "date") == 0)
        return set_date(c, f, v, story);
    return set_choices(c, f, v, story);
}

void sb_values_set(struct sb_call *c, int64_t object, const cJSON *values, bool stories)
{
    const cJSON *v;
    cJSON_ArrayForEach (v, values) {
        struct field f = { 0 };
        if (c->failed || !sb_gid(c, "custom_fields", v->string, &f.gid))
            return;
        f.value = sb_int(c->db, "SELECT id FROM field_value WHERE object = ?1 AND field = ?2", "ii",
                         object, f.gid);
        if (!f.value) {
            sb_fail(c, 400, "Custom field with ID %s is not on given object", v->string);
            return;
        }
        if (sb_int(c->db, "SELECT locked FROM custom_field WHERE gid = ?1", "i", f.gid)) {
            sb_fail(c, 403, "custom_fields: Field %s is locked", v->string);
            return;
        }
        f.name = sb_text(c->db, c->arena, FIELD_NAME, "i", f.gid);
        f.type =
            sb_text(c->db, c->arena, "SELECT type FROM custom_field WHERE gid = ?1", "i", f.gid);
        if (!f.name || !f.type || !set_one(c, &f, v, stories, object))
            return;
        sb_value_display(c->db, c->arena, f.value);
    }
}
