#include "store/redis_step.h"

#include "redis/redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one operation, its letter with it; and before the first. */
#define WORDS_OF_OP 7
#define WORDS_BEFORE 6
#define NUMBERS_OF_OP 2

/* The words of a command, and the numbers among them as text. */
struct words {
    struct slice all[WORDS_BEFORE + LIMIT_STORE_OPS * WORDS_OF_OP];
    size_t count;
    char numbers[3 + LIMIT_STORE_OPS * (NUMBERS_OF_OP + 1)][24];
    size_t n_numbers;
};

static void add(struct words *w, struct slice word)
{
    w->all[w->count++] = word;
}

static void add_signed(struct words *w, int64_t number)
{
    char *text = w->numbers[w->n_numbers++];
    snprintf(text, sizeof(*w->numbers), "%" PRId64, number);
    add(w, slice_of(text));
}

static void add_op(struct words *w, const struct store_op *op)
{
    static const char *const letters[] = {
        [STORE_GET] = "G",     [STORE_TAKE] = "T",   [STORE_ADD] = "A",   [STORE_PUT] = "P",
        [STORE_REPLACE] = "R", [STORE_DELETE] = "D", [STORE_COUNT] = "C", [STORE_LIST] = "L",
    };
    add(w, slice_of(letters[op->verb]));
    add_signed(w, op->table);
    add(w, op->key);
    switch (op->verb) {
    case STORE_ADD:
    case STORE_PUT:
    case STORE_REPLACE:
        add(w, op->value);
        add(w, op->owner);
        add_signed(w, op->expires_at);
        if (op->verb == STORE_REPLACE)
            add_signed(w, (int64_t)op->version);
        break;
    case STORE_COUNT:
        add_signed(w, op->by);
        add(w, op->owner);
        add_signed(w, op->expires_at);
        break;
    case STORE_LIST:
        add(w, op->after);
        add_signed(w, op->limit);
        break;
    case STORE_GET:
    case STORE_TAKE:
    case STORE_DELETE:
        break;
    }
}

struct redis_command *redis_step_send(struct redis *r, const char *how, struct slice script,
                                      const struct store_op *ops, size_t n, int64_t now,
                                      unsigned deadline_ms, redis_done_fn *done, void *ctx)
{
    struct words w = { .count = 0 };
    add(&w, slice_of(how));
    add(&w, script);
    add(&w, slice_of("0"));
    add_signed(&w, now);
    add_signed(&w, LIMIT_STORE_PAGE);
    add_signed(&w, LIMIT_STORE_SLACK);
    for (size_t i = 0; i < n; i++)
        add_op(&w, &ops[i]);
    if (n == 0) {
        add(&w, slice_of("S"));
        add_signed(&w, LIMIT_STORE_SWEEP);
    }
    return redis_run(r, w.count, w.all, deadline_ms, done, ctx);
}

/* Reading. The script is ours, but what runs it is not: nothing is taken for granted. */

static bool is_array(const redisReply *r, size_t least)
{
    return r && r->type == REDIS_REPLY_ARRAY && r->elements >= least;
}

static bool read_bytes(const redisReply *r, struct slice *out)
{
    *out = (struct slice){ r->str, r->len };
    return r->type == REDIS_REPLY_STRING;
}

static bool read_signed(const redisReply *r, int64_t *out)
{
    char *end = NULL;
    *out = r->type == REDIS_REPLY_STRING ? strtoll(r->str, &end, 10) : 0;
    return end && end != r->str && *end == '\0';
}

static bool read_version(const redisReply *r, uint64_t *out)
{
    int64_t n;
    bool ok = read_signed(r, &n) && n >= 0;
    *out = ok ? (uint64_t)n : 0;
    return ok;
}

/* Callers rely on the limits: where a page ended is kept in LIMIT_STORE_KEY bytes. */
static bool fits(const struct store_record *r)
{
    return r->key.len <= LIMIT_STORE_KEY && r->value.len <= LIMIT_STORE_VALUE &&
           r->owner.len <= LIMIT_STORE_KEY;
}

/* value, owner, version, expires_at */
static bool read_record(struct store_work *w, size_t i, struct slice key,
                        struct redisReply *const *parts, bool *memory)
{
    struct store_record r = { .key = key };
    bool ok = read_bytes(parts[0], &r.value) && read_bytes(parts[1], &r.owner) &&
              read_version(parts[2], &r.version) && read_signed(parts[3], &r.expires_at) &&
              fits(&r);
    *memory = !ok || store_work_record(w, i, &r);
    return ok && *memory;
}

/* As memcmp has it; also ends whoever reads page after page. */
static bool is_after(struct slice key, struct slice last)
{
    size_t common = key.len < last.len ? key.len : last.len;
    int order = common ? memcmp(key.data, last.data, common) : 0;
    return order > 0 || (order == 0 && key.len > last.len);
}

static bool read_list(struct store_work *w, size_t i, const redisReply *r, bool *memory)
{
    struct slice last = w->ops[i].after;
    if (!is_array(r, 1) || r->element[0]->type != REDIS_REPLY_INTEGER || (r->elements - 1) % 5 ||
        (r->elements - 1) / 5 > w->ops[i].limit)
        return false;
    for (size_t at = 1; at < r->elements; at += 5) {
        struct slice key;
        if (!read_bytes(r->element[at], &key) || !is_after(key, last) ||
            !read_record(w, i, key, &r->element[at + 1], memory))
            return false;
        last = key;
    }
    w->answers[i].more = r->element[0]->integer != 0;
    return true;
}

static bool read_answer(struct store_work *w, size_t i, const redisReply *r, bool *memory)
{
    struct store_answer *a = &w->answers[i];
    switch (w->ops[i].verb) {
    case STORE_GET:
    case STORE_TAKE:
        return is_array(r, 0) &&
               (r->elements == 0 ||
                (r->elements == 4 && read_record(w, i, w->ops[i].key, r->element, memory)));
    case STORE_ADD:
    case STORE_PUT:
    case STORE_REPLACE:
        return is_array(r, 1) && read_version(r->element[0], &a->version);
    case STORE_COUNT:
        return is_array(r, 2) && read_signed(r->element[0], &a->counter) &&
               read_version(r->element[1], &a->version);
    case STORE_DELETE:
        return true;
    case STORE_LIST:
        break;
    }
    return read_list(w, i, r, memory);
}

static void read_answers(struct store_work *w, const redisReply *reply)
{
    bool memory = true;
    bool ok = reply->elements == w->n + 1 || (w->n == 0 && reply->elements == 2);
    for (size_t i = 0; ok && i < w->n; i++)
        ok = read_answer(w, i, reply->element[i + 1], &memory);
    if (!ok) {
        store_work_down(w, memory ? "Redis gave an answer that makes no sense" : "out of memory");
        return;
    }
    w->more = w->n == 0 && redis_step_more(reply);
    store_work_done(w);
}

void redis_step_read(struct store_work *w, const redisReply *reply)
{
    char detail[STORE_DETAIL];
    const redisReply *first = is_array(reply, 2) ? reply->element[0] : NULL;
    long long code = first && first->type == REDIS_REPLY_INTEGER ? first->integer : -2;
    if (reply->type == REDIS_REPLY_ERROR) {
        snprintf(detail, sizeof(detail), "Redis refuses: %s", reply->str);
        store_work_down(w, detail);
    } else if (code == 1) {
        read_answers(w, reply);
    } else if (code == 0 && reply->element[1]->type == REDIS_REPLY_INTEGER) {
        store_work_conflict(w, (size_t)reply->element[1]->integer);
    } else if (code == -1) {
        store_work_down(w, "a newer asana-mcp has changed the format of what Redis keeps; restart "
                           "with that one");
    } else {
        store_work_down(w, "Redis gave an answer that makes no sense");
    }
}

bool redis_step_more(const redisReply *reply)
{
    const redisReply *answer = is_array(reply, 2) ? reply->element[1] : NULL;
    return is_array(answer, 1) && answer->element[0]->type == REDIS_REPLY_INTEGER &&
           answer->element[0]->integer != 0;
}
