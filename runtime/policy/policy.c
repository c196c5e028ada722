/* policy.c: the rules, and the watch over the store's:
 *
 *     counter ──the same──▶ wait ─▶ counter …
 *        └──moved──▶ page of blocks ─▶ page … ─▶ new view, changed() ─▶ wait
 *
 * The counter is read before the blocks, so a block that comes in between is seen next time. */
#include "policy/policy.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "policy/blocks.h"
#include "policy/changes.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Who or what is meant: ids differ in length and number, their digests do not. */
struct entry {
    enum block_kind kind;
    struct digest id;
};

/* Sorted once it is whole. */
struct view {
    struct entry *entries;
    size_t count, cap;
    size_t counts[BLOCK_KINDS];
};

struct policy {
    struct policy_options options;
    void (*changed)(void *ctx);
    void *ctx;
    uv_loop_t *loop;
    uv_timer_t timer;
    struct view fixed;   /* the settings' */
    struct view allowed; /* the settings' workspaces */
    struct view stored;  /* the store's, as last seen */
    bool ready;
    bool failing; /* said so in the log */
    uint64_t failing_since_ms;
    uint64_t seen;    /* the counter's version behind stored; 0: there was no counter */
    uint64_t version; /* behind reading */
    struct view reading;
    char after[LIMIT_STORE_KEY]; /* the last key of the page before */
    size_t after_len;
    struct arena *arena; /* one page's blocks */
    struct store_work *work;
};

/* ---- views ---- */

static void view_done(struct view *v)
{
    free(v->entries);
    *v = (struct view){ 0 };
}

static bool view_add(struct view *v, enum block_kind kind, const char *id)
{
    if (v->count == v->cap) {
        size_t cap = v->cap ? 2 * v->cap : 16;
        struct entry *more = realloc(v->entries, cap * sizeof(*more));
        if (!more)
            return false;
        v->entries = more;
        v->cap = cap;
    }
    v->entries[v->count].kind = kind;
    secret_digest(slice_of(id), &v->entries[v->count].id);
    v->count++;
    v->counts[kind]++;
    return true;
}

static bool view_add_all(struct view *v, enum block_kind kind, const char *const *ids)
{
    for (; ids && *ids; ids++)
        if (!view_add(v, kind, *ids))
            return false;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return memcmp(x->id.bytes, y->id.bytes, sizeof(x->id.bytes));
}

static void view_sort(struct view *v)
{
    if (v->count)
        qsort(v->entries, v->count, sizeof(*v->entries), compare);
}

static bool view_has(const struct view *v, enum block_kind kind, const struct digest *id)
{
    struct entry wanted = { kind, *id };
    return v->counts[kind] &&
           bsearch(&wanted, v->entries, v->count, sizeof(*v->entries), compare) != NULL;
}

static bool blocked(const struct policy *p, enum block_kind kind, const struct digest *id)
{
    return view_has(&p->fixed, kind, id) || view_has(&p->stored, kind, id);
}

/* ---- watching the store ---- */

static void look(struct policy *p);

static void on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

static void wait_a_little(struct policy *p)
{
    uv_timer_start(&p->timer, on_timer, p->options.poll_ms, 0);
}

/* The last view stays; said once. */
static void fail(struct policy *p, const char *why)
{
    if (!p->failing) {
        LOG(LOG_WARN, "policy.store_unread", LOG_STR("why", why ? why : ""));
        p->failing_since_ms = clock_ms();
    }
    p->failing = true;
    view_done(&p->reading);
    wait_a_little(p);
}

static bool run(struct policy *p, const struct store_op *op, store_done_fn *done)
{
    p->work = store_run(p->options.store, p->loop, op, 1, (int64_t)time(NULL), done, p);
    return p->work;
}

static void succeed(struct policy *p)
{
    if (p->failing)
        LOG(LOG_INFO, "policy.store_read");
    p->failing = false;
    wait_a_little(p);
}

static void show(struct policy *p)
{
    view_sort(&p->reading);
    view_done(&p->stored);
    p->stored = p->reading;
    p->reading = (struct view){ 0 };
    p->seen = p->version;
    p->ready = true;
    succeed(p);
    if (p->changed)
        p->changed(p->ctx);
}

static bool take_page(struct policy *p, const struct store_answer *page)
{
    struct block block;
    for (size_t i = 0; i < page->count; i++) {
        arena_reset(p->arena);
        if (!block_read(p->arena, &page->records[i], &block)) {
            if (arena_failed(p->arena))
                return false;
            continue; /* of a version that blocks more than this one knows */
        }
        if (!view_add(&p->reading, block.kind, block.id))
            return false;
    }
    if (page->count) {
        struct slice last = page->records[page->count - 1].key;
        memcpy(p->after, last.data, last.len);
        p->after_len = last.len;
    }
    return true;
}

static void on_page(void *ctx, const struct store_result *r);

static void read_page(struct policy *p)
{
    struct store_op op = { .verb = STORE_LIST,
                           .table = STORE_BLOCKS,
                           .after = { p->after, p->after_len } };
    if (!run(p, &op, on_page))
        fail(p, "out of memory");
}

static void on_page(void *ctx, const struct store_result *r)
{
    struct policy *p = ctx;
    p->work = NULL;
    if (r->outcome != STORE_DONE)
        fail(p, r->detail);
    else if (p->reading.count + r->answers[0].count > LIMIT_BLOCKS)
        fail(p, "too many blocks");
    else if (!take_page(p, &r->answers[0]))
        fail(p, "out of memory");
    else if (r->answers[0].more)
        read_page(p);
    else
        show(p);
}

static void on_counter(void *ctx, const struct store_result *r)
{
    struct policy *p = ctx;
    p->work = NULL;
    if (r->outcome != STORE_DONE) {
        fail(p, r->detail);
        return;
    }
    p->version = r->answers[0].count ? r->answers[0].records[0].version : 0;
    if (p->ready && p->version == p->seen) {
        succeed(p);
        return;
    }
    p->after_len = 0;
    read_page(p);
}

static void look(struct policy *p)
{
    struct store_op op;
    changes_get(&op);
    if (!run(p, &op, on_counter))
        fail(p, "out of memory");
}

/* ---- life ---- */

static void policy_free(struct policy *p)
{
    view_done(&p->fixed);
    view_done(&p->allowed);
    view_done(&p->stored);
    view_done(&p->reading);
    arena_free(p->arena);
    free(p);
}

/* What the settings say. */
static bool read_fixed(const struct policy_options *o, struct view *fixed, struct view *allowed)
{
    if (!view_add_all(fixed, BLOCK_PERSON, o->block_people) ||
        !view_add_all(fixed, BLOCK_CLIENT, o->block_clients) ||
        !view_add_all(fixed, BLOCK_WORKSPACE, o->block_workspaces) ||
        !view_add_all(allowed, BLOCK_WORKSPACE, o->allow_workspaces))
        return false;
    view_sort(fixed);
    view_sort(allowed);
    return true;
}

bool policy_renew(struct policy *p, const struct policy_options *options, struct err *err)
{
    struct view fixed = { 0 }, allowed = { 0 };
    if (!read_fixed(options, &fixed, &allowed)) {
        view_done(&fixed);
        view_done(&allowed);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    view_done(&p->fixed);
    view_done(&p->allowed);
    p->fixed = fixed;
    p->allowed = allowed;
    return true;
}

static void on_closed(uv_handle_t *timer)
{
    policy_free(timer->data);
}

bool policy_open(uv_loop_t *loop, const struct policy_options *options, void (*changed)(void *ctx),
                 void *ctx, struct policy **out, struct err *err)
{
    struct policy *p = calloc(1, sizeof(*p));
    if (!p)
        return err_set(err, ERR_MEMORY, "out of memory");
    p->options = *options;
    if (!p->options.poll_ms)
        p->options.poll_ms = LIMIT_POLICY_POLL_MS;
    p->changed = changed;
    p->ctx = ctx;
    p->loop = loop;
    p->ready = !options->store;
    p->arena = arena_new(LIMIT_STORE_VALUE * 16);
    if (!p->arena || !read_fixed(options, &p->fixed, &p->allowed)) {
        policy_free(p);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    uv_timer_init(loop, &p->timer);
    p->timer.data = p;
    if (options->store)
        look(p);
    *out = p;
    return true;
}

void policy_close(struct policy *p)
{
    if (!p)
        return;
    if (p->work)
        store_cancel(p->work);
    uv_close((uv_handle_t *)&p->timer, on_closed);
}

/* ---- questions ---- */

bool policy_ready(const struct policy *p)
{
    return p->ready;
}

uint64_t policy_silence_ms(const struct policy *p)
{
    return p->failing ? clock_ms() - p->failing_since_ms + 1 : 0;
}

const char *policy_refusal(const struct policy *p, const char *person_gid,
                           const struct digest *client)
{
    struct digest person;
    if (!p->ready)
        return "This server does not know yet who is blocked; try again in a moment.";
    secret_digest(slice_of(person_gid), &person);
    if (blocked(p, BLOCK_PERSON, &person))
        return "The administrator of this server has blocked your Asana account here. Ask them to "
               "let you in again.";
    if (blocked(p, BLOCK_CLIENT, client))
        return "The administrator of this server has blocked this assistant (the application, for "
               "everybody). Ask them to allow it, or connect with another one.";
    return NULL;
}

bool policy_hides(const struct policy *p)
{
    return !p->ready || p->allowed.count || p->fixed.counts[BLOCK_WORKSPACE] ||
           p->stored.counts[BLOCK_WORKSPACE];
}

bool policy_shows(const struct policy *p, const char *workspace_gid)
{
    struct digest id;
    if (!p->ready)
        return false;
    secret_digest(slice_of(workspace_gid), &id);
    return (!p->allowed.count || view_has(&p->allowed, BLOCK_WORKSPACE, &id)) &&
           !blocked(p, BLOCK_WORKSPACE, &id);
}
