/* http_probe.h: an HTTP client for tests of servers, on raw sockets: it can also send what no
 * client would, read slowly, or hang up.
 *
 * Where the server runs in the test's own thread, pump turns its loop; else the probe waits with
 * poll(2). Everything that waits gives up after PROBE_PATIENCE_MS and returns false. */
#pragma once

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROBE_PATIENCE_MS 20000

struct probe {
    int fd;
    void (*pump)(void *ctx);
    void *ctx;
    char *in; /* received and not yet taken; NUL-terminated */
    size_t len;
    char *text; /* of a stream, its chunks undone; NUL-terminated */
    size_t text_len;
    bool ended;       /* the server closed, in order or not */
    bool reset;       /* not in order */
    bool text_ended;  /* the last chunk of a stream was read */
    bool text_broken; /* no chunk where one was due */
};

struct probe_reply {
    int status;
    char head[16384];
    char *body; /* NUL-terminated; freed by probe_reply_done() */
    size_t body_len;
};

static inline void probe_open(struct probe *p, int port, void (*pump)(void *ctx), void *ctx)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((unsigned short)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    *p = (struct probe){ .pump = pump, .ctx = ctx };
    p->in = calloc(1, 1);
    p->text = calloc(1, 1);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(p->fd, (struct sockaddr *)&at, sizeof(at)) != 0)
        p->ended = p->reset = true;
}

/* Hangs up in order. */
static inline void probe_close(struct probe *p)
{
    close(p->fd);
    free(p->in);
    free(p->text);
    *p = (struct probe){ .fd = -1 };
}

/* Hangs up with a reset. */
static inline void probe_abort(struct probe *p)
{
    struct linger now = { .l_onoff = 1 };
    setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    probe_close(p);
}

static inline bool probe_wait(struct probe *p, short events, uint64_t deadline)
{
    uint64_t now = clock_ms();
    if (now >= deadline)
        return false;
    if (p->pump)
        p->pump(p->ctx);
    else
        poll(&(struct pollfd){ .fd = p->fd, .events = events }, 1, (int)(deadline - now));
    return true;
}

static inline bool probe_write(struct probe *p, const char *data, size_t len)
{
    uint64_t deadline = clock_ms() + PROBE_PATIENCE_MS;
    while (len) {
        ssize_t n = send(p->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN || !probe_wait(p, POLLOUT, deadline)) {
            return false;
        }
    }
    return true;
}

static inline bool probe_say(struct probe *p, const char *text)
{
    return probe_write(p, text, strlen(text));
}

/* Takes in what has come. */
static inline void probe_take(struct probe *p)
{
    char part[16384];
    ssize_t n = 0;
    while (!p->ended && (n = recv(p->fd, part, sizeof(part), MSG_DONTWAIT)) > 0) {
        p->in = realloc(p->in, p->len + (size_t)n + 1);
        memcpy(p->in + p->len, part, (size_t)n);
        p->len += (size_t)n;
        p->in[p->len] = '\0';
    }
    if (!p->ended && n <= 0 && (n == 0 || errno != EAGAIN)) {
        p->ended = true;
        p->reset = n < 0;
    }
}

static inline void probe_drop(struct probe *p, size_t len)
{
    memmove(p->in, p->in + len, p->len - len + 1);
    p->len -= len;
}

/* Waits until at least len bytes are in. */
static inline bool probe_need(struct probe *p, size_t len)
{
    uint64_t deadline = clock_ms() + PROBE_PATIENCE_MS;
    for (;;) {
        probe_take(p);
        if (p->len >= len)
            return true;
        if (p->ended || !probe_wait(p, POLLIN, deadline))
            return false;
    }
}

/* Waits until the server has closed. */
static inline bool probe_ends(struct probe *p)
{
    uint64_t deadline = clock_ms() + PROBE_PATIENCE_MS;
    for (probe_take(p); !p->ended; probe_take(p))
        if (!probe_wait(p, POLLIN, deadline))
            return false;
    return true;
}

static inline bool probe_head(struct probe *p, struct probe_reply *out)
{
    uint64_t deadline = clock_ms() + PROBE_PATIENCE_MS;
    const char *end;
    *out = (struct probe_reply){ 0 };
    for (probe_take(p); !(end = strstr(p->in, "\r\n\r\n")); probe_take(p))
        if (p->ended || !probe_wait(p, POLLIN, deadline))
            return false;
    size_t len = (size_t)(end - p->in) + 4;
    if (len >= sizeof(out->head) || sscanf(p->in, "HTTP/1.%*d %d", &out->status) != 1)
        return false;
    memcpy(out->head, p->in, len);
    probe_drop(p, len);
    return true;
}

/* The value of a header, in a buffer of its own that the next call overwrites; NULL when absent. */
static inline const char *probe_header(const struct probe_reply *r, const char *name)
{
    static _Thread_local char value[1024];
    size_t len = strlen(name);
    for (const char *line = r->head; (line = strstr(line, "\r\n"));) {
        line += 2;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *from = line + len + 1 + strspn(line + len + 1, " ");
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(from, "\r"), from);
            return value;
        }
    }
    return NULL;
}

/* Undoes the chunks that are complete. */
static inline void probe_unchunk(struct probe *p)
{
    char *end;
    while (!p->text_ended && !p->text_broken && (end = strstr(p->in, "\r\n"))) {
        size_t len = strtoul(p->in, NULL, 16);
        size_t head = (size_t)(end - p->in) + 2;
        if (p->len < head + len + 2)
            return;
        p->text_broken = memcmp(p->in + head + len, "\r\n", 2) != 0;
        p->text_ended = len == 0;
        p->text = realloc(p->text, p->text_len + len + 1);
        memcpy(p->text + p->text_len, p->in + head, len);
        p->text_len += len;
        p->text[p->text_len] = '\0';
        probe_drop(p, head + len + 2);
    }
}

/* Reads a stream until its text holds the words. */
static inline bool probe_stream(struct probe *p, const char *words)
{
    uint64_t deadline = clock_ms() + PROBE_PATIENCE_MS;
    for (;;) {
        probe_take(p);
        probe_unchunk(p);
        if (strstr(p->text, words))
            return true;
        if (p->ended || p->text_ended || !probe_wait(p, POLLIN, deadline))
            return false;
    }
}

/* Reads a stream to its end: true when the last chunk came. */
static inline bool probe_stream_ends(struct probe *p)
{
    uint64_t deadline = clock_ms() + PROBE_PATIENCE_MS;
    for (;;) {
        probe_take(p);
        probe_unchunk(p);
        if (p->text_ended || p->ended || !probe_wait(p, POLLIN, deadline))
            return p->text_ended;
    }
}

static inline void probe_reply_done(struct probe_reply *r)
{
    free(r->body);
    r->body = NULL;
}

/* One whole answer with a Content-Length (or none); head: of a HEAD request. */
static inline bool probe_answer(struct probe *p, bool head, struct probe_reply *out)
{
    if (!probe_head(p, out))
        return false;
    const char *length = probe_header(out, "Content-Length");
    size_t len = length && !head ? strtoul(length, NULL, 10) : 0;
    if (!probe_need(p, len))
        return false;
    out->body = malloc(len + 1);
    memcpy(out->body, p->in, len);
    out->body[len] = '\0';
    out->body_len = len;
    probe_drop(p, len);
    return true;
}
