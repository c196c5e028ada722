#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where to cut len bytes of UTF-8 so that no sequence is split. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t end = len;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    return end;
}

/* Leaves out characters that a "%.80s" has cut: first bytes with too few continuation bytes. */
static void drop_cut_characters(char *text)
{
    char *to = text;
    for (const char *p = text; *p;) {
        unsigned char c = (unsigned char)*p;
        size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        size_t len = 1;
        while (len < want && ((unsigned char)p[len] & 0xC0) == 0x80)
            len++;
        if (len == want) {
            memmove(to, p, len);
            to += len;
        }
        p += len;
    }
    *to = '\0';
}

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    if (!err)
        return false;
    err->kind = kind;
    char text[LIMIT_ERR_TEXT + 4];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (n < 0)
        text[0] = '\0';
    drop_cut_characters(text);
    size_t len = strlen(text);
    if (len >= sizeof(err->text))
        len = whole_characters(text, sizeof(err->text) - 1);
    memcpy(err->text, text, len);
    err->text[len] = '\0';
    return false;
}
