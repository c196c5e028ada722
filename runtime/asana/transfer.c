#include "asana/transfer.h"

#include "asana/sockets.h"
#include "base/clock.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Part of the deadline that connecting may take, all addresses of the name together. Not a multiple
 * of the system resolver's own five seconds, so that both do not give up in the same instant. */
#define CONNECT_MS 9500
/* A kept connection is not used again after this many idle seconds: common balancers close after
 * 60, and a request that crosses their close on the wire is lost. */
#define KEEP_SECONDS 50
/* libcurl makes it for every request, and it is wiped in full; most answers are shorter. */
#define RECEIVE_BUFFER (8u << 10)
/* Memory that an idle transfer keeps for its next answer. */
#define KEEP_BODY (64u << 10)
/* A server that names a longer wait is believed only this far. */
#define RETRY_AFTER_MAX (24 * 60 * 60)

static const char bearer[] = "Authorization: Bearer ";

#define ENCODING "gzip"

/* Headers of ours are printed once; those that libcurl makes of its options are printed twice. */
void transfer_defaults_init(struct transfer_defaults *d)
{
    static char accept[] = "Accept: application/json";
    static char accept_encoding[] = "Accept-Encoding: " ENCODING;
    static char expect[] = "Expect:"; /* empty: libcurl must not wait for 100 Continue */
    static char content_type[] = "Content-Type: application/json";
    d->accept_encoding = (struct curl_slist){ accept_encoding, NULL };
    d->accept = (struct curl_slist){ accept, &d->accept_encoding };
    d->user_agent.next = &d->accept;
    d->expect = (struct curl_slist){ expect, &d->user_agent };
    d->content_type = (struct curl_slist){ content_type, &d->expect };
}

/* Called on every attempt when the connection stands and nothing is written yet. libcurl repeats a
 * request by itself when a kept connection ends before the first byte of an answer, whatever the
 * method; but then Asana may have acted on it. */
static int before_request(void *ctx, char *to_ip, char *from_ip, int to_port, int from_port)
{
    struct asana_transfer *t = ctx;
    (void)to_ip, (void)from_ip, (void)to_port, (void)from_port;
    if (!t->sent || t->method == ASANA_GET) {
        t->sent = true;
        return CURL_PREREQFUNC_OK;
    }
    long written = 1;
    if (curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written) == CURLE_OK && written == 0)
        return CURL_PREREQFUNC_OK; /* the first attempt failed at its first byte */
    t->repeat_refused = true;
    return CURL_PREREQFUNC_ABORT;
}

/* Room for the whole answer at once when its length is announced (that of a compressed one is a
 * lower bound). */
static void reserve_announced(struct asana_transfer *t)
{
    curl_off_t len = -1;
    t->sized = true;
    if (curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &len) == CURLE_OK &&
        len > 0 && len <= LIMIT_ASANA_BODY)
        buf_reserve(&t->body, (size_t)len);
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct asana_transfer *t = ctx;
    size_t len = size * count;
    if (!t->sized)
        reserve_announced(t);
    t->too_large = len > t->body.max - t->body.len;
    buf_put(&t->body, data, len);
    return buf_ok(&t->body) ? len : 0; /* anything but len ends the transfer */
}

/* A connection that ends inside the head is a whole answer to libcurl. */
static size_t on_head_line(char *data, size_t size, size_t count, void *ctx)
{
    struct asana_transfer *t = ctx;
    size_t len = size * count;
    if (len >= 5 && memcmp(data, "HTTP/", 5) == 0)
        t->head_ended = false; /* another one, after 1xx or for a repeated request */
    else if (len > 0 && (data[0] == '\r' || data[0] == '\n'))
        t->head_ended = true;
    return len;
}

static bool set_once(struct asana_transfer *t, const struct transfer_defaults *d,
                     struct sockets *sockets)
{
    CURL *e = t->easy;
    CURLcode bad = CURLE_OK;
#define SET(option, value)                                \
    do {                                                  \
        if (bad == CURLE_OK)                              \
            bad = curl_easy_setopt(e, (option), (value)); \
    } while (0)
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_ERRORBUFFER, t->detail);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_NOPROGRESS, 1L);
    SET(CURLOPT_PROTOCOLS_STR, d->tls ? "https" : "http");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_CURLU, d->base);
    SET(CURLOPT_ACCEPT_ENCODING, ENCODING);
    SET(CURLOPT_HTTP_VERSION, d->tls ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
    /* The first requests wait for the first connection to learn whether it takes them all. */
    SET(CURLOPT_PIPEWAIT, d->tls ? 1L : 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, (long)KEEP_SECONDS);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    /* A transfer that ends while its name is being resolved lets the resolver's thread finish by
     * itself; without this libcurl joins it, which stops the loop for as long as the resolver
     * likes. */
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LIMIT_ASANA_BODY);
    SET(CURLOPT_OPENSOCKETFUNCTION, sockets_open);
    SET(CURLOPT_OPENSOCKETDATA, sockets);
    SET(CURLOPT_CLOSESOCKETFUNCTION, sockets_close);
    SET(CURLOPT_CLOSESOCKETDATA, sockets);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_HEADERFUNCTION, on_head_line);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_PREREQFUNCTION, before_request);
    SET(CURLOPT_PREREQDATA, t);
    if (d->direct) {
        SET(CURLOPT_PROXY, "");
        SET(CURLOPT_NOPROXY, "*"); /* else it looks for it in the environment, every time */
    }
    /* libcurl keeps parsed certificates from one connection to the next only when they come from a
     * file alone; parsing the system's costs more than the handshake. */
    const char *system_file = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (d->ca_file)
        SET(CURLOPT_CAINFO, d->ca_file);
    if (d->ca_file || system_file)
        SET(CURLOPT_CAPATH, NULL);
#undef SET
    return bad == CURLE_OK;
}

struct asana_transfer *transfer_new(const struct transfer_defaults *d, struct sockets *sockets)
{
    struct asana_transfer *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    buf_init(&t->url, LIMIT_ASANA_URL + strlen(d->path) + 1);
    buf_init(&t->body, LIMIT_ASANA_BODY);
    t->easy = curl_easy_init();
    if (!t->easy || !set_once(t, d, sockets)) {
        transfer_free(t);
        return NULL;
    }
    return t;
}

void transfer_free(struct asana_transfer *t)
{
    if (!t)
        return;
    curl_easy_cleanup(t->easy);
    transfer_wipe_token(t);
    free(t->auth.data);
    free(t->state_line);
    buf_done(&t->url);
    buf_done(&t->request_body);
    buf_done(&t->body);
    free(t);
}

/* RFC 6750, section 2.1: b64token; a little wider, but nothing that could end a header. */
static bool token_is_clean(const struct secret *token)
{
    for (size_t i = 0; i < token->len; i++)
        if (token->bytes[i] <= ' ' || token->bytes[i] > '~')
            return false;
    return token->len > 0;
}

static bool put_token(struct asana_transfer *t, const struct secret *token, struct err *err)
{
    if (!token_is_clean(token))
        return err_set(err, ERR_ARGS, "the Asana token is empty or has bytes that no token has");
    size_t need = sizeof(bearer) + token->len;
    if (need > t->auth_cap) {
        char *data = malloc(need); /* the old one is wiped, nothing to copy */
        if (!data)
            return err_set(err, ERR_MEMORY, "out of memory");
        free(t->auth.data);
        t->auth.data = data;
        t->auth_cap = need;
    }
    memcpy(t->auth.data, bearer, sizeof(bearer) - 1);
    memcpy(t->auth.data + sizeof(bearer) - 1, token->bytes, token->len);
    t->auth.data[need - 1] = '\0';
    return true;
}

/* Chained before the rest. */
static struct curl_slist *put_trace(struct asana_transfer *t, const struct asana_req *r,
                                    struct curl_slist *rest)
{
    char text[TRACE_PARENT];
    if (!r->place)
        return rest;
    size_t size = r->trace_state ? sizeof("tracestate: ") + strlen(r->trace_state) : 0;
    if (size && (t->state_line = malloc(size))) {
        snprintf(t->state_line, size, "tracestate: %s", r->trace_state);
        t->state = (struct curl_slist){ t->state_line, rest };
        rest = &t->state;
    }
    trace_format(r->place, text);
    snprintf(t->trace_line, sizeof(t->trace_line), "traceparent: %s", text);
    t->trace = (struct curl_slist){ t->trace_line, rest };
    return &t->trace;
}

static CURLcode set_method(struct asana_transfer *t)
{
    static const char *const names[] = { [ASANA_PUT] = "PUT", [ASANA_DELETE] = "DELETE" };
    bool custom = t->method == ASANA_PUT || t->method == ASANA_DELETE;
    CURL *e = t->easy;
    CURLcode bad = curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, custom ? names[t->method] : NULL);
    if (bad != CURLE_OK)
        return bad;
    if (!t->request_body.len && (t->method == ASANA_GET || t->method == ASANA_DELETE))
        return curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
    bad = curl_easy_setopt(e, CURLOPT_POST, 1L);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->request_body.len);
    if (bad == CURLE_OK) /* borrowed by libcurl, not copied */
        bad = curl_easy_setopt(e, CURLOPT_POSTFIELDS, buf_slice(&t->request_body).data);
    return bad;
}

/* The headers of all requests like this one. */
static const struct curl_slist *headers_for(struct asana_transfer *t,
                                            const struct transfer_defaults *d, const char *boundary)
{
    if (!boundary[0])
        return t->request_body.len ? &d->content_type : &d->user_agent;
    snprintf(t->form_type, sizeof(t->form_type), "Content-Type: multipart/form-data; boundary=%s",
             boundary);
    t->form = (struct curl_slist){ t->form_type, (struct curl_slist *)&d->expect };
    return &t->form;
}

/* libcurl is given the API's base to connect to, parsed once, and path and query as they are:
 * parsing and printing a long list of fields would cost it more than all the rest of a request. */
bool transfer_prepare(struct asana_transfer *t, const struct transfer_defaults *d,
                      struct asana_req *r, const struct secret *token, struct err *err)
{
    t->method = r->method;
    t->started = clock_ms();
    t->deadline_ms = r->deadline_ms ? r->deadline_ms : d->deadline_ms;
    buf_str(&t->url, d->path);
    buf_slice_put(&t->url, buf_slice(&r->url));
    buf_char(&t->url, '\0');
    bool whole = buf_ok(&r->url) && buf_ok(&r->body) && buf_ok(&t->url);
    buf_done(&r->url);
    t->request_body = r->body;
    buf_init(&r->body, r->body.max);
    if (!whole)
        return err_set(err, ERR_LIMIT, "the request to Asana is too long");
    if (token && !put_token(t, token, err))
        return false;
    /* libcurl reads the list, though it takes a pointer that could write. */
    struct curl_slist *headers = (struct curl_slist *)headers_for(t, d, r->boundary);
    headers = put_trace(t, r, headers);
    t->auth.next = headers;
    CURLcode bad = set_method(t);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)t->deadline_ms);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(t->easy, CURLOPT_REQUEST_TARGET, t->url.data);
    if (bad == CURLE_OK)
        bad = curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, token ? &t->auth : headers);
    if (bad != CURLE_OK)
        return err_set(err, ERR_MEMORY, "out of memory");
    return true;
}

/* An answer's header as one word of visible ASCII; "" when there is none or it does not fit. */
static void read_request_id(struct asana_transfer *t)
{
    struct curl_header *h;
    t->request_id[0] = '\0';
    if (curl_easy_header(t->easy, "X-Request-Id", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return;
    size_t len = strlen(h->value);
    if (len >= sizeof(t->request_id))
        return;
    for (size_t i = 0; i < len; i++)
        if (h->value[i] <= ' ' || h->value[i] > '~')
            return;
    memcpy(t->request_id, h->value, len + 1);
}

static int64_t read_retry_after(const struct asana_transfer *t)
{
    struct curl_header *h;
    curl_off_t seconds = 0;
    if (curl_easy_header(t->easy, "Retry-After", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return -1;
    /* Seconds or a date; libcurl makes seconds of both, and 0 of what it cannot read. */
    if (curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds < 0)
        return 0;
    return seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : (int64_t)seconds;
}

static bool is_json(const struct asana_transfer *t)
{
    static const char json[] = "application/json";
    const char *type = NULL;
    if (curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || !type ||
        strncasecmp(type, json, sizeof(json) - 1) != 0)
        return false;
    return strchr("; \t", type[sizeof(json) - 1]) != NULL; /* the NUL counts too */
}

static enum asana_outcome outcome_of(const struct asana_transfer *t, CURLcode result,
                                     unsigned elapsed_ms)
{
    switch (result) {
    case CURLE_OK:
        return t->head_ended ? ASANA_ANSWERED : ASANA_BROKEN;
    case CURLE_FILESIZE_EXCEEDED:
        return ASANA_TOO_LARGE;
    case CURLE_WRITE_ERROR: /* on_body: over the ceiling, or no memory below it */
        return t->too_large ? ASANA_TOO_LARGE : ASANA_BROKEN;
    case CURLE_OPERATION_TIMEDOUT:
        return !t->sent && elapsed_ms < t->deadline_ms ? ASANA_UNREACHABLE : ASANA_TIMED_OUT;
    default: /* PARTIAL_FILE, GOT_NOTHING, RECV_ERROR, WEIRD_SERVER_REPLY, BAD_CONTENT_ENCODING,
                HTTP2… */
        return t->sent ? ASANA_BROKEN : ASANA_UNREACHABLE;
    }
}

static void put_detail(struct asana_transfer *t, const char *text)
{
    size_t len = strnlen(text, sizeof(t->detail) - 1);
    memcpy(t->detail, text, len);
    t->detail[len] = '\0';
}

/* libcurl's words name host and port at most. Should they ever hold more, its general phrase has to
 * do. */
static void clean_detail(struct asana_transfer *t, CURLcode result)
{
    const char *token = t->auth.data ? t->auth.data + sizeof(bearer) - 1 : "";
    bool leaks = (*token && strstr(t->detail, token)) || strchr(t->detail, '?');
    if (t->repeat_refused)
        put_detail(t, "the connection was closed before an answer came");
    else if (result == CURLE_OK)
        put_detail(t, "the answer ended inside its head");
    else if (!t->detail[0] || leaks)
        put_detail(t, curl_easy_strerror(result));
}

void transfer_answer(struct asana_transfer *t, CURLcode result, struct asana_answer *out)
{
    *out = (struct asana_answer){ .method = t->method, .sent = t->sent, .retry_after = -1 };
    out->elapsed_ms = (unsigned)(clock_ms() - t->started);
    out->outcome = outcome_of(t, result, out->elapsed_ms);
    out->body = (struct slice){ "", 0 };
    out->request_id = t->request_id;
    out->detail = "";
    read_request_id(t);
    if (out->outcome != ASANA_ANSWERED) {
        clean_detail(t, result);
        out->detail = t->detail;
        return;
    }
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    out->status = (int)status;
    out->body = buf_slice(&t->body);
    out->json = is_json(t);
    out->retry_after = read_retry_after(t);
}

void transfer_wipe_token(struct asana_transfer *t)
{
    if (t->auth.data)
        explicit_bzero(t->auth.data, t->auth_cap);
}

void transfer_clear(struct asana_transfer *t)
{
    transfer_wipe_token(t);
    buf_reset(&t->url);
    buf_done(&t->request_body);
    if (t->body.cap > KEEP_BODY)
        buf_done(&t->body);
    else
        buf_reset(&t->body);
    t->head_ended = t->sized = t->too_large = t->sent = t->repeat_refused = false;
    t->request_id[0] = t->detail[0] = '\0';
    free(t->state_line);
    t->state_line = NULL;
    t->done = NULL;
    t->ctx = NULL;
}
