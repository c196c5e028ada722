/* call.h: the life of one tool call: decode, ask Asana, shape the answer.
 *
 *     call_start ──decode──▶ refused (result at once, on a later turn)
 *         │
 *         ▼ request sent ──▶ answered ──shape──▶ done(result)
 *         └──── call_cancel at any time: no callback, the transfer is dropped
 *
 * Everything of one call lives in its arena. One worker's thread. */
#pragma once

#include "asana/client.h"
#include "base/arena.h"
#include "base/secret.h"
#include "base/slice.h"
#include "tool/tool.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct call;

/* What every call of one worker shares. */
struct call_env {
    uv_loop_t *loop;
    struct asana_client *asana;
};

struct call_result {
    bool is_error;
    /* A success: one JSON object {"data": …} as text, valid and compact, to be sent as text and as
     * structured content. An error: a sentence for the model. Borrowed until the callback returns.
     */
    struct slice text;
    int asana_status; /* 0 when Asana was not asked or did not answer */
};

typedef void call_done_fn(void *ctx, const struct call_result *result);

/* arguments (may be NULL) live in arena, which the caller owns and keeps until done has returned or
 * the call is cancelled. token is borrowed for the duration of this call. done is called exactly
 * once, on a later turn of the loop. NULL only when memory is short. */
struct call *call_start(const struct call_env *env, const struct tool *tool, const cJSON *arguments,
                        struct arena *arena, const struct secret *token, call_done_fn *done,
                        void *ctx);
/* No callback will come. */
void call_cancel(struct call *c);
