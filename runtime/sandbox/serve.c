#include "base/clock.h"
#include "base/limits.h"
#include "http/http.h"
#include "sandbox/attachments.h"
#include "sandbox/blocked.h"
#include "sandbox/lag.h"
#include "sandbox/routes.h"
#include "sandbox/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_MAX 200
/* One answer. */
#define BODY_MAX (32u << 20)
#define HEADERS_MAX 12
/* libmicrohttpd keeps the request line and an index of its parts; the rest is for the headers. */
#define CONNECTION_MEMORY (4u * LIMIT_ASANA_URL)

static const char base_path[] = "/api/1.0";
static const char files_path[] = "/files/";
static const char control_path[] = "/sandbox/control";
static const char json_type[] = "application/json; charset=UTF-8";

/* What a request is answered with: worked out at once, sent when the delay is over. */
struct sb_answer {
    struct http_exchange *exchange;
    struct sb_place place;
    struct buf body;
    unsigned status;
    enum sb_cut cut;
    struct http_header headers[HEADERS_MAX + 1]; /* the values are copies of ours */
    size_t header_count;
    uv_timer_t timer;
    struct sb_answer *next, *prev; /* while it waits */
};

/* name is borrowed. A NULL adds nothing. */
static void add_header(struct sb_answer *a, const char *name, const char *value)
{
    char *copy = value && a->header_count < HEADERS_MAX ? strdup(value) : NULL;
    if (copy)
        a->headers[a->header_count++] = (struct http_header){ name, copy };
}

static void send_answer(struct sb_answer *a)
{
    sb_rate_leave(&a->place);
    if (a->cut == SB_CUT_NOT)
        http_reply(a->exchange, a->status, a->headers, &a->body);
    else
        http_break(a->exchange, a->cut == SB_CUT_MIDDLE ? a->status : 0, a->headers, &a->body);
    for (size_t i = 0; i < a->header_count; i++)
        free((char *)a->headers[i].value);
    buf_done(&a->body);
}

static void on_timer_closed(uv_handle_t *timer)
{
    free(timer->data);
}

static void send_waiting(struct sandbox *s, struct sb_answer *a)
{
    if (a->prev)
        a->prev->next = a->next;
    else
        s->answers = a->next;
    if (a->next)
        a->next->prev = a->prev;
    s->traffic.waiting--;
    send_answer(a);
    uv_close((uv_handle_t *)&a->timer, on_timer_closed);
}

static void on_time(uv_timer_t *timer)
{
    send_waiting(timer->loop->data, timer->data);
}

static void send_later(struct sandbox *s, struct sb_answer *a)
{
    if (!s->control.delay_ms) {
        send_answer(a);
        free(a);
        return;
    }
    uv_timer_init(&s->loop, &a->timer);
    a->timer.data = a;
    a->next = s->answers;
    if (a->next)
        a->next->prev = a;
    s->answers = a;
    s->traffic.waiting++;
    /* The loop's idea of now may be older than the request. */
    uv_update_time(&s->loop);
    uv_timer_start(&a->timer, on_time, s->control.delay_ms, 0);
}

struct query {
    struct arena *arena;
    struct form_field params[QUERY_MAX];
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
    q->params[q->count++] = (struct form_field){ name, value ? value : "" };
    return true;
}

static void answer_file(struct sandbox *s, struct sb_answer *a, const char *gid)
{
    struct arena *arena = arena_pool_take(s->arenas);
    a->status = arena ? sb_file_content(s, gid, http_query(a->exchange, "until"), &a->body) : 503;
    arena_pool_put(s->arenas, arena);
    add_header(a, "Content-Type", "text/plain; charset=UTF-8");
    if (a->status != 200)
        buf_str(&a->body, a->status == 403 ? "The link has expired.\n" : "No such file.\n");
}

static void answer_api(struct sandbox *s, struct sb_answer *a, const char *path)
{
    struct http_exchange *x = a->exchange;
    struct query query = { .arena = arena_pool_take(s->arenas) };
    const char *location = NULL;
    add_header(a, "Content-Type", json_type);
    if (!query.arena) {
        a->status = 503;
        sb_errors_write(&a->body, a->status, "The sandbox is out of memory");
        return;
    }
    http_query_each(x, add_param, &query);
    const struct sb_request request = { .method = http_method_name(x),
                                        .path = path,
                                        .query = query.params,
                                        .query_count = query.count,
                                        .body = http_body(x),
                                        .content_type = http_header(x, "Content-Type"),
                                        .authorization = http_header(x, "Authorization") };
    a->status = 400;
    if (query.full)
        sb_errors_write(&a->body, a->status, "Too many query parameters");
    else
        a->status = sb_handle(s, &request, query.arena, &a->body, &location);
    add_header(a, "Location", location);
    arena_pool_put(s->arenas, query.arena);
}

static void answer_oauth(struct sandbox *s, struct sb_answer *a)
{
    struct http_exchange *x = a->exchange;
    struct query query = { .arena = arena_pool_take(s->arenas) };
    if (query.arena)
        http_query_each(x, add_param, &query);
    if (!query.arena || query.full) {
        a->status = query.arena ? 400 : 503;
        arena_pool_put(s->arenas, query.arena);
        return;
    }
    const struct sb_oauth_request request = { .method = http_method(x),
                                              .path = http_path(x),
                                              .query = query.params,
                                              .query_count = query.count,
                                              .body = http_body(x),
                                              .content_type = http_header(x, "Content-Type"),
                                              .authorization = http_header(x, "Authorization"),
                                              .cookie = http_header(x, "Cookie") };
    struct sb_oauth_answer out = { .body = &a->body };
    sb_oauth_handle(s, &request, query.arena, &out);
    a->status = out.status;
    for (size_t i = 0; i < out.header_count; i++)
        add_header(a, out.headers[i].name, out.headers[i].value);
    arena_pool_put(s->arenas, query.arena);
}

static void answer_fault(struct sb_answer *a, const struct sb_fault *fault)
{
    a->status = fault->status;
    char seconds[16];
    snprintf(seconds, sizeof(seconds), "%d", fault->retry_after);
    add_header(a, "Retry-After", fault->retry_after >= 0 ? seconds : NULL);
    const char *usual = fault->body ? "text/html; charset=UTF-8" : json_type;
    add_header(a, "Content-Type", fault->type ? fault->type : usual);
    if (fault->body)
        buf_str(&a->body, fault->body);
    else if (a->status != 204 && a->status != 304)
        sb_errors_write(&a->body, a->status, "The sandbox was told to refuse this request");
}

/* Limits, then faults, then the request itself. */
static void answer(struct sandbox *s, struct sb_answer *a)
{
    struct http_exchange *x = a->exchange;
    const char *full = http_path(x);
    size_t base = sizeof(base_path) - 1;
    bool api = strncmp(full, base_path, base) == 0;
    const char *path = api ? full + base : full;
    const char *end = strrchr(path, '/');
    bool oauth = sb_oauth_has(full);
    const struct sb_rate_ask ask = {
        .authorization = oauth && !api ? NULL : http_header(x, "Authorization"),
        .write = http_method(x) != HTTP_GET && http_method(x) != HTTP_HEAD,
        .search = end && strcmp(end, "/search") == 0,
        .busy_ms = s->control.delay_ms,
    };
    struct sb_fault fault = { 0 };
    unsigned wait = sb_rate_enter(&s->rate, &ask, clock_ms(), &a->place);
    if (wait) {
        char seconds[16];
        snprintf(seconds, sizeof(seconds), "%u", wait);
        a->status = 429;
        add_header(a, "Content-Type", json_type);
        add_header(a, "Retry-After", seconds);
        sb_errors_write(&a->body, a->status, "You have made too many requests recently");
        return;
    }
    bool meets = sb_faults_meet(&s->control.faults, http_method_name(x), path, &fault);
    if (meets && fault.status)
        answer_fault(a, &fault);
    else if (oauth)
        answer_oauth(s, a);
    else if (strncmp(full, files_path, sizeof(files_path) - 1) == 0)
        answer_file(s, a, full + sizeof(files_path) - 1);
    else
        answer_api(s, a, api ? path : "");
    a->cut = fault.cut;
}

/* Workspaces that do not exist can't be blocked: most likely the gid is mistyped. */
static bool known_workspaces(struct sandbox *s, const struct sb_control *control, struct err *err)
{
    for (size_t i = 0; i < control->blocked_count; i++)
        if (!sb_int(s->db, "SELECT 1 FROM workspace WHERE gid = ?1", "i", control->blocked[i]))
            return err_set(err, ERR_ARGS, "blocked_workspaces: no workspace has the gid %lld",
                           (long long)control->blocked[i]);
    return true;
}

static bool set_control(struct sandbox *s, struct slice body, struct err *err)
{
    struct sb_control control = { 0 };
    if ((body.len && !sb_control_read(&control, body, err)) ||
        !known_workspaces(s, &control, err)) {
        sb_control_done(&control);
        return false;
    }
    while (s->answers)
        send_waiting(s, s->answers);
    sb_control_done(&s->control);
    s->control = control;
    s->traffic.requests = 0;
    sb_rate_set(&s->rate, &control.limits);
    if (control.oauth.expire)
        sb_oauth_expire(s->db, sb_now(s));
    s->control.oauth.expire = false;
    if (!sb_block(s->db, control.blocked, control.blocked_count) ||
        !sb_lag_set(s->db, control.search_lag_ms))
        return err_set(err, ERR_IO, "%s", sqlite3_errmsg(sb_db_handle(s->db)));
    return true;
}

static void on_control(struct sandbox *s, struct http_exchange *x)
{
    static const struct http_header json[] = { { "Content-Type", json_type }, { NULL, NULL } };
    static const struct http_header allow[] = { { "Allow", "GET, PUT, DELETE" }, { NULL, NULL } };
    struct err err = { 0 };
    unsigned status = 200;
    BUF_AUTO out;
    buf_init(&out, BODY_MAX);
    if (http_method(x) == HTTP_PUT && http_body(x).len == 0)
        err_set(&err, ERR_ARGS, "expected a JSON object");
    else if (http_method(x) == HTTP_PUT)
        set_control(s, http_body(x), &err);
    else if (http_method(x) == HTTP_DELETE)
        set_control(s, (struct slice){ 0 }, &err);
    else if (http_method(x) != HTTP_GET) {
        http_reply_text(x, 405, allow, "only GET, PUT and DELETE");
        return;
    }
    if (err.kind) {
        status = err.kind == ERR_IO || err.kind == ERR_MEMORY ? 500 : 400;
        sb_errors_write(&out, status, err.text);
    } else {
        sb_control_write(&out, &s->control, &s->traffic);
    }
    http_reply(x, status, json, &out);
}

static void on_request(void *ctx, struct http_exchange *x)
{
    struct sandbox *s = ctx;
    if (strcmp(http_path(x), control_path) == 0) {
        on_control(s, x);
        return;
    }
    struct sb_answer *a = calloc(1, sizeof(*a));
    if (!a) {
        http_reply_text(x, 503, NULL, "out of memory");
        return;
    }
    a->exchange = x;
    buf_init(&a->body, BODY_MAX);
    s->traffic.requests++;
    answer(s, a);
    send_later(s, a);
}

bool sb_serve(struct sandbox *s, int fd, struct err *err)
{
    const struct http_options options = { .listen_fd = fd,
                                          .body_max = LIMIT_HTTP_BODY,
                                          .connections_max = 1000,
                                          .idle_seconds = LIMIT_HTTP_IDLE_SECONDS,
                                          .connection_memory = CONNECTION_MEMORY };
    const struct http_app app = { .ctx = s, .on_request = on_request };
    s->loop.data = s;
    return http_server_new(&s->loop, &options, &app, &s->server, err);
}

void sb_serve_stop(struct sandbox *s)
{
    while (s->answers)
        send_waiting(s, s->answers);
    http_server_free(s->server);
    s->server = NULL;
}
