/* check.c: grants of connected clients, after a change: which of them are still there. */
#include "base/limits.h"
#include "oauth/job.h"

#include <string.h>

struct check {
    struct oauth_job job;
    char (*grants)[CALLER_GRANT];
    size_t n, done, asked; /* of those, looked up, and under way */
    void (*ended)(void *ctx, const char *grant);
    void *ctx;
};

static void ask(struct check *c);

/* While the store is down nothing is known, so nobody is sent away. */
static void on_answer(struct oauth_job *job, const struct store_result *r)
{
    struct check *c = (struct check *)job;
    for (size_t i = 0; r->outcome == STORE_DONE && i < c->asked; i++)
        if (!r->answers[i].count)
            c->ended(c->ctx, c->grants[c->done + i]);
    c->done += c->asked;
    ask(c);
}

static void ask(struct check *c)
{
    struct store_op ops[LIMIT_STORE_OPS];
    c->asked = 0;
    while (c->asked < LIMIT_STORE_OPS && c->done + c->asked < c->n) {
        ops[c->asked] = (struct store_op){ .verb = STORE_GET,
                                           .table = STORE_GRANTS,
                                           .key = slice_of(c->grants[c->done + c->asked]) };
        c->asked++;
    }
    if (!c->asked || !oauth_job_store(&c->job, ops, c->asked, on_answer))
        oauth_job_done(&c->job);
}

void oauth_check_grants(struct oauth_worker *w, char (*grants)[CALLER_GRANT], size_t n,
                        void (*ended)(void *ctx, const char *grant), void *ctx)
{
    struct check *c = n ? oauth_job_new(w, sizeof(*c)) : NULL;
    if (!c)
        return;
    c->grants = arena_zalloc(c->job.arena, n, sizeof(*grants));
    if (!c->grants) {
        oauth_job_done(&c->job);
        return;
    }
    memcpy(c->grants, grants, n * sizeof(*grants));
    c->n = n;
    c->ended = ended;
    c->ctx = ctx;
    ask(c);
}
