#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void text_reserve(struct text *t, size_t len)
{
    if (t->len + len <= t->cap)
        return;
    size_t cap = t->cap ? t->cap : 256;
    while (cap < t->len + len)
        cap *= 2;
    t->at = realloc(t->at, cap);
    if (!t->at)
        fail("out of memory");
    t->cap = cap;
}

void text_add(struct text *t, const char *at, size_t len)
{
    if (!len)
        return;
    text_reserve(t, len);
    memcpy(t->at + t->len, at, len);
    t->len += len;
}

void text_print(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        fail("not printable");
    text_reserve(t, (size_t)len + 1);
    vsnprintf(t->at + t->len, (size_t)len + 1, format, again);
    t->len += (size_t)len;
    va_end(again);
    va_end(args);
}

void text_drop(struct text *t, size_t len)
{
    t->len -= len;
    if (t->len)
        memmove(t->at, t->at + len, t->len);
}

void text_done(struct text *t)
{
    free(t->at);
    *t = (struct text){ 0 };
}

static void places_find(struct places *p, const struct text *text, const char *mark)
{
    const char *end = text->at + text->len;
    const char *at = text->at;
    p->width = strlen(mark);
    while ((at = memmem(at, (size_t)(end - at), mark, p->width))) {
        p->at = reallocarray(p->at, p->count + 1, sizeof(*p->at));
        if (!p->at)
            fail("out of memory");
        p->at[p->count++] = (size_t)(at - text->at);
        at += p->width;
    }
    if (!p->count)
        fail("%s does not stand in a text that is to hold it", mark);
}

static void places_put(const struct places *p, struct text *text, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%0*lu", (int)p->width, number);
    for (size_t i = 0; i < p->count; i++)
        memcpy(text->at + p->at[i], digits, p->width);
}

void template_read(struct template *t, const char *path, const char *id, const char *gid)
{
    char chunk[4096];
    size_t n;
    FILE *f = fopen(path, "re");
    if (!f)
        fail("%s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        text_add(&t->text, chunk, n);
    fclose(f);
    if (id)
        places_find(&t->id, &t->text, id);
    if (gid)
        places_find(&t->gid, &t->text, gid);
}

void template_fill(struct template *t, uint64_t id, uint64_t gid)
{
    places_put(&t->id, &t->text, id);
    places_put(&t->gid, &t->text, gid);
}
