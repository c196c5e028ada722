/* generate: a closed loop of MCP tool calls over N connections, each answer compared byte for byte.
 *
 * The request and the answer to expect are given as files in which one JSON-RPC id and one gid
 * stand; each call puts its own in their places, so that an answer to somebody else's call is found
 * out. A wrong, missing or broken answer ends the program with status 1. One line of JSON tells
 * what was measured. With --mode idle the connections are event streams on which nothing happens:
 * the program says "idle", and at the end of its input that all of them are still open. */
#include "client.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct {
    struct client_options client;
    unsigned connections;
    const char *id, *gid; /* that stand in the request and the answer */
    unsigned gids;        /* how many follow upon gid */
    double seconds, warmup;
    uint64_t calls; /* 0: as many as fit into the seconds */
    int pid;        /* of the server, whose time is told */
    struct template request, expect;
} options = {
    .client = { .path = "/mcp", .per_token = 32 }, .connections = 1, .gids = 1, .seconds = 1
};

static struct {
    uint64_t next_id, first_gid;
    uint64_t answered, in_flight; /* since the start */
    bool measuring, ending;
    uint64_t begun_us, ended_us, begun_answered, cpu_ticks, resident;
    uint32_t *latencies;
    size_t latency_count, latency_cap;
} state;

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* User and system time of the process that is measured, in clock ticks. */
static uint64_t cpu_ticks(void)
{
    char path[64], line[1024];
    if (!options.pid)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", options.pid);
    FILE *f = fopen(path, "re");
    if (!f || !fgets(line, sizeof(line), f))
        fail("process %d is gone", options.pid);
    fclose(f);
    uint64_t user = 0, kernel = 0;
    const char *rest = strrchr(line, ')');
    if (!rest ||
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        fail("%s is not as expected", path);
    return user + kernel;
}

/* Resident memory of that process in bytes. */
static uint64_t resident(void)
{
    char path[64];
    uint64_t pages = 0;
    if (!options.pid)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/statm", options.pid);
    FILE *f = fopen(path, "re");
    if (!f || fscanf(f, "%*u %lu", &pages) != 1)
        fail("process %d is gone", options.pid);
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void latency_add(uint64_t us)
{
    if (state.latency_count == state.latency_cap) {
        state.latency_cap = state.latency_cap ? 2 * state.latency_cap : 1 << 16;
        state.latencies = realloc(state.latencies, state.latency_cap * sizeof(*state.latencies));
        if (!state.latencies)
            fail("out of memory");
    }
    state.latencies[state.latency_count++] = (uint32_t)us;
}

static void call(struct client *c)
{
    c->id = state.next_id++;
    c->gid = state.first_gid + c->id % options.gids;
    template_fill(&options.request, c->id, c->gid);
    response_reset(&c->answer);
    c->waits = true;
    c->posts = options.client.mode == SSE;
    c->sent_us = now_us();
    client_send(c, &options.request.text);
    state.in_flight++;
}

/* The answer has to be the expected one, byte for byte. */
static void check(const struct client *c, const char *at, size_t len)
{
    template_fill(&options.expect, c->id, c->gid);
    const struct text *expect = &options.expect.text;
    if (len == expect->len && memcmp(at, expect->at, len) == 0)
        return;
    size_t same = 0;
    while (same < len && same < expect->len && at[same] == expect->at[same])
        same++;
    size_t from = same < 40 ? 0 : same - 40;
    fail("call %lu for %lu: %zu bytes where %zu were expected, wrong at %zu: %.*s instead of %.*s",
         c->id, c->gid, len, expect->len, same, (int)(len - from < 120 ? len - from : 120),
         at + from, (int)(expect->len - from < 120 ? expect->len - from : 120), expect->at + from);
}

static void answered(struct client *c)
{
    uint64_t now = now_us();
    c->waits = false;
    state.answered++;
    state.in_flight--;
    if (state.measuring && !state.ending)
        latency_add(now - c->sent_us);
}

static void on_answer(struct client *c)
{
    client_receive(c->fd, &c->answer, false);
    if (!c->answer.whole)
        return;
    if (options.client.mode == SSE) {
        if (c->answer.status != 202)
            fail("a POST got status %u: %.*s", c->answer.status, (int)c->answer.body.len,
                 c->answer.body.at);
        c->posts = false;
    } else {
        if (c->answer.status != 200 || !c->waits)
            fail("status %u: %.*s", c->answer.status, (int)c->answer.body.len, c->answer.body.at);
        check(c, c->answer.body.at, c->answer.body.len);
        answered(c);
    }
}

static void on_stream(struct client *c)
{
    const char *data;
    size_t len, used;
    client_receive(c->stream_fd, &c->stream, false);
    if (c->stream.whole)
        fail("a stream has ended");
    while (client_event(&c->stream, &data, &len, &used)) {
        if (data) {
            if (!c->waits)
                fail("an event that nobody waits for: %.*s", (int)len, data);
            check(c, data, len);
            answered(c);
        }
        text_drop(&c->stream.body, used);
    }
}

static void begin(void)
{
    state.measuring = true;
    state.begun_answered = state.answered;
    state.cpu_ticks = cpu_ticks();
    state.begun_us = now_us();
}

static void end(void)
{
    state.ended_us = now_us();
    state.cpu_ticks = cpu_ticks() - state.cpu_ticks;
    state.resident = resident();
    state.ending = true;
}

/* Moves on from warming up to measuring to waiting for the rest. */
static void look_at_clock(uint64_t started_us)
{
    uint64_t now = now_us();
    if (!state.measuring) {
        if (now - started_us >= (uint64_t)(options.warmup * 1e6))
            begin();
        return;
    }
    if (state.ending)
        return;
    if (options.calls ? state.answered - state.begun_answered + state.in_flight >= options.calls
                      : now - state.begun_us >= (uint64_t)(options.seconds * 1e6))
        end();
}

static void watch(int epoll, int fd, struct client *c, bool stream)
{
    /* A client's address is even: the last bit tells its two connections apart. */
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = (uintptr_t)c | stream };
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        fail("epoll_ctl: %s", strerror(errno));
}

static void run(struct client *clients)
{
    struct epoll_event events[512];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < options.connections; i++) {
        watch(epoll, clients[i].fd, &clients[i], false);
        if (clients[i].stream_fd >= 0)
            watch(epoll, clients[i].stream_fd, &clients[i], true);
    }
    uint64_t started = now_us();
    look_at_clock(started);
    for (unsigned i = 0; i < options.connections && !state.ending; i++) {
        call(&clients[i]);
        look_at_clock(started);
    }
    while (state.in_flight || !state.ending) {
        int ready = epoll_wait(epoll, events, 512, PATIENCE_SECONDS * 1000);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            fail("%lu calls got no answer within %d s", state.in_flight, PATIENCE_SECONDS);
        for (int i = 0; i < ready; i++) {
            struct client *c = (struct client *)(uintptr_t)(events[i].data.u64 & ~UINT64_C(1));
            if (events[i].data.u64 & 1)
                on_stream(c);
            else
                on_answer(c);
            look_at_clock(started);
            if (!state.ending && !c->waits && !c->posts)
                call(c);
        }
    }
    close(epoll);
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t percentile(unsigned percent)
{
    return state.latency_count ? state.latencies[(state.latency_count - 1) * percent / 100] : 0;
}

static void report(void)
{
    qsort(state.latencies, state.latency_count, sizeof(*state.latencies), by_size);
    double seconds = (double)(state.ended_us - state.begun_us) / 1e6;
    double cpu = (double)state.cpu_ticks / (double)sysconf(_SC_CLK_TCK);
    printf("{\"calls\": %zu, \"answered\": %lu, \"seconds\": %.6f, \"cpu_seconds\": %.3f, "
           "\"p50_us\": %u, \"p99_us\": %u, \"resident\": %lu}\n",
           state.latency_count, state.answered, seconds, cpu, percentile(50), percentile(99),
           state.resident);
}

/* All streams are opened over one POSTing connection, and then left alone. */
static void idle(struct client *clients)
{
    char byte;
    int fd = client_connect(&options.client);
    for (unsigned i = 0; i < options.connections; i++) {
        clients[i].fd = fd;
        client_open(&clients[i], &options.client, i);
    }
    puts("idle");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    for (unsigned i = 0; i < options.connections; i++) {
        ssize_t got = recv(clients[i].stream_fd, &byte, 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            fail("stream %u of %u was closed", i + 1, options.connections);
    }
    printf("{\"open\": %u}\n", options.connections);
}

static unsigned number(const char *text, const char *name)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || end == text || value == 0 || value > 1u << 30)
        fail("--%s: not a number: %s", name, text);
    return (unsigned)value;
}

static enum mode mode_of(const char *name)
{
    static const char *const names[] = { "streamable", "modern", "sse", "idle" };
    for (unsigned i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum mode)i;
    fail("--mode: streamable, modern, sse or idle, not %s", name);
}

static void read_options(int argc, char **argv)
{
    static const struct option names[] = {
        { "mode", 1, NULL, 'm' },      { "port", 1, NULL, 'p' },
        { "path", 1, NULL, 'P' },      { "tool", 1, NULL, 't' },
        { "request", 1, NULL, 'r' },   { "expect", 1, NULL, 'e' },
        { "id", 1, NULL, 'i' },        { "gid", 1, NULL, 'g' },
        { "gids", 1, NULL, 'G' },      { "connections", 1, NULL, 'c' },
        { "per-token", 1, NULL, 'T' }, { "seconds", 1, NULL, 's' },
        { "warmup", 1, NULL, 'w' },    { "calls", 1, NULL, 'n' },
        { "pid", 1, NULL, 'd' },       { NULL, 0, NULL, 0 },
    };
    const char *request = NULL, *expect = NULL;
    int option, index;
    while ((option = getopt_long(argc, argv, "", names, &index)) != -1) {
        switch (option) {
        case 'm':
            options.client.mode = mode_of(optarg);
            break;
        case 'P':
            options.client.path = optarg;
            break;
        case 't':
            options.client.tool = optarg;
            break;
        case 'r':
            request = optarg;
            break;
        case 'e':
            expect = optarg;
            break;
        case 'i':
            options.id = optarg;
            break;
        case 'g':
            options.gid = optarg;
            break;
        case 's':
            options.seconds = strtod(optarg, NULL);
            break;
        case 'w':
            options.warmup = strtod(optarg, NULL);
            break;
        case 'p':
            options.client.port = number(optarg, names[index].name);
            break;
        case 'G':
            options.gids = number(optarg, names[index].name);
            break;
        case 'c':
            options.connections = number(optarg, names[index].name);
            break;
        case 'T':
            options.client.per_token = number(optarg, names[index].name);
            break;
        case 'n':
            options.calls = number(optarg, names[index].name);
            break;
        case 'd':
            options.pid = (int)number(optarg, names[index].name);
            break;
        default:
            exit(2);
        }
    }
    if (optind != argc || !options.client.port)
        fail("--port is missing, or there is an argument too many");
    if (options.client.mode == IDLE)
        return;
    if (!request || !expect || !options.id || !options.gid || !options.client.tool)
        fail("--tool, --request, --expect, --id and --gid are needed");
    template_read(&options.request, request, options.id, options.gid);
    template_read(&options.expect, expect, options.id, options.gid);
    options.client.request_len = options.request.text.len;
    state.next_id = strtoul(options.id, NULL, 10);
    state.first_gid = strtoul(options.gid, NULL, 10);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    read_options(argc, argv);
    struct client *clients = calloc(options.connections, sizeof(*clients));
    if (!clients)
        fail("out of memory");
    if (options.client.mode == IDLE) {
        idle(clients);
        return 0;
    }
    for (unsigned i = 0; i < options.connections; i++)
        client_open(&clients[i], &options.client, i);
    run(clients);
    report();
    return 0;
}
