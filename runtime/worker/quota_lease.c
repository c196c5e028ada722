#include "worker/quota_priv.h"

#include "asana/gate_table.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "worker/quota_script.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

/* A search may be sent a moment after it was counted. */
#define SEARCH_MS (GATE_MINUTE_MS + 5000)
/* What was used at most is remembered for one to two of these. */
#define PEAK_MS 1000

static const unsigned more[GATE_KINDS] = {
    [GATE_READ] = LIMIT_QUOTA_MORE_READS,
    [GATE_WRITE] = LIMIT_QUOTA_MORE_WRITES,
    [GATE_SEARCH] = LIMIT_QUOTA_MORE_SEARCHES,
};

/* ---- what is needed ---- */

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

/* ---- what came of it ---- */

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

/* What was lent has ended. */
static void notice_spare(struct lease *l)
{
    for (int kind = 0; kind < GATE_KINDS; kind++)
        gate_allow(l->gate, (enum gate_kind)kind, gate_held(l->gate, (enum gate_kind)kind));
}

static void on_answer(void *ctx, const redisReply *reply, const char *why)
{
    struct lease *l = ctx;
    struct quota *q = l->quota;
    unsigned grants[GATE_KINDS];
    l->command = NULL;
    if (!reply || !read_grants(reply, grants)) {
        bool unknown = reply && redis_says(reply, "NOSCRIPT");
        if (unknown)
            q->digest[0] = '\0';
        quota_miss(q, !reply ? why : reply->str ? reply->str : "its answer makes no sense");
        if (q->alone)
            notice_spare(l);
        quota_ask_later(l, unknown);
    } else {
        quota_confirm(q);
        gate_extend(l->gate, l->told_ms + LIMIT_QUOTA_LEASE_MS - LIMIT_QUOTA_MARGIN_MS);
        bool unused = is_unused(l) && !l->again;
        bool hungry = !unused && take(l, grants);
        if (unused)
            quota_move(l, &q->resting);
        else if (l->again && l->sated)
            lease_ask(l);
        else
            quota_ask_later(l, hungry || l->again);
    }
    quota_arm(q);
}

/* ---- what is said ---- */

#define KEY_TEXT (sizeof(QUOTA_PREFIX) + 2 * (size_t)SECRET_DIGEST)

static void put_key(const struct lease *l, char out[KEY_TEXT])
{
    const struct digest *token = gate_token(l->gate);
    int n = snprintf(out, KEY_TEXT, "%s", QUOTA_PREFIX);
    sodium_bin2hex(out + n, 2 * SECRET_DIGEST + 1, token->bytes, SECRET_DIGEST);
}

/* node, turn, lease, search, spare, and of each kind four. */
#define ARGUMENTS (5 + 4 * GATE_KINDS)

static struct redis_command *say(struct lease *l, redis_done_fn *done)
{
    struct quota *q = l->quota;
    char key[KEY_TEXT];
    char numbers[ARGUMENTS][24];
    uint64_t values[ARGUMENTS];
    struct slice argv[5 + ARGUMENTS];
    size_t n = 0;
    values[n++] = 0; /* the node's name */
    values[n++] = ++q->turn;
    values[n++] = LIMIT_QUOTA_LEASE_MS;
    values[n++] = SEARCH_MS;
    values[n++] = LIMIT_QUOTA_SPARE;
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        const struct portion *p = &l->portions[kind];
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
    argv[4] = slice_of(QUOTA_EPOCH);
    argv[5] = slice_of(q->node);
    for (size_t i = 1; i < n; i++) {
        snprintf(numbers[i], sizeof(numbers[i]), "%" PRIu64, values[i]);
        argv[5 + i] = slice_of(numbers[i]);
    }
    return redis_run(q->redis, 5 + n, argv, LIMIT_QUOTA_ANSWER_MS, done, l);
}

void lease_ask(struct lease *l)
{
    uint64_t now = clock_ms();
    l->again = false;
    pass_period(l, now);
    l->told_ms = gate_table_now(l->quota->gates); /* before what is held is looked at */
    for (int kind = 0; kind < GATE_KINDS; kind++)
        weigh(l, (enum gate_kind)kind, now);
    l->command = say(l, on_answer);
    if (l->command) {
        quota_move(l, &l->quota->asking);
        return;
    }
    quota_miss(l->quota, "out of memory");
    quota_ask_later(l, false);
}

void lease_return(struct lease *l)
{
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        gate_allow(l->gate, (enum gate_kind)kind, 0);
        l->portions[kind] = (struct portion){ .held = gate_held(l->gate, (enum gate_kind)kind) };
    }
    say(l, NULL);
}
