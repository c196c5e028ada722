#include "cli/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The code point that begins at s; malformed bytes count as one character each. */
static uint32_t decode(const char *s, size_t len, size_t *used)
{
    unsigned char lead = (unsigned char)s[0];
    size_t n = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? lead : lead & (0x7fu >> n);
    *used = 1;
    if (n > len)
        return lead;
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return lead;
        c = c << 6 | ((unsigned char)s[i] & 0x3f);
    }
    *used = n;
    return c;
}

/* Terminals draw East Asian characters and pictographs two columns wide, and accents over the
 * character before them (the large ranges of Unicode's EastAsianWidth.txt). */
static size_t width(uint32_t c)
{
    static const uint32_t wide[][2] = {
        { 0x1100, 0x115f },   { 0x2e80, 0xa4cf },   { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
        { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
        { 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
    };
    if (c >= 0x300 && c <= 0x36f)
        return 0;
    for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
        if (c >= wide[i][0] && c <= wide[i][1])
            return 2;
    return 1;
}

size_t text_columns(struct slice text)
{
    size_t columns = 0;
    size_t used;
    for (size_t i = 0; i < text.len; i += used)
        columns += width(decode(text.data + i, text.len - i, &used));
    return columns;
}

void text_wrap(FILE *out, const char *text, size_t at, size_t indent)
{
    size_t column = at;
    bool begins = true; /* nothing of the text stands on this line yet */
    while (*text) {
        size_t len = strcspn(text, " \n");
        size_t word = text_columns((struct slice){ text, len });
        if (!begins && column + 1 + word > TEXT_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            begins = true;
        }
        if (!begins) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, len, out);
        column += word;
        begins = false;
        text += len;
        if (*text == '\n') {
            if (text[1])
                fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            begins = true;
        }
        text += *text ? 1 : 0;
    }
    fputc('\n', out);
}

void text_pad(FILE *out, const char *text, size_t width)
{
    size_t columns = text_columns(slice_of(text));
    fprintf(out, "%s%*s", text, columns < width ? (int)(width - columns) : 0, "");
}

static void new_line(struct buf *out, size_t depth)
{
    buf_char(out, '\n');
    while (depth--)
        buf_str(out, "  ");
}

static size_t skip_space(struct slice text, size_t i)
{
    while (i < text.len && strchr(" \t\r\n", text.data[i]))
        i++;
    return i;
}

/* The end of the string that begins at i. */
static size_t string_end(struct slice text, size_t i)
{
    for (i++; i < text.len && text.data[i] != '"'; i++)
        if (text.data[i] == '\\')
            i++;
    return i < text.len ? i + 1 : text.len;
}

void text_json(struct buf *out, struct slice text)
{
    size_t depth = 0;
    for (size_t i = skip_space(text, 0); i < text.len; i = skip_space(text, i)) {
        char c = text.data[i];
        if (c == '"') {
            size_t end = string_end(text, i);
            buf_put(out, text.data + i, end - i);
            i = end;
            continue;
        }
        i++;
        if (c == '{' || c == '[') {
            size_t next = skip_space(text, i);
            buf_char(out, c);
            if (next < text.len && text.data[next] == (c == '{' ? '}' : ']')) {
                buf_char(out, text.data[next]);
                i = next + 1;
            } else {
                new_line(out, ++depth);
            }
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
            new_line(out, depth);
            buf_char(out, c);
        } else if (c == ',') {
            buf_char(out, c);
            new_line(out, depth);
        } else if (c == ':') {
            buf_str(out, ": ");
        } else {
            buf_char(out, c);
        }
    }
}

/* Bytes of a control character at p (C0, DEL, C1, directional formatting: U+202A to U+202E, U+2066
 * to U+2069); 0 when it is none. */
static size_t control_length(const unsigned char *p)
{
    if (*p < 0x20 || *p == 0x7f)
        return 1;
    if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0)
        return 2;
    bool turns = p[0] == 0xE2 && ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) ||
                                  (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
    return turns ? 3 : 0;
}

char *text_shown(struct arena *a, const char *text, bool line_ends)
{
    char *copy = arena_strdup(a, text);
    for (unsigned char *p = (unsigned char *)copy; p && *p; p++) {
        size_t len = line_ends && *p == '\n' ? 0 : control_length(p);
        memset(p, ' ', len);
        p += len ? len - 1 : 0;
    }
    return copy;
}

void text_time(int64_t seconds, char out[CLOCK_TEXT])
{
    clock_format(seconds * 1000, out);
    char *fraction = strchr(out, '.');
    if (fraction)
        memcpy(fraction, "Z", 2);
}
