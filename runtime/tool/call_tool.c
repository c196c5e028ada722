#include "tool/call_priv.h"

#include "asana/errors.h"
#include "asana/req.h"
#include "base/buf.h"
#include "base/json.h"
#include "tool/args.h"
#include "tool/confirm.h"
#include "tool/pack.h"

/* ---- tools without a handler ---- */

static void shape(struct call *c, int status)
{
    struct call_result result = { .outcome = CALL_DONE, .asana_status = status };
    BUF_AUTO text = { .max = LIMIT_RESULT_TEXT };
    if (!result_shape(c->tool, c->in, &c->parts, &text, &result.text)) {
        result.outcome = CALL_FAILED;
        result.text = slice_of("the answer is too large to be passed on: ask for fewer opt_fields");
    }
    call_end(c, &result);
}

static void finish_fresh(struct call *c, struct slice sync, int status)
{
    BUF_AUTO text = { .max = LIMIT_RESULT_TEXT };
    if (!result_put_fresh(sync, &text)) {
        call_finish(c, CALL_FAILED, slice_of("the answer is too large to be passed on"));
        return;
    }
    call_end(c, &(struct call_result){
                    .outcome = CALL_DONE, .asana_status = status, .text = buf_slice(&text) });
}

/* The usual case, one request: the answer is shaped where it lies. */
static void on_only_answer(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct slice sync;
    (void)ctx;
    if (asana_answer_open(answer, &c->parts.body))
        shape(c, answer->status);
    else if (c->tool->sync && asana_answer_renews_sync(answer, &sync))
        finish_fresh(c, sync, answer->status);
    else
        call_finish_with(c, answer);
}

/* A copy that outlives the answer; its text is NULL when memory is short. */
static struct asana_envelope keep(struct call *c, struct asana_envelope e)
{
    const char *copy = arena_strndup(c->arena, e.text.data, e.text.len);
    if (copy && e.next_page.len)
        e.next_page.data = copy + (e.next_page.data - e.text.data);
    if (copy)
        e.data.data = copy + (e.data.data - e.text.data);
    e.text.data = copy;
    return e;
}

/* One of several: kept until all are in. */
static void on_part(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct asana_envelope *part = ctx;
    if (!asana_answer_open(answer, part)) {
        call_finish_with(c, answer);
        return;
    }
    *part = keep(c, *part);
    if (!part->text.data) {
        call_finish(c, CALL_FAILED, slice_of("the answer is too large: ask for fewer opt_fields"));
        return;
    }
    call_progress_of(c, c->wanted - --c->missing, c->wanted, "requests answered");
    if (c->missing == 0)
        shape(c, answer->status);
}

static bool is_wanted(const struct call *c, const struct tool_extra *e)
{
    return e->pack ? pack_extra_wanted(e->pack, c->in) : e->wanted(c->in);
}

static unsigned extras_wanted(const struct call *c)
{
    unsigned n = 0;
    for (const struct tool_extra *e = c->tool->extras; e && e->member; e++)
        n += is_wanted(c, e);
    return n;
}

/* extra: NULL for the tool's own request. */
static bool build(struct call *c, const struct tool_extra *extra, struct asana_req *out)
{
    if (extra)
        return extra->pack ? pack_extra_request(extra->pack, c->in, out, &c->refusal)
                           : extra->request(c->in, out, &c->refusal);
    return c->tool->pack ? pack_request(c->tool->pack, c->in, out, &c->refusal)
                         : c->tool->request(c->in, out, &c->refusal);
}

static void ask(struct call *c, const struct tool_extra *extra, call_answer_fn *answered, void *ctx)
{
    struct asana_req req;
    if (build(c, extra, &req)) {
        call_ask(c, &req, answered, ctx);
        return;
    }
    asana_req_done(&req);
    call_refuse(c, CALL_INVALID);
}

static void ask_with_extras(struct call *c)
{
    c->missing = c->wanted = 1 + extras_wanted(c);
    c->parts.extras = arena_zalloc(c->arena, c->missing, sizeof(*c->parts.extras));
    if (!c->parts.extras) {
        call_finish(c, CALL_FAILED, slice_of("the call is too large"));
        return;
    }
    ask(c, NULL, on_part, &c->parts.body);
    for (const struct tool_extra *e = c->tool->extras; e->member && !c->finished; e++) {
        if (!is_wanted(c, e))
            continue;
        struct result_extra *part = &c->parts.extras[c->parts.extra_count++];
        part->extra = e;
        ask(c, e, on_part, &part->body);
    }
}

/* ---- all tools ---- */

static void run(struct call *c, const void *in)
{
    if (c->tool->handle)
        c->tool->handle(c, in);
    else if (extras_wanted(c))
        ask_with_extras(c);
    else
        ask(c, NULL, on_only_answer, NULL);
}

/* Perhaps at once, perhaps when the client has answered: only in the first case is this inside
 * call_start(), and only then does the body's first run end with it. */
static void on_confirmed(struct call *c)
{
    call_enter(c, run, c->in);
}

/* The operator's choice of fields, where the caller made none. */
static bool add_fields(struct call *c)
{
    if (!c->tool->fields || json_get(c->arguments, "opt_fields"))
        return true;
    struct arena *before = json_arena_enter(c->arena);
    cJSON *arguments = c->arguments ? (cJSON *)c->arguments : cJSON_CreateObject();
    bool ok = cJSON_AddStringToObject(arguments, "opt_fields", c->tool->fields);
    json_arena_leave(before);
    c->arguments = arguments;
    return ok;
}

static bool decode(struct call *c)
{
    if (!add_fields(c))
        return err_set(&c->refusal, ERR_MEMORY, "the arguments are too large");
    struct args *args = args_new(c->arena, c->arguments, &c->refusal);
    c->in = arena_zalloc(c->arena, 1, c->tool->args_size);
    if (!args || !c->in)
        return err_set(&c->refusal, ERR_MEMORY, "the arguments are too large");
    args_note(args, c->objects);
    return c->tool->pack ? pack_decode(c->tool->pack, args, c->in) : c->tool->decode(args, c->in);
}

/* in: whether the person is to be asked. */
static void begin(struct call *c, const void *in)
{
    const bool *confirm = in;
    if (!decode(c))
        call_refuse(c, CALL_INVALID);
    else if (*confirm)
        confirm_ask(c, c->tool, c->arguments, on_confirmed);
    else
        run(c, c->in);
}

struct call *call_start(const struct call_context *with, const struct tool *tool,
                        const cJSON *arguments)
{
    struct call *c = call_new(with, tool->name);
    if (!c)
        return NULL;
    c->tool = tool;
    c->arguments = arguments;
    c->objects = with->objects;
    call_enter(c, begin, &with->confirm);
    return c;
}
