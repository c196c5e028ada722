#include "base/turns.h"

#include <search.h>
#include <stdlib.h>

struct turns_line {
    uint64_t key; /* first: the tree compares it */
    size_t count;
    TAILQ_HEAD(turns_waiting, turn) waiting; /* never empty */
    TAILQ_ENTRY(turns_line) link;
};

struct turns {
    void *by_key;
    size_t count;
    TAILQ_HEAD(turns_lines, turns_line) lines; /* in the order of their turns */
};

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

struct turns *turns_new(void)
{
    struct turns *t = calloc(1, sizeof(*t));
    if (t)
        TAILQ_INIT(&t->lines);
    return t;
}

void turns_free(struct turns *t)
{
    struct turn *w;
    while (t && (w = turns_first(t)))
        turns_leave(t, w);
    free(t);
}

/* A line that is new waits for all others. */
static struct turns_line *line_of(struct turns *t, uint64_t key)
{
    struct turns_line *const *found = tfind(&key, &t->by_key, compare);
    if (found)
        return *found;
    struct turns_line *line = malloc(sizeof(*line));
    if (!line)
        return NULL;
    line->key = key;
    line->count = 0;
    TAILQ_INIT(&line->waiting);
    if (!tsearch(line, &t->by_key, compare)) {
        free(line);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&t->lines, line, link);
    return line;
}

bool turns_add(struct turns *t, uint64_t key, struct turn *w)
{
    struct turns_line *line = line_of(t, key);
    if (!line)
        return false;
    w->line = line;
    TAILQ_INSERT_TAIL(&line->waiting, w, link);
    line->count++;
    t->count++;
    return true;
}

struct turn *turns_first(const struct turns *t)
{
    const struct turns_line *line = TAILQ_FIRST(&t->lines);
    return line ? TAILQ_FIRST(&line->waiting) : NULL;
}

struct turn *turns_after(const struct turn *w)
{
    const struct turns_line *next = TAILQ_NEXT(w->line, link);
    return next ? TAILQ_FIRST(&next->waiting) : NULL;
}

void turns_leave(struct turns *t, struct turn *w)
{
    struct turns_line *line = w->line;
    if (!line)
        return;
    w->line = NULL;
    TAILQ_REMOVE(&line->waiting, w, link);
    t->count--;
    if (--line->count)
        return;
    tdelete(line, &t->by_key, compare);
    TAILQ_REMOVE(&t->lines, line, link);
    free(line);
}

void turns_serve(struct turns *t, struct turn *w)
{
    struct turns_line *line = w->line;
    TAILQ_REMOVE(&t->lines, line, link);
    TAILQ_INSERT_TAIL(&t->lines, line, link);
    turns_leave(t, w);
}

size_t turns_count(const struct turns *t)
{
    return t->count;
}

size_t turns_beside(const struct turn *w)
{
    return w->line->count;
}

struct turn *turns_last_of_most(const struct turns *t)
{
    const struct turns_line *line, *most = NULL;
    TAILQ_FOREACH (line, &t->lines, link)
        if (!most || line->count >= most->count)
            most = line;
    return most ? TAILQ_LAST(&most->waiting, turns_waiting) : NULL;
}
