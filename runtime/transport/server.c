#include "transport/server.h"

#include "base/log.h"
#include "base/tally.h"
#include "mcp/catalog.h"
#include "mcp/hub.h"
#include "metrics/metrics.h"
#include "metrics/process.h"
#include "oauth/oauth.h"
#include "policy/policy.h"
#include "transport/call_queue.h"
#include "transport/drain.h"
#include "transport/edition.h"
#include "transport/front.h"
#include "transport/keyring.h"
#include "transport/monitor.h"
#include "transport/roster.h"
#include "worker/worker.h"

#include <semaphore.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* How long a start waits for what the store says of blocks. */
#define READY_SECONDS 5

struct server {
    struct edition *edition; /* the newest */
    struct gates *gates;
    uint32_t node; /* our random name among others */
    struct keyring *keys;
    struct drain *drain;
    struct call_queue *calls;
    struct tally *sessions;
    struct crowd *crowd;
    struct asana_client_options asana; /* of the start */
    unsigned workers;
    int port;
    int metrics_port;
    int *listen_fds; /* each taken by its worker; -1 then */
    int monitor_fd;  /* likewise, by the first */
    struct metrics *metrics;
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
    if (w->index != 0 || s->monitor_fd < 0)
        return true;
    if (!monitor_open(w->front, s->monitor_fd, err)) {
        front_stop(w);
        return false;
    }
    s->monitor_fd = -1;
    return true;
}

static void stop_front(void *ctx, struct worker *w)
{
    (void)ctx;
    monitor_close(w->front);
    front_stop(w);
}

static void server_free(struct server *s)
{
    for (unsigned i = 0; s->listen_fds && i < s->workers; i++)
        if (s->listen_fds[i] >= 0)
            close(s->listen_fds[i]);
    if (s->monitor_fd >= 0)
        close(s->monitor_fd);
    free(s->listen_fds);
    sem_destroy(&s->ready);
    gates_free(s->gates);
    keyring_free(s->keys);
    drain_free(s->drain);
    call_queue_free(s->calls);
    tally_free(s->sessions);
    crowd_free(s->crowd);
    edition_free(s->edition);
    metrics_free(s->metrics);
    free(s);
}

/* Until the workers know who is blocked, and what all nodes have in common, they would send
 * everybody away: so whoever connects waits, a moment as a rule. A store that cannot tell must not
 * keep us from saying so for long. */
static void wait_until_ready(struct server *s)
{
    const struct policy_options *policy = s->edition->options.policy;
    struct timespec until;
    unsigned missing = policy && policy->store ? s->workers : 0;
    missing += s->edition->options.redis ? s->workers + 1 : 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += READY_SECONDS;
    while (missing && sem_timedwait(&s->ready, &until) == 0)
        missing--;
    if (missing)
        LOG(LOG_WARN, "server.not_ready", LOG_INT("missing", missing),
            LOG_STR("why", "the store cannot be read"));
}

static void admit(void *ctx, struct worker *w)
{
    const struct front *f = w->front;
    (void)ctx;
    http_server_admit(f->http);
}

static void all_admit(void *ctx)
{
    (void)ctx;
}

static void on_keys(void *ctx)
{
    struct server *s = ctx;
    sem_post(&s->ready);
}

static bool open_sockets(struct server *s, struct server_options *o, struct err *err)
{
    int *fds = calloc(o->workers, sizeof(*fds));
    if (!fds)
        return err_set(err, ERR_MEMORY, "out of memory");
    if (!(o->listen_fd ? listen_share(o->listen_fd, o->workers, fds, err)
                       : listen_open(&o->listen, o->workers, fds, err))) {
        free(fds);
        return false;
    }
    s->listen_fds = fds;
    s->port = o->listen.port;
    if (*o->metrics_listen.host && !listen_open(&o->metrics_listen, 1, &s->monitor_fd, err))
        return false;
    s->metrics_port = o->metrics_listen.port;
    return true;
}

bool server_start(const struct server_options *options, struct server **out, struct err *err)
{
    struct server_options o = *options;
    struct server *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->workers = o.workers;
    s->asana = o.asana;
    sem_init(&s->ready, 0, 0);
    s->gates = gates_new();
    s->keys = keyring_new(o.redis != NULL, on_keys, s);
    s->drain = drain_new();
    s->calls = call_queue_new();
    s->sessions = tally_new();
    s->crowd = crowd_new();
    s->monitor_fd = -1;
    s->metrics = metrics_new(o.workers);
    if (!s->gates || !s->keys || !s->drain || !s->calls || !s->sessions || !s->crowd ||
        !s->metrics) {
        server_free(s);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    if (!open_sockets(s, &o, err) || !edition_new(&o, s->metrics, &s->edition, err)) {
        server_free(s);
        return false;
    }
    if (o.redis)
        gates_share(s->gates);
    s->node = o.redis && o.policy && o.policy->store ? roster_claim(o.policy->store)
                                                     : randombytes_random();
    process_note_start(s->metrics);
    s->front = (struct front_options){ .edition = s->edition,
                                       .drain = s->drain,
                                       .keys = s->keys,
                                       .calls = s->calls,
                                       .sessions = s->sessions,
                                       .crowd = s->crowd,
                                       .metrics = s->metrics,
                                       .ready = &s->ready };
    struct crew_options crew = {
        .workers = o.workers,
        .catalog = s->edition->catalog,
        .asana = &s->asana,
        .gates = s->gates,
        .seal = keyring_seal(s->keys),
        .metrics = s->metrics,
        .confirm = o.confirm,
        .trace = o.trace,
        .node = s->node,
        .redis = o.redis,
        .letters = keyring_letters(s->keys),
        .front = { .ctx = s, .start = start_front, .stop = stop_front },
    };
    if (!crew_start(&crew, &s->crew, err)) {
        server_free(s);
        return false;
    }
    wait_until_ready(s);
    if (!crew_each(s->crew, admit, all_admit, s)) {
        server_stop(s);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    *out = s;
    return true;
}

int server_port(const struct server *s)
{
    return s->port;
}

const char *server_url(const struct server *s)
{
    return s->edition->own_url;
}

int server_metrics_port(const struct server *s)
{
    return s->metrics_port;
}

/* A new edition on its way to the workers. */
struct renewal {
    struct crew *crew;
    struct edition *edition; /* held */
    bool tools_change;
};

static void adopt(void *ctx, struct worker *w)
{
    const struct renewal *r = ctx;
    front_adopt(w->front, r->edition);
}

static void end_renewal(void *ctx)
{
    struct renewal *r = ctx;
    if (r->tools_change)
        crew_announce(r->crew, HUB_TOOLS);
    edition_free(r->edition);
    free(r);
}

/* What is as it was at the start, whatever the new settings say. */
static void keep_fixed(const struct server_options *now, struct server_options *next)
{
    next->listen = now->listen;
    next->metrics_listen = now->metrics_listen;
    next->public_url = now->public_url;
    next->workers = now->workers;
    if (!now->tls != !next->tls)
        next->tls = now->tls;
    next->auth = now->auth;
    next->sandbox = now->sandbox;
    next->asana_token = now->asana_token;
    unsigned deadline_ms = next->asana.deadline_ms;
    next->asana = now->asana;
    next->asana.deadline_ms = deadline_ms;
}

bool server_renew(struct server *s, const struct server_options *options, struct err *err)
{
    struct server_options o = *options;
    const struct mcp_extras *extras = options->extras;
    struct renewal *r = calloc(1, sizeof(*r));
    keep_fixed(&s->edition->options, &o);
    if (!r || !edition_new(&o, s->metrics, &r->edition, err)) {
        if (extras && extras->release)
            extras->release(extras->release_ctx);
        if (!r)
            err_set(err, ERR_MEMORY, "out of memory");
        free(r);
        return false;
    }
    struct edition *before = s->edition;
    r->crew = s->crew;
    r->tools_change = !edition_same_tools(before, r->edition);
    struct edition *next = edition_hold(r->edition);
    if (!crew_each(s->crew, adopt, end_renewal, r)) {
        edition_free(r->edition);
        edition_free(next);
        free(r);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    s->edition = next;
    edition_free(before);
    return true;
}

bool server_turns(const struct server *s)
{
    for (unsigned i = 0; i < s->workers; i++)
        if (pulse_age_ms(&crew_worker(s->crew, i)->pulse) >= LIMIT_PULSE_STUCK_MS)
            return false;
    return true;
}

void server_drain(struct server *s, unsigned seconds)
{
    drain_run(s->drain, s->crew, seconds);
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    const struct policy_options *policy = s->edition->options.policy;
    crew_stop(s->crew);
    if (policy && policy->store)
        roster_leave(policy->store, s->node);
    server_free(s);
}
