#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define REVISION "2025-11-25"
#define MODERN_REVISION "2026-07-28"

static char received[256 << 10];

static const char initialize[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
    "\"" REVISION
    "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"asana-mcp bench\",\"version\":\"1\"}}}";
static const char initialized[] = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

int client_connect(const struct client_options *o)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)o->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        fail("connect: %s", strerror(errno));
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

static void send_all(int fd, const struct text *head, const char *body, size_t len)
{
    struct iovec parts[2] = { { head->at, head->len }, { (char *)(uintptr_t)body, len } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = len ? 2 : 1 };
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent < 0 || (size_t)sent != head->len + len)
        fail("send: %s",
             sent < 0 ? strerror(errno) : "the request does not fit the socket's buffer");
}

void client_send(struct client *c, const struct text *body)
{
    send_all(c->fd, &c->head, body->at, body->len);
}

void client_receive(int fd, struct response *r, bool wait)
{
    ssize_t got = recv(fd, received, sizeof(received), wait ? 0 : MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || (errno == EAGAIN && !wait)))
        return;
    if (got <= 0)
        fail("%s, after %zu bytes of an answer", got < 0 ? strerror(errno) : "connection closed",
             r->head.len + r->body.len);
    if (response_feed(r, received, (size_t)got) != (size_t)got)
        fail("more came than the answer");
}

bool client_event(const struct response *r, const char **data, size_t *len, size_t *used)
{
    const char *at = r->body.at;
    const char *end = r->body.len ? memmem(at, r->body.len, "\n\n", 2) : NULL;
    if (!end)
        return false;
    *used = (size_t)(end - at) + 2;
    *data = NULL;
    *len = 0;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (stop - at > 6 && memcmp(at, "data: ", 6) == 0) {
            if (*data)
                fail("an event with several lines of data");
            *data = at + 6;
            *len = (size_t)(stop - at) - 6;
        }
        at = stop + 1;
    }
    return true;
}

/* Waits for the next event that has data. */
static void event_wait(struct client *c, const char **data, size_t *len, size_t *used)
{
    for (;;) {
        while (!client_event(&c->stream, data, len, used))
            client_receive(c->stream_fd, &c->stream, true);
        if (*data)
            return;
        text_drop(&c->stream.body, *used);
    }
}

static void start_head(struct text *head, const struct client_options *o, const char *method,
                       const char *path, unsigned number)
{
    unsigned person = number / o->per_token;
    head->len = 0;
    text_print(head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: asana-mcp-bench/1\r\n",
               method, path, o->port);
    text_print(head, "Authorization: Bearer 2/1204%012u/12049%011u:%032u\r\n", person, person,
               person);
}

/* Of POSTs with a body of that length; session and revision may be NULL. */
static void post_head(struct client *c, const struct client_options *o, const char *path,
                      unsigned number, const char *session, const char *revision, size_t len)
{
    start_head(&c->head, o, "POST", path, number);
    text_print(&c->head, "Accept: application/json, text/event-stream\r\n"
                         "Content-Type: application/json\r\n");
    if (session)
        text_print(&c->head, "Mcp-Session-Id: %s\r\n", session);
    if (revision)
        text_print(&c->head, "MCP-Protocol-Version: %s\r\n", revision);
    if (o->mode == MODERN)
        text_print(&c->head, "Mcp-Method: tools/call\r\nMcp-Name: %s\r\n", o->tool);
    text_print(&c->head, "Content-Length: %zu\r\n\r\n", len);
}

/* Posts and waits for the answer to the POST. */
static void post(struct client *c, const char *body, unsigned status)
{
    send_all(c->fd, &c->head, body, strlen(body));
    response_reset(&c->answer);
    while (!c->answer.whole)
        client_receive(c->fd, &c->answer, true);
    if (c->answer.status != status)
        fail("expected status %u, got %u: %.*s", status, c->answer.status, (int)c->answer.body.len,
             c->answer.body.at);
}

static void open_streamable(struct client *c, const struct client_options *o, unsigned number)
{
    char session[256];
    post_head(c, o, o->path, number, NULL, NULL, strlen(initialize));
    post(c, initialize, 200);
    if (!response_header(&c->answer, "mcp-session-id", session, sizeof(session)))
        fail("initialize was answered without a session");
    post_head(c, o, o->path, number, session, REVISION, strlen(initialized));
    post(c, initialized, 202);
    post_head(c, o, o->path, number, session, REVISION, o->request_len);
}

/* Opens a stream and initializes its session over c->fd. */
static void open_stream(struct client *c, const struct client_options *o, unsigned number)
{
    char endpoint[512];
    const char *data;
    size_t len, used;
    c->stream_fd = client_connect(o);
    start_head(&c->head, o, "GET", o->path, number);
    text_print(&c->head, "Accept: text/event-stream\r\nCache-Control: no-cache\r\n\r\n");
    send_all(c->stream_fd, &c->head, NULL, 0);
    event_wait(c, &data, &len, &used);
    snprintf(endpoint, sizeof(endpoint), "%.*s", (int)len, data);
    text_drop(&c->stream.body, used);
    post_head(c, o, endpoint, number, NULL, NULL, strlen(initialize));
    post(c, initialize, 202);
    event_wait(c, &data, &len, &used);
    if (!memmem(data, len, "\"result\"", 8))
        fail("initialize was answered with %.*s", (int)len, data);
    text_drop(&c->stream.body, used);
    post_head(c, o, endpoint, number, NULL, NULL, strlen(initialized));
    post(c, initialized, 202);
    post_head(c, o, endpoint, number, NULL, NULL, o->request_len);
}

void client_open(struct client *c, const struct client_options *o, unsigned number)
{
    c->stream_fd = -1;
    if (o->mode != IDLE)
        c->fd = client_connect(o);
    if (o->mode == STREAMABLE)
        open_streamable(c, o, number);
    else if (o->mode == MODERN)
        post_head(c, o, o->path, number, NULL, MODERN_REVISION, o->request_len);
    else
        open_stream(c, o, number);
}
