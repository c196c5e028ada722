#include "cli/toml.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

#define PARTS_MAX 16
#define NESTED_MAX 32

struct reader {
    const char *begin;
    const char *at;
    const char *end;
    int depth;
    bool failed;
    struct err *err;
};

/* A dotted name: of a table's header, or before a "=". */
struct name {
    struct slice parts[PARTS_MAX]; /* without quotes */
    size_t count;
};

/* One line, or several when a value goes on. */
enum kind { BLANK, HEADER, LIST_HEADER, PAIR };
struct line {
    enum kind kind;
    struct name name;
    struct slice value; /* of a PAIR */
    const char *from;
    const char *end; /* behind its value or header, before a comment */
    const char *next;
};

static bool fail(struct reader *r, const char *what)
{
    int line = 1;
    r->failed = true;
    for (const char *p = r->begin; p < r->at; p++)
        line += *p == '\n';
    return err_set(r->err, ERR_SYNTAX, "line %d: %s", line, what);
}

static bool is(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static void skip_blanks(struct reader *r)
{
    while (is(r, ' ') || is(r, '\t'))
        r->at++;
}

static void skip_comment(struct reader *r)
{
    if (is(r, '#'))
        while (r->at < r->end && *r->at != '\n')
            r->at++;
}

static void skip_lines(struct reader *r)
{
    for (;;) {
        skip_blanks(r);
        skip_comment(r);
        if (!is(r, '\n') && !is(r, '\r'))
            return;
        r->at++;
    }
}

/* At a quote; three of them make a text over several lines. */
static bool read_string(struct reader *r)
{
    char quote = *r->at;
    bool escapes = quote == '"';
    size_t quotes = r->end - r->at >= 3 && r->at[1] == quote && r->at[2] == quote ? 3 : 1;
    r->at += quotes;
    for (; r->at < r->end; r->at++) {
        if (escapes && *r->at == '\\' && r->at + 1 < r->end) {
            r->at++;
        } else if (*r->at == quote && quotes == 1) {
            r->at++;
            return true;
        } else if (*r->at == quote && r->end - r->at >= 3 && r->at[1] == quote &&
                   r->at[2] == quote) {
            r->at += 3;
            while (is(r, quote)) /* up to two belong to the text */
                r->at++;
            return true;
        } else if (*r->at == '\n' && quotes == 1) {
            break;
        }
    }
    return fail(r, "a text is not closed");
}

static bool read_value(struct reader *r);

/* Behind "[" or "{". */
static bool read_items(struct reader *r, char close, bool names);

static bool is_bare(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool read_name(struct reader *r, struct name *n)
{
    n->count = 0;
    for (;;) {
        skip_blanks(r);
        const char *from = r->at;
        if (is(r, '"') || is(r, '\'')) {
            if (!read_string(r))
                return false;
        } else {
            while (r->at < r->end && is_bare(*r->at))
                r->at++;
        }
        if (r->at == from)
            return fail(r, "expected a name");
        if (n->count == PARTS_MAX)
            return fail(r, "a name of too many parts");
        size_t quoted = *from == '"' || *from == '\'';
        n->parts[n->count++] = (struct slice){ from + quoted, (size_t)(r->at - from) - 2 * quoted };
        skip_blanks(r);
        if (!is(r, '.'))
            return true;
        r->at++;
    }
}

static bool read_pair(struct reader *r, struct name *n)
{
    if (!read_name(r, n))
        return false;
    if (!is(r, '='))
        return fail(r, "expected \"name = value\" or \"[table]\"");
    r->at++;
    skip_blanks(r);
    return read_value(r);
}

static bool read_items(struct reader *r, char close, bool names)
{
    struct name n;
    r->at++;
    if (++r->depth > NESTED_MAX)
        return fail(r, "too many levels");
    for (;;) {
        skip_lines(r);
        if (is(r, close))
            break;
        if (names ? !read_pair(r, &n) : !read_value(r))
            return false;
        skip_lines(r);
        if (is(r, ','))
            r->at++;
        else if (!is(r, close))
            return fail(r, close == ']' ? "expected \",\" or \"]\"" : "expected \",\" or \"}\"");
    }
    r->at++;
    r->depth--;
    return true;
}

static bool read_value(struct reader *r)
{
    if (is(r, '"') || is(r, '\''))
        return read_string(r);
    if (is(r, '['))
        return read_items(r, ']', false);
    if (is(r, '{'))
        return read_items(r, '}', true);
    /* A number, true, false, or a time; between date and time there may be one space. */
    const char *from = r->at;
    while (r->at < r->end &&
           (is_bare(*r->at) || strchr("+.:", *r->at) ||
            (*r->at == ' ' && r->at - from == 10 && r->at + 1 < r->end &&
             isdigit((unsigned char)r->at[1]))) &&
           *r->at)
        r->at++;
    return r->at > from || fail(r, "expected a value");
}

static bool read_header(struct reader *r, struct line *l)
{
    l->kind = r->end - r->at > 1 && r->at[1] == '[' ? LIST_HEADER : HEADER;
    r->at += l->kind == LIST_HEADER ? 2 : 1;
    if (!read_name(r, &l->name))
        return false;
    for (int i = l->kind == LIST_HEADER ? 2 : 1; i > 0; i--, r->at++)
        if (!is(r, ']'))
            return fail(r, "expected \"]\"");
    return true;
}

/* False at the end and when the text is wrong (failed). */
static bool next_line(struct reader *r, struct line *l)
{
    if (r->at == r->end)
        return false;
    *l = (struct line){ .kind = BLANK, .from = r->at };
    skip_blanks(r);
    if (is(r, '[')) {
        if (!read_header(r, l))
            return false;
    } else if (r->at < r->end && !strchr("#\r\n", *r->at)) {
        l->kind = PAIR;
        if (!read_name(r, &l->name))
            return false;
        if (!is(r, '='))
            return fail(r, "expected \"name = value\" or \"[table]\"");
        r->at++;
        skip_blanks(r);
        const char *value = r->at;
        if (!read_value(r))
            return false;
        l->value = (struct slice){ value, (size_t)(r->at - value) };
    }
    l->end = r->at;
    skip_blanks(r);
    skip_comment(r);
    if (is(r, '\r') && r->end - r->at > 1 && r->at[1] == '\n')
        r->at++;
    if (r->at < r->end && !is(r, '\n'))
        return fail(r, "expected the end of the line");
    r->at += r->at < r->end;
    l->next = r->at;
    return true;
}

static size_t path_length(const char *const *path)
{
    size_t n = 0;
    while (path[n])
        n++;
    return n;
}

/* How many of its parts, from the first on, are those of path. */
static size_t shared(const struct name *n, const char *const *path)
{
    size_t i = 0;
    while (i < n->count && path[i] && slice_is(n->parts[i], path[i]))
        i++;
    return i;
}

/* The table, as it was found. */
struct table {
    bool there;
    struct slice header;
    const char *last; /* behind the line of its header or its last name */
    bool ended;       /* that line has a line end */
    struct slice value;
};

static bool other_form(struct err *err, const char *const *path)
{
    return err_set(err, ERR_SYNTAX, "\"%.40s\" is written there in a form that only people edit",
                   path[path_length(path) - 1]);
}

static bool look(struct slice text, const char *const *path, const char *name, struct table *t,
                 struct err *err)
{
    struct reader r = {
        .begin = text.data, .at = text.data, .end = text.data + text.len, .err = err
    };
    size_t depth = path_length(path);
    struct name table = { .count = 0 };
    struct line l;
    bool inside = false;
    *t = (struct table){ .there = false };
    if (!utf8_valid(text) || memchr(text.data, '\0', text.len))
        return err_set(err, ERR_SYNTAX, "it is not UTF-8 text");
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        r.at += 3;
    while (next_line(&r, &l)) {
        if (l.kind == HEADER || l.kind == LIST_HEADER) {
            table = l.name;
            inside = table.count == depth && shared(&table, path) == depth;
            if (inside && (l.kind == LIST_HEADER || t->there))
                return other_form(err, path);
            if (inside)
                *t =
                    (struct table){ .there = true, .header = { l.from, (size_t)(l.end - l.from) } };
        } else if (l.kind == PAIR && !inside && shared(&table, path) == table.count &&
                   table.count < depth) {
            /* mcp_servers = {…}, or mcp_servers.x.url = … */
            size_t more = shared(&l.name, path + table.count);
            if (more == depth - table.count || (more == l.name.count && more > 0))
                return other_form(err, path);
        } else if (l.kind == PAIR && inside && name && l.name.count == 1 &&
                   slice_is(l.name.parts[0], name)) {
            t->value = l.value;
        }
        if (inside && l.kind != BLANK) {
            t->last = l.next;
            t->ended = l.next[-1] == '\n';
        }
    }
    return !r.failed;
}

bool toml_find(struct slice text, const char *const *path, const char *name, struct slice *out,
               struct err *err)
{
    struct table t;
    if (!look(text, path, name, &t, err))
        return false;
    *out = name ? t.value : t.header;
    return true;
}

static const char *line_end_of(struct slice text)
{
    return memmem(text.data, text.len, "\r\n", 2) ? "\r\n" : "\n";
}

static void put_between(struct buf *out, const char *from, const char *to)
{
    buf_put(out, from, (size_t)(to - from));
}

/* A new table behind everything. */
static void put_table(struct buf *out, struct slice text, const char *const *path,
                      const char *members)
{
    const char *line_end = line_end_of(text);
    buf_slice_put(out, text);
    if (text.len > 0 && text.data[text.len - 1] != '\n')
        buf_str(out, line_end);
    if (text.len > 3)
        buf_str(out, line_end);
    for (size_t i = 0; path[i]; i++) {
        buf_str(out, i ? "." : "[");
        buf_str(out, path[i]);
    }
    buf_str(out, "]");
    buf_str(out, line_end);
    for (; *members; members++)
        buf_str(out, *members == '\n' ? line_end : (char[]){ *members, '\0' });
    buf_str(out, line_end);
}

/* One "name = value" into the table that is there. */
static void put_pair(struct buf *out, struct slice text, const struct table *t, struct slice pair,
                     struct slice value)
{
    const char *end = text.data + text.len;
    if (!t->value.data) {
        put_between(out, text.data, t->last);
        buf_str(out, t->ended ? "" : line_end_of(text));
        buf_slice_put(out, pair);
        buf_str(out, line_end_of(text));
        put_between(out, t->last, end);
    } else if (t->value.len == value.len && memcmp(t->value.data, value.data, value.len) == 0) {
        buf_slice_put(out, text);
    } else {
        put_between(out, text.data, t->value.data);
        buf_slice_put(out, value);
        put_between(out, t->value.data + t->value.len, end);
    }
}

bool toml_merge(struct slice text, const char *const *path, const char *members, struct buf *out,
                struct err *err)
{
    struct table t;
    if (!look(text, path, NULL, &t, err))
        return false;
    if (!t.there) {
        put_table(out, text, path, members);
        return buf_ok(out) || err_set(err, ERR_LIMIT, "too large");
    }
    buf_slice_put(out, text);
    while (*members && buf_ok(out)) {
        struct slice pair = { members, strcspn(members, "\n") };
        size_t name_length = strcspn(members, " ");
        struct slice value = { members + name_length + 3, pair.len - name_length - 3 };
        char name[64];
        if (name_length >= sizeof(name))
            return err_set(err, ERR_LIMIT, "too long a name");
        memcpy(name, members, name_length);
        name[name_length] = '\0';
        BUF_AUTO next;
        buf_init(&next, LIMIT_CONNECT_FILE);
        if (!look(buf_slice(out), path, name, &t, err))
            return false;
        put_pair(&next, buf_slice(out), &t, pair, value);
        buf_reset(out);
        buf_slice_put(out, buf_slice(&next));
        out->failed |= next.failed;
        members += pair.len + (members[pair.len] == '\n');
    }
    return buf_ok(out) || err_set(err, ERR_LIMIT, "too large");
}
