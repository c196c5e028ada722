#include "base/trace.h"

#include "base/limits.h"
#include "base/uri.h"
#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Thread_local struct trace_sink *trace_sink;

/* ---- W3C Trace Context, section 3.2 ---- */

static bool read_hex(const char *text, uint8_t *out, size_t n)
{
    bool zero = true;
    for (size_t i = 0; i < 2 * n; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        uint8_t digit = (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | digit : digit << 4);
        zero &= !digit;
    }
    return !zero || n == 1;
}

bool trace_parse(const char *text, struct trace_place *out)
{
    struct trace_place p = { .known = true };
    uint8_t version, flags;
    size_t len = text ? strlen(text) : 0;
    if (len < TRACE_PARENT - 1 || text[2] != '-' || text[35] != '-' || text[52] != '-' ||
        !read_hex(text, &version, 1) || version == 0xff || !read_hex(text + 3, p.trace, 16) ||
        !read_hex(text + 36, p.span, 8) || !read_hex(text + 53, &flags, 1))
        return false;
    if (version == 0 ? len != TRACE_PARENT - 1 : text[55] && text[55] != '-')
        return false;
    p.sampled = flags & 1;
    *out = p;
    return true;
}

void trace_format(const struct trace_place *p, char out[TRACE_PARENT])
{
    char trace[33], span[17];
    sodium_bin2hex(trace, sizeof(trace), p->trace, sizeof(p->trace));
    sodium_bin2hex(span, sizeof(span), p->span, sizeof(p->span));
    snprintf(out, TRACE_PARENT, "00-%s-%s-%s", trace, span, p->sampled ? "01" : "00");
}

bool trace_state_ok(const char *state)
{
    size_t len = 0;
    for (; state[len]; len++)
        if (len >= LIMIT_TRACE_STATE || state[len] < ' ' || state[len] > '~')
            return false;
    return len > 0;
}

/* ---- spans ---- */

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

/* The same traces are chosen wherever a trace of that number is looked at (OpenTelemetry,
 * TraceIdRatioBased). */
static bool is_chosen(const struct trace_place *p)
{
    uint64_t number = 0;
    for (int i = 8; i < 16; i++)
        number = number << 8 | p->trace[i];
    return number >> 1 < trace_sink->most;
}

struct span *span_begin(enum span_kind kind, const char *name, const struct trace_place *parent,
                        const char *state, struct trace_place *place)
{
    const struct trace_place before = *parent; /* place may be the same */
    struct trace_place p = before;
    *place = p;
    if (!trace_sink)
        return NULL;
    if (!p.known) {
        p.known = true;
        randombytes_buf(p.trace, sizeof(p.trace));
        p.sampled = is_chosen(&p);
    }
    randombytes_buf(p.span, sizeof(p.span));
    struct span *s = p.sampled ? calloc(1, sizeof(*s)) : NULL;
    if (!s) {
        /* Whoever comes after us still has somebody before them. */
        if (!before.known)
            *place = p;
        return NULL;
    }
    s->kind = kind;
    s->place = *place = p;
    s->has_parent = before.known;
    memcpy(s->parent, before.span, sizeof(s->parent));
    s->state = state ? strdup(state) : NULL;
    s->began_ns = now_ns();
    buf_init(&s->attributes, LIMIT_SPAN_TEXT);
    buf_init(&s->events, LIMIT_SPAN_TEXT);
    span_name(s, name);
    return s;
}

void span_name(struct span *s, const char *name)
{
    if (s)
        snprintf(s->name, sizeof(s->name), "%s", name);
}

/* What does not fit is left out. */
static void settle(struct buf *b, size_t before)
{
    if (buf_ok(b))
        return;
    b->len = before;
    b->failed = false;
}

static void put_number(struct buf *b, const char *key, int64_t value)
{
    buf_str(b, "{\"key\":");
    buf_json_string(b, slice_of(key));
    buf_str(b, ",\"value\":{\"intValue\":\"");
    buf_int(b, value);
    buf_str(b, "\"}}");
}

void span_text(struct span *s, const char *key, const char *value)
{
    if (!s || !value || !utf8_valid(slice_of(value)))
        return;
    struct buf *b = &s->attributes;
    size_t before = b->len;
    if (before)
        buf_char(b, ',');
    buf_str(b, "{\"key\":");
    buf_json_string(b, slice_of(key));
    buf_str(b, ",\"value\":{\"stringValue\":");
    buf_json_string(b, slice_of(value));
    buf_str(b, "}}");
    settle(b, before);
}

void span_number(struct span *s, const char *key, int64_t value)
{
    if (!s)
        return;
    size_t before = s->attributes.len;
    if (before)
        buf_char(&s->attributes, ',');
    put_number(&s->attributes, key, value);
    settle(&s->attributes, before);
}

void span_url(struct span *s, const char *base, struct slice rest)
{
    struct uri u;
    char text[LIMIT_SPAN_TEXT / 2];
    if (!s)
        return;
    const char *query = rest.len ? memchr(rest.data, '?', rest.len) : NULL;
    size_t len = query ? (size_t)(query - rest.data) : rest.len;
    snprintf(text, sizeof(text), "%.*s%.*s", (int)strcspn(base, "?"), base, (int)len,
             len ? rest.data : "");
    if (!uri_split(text, &u) || !u.has_authority)
        return;
    span_text(s, "url.full", text);
    long port = u.port.len ? strtol(u.port.data, NULL, 10) : uri_has_scheme(&u, "https") ? 443 : 80;
    snprintf(text, sizeof(text), "%.*s", (int)u.host.len, u.host.data);
    span_text(s, "server.address", text);
    span_number(s, "server.port", port);
}

void span_event(struct span *s, const char *name, const char *key, int64_t value, const char *key2,
                int64_t value2)
{
    if (!s)
        return;
    struct buf *b = &s->events;
    size_t before = b->len;
    buf_str(b, before ? ",{\"timeUnixNano\":\"" : "{\"timeUnixNano\":\"");
    buf_int(b, (int64_t)now_ns());
    buf_str(b, "\",\"name\":");
    buf_json_string(b, slice_of(name));
    buf_str(b, ",\"attributes\":[");
    if (key)
        put_number(b, key, value);
    if (key && key2)
        buf_char(b, ',');
    if (key2)
        put_number(b, key2, value2);
    buf_str(b, "]}");
    settle(b, before);
}

void span_fail(struct span *s, const char *type)
{
    if (!s)
        return;
    s->failed = true;
    span_text(s, "error.type", type);
}

void span_drop(struct span *s)
{
    if (!s)
        return;
    buf_done(&s->attributes);
    buf_done(&s->events);
    free(s->state);
    free(s);
}

void span_end(struct span *s)
{
    if (!s)
        return;
    s->ended_ns = now_ns();
    if (s->ended_ns < s->began_ns) /* the clock was set */
        s->ended_ns = s->began_ns;
    if (trace_sink)
        trace_sink->take(trace_sink, s);
    span_drop(s);
}
