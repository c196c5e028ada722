/* exporter.h: sends one worker's spans to a collector (OTLP over HTTP, in JSON).
 *
 *     a span ends ──▶ queued ──LIMIT_TRACE_WAIT_MS, or half the queue──▶ POST …/v1/traces
 *
 * One request is under way at a time. One that did not arrive, or that the collector cannot take
 * now (429, 502, 503, 504), is sent again after a pause that grows, or as its Retry-After says,
 * LIMIT_TRACE_TRIES times in all; meanwhile others wait in the queue. What the queue cannot take,
 * and what the collector does not take, is lost: it is counted, and the log says so when it begins
 * and when it is over. Nobody waits for any of it. One worker's thread. */
#pragma once

#include "base/err.h"
#include "base/secret.h"
#include "base/trace.h"

#include <uv.h>

struct trace_header {
    const char *name;
    struct secret value;
};

struct trace_options {
    const char *url;                    /* of the collector's traces; NULL: nothing is recorded */
    bool direct;                        /* no proxy: the collector is on this machine */
    const char *service;                /* service.name */
    const struct trace_header *headers; /* ended by a NULL name; may be NULL */
    double ratio; /* of the traces that begin here, so many are sampled; others as their caller
                     says */
};

struct trace_exporter;

/* From now on this thread's spans are recorded; options are copied. *out is NULL, and true
 * returned, when they name no collector. */
bool trace_exporter_open(uv_loop_t *loop, const struct trace_options *options,
                         struct trace_exporter **out, struct err *err);
/* Other options from now on: *exporter (which may be NULL) becomes another one, or NULL, unless it
 * is what they ask for; what it has queued goes where it was meant to. False: nothing changed. */
bool trace_exporter_renew(uv_loop_t *loop, const struct trace_options *options,
                          struct trace_exporter **exporter, struct err *err);
/* Sends what is queued, for LIMIT_TRACE_LAST_MS at most; the loop has to run until then. Accepts
 * NULL. */
void trace_exporter_close(struct trace_exporter *e);
