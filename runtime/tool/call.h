/* call.h: the life of one tool call: decode, ask Asana, shape the answer.
 *
 *     call_start ──decode──▶ refused (result on a later turn)
 *         │
 *         ├─ the tool's request, and its extras with it ──▶ all answered ──shape──▶ done(result)
 *         └─ the tool's handler ──▶ call_ask() … ──▶ call_finish() ──▶ done(result)
 *
 *     call_cancel at any time: no callback, what is in flight is dropped
 *
 * Everything of one call lives in its arena. One worker's thread. */
#pragma once

#include "asana/ask.h"
#include "base/arena.h"
#include "base/secret.h"
#include "base/slice.h"
#include "tool/tool.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct call;

struct call_result {
    bool is_error;
    /* A success: one JSON object as text, valid, to be sent as text and as structured content. An
     * error: a sentence for the model. Borrowed until the callback returns. */
    struct slice text;
    int asana_status; /* of the answer that decided; 0 when Asana was not asked or did not answer */
};

typedef void call_done_fn(void *ctx, const struct call_result *result);

/* arguments (may be NULL) live in arena, which the caller owns and keeps until done is called (it
 * holds the result, but nothing looks at it afterwards) or the call is cancelled. token is borrowed
 * for the duration of this function. done is called exactly once, on a later turn of the loop. NULL
 * only when memory is short. */
struct call *call_start(const struct asana_asker *asana, const struct tool *tool,
                        const cJSON *arguments, struct arena *arena, const struct secret *token,
                        call_done_fn *done, void *ctx);
/* No callback will come. At any time before done is called. */
void call_cancel(struct call *c);

/* For the hand-written bodies of tools with a handler. */

struct arena *call_arena(const struct call *c);

typedef void call_answer_fn(struct call *c, void *ctx, const struct asana_answer *answer);

/* Sends a request (its buffers are taken, also on failure) and calls back with the answer on a
 * later turn, whatever it is. False: it could not be sent; the call has been finished with an
 * error. Several may be under way. */
bool call_ask(struct call *c, struct asana_req *r, call_answer_fn *answered, void *ctx);
/* Ends the call: what is under way is cancelled, and done is called, now or (from within the
 * handler) on a later turn. c is gone when this returns. text is copied where needed. */
void call_finish(struct call *c, bool is_error, struct slice text);
/* Ends it with what an answer that is no success means. */
void call_finish_with(struct call *c, const struct asana_answer *answer);
