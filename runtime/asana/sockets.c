#include "asana/sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct watch {
    uv_poll_t poll; /* first: the watch is freed when libuv has let go of it */
    struct sockets *sockets;
    curl_socket_t fd;
    bool connection; /* ended by its close, not by CURL_POLL_REMOVE */
    int wanted;      /* what libcurl waits for; 0 while idle */
    int armed;       /* what the loop waits for */
};

void sockets_init(struct sockets *s, uv_loop_t *loop, sockets_ready_fn *ready, void *ctx)
{
    *s = (struct sockets){ .loop = loop, .ready = ready, .ctx = ctx };
}

static struct watch *watch_find(const struct sockets *s, curl_socket_t fd)
{
    return (size_t)fd < s->cap ? s->by_fd[fd] : NULL;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

/* Before the descriptor is closed: its number may be another one's the next moment. */
static void watch_end(struct watch *w)
{
    w->sockets->by_fd[w->fd] = NULL;
    uv_poll_stop(&w->poll);
    uv_close((uv_handle_t *)&w->poll, on_closed);
}

void sockets_leave_others(struct sockets *s)
{
    for (size_t i = 0; i < s->cap; i++)
        if (s->by_fd[i] && !s->by_fd[i]->connection)
            watch_end(s->by_fd[i]);
}

void sockets_done(struct sockets *s)
{
    for (size_t i = 0; i < s->cap; i++)
        if (s->by_fd[i])
            watch_end(s->by_fd[i]);
    free(s->by_fd);
    s->by_fd = NULL;
    s->cap = 0;
}

static bool make_room(struct sockets *s, curl_socket_t fd)
{
    size_t cap = s->cap ? s->cap : 64;
    while (cap <= (size_t)fd)
        cap *= 2;
    if (cap == s->cap)
        return true;
    struct watch **by_fd = realloc(s->by_fd, cap * sizeof(struct watch *));
    if (!by_fd)
        return false;
    memset(by_fd + s->cap, 0, (cap - s->cap) * sizeof(struct watch *));
    s->by_fd = by_fd;
    s->cap = cap;
    return true;
}

static struct watch *watch_new(struct sockets *s, curl_socket_t fd, bool connection)
{
    if (!make_room(s, fd))
        return NULL;
    if (s->by_fd[fd]) /* its descriptor must be gone, else there were no second one of that number
                       */
        watch_end(s->by_fd[fd]);
    struct watch *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->sockets = s;
    w->fd = fd;
    w->connection = connection;
    if (uv_poll_init_socket(s->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    s->by_fd[fd] = w;
    return w;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = (struct watch *)poll;
    /* An error is for libcurl to find by reading: told of one it fails the transfer, where a kept
     * connection that Asana just closed is only a reason to open another. */
    int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT : 0;
    if (!w->wanted) { /* an idle connection was closed, say; libcurl looks before it uses it again
                       */
        uv_poll_stop(poll);
        w->armed = 0;
        return;
    }
    if (status < 0)
        w->armed = 0; /* libuv has stopped it */
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    w->sockets->ready(w->sockets->ctx, w->fd, flags);
}

static int watch_rest(struct watch *w)
{
    w->wanted = 0;
    if (!w->connection) {
        watch_end(w);
        return 0;
    }
    if (w->armed != UV_READABLE) {
        uv_poll_stop(&w->poll);
        w->armed = 0;
    }
    uv_unref((uv_handle_t *)&w->poll); /* an idle connection keeps no loop alive */
    return 0;
}

int sockets_want(struct sockets *s, curl_socket_t fd, int what)
{
    struct watch *w = watch_find(s, fd);
    if (what == CURL_POLL_REMOVE)
        return w ? watch_rest(w) : 0;
    if (!w && !(w = watch_new(s, fd, false)))
        return -1;
    w->wanted = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_ref((uv_handle_t *)&w->poll);
    if (w->armed == w->wanted)
        return 0;
    if (uv_poll_start(&w->poll, w->wanted, on_ready) < 0)
        return -1;
    w->armed = w->wanted;
    return 0;
}

curl_socket_t sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && !watch_new(sockets, fd, true)) {
        close(fd);
        return CURL_SOCKET_BAD;
    }
    return fd;
}

int sockets_close(void *sockets, curl_socket_t fd)
{
    struct watch *w = watch_find(sockets, fd);
    if (w)
        watch_end(w);
    return close(fd);
}
