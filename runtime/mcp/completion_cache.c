#include "mcp/completion_cache.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { SLOTS = 1024 };

/* One list, its texts behind it: gid and name of each item, each ended by a NUL. */
struct entry {
    struct digest key;
    uint64_t made_ms;
    size_t count, len;
    bool complete;
    TAILQ_ENTRY(entry) age;
    LIST_ENTRY(entry) same_slot;
    char texts[];
};

struct completion_cache {
    TAILQ_HEAD(by_age, entry) entries; /* asked for last: first */
    size_t count;
    LIST_HEAD(, entry) slots[SLOTS];
};

struct completion_cache *completion_cache_new(void)
{
    struct completion_cache *cache = calloc(1, sizeof(*cache));
    if (cache)
        TAILQ_INIT(&cache->entries);
    return cache;
}

static void drop(struct completion_cache *cache, struct entry *e)
{
    TAILQ_REMOVE(&cache->entries, e, age);
    LIST_REMOVE(e, same_slot);
    cache->count--;
    free(e);
}

void completion_cache_free(struct completion_cache *cache)
{
    while (cache && !TAILQ_EMPTY(&cache->entries))
        drop(cache, TAILQ_FIRST(&cache->entries));
    free(cache);
}

static size_t slot_of(const struct digest *key)
{
    return (key->bytes[0] | (size_t)key->bytes[1] << 8) % SLOTS;
}

static struct entry *find(struct completion_cache *cache, const struct digest *key)
{
    struct entry *e;
    LIST_FOREACH (e, &cache->slots[slot_of(key)], same_slot)
        if (digest_equal(&e->key, key))
            return e;
    return NULL;
}

static struct completion_list *copy_of(const struct entry *e, struct arena *arena)
{
    struct completion_list *list = arena_zalloc(arena, 1, sizeof(*list));
    struct completion_item *items = arena_zalloc(arena, e->count + 1, sizeof(*items));
    const char *text = arena_strndup(arena, e->texts, e->len);
    if (!list || !items || !text)
        return NULL;
    *list = (struct completion_list){ items, e->count, e->complete };
    for (size_t i = 0; i < e->count; i++) {
        items[i].gid = text;
        items[i].name = text += strlen(text) + 1;
        text += strlen(text) + 1;
    }
    return list;
}

struct completion_list *completion_cache_find(struct completion_cache *cache,
                                              const struct digest *key, uint64_t now_ms,
                                              struct arena *arena)
{
    struct entry *e = cache ? find(cache, key) : NULL;
    if (!e)
        return NULL;
    if (now_ms - e->made_ms >= LIMIT_COMPLETION_SECONDS * 1000ull) {
        drop(cache, e);
        return NULL;
    }
    TAILQ_REMOVE(&cache->entries, e, age);
    TAILQ_INSERT_HEAD(&cache->entries, e, age);
    return copy_of(e, arena);
}

static struct entry *entry_of(const struct completion_list *list)
{
    size_t len = 0;
    for (size_t i = 0; i < list->count; i++)
        len += strlen(list->items[i].gid) + strlen(list->items[i].name) + 2;
    struct entry *e = len <= LIMIT_COMPLETION_LIST ? malloc(sizeof(*e) + len) : NULL;
    if (!e)
        return NULL;
    e->count = list->count;
    e->complete = list->complete;
    e->len = len;
    char *at = e->texts;
    for (size_t i = 0; i < list->count; i++) {
        at = stpcpy(at, list->items[i].gid) + 1;
        at = stpcpy(at, list->items[i].name) + 1;
    }
    return e;
}

void completion_cache_put(struct completion_cache *cache, const struct digest *key, uint64_t now_ms,
                          const struct completion_list *list)
{
    struct entry *e = cache ? find(cache, key) : NULL;
    if (e)
        drop(cache, e);
    e = cache ? entry_of(list) : NULL;
    if (!e)
        return;
    e->key = *key;
    e->made_ms = now_ms;
    TAILQ_INSERT_HEAD(&cache->entries, e, age);
    LIST_INSERT_HEAD(&cache->slots[slot_of(key)], e, same_slot);
    if (++cache->count > LIMIT_COMPLETION_LISTS)
        drop(cache, TAILQ_LAST(&cache->entries, by_age));
}
