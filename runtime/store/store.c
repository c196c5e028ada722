#include "store/store.h"

#include "base/clock.h"
#include "redis/redis.h"
#include "store/store_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct store_engine *const engines[] = { &store_sqlite, &store_redis };

static const struct store_engine *engine_of(const char *where)
{
    struct slice scheme = { where, strcspn(where, ":") };
    for (size_t i = 0; where[scheme.len] && i < sizeof(engines) / sizeof(*engines); i++)
        for (const char *const *s = engines[i]->schemes; *s; s++)
            if (slice_is(scheme, *s))
                return engines[i];
    return NULL;
}

bool store_open(const char *where, struct store **out, struct err *err)
{
    const struct redis_files none = { NULL, NULL, NULL };
    return store_open_with(where, &none, out, err);
}

bool store_open_with(const char *where, const struct redis_files *files, struct store **out,
                     struct err *err)
{
    const struct store_engine *engine = engine_of(where);
    struct store *s;
    /* What stands before "@" may be a password. */
    if (!engine)
        return err_set(err, ERR_SETTINGS,
                       "store: expected \"sqlite:PATH\" or \"redis://HOST\", got \"%.*s\"",
                       (int)strcspn(where, ":@"), where);
    if (!engine->open(where, files, &s, err))
        return false;
    *out = s;
    return true;
}

void store_close(struct store *s)
{
    if (s)
        s->engine->close(s);
}

void store_set_deadline(struct store *s, unsigned ms)
{
    s->deadline_ms = ms;
}

/* Takes the work, also on failure. */
static bool start(struct store_work *w, uv_loop_t *loop, store_done_fn *done, void *ctx,
                  struct err *err)
{
    w->done = done;
    w->ctx = ctx;
    w->started_us = clock_us();
    if (w->store->engine->run(w->store, loop, w))
        return true;
    store_work_free(w);
    return err_set(err, ERR_MEMORY, "store: out of memory");
}

struct store_work *store_run(struct store *s, uv_loop_t *loop, const struct store_op *ops, size_t n,
                             int64_t now, store_done_fn *done, void *ctx)
{
    struct store_work *w;
    if (n == 0 || !store_work_new(s, ops, n, now, &w, NULL))
        return NULL;
    return start(w, loop, done, ctx, NULL) ? w : NULL;
}

void store_cancel(struct store_work *w)
{
    w->store->engine->cancel(w);
}

void store_leave(struct store *s, uv_loop_t *loop)
{
    s->engine->leave(s, loop);
}

/* A reply that outlives its callback. */
struct store_wait {
    struct store_work *work; /* NULL when the store was down: then it is the engine's to free */
    struct store_result result;
    char detail[STORE_DETAIL];
};

static void on_waited(void *ctx, const struct store_result *result)
{
    struct store_wait *wait = ctx;
    wait->result = *result;
    if (result->outcome == STORE_DOWN) {
        snprintf(wait->detail, sizeof(wait->detail), "%s", result->detail);
        wait->result.detail = wait->detail;
        wait->work = NULL;
    } else {
        wait->work->kept = true;
    }
}

/* On a loop of its own. */
static bool run_and_wait(struct store *s, const struct store_op *ops, size_t n, int64_t now,
                         struct store_wait **out, struct err *err)
{
    struct store_wait *wait = calloc(1, sizeof(*wait));
    if (!wait)
        return err_set(err, ERR_MEMORY, "store: out of memory");
    uv_loop_t loop;
    bool looping = uv_loop_init(&loop) == 0;
    bool ok = looping ||
              err_set(err, ERR_IO, "store: no event loop: too many open files, or out of memory");
    ok = ok && store_work_new(s, ops, n, now, &wait->work, err) &&
         start(wait->work, &loop, on_waited, wait, err);
    if (looping) {
        uv_run(&loop, UV_RUN_DEFAULT);
        s->engine->leave(s, &loop);
        uv_run(&loop, UV_RUN_DEFAULT);
        uv_loop_close(&loop);
    }
    if (ok)
        *out = wait;
    else
        free(wait);
    return ok;
}

bool store_run_wait(struct store *s, const struct store_op *ops, size_t n, int64_t now,
                    struct store_wait **out, const struct store_result **result, struct err *err)
{
    if (n == 0)
        return err_set(err, ERR_ARGS, "store: a step without operations");
    if (!run_and_wait(s, ops, n, now, out, err))
        return false;
    *result = &(*out)->result;
    return true;
}

void store_wait_done(struct store_wait *w)
{
    if (!w)
        return;
    store_work_free(w->work);
    free(w);
}

bool store_sweep(struct store *s, int64_t now, bool *more, struct err *err)
{
    struct store_wait *wait;
    if (!run_and_wait(s, NULL, 0, now, &wait, err))
        return false;
    bool ok = wait->result.outcome == STORE_DONE;
    if (ok)
        *more = wait->work->more;
    else
        err_set(err, ERR_IO, "store: %s", wait->result.detail);
    store_wait_done(wait);
    return ok;
}
