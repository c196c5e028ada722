#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "fixtures.h"
#include "tool/args.h"
/* To wait is nothing that the product's bodies do, so the engine has no function for it; but a call
 * has a timer, which nothing else uses while its body waits. */
#include "tool/call_priv.h"

bool fixture_nothing_decode(struct args *a, void *in)
{
    (void)in;
    return args_end(a);
}

static void finish_around(struct call *call, const char *before, const char *text,
                          const char *after)
{
    BUF_AUTO members = { .max = LIMIT_RESULT };
    buf_str(&members, before);
    buf_json_string(&members, slice_of(text));
    buf_str(&members, after);
    call_finish(call, CALL_MEMBERS, buf_slice(&members));
}

void fixture_say(struct call *call, const char *text)
{
    finish_around(call, "\"content\":[{\"type\":\"text\",\"text\":", text, "}]");
}

void fixture_prompt_say(struct call *call, const char *text)
{
    finish_around(call,
                  "\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":", text,
                  "}}]");
}

/* ---- waiting ---- */

static void on_pause_over(uv_timer_t *later)
{
    struct call *call = later->data;
    call->answered(call, call->answered_ctx);
}

void fixture_pause(struct call *call, unsigned ms, call_input_fn *then)
{
    call->answered = then;
    call->answered_ctx = NULL;
    uv_timer_start(&call->later, on_pause_over, ms, 0);
}

/* ---- asking ---- */

/* The buffer's text in the call's arena. */
static struct slice keep(struct call *call, struct buf *b)
{
    const char *text = arena_strndup(call_arena(call), b->data ? b->data : "", b->len);
    return slice_of(text ? text : "{}");
}

struct call_input fixture_ask_string(struct call *call, const char *key, const char *message,
                                     const char *property)
{
    BUF_AUTO params = { .max = LIMIT_RESULT };
    buf_str(&params, "{\"message\":");
    buf_json_string(&params, slice_of(message));
    buf_str(&params, ",\"requestedSchema\":{\"type\":\"object\",\"properties\":{");
    buf_json_string(&params, slice_of(property));
    buf_str(&params, ":{\"type\":\"string\"}},\"required\":[");
    buf_json_string(&params, slice_of(property));
    buf_str(&params, "]}}");
    return (struct call_input){ .key = key, .kind = CALL_ELICIT, .params = keep(call, &params) };
}

struct call_input fixture_ask_model(struct call *call, const char *key, const char *text,
                                    int max_tokens)
{
    BUF_AUTO params = { .max = LIMIT_RESULT };
    buf_str(&params, "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":");
    buf_json_string(&params, slice_of(text));
    buf_str(&params, "}}],\"maxTokens\":");
    buf_int(&params, max_tokens);
    buf_char(&params, '}');
    return (struct call_input){ .key = key, .kind = CALL_SAMPLE, .params = keep(call, &params) };
}

const char *fixture_string(struct call *call, const char *key, const char *property)
{
    const char *text = json_get_string(json_get(call_response(call, key), "content"), property);
    return text ? text : "nothing";
}

const char *fixture_sentence(struct call *call, const char *key)
{
    return fixture_string(call, key, "text");
}
