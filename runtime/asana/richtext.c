#include "asana/richtext.h"

#include <stdint.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_ATTRIBUTES = 16 };

struct tag {
    const char *name;
    bool task_only;
};

static const struct tag tags[] = {
    { "body", false }, { "strong", false }, { "em", false },  { "u", false },
    { "s", false },    { "code", false },   { "ol", false },  { "ul", false },
    { "li", false },   { "a", false },      { "pre", false }, { "blockquote", false },
    { "h1", true },    { "h2", true },      { "hr", true },   { "img", true },
};
enum { TAGS = sizeof(tags) / sizeof(*tags), BODY = 0 };

#define BASIC_TAGS "body, strong, em, u, s, code, pre, blockquote, ol, ul, li, a"

/* What people write instead of Asana's tags. */
static const struct {
    const char *name, *cure;
} elsewhere[] = {
    { "b", "use <strong>" },
    { "i", "use <em>" },
    { "del", "use <s>" },
    { "strike", "use <s>" },
    { "ins", "use <u>" },
    { "tt", "use <code>" },
    { "br", "write a line break as a plain newline" },
    { "p", "leave it out and separate paragraphs by newlines" },
    { "div", "leave it out and separate blocks by newlines" },
    { "span", "leave it out" },
    { "html", "start with <body>" },
    { "h3", "use <strong>" },
    { "h4", "use <strong>" },
    { "table", "use a list" },
};

struct reader {
    struct slice text;
    size_t at;
    enum richtext_kind kind;
    uint8_t open[MAX_DEPTH];
    size_t depth;
    bool body_seen;
    struct err *err;
};

/* %.*s arguments of a piece of input: at most 40 bytes, up to the first control byte. */
static int shown(struct slice s)
{
    int n = 0;
    while (n < 40 && (size_t)n < s.len && (unsigned char)s.data[n] >= 0x20 && s.data[n] != 0x7f)
        n++;
    while (n > 0 && (size_t)n < s.len && ((unsigned char)s.data[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static bool bad(struct reader *r, const char *rule)
{
    struct slice rest = { r->text.data + r->at, r->text.len - r->at };
    return err_set(r->err, ERR_ARGS, "%s (at byte %zu: \"%.*s\")", rule, r->at, shown(rest),
                   rest.len ? rest.data : "");
}

static int peek(const struct reader *r)
{
    return r->at < r->text.len ? (unsigned char)r->text.data[r->at] : -1;
}

static bool starts(const struct reader *r, const char *s)
{
    size_t len = strlen(s);
    return r->text.len - r->at >= len && memcmp(r->text.data + r->at, s, len) == 0;
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ':' || c == '.';
}

static bool skip_space(struct reader *r)
{
    size_t from = r->at;
    while (is_space(peek(r)))
        r->at++;
    return r->at > from;
}

static struct slice take_name(struct reader *r)
{
    size_t from = r->at;
    while (is_name(peek(r)))
        r->at++;
    return (struct slice){ r->text.data + from, r->at - from };
}

/* XML 1.0, production Char. */
static bool is_xml_char(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

static bool is_number_reference(struct slice s)
{
    bool hex = s.len > 2 && s.data[1] == 'x';
    uint32_t value = 0;
    size_t from = hex ? 2 : 1;
    if (s.len == from || s.len > from + 7)
        return false;
    for (size_t i = from; i < s.len; i++) {
        char c = s.data[i];
        if (c >= '0' && c <= '9')
            value = value * (hex ? 16 : 10) + (uint32_t)(c - '0');
        else if (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            value = value * 16 + (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    return is_xml_char(value);
}

static bool read_entity(struct reader *r)
{
    static const char *const named[] = { "amp", "lt", "gt", "quot", "apos" };
    size_t end = r->at + 1;
    while (end < r->text.len && end - r->at < 12 &&
           (is_name((unsigned char)r->text.data[end]) || r->text.data[end] == '#'))
        end++;
    struct slice name = { r->text.data + r->at + 1, end - r->at - 1 };
    if (name.len == 0 || end >= r->text.len || r->text.data[end] != ';')
        return bad(r, "a plain & must be written &amp;");
    bool known = name.data[0] == '#' && is_number_reference(name);
    for (size_t i = 0; !known && i < sizeof(named) / sizeof(*named); i++)
        known = slice_is(name, named[i]);
    if (!known)
        return bad(r, "unknown entity: write the character itself; only &amp; &lt; &gt; &quot; "
                      "&apos; and numeric ones such as &#160; exist");
    r->at = end + 1;
    return true;
}

/* One byte of text, or one entity. */
static bool read_char(struct reader *r)
{
    int c = peek(r);
    if (c == '&')
        return read_entity(r);
    if (c < 0x20 && !is_space(c))
        return bad(r, "control characters are not allowed");
    if (starts(r, "\xef\xbf\xbe") || starts(r, "\xef\xbf\xbf"))
        return bad(r, "the characters U+FFFE and U+FFFF are not allowed");
    r->at++;
    return true;
}

static bool starts_with(struct slice s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len > len && memcmp(s.data, prefix, len) == 0;
}

static bool all_digits(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
    }
    return s.len > 0;
}

static bool attribute_allowed(struct reader *r, const char *tag, struct slice name)
{
    if (strcmp(tag, "img") == 0)
        return true;
    if (strcmp(tag, "a") != 0)
        return err_set(
            r->err, ERR_ARGS,
            "attribute \"%.*s\" on <%s> is not allowed; only <a> and <img> take attributes",
            shown(name), name.data, tag);
    if (!slice_is(name, "href") && !starts_with(name, "data-asana-"))
        return err_set(
            r->err, ERR_ARGS,
            "attribute \"%.*s\" on <a> is not allowed; <a> takes href, data-asana-gid and "
            "data-asana-dynamic",
            shown(name), name.data);
    return true;
}

/* From behind the equals sign. */
static bool read_attribute_value(struct reader *r, struct slice *out)
{
    int quote = peek(r);
    if (quote != '"' && quote != '\'')
        return bad(r, "attribute values need quotes, as in href=\"https://example.com\"");
    size_t from = ++r->at;
    while (peek(r) != quote) {
        if (peek(r) < 0)
            return bad(r, "an attribute value has no closing quote");
        if (peek(r) == '<')
            return bad(r, "inside an attribute value < must be written &lt;");
        if (!read_char(r))
            return false;
    }
    *out = (struct slice){ r->text.data + from, r->at - from };
    r->at++;
    return true;
}

/* From behind the tag's name up to the end of the tag. */
static bool read_attributes(struct reader *r, const char *tag)
{
    struct slice seen[MAX_ATTRIBUTES];
    size_t count = 0;
    bool is_link = strcmp(tag, "a") == 0, leads_somewhere = false;
    for (;;) {
        bool apart = skip_space(r);
        if (peek(r) == '>' || peek(r) == '/')
            break;
        if (peek(r) < 0)
            return err_set(r->err, ERR_ARGS, "the tag <%s has no closing >", tag);
        struct slice name = take_name(r), value;
        if (name.len == 0 || !apart)
            return bad(r, "a tag is broken here; a plain < must be written &lt;");
        for (size_t i = 0; i < count; i++) {
            if (seen[i].len == name.len && memcmp(seen[i].data, name.data, name.len) == 0)
                return bad(r, "an attribute is given twice");
        }
        if (count == MAX_ATTRIBUTES)
            return bad(r, "too many attributes on one tag");
        seen[count++] = name;
        if (!attribute_allowed(r, tag, name))
            return false;
        skip_space(r);
        if (peek(r) != '=')
            return bad(r, "an attribute needs a value, as in href=\"https://example.com\"");
        r->at++;
        skip_space(r);
        if (!read_attribute_value(r, &value))
            return false;
        if (slice_is(name, "data-asana-gid") && !all_digits(value))
            return err_set(r->err, ERR_ARGS,
                           "data-asana-gid takes the digits of an ID, got \"%.*s\"", shown(value),
                           value.data);
        leads_somewhere |= slice_is(name, "href") || slice_is(name, "data-asana-gid");
    }
    if (is_link && !leads_somewhere)
        return err_set(
            r->err, ERR_ARGS,
            "<a> needs href=\"https://…\" (a link) or data-asana-gid=\"123\" (a mention)");
    return true;
}

static int find_tag(struct slice name)
{
    for (int i = 0; i < TAGS; i++) {
        if (slice_is(name, tags[i].name))
            return i;
    }
    return -1;
}

static bool refuse_tag(struct reader *r, struct slice name)
{
    char lower[16] = "";
    const char *more = r->kind == RICHTEXT_TASK ? ", h1, h2, hr, img" : "";
    for (size_t i = 0; i < name.len && name.len < sizeof(lower); i++)
        lower[i] =
            (char)(name.data[i] >= 'A' && name.data[i] <= 'Z' ? name.data[i] + 32 : name.data[i]);
    struct slice small = slice_of(lower);
    int index = find_tag(small);
    if (index >= 0 && small.len == name.len && memcmp(lower, name.data, name.len) != 0)
        return err_set(r->err, ERR_ARGS,
                       "tags are written in small letters: <%s> instead of <%.*s>", lower,
                       shown(name), name.data);
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
        if (slice_is(small, elsewhere[i].name))
            return err_set(r->err, ERR_ARGS,
                           "tag <%.*s> is not allowed: %s (allowed: " BASIC_TAGS "%s)", shown(name),
                           name.data, elsewhere[i].cure, more);
    }
    return err_set(r->err, ERR_ARGS, "tag <%.*s> is not allowed%s (allowed: " BASIC_TAGS "%s)",
                   shown(name), name.data, index >= 0 ? " here, only in a task's description" : "",
                   more);
}

static bool read_open_tag(struct reader *r)
{
    size_t from = r->at++;
    struct slice name = take_name(r);
    if (name.len == 0) {
        r->at = from;
        return bad(r, "a plain < must be written &lt;");
    }
    int index = find_tag(name);
    if (r->depth == 0 && index != BODY && !r->body_seen)
        return err_set(r->err, ERR_ARGS,
                       "the whole text must stand in one <body>…</body>, but it starts with <%.*s>",
                       shown(name), name.data);
    if (index < 0 || (tags[index].task_only && r->kind != RICHTEXT_TASK))
        return refuse_tag(r, name);
    if (r->body_seen && (index == BODY || r->depth == 0)) {
        r->at = from;
        return bad(r, "there must be exactly one <body> and nothing behind </body>");
    }
    if (r->depth == MAX_DEPTH)
        return bad(r, "tags are nested too deeply");
    r->body_seen = true;
    if (!read_attributes(r, tags[index].name))
        return false;
    bool closed = peek(r) == '/';
    r->at += closed;
    if (peek(r) != '>')
        return bad(r, "a tag is broken here; it must end in > or />");
    r->at++;
    if (!closed)
        r->open[r->depth++] = (uint8_t)index;
    return true;
}

static bool read_close_tag(struct reader *r)
{
    r->at += 2;
    struct slice name = take_name(r);
    skip_space(r);
    if (peek(r) != '>' || name.len == 0)
        return bad(r, "a closing tag is broken here; it must look like </strong>");
    r->at++;
    if (r->depth == 0)
        return err_set(r->err, ERR_ARGS, "</%.*s> closes a tag that is not open", shown(name),
                       name.data);
    const char *open = tags[r->open[r->depth - 1]].name;
    if (!slice_is(name, open))
        return err_set(
            r->err, ERR_ARGS,
            "</%.*s> comes where </%s> must come first; tags must be closed in the reverse "
            "order of opening",
            shown(name), name.data, open);
    r->depth--;
    return true;
}

static bool read_markup(struct reader *r)
{
    if (starts(r, "</"))
        return read_close_tag(r);
    if (starts(r, "<!") || starts(r, "<?"))
        return bad(r, "comments, CDATA and declarations are not allowed");
    return read_open_tag(r);
}

bool richtext_check(struct slice text, enum richtext_kind kind, struct err *err)
{
    struct reader r = { .text = text, .kind = kind, .err = err };
    while (r.at < text.len) {
        bool ok;
        if (peek(&r) == '<')
            ok = read_markup(&r);
        else if (r.depth == 0 && !is_space(peek(&r)))
            ok = bad(&r, "the whole text must stand in one <body>…</body>");
        else if (starts(&r, "]]>"))
            ok = bad(&r, "]]> must be written ]]&gt;");
        else
            ok = read_char(&r);
        if (!ok)
            return false;
    }
    if (!r.body_seen)
        return err_set(err, ERR_ARGS,
                       "the whole text must stand in one <body>…</body>, as in "
                       "<body>Hello <strong>world</strong></body>");
    if (r.depth > 0) {
        const char *open = tags[r.open[r.depth - 1]].name;
        return err_set(err, ERR_ARGS, "<%s> is never closed: write </%s>%s", open, open,
                       strcmp(open, "hr") == 0 || strcmp(open, "img") == 0 ? " or end it in />"
                                                                           : "");
    }
    return true;
}
