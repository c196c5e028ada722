#include "http/http_priv.h"

#include "base/clock.h"
#include "base/trail.h"

#include <string.h>

/* A proxy of ours has written the id into its own log, so ours shall say the same. Of anybody else
 * it would be a way to write into our log what stands in another's. */
static const char *given_id(const struct http_exchange *x)
{
    char nearest[PEER_TEXT];
    const char *id;
    if (!x->server->trusted_proxies || !http_header_one(x, "X-Request-Id", &id) || !id ||
        !trail_id_ok(id))
        return NULL;
    http_nearest(x, nearest);
    return peer_is_among(nearest, x->server->trusted_proxies) ? id : NULL;
}

void http_trail_begin(struct http_exchange *x)
{
    if (!x->server->trails)
        return;
    x->began_ms = clock_ms();
    x->trail = trail_new(given_id(x));
    if (x->trail)
        memcpy(x->trail->address, http_peer(x), PEER_TEXT);
}

void http_trail_end(struct http_exchange *x)
{
    const struct http_app *app = &x->server->app;
    if (app->on_end)
        app->on_end(app->ctx, &(struct http_end){ .method = x->method_name,
                                                  .path = x->path,
                                                  .status = x->status,
                                                  .bytes = x->sent,
                                                  .ms = clock_ms() - x->began_ms,
                                                  .streamed = x->stream != NULL });
    trail_drop(x->trail);
}
