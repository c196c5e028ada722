/* work.h: a message under way, as the parts of the engine see it (dispatch.h is for all others).
 *
 * Lives in its message's arena. A part that gives the answer ends the work: w is gone then. */
#pragma once

#include "base/limits.h"
#include "mcp/dispatch.h"
#include "mcp/envelope.h"
#include "mcp/revision.h"
#include "metrics/table.h"
#include "tool/args.h"

#include <stdbool.h>
#include <stdint.h>

/* One answer: an Asana body twice (once escaped) and what stands around it. */
#define MESSAGE_MAX (3u * LIMIT_ASANA_BODY)

struct hub_listener;
struct mcp_work;
struct questions;

/* Starts the work. True: the answer is still to come; false: it has been given, w is gone. */
typedef bool method_fn(struct mcp_work *w);

struct method {
    const char *name;
    enum mcp_revision since, until; /* the revisions that have it, both included */
    bool before_initialize;
    bool asks; /* may end in questions to the client (modern: "Supported Requests") */
    enum mcp_cache cache;
    method_fn *run;
};

struct mcp_work {
    const struct mcp_env *env;
    struct arena *arena; /* holds this struct, too */
    struct rpc_message message;
    struct mcp_peer peer;
    const struct caller *caller; /* valid while mcp_run() runs */
    struct digest caller_id;
    struct mcp_line line;
    const struct method *method; /* NULL until it is known */
    uint64_t started_ms;
    struct trail *trail; /* of this message; held */

    /* Of a message that became a call. */
    const struct mcp_catalog *catalog; /* held: what the call is of lives there */
    const struct tool *tool;           /* tools/call */
    const char *uri;                   /* what is about one resource */
    struct call *call;
    struct arg_objects *objects; /* that the arguments name; NULL: nobody wants to know */
    void (*finish)(struct mcp_work *w, const struct call_result *r); /* gives the answer */
    struct call_host host;
    struct {
        double done;
        uint64_t second; /* that the next count is of */
        unsigned sent;
    } progress;
    struct questions *questions; /* that wait for the client's responses; NULL: none */

    struct hub_listener *listener; /* subscriptions/listen */
};

/* dispatch.c: the answer. Each returns false, for "nothing is pending". */
bool work_give(struct mcp_work *w, struct buf *message, enum rpc_code error,
               const struct mcp_change *change);
bool work_give_error(struct mcp_work *w, enum rpc_code code, const char *text);
bool work_give_error_data(struct mcp_work *w, enum rpc_code code, const char *text,
                          struct slice data); /* JSON */
/* A whole result as it is. */
bool work_give_result(struct mcp_work *w, struct slice result, const struct mcp_change *change);
/* Members of a result; the envelope is put around them. */
bool work_give_members(struct mcp_work *w, struct slice members, const struct mcp_change *change);
/* What was asked for does not exist; for a resource (w->uri) as its revision says it. */
bool work_give_not_found(struct mcp_work *w, const char *text);

/* measure.c: counts it, for /metrics: a call's result, and the end of a request, whose method is
 * the method-th of dispatch.c's. */
void work_measure_call(const struct mcp_work *w, enum call_outcome outcome);
void work_measure_end(const struct mcp_work *w, size_t method, enum metric_end end);

/* audit.c: the work's line in the audit log. error: what kind of failure it was, or NULL. */
void work_audit(const struct mcp_work *w, const char *outcome, const char *error,
                const struct call_result *result);

/* spans.c: the span of a request (base/trace.h). error: of the answer; 0: none. */
void work_open_span(struct mcp_work *w);
void work_close_span(struct mcp_work *w, enum rpc_code error);

/* host.c: what a call can do with the client. False when what the client brings back to a repeated
 * call makes no sense. */
bool work_open_host(struct mcp_work *w, struct err *err);
/* Sends a message of ours; b is empty afterwards. */
void work_tell(struct mcp_work *w, struct buf *b);

/* questions.c: "method":…,"params":… of a question. */
void work_put_question(struct buf *b, const struct call_input *input);
/* The ask of a call_host. */
bool work_ask(void *work, const struct call_input *inputs, size_t n, call_inputs_fn *answered,
              void *answered_ctx);
/* No question is open any more. */
void work_drop_questions(struct mcp_work *w);

/* methods.c: answered at once. */
method_fn run_initialize, run_discover, run_ping, run_set_level, run_tools_list, run_prompts_list,
    run_templates_list, run_unsubscribe;
/* calls.c: answered by a call. */
method_fn run_tools_call, run_resources_list, run_resources_read, run_subscribe, run_prompts_get,
    run_complete;
/* subscriptions.c */
method_fn run_listen;
bool work_end_listen(struct mcp_work *w);
