#include "transport/roster.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#define TURN_MS 1000
#define NODE_NAME 9
#define VALUE_MAX 1024

/* A session that has ended, and whose record has to go. */
struct ended {
    char id[SESSION_ID + 1];
    STAILQ_ENTRY(ended) link;
};

struct roster {
    struct worker *worker;
    struct store *store;
    bool shared, failing;
    int64_t since; /* of the node */
    uint64_t beat_ms, walked_ms, rested_ms;
    STAILQ_HEAD(ended_list, ended) ended;
    struct ended_list going;                      /* of the step under way */
    char coming[LIMIT_STORE_OPS][SESSION_ID + 1]; /* likewise */
    size_t n_coming;
    struct store_work *work, *beat;
    uv_timer_t timer;
};

/* ---- the node ---- */

static void put_node(uint32_t node, char out[NODE_NAME])
{
    snprintf(out, NODE_NAME, "%08x", node);
}

static void put_sign(struct buf *value, int64_t since)
{
    char host[256] = "";
    gethostname(host, sizeof(host) - 1);
    node_record_write(
        &(struct node_record){
            .host = host, .version = ASANA_MCP_VERSION, .pid = getpid(), .since = since },
        value);
}

/* False only when somebody has that name. */
static bool claim(struct store *store, uint32_t node)
{
    char name[NODE_NAME];
    BUF_AUTO value = { .max = VALUE_MAX };
    struct store_wait *wait = NULL;
    const struct store_result *result;
    struct err err;
    int64_t now = clock_wall_ms() / 1000;
    put_node(node, name);
    put_sign(&value, now);
    struct store_op op = { .verb = STORE_ADD,
                           .table = STORE_NODES,
                           .key = slice_of(name),
                           .value = buf_slice(&value),
                           .expires_at = now + LIMIT_NODE_SECONDS };
    bool taken = store_run_wait(store, &op, 1, now, &wait, &result, &err) &&
                 result->outcome == STORE_CONFLICT;
    store_wait_done(wait);
    return !taken;
}

uint32_t roster_claim(struct store *store)
{
    uint32_t node;
    do
        node = randombytes_random();
    while (!claim(store, node));
    return node;
}

static void on_beat(void *ctx, const struct store_result *result)
{
    struct roster *r = ctx;
    (void)result; /* the next one is soon */
    r->beat = NULL;
}

static void beat(struct roster *r, int64_t now)
{
    char name[NODE_NAME];
    BUF_AUTO value = { .max = VALUE_MAX };
    put_node(r->worker->here.node, name);
    put_sign(&value, r->since);
    struct store_op op = { .verb = STORE_PUT,
                           .table = STORE_NODES,
                           .key = slice_of(name),
                           .value = buf_slice(&value),
                           .expires_at =
                               now + (r->shared ? LIMIT_NODE_SECONDS : LIMIT_LONE_SECONDS) };
    if (buf_ok(&value))
        r->beat = store_run(r->store, &r->worker->loop, &op, 1, now, on_beat, r);
}

void roster_leave(struct store *store, uint32_t node)
{
    char name[NODE_NAME];
    struct store_wait *wait = NULL;
    const struct store_result *result;
    struct err err;
    put_node(node, name);
    struct store_op op = { .verb = STORE_DELETE, .table = STORE_NODES, .key = slice_of(name) };
    if (!store_run_wait(store, &op, 1, clock_wall_ms() / 1000, &wait, &result, &err))
        LOG(LOG_WARN, "node.not_left", LOG_STR("why", err.text));
    else if (result->outcome != STORE_DONE)
        LOG(LOG_WARN, "node.not_left", LOG_STR("why", result->detail));
    store_wait_done(wait);
}

/* ---- sessions ---- */

static void on_removed(void *ctx, struct session *s)
{
    struct roster *r = ctx;
    struct ended *e = s->recorded_ms ? malloc(sizeof(*e)) : NULL;
    if (!e)
        return; /* its record expires */
    memcpy(e->id, s->id, sizeof(e->id));
    STAILQ_INSERT_TAIL(&r->ended, e, link);
}

static bool is_due(const struct session *s, uint64_t now)
{
    if (!s->peer.initialized)
        return false;
    return !s->recorded_ms || s->used_ms > s->recorded_ms + LIMIT_ROSTER_USED_SECONDS * 1000u ||
           now > s->recorded_ms + LIMIT_ROSTER_REST_SECONDS * 1000u;
}

/* What one step tells the store. */
struct telling {
    struct store_op ops[LIMIT_STORE_OPS];
    struct buf values[LIMIT_STORE_OPS];
    char owners[LIMIT_STORE_OPS][CALLER_PERSON + 8];
    size_t n;
};

static void tell_ended(struct roster *r, struct telling *t)
{
    while (!STAILQ_EMPTY(&r->ended) && t->n < LIMIT_STORE_OPS) {
        struct ended *e = STAILQ_FIRST(&r->ended);
        STAILQ_REMOVE_HEAD(&r->ended, link);
        STAILQ_INSERT_TAIL(&r->going, e, link);
        t->ops[t->n++] = (struct store_op){ .verb = STORE_DELETE,
                                            .table = STORE_SESSIONS,
                                            .key = slice_of(e->id) };
    }
}

static void tell_session(struct roster *r, struct telling *t, struct session *s, uint64_t now,
                         int64_t wall)
{
    char node[NODE_NAME];
    struct buf *value = &t->values[t->n];
    char *owner = t->owners[t->n];
    put_node(r->worker->here.node, node);
    *value = (struct buf){ .max = VALUE_MAX };
    session_record_write(
        &(struct session_record){ .person = s->who.person,
                                  .grant = s->who.grant,
                                  .client = s->peer.client,
                                  .transport = s->streamed ? "sse" : "streamable",
                                  .revision = mcp_revision_name(s->peer.revision),
                                  .node = node,
                                  .since = s->since,
                                  .used = wall - (int64_t)((now - s->used_ms) / 1000) },
        value);
    snprintf(owner, sizeof(t->owners[0]), "%s%s", *s->who.person ? "user:" : "", s->who.person);
    if (!buf_ok(value))
        return;
    t->ops[t->n++] = (struct store_op){ .verb = STORE_PUT,
                                        .table = STORE_SESSIONS,
                                        .key = slice_of(s->id),
                                        .value = buf_slice(value),
                                        .owner = slice_of(owner),
                                        .expires_at = wall + LIMIT_ROSTER_SECONDS };
    memcpy(r->coming[r->n_coming++], s->id, sizeof(s->id));
    s->recorded_ms = now;
}

/* Those used since the last time, and now and then all. */
static void tell_sessions(struct roster *r, struct telling *t, uint64_t now, int64_t wall)
{
    bool all = now > r->rested_ms + LIMIT_ROSTER_USED_SECONDS * 1000u;
    struct session *s = sessions_latest(r->worker->sessions);
    while (s && t->n < LIMIT_STORE_OPS && (all || s->used_ms + TURN_MS >= r->walked_ms)) {
        if (is_due(s, now))
            tell_session(r, t, s, now, wall);
        s = s->older;
    }
    if (t->n == LIMIT_STORE_OPS)
        return;
    r->walked_ms = now;
    if (all)
        r->rested_ms = now;
}

static void tell(struct roster *r);

static void forget_going(struct roster *r)
{
    while (!STAILQ_EMPTY(&r->going)) {
        struct ended *e = STAILQ_FIRST(&r->going);
        STAILQ_REMOVE_HEAD(&r->going, link);
        free(e);
    }
}

/* Again with the next turn. */
static void keep_for_later(struct roster *r, const char *why)
{
    if (!r->failing)
        LOG(LOG_WARN, "roster.not_told", LOG_STR("why", why ? why : ""));
    r->failing = true;
    STAILQ_CONCAT(&r->ended, &r->going);
    for (size_t i = 0; i < r->n_coming; i++) {
        struct session *s = session_by_id(r->worker->sessions, r->coming[i]);
        if (s)
            s->recorded_ms = 0;
    }
    r->rested_ms = 0;
}

static void on_told(void *ctx, const struct store_result *result)
{
    struct roster *r = ctx;
    bool whole = r->n_coming == LIMIT_STORE_OPS || !STAILQ_EMPTY(&r->ended);
    r->work = NULL;
    if (result->outcome != STORE_DONE) {
        keep_for_later(r, result->detail);
        return;
    }
    r->failing = false;
    forget_going(r);
    if (whole)
        tell(r);
}

static void tell(struct roster *r)
{
    struct telling t = { .n = 0 };
    int64_t wall = clock_wall_ms() / 1000;
    r->n_coming = 0;
    tell_ended(r, &t);
    tell_sessions(r, &t, clock_ms(), wall);
    if (t.n)
        r->work = store_run(r->store, &r->worker->loop, t.ops, t.n, wall, on_told, r);
    if (t.n && !r->work)
        keep_for_later(r, "out of memory");
    for (size_t i = 0; i < LIMIT_STORE_OPS; i++)
        buf_done(&t.values[i]);
}

/* ---- life ---- */

static void on_turn(uv_timer_t *timer)
{
    struct roster *r = timer->data;
    uint64_t now = clock_ms();
    unsigned every = r->shared ? LIMIT_NODE_BEAT_SECONDS : LIMIT_LONE_BEAT_SECONDS;
    if (r->worker->index == 0 && !r->beat && now >= r->beat_ms) {
        r->beat_ms = now + every * 1000u;
        beat(r, clock_wall_ms() / 1000);
    }
    if (!r->work)
        tell(r);
}

bool roster_open(struct worker *w, struct store *store, bool shared, struct roster **out,
                 struct err *err)
{
    struct roster *r = calloc(1, sizeof(*r));
    if (!r)
        return err_set(err, ERR_MEMORY, "out of memory");
    r->worker = w;
    r->store = store;
    r->shared = shared;
    r->since = clock_wall_ms() / 1000;
    STAILQ_INIT(&r->ended);
    STAILQ_INIT(&r->going);
    uv_timer_init(&w->loop, &r->timer);
    r->timer.data = r;
    uv_timer_start(&r->timer, on_turn, 0, TURN_MS);
    sessions_on_remove(w->sessions, on_removed, r);
    *out = r;
    return true;
}

static void on_closed(uv_handle_t *timer)
{
    struct roster *r = timer->data;
    forget_going(r);
    STAILQ_CONCAT(&r->going, &r->ended);
    forget_going(r);
    free(r);
}

void roster_close(struct roster *r)
{
    if (!r)
        return;
    if (r->work)
        store_cancel(r->work);
    if (r->beat)
        store_cancel(r->beat);
    uv_close((uv_handle_t *)&r->timer, on_closed);
}
