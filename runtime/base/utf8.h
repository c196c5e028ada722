/* utf8.h: the one rule of what UTF-8 is (RFC 3629, section 4). Pure; any thread. */
#pragma once

#include "base/slice.h"

/* Bytes of the character at p, of which left are there (at least one); 0 when it is none. */
static inline size_t utf8_length(const unsigned char *p, size_t left)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    size_t len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || left < len)
        return 0;
    unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

static inline bool utf8_valid(struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    for (size_t i = 0, len; i < text.len; i += len) {
        len = utf8_length(p + i, text.len - i);
        if (!len)
            return false;
    }
    return true;
}
