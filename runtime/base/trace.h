/* trace.h: where a request stands in a distributed trace (W3C Trace Context), and the spans of it
 * that are recorded here (OpenTelemetry).
 *
 * Each trail (trail.h) has a place in its trace: what it sends on to Asana goes out under it. Spans
 * are made only while this thread has a sink, which takes them when they end (trace/exporter.h);
 * without one, and for requests that were not sampled, a span is NULL, which every function here
 * takes, and the caller's place is passed on as it came. One thread. */
#pragma once

#include "base/buf.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* "00-…-…-01" and a NUL. */
#define TRACE_PARENT 56

struct trace_place {
    bool known;
    bool sampled;
    uint8_t trace[16];
    uint8_t span[8];
};

/* A traceparent header (may be NULL); *out is written only when it is one. Versions that are not
 * known yet are read as far as version 00 goes. */
bool trace_parse(const char *traceparent, struct trace_place *out);
void trace_format(const struct trace_place *p, char out[TRACE_PARENT]);
/* Whether a tracestate may be passed on: short enough, and nothing in it that ends a header. */
bool trace_state_ok(const char *state);

enum span_kind { SPAN_INTERNAL = 1, SPAN_SERVER = 2, SPAN_CLIENT = 3 }; /* OTLP's numbers */

struct span {
    enum span_kind kind;
    struct trace_place place;
    bool has_parent;
    uint8_t parent[8];
    char *state; /* tracestate; NULL: none */
    char name[LIMIT_SPAN_NAME];
    uint64_t began_ns, ended_ns; /* since 1970 */
    bool failed;
    struct buf attributes; /* {"key":…,"value":…},… as OTLP has them */
    struct buf events;
};

/* Takes the spans of one thread as they end; borrowed. */
struct trace_sink {
    void (*take)(struct trace_sink *sink, const struct span *span);
    uint64_t most; /* of the traces that begin here, those are sampled whose number is below */
};
extern _Thread_local struct trace_sink *trace_sink; /* NULL: nothing is recorded */

/* Begins a span below parent (which may be unknown: then a trace begins here) and writes its place;
 * when nothing is recorded that is the parent's. state may be NULL. */
struct span *span_begin(enum span_kind kind, const char *name, const struct trace_place *parent,
                        const char *state, struct trace_place *place);
void span_name(struct span *s, const char *name);
void span_text(struct span *s, const char *key, const char *value); /* NULL: nothing is written */
void span_number(struct span *s, const char *key, int64_t value);
/* Where a request of ours goes: base (scheme, host, perhaps a path) with rest behind it, up to the
 * query, which may say what nobody else should read. url.full, server.address, server.port. */
void span_url(struct span *s, const char *base, struct slice rest);
/* Something that happened now, with up to two numbers (a NULL key: none). */
void span_event(struct span *s, const char *name, const char *key, int64_t value, const char *key2,
                int64_t value2);
/* It failed, and why: error.type (a status, or a short word). */
void span_fail(struct span *s, const char *type);
/* Gives it to the sink and frees it. */
void span_end(struct span *s);
/* Frees it, as if it had never been. */
void span_drop(struct span *s);
