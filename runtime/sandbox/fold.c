#include "sandbox/fold.h"

#include <stdint.h>
#include <string.h>

/* Base letters of U+00C0..U+017F; '?' stands for what has several letters or none, see below. */
static const char base[] = "aaaaaa?ceeeeiiii?nooooo??uuuuy??aaaaaa?ceeeeiiii?nooooo??uuuuy?y"
                           "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkklllllll"
                           "lllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t decode(const unsigned char **p)
{
    const unsigned char *s = *p;
    uint32_t cp = *s++;
    int more = cp >= 0xf0 ? 3 : cp >= 0xe0 ? 2 : cp >= 0xc0 ? 1 : 0;
    if (more)
        cp &= 0x3fu >> more;
    for (; more && (*s & 0xc0) == 0x80; more--)
        cp = cp << 6 | (*s++ & 0x3f);
    *p = s;
    return cp;
}

static char *encode(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        *out++ = (char)cp;
    } else if (cp < 0x800) {
        *out++ = (char)(0xc0 | cp >> 6);
        *out++ = (char)(0x80 | (cp & 0x3f));
    } else if (cp < 0x10000) {
        *out++ = (char)(0xe0 | cp >> 12);
        *out++ = (char)(0x80 | (cp >> 6 & 0x3f));
        *out++ = (char)(0x80 | (cp & 0x3f));
    } else {
        *out++ = (char)(0xf0 | cp >> 18);
        *out++ = (char)(0x80 | (cp >> 12 & 0x3f));
        *out++ = (char)(0x80 | (cp >> 6 & 0x3f));
        *out++ = (char)(0x80 | (cp & 0x3f));
    }
    return out;
}

/* Letters that one base letter can't stand for. */
static const char *spelled(uint32_t cp)
{
    switch (cp) {
    case 0xc6:
    case 0xe6:
        return "ae";
    case 0xd0:
    case 0xf0:
        return "d";
    case 0xde:
    case 0xfe:
        return "th";
    case 0xdf:
        return "ss";
    case 0xd8:
    case 0xf8:
        return "o";
    case 0x132:
    case 0x133:
        return "ij";
    case 0x152:
    case 0x153:
        return "oe";
    default:
        return NULL;
    }
}

static uint32_t lower(uint32_t cp)
{
    if ((cp >= 'A' && cp <= 'Z') || (cp >= 0x391 && cp <= 0x3a9) || (cp >= 0x410 && cp <= 0x42f))
        return cp + 32;
    if (cp >= 0x400 && cp <= 0x40f)
        return cp + 80;
    return cp;
}

void sb_fold(const char *text, char *out)
{
    const unsigned char *p = (const unsigned char *)text;
    char *start = out;
    while (*p) {
        uint32_t cp = decode(&p);
        if (cp >= 0x300 && cp <= 0x36f)
            continue; /* combining accents */
        const char *letters = spelled(cp);
        if (letters) {
            while (*letters)
                *out++ = *letters++;
            continue;
        }
        if (cp >= 0xc0 && cp < 0xc0 + sizeof(base) - 1 && cp != 0xd7 && cp != 0xf7)
            cp = (unsigned char)base[cp - 0xc0];
        cp = lower(cp);
        bool word = (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') || cp >= 0x250;
        if (word)
            out = encode(out, cp);
        else if (out > start && out[-1] != ' ')
            *out++ = ' ';
    }
    if (out > start && out[-1] == ' ')
        out--;
    *out = '\0';
}

static bool begins_word(const char *text, const char *word, size_t len)
{
    for (const char *p = text; p; p = strchr(p, ' ')) {
        p += *p == ' ';
        if (strncmp(p, word, len) == 0)
            return true;
    }
    return false;
}

bool sb_fold_has_words(const char *text, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        if (!begins_word(text, words, len))
            return false;
        words += len;
        words += strspn(words, " ");
    }
    return true;
}

int sb_fold_rank(const char *name, const char *query)
{
    size_t len = strlen(query);
    if (strncmp(name, query, len) == 0)
        return 0;
    if (begins_word(name, query, len))
        return 1;
    if (strstr(name, query))
        return 2;
    return sb_fold_has_words(name, query) ? 2 : -1;
}
