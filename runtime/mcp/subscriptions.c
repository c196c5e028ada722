#include "mcp/work.h"

#include "mcp/hub.h"
#include "mcp/modern.h"

/* subscriptions/listen: the answer stays open, and what changes is told through the line. */

static const struct {
    const char *name; /* in the filter */
    enum hub_list list;
} filters[] = {
    { "toolsListChanged", HUB_TOOLS },
    { "promptsListChanged", HUB_PROMPTS },
    { "resourcesListChanged", HUB_RESOURCES },
};

static void deliver(void *ctx, struct slice notification)
{
    struct mcp_work *w = ctx;
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_slice_put(&b, notification);
    work_tell(w, &b);
}

static void put_subscription(struct buf *b, const struct mcp_work *w)
{
    buf_str(b, "\"" META_SUBSCRIPTION_ID "\":");
    buf_slice_put(b, w->message.id);
}

static unsigned read_lists(const cJSON *filter)
{
    unsigned lists = 0;
    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
        if (cJSON_IsTrue(json_get(filter, filters[i].name)))
            lists |= filters[i].list;
    return lists;
}

/* Of what cannot be watched nothing is told; the acknowledgement says so by its silence. */
static void watch(struct mcp_work *w, const cJSON *uris)
{
    const cJSON *uri;
    cJSON_ArrayForEach (uri, uris)
        if (cJSON_IsString(uri))
            hub_watch(w->listener, uri->valuestring, w->caller, (struct slice){ 0 }, NULL);
}

static void put_watched(struct buf *b, const struct mcp_work *w, const cJSON *uris)
{
    bool first = true;
    const cJSON *uri;
    buf_char(b, '[');
    cJSON_ArrayForEach (uri, uris) {
        if (!cJSON_IsString(uri) || !hub_watches(w->listener, uri->valuestring))
            continue;
        if (!first)
            buf_char(b, ',');
        buf_json_string(b, slice_of(uri->valuestring));
        first = false;
    }
    buf_char(b, ']');
}

/* The first message of the subscription: what of the filter is honoured. From now on the client
 * takes itself to hear of every change, so it waits until that is true. */
static void acknowledge(void *ctx)
{
    struct mcp_work *w = ctx;
    const cJSON *filter = json_get(w->message.params, "notifications");
    const cJSON *uris = json_get(filter, "resourceSubscriptions");
    unsigned lists = read_lists(filter);
    bool first = true;
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    buf_str(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\","
                "\"params\":{\"_meta\":{");
    put_subscription(&b, w);
    buf_str(&b, "},\"notifications\":{");
    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
        if (!(lists & filters[i].list))
            continue;
        if (!first)
            buf_char(&b, ',');
        buf_json_string(&b, slice_of(filters[i].name));
        buf_str(&b, ":true");
        first = false;
    }
    if (cJSON_IsArray(uris)) {
        buf_str(&b, first ? "\"resourceSubscriptions\":" : ",\"resourceSubscriptions\":");
        put_watched(&b, w, uris);
    }
    buf_str(&b, "}}}");
    work_tell(w, &b);
}

bool run_listen(struct mcp_work *w)
{
    const cJSON *filter = json_get(w->message.params, "notifications");
    const cJSON *uris = json_get(filter, "resourceSubscriptions");
    if (!cJSON_IsObject(filter))
        return work_give_error(w, RPC_INVALID_PARAMS,
                               "subscriptions/listen needs params.notifications, an object that "
                               "says what to tell");
    if (!w->line.send)
        return work_give_error(w, RPC_INVALID_REQUEST,
                               "subscriptions/listen is answered by a stream: the Accept header "
                               "must allow text/event-stream");
    w->listener = hub_join(w->env->hub, read_lists(filter), w->message.id, deliver, w);
    if (!w->listener)
        return work_give_error(w, RPC_INTERNAL_ERROR, "out of memory");
    if (cJSON_IsArray(uris))
        watch(w, uris);
    hub_when_ready(w->listener, acknowledge);
    return true;
}

bool work_end_listen(struct mcp_work *w)
{
    BUF_AUTO meta = { .max = MESSAGE_MAX };
    put_subscription(&meta, w);
    struct buf b;
    buf_init(&b, MESSAGE_MAX);
    rpc_result_begin(&b, w->message.id);
    buf_char(&b, '{');
    mcp_end_result(&b, w->peer.revision, "complete", MCP_CACHE_NONE, buf_slice(&meta));
    rpc_result_end(&b);
    work_give(w, &b, 0, NULL);
    return true;
}
