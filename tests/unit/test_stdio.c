#include "transport/stdio.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "http_double.h"

#include <CUnit/Basic.h>
#include <curl/curl.h>
#include <poll.h>
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
    bool held; /* Asana's answers wait */
} w = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void hold(bool held)
{
    pthread_mutex_lock(&w.lock);
    w.held = held;
    pthread_cond_broadcast(&w.changed);
    pthread_mutex_unlock(&w.lock);
}

static bool play(struct http_seen *seen)
{
    pthread_mutex_lock(&w.lock);
    while (w.held)
        pthread_cond_wait(&w.changed, &w.lock);
    pthread_mutex_unlock(&w.lock);
    return http_json(seen->fd, "200 OK", "{\"data\":{\"gid\":\"1\"}}");
}

static void *serve(void *arg)
{
    (void)arg;
    struct stdio_options o = {
        .in_fd = w.in_fd,
        .out_fd = w.out_fd,
        .asana_token = &w.token,
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
    w.held = false;
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
    close(w.to);
    w.to = -1;
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
    close(w.to);
    w.to = -1;
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

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    json_init();
    if (!secret_init() || curl_global_init(CURL_GLOBAL_ALL) != 0 ||
        CU_initialize_registry() != CUE_SUCCESS)
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
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    curl_global_cleanup();
    return failures ? 1 : 0;
}
