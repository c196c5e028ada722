/* completion_cache.h: what Asana answered to completions, kept a short while.
 *
 * A list is kept under a keyed digest of whom it was for, where it was looked for and what had been
 * typed; the one that was longest not asked for makes room. A worker owns one (completion.h has its
 * _new and _free). One thread. */
#pragma once

#include "base/arena.h"
#include "base/secret.h"
#include "mcp/completion.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct completion_item {
    const char *gid;
    const char *name;
};

/* In Asana's order. */
struct completion_list {
    struct completion_item *items;
    size_t count;
    bool complete; /* nothing else fits what was typed */
};

/* Copies the list into the arena; NULL when there is none, or only one that is too old at now_ms
 * (clock_ms). cache may be NULL. */
struct completion_list *completion_cache_find(struct completion_cache *cache,
                                              const struct digest *key, uint64_t now_ms,
                                              struct arena *arena);
/* Keeps a copy, in place of an older one; a list that is too long is not kept. cache may be NULL.
 */
void completion_cache_put(struct completion_cache *cache, const struct digest *key, uint64_t now_ms,
                          const struct completion_list *list);
