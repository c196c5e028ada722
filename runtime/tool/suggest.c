#include "tool/suggest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Longer names than any that exists are only compared by their beginning. */
enum { MAX_NAME = 64, MAX_WORDS = 16 };
/* Scores: below WORDS a distance in letters, from WORDS on a number of words that differ. */
enum { SURE = 1, WORDS = 10, NONE = 255 };

struct name {
    char text[MAX_NAME + 1]; /* lower-case words joined by '_' */
    size_t len;
    bool cut;
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "projectId", "Project-ID" and "project id" all become "project_id". */
static void name_init(struct name *n, const char *s)
{
    n->len = 0;
    n->cut = false;
    for (size_t i = 0; s[i]; i++) {
        bool starts = is_upper(s[i]) && i > 0 && is_word(s[i - 1]) && !is_upper(s[i - 1]);
        if ((starts || !is_word(s[i])) && n->len > 0 && n->text[n->len - 1] != '_' &&
            n->len < MAX_NAME)
            n->text[n->len++] = '_';
        if (!is_word(s[i]))
            continue;
        if (n->len == MAX_NAME) {
            n->cut = true;
            break;
        }
        n->text[n->len++] = (char)(is_upper(s[i]) ? s[i] + ('a' - 'A') : s[i]);
    }
    while (n->len > 0 && n->text[n->len - 1] == '_')
        n->len--;
    n->text[n->len] = '\0';
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
static unsigned distance(const struct name *a, const struct name *b)
{
    uint8_t rows[3][MAX_NAME + 1];
    uint8_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b->len; j++)
        last[j] = (uint8_t)j;
    for (size_t i = 1; i <= a->len; i++) {
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b->len; j++) {
            unsigned differs = a->text[i - 1] != b->text[j - 1];
            unsigned d = least(least(last[j] + 1u, row[j - 1] + 1u), last[j - 1] + differs);
            if (i > 1 && j > 1 && a->text[i - 1] == b->text[j - 2] &&
                a->text[i - 2] == b->text[j - 1])
                d = least(d, before[j - 2] + 1u);
            row[j] = (uint8_t)d;
        }
        uint8_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b->len];
}

struct word {
    const char *text;
    size_t len;
};

/* What other programs call what Asana calls by the second word; without the s of a plural. */
static const struct {
    const char *elsewhere, *here;
} synonyms[] = {
    { "description", "note" }, { "title", "name" },     { "comment", "text" },
    { "message", "text" },     { "query", "text" },     { "owner", "assignee" },
    { "list", "section" },     { "column", "section" },
};

static bool word_is(struct word w, const char *text)
{
    return strlen(text) == w.len && memcmp(text, w.text, w.len) == 0;
}

static struct word own_word(struct word w)
{
    for (size_t i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++) {
        if (word_is(w, synonyms[i].elsewhere))
            return (struct word){ synonyms[i].here, strlen(synonyms[i].here) };
    }
    return w;
}

static bool same_word(struct word a, struct word b)
{
    struct word own_a = own_word(a), own_b = own_word(b);
    return own_a.len == own_b.len && memcmp(own_a.text, own_b.text, own_a.len) == 0;
}

/* The words that tell something: not "id", "on" or "any", and without the s of a plural. */
static size_t words_of(const struct name *n, struct word out[MAX_WORDS])
{
    static const char *const dull[] = { "gid", "ids", "gids", "any", "not", "all", "the" };
    size_t count = 0;
    for (size_t i = 0; i < n->len && count < MAX_WORDS;) {
        struct word w = { n->text + i, strcspn(n->text + i, "_") };
        i += w.len + 1;
        bool tells = w.len > 2;
        for (size_t d = 0; tells && d < sizeof(dull) / sizeof(*dull); d++)
            tells = !word_is(w, dull[d]);
        if (!tells)
            continue;
        w.len -= w.text[w.len - 1] == 's';
        out[count++] = w;
    }
    return count;
}

static unsigned words_apart(const struct name *a, const struct name *b)
{
    struct word wa[MAX_WORDS], wb[MAX_WORDS];
    size_t na = words_of(a, wa), nb = words_of(b, wb), shared = 0;
    for (size_t i = 0; i < na; i++) {
        for (size_t j = 0; j < nb; j++) {
            if (same_word(wa[i], wb[j])) {
                shared++;
                break;
            }
        }
    }
    if (shared == 0 || shared * 2 < na || na + nb < shared * 2)
        return NONE;
    return (unsigned)(na + nb - shared * 2);
}

static unsigned score(const struct name *given, const struct name *known)
{
    size_t longer = given->len > known->len ? given->len : known->len;
    size_t slips = longer / 3 > 4 ? 4 : longer / 3;
    if (!given->cut && given->len > 1 && known->len > 1) {
        unsigned d = distance(given, known);
        if (d <= slips)
            return d;
    }
    unsigned apart = words_apart(given, known);
    return apart == NONE ? NONE : WORDS + apart;
}

size_t suggest_names(const char *given, const char *const *known, size_t count,
                     size_t out[SUGGEST_MAX])
{
    struct name g, k;
    unsigned best[SUGGEST_MAX];
    size_t found = 0;
    name_init(&g, given);
    for (size_t i = 0; i < count; i++) {
        name_init(&k, known[i]);
        unsigned s = score(&g, &k);
        size_t at = found;
        while (at > 0 && s < best[at - 1])
            at--;
        if (s == NONE || at == SUGGEST_MAX)
            continue;
        if (found < SUGGEST_MAX)
            found++;
        memmove(best + at + 1, best + at, (found - at - 1) * sizeof(*best));
        memmove(out + at + 1, out + at, (found - at - 1) * sizeof(*out));
        best[at] = s;
        out[at] = i;
    }
    if (found > 1 && best[0] <= SURE && best[1] > best[0])
        return 1;
    return found;
}
