/* sockets.h: the descriptors that libcurl waits on, watched by the worker's loop. Private to the
 * client.
 *
 * libcurl stops watching a connection between two requests and starts again with the next; done
 * literally that is six calls of epoll_ctl and a handle per request. So a connection's watch lives
 * from open to close, stays armed for reading while the connection is idle (an event then disarms
 * it), and libcurl's wishes mostly find what they want already there. Other descriptors (a
 * resolver's) are watched as long as libcurl says. The client owns the struct. One thread. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct watch;

/* flags are CURL_CSELECT_…. */
typedef void sockets_ready_fn(void *ctx, curl_socket_t fd, int flags);

struct sockets {
    uv_loop_t *loop;
    sockets_ready_fn *ready;
    void *ctx;
    struct watch **by_fd;
    size_t cap;
};

/* Does nothing that sockets_done() has to undo. */
void sockets_init(struct sockets *s, uv_loop_t *loop, sockets_ready_fn *ready, void *ctx);
/* Before libcurl is cleaned up: it closes its resolver's descriptors itself, without a word, and
 * their numbers may be another thread's the next moment. */
void sockets_leave_others(struct sockets *s);
/* Every connection has been closed. */
void sockets_done(struct sockets *s);

/* What libcurl's CURLMOPT_SOCKETFUNCTION asks for: 0, or -1 when it cannot be done. */
int sockets_want(struct sockets *s, curl_socket_t fd, int what);

/* CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION, with the struct as their data. */
curl_socket_t sockets_open(void *sockets, curlsocktype purpose, struct curl_sockaddr *address);
int sockets_close(void *sockets, curl_socket_t fd);
