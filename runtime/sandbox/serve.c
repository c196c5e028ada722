#include "base/limits.h"
#include "sandbox/attachments.h"
#include "sandbox/routes.h"
#include "sandbox/state.h"
#include "transport/http.h"

#include <string.h>

#define QUERY_MAX 200
/* One answer. */
#define BODY_MAX (32u << 20)

static const char base_path[] = "/api/1.0";
static const char files_path[] = "/files/";

struct query {
    struct arena *arena;
    struct sb_param params[QUERY_MAX];
    size_t count;
    bool full;
};

static bool add_param(void *ctx, const char *name, const char *value)
{
    struct query *q = ctx;
    if (q->count == QUERY_MAX) {
        q->full = true;
        return false;
    }
    q->params[q->count++] = (struct sb_param){ name, value ? value : "" };
    return true;
}

static void send_file(struct sandbox *s, struct http_exchange *x, const char *gid)
{
    static const struct http_header text[] = { { "Content-Type", "text/plain; charset=UTF-8" },
                                               { NULL, NULL } };
    struct arena *arena = arena_pool_take(s->arenas);
    BUF_AUTO body;
    buf_init(&body, BODY_MAX);
    unsigned status = arena ? sb_file_content(s, gid, http_query(x, "until"), arena, &body) : 503;
    arena_pool_put(s->arenas, arena);
    if (status == 200)
        http_reply(x, status, text, &body);
    else
        http_reply_text(x, status, NULL,
                        status == 403 ? "The link has expired.\n" : "No such file.\n");
}

static void on_request(void *ctx, struct http_exchange *x)
{
    static const struct http_header json[] = {
        { "Content-Type", "application/json; charset=UTF-8" }, { NULL, NULL }
    };
    struct sandbox *s = ctx;
    if (strncmp(http_path(x), files_path, sizeof(files_path) - 1) == 0) {
        send_file(s, x, http_path(x) + sizeof(files_path) - 1);
        return;
    }
    struct query query = { .arena = arena_pool_take(s->arenas) };
    if (!query.arena) {
        http_reply_text(x, 503, NULL, "out of memory\n");
        return;
    }
    http_query_each(x, add_param, &query);
    const char *path = http_path(x);
    size_t base = sizeof(base_path) - 1;
    bool known = strncmp(path, base_path, base) == 0;
    const struct sb_request request = { .method = http_method_name(x),
                                        .path = known ? path + base : "",
                                        .query = query.params,
                                        .query_count = query.count,
                                        .body = http_body(x),
                                        .authorization = http_header(x, "Authorization") };
    BUF_AUTO body;
    buf_init(&body, BODY_MAX);
    unsigned status = 400;
    if (query.full)
        buf_str(&body, "{\"errors\":[{\"message\":\"Too many query parameters\"}]}");
    else
        status = sb_handle(s, &request, query.arena, &body);
    arena_pool_put(s->arenas, query.arena);
    http_reply(x, status, json, &body);
}

bool sb_serve(struct sandbox *s, int fd, struct err *err)
{
    const struct http_options options = { .listen_fd = fd,
                                          .body_max = LIMIT_HTTP_BODY,
                                          .connections_max = 1000,
                                          .idle_seconds = LIMIT_HTTP_IDLE_SECONDS };
    const struct http_app app = { .ctx = s, .on_request = on_request };
    return http_server_new(&s->loop, &options, &app, &s->server, err);
}
