/* call_priv.h: what the files of a call share. Nobody else includes it.
 *
 *     call.c         its beginning and its end, requests to Asana
 *     call_tool.c    tools: decoding, confirming, the tool's request and its extras
 *     call_client.c  what is said to the client, and asked of it, before the answer */
#pragma once

#include "tool/call.h"
#include "tool/result.h"

#include <sys/queue.h>
#include <uv.h>

struct request;
struct question;

/* Outlives its arena by the turn that closes the timer, so it is not in it. */
struct call {
    const struct asana_asker *asana;
    struct visible *visible; /* NULL: nothing is hidden */
    const struct visible_limit *limits;
    struct arena *arena;
    const struct call_host *host; /* NULL: nobody to talk to */
    struct secret token;          /* kept while there may be more to ask */
    const char *subject;          /* the tool's name, or the method */
    call_done_fn *done;
    void *ctx;
    LIST_HEAD(, request) requests;
    bool starting; /* inside a body's first run: the result has to wait */
    bool finished; /* there is a result, and it waits */
    struct call_result early;
    struct err refusal;
    uv_timer_t later; /* delivers the early result */
    struct trail *trail;

    SLIST_HEAD(, question) questions; /* asked of the client so far; in the arena */
    struct slice state;               /* the body's own, of the run before this one */
    call_input_fn *answered;
    void *answered_ctx;

    /* Tools only. */
    const struct tool *tool;
    const cJSON *arguments;
    struct arg_objects *objects; /* NULL: nobody wants to know them */
    void *in;                    /* decoded */
    struct result_parts parts;
    unsigned missing, wanted; /* answers, when there are extras */
};

/* NULL when memory is short. */
struct call *call_new(const struct call_context *with, const char *subject);
/* Runs what may finish the call at once: its result waits for a later turn. */
void call_enter(struct call *c, call_body_fn *body, const void *in);
/* Ends it with what c->refusal says. */
void call_refuse(struct call *c, enum call_outcome outcome);
void call_end(struct call *c, const struct call_result *result);
/* A repeated call's questions, with their responses; false when memory is short. */
bool call_client_open(struct call *c);
