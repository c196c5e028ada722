#include "base/buf.h"

#include "base/piece.h"
#include "base/plain.h"

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
    piece_free(b->data);
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
    char *data = piece_resize(b->data, cap ? cap : 1);
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
    char text[20]; /* of INT64_MIN */
    char *end = text + sizeof(text), *p = end;
    uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do
        *--p = (char)('0' + left % 10);
    while (left /= 10);
    if (v < 0)
        *--p = '-';
    buf_put(b, p, (size_t)(end - p));
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
static inline char *put_escape(char *to, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letter[] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', [' ' - 1] = '\0'
    };
    *to++ = '\\';
    char name = c < ' ' ? letter[c] : (char)c; /* quotes and backslashes name themselves */
    if (name) {
        *to++ = name;
        return to;
    }
    memcpy(to, (char[]){ 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 5);
    return to + 5;
}

/* Most runs between two stops are short: sixteen bytes are copied whatever they have. Returns the
 * end of the run. */
static inline char *put_run(char *to, const char *p, size_t len)
{
    memcpy(to, p, 16);
    for (size_t n = 16; n < len; n += 16)
        memcpy(to + n, p + n, 16);
    return to + len;
}

/* Writes a block and what its stops take; to has room for the worst. A quote or a backslash begins
 * the run behind its escape. p has sixteen more bytes behind the block. */
static char *put_block(char *to, const char *p)
{
    const char *from = p;
    for (uint64_t stops = plain_stops(p); stops; stops &= stops - 1) {
        const char *at = p + (unsigned)__builtin_ctzll(stops);
        to = put_run(to, from, (size_t)(at - from));
        from = at;
        if ((unsigned char)*at >= ' ')
            *to++ = '\\';
        else
            to = put_escape(to, (unsigned char)*from++);
    }
    return put_run(to, from, (size_t)(p + PLAIN_BLOCK - from));
}

/* Near the ceiling, where the worst of a block would not fit. */
static void put_bytes_escaped(struct buf *b, const char *p, const char *end)
{
    for (; p < end; p++) {
        char escape[ESCAPE_MAX];
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\' || c < ' ')
            buf_put(b, escape, (size_t)(put_escape(escape, c) - escape));
        else
            buf_char(b, *p);
    }
}

void buf_json_escaped(struct buf *b, struct slice text)
{
    enum { WORST = PLAIN_BLOCK * ESCAPE_MAX + 16 };
    const char *p = text.data, *end = p + text.len;
    while (p < end) {
        char *to = b->max - b->len < WORST ? NULL : buf_reserve(b, WORST);
        if (!to) {
            put_bytes_escaped(b, p, end);
            return;
        }
        const char *room = b->data + b->cap - WORST;
        for (; end - p >= PLAIN_BLOCK + 16 && to <= room; p += PLAIN_BLOCK)
            to = put_block(to, p);
        if (to <= room) { /* the last bytes, in a block filled with what takes one byte each */
            size_t left = (size_t)(end - p) < PLAIN_BLOCK ? (size_t)(end - p) : PLAIN_BLOCK;
            char last[PLAIN_BLOCK + 16];
            memset(last, ' ', sizeof(last));
            memcpy(last, p, left);
            to = put_block(to, last) - (PLAIN_BLOCK - left);
            p += left;
        }
        b->len = (size_t)(to - b->data);
    }
}

void buf_json_string(struct buf *b, struct slice text)
{
    buf_char(b, '"');
    buf_json_escaped(b, text);
    buf_char(b, '"');
}

void buf_json_member(struct buf *b, const char *name)
{
    if (!b->len)
        buf_char(b, '{');
    else if (b->data[b->len - 1] != '{')
        buf_char(b, ',');
    buf_json_string(b, slice_of(name));
    buf_char(b, ':');
}

void buf_json_text(struct buf *b, const char *name, const char *text)
{
    if (!text)
        return;
    buf_json_member(b, name);
    buf_json_string(b, slice_of(text));
}

void buf_json_int(struct buf *b, const char *name, int64_t v)
{
    buf_json_member(b, name);
    buf_int(b, v);
}

void buf_json_bool(struct buf *b, const char *name, bool v)
{
    buf_json_member(b, name);
    buf_str(b, v ? "true" : "false");
}

static const bool unreserved[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['-'] = true,
    ['.'] = true,         ['_'] = true,         ['~'] = true,
};

/* How many of sixteen bytes are unreserved, or the one that stays, before the first that is not. */
static size_t plain_in_url(const char *p, unsigned char stays)
{
    plain_bytes c = plain_load(p);
    plain_bytes all = (plain_bytes)(((c | 0x20) - 'a' < 26) | (c - '0' < 10) | (c - '-' < 2) |
                                    (c == '_') | (c == '~') | (c == stays));
    return (size_t)__builtin_ctzll(~plain_bits(all));
}

static size_t stays_in_url(const char *p, const char *end, unsigned char stays)
{
    const char *start = p;
    size_t plain = 16;
    while (end - p >= 16 && plain == 16)
        p += plain = plain_in_url(p, stays);
    while (p < end && (unreserved[(unsigned char)*p] || (unsigned char)*p == stays))
        p++;
    return (size_t)(p - start);
}

/* All but unreserved characters, and one more that may stay. */
static void url_encode(struct buf *b, struct slice text, unsigned char stays)
{
    static const char hex[] = "0123456789ABCDEF";
    const char *p = text.data, *end = p + text.len;
    for (;;) {
        size_t plain = stays_in_url(p, end, stays);
        buf_put(b, p, plain);
        p += plain;
        if (p == end)
            return;
        unsigned char c = (unsigned char)*p++;
        buf_put(b, (char[]){ '%', hex[c >> 4], hex[c & 15] }, 3);
    }
}

void buf_url_encoded(struct buf *b, struct slice text)
{
    url_encode(b, text, '-');
}

void buf_url_encoded_list(struct buf *b, struct slice text)
{
    url_encode(b, text, ',');
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
