#include "transport/evict.h"

#include "base/log.h"
#include "oauth/oauth.h"
#include "policy/policy.h"
#include "transport/post.h"

#include <stdlib.h>
#include <string.h>

/* Whose access has ended: those whom the policy refuses, and those of one grant. */
struct verdict {
    const struct policy *policy;
    const char *grant; /* NULL: ask the policy */
    struct sessions *sessions;
    unsigned evicted;
};

static bool applies(const struct verdict *v, const struct caller *who)
{
    if (v->grant)
        return strcmp(who->grant, v->grant) == 0;
    return policy_refusal(v->policy, who->person, &who->client);
}

static void judge_session(void *ctx, struct session *s)
{
    struct verdict *v = ctx;
    if (!applies(v, &s->who))
        return;
    v->evicted++;
    if (s->end)
        s->end(s->ctx);
    else
        session_remove(v->sessions, s);
}

static void carry_out(struct front *f, struct verdict *v)
{
    struct post *p, *next;
    v->sessions = f->worker->sessions;
    for (p = LIST_FIRST(&f->posts); p; p = next) {
        next = LIST_NEXT(p, link);
        if (!post_is_under_way(p) || !applies(v, &p->caller))
            continue;
        v->evicted++;
        post_drop(p);
    }
    sessions_each(f->worker->sessions, judge_session, v);
    if (v->evicted)
        LOG(LOG_INFO, "access.ended", LOG_INT("connections", v->evicted),
            LOG_INT("worker", f->worker->index));
}

static void on_grant_ended(void *ctx, const char *grant)
{
    carry_out(ctx, &(struct verdict){ .grant = grant });
}

/* Each grant of those connected here, once. */
struct gathering {
    char (*grants)[CALLER_GRANT];
    size_t n, cap;
};

static void gather(struct gathering *g, const struct caller *who)
{
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->grants[i], who->grant) == 0)
            return;
    if (who->grant[0] && g->n < g->cap)
        memcpy(g->grants[g->n++], who->grant, CALLER_GRANT);
}

static void gather_session(void *ctx, struct session *s)
{
    gather(ctx, &s->who);
}

static void check_grants(struct front *f)
{
    struct gathering g = { .cap = sessions_count(f->worker->sessions) };
    struct post *p;
    LIST_FOREACH (p, &f->posts, link)
        g.cap++;
    if (!g.cap || !(g.grants = calloc(g.cap, sizeof(*g.grants))))
        return;
    LIST_FOREACH (p, &f->posts, link)
        gather(&g, &p->caller);
    sessions_each(f->worker->sessions, gather_session, &g);
    oauth_check_grants(f->oauth, g.grants, g.n, on_grant_ended, f);
    free(g.grants);
}

void evict_changed(void *ctx)
{
    struct front *f = ctx;
    carry_out(f, &(struct verdict){ .policy = f->sight.policy });
    if (!f->oauth)
        return;
    oauth_worker_doubt(f->oauth);
    check_grants(f);
}
