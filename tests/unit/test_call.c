#include "tool/call.h"

#include "asana/errors.h"
#include "asana/req.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "tool/args.h"

#include "http_double.h"
#include "suites.h"

/* One server, one loop, one call at a time. */
struct world {
    struct http_double server;
    uv_loop_t loop;
    uv_timer_t patience;
    bool patience_lost;
    struct gates *gates;
    struct asana_asker asker;
    struct secret token;
    struct arena *arena;
    struct call *call; /* NULL when done */
    bool starting;
    unsigned done;
    bool is_error;
    enum call_outcome outcome;
    int asana_status;
    char text[4096];
    char progress[200];
    bool open; /* "/hold" answers; under the server's lock */
    /* What the handlers of this test keep. */
    unsigned answers;
    const char *follow_up;
};

static struct world w;

/* Answers by the end of the path. */
static bool script(struct http_seen *seen)
{
    const char *path = seen->target + strlen("/api");
    int fd = seen->fd;
    if (strncmp(path, "/hold", 5) == 0) {
        pthread_mutex_lock(&seen->server->lock);
        while (!w.open && seen->server->requested < 1u << 20)
            pthread_cond_wait(&seen->server->changed, &seen->server->lock);
        pthread_mutex_unlock(&seen->server->lock);
    }
    if (strstr(path, "/together/")) { /* nobody is answered before all three are here */
        pthread_mutex_lock(&seen->server->lock);
        while (seen->server->requested < 3)
            pthread_cond_wait(&seen->server->changed, &seen->server->lock);
        pthread_mutex_unlock(&seen->server->lock);
    }
    if (strstr(path, "/missing"))
        return http_json(fd, "404 Not Found", "{\"errors\":[{\"message\":\"thing: Unknown\"}]}");
    if (strstr(path, "/page"))
        return http_reply(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/html", "<html>");
    if (strstr(path, "/parts"))
        return http_json(fd, "200 OK", "{\"data\":[{\"gid\":\"2\"}],\"next_page\":null}");
    if (strstr(path, "/notes"))
        return http_json(fd, "200 OK", "{\"data\":[{\"type\":\"x\"},{\"type\":\"note\"}]}");
    return http_json(fd, "200 OK", "{\"data\":{\"gid\":\"1\"}}");
}

static void on_impatient(uv_timer_t *timer)
{
    (void)timer;
    w.patience_lost = true;
}

static void world_open(void)
{
    struct err err = { 0 };
    char url[100];
    memset(&w, 0, sizeof(w));
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.server, script, &w));
    uv_loop_init(&w.loop);
    uv_timer_init(&w.loop, &w.patience);
    uv_timer_start(&w.patience, on_impatient, 60000, 0);
    uv_unref((uv_handle_t *)&w.patience);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api", w.server.port);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = 20000 };
    w.gates = gates_new();
    secret_set(&w.token, slice_of("1/2345:abcdef"));
    CU_ASSERT_TRUE_FATAL(asana_asker_open(&w.asker, &w.loop, w.gates, &options, &err));
}

static void let_go(void)
{
    pthread_mutex_lock(&w.server.lock);
    w.open = true;
    pthread_cond_broadcast(&w.server.changed);
    pthread_mutex_unlock(&w.server.lock);
}

/* Whatever a call left behind would be a handle of the loop, memory, or a transfer. */
static void world_close(void)
{
    let_go();
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    asana_asker_close(&w.asker);
    uv_close((uv_handle_t *)&w.patience, NULL);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    gates_free(w.gates);
    secret_done(&w.token);
    arena_free(w.arena);
    http_double_stop(&w.server);
    CU_ASSERT_FALSE(w.patience_lost);
}

static void on_done(void *ctx, const struct call_result *result)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    CU_ASSERT_FALSE(w.starting);
    w.done++;
    w.call = NULL;
    w.outcome = result->outcome;
    w.is_error = result->outcome != CALL_DONE && result->outcome != CALL_MEMBERS;
    w.asana_status = result->asana_status;
    CU_ASSERT_TRUE(result->outcome != CALL_DONE || json_check(result->text, NULL));
    snprintf(w.text, sizeof(w.text), "%.*s", (int)result->text.len, result->text.data);
    arena_free(w.arena); /* the call must not look at it any more */
    w.arena = NULL;
    uv_stop(&w.loop);
}

static void on_progress(void *ctx, double done, double total, const char *message)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    size_t len = strlen(w.progress);
    snprintf(w.progress + len, sizeof(w.progress) - len, "%.0f/%.0f %s\n", done, total, message);
}

static const struct call_host host = { .ctx = &w, .progress = on_progress };

static struct call_context context(size_t cap)
{
    CU_ASSERT_PTR_NULL_FATAL(w.call);
    arena_free(w.arena);
    w.arena = arena_new(cap);
    w.answers = 0;
    w.done = 0;
    w.progress[0] = '\0';
    return (struct call_context){
        .asana = &w.asker,
        .arena = w.arena,
        .token = &w.token,
        .host = &host,
        .done = on_done,
        .ctx = &w,
    };
}

static void start_in(const struct tool *tool, const char *arguments, size_t cap)
{
    struct call_context with = context(cap);
    cJSON *tree = arguments ? json_parse(w.arena, slice_of(arguments), NULL) : NULL;
    w.starting = true;
    w.call = call_start(&with, tool, tree);
    w.starting = false;
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.call);
    CU_ASSERT_EQUAL(w.done, 0);
}

static void start(const struct tool *tool, const char *arguments)
{
    start_in(tool, arguments, LIMIT_CALL_ARENA);
}

static void finish(void)
{
    while (!w.done && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_ONCE);
    for (int i = 0; i < 5; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(w.done, 1);
}

static void run(const struct tool *tool, const char *arguments)
{
    start(tool, arguments);
    finish();
}

static void cancel(void)
{
    call_cancel(w.call);
    w.call = NULL;
    arena_free(w.arena);
    w.arena = NULL;
    for (int i = 0; i < 5; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(w.done, 0);
}

static void wait_for_requests(unsigned n)
{
    while (http_double_requested(&w.server) < n && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_NOWAIT);
}

#define SAYS(part) CU_ASSERT_PTR_NOT_NULL(strstr(w.text, (part)))

/* ---- tools as the generator makes them ---- */

struct thing_args {
    const char *path; /* of the request: "/hold" */
    struct arg_bool parts;
    const char *notes; /* the path of these */
};

static bool thing_decode(struct args *a, void *out)
{
    struct thing_args *in = out;
    in->path = args_string(a, "path", ARG_REQUIRED);
    in->parts = args_bool(a, "include_parts", 0);
    in->notes = args_string(a, "notes", 0);
    return args_end(a);
}

static bool thing_request(const void *args, struct asana_req *r, struct err *err)
{
    const struct thing_args *in = args;
    asana_req_init(r, ASANA_GET);
    asana_path(r, in->path);
    asana_path_arg(r, strcmp(in->path, "/nothing/") == 0 ? NULL : "1");
    return asana_req_end(r, err);
}

static bool parts_wanted(const void *args)
{
    const struct thing_args *in = args;
    return in->parts.state == ARG_VALUE && in->parts.value;
}

static bool parts_request(const void *args, struct asana_req *r, struct err *err)
{
    const struct thing_args *in = args;
    asana_req_init(r, ASANA_GET);
    asana_path(r, in->path);
    asana_path(r, "/parts");
    return asana_req_end(r, err);
}

static bool notes_wanted(const void *args)
{
    const struct thing_args *in = args;
    return in->notes != NULL;
}

static bool notes_request(const void *args, struct asana_req *r, struct err *err)
{
    const struct thing_args *in = args;
    asana_req_init(r, ASANA_GET);
    if (strcmp(in->notes, "none") == 0)
        asana_path_arg(r, NULL);
    asana_path(r, in->notes);
    return asana_req_end(r, err);
}

static const struct tool_extra thing_extras[] = {
    { .member = "parts", .wanted = parts_wanted, .request = parts_request },
    { .member = "notes",
      .keep_member = "type",
      .keep_value = "note",
      .wanted = notes_wanted,
      .request = notes_request },
    { 0 },
};

static const struct tool thing = {
    .name = "get_thing",
    .args_size = sizeof(struct thing_args),
    .decode = thing_decode,
    .request = thing_request,
    .extras = thing_extras,
};

static void refusal_comes_on_a_later_turn(void)
{
    world_open();
    run(&thing, "{\"path\":\"/things/\",\"pth\":1}");
    CU_ASSERT_EQUAL(w.outcome, CALL_INVALID);
    CU_ASSERT_EQUAL(w.asana_status, 0);
    SAYS("pth");
    run(&thing, NULL);
    SAYS("path");
    run(&thing, "{\"path\":\"/nothing/\"}"); /* the builder refuses */
    CU_ASSERT_TRUE(w.is_error);
    SAYS("missing or empty");
    start_in(&thing, NULL, 16); /* no memory for the arguments, nor for a copy of the text */
    finish();
    CU_ASSERT_TRUE(w.is_error);
    SAYS("the arguments are too large");
    secret_set(&w.token, slice_of("a\nb")); /* the client refuses */
    run(&thing, "{\"path\":\"/things/\"}");
    CU_ASSERT_TRUE(w.is_error);
    SAYS("token");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 0);
    world_close();
}

static void answer_becomes_the_result(void)
{
    world_open();
    run(&thing, "{\"path\":\"/things/\"}");
    CU_ASSERT_FALSE(w.is_error);
    CU_ASSERT_EQUAL(w.asana_status, 200);
    CU_ASSERT_STRING_EQUAL(w.text, "{\"data\":{\"gid\":\"1\"}}");
    CU_ASSERT_EQUAL(w.outcome, CALL_DONE);
    CU_ASSERT_STRING_EQUAL(w.progress, ""); /* one request is no way to go */
    run(&thing, "{\"path\":\"/missing/\"}");
    CU_ASSERT_EQUAL(w.outcome, CALL_NOT_FOUND);
    CU_ASSERT_EQUAL(w.asana_status, 404);
    SAYS("thing: Unknown");
    run(&thing, "{\"path\":\"/page/\"}");
    CU_ASSERT_EQUAL(w.outcome, CALL_FAILED);
    SAYS("a page instead of data");
    world_close();
}

static void extras_are_asked_at_the_same_time(void)
{
    world_open();
    run(&thing, "{\"path\":\"/together/\",\"include_parts\":true,\"notes\":\"/together/notes\"}");
    CU_ASSERT_FALSE(w.is_error);
    CU_ASSERT_STRING_EQUAL(w.text, "{\"data\":{\"gid\":\"1\",\"parts\":[{\"gid\":\"2\"}],"
                                   "\"notes\":[{\"type\":\"note\"}]}}");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 3);
    CU_ASSERT_STRING_EQUAL(w.progress, "1/3 1 of 3 requests answered\n"
                                       "2/3 2 of 3 requests answered\n"
                                       "3/3 3 of 3 requests answered\n");
    run(&thing, "{\"path\":\"/things/\",\"include_parts\":false,\"notes\":\"/notes\"}");
    CU_ASSERT_STRING_EQUAL(w.text, "{\"data\":{\"gid\":\"1\",\"notes\":[{\"type\":\"note\"}]}}");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 5);
    world_close();
}

static void failing_part_ends_the_call_and_drops_the_others(void)
{
    world_open();
    run(&thing, "{\"path\":\"/hold/\",\"include_parts\":true,\"notes\":\"/missing\"}");
    CU_ASSERT_TRUE(w.is_error);
    CU_ASSERT_EQUAL(w.asana_status, 404);
    SAYS("thing: Unknown");
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    /* The last one cannot be built: nothing comes of the first two. */
    run(&thing, "{\"path\":\"/hold/\",\"include_parts\":true,\"notes\":\"none\"}");
    CU_ASSERT_TRUE(w.is_error);
    SAYS("missing or empty");
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    /* Nor are extras asked for what cannot be asked itself. */
    unsigned seen = http_double_requested(&w.server);
    run(&thing, "{\"path\":\"/nothing/\",\"include_parts\":true,\"notes\":\"/notes\"}");
    CU_ASSERT_TRUE(w.is_error);
    SAYS("missing or empty");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), seen);
    world_close();
}

/* ---- handlers ---- */

static void ask(struct call *c, const char *path, call_answer_fn *answered, bool sendable)
{
    struct asana_req r;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, path);
    asana_req_end(&r, NULL);
    r.url.failed = !sendable;
    CU_ASSERT_EQUAL(call_ask(c, &r, answered, &w), sendable);
    CU_ASSERT_PTR_NULL(r.url.data);
}

static bool nothing_decode(struct args *a, void *in)
{
    (void)in;
    return args_end(a);
}

#define HANDLER(what)                                                                    \
    static const struct tool what = {                                                    \
        .name = #what, .args_size = 1, .decode = nothing_decode, .handle = what##_handle \
    }

static void at_once_handle(struct call *c, const void *in)
{
    (void)in;
    char text[] = "{\"data\":1}"; /* gone when the result is delivered */
    call_finish(c, CALL_DONE, slice_of(text));
    explicit_bzero(text, sizeof(text));
}
HANDLER(at_once);

static void with_answer_handle(struct call *c, const void *in)
{
    (void)in;
    call_finish_with(c, &(struct asana_answer){ .outcome = ASANA_ANSWERED,
                                                .status = 403,
                                                .body = slice_of("{}"),
                                                .json = true,
                                                .retry_after = -1 });
}
HANDLER(with_answer);

static void on_each(struct call *c, void *ctx, const struct asana_answer *answer)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    CU_ASSERT_EQUAL(answer->status, 200);
    if (++w.answers < 3)
        return;
    char *text = arena_printf(call_arena(c), "{\"data\":%u}", w.answers);
    call_finish(c, CALL_DONE, slice_of(text));
}

static void three_handle(struct call *c, const void *in)
{
    (void)in;
    for (int i = 0; i < 3; i++)
        ask(c, "/together/1", on_each, true);
}
HANDLER(three);

static void on_last(struct call *c, void *ctx, const struct asana_answer *answer)
{
    (void)ctx;
    w.answers++;
    if (asana_answer_ok(answer))
        call_finish(c, CALL_DONE, answer->body); /* borrowed from the answer */
    else
        call_finish_with(c, answer);
}

static void on_first(struct call *c, void *ctx, const struct asana_answer *answer)
{
    (void)ctx, (void)answer;
    w.answers++;
    ask(c, w.follow_up ? w.follow_up : "/things/1", on_last, w.follow_up != NULL);
}

/* One after the other; beside them one that is still held when all is over. */
static void chain_handle(struct call *c, const void *in)
{
    (void)in;
    ask(c, "/hold/1", on_last, true);
    ask(c, "/things/1", on_first, true);
    ask(c, "/hold/2", on_last, true);
}
HANDLER(chain);

static void unsendable_handle(struct call *c, const void *in)
{
    (void)in;
    ask(c, "/hold/1", on_last, true);
    ask(c, "/things/1", on_last, false);
}
HANDLER(unsendable);

static void handler_may_finish_at_once(void)
{
    world_open();
    run(&at_once, "{}");
    CU_ASSERT_FALSE(w.is_error);
    CU_ASSERT_STRING_EQUAL(w.text, "{\"data\":1}");
    CU_ASSERT_EQUAL(w.asana_status, 0);
    run(&with_answer, NULL);
    CU_ASSERT_TRUE(w.is_error);
    CU_ASSERT_EQUAL(w.asana_status, 403);
    SAYS("(403)");
    run(&at_once, "{\"x\":1}"); /* what the decoder refuses never gets to it */
    CU_ASSERT_TRUE(w.is_error);
    world_close();
}

static void handler_may_ask_several_at_once(void)
{
    world_open();
    run(&three, NULL);
    CU_ASSERT_STRING_EQUAL(w.text, "{\"data\":3}");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 3);
    world_close();
}

static void handler_may_ask_again_and_drop_the_rest(void)
{
    world_open();
    w.follow_up = "/things/1/parts";
    run(&chain, NULL);
    CU_ASSERT_FALSE(w.is_error);
    CU_ASSERT_STRING_EQUAL(w.text, "{\"data\":[{\"gid\":\"2\"}],\"next_page\":null}");
    CU_ASSERT_EQUAL(w.answers, 2);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    w.follow_up = "/missing";
    run(&chain, NULL);
    CU_ASSERT_TRUE(w.is_error);
    CU_ASSERT_EQUAL(w.asana_status, 404);
    SAYS("thing: Unknown");
    world_close();
}

static void request_that_cannot_be_sent_ends_the_call(void)
{
    world_open();
    run(&unsendable, NULL); /* inside the handler */
    CU_ASSERT_TRUE(w.is_error);
    SAYS("too long");
    CU_ASSERT_EQUAL(w.answers, 0);
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    w.follow_up = NULL;
    run(&chain, NULL); /* in an answer's callback */
    CU_ASSERT_TRUE(w.is_error);
    SAYS("too long");
    CU_ASSERT_EQUAL(w.answers, 1);
    world_close();
}

/* ---- bodies that are no tools ---- */

static void on_read(struct call *c, void *ctx, const struct asana_answer *answer)
{
    (void)ctx;
    if (asana_answer_ok(answer))
        call_finish(c, CALL_MEMBERS, slice_of("\"contents\":[]"));
    else
        call_finish_with(c, answer);
}

static void read_body(struct call *c, const void *in)
{
    ask(c, in, on_read, true);
}

static void wrong_body(struct call *c, const void *in)
{
    call_finish(c, CALL_LACKS, slice_of(in));
}

static void run_body(call_body_fn *body, const char *in)
{
    CU_ASSERT_PTR_NULL_FATAL(w.call);
    struct call_context with = context(LIMIT_CALL_ARENA);
    w.starting = true;
    w.call = call_run(&with, "resources/read", body, in);
    w.starting = false;
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.call);
    finish();
}

static void body_runs_like_a_tool(void)
{
    world_open();
    run_body(read_body, "/things/1");
    CU_ASSERT_EQUAL(w.outcome, CALL_MEMBERS);
    CU_ASSERT_STRING_EQUAL(w.text, "\"contents\":[]");
    run_body(read_body, "/missing");
    CU_ASSERT_EQUAL(w.outcome, CALL_NOT_FOUND);
    SAYS("thing: Unknown");
    run_body(wrong_body, "{\"sampling\":{}}"); /* at once: on a later turn all the same */
    CU_ASSERT_EQUAL(w.outcome, CALL_LACKS);
    CU_ASSERT_STRING_EQUAL(w.text, "{\"sampling\":{}}");
    world_close();
}

static void cancel_in_every_state(void)
{
    static const char all[] = "{\"path\":\"/hold/\",\"include_parts\":true,\"notes\":\"/notes\"}";
    world_open();
    start(&thing, "{\"path\":\"/things/\",\"x\":1}"); /* refused, not yet delivered */
    cancel();
    start(&at_once, NULL);
    cancel();
    start(&with_answer, NULL);
    cancel();
    start(&unsendable, NULL);
    cancel();
    start(&thing, "{\"path\":\"/things/\"}"); /* before the first turn */
    cancel();
    unsigned seen = http_double_requested(&w.server);
    start(&thing, "{\"path\":\"/hold/\"}"); /* sent */
    wait_for_requests(seen + 1);
    cancel();
    seen = http_double_requested(&w.server);
    start(&thing, all); /* one part is in */
    wait_for_requests(seen + 3);
    while (asana_client_in_flight(w.asker.client) > 2 && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    cancel();
    w.follow_up = "/hold/3";
    start(&chain, NULL); /* one answered, three under way */
    while (!w.answers && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    cancel();
    CU_ASSERT_EQUAL(asana_client_in_flight(w.asker.client), 0);
    run(&thing, "{\"path\":\"/things/\"}");
    CU_ASSERT_FALSE(w.is_error);
    world_close();
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(refusal_comes_on_a_later_turn),
        TEST(answer_becomes_the_result),
        TEST(extras_are_asked_at_the_same_time),
        TEST(failing_part_ends_the_call_and_drops_the_others),
        TEST(handler_may_finish_at_once),
        TEST(handler_may_ask_several_at_once),
        TEST(handler_may_ask_again_and_drop_the_rest),
        TEST(request_that_cannot_be_sent_ends_the_call),
        TEST(body_runs_like_a_tool),
        TEST(cancel_in_every_state),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "call", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    log_set_level(LOG_WARN);
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
