#include "trace/otlp.h"

#include <sodium.h>
#include <unistd.h>

static void put_hex(struct buf *b, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[33];
    sodium_bin2hex(hex, sizeof(hex), bytes, n);
    buf_str(b, name);
    buf_str(b, hex);
    buf_char(b, '"');
}

static void put_time(struct buf *b, const char *name, uint64_t ns)
{
    buf_str(b, name);
    buf_int(b, (int64_t)ns);
    buf_char(b, '"');
}

void otlp_put_span(struct buf *b, const struct span *s)
{
    put_hex(b, "{\"traceId\":\"", s->place.trace, sizeof(s->place.trace));
    put_hex(b, ",\"spanId\":\"", s->place.span, sizeof(s->place.span));
    if (s->has_parent)
        put_hex(b, ",\"parentSpanId\":\"", s->parent, sizeof(s->parent));
    if (s->state) {
        buf_str(b, ",\"traceState\":");
        buf_json_string(b, slice_of(s->state));
    }
    buf_str(b, ",\"name\":");
    buf_json_string(b, slice_of(s->name));
    buf_str(b, ",\"kind\":");
    buf_int(b, s->kind);
    put_time(b, ",\"startTimeUnixNano\":\"", s->began_ns);
    put_time(b, ",\"endTimeUnixNano\":\"", s->ended_ns);
    buf_str(b, ",\"attributes\":[");
    buf_slice_put(b, buf_slice(&s->attributes));
    buf_str(b, "],\"events\":[");
    buf_slice_put(b, buf_slice(&s->events));
    buf_str(b, s->failed ? "],\"status\":{\"code\":2}}" : "],\"status\":{}}");
}

static void put_text(struct buf *b, const char *key, const char *value)
{
    buf_str(b, "{\"key\":\"");
    buf_str(b, key);
    buf_str(b, "\",\"value\":{\"stringValue\":");
    buf_json_string(b, slice_of(value));
    buf_str(b, "}}");
}

void otlp_put_request(struct buf *b, const char *service, struct slice spans)
{
    char host[256] = "";
    gethostname(host, sizeof(host) - 1);
    buf_str(b, "{\"resourceSpans\":[{\"resource\":{\"attributes\":[");
    put_text(b, "service.name", service);
    buf_char(b, ',');
    put_text(b, "service.version", ASANA_MCP_VERSION);
    buf_char(b, ',');
    put_text(b, "host.name", host);
    buf_str(b, ",{\"key\":\"process.pid\",\"value\":{\"intValue\":\"");
    buf_int(b, getpid());
    buf_str(
        b,
        "\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"asana-mcp\",\"version\":\"" ASANA_MCP_VERSION
        "\"},\"spans\":[");
    buf_slice_put(b, spans);
    buf_str(b, "]}]}]}");
}
