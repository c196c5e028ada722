/* fuzz_rpc.c: whatever comes in, a message or a refusal comes out, and both can be answered with
 * valid JSON on one line. */
#include "mcp/rpc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_one_line_of_json(struct buf *b)
{
    struct slice text = buf_slice(b);
    if (!buf_ok(b) || !json_check(text, NULL) || memchr(text.data, '\n', text.len) ||
        memchr(text.data, '\r', text.len))
        abort();
    buf_done(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    if (!arena) {
        json_init();
        arena = arena_new(32u << 20);
    }
    arena_reset(arena);
    struct slice text = { (const char *)data, size };
    struct rpc_message m;
    struct rpc_failure f;
    struct buf b;
    buf_init(&b, 64u << 20);
    if (!rpc_parse(arena, text, &m, &f)) {
        rpc_error(&b, f.id, f.code, f.err.text);
        must_be_one_line_of_json(&b);
        return 0;
    }
    if ((m.kind == RPC_NOTIFICATION) != (m.id.len == 0) ||
        (m.kind == RPC_RESPONSE) != (m.method == NULL) || (m.params && !cJSON_IsObject(m.params)))
        abort();
    rpc_result_begin(&b, m.id);
    rpc_put_json(&b, text);
    rpc_result_end(&b);
    must_be_one_line_of_json(&b);
    struct err err;
    err_set(&err, ERR_ARGS, "unknown method \"%.80s\"", m.method ? m.method : "");
    rpc_error(&b, m.id, RPC_METHOD_NOT_FOUND, err.text);
    must_be_one_line_of_json(&b);
    return 0;
}
