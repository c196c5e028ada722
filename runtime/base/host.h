/* host.h: which hosts are this machine. Pure; any thread. */
#pragma once

#include <stdbool.h>

/* As URLs and settings write it: 127.0.0.0/8, ::1 (in brackets or not) and the name localhost. */
bool host_is_loopback(const char *host);
