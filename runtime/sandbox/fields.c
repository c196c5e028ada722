#include "sandbox/fields.h"

#include <string.h>

/* Fields that one type may have. */
#define FIELDS_MAX 96
/* Objects inside objects. */
#define NESTING_MAX 16

static const struct sb_opt bare = { .name = "resource_type" };

void sb_comma(struct buf *b)
{
    if (b->len && b->data[b->len - 1] != '[')
        buf_char(b, ',');
}

void sb_keys_add(struct sb_call *c, struct sb_keys *keys, int64_t key)
{
    if (keys->count == keys->room) {
        size_t room = keys->room ? keys->room * 2 : 64;
        int64_t *more = arena_alloc(c->arena, room * sizeof(*more));
        if (!more) {
            sb_fail(c, 500, "Server Error: the sandbox is out of memory");
            return;
        }
        if (keys->count)
            memcpy(more, keys->keys, keys->count * sizeof(*more));
        keys->keys = more;
        keys->room = room;
    }
    keys->keys[keys->count++] = key;
}

void sb_keys_query(struct sb_call *c, struct sb_keys *keys, sqlite3_stmt *st)
{
    while (sb_row(c->db, st))
        sb_keys_add(c, keys, sqlite3_column_int64(st, 0));
}

static void write_text(struct buf *b, sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    buf_json_string(b, (struct slice){ text, (size_t)sqlite3_column_bytes(st, column) });
}

static void object(struct sb_call *c, const struct sb_type *type, int64_t key, bool full,
                   const struct sb_opt *selection, int depth);

static void list(struct sb_call *c, const struct sb_field *f, int64_t owner, bool full,
                 const struct sb_opt *selection, int depth)
{
    sqlite3_stmt *st = sb_query(c->db, f->sql, "iii", owner, c->me, c->now);
    buf_char(c->out, '[');
    while (sb_row(c->db, st)) {
        sb_comma(c->out);
        if (f->kind == SB_STRINGS)
            write_text(c->out, st, 0);
        else
            object(c, f->type, sqlite3_column_int64(st, 0), full && f->deep, selection, depth + 1);
    }
    buf_char(c->out, ']');
}

static void value(struct sb_call *c, const struct sb_field *f, sqlite3_stmt *st, int column,
                  bool full, const struct sb_opt *selection, int depth)
{
    struct buf *b = c->out;
    if (sqlite3_column_type(st, column) == SQLITE_NULL) {
        buf_str(b, "null");
        return;
    }
    char time[CLOCK_TEXT];
    switch (f->kind) {
    case SB_TEXT:
        write_text(b, st, column);
        return;
    case SB_INT:
        buf_int(b, sqlite3_column_int64(st, column));
        return;
    case SB_NUM:
        buf_double(b, sqlite3_column_double(st, column));
        return;
    case SB_BOOL:
        buf_str(b, sqlite3_column_int(st, column) ? "true" : "false");
        return;
    case SB_TIME:
        clock_format(sqlite3_column_int64(st, column), time);
        buf_json_string(b, slice_of(time));
        return;
    case SB_JSON:
        buf_str(b, (const char *)sqlite3_column_text(st, column));
        return;
    case SB_GID:
        buf_char(b, '"');
        buf_int(b, sqlite3_column_int64(st, column));
        buf_char(b, '"');
        return;
    default:
        object(c, f->type, sqlite3_column_int64(st, column), full && f->deep, selection, depth + 1);
    }
}

/* The SELECT for the chosen fields; lists are asked for one by one and take the constant's place.
 */
static const char *select_text(struct sb_call *c, const struct sb_type *type,
                               const struct sb_field *const *chosen, size_t count)
{
    BUF_AUTO sql;
    buf_init(&sql, 64u << 10);
    buf_str(&sql, "SELECT 1");
    for (size_t i = 0; i < count; i++) {
        bool whole = chosen[i]->kind == SB_LIST || chosen[i]->kind == SB_STRINGS;
        buf_str(&sql, ", (");
        buf_str(&sql, whole ? "1" : chosen[i]->sql);
        buf_str(&sql, "), (");
        buf_str(&sql, chosen[i]->when ? chosen[i]->when : "1");
        buf_char(&sql, ')');
    }
    buf_str(&sql, " FROM ");
    buf_str(&sql, type->from);
    buf_str(&sql, " WHERE ");
    buf_str(&sql, type->key);
    buf_str(&sql, " = ?1");
    return buf_ok(&sql) ? arena_strndup(c->arena, sql.data, sql.len) : NULL;
}

static void object(struct sb_call *c, const struct sb_type *type, int64_t key, bool full,
                   const struct sb_opt *selection, int depth)
{
    if (!type)
        type = sb_type_of(c, key);
    if (!type || depth > NESTING_MAX) {
        buf_str(c->out, "null");
        return;
    }
    const struct sb_field *chosen[FIELDS_MAX];
    size_t count = 0;
    for (const struct sb_field *f = type->fields; f->name && count < FIELDS_MAX; f++) {
        bool wanted = strcmp(f->name, "gid") == 0;
        if (selection)
            wanted = wanted || sb_opt_find(selection, f->name);
        else
            wanted = f->show == SB_SHOW_COMPACT || (full && f->show == SB_SHOW_FULL);
        if (wanted)
            chosen[count++] = f;
    }
    const char *sql = select_text(c, type, chosen, count);
    sqlite3_stmt *st = sql ? sb_query(c->db, sql, "iii", key, c->me, c->now) : NULL;
    if (!sb_row(c->db, st)) {
        buf_str(c->out, "null");
        return;
    }
    buf_char(c->out, '{');
    for (size_t i = 0; i < count; i++) {
        const struct sb_field *f = chosen[i];
        int column = (int)i * 2 + 1;
        if (!sqlite3_column_int(st, column + 1))
            continue;
        const struct sb_opt *asked = selection ? sb_opt_find(selection, f->name) : NULL;
        const struct sb_opt *below = asked ? asked->children : NULL;
        if (f->bare && !below)
            below = &bare;
        buf_json_member(c->out, f->name);
        if (f->kind == SB_LIST || f->kind == SB_STRINGS)
            list(c, f, key, full || asked, below, depth);
        else
            value(c, f, st, column, full || asked, below, depth);
    }
    sb_end(c->db, st);
    buf_char(c->out, '}');
}

void sb_project_object(struct sb_call *c, const struct sb_type *type, int64_t key, bool full,
                       const struct sb_opt *selection)
{
    object(c, type, key, full, selection, 0);
}

/* "…/tasks/12", "…/stories/12", "…/project_statuses/12" */
static const char *location_of(struct sb_call *c, const struct sb_type *type, int64_t key)
{
    size_t len = strlen(type->name);
    const char *plural = "s";
    if (type->name[len - 1] == 'y') {
        plural = "ies";
        len--;
    } else if (type->name[len - 1] == 's') {
        plural = "es";
    }
    return arena_printf(c->arena, "%s/%.*s%s/%lld", c->base_url, (int)len, type->name, plural,
                        (long long)key);
}

void sb_answer_object(struct sb_call *c, unsigned status, const struct sb_type *type, int64_t key)
{
    if (c->failed)
        return;
    c->status = status;
    if (status == 201)
        c->location = location_of(c, type, key);
    buf_str(c->out, "{\"data\":");
    object(c, type, key, true, c->opt, 0);
    buf_char(c->out, '}');
}
