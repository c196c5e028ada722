#include "base/buf.h"

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

/* How many bytes more than itself a byte takes in a JSON string. */
static const unsigned char json_extra[256] = {
    [0 ... 7] = 5,     [8 ... 10] = 1, [11] = 5,   [12 ... 13] = 1,
    [14 ... 0x1f] = 5, ['"'] = 1,      ['\\'] = 1,
};

void buf_json_escaped(struct buf *b, struct slice text)
{
    static const char hex[] = "0123456789abcdef";
    static const char letter[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
                                   ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\' };
    size_t need = text.len;
    for (size_t i = 0; i < text.len; i++)
        need += json_extra[(unsigned char)text.data[i]];
    char *to = buf_reserve(b, need);
    if (!to || !need)
        return;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        unsigned extra = json_extra[c];
        if (!extra) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '\\';
        if (extra == 1) {
            *to++ = letter[c];
            continue;
        }
        memcpy(to, (char[]){ 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 5);
        to += 5;
    }
    b->len += need;
}

void buf_json_string(struct buf *b, struct slice text)
{
    buf_char(b, '"');
    buf_json_escaped(b, text);
    buf_char(b, '"');
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void buf_url_encoded(struct buf *b, struct slice text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (is_unreserved(c))
            buf_char(b, (char)c);
        else
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
