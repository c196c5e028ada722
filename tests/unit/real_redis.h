/* real_redis.h: a redis-server for one test, on a free port and a Unix socket in a directory of its
 * own. Started in the foreground of nobody: the test ends it, and it ends with the test. */
#pragma once

#include "base/clock.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct real_redis {
    char dir[64];
    char socket[96];
    char log[96];
    int port;
    pid_t pid;
    const char *password;
};

static inline int free_port(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = bind(fd, (struct sockaddr *)&a, len) == 0 &&
              getsockname(fd, (struct sockaddr *)&a, &len) == 0;
    close(fd);
    return ok ? ntohs(a.sin_port) : 0;
}

/* One answer as text, over a connection of its own; empty when there is none. */
static inline void real_redis_ask(struct real_redis *r, const char *command, char *out, size_t room)
{
    struct timeval patience = { 5, 0 };
    redisContext *c = redisConnectUnixWithTimeout(r->socket, patience);
    out[0] = '\0';
    if (c && !c->err) {
        redisSetTimeout(c, patience);
        if (r->password)
            freeReplyObject(redisCommand(c, "AUTH %s", r->password));
        redisReply *reply = redisCommand(c, command);
        if (reply && reply->str)
            snprintf(out, room, "%s", reply->str);
        else if (reply)
            snprintf(out, room, "%lld", reply->integer);
        freeReplyObject(reply);
    }
    redisFree(c);
}

static inline void real_redis_do(struct real_redis *r, const char *command)
{
    char answer[512];
    real_redis_ask(r, command, answer, sizeof(answer));
}

static inline bool real_redis_answers(struct real_redis *r)
{
    char answer[64];
    real_redis_ask(r, "PING", answer, sizeof(answer));
    return strcmp(answer, "PONG") == 0;
}

/* Does not wait for it to answer. */
static inline void real_redis_spawn(struct real_redis *r, const char *const *options)
{
    char port[16];
    const char *argv[64] = { "redis-server",
                             "--port",
                             port,
                             "--bind",
                             "127.0.0.1",
                             "--dir",
                             r->dir,
                             "--unixsocket",
                             r->socket,
                             "--logfile",
                             r->log,
                             "--save",
                             "",
                             "--maxmemory-policy",
                             "noeviction" };
    size_t n = 15;
    snprintf(port, sizeof(port), "%d", r->port);
    for (; options && *options; options++)
        argv[n++] = *options;
    if (r->password) {
        argv[n++] = "--requirepass";
        argv[n++] = r->password;
    }
    pid_t parent = getpid();
    r->pid = fork();
    if (r->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
}

static inline bool real_redis_try(struct real_redis *r, const char *const *options)
{
    real_redis_spawn(r, options);
    uint64_t give_up = clock_ms() + 20000;
    while (clock_ms() < give_up) {
        if (real_redis_answers(r))
            return true;
        if (waitpid(r->pid, NULL, WNOHANG) == r->pid)
            break;
        usleep(5000);
    }
    r->pid = 0;
    return false;
}

/* Again after real_redis_stop(), in the same place: with what was kept on the disk. */
static inline bool real_redis_restart(struct real_redis *r, const char *const *options)
{
    return real_redis_try(r, options);
}

/* options: further ones of redis-server, NULL-ended; may be NULL. */
static inline bool real_redis_start(struct real_redis *r, const char *password,
                                    const char *const *options)
{
    *r = (struct real_redis){ .password = password };
    snprintf(r->dir, sizeof(r->dir), "/tmp/asana-mcp-redis-XXXXXX");
    if (!mkdtemp(r->dir))
        return false;
    snprintf(r->socket, sizeof(r->socket), "%s/socket", r->dir);
    snprintf(r->log, sizeof(r->log), "%s/log", r->dir);
    bool ok = false;
    for (int i = 0; i < 5 && !ok; i++) { /* somebody else may have been quicker to take the port */
        r->port = free_port();
        ok = real_redis_try(r, options);
    }
    return ok;
}

/* signal: SIGTERM, or SIGKILL for a crash. */
static inline void real_redis_stop(struct real_redis *r, int signal)
{
    if (!r->pid)
        return;
    if (signal != SIGKILL)
        kill(r->pid, SIGCONT);
    kill(r->pid, signal);
    waitpid(r->pid, NULL, 0);
    r->pid = 0;
}

static inline bool real_redis_remove(struct real_redis *r)
{
    char command[128];
    real_redis_stop(r, SIGKILL);
    snprintf(command, sizeof(command), "rm -rf '%s'", r->dir);
    return system(command) == 0;
}
