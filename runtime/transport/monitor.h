/* monitor.h: what the operator's monitoring asks: /metrics (metrics.h), and with --metrics-listen
 * an address of its own for it, which serves /healthz and /readyz, too, to whoever reaches it.
 *
 * Without such an address /metrics is on the main one, but only of a server that nobody else can
 * reach (guard_is_private). One worker's thread. */
#pragma once

#include "transport/front.h"

/* Serves on listen_fd (taken) from now on, until monitor_close(). */
bool monitor_open(struct front *f, int listen_fd, struct err *err);
/* Nothing when it is not open. The loop has to run once more. */
void monitor_close(struct front *f);

/* /metrics of the main address; 404 where it is not for everybody. */
void monitor_serve(struct front *f, struct http_exchange *x, struct caller *caller);
