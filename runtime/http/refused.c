#include "http/refused.h"

#include "base/limits.h"
#include "base/log.h"
#include "http/http_priv.h"
#include "metrics/metrics.h"

#include <stdio.h>

static const struct {
    unsigned status;
    enum metric_refusal reason;
} known[REFUSED_STATUSES] = {
    { 400, REFUSED_MALFORMED }, { 413, REFUSED_SIZE },      { 414, REFUSED_SIZE },
    { 431, REFUSED_SIZE },      { 505, REFUSED_MALFORMED },
};

static size_t place_of(unsigned status)
{
    size_t i = 0;
    while (i < REFUSED_STATUSES && known[i].status != status)
        i++;
    return i;
}

void http_refused_tell(struct http_refused *r)
{
    for (size_t i = 0; i < REFUSED_STATUSES; i++)
        if (r->untold[i]) {
            LOG(LOG_INFO, "http.refused", LOG_INT("status", known[i].status),
                LOG_INT("requests", r->untold[i]));
            r->untold[i] = 0;
        }
    r->lines = 0;
}

static void on_timer(uv_timer_t *timer)
{
    http_refused_tell(timer->data);
}

void http_refused_init(struct http_refused *r, uv_loop_t *loop)
{
    *r = (struct http_refused){ 0 };
    uv_timer_init(loop, &r->timer);
    r->timer.data = r;
}

bool http_refused_heard(struct http_refused *r, const char *text)
{
    unsigned status;
    if (sscanf(text, "Error processing request (HTTP response code is %3u", &status) != 1)
        return false;
    size_t i = place_of(status);
    metrics_count(METRIC_HTTP_REQUESTS, HTTP_OTHER, status / 100 - 2);
    if (i == REFUSED_STATUSES)
        return true;
    metrics_count(METRIC_REFUSALS, known[i].reason, 0);
    r->untold[i]++;
    if (!uv_is_active((uv_handle_t *)&r->timer))
        uv_timer_start(&r->timer, on_timer, LIMIT_REFUSED_WAIT_MS, 0);
    return true;
}

unsigned http_refused_ended(struct http_refused *r, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    unsigned status = info ? info->http_status : 0;
    size_t i = place_of(status);
    if (i == REFUSED_STATUSES || !r->untold[i] || r->lines == LIMIT_REFUSED_LINES)
        return status;
    char address[PEER_TEXT] = "";
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info)
        http_put_address(info->client_addr, address);
    LOG(LOG_INFO, "http.refused", LOG_INT("status", status), LOG_STR("address", address));
    r->untold[i]--;
    r->lines++;
    return status;
}
