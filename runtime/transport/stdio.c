#include "transport/stdio.h"

#include "base/json.h"
#include "base/log.h"
#include "base/trail.h"
#include "mcp/completion.h"
#include "mcp/hub.h"
#include "mcp/modern.h"
#include "mcp/seal.h"
#include "trace/exporter.h"
#include "transport/lines.h"
#include "transport/sight.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* What a legacy session may hear of. */
#define ALL_LISTS (HUB_TOOLS | HUB_PROMPTS | HUB_RESOURCES)

struct stdio {
    uv_loop_t loop;
    struct gates *gates;
    struct mcp_catalog *catalog;
    struct seal *seal;
    struct mcp_env mcp;
    struct trace_exporter *exporter;
    struct sight sight;
    struct caller caller;
    struct lines lines;
    struct mcp_peer peer;          /* of the legacy session */
    struct hub_listener *listener; /* its, from initialize on */
    LIST_HEAD(, running) running;
    unsigned running_count;
};

/* A message that has no answer yet. */
struct running {
    struct stdio *stdio;
    struct mcp_work *work; /* NULL while it is being started */
    char *id;              /* raw JSON */
    size_t id_len;
    SLIST_HEAD(, question) questions;
    LIST_ENTRY(running) link;
};

/* A request of ours that the client has not answered. */
struct question {
    SLIST_ENTRY(question) link;
    size_t id_len;
    char id[]; /* raw JSON */
};

static void take_message(struct stdio *s, struct slice text, bool in_batch);

static bool same(struct slice a, const char *b, size_t len)
{
    return a.len == len && memcmp(a.data, b, len) == 0;
}

static void forget(struct running *r)
{
    struct question *q;
    while ((q = SLIST_FIRST(&r->questions))) {
        SLIST_REMOVE_HEAD(&r->questions, link);
        free(q);
    }
    LIST_REMOVE(r, link);
    r->stdio->running_count--;
    free(r->id);
    free(r);
}

/* ---- to the client ---- */

static void refuse(struct stdio *s, struct slice id, enum rpc_code code, const char *why)
{
    BUF_AUTO b = { .max = 2 * LIMIT_STDIO_LINE };
    rpc_error(&b, id, code, why);
    lines_put(&s->lines, buf_slice(&b));
}

/* Keeps the id of a request: when the input ends, nobody else will answer it. */
static void on_send(void *ctx, struct buf *message)
{
    struct running *r = ctx;
    struct slice text = buf_slice(message), id, method;
    if (json_member(text, "method", &method) && json_member(text, "id", &id)) {
        struct question *q = malloc(sizeof(*q) + id.len);
        if (q) {
            q->id_len = id.len;
            memcpy(q->id, id.data, id.len);
            SLIST_INSERT_HEAD(&r->questions, q, link);
        }
    }
    lines_put(&r->stdio->lines, text);
}

static void on_heard(void *ctx, struct slice notification)
{
    struct stdio *s = ctx;
    lines_put(&s->lines, notification);
}

/* False when the answer cannot stand. */
static bool apply(struct stdio *s, const struct mcp_change *change, struct err *err)
{
    if (change->peer)
        s->peer = *change->peer;
    if (!s->listener && s->peer.initialized)
        s->listener = hub_join(s->mcp.hub, ALL_LISTS, (struct slice){ 0 }, on_heard, s);
    if (!s->listener)
        return err_set(err, ERR_MEMORY, "out of memory");
    if (change->unwatch)
        hub_unwatch(s->listener, change->unwatch);
    return !change->watch || hub_watch(s->listener, change->watch, &s->caller, change->sync, err);
}

static void on_answer(void *ctx, const struct mcp_answer *answer)
{
    struct running *r = ctx;
    struct stdio *s = r->stdio;
    struct err err;
    if (answer->change && !apply(s, answer->change, &err))
        refuse(s, (struct slice){ r->id, r->id_len },
               err.kind == ERR_ARGS ? RPC_INVALID_PARAMS : RPC_INTERNAL_ERROR, err.text);
    else if (answer->message->len)
        lines_put(&s->lines, buf_slice(answer->message));
    forget(r);
}

/* ---- from the client ---- */

static struct running *find(struct stdio *s, struct slice id)
{
    struct running *r;
    LIST_FOREACH (r, &s->running, link)
        if (r->work && id.len && same(id, r->id, r->id_len))
            return r;
    return NULL;
}

/* True for notifications/cancelled; the request that it names, if it still runs, is dropped without
 * a response. */
static bool cancelled(struct stdio *s, const struct rpc_message *message)
{
    BUF_AUTO id = { .max = LIMIT_STDIO_LINE };
    if (!rpc_is_cancellation(message, &id))
        return false;
    struct running *r = find(s, buf_slice(&id));
    if (r) {
        mcp_cancel(r->work);
        forget(r);
    }
    return true;
}

static void forget_question(struct running *r, struct slice id)
{
    struct question *q;
    SLIST_FOREACH (q, &r->questions, link) {
        if (same(id, q->id, q->id_len)) {
            SLIST_REMOVE(&r->questions, q, question, link);
            free(q);
            return;
        }
    }
}

/* A response to nobody's question is passed over. */
static void respond(struct stdio *s, const struct rpc_message *response)
{
    struct running *r, *next;
    for (r = LIST_FIRST(&s->running); r; r = next) {
        next = LIST_NEXT(r, link);
        forget_question(r, response->id);
        if (r->work && mcp_respond(r->work, response))
            return;
    }
}

/* The arena is the work's from now on. */
static void run(struct stdio *s, struct arena *arena, const struct rpc_message *message,
                const struct mcp_peer *peer)
{
    static const struct mcp_line how = { .send = on_send, .answer = on_answer };
    struct mcp_line line = how;
    struct running *r = calloc(1, sizeof(*r));
    if (r)
        r->id = malloc(message->id.len + 1);
    if (!r || !r->id) {
        free(r);
        if (message->kind == RPC_REQUEST)
            refuse(s, message->id, RPC_INTERNAL_ERROR, "out of memory");
        arena_pool_put(s->mcp.arenas, arena);
        return;
    }
    r->stdio = s;
    r->id_len = message->id.len;
    if (message->id.len)
        memcpy(r->id, message->id.data, message->id.len);
    SLIST_INIT(&r->questions);
    LIST_INSERT_HEAD(&s->running, r, link);
    s->running_count++;
    line.ctx = r;
    struct mcp_work *work = mcp_run(&s->mcp, arena, message, peer, &s->caller, &line);
    if (work)
        r->work = work;
}

/* Says what is wrong with a message, if anything is; else whose peer it is. */
static bool admit(struct stdio *s, const struct rpc_message *message, bool in_batch,
                  struct mcp_peer *peer)
{
    BUF_AUTO refusal = { .max = 2 * LIMIT_STDIO_LINE };
    enum rpc_code code;
    *peer = s->peer;
    if (message->kind != RPC_REQUEST)
        return true;
    if (find(s, message->id)) {
        refuse(s, message->id, RPC_INVALID_REQUEST, "a request with this id is still running");
        return false;
    }
    if (s->running_count == LIMIT_STDIO_RUNNING) {
        refuse(s, message->id, RPC_INTERNAL_ERROR, "too many requests are waiting: send it later");
        return false;
    }
    if (modern_is(message, NULL)) {
        if (modern_peer(message, NULL, peer, &refusal, &code))
            return true;
        lines_put(&s->lines, buf_slice(&refusal));
        return false;
    }
    if (in_batch && strcmp(message->method, "initialize") == 0) {
        refuse(s, message->id, RPC_INVALID_REQUEST, "initialize must not be part of a batch");
        return false;
    }
    return true;
}

static void take_message(struct stdio *s, struct slice text, bool in_batch)
{
    struct trail *trail = trail_new(NULL);
    TRAIL_ENTER(trail);
    trail_drop(trail); /* entered, and held by what it waits for */
    struct arena *arena = arena_pool_take(s->mcp.arenas);
    struct rpc_message message;
    struct rpc_failure failure;
    struct mcp_peer peer;
    if (!arena) {
        refuse(s, (struct slice){ 0 }, RPC_INTERNAL_ERROR, "out of memory");
        return;
    }
    if (!rpc_parse(arena, text, &message, &failure)) {
        refuse(s, failure.id, failure.code, failure.err.text);
    } else if (message.kind == RPC_RESPONSE) {
        respond(s, &message);
    } else if (!cancelled(s, &message) && admit(s, &message, in_batch, &peer)) {
        run(s, arena, &message, &peer);
        return;
    }
    arena_pool_put(s->mcp.arenas, arena);
}

/* Revision 2025-03-26 has batches. Their answers are single lines, like all others. */
static bool take_batch(struct stdio *s, struct slice line)
{
    struct json_items items;
    struct slice item;
    size_t count = 0;
    if (!s->peer.initialized || s->peer.revision != MCP_2025_03_26 || !rpc_is_batch(line) ||
        !json_check(line, NULL))
        return false;
    for (json_items_begin(line, &items); json_items_next(&items, &item);)
        count++;
    if (count > LIMIT_BATCH) {
        struct err err;
        err_set(&err, ERR_LIMIT, "a batch has at most %d messages", LIMIT_BATCH);
        refuse(s, (struct slice){ 0 }, RPC_INVALID_REQUEST, err.text);
        return true;
    }
    for (json_items_begin(line, &items); json_items_next(&items, &item);)
        take_message(s, item, true);
    return count > 0;
}

static void on_line(void *ctx, struct slice line)
{
    struct stdio *s = ctx;
    while (line.len && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' '))
        line.len--;
    if (line.len && !take_batch(s, line))
        take_message(s, line, false);
}

static void on_too_long(void *ctx)
{
    struct stdio *s = ctx;
    struct err err;
    err_set(&err, ERR_LIMIT, "a message is at most %u bytes long", LIMIT_STDIO_LINE);
    refuse(s, (struct slice){ 0 }, RPC_INVALID_REQUEST, err.text);
}

/* ---- the end ---- */

/* The specification tells of a subscription's end in two ways ("Subscriptions", "Cancellation"): on
 * a channel that all share both are sent. */
static void end_subscription(struct stdio *s, struct running *r)
{
    BUF_AUTO b = { .max = 2 * LIMIT_STDIO_LINE };
    buf_str(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
                "\"requestId\":");
    buf_put(&b, r->id, r->id_len);
    buf_str(&b, ",\"_meta\":{\"" META_SUBSCRIPTION_ID "\":");
    buf_put(&b, r->id, r->id_len);
    buf_str(&b, "}}}");
    if (mcp_end(r->work)) /* r is gone */
        lines_put(&s->lines, buf_slice(&b));
}

/* Calls that run are finished; subscriptions would never be. */
static void end_subscriptions(struct stdio *s)
{
    struct running *r, *next;
    for (r = LIST_FIRST(&s->running); r; r = next) {
        next = LIST_NEXT(r, link);
        if (r->work)
            end_subscription(s, r);
    }
}

/* Once the input has ended, no question will be answered: the client is taken to refuse. */
static void answer_questions(struct stdio *s)
{
    struct running *r;
    LIST_FOREACH (r, &s->running, link) {
        struct question *q = SLIST_FIRST(&r->questions);
        if (!q)
            continue;
        BUF_AUTO b = { .max = LIMIT_ERR_TEXT };
        rpc_error(&b, (struct slice){ q->id, q->id_len }, RPC_INTERNAL_ERROR,
                  "the input has ended");
        take_message(s, buf_slice(&b), false);
        return; /* r may be gone */
    }
}

/* ---- all of it ---- */

static bool open_parts(struct stdio *s, const struct stdio_options *options, struct err *err)
{
    struct slice given = secret_slice(options->asana_token);
    s->gates = gates_new();
    struct mcp_extras extras = options->extras ? *options->extras : (struct mcp_extras){ 0 };
    extras.without = options->disabled_tools;
    s->catalog = mcp_catalog_new(&extras);
    s->seal = seal_new();
    s->mcp.catalog = s->catalog;
    s->mcp.seal = s->seal;
    s->mcp.confirm = options->confirm;
    s->mcp.arenas = arena_pool_new(LIMIT_CALL_ARENA, 16);
    s->mcp.completions = completion_cache_new();
    if (!s->mcp.completions || !s->gates || !s->catalog || !s->seal || !s->mcp.arenas ||
        !caller_with_token(given, &s->caller))
        return err_set(err, ERR_MEMORY, "out of memory");
    if (!asana_asker_open(&s->mcp.asana, &s->loop, s->gates, &options->asana, err) ||
        !trace_exporter_open(&s->loop, options->trace, &s->exporter, err))
        return false;
    s->mcp.hub = hub_new(&s->mcp.asana);
    if (!s->mcp.hub)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->mcp.rules = options->rules;
    return sight_open(&s->sight, &s->loop, options->policy, &s->mcp, NULL, NULL, err);
}

static void close_parts(struct stdio *s)
{
    hub_free(s->mcp.hub);
    sight_close(&s->sight);
    completion_cache_free(s->mcp.completions);
    asana_asker_close(&s->mcp.asana);
    trace_exporter_close(s->exporter);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    caller_done(&s->caller);
    arena_pool_free(s->mcp.arenas);
    seal_free(s->seal);
    mcp_catalog_free(s->catalog);
    gates_free(s->gates);
}

static bool serve(struct stdio *s, const struct stdio_options *options, struct err *err)
{
    struct lines_user user = { s, on_line, on_too_long };
    if (!lines_open(&s->lines, &s->loop, options->in_fd, options->out_fd, &user))
        return err_set(err, ERR_MEMORY, "out of memory");
    while (!lines_over(&s->lines) || !LIST_EMPTY(&s->running)) {
        uv_run(&s->loop, UV_RUN_ONCE);
        if (s->lines.ended) {
            end_subscriptions(s);
            answer_questions(s);
        }
    }
    hub_leave(s->listener);
    lines_close(&s->lines);
    return !s->lines.failed || err_set(err, ERR_IO, "nobody reads standard output any more");
}

bool stdio_serve(const struct stdio_options *options, struct err *err)
{
    struct stdio *s = calloc(1, sizeof(*s));
    if (!s || uv_loop_init(&s->loop) != 0) {
        free(s);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    LIST_INIT(&s->running);
    bool ok = open_parts(s, options, err) && serve(s, options, err);
    close_parts(s);
    uv_loop_close(&s->loop);
    free(s);
    return ok;
}
