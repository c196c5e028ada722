#include "sandbox/richtext.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RICH_MAX (256u << 10)
#define RICH_DEPTH 24
#define ATTRIBUTES_MAX 12

struct attribute {
    const char *name;
    const char *value;
};

struct rich {
    struct arena *arena;
    enum sb_rich kind;
    const struct sb_mention_source *source;
    const char *at;
    struct buf html;
    struct buf text;
    const char *open[RICH_DEPTH];
    int depth;
    int list_item[RICH_DEPTH]; /* numbers of ordered lists */
    const char *bad;
};

static const char *const comment_tags[] = { "a",   "blockquote", "body",   "code", "em", "li", "ol",
                                            "pre", "s",          "strong", "u",    "ul", NULL };
static const char *const task_tags[] = { "h1", "h2", "hr", "img", NULL };
/* What Asana writes itself and must be accepted back. */
static const char *const link_attributes[] = { "href",
                                               "data-asana-gid",
                                               "data-asana-accessible",
                                               "data-asana-type",
                                               "data-asana-dynamic",
                                               "data-asana-project",
                                               "data-asana-tag",
                                               NULL };

static bool among(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static bool broken(struct rich *r, const char *why)
{
    if (!r->bad)
        r->bad = arena_printf(r->arena, "XML is invalid: %s", why);
    if (!r->bad)
        r->bad = "XML is invalid";
    return false;
}

static void escape(struct buf *b, const char *s, size_t len, bool quotes)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '&')
            buf_str(b, "&amp;");
        else if (s[i] == '<')
            buf_str(b, "&lt;");
        else if (s[i] == '>')
            buf_str(b, "&gt;");
        else if (s[i] == '"' && quotes)
            buf_str(b, "&quot;");
        else
            buf_char(b, s[i]);
    }
}

static void put_code_point(struct buf *b, unsigned long cp)
{
    if (cp < 0x80) {
        buf_char(b, (char)cp);
    } else if (cp < 0x800) {
        buf_char(b, (char)(0xc0 | cp >> 6));
        buf_char(b, (char)(0x80 | (cp & 0x3f)));
    } else {
        if (cp < 0x10000) {
            buf_char(b, (char)(0xe0 | cp >> 12));
        } else {
            buf_char(b, (char)(0xf0 | cp >> 18));
            buf_char(b, (char)(0x80 | (cp >> 12 & 0x3f)));
        }
        buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (cp & 0x3f)));
    }
}

/* Text up to one of the stop characters, entities resolved, into b. */
static bool text_until(struct rich *r, const char *stops, struct buf *b)
{
    static const struct {
        const char *name;
        char ch;
    } entities[] = {
        { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }
    };
    while (*r->at && !strchr(stops, *r->at)) {
        if (*r->at != '&') {
            buf_char(b, *r->at++);
            continue;
        }
        bool known = false;
        for (size_t i = 0; i < sizeof(entities) / sizeof(*entities) && !known; i++) {
            size_t len = strlen(entities[i].name);
            if (strncmp(r->at, entities[i].name, len) == 0) {
                buf_char(b, entities[i].ch);
                r->at += len;
                known = true;
            }
        }
        if (!known && r->at[1] == '#') {
            char *end = NULL;
            bool hex = r->at[2] == 'x';
            unsigned long cp = strtoul(r->at + 2 + hex, &end, hex ? 16 : 10);
            if (*end == ';' && cp >= 9 && cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff)) {
                put_code_point(b, cp);
                r->at = end + 1;
                known = true;
            }
        }
        if (!known)
            return broken(r, "\"&\" must be written as &amp;");
    }
    return true;
}

static const char *name(struct rich *r)
{
    const char *from = r->at;
    while ((*r->at >= 'a' && *r->at <= 'z') || (*r->at >= 'A' && *r->at <= 'Z') ||
           (r->at > from && ((*r->at >= '0' && *r->at <= '9') || *r->at == '-' || *r->at == '_')))
        r->at++;
    return r->at > from ? arena_strndup(r->arena, from, (size_t)(r->at - from)) : NULL;
}

static void spaces(struct rich *r)
{
    r->at += strspn(r->at, " \t\r\n");
}

static bool attributes(struct rich *r, struct attribute *list, size_t *count)
{
    for (spaces(r); *r->at && *r->at != '>' && *r->at != '/'; spaces(r)) {
        const char *key = name(r);
        spaces(r);
        if (!key || *r->at != '=')
            return broken(r, "an attribute needs a value");
        r->at++;
        spaces(r);
        char quote = *r->at;
        if (quote != '"' && quote != '\'')
            return broken(r, "an attribute's value needs quotes");
        r->at++;
        BUF_AUTO value;
        buf_init(&value, RICH_MAX);
        if (!text_until(r, quote == '"' ? "\"<" : "'<", &value))
            return false;
        if (*r->at != quote)
            return broken(r, "an attribute's value does not end");
        r->at++;
        if (*count == ATTRIBUTES_MAX)
            return broken(r, "too many attributes");
        list[*count].name = key;
        list[*count].value = arena_strndup(r->arena, value.data ? value.data : "", value.len);
        if (!list[*count].value)
            return broken(r, "out of memory");
        ++*count;
    }
    return true;
}

static void put_attribute(struct rich *r, const char *key, const char *value)
{
    buf_char(&r->html, ' ');
    buf_str(&r->html, key);
    buf_str(&r->html, "=\"");
    escape(&r->html, value, strlen(value), true);
    buf_char(&r->html, '"');
}

static const char *attribute(const struct attribute *list, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, key) == 0)
            return list[i].value;
    return NULL;
}

/* <a>: an address of its own, or the gid of an object, whose address, type and name are then filled
 * in. */
static bool link_open(struct rich *r, const struct attribute *list, size_t count, bool empty)
{
    for (size_t i = 0; i < count; i++)
        if (!among(link_attributes, list[i].name))
            return broken(r, "an attribute that <a> can't have");
    const char *gid = attribute(list, count, "data-asana-gid");
    const char *href = attribute(list, count, "href");
    struct sb_mention m = { 0 };
    bool found = gid && r->source && r->source->find(r->source->ctx, gid, &m);
    if (gid && !found && !href)
        return broken(r, "data-asana-gid names nothing that you can see");
    if (!gid && !href)
        return broken(r, "<a> needs href or data-asana-gid");
    buf_str(&r->html, "<a");
    put_attribute(r, "href", found ? m.href : href);
    if (found) {
        put_attribute(r, "data-asana-accessible", "true");
        put_attribute(r, "data-asana-dynamic", empty ? "true" : "false");
        put_attribute(r, "data-asana-type", m.type);
        put_attribute(r, "data-asana-gid", gid);
    }
    buf_char(&r->html, '>');
    if (empty) {
        const char *shown = found ? m.name : href;
        if (found && strcmp(m.type, "user") == 0)
            shown = arena_printf(r->arena, "@%s", m.name);
        shown = shown ? shown : "";
        escape(&r->html, shown, strlen(shown), false);
        buf_str(&r->text, shown);
        buf_str(&r->html, "</a>");
    }
    return true;
}

static bool tag_open(struct rich *r)
{
    const char *tag = name(r);
    if (!tag)
        return broken(r, "\"<\" must be written as &lt;");
    if (!among(comment_tags, tag) && !(r->kind == SB_RICH_TASK && among(task_tags, tag)))
        return broken(r,
                      arena_printf(r->arena, "the tag <%s> is not allowed here", tag) ?: "a tag");
    bool body = strcmp(tag, "body") == 0;
    if (body != (r->depth == 0))
        return broken(r, "the text must be one <body> element");
    struct attribute list[ATTRIBUTES_MAX];
    size_t count = 0;
    if (!attributes(r, list, &count))
        return false;
    bool link = strcmp(tag, "a") == 0;
    if (count && !link && strcmp(tag, "img") != 0)
        return broken(r,
                      arena_printf(r->arena, "<%s> can't have attributes", tag) ?: "an attribute");
    bool empty = *r->at == '/';
    r->at += empty;
    if (*r->at != '>')
        return broken(r, "a tag does not end");
    r->at++;
    if (strcmp(tag, "li") == 0 && r->text.len && r->text.data[r->text.len - 1] != '\n')
        buf_char(&r->text, '\n');
    if (strcmp(tag, "li") == 0) {
        bool numbered = r->depth && strcmp(r->open[r->depth - 1], "ol") == 0;
        if (numbered) {
            buf_int(&r->text, ++r->list_item[r->depth - 1]);
            buf_str(&r->text, ". ");
        } else {
            buf_str(&r->text, "• ");
        }
    }
    if (link && !link_open(r, list, count, empty))
        return false;
    if (!link) {
        buf_char(&r->html, '<');
        buf_str(&r->html, tag);
        for (size_t i = 0; i < count; i++)
            put_attribute(r, list[i].name, list[i].value);
        buf_str(&r->html, empty ? "/>" : ">");
    }
    if (empty)
        return true;
    if (r->depth == RICH_DEPTH)
        return broken(r, "tags nested too deep");
    r->list_item[r->depth] = 0;
    r->open[r->depth++] = tag;
    return true;
}

static bool tag_close(struct rich *r)
{
    const char *tag = name(r);
    spaces(r);
    if (!tag || *r->at != '>' || !r->depth || strcmp(r->open[r->depth - 1], tag) != 0)
        return broken(r, r->depth ? arena_printf(r->arena, "expected </%s>", r->open[r->depth - 1])
                                        ?: "tags"
                                  : "a closing tag without an opening one");
    r->at++;
    r->depth--;
    buf_str(&r->html, "</");
    buf_str(&r->html, tag);
    buf_char(&r->html, '>');
    bool block = strcmp(tag, "h1") == 0 || strcmp(tag, "h2") == 0 || strcmp(tag, "li") == 0 ||
                 strcmp(tag, "blockquote") == 0 || strcmp(tag, "pre") == 0;
    if (block)
        buf_char(&r->text, '\n');
    return true;
}

static bool parse(struct rich *r)
{
    spaces(r);
    if (*r->at != '<')
        return broken(r, "the text must be one <body> element");
    do {
        if (*r->at == '<' && r->at[1] == '/') {
            r->at += 2;
            if (!tag_close(r))
                return false;
        } else if (*r->at == '<') {
            r->at++;
            if (!tag_open(r))
                return false;
        } else if (*r->at) {
            BUF_AUTO run;
            buf_init(&run, RICH_MAX);
            if (!text_until(r, "<", &run))
                return false;
            escape(&r->html, run.data, run.len, false);
            buf_put(&r->text, run.data, run.len);
        } else {
            return broken(r, arena_printf(r->arena, "expected </%s>", r->open[r->depth - 1])
                                 ?: "tags");
        }
    } while (r->depth);
    spaces(r);
    return *r->at ? broken(r, "text behind </body>") : true;
}

bool sb_rich_parse(struct arena *a, enum sb_rich kind, const char *html,
                   const struct sb_mention_source *source, const char **out_html,
                   const char **out_text, const char **bad)
{
    struct rich r = { .arena = a, .kind = kind, .source = source, .at = html };
    buf_init(&r.html, RICH_MAX);
    buf_init(&r.text, RICH_MAX);
    bool ok = parse(&r);
    if (ok && (!buf_ok(&r.html) || !buf_ok(&r.text)))
        ok = broken(&r, "the text is too long");
    if (ok) {
        while (r.text.len && r.text.data[r.text.len - 1] == '\n')
            r.text.len--;
        *out_html = arena_strndup(a, r.html.data, r.html.len);
        *out_text = arena_strndup(a, r.text.data ? r.text.data : "", r.text.len);
        ok = *out_html && *out_text;
    }
    if (!ok)
        *bad = r.bad ? r.bad : "XML is invalid";
    buf_done(&r.html);
    buf_done(&r.text);
    return ok;
}

const char *sb_rich_from_text(struct arena *a, const char *text)
{
    BUF_AUTO html;
    buf_init(&html, 8 * RICH_MAX);
    buf_str(&html, "<body>");
    escape(&html, text, strlen(text), false);
    buf_str(&html, "</body>");
    return buf_ok(&html) ? arena_strndup(a, html.data, html.len) : NULL;
}
