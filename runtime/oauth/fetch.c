#include "oauth/fetch.h"

#include "asana/multi.h"
#include "base/trail.h"
#include "base/uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#define CONNECTIONS 32
#define SECRETS_ROOM 8192

struct fetcher {
    struct multi multi;
    struct fetcher_options options;
    LIST_HEAD(, fetch) running;
};

struct fetch {
    struct fetcher *fetcher;
    CURL *easy;
    fetch_done_fn *done;
    void *ctx;
    enum fetch_trust trust;
    bool may_be_private; /* the operator named this host and port */
    bool was_private;    /* and an address was refused */
    bool too_large;
    char *request_body;
    size_t request_len;
    struct curl_slist *headers;
    struct buf body;
    struct span *span; /* NULL: not recorded */
    char content_type[100];
    int64_t fresh_seconds;
    char detail[CURL_ERROR_SIZE];
    LIST_ENTRY(fetch) link;
};

/* Below what the thread works for. The operator's own places may go on with the trace; strangers
 * are not told of it. */
static bool begin_span(struct fetch *f, const struct fetch_request *r)
{
    const struct trail *t = trail_current;
    struct trace_place place = t ? t->place : (struct trace_place){ 0 };
    if (trace_sink)
        f->span = span_begin(SPAN_CLIENT, r->content_type ? "POST" : "GET", &place,
                             t ? t->trace_state : NULL, &place);
    span_text(f->span, "http.request.method", r->content_type ? "POST" : "GET");
    span_url(f->span, r->url, (struct slice){ 0 });
    if (!place.known || f->trust == FETCH_PUBLIC)
        return true;
    char line[sizeof("traceparent: ") + TRACE_PARENT] = "traceparent: ";
    trace_format(&place, line + strlen(line));
    struct curl_slist *more = curl_slist_append(f->headers, line);
    if (more)
        f->headers = more;
    return more;
}

static void end_span(struct fetch *f, const struct fetch_answer *answer)
{
    char status[12];
    if (!f->span)
        return;
    if (answer->answered)
        span_number(f->span, "http.response.status_code", answer->status);
    snprintf(status, sizeof(status), "%d", answer->status);
    if (!answer->answered || answer->status >= 400)
        span_fail(f->span, answer->answered ? status : "connection");
    span_end(f->span);
    f->span = NULL;
}

static void free_fetch(struct fetch *f)
{
    LIST_REMOVE(f, link);
    if (f->span) { /* it was given up */
        span_fail(f->span, "cancelled");
        span_end(f->span);
    }
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->headers);
    if (f->request_body)
        explicit_bzero(f->request_body, f->request_len);
    free(f->request_body);
    if (f->body.data)
        explicit_bzero(f->body.data, f->body.len); /* tokens */
    buf_done(&f->body);
    free(f);
}

void fetch_cancel(struct fetch *f)
{
    curl_multi_remove_handle(f->fetcher->multi.curl, f->easy);
    free_fetch(f);
}

static const char *explain(const struct fetch *f, CURLcode result)
{
    if (f->was_private)
        return "the address is not a public one";
    if (f->too_large || result == CURLE_FILESIZE_EXCEEDED)
        return "the answer is too large";
    if (result == CURLE_OPERATION_TIMEDOUT)
        return "no answer in time";
    return f->detail[0] ? f->detail : curl_easy_strerror(result);
}

static void on_ended(void *ctx, CURL *easy, CURLcode result)
{
    struct fetch *f;
    long status = 0;
    (void)ctx;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &f);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    struct fetch_answer answer = {
        .answered = result == CURLE_OK && status > 0,
        .status = (int)status,
        .body = buf_slice(&f->body),
        .content_type = f->content_type,
        .fresh_seconds = f->fresh_seconds,
        .detail = explain(f, result),
    };
    curl_multi_remove_handle(f->fetcher->multi.curl, easy);
    end_span(f, &answer);
    f->done(f->ctx, &answer);
    free_fetch(f);
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct fetch *f = ctx;
    f->too_large = size * count > f->body.max - f->body.len;
    buf_put(&f->body, data, size * count);
    return buf_ok(&f->body) ? size * count : 0;
}

/* Seconds of the first max-age; what forbids keeping beats it (RFC 9111, section 5.2.2). */
static int64_t read_freshness(struct slice value)
{
    char text[200];
    size_t len = value.len < sizeof(text) - 1 ? value.len : sizeof(text) - 1;
    memcpy(text, value.data, len);
    text[len] = '\0';
    const char *age = strcasestr(text, "max-age=");
    if (strcasestr(text, "no-store") || strcasestr(text, "no-cache"))
        return 0;
    return age ? strtoll(age + 8, NULL, 10) : -1;
}

static bool header_is(struct slice line, const char *name, struct slice *value)
{
    size_t len = strlen(name);
    if (line.len <= len || strncasecmp(line.data, name, len) != 0 || line.data[len] != ':')
        return false;
    *value = (struct slice){ line.data + len + 1, line.len - len - 1 };
    while (value->len && strchr(" \t", value->data[0]))
        *value = (struct slice){ value->data + 1, value->len - 1 };
    while (value->len && strchr(" \t\r\n", value->data[value->len - 1]))
        value->len--;
    return true;
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct fetch *f = ctx;
    struct slice value, line = { data, size * count };
    if (header_is(line, "Cache-Control", &value)) {
        if (f->fresh_seconds != 0) /* another line forbids it */
            f->fresh_seconds = read_freshness(value);
    } else if (header_is(line, "Content-Type", &value)) {
        size_t len =
            value.len < sizeof(f->content_type) - 1 ? value.len : sizeof(f->content_type) - 1;
        memcpy(f->content_type, value.data, len);
        f->content_type[len] = '\0';
    }
    return line.len;
}

/* The one place where an address becomes a connection: the name was resolved for this very
 * socket. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct fetch *f = ctx;
    if (f->trust == FETCH_PUBLIC && !f->may_be_private && !fetch_is_public(&address->addr)) {
        f->was_private = true;
        return CURL_SOCKET_BAD;
    }
    return sockets_open(&f->fetcher->multi.sockets, purpose, address);
}

/* Whether the list has the URL's "host:port". */
static bool is_listed(const char *const *list, const struct uri *u)
{
    char text[300];
    struct slice port = u->port;
    if (!port.len)
        port = slice_of(uri_has_scheme(u, "https") ? "443" : "80");
    snprintf(text, sizeof(text), "%.*s:%.*s", (int)u->host.len, u->host.data, (int)port.len,
             port.data);
    for (; list && *list; list++)
        if (strcasecmp(*list, text) == 0)
            return true;
    return false;
}

/* https; http only to ourselves, and only where the operator says so. *direct: no proxy. */
static bool judge_url(struct fetch *f, const char *url, bool *direct, struct err *err)
{
    struct uri u;
    bool ok = uri_split(url, &u) && u.has_authority;
    if (ok) {
        bool local = uri_is_local(&u);
        f->may_be_private = is_listed(f->fetcher->options.private_allow, &u);
        *direct = local || f->trust == FETCH_PUBLIC;
        ok = uri_has_scheme(&u, "https") ||
             (f->trust == FETCH_OPERATOR && local && uri_has_scheme(&u, "http"));
    }
    return ok || err_set(err, ERR_ARGS, "only https addresses without credentials are fetched");
}

static bool prepare(struct fetch *f, const struct fetch_request *r, bool direct)
{
    CURL *e = f->easy;
    const struct fetcher_options *o = &f->fetcher->options;
    CURLcode bad = CURLE_OK;
#define SET(option, value)                                \
    do {                                                  \
        if (bad == CURLE_OK)                              \
            bad = curl_easy_setopt(e, (option), (value)); \
    } while (0)
    SET(CURLOPT_PRIVATE, f);
    SET(CURLOPT_ERRORBUFFER, f->detail);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_URL, r->url);
    SET(CURLOPT_USERAGENT, o->user_agent);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_TIMEOUT_MS, (long)r->deadline_ms);
    SET(CURLOPT_QUICK_EXIT, 1L); /* see asana/transfer.c */
    SET(CURLOPT_FRESH_CONNECT, r->trust == FETCH_PUBLIC ? 1L : 0L);
    SET(CURLOPT_FORBID_REUSE, r->trust == FETCH_PUBLIC ? 1L : 0L);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)r->max);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, f);
    SET(CURLOPT_CLOSESOCKETFUNCTION, sockets_close);
    SET(CURLOPT_CLOSESOCKETDATA, &f->fetcher->multi.sockets);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, f);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, f);
    if (direct)
        SET(CURLOPT_PROXY, "");
    if (o->ca_file)
        SET(CURLOPT_CAINFO, o->ca_file);
    if (r->content_type) {
        char line[120];
        snprintf(line, sizeof(line), "Content-Type: %s", r->content_type);
        f->headers = curl_slist_append(NULL, line);
        f->request_len = r->body.len;
        f->request_body = malloc(r->body.len + 1);
        if (!f->headers || !f->request_body)
            return false;
        if (r->body.len)
            memcpy(f->request_body, r->body.data, r->body.len);
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)f->request_len);
        SET(CURLOPT_POSTFIELDS, f->request_body);
    }
    struct curl_slist *accept = curl_slist_append(f->headers, "Accept: application/json");
    if (!accept)
        return false;
    f->headers = accept;
    if (!begin_span(f, r))
        return false;
    SET(CURLOPT_HTTPHEADER, f->headers);
#undef SET
    return bad == CURLE_OK;
}

struct fetch *fetch_send(struct fetcher *fetcher, const struct fetch_request *r,
                         fetch_done_fn *done, void *ctx, struct err *err)
{
    if (!multi_ready(&fetcher->multi, err))
        return NULL;
    struct fetch *f = calloc(1, sizeof(*f));
    bool direct = false;
    if (!f) {
        err_set(err, ERR_MEMORY, "out of memory");
        return NULL;
    }
    f->fetcher = fetcher;
    f->done = done;
    f->ctx = ctx;
    f->trust = r->trust;
    f->fresh_seconds = -1;
    buf_init(&f->body, r->max);
    if (r->trust == FETCH_OPERATOR) /* tokens: they do not move, and are wiped in one place */
        buf_reserve(&f->body, r->max < SECRETS_ROOM ? r->max : SECRETS_ROOM);
    f->easy = curl_easy_init();
    LIST_INSERT_HEAD(&fetcher->running, f, link);
    bool ok = judge_url(f, r->url, &direct, err);
    if (ok && (!f->easy || !prepare(f, r, direct) ||
               curl_multi_add_handle(fetcher->multi.curl, f->easy) != CURLM_OK))
        ok = err_set(err, ERR_MEMORY, "out of memory");
    if (ok)
        return f;
    free_fetch(f);
    return NULL;
}

bool fetcher_new(uv_loop_t *loop, const struct fetcher_options *options, struct fetcher **out,
                 struct err *err)
{
    struct fetcher *f = calloc(1, sizeof(*f));
    if (!f)
        return err_set(err, ERR_MEMORY, "out of memory");
    f->options = *options;
    multi_init(&f->multi, loop, CONNECTIONS, CONNECTIONS, on_ended, f);
    *out = f;
    return true;
}

void fetcher_allow(struct fetcher *f, const char *const *private_allow)
{
    f->options.private_allow = private_allow;
}

void fetcher_free(struct fetcher *f)
{
    if (!f)
        return;
    while (!LIST_EMPTY(&f->running))
        fetch_cancel(LIST_FIRST(&f->running));
    multi_done(&f->multi, free);
}
