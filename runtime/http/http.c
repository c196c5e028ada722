#include "http/http_priv.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/listen.h"
#include "metrics/metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often libmicrohttpd runs at most when the server ends, for answers that take several writes.
 */
#define LAST_TURNS 64
/* While a TLS handshake waits for its client libmicrohttpd wants to run all the time: it takes the
 * connection for readable until the handshake is over. What really happens wakes the loop. */
#define HANDSHAKE_MS 2
/* Between two lines of the log about too many connections. */
#define CROWDED_PAUSE_MS 10000

static void on_spin(uv_idle_t *handle)
{
    (void)handle;
}

void http_due(struct http_server *s)
{
    if (s->due)
        return;
    s->due = true;
    uv_idle_start(&s->spin, on_spin);
}

static void on_due(uv_timer_t *timer)
{
    http_due(timer->data);
}

static void on_epoll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    http_due(poll->data);
}

/* Runs libmicrohttpd, and says when to do so again. */
static void run(struct http_server *s)
{
    s->due = false;
    MHD_run(s->daemon);
    MHD_UNSIGNED_LONG_LONG wait_ms;
    bool wants = MHD_get_timeout(s->daemon, &wait_ms) == MHD_YES;
    if (s->due || (wants && wait_ms == 0 && !(s->tls && s->fresh))) {
        s->due = false;
        http_due(s); /* again in the next turn; other handles get theirs in between */
        return;
    }
    uv_idle_stop(&s->spin);
    if (wants && wait_ms == 0)
        wait_ms = HANDSHAKE_MS;
    if (wants)
        uv_timer_start(&s->timer, on_due, wait_ms, 0);
    else
        uv_timer_stop(&s->timer);
}

/* What the turn has logged is written before its answers go out; the next turn's lines are gathered
 * from here on. */
static void run_if_due(uv_prepare_t *prepare)
{
    struct http_server *s = prepare->data;
    log_flush();
    if (s->due)
        run(s);
    log_gather();
}

void http_resume(struct http_server *s, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    http_due(s);
}

static struct http_link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* A handshake asks what to show; it holds it until the connection ends. */
static int on_certificate(gnutls_session_t session, const gnutls_datum_t *wanted, int wanted_count,
                          const gnutls_pk_algorithm_t *algorithms, int algorithms_count,
                          gnutls_pcert_st **chain, unsigned *length, gnutls_privkey_t *key)
{
    (void)wanted, (void)wanted_count, (void)algorithms, (void)algorithms_count;
    struct http_link *link = link_of(gnutls_session_get_ptr(session));
    if (!link)
        return -1;
    if (!link->tls)
        link->tls = tls_hold(link->server->tls);
    tls_show(link->tls, chain, length, key);
    return 0;
}

/* libmicrohttpd's question whether to accept; NO closes the connection. */
static enum MHD_Result on_arrival(void *cls, const struct sockaddr *from, socklen_t len)
{
    struct http_server *s = cls;
    (void)len;
    if (!s->crowd || crowd_admits(s->crowd, &s->crowd_limits, crowd_key(from, s->trusted_proxies)))
        return MHD_YES;
    return MHD_NO;
}

/* Once in a while the operator hears of it. */
static void tell_crowded(struct http_server *s, enum crowd_room room, const struct sockaddr *from)
{
    char address[PEER_TEXT] = "";
    uint64_t now = clock_ms();
    if (s->crowded_ms && now - s->crowded_ms < CROWDED_PAUSE_MS)
        return;
    s->crowded_ms = now;
    http_put_address(from, address);
    LOG(LOG_WARN, "connections.full",
        LOG_STR("ceiling", room == CROWD_FULL ? "max-connections" : "max-connections-per-address"),
        LOG_STR("address", address));
}

static void count_in(struct http_server *s, struct http_link *link,
                     struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info ? info->client_addr : NULL;
    link->key = crowd_key(from, s->trusted_proxies);
    link->room = crowd_enter(s->crowd, &s->crowd_limits, link->key);
    if (link->room != CROWD_ROOM)
        tell_crowded(s, link->room, from);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)connection;
    struct http_server *s = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct http_link *link = calloc(1, sizeof(*link));
        *slot = link;
        s->connections++;
        metrics_add(METRIC_CONNECTIONS, 0, 0, 1);
        if (!link)
            return; /* it counts as used */
        *link = (struct http_link){ .server = s, .fresh = true };
        s->fresh++;
        if (s->crowd)
            count_in(s, link, connection);
        if (s->idle_seconds > LIMIT_HTTP_FIRST_SECONDS)
            MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT,
                                      LIMIT_HTTP_FIRST_SECONDS);
    } else {
        struct http_link *link = *slot;
        s->connections--;
        metrics_add(METRIC_CONNECTIONS, 0, 0, -1);
        if (link && link->fresh)
            s->fresh--;
        if (link && s->crowd)
            crowd_leave(s->crowd, link->key);
        if (link)
            tls_free(link->tls);
        free(link);
    }
}

enum crowd_room http_link_used(struct MHD_Connection *connection)
{
    struct http_link *link = link_of(connection);
    if (link && link->fresh) {
        MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT,
                                  link->server->idle_seconds);
        link->fresh = false;
        link->server->fresh--;
    }
    return link ? link->room : CROWD_ROOM;
}

static void on_mhd_log(void *cls, const char *fmt, va_list ap)
{
    struct http_server *s = cls;
    char text[256];
    vsnprintf(text, sizeof(text), fmt, ap);
    text[strcspn(text, "\n")] = '\0';
    if (http_refused_heard(&s->refused, text))
        return;
    LOG(LOG_DEBUG, "http.library", LOG_STR("text", text));
}

/* With this, libmicrohttpd tells the end of a request that it refuses itself, too. */
static void *on_first_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
    (void)cls, (void)uri, (void)connection;
    return NULL;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct http_server *s = handle->data;
    if (--s->handles)
        return;
    tls_free(s->tls);
    free(s);
}

bool http_server_new(uv_loop_t *loop, const struct http_options *o, const struct http_app *app,
                     struct http_server **out, struct err *err)
{
    struct http_server *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->app = *app;
    s->body_max = o->body_max;
    s->idle_seconds = o->idle_seconds;
    s->trusted_proxies = o->trusted_proxies;
    s->trails = o->trails;
    s->tls = o->tls ? tls_hold(o->tls) : NULL;
    s->crowd = o->crowd;
    s->crowd_limits = o->crowd_limits;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(intptr_t)on_certificate },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES },
        { MHD_OPTION_END, 0, NULL },
    };
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (s->tls ? MHD_USE_TLS : 0),
        0, on_arrival, s, http_on_access, s, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, s,
        MHD_OPTION_URI_LOG_CALLBACK, on_first_line, NULL, MHD_OPTION_LISTEN_SOCKET, o->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, o->connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
        o->idle_seconds, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        o->connection_memory ? o->connection_memory : (size_t)LIMIT_HTTP_CONNECTION,
        MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, s, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, s, MHD_OPTION_ARRAY, s->tls ? tls : tls + 2, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || uv_poll_init(loop, &s->epoll, info->epoll_fd) != 0) {
        if (s->daemon)
            MHD_stop_daemon(s->daemon);
        tls_free(s->tls);
        free(s);
        return err_set(err, ERR_IO, "the HTTP server could not be started");
    }
    uv_prepare_init(loop, &s->prepare);
    uv_idle_init(loop, &s->spin);
    uv_timer_init(loop, &s->timer);
    http_refused_init(&s->refused, loop);
    s->epoll.data = s->prepare.data = s->spin.data = s->timer.data = s;
    s->handles = 5;
    if (!o->held)
        http_server_admit(s);
    *out = s;
    return true;
}

void http_server_admit(struct http_server *s)
{
    if (uv_is_active((uv_handle_t *)&s->prepare))
        return;
    uv_poll_start(&s->epoll, UV_READABLE, on_epoll);
    uv_prepare_start(&s->prepare, run_if_due);
    http_due(s);
}

void http_server_leave(struct http_server *s)
{
    s->leaving = true;
}

/* Closing a listening socket resets what waits in its queue, so that is emptied first. */
void http_server_quiesce(struct http_server *s)
{
    MHD_socket fd = MHD_quiesce_daemon(s->daemon);
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    int waiting;
    if (fd == MHD_INVALID_SOCKET)
        return;
    for (int i = 0; i < LISTEN_BACKLOG && (waiting = accept4(fd, (struct sockaddr *)&from, &len,
                                                             SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;
         i++) {
        MHD_add_connection(s->daemon, waiting, (struct sockaddr *)&from, len);
        len = sizeof(from);
    }
    close(fd);
    http_due(s);
}

void http_server_certify(struct http_server *s, struct tls *tls)
{
    struct tls *before = s->tls;
    s->tls = tls_hold(tls);
    tls_free(before);
}

void http_server_limit(struct http_server *s, const struct crowd_limits *limits)
{
    s->crowd_limits = *limits;
}

unsigned http_server_fresh(const struct http_server *s)
{
    return s->fresh;
}

void http_server_trust(struct http_server *s, const char *const *trusted_proxies)
{
    s->trusted_proxies = trusted_proxies;
}

unsigned http_server_unsent(const struct http_server *s)
{
    return s->unsent;
}

unsigned http_server_connections(const struct http_server *s)
{
    return s->connections;
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    log_flush(); /* nobody else may do it from now on */
    s->stopping = true;
    while (!LIST_EMPTY(&s->exchanges))
        http_reply_text(LIST_FIRST(&s->exchanges), 503, NULL, "the server is stopping");
    struct http_stream *stream;
    LIST_FOREACH (stream, &s->streams, link)
        http_stream_close(stream);
    /* Resumes what was suspended and sends what goes out without waiting. */
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    for (int turn = 0; turn < LAST_TURNS && wait_ms == 0; turn++) {
        MHD_run(s->daemon);
        if (MHD_get_timeout(s->daemon, &wait_ms) != MHD_YES)
            break;
    }
    LIST_FOREACH (stream, &s->streams, link)
        http_stream_break(stream, HTTP_STREAM_SERVER);
    uv_close((uv_handle_t *)&s->epoll, on_handle_closed); /* before its descriptor is closed */
    MHD_stop_daemon(s->daemon);
    uv_close((uv_handle_t *)&s->prepare, on_handle_closed);
    uv_close((uv_handle_t *)&s->spin, on_handle_closed);
    uv_close((uv_handle_t *)&s->timer, on_handle_closed);
    http_refused_tell(&s->refused);
    s->refused.timer.data = s;
    uv_close((uv_handle_t *)&s->refused.timer, on_handle_closed);
}
