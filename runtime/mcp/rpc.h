/* rpc.h: JSON-RPC 2.0 messages as MCP uses them (specification, "Base Protocol", Messages).
 *
 * Ids are kept as the client wrote them (raw text), so that 0, "0" and 12345678901234567890 come
 * back unchanged. Pure functions; any thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/slice.h"

#include <stdbool.h>

enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL_ERROR = -32603,
    /* MCP's own */
    RPC_BUSY = -32000,               /* ours: too much at once, call again */
    RPC_RESOURCE_NOT_FOUND = -32002, /* legacy revisions only */
    RPC_HEADER_MISMATCH = -32020,
    RPC_MISSING_CAPABILITY = -32021,
    RPC_UNSUPPORTED_VERSION = -32022,
};

enum rpc_kind {
    RPC_REQUEST,
    RPC_NOTIFICATION,
    RPC_RESPONSE, /* the client's answer to a request of ours */
};

struct rpc_message {
    enum rpc_kind kind;
    struct slice id;     /* raw JSON text; empty for a notification */
    const char *method;  /* NULL for a response */
    const cJSON *params; /* an object, or NULL when absent */
    /* Raw JSON text of params._meta.progressToken, a string or a number; empty when there is none.
     */
    struct slice progress_token;
    const cJSON *result; /* of a response: an object, or NULL when it is an error */
};

struct rpc_failure {
    enum rpc_code code;
    struct slice id; /* empty when it could not be read: the error then carries null */
    struct err err;
};

/* Reads one message; everything in out lives in the arena, text need not. */
bool rpc_parse(struct arena *arena, struct slice text, struct rpc_message *out,
               struct rpc_failure *failure);

/* Several messages in one text: an array (JSON-RPC 2.0, section 6). rpc_parse() refuses it; whoever
 * may take batches takes it apart. */
bool rpc_is_batch(struct slice text);

/* True for notifications/cancelled; writes the id that it names as JSON text, or nothing when it
 * names none. */
bool rpc_is_cancellation(const struct rpc_message *m, struct buf *id);

/* {"jsonrpc":"2.0","id":ID,"result": … the caller writes the value, then rpc_result_end(). */
void rpc_result_begin(struct buf *b, struct slice id);
void rpc_result_end(struct buf *b);
/* A whole error response; an empty id becomes null. */
void rpc_error(struct buf *b, struct slice id, enum rpc_code code, const char *message);
/* The same with data, any JSON; none when it is empty. */
void rpc_error_data(struct buf *b, struct slice id, enum rpc_code code, const char *message,
                    struct slice data);

/* JSON text from outside that has passed json_check(), on one line: line breaks between its tokens
 * become spaces, so that it can stand in an event's data or on a line of standard output. */
void rpc_put_json(struct buf *b, struct slice json);
