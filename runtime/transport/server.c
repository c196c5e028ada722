#include "transport/server.h"

#include "base/log.h"
#include "mcp/catalog.h"
#include "mcp/scope.h"
#include "mcp/seal.h"
#include "oauth/oauth.h"
#include "policy/policy.h"
#include "transport/front.h"
#include "transport/guard.h"
#include "web/landing.h"
#include "worker/worker.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The page at "/", and what is needed to make it. */
#define LANDING_MAX (4u << 20)
/* How long a start waits for what the store says of blocks. */
#define READY_SECONDS 5

struct server {
    struct server_options options;
    const struct mcp_catalog *catalog; /* of the start; NULL afterwards */
    struct guard *guard;
    struct gates *gates;
    struct seal *seal;
    char *base_path;
    int *listen_fds; /* each taken by its worker; -1 then */
    struct oauth *oauth;
    struct oauth_options sign_in;
    char own_url[128]; /* when there is no public one */
    struct buf landing;
    sem_t ready;
    struct front_options front;
    struct crew *crew;
};

static bool start_front(void *ctx, struct worker *w, struct err *err)
{
    struct server *s = ctx;
    if (!front_start(w, &s->front, s->listen_fds[w->index], err))
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

static bool is_shown(const void *context, const struct tool *tool)
{
    const struct server_options *o = context;
    struct caller anybody = { .toolsets = UINT64_MAX };
    for (const char *const *name = o->disabled_tools; name && *name; name++)
        if (strcmp(*name, tool->name) == 0)
            return false;
    return scope_shows(o->rules, &anybody, tool);
}

static bool make_landing(struct server *s, struct err *err)
{
    static const enum landing_auth modes[] = {
        [AUTH_TOKEN] = LANDING_NOBODY, [AUTH_BEARER] = LANDING_BEARER, [AUTH_OAUTH] = LANDING_OAUTH
    };
    const char *url = s->options.public_url ? s->options.public_url : s->own_url;
    const char *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;
    struct arena *arena = arena_new(LANDING_MAX);
    if (arena)
        landing_write(&s->landing, arena,
                      &(struct landing){ .server = arena_strndup(arena, host, strcspn(host, "/")),
                                         .base = s->base_path,
                                         .url = url,
                                         .version = ASANA_MCP_VERSION,
                                         .auth = modes[s->options.auth],
                                         .sandbox = s->options.sandbox,
                                         .read_only = scope_reads_only(s->options.rules),
                                         .shows = is_shown,
                                         .context = &s->options });
    bool ok = arena && buf_ok(&s->landing);
    arena_free(arena);
    return ok || err_set(err, ERR_MEMORY, "out of memory");
}

static void write_own_url(struct server *s)
{
    const struct listen_address *l = &s->options.listen;
    bool v6 = strchr(l->host, ':');
    snprintf(s->own_url, sizeof(s->own_url), "http://%s%s%s:%d", v6 ? "[" : "", l->host,
             v6 ? "]" : "", l->port);
}

static bool open_sign_in(struct server *s, struct err *err)
{
    s->sign_in = *s->options.oauth;
    s->sign_in.toolsets = s->options.rules ? s->options.rules->all.toolsets : 0;
    s->sign_in.read_only = scope_reads_only(s->options.rules);
    if (!s->sign_in.issuer)
        s->sign_in.issuer = s->own_url;
    return oauth_new(&s->sign_in, &s->oauth, err);
}

static void server_free(struct server *s)
{
    for (unsigned i = 0; s->listen_fds && i < s->options.workers; i++)
        if (s->listen_fds[i] >= 0)
            close(s->listen_fds[i]);
    free(s->listen_fds);
    free(s->base_path);
    buf_done(&s->landing);
    sem_destroy(&s->ready);
    oauth_free(s->oauth);
    guard_free(s->guard);
    gates_free(s->gates);
    seal_free(s->seal);
    mcp_catalog_free(s->catalog);
    free(s);
}

/* Whoever starts us connects as soon as we say that we serve; until the workers know who is blocked
 * they would send everybody away. A store that cannot tell must not keep us from saying so for
 * long. */
static void wait_until_ready(struct server *s)
{
    struct timespec until;
    unsigned missing = s->options.policy && s->options.policy->store ? s->options.workers : 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += READY_SECONDS;
    while (missing && sem_timedwait(&s->ready, &until) == 0)
        missing--;
    if (missing)
        LOG(LOG_WARN, "server.not_ready", LOG_INT("workers", missing),
            LOG_STR("why", "the store does not tell who is blocked"));
}

static const struct mcp_catalog *make_catalog(const struct server_options *options,
                                              const struct mcp_extras *extras)
{
    struct mcp_extras all = extras ? *extras : (struct mcp_extras){ 0 };
    all.without = options->disabled_tools;
    return mcp_catalog_new(&all);
}

bool server_start(const struct server_options *options, struct server **out, struct err *err)
{
    struct server *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->options = *options;
    buf_init(&s->landing, LANDING_MAX);
    sem_init(&s->ready, 0, 0);
    s->catalog = make_catalog(&s->options, options->extras);
    s->guard = guard_new(&s->options);
    s->gates = gates_new();
    s->seal = seal_new();
    s->base_path = base_path_of(options->public_url);
    int *fds = calloc(options->workers, sizeof(*fds));
    if (!s->catalog || !s->guard || !s->gates || !s->seal || !s->base_path || !fds) {
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
    write_own_url(s);
    if (!make_landing(s, err) || (options->oauth && !open_sign_in(s, err))) {
        server_free(s);
        return false;
    }
    s->front = (struct front_options){ .server = &s->options,
                                       .guard = s->guard,
                                       .oauth = s->oauth,
                                       .base_path = s->base_path,
                                       .landing = buf_slice(&s->landing),
                                       .ready = &s->ready };
    struct crew_options crew = {
        .workers = options->workers,
        .catalog = s->catalog,
        .asana = &s->options.asana,
        .gates = s->gates,
        .seal = s->seal,
        .confirm = s->options.confirm,
        .front = { .ctx = s, .start = start_front, .stop = stop_front },
    };
    if (!crew_start(&crew, &s->crew, err)) {
        server_free(s);
        return false;
    }
    wait_until_ready(s);
    mcp_catalog_free(s->catalog); /* the workers hold it */
    s->catalog = NULL;
    *out = s;
    return true;
}

int server_port(const struct server *s)
{
    return s->options.listen.port;
}

bool server_renew(struct server *s, const struct mcp_extras *extras, struct err *err)
{
    const struct mcp_catalog *catalog = make_catalog(&s->options, extras);
    if (catalog && crew_renew(s->crew, catalog))
        return true;
    if (catalog)
        mcp_catalog_free(catalog);
    else if (extras->release)
        extras->release(extras->release_ctx);
    return err_set(err, ERR_MEMORY, "out of memory");
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    crew_stop(s->crew);
    server_free(s);
}
