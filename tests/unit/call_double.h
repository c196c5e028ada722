/* call_double.h: a client at the other end of a call, for tests of what is said to it and asked of
 * it. One test program includes it; there is no Asana. */
#pragma once

#include "base/json.h"
#include "base/secret.h"
#include "tool/call.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    uv_loop_t loop;
    struct asana_asker asker;
    struct secret token;
    struct arena *arena;
    struct call *call; /* NULL when there is none, or it is done */
    enum call_outcome outcome;
    char text[8192];
    char said[2000]; /* progress, log lines, parts */
    /* The client's. */
    struct call_host host;
    bool refuses;      /* the legacy way: no question can be sent */
    unsigned rounds;   /* of questions */
    char keys[200];    /* asked in the last round */
    char params[8192]; /* of the first question in the last round */
    char state[LIMIT_CALL_STATE];
    size_t state_len;
    bool full;                /* the modern way: the state does not fit */
    call_inputs_fn *answered; /* the legacy way: waits to be called */
    void *answered_ctx;
} d;

static void double_open(void)
{
    struct err err;
    memset(&d, 0, sizeof(d));
    uv_loop_init(&d.loop);
    secret_set(&d.token, slice_of("t"));
    /* Nobody asks there. */
    struct asana_client_options options = { .api_url = "http://127.0.0.1:9", .user_agent = "test" };
    CU_ASSERT_TRUE_FATAL(asana_asker_open(&d.asker, &d.loop, NULL, &options, &err));
}

static void double_close(void)
{
    asana_asker_close(&d.asker);
    uv_run(&d.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&d.loop), 0); /* nothing was left behind */
    secret_done(&d.token);
    arena_free(d.arena);
}

static void double_done(void *ctx, const struct call_result *result)
{
    CU_ASSERT_PTR_EQUAL(ctx, &d);
    d.call = NULL;
    d.outcome = result->outcome;
    snprintf(d.text, sizeof(d.text), "%.*s", (int)result->text.len, result->text.data);
}

/* ---- what the call says ---- */

static void double_say(const char *text)
{
    size_t len = strlen(d.said);
    snprintf(d.said + len, sizeof(d.said) - len, "%s;", text);
}

static void double_progress(void *ctx, double done, double total, const char *message)
{
    char text[200];
    (void)ctx;
    snprintf(text, sizeof(text), "%.1f/%.1f %s", done, total, message ? message : "-");
    double_say(text);
}

static void double_log(void *ctx, enum call_level level, struct slice data)
{
    char text[200];
    (void)ctx;
    snprintf(text, sizeof(text), "log %d %.*s", (int)level, (int)data.len, data.data);
    double_say(text);
}

static void double_part(void *ctx)
{
    (void)ctx;
    double_say("part");
}

/* ---- what it asks ---- */

static void double_note(const struct call_input *inputs, size_t n)
{
    d.rounds++;
    d.keys[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(d.keys);
        snprintf(d.keys + len, sizeof(d.keys) - len, "%s ", inputs[i].key);
    }
    if (n)
        snprintf(d.params, sizeof(d.params), "%.*s", (int)inputs[0].params.len,
                 inputs[0].params.data);
}

static bool double_ask(void *ctx, const struct call_input *inputs, size_t n,
                       call_inputs_fn *answered, void *answered_ctx)
{
    (void)ctx;
    if (d.refuses)
        return false;
    double_note(inputs, n);
    d.answered = answered;
    d.answered_ctx = answered_ctx;
    return true;
}

static void double_demand(void *ctx, const struct call_input *inputs, size_t n, struct slice state,
                          struct buf *members)
{
    (void)ctx;
    double_note(inputs, n);
    CU_ASSERT_TRUE_FATAL(state.len < sizeof(d.state));
    if (state.len)
        memcpy(d.state, state.data, state.len);
    d.state_len = state.len;
    buf_str(members, "\"inputRequests\":{},\"requestState\":\"sealed\"");
}

/* ---- one call ---- */

/* What it says is taken by a client of the given era, or by none. */
enum double_era { NO_CLIENT, LEGACY, MODERN };

static struct call_context double_context(enum double_era era, unsigned can)
{
    CU_ASSERT_PTR_NULL_FATAL(d.call);
    arena_free(d.arena);
    d.arena = arena_new(LIMIT_CALL_ARENA);
    d.rounds = 0;
    d.keys[0] = d.said[0] = '\0';
    d.host = (struct call_host){
        .ctx = &d,
        .progress = double_progress,
        .log = double_log,
        .part = double_part,
        .ask = era == LEGACY ? double_ask : NULL,
        .demand = era == MODERN ? double_demand : NULL,
        .can = can,
    };
    return (struct call_context){
        .asana = &d.asker,
        .arena = d.arena,
        .token = &d.token,
        .host = era == NO_CLIENT ? NULL : &d.host,
        .done = double_done,
        .ctx = &d,
    };
}

/* The modern way: the call comes again, with these responses (JSON; NULL: none) and the state that
 * was sealed. */
static struct call_context double_again(unsigned can, const char *responses)
{
    struct call_context with = double_context(MODERN, can);
    d.host.state.data = arena_strndup(d.arena, d.state, d.state_len);
    d.host.state.len = d.state_len;
    if (responses)
        d.host.responses = json_parse(d.arena, slice_of(responses), NULL);
    return with;
}

/* The legacy way: the client answers all questions of the round, or refuses (NULL). */
static void double_answer(const char *responses)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(d.answered);
    call_inputs_fn *answered = d.answered;
    d.answered = NULL;
    answered(d.answered_ctx, responses ? json_parse(d.arena, slice_of(responses), NULL) : NULL);
}

/* True when the call is done after all that can happen without the client. */
static bool double_turn(void)
{
    for (int i = 0; i < 5; i++)
        uv_run(&d.loop, UV_RUN_NOWAIT);
    return d.call == NULL;
}
