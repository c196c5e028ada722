/* arena.h: memory that dies together.
 *
 * A call takes its arena from the worker's pool and gives it back when the answer has been sent;
 * nothing in between is freed. One thread at a time. Allocation past the cap, or a failed malloc,
 * returns NULL; the arena stays usable and arena_failed() says so from then on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* At most cap bytes in all. NULL when malloc fails. */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *a);

/* Forgets everything allocated; keeps the first chunk for the next user. */
void arena_reset(struct arena *a);

/* Aligned for any object, not zeroed. */
void *arena_alloc(struct arena *a, size_t size);
/* n objects of the given size, zeroed. */
void *arena_zalloc(struct arena *a, size_t n, size_t size);
/* NUL-terminated copies. */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* True once an allocation has been refused since arena_new() or arena_reset(). */
bool arena_failed(const struct arena *a);
size_t arena_used(const struct arena *a);

/* A few reset arenas kept warm by one thread. Take never blocks; put frees what the pool has no
 * room for. */
struct arena_pool;
struct arena_pool *arena_pool_new(size_t arena_cap, size_t keep);
void arena_pool_free(struct arena_pool *p);
struct arena *arena_pool_take(struct arena_pool *p);
void arena_pool_put(struct arena_pool *p, struct arena *a);
