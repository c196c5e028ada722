#include "tool/show.h"

#include <stdio.h>

/* The code point at s (valid UTF-8; anything else counts byte by byte) and its length. */
static unsigned decode(struct slice s, size_t *len)
{
    unsigned char first = (unsigned char)s.data[0];
    size_t n = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (n > s.len)
        n = 1;
    unsigned code = n == 1 ? first : first & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)s.data[i] & 0x3f);
    *len = n;
    return code;
}

/* Control characters, and those that hide or turn the text around them. */
static bool is_invisible(unsigned c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

const char *show_text(struct slice text, int chars, char *out, size_t size)
{
    char *at = out, *end = out + size;
    *at++ = '"';
    for (int shown = 0; text.len > 0; shown++) {
        if (shown == chars) {
            at += snprintf(at, (size_t)(end - at), "…");
            break;
        }
        size_t len;
        unsigned c = decode(text, &len);
        if (c == '\n')
            at += snprintf(at, (size_t)(end - at), "\\n");
        else if (c == '\t')
            at += snprintf(at, (size_t)(end - at), "\\t");
        else if (is_invisible(c))
            at += snprintf(at, (size_t)(end - at), "\\u%04x", c);
        else if (c == '"' || c == '\\')
            at += snprintf(at, (size_t)(end - at), "\\%c", (char)c);
        else
            at += snprintf(at, (size_t)(end - at), "%.*s", (int)len, text.data);
        text.data += len;
        text.len -= len;
    }
    snprintf(at, (size_t)(end - at), "\"");
    return out;
}
