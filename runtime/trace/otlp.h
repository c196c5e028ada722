/* otlp.h: spans as OpenTelemetry's protocol has them in JSON (OTLP 1.x, trace.proto: ids in
 * hexadecimal, 64-bit numbers as strings).
 *
 * Pure; any thread. */
#pragma once

#include "base/trace.h"

/* One member of "spans". */
void otlp_put_span(struct buf *b, const struct span *s);
/* A whole ExportTraceServiceRequest around spans, which are separated by commas. */
void otlp_put_request(struct buf *b, const char *service, struct slice spans);
