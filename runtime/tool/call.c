#include "tool/call.h"

#include "asana/errors.h"
#include "asana/req.h"
#include "base/buf.h"
#include "tool/args.h"
#include "tool/result.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* One request under way, in the call's arena. */
struct request {
    struct call *call;
    struct asana_ask *ask;
    call_answer_fn *answered;
    void *ctx;
    LIST_ENTRY(request) link;
};

/* Outlives its arena by the turn that closes the timer, so it is not in it. */
struct call {
    const struct asana_asker *asana;
    const struct tool *tool;
    struct arena *arena;
    struct secret token; /* kept while there may be more to ask */
    void *in;            /* decoded arguments */
    call_done_fn *done;
    void *ctx;
    LIST_HEAD(, request) requests;
    bool starting; /* inside call_start(): the result has to wait */
    struct call_result early;
    struct err refusal;
    uv_timer_t later; /* delivers the early result */

    /* Of tools without a handler: the answer's parts, gathered when there are extras. */
    struct result_parts parts;
    unsigned missing;
};

static void free_call(uv_handle_t *later)
{
    free(later->data);
}

static void cancel_requests(struct call *c)
{
    struct request *r;
    LIST_FOREACH (r, &c->requests, link)
        asana_ask_cancel(r->ask);
    LIST_INIT(&c->requests);
}

static void release(struct call *c)
{
    cancel_requests(c);
    secret_done(&c->token);
    uv_close((uv_handle_t *)&c->later, free_call);
}

static void deliver_early(uv_timer_t *later)
{
    struct call *c = later->data;
    c->done(c->ctx, &c->early);
    release(c);
}

/* The early result's text has to outlive its maker. */
static void keep_text(struct call *c)
{
    struct slice *text = &c->early.text;
    const char *copy = arena_strndup(c->arena, text->data, text->len);
    if (copy) {
        text->data = copy;
        return;
    }
    *text = slice_of("the answer is too large");
    c->early.is_error = true;
}

/* What is under way is in the arena, which may be gone when done has returned. */
static void finish(struct call *c, const struct call_result *result)
{
    cancel_requests(c);
    if (!c->starting) {
        c->done(c->ctx, result);
        release(c);
        return;
    }
    c->starting = false;
    c->early = *result;
    if (result->text.data != c->refusal.text)
        keep_text(c);
    uv_timer_start(&c->later, deliver_early, 0, 0);
}

static void refuse(struct call *c)
{
    finish(c, &(struct call_result){ .is_error = true, .text = slice_of(c->refusal.text) });
}

/* ---- asking ---- */

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct request *r = ctx;
    struct call *c = r->call;
    LIST_REMOVE(r, link);
    r->answered(c, r->ctx, answer);
}

bool call_ask(struct call *c, struct asana_req *req, call_answer_fn *answered, void *ctx)
{
    struct request *r = arena_zalloc(c->arena, 1, sizeof(*r));
    if (r) {
        *r = (struct request){ .call = c, .answered = answered, .ctx = ctx };
        r->ask = asana_ask(c->asana, req, &c->token, on_answer, r, &c->refusal);
    } else {
        err_set(&c->refusal, ERR_MEMORY, "the call is too large");
    }
    asana_req_done(req);
    if (!r || !r->ask) {
        refuse(c);
        return false;
    }
    LIST_INSERT_HEAD(&c->requests, r, link);
    return true;
}

struct arena *call_arena(const struct call *c)
{
    return c->arena;
}

void call_finish(struct call *c, bool is_error, struct slice text)
{
    finish(c, &(struct call_result){ .is_error = is_error, .text = text });
}

void call_finish_with(struct call *c, const struct asana_answer *answer)
{
    BUF_AUTO text = { .max = LIMIT_RESULT };
    asana_answer_explain(answer, c->tool->name, &text);
    finish(c, &(struct call_result){
                  .is_error = true, .text = buf_slice(&text), .asana_status = answer->status });
}

/* ---- tools without a handler ---- */

static void shape(struct call *c, struct slice body, int status)
{
    struct call_result result = { .asana_status = status };
    BUF_AUTO text = { .max = LIMIT_RESULT_TEXT };
    c->parts.body = body;
    if (result_shape(c->tool, c->in, &c->parts, &text, &result.text)) {
        finish(c, &result);
        return;
    }
    result.is_error = true;
    result.text = slice_of("the answer is too large to be passed on: ask for fewer opt_fields");
    finish(c, &result);
}

/* The usual case, one request: the answer is shaped where it lies. */
static void on_only_answer(struct call *c, void *ctx, const struct asana_answer *answer)
{
    (void)ctx;
    if (asana_answer_ok(answer))
        shape(c, answer->body, answer->status);
    else
        call_finish_with(c, answer);
}

/* One of several: kept until all are in. */
static void on_part(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct slice *part = ctx;
    if (!asana_answer_ok(answer)) {
        call_finish_with(c, answer);
        return;
    }
    part->data = arena_strndup(c->arena, answer->body.data, answer->body.len);
    part->len = answer->body.len;
    if (!part->data)
        call_finish(c, true, slice_of("the answer is too large: ask for fewer opt_fields"));
    else if (--c->missing == 0)
        shape(c, c->parts.body, answer->status);
}

static unsigned extras_wanted(const struct call *c)
{
    unsigned n = 0;
    for (const struct tool_extra *e = c->tool->extras; e && e->member; e++)
        n += e->wanted(c->in);
    return n;
}

static void ask(struct call *c, bool (*build)(const void *, struct asana_req *, struct err *),
                call_answer_fn *answered, void *ctx)
{
    struct asana_req req;
    if (build(c->in, &req, &c->refusal)) {
        call_ask(c, &req, answered, ctx);
        return;
    }
    asana_req_done(&req);
    refuse(c);
}

static void ask_with_extras(struct call *c)
{
    c->missing = 1 + extras_wanted(c);
    c->parts.extras = arena_zalloc(c->arena, c->missing, sizeof(*c->parts.extras));
    if (!c->parts.extras) {
        err_set(&c->refusal, ERR_MEMORY, "the call is too large");
        refuse(c);
        return;
    }
    ask(c, c->tool->request, on_part, &c->parts.body);
    for (const struct tool_extra *e = c->tool->extras; e->member && c->starting; e++) {
        if (!e->wanted(c->in))
            continue;
        struct result_extra *part = &c->parts.extras[c->parts.extra_count++];
        part->extra = e;
        ask(c, e->request, on_part, &part->body);
    }
}

/* ---- the beginning ---- */

static bool decode(struct call *c, const cJSON *arguments, const struct secret *token)
{
    struct args *args = args_new(c->arena, arguments, &c->refusal);
    c->in = arena_zalloc(c->arena, 1, c->tool->args_size);
    if (!args || !c->in || !secret_set(&c->token, (struct slice){ token->bytes, token->len }))
        return err_set(&c->refusal, ERR_MEMORY, "the arguments are too large");
    return c->tool->decode(args, c->in);
}

struct call *call_start(const struct asana_asker *asana, const struct tool *tool,
                        const cJSON *arguments, struct arena *arena, const struct secret *token,
                        call_done_fn *done, void *ctx)
{
    struct call *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->asana = asana;
    c->tool = tool;
    c->arena = arena;
    c->done = done;
    c->ctx = ctx;
    c->starting = true;
    uv_timer_init(asana->loop, &c->later);
    c->later.data = c;
    if (!decode(c, arguments, token))
        refuse(c);
    else if (tool->handle)
        tool->handle(c, c->in);
    else if (extras_wanted(c))
        ask_with_extras(c);
    else
        ask(c, tool->request, on_only_answer, NULL);
    c->starting = false;
    return c;
}

void call_cancel(struct call *c)
{
    release(c);
}
