#include "transport/ready.h"

#include "base/limits.h"
#include "transport/drain.h"
#include "transport/keyring.h"

#define REASONS_MAX 4096

/* NULL: nothing is wrong. What anybody may read: no paths, no addresses. */
typedef const char *reason_fn(const struct front *f);

static const char *drain_reason(const struct front *f)
{
    return f->drain && drain_leaves(f->drain) ? "this server is being stopped" : NULL;
}

static const char *blocks_reason(const struct front *f)
{
    return f->sight.policy && !policy_ready(f->sight.policy)
               ? "who is blocked has not been read yet"
               : NULL;
}

static const char *store_reason(const struct front *f)
{
    return f->sight.policy && !policy_hears(f->sight.policy)
               ? "it does not answer; the log says why (policy.store_unread)"
               : NULL;
}

static const char *nodes_reason(const struct front *f)
{
    if (f->keys && !keyring_is_ready(f->keys))
        return "what all nodes have in common has not been read yet";
    return f->worker->bus && !bus_hears(f->worker->bus) ? "other nodes cannot be heard yet" : NULL;
}

static const struct {
    const char *name;
    reason_fn *reason;
} checks[] = {
    { "draining", drain_reason },
    { "blocks", blocks_reason },
    { "store", store_reason },
    { "nodes", nodes_reason },
};

static void put_reason(struct buf *b, const char *name, const char *reason)
{
    if (b->len)
        buf_char(b, '\n');
    buf_str(b, name);
    buf_str(b, ": ");
    buf_str(b, reason);
}

bool ready_check(const struct front *f, struct buf *reasons)
{
    bool ready = true;
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        const char *reason = checks[i].reason(f);
        if (reason)
            put_reason(reasons, checks[i].name, reason);
        ready = ready && !reason;
    }
    return ready;
}

static void answer(struct http_exchange *x, bool well, struct buf *reasons)
{
    if (well) {
        http_reply_text(x, 200, NULL, "ok");
        return;
    }
    buf_char(reasons, '\0');
    http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "1" }, { 0 } },
                    buf_ok(reasons) ? reasons->data : "out of memory");
}

void ready_serve(struct front *f, struct http_exchange *x, struct caller *caller)
{
    (void)caller;
    BUF_AUTO reasons = { .max = REASONS_MAX };
    if (f->drain)
        drain_is_ready(f->drain); /* counts who asks */
    bool ready = ready_check(f, &reasons);
    answer(x, ready, &reasons);
}

void ready_serve_health(struct front *f, struct http_exchange *x, struct caller *caller)
{
    (void)caller;
    BUF_AUTO reasons = { .max = REASONS_MAX };
    struct crew *crew = f->worker->crew;
    bool well = true;
    for (unsigned i = 0; i < crew_size(crew); i++) {
        uint64_t age_ms = pulse_age_ms(&crew_worker(crew, i)->pulse);
        if (age_ms < LIMIT_PULSE_STUCK_MS)
            continue;
        well = false;
        buf_str(&reasons, reasons.len ? "\nworker " : "worker ");
        buf_int(&reasons, i);
        buf_str(&reasons, ": its event loop has not turned for ");
        buf_int(&reasons, (int64_t)(age_ms / 1000));
        buf_str(&reasons, " seconds");
    }
    answer(x, well, &reasons);
}
