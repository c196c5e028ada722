#include "sandbox/fields.h"

#include <string.h>

/* Bounds for one request: names in all, and how deep paths go. */
#define OPT_NAMES 2000
#define OPT_DEPTH 12

struct parser {
    struct arena *arena;
    const char *at;
    const char *bad;
    size_t names;
};

const struct sb_opt *sb_opt_find(const struct sb_opt *roots, const char *name)
{
    for (; roots; roots = roots->next)
        if (strcmp(roots->name, name) == 0)
            return roots;
    return NULL;
}

static struct sb_opt **child(struct parser *p, struct sb_opt **roots, const char *name, size_t len)
{
    for (; *roots; roots = &(*roots)->next)
        if (strlen((*roots)->name) == len && memcmp((*roots)->name, name, len) == 0)
            return &(*roots)->children;
    struct sb_opt *node = arena_zalloc(p->arena, 1, sizeof(*node));
    if (!node || ++p->names > OPT_NAMES) {
        p->bad = "too many fields";
        return NULL;
    }
    node->name = arena_strndup(p->arena, name, len);
    if (!node->name) {
        p->bad = "out of memory";
        return NULL;
    }
    *roots = node;
    return &node->children;
}

static bool name_char(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
           ch == '_';
}

static void path(struct parser *p, struct sb_opt **roots, int depth, bool first);

/* "(a|b.c).d": each alternative is parsed with the rest of the path behind it. */
static void group(struct parser *p, struct sb_opt **roots, int depth)
{
    const char *open = p->at;
    const char *close = open;
    int level = 0;
    for (; *close; close++) {
        level += *close == '(';
        level -= *close == ')';
        if (!level)
            break;
    }
    if (!*close) {
        p->bad = "\"(\" without \")\"";
        return;
    }
    const char *rest = close + 1;
    if (name_char(*rest) || *rest == '(') {
        p->bad = "a \".\" is missing behind \")\"";
        return;
    }
    const char *rest_end = rest;
    level = 0;
    for (; *rest_end && (level > 0 || (*rest_end != ',' && *rest_end != '|' && *rest_end != ')'));
         rest_end++) {
        level += *rest_end == '(';
        level -= *rest_end == ')';
    }
    const char *from = open + 1;
    level = 0;
    for (const char *to = from; to <= close && !p->bad; to++) {
        bool ends = to == close || (level == 0 && *to == '|');
        level += *to == '(';
        level -= *to == ')';
        if (!ends)
            continue;
        char *whole = arena_printf(p->arena, "%.*s%.*s", (int)(to - from), from,
                                   (int)(rest_end - rest), rest);
        if (!whole) {
            p->bad = "out of memory";
            return;
        }
        struct parser inner = { p->arena, whole, NULL, p->names };
        path(&inner, roots, depth + 1, false);
        p->names = inner.names;
        p->bad = inner.bad ? inner.bad : *inner.at ? "text behind a path" : NULL;
        from = to + 1;
    }
    p->at = rest_end;
}

static void path(struct parser *p, struct sb_opt **roots, int depth, bool first)
{
    if (depth > OPT_DEPTH) {
        p->bad = "paths too deep";
        return;
    }
    if (*p->at == '(') {
        group(p, roots, depth);
        return;
    }
    const char *name = p->at;
    while (name_char(*p->at))
        p->at++;
    size_t len = (size_t)(p->at - name);
    if (len == 0) {
        p->bad = "a name is missing";
        return;
    }
    if (first && len == 4 && memcmp(name, "this", 4) == 0 && *p->at == '.') {
        p->at++;
        path(p, roots, depth + 1, false);
        return;
    }
    struct sb_opt **below = child(p, roots, name, len);
    if (below && *p->at == '.') {
        p->at++;
        path(p, below, depth + 1, false);
    }
}

struct sb_opt *sb_opt_parse(struct arena *a, const char *text, const char **bad)
{
    struct parser p = { .arena = a, .at = text };
    struct sb_opt *roots = NULL;
    for (;;) {
        p.at += strspn(p.at, " ,\t\n");
        if (!*p.at || p.bad)
            break;
        path(&p, &roots, 0, true);
        p.at += strspn(p.at, " \t\n");
        if (!p.bad && *p.at && *p.at != ',')
            p.bad = "a character that belongs to no path";
    }
    *bad = p.bad;
    return p.bad ? NULL : roots;
}
