#include "tool/visible_priv.h"

#include "base/clock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024, KEY_SIZE = 64, WORKSPACE_SIZE = 32 };

/* Where an object is does not depend on who asks; whether they may see it is for Asana to say,
 * which gets their request all the same. */
struct entry {
    TAILQ_ENTRY(entry) by_age; /* the one that was remembered first, first */
    LIST_ENTRY(entry) in_bucket;
    uint64_t until_ms;
    char id[KEY_SIZE];
    char workspace[WORKSPACE_SIZE];
};

struct visible_memory {
    TAILQ_HEAD(, entry) entries;
    LIST_HEAD(, entry) buckets[BUCKETS];
    size_t count;
};

struct visible *visible_new(const struct visible_policy *policy, const struct visible_rules *rules)
{
    struct visible *v = calloc(1, sizeof(*v));
    struct visible_memory *m = calloc(1, sizeof(*m));
    if (!v || !m) {
        free(v);
        free(m);
        return NULL;
    }
    TAILQ_INIT(&m->entries);
    for (size_t i = 0; i < BUCKETS; i++)
        LIST_INIT(&m->buckets[i]);
    LIST_INIT(&v->finds);
    v->policy = *policy;
    v->rules = rules;
    v->memory = m;
    return v;
}

static void forget(struct visible_memory *m, struct entry *e)
{
    TAILQ_REMOVE(&m->entries, e, by_age);
    LIST_REMOVE(e, in_bucket);
    m->count--;
    free(e);
}

void visible_free(struct visible *v)
{
    if (!v)
        return;
    assert(LIST_EMPTY(&v->finds));
    while (!TAILQ_EMPTY(&v->memory->entries))
        forget(v->memory, TAILQ_FIRST(&v->memory->entries));
    free(v->memory);
    free(v);
}

bool visible_hides(const struct visible *v)
{
    return v && v->policy.hides(v->policy.ctx);
}

bool visible_shows(const struct visible *v, const char *workspace_gid)
{
    return !visible_hides(v) || v->policy.shows(v->policy.ctx, workspace_gid);
}

/* FNV-1a: ids are Asana's, and the number of entries is bounded. */
static size_t bucket_of(const char *id)
{
    uint32_t hash = 2166136261u;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619u;
    return hash % BUCKETS;
}

static struct entry *find(struct visible_memory *m, const char *id)
{
    struct entry *e;
    LIST_FOREACH (e, &m->buckets[bucket_of(id)], in_bucket)
        if (strcmp(e->id, id) == 0)
            return e;
    return NULL;
}

const char *visible_recall(struct visible *v, const char *id)
{
    struct entry *e = find(v->memory, id);
    if (!e)
        return NULL;
    if (e->until_ms > clock_ms())
        return e->workspace;
    forget(v->memory, e);
    return NULL;
}

void visible_remember(struct visible *v, const char *id, const char *workspace)
{
    struct visible_memory *m = v->memory;
    if (!*id || strlen(id) >= KEY_SIZE || strlen(workspace) >= WORKSPACE_SIZE)
        return;
    struct entry *e = find(m, id);
    if (e)
        forget(m, e);
    else if (m->count == LIMIT_VISIBLE_KEPT)
        forget(m, TAILQ_FIRST(&m->entries));
    e = calloc(1, sizeof(*e));
    if (!e)
        return;
    memcpy(e->id, id, strlen(id) + 1);
    memcpy(e->workspace, workspace, strlen(workspace) + 1);
    e->until_ms = clock_ms() + LIMIT_VISIBLE_SECONDS * UINT64_C(1000);
    TAILQ_INSERT_TAIL(&m->entries, e, by_age);
    LIST_INSERT_HEAD(&m->buckets[bucket_of(id)], e, in_bucket);
    m->count++;
}
