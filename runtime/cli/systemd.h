/* systemd.h: what a service manager gives a server, and is told by it: a listening socket
 * (sd_listen_fds(3)), and states (sd_notify(3)). Without such a manager all of it does nothing.
 *
 * Main thread. */
#pragma once

#include "base/err.h"
#include "http/listen.h"

#include <stdbool.h>

/* The socket that this process was started with: its descriptor, which stays open, and where it
 * listens; 0 when there is none. False with err set when it is none to serve on. */
bool systemd_socket(const char *const *environment, int *fd, struct listen_address *at,
                    struct err *err);

/* Each with a line for "systemctl status". */
void systemd_ready(const char *status);
void systemd_reloading(void);
/* The manager is to wait for so many seconds at least. */
void systemd_stopping(const char *status, unsigned seconds);

/* How often it wants to hear that the server is alive, halved, in milliseconds; 0: never. */
unsigned systemd_watchdog_ms(void);
void systemd_alive(void);
