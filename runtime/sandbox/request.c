#include "sandbox/request.h"

#include "base/utf8.h"
#include "sandbox/blocked.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What came from outside may be no UTF-8, or be cut inside a character: each stray byte becomes
 * "?". */
static void plain_utf8(char *text)
{
    unsigned char *p = (unsigned char *)text;
    for (size_t left = strlen(text), len; left; p += len, left -= len) {
        len = utf8_length(p, left);
        if (!len) {
            *p = '?';
            len = 1;
        }
    }
}

bool sb_fail(struct sb_call *c, unsigned status, const char *fmt, ...)
{
    if (c->failed)
        return false;
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    plain_utf8(text);
    c->failed = true;
    c->status = status;
    buf_reset(c->out);
    sb_errors_write(c->out, status, text);
    return false;
}

void sb_errors_write(struct buf *out, unsigned status, const char *message)
{
    buf_str(out, "{\"errors\":[{\"message\":");
    buf_json_string(out, slice_of(message));
    buf_str(out,
            ",\"help\":\"For more information on API status codes and how to handle them, read "
            "the docs on errors: https://developers.asana.com/docs/errors\"");
    if (status == 500)
        buf_str(out, ",\"phrase\":\"7 calm otters mend softly\"");
    buf_str(out, "}]}");
}

void sb_answer_empty(struct sb_call *c)
{
    if (!c->failed)
        buf_str(c->out, "{\"data\":{}}");
}

const char *sb_query_arg(const struct sb_call *c, const char *name)
{
    for (size_t i = 0; i < c->request->query_count; i++)
        if (strcmp(c->request->query[i].name, name) == 0)
            return c->request->query[i].value;
    return NULL;
}

int sb_query_flag(struct sb_call *c, const char *name, int fallback)
{
    const char *text = sb_query_arg(c, name);
    if (!text)
        return fallback;
    if (strcmp(text, "true") == 0)
        return 1;
    if (strcmp(text, "false") != 0)
        sb_fail(c, 400, "%s: Must be true or false, not: %.60s", name, text);
    return 0;
}

bool sb_query_date(struct sb_call *c, const char *name, const char **out)
{
    const char *text = sb_query_arg(c, name);
    if (!text)
        return false;
    if (!clock_parse_date(text, NULL))
        return sb_fail(c, 400, "%s: Not a valid date: %.60s", name, text);
    *out = text;
    return true;
}

bool sb_query_time(struct sb_call *c, const char *name, int64_t *out)
{
    const char *text = sb_query_arg(c, name);
    if (!text)
        return false;
    int64_t days;
    if (clock_parse_date(text, &days))
        *out = days * 86400000;
    else if (!clock_parse_datetime(text, out))
        return sb_fail(c, 400, "%s: Not a valid date-time: %.60s", name, text);
    return true;
}

struct sb_list sb_split(struct arena *a, const char *text)
{
    struct sb_list list = { 0 };
    size_t room = 1;
    for (const char *p = text; *p; p++)
        room += *p == ',';
    list.items = arena_zalloc(a, room, sizeof(*list.items));
    while (list.items) {
        const char *end = strchrnul(text, ',');
        const char *from = text + strspn(text, " ");
        const char *to = end;
        while (to > from && to[-1] == ' ')
            to--;
        if (to > from && (list.items[list.count] = arena_strndup(a, from, (size_t)(to - from))))
            list.count++;
        if (!*end)
            break;
        text = end + 1;
    }
    return list;
}

bool sb_gid(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    char *end = NULL;
    if (!text)
        return sb_fail(c, 400, "%s: Missing input", what);
    errno = 0;
    long long value = *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : 0;
    if (value <= 0 || errno || *end)
        return sb_fail(c, 400, "%s: Not a recognized ID: %.60s", what, text);
    *out = value;
    return true;
}

bool sb_object(struct sb_call *c, const char *what, const char *text, const char *type,
               const char *sql, int64_t *out)
{
    int64_t gid = 0;
    if (c->failed || !sb_gid(c, what, text, &gid))
        return false;
    if (!sb_int(c->db, sql, "ii", gid, c->me)) {
        const char *is =
            sb_text(c->db, c->arena, "SELECT type FROM object WHERE gid = ?1", "i", gid);
        if (is && strcmp(is, type) != 0)
            return sb_fail(c, 400, "%s: Not a %s: %.60s", what, type, text);
        return sb_unblocked(c, gid) && sb_fail(c, 404, "%s: Unknown object: %.60s", what, text);
    }
    *out = gid;
    return true;
}

bool sb_workspace(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(c, what, text, "workspace",
                     "SELECT 1 FROM workspace_member WHERE workspace = ?1 AND user = ?2", out);
}

bool sb_project(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(c, what, text, "project",
                     "SELECT 1 FROM sees_project WHERE project = ?1 AND user = ?2", out);
}

bool sb_section(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(
        c, what, text, "section",
        "SELECT 1 FROM section s JOIN sees_project p ON p.project = s.project AND p.user = ?2 "
        "WHERE s.gid = ?1",
        out);
}

bool sb_team(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(
        c, what, text, "team",
        "SELECT 1 FROM team t JOIN workspace_member m ON m.workspace = t.workspace AND m.user = ?2 "
        "WHERE t.gid = ?1 AND (t.visibility <> 'secret' OR EXISTS(SELECT 1 FROM team_member tm "
        "WHERE tm.team = t.gid AND tm.user = ?2))",
        out);
}

bool sb_tag(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(
        c, what, text, "tag",
        "SELECT 1 FROM tag t JOIN workspace_member m ON m.workspace = t.workspace AND m.user = ?2 "
        "WHERE t.gid = ?1",
        out);
}

bool sb_user_task_list(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    return sb_object(c, what, text, "user_task_list",
                     "SELECT 1 FROM user_task_list l JOIN workspace_member m ON m.workspace = "
                     "l.workspace AND m.user = ?2 WHERE l.gid = ?1",
                     out);
}

bool sb_task(struct sb_call *c, const char *what, const char *text, int64_t *out)
{
    int64_t gid;
    if (text && strncmp(text, "external:", 9) == 0) {
        gid = sb_int(c->db,
                     "SELECT t.gid FROM task t JOIN sees_task s ON s.task = t.gid AND s.user = ?2 "
                     "WHERE t.external_gid = ?1",
                     "ti", text + 9, c->me);
        if (!gid && !sb_unblocked(c, sb_int(c->db, "SELECT gid FROM task WHERE external_gid = ?1",
                                            "t", text + 9)))
            return false;
        if (!gid)
            return sb_fail(c, 404, "%s: Unknown object: %.60s", what, text);
        *out = gid;
        return true;
    }
    return sb_object(c, what, text, "task", "SELECT 1 FROM sees_task WHERE task = ?1 AND user = ?2",
                     out);
}

bool sb_user(struct sb_call *c, const char *what, const char *text, int64_t workspace, int64_t *out)
{
    int64_t gid = 0;
    if (text && strcmp(text, "me") == 0)
        gid = c->me;
    else if (text && strchr(text, '@'))
        gid = sb_int(c->db, "SELECT gid FROM user WHERE email = ?1", "t", text);
    else if (!sb_gid(c, what, text, &gid))
        return false;
    const char *type = sb_text(c->db, c->arena, "SELECT type FROM object WHERE gid = ?1", "i", gid);
    if (type && strcmp(type, "user") != 0)
        return sb_fail(c, 400, "%s: Not a user: %.60s", what, text);
    if (!type ||
        (gid != c->me &&
         !sb_int(c->db,
                 "SELECT 1 FROM workspace_member a JOIN workspace_member b USING(workspace) "
                 "WHERE a.user = ?1 AND b.user = ?2 LIMIT 1",
                 "ii", gid, c->me)))
        return sb_fail(c, 404, "%s: Unknown object: %.60s", what, text);
    if (workspace &&
        !sb_int(c->db, "SELECT 1 FROM workspace_member WHERE workspace = ?1 AND user = ?2", "ii",
                workspace, gid))
        return sb_fail(c, 400, "%s: Not a user in the workspace: %.60s", what, text);
    *out = gid;
    return true;
}

bool sb_premium(struct sb_call *c, int64_t workspace)
{
    if (sb_int(c->db, "SELECT premium FROM workspace WHERE gid = ?1", "i", workspace))
        return true;
    return sb_fail(c, 402, "Payment Required");
}

static const char *shown(struct sb_call *c, const cJSON *value)
{
    BUF_AUTO text;
    buf_init(&text, 4096);
    json_write(&text, value);
    struct slice s = buf_slice(&text);
    const char *copy = arena_strndup(c->arena, s.data ? s.data : "", s.len > 60 ? 60 : s.len);
    return copy ? copy : "";
}

const cJSON *sb_body_any(struct sb_call *c, const char *name)
{
    const cJSON *value = json_get(c->data, name);
    unsigned place = 0;
    for (const cJSON *item = c->data ? c->data->child : NULL; item != value; item = item->next)
        place++;
    if (value && place < 64)
        c->data_read |= UINT64_C(1) << place;
    return value;
}

void sb_body_end(struct sb_call *c)
{
    unsigned place = 0;
    const cJSON *item;
    cJSON_ArrayForEach (item, c->data) {
        if (place < 64 && !(c->data_read >> place & 1))
            sb_fail(c, 400, "%.80s: The sandbox can't set this", item->string);
        place++;
    }
}

static enum sb_has body_value(struct sb_call *c, const char *name, const cJSON **out)
{
    const cJSON *value = sb_body_any(c, name);
    if (!value)
        return SB_ABSENT;
    if (cJSON_IsNull(value))
        return SB_NULL;
    *out = value;
    return SB_VALUE;
}

static enum sb_has refuse(struct sb_call *c, const char *name, const char *wanted,
                          const cJSON *value)
{
    sb_fail(c, 400, "%s: Value is not %s: %s", name, wanted, shown(c, value));
    return SB_ABSENT;
}

enum sb_has sb_body_str(struct sb_call *c, const char *name, const char **out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has != SB_VALUE)
        return has;
    if (!cJSON_IsString(value))
        return refuse(c, name, "a string", value);
    *out = value->valuestring;
    return SB_VALUE;
}

enum sb_has sb_body_enum(struct sb_call *c, const char *name, const char *words, const char **out)
{
    const char *text = NULL;
    enum sb_has has = sb_body_str(c, name, &text);
    if (has != SB_VALUE)
        return has;
    size_t len = strlen(text);
    for (const char *word = words; *word;) {
        const char *end = strchrnul(word, '|');
        if ((size_t)(end - word) == len && memcmp(word, text, len) == 0) {
            *out = text;
            return SB_VALUE;
        }
        word = *end ? end + 1 : end;
    }
    sb_fail(c, 400, "%s: Value is not one of %s: %.60s", name, words, text);
    return SB_ABSENT;
}

enum sb_has sb_body_bool(struct sb_call *c, const char *name, int *out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has != SB_VALUE)
        return has;
    if (!cJSON_IsBool(value))
        return refuse(c, name, "a boolean", value);
    *out = cJSON_IsTrue(value);
    return SB_VALUE;
}

enum sb_has sb_body_num(struct sb_call *c, const char *name, double *out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has != SB_VALUE)
        return has;
    if (!cJSON_IsNumber(value))
        return refuse(c, name, "a number", value);
    *out = value->valuedouble;
    return SB_VALUE;
}

enum sb_has sb_body_date(struct sb_call *c, const char *name, const char **out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has != SB_VALUE)
        return has;
    if (!cJSON_IsString(value) || !clock_parse_date(value->valuestring, NULL))
        return refuse(c, name, "a date (YYYY-MM-DD)", value);
    *out = value->valuestring;
    return SB_VALUE;
}

enum sb_has sb_body_time(struct sb_call *c, const char *name, int64_t *out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has != SB_VALUE)
        return has;
    if (!cJSON_IsString(value) || !clock_parse_datetime(value->valuestring, out))
        return refuse(c, name, "a date-time (ISO 8601)", value);
    return SB_VALUE;
}

enum sb_has sb_body_list(struct sb_call *c, const char *name, struct sb_list *out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has != SB_VALUE)
        return has;
    if (!cJSON_IsArray(value))
        return refuse(c, name, "an array", value);
    struct sb_list list = { .items = arena_zalloc(c->arena, (size_t)cJSON_GetArraySize(value) + 1,
                                                  sizeof(char *)) };
    const cJSON *item;
    cJSON_ArrayForEach (item, value) {
        if (!cJSON_IsString(item))
            return refuse(c, name, "an array of strings", value);
        if (list.items)
            list.items[list.count++] = item->valuestring;
    }
    *out = list;
    return SB_VALUE;
}

enum sb_has sb_body_object(struct sb_call *c, const char *name, const cJSON **out)
{
    const cJSON *value = NULL;
    enum sb_has has = body_value(c, name, &value);
    if (has == SB_VALUE && !cJSON_IsObject(value))
        return refuse(c, name, "an object", value);
    if (has == SB_VALUE)
        *out = value;
    return has;
}
