#include "transport/stdio.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "http_double.h"
#include "suites.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

/* stdio_serve() on a thread of its own between two pipes, in front of an Asana that answers when
 * the test lets it. */
static struct {
    struct http_double asana;
    char url[60];
    struct secret token;
    int to, from; /* our ends */
    int in_fd, out_fd;
    pthread_t thread;
    bool ok;
    struct err err;
    char *text; /* what came back and was not taken yet */
    size_t len;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool held;        /* Asana's answers wait */
    bool nonblocking; /* the descriptors */
    unsigned polls;   /* of events since s0: the first waits until a change is let through */
    bool changed_in_asana;
} w = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void hold(bool held)
{
    pthread_mutex_lock(&w.lock);
    w.held = held;
    pthread_cond_broadcast(&w.changed);
    pthread_mutex_unlock(&w.lock);
}

static void change_in_asana(void)
{
    pthread_mutex_lock(&w.lock);
    w.changed_in_asana = true;
    pthread_cond_broadcast(&w.changed);
    pthread_mutex_unlock(&w.lock);
}

static bool play(struct http_seen *seen)
{
    pthread_mutex_lock(&w.lock);
    bool events = strstr(seen->target, "/events?");
    bool first = events && strstr(seen->target, "sync=s0") && w.polls++ == 0;
    while (first ? !w.changed_in_asana : w.held && !events)
        pthread_cond_wait(&w.changed, &w.lock);
    pthread_mutex_unlock(&w.lock);
    if (first)
        return http_json(seen->fd, "200 OK",
                         "{\"data\":[{\"action\":\"changed\"}],\"sync\":\"s1\"}");
    if (events)
        return http_json(seen->fd, "412 Precondition Failed",
                         "{\"sync\":\"s0\",\"errors\":[{\"message\":\"sync\"}]}");
    return http_json(seen->fd, "200 OK", "{\"data\":{\"gid\":\"1\"}}");
}

static void *serve(void *arg)
{
    (void)arg;
    struct stdio_options o = {
        .in_fd = w.in_fd,
        .out_fd = w.out_fd,
        .asana_token = &w.token,
        .confirm = MCP_CONFIRM_DESTRUCTIVE,
        .asana = { .api_url = w.url, .user_agent = "test", .deadline_ms = 20000 },
    };
    w.ok = stdio_serve(&o, &w.err);
    close(w.in_fd);
    close(w.out_fd);
    return NULL;
}

static void start(void)
{
    int in[2], out[2];
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.asana, play, NULL));
    CU_ASSERT_TRUE_FATAL(pipe(in) == 0 && pipe(out) == 0);
    snprintf(w.url, sizeof(w.url), "http://127.0.0.1:%d/api/1.0", w.asana.port);
    secret_set(&w.token, slice_of("t"));
    w.held = w.changed_in_asana = false;
    w.polls = 0;
    if (w.nonblocking)
        for (int i = 0; i < 4; i++)
            fcntl((int[]){ in[0], in[1], out[0], out[1] }[i], F_SETFL, O_NONBLOCK);
    w.in_fd = in[0];
    w.to = in[1];
    w.from = out[0];
    w.out_fd = out[1];
    w.text = calloc(1, 1);
    w.len = 0;
    pthread_create(&w.thread, NULL, serve, NULL);
}

/* Ends the input, if it has not ended yet, and waits for the server. */
static void stop(void)
{
    if (w.to >= 0)
        close(w.to);
    if (w.thread)
        pthread_join(w.thread, NULL);
    if (w.from >= 0)
        close(w.from);
    http_double_stop(&w.asana);
    secret_done(&w.token);
    free(w.text);
}

static void say(const char *text)
{
    for (size_t len = strlen(text); len;) {
        ssize_t n = write(w.to, text, len);
        if (n < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){ .fd = w.to, .events = POLLOUT }, 1, 20000);
            continue;
        }
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

/* Reads more; false at the end or when nothing comes. */
static bool more(void)
{
    char part[65536];
    if (poll(&(struct pollfd){ .fd = w.from, .events = POLLIN }, 1, 20000) != 1)
        return false;
    ssize_t n = read(w.from, part, sizeof(part));
    if (n <= 0)
        return false;
    w.text = realloc(w.text, w.len + (size_t)n + 1);
    memcpy(w.text + w.len, part, (size_t)n);
    w.len += (size_t)n;
    w.text[w.len] = '\0';
    return true;
}

/* The next line, without its break, valid until the next call. */
static const char *line(void)
{
    static char *last;
    char *end;
    while (!(end = strchr(w.text, '\n')))
        if (!more())
            return "(nothing)";
    free(last);
    last = strndup(w.text, (size_t)(end - w.text));
    w.len -= strlen(last) + 1;
    memmove(w.text, end + 1, w.len + 1);
    CU_ASSERT_TRUE(json_check(slice_of(last), NULL));
    return last;
}

/* Ends the input; nothing more comes than what was taken already. */
static void end_input(void)
{
    close(w.to);
    w.to = -1;
}

static void starts_with(const char *text, const char *start_of, int at)
{
    bool ok = strncmp(text, start_of, strlen(start_of)) == 0;
    if (!ok)
        printf("\nline %d:\n  expected %s\n  got      %.300s\n", at, start_of, text);
    CU_ASSERT_TRUE(ok);
}
#define STARTS(text, with) starts_with(text, with, __LINE__)

#define PING(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"ping\"}\n"
#define PONG(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{}}"
#define INITIALIZE                                                         \
    "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{" \
    "\"protocolVersion\":\"2024-11-05\"}}\n"
#define CALL(id)                                                                \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"tools/call\",\"params\":{" \
    "\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"5\"}}}\n"

/* Without its closing braces: capabilities and more may follow. */
#define INITIALIZE_AS(version, capabilities)                               \
    "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{" \
    "\"protocolVersion\":\"" version "\",\"capabilities\":" capabilities "}}\n"
#define META(version, capabilities)                                     \
    "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" version \
    "\",\"io.modelcontextprotocol/clientCapabilities\":" capabilities "}"
#define MODERN(id, method, capabilities, more)                \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method \
    "\",\"params\":{" META("2026-07-28", capabilities) more "}}\n"
#define CANCEL(id)                                                             \
    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{" \
    "\"requestId\":" id "}}\n"
#define DELETE(more) ",\"name\":\"asana_delete_task\",\"arguments\":{\"task_id\":\"5\"}" more
#define LISTEN(id, filter) MODERN(id, "subscriptions/listen", "{}", ",\"notifications\":" filter)
#define ACK "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\""
#define RESULT(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":{"
#define ERROR(id, code) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" code ","

static void has(const char *text, const char *part, int at)
{
    bool ok = strstr(text, part);
    if (!ok)
        printf("\nline %d:\n  expected %s\n  in       %.600s\n", at, part, text);
    CU_ASSERT_TRUE(ok);
}
#define HAS(text, part) has(text, part, __LINE__)

static void messages_are_answered_line_by_line(void)
{
    start();
    say(INITIALIZE);
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2024-11-05\",");
    say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
    say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n");
    const char *list = line();
    STARTS(list, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[");
    CU_ASSERT_PTR_NULL(strstr(list, "annotations"));
    say(CALL("\"c\""));
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":\"c\",\"result\":{\"content\":[{");
    stop();
    CU_ASSERT_TRUE(w.ok);
    CU_ASSERT_EQUAL(w.len, 0);
}

static void before_initialize_only_ping_is_answered(void)
{
    start();
    say(PING("1") CALL("2"));
    STARTS(line(), PONG("1"));
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32600,");
    stop();
}

static void blank_lines_and_carriage_returns_are_passed_over(void)
{
    start();
    say("\n\r\n  \n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} \r\n" PING("2"));
    STARTS(line(), PONG("1"));
    STARTS(line(), PONG("2"));
    stop();
}

static void broken_lines_are_refused_and_the_next_is_read(void)
{
    start();
    say("{\n" PING("1") "[]\nnull\n{\"jsonrpc\":\"2.0\",\"id\":\"x\"}\n" PING("2"));
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,");
    STARTS(line(), PONG("1"));
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,");
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,");
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32600,");
    STARTS(line(), PONG("2"));
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void a_message_may_come_in_pieces(void)
{
    start();
    static const char text[] = PING("\"é\"");
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        say((char[]){ text[i], 0 });
    STARTS(line(), PONG("\"é\""));
    stop();
}

static void a_line_that_is_too_long_is_refused_once_and_the_next_is_read(void)
{
    start();
    char *part = malloc((1u << 20) + 1);
    memset(part, ' ', 1u << 20);
    part[1u << 20] = '\0';
    say(PING("1"));
    for (unsigned i = 0; i < LIMIT_STDIO_LINE / (1u << 20) * 3; i++)
        say(part);
    say("\n" PING("2"));
    STARTS(line(), PONG("1"));
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,");
    STARTS(line(), PONG("2"));
    for (unsigned i = 0; i < LIMIT_STDIO_LINE / (1u << 20) - 1; i++)
        say(part);
    say(PING("3")); /* long, but not too long */
    STARTS(line(), PONG("3"));
    free(part);
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void what_was_asked_before_the_end_is_answered_before_the_end(void)
{
    start();
    hold(true);
    say(INITIALIZE CALL("1") CALL("2") "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}");
    end_input();
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":0,");
    STARTS(line(), PONG("3")); /* a last line without a break, too */
    hold(false);
    bool one = false, two = false;
    for (int i = 0; i < 2; i++) {
        const char *got = line();
        one = one || strstr(got, "\"id\":1,\"result\"");
        two = two || strstr(got, "\"id\":2,\"result\"");
    }
    CU_ASSERT(one && two);
    CU_ASSERT_FALSE(more());
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void an_empty_input_ends_at_once(void)
{
    start();
    end_input();
    CU_ASSERT_FALSE(more());
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void many_answers_wait_for_a_client_that_reads_late(void)
{
    enum { MANY = 2000 };
    start();
    say(INITIALIZE);
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":0,");
    /* The lists are far more than a pipe holds, so the server pauses reading; a second thread would
     * be needed if it did not take in at least what a pipe and its own buffer hold. */
    for (int i = 0; i < 20; i++)
        say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n");
    for (int i = 0; i < 20; i++)
        STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[");
    for (int i = 0; i < MANY; i++)
        say(PING("7"));
    for (int i = 0; i < MANY; i++)
        STARTS(line(), PONG("7"));
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void a_client_that_reads_no_more_is_an_error(void)
{
    start();
    hold(true);
    say(INITIALIZE CALL("1"));
    STARTS(line(), "{\"jsonrpc\":\"2.0\",\"id\":0,");
    close(w.from);
    w.from = -1;
    say(PING("2"));
    hold(false);
    stop();
    CU_ASSERT_FALSE(w.ok);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.err.text, "standard output"));
}

/* ---- both eras ---- */

static void modern_requests_need_no_initialize_and_none_after_it(void)
{
    start();
    say(MODERN("1", "server/discover", "{}", "") MODERN("2", "tools/list", "{}", ""));
    HAS(line(), "\"supportedVersions\":[\"2026-07-28\"");
    const char *list = line();
    STARTS(list, RESULT("2"));
    HAS(list, "\"resultType\":\"complete\"");
    HAS(list, "\"ttlMs\":");
    /* A probe that went wrong, and then the handshake of old. */
    say("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"}\n");
    STARTS(line(), ERROR("3", "-32600"));
    say(INITIALIZE_AS("2025-11-25",
                      "{}") "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/list\"}\n");
    HAS(line(), "\"protocolVersion\":\"2025-11-25\"");
    list = line();
    STARTS(list, RESULT("4"));
    CU_ASSERT_PTR_NULL(strstr(list, "resultType"));
    say(MODERN("5", "tools/list", "{}", "") MODERN("6", "ping", "{}", "") PING("7"));
    HAS(line(), "\"resultType\":\"complete\"");
    STARTS(line(), ERROR("6", "-32601"));
    STARTS(line(), PONG("7"));
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void modern_requests_with_wrong_meta_are_refused(void)
{
    start();
    say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{" META("2030-01-01",
                                                                                    "{}") "}}\n");
    const char *refusal = line();
    STARTS(refusal, ERROR("1", "-32022"));
    HAS(refusal, "\"requested\":\"2030-01-01\"");
    say("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{\"_meta\":{"
        "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}\n");
    STARTS(line(), ERROR("2", "-32602"));
    stop();
}

static void progress_comes_before_the_answer(void)
{
    start();
    say(MODERN("1", "tools/call", "{}", ",\"name\":\"fetch\",\"arguments\":{\"id\":\"task:5\"}"));
    STARTS(line(), RESULT("1")); /* without a token there is none */
    say(INITIALIZE_AS("2025-06-18", "{}"));
    STARTS(line(), RESULT("0"));
    say("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"_meta\":{"
        "\"progressToken\":\"p\"},\"name\":\"fetch\",\"arguments\":{\"id\":\"task:5\"}}}\n");
    const char *got = line();
    STARTS(got, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
                "\"progressToken\":\"p\",\"progress\":1,\"total\":");
    HAS(got, " parts read\"");
    while (strstr(got, "notifications/progress"))
        got = line();
    STARTS(got, RESULT("2"));
    stop();
}

/* ---- questions ---- */

/* The id of a request of ours, as raw JSON. */
static const char *id_of(const char *request)
{
    static char id[100];
    struct slice raw = { 0 };
    CU_ASSERT_TRUE_FATAL(json_member(slice_of(request), "id", &raw));
    snprintf(id, sizeof(id), "%.*s", (int)raw.len, raw.data);
    return id;
}

static void respond(const char *id, const char *rest)
{
    char text[300];
    snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":%s,%s}\n", id, rest);
    say(text);
}

#define LEGACY_DELETE(id)             \
    "{\"jsonrpc\":\"2.0\",\"id\":" id \
    ",\"method\":\"tools/call\",\"params\":{\"x\":1" DELETE("") "}}\n"

static void the_person_is_asked_before_something_is_deleted(void)
{
    start();
    say(INITIALIZE_AS("2025-06-18", "{\"elicitation\":{}}"));
    line();
    say(LEGACY_DELETE("1") PING("2"));
    const char *question = line();
    HAS(question, "\"method\":\"elicitation/create\"");
    HAS(question, "task id: \\\"5\\\"");
    char *id = strdup(id_of(question));
    STARTS(line(), PONG("2"));
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 0);
    respond("\"q-nobody's\"", "\"result\":{\"action\":\"accept\"}"); /* passed over */
    respond(id, "\"result\":{\"action\":\"accept\"}");
    const char *got = line();
    STARTS(got, RESULT("1"));
    CU_ASSERT_PTR_NULL(strstr(got, "isError"));
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 1);
    respond(id, "\"result\":{\"action\":\"accept\"}"); /* too late */
    free(id);
    say(LEGACY_DELETE("3"));
    respond(id_of(line()), "\"result\":{\"action\":\"decline\"}");
    got = line();
    STARTS(got, RESULT("3"));
    HAS(got, "\"isError\":true");
    HAS(got, "declined");
    say(LEGACY_DELETE("4"));
    respond(id_of(line()), "\"error\":{\"code\":-32601,\"message\":\"what?\"}");
    HAS(line(), "could not ask");
    /* A question that is still open when the input ends is answered by nobody. */
    say(LEGACY_DELETE("5"));
    line();
    end_input();
    HAS(line(), "could not ask");
    CU_ASSERT_FALSE(more());
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 1);
    stop();
    CU_ASSERT_TRUE(w.ok);
}

static void a_modern_client_is_asked_by_the_answer(void)
{
    start();
    say(MODERN("1", "tools/call", "{\"elicitation\":{}}", DELETE("")));
    const char *got = line();
    STARTS(got, RESULT("1"));
    HAS(got, "\"resultType\":\"input_required\"");
    struct slice result, state = { 0 };
    CU_ASSERT_TRUE_FATAL(json_member(slice_of(got), "result", &result) &&
                         json_member(result, "requestState", &state));
    char again[4096];
    snprintf(again, sizeof(again),
             MODERN("2", "tools/call", "{\"elicitation\":{}}",
                    DELETE(",\"inputResponses\":{\"confirm\":{\"action\":\"accept\"}},"
                           "\"requestState\":%.*s")),
             (int)state.len, state.data);
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 0);
    say(again);
    got = line();
    STARTS(got, RESULT("2"));
    HAS(got, "\"resultType\":\"complete\"");
    CU_ASSERT_PTR_NULL(strstr(got, "isError"));
    CU_ASSERT_EQUAL(http_double_requested(&w.asana), 1);
    stop();
}

/* ---- cancellation and ids ---- */

static void a_cancelled_request_is_not_answered(void)
{
    start();
    hold(true);
    say(INITIALIZE CALL("1")
            MODERN("\"m\"", "tools/call", "{}",
                   ",\"name\":\"asana_get_task\",\"arguments\":{\"task_id\":\"5\"}"));
    STARTS(line(), RESULT("0"));
    say(CANCEL("1") CANCEL("\"m\"") CANCEL("99") CANCEL("null") PING("2"));
    STARTS(line(), PONG("2"));
    hold(false);
    end_input();
    CU_ASSERT_FALSE(more());
    stop();
    CU_ASSERT_TRUE(w.ok);
    CU_ASSERT_EQUAL(w.len, 0);
}

static void an_id_that_is_in_use_is_refused(void)
{
    start();
    hold(true);
    say(INITIALIZE CALL("1") CALL("1") CALL("\"1\""));
    STARTS(line(), RESULT("0"));
    STARTS(line(), ERROR("1", "-32600"));
    hold(false);
    const char *got = line();
    CU_ASSERT(strstr(got, RESULT("1")) || strstr(got, RESULT("\"1\"")));
    got = line();
    CU_ASSERT(strstr(got, RESULT("1")) || strstr(got, RESULT("\"1\"")));
    say(CALL("1")); /* free again */
    STARTS(line(), RESULT("1"));
    stop();
}

static void too_many_requests_at_once_are_refused(void)
{
    start();
    for (int i = 1; i <= LIMIT_STDIO_RUNNING + 1; i++) {
        char text[400];
        snprintf(text, sizeof(text), LISTEN("%d", "{}"), i);
        say(text);
        STARTS(line(), i <= LIMIT_STDIO_RUNNING ? ACK : ERROR("1001", "-32603"));
    }
    say(CANCEL("7") PING("\"p\""));
    STARTS(line(), PONG("\"p\""));
    end_input();
    while (more()) /* the ends of all those */
        continue;
    stop();
    CU_ASSERT_TRUE(w.ok);
}

/* ---- subscriptions ---- */

#define SUBSCRIPTION(id) "\"io.modelcontextprotocol/subscriptionId\":" id

static void a_subscription_ends_with_the_input(void)
{
    start();
    say(LISTEN("1", "{\"toolsListChanged\":true}") LISTEN("\"b\"", "{}") LISTEN("3", "{}"));
    const char *got = line();
    STARTS(got, ACK);
    HAS(got, SUBSCRIPTION("1"));
    HAS(got, "\"toolsListChanged\":true");
    HAS(line(), SUBSCRIPTION("\"b\""));
    HAS(line(), SUBSCRIPTION("3"));
    say(CANCEL("3") PING("4")); /* nothing more is said of what the client has ended itself */
    STARTS(line(), PONG("4"));
    end_input();
    for (int i = 0; i < 2; i++) {
        const char *id = i ? SUBSCRIPTION("1") : SUBSCRIPTION("\"b\"");
        got = line();
        HAS(got, "\"result\":{");
        HAS(got, "\"resultType\":\"complete\"");
        HAS(got, id);
        got = line();
        STARTS(got, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"");
        HAS(got, i ? "\"requestId\":1," : "\"requestId\":\"b\",");
        HAS(got, id);
    }
    CU_ASSERT_FALSE(more());
    stop();
    CU_ASSERT_TRUE(w.ok);
    CU_ASSERT_EQUAL(w.len, 0);
}

#define SUBSCRIBE(id)                                                                    \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"resources/subscribe\",\"params\":{" \
    "\"uri\":\"asana://task/5\"}}\n"
#define UNSUBSCRIBE(id)                                                                    \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"resources/unsubscribe\",\"params\":{" \
    "\"uri\":\"asana://task/5\"}}\n"

static void changes_in_asana_reach_both_eras(void)
{
    start();
    say(INITIALIZE_AS("2025-11-25", "{}"));
    STARTS(line(), RESULT("0"));
    /* Where its events begin is kept for the next who wants to know, who is asked about at once. */
    say(SUBSCRIBE("1"));
    STARTS(line(), RESULT("1"));
    say(UNSUBSCRIBE("2"));
    STARTS(line(), RESULT("2"));
    say(LISTEN("1", "{\"resourceSubscriptions\":[\"asana://task/5\",\"asana://user/1\"]}"));
    HAS(line(), "\"resourceSubscriptions\":[\"asana://task/5\"]");
    say(SUBSCRIBE("2"));
    STARTS(line(), RESULT("2"));
    say("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"resources/subscribe\",\"params\":{"
        "\"uri\":\"asana://user/1\"}}\n");
    HAS(line(), "\"id\":3,\"error\"");
    change_in_asana();
    bool modern = false, legacy = false;
    for (int i = 0; i < 2; i++) {
        const char *got = line();
        HAS(got, "\"method\":\"notifications/resources/updated\"");
        HAS(got, "asana://task/5");
        modern = modern || strstr(got, SUBSCRIPTION("1"));
        legacy = legacy || !strstr(got, "subscriptionId");
    }
    CU_ASSERT(modern && legacy);
    say(UNSUBSCRIBE("4"));
    STARTS(line(), RESULT("4"));
    stop();
    CU_ASSERT_TRUE(w.ok);
}

/* ---- wrong input ---- */

static void batches_are_taken_where_they_belong(void)
{
    start();
    say("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]\n");
    STARTS(line(), ERROR("null", "-32600"));
    say(INITIALIZE_AS("2025-03-26", "{}"));
    STARTS(line(), RESULT("0"));
    say("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"},7,"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"initialize\",\"params\":{}}]\n[]\n");
    STARTS(line(), PONG("1"));
    STARTS(line(), ERROR("null", "-32600"));
    STARTS(line(), ERROR("2", "-32600"));
    STARTS(line(), ERROR("null", "-32600"));
    char many[LIMIT_BATCH * 2 + 10] = "[1";
    for (int i = 0; i < LIMIT_BATCH; i++)
        memcpy(many + 2 + 2 * i, ",1", 2);
    memcpy(many + 2 + 2 * LIMIT_BATCH, "]\n", 3);
    say(many);
    const char *got = line();
    STARTS(got, ERROR("null", "-32600"));
    HAS(got, "at most 100");
    say(PING("3"));
    STARTS(line(), PONG("3"));
    stop();
}

static void deep_and_broken_text_is_refused(void)
{
    start();
    char deep[3000];
    memset(deep, '[', sizeof(deep) - 2);
    memcpy(deep + sizeof(deep) - 2, "\n", 2);
    say(deep);
    STARTS(line(), ERROR("null", "-32700"));
    say("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}\n");
    STARTS(line(), ERROR("null", "-32700"));
    say("{\"jsonrpc\":\"2.0\",\"id\":\"\\u0000\",\"method\":\"ping\"}\n");
    STARTS(line(), ERROR("null", "-32700"));
    say("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n");
    STARTS(line(), ERROR("null", "-32600"));
    say("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}}\n" PING("1")); /* nobody's answer */
    STARTS(line(), PONG("1"));
    stop();
}

/* A parent that shares our descriptors may have made them non-blocking. */
static void descriptors_that_do_not_block_are_waited_for(void)
{
    w.nonblocking = true;
    start();
    say(PING("1"));
    STARTS(line(), PONG("1"));
    say(INITIALIZE CALL("1"));
    STARTS(line(), RESULT("0"));
    STARTS(line(), RESULT("1")); /* while Asana was asked, the reader has found nothing more */
    for (int i = 0; i < 20; i++) /* more than the pipe takes before we read */
        say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n");
    for (int i = 0; i < 20; i++)
        STARTS(line(), RESULT("1"));
    end_input();
    CU_ASSERT_FALSE(more());
    stop();
    CU_ASSERT_TRUE(w.ok);
    start();
    say(PING("1"));
    STARTS(line(), PONG("1"));
    close(w.from); /* nobody reads any more */
    w.from = -1;
    say(PING("2"));
    pthread_join(w.thread, NULL); /* the input is still open */
    CU_ASSERT_FALSE(w.ok);
    w.thread = 0;
    stop();
    w.nonblocking = false;
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("stdio", NULL, NULL);
    ADD(suite, messages_are_answered_line_by_line);
    ADD(suite, before_initialize_only_ping_is_answered);
    ADD(suite, blank_lines_and_carriage_returns_are_passed_over);
    ADD(suite, broken_lines_are_refused_and_the_next_is_read);
    ADD(suite, a_message_may_come_in_pieces);
    ADD(suite, a_line_that_is_too_long_is_refused_once_and_the_next_is_read);
    ADD(suite, what_was_asked_before_the_end_is_answered_before_the_end);
    ADD(suite, an_empty_input_ends_at_once);
    ADD(suite, many_answers_wait_for_a_client_that_reads_late);
    ADD(suite, a_client_that_reads_no_more_is_an_error);
    ADD(suite, modern_requests_need_no_initialize_and_none_after_it);
    ADD(suite, modern_requests_with_wrong_meta_are_refused);
    ADD(suite, progress_comes_before_the_answer);
    ADD(suite, the_person_is_asked_before_something_is_deleted);
    ADD(suite, a_modern_client_is_asked_by_the_answer);
    ADD(suite, a_cancelled_request_is_not_answered);
    ADD(suite, an_id_that_is_in_use_is_refused);
    ADD(suite, too_many_requests_at_once_are_refused);
    ADD(suite, a_subscription_ends_with_the_input);
    ADD(suite, changes_in_asana_reach_both_eras);
    ADD(suite, batches_are_taken_where_they_belong);
    ADD(suite, deep_and_broken_text_is_refused);
    ADD(suite, descriptors_that_do_not_block_are_waited_for);
    return run_suites();
}
