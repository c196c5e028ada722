#include "mcp/completion_match.h"

#include <stdint.h>

/* Base letters of U+00C0..U+017F; '?' for what has none or several. */
static const char bases[] = "aaaaaa?ceeeeiiii?nooooo?ouuuuy??aaaaaa?ceeeeiiii?nooooo?ouuuuy?y"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkklllllll"
                            "lllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* The character at *at, which is UTF-8, as names are compared; *at moves behind it. */
static uint32_t next_folded(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    uint32_t c = *s++;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    if (more)
        c &= 0x3fu >> more;
    for (; more && *s >> 6 == 2; more--)
        c = c << 6 | (*s++ & 0x3fu);
    *at = (const char *)s;
    if (c >= 0xc0 && c < 0xc0 + sizeof(bases) - 1 && bases[c - 0xc0] != '?')
        return (unsigned char)bases[c - 0xc0];
    if ((c >= 'A' && c <= 'Z') || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f) ||
        c == 0xc6 || c == 0xde)
        return c + 0x20;
    return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

/* Does text begin with the len bytes of word? */
static bool begins(const char *text, const char *word, const char *end)
{
    while (word < end)
        if (!*text || next_folded(&text) != next_folded(&word))
            return false;
    return true;
}

static bool has(const char *text, const char *word, const char *end)
{
    for (; *text; next_folded(&text))
        if (begins(text, word, end))
            return true;
    return false;
}

bool completion_fits(const char *name, const char *typed)
{
    for (const char *end = typed; *typed; typed = end) {
        while (*typed == ' ')
            typed++;
        for (end = typed; *end && *end != ' ';)
            end++;
        if (end > typed && !has(name, typed, end))
            return false;
    }
    return true;
}

bool completion_same(const char *name, const char *typed)
{
    while (*name && *typed)
        if (next_folded(&name) != next_folded(&typed))
            return false;
    return *name == *typed;
}
