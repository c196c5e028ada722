#include "mcp/work.h"

#include "base/clock.h"
#include "mcp/hub.h"
#include "mcp/seal.h"

void work_tell(struct mcp_work *w, struct buf *b)
{
    if (buf_ok(b))
        w->line.send(w->line.ctx, b);
    buf_done(b);
}

/* Progress and log lines: notifications, which a client may lose without harm. */

/* So many a second; the last one always. */
static bool may_tell_progress(struct mcp_work *w, double done, double total)
{
    uint64_t second = (clock_ms() - w->started_ms) / 1000;
    if (second != w->progress.second) {
        w->progress.second = second;
        w->progress.sent = 0;
    }
    bool last = total > 0 && done >= total;
    return done > w->progress.done && (last || w->progress.sent < LIMIT_PROGRESS_PER_SECOND);
}

static void tell_progress(void *ctx, double done, double total, const char *message)
{
    struct mcp_work *w = ctx;
    if (!may_tell_progress(w, done, total))
        return;
    w->progress.done = done;
    w->progress.sent++;
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_str(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
                "\"progressToken\":");
    buf_slice_put(&b, w->message.progress_token);
    buf_str(&b, ",\"progress\":");
    buf_double(&b, done);
    if (total > 0) {
        buf_str(&b, ",\"total\":");
        buf_double(&b, total);
    }
    if (message && mcp_has_progress_message(w->peer.revision)) {
        buf_str(&b, ",\"message\":");
        buf_json_string(&b, slice_of(message));
    }
    buf_str(&b, "}}");
    work_tell(w, &b);
}

static void tell_log(void *ctx, enum call_level level, struct slice data)
{
    struct mcp_work *w = ctx;
    if ((int)level < w->peer.log_level)
        return;
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_str(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":");
    buf_json_string(&b, slice_of(mcp_level_name(level)));
    buf_str(&b, ",\"logger\":");
    buf_json_string(&b, slice_of(w->tool ? w->tool->name : w->method->name));
    buf_str(&b, ",\"data\":");
    rpc_put_json(&b, data);
    buf_str(&b, "}}");
    work_tell(w, &b);
}

static void part(void *ctx)
{
    struct mcp_work *w = ctx;
    w->line.part(w->line.ctx);
}

static void changed(void *ctx, unsigned lists)
{
    struct mcp_work *w = ctx;
    if (w->env->announce) {
        w->env->announce(w->env->announce_ctx, lists);
        return;
    }
    for (unsigned list = HUB_TOOLS; list <= HUB_RESOURCES; list <<= 1)
        if (lists & list)
            hub_announce(w->env->hub, (enum hub_list)list);
}

/* Questions without a session: they end the call, and the client brings their answers with the next
 * one, and what we have to remember in between. */

/* What has to be the same when the client repeats the request. */
static void put_bound(struct buf *b, const struct mcp_work *w)
{
    static const char *const members[] = { "name", "uri", "arguments" };
    buf_put(b, w->caller_id.bytes, sizeof(w->caller_id.bytes));
    buf_str(b, w->method->name);
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        const cJSON *value = json_get(w->message.params, members[i]);
        buf_char(b, '\0'); /* JSON has none */
        if (value)
            json_write(b, value);
    }
}

static void demand(void *ctx, const struct call_input *inputs, size_t n, struct slice state,
                   struct buf *members)
{
    struct mcp_work *w = ctx;
    if (n) {
        buf_str(members, "\"inputRequests\":{");
        for (size_t i = 0; i < n; i++) {
            if (i)
                buf_char(members, ',');
            buf_json_string(members, slice_of(inputs[i].key));
            buf_str(members, ":{");
            work_put_question(members, &inputs[i]);
            buf_char(members, '}');
        }
        buf_str(members, "},");
    }
    BUF_AUTO bound = { .max = MESSAGE_MAX };
    put_bound(&bound, w);
    buf_str(members, "\"requestState\":\"");
    if (buf_ok(&bound))
        seal_close(w->env->seal, state, buf_slice(&bound), (uint64_t)clock_wall_ms(),
                   LIMIT_REQUEST_STATE_SECONDS, members);
    else
        members->failed = true;
    buf_char(members, '"');
}

static bool open_state(struct mcp_work *w, const char *sealed, struct err *err)
{
    BUF_AUTO bound = { .max = MESSAGE_MAX };
    BUF_AUTO state = { .max = LIMIT_CALL_STATE };
    put_bound(&bound, w);
    if (!buf_ok(&bound) || !seal_open(w->env->seal, slice_of(sealed), buf_slice(&bound),
                                      (uint64_t)clock_wall_ms(), &state))
        return err_set(err, ERR_ARGS,
                       "params.requestState is not of this request, was changed or is too old: "
                       "call again without it");
    const char *text = arena_strndup(w->arena, state.data ? state.data : "", state.len);
    if (!text)
        return err_set(err, ERR_MEMORY, "out of memory");
    w->host.state = (struct slice){ text, state.len };
    return true;
}

/* Responses without the state that asked for them count for nothing: we ask again. */
static bool read_responses(struct mcp_work *w, struct err *err)
{
    const cJSON *state = json_get(w->message.params, "requestState");
    const cJSON *responses = json_get(w->message.params, "inputResponses");
    if (responses && !cJSON_IsObject(responses))
        return err_set(err, ERR_ARGS, "params.inputResponses must be an object");
    if (state && !cJSON_IsString(state))
        return err_set(err, ERR_ARGS, "params.requestState must be a string");
    if (!state)
        return true;
    w->host.responses = responses;
    return open_state(w, state->valuestring, err);
}

bool work_open_host(struct mcp_work *w, struct err *err)
{
    bool modern = mcp_is_modern(w->peer.revision);
    w->host = (struct call_host){ .ctx = w, .changed = changed };
    w->progress.done = -1;
    if (w->line.send && w->message.progress_token.len)
        w->host.progress = tell_progress;
    if (w->line.send && w->peer.log_level != MCP_LOG_OFF)
        w->host.log = tell_log;
    if (w->line.part && mcp_has_polling(w->peer.revision))
        w->host.part = part;
    if (!modern && w->line.send) {
        w->host.ask = work_ask;
        w->host.can = w->peer.can;
    }
    if (!modern || !w->method->asks || !w->env->seal)
        return true;
    w->host.demand = demand;
    w->host.can = w->peer.can;
    return read_responses(w, err);
}
