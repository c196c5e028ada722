#include "store/store_priv.h"

#include "base/clock.h"
#include "metrics/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything that one step may read: as many full pages, each with the records' own structs. */
#define REPLY_MAX                                          \
    ((size_t)LIMIT_STORE_OPS *                             \
     ((size_t)2 * (LIMIT_STORE_PAGE + LIMIT_STORE_VALUE) + \
      LIMIT_STORE_LIST * (sizeof(struct store_record) + 3 * sizeof(max_align_t))))

static bool check(const struct store_op *op, struct err *err)
{
    if (op->verb > STORE_LIST || op->table < STORE_CLIENTS || op->table >= STORE_TABLES)
        return err_set(err, ERR_ARGS, "store: no such operation (verb %d, table %d)", (int)op->verb,
                       (int)op->table);
    if (op->key.len > LIMIT_STORE_KEY || (op->key.len == 0 && op->verb != STORE_LIST))
        return err_set(err, ERR_LIMIT, "store: a key of %zu bytes, expected 1 to %d", op->key.len,
                       LIMIT_STORE_KEY);
    if (op->owner.len > LIMIT_STORE_KEY || op->after.len > LIMIT_STORE_KEY)
        return err_set(
            err, ERR_LIMIT, "store: an owner or position of %zu bytes, expected at most %d",
            op->owner.len > op->after.len ? op->owner.len : op->after.len, LIMIT_STORE_KEY);
    if (op->value.len > LIMIT_STORE_VALUE)
        return err_set(err, ERR_LIMIT, "store: a value of %zu bytes, expected at most %u",
                       op->value.len, LIMIT_STORE_VALUE);
    if (op->limit > LIMIT_STORE_LIST)
        return err_set(err, ERR_LIMIT, "store: a list of %u records, expected at most %d",
                       op->limit, LIMIT_STORE_LIST);
    return true;
}

static size_t bytes_of(const struct store_op *op)
{
    return op->key.len + op->value.len + op->owner.len + op->after.len;
}

static struct slice copy(char **to, struct slice s)
{
    char *at = *to;
    if (s.len)
        memcpy(at, s.data, s.len);
    *to += s.len;
    return (struct slice){ at, s.len };
}

static size_t rounded(size_t size)
{
    size_t unit = _Alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

bool store_work_new(struct store *s, const struct store_op *ops, size_t n, int64_t now,
                    struct store_work **out, struct err *err)
{
    if (n > LIMIT_STORE_OPS)
        return err_set(err, ERR_LIMIT, "store: a step of %zu operations, expected 1 to %d", n,
                       LIMIT_STORE_OPS);
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (!check(&ops[i], err))
            return false;
        bytes += bytes_of(&ops[i]);
    }
    /* One block: the engine's struct, answers, operations, and what their slices point to. */
    size_t answers_at = rounded(s->engine->work_size);
    size_t ops_at = answers_at + rounded(n * sizeof(struct store_answer));
    size_t bytes_at = ops_at + rounded(n * sizeof(*ops));
    char *block = calloc(1, bytes_at + bytes + 1);
    if (!block)
        return err_set(err, ERR_MEMORY, "store: out of memory");
    struct store_op *copies = (struct store_op *)(void *)(block + ops_at);
    char *to = block + bytes_at;
    bool reads_only = n > 0;
    for (size_t i = 0; i < n; i++) {
        copies[i] = ops[i];
        copies[i].key = copy(&to, ops[i].key);
        copies[i].value = copy(&to, ops[i].value);
        copies[i].owner = copy(&to, ops[i].owner);
        copies[i].after = copy(&to, ops[i].after);
        if (ops[i].verb == STORE_LIST && !ops[i].limit)
            copies[i].limit = LIMIT_STORE_LIST;
        reads_only = reads_only && (ops[i].verb == STORE_GET || ops[i].verb == STORE_LIST);
    }
    struct store_work *w = (struct store_work *)(void *)block;
    *w = (struct store_work){
        .store = s,
        .ops = copies,
        .n = n,
        .now = now,
        .bytes = bytes_at + bytes,
        .reads_only = reads_only,
        .answers = (struct store_answer *)(void *)(block + answers_at),
    };
    *out = w;
    return true;
}

void store_work_free(struct store_work *w)
{
    if (!w)
        return;
    arena_free(w->memory);
    free(w);
}

void store_work_measure(const struct store_work *w, enum store_outcome outcome)
{
    metrics_observe(METRIC_STORE_SECONDS, outcome, 0, clock_us() - w->started_us);
}

void store_work_end(struct store_work *w)
{
    store_work_measure(w, w->result.outcome);
    w->done(w->ctx, &w->result);
    if (!w->kept)
        store_work_free(w);
}

static bool copy_slice(struct arena *a, struct slice from, struct slice *to)
{
    char *data = arena_strndup(a, from.len ? from.data : "", from.len);
    *to = (struct slice){ data, from.len };
    return data != NULL;
}

bool store_work_record(struct store_work *w, size_t i, const struct store_record *r)
{
    struct store_answer *answer = &w->answers[i];
    if (!w->memory && !(w->memory = arena_new(REPLY_MAX)))
        return false;
    size_t room = w->ops[i].verb == STORE_LIST ? w->ops[i].limit : 1;
    if (!answer->records)
        answer->records = arena_zalloc(w->memory, room, sizeof(*r));
    if (!answer->records)
        return false;
    struct store_record to = *r;
    if (!copy_slice(w->memory, r->key, &to.key) || !copy_slice(w->memory, r->value, &to.value) ||
        !copy_slice(w->memory, r->owner, &to.owner))
        return false;
    /* Ours as long as the work is: const is for those who read the answer. */
    ((struct store_record *)answer->records)[answer->count++] = to;
    return true;
}

static void forget(struct store_work *w)
{
    arena_free(w->memory);
    w->memory = NULL;
    memset(w->answers, 0, w->n * sizeof(*w->answers));
}

void store_work_done(struct store_work *w)
{
    w->result = (struct store_result){ .outcome = STORE_DONE, .answers = w->answers };
}

void store_work_conflict(struct store_work *w, size_t failed_op)
{
    forget(w);
    w->result = (struct store_result){ .outcome = STORE_CONFLICT, .failed_op = failed_op };
}

void store_work_down(struct store_work *w, const char *detail)
{
    forget(w);
    snprintf(w->detail, sizeof(w->detail), "%s", detail);
    w->result = (struct store_result){ .outcome = STORE_DOWN, .detail = w->detail };
}
