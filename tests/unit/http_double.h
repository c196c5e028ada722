/* http_double.h: a scripted HTTP server on a port of its own, for tests of clients. It speaks
 * through raw sockets, so that it can also break off, say nothing, or answer what is no HTTP.
 *
 * A thread accepts, a thread serves each connection; the script is called there, once per request.
 */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct http_double;

struct http_seen {
    struct http_double *server;
    int fd;
    char method[8];
    char target[2048];
    char head[8192]; /* request line and headers, NUL-terminated */
    size_t head_len;
    char body[8192];
    size_t body_len;
};

/* Answers one request on seen->fd. True keeps the connection open. */
typedef bool http_script_fn(struct http_seen *seen);

struct http_double_connection {
    struct http_double_connection *next;
    struct http_double *server;
    pthread_t thread;
    int fd;
};

struct http_double {
    http_script_fn *script;
    void *ctx;
    int fd;
    int port;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_double_connection *connections;
    unsigned connected; /* connections accepted */
    unsigned requested; /* requests read in full */
};

static inline void http_write(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

static inline void http_say(int fd, const char *text)
{
    http_write(fd, text, strlen(text));
}

static inline bool http_reply(int fd, const char *head, const char *body)
{
    char text[1024];
    snprintf(text, sizeof(text), "%s\r\nContent-Length: %zu\r\n\r\n", head, strlen(body));
    http_say(fd, text);
    http_say(fd, body);
    return true;
}

static inline bool http_json(int fd, const char *status, const char *body)
{
    char head[256];
    snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nContent-Type: application/json; charset=UTF-8",
             status);
    return http_reply(fd, head, body);
}

/* Returns when the other side has hung up. */
static inline void http_wait_for_hangup(int fd)
{
    char skip[256];
    while (recv(fd, skip, sizeof(skip), 0) > 0)
        ;
}

/* The next thing that this connection's close sends is a reset. */
static inline void http_reset(int fd)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    /* Aborts the connection and keeps the descriptor (connect(2), AF_UNSPEC). */
    struct sockaddr nobody = { .sa_family = AF_UNSPEC };
    connect(fd, &nobody, sizeof(nobody));
}

static inline bool http_read(struct http_seen *seen)
{
    size_t len = 0;
    char *end = NULL;
    while (!end) {
        ssize_t n = recv(seen->fd, seen->head + len, sizeof(seen->head) - 1 - len, 0);
        if (n <= 0)
            return false;
        len += (size_t)n;
        seen->head[len] = '\0';
        end = strstr(seen->head, "\r\n\r\n");
    }
    end += 4;
    seen->body_len = len - (size_t)(end - seen->head);
    memcpy(seen->body, end, seen->body_len);
    explicit_bzero(end, seen->body_len);
    seen->head_len = (size_t)(end - seen->head);
    *end = '\0';
    const char *length = strcasestr(seen->head, "\r\nContent-Length:");
    size_t want = length ? strtoul(length + 17, NULL, 10) : 0;
    while (seen->body_len < want && want < sizeof(seen->body)) {
        ssize_t n = recv(seen->fd, seen->body + seen->body_len, want - seen->body_len, 0);
        if (n <= 0)
            return false;
        seen->body_len += (size_t)n;
    }
    seen->body[seen->body_len] = '\0';
    return sscanf(seen->head, "%7s %2047s", seen->method, seen->target) == 2;
}

static inline void *http_serve(void *arg)
{
    struct http_double_connection *c = arg;
    struct http_seen *seen = calloc(1, sizeof(*seen));
    seen->server = c->server;
    seen->fd = c->fd;
    while (http_read(seen)) {
        pthread_mutex_lock(&c->server->lock);
        c->server->requested++;
        pthread_cond_broadcast(&c->server->changed);
        pthread_mutex_unlock(&c->server->lock);
        if (!c->server->script(seen))
            break;
        explicit_bzero(seen->head, sizeof(seen->head));
    }
    shutdown(c->fd, SHUT_RDWR);
    explicit_bzero(seen, sizeof(*seen)); /* tests look for tokens in memory */
    free(seen);
    return NULL;
}

static inline void *http_accept(void *arg)
{
    struct http_double *s = arg;
    for (;;) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        int now = 1; /* head and body are written apart */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof(now));
        struct http_double_connection *c = calloc(1, sizeof(*c));
        c->server = s;
        c->fd = fd;
        pthread_mutex_lock(&s->lock);
        c->next = s->connections;
        s->connections = c;
        s->connected++;
        pthread_create(&c->thread, NULL, http_serve, c);
        pthread_cond_broadcast(&s->changed);
        pthread_mutex_unlock(&s->lock);
    }
}

static inline bool http_double_start(struct http_double *s, http_script_fn *script, void *ctx)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(at);
    *s = (struct http_double){ .script = script, .ctx = ctx };
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
        listen(s->fd, 1024) < 0 || getsockname(s->fd, (struct sockaddr *)&at, &len) < 0)
        return false;
    s->port = ntohs(at.sin_port);
    return pthread_create(&s->acceptor, NULL, http_accept, s) == 0;
}

/* New connections are refused from now on. */
static inline void http_double_refuse(struct http_double *s)
{
    shutdown(s->fd, SHUT_RDWR);
}

static inline void http_double_stop(struct http_double *s)
{
    http_double_refuse(s);
    pthread_join(s->acceptor, NULL);
    close(s->fd);
    for (struct http_double_connection *c = s->connections; c; c = c->next)
        shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_lock(&s->lock); /* scripts that wait for more requests */
    s->requested += 1u << 20;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    while (s->connections) {
        struct http_double_connection *c = s->connections;
        s->connections = c->next;
        pthread_join(c->thread, NULL);
        close(c->fd);
        free(c);
    }
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->changed);
}

static inline unsigned http_double_requested(struct http_double *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->requested;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static inline unsigned http_double_connected(struct http_double *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->connected;
    pthread_mutex_unlock(&s->lock);
    return n;
}
