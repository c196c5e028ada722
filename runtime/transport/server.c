#include "transport/server.h"

#include "base/log.h"
#include "mcp/catalog.h"
#include "transport/front.h"
#include "transport/guard.h"
#include "worker/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct server {
    struct server_options options;
    struct mcp_catalog *catalog;
    struct guard *guard;
    struct gates *gates;
    char *base_path;
    int *listen_fds; /* each taken by its worker; -1 then */
    struct crew *crew;
};

static bool start_front(void *ctx, struct worker *w, struct err *err)
{
    struct server *s = ctx;
    if (!front_start(w, s->guard, s->base_path, s->listen_fds[w->index], err))
        return false;
    s->listen_fds[w->index] = -1;
    return true;
}

static void stop_front(void *ctx, struct worker *w)
{
    (void)ctx;
    front_stop(w);
}

/* "/asana" of "https://tools.example.com/asana/", "" of "https://tools.example.com". */
static char *base_path_of(const char *public_url)
{
    const char *host = public_url ? strstr(public_url, "://") : NULL;
    const char *path = host ? strchr(host + 3, '/') : NULL;
    size_t len = path ? strcspn(path, "?#") : 0;
    while (len && path[len - 1] == '/')
        len--;
    return strndup(path ? path : "", len);
}

static void server_free(struct server *s)
{
    for (unsigned i = 0; s->listen_fds && i < s->options.workers; i++)
        if (s->listen_fds[i] >= 0)
            close(s->listen_fds[i]);
    free(s->listen_fds);
    free(s->base_path);
    guard_free(s->guard);
    gates_free(s->gates);
    mcp_catalog_free(s->catalog);
    free(s);
}

bool server_start(const struct server_options *options, struct server **out, struct err *err)
{
    struct server *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->options = *options;
    s->catalog = mcp_catalog_new();
    s->guard = guard_new(&s->options);
    s->gates = gates_new();
    s->base_path = base_path_of(options->public_url);
    int *fds = calloc(options->workers, sizeof(*fds));
    if (!s->catalog || !s->guard || !s->gates || !s->base_path || !fds) {
        free(fds);
        server_free(s);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    if (!listen_open(&s->options.listen, options->workers, fds, err)) {
        free(fds);
        server_free(s);
        return false;
    }
    s->listen_fds = fds;
    struct crew_options crew = {
        .workers = options->workers,
        .catalog = s->catalog,
        .asana = &s->options.asana,
        .gates = s->gates,
        .front = { .ctx = s, .start = start_front, .stop = stop_front },
    };
    if (!crew_start(&crew, &s->crew, err)) {
        server_free(s);
        return false;
    }
    *out = s;
    return true;
}

int server_port(const struct server *s)
{
    return s->options.listen.port;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    crew_stop(s->crew);
    server_free(s);
}
