#include "cli/systemd.h"

#include "base/buf.h"
#include "base/log.h"
#include "cli/environment.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

/* Variables are inherited; those for another process mean nothing here. */
static bool is_us(const char *pid)
{
    return pid && strtol(pid, NULL, 10) == (long)getpid();
}

static bool is_listening(int fd)
{
    int type = 0, accepts = 0;
    socklen_t len = sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type != SOCK_STREAM)
        return false;
    len = sizeof(accepts);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &len) == 0 && accepts;
}

static bool address_of(int fd, struct listen_address *out)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } at;
    socklen_t len = sizeof(at);
    if (getsockname(fd, &at.any, &len) != 0)
        return false;
    bool v6 = at.any.sa_family == AF_INET6;
    const void *bytes = v6 ? (const void *)&at.v6.sin6_addr : (const void *)&at.v4.sin_addr;
    out->port = ntohs(v6 ? at.v6.sin6_port : at.v4.sin_port);
    return (v6 || at.any.sa_family == AF_INET) &&
           inet_ntop(at.any.sa_family, bytes, out->host, sizeof(out->host));
}

bool systemd_socket(const char *const *environment, int *fd, struct listen_address *at,
                    struct err *err)
{
    const char *count = environment_find(environment, "LISTEN_FDS");
    *fd = 0;
    if (!count || !is_us(environment_find(environment, "LISTEN_PID")))
        return true;
    if (strcmp(count, "1") != 0)
        return err_set(err, ERR_SETTINGS,
                       "LISTEN_FDS: expected one socket, got \"%.20s\"; one serves IPv4 and IPv6 "
                       "with ListenStream=[::]:8000 and BindIPv6Only=both",
                       count);
    if (!is_listening(FIRST_FD) || !address_of(FIRST_FD, at))
        return err_set(
            err, ERR_SETTINGS,
            "LISTEN_FDS: descriptor %d is no listening TCP socket; the socket unit needs "
            "ListenStream=ADDRESS:PORT and Accept=no",
            FIRST_FD);
    fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC);
    fcntl(FIRST_FD, F_SETFL, fcntl(FIRST_FD, F_GETFL) | O_NONBLOCK);
    *fd = FIRST_FD;
    return true;
}

static void notify(const struct buf *b)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t len = path ? strlen(path) : 0;
    if (!len || len >= sizeof(to.sun_path) || !buf_ok(b))
        return;
    memcpy(to.sun_path, path, len);
    if (path[0] == '@')
        to.sun_path[0] = '\0'; /* an abstract address */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    if (fd < 0 || sendto(fd, b->data, b->len, MSG_NOSIGNAL, (struct sockaddr *)&to, size) < 0)
        LOG(LOG_WARN, "systemd.notify", LOG_STR("why", strerror(errno)));
    if (fd >= 0)
        close(fd);
}

static void put_status(struct buf *b, const char *status)
{
    buf_str(b, "\nSTATUS=");
    buf_str(b, status);
}

void systemd_ready(const char *status)
{
    BUF_AUTO b = { .max = 1024 };
    buf_str(&b, "READY=1");
    put_status(&b, status);
    notify(&b);
}

void systemd_reloading(void)
{
    BUF_AUTO b = { .max = 1024 };
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    buf_str(&b, "RELOADING=1\nMONOTONIC_USEC=");
    buf_int(&b, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    put_status(&b, "reading the settings again");
    notify(&b);
}

void systemd_stopping(const char *status, unsigned seconds)
{
    BUF_AUTO b = { .max = 1024 };
    buf_str(&b, "STOPPING=1\nEXTEND_TIMEOUT_USEC=");
    buf_int(&b, (int64_t)seconds * 1000000);
    put_status(&b, status);
    notify(&b);
}

unsigned systemd_watchdog_ms(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    unsigned long long n = usec ? strtoull(usec, NULL, 10) : 0;
    if (!getenv("NOTIFY_SOCKET") || (pid && !is_us(pid)) || n / 2000 > UINT32_MAX)
        return 0;
    return (unsigned)(n / 2000);
}

void systemd_alive(void)
{
    BUF_AUTO b = { .max = 64 };
    buf_str(&b, "WATCHDOG=1");
    notify(&b);
}
