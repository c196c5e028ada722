/* engine_bench.h: one worker's share of the protocol engine, an Asana that answers what the test
 * says, a client that notes what it hears, and tools, prompts and resources to try things with. One
 * test program includes it. */
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "http_double.h"
#include "mcp/completion.h"
#include "mcp/dispatch.h"
#include "mcp/hub.h"
#include "mcp/modern.h"
#include "mcp/seal.h"
#include "suites.h"
#include "tool/args.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define HEARD 64

static struct {
    struct http_double asana;
    uv_loop_t loop;
    struct mcp_env env;
    struct caller caller;
    struct seal *seal;
    /* The last answer. */
    char answer[1u << 20];
    size_t answer_len;
    enum rpc_code error;
    bool answered;
    unsigned answers;
    /* What it changes. */
    bool settled;
    struct mcp_peer peer;
    char watch[200], unwatch[200], sync[200];
    /* What came before it. */
    char heard[HEARD][4000];
    unsigned n_heard;
    unsigned parted;
} w;

static struct {
    const char *status, *body;
} script;
static char asked[4096]; /* what Asana saw last; read after it has answered */

static bool play(struct http_seen *seen)
{
    snprintf(asked, sizeof(asked), "%s %.2000s %.1000s", seen->method, seen->target, seen->body);
    if (!script.body) {
        http_wait_for_hangup(seen->fd);
        return false;
    }
    return http_json(seen->fd, script.status, script.body);
}

/* ---- to try things with ---- */

struct probe_args {
    const char *x;
};

static inline bool probe_decode(struct args *a, void *in)
{
    ((struct probe_args *)in)->x = args_string(a, "x", 0);
    return args_end(a);
}

static inline void probe_say(struct call *c, const char *text)
{
    BUF_AUTO b = { .max = 1000 };
    buf_str(&b, "\"content\":[{\"type\":\"text\",\"text\":");
    buf_json_string(&b, slice_of(text));
    buf_str(&b, "}]");
    call_finish(c, CALL_MEMBERS, buf_slice(&b));
}

/* Tells of sixty steps and of three kinds of news. */
static inline void probe_talk(struct call *c, const void *in)
{
    (void)in;
    for (unsigned i = 0; i <= 60; i++) {
        call_progress(c, i, 60, "step");
        call_progress(c, i - i % 2, 60, "back"); /* not told */
    }
    call_log(c, CALL_DEBUG, slice_of("\"small\""));
    call_log(c, CALL_INFO, slice_of("{\"n\":\n1}"));
    call_log(c, CALL_ERROR, slice_of("\"large\""));
    call_part(c);
    call_changed(c, HUB_TOOLS | HUB_RESOURCES);
    probe_say(c, "told");
}

static inline struct call_input probe_question(const char *key)
{
    return (struct call_input){
        .key = key,
        .kind = CALL_ELICIT,
        .params = slice_of("{\"message\":\"which?\",\"requestedSchema\":{\"type\":\"object\","
                           "\"properties\":{\"v\":{\"type\":\"string\"}}}}")
    };
}

static inline void probe_tell(struct call *c, void *ctx)
{
    const char *keys[] = { "first", "second" };
    char text[200] = "";
    (void)ctx;
    for (int i = 0; i < 2; i++) {
        const cJSON *r = call_response(c, keys[i]);
        const char *v = json_get_string(json_get(r, "content"), "v");
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s=%s;", keys[i],
                 v ? v : "none");
    }
    snprintf(text + strlen(text), sizeof(text) - strlen(text), "state=%.*s", (int)call_state(c).len,
             call_state(c).data ? call_state(c).data : "");
    probe_say(c, text);
}

static inline void probe_ask(struct call *c, const void *in)
{
    const struct call_input both[] = { probe_question("first"), probe_question("second") };
    (void)in;
    if (!call_ask_client(c, both, 2, slice_of("kept"), probe_tell, NULL))
        call_finish(c, CALL_LACKS, slice_of("{\"elicitation\":{}}"));
}

static inline void probe_done(struct call *c, const void *in)
{
    (void)in;
    call_finish(c, CALL_DONE, slice_of("{\"data\":1}"));
}

static inline void probe_get(struct call *c, const void *in)
{
    (void)in;
    call_finish(c, CALL_MEMBERS, slice_of("\"messages\":[]"));
}

static inline void probe_get_asking(struct call *c, const void *in)
{
    const struct call_input one = probe_question("first");
    (void)in;
    if (!call_ask_client(c, &one, 1, slice_of(""), NULL, NULL))
        call_finish(c, CALL_FAILED, slice_of("cannot be asked"));
}

static inline void probe_read(struct call *c, const void *in)
{
    const char *uri = in;
    BUF_AUTO b = { .max = 1000 };
    if (strstr(uri, "gone")) {
        call_finish(c, CALL_NOT_FOUND, slice_of("it is gone"));
        return;
    }
    if (strstr(uri, "broken")) {
        call_finish(c, CALL_FAILED, slice_of("try later"));
        return;
    }
    if (strstr(uri, "odd")) {
        call_finish(c, CALL_INVALID, slice_of("odd"));
        return;
    }
    buf_str(&b, "\"contents\":[{\"uri\":");
    buf_json_string(&b, slice_of(uri));
    buf_str(&b, ",\"mimeType\":\"text/plain\",\"text\":\"hello\"}]");
    call_finish(c, CALL_MEMBERS, buf_slice(&b));
}

#define PROBE(id, body, ...)                                                 \
    static const struct tool id = { .name = #id,                             \
                                    .title = "A probe",                      \
                                    .toolset = "probes",                     \
                                    .description = "A probe.",               \
                                    .input_schema = "{\"type\":\"object\"}", \
                                    .args_size = sizeof(struct probe_args),  \
                                    .decode = probe_decode,                  \
                                    .handle = body,                          \
                                    __VA_ARGS__ }

PROBE(talks, probe_talk, .effect = TOOL_READ);
PROBE(asks, probe_ask, .effect = TOOL_READ);
PROBE(writes, probe_done, .effect = TOOL_UPDATE);
PROBE(erases, probe_done, .effect = TOOL_DELETE, .destructive = true,
      .output_schema = "{\"type\":\"object\"}",
      .modern_schema = "{\"type\":\"object\",\"x-modern\":true}");

static const struct tool *const probe_tools[] = { &talks, &asks, &writes, &erases, NULL };
static const struct prompt_argument probe_no_arguments[] = { { 0 } };
static const struct prompt probe_prompts[] = {
    { .name = "plain_prompt",
      .title = "Plain",
      .description = "Plain.",
      .arguments = probe_no_arguments,
      .body = probe_get },
    { .name = "asking_prompt",
      .title = "Asking",
      .description = "Asks.",
      .arguments = probe_no_arguments,
      .body = probe_get_asking },
    { 0 },
};
static const struct resource_kind probe_kinds[] = {
    { .uri_template = "probe://fixed",
      .name = "fixed",
      .title = "Fixed",
      .description = "Fixed.",
      .mime_type = "text/plain",
      .read = probe_read },
    { .uri_template = "probe://item/{id}",
      .name = "item",
      .title = "Item",
      .description = "An item.",
      .mime_type = "text/plain",
      .argument = "id",
      .read = probe_read },
    { 0 },
};
static const struct mcp_extras probes = { .tools = probe_tools,
                                          .resources = probe_kinds,
                                          .prompts = probe_prompts };

/* ---- the bench ---- */

static inline void start(void)
{
    char url[60];
    struct err err = { 0 };
    memset(&w, 0, sizeof(w));
    script.status = "200 OK";
    script.body = "{\"data\":[]}";
    asked[0] = '\0';
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.asana, play, NULL));
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api/1.0", w.asana.port);
    uv_loop_init(&w.loop);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = 10000 };
    w.seal = seal_new();
    w.env = (struct mcp_env){ .catalog = mcp_catalog_new(&probes),
                              .arenas = arena_pool_new(4u << 20, 4),
                              .seal = w.seal,
                              .completions = completion_cache_new(),
                              .here = { .node = 0xc0ffee, .worker = 0x2a } };
    CU_ASSERT_TRUE_FATAL(asana_asker_open(&w.env.asana, &w.loop, NULL, &options, &err));
    w.env.hub = hub_new(&w.env.asana);
    caller_with_token(slice_of("0/token"), &w.caller);
    secret_digest(slice_of("ada"), &w.caller.id);
}

static inline void stop(void)
{
    hub_free(w.env.hub);
    asana_asker_close(&w.env.asana);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    http_double_stop(&w.asana);
    arena_pool_free(w.env.arenas);
    mcp_catalog_free((struct mcp_catalog *)w.env.catalog);
    completion_cache_free(w.env.completions);
    seal_free(w.seal);
    caller_done(&w.caller);
}

static inline void note_change(const struct mcp_change *change)
{
    w.settled = change && change->peer;
    if (w.settled)
        w.peer = *change->peer;
    snprintf(w.watch, sizeof(w.watch), "%s", change && change->watch ? change->watch : "");
    snprintf(w.unwatch, sizeof(w.unwatch), "%s", change && change->unwatch ? change->unwatch : "");
    snprintf(w.sync, sizeof(w.sync), "%.*s", change ? (int)change->sync.len : 0,
             change && change->sync.len ? change->sync.data : "");
}

static inline void on_answer(void *ctx, const struct mcp_answer *a)
{
    (void)ctx;
    CU_ASSERT_FATAL(a->message->len < sizeof(w.answer));
    if (a->message->len)
        memcpy(w.answer, a->message->data, a->message->len);
    w.answer[a->message->len] = '\0';
    w.answer_len = a->message->len;
    w.error = a->error;
    note_change(a->change);
    w.answered = true;
    w.answers++;
}

static inline void on_send(void *ctx, struct buf *message)
{
    (void)ctx;
    CU_ASSERT_FALSE(w.answered);
    CU_ASSERT_FATAL(w.n_heard < HEARD && message->len < sizeof(w.heard[0]));
    CU_ASSERT_TRUE(json_check(buf_slice(message), NULL));
    CU_ASSERT_PTR_NULL(memchr(message->data, '\n', message->len));
    memcpy(w.heard[w.n_heard], message->data, message->len);
    w.heard[w.n_heard++][message->len] = '\0';
}

static inline void on_part(void *ctx)
{
    (void)ctx;
    w.parted++;
}

static const struct mcp_line quiet = { .answer = on_answer };
static const struct mcp_line talking = { .send = on_send, .part = on_part, .answer = on_answer };

static inline struct mcp_work *send_on(const struct mcp_line *line, const char *text,
                                       const struct mcp_peer *peer)
{
    struct arena *arena = arena_pool_take(w.env.arenas);
    struct rpc_message m;
    struct rpc_failure f;
    w.answered = false;
    w.n_heard = 0;
    CU_ASSERT_TRUE_FATAL(rpc_parse(arena, slice_of(text), &m, &f));
    return mcp_run(&w.env, arena, &m, peer, &w.caller, line);
}

static inline void run_until_answered(void)
{
    uint64_t until = clock_ms() + 20000;
    while (!w.answered && clock_ms() < until)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_TRUE_FATAL(w.answered);
    CU_ASSERT_TRUE(!w.answer_len || json_check((struct slice){ w.answer, w.answer_len }, NULL));
}

/* The whole answer to a message. */
static inline const char *answer_on(const struct mcp_line *line, const char *text,
                                    const struct mcp_peer *peer)
{
    struct mcp_work *work = send_on(line, text, peer);
    CU_ASSERT_EQUAL(work == NULL, w.answered);
    run_until_answered();
    return w.answer;
}

static inline const char *answer_to(const char *text, const struct mcp_peer *peer)
{
    return answer_on(&quiet, text, peer);
}

static inline struct mcp_peer speaking(enum mcp_revision r)
{
    return (struct mcp_peer){ .initialized = true, .revision = r, .log_level = MCP_LOG_OFF };
}

static inline void has(const char *text, const char *part, int line)
{
    if (!strstr(text, part))
        printf("\nline %d:\n  no   %s\n  in   %.1000s\n", line, part, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}
#define HAS(text, part) has(text, part, __LINE__)
#define HAS_NOT(text, part) CU_ASSERT_PTR_NULL(strstr(text, part))

#define REQUEST(method, params) \
    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" method "\",\"params\":" params "}"
#define CALL(params) REQUEST("tools/call", params)

/* The value of a string member, wherever it stands in a text that escapes nothing; "" when there
 * is none. Valid until the next call. */
static inline const char *string_in(const char *text, const char *member)
{
    static char value[4000];
    char key[100];
    snprintf(key, sizeof(key), "\"%s\":\"", member);
    const char *at = strstr(text, key);
    at = at ? at + strlen(key) : "\"";
    snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\""), at);
    return value;
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

static inline bool bench_open(void)
{
    signal(SIGPIPE, SIG_IGN);
    json_init();
    return secret_init() && CU_initialize_registry() == CUE_SUCCESS;
}
