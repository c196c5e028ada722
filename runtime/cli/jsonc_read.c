#include "cli/jsonc_read.h"

#include "base/utf8.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <string.h>

void jsonc_begin(struct jsonc_reader *r, struct slice text, struct err *err)
{
    *r = (struct jsonc_reader){
        .begin = text.data, .at = text.data, .end = text.data + text.len, .err = err
    };
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        r->at += 3;
}

bool jsonc_fail(struct jsonc_reader *r, const char *what)
{
    int line = 1;
    for (const char *p = r->begin; p < r->at; p++)
        line += *p == '\n';
    return err_set(r->err, ERR_SYNTAX, "line %d: %s", line, what);
}

static bool starts(const struct jsonc_reader *r, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(r->end - r->at) >= len && memcmp(r->at, text, len) == 0;
}

bool jsonc_skip(struct jsonc_reader *r)
{
    for (;;) {
        while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
            r->at++;
        if (starts(r, "//")) {
            const char *line_end = memchr(r->at, '\n', (size_t)(r->end - r->at));
            r->at = line_end ? line_end : r->end;
        } else if (starts(r, "/*")) {
            const char *close = memmem(r->at + 2, (size_t)(r->end - r->at) - 2, "*/", 2);
            if (!close)
                return jsonc_fail(r, "a comment is not closed");
            r->at = close + 2;
        } else {
            return true;
        }
    }
}

static bool read_escape(struct jsonc_reader *r)
{
    r->at++;
    if (r->at == r->end || !*r->at || !strchr("\"\\/bfnrtu", *r->at))
        return jsonc_fail(r, "a broken \\ in a string");
    if (*r->at++ != 'u')
        return true;
    for (int i = 0; i < 4; i++, r->at++)
        if (r->at == r->end || !isxdigit((unsigned char)*r->at))
            return jsonc_fail(r, "a broken \\u in a string");
    return true;
}

static bool read_string(struct jsonc_reader *r)
{
    r->at++;
    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < ' ')
            return jsonc_fail(r, "a string is not closed");
        if (*r->at != '\\')
            r->at++;
        else if (!read_escape(r))
            return false;
    }
    if (r->at == r->end)
        return jsonc_fail(r, "a string is not closed");
    r->at++;
    return true;
}

static void read_digits(struct jsonc_reader *r)
{
    while (r->at < r->end && isdigit((unsigned char)*r->at))
        r->at++;
}

static bool read_number(struct jsonc_reader *r)
{
    if (*r->at == '-')
        r->at++;
    const char *digits = r->at;
    read_digits(r);
    if (r->at == digits || (*digits == '0' && r->at - digits > 1))
        return jsonc_fail(r, "expected a value");
    if (r->at < r->end && *r->at == '.') {
        digits = ++r->at;
        read_digits(r);
        if (r->at == digits)
            return jsonc_fail(r, "a number ends in a point");
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        digits = r->at;
        read_digits(r);
        if (r->at == digits)
            return jsonc_fail(r, "a number without its exponent");
    }
    return true;
}

static bool read_object(struct jsonc_reader *r)
{
    struct jsonc_walk w;
    struct jsonc_member m;
    if (!jsonc_walk_begin(r, &w))
        return false;
    while (jsonc_walk_next(&w, &m))
        ;
    return !w.failed;
}

static bool read_array(struct jsonc_reader *r)
{
    struct slice item;
    r->at++;
    for (;;) {
        if (!jsonc_skip(r))
            return false;
        if (r->at < r->end && *r->at == ']')
            break;
        if (!jsonc_value(r, &item) || !jsonc_skip(r))
            return false;
        if (r->at < r->end && *r->at == ',')
            r->at++;
        else if (r->at == r->end || *r->at != ']')
            return jsonc_fail(r, "expected \",\" or \"]\"");
    }
    r->at++;
    return true;
}

bool jsonc_value(struct jsonc_reader *r, struct slice *out)
{
    static const char *const words[] = { "true", "false", "null" };
    const char *from = r->at;
    bool fine = false;
    if (r->at == r->end)
        return jsonc_fail(r, "expected a value, the text ends");
    if (*r->at == '{' || *r->at == '[') {
        if (++r->depth > LIMIT_JSON_DEPTH)
            return jsonc_fail(r, "too many levels");
        fine = *r->at == '{' ? read_object(r) : read_array(r);
        r->depth--;
    } else if (*r->at == '"') {
        fine = read_string(r);
    } else {
        for (size_t i = 0; i < 3 && !fine; i++)
            if (starts(r, words[i])) {
                r->at += strlen(words[i]);
                fine = true;
            }
        fine = fine || read_number(r);
    }
    *out = (struct slice){ from, (size_t)(r->at - from) };
    return fine;
}

bool jsonc_walk_begin(struct jsonc_reader *r, struct jsonc_walk *w)
{
    *w = (struct jsonc_walk){ .r = r, .open = r->at };
    if (r->at == r->end || *r->at != '{')
        return !(w->failed = !jsonc_fail(r, "expected an object"));
    r->at++;
    return true;
}

static bool stop(struct jsonc_walk *w)
{
    w->failed = true;
    return false;
}

static bool expect(struct jsonc_reader *r, char c, const char *what)
{
    if (!jsonc_skip(r))
        return false;
    if (r->at == r->end || *r->at != c)
        return jsonc_fail(r, what);
    r->at++;
    return true;
}

bool jsonc_walk_next(struct jsonc_walk *w, struct jsonc_member *m)
{
    struct jsonc_reader *r = w->r;
    if (!jsonc_skip(r))
        return stop(w);
    if (r->at < r->end && *r->at == '}') {
        w->close = r->at++;
        return false;
    }
    if (w->last && !w->comma) {
        jsonc_fail(r, "expected \",\" or \"}\"");
        return stop(w);
    }
    if (r->at == r->end || *r->at != '"') {
        jsonc_fail(r, "expected a name in quotes");
        return stop(w);
    }
    const char *key = r->at;
    if (!read_string(r))
        return stop(w);
    m->key = (struct slice){ key + 1, (size_t)(r->at - key) - 2 };
    if (!expect(r, ':', "expected \":\" behind a name") || !jsonc_skip(r) ||
        !jsonc_value(r, &m->value))
        return stop(w);
    w->last = r->at;
    w->comma = NULL;
    if (!jsonc_skip(r))
        return stop(w);
    if (r->at < r->end && *r->at == ',')
        w->comma = ++r->at;
    return true;
}

bool jsonc_key_is(struct slice key, const char *name)
{
    if (!memchr(key.data, '\\', key.len))
        return slice_is(key, name);
    cJSON *decoded = cJSON_ParseWithLength(key.data - 1, key.len + 2);
    bool same = cJSON_IsString(decoded) && strcmp(decoded->valuestring, name) == 0;
    cJSON_Delete(decoded);
    return same;
}
