#include "tool/call.h"

#include "asana/errors.h"
#include "asana/req.h"
#include "base/buf.h"
#include "tool/args.h"

#include <stdlib.h>
#include <string.h>

/* Outlives its arena by the turn that closes the timer, so it is not in it. */
struct call {
    const struct tool *tool;
    struct asana_transfer *transfer; /* set while Asana is asked */
    struct err refusal;
    call_done_fn *done;
    void *ctx;
    uv_timer_t later; /* only for calls that are refused before Asana is asked */
};

static void finish(struct call *c, const struct call_result *result)
{
    c->done(c->ctx, result);
}

static void free_call(uv_handle_t *later)
{
    free(later->data);
}

static void on_refused(uv_timer_t *later)
{
    struct call *c = later->data;
    finish(c, &(struct call_result){ .is_error = true, .text = slice_of(c->refusal.text) });
    uv_close((uv_handle_t *)&c->later, free_call);
}

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct call *c = ctx;
    c->transfer = NULL;
    struct call_result result = { .asana_status = answer->status };
    BUF_AUTO text = { .max = LIMIT_RESULT };
    if (asana_answer_ok(answer)) {
        result.text = answer->body;
    } else {
        asana_answer_explain(answer, c->tool->name, &text);
        result.is_error = true;
        result.text = buf_slice(&text);
    }
    finish(c, &result);
    free(c);
}

/* Decodes and sends. False with refusal set when the call cannot be made. */
static bool begin(struct call *c, const struct call_env *env, const cJSON *arguments,
                  struct arena *arena, const struct secret *token)
{
    struct args *args = args_new(arena, arguments, &c->refusal);
    void *in = arena_zalloc(arena, 1, c->tool->args_size);
    if (!args || !in)
        return err_set(&c->refusal, ERR_MEMORY, "the arguments are too large");
    if (!c->tool->decode(args, in))
        return false;
    struct asana_req req;
    bool sent = false;
    if (c->tool->request(in, &req, &c->refusal)) {
        c->transfer = asana_send(env->asana, &req, token, on_answer, c, &c->refusal);
        sent = c->transfer != NULL;
    }
    asana_req_done(&req);
    return sent;
}

struct call *call_start(const struct call_env *env, const struct tool *tool, const cJSON *arguments,
                        struct arena *arena, const struct secret *token, call_done_fn *done,
                        void *ctx)
{
    struct call *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    *c = (struct call){ .tool = tool, .done = done, .ctx = ctx };
    if (begin(c, env, arguments, arena, token))
        return c;
    uv_timer_init(env->loop, &c->later);
    c->later.data = c;
    uv_timer_start(&c->later, on_refused, 0, 0);
    return c;
}

void call_cancel(struct call *c)
{
    if (!c->transfer) {
        uv_close((uv_handle_t *)&c->later, free_call);
        return;
    }
    asana_cancel(c->transfer);
    free(c);
}
