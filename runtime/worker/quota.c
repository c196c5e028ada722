#include "worker/quota.h"

#include "asana/gate_share.h"
#include "asana/gate_table.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "redis/redis.h"
#include "worker/quota_script.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#define PREFIX "asana-mcp:quota:"
#define SINCE PREFIX "since"
/* A search may be sent a moment after it was counted. */
#define SEARCH_MS (GATE_MINUTE_MS + 5000)
/* What was used at most is remembered for one to two of these. */
#define PEAK_MS 1000
/* Between two looks for tokens that no worker knows any more. */
#define SWEEP_MS 10000
/* With a store that is shared there is somebody to share with, as long as Redis has not said. */
#define FEWEST_NODES 2

static const unsigned more[GATE_KINDS] = {
    [GATE_READ] = LIMIT_QUOTA_MORE_READS,
    [GATE_WRITE] = LIMIT_QUOTA_MORE_WRITES,
    [GATE_SEARCH] = LIMIT_QUOTA_MORE_SEARCHES,
};

TAILQ_HEAD(leases, lease);

struct portion {
    unsigned peak, peak_before; /* used at most, in this period and in the one before */
    uint64_t lively_ms;         /* when somebody came or waited; 0: never */
    bool lively;                /* that was not long ago, when it was looked last */
    unsigned held, need, want;  /* as Redis was told last */
};

/* A token's. */
struct lease {
    struct quota *quota;
    struct gate *gate;
    struct portion portions[GATE_KINDS];
    uint64_t period_ms;
    uint64_t told_ms;      /* the last word to Redis … */
    uint64_t confirmed_ms; /* … and the last that was answered */
    uint64_t due_ms;       /* the next, while calm or hungry */
    bool sated;            /* it has got all that it wanted */
    bool again;            /* it wants more since it was asked for */
    struct redis_command *command;
    struct leases *list; /* that it is in */
    TAILQ_ENTRY(lease) link;
};

struct quota {
    uv_loop_t *loop;
    struct gates *gates;
    struct redis *redis;
    char node[9];
    char digest[48];    /* of the script, as Redis has told it; "": it has to be sent as a whole */
    unsigned nodes;     /* that Redis has told of, at most, lately … */
    uint64_t nodes_ms;  /* … and when */
    bool alone;         /* some token does with an equal part */
    uint64_t turn;      /* the last that was said */
    uint64_t census_ms; /* the next */
    uint64_t sweep_ms;
    uint64_t counted_ms;   /* when the census that is under way was sent */
    uint64_t confirmed_ms; /* Redis has answered something that was sent then */
    struct redis_command *census;
    struct leases resting, asking, calm, hungry; /* the last two by due_ms */
    uv_async_t wanting;
    uv_timer_t timer;
    unsigned handles;
};

static void ask(struct lease *l);

/* ---- when ---- */

static void on_timer(uv_timer_t *timer);

static void arm(struct quota *q)
{
    const struct lease *firsts[] = { TAILQ_FIRST(&q->calm), TAILQ_FIRST(&q->hungry) };
    uint64_t now = clock_ms();
    uint64_t at = q->census_ms;
    for (int i = 0; i < 2; i++)
        if (firsts[i] && firsts[i]->due_ms < at)
            at = firsts[i]->due_ms;
    uv_update_time(q->loop);
    uv_timer_start(&q->timer, on_timer, at > now ? at - now : 0, 0);
}

static void move(struct lease *l, struct leases *list)
{
    TAILQ_REMOVE(l->list, l, link);
    TAILQ_INSERT_TAIL(list, l, link);
    l->list = list;
}

static void ask_later(struct lease *l, bool hungry)
{
    l->due_ms = clock_ms() + (hungry ? LIMIT_QUOTA_HUNGRY_MS : LIMIT_QUOTA_CALM_MS);
    move(l, hungry ? &l->quota->hungry : &l->quota->calm);
}

/* ---- what is needed, and what came of it ---- */

/* What a token is likely to use soon, beside what it needs; what it has not used for a while it
 * does without. */
static void weigh(struct lease *l, enum gate_kind kind, uint64_t now)
{
    struct portion *p = &l->portions[kind];
    struct gate_demand d;
    gate_look(l->gate, kind, &d);
    if (d.is_lively)
        p->lively_ms = now;
    if (d.used > p->peak)
        p->peak = d.used;
    p->lively = p->lively_ms && now - p->lively_ms < LIMIT_QUOTA_IDLE_MS;
    unsigned most = p->peak > p->peak_before ? p->peak : p->peak_before;
    p->need = d.used + d.waiting;
    p->want = p->need > most ? p->need : most;
    if (p->lively)
        p->want += more[kind];
    else
        p->want = p->need;
    if (p->need > gate_whole(kind))
        p->need = gate_whole(kind);
    if (p->want > gate_whole(kind))
        p->want = gate_whole(kind);
    unsigned keep = p->lively ? p->want : 0; /* the searches of the minute are held nevertheless */
    if (gate_held(l->gate, kind) > keep)
        gate_allow(l->gate, kind, keep);
    p->held = gate_held(l->gate, kind);
}

static void pass_period(struct lease *l, uint64_t now)
{
    if (now - l->period_ms < PEAK_MS)
        return;
    l->period_ms = now;
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        l->portions[kind].peak_before = l->portions[kind].peak;
        l->portions[kind].peak = 0;
    }
}

/* Nothing but searches that were made is held, and those Redis knows of. */
static bool is_unused(const struct lease *l)
{
    for (int kind = 0; kind < GATE_KINDS; kind++)
        if (l->portions[kind].lively || (kind != GATE_SEARCH && l->portions[kind].held))
            return false;
    return true;
}

/* Redis has been silent. Others count on what we hold until the lease's time is over, and we on
 * theirs: so one's own is given up early, and the equal part is taken late. */
static void do_alone(struct lease *l, const char *why)
{
    struct quota *q = l->quota;
    uint64_t silent = clock_ms() - l->confirmed_ms;
    if (silent < LIMIT_QUOTA_LEASE_MS / 2)
        return;
    if (!q->alone)
        LOG(LOG_WARN, "quota.alone", LOG_INT("nodes", q->nodes), LOG_STR("why", why));
    q->alone = true;
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        unsigned part = gate_whole((enum gate_kind)kind) / q->nodes;
        if (part == 0)
            part = 1;
        if (silent >= LIMIT_QUOTA_LEASE_MS || gate_held(l->gate, (enum gate_kind)kind) > part)
            gate_allow(l->gate, (enum gate_kind)kind, part);
    }
}

static void confirm(struct quota *q, uint64_t sent_ms)
{
    if (sent_ms > q->confirmed_ms)
        q->confirmed_ms = sent_ms;
    if (q->alone)
        LOG(LOG_INFO, "quota.shared");
    q->alone = false;
}

static bool read_grants(const redisReply *reply, unsigned grants[GATE_KINDS])
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != GATE_KINDS)
        return false;
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        const redisReply *n = reply->element[kind];
        if (n->type != REDIS_REPLY_INTEGER || n->integer < 0 ||
            n->integer > gate_whole((enum gate_kind)kind))
            return false;
        grants[kind] = (unsigned)n->integer;
    }
    return true;
}

/* True when things will soon be otherwise: it needs more, or others do. Searches take their minute.
 */
static bool take(struct lease *l, const unsigned grants[GATE_KINDS])
{
    bool hungry = false;
    l->sated = true;
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        const struct portion *p = &l->portions[kind];
        gate_allow(l->gate, (enum gate_kind)kind, grants[kind]);
        l->sated &= grants[kind] >= p->want;
        if (kind != GATE_SEARCH)
            hungry |= grants[kind] < p->need || grants[kind] < p->held ||
                      p->need == gate_whole((enum gate_kind)kind);
    }
    return hungry;
}

static void on_answer(void *ctx, const redisReply *reply, const char *why)
{
    struct lease *l = ctx;
    struct quota *q = l->quota;
    unsigned grants[GATE_KINDS];
    l->command = NULL;
    if (!reply || !read_grants(reply, grants)) {
        if (reply && redis_says(reply, "NOSCRIPT"))
            q->digest[0] = '\0';
        do_alone(l, !reply ? why : reply->str ? reply->str : "its answer makes no sense");
        ask_later(l, reply && redis_says(reply, "NOSCRIPT"));
    } else {
        l->confirmed_ms = l->told_ms;
        confirm(q, l->told_ms);
        bool unused = is_unused(l) && !l->again;
        bool hungry = !unused && take(l, grants);
        if (unused)
            move(l, &q->resting);
        else if (l->again && l->sated)
            ask(l);
        else
            ask_later(l, hungry || l->again);
    }
    arm(q);
}

/* ---- asking ---- */

static void put_key(const struct lease *l, char out[sizeof(PREFIX) + 2 * SECRET_DIGEST])
{
    const struct digest *token = gate_token(l->gate);
    int n = snprintf(out, sizeof(PREFIX), "%s", PREFIX);
    sodium_bin2hex(out + n, 2 * SECRET_DIGEST + 1, token->bytes, SECRET_DIGEST);
}

/* node, turn, lease, search, settling, nodes, and of each kind four. */
#define ARGUMENTS (6 + 4 * GATE_KINDS)

static void ask(struct lease *l)
{
    struct quota *q = l->quota;
    char key[sizeof(PREFIX) + 2 * SECRET_DIGEST];
    char numbers[ARGUMENTS][24];
    uint64_t values[ARGUMENTS];
    struct slice argv[5 + ARGUMENTS];
    uint64_t now = clock_ms();
    size_t n = 0;
    l->again = false;
    pass_period(l, now);
    l->told_ms = now; /* before what is held is looked at */
    values[n++] = 0;  /* the node's name */
    values[n++] = ++q->turn;
    values[n++] = LIMIT_QUOTA_LEASE_MS;
    values[n++] = SEARCH_MS;
    values[n++] = LIMIT_QUOTA_SETTLE_MS;
    values[n++] = q->nodes;
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        const struct portion *p = &l->portions[kind];
        weigh(l, (enum gate_kind)kind, now);
        values[n++] = gate_whole((enum gate_kind)kind);
        values[n++] = p->held;
        values[n++] = p->need;
        values[n++] = p->want;
    }
    put_key(l, key);
    bool known = q->digest[0] != '\0';
    argv[0] = slice_of(known ? "EVALSHA" : "EVAL");
    argv[1] = slice_of(known ? q->digest : quota_share_script);
    argv[2] = slice_of("2");
    argv[3] = slice_of(key);
    argv[4] = slice_of(SINCE);
    argv[5] = slice_of(q->node);
    for (size_t i = 1; i < n; i++) {
        snprintf(numbers[i], sizeof(numbers[i]), "%" PRIu64, values[i]);
        argv[5 + i] = slice_of(numbers[i]);
    }
    l->command = redis_run(q->redis, 5 + n, argv, LIMIT_QUOTA_ANSWER_MS, on_answer, l);
    if (l->command) {
        move(l, &q->asking);
        return;
    }
    do_alone(l, "out of memory");
    ask_later(l, false);
}

static void lease_free(struct lease *l)
{
    TAILQ_REMOVE(l->list, l, link);
    if (l->command)
        redis_forget(l->command);
    free(l);
}

static struct lease *lease_of(struct quota *q, struct gate *gate)
{
    struct lease *l = gate_lease(gate);
    if (l || !(l = calloc(1, sizeof(*l))))
        return l;
    l->quota = q;
    l->gate = gate;
    l->list = &q->resting;
    TAILQ_INSERT_TAIL(&q->resting, l, link);
    gate_set_lease(gate, l);
    return l;
}

/* Some want more. Those that have just been told that others need it, too, wait a little. */
static void on_wanting(uv_async_t *wanting)
{
    struct quota *q = wanting->data;
    struct gate *gate;
    while ((gate = gates_take_wanting(q->gates))) {
        struct lease *l = lease_of(q, gate);
        if (!l) {
            LOG(LOG_ERROR, "quota.refused", LOG_STR("why", "out of memory"));
            continue;
        }
        if (l->list == &q->resting && l->confirmed_ms < q->confirmed_ms)
            l->confirmed_ms =
                q->confirmed_ms; /* nothing is held: silence begins now at the latest */
        if (l->list == &q->asking)
            l->again = true;
        else if (l->list == &q->resting || (l->list == &q->calm && l->sated))
            ask(l);
        else if (l->list == &q->calm)
            ask_later(l, true);
    }
    arm(q);
}

/* ---- how many nodes there are ---- */

static void on_counted(void *ctx, const redisReply *reply, const char *why)
{
    struct quota *q = ctx;
    q->census = NULL;
    if (!reply || reply->type != REDIS_REPLY_INTEGER) {
        LOG(LOG_DEBUG, "quota.uncounted",
            LOG_STR("why", !reply       ? why
                           : reply->str ? reply->str
                                        : "it makes no sense"));
        return;
    }
    q->confirmed_ms = q->counted_ms > q->confirmed_ms ? q->counted_ms : q->confirmed_ms;
    unsigned n = reply->integer > 0 && reply->integer < 1000000 ? (unsigned)reply->integer : 1;
    uint64_t now = clock_ms();
    if (n < q->nodes && now - q->nodes_ms < LIMIT_QUOTA_NODE_MS)
        return; /* Redis may have forgotten them, and hear of them again */
    q->nodes = n;
    q->nodes_ms = now;
}

static void count_nodes(struct quota *q, uint64_t now)
{
    char lasts[24], lease[24];
    snprintf(lasts, sizeof(lasts), "%u", LIMIT_QUOTA_NODE_MS);
    snprintf(lease, sizeof(lease), "%u", LIMIT_QUOTA_LEASE_MS);
    q->counted_ms = now;
    q->census =
        redis_run(q->redis, 8,
                  (struct slice[]){ slice_of("EVAL"), slice_of(quota_census_script), slice_of("2"),
                                    slice_of(PREFIX "nodes"), slice_of(SINCE), slice_of(q->node),
                                    slice_of(lasts), slice_of(lease) },
                  LIMIT_QUOTA_ANSWER_MS, on_counted, q);
}

/* ---- life ---- */

static void sweep(struct quota *q)
{
    struct lease *l, *next;
    for (l = TAILQ_FIRST(&q->resting); l; l = next) {
        next = TAILQ_NEXT(l, link);
        if (gate_let_go_last(q->gates, l->gate))
            lease_free(l);
    }
}

static void ask_due(struct leases *leases, uint64_t now)
{
    struct lease *l;
    while ((l = TAILQ_FIRST(leases)) && l->due_ms <= now)
        ask(l);
}

static void on_timer(uv_timer_t *timer)
{
    struct quota *q = timer->data;
    uint64_t now = clock_ms();
    ask_due(&q->hungry, now);
    ask_due(&q->calm, now);
    if (now >= q->census_ms) {
        q->census_ms = now + LIMIT_QUOTA_CALM_MS;
        if (!q->census)
            count_nodes(q, now);
    }
    if (now >= q->sweep_ms) {
        q->sweep_ms = now + SWEEP_MS;
        sweep(q);
    }
    arm(q);
}

/* Redis is there again: all say at once what they hold. */
static void on_state(void *ctx, bool up)
{
    struct quota *q = ctx;
    struct lease *l;
    if (!up)
        return;
    TAILQ_FOREACH (l, &q->calm, link)
        l->due_ms = 0;
    q->census_ms = 0;
    arm(q);
}

static void on_script(void *ctx, const redisReply *reply, const char *why)
{
    struct quota *q = ctx;
    (void)why;
    bool ok = reply && reply->type == REDIS_REPLY_STRING && reply->len < sizeof(q->digest);
    snprintf(q->digest, sizeof(q->digest), "%s", ok ? reply->str : "");
}

static void on_closed(uv_handle_t *handle)
{
    struct quota *q = handle->data;
    if (--q->handles == 0)
        free(q);
}

bool quota_open(uv_loop_t *loop, struct gates *gates, const struct redis_address *redis,
                uint32_t node, struct quota **out, struct err *err)
{
    struct quota *q = calloc(1, sizeof(*q));
    if (!q || uv_async_init(loop, &q->wanting, on_wanting) != 0) {
        free(q);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    uv_timer_init(loop, &q->timer);
    q->wanting.data = q->timer.data = q;
    q->handles = 2;
    q->loop = loop;
    q->gates = gates;
    q->nodes = FEWEST_NODES;
    q->confirmed_ms = clock_ms();
    q->nodes_ms = q->confirmed_ms;
    q->sweep_ms = q->confirmed_ms + SWEEP_MS;
    snprintf(q->node, sizeof(q->node), "%08" PRIx32, node);
    TAILQ_INIT(&q->resting);
    TAILQ_INIT(&q->asking);
    TAILQ_INIT(&q->calm);
    TAILQ_INIT(&q->hungry);
    q->redis = redis_open(loop, redis);
    if (!q->redis || !redis_begin_with(q->redis, 3,
                                       (struct slice[]){ slice_of("SCRIPT"), slice_of("LOAD"),
                                                         slice_of(quota_share_script) },
                                       on_script, q)) {
        quota_close(q);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    redis_on_state(q->redis, on_state, q);
    gates_listen(gates, &q->wanting);
    arm(q);
    *out = q;
    return true;
}

static void let_go(struct quota *q, struct leases *leases)
{
    struct lease *l;
    while ((l = TAILQ_FIRST(leases))) {
        gate_let_go(q->gates, l->gate);
        lease_free(l);
    }
}

void quota_close(struct quota *q)
{
    struct gate *gate;
    if (!q)
        return;
    gates_listen(q->gates, NULL);
    while ((gate = gates_take_wanting(q->gates)))
        if (!gate_lease(gate))
            gate_let_go(q->gates, gate);
    let_go(q, &q->resting);
    let_go(q, &q->asking);
    let_go(q, &q->calm);
    let_go(q, &q->hungry);
    redis_close(q->redis);
    uv_close((uv_handle_t *)&q->wanting, on_closed);
    uv_close((uv_handle_t *)&q->timer, on_closed);
}
