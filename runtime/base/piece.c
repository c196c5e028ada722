#include "base/piece.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer is to see every use of what was given back, and of bytes that nobody asked for.
 */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#elif defined(__has_feature) /* clang's */
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED false
#endif

/* Pieces come in classes, four to a doubling; larger ones are not kept. */
enum { LEAST_LOG = 5, MOST_LOG = 15, CLASSES = (MOST_LOG - LEAST_LOG) * 4 };

struct piece {
    size_t size; /* asked for */
    size_t room; /* there */
    _Alignas(max_align_t) char bytes[];
};

/* A piece while it is kept. */
struct kept {
    struct kept *next;
};

static _Thread_local struct {
    struct kept *kept[CLASSES];
    size_t bytes;
    bool known; /* to on_thread_end() */
} pool;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_end; /* these are written under once */
static bool keeps;

/* The class of a size, CLASSES when it has none; room becomes what all pieces of it have. */
static inline unsigned class_of(size_t size, size_t *room)
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

static struct piece *piece_of(const void *bytes)
{
    return (struct piece *)((const char *)bytes - offsetof(struct piece, bytes));
}

static void on_thread_end(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < CLASSES; i++) {
        while (pool.kept[i]) {
            struct kept *k = pool.kept[i];
            pool.kept[i] = k->next;
            free(piece_of(k));
        }
    }
    pool.bytes = 0;
    pool.known = false;
}

static void start(void)
{
    keeps = !SANITIZED && pthread_key_create(&thread_end, on_thread_end) == 0;
}

/* Has the thread's end announced, if that can be done. */
static bool announce(void)
{
    pthread_once(&once, start);
    if (keeps && !pool.known) /* any value but NULL does */
        pool.known = pthread_setspecific(thread_end, &pool) == 0;
    return pool.known;
}

void *piece_alloc(size_t size)
{
    size_t room;
    unsigned class = class_of(size, &room);
    struct piece *p;
    if (class < CLASSES && pool.kept[class]) {
        p = piece_of(pool.kept[class]);
        pool.kept[class] = pool.kept[class]->next;
        pool.bytes -= room;
    } else {
        room = SANITIZED ? size : room;
        if (size > SIZE_MAX / 2 || !(p = malloc(sizeof(*p) + room)))
            return NULL;
    }
    p->size = size;
    p->room = room;
    return p->bytes;
}

void *piece_zalloc(size_t size)
{
    void *p = piece_alloc(size);
    return p ? memset(p, 0, size) : NULL;
}

void piece_free(void *bytes)
{
    if (!bytes)
        return;
    struct piece *p = piece_of(bytes);
    struct kept *k = bytes;
    size_t room;
    unsigned class = class_of(p->room, &room);
    if (class == CLASSES || room > LIMIT_PIECES_KEPT - pool.bytes || !(pool.known || announce())) {
        free(p);
        return;
    }
    k->next = pool.kept[class];
    pool.kept[class] = k;
    pool.bytes += room;
}

size_t piece_size(const void *p)
{
    return piece_of(p)->size;
}

bool piece_fits(const void *p, size_t size)
{
    return size <= piece_of(p)->room;
}

void *piece_resize(void *bytes, size_t size)
{
    if (bytes && piece_fits(bytes, size)) {
        piece_of(bytes)->size = size;
        return bytes;
    }
    void *moved = piece_alloc(size);
    if (!moved || !bytes)
        return moved;
    memcpy(moved, bytes, piece_of(bytes)->size);
    piece_free(bytes);
    return moved;
}
