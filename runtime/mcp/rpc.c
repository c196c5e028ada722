#include "mcp/rpc.h"

#include <string.h>

static bool refuse(struct rpc_failure *failure, enum rpc_code code, const char *why)
{
    failure->code = code;
    return err_set(&failure->err, ERR_SYNTAX, "%s", why);
}

/* The id as raw text: a string or a number (MCP forbids null). Empty when there is none. */
static bool read_id(struct arena *arena, struct slice text, const cJSON *tree, struct slice *out,
                    struct rpc_failure *failure)
{
    *out = (struct slice){ 0 };
    const cJSON *id = json_get(tree, "id");
    if (!id)
        return true;
    struct slice raw;
    if (!(cJSON_IsString(id) || cJSON_IsNumber(id)) || !json_member(text, "id", &raw))
        return refuse(failure, RPC_INVALID_REQUEST, "id must be a string or a number");
    out->data = arena_strndup(arena, raw.data, raw.len);
    out->len = out->data ? raw.len : 0;
    return out->data || refuse(failure, RPC_INTERNAL_ERROR, "out of memory");
}

/* The token as raw text. One that is neither string nor number is no token. */
static bool read_progress_token(struct arena *arena, struct slice text, const cJSON *params,
                                struct slice *out)
{
    const cJSON *token = json_get(json_get(params, "_meta"), "progressToken");
    struct slice raw;
    if (!(cJSON_IsString(token) || cJSON_IsNumber(token)) || !json_member(text, "params", &raw) ||
        !json_member(raw, "_meta", &raw) || !json_member(raw, "progressToken", &raw))
        return true;
    out->data = arena_strndup(arena, raw.data, raw.len);
    out->len = out->data ? raw.len : 0;
    return out->data != NULL;
}

bool rpc_parse(struct arena *arena, struct slice text, struct rpc_message *out,
               struct rpc_failure *failure)
{
    *failure = (struct rpc_failure){ .code = RPC_PARSE_ERROR };
    const cJSON *tree = json_parse(arena, text, &failure->err);
    if (!tree)
        return false;
    if (cJSON_IsArray(tree))
        return refuse(failure, RPC_INVALID_REQUEST,
                      "batches are not part of this protocol revision: send one message at a time");
    if (!cJSON_IsObject(tree))
        return refuse(failure, RPC_INVALID_REQUEST, "a message is a JSON object");

    struct rpc_message m = { .method = json_get_string(tree, "method"),
                             .params = json_get(tree, "params") };
    if (!read_id(arena, text, tree, &m.id, failure))
        return false;
    failure->id = m.id;
    const char *version = json_get_string(tree, "jsonrpc");
    if (!version || strcmp(version, "2.0") != 0)
        return refuse(failure, RPC_INVALID_REQUEST, "jsonrpc must be \"2.0\"");
    const cJSON *result = json_get(tree, "result");
    if (m.method)
        m.kind = m.id.len ? RPC_REQUEST : RPC_NOTIFICATION;
    else if (json_get(tree, "method"))
        return refuse(failure, RPC_INVALID_REQUEST, "method must be a string");
    else if (m.id.len && (result || json_get(tree, "error")))
        m.kind = RPC_RESPONSE;
    else
        return refuse(failure, RPC_INVALID_REQUEST,
                      "a message needs a method, or a result or error");
    if (m.params && !cJSON_IsObject(m.params))
        return refuse(failure, RPC_INVALID_PARAMS, "params must be an object");
    if (m.kind == RPC_RESPONSE && cJSON_IsObject(result))
        m.result = result;
    if (m.kind == RPC_REQUEST && !read_progress_token(arena, text, m.params, &m.progress_token))
        return refuse(failure, RPC_INTERNAL_ERROR, "out of memory");
    *out = m;
    return true;
}

bool rpc_is_batch(struct slice text)
{
    while (text.len &&
           (*text.data == ' ' || *text.data == '\t' || *text.data == '\r' || *text.data == '\n')) {
        text.data++;
        text.len--;
    }
    return text.len && *text.data == '[';
}

bool rpc_is_cancellation(const struct rpc_message *m, struct buf *id)
{
    if (m->kind != RPC_NOTIFICATION || strcmp(m->method, "notifications/cancelled") != 0)
        return false;
    const cJSON *given = json_get(m->params, "requestId");
    if (cJSON_IsString(given) || cJSON_IsNumber(given))
        json_write(id, given);
    return true;
}

static void begin(struct buf *b, struct slice id)
{
    buf_str(b, "{\"jsonrpc\":\"2.0\",\"id\":");
    if (id.len)
        buf_slice_put(b, id);
    else
        buf_str(b, "null");
}

void rpc_result_begin(struct buf *b, struct slice id)
{
    begin(b, id);
    buf_str(b, ",\"result\":");
}

void rpc_result_end(struct buf *b)
{
    buf_char(b, '}');
}

void rpc_error(struct buf *b, struct slice id, enum rpc_code code, const char *message)
{
    rpc_error_data(b, id, code, message, (struct slice){ 0 });
}

void rpc_error_data(struct buf *b, struct slice id, enum rpc_code code, const char *message,
                    struct slice data)
{
    begin(b, id);
    buf_str(b, ",\"error\":{\"code\":");
    buf_int(b, code);
    buf_str(b, ",\"message\":");
    buf_json_string(b, slice_of(message));
    if (data.len) {
        buf_str(b, ",\"data\":");
        rpc_put_json(b, data);
    }
    buf_str(b, "}}");
}

void rpc_put_json(struct buf *b, struct slice json)
{
    size_t start = b->len;
    buf_slice_put(b, json);
    if (!buf_ok(b) || !json.len)
        return;
    for (const char *breaks = "\n\r"; *breaks; breaks++) {
        char *p = b->data + start;
        while ((p = memchr(p, *breaks, (size_t)(b->data + b->len - p))))
            *p++ = ' ';
    }
}
