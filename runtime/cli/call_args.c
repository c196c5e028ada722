#include "cli/call_args.h"

#include "base/buf.h"
#include "base/json.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool read_stdin(struct buf *b, struct err *err)
{
    for (;;) {
        char *room = buf_reserve(b, 65536);
        if (!room)
            return err_set(err, ERR_LIMIT, "standard input: longer than %u bytes", LIMIT_HTTP_BODY);
        ssize_t n = read(STDIN_FILENO, room, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_IO, "cannot read standard input: %s", strerror(errno));
        if (n == 0)
            return true;
        buf_commit(b, (size_t)n);
    }
}

static bool parse_object(struct arena *arena, struct slice text, const char *where,
                         const cJSON **out, struct err *err)
{
    struct err why = { 0 };
    const cJSON *value = json_parse(arena, text, &why);
    if (!value)
        return err_set(err, ERR_SYNTAX, "%s: %s", where, why.text);
    if (!cJSON_IsObject(value))
        return err_set(err, ERR_ARGS, "%s: expected a JSON object like {\"name\": \"value\"}",
                       where);
    *out = value;
    return true;
}

/* The value as the tool's schema wants it: text stays text, all else is read as JSON where it is
 * JSON. */
static cJSON *typed_value(struct arena *arena, const cJSON *property, const char *text)
{
    const char *type = json_get_string(property, "type");
    bool is_text = !type || strcmp(type, "string") == 0;
    cJSON *value = is_text ? NULL : json_parse(arena, slice_of(text), NULL);
    /* What does not fit goes as it is, and the tool says what it expects. */
    return value ? value : cJSON_CreateString(text);
}

/* One NAME=VALUE or NAME:=JSON into object. */
static bool add_pair(struct arena *arena, const cJSON *properties, cJSON *object, const char *pair,
                     struct err *err)
{
    size_t len = strcspn(pair, "=");
    bool raw = len > 0 && pair[len] == '=' && pair[len - 1] == ':';
    const char *name = arena_strndup(arena, pair, raw ? len - 1 : len);
    if (!name)
        return err_set(err, ERR_MEMORY, "out of memory");
    if (pair[len] != '=' || !*name)
        return err_set(err, ERR_ARGS,
                       "arguments: expected a JSON object or NAME=VALUE pairs, got \"%.60s\"",
                       pair);
    if (json_get(object, name))
        return err_set(err, ERR_ARGS, "%s: given twice; a list is one value with commas", name);
    const char *text = pair + len + 1;
    struct err why = { 0 };
    cJSON *value = raw ? json_parse(arena, slice_of(text), &why)
                       : typed_value(arena, json_get(properties, name), text);
    if (!value)
        return err_set(err, ERR_SYNTAX, "%s: %s", name, raw ? why.text : "out of memory");
    if (!cJSON_AddItemToObject(object, name, value))
        return err_set(err, ERR_MEMORY, "out of memory");
    return true;
}

static bool read_pairs(struct arena *arena, const struct tool *tool, const char *const *pairs,
                       const cJSON **out, struct err *err)
{
    const cJSON *schema = json_parse(arena, slice_of(tool->input_schema), err);
    if (!schema)
        return false;
    cJSON *object = cJSON_CreateObject();
    if (!object)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (; *pairs; pairs++)
        if (!add_pair(arena, json_get(schema, "properties"), object, *pairs, err))
            return false;
    *out = object;
    return true;
}

bool call_args_read(struct arena *arena, const struct tool *tool, const char *const *operands,
                    const cJSON **out, struct err *err)
{
    const char *first = operands[0];
    *out = NULL;
    if (!first)
        return true;
    size_t space = strspn(first, " \t\r\n");
    bool is_stdin = strcmp(first, "-") == 0;
    bool is_json = first[space] == '{' || first[space] == '[' || first[space] == '"';
    if ((is_stdin || is_json) && operands[1])
        return err_set(
            err, ERR_ARGS,
            "arguments: nothing may follow the JSON (quote it as one word of the shell)");
    if (is_json)
        return parse_object(arena, slice_of(first), "arguments", out, err);
    if (is_stdin) {
        BUF_AUTO b;
        buf_init(&b, LIMIT_HTTP_BODY);
        return read_stdin(&b, err) &&
               parse_object(arena, buf_slice(&b), "standard input", out, err);
    }
    struct arena *before = json_arena_enter(arena);
    bool ok = read_pairs(arena, tool, operands, out, err);
    json_arena_leave(before);
    return ok;
}
