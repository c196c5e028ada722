#include "tool/markdown.h"

#include "base/slice.h"

#include <stdint.h>
#include <string.h>

/* Length and code point of the sequence at s, which is valid. */
static size_t read_char(const char *s, uint32_t *out)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? u[0] : u[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (u[i] & 0x3fu);
    *out = c;
    return n;
}

static bool is_newline(uint32_t c)
{
    return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool is_hidden(uint32_t c)
{
    return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

void markdown_line(struct buf *out, const char *text, size_t max)
{
    size_t start = out->len;
    bool space = false;
    for (uint32_t c; *text;) {
        size_t n = read_char(text, &c);
        if (is_newline(c) || c == ' ' || c == '\t') {
            space = out->len > start;
        } else if (!is_hidden(c)) {
            if (out->len - start + space + n > max) {
                buf_str(out, "…");
                return;
            }
            if (space)
                buf_char(out, ' ');
            space = false;
            buf_put(out, text, n);
        }
        text += n;
    }
}

/* ---- blocks ---- */

/* The line up to its end, and where the next one begins. */
static struct slice take_line(const char **text)
{
    const char *at = *text;
    uint32_t c = 0;
    size_t n = 0;
    while (*at && (n = read_char(at, &c)) && !is_newline(c))
        at += n;
    struct slice line = { *text, (size_t)(at - *text) };
    if (*at)
        at += c == '\r' && at[1] == '\n' ? 2 : n;
    *text = at;
    return line;
}

static bool is_blank(struct slice line)
{
    uint32_t c;
    for (size_t i = 0; i < line.len; i += read_char(line.data + i, &c))
        if (read_char(line.data + i, &c) && c != ' ' && c != '\t' && !is_hidden(c))
            return false;
    return true;
}

/* Where in a line a backslash takes the meaning from what begins it: headings and what underlines
 * them, quotes, lists, fences, HTML, tables, definitions. -1: nowhere. */
static long marker(const char *line, size_t len)
{
    size_t i = 0;
    while (i < len && (line[i] == ' ' || line[i] == '\t'))
        i++;
    if (i < len && strchr("#>-+*_=`~<|[\\", line[i]))
        return (long)i;
    size_t digits = i;
    while (i < len && line[i] >= '0' && line[i] <= '9')
        i++;
    return i > digits && i < len && strchr(".)", line[i]) ? (long)i : -1;
}

/* What can be seen of the line, at most about room bytes; false when it was cut. */
static bool put_line(struct buf *out, struct slice line, size_t room)
{
    size_t start = out->len;
    bool whole = true;
    uint32_t c;
    for (size_t i = 0, n; whole && i < line.len; i += n) {
        n = read_char(line.data + i, &c);
        if (is_hidden(c))
            continue;
        whole = out->len - start + n <= room;
        if (whole)
            buf_put(out, line.data + i, n);
    }
    long at = buf_ok(out) ? marker(out->data + start, out->len - start) : -1;
    if (at >= 0 && buf_reserve(out, 1)) {
        char *here = out->data + start + at;
        memmove(here + 1, here, out->len - start - (size_t)at);
        *here = '\\';
        buf_commit(out, 1);
    }
    return whole;
}

bool markdown_quote(struct buf *out, const char *indent, const char *text, size_t max)
{
    size_t start = out->len;
    bool blank = false, any = false;
    while (*text) {
        struct slice line = take_line(&text);
        if (is_blank(line)) {
            blank = any;
            continue;
        }
        size_t overhead = (strlen(indent) + sizeof("> \n") - 1) * (blank ? 2 : 1);
        size_t used = out->len - start + overhead;
        if (used >= max)
            return false;
        if (blank) {
            buf_str(out, indent);
            buf_str(out, ">\n");
        }
        buf_str(out, indent);
        buf_str(out, "> ");
        bool whole = put_line(out, line, max - used);
        buf_char(out, '\n');
        if (!whole)
            return false;
        blank = false;
        any = true;
    }
    return true;
}
