#include "transport/access.h"

#include "base/log.h"
#include "base/trail.h"
#include "http/http.h"

static const char *transport_of(const char *path)
{
    if (strcmp(path, "/mcp") == 0)
        return "streamable";
    return strcmp(path, "/sse") == 0 || strcmp(path, "/sse/message") == 0 ? "sse" : "";
}

void access_log(const struct http_end *end)
{
    const struct trail *t = trail_request(trail_current);
    LOG(LOG_INFO, "http.access", LOG_STR("method", end->method), LOG_STR("path", end->path),
        LOG_INT("status", end->status), LOG_INT("bytes", (int64_t)end->bytes),
        LOG_INT("ms", (int64_t)end->ms), LOG_STR("address", http_peer(end->x)),
        LOG_STR("client", t ? t->client_name : ""), LOG_STR("transport", transport_of(end->path)));
}
