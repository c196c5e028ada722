/* exporter.h: sends one worker's spans to a collector (OTLP over HTTP, in JSON).
 *
 *     a span ends ──▶ queued ──LIMIT_TRACE_WAIT_MS, or half the queue──▶ POST …/v1/traces
 *
 * One request is under way at a time. What the queue cannot take, and what the collector does not
 * take, is lost: it is counted, and the log says so when it begins and when it is over. Nobody
 * waits for any of it. One worker's thread. */
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

/* From now on this thread's spans are recorded; options are borrowed. *out is NULL, and true
 * returned, when they name no collector. */
bool trace_exporter_open(uv_loop_t *loop, const struct trace_options *options,
                         struct trace_exporter **out, struct err *err);
/* Sends what is queued, for LIMIT_TRACE_LAST_MS at most; the loop has to run until then. Accepts
 * NULL. */
void trace_exporter_close(struct trace_exporter *e);
