#include "cli/jsonc.h"

#include "base/utf8.h"
#include "cli/jsonc_read.h"

#include <string.h>

#define UNIT_MAX 16

/* How the file is written. */
struct style {
    struct slice unit; /* one level of indentation */
    const char *line_end;
};

static struct slice between(const char *from, const char *to)
{
    return (struct slice){ from, (size_t)(to - from) };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Of the first line that is indented and holds something. */
static struct style style_of(struct slice text)
{
    struct style s = { slice_of("  "), "\n" };
    const char *end = text.data + text.len;
    if (memmem(text.data, text.len, "\r\n", 2))
        s.line_end = "\r\n";
    const char *line = text.data;
    while ((line = memchr(line, '\n', (size_t)(end - line)))) {
        const char *p = ++line;
        while (p < end && is_blank(*p))
            p++;
        if (p > line && p < end && !strchr("\r\n", *p) && p - line <= UNIT_MAX) {
            s.unit = between(line, p);
            break;
        }
    }
    return s;
}

/* The white space that the line of p begins with. */
static struct slice indent_at(const char *begin, const char *p)
{
    const char *line = p;
    while (line > begin && line[-1] != '\n')
        line--;
    const char *end = line;
    while (end < p && is_blank(*end))
        end++;
    return between(line, end);
}

static bool first_on_line(const char *begin, const char *p)
{
    struct slice indent = indent_at(begin, p);
    return indent.data + indent.len == p && indent.data > begin;
}

/* Writing. */

/* A value indented by two spaces a level, as the file writes it, its lines behind lead. */
static void put_value(struct buf *out, struct slice value, struct slice lead, size_t depth,
                      const struct style *s)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != '\n') {
            buf_char(out, value.data[i]);
            continue;
        }
        size_t spaces = 0;
        while (i + 1 + spaces < value.len && value.data[i + 1 + spaces] == ' ')
            spaces++;
        i += spaces;
        buf_str(out, s->line_end);
        buf_slice_put(out, lead);
        for (size_t level = 0; level < depth + spaces / 2; level++)
            buf_slice_put(out, s->unit);
    }
}

static void put_line(struct buf *out, struct slice lead, size_t depth, const struct style *s)
{
    buf_str(out, s->line_end);
    buf_slice_put(out, lead);
    for (size_t level = 0; level < depth; level++)
        buf_slice_put(out, s->unit);
}

/* "a": { "b": { "key": value } } for the names of path, over several lines. */
static void put_member(struct buf *out, const char *const *path, struct slice value,
                       struct slice lead, const struct style *s)
{
    size_t depth = 0;
    for (;; depth++) {
        buf_json_string(out, slice_of(path[depth]));
        buf_str(out, ": ");
        if (!path[depth + 1])
            break;
        buf_char(out, '{');
        put_line(out, lead, depth + 1, s);
    }
    put_value(out, value, lead, depth, s);
    while (depth-- > 0) {
        put_line(out, lead, depth, s);
        buf_char(out, '}');
    }
}

/* The same on one line. */
static void put_member_short(struct buf *out, const char *const *path, struct slice value)
{
    size_t depth = 0;
    for (;; depth++) {
        buf_json_string(out, slice_of(path[depth]));
        buf_str(out, ": ");
        if (!path[depth + 1])
            break;
        buf_char(out, '{');
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != '\n') {
            buf_char(out, value.data[i]);
            continue;
        }
        while (i + 1 < value.len && value.data[i + 1] == ' ')
            i++;
        /* {"a": 1, "b": 2} */
        if (i + 1 < value.len && value.data[i + 1] != '}' && out->len > 0 &&
            out->data[out->len - 1] == ',')
            buf_char(out, ' ');
    }
    while (depth-- > 0)
        buf_char(out, '}');
}

/* Where new text goes behind the members and comments of an object. */
static const char *end_of_content(const struct jsonc_walk *w)
{
    const char *p = w->close;
    while (p > w->open + 1 && strchr(" \t\r\n", p[-1]))
        p--;
    return p;
}

/* Adds a member behind all others of the object that was walked through. */
static void put_into(struct buf *out, struct slice text, const struct jsonc_walk *w,
                     struct slice lead, const char *const *path, struct slice value)
{
    const char *begin = text.data;
    const char *end = text.data + text.len;
    struct style s = style_of(text);
    bool lines = memchr(w->open, '\n', (size_t)(w->close - w->open));
    bool roomy = memchr(begin, '\n', (size_t)(w->close - begin)) ||
                 indent_at(begin, w->open).data == w->open;
    const char *content = end_of_content(w);
    if (!lines && (w->last || !roomy)) {
        const char *at = w->comma ? w->comma : content;
        buf_slice_put(out, between(begin, at));
        buf_str(out, w->comma ? " " : w->last ? ", " : "");
        put_member_short(out, path, value);
        buf_str(out, w->comma ? "," : "");
        buf_slice_put(out, between(at, end));
        return;
    }
    struct slice outer = indent_at(begin, w->open);
    buf_slice_put(out, between(begin, w->last ? w->last : content));
    if (w->last) {
        buf_str(out, w->comma ? "" : ",");
        buf_slice_put(out, between(w->last, content));
    }
    buf_str(out, s.line_end);
    buf_slice_put(out, lead);
    put_member(out, path, value, lead, &s);
    buf_str(out, w->comma ? "," : "");
    if (!memchr(content, '\n', (size_t)(w->close - content))) {
        buf_str(out, s.line_end);
        buf_slice_put(out, outer);
        content = w->close;
    }
    buf_slice_put(out, between(content, end));
}

/* Where a new member of the object begins its line. */
static bool put_lead_of(struct buf *lead, struct slice text, const struct jsonc_walk *w,
                        const char *first_key)
{
    struct style s = style_of(text);
    if (first_key && first_on_line(text.data, first_key)) {
        buf_slice_put(lead, indent_at(text.data, first_key));
    } else {
        buf_slice_put(lead, indent_at(text.data, w->open));
        buf_slice_put(lead, s.unit);
    }
    return buf_ok(lead);
}

/* Reading. */

/* What a value says, without white space, comments and trailing commas. */
static void put_essence(struct buf *out, struct slice value)
{
    struct jsonc_reader r;
    jsonc_begin(&r, value, NULL);
    while (jsonc_skip(&r) && r.at < r.end) {
        const char *from = r.at;
        struct slice token;
        if (*from == '"')
            jsonc_value(&r, &token);
        else
            r.at++;
        if ((*from == '}' || *from == ']') && out->len > 0 && out->data[out->len - 1] == ',')
            out->len--;
        buf_slice_put(out, between(from, r.at));
    }
}

static bool says_the_same(struct slice a, struct slice b)
{
    BUF_AUTO one;
    BUF_AUTO other;
    buf_init(&one, LIMIT_CONNECT_FILE);
    buf_init(&other, LIMIT_CONNECT_FILE);
    put_essence(&one, a);
    put_essence(&other, b);
    return buf_ok(&one) && buf_ok(&other) && one.len == other.len &&
           memcmp(one.data, other.data, one.len) == 0;
}

static bool is_text(struct slice text)
{
    return utf8_valid(text) && !memchr(text.data, '\0', text.len);
}

static bool only_space(struct slice text)
{
    struct jsonc_reader r;
    if (!is_text(text))
        return false;
    jsonc_begin(&r, text, NULL);
    return jsonc_skip(&r) && r.at == r.end;
}

/* The whole text: one value, strings and numbers as RFC 8259 has them. ERR_SYNTAX with the line. */
static bool check(struct slice text, struct err *err)
{
    struct jsonc_reader r;
    struct slice value;
    if (!is_text(text))
        return err_set(err, ERR_SYNTAX, "it is not UTF-8 text");
    jsonc_begin(&r, text, err);
    if (!jsonc_skip(&r) || !jsonc_value(&r, &value) || !jsonc_skip(&r))
        return false;
    return r.at == r.end || jsonc_fail(&r, "something stands behind the end");
}

/* Walks through the object at r; *found is its member of that name, data NULL when there is none.
 */
static bool look_up(struct jsonc_reader *r, struct jsonc_walk *w, const char *name,
                    struct jsonc_member *found, const char **first_key)
{
    struct jsonc_member m;
    *found = (struct jsonc_member){ 0 };
    *first_key = NULL;
    if (!jsonc_walk_begin(r, w))
        return false;
    while (jsonc_walk_next(w, &m)) {
        if (!*first_key)
            *first_key = m.key.data - 1;
        if (!jsonc_key_is(m.key, name))
            continue;
        if (found->value.data)
            return err_set(r->err, ERR_SYNTAX, "\"%.60s\" stands there twice", name);
        *found = m;
    }
    return !w->failed;
}

static bool not_an_object(struct err *err, const char *name)
{
    return err_set(err, ERR_SYNTAX, "\"%.60s\" is no object there", name);
}

bool jsonc_find(struct slice text, const char *const *path, struct slice *out, struct err *err)
{
    *out = (struct slice){ 0 };
    if (only_space(text))
        return true;
    if (!check(text, err))
        return false;
    struct jsonc_reader r;
    jsonc_begin(&r, text, err);
    jsonc_skip(&r);
    for (size_t i = 0; path[i]; i++) {
        struct jsonc_walk w;
        struct jsonc_member m;
        const char *first;
        if (r.at < r.end && *r.at != '{')
            return i ? not_an_object(err, path[i - 1]) : jsonc_fail(&r, "expected an object");
        if (!look_up(&r, &w, path[i], &m, &first))
            return false;
        *out = m.value;
        if (!m.value.data)
            return true;
        r.at = m.value.data;
    }
    return true;
}

static bool put_new_file(struct buf *out, struct slice text, const char *const *path,
                         struct slice value)
{
    struct style s = style_of(text);
    buf_slice_put(out, text);
    if (text.len > 0 && text.data[text.len - 1] != '\n' &&
        !(text.len == 3 && (unsigned char)text.data[0] == 0xEF))
        buf_str(out, s.line_end);
    buf_char(out, '{');
    put_line(out, s.unit, 0, &s);
    put_member(out, path, value, s.unit, &s);
    buf_str(out, s.line_end);
    buf_char(out, '}');
    buf_str(out, s.line_end);
    return true;
}

/* The members of value go into the object that is there, one after the other. */
static bool merge_members(struct slice text, const char *const *path, struct slice value,
                          struct buf *out, struct err *err)
{
    const char *deeper[LIMIT_JSON_DEPTH];
    size_t depth = 0;
    for (; path[depth]; depth++)
        deeper[depth] = path[depth];
    struct jsonc_reader r;
    struct jsonc_walk w;
    struct jsonc_member m;
    jsonc_begin(&r, value, err);
    if (depth + 2 > LIMIT_JSON_DEPTH || !jsonc_walk_begin(&r, &w))
        return err_set(err, ERR_LIMIT, "too many levels");
    buf_slice_put(out, text);
    while (buf_ok(out) && jsonc_walk_next(&w, &m)) {
        char name[128];
        if (m.key.len >= sizeof(name))
            return err_set(err, ERR_LIMIT, "too long a name");
        memcpy(name, m.key.data, m.key.len);
        name[m.key.len] = '\0';
        deeper[depth] = name;
        deeper[depth + 1] = NULL;
        /* Lines of a nested value are indented by its place in value; here it stands alone. */
        BUF_AUTO member;
        BUF_AUTO next;
        buf_init(&member, LIMIT_CONNECT_FILE);
        buf_init(&next, LIMIT_CONNECT_FILE);
        for (size_t i = 0; i < m.value.len; i++) {
            buf_char(&member, m.value.data[i]);
            for (size_t n = 0; m.value.data[i] == '\n' && n < 2 && i + 1 < m.value.len &&
                               m.value.data[i + 1] == ' ';
                 n++)
                i++;
        }
        if (!jsonc_merge(buf_slice(out), deeper, buf_slice(&member), &next, err))
            return false;
        buf_reset(out);
        buf_slice_put(out, buf_slice(&next));
    }
    return buf_ok(out) ? !w.failed : err_set(err, ERR_LIMIT, "too large");
}

bool jsonc_merge(struct slice text, const char *const *path, struct slice value, struct buf *out,
                 struct err *err)
{
    if (only_space(text))
        return put_new_file(out, text, path, value);
    if (!check(text, err))
        return false;
    struct jsonc_reader r;
    jsonc_begin(&r, text, err);
    jsonc_skip(&r);
    for (size_t i = 0;; i++) {
        struct jsonc_walk w;
        struct jsonc_member m;
        const char *first;
        if (*r.at != '{')
            return i ? not_an_object(err, path[i - 1]) : jsonc_fail(&r, "expected an object");
        if (!look_up(&r, &w, path[i], &m, &first))
            return false;
        if (!m.value.data) {
            BUF_AUTO lead;
            buf_init(&lead, LIMIT_CONNECT_FILE);
            if (put_lead_of(&lead, text, &w, first))
                put_into(out, text, &w, buf_slice(&lead), path + i, value);
            break;
        }
        if (path[i + 1]) {
            r.at = m.value.data;
            continue;
        }
        if (*m.value.data == '{' && *value.data == '{')
            return merge_members(text, path, value, out, err);
        if (says_the_same(m.value, value)) {
            buf_slice_put(out, text);
            break;
        }
        struct style s = style_of(text);
        buf_slice_put(out, between(text.data, m.value.data));
        put_value(out, value, indent_at(text.data, m.key.data), 0, &s);
        buf_slice_put(out, between(m.value.data + m.value.len, text.data + text.len));
        break;
    }
    return buf_ok(out) || err_set(err, ERR_LIMIT, "too large");
}
