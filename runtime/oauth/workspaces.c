#include "oauth/workspaces.h"

#include "asana/errors.h"
#include "base/json.h"
#include "oauth/oauth_priv.h"
#include "policy/policy.h"

#include <stdlib.h>

/* Pages of a hundred. */
#define MOST_PAGES 20

struct workspaces {
    struct oauth_worker *worker;
    struct arena *arena;
    struct secret token;
    struct asana_ask *ask;
    unsigned pages;
    workspaces_fn *judged;
    void *ctx;
};

static void release(struct workspaces *a)
{
    secret_done(&a->token);
    arena_pool_put(a->worker->worker->mcp.arenas, a->arena);
    free(a);
}

void workspaces_cancel(struct workspaces *a)
{
    asana_ask_cancel(a->ask);
    release(a);
}

static void say(struct workspaces *a, enum workspaces_verdict verdict)
{
    a->judged(a->ctx, verdict);
    release(a);
}

static bool ask(struct workspaces *a, const char *offset);

static void on_page(void *ctx, const struct asana_answer *answer)
{
    struct workspaces *a = ctx;
    const cJSON *item;
    a->ask = NULL;
    const cJSON *root = asana_answer_ok(answer) ? json_parse(a->arena, answer->body, NULL) : NULL;
    const char *offset = json_get_string(json_get(root, "next_page"), "offset");
    if (!root) {
        say(a, WORKSPACES_UNKNOWN);
        return;
    }
    cJSON_ArrayForEach (item, json_get(root, "data")) {
        const char *gid = json_get_string(item, "gid");
        if (gid && policy_shows(a->worker->policy, gid)) {
            say(a, WORKSPACES_SOME);
            return;
        }
    }
    if (!offset || ++a->pages == MOST_PAGES)
        say(a, WORKSPACES_NONE);
    else if (!ask(a, offset))
        say(a, WORKSPACES_UNKNOWN);
}

static bool ask(struct workspaces *a, const char *offset)
{
    struct asana_req req;
    struct err err;
    asana_req_init(&req, ASANA_GET);
    asana_path(&req, "/workspaces");
    asana_query_str(&req, "limit", "100");
    asana_query_str(&req, "offset", offset);
    if (asana_req_end(&req, &err))
        a->ask = asana_ask(&a->worker->worker->mcp.asana, &req, &a->token, on_page, a, &err);
    asana_req_done(&req);
    return a->ask;
}

struct workspaces *workspaces_judge(struct oauth_worker *w, const struct secret *token,
                                    workspaces_fn *judged, void *ctx)
{
    struct workspaces *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->worker = w;
    a->judged = judged;
    a->ctx = ctx;
    a->arena = arena_pool_take(w->worker->mcp.arenas);
    if (a->arena && secret_set(&a->token, secret_slice(token)) && ask(a, NULL))
        return a;
    release(a);
    return NULL;
}
