#include "tool/call_priv.h"

#include "asana/errors.h"
#include "asana/req.h"
#include "base/buf.h"
#include "base/piece.h"
#include "base/trail.h"
#include "tool/visible.h"

#include <assert.h>

/* One request under way, in the call's arena. */
struct request {
    struct call *call;
    struct visible_ask *ask;
    call_answer_fn *answered;
    void *ctx;
    LIST_ENTRY(request) link;
};

/* ---- the end ---- */

static void free_call(uv_handle_t *later)
{
    struct call *c = later->data;
    trail_drop(c->trail);
    piece_free(c);
}

static void cancel_requests(struct call *c)
{
    struct request *r;
    LIST_FOREACH (r, &c->requests, link)
        visible_ask_cancel(r->ask);
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
    TRAIL_ENTER(c->trail);
    c->done(c->ctx, &c->early);
    release(c);
}

/* The early result's text has to outlive its maker. */
static void keep_text(struct call *c)
{
    struct slice *text = &c->early.text;
    const char *copy = arena_strndup(c->arena, text->data ? text->data : "", text->len);
    if (copy) {
        text->data = copy;
        return;
    }
    *text = slice_of("the answer is too large");
    c->early.outcome = CALL_FAILED;
}

/* What is under way is in the arena, which may be gone when done has returned. */
void call_end(struct call *c, const struct call_result *result)
{
    assert(!c->finished);
    cancel_requests(c);
    if (!c->starting) {
        c->done(c->ctx, result);
        release(c);
        return;
    }
    c->finished = true;
    c->early = *result;
    if (result->text.data != c->refusal.text)
        keep_text(c);
    uv_timer_start(&c->later, deliver_early, 0, 0);
}

void call_refuse(struct call *c, enum call_outcome outcome)
{
    call_end(c, &(struct call_result){ .outcome = outcome, .text = slice_of(c->refusal.text) });
}

void call_finish(struct call *c, enum call_outcome outcome, struct slice text)
{
    call_end(c, &(struct call_result){ .outcome = outcome, .text = text });
}

void call_finish_with(struct call *c, const struct asana_answer *answer)
{
    BUF_AUTO text = { .max = LIMIT_RESULT };
    asana_answer_explain(answer, c->subject, &text);
    call_end(c,
             &(struct call_result){ .outcome = answer->status == 404 ? CALL_NOT_FOUND : CALL_FAILED,
                                    .text = buf_slice(&text),
                                    .asana_status = answer->status });
}

void call_cancel(struct call *c)
{
    release(c);
}

/* ---- asking Asana ---- */

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
        r->ask = visible_ask(c->visible, c->tool ? c->tool->visible : NULL, c->asana, req,
                             &c->token, c->limits, on_answer, r, &c->refusal);
    } else {
        err_set(&c->refusal, ERR_MEMORY, "the call is too large");
    }
    asana_req_done(req);
    if (!r || !r->ask) {
        call_refuse(c, CALL_FAILED);
        return false;
    }
    LIST_INSERT_HEAD(&c->requests, r, link);
    return true;
}

struct arena *call_arena(const struct call *c)
{
    return c->arena;
}

bool call_shows(const struct call *c, const char *workspace_gid)
{
    return visible_shows(c->visible, workspace_gid);
}

/* ---- the beginning ---- */

struct call *call_new(const struct call_context *with, const char *subject)
{
    struct call *c = piece_zalloc(sizeof(*c));
    if (!c)
        return NULL;
    c->asana = with->asana;
    c->visible = with->visible;
    c->limits = with->limits;
    c->arena = with->arena;
    c->host = with->host;
    c->subject = subject;
    c->done = with->done;
    c->ctx = with->ctx;
    struct slice token = secret_slice(with->token);
    if (!secret_set(&c->token, token) || !call_client_open(c)) {
        secret_done(&c->token);
        piece_free(c);
        return NULL;
    }
    uv_timer_init(c->asana->loop, &c->later);
    c->later.data = c;
    c->trail = trail_hold(trail_current);
    return c;
}

void call_enter(struct call *c, call_body_fn *body, const void *in)
{
    c->starting = true;
    body(c, in);
    c->starting = false;
}

struct call *call_run(const struct call_context *with, const char *subject, call_body_fn *body,
                      const void *in)
{
    struct call *c = call_new(with, subject);
    if (c)
        call_enter(c, body, in);
    return c;
}
