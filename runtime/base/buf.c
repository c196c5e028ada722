#include "base/buf.h"

#include "base/plain.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .max = max };
}

void buf_done(struct buf *b)
{
    free(b->data);
    buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

bool buf_ok(const struct buf *b)
{
    return !b->failed;
}

struct slice buf_slice(const struct buf *b)
{
    return (struct slice){ b->data ? b->data : "", b->len };
}

char *buf_reserve(struct buf *b, size_t len)
{
    if (b->failed)
        return NULL;
    if (b->cap - b->len >= len && b->data)
        return b->data + b->len;
    if (len > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    size_t cap = b->cap ? b->cap * 2 : FIRST_CAP;
    if (cap < b->len + len)
        cap = b->len + len;
    if (cap > b->max)
        cap = b->max;
    char *data = realloc(b->data, cap ? cap : 1);
    if (!data) {
        b->failed = true;
        return NULL;
    }
    b->data = data;
    b->cap = cap;
    return data + b->len;
}

void buf_commit(struct buf *b, size_t len)
{
    b->len += len;
}

void buf_put(struct buf *b, const void *data, size_t len)
{
    char *to = buf_reserve(b, len);
    if (!to || !len)
        return;
    memcpy(to, data, len);
    b->len += len;
}

void buf_slice_put(struct buf *b, struct slice s)
{
    buf_put(b, s.data, s.len);
}

void buf_str(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_int(struct buf *b, int64_t v)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%" PRId64, v);
    buf_put(b, text, (size_t)len);
}

void buf_double(struct buf *b, double v)
{
    if (!isfinite(v)) {
        buf_str(b, "null"); /* JSON has no other word for it (RFC 8259, section 6) */
        return;
    }
    if (fabs(v) < 9007199254740992.0 && v == trunc(v)) {
        buf_int(b, (int64_t)v);
        return;
    }
    char text[40];
    int len = 0;
    for (int digits = 15; digits <= 17; digits++) {
        len = snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_put(b, text, (size_t)len);
}

#define ESCAPE_MAX 6 /* \u001f */

/* What c takes in a JSON string; returns the end. */
static char *put_escape(char *to, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letter[256] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
                                      ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\' };
    *to++ = '\\';
    if (letter[c]) {
        *to++ = letter[c];
        return to;
    }
    memcpy(to, (char[]){ 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 5);
    return to + 5;
}

/* A block is copied whole, and counts up to its first byte that needs an escape. */
void buf_json_escaped(struct buf *b, struct slice text)
{
    enum { STEP = PLAIN_BLOCK + ESCAPE_MAX };
    const char *p = text.data, *end = p + text.len;
    while (end - p >= PLAIN_BLOCK && b->max - b->len >= STEP) {
        char *to = buf_reserve(b, STEP);
        if (!to)
            return;
        char *room = b->data + b->cap - STEP;
        while (end - p >= PLAIN_BLOCK && to <= room) {
            plain_block block = plain_load(p);
            memcpy(to, &block, PLAIN_BLOCK);
            size_t n = plain_before(plain_stops(block));
            to += n;
            p += n;
            if (n < PLAIN_BLOCK)
                to = put_escape(to, (unsigned char)*p++);
        }
        b->len = (size_t)(to - b->data);
    }
    for (; p < end; p++) {
        char escape[ESCAPE_MAX];
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\' || c < ' ')
            buf_put(b, escape, (size_t)(put_escape(escape, c) - escape));
        else
            buf_char(b, *p);
    }
}

void buf_json_string(struct buf *b, struct slice text)
{
    buf_char(b, '"');
    buf_json_escaped(b, text);
    buf_char(b, '"');
}

static const bool unreserved[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['-'] = true,
    ['.'] = true,         ['_'] = true,         ['~'] = true,
};

void buf_url_encoded(struct buf *b, struct slice text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && unreserved[(unsigned char)text.data[i]])
            i++;
        buf_put(b, text.data + start, i - start);
        if (i == text.len)
            return;
        unsigned char c = (unsigned char)text.data[i++];
        buf_put(b, (char[]){ '%', hex[c >> 4], hex[c & 15] }, 3);
    }
}

void buf_html_escaped(struct buf *b, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case '&':
            buf_str(b, "&amp;");
            break;
        case '<':
            buf_str(b, "&lt;");
            break;
        case '>':
            buf_str(b, "&gt;");
            break;
        case '"':
            buf_str(b, "&quot;");
            break;
        case '\'':
            buf_str(b, "&#39;");
            break;
        default:
            buf_char(b, text.data[i]);
        }
    }
}

char *buf_take(struct buf *b, size_t *len)
{
    char *data = NULL;
    *len = 0;
    if (!b->failed && b->len) {
        data = b->data;
        *len = b->len;
        b->data = NULL;
    }
    buf_done(b);
    return data;
}
