#include "base/arena.h"

#include "base/piece.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT (_Alignof(max_align_t))

struct chunk {
    struct chunk *next;
    size_t size;
    size_t used;
    _Alignas(max_align_t) char data[];
};

/* Enough for most calls, and a size that pieces have (piece.h). */
#define FIRST_CHUNK ((10u << 10) - sizeof(struct chunk))

struct arena {
    struct chunk *head; /* the one being filled */
    struct chunk *first;
    size_t cap;
    size_t reserved; /* bytes of all chunks */
    size_t used;
    bool failed;
};

static struct chunk *chunk_new(size_t size)
{
    struct chunk *c = piece_alloc(sizeof(*c) + size);
    if (!c)
        return NULL;
    *c = (struct chunk){ .size = size };
    return c;
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = piece_alloc(sizeof(*a));
    if (a)
        *a = (struct arena){ .cap = cap };
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct chunk *c = a->head; c;) {
        struct chunk *next = c->next;
        piece_free(c);
        c = next;
    }
    piece_free(a);
}

void arena_reset(struct arena *a)
{
    for (struct chunk *c = a->head; c;) {
        struct chunk *next = c->next;
        if (c != a->first)
            piece_free(c);
        c = next;
    }
    a->head = a->first;
    a->reserved = 0;
    if (a->first) {
        a->first->next = NULL;
        a->first->used = 0;
        a->reserved = a->first->size;
    }
    a->used = 0;
    a->failed = false;
}

static void *refuse(struct arena *a)
{
    a->failed = true;
    return NULL;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > a->cap)
        return refuse(a);
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    struct chunk *c = a->head;
    if (!c || c->size - c->used < size) {
        size_t want = c ? c->size * 2 : FIRST_CHUNK;
        if (want < size)
            want = size;
        if (want > a->cap - a->reserved)
            want = a->cap - a->reserved;
        if (want < size)
            return refuse(a);
        c = chunk_new(want);
        if (!c)
            return refuse(a);
        c->next = a->head;
        a->head = c;
        if (!a->first)
            a->first = c;
        a->reserved += want;
    }
    void *p = c->data + c->used;
    c->used += size;
    a->used += size;
    return p;
}

void *arena_zalloc(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return refuse(a);
    void *p = arena_alloc(a, bytes);
    if (p)
        memset(p, 0, bytes);
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *p = len < SIZE_MAX ? arena_alloc(a, len + 1) : refuse(a);
    if (!p)
        return NULL;
    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = len < 0 ? refuse(a) : arena_alloc(a, (size_t)len + 1);
    if (p)
        vsnprintf(p, (size_t)len + 1, fmt, again);
    va_end(again);
    return p;
}

bool arena_failed(const struct arena *a)
{
    return a->failed;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

struct arena_pool {
    size_t cap;
    size_t keep;
    size_t count;
    struct arena *kept[];
};

struct arena_pool *arena_pool_new(size_t arena_cap, size_t keep)
{
    struct arena_pool *p = malloc(sizeof(*p) + keep * sizeof(p->kept[0]));
    if (p)
        *p = (struct arena_pool){ .cap = arena_cap, .keep = keep };
    return p;
}

void arena_pool_free(struct arena_pool *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++)
        arena_free(p->kept[i]);
    free(p);
}

struct arena *arena_pool_take(struct arena_pool *p)
{
    return p->count ? p->kept[--p->count] : arena_new(p->cap);
}

void arena_pool_put(struct arena_pool *p, struct arena *a)
{
    if (!a)
        return;
    if (p->count == p->keep) {
        arena_free(a);
        return;
    }
    arena_reset(a);
    p->kept[p->count++] = a;
}
