/* standin: answers in the place of Asana, late, and in the place of an MCP server behind nginx.
 *
 *   GET /api/1.0/tasks/GID     the task of that gid, after --delay milliseconds (--task FILE)
 *   POST to an --answer PATH=FILE   initialize, or the answer in FILE with the id and gid of the
 * request GET /sse, POST /sse/message?sessionId=N   the same over HTTP+SSE, with the first --answer
 *   GET /accepted              how many connections were made
 *
 * With --spoil id|gid|error|cut|none every hundredth answer is wrong: the test of the load
 * generator. One thread. */
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define ANSWERS_MAX 8
#define STREAMS_MAX 65536
#define SPOIL_EVERY 100

struct peer {
    int fd; /* -1: closed, freed when nothing is owed to it */
    unsigned owed;
    bool blocked; /* out waits for the socket */
    struct text in, out;
};

/* An answer that is due later; all wait for the same time, so they stand in order. */
struct late {
    TAILQ_ENTRY(late) link;
    struct peer *peer;
    uint64_t due_ms, gid;
};

struct answer {
    const char *path;
    size_t path_len;
    struct template body;
};

/* What is asked: borrowed from the peer's input. */
struct request {
    const char *path, *body;
    size_t path_len, body_len;
    bool is_post;
};

static struct {
    const char *id, *gid, *spoil;
    uint64_t delay_ms;
    struct template task;
    bool has_task;
    struct answer answers[ANSWERS_MAX];
    unsigned answer_count;
} options = { .id = "10000000", .gid = "1204000000000000" };

static TAILQ_HEAD(, late) late_answers = TAILQ_HEAD_INITIALIZER(late_answers);
static struct peer *streams[STREAMS_MAX];
static unsigned stream_count;
static unsigned long accepted, answered;
static int epoll_fd;
static char received[64 << 10];

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void peer_free(struct peer *p)
{
    text_done(&p->in);
    text_done(&p->out);
    free(p);
}

static void peer_close(struct peer *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

static void peer_listen(struct peer *p, bool blocked)
{
    if (p->blocked == blocked)
        return;
    struct epoll_event event = { .events = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = p };
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, p->fd, &event);
    p->blocked = blocked;
}

/* Sends what waits, as far as it goes. */
static void peer_flush(struct peer *p)
{
    ssize_t sent = p->out.len ? send(p->fd, p->out.at, p->out.len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
    if (sent < 0 && errno != EAGAIN) {
        peer_close(p);
        return;
    }
    if (sent > 0)
        text_drop(&p->out, (size_t)sent);
    peer_listen(p, p->out.len > 0);
}

static void peer_send(struct peer *p, struct text *head, const struct text *body)
{
    struct iovec parts[2] = { { head->at, head->len },
                              { body ? body->at : NULL, body ? body->len : 0 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = body ? 2 : 1 };
    size_t sent = 0;
    if (p->fd < 0)
        return;
    if (!p->out.len) {
        ssize_t n = sendmsg(p->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN) {
            peer_close(p);
            return;
        }
        sent = n > 0 ? (size_t)n : 0;
    }
    for (unsigned i = 0; i < 2; i++) {
        size_t skip = sent < parts[i].iov_len ? sent : parts[i].iov_len;
        text_add(&p->out, (char *)parts[i].iov_base + skip, parts[i].iov_len - skip);
        sent -= skip;
    }
    peer_listen(p, p->out.len > 0);
}

static void reply(struct peer *p, const char *status, const char *headers, const struct text *body)
{
    static struct text head;
    head.len = 0;
    text_print(
        &head,
        "HTTP/1.1 %s\r\nDate: Sun, 01 Nov 2026 12:00:00 GMT\r\n%sContent-Length: %zu\r\n\r\n",
        status, headers, body ? body->len : 0);
    peer_send(p, &head, body);
}

static void reply_json(struct peer *p, const char *headers, const char *json)
{
    static struct text body;
    body.len = 0;
    text_print(&body, "%s", json);
    reply(p, "200 OK", headers, &body);
}

static void reply_task(struct peer *p, uint64_t gid)
{
    template_fill(&options.task, 0, gid);
    reply(p, "200 OK", "Content-Type: application/json\r\n", &options.task.text);
}

/* Events go out as one chunk each. */
static void send_event(struct peer *p, const char *name, const struct text *data)
{
    static struct text head, rest;
    head.len = rest.len = 0;
    text_print(&head, "%zx\r\nevent: %s\ndata: ", strlen(name) + data->len + 16, name);
    text_add(&rest, data->at, data->len);
    text_print(&rest, "\n\n\r\n");
    peer_send(p, &head, &rest);
}

/* The first number of that many digits. */
static bool find_number(const char *at, size_t len, size_t width, uint64_t *out)
{
    const char *end = at + len;
    while (at < end) {
        const char *start = at;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        if ((size_t)(at - start) == width) {
            *out = strtoul(start, NULL, 10);
            return true;
        }
        at++;
    }
    return false;
}

/* A wrong answer: to another call, about another task, an error, cut off; NULL: none at all. */
static struct text *spoiled(struct answer *a, uint64_t id, uint64_t gid)
{
    static struct text wrong;
    bool is_id = strcmp(options.spoil, "id") == 0, is_gid = strcmp(options.spoil, "gid") == 0;
    template_fill(&a->body, id + is_id, gid + is_gid);
    if (is_id || is_gid)
        return &a->body.text;
    if (strcmp(options.spoil, "none") == 0)
        return NULL;
    wrong.len = 0;
    if (strcmp(options.spoil, "error") == 0)
        text_print(
            &wrong,
            "{\"jsonrpc\":\"2.0\",\"id\":%lu,\"error\":{\"code\":-32603,\"message\":\"no\"}}", id);
    else
        text_add(&wrong, a->body.text.at, a->body.text.len - 1);
    return &wrong;
}

static struct text *answer_to(struct answer *a, const struct request *r)
{
    uint64_t id, gid;
    if (!find_number(r->body, r->body_len, strlen(options.id), &id) ||
        !find_number(r->body, r->body_len, strlen(options.gid), &gid))
        fail("a call without id or gid: %.*s", (int)r->body_len, r->body);
    if (options.spoil && ++answered % SPOIL_EVERY == 0)
        return spoiled(a, id, gid);
    template_fill(&a->body, id, gid);
    return &a->body.text;
}

static bool has(const struct request *r, const char *what)
{
    return memmem(r->body, r->body_len, what, strlen(what)) != NULL;
}

static const char initialized[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\","
    "\"capabilities\":{},\"serverInfo\":{\"name\":\"standin\",\"version\":\"1\"}}}";

static void on_stream(struct peer *p)
{
    static struct text head, endpoint;
    if (stream_count == STREAMS_MAX)
        fail("more than %d streams", STREAMS_MAX);
    head.len = endpoint.len = 0;
    text_print(&head, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n");
    text_print(&endpoint, "/sse/message?sessionId=%u", stream_count);
    peer_send(p, &head, NULL);
    send_event(p, "endpoint", &endpoint);
    p->owed++; /* for good: its place in streams is never given again */
    streams[stream_count++] = p;
}

static void on_sse_post(struct peer *p, const struct request *r)
{
    const char *session = memmem(r->path, r->path_len, "sessionId=", 10);
    unsigned long number = session ? strtoul(session + 10, NULL, 10) : stream_count;
    if (number >= stream_count || !options.answer_count)
        fail("no such stream: %.*s", (int)r->path_len, r->path);
    reply(p, "202 Accepted", "", NULL);
    if (has(r, "\"initialize\"")) {
        struct text data = { 0 };
        text_print(&data, "%s", initialized);
        send_event(streams[number], "message", &data);
        text_done(&data);
    } else if (has(r, "\"tools/call\"")) {
        struct text *data = answer_to(&options.answers[0], r);
        if (data)
            send_event(streams[number], "message", data);
        else
            peer_close(streams[number]);
    }
}

static void on_post(struct peer *p, const struct request *r)
{
    static const char json[] = "Content-Type: application/json\r\n";
    if (r->path_len > 5 && memcmp(r->path, "/sse/", 5) == 0) {
        on_sse_post(p, r);
        return;
    }
    if (has(r, "\"initialize\"")) {
        reply_json(p, "Content-Type: application/json\r\nMcp-Session-Id: 1\r\n", initialized);
        return;
    }
    if (has(r, "\"notifications/initialized\"")) {
        reply(p, "202 Accepted", "", NULL);
        return;
    }
    for (unsigned i = 0; i < options.answer_count; i++) {
        struct answer *a = &options.answers[i];
        if (a->path_len == r->path_len && memcmp(a->path, r->path, r->path_len) == 0) {
            struct text *body = answer_to(a, r);
            if (body)
                reply(p, "200 OK", json, body);
            else
                peer_close(p);
            return;
        }
    }
    fail("POST to %.*s", (int)r->path_len, r->path);
}

static void on_task(struct peer *p, const struct request *r)
{
    uint64_t gid;
    if (!options.has_task || !find_number(r->path, r->path_len, strlen(options.gid), &gid))
        fail("no task: %.*s", (int)r->path_len, r->path);
    if (!options.delay_ms) {
        reply_task(p, gid);
        return;
    }
    struct late *late = malloc(sizeof(*late));
    if (!late)
        fail("out of memory");
    *late = (struct late){ .peer = p, .due_ms = now_ms() + options.delay_ms, .gid = gid };
    p->owed++;
    TAILQ_INSERT_TAIL(&late_answers, late, link);
}

static void on_request(struct peer *p, const struct request *r)
{
    if (r->is_post) {
        on_post(p, r);
    } else if (r->path_len == 4 && memcmp(r->path, "/sse", 4) == 0) {
        on_stream(p);
    } else if (r->path_len == 9 && memcmp(r->path, "/accepted", 9) == 0) {
        char count[32];
        snprintf(count, sizeof(count), "%lu", accepted);
        reply_json(p, "", count);
    } else {
        on_task(p, r);
    }
}

/* Takes one whole request off the input; false when there is none. */
static bool take_request(struct peer *p)
{
    const char *end = p->in.len ? memmem(p->in.at, p->in.len, "\r\n\r\n", 4) : NULL;
    if (!end)
        return false;
    size_t head_len = (size_t)(end - p->in.at) + 4, body_len = 0;
    for (const char *line = p->in.at; line < end; line++) {
        if (strncasecmp(line, "content-length:", 15) == 0)
            body_len = strtoul(line + 15, NULL, 10);
        line = memchr(line, '\n', head_len - (size_t)(line - p->in.at));
    }
    if (p->in.len < head_len + body_len)
        return false;
    const char *path = memchr(p->in.at, ' ', head_len);
    const char *stop = path ? memchr(path + 1, ' ', (size_t)(end - path) - 1) : NULL;
    if (!stop)
        fail("not HTTP: %.*s", (int)head_len, p->in.at);
    struct request r = { .path = path + 1,
                         .path_len = (size_t)(stop - path) - 1,
                         .body = p->in.at + head_len,
                         .body_len = body_len,
                         .is_post = p->in.at[0] == 'P' };
    on_request(p, &r);
    text_drop(&p->in, head_len + body_len);
    return true;
}

static void on_input(struct peer *p)
{
    ssize_t got = recv(p->fd, received, sizeof(received), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        peer_close(p);
        return;
    }
    text_add(&p->in, received, (size_t)got);
    while (p->fd >= 0 && take_request(p))
        continue;
}

static void on_connection(int listener)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        struct peer *p = calloc(1, sizeof(*p));
        if (!p)
            fail("out of memory");
        p->fd = fd;
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = p };
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
        accepted++;
    }
}

/* Sends what is due; returns for how many milliseconds nothing is, or -1. */
static int send_late(void)
{
    struct late *late;
    uint64_t now = now_ms();
    while ((late = TAILQ_FIRST(&late_answers))) {
        if (late->due_ms > now)
            return (int)(late->due_ms - now);
        TAILQ_REMOVE(&late_answers, late, link);
        reply_task(late->peer, late->gid);
        if (--late->peer->owed == 0 && late->peer->fd < 0)
            peer_free(late->peer);
        free(late);
    }
    return -1;
}

static void serve(int listener)
{
    struct epoll_event events[512];
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, 512, send_late());
        for (int i = 0; i < ready; i++) {
            struct peer *p = events[i].data.ptr;
            if (!p) {
                on_connection(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT)
                peer_flush(p);
            if (p->fd >= 0 && events[i].events & ~(unsigned)EPOLLOUT)
                on_input(p);
            if (p->fd < 0 && !p->owed)
                peer_free(p);
        }
    }
}

static void add_answer(char *value)
{
    char *file = strchr(value, '=');
    if (!file || options.answer_count == ANSWERS_MAX)
        fail("--answer PATH=FILE, at most %d times", ANSWERS_MAX);
    *file++ = '\0';
    struct answer *a = &options.answers[options.answer_count++];
    a->path = value;
    a->path_len = strlen(value);
    template_read(&a->body, file, options.id, options.gid);
}

static void read_options(int argc, char **argv)
{
    static const struct option names[] = {
        { "id", 1, NULL, 'i' },    { "gid", 1, NULL, 'g' },    { "task", 1, NULL, 't' },
        { "delay", 1, NULL, 'd' }, { "answer", 1, NULL, 'a' }, { "spoil", 1, NULL, 's' },
        { NULL, 0, NULL, 0 },
    };
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case 'i':
            options.id = optarg;
            break;
        case 'g':
            options.gid = optarg;
            break;
        case 't':
            template_read(&options.task, optarg, NULL, options.gid);
            options.has_task = true;
            break;
        case 'd':
            options.delay_ms = strtoul(optarg, NULL, 10);
            break;
        case 'a':
            add_answer(optarg);
            break;
        case 's':
            options.spoil = optarg;
            break;
        default:
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    read_options(argc, argv);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN };
    if (listener < 0 || epoll_fd < 0 || bind(listener, (struct sockaddr *)&address, len) != 0 ||
        listen(listener, 8192) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0 ||
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0)
        fail("listen: %s", strerror(errno));
    printf("port %u\n", ntohs(address.sin_port));
    fflush(stdout);
    serve(listener);
    return 0;
}
