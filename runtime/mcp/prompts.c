#include "mcp/prompts.h"

#include "base/limits.h"
#include "tool/show.h"
#include "tool/suggest.h"

#include <assert.h>
#include <string.h>

enum { SHOWN_CHARS = 40 };

const struct prompt *prompt_find(const struct prompt *prompts, const char *name)
{
    for (const struct prompt *p = prompts; p && p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

/* ---- the listing ---- */

static void put_argument(struct buf *b, const struct prompt_argument *a, enum mcp_revision r)
{
    buf_char(b, '{');
    buf_json_text(b, "name", a->name);
    buf_json_text(b, "title", mcp_has_titles(r) ? a->title : NULL);
    buf_json_text(b, "description", a->description);
    if (a->required)
        buf_json_bool(b, "required", true);
    buf_char(b, '}');
}

static void put_prompt(struct buf *b, const struct prompt *p, enum mcp_revision r)
{
    buf_char(b, '{');
    buf_json_text(b, "name", p->name);
    buf_json_text(b, "title", mcp_has_titles(r) ? p->title : NULL);
    buf_json_text(b, "description", p->description);
    buf_str(b, ",\"arguments\":[");
    for (const struct prompt_argument *a = p->arguments; a && a->name; a++) {
        if (a != p->arguments)
            buf_char(b, ',');
        put_argument(b, a, r);
    }
    buf_str(b, "]}");
}

void prompt_put_list(struct buf *b, const struct prompt *prompts, enum mcp_revision r)
{
    for (const struct prompt *p = prompts; p && p->name; p++) {
        if (p != prompts)
            buf_char(b, ',');
        put_prompt(b, p, r);
    }
}

/* ---- arguments ---- */

static size_t count_arguments(const struct prompt *p)
{
    size_t n = 0;
    while (p->arguments && p->arguments[n].name)
        n++;
    return n;
}

/* The place of an argument among the prompt's; their number when there is none of that name. */
static size_t find_argument(const struct prompt *p, struct slice name)
{
    size_t i = 0, n = count_arguments(p);
    while (i < n && !slice_is(name, p->arguments[i].name))
        i++;
    return i;
}

/* The only suggestion, or the first of the prompt's arguments. */
static bool refuse_unknown(const struct prompt *p, const char *given, struct err *err)
{
    char shown[SHOW_SIZE(SHOWN_CHARS)];
    const char *known[LIMIT_CALL_ARGS];
    size_t near[SUGGEST_MAX], n = 0;
    for (size_t count = count_arguments(p); n < count && n < LIMIT_CALL_ARGS; n++)
        known[n] = p->arguments[n].name;
    show_text(slice_of(given), SHOWN_CHARS, shown, sizeof(shown));
    if (!n)
        return err_set(err, ERR_ARGS, "the prompt %s takes no arguments, got %s", p->name, shown);
    if (suggest_names(given, known, n, near))
        return err_set(err, ERR_ARGS, "the prompt %s has no argument %s (did you mean \"%s\"?)",
                       p->name, shown, known[near[0]]);
    return err_set(err, ERR_ARGS, "the prompt %s has no argument %s; its first one is \"%s\"",
                   p->name, shown, known[0]);
}

const struct prompt_argument *prompt_argument_find(const struct prompt *p, const char *name,
                                                   struct err *err)
{
    size_t at = find_argument(p, slice_of(name));
    if (at < count_arguments(p))
        return &p->arguments[at];
    refuse_unknown(p, name, err);
    return NULL;
}

/* A client's form sends what was left empty as "" or null: both are as good as absent. */
static bool read_argument(const struct prompt *p, const cJSON *one, const char **values,
                          struct err *err)
{
    const struct prompt_argument *a = prompt_argument_find(p, one->string, err);
    if (!a)
        return false;
    const char **value = &values[a - p->arguments];
    if (cJSON_IsNull(one) || *value)
        return true;
    if (!cJSON_IsString(one))
        return err_set(err, ERR_ARGS, "the prompt %s: %s must be a string", p->name, a->name);
    if (strlen(one->valuestring) > LIMIT_PROMPT_VALUE)
        return err_set(err, ERR_LIMIT, "the prompt %s: %s is longer than %u bytes", p->name,
                       a->name, LIMIT_PROMPT_VALUE);
    if (one->valuestring[strspn(one->valuestring, " \t\r\n")])
        *value = one->valuestring;
    return true;
}

static bool read_arguments(const struct prompt *p, const cJSON *arguments, const char **values,
                           struct err *err)
{
    if (arguments && !cJSON_IsObject(arguments) && !cJSON_IsNull(arguments))
        return err_set(err, ERR_ARGS, "arguments must be an object");
    const cJSON *one = NULL;
    cJSON_ArrayForEach (one, arguments)
        if (!read_argument(p, one, values, err))
            return false;
    for (size_t i = 0, n = count_arguments(p); i < n; i++)
        if (p->arguments[i].required && !values[i])
            return err_set(err, ERR_ARGS, "the prompt %s needs the argument \"%s\"%s%s", p->name,
                           p->arguments[i].name, p->arguments[i].description ? ": " : "",
                           p->arguments[i].description ? p->arguments[i].description : "");
    return true;
}

/* ---- the text ---- */

static bool at_line_start(const struct buf *b)
{
    return b->len == 0 || b->data[b->len - 1] == '\n';
}

/* Reads "[[name: " or "[[!name: " at *at, and skips the whole part unless it is to be said. A part
 * that is all of its line takes the line with it. */
static void begin_part(struct buf *b, const struct prompt *p, const char *const *values,
                       const char **at)
{
    bool when_absent = (*at)[2] == '!';
    const char *name = *at + 2 + when_absent;
    const char *colon = strchr(name, ':');
    assert(colon);
    size_t i = find_argument(p, (struct slice){ name, (size_t)(colon - name) });
    assert(i < count_arguments(p));
    if (!values[i] == when_absent) {
        *at = colon + 1 + (colon[1] == ' ');
        return;
    }
    const char *end = strstr(colon, "]]");
    assert(end);
    *at = end + 2;
    if (**at == '\n' && at_line_start(b))
        *at += 1;
}

static void put_value(struct buf *b, const struct prompt *p, const char *const *values,
                      const char **at)
{
    const char *name = *at + 1;
    size_t len = strcspn(name, "}");
    size_t i = find_argument(p, (struct slice){ name, len });
    assert(i < count_arguments(p) && values[i]);
    buf_json_string(b, slice_of(values[i]));
    *at = name + len + 1;
}

/* Only the prompt's own text is read for placeholders; a value is copied, in quotes, and cannot end
 * them. */
static void put_text(struct buf *b, const struct prompt *p, const char *const *values)
{
    for (const char *at = p->text; *at;) {
        if (strncmp(at, "[[", 2) == 0)
            begin_part(b, p, values, &at);
        else if (strncmp(at, "]]", 2) == 0)
            at += 2;
        else if (*at == '{')
            put_value(b, p, values, &at);
        else
            buf_char(b, *at++);
    }
}

static void finish(struct call *call, const struct prompt *p, const char *const *values)
{
    BUF_AUTO text = { .max = LIMIT_RESULT_TEXT };
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    put_text(&text, p, values);
    if (p->description) {
        buf_str(&out, "\"description\":");
        buf_json_string(&out, slice_of(p->description));
        buf_char(&out, ',');
    }
    buf_str(&out, "\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":");
    buf_json_string(&out, buf_slice(&text));
    buf_str(&out, "}}]");
    if (buf_ok(&text) && buf_ok(&out))
        call_finish(call, CALL_MEMBERS, buf_slice(&out));
    else
        call_finish(call, CALL_FAILED, slice_of("the prompt's arguments are too long"));
}

void prompt_get_body(struct call *call, const void *in)
{
    const struct prompt_get_args *args = in;
    const struct prompt *p = args->prompt;
    struct err err;
    const char **values = arena_zalloc(call_arena(call), count_arguments(p) + 1, sizeof(*values));
    if (!values)
        call_finish(call, CALL_FAILED, slice_of("the call is too large"));
    else if (!read_arguments(p, args->arguments, values, &err))
        call_finish(call, CALL_INVALID, slice_of(err.text));
    else if (p->body)
        p->body(call, args->arguments);
    else
        finish(call, p, values);
}
