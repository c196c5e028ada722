#include "http/listen.h"

#include "base/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

bool listen_parse(const char *text, struct listen_address *out, struct err *err)
{
    struct listen_address a = { 0 };
    const char *colon = strrchr(text, ':');
    const char *host = text;
    size_t host_len = colon ? (size_t)(colon - text) : 0;
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    long port = digits && digits < 10 && !colon[1 + digits] ? strtol(colon + 1, NULL, 10) : -1;
    if (port < 0 || port > 65535 || strncmp(text, "[]", 2) == 0)
        return err_set(err, ERR_SETTINGS, "\"%.80s\": expected ADDRESS:PORT, as in 127.0.0.1:8000",
                       text);
    if (host_len >= 2 && host[0] == '[' && host[host_len - 1] == ']') {
        host++;
        host_len -= 2;
    }
    if (host_len == 0 || (host_len == 9 && memcmp(host, "localhost", 9) == 0)) {
        host = "127.0.0.1";
        host_len = strlen(host);
    }
    if (host_len >= sizeof(a.host))
        return err_set(err, ERR_SETTINGS, "\"%.80s\": the address is too long", text);
    memcpy(a.host, host, host_len);
    a.port = (int)port;
    unsigned char parsed[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, a.host, parsed) != 1 && inet_pton(AF_INET6, a.host, parsed) != 1)
        return err_set(err, ERR_SETTINGS,
                       "\"%.80s\": the address must be numeric, as in 127.0.0.1 or [::1]", text);
    *out = a;
    return true;
}

static socklen_t fill(const struct listen_address *a, union address *out)
{
    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, a->host, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)a->port);
        return sizeof(out->v4);
    }
    inet_pton(AF_INET6, a->host, &out->v6.sin6_addr);
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons((uint16_t)a->port);
    return sizeof(out->v6);
}

bool listen_is_loopback(const struct listen_address *a)
{
    return host_is_loopback(a->host);
}

/* A bound socket that does not listen yet, or -1. */
static int bound_socket(const struct listen_address *a, bool shared)
{
    union address addr;
    socklen_t len = fill(a, &addr);
    int fd = socket(addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    if (bind(fd, &addr.any, len) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static int port_of(int fd)
{
    union address addr;
    socklen_t len = sizeof(addr);
    if (getsockname(fd, &addr.any, &len) != 0)
        return -1;
    return ntohs(addr.any.sa_family == AF_INET ? addr.v4.sin_port : addr.v6.sin6_port);
}

static bool refuse(const struct listen_address *a, struct err *err)
{
    if (errno == EADDRINUSE)
        return err_set(err, ERR_IO,
                       "%s:%d is already in use; stop the other server or choose another address "
                       "with %s",
                       a->host, a->port, a->flag ? a->flag : "--listen");
    return err_set(err, ERR_IO, "cannot listen on %s:%d: %s", a->host, a->port, strerror(errno));
}

bool listen_open(struct listen_address *a, size_t n, int *fds, struct err *err)
{
    /* SO_REUSEPORT would let a second server of the same user in silently; one bind without it
     * tells. It does not listen: whoever connected then would be reset a moment later. */
    struct listen_address chosen = *a;
    int probe = bound_socket(&chosen, false);
    if (probe < 0)
        return refuse(a, err);
    chosen.port = port_of(probe);
    close(probe);

    size_t opened = 0;
    for (; opened < n; opened++) {
        fds[opened] = bound_socket(&chosen, n > 1);
        if (fds[opened] < 0)
            break;
        if (listen(fds[opened], LISTEN_BACKLOG) != 0) {
            opened++;
            break;
        }
        if (opened + 1 == n) {
            *a = chosen;
            return true;
        }
    }
    refuse(a, err);
    while (opened)
        close(fds[--opened]);
    return false;
}

bool listen_share(int fd, size_t n, int *fds, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        fds[i] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (fds[i] >= 0)
            continue;
        err_set(err, ERR_IO, "cannot share the socket that was given: %s", strerror(errno));
        while (i)
            close(fds[--i]);
        return false;
    }
    return true;
}
