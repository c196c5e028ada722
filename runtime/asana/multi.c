#include "asana/multi.h"

#include "asana/curlinit.h"

static void on_handle_closed(uv_handle_t *handle)
{
    struct multi *m = handle->data;
    if (--m->handles == 0)
        m->closed(m->ctx);
}

void multi_rest(struct multi *m)
{
    sockets_leave_others(&m->sockets);
    if (m->curl)
        curl_multi_cleanup(m->curl); /* closes the connections */
    m->curl = NULL;
    uv_timer_stop(&m->timer);
}

static void multi_close(struct multi *m)
{
    multi_rest(m);
    sockets_done(&m->sockets);
    uv_close((uv_handle_t *)&m->timer, on_handle_closed);
    uv_close((uv_handle_t *)&m->check, on_handle_closed);
}

static void deliver(struct multi *m)
{
    CURLMsg *msg;
    int left;
    m->delivering = true;
    while (!m->doomed && (msg = curl_multi_info_read(m->curl, &left)))
        m->ended(m->ctx, msg->easy_handle, msg->data.result);
    m->delivering = false;
    if (m->doomed)
        multi_close(m);
}

static void on_ready(void *ctx, curl_socket_t fd, int flags)
{
    struct multi *m = ctx;
    int running;
    curl_multi_socket_action(m->curl, fd, flags, &running);
}

/* What ends is handed out when all descriptors have been read: the code that reads an answer and
 * the code that makes something of it do not fit into a processor's first cache together, and so
 * drive each other out of it once in a turn instead of once for each answer. */
static void on_all_read(uv_check_t *check)
{
    struct multi *m = check->data;
    if (m->curl)
        deliver(m); /* m may be gone after this */
}

/* libcurl says what it waits for on a descriptor. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
    struct multi *m = ctx;
    (void)easy, (void)socket_ctx;
    return sockets_want(&m->sockets, fd, what);
}

static void on_timer(uv_timer_t *timer)
{
    struct multi *m = timer->data;
    on_ready(m, CURL_SOCKET_TIMEOUT, 0);
    deliver(m); /* the loop may wait before the end of this turn; m may be gone */
}

/* libcurl says when it wants to be called without anything having happened on a descriptor. */
static int on_timeout_wanted(CURLM *curl, long ms, void *ctx)
{
    struct multi *m = ctx;
    (void)curl;
    if (ms < 0)
        return uv_timer_stop(&m->timer);
    /* The loop's time stands still during a turn and is cut to whole milliseconds: without both
     * corrections the timer could be early, and libcurl would find nothing to do. */
    uv_update_time(m->timer.loop);
    return uv_timer_start(&m->timer, on_timer, ms ? (uint64_t)ms + 1 : 0, 0) < 0 ? -1 : 0;
}

void multi_init(struct multi *m, uv_loop_t *loop, long connections, long keep,
                multi_ended_fn *ended, void *ctx)
{
    *m = (struct multi){ .connections = connections, .keep = keep, .ended = ended, .ctx = ctx };
    sockets_init(&m->sockets, loop, on_ready, m);
    uv_timer_init(loop, &m->timer); /* cannot fail */
    uv_check_init(loop, &m->check);
    m->timer.data = m->check.data = m;
    m->handles = 2;
    uv_check_start(&m->check, on_all_read);
    uv_unref((uv_handle_t *)&m->check); /* descriptors and timer keep the loop alive */
}

bool multi_ready(struct multi *m, struct err *err)
{
    if (m->curl)
        return true;
    if (!curlinit(err))
        return false;
    CURLM *curl = curl_multi_init();
    if (!curl || curl_multi_setopt(curl, CURLMOPT_SOCKETFUNCTION, on_socket) != CURLM_OK ||
        curl_multi_setopt(curl, CURLMOPT_SOCKETDATA, m) != CURLM_OK ||
        curl_multi_setopt(curl, CURLMOPT_TIMERFUNCTION, on_timeout_wanted) != CURLM_OK ||
        curl_multi_setopt(curl, CURLMOPT_TIMERDATA, m) != CURLM_OK ||
        curl_multi_setopt(curl, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) != CURLM_OK ||
        curl_multi_setopt(curl, CURLMOPT_MAX_TOTAL_CONNECTIONS, m->connections) != CURLM_OK ||
        curl_multi_setopt(curl, CURLMOPT_MAXCONNECTS, m->keep) != CURLM_OK) {
        curl_multi_cleanup(curl);
        return err_set(err, ERR_MEMORY, "libcurl cannot make a multi handle");
    }
    m->curl = curl;
    return true;
}

void multi_done(struct multi *m, void (*closed)(void *ctx))
{
    m->closed = closed;
    m->doomed = true;
    if (!m->delivering) /* else deliver() does, when the callback has returned */
        multi_close(m);
}
