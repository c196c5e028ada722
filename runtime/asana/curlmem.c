#include "asana/curlmem.h"

#include "base/limits.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Pieces come in classes, four to a doubling; larger ones are not kept. */
enum { LEAST_LOG = 5, MOST_LOG = 15, CLASSES = (MOST_LOG - LEAST_LOG) * 4 };

struct piece {
    size_t size;                        /* asked for */
    size_t room;                        /* there */
    _Alignas(max_align_t) char bytes[]; /* while it is kept: a pointer to the next */
};

static _Thread_local struct {
    struct piece *kept[CLASSES];
    size_t bytes;
    bool known; /* to on_thread_end() */
} pool;

static pthread_key_t thread_end; /* written once, before threads */

/* The class of a size, CLASSES when it has none; room becomes what all pieces of it have. */
static unsigned class_of(size_t size, size_t *room)
{
    size_t last = (size ? size - 1 : 0) | (size_t)1 << LEAST_LOG;
    unsigned log = 63 - (unsigned)__builtin_clzll(last);
    *room = size;
    if (log >= MOST_LOG)
        return CLASSES;
    size_t quarter = last >> (log - 2);
    *room = (quarter + 1) << (log - 2);
    return (log - LEAST_LOG) * 4 + (quarter & 3);
}

static struct piece *next_of(const struct piece *p)
{
    struct piece *next;
    memcpy(&next, p->bytes, sizeof(next));
    return next;
}

static struct piece *piece_of(void *bytes)
{
    return (struct piece *)((char *)bytes - offsetof(struct piece, bytes));
}

static void on_thread_end(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < CLASSES; i++) {
        while (pool.kept[i]) {
            struct piece *p = pool.kept[i];
            pool.kept[i] = next_of(p);
            free(p);
        }
    }
    pool.bytes = 0;
    pool.known = false;
}

bool curlmem_init(void)
{
    return pthread_key_create(&thread_end, on_thread_end) == 0;
}

void *curlmem_malloc(size_t size)
{
    size_t room;
    unsigned class = class_of(size, &room);
    struct piece *p = class < CLASSES ? pool.kept[class] : NULL;
    if (p) {
        pool.kept[class] = next_of(p);
        pool.bytes -= room;
    } else if (size > SIZE_MAX / 2 || !(p = malloc(sizeof(*p) + room))) {
        return NULL;
    }
    p->size = size;
    p->room = room;
    return p->bytes;
}

/* True when it has been kept. */
static bool keep(struct piece *p)
{
    size_t room;
    unsigned class = class_of(p->room, &room);
    if (class == CLASSES || room > LIMIT_CURL_KEPT - pool.bytes)
        return false;
    if (!pool.known) /* any value but NULL has the destructor called */
        pool.known = pthread_setspecific(thread_end, &pool) == 0;
    if (!pool.known)
        return false;
    memcpy(p->bytes, &pool.kept[class], sizeof(struct piece *));
    pool.kept[class] = p;
    pool.bytes += room;
    return true;
}

void curlmem_free(void *bytes)
{
    if (!bytes)
        return;
    struct piece *p = piece_of(bytes);
    explicit_bzero(bytes, p->size);
    if (!keep(p))
        free(p);
}

void *curlmem_calloc(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    void *p = curlmem_malloc(bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

/* realloc() might leave the old bytes behind when it moves them. */
void *curlmem_realloc(void *bytes, size_t size)
{
    struct piece *p = bytes ? piece_of(bytes) : NULL;
    if (p && size <= p->room) {
        if (size < p->size)
            explicit_bzero(p->bytes + size, p->size - size);
        p->size = size;
        return bytes;
    }
    void *moved = curlmem_malloc(size);
    if (!moved)
        return NULL;
    if (p)
        memcpy(moved, bytes, p->size);
    curlmem_free(bytes);
    return moved;
}

char *curlmem_strdup(const char *text)
{
    size_t len = strlen(text) + 1;
    char *copy = curlmem_malloc(len);
    return copy ? memcpy(copy, text, len) : NULL;
}
