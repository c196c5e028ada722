#include "transport/ready.h"

#include "base/limits.h"
#include "transport/drain.h"
#include "transport/keyring.h"

#define REASONS_MAX 4096

/* NULL: nothing is wrong. What anybody may read: no paths, no addresses. */
typedef const char *reason_fn(const struct front *f);
/* Whether the reason is none yet to send requests elsewhere; NULL: never. */
typedef bool bearable_fn(const struct front *f);

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
    return f->sight.policy && policy_silence_ms(f->sight.policy)
               ? "it does not answer; the log says why (policy.store_unread)"
               : NULL;
}

/* As long as people go on whose sign-ins are known. */
static bool store_is_bearable(const struct front *f)
{
    return policy_silence_ms(f->sight.policy) <= LIMIT_STORE_AWAY_SECONDS * 1000u;
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
    bearable_fn *is_bearable;
} checks[] = {
    { "draining", drain_reason, NULL },
    { "blocks", blocks_reason, NULL },
    { "store", store_reason, store_is_bearable },
    { "nodes", nodes_reason, NULL },
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
        if (!reason)
            continue;
        put_reason(reasons, checks[i].name, reason);
        ready = ready && checks[i].is_bearable && checks[i].is_bearable(f);
    }
    return ready;
}

static void answer(struct http_exchange *x, bool well, struct buf *reasons)
{
    if (well && !reasons->len) {
        http_reply_text(x, 200, NULL, "ok");
        return;
    }
    buf_char(reasons, '\0');
    const char *text = buf_ok(reasons) ? reasons->data : "out of memory";
    if (well)
        http_reply_text(x, 200, NULL, text);
    else
        http_reply_text(x, 503, (struct http_header[]){ { "Retry-After", "1" }, { 0 } }, text);
}

void ready_serve(struct front *f, struct http_exchange *x, struct caller *caller)
{
    (void)caller;
    BUF_AUTO reasons = { .max = REASONS_MAX };
    if (f->drain)
        drain_is_ready(f->drain); /* counts who asks */
    BUF_AUTO text = { .max = REASONS_MAX + 16 };
    bool ready = ready_check(f, &reasons);
    if (ready && reasons.len)
        buf_str(&text, "degraded\n");
    buf_slice_put(&text, buf_slice(&reasons));
    answer(x, ready, &text);
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
