#include "tool/pack_priv.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMAT 2
#define MAKE_IT_AGAIN "make it again with the `python3 -m codegen pack` of this program's source"

struct pack {
    struct arena *arena;
    const struct tool **tools;
};

/* ---- what all readers share ---- */

bool pack_refuse(struct pack_file *f, const char *what, const char *expected)
{
    if (!f->failed)
        err_set(f->err, ERR_SYNTAX, "damaged%s%.60s: %s: expected %s; " MAKE_IT_AGAIN,
                f->tool ? " at " : "", f->tool ? f->tool : "", what, expected);
    f->failed = true;
    return false;
}

void *pack_zalloc(struct pack_file *f, size_t n, size_t size)
{
    void *out = f->failed ? NULL : arena_zalloc(f->arena, n ? n : 1, size);
    if (!out && !f->failed) {
        err_set(f->err, ERR_MEMORY, "too large to be kept in memory");
        f->failed = true;
    }
    return out;
}

const char *pack_plain(struct pack_file *f, const char *what, const cJSON *value)
{
    const char *text = cJSON_IsString(value) ? value->valuestring : "";
    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_-.,/", *p))
            text = "";
    if (*text)
        return text;
    pack_refuse(f, what, "a name");
    return "";
}

/* False without a refusal when there is none. */
static bool read_whole(struct pack_file *f, const cJSON *from, const char *name, int64_t *out)
{
    const cJSON *value = json_get(from, name);
    if (!value)
        return false;
    if (!cJSON_IsNumber(value) || fabs(value->valuedouble) > 9007199254740992.0 ||
        value->valuedouble != trunc(value->valuedouble))
        return pack_refuse(f, name, "a whole number");
    *out = (int64_t)value->valuedouble;
    return true;
}

unsigned pack_index(struct pack_file *f, const char *what, const cJSON *value, size_t n_params)
{
    double d = cJSON_IsNumber(value) ? value->valuedouble : -1;
    if (d >= 0 && d < (double)n_params && d == trunc(d))
        return (unsigned)d;
    pack_refuse(f, what, "the number of a parameter");
    return 0;
}

static const char *read_text(struct pack_file *f, const cJSON *from, const char *name)
{
    const char *text = json_get_string(from, name);
    if (!text || !*text)
        pack_refuse(f, name, "a text");
    return text ? text : "";
}

const char *pack_find_text(struct pack_file *f, const cJSON *from, const char *name)
{
    return json_get(from, name) ? read_text(f, from, name) : NULL;
}

static bool read_flag(struct pack_file *f, const cJSON *from, const char *name)
{
    const cJSON *value = json_get(from, name);
    if (value && !cJSON_IsBool(value))
        return pack_refuse(f, name, "true or false");
    return cJSON_IsTrue(value);
}

unsigned pack_word(struct pack_file *f, const cJSON *from, const char *name,
                   const char *const *words)
{
    const char *text = read_text(f, from, name);
    for (unsigned i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    pack_refuse(f, name, "one of the known words");
    return 0;
}

size_t pack_list(struct pack_file *f, const cJSON *from, const char *name, size_t most,
                 const cJSON **out)
{
    const cJSON *list = json_get(from, name);
    *out = list;
    if (!list)
        return 0;
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : SIZE_MAX;
    if (n <= most)
        return n;
    pack_refuse(f, name, "a list, not too long");
    *out = NULL;
    return 0;
}

/* The text of a JSON Schema. */
static const char *read_schema(struct pack_file *f, const cJSON *from, const char *name)
{
    BUF_AUTO text = { .max = LIMIT_PACK_FILE };
    const cJSON *schema = json_get(from, name);
    if (!cJSON_IsObject(schema)) {
        pack_refuse(f, name, "a JSON Schema");
        return NULL;
    }
    json_write(&text, schema);
    char *out = pack_zalloc(f, text.len + 1, 1);
    if (out && buf_ok(&text))
        memcpy(out, text.data, text.len);
    return out;
}

/* ---- arguments ---- */

static const char *const *read_aliases(struct pack_file *f, const cJSON *from, size_t *names)
{
    const cJSON *list;
    const cJSON *item;
    size_t n = pack_list(f, from, "aliases", LIMIT_CALL_ARGS, &list);
    const char **out = pack_zalloc(f, n + 1, sizeof(*out));
    if (!out)
        return NULL;
    n = 0;
    cJSON_ArrayForEach (item, list)
        out[n++] = pack_plain(f, "aliases", item);
    *names += n;
    return out;
}

static const struct pack_reader *read_reader(struct pack_file *f, const cJSON *from)
{
    const char *name = read_text(f, from, "read");
    const struct pack_reader *r = pack_readers;
    while (r->name && strcmp(r->name, name) != 0)
        r++;
    if (!r->name)
        pack_refuse(f, "read", "a reader of arguments");
    return r;
}

static void read_param(struct pack_file *f, const cJSON *from, struct pack_param *out,
                       size_t *names)
{
    out->name = pack_plain(f, "params", json_get(from, "name"));
    out->reader = read_reader(f, from);
    out->flags = (read_flag(f, from, "required") ? ARG_REQUIRED : 0u) |
                 (read_flag(f, from, "nullable") ? ARG_NULLABLE : 0u);
    out->aliases = read_aliases(f, from, names);
    ++*names;
    if (out->reader->read == PACK_ENUM)
        out->values = read_text(f, from, "values");
    if (out->reader->read != PACK_INT) {
        out->standard = pack_find_text(f, from, "default");
        return;
    }
    out->has_standard = read_whole(f, from, "default", &out->whole);
    if (!read_whole(f, from, "min", &out->min) || !read_whole(f, from, "max", &out->max) ||
        out->min > out->max)
        pack_refuse(f, "params", "min and max");
}

static void read_params(struct pack_file *f, const cJSON *from, struct pack_tool *out)
{
    const cJSON *list;
    const cJSON *item;
    size_t names = 0;
    size_t n = pack_list(f, from, "params", LIMIT_CALL_ARGS, &list);
    struct pack_param *params = pack_zalloc(f, n, sizeof(*params));
    if (!params)
        return;
    cJSON_ArrayForEach (item, list)
        read_param(f, item, &params[out->n_params++], &names);
    out->params = params;
    if (names > 2 * LIMIT_CALL_ARGS)
        pack_refuse(f, "params", "fewer names and aliases");
}

/* {"rule": "needs", "name": "section", "names": "project"} */
static void read_rules(struct pack_file *f, const cJSON *from, struct pack_tool *out)
{
    static const char *const kinds[] = {
        [PACK_EXACTLY_ONE] = "exactly_one",
        [PACK_AT_LEAST_ONE] = "at_least_one",
        [PACK_AT_MOST_ONE] = "at_most_one",
        [PACK_NEEDS] = "needs",
        [PACK_NEEDS + 1] = NULL,
    };
    const cJSON *list;
    const cJSON *item;
    size_t n = pack_list(f, from, "rules", LIMIT_CALL_ARGS, &list);
    struct pack_rule *rules = pack_zalloc(f, n, sizeof(*rules));
    if (!rules)
        return;
    cJSON_ArrayForEach (item, list) {
        struct pack_rule *rule = &rules[out->n_rules++];
        rule->kind = (enum pack_rule_kind)pack_word(f, item, "rule", kinds);
        rule->names = pack_plain(f, "rules", json_get(item, "names"));
        if (rule->kind == PACK_NEEDS)
            rule->name = pack_plain(f, "rules", json_get(item, "name"));
    }
    out->rules = rules;
}

/* ---- a tool's row ---- */

static unsigned read_param_of(struct pack_file *f, const cJSON *from, const char *name,
                              const struct pack_tool *tool, enum pack_read kind)
{
    unsigned i = pack_index(f, name, json_get(from, name), tool->n_params);
    if (!f->failed && tool->params[i].reader->read != kind)
        pack_refuse(f, name, "a parameter of another type");
    return i;
}

static void read_extra(struct pack_file *f, const cJSON *from, const struct pack_tool *tool,
                       struct tool_extra *out)
{
    struct pack_extra *extra = pack_zalloc(f, 1, sizeof(*extra));
    if (!extra)
        return;
    *extra = (struct pack_extra){
        .tool = tool,
        .flag = read_param_of(f, from, "flag", tool, PACK_BOOL),
        .steps = pack_steps_read(f, tool, json_get(from, "request")),
    };
    *out = (struct tool_extra){
        .member = pack_plain(f, "extras", json_get(from, "member")),
        .keep_member = pack_find_text(f, from, "keep_member"),
        .keep_value = pack_find_text(f, from, "keep_value"),
        .more = pack_find_text(f, from, "more"),
        .pack = extra,
    };
    if (!out->keep_member != !out->keep_value)
        pack_refuse(f, "extras", "keep_member and keep_value together");
}

static const struct tool_extra *read_extras(struct pack_file *f, const cJSON *from,
                                            const struct pack_tool *tool)
{
    const cJSON *list;
    const cJSON *item;
    size_t n = pack_list(f, from, "extras", tool->n_params, &list);
    struct tool_extra *extras = n ? pack_zalloc(f, n + 1, sizeof(*extras)) : NULL;
    if (!extras)
        return NULL;
    n = 0;
    cJSON_ArrayForEach (item, list)
        read_extra(f, item, tool, &extras[n++]);
    return extras;
}

static const struct tool_header *read_headers(struct pack_file *f, const cJSON *from)
{
    const cJSON *list;
    const cJSON *item;
    size_t n = pack_list(f, from, "headers", LIMIT_CALL_ARGS, &list);
    struct tool_header *headers = n ? pack_zalloc(f, n + 1, sizeof(*headers)) : NULL;
    if (!headers)
        return NULL;
    n = 0;
    cJSON_ArrayForEach (item, list)
        headers[n++] = (struct tool_header){
            .name = pack_plain(f, "headers", json_get(item, "name")),
            .param = pack_plain(f, "headers", json_get(item, "param")),
        };
    return headers;
}

/* When a list is full: as many as a parameter says, or a number. */
static void read_full(struct pack_file *f, const cJSON *from, struct tool *out)
{
    int64_t full = 0;
    out->more = pack_find_text(f, from, "more");
    if (!out->more)
        return;
    if (read_whole(f, from, "full_at", &full) && (full < 1 || full > 1000000))
        pack_refuse(f, "full_at", "the length of a list");
    out->full_at = (unsigned)full;
    if (!full && !out->sync)
        out->limit_at =
            sizeof(union pack_value) * read_param_of(f, from, "limit", out->pack, PACK_INT);
}

static void read_tool(struct pack_file *f, const cJSON *from, struct tool *out)
{
    static const char *const effects[] = {
        [TOOL_READ] = "read",     [TOOL_CREATE] = "create", [TOOL_UPDATE] = "update",
        [TOOL_DELETE] = "delete", [TOOL_DELETE + 1] = NULL,
    };
    struct pack_tool *pack = pack_zalloc(f, 1, sizeof(*pack));
    if (!pack)
        return;
    f->tool = NULL;
    out->name = f->tool = pack_plain(f, "name", json_get(from, "name"));
    out->title = read_text(f, from, "title");
    out->toolset = pack_plain(f, "toolset", json_get(from, "toolset"));
    out->description = read_text(f, from, "description");
    out->effect = (enum tool_effect)pack_word(f, from, "effect", effects);
    out->idempotent = read_flag(f, from, "idempotent");
    out->destructive = read_flag(f, from, "destructive");
    out->paged = read_flag(f, from, "paged");
    out->sync = read_flag(f, from, "sync");
    out->input_schema = read_schema(f, from, "input_schema");
    out->output_schema = read_schema(f, from, "output_schema");
    out->headers = read_headers(f, from);
    out->modern_schema = out->headers ? read_schema(f, from, "modern_schema") : NULL;
    out->pack = pack;
    read_params(f, from, pack);
    read_rules(f, from, pack);
    out->args_size = sizeof(union pack_value) * (pack->n_params ? pack->n_params : 1);
    pack->method = pack_method(f, from);
    pack->steps = pack_steps_read(f, pack, json_get(from, "request"));
    out->extras = read_extras(f, from, pack);
    read_full(f, from, out);
}

/* ---- the file ---- */

/* Another version may say anything, so that nothing else of it is looked at. */
static bool is_for(const cJSON *root, const char *schema, struct err *err)
{
    const cJSON *format = json_get(root, "format");
    const char *of = json_get_string(root, "schema");
    if (!cJSON_IsNumber(format) || !of)
        return err_set(err, ERR_SYNTAX, "not a pack of tools; " MAKE_IT_AGAIN);
    if (format->valuedouble != FORMAT)
        return err_set(err, ERR_SYNTAX,
                       "in format %g, and this program reads format %d; " MAKE_IT_AGAIN,
                       format->valuedouble, FORMAT);
    if (strcmp(of, schema) != 0)
        return err_set(err, ERR_SYNTAX,
                       "made of schema %.40s, and this program is made of %s; " MAKE_IT_AGAIN, of,
                       schema);
    return true;
}

static bool read_tools(struct pack *p, const cJSON *root, struct err *err)
{
    struct pack_file f = { .arena = p->arena, .err = err };
    const cJSON *list;
    const cJSON *item;
    size_t n = pack_list(&f, root, "tools", LIMIT_PACK_TOOLS, &list);
    struct tool *rows = pack_zalloc(&f, n, sizeof(*rows));
    p->tools = pack_zalloc(&f, n + 1, sizeof(*p->tools));
    const struct visible_rules *rules = pack_rules_read(&f, root);
    if (!rows || !p->tools || !rules)
        return false;
    n = 0;
    cJSON_ArrayForEach (item, list) {
        read_tool(&f, item, &rows[n]);
        rows[n].visible = rules;
        p->tools[n] = &rows[n];
        n++;
    }
    return !f.failed;
}

struct pack *pack_parse(struct slice text, const char *schema, struct err *err)
{
    struct pack *p = calloc(1, sizeof(*p));
    if (!p || !(p->arena = arena_new(LIMIT_PACK_ARENA))) {
        free(p);
        err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    const cJSON *root = json_parse(p->arena, text, err);
    if (root && is_for(root, schema, err) && read_tools(p, root, err))
        return p;
    pack_free(p);
    return NULL;
}

static bool read_file(int fd, struct buf *out, struct err *err)
{
    for (;;) {
        char *room = buf_reserve(out, 65536);
        if (!room)
            return err_set(err, ERR_LIMIT, "longer than %u bytes", LIMIT_PACK_FILE);
        ssize_t n = read(fd, room, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_IO, "%s", strerror(errno));
        if (n == 0)
            return true;
        buf_commit(out, (size_t)n);
    }
}

struct pack *pack_read(const char *path, const char *schema, struct err *err)
{
    BUF_AUTO text = { .max = LIMIT_PACK_FILE };
    struct err why = { 0 };
    struct pack *p = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        err_set(&why, ERR_IO, "%s", strerror(errno));
    else if (read_file(fd, &text, &why))
        p = pack_parse(buf_slice(&text), schema, &why);
    if (fd >= 0)
        close(fd);
    if (!p)
        err_set(err, why.kind, "the tools of %.200s: %s", path, why.text);
    return p;
}

void pack_free(struct pack *p)
{
    if (!p)
        return;
    arena_free(p->arena);
    free(p);
}

const struct tool *const *pack_tools(const struct pack *p)
{
    return p->tools;
}
