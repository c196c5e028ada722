#include "transport/entry.h"

#include "base/audit.h"
#include "metrics/metrics.h"
#include "oauth/oauth.h"
#include "policy/policy.h"
#include "transport/narrow.h"
#include "transport/server.h"

#include <stdlib.h>
#include <string.h>

/* What a client is told to ask for: less can be chosen on the consent page. */
#define USUAL_SCOPE "read write"

/* A request whose sender is being looked up. */
struct entry {
    struct front *front;
    struct http_exchange *x;
    const struct route *route;
    LIST_ENTRY(entry) link;
};

static void refuse(struct front *f, struct http_exchange *x, unsigned status, const char *error,
                   const char *message)
{
    BUF_AUTO challenge = { .max = 4096 };
    if (f->oauth)
        oauth_put_challenge(f->oauth_shared, http_path(x), error, USUAL_SCOPE, &challenge);
    else
        buf_str(&challenge, "Bearer");
    buf_char(&challenge, '\0');
    http_reply_text(x, status,
                    (struct http_header[]){ { "WWW-Authenticate", challenge.data }, { 0 } },
                    message);
}

bool entry_may_try(struct front *f, struct http_exchange *x)
{
    if (guard_has_credentials(f->guard, x))
        return true;
    refuse(f, x, 401, NULL,
           f->oauth ? "sign in first: this server's clients do it with OAuth, see WWW-Authenticate"
                    : "send an Asana access token as Authorization: Bearer");
    return false;
}

void entry_refuse_write(struct front *f, struct http_exchange *x)
{
    metrics_count(METRIC_REFUSALS, REFUSED_SCOPE, 0);
    refuse(f, x, 403, "insufficient_scope",
           "this sign-in is for reading: ask for the scope \"read write\"");
}

static void refuse_blocked(struct http_exchange *x, const char *message)
{
    AUDIT("request.refused", LOG_STR("outcome", "refused"), LOG_STR("error", "blocked"));
    metrics_count(METRIC_REFUSALS, REFUSED_BLOCKED, 0);
    http_reply_text(x, 403, NULL, message);
}

static void serve(struct front *f, struct http_exchange *x, const struct route *route,
                  struct caller *caller)
{
    const char *refusal =
        f->sight.policy ? policy_refusal(f->sight.policy, caller->person, &caller->client) : NULL;
    if (refusal)
        refuse_blocked(x, refusal);
    else if (!route)
        front_refuse_route(x);
    else if (!narrow_caller(x, caller))
        http_reply_text(
            x, 400, NULL,
            "toolsets or profile names one that there is not; \"asana-mcp tools\" lists "
            "the toolsets, with --profiles the profiles");
    else
        route->serve(f, x, caller);
}

static void on_identified(void *ctx, const struct oauth_answer *answer)
{
    struct entry *e = ctx;
    struct front *f = e->front;
    struct http_exchange *x = e->x;
    const struct route *route = e->route;
    LIST_REMOVE(e, link);
    free(e);
    switch (answer->outcome) {
    case OAUTH_KNOWN:
        serve(f, x, route, answer->caller);
        return;
    case OAUTH_UNKNOWN:
        refuse(f, x, 401, "invalid_token", answer->message);
        return;
    case OAUTH_BLOCKED:
        refuse_blocked(x, answer->message);
        return;
    case OAUTH_BUSY:
        http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "2" }, { 0 } },
                        answer->message);
    }
}

void entry_admit(struct front *f, struct http_exchange *x, const struct route *route)
{
    CALLER_AUTO caller = { 0 };
    if (!front_is_ready(f)) {
        http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "1" }, { 0 } },
                        "the server is starting: try again");
        return;
    }
    if (!f->oauth) {
        if (guard_caller(f->guard, x, &caller))
            serve(f, x, route, &caller);
        else
            http_reply_text(x, 503, NULL, "out of memory");
        return;
    }
    struct entry *e = calloc(1, sizeof(*e));
    if (!e) {
        http_reply_text(x, 503, NULL, "out of memory");
        return;
    }
    *e = (struct entry){ .front = f, .x = x, .route = route };
    LIST_INSERT_HEAD(&f->entries, e, link);
    oauth_identify(f->oauth, x, on_identified, e);
}

void entry_forget(struct front *f)
{
    while (!LIST_EMPTY(&f->entries)) {
        struct entry *e = LIST_FIRST(&f->entries);
        LIST_REMOVE(e, link);
        free(e);
    }
}
