/* call.h: the life of one call: decode, ask Asana, shape the answer.
 *
 *     call_start ──decode──▶ refused (result on a later turn)
 *         │
 *         ├─ the tool's request, and its extras with it ──▶ all answered ──shape──▶ done(result)
 *         └─ the tool's handler ──▶ call_ask() … ──▶ call_finish() ──▶ done(result)
 *
 *     call_cancel at any time: no callback, what is in flight is dropped
 *
 * What is no tool but lives the same life (reading a resource, completing an argument, a prompt)
 * is a body that call_run() runs like a tool's handler. Everything of one call lives in its arena.
 * One worker's thread. */
#pragma once

#include "asana/ask.h"
#include "base/arena.h"
#include "base/secret.h"
#include "base/slice.h"
#include "tool/tool.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct arg_objects;
struct call;
struct visible;
struct visible_limit;

enum call_outcome {
    CALL_DONE,      /* text: one JSON object; it is sent as text and as structured content */
    CALL_MEMBERS,   /* text: members of the result as they are, "contents":[…] */
    CALL_FAILED,    /* text: a sentence that says what to do */
    CALL_INVALID,   /* the same, when what the caller sent makes no sense in any state of Asana */
    CALL_NOT_FOUND, /* the same, when what was asked for does not exist */
    CALL_INPUT, /* text: members "inputRequests":{…} and "requestState":"…": the client is to
                   answer them and call again (revision 2026-07-28) */
    CALL_LACKS, /* text: a ClientCapabilities object that the client would have to declare */
};

struct call_result {
    enum call_outcome outcome;
    struct slice text; /* JSON is valid and has passed json_check(); borrowed until the callback
                          returns */
    int asana_status; /* of the answer that decided; 0 when Asana was not asked or did not answer */
};

typedef void call_done_fn(void *ctx, const struct call_result *result);

/* Severities of RFC 5424, as the protocol names them; the most severe last. */
enum call_level {
    CALL_DEBUG,
    CALL_INFO,
    CALL_NOTICE,
    CALL_WARNING,
    CALL_ERROR,
    CALL_CRITICAL,
    CALL_ALERT,
    CALL_EMERGENCY,
};

/* What may be asked of the client while a call runs. */
enum call_input_kind { CALL_ELICIT, CALL_SAMPLE, CALL_ROOTS };

struct call_input {
    const char *key; /* names it within the call */
    enum call_input_kind kind;
    struct slice params; /* a JSON object: the params of elicitation/create and so on */
};

typedef void call_inputs_fn(void *ctx, const cJSON *responses);

/* The client at the other end, as far as a call can talk to it. Made by whoever runs the call, and
 * valid until done has been called or the call is cancelled. Functions that the client cannot take
 * are NULL. */
struct call_host {
    void *ctx;
    /* How far the call is: done grows; total is 0 while it is unknown; message may be NULL. */
    void (*progress)(void *ctx, double done, double total, const char *message);
    void (*log)(void *ctx, enum call_level level, struct slice data); /* data: any JSON */
    /* Tells the client to come back for the answer later (revision 2025-11-25, polling). */
    void (*part)(void *ctx);
    /* Legacy revisions: sends the questions; answered is called when all responses are in, with an
     * object of them by key (in the call's arena), or NULL when the client refused to answer. */
    bool (*ask)(void *ctx, const struct call_input *inputs, size_t n, call_inputs_fn *answered,
                void *answered_ctx);
    /* Revision 2026-07-28: the questions end the call; when it is repeated their answers come with
     * it. Seals state (opaque to the client, bound to caller, method and params) and writes the
     * members "inputRequests" and "requestState". Questions may be none. */
    void (*demand)(void *ctx, const struct call_input *inputs, size_t n, struct slice state,
                   struct buf *members);
    /* Tells all clients that lists have changed (bits of enum hub_list, mcp/hub.h). */
    void (*changed)(void *ctx, unsigned lists);
    unsigned can;           /* 1u << enum call_input_kind: what the client declared */
    const cJSON *responses; /* of a repeated call: an object by key; NULL otherwise */
    struct slice state;     /* of a repeated call: what demand() sealed, opened; else empty */
};

struct call_context {
    const struct asana_asker *asana;
    struct visible *visible;            /* which workspaces are shown (tool/visible.h); NULL: all */
    const struct visible_limit *limits; /* in which of them this may not be done; in the arena */
    struct arena *arena;        /* the caller's, kept until done is called (it holds the result, but
                                   nothing looks at it afterwards) or the call is cancelled */
    const struct secret *token; /* borrowed for the duration of the function only */
    const struct call_host *host; /* NULL: nobody to talk to before the answer */
    struct arg_objects *objects; /* of a tool: filled with the IDs among the arguments; NULL: not */
    bool confirm; /* the person is asked before the tool runs, when the host can (tool/confirm.h) */
    call_done_fn *done; /* called exactly once, on a later turn of the loop */
    void *ctx;
};

/* Calls a tool. arguments (may be NULL) live in the arena. NULL only when memory is short. */
struct call *call_start(const struct call_context *with, const struct tool *tool,
                        const cJSON *arguments);

/* A body of a call: answers now or later by call_finish() and its like. */
typedef void call_body_fn(struct call *call, const void *in);
/* Runs a body; subject names it in error texts ("resources/read"), in lives in the arena. */
struct call *call_run(const struct call_context *with, const char *subject, call_body_fn *body,
                      const void *in);
/* No callback will come. At any time before done is called. */
void call_cancel(struct call *c);

/* For bodies. */

struct arena *call_arena(const struct call *c);
/* Whether the operator lets the call see that workspace. call_ask() looks at this by itself; it is
 * for what a body remembers from earlier calls. */
bool call_shows(const struct call *c, const char *workspace_gid);

typedef void call_answer_fn(struct call *c, void *ctx, const struct asana_answer *answer);

/* Sends a request (its buffers are taken, also on failure) and calls back with the answer on a
 * later turn, whatever it is; hidden workspaces are not in it, and what it names in them does not
 * exist. False: it could not be sent; the call has been finished with an error. Several may be
 * under way. */
bool call_ask(struct call *c, struct asana_req *r, call_answer_fn *answered, void *ctx);
/* Ends the call: what is under way is cancelled, and done is called, now or (from within the
 * body's first run) on a later turn. c is gone when this returns. text is copied where needed. */
void call_finish(struct call *c, enum call_outcome outcome, struct slice text);
/* Ends it with what an answer that is no success means (CALL_NOT_FOUND for a 404, else
 * CALL_FAILED). */
void call_finish_with(struct call *c, const struct asana_answer *answer);

/* How far it is; nothing happens when nobody wants to know. */
void call_progress(struct call *c, double done, double total, const char *message);
/* The same with the message "DONE of TOTAL WHAT". */
void call_progress_of(struct call *c, unsigned done, unsigned total, const char *what);
/* A line for the client's log, likewise. data: any JSON. */
void call_log(struct call *c, enum call_level level, struct slice data);
void call_part(struct call *c);
/* What a call did has changed what every client is shown: bits of enum hub_list. */
void call_changed(struct call *c, unsigned lists);

/* Asks the client. Ask before anything is changed: in revision 2026-07-28 the questions end the
 * call, and when the client has answered, the body runs again from its start and comes here with
 * the same keys; answered is then called at once. Keys without a response are asked again; those
 * that had one in an earlier round keep it. state (may be empty) is what call_state() gives in that
 * next run. False when the client cannot be asked that; nothing has happened then. */
typedef void call_input_fn(struct call *c, void *ctx);
bool call_ask_client(struct call *c, const struct call_input *inputs, size_t n, struct slice state,
                     call_input_fn *answered, void *ctx);
bool call_client_can(const struct call *c, enum call_input_kind kind);
/* The response to a question, an object (ElicitResult and so on); NULL when there is none. */
const cJSON *call_response(const struct call *c, const char *key);
struct slice call_state(const struct call *c);
