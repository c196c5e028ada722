/* listen.h: listening sockets. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Connections that may wait on one socket to be accepted. */
#define LISTEN_BACKLOG 1024

struct listen_address {
    char host[64];    /* numeric, without brackets */
    int port;         /* 0: the system chooses */
    const char *flag; /* that errors name; NULL: --listen */
};

/* "127.0.0.1:8000", "[::1]:8000", ":8000" (127.0.0.1), "localhost:8000" (127.0.0.1). */
bool listen_parse(const char *text, struct listen_address *out, struct err *err);
bool listen_is_loopback(const struct listen_address *a);

/* Opens n non-blocking sockets on the address, shared by SO_REUSEPORT when n > 1, after one bind
 * without it has shown that nobody else listens there. On success the port that was chosen is
 * written back to a->port. The caller owns the descriptors. */
bool listen_open(struct listen_address *a, size_t n, int *fds, struct err *err);

/* n descriptors of a socket that listens already. The caller owns them, and fd as before. */
bool listen_share(int fd, size_t n, int *fds, struct err *err);
