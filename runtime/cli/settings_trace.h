/* settings_trace.h: where spans go: --otlp-endpoint, otlp_headers and --otlp-sample, which a
 * running server reads again, or what OpenTelemetry's own environment variables say (specification,
 * "SDK environment variables"):
 *
 *     OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT (the whole address),
 *     OTEL_EXPORTER_OTLP_HEADERS (may hold a secret: never shown), OTEL_SERVICE_NAME,
 *     OTEL_TRACES_SAMPLER with OTEL_TRACES_SAMPLER_ARG, OTEL_TRACES_EXPORTER=none,
 *     OTEL_SDK_DISABLED=true
 *
 * Whether a request is recorded that came with a traceparent, its caller says; the sampler is for
 * all others. Used by settings.c; same thread and ownership. */
#pragma once

#include "cli/settings.h"

/* Fills s->trace. Error texts name the variable and show no header's value. */
bool settings_trace_read(struct settings *s, const char *const *environment, struct err *err);
/* Wipes the secrets. */
void settings_trace_done(struct settings *s);
